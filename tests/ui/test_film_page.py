"""The Film page in a real browser: written, ordered, shot, played, finished; two tabs; a phone; keys alone."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.studio.test_film_finish import tone
from tests.ui.servers import Server
from tests.ui.test_tool_journeys import look
from tests.ui.test_tools import picture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("empty_strip")]

Visit = Callable[..., Page]


def films(page: Page) -> None:
    """The Film page with a film of three shots of its own."""
    page.get_by_role("tab", name="Film").click()
    page.wait_for_selector("#film-examples:visible, #film-menu:visible")
    made = page.evaluate("window.auteur.films.fresh({ example: 'fox' })")
    assert made, page.locator("#toasts").inner_text()
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


def test_the_film_that_was_asked_for_last_is_the_one_that_is_shown(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    films(page)
    first = page.evaluate("window.auteur.films.told.id")
    page.evaluate("window.auteur.films.fresh({})")
    expect(page.locator(".film-shot")).to_have_count(1)
    page.route(f"**/studio/films/{first}", lambda route: (page.wait_for_timeout(700), route.continue_()))
    page.evaluate(
        """(id) => Promise.all([
            window.auteur.films.load(id),
            window.auteur.films.fresh({ example: "fox" }),
            window.auteur.films.mount(document.getElementById("film-root")),
        ])""",
        first,
    )
    expect(page.locator(".film-shot")).to_have_count(3)
    shown = page.evaluate("[window.auteur.films.told.id, localStorage.getItem('auteur.film')]")
    assert shown[0] == shown[1] != first


FIVE = """
title: Five
cast: {mira: {looks: a red fox}}
steps: 2
shots:
  - {prompt: "@mira walks in the snow", seconds: 0.5}
  - {prompt: "@mira jumps", seconds: 0.5, join: continue}
  - {prompt: "@mira sits on a beach", seconds: 0.5, caption: By the sea}
  - {prompt: "@mira dances", seconds: 0.5, join: continue}
  - {prompt: "@mira sleeps in a forest", seconds: 0.5, transition: dissolve, transition_seconds: 0.2}
"""


def test_five_shots_with_titles_and_music_are_finished_twice_and_opened_again(
    painted: Server, visit: Visit, tmp_path: Path
) -> None:
    page = visit(painted)
    films(page)
    (tmp_path / "five.yaml").write_text(FIVE, encoding="utf-8")
    page.set_input_files("#film-file", tmp_path / "five.yaml")
    expect(page.locator(".film-shot")).to_have_count(5)
    page.locator("#side-titles").click()
    page.locator("#film-opening").fill("Five\nA film")
    page.locator("#film-ending").fill("The end")
    music = tone(tmp_path / "song.wav", 4)
    page.set_input_files('.side-group:has(#film-music) input[type="file"]', music)
    expect(page.locator(".sound-name").first).to_contain_text("song.wav")
    page.locator("#film-shoot").click()
    expect(page.locator('.film-shot[data-state="there"]')).to_have_count(5, timeout=90_000)
    look(page, "film-five")
    page.locator("#side-finish").click()
    rows = page.locator('.finish-row[data-state="done"]')
    for many, shape in enumerate(("16:9", "9:16"), 1):
        page.locator("#finish-shape").select_option(shape)
        page.locator("#finish-go").click()
        expect(rows).to_have_count(many, timeout=90_000)
        expect(rows.first.locator(".finish-badge")).to_contain_text("signed by this studio")
    look(page, "film-finished")
    sizes = [tuple(map(int, re.findall(r"(\d+) × (\d+)", row.inner_text())[0])) for row in rows.all()]
    assert sizes[0][0] < sizes[0][1] and sizes[1][0] > sizes[1][1]
    with page.expect_download() as download:
        rows.first.get_by_text("Save").click()
    download.value.save_as(tmp_path / "five.mp4")
    page.evaluate("window.auteur.films.fresh({})")
    expect(page.locator(".film-shot")).to_have_count(1)
    page.set_input_files("#film-file", tmp_path / "five.mp4")
    expect(page.locator('.film-shot[data-state="there"]')).to_have_count(5)
    expect(page.locator("#film-title")).to_have_value("Five")
    look(page, "film-opened-again")


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


def test_one_list_and_cards_are_a_click_apart(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    films(page)
    page.locator("#film-as-list").click()
    expect(page.locator(".film-shot")).to_have_count(1)
    expect(page.locator(".film-shot textarea")).to_have_value(re.compile(r"^Shot 1 \(2 s\): .*Shot 3 \(2 s\): "))
    page.get_by_role("button", name="Turn this list into cards").click()
    expect(page.locator(".film-shot")).to_have_count(3)


def shot_film(page: Page) -> None:
    """The film of three shots, half a second each, with its takes."""
    page.evaluate(
        "window.auteur.films.change((film) => { film.steps = 2; for (const shot of film.shots) "
        "Object.assign(shot, { seconds: 0.5, transition: 'none' }); }, 'Short')"
    )
    expect(page.locator("#film-saved")).to_have_text("saved")
    comes(page, "film.told.film === null || film.told.version > 1")
    if page.locator("#film-shoot").is_enabled():  # an earlier journey may have shot the same
        page.locator("#film-shoot").click()
    expect(page.locator('.film-shot[data-state="there"]')).to_have_count(3, timeout=60_000)


def comes(page: Page, words: str) -> None:
    page.wait_for_function(f"() => {{ const film = window.auteur.films; return {words}; }}", timeout=30_000)


def has_lengths(page: Page, frames: list[int]) -> None:
    """The pieces of the time line have so many frames, once the page was told."""
    wanted = json.dumps(frames, separators=(",", ":"))
    comes(page, f"JSON.stringify(film.told.timeline.pieces.map((piece) => piece.length)) === '{wanted}'")


def test_keys_alone_play_trim_and_cut_a_film(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    films(page)
    shot_film(page)
    page.evaluate("document.activeElement.blur()")
    has_lengths(page, [9, 8, 9])
    page.keyboard.press("l")
    comes(page, "film.player.at > 0.1")  # it may have come to its end already
    page.keyboard.press("l")
    comes(page, "film.player.speed === 2 || !film.player.playing")
    page.keyboard.press("k")
    comes(page, "!film.player.playing && film.player.speed === 1")
    page.keyboard.press("j")
    comes(page, "film.player.at === 0 && !film.player.playing")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("i")
    comes(page, "film.told.timeline.pieces[0].skip === 3 && film.player.at < 0.02")
    has_lengths(page, [6, 8, 9])
    expect(page.locator(".film-shot").first.locator(".film-met")).to_contain_text("0.4 s of 0.6 s are in the film")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("s")
    expect(page.locator(".film-shot")).to_have_count(4)
    comes(page, "film.told.timeline.pieces.length === 4")
    has_lengths(page, [2, 4, 8, 9])
    assert page.evaluate("new Set(window.auteur.films.told.shots.slice(0, 2).map((one) => one.take.id)).size") == 1
    page.keyboard.press("Control+z")
    expect(page.locator(".film-shot")).to_have_count(3)
    page.keyboard.press("Shift+I")
    comes(page, "film.told.timeline.pieces[0].skip === 0")


def test_a_shot_that_is_moved_keeps_its_take_and_a_new_one_has_the_seed_of_the_film(
    painted: Server, visit: Visit
) -> None:
    page = visit(painted)
    films(page)
    page.evaluate("for (const shot of window.auteur.films.film.shots) Object.assign(shot, { seed: null, join: 'cut' })")
    shot_film(page)
    page.locator(".film-grip").nth(0).focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#film-saved")).to_have_text("saved")
    comes(page, "film.told.shots.every((shot) => shot.take && shot.fits)")
    page.locator("#film-add").click()
    expect(page.locator(".film-shot")).to_have_count(4)
    assert page.evaluate("window.auteur.films.film.shots.map((shot) => shot.seed)") == [None] * 4


def test_an_end_of_a_shot_is_taken_by_hand(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    films(page)
    shot_film(page)
    edge = page.locator(".film-block").nth(2).locator('.film-edge[data-side="o"]')
    edge.hover()
    box, track = edge.bounding_box(), page.locator(".film-track").bounding_box()
    assert box and track
    page.mouse.move(box["x"] + 4, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 4 - 4 * track["width"] / 26, box["y"] + 8, steps=4)
    page.mouse.up()
    comes(page, "film.told.timeline.frames === 22")
    has_lengths(page, [9, 8, 5])


def test_takes_of_the_library_become_shots(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    films(page)
    shot_film(page)
    page.evaluate("window.auteur.films.fresh({})")
    expect(page.locator(".film-shot")).to_have_count(1)
    page.locator("#film-add-take").click()
    tiles = page.locator("#film-shelf .film-take")
    chosen = [tiles.nth(place).get_attribute("data-take") for place in (1, 0)]
    tiles.nth(1).click()
    tiles.nth(0).click()
    page.locator("#film-shelf-put").click()
    expect(page.locator('.film-shot[data-state="there"]')).to_have_count(2)
    assert page.evaluate("window.auteur.films.told.shots.map((one) => one.take.id)") == chosen
    page.get_by_role("tab", name="Library").click()
    page.locator(f"#library-grid li[data-take={chosen[0]}] .shelf-open").click()
    page.locator("#shelf-film").click()
    expect(page.locator('.film-shot[data-state="there"]')).to_have_count(3)
    page.locator("#film-undo").click()
    expect(page.locator(".film-shot")).to_have_count(2)


def test_four_more_takes_are_shot_and_one_is_chosen(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    films(page)
    shot_film(page)
    card = page.locator(".film-shot").first
    card.locator('[aria-label="More for this shot"]').click()
    page.get_by_role("menuitem", name="Four takes to choose from").click()
    many = card.locator(".film-many")
    # The one in the film is counted where it was shot for this film, and not where an earlier journey's fitted.
    expect(many).to_have_text(re.compile(r"^[45] takes to choose from$"), timeout=60_000)
    comes(page, "film.told.shots.every((shot) => !shot.others.length)")
    stands = page.evaluate("window.auteur.films.told.shots[0].take.id")
    many.click()
    tiles = page.locator("#film-takes-dialog .film-take")
    expect(tiles).to_have_count(5)
    tiles.first.click()
    comes(page, f"film.told.shots[0].take.id !== {stands!r} && film.told.shots[0].chosen")


def test_a_look_is_for_all_shots_and_film_language_keeps_the_names(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    films(page)
    page.locator("#side-look").click()
    page.locator("#look-time").click()
    page.locator('[role=option][data-id="night"]').click()
    expect(page.locator("#look-time")).to_contain_text("night", ignore_case=True)
    expect(page.locator("#film-saved")).to_have_text("saved")
    assert page.evaluate("window.auteur.films.film.look") == {"time": "night"}
    before = words(page)[0]
    page.locator('[aria-label="More for this shot"]').first.click()
    page.get_by_role("menuitem", name="Say it in film language").click()
    expect(page.locator("#film-expand-dialog mark").first).to_be_visible()
    page.locator("#film-expand-take").click()
    first = page.locator(".film-shot textarea").first
    expect(first).to_have_value(re.compile(re.escape(before) + "..+"))
    page.locator("#film-undo").click()
    expect(first).to_have_value(before)


DROP = """([selector, name, data]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name));
  const drop = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.querySelector(selector).dispatchEvent(drop);
}"""


def drop(page: Page, selector: str, path: Path) -> None:
    page.evaluate(DROP, [selector, path.name, base64.b64encode(path.read_bytes()).decode()])


def test_what_is_dropped_goes_where_it_belongs(painted: Server, visit: Visit, tmp_path: Path) -> None:
    page = visit(painted)
    films(page)
    fox = picture(tmp_path, "fox.png", (320, 180), "teal")
    drop(page, ".cast-member", fox)
    expect(page.locator(".cast-picture img")).to_have_count(1)
    drop(page, ".film-shot", fox)
    expect(page.locator(".film-givenchip")).to_have_text("first")
    drop(page, ".film-screen", tone(tmp_path / "song.wav", 2))
    expect(page.locator("[data-sound=music] .sound-name")).to_contain_text("song.wav")
    drop(page, ".film-screen", fox)
    expect(page.locator("#toasts")).to_contain_text("Drop a picture on somebody of the cast")
    page.locator("#film-title").fill("Unmoved")
    expect(page.locator("#film-saved")).to_have_text("saved")
    (tmp_path / "bad.yaml").write_text("shots:\n  - {prompt: a, secondz: 2}\n", encoding="utf-8")
    drop(page, ".film-screen", tmp_path / "bad.yaml")
    expect(page.locator("#film-wrong")).to_contain_text("bad.yaml line 2: shot 1 has no key 'secondz'")
    page.keyboard.press("Escape")
    expect(page.locator("#film-title")).to_have_value("Unmoved")


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


def test_one_shot_is_shot_for_its_words_though_another_take_was_chosen(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    films(page)
    shot_film(page)
    chosen = page.evaluate("window.auteur.films.told.shots[0].take.id")
    page.evaluate(
        "(take) => window.auteur.films.change((film) => Object.assign(film.shots[0], "
        "{ take, prompt: `${film.shots[0].prompt} beside a tall lantern` }), 'Words')",
        chosen,
    )
    comes(page, "film.told.shots[0].chosen && !film.told.shots[0].fits && !film.waiting && !film.busy")
    card = page.locator(".film-shot").first
    for _ in range(2):
        card.locator('[aria-label="More for this shot"]').click()
        page.get_by_role("menuitem", name="Shoot this one").click()
        comes(page, f"film.told.shots[0].made && film.told.shots[0].fits && film.told.shots[0].take.id !== {chosen!r}")
    expect(page.locator("#toasts")).to_contain_text("There is a take of just these words")


def test_an_undo_on_offer_goes_when_something_else_is_done(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    films(page)
    offer = page.locator("#toasts .toast-act")
    remove = "window.auteur.films.cards.remove(window.auteur.films.film.shots[0].id)"
    page.evaluate(remove)
    expect(page.locator("#film-saved")).to_have_text("saved")
    expect(offer).to_have_text("Undo")
    page.locator("#film-title").fill("Another")
    expect(offer).to_have_count(0)
    expect(page.locator("#film-saved")).to_have_text("saved")
    film = page.evaluate("window.auteur.films.told.id")
    page.route(f"**/studio/films/{film}", lambda route: (page.wait_for_timeout(700), route.continue_()))
    page.evaluate(f"() => void window.auteur.films.load({film!r})")
    page.evaluate(remove)  # made when the film is there, and offered to be taken back since it was asked for
    expect(page.locator(".film-shot")).to_have_count(1)
    expect(page.locator("#film-saved")).to_have_text("saved")
    offer.click()
    expect(page.locator(".film-shot")).to_have_count(2)


def test_a_phone_has_the_whole_page(painted: Server, visit: Visit) -> None:
    page = visit(painted, width=390, height=844)
    films(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("#film-shoot")).to_be_in_viewport()
    expect(page.locator(".film-screen")).to_be_in_viewport()
