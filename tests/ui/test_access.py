"""Every page, in the dark and in the light: text stands out, every control has a name, all fits a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.servers import Server
from tests.ui.test_film_page import films, shot_film

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("empty_strip")]

Visit = Callable[..., Page]
LOOK = (Path(__file__).parent / "access.js").read_text(encoding="utf-8")
PAGES = ("Library", "Queue", "Verify", "Models", "Settings")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_page_can_be_read_and_every_control_has_a_name(painted: Server, visit: Visit, theme: str) -> None:
    page = visit(painted)
    if theme == "light":
        page.click("#theme-switch")
    assert page.evaluate(LOOK) == []
    films(page)
    shot_film(page)
    for side in ("cast", "look", "titles", "finish"):
        page.click(f"#side-{side}")
        assert page.evaluate(LOOK) == [], side
    page.locator('[aria-label="More for this shot"]').first.click()
    page.get_by_role("menuitem", name="Settings of this shot").click()
    expect(page.locator("#film-shot-dialog")).to_be_visible()
    assert page.evaluate(LOOK) == []
    page.keyboard.press("Escape")
    for name in PAGES:
        page.get_by_role("tab", name=name).click()
        page.wait_for_timeout(300)
        assert page.evaluate(LOOK) == [], name


def test_no_page_is_wider_than_a_phone(painted: Server, visit: Visit) -> None:
    page = visit(painted, width=390, height=844)
    films(page)
    for side in ("cast", "look", "titles", "finish"):
        page.click(f"#side-{side}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, side
    page.locator("#film-add-take").click()
    expect(page.locator("#film-shelf")).to_be_visible()
    box = page.locator("#film-shelf-dialog").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
