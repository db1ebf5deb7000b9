"""The tools of the page: pictures on the line of time, undo, the queue, comparing, settings, a dropped clip."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.ui.servers import Server
from tests.ui.test_journeys import FOX, ask, comes_true, plays, shoot, steps, write

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("empty_strip")]

Visit = Callable[..., Page]
PLACES = "[...document.querySelectorAll('.key')].map((k) => Number(k.getAttribute('aria-valuenow')))"


def picture(folder: Path, name: str, size: tuple[int, int], colour: str) -> Path:
    Image.new("RGB", size, colour).save(folder / name)
    return folder / name


def anew(page: Page) -> None:
    page.click("#fresh")
    write(page, FOX, seconds=2)


def test_key_frames_stand_where_the_hand_puts_them(painted: Server, visit: Visit, tmp_path: Path) -> None:
    page = visit(painted)
    anew(page)
    files = [picture(tmp_path, "a.png", (320, 180), "teal"), picture(tmp_path, "b.png", (180, 320), "maroon")]
    page.set_input_files("#frames-file", files)
    expect(page.locator(".key")).to_have_count(2)
    assert page.evaluate(PLACES) == [0.75, 1.25]
    page.locator(".key").first.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    assert page.evaluate(PLACES) == [1.5, 1.25], "over the other one, never onto it"
    page.keyboard.press("Home")
    assert page.evaluate(PLACES) == [0.0, 1.25]
    box, track = page.locator(".key").nth(1).bounding_box(), page.locator(".track").bounding_box()
    assert box and track
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(track["x"] + track["width"] * (0.07 + 0.86 * 0.5), box["y"] + 10, steps=5)
    page.mouse.up()
    assert page.evaluate(PLACES) == [0.0, 1.0]
    page.locator(".key").nth(1).click()
    crop = page.locator(".crop-box")
    before = crop.bounding_box()
    crop.press("ArrowDown")
    after = crop.bounding_box()
    assert before and after
    assert after["y"] > before["y"]
    page.locator(".strength input").fill("60")
    shoot(page)
    plays(page)
    recipe = ask(painted, "studio/takes")["takes"][0]["json"]
    assert '"place":0' in recipe
    assert '"place":17' in recipe
    assert '"strength":0.6' in recipe
    assert '"crop":[' in recipe


PASTE = """() => new Promise((done) => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [320, 180];
  canvas.getContext('2d').fillRect(0, 0, 320, 180);
  canvas.toBlob((blob) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([blob], 'image.png', { type: 'image/png' }));
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    done();
  });
})"""


def test_pictures_are_pasted_and_a_take_plays_under_the_pointer(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    anew(page)
    page.evaluate(PASTE)
    page.wait_for_selector("#first-picture img")
    page.evaluate(PASTE)
    page.wait_for_selector("#last-picture img")
    page.click("#fresh")
    page.keyboard.press("Control+z")
    expect(page.locator("#last-picture img")).to_be_visible()
    anew(page)
    steps(page, 2)
    shoot(page)
    plays(page)
    tile = page.locator("#takes-list li[data-take] .tile").first
    tile.hover()
    page.wait_for_function("[...document.querySelectorAll('.hover-clip')].some((clip) => clip.currentTime > 0)")
    page.mouse.move(2, 2)
    expect(page.locator(".hover-clip")).to_have_count(0)


def test_a_clip_is_given_between_two_handles(painted: Server, visit: Visit, clip_of: Callable[[str], Path]) -> None:
    page = visit(painted)
    anew(page)
    shoot(page)
    plays(page)
    clip = clip_of(ask(painted, "studio/takes")["takes"][0]["id"])
    page.set_input_files("#frames-file", clip)
    page.locator(".trim-start").press("ArrowRight")
    expect(page.locator(".clip-said")).to_contain_text("0.1 to")
    page.keyboard.press("ArrowRight")  # the handle keeps the focus
    expect(page.locator(".clip-said")).to_contain_text("0.2 to")
    page.keyboard.press("Control+z")
    expect(page.locator(".clip-said")).to_contain_text("0.1 to")
    page.locator(".trim-end").press("Home")  # it takes the other handle along
    expect(page.locator(".clip-said")).to_contain_text("0.0 to")


def test_undo_brings_back_a_take_a_name_and_the_form(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    anew(page)
    steps(page, 4)
    shoot(page)
    plays(page)
    take = ask(painted, "studio/takes")["takes"][0]["id"]
    page.fill("#take-name", "The good one")
    page.locator("#take-name").press("Enter")
    expect(page.locator(f"li[data-take={take}] .tile")).to_have_attribute("title", "The good one")
    page.click("#bin-take")
    expect(page.locator(f"li[data-take={take}]")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator(f"li[data-take={take}]")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(page.locator(f"li[data-take={take}] .tile")).to_have_attribute("title", FOX)
    page.click("#fresh")
    expect(page.locator("#prompt textarea")).to_have_value("")
    page.keyboard.press("Control+z")
    expect(page.locator("#prompt textarea")).to_have_value(FOX)


LATE = """() => {
  const asked = window.fetch;
  window.fetch = async (address, how) => {
    const answer = await asked(address, how);
    if (address === 'studio/takes') await new Promise((wake) => setTimeout(wake, 700));
    return answer;
  };
  window.late = window.auteur.loadTakes();
}"""


def test_a_list_that_was_told_before_a_take_was_binned_does_not_bring_it_back(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    tiles = page.locator("#takes-list li[data-take]")
    newest = tiles.first.get_attribute("data-take") if tiles.count() else None
    anew(page)
    steps(page, 2)
    page.click("#takes-count label:nth-of-type(2)")
    shoot(page)
    if newest is None:
        expect(tiles).to_have_count(2)
    else:  # a full strip lets go of its oldest
        expect(tiles.nth(2)).to_have_attribute("data-take", newest)
    plays(page)
    kept, gone = (tiles.nth(index).get_attribute("data-take") for index in (0, 1))
    page.evaluate(LATE)
    tiles.nth(1).locator(".tile").focus()
    page.keyboard.down("Delete")
    page.keyboard.down("Delete")  # held: one press is one take
    page.keyboard.up("Delete")
    expect(page.locator(f"li[data-take={gone}]")).to_have_count(0)
    page.evaluate("window.late.then(() => window.auteur.paint())")
    expect(page.locator(f"li[data-take={gone}]")).to_have_count(0)
    expect(page.locator(f"li[data-take={kept}]")).to_have_count(1)


def test_the_queue_is_ordered_edited_cancelled_and_brought_back(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    anew(page)
    steps(page, 100)
    shoot(page)
    steps(page, 2)
    page.click("#takes-count label:nth-of-type(2)")
    for words in ("A panda dances", "A robot dances"):
        page.fill("#prompt textarea", words)
        page.click("#shoot")
        expect(page.locator("#shoot")).to_be_enabled()
    page.wait_for_function("window.auteur.jobs.length === 5")
    page.get_by_role("tab", name="Queue").click()
    waiting = page.locator("#queue-waiting li[data-state=queued]")
    expect(waiting).to_have_count(4)
    ids = waiting.evaluate_all("(rows) => rows.map((row) => row.dataset.job)")
    waiting.nth(0).locator(".grip").press("Alt+ArrowDown")
    page.wait_for_function(
        "(id) => document.querySelectorAll('#queue-waiting li[data-state=queued]')[1].dataset.job === id", arg=ids[0]
    )
    low, high = waiting.nth(3).locator(".grip").bounding_box(), waiting.nth(0).bounding_box()
    assert low and high
    page.mouse.move(low["x"] + 10, low["y"] + 20)
    page.mouse.down()
    page.mouse.move(high["x"] + 10, high["y"] + 4, steps=12)
    page.mouse.up()
    page.wait_for_function(
        "(id) => document.querySelectorAll('#queue-waiting li[data-state=queued]')[0].dataset.job === id", arg=ids[3]
    )
    comes_true(painted, "studio/now", lambda now: [j["id"] for j in now["jobs"] if j["state"] == "queued"][0] == ids[3])
    page.click("#queue-clear")
    expect(waiting).to_have_count(0)
    page.locator(".toast-act").click()
    expect(waiting).to_have_count(4)
    page.locator(f"li[data-job={ids[3]}] [data-act=edit]").click()
    expect(page.locator("#editing")).to_be_visible()
    page.fill("#prompt textarea", "A penguin spins")
    page.click("#shoot")
    expect(page.locator("#editing")).to_be_hidden()
    comes_true(painted, "studio/now", lambda now: "A penguin spins" in [job["prompt"] for job in now["jobs"]])


def test_a_shot_that_ended_offers_back_its_take_from_the_bin(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    anew(page)
    steps(page, 2)
    shoot(page)
    plays(page)
    take = ask(painted, "studio/takes")["takes"][0]
    page.click("#bin-take")
    expect(page.locator(f"li[data-take={take['id']}]")).to_have_count(0)
    page.get_by_role("tab", name="Queue").click()
    page.locator(f"li[data-job={take['job']}]").get_by_role("button", name="Show the take").click()
    expect(page.locator("#toasts")).to_contain_text("in the bin")
    page.locator(".toast-act").click()
    expect(page.locator(f"li[data-take={take['id']}] .tile")).to_have_attribute("aria-current", "true")


def test_pause_puts_a_shot_down_and_it_goes_on(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    anew(page)
    steps(page, 60)
    shoot(page)
    page.click("#job-pause")
    page.wait_for_selector("#stage[data-state=paused]")
    step = ask(painted, "studio/now")["jobs"][0]["step"]
    page.wait_for_timeout(800)
    assert ask(painted, "studio/now")["jobs"][0]["step"] == step
    page.click("#job-resume")
    plays(page)


def test_two_takes_play_in_step_and_their_difference_is_told(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    anew(page)
    steps(page, 3)
    page.click("#takes-count label:nth-of-type(2)")
    shoot(page)
    plays(page)
    page.wait_for_function("window.auteur.jobs.length === 0")
    page.click("#compare-toggle")
    page.locator("#takes-list li[data-take] .tile:not([aria-current=true])").first.click()
    expect(page.locator("#compare")).to_be_visible()
    expect(page.locator("#compare-difference")).to_contain_text("Seed")
    page.locator("#compare .scrub").fill("9")
    page.wait_for_timeout(300)
    times = page.evaluate("[...document.querySelectorAll('#pair video')].map((v) => v.currentTime)")
    assert abs(times[0] - times[1]) < 0.05
    page.get_by_role("button", name="Wipe", exact=True).click()
    expect(page.locator("#pair")).to_have_attribute("data-mode", "wipe")
    page.keyboard.press("Escape")
    expect(page.locator("#stage")).to_be_visible()


def test_two_pictures_are_led_into_each_other(painted: Server, visit: Visit, tmp_path: Path) -> None:
    page = visit(painted)
    anew(page)
    files = [picture(tmp_path, "seed.png", (320, 180), "teal"), picture(tmp_path, "flower.png", (320, 180), "maroon")]
    page.set_input_files("#two-file", files[:1])
    expect(page.locator("#leads")).to_contain_text("give the last one too")
    expect(page.locator("#first-picture button")).to_have_attribute("aria-label", "First picture: seed.png")
    page.click("#first-picture button")
    page.locator(".picture-tools").get_by_text("Remove").click()
    with page.expect_file_chooser() as chooser:
        page.click("#between-two")
    chooser.value.set_files(files)
    expect(page.locator("#leads")).to_have_text("New frames lead from the first picture to the last.")
    expect(page.locator("#first-picture button")).to_have_attribute("aria-label", "First picture: seed.png")
    expect(page.locator("#last-picture button")).to_have_attribute("aria-label", "Last picture: flower.png")
    expect(page.locator("#error-pictures")).to_be_empty()
    steps(page, 2)
    shoot(page)
    plays(page)
    recipe = ask(painted, "studio/takes")["takes"][0]["json"]
    assert '"place":"first"' in recipe
    assert '"place":"last"' in recipe
    page.get_by_role("button", name="Tools").first.click()
    page.locator("#panel .work-tools label", has_text="Between").click()
    with page.expect_file_chooser() as chooser:
        page.click("#work-pictures")
    chooser.value.set_files(files[::-1])
    expect(page.locator("#first-picture button")).to_have_attribute("aria-label", "First picture: flower.png")


def test_a_frame_of_a_take_begins_the_next_shot(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    anew(page)
    steps(page, 3)
    shoot(page)
    plays(page)
    page.click("#use")
    page.get_by_role("menuitem", name="As first frame").click()
    page.wait_for_selector("#first-picture img")
    expect(page.locator("#prompt textarea")).to_have_value(FOX)
    expect(page.locator("#seed input")).to_have_value("")


DROP = """async ([address, name, place]) => {
  const data = await (await fetch(address)).blob();
  const transfer = new DataTransfer();
  transfer.items.add(new File([data], name, { type: 'video/mp4' }));
  const drop = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.querySelector(place).dispatchEvent(drop);
}"""


def test_a_clip_of_ours_that_is_dropped_brings_its_settings(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    anew(page)
    page.fill("#seed input", "4711")
    steps(page, 3)
    shoot(page)
    plays(page)
    clip = page.locator("#clip").get_attribute("src")
    page.click("#fresh")
    page.get_by_role("tab", name="Queue").click()
    page.evaluate(DROP, [clip, "fox.mp4", "#queue-root"])  # on any page
    expect(page.get_by_role("tab", name="Shoot")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#dropped .verdict-line")).to_have_attribute("data-verdict", "local")
    expect(page.locator("#dropped")).to_contain_text("Verified")
    page.click("#dropped-load")
    expect(page.locator("#prompt textarea")).to_have_value(FOX)
    expect(page.locator("#seed input")).to_have_value("4711")


def test_settings_are_kept_and_deleting_all_wants_its_words(shared: Server, visit: Visit) -> None:
    page = visit(shared)
    page.get_by_role("tab", name="Settings").click()
    expect(page.locator("#prefer-privacy input:checked")).to_have_value("no-prompt")
    page.click("#prefer-size label:nth-of-type(2)")
    page.click("#prefer-theme label:nth-of-type(2)")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator("#delete-everything")).to_be_disabled()
    page.fill("#delete-typed", "delete everything")
    with page.expect_download() as waiting:
        page.click("#export")
    assert waiting.value.suggested_filename == "auteur.zip"
    page.reload()
    page.wait_for_selector("body[data-ready=true] #stage[data-view]")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.click("#fresh")
    expect(page.locator("#size input:checked")).to_have_value("portrait")


def test_an_idea_is_expanded_taken_and_taken_back(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    page.click("#fresh")
    page.fill("#prompt textarea", "two penguins")
    page.keyboard.press("Alt+e")
    expect(page.locator("#expand-take")).to_be_focused()
    first = page.locator(".expanded-text").inner_text()
    expect(page.locator("#prompt textarea")).to_have_value("two penguins")
    page.click("#expand-another")
    expect(page.locator(".expanded-text")).not_to_have_text(first)
    page.click("#expand-take")
    expect(page.locator("#prompt textarea")).not_to_have_value("two penguins")
    page.keyboard.press("Control+z")
    expect(page.locator("#prompt textarea")).to_have_value("two penguins")


def test_the_tools_of_a_take_make_new_takes_and_show_their_seams(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    anew(page)
    steps(page, 2)
    shoot(page)
    plays(page)
    first = ask(painted, "studio/takes")["takes"][0]["id"]
    page.click("#work-toggle")
    page.fill("#work-seconds", "99")
    expect(page.locator(".work-said")).to_contain_text("does not work")
    expect(page.locator("#work-go")).to_be_disabled()
    page.fill("#work-seconds", "1")
    expect(page.locator(".work-said")).to_contain_text("1 s of it new")
    page.fill("#work-prompt", "The fox lies down")
    page.click("#work-go")
    expect(page.locator(".seams li")).to_have_count(1)
    newest = ask(painted, "studio/takes")["takes"][0]
    assert (newest["parents"], newest["prompt"]) == ([first], "The fox lies down")
    page.locator(".work-parents button").click()
    expect(page.locator("#pair video")).to_have_count(2)
    page.keyboard.press("Escape")
    page.locator(".work-tools label", has_text="Variations").click()
    page.locator("#work-count label").first.click()
    page.click("#work-go")
    expect(page.locator(".work-sheet li")).to_have_count(2)
