"""What must never be lost, whatever happens to tab, network or studio: shots, previews, takes and the form."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.ui.serve_dying import STAGES
from tests.ui.servers import Server, end, kill, start
from tests.ui.test_film_page import films
from tests.ui.test_journeys import FOX, ask, plays, shoot, steps, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., Page]


def first_job(server: Server) -> str:
    return str(ask(server, "studio/now")["jobs"][0]["id"])


@pytest.mark.usefixtures("empty_strip")
def test_a_closed_tab_finds_its_shot_and_its_form_again(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    write(page, FOX)
    page.fill("#seed input", "77")
    steps(page, 60)
    shoot(page)
    page.fill("#prompt textarea", FOX + ", and what I was about to write")
    job = first_job(painted)
    page.wait_for_timeout(1000)  # the form is kept a moment after the last key
    page.context.close()
    back = visit(painted)
    expect(back.locator("#prompt textarea")).to_have_value(FOX + ", and what I was about to write")
    expect(back.locator("#seed input")).to_have_value("77")
    expect(back.locator("#steps input")).to_have_value("60")
    assert first_job(painted) == job
    expect(back.locator("#stage")).to_have_attribute("data-view", "job")
    back.wait_for_selector("#preview[data-version]")
    back.click("#stop")


@pytest.mark.usefixtures("empty_strip")
def test_seven_tabs_of_one_browser_all_watch(painted: Server, visit: Visit) -> None:
    """A browser has six connections to a studio: a page that held one would leave the seventh tab blank."""
    tabs = [visit(painted)]
    for _ in range(6):
        tabs.append(tabs[0].context.new_page())
        tabs[-1].goto(painted.url)
        tabs[-1].wait_for_selector("body[data-ready=true] #stage[data-view]")
    write(tabs[-1], FOX)
    steps(tabs[-1], 30)
    shoot(tabs[-1])
    for tab in tabs:
        tab.bring_to_front()
        expect(tab.locator("#takes-list li[data-job]")).to_have_count(1)


@pytest.mark.usefixtures("empty_strip")
def test_two_tabs_watch_one_shot_and_each_keeps_its_own_words(painted: Server, visit: Visit) -> None:
    one = visit(painted)
    other = one.context.new_page()
    other.goto(painted.url)
    other.wait_for_selector("body[data-ready=true] #stage[data-view]")
    write(one, FOX)
    other.fill("#prompt textarea", "Something else in the second tab")
    steps(one, 30)
    shoot(one)
    expect(other.locator("#takes-list li[data-job]")).to_have_count(1)
    one.bring_to_front()  # a browser may hold the film of a tab that nobody looks at
    plays(one)
    take = ask(painted, "studio/takes")["takes"][0]["id"]
    expect(other.locator(f"li[data-take={take}]")).to_have_count(1)
    one.click("#star")
    expect(other.locator(f"li[data-take={take}] .tile-star")).to_have_attribute("aria-pressed", "true")
    one.reload()
    expect(one.locator("#prompt textarea")).to_have_value(FOX)
    expect(other.locator("#prompt textarea")).to_have_value("Something else in the second tab")


def test_a_killed_studio_goes_on_with_the_shot_and_the_page_with_it(visit: Visit, tmp_path: Path) -> None:
    command = ["-m", "tests.ui.serve"]
    server = start(command, tmp_path, PACE="0.3")
    page = visit(server)
    write(page, FOX)
    steps(page, 60)
    shoot(page)
    page.wait_for_selector("#preview[data-version]")
    page.wait_for_timeout(6000)  # longer than what may be lost
    job = first_job(server)
    kill(server)
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("#prompt textarea")).to_have_value(FOX)
    page.fill("#prompt textarea", FOX + ", written while nobody answers")
    again = start(command, tmp_path, port=urlsplit(server.url).port, PACE="0.05")
    try:
        expect(page.locator("#offline")).to_be_hidden()
        plays(page)
        assert ask(again, "studio/takes")["takes"][0]["job"] == job
        expect(page.locator("#prompt textarea")).to_have_value(FOX + ", written while nobody answers")
        kinds = [event["kind"] for event in ask(again, f"studio/jobs/{job}/history")["events"]]
        assert "requeued" in kinds
    finally:
        end(again)


@pytest.mark.usefixtures("empty_strip")
def test_an_edit_of_a_film_that_is_not_saved_is_kept_and_tried_again(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    films(page)
    asked = list[str]()

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=500, json={"error": "The studio could not do this."})

    page.route("**/edit", refuse)
    page.locator("#film-title").fill("Kept")
    expect(page.locator("#film-saved")).to_have_text("not saved yet")
    expect(page.locator("#toasts")).to_contain_text("What you changed is still here")
    page.wait_for_timeout(2500)
    assert len(asked) == 1
    page.locator("#film-as-list").click()
    page.wait_for_timeout(300)
    expect(page.locator(".film-shot")).to_have_count(3)
    page.unroute("**/edit")
    expect(page.locator(".film-shot")).to_have_count(1)
    expect(page.locator("#film-saved")).to_have_text("saved")
    assert page.evaluate("window.auteur.films.film.title") == "Kept"
    page.route("**/edit", lambda route: route.fulfill(status=422, json={"error": "65 shots are too many."}))
    page.locator("#film-add").click()
    expect(page.locator("#toasts")).to_contain_text("65 shots are too many. The film is as it was.")
    expect(page.locator(".film-shot")).to_have_count(1)
    page.route("**/edit", lambda route: route.fulfill(status=404, json={"error": "There is no film."}))
    page.locator("#film-title").fill("Gone")
    expect(page.locator("#toasts")).to_contain_text("This film was deleted in another tab.")
    expect(page.locator(".film-empty")).to_be_visible()


@pytest.mark.usefixtures("empty_strip")
def test_a_lost_network_is_said_and_the_shot_is_there_when_it_is_back(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    write(page, FOX)
    steps(page, 40)
    shoot(page)
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()
    plays(page)


def test_a_studio_killed_in_any_stage_gives_every_shot_to_the_page_that_waits(visit: Visit, tmp_path: Path) -> None:
    command = ["-m", "tests.ui.serve_dying"]
    server = start(command, tmp_path)
    page = visit(server)
    jobs = []
    try:
        for stage in STAGES:
            write(page, f"A red fox, {stage}")
            steps(page, 4)
            page.click("#shoot")
            assert server.process.wait(60) == -signal.SIGKILL, f"it did not die in {stage}"
            expect(page.locator("#offline")).to_be_visible()
            server = start(command, tmp_path, port=urlsplit(server.url).port)
            expect(page.locator("#offline")).to_be_hidden()
            page.wait_for_function("(many) => window.auteur.takes.length === many", arg=len(jobs) + 1)
            expect(page.locator("#prompt textarea")).to_have_value(f"A red fox, {stage}")
            jobs.append(ask(server, "studio/takes")["takes"][0]["job"])
        assert len(set(jobs)) == len(STAGES)
        assert ask(server, "studio/now")["jobs"] == []
        assert len(list((server.home / "takes").iterdir())) == len(STAGES), "no half of a take"
        with sqlite3.connect(server.home / "library.db") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        end(server)
