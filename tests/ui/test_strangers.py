"""Two browsers at a shared studio, and a first visit to an empty one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.ui.servers import Server

pytestmark = pytest.mark.browser


def test_nobody_sees_the_takes_of_somebody_else(shared: Server, visit: Callable[..., Page]) -> None:
    mine, theirs = visit(shared), visit(shared)
    expect(mine.locator("#examples .card")).to_have_count(6)
    mine.fill("#prompt textarea", "A red fox in the snow")
    mine.fill("#seconds input", "1")
    mine.click("#shoot")
    mine.wait_for_selector("#stage[data-view=take]")
    clip = mine.locator("#clip").get_attribute("src")
    assert mine.evaluate("(a) => fetch(a).then((r) => r.status)", clip) == 200
    assert theirs.evaluate("(a) => fetch(a).then((r) => r.status)", clip) == 404
    assert mine.evaluate("document.cookie") == "", "the key to one's takes is not for scripts"
    theirs.reload()
    expect(theirs.locator("#examples .card")).to_have_count(6)
    expect(theirs.locator("#stage")).to_have_attribute("data-view", "empty")


def test_an_example_fills_the_form_with_one_click(shared: Server, visit: Callable[..., Page]) -> None:
    page = visit(shared)
    card = page.locator("#examples .card").nth(1)
    words = card.locator(".card-prompt").inner_text()
    card.click()
    expect(page.locator("#prompt textarea")).to_have_value(words)
    expect(page.locator(".words-can mark").first).to_be_visible()
    expect(page.locator("#direction-camera .chip-value")).not_to_have_text("Any")
