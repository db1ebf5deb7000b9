"""The whole path with the weights that come along: what `python app.py` gives to somebody who has just cloned it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.ui.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEEN = """() => {
    const look = () => { window.previewSeen ||= document.querySelector("#preview[data-version]") !== null; };
    new MutationObserver(look).observe(document.body, {attributes: true, childList: true, subtree: true});
}"""
PATIENCE = 240_000  # milliseconds: the first shot also loads the model, on whatever machine this is


def test_storybook_shoots_from_a_prompt_to_a_clip_that_plays(storybook: Server, visit: Callable[..., Page]) -> None:
    page = visit(storybook)
    page.fill("#prompt textarea", "A red fox walks through a snowy forest at dusk")
    page.fill("#seconds input", "4")
    # The page itself remembers whether it saw a preview: a shot may be over before the browser is asked again.
    page.evaluate(SEEN)
    page.click("#shoot")
    page.wait_for_selector("#stage[data-view=take]", timeout=PATIENCE)
    assert page.evaluate("window.previewSeen")
    page.wait_for_function("document.querySelector('#clip').currentTime > 0.2")
    expect(page.locator("#badge")).to_contain_text("signed by this studio")
