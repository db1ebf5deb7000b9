"""What a careful hand expects of the tools: takes told apart by their pictures, times told before, undo in reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from studio.core import Studio
from studio.errors import NotFound
from studio.tools import Remix
from tests.ui.servers import Server
from tests.ui.test_journeys import ask, steps, write
from tests.ui.test_routes import SHOT, browser, open_studio, shoot
from tests.ui.test_tool_journeys import film, look, tool
from tests.ui.test_tools import picture

__all__ = ["open_studio"]

Opens = Callable[..., Studio]
Visit = Callable[..., Page]
in_browser = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("empty_strip")]


def marked(test: Callable[..., None]) -> Callable[..., None]:
    for mark in in_browser:
        test = mark(test)
    return test


PAUSED = "document.querySelector('#pair video').paused"


def test_what_waits_says_how_long_it_will_take(open_studio: Opens, tmp_path: Path) -> None:
    studio = open_studio()
    page = browser(studio, tmp_path)
    shoot(studio)
    studio.pause_queue()
    studio.submit(replace(SHOT, seed=8))
    longer = studio.submit(replace(SHOT, seed=9, seconds=2.0))
    short, long = page.get("/studio/now").json()["jobs"]
    assert 0 < short["needs"] < long["needs"] and short["left"] is None
    assert page.post(f"/studio/jobs/{longer.id}/move", json={"before": "first"}).status_code == 200
    assert page.get("/studio/now").json()["jobs"][0]["needs"] == long["needs"]


def test_variations_say_what_they_cost_before_they_are_made(open_studio: Opens, tmp_path: Path) -> None:
    studio = open_studio()
    take, page = shoot(studio), browser(studio, tmp_path)
    told = page.post(f"/studio/takes/{take.id}/plan", json={"tool": "vary"}).json()
    assert told["seconds"] > 0
    assert page.post("/studio/takes/none/plan", json={"tool": "vary"}).status_code == 404
    with pytest.raises(NotFound):
        studio.vary_seconds(take.id, owner="somebody-else")


def test_a_comparison_says_nothing_twice_and_no_id(open_studio: Opens, tmp_path: Path) -> None:
    studio = open_studio()
    take, page = shoot(studio), browser(studio, tmp_path)
    job = studio.wait(studio.work(Remix(clip=take.id, prompt="a dog walks in the snow", steps=2)).id, 60)
    rows = page.get(f"/studio/takes/{take.id}/difference/{job.take_id}").json()["rows"]
    labels = [label for label, *_ in rows]
    assert {"Prompt", "Seed", "Tool"} <= set(labels)
    assert not {"Prompt as rendered", "Made from", "Seconds"} & set(labels)
    job = studio.wait(studio.work(Remix(clip=str(job.take_id), steps=2)).id, 60)
    rows = page.get(f"/studio/takes/{take.id}/difference/{job.take_id}").json()["rows"]
    assert "Made from" in [label for label, *_ in rows], "it is made of a third one"


@marked
def test_the_other_take_is_chosen_by_its_picture_or_from_the_library(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    film(page, painted, "A dog runs on a beach")
    first = film(page, painted, "A panda sits in a meadow")
    second = film(page, painted, "A panda sits in a meadow")
    tool(page, "Blend")
    expect(page.locator(".work-other-name")).to_contain_text(first["seed"])
    expect(page.locator(f'#work-other input[value="{second["id"]}"]')).to_have_count(0)
    page.click("#work-other-all")
    page.fill("#film-shelf-search", "panda")
    tile = page.locator(f'#film-shelf button[data-take="{first["id"]}"]')
    tile.click()
    expect(page.locator("#work-other input:checked")).to_have_value(first["id"])
    page.locator("#work-other input").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#work-other input:checked")).not_to_have_value(first["id"])
    look(page, "craft-other")


@marked
def test_words_and_marks_follow_what_is_chosen(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    film(page, painted)
    tool(page, "Extend")
    expect(page.locator("#work-at")).to_have_text("From its last frame")
    page.locator("#work-direction input").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#work-at")).to_have_text("From its first frame")
    assert page.evaluate("document.activeElement.value") == "backward", "the keys stay where they were"
    tool(page, "Variations")
    expect(page.locator(".work-said")).to_contain_text("of work")
    tool(page, "Re-cut")
    page.fill("#work-start", "0,25")
    page.fill("#work-end", "0.5")
    expect(page.locator("#marks")).to_contain_text("5–8")
    assert page.evaluate("document.activeElement.id") == "work-end", "what is typed in is not drawn anew"
    page.fill("#work-end", "9")
    expect(page.locator(".work-said")).to_contain_text("the clip goes from 0 to")
    page.fill("#work-end", "")
    expect(page.locator(".work-said")).to_contain_text("say where the part begins")


@marked
def test_two_takes_in_step_answer_to_the_keys(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    film(page, painted)
    film(page, painted)
    page.click("#compare-toggle")
    page.locator("#takes-list li[data-take] .tile:not([aria-current=true])").first.click()
    page.get_by_role("button", name="Wipe", exact=True).click()
    page.wait_for_function("[...document.querySelectorAll('#pair video')].every((one) => one.readyState > 2)")
    page.wait_for_function(f"!{PAUSED}")
    page.keyboard.press("Space")
    page.wait_for_function(PAUSED)
    page.keyboard.press("Space")
    page.wait_for_function(f"!{PAUSED}")
    page.keyboard.press("k")
    page.wait_for_function(PAUSED)
    page.keyboard.press("l")
    page.wait_for_function(f"!{PAUSED}")
    assert page.evaluate("document.querySelector('#clip').paused"), "the take behind them rests"


@marked
def test_undo_is_in_reach_while_a_sheet_is_open_and_nothing_is_shot_behind_it(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    page.click("#fresh")
    write(page, "a quiet street", seconds=1)
    page.click("#styles-open")
    for words in ("slow and quiet", "loud"):
        page.fill("#style-name", "Night ride")
        page.fill("#style-words", words)
        page.click("#style-save")
        expect(page.locator("#styles-own .style-words")).to_have_text(words)
    page.locator("#styles .toast-act").click()
    expect(page.locator("#styles-own .style-words")).to_have_text("slow and quiet")
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(500)
    assert ask(painted, "studio/now")["jobs"] == []
    page.get_by_label("Remove Night ride").click()
    page.locator("#styles .toast-act").click()
    expect(page.locator("#styles-own .style-name")).to_have_text("Night ride")
    page.keyboard.press("Escape")
    expect(page.locator("#styles")).to_have_count(0)
    expect(page.locator("body > #toasts")).to_have_count(1)
    page.click("#styles-open")
    page.get_by_label("Remove Night ride").click()


@marked
def test_the_strip_shows_what_has_come_to_the_stage(painted: Server, visit: Visit) -> None:
    page = visit(painted, width=420)
    page.click("#fresh")
    write(page, "a street in the rain", seconds=1)
    steps(page, 2)
    page.click("#takes-count label:nth-of-type(3)")
    page.click("#shoot")
    page.wait_for_function("window.auteur.takes.length >= 4 && !window.auteur.jobs.length", timeout=60_000)
    steps(page, 100)
    page.evaluate("document.querySelector('#takes-list').scrollTo(9999, 0)")
    page.click("#shoot")
    page.wait_for_function("window.auteur.view.kind === 'job'")
    page.wait_for_function(
        """() => {
        const [row, box] = ["#takes-list", "#takes-list li:has([aria-current=true])"]
            .map((each) => document.querySelector(each)?.getBoundingClientRect());
        return row && box && box.left >= row.left && box.right <= row.right + 1;
    }""",
        timeout=5_000,
    )  # long before the shot is done and its take stands further on


@marked
def test_a_drawing_pressed_twice_is_there_once(painted: Server, visit: Visit, tmp_path: Path) -> None:
    page = visit(painted)
    page.click("#fresh")
    page.click("#draw-open")
    (tmp_path / "no.png").write_bytes(b"no picture")
    for name, said in (("no.png", "no picture"), (picture(tmp_path, "a.png", (320, 180), "teal").name, "")):
        with page.expect_file_chooser() as chooser:
            page.locator("#draw-underlay").click()
        chooser.value.set_files(tmp_path / name)
        line = expect(page.locator("#draw-said"))
        line.to_contain_text(said) if said else line.to_be_empty()
    page.evaluate("() => { const one = document.querySelector('#draw-use-between'); one.click(); one.click(); }")
    expect(page.locator(".key")).to_have_count(1)
    page.wait_for_timeout(500)
    expect(page.locator(".key")).to_have_count(1)
