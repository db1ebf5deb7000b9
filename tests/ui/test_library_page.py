"""The Library page, in a real Chromium: found, played, named, put away and taken out again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.servers import Server
from tests.ui.test_journeys import FOX, ask, comes_true, plays, shoot, steps, write
from tests.ui.test_routes import browser, open_studio
from tests.ui.test_routes import shoot as take_of

Visit = Callable[..., Page]
__all__ = ["open_studio"]


def test_the_library_answers_its_owner_alone_and_says_what_is_wrong(
    open_studio: Callable[..., object], tmp_path: Path
) -> None:
    studio = open_studio(shared=True)
    mine = browser(studio, tmp_path, "A" * 43)
    assert browser(studio, tmp_path).get("/studio/library").status_code == 403
    assert mine.get("/studio/library").json()["takes"] == []
    assert mine.get("/studio/library?since=soon").status_code == 422
    assert mine.get("/studio/library?before=t1").status_code == 404
    assert mine.get("/studio/library/spare?days=old").json()["field"] == "days"
    assert mine.post("/studio/library/bin", json={"takes": ["t1"]}).status_code == 404
    assert mine.post("/studio/library/bin", json={"takes": "all"}).status_code == 422


def test_a_binned_take_can_be_seen_but_only_as_one(open_studio: Callable[..., object], tmp_path: Path) -> None:
    studio = open_studio()
    take, page = take_of(studio), browser(studio, tmp_path)
    assert page.get("/studio/library/spare?days=0").json()["takes"] == 1
    assert page.post("/studio/library/clear", json={"days": 0}).json() == {"takes": 1}
    told = page.get("/studio/library").json()
    assert (told["count"], told["kept"], told["binned"]) == (0, 0, 1)
    assert page.get(f"/studio/takes/{take.id}/poster").status_code == 404
    assert page.get(f"/studio/takes/{take.id}/poster?bin=1").status_code == 200
    assert page.post("/studio/library/restore", json={"takes": [take.id]}).json() == {"takes": 1}
    assert page.get("/studio/library").json()["count"] == 1


@pytest.mark.browser
@pytest.mark.usefixtures("empty_strip")
def test_a_take_is_found_named_binned_and_restored_in_the_library(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    write(page, FOX + " beside a quiet lantern")
    steps(page, 4)
    shoot(page)
    plays(page)
    take = ask(painted, "studio/takes")["takes"][0]["id"]
    page.get_by_role("tab", name="Library").click()
    page.fill("#library-search", "lantern QUIET")
    card = page.locator(f"#library-grid li[data-take={take}]")
    expect(page.locator("#library-grid li")).to_have_count(1)
    card.locator(".shelf-open").hover()
    expect(card.locator("video")).to_have_count(1)
    card.locator(".shelf-open").click()
    page.fill("#shelf-name", "Lantern, the good one")
    page.press("#shelf-name", "Tab")
    comes_true(painted, "studio/takes", lambda told: told["takes"][0]["name"] == "Lantern, the good one")
    page.keyboard.press("Escape")
    expect(card.locator(".shelf-title")).to_have_text("Lantern, the good one")
    card.hover()
    card.locator(".shelf-pick").click()
    page.click("#bin-chosen")
    expect(page.locator("#library-grid li")).to_have_count(0)
    page.click("#undo-bin")
    expect(card).to_have_count(1)
    card.locator(".shelf-open").focus()
    page.keyboard.press("Delete")
    expect(card).to_have_count(0)
    page.click("#library-bin")
    card.locator(".shelf-open").click()
    page.click("#shelf-restore")
    expect(card).to_have_count(0)
    page.click("#library-bin")
    card.locator(".shelf-open").click()
    page.click("#shelf-stage")
    expect(page.locator("#stage")).to_have_attribute("data-view", "take")
    expect(page.locator("#take-name")).to_have_value("Lantern, the good one")


@pytest.mark.browser
@pytest.mark.usefixtures("empty_strip")
def test_an_undo_takes_back_what_it_stands_beside(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    write(page, FOX + " beside a loud lantern")
    steps(page, 4)
    shoot(page)
    plays(page)
    page.evaluate("window.auteur.acts.shootAgain(window.auteur.takes[0])")
    comes_true(painted, "studio/library?search=loud", lambda told: len(told["takes"]) == 2)
    page.get_by_role("tab", name="Library").click()
    page.fill("#library-search", "loud lantern")
    cards = page.locator("#library-grid li")
    expect(cards).to_have_count(2)
    cards.first.hover()
    cards.first.locator(".shelf-pick").click()
    page.click("#bin-chosen")
    expect(cards).to_have_count(1)
    expect(page.locator("#undo-bin")).to_be_visible()
    cards.first.locator(".shelf-open").focus()
    page.keyboard.press("s")
    comes_true(painted, "studio/library?search=loud", lambda told: told["takes"][0]["starred"])
    expect(page.locator("#undo-bin")).to_have_count(0)
