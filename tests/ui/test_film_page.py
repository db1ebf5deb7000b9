"""The Film page in a real browser: written, ordered, shot, played, finished; two tabs; a phone; keys alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.ui.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("empty_strip")]

Visit = Callable[..., Page]


def films(page: Page) -> None:
    """The Film page with a film of three shots of its own."""
    page.get_by_role("tab", name="Film").click()
    page.wait_for_selector("#film-examples:visible, #film-menu:visible")
    page.evaluate("window.auteur.films.fresh({ example: 'fox' })")
    expect(page.locator(".film-shot")).to_have_count(3)
    expect(page.locator("#film-saved")).to_have_text("saved")


def words(page: Page) -> list[str]:
    return [box.input_value() for box in page.locator(".film-shot textarea").all()]


def test_a_film_is_written_shot_played_and_finished(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    films(page)
    page.locator("#film-size").select_option("square")
    first = page.locator(".film-shot").first
    first.locator("textarea").fill("@nobody walks")
    expect(first.locator(".film-error")).to_contain_text("not in the cast")
    first.locator("textarea").fill("@fox walks in the snow")
    expect(first.locator(".film-error")).to_have_count(0)
    for shot in page.locator(".film-seconds input").all()[:3]:
        shot.fill("0.5")
        shot.press("Tab")
    expect(page.locator("#film-saved")).to_have_text("saved")
    page.locator("#film-shoot").click()
    expect(page.locator('.film-shot[data-state="there"]')).to_have_count(3, timeout=60_000)
    expect(page.locator("#film-shoot")).to_have_text("All shots are there")
    page.locator("#film-play").click()
    page.wait_for_function("window.auteur.films.player.at > 0.6", timeout=30_000)
    page.locator("#film-play").click()
    page.locator("#side-finish").click()
    page.locator("#finish-go").click()
    row = page.locator('.finish-row[data-state="done"]')
    expect(row.locator(".finish-badge")).to_contain_text("signed by this studio", timeout=60_000)


def test_shots_are_moved_split_doubled_and_all_is_taken_back(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    films(page)
    before = words(page)
    page.locator(".film-grip").nth(0).focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#film-saved")).to_have_text("saved")
    assert words(page) == [before[1], before[0], before[2]]
    box, target = page.locator(".film-grip").nth(2).bounding_box(), page.locator(".film-shot").nth(0).bounding_box()
    assert box and target
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(target["x"] + 20, box["y"] + 8, steps=8)
    page.mouse.up()
    expect(page.locator(".film-shot textarea").first).to_have_value(before[2])
    page.locator('[aria-label="More for this shot"]').first.click()
    page.get_by_role("menuitem", name="Split in two").click()
    expect(page.locator(".film-shot")).to_have_count(4)
    expect(page.locator(".film-shot").nth(1).locator(".film-join")).to_have_text("continue")
    page.locator("#film-title").fill("Another title")
    expect(page.locator("#film-saved")).to_have_text("saved")
    for _ in range(4):
        page.locator("#film-undo").click()
        page.wait_for_timeout(150)
    expect(page.locator(".film-shot")).to_have_count(3)
    assert words(page) == before
    page.locator("#film-redo").click()
    expect(page.locator(".film-shot textarea").first).to_have_value(before[1])
    page.reload()
    page.get_by_role("tab", name="Film").click()
    expect(page.locator(".film-shot textarea").first).to_have_value(before[1])


def test_the_second_tab_is_told_and_nothing_is_lost(painted: Server, visit: Visit) -> None:
    one = visit(painted)
    films(one)
    two = one.context.new_page()
    two.goto(painted.url)
    two.get_by_role("tab", name="Film").click()
    expect(two.locator(".film-shot")).to_have_count(3)
    two.evaluate("clearTimeout(window.auteur.films.timer); window.auteur.films.soon = () => {}")
    one.locator(".film-shot textarea").nth(0).fill("@fox sleeps")
    expect(one.locator("#film-saved")).to_have_text("saved")
    two.locator(".film-shot textarea").nth(2).fill("@fox swims")
    expect(two.locator("#toasts")).to_contain_text("changed in another tab")
    two.locator("#film-mine").click()
    expect(two.locator("#film-saved")).to_have_text("saved")
    assert words(two)[2] == "@fox swims"
    two.locator("#film-undo").click()
    expect(two.locator(".film-shot textarea").nth(0)).to_have_value("@fox sleeps")


def test_a_phone_has_the_whole_page(painted: Server, visit: Visit) -> None:
    page = visit(painted, width=390, height=844)
    films(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("#film-shoot")).to_be_in_viewport()
    expect(page.locator(".film-screen")).to_be_in_viewport()
