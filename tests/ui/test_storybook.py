"""The whole path with the weights that come along: what `python app.py` gives to somebody who has just cloned it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.ui.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 240_000  # milliseconds: the first shot also loads the model, on whatever machine this is


def test_storybook_shoots_from_a_prompt_to_a_clip_that_plays(storybook: Server, visit: Callable[..., Page]) -> None:
    page = visit(storybook)
    page.fill("#prompt textarea", "A red fox walks through a snowy forest at dusk")
    page.fill("#seconds input", "1")
    page.click("#shoot")
    # Attached, not visible: a shot this short may be over before a busy browser looks again.
    page.wait_for_selector("#preview[data-version]", timeout=PATIENCE, state="attached")
    page.wait_for_selector("#stage[data-view=take]", timeout=PATIENCE)
    page.wait_for_function("document.querySelector('#clip').currentTime > 0.2")
    expect(page.locator("#badge")).to_contain_text("signed by this studio")
