"""Drawing what is in one's mind, in a real Chromium: layers, brush, eraser, undo, an underlay, and shooting it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.ui.servers import Server
from tests.ui.test_journeys import FOX, ask, plays, shoot, steps, write

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_strip")]

Visit = Callable[..., Page]


def stroke(page: Page, *points: tuple[float, float]) -> None:
    """Draw through points, given as parts of the sheet."""
    box = page.locator("#draw-canvas").bounding_box()
    assert box
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def colour(page: Page, x: float, y: float) -> list[int]:
    """What the drawing shows there."""
    script = "([x, y]) => { const d = window.auteur.drawRoom.drawing, c = d.flat(true).getContext('2d');"
    found: Any = page.evaluate(f"{script} return [...c.getImageData(x * d.width, y * d.height, 1, 1).data]; }}", [x, y])
    return list(found[:3])


PAPER = [244, 241, 234]
INK = [27, 27, 31]


def test_a_drawing_has_layers_and_an_eraser_and_every_act_comes_back(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    page.click("#draw-open")
    page.keyboard.press("b")
    stroke(page, (0.2, 0.5), (0.8, 0.5))
    assert colour(page, 0.5, 0.5) == INK
    page.click("#draw-add")
    page.locator(".swatch").nth(3).click()
    stroke(page, (0.5, 0.2), (0.5, 0.8))
    assert colour(page, 0.5, 0.5) == [196, 71, 47]
    page.keyboard.press("e")
    stroke(page, (0.45, 0.5), (0.55, 0.5))
    assert colour(page, 0.5, 0.5) == INK, "the eraser takes from its own layer alone"
    for _ in range(4):
        page.keyboard.press("Control+z")
    assert colour(page, 0.5, 0.5) == PAPER
    expect(page.locator("#draw-layers li")).to_have_count(1)
    for _ in range(3):
        page.keyboard.press("Control+Shift+z")
    assert colour(page, 0.5, 0.5) == [196, 71, 47]
    page.get_by_role("button", name="Hide Layer 2").click()
    assert colour(page, 0.5, 0.5) == INK
    page.keyboard.press("g")
    page.locator("#draw-layers li").nth(1).locator(".layer-name").click()
    stroke(page, (0.1, 0.1))
    assert colour(page, 0.9, 0.1) == [196, 71, 47], "poured to the edges of the sheet"
    assert colour(page, 0.5, 0.5) == INK


def test_a_drawing_outlives_its_tab_and_is_shot_as_the_first_picture(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    page.click("#draw-open")
    stroke(page, (0.2, 0.5), (0.8, 0.5))
    page.wait_for_timeout(1500)  # it is kept a moment after the last stroke
    page.reload()
    page.wait_for_selector("body[data-ready=true] #stage[data-view]")
    page.click("#draw-open")
    page.wait_for_selector("#draw-canvas")
    assert colour(page, 0.5, 0.5) == INK
    page.click("#draw-use-first")
    expect(page.locator("#first-picture")).to_have_attribute("data-full", "true")
    write(page, FOX)
    steps(page, 4)
    shoot(page)
    plays(page)
    newest = ask(painted, "studio/takes")["takes"][0]
    assert "drawing.png" in newest["json"]
    page.click("#use")
    page.get_by_role("menuitem", name="Draw on this frame").click()
    expect(page.locator("#draw-under")).to_contain_text("Underlay")
    assert colour(page, 0.9, 0.9) != PAPER, "the frame lies under the drawing"
    page.uncheck("#draw-kept")
    assert (
        page.evaluate(
            "(() => { const d = window.auteur.drawRoom.drawing;"
            " return [...d.flat().getContext('2d').getImageData(5, 5, 1, 1).data].slice(0, 3); })()"
        )
        == PAPER
    ), "an underlay to trace is no part of the picture"
    page.click("#draw-fresh")
    assert colour(page, 0.5, 0.5) == PAPER
    page.keyboard.press("Escape")
    expect(page.locator("#draw-dialog")).to_have_count(0)
