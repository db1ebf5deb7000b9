"""Two browsers at a shared studio, and a first visit to an empty one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Error, Page, expect

from tests.ui.servers import Server

pytestmark = pytest.mark.browser


def test_the_browser_of_these_tests_reaches_this_machine_alone(browser: Browser) -> None:
    page = browser.new_page()
    for address in ("http://192.0.2.1/", "http://example.org/", "http://[2001:db8::1]/"):
        with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
            page.goto(address)
    page.context.close()


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
    card = page.locator("#examples .card").first
    words = card.locator(".card-prompt").inner_text()
    card.click()
    expect(page.locator("#prompt textarea")).to_have_value(words)
    expect(page.locator(".words-can mark").first).to_be_visible()
    expect(page.locator("#direction-camera .chip-value")).not_to_have_text("Any")


def test_a_second_browser_is_refused_every_address_of_the_first(
    shared: Server, visit: Callable[..., Page], tmp_path: Path
) -> None:
    mine, theirs = visit(shared), visit(shared)
    Image.new("RGB", (320, 180), "teal").save(tmp_path / "mine.png")
    mine.set_input_files("#first-picture input[type=file]", tmp_path / "mine.png")
    mine.wait_for_selector("#first-picture img")
    mine.fill("#prompt textarea", "A red fox in the snow")
    mine.fill("#seconds input", "1")
    mine.click("#shoot")
    mine.wait_for_selector("#stage[data-view=take]")
    take = mine.evaluate("window.auteur.takes[0].id")
    job, given = mine.evaluate("[window.auteur.takes[0].job, window.auteur.form.data.first.id]")
    looks = [
        f"studio/takes/{take}/clip.mp4", f"studio/takes/{take}/clip.mp4?download=1", f"studio/takes/{take}/poster",
        f"studio/takes/{take}/difference/{take}", f"studio/now?job={job}", f"studio/jobs/{job}/history",
        f"studio/jobs/{job}/form", f"studio/jobs/{job}/preview", f"studio/given/{given}/picture",
        f"studio/takes/{take}",
    ]  # fmt: skip
    does = {
        **{f"studio/takes/{take}/{what}": {} for what in ("star", "name", "note", "bin", "restore", "form")},
        f"studio/takes/{take}/use": {"how": "first"},
        **{f"studio/jobs/{job}/{what}": {} for what in ("stop", "keep", "pause", "resume", "again", "retry", "move")},
        f"studio/jobs/{job}/edit": {"form": {"prompt": "mine now", "seconds": "1"}},
    }
    part = "(a) => fetch(a, {headers: {range: 'bytes=0-99'}}).then((r) => r.status)"
    send = (
        "([a, b]) => fetch(a, {method: 'POST', headers: {'content-type': 'application/json'}, "
        "body: JSON.stringify(b)}).then((r) => r.status)"
    )
    assert mine.evaluate(part, looks[0]) == 206
    for address in looks:
        assert theirs.evaluate(part, address) == 404, address
    for address, body in does.items():
        assert theirs.evaluate(send, [address, body]) == 404, address
    borrowed = {"prompt": "A fox", "seconds": "1", "first": {"id": given}}
    assert theirs.evaluate(send, ["studio/shoot", {"form": borrowed, "takes": 1}]) == 422, "a borrowed picture"
    assert theirs.evaluate("fetch('studio/takes').then((r) => r.json()).then((d) => d.takes.length)") == 0
    assert mine.evaluate(part, looks[0]) == 206, "and nothing of it changed"
