"""What an artist does at the page, in a real Chromium that can reach nothing but the studio."""

from __future__ import annotations

import hashlib
import json
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.ui.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_strip")]

Visit = Callable[..., Page]
PERSON = Path(__file__).parents[1] / "studio" / "policy" / "astronaut.jpg"
FOX = "A red fox walks through a snowy forest at night"
PLAYS = "() => { const v = document.querySelector('#clip'); return v.currentTime > 0.2 && v.videoWidth > 0; }"


def ask(server: Server, path: str) -> Any:
    with urllib.request.urlopen(server.url + path, timeout=10) as response:
        return json.load(response)


def comes_true(server: Server, path: str, holds: Callable[[Any], bool]) -> None:
    """Wait until the studio's answer holds: a page shows what was done a moment before the studio has heard of it."""
    end = time.monotonic() + 10
    while not holds(answer := ask(server, path)):
        assert time.monotonic() < end, answer
        time.sleep(0.1)


def write(page: Page, prompt: str, seconds: float = 1) -> None:
    page.fill("#prompt textarea", prompt)
    page.fill("#seconds input", str(seconds))


def steps(page: Page, count: int) -> None:
    """How many steps the next shot takes, and so how long."""
    if not page.locator("#steps input").is_visible():
        page.get_by_role("button", name="Fine tuning").press("Enter")  # on a phone the action covers the lower edge
    page.fill("#steps input", str(count))


ON_STAGE = """(job) => {
  const { stage } = window.auteur;
  return stage.node.dataset.view === 'job' || Boolean(stage.take && stage.take.job === job);
}"""


def shoot(page: Page) -> None:
    """Shoot, and wait until the page shows the shot; a short one may be a take before anybody has looked."""
    with page.expect_response(lambda answer: answer.url.endswith("/studio/shoot")) as told:
        page.click("#shoot")
    page.wait_for_function(ON_STAGE, arg=told.value.json()["jobs"][0])


def plays(page: Page) -> None:
    page.wait_for_selector("#stage[data-view=take]")
    page.wait_for_function(PLAYS, polling=100)


# The page itself remembers what it showed: on a busy machine a shot is over before the browser is asked.
REMEMBERS = """() => {
    window.shown = { previews: new Set(), steps: new Set() };
    const look = () => {
        const preview = document.querySelector("#preview[data-version]");
        if (preview && preview.offsetParent) window.shown.previews.add(preview.dataset.version);
        window.shown.steps.add(document.querySelector(".slate-steps").textContent);
    };
    new MutationObserver(look).observe(document.body, { attributes: true, childList: true, subtree: true });
}"""


def test_a_prompt_becomes_a_picture_that_forms_and_a_clip_that_plays(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    write(page, FOX)
    page.evaluate(REMEMBERS)
    shoot(page)
    plays(page)
    previews, steps = page.evaluate("[[...window.shown.previews], [...window.shown.steps]]")
    assert len(previews) > 1 and any(words.startswith("step ") for words in steps)
    video = page.locator("#clip")
    assert video.evaluate("(v) => [v.muted, v.loop, v.playsInline, v.paused]") == [True, True, True, False]
    expect(page.locator("#badge")).to_contain_text("AI-made · signed by this studio")
    expect(page.locator("#shoot")).to_contain_text("about")


def test_the_download_is_the_signed_file_byte_for_byte(painted: Server, visit: Visit, tmp_path: Path) -> None:
    page = visit(painted)
    write(page, FOX)
    shoot(page)
    plays(page)
    with page.expect_download() as waiting:
        page.click("#download")
    saved = tmp_path / "saved.mp4"
    waiting.value.save_as(saved)
    assert waiting.value.suggested_filename.startswith("a-red-fox-walks-through-a-")
    take = ask(painted, "studio/takes")["takes"][0]["id"]
    kept = painted.home / "takes" / take / "clip.mp4"
    assert hashlib.sha256(saved.read_bytes()).digest() == hashlib.sha256(kept.read_bytes()).digest()


def test_the_credential_and_the_recipe_open_under_the_clip(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    write(page, FOX)
    page.fill("#seed input", "9007199254740993")  # more than a browser's numbers can hold
    shoot(page)
    plays(page)
    page.click("#badge")
    expect(page.locator("#credential")).to_have_attribute("data-verdict", "local")
    expect(page.locator("#panel")).to_contain_text("Auteur")
    page.click("#recipe-toggle")
    expect(page.locator("#panel")).to_contain_text("9007199254740993")
    expect(page.locator("#panel")).to_contain_text(FOX)


def test_stop_ends_the_shot_and_keeps_the_words(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    write(page, FOX)
    steps(page, 100)
    shoot(page)
    page.wait_for_selector("#preview[data-version]")
    page.get_by_role("button", name="Stop", exact=True).click()
    page.wait_for_selector("#stage[data-state=cancelled]")
    expect(page.locator("#stage-message")).to_contain_text("Stopped")
    expect(page.locator("#prompt textarea")).to_have_value(FOX)
    expect(page.locator("#stop")).to_be_hidden()
    assert ask(painted, "studio/now")["jobs"] == []


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    page.fill("#prompt textarea", "")
    page.click("#shoot")
    expect(page.locator("#error-prompt [role=alert]")).to_contain_text("prompt", ignore_case=True)
    write(page, FOX, seconds=0)
    page.click("#shoot")
    expect(page.locator("#error-size [role=alert]")).to_contain_text("seconds", ignore_case=True)
    expect(page.locator("#prompt textarea")).to_have_value(FOX)
    page.fill("#seconds input", "1")
    for seed in ("-1", "18446744073709551616", "seven"):
        page.fill("#seed input", seed)
        page.click("#shoot")
        expect(page.locator("#error-size [role=alert]")).to_contain_text("seed", ignore_case=True)
        expect(page.locator("#seed input")).to_have_value(seed)
    expect(page.locator("#stage")).not_to_have_attribute("data-view", "job")


def test_a_picture_that_is_none_is_said_beside_it(painted: Server, visit: Visit, tmp_path: Path) -> None:
    page = visit(painted)
    write(page, FOX)
    fake = tmp_path / "drawing.png"
    fake.write_bytes(b"%PDF-1.7 not a picture")
    page.set_input_files("#first-picture input[type=file]", fake)
    expect(page.locator("#error-pictures [role=alert]")).to_contain_text("drawing.png", ignore_case=True)
    expect(page.locator("#prompt textarea")).to_have_value(FOX)


def test_a_reload_finds_the_shot_that_is_running(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    write(page, FOX)
    steps(page, 60)
    shoot(page)
    page.wait_for_selector("#preview[data-version]")
    job = ask(painted, "studio/now")["jobs"][0]["id"]
    page.reload()
    page.wait_for_selector("#stage[data-view=job]")
    expect(page.locator("#prompt textarea")).to_have_value(FOX)
    assert ask(painted, "studio/now")["jobs"][0]["id"] == job
    page.wait_for_selector("#preview[data-version]")
    plays(page)


def test_another_wording_can_be_shot_or_edited_and_the_first_comes_back(painted: Server, visit: Visit) -> None:
    typed = "A fox in the style of Hayao Miyazaki"
    page = visit(painted)
    write(page, typed)
    page.click("#shoot")
    expect(page.locator("#policy")).to_be_visible()
    offered = page.locator(".policy-offer").inner_text()
    assert "Miyazaki" not in offered
    expect(page.locator("#prompt textarea")).to_have_value(typed)
    page.click("#policy-edit")
    expect(page.locator("#prompt textarea")).to_have_value(offered)
    page.click("#policy-undo")
    expect(page.locator("#prompt textarea")).to_have_value(typed)
    page.click("#shoot")
    page.click("#policy-accept")
    page.wait_for_selector("#stage[data-view=job]")
    plays(page)
    assert ask(painted, "studio/takes")["takes"][0]["prompt"] == offered


def test_a_picture_of_a_person_is_used_once_somebody_answers_for_it(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    write(page, "she waves")
    page.set_input_files("#first-picture input[type=file]", PERSON)
    expect(page.locator("#first-picture img")).to_be_visible()
    page.click("#shoot")
    expect(page.locator("#policy")).to_contain_text("permission")
    page.click("#policy-consent")
    page.wait_for_selector("#stage[data-view=job]")
    plays(page)


def test_an_answer_of_the_policy_can_be_called_a_mistake(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    write(page, "A fox in the style of Hayao Miyazaki")
    page.click("#shoot")
    page.click("#policy-report")
    page.click("#policy-send")
    expect(page.locator(".policy-noted")).to_contain_text("1 to 1000 characters")
    page.fill("#policy-remark", "He is my neighbour")
    page.click("#policy-send")
    expect(page.locator(".policy-noted")).to_contain_text("Nothing was sent")
    noted = json.loads((painted.home / "policy" / "audit.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (noted["action"], noted["remark"]) == ("appeal", "He is my neighbour") and "text" not in noted
    page.click("#policy-cancel")
    expect(page.locator("#policy")).to_be_hidden()
    expect(page.locator("#prompt textarea")).to_have_value("A fox in the style of Hayao Miyazaki")


def test_the_keyboard_shoots_stops_and_steps_through_frames(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    write(page, FOX)
    steps(page, 100)
    page.focus("#prompt textarea")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#stage[data-view=job]")
    page.wait_for_selector("body[data-shooting=true]")
    page.keyboard.press("Escape")
    page.wait_for_selector("#stage[data-state=cancelled]")
    steps(page, 12)
    page.focus("#prompt textarea")
    page.keyboard.press("Control+Enter")
    plays(page)
    page.focus("#clip")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    before = page.locator(".frame-count").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".frame-count")).not_to_have_text(before)
    assert page.locator("#clip").evaluate("(v) => v.paused")


def test_every_control_can_be_reached_and_shows_its_focus(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    page.focus("#prompt textarea")
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("(document.activeElement.closest('[id]') || {}).id || ''"))
        outline = page.evaluate(
            "(() => { const n = document.activeElement, s = getComputedStyle(n), label = n.closest('label');"
            " return s.outlineStyle !== 'none' || (label && getComputedStyle(label).outlineStyle !== 'none') ||"
            " n === document.body; })()"
        )
        assert outline, f"no focus to be seen on {page.evaluate('document.activeElement.outerHTML')[:200]}"
    assert {"dice", "shoot"} <= seen


def test_a_phone_has_the_stage_first_and_nothing_wider_than_the_screen(painted: Server, visit: Visit) -> None:
    page = visit(painted, width=390, height=844, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    stage, script = page.locator("#stage-column").bounding_box(), page.locator("#script").bounding_box()
    button = page.locator("#shoot").bounding_box()
    assert stage and script and button
    assert stage["y"] < script["y"]
    assert button["y"] + button["height"] > 844 - 40, "the action stands at the lower edge"
    write(page, FOX)
    steps(page, 12)
    shoot(page)
    plays(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_still_means_still_when_motion_is_not_wanted(painted: Server, visit: Visit) -> None:
    page = visit(painted, reduced_motion="reduce")
    write(page, FOX)
    steps(page, 30)
    shoot(page)
    page.wait_for_selector("#preview-still:not([hidden])")
    expect(page.locator("#preview")).to_be_hidden()
    page.wait_for_selector("#stage[data-view=take]")
    page.wait_for_timeout(400)
    assert page.locator("#clip").evaluate("(v) => v.paused && v.currentTime === 0")


def test_a_take_goes_to_the_bin_and_comes_back(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    write(page, FOX)
    steps(page, 12)
    shoot(page)
    plays(page)
    take = ask(painted, "studio/takes")["takes"][0]["id"]
    tile = page.locator(f"li[data-take={take}]")
    tile.hover()
    tile.get_by_role("button", name="Move to the bin").click()
    expect(tile).to_have_count(0)
    comes_true(painted, "studio/takes", lambda all_: take not in [found["id"] for found in all_["takes"]])
    page.click("#undo-bin")
    expect(tile).to_have_count(1)
    plays(page)


def test_shoot_again_makes_another_take_of_the_same_shot(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    write(page, FOX)
    steps(page, 12)
    shoot(page)
    plays(page)
    before = ask(painted, "studio/takes")["takes"][0]
    page.click("#again")
    page.wait_for_function(
        "(old) => document.querySelector('#takes-list li[data-take]').dataset.take !== old", arg=before["id"]
    )
    newest = ask(painted, "studio/takes")["takes"][0]
    assert newest["prompt"] == before["prompt"]
    assert newest["seed"] != before["seed"]


def test_the_page_says_what_can_be_filmed_and_markup_in_a_prompt_stays_text(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    evil = "A fox in a forest <img src=x onerror=\"document.title='hacked'\"> near the Eiffel tower"
    write(page, evil)
    expect(page.locator(".words-can")).to_contain_text("forest")
    expect(page.locator(".words-cannot")).to_contain_text("Eiffel")
    steps(page, 12)
    shoot(page)
    plays(page)
    page.click("#recipe-toggle")
    expect(page.locator("#panel")).to_contain_text("<img src=x")
    page.reload()
    page.wait_for_selector("#stage[data-view=take]")
    page.wait_for_timeout(300)
    assert page.title() != "hacked"
    assert page.locator("img[src=x]").count() == 0


def test_verify_says_local_then_changed_and_gives_the_settings_back(
    painted: Server, visit: Visit, clip_of: Callable[[str], Path]
) -> None:
    page = visit(painted)
    write(page, FOX)
    page.fill("#seed input", "9007199254740993")  # more than a browser's numbers can hold
    steps(page, 12)
    shoot(page)
    plays(page)
    clip = clip_of(ask(painted, "studio/takes")["takes"][0]["id"])
    page.fill("#prompt textarea", "something else")
    page.get_by_role("tab", name="Verify").click()
    page.set_input_files("#verify-file input[type=file]", clip)
    expect(page.locator("[data-verdict=local]")).to_be_visible()
    page.click("#verify-load")
    expect(page.locator("#prompt textarea")).to_have_value(FOX)
    expect(page.locator("#seed input")).to_have_value("9007199254740993")
    expect(page.get_by_role("tab", name="Shoot")).to_have_attribute("aria-selected", "true")
    data = bytearray(clip.read_bytes())
    data[data.rindex(b"mdat") + 2000] ^= 1
    clip.write_bytes(data)
    page.get_by_role("tab", name="Verify").click()
    page.locator("#verify-file").get_by_role("button", name="Clear").first.click()
    page.set_input_files("#verify-file input[type=file]", clip)
    expect(page.locator("[data-verdict=changed]")).to_be_visible()


def test_the_light_theme_is_one_click_away_and_is_remembered(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark == "rgb(14, 15, 18)"
    page.click("#theme-switch")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    page.reload()
    page.wait_for_selector("body[data-ready=true] #stage[data-view]")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_text_and_controls_stand_out_from_their_ground(painted: Server, visit: Visit, theme: str) -> None:
    page = visit(painted)
    if theme == "light":
        page.click("#theme-switch")
    tokens = page.evaluate(
        "Object.fromEntries(['ink','panel','raised','text','quiet','edge','marquee','on-marquee','good','warn','stop',"
        "'selected'].map((n) => [n, getComputedStyle(document.documentElement).getPropertyValue('--' + n).trim()]))"
    )
    for ground in ("ink", "panel", "raised"):
        for ink in ("text", "quiet", "good", "warn", "stop"):
            assert contrast(tokens[ink], tokens[ground]) >= 4.5, (ink, ground)
        for line in ("edge", "selected"):
            assert contrast(tokens[line], tokens[ground]) >= 3, (line, ground)
    assert contrast(tokens["on-marquee"], tokens["marquee"]) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two #RRGGBB colours."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
