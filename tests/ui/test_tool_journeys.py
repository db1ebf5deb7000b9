"""Working on a clip at the page, each tool from the first click to the take; and a studio used by keys alone.

AUTEUR_LOOK names a folder that gets a picture of every station, to look at.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from studio import media
from tests.ui.servers import Server
from tests.ui.test_journeys import ask, comes_true, plays, steps, write
from tests.ui.test_tools import picture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("empty_strip")]

Visit = Callable[..., Page]
FOX = "A red fox walks through a snowy forest"


def look(page: Page, name: str) -> None:
    if folder := os.environ.get("AUTEUR_LOOK"):
        page.wait_for_timeout(400)
        page.screenshot(path=Path(folder) / f"{name}.png")


def newest(server: Server) -> dict[str, Any]:
    found: dict[str, Any] = ask(server, "studio/takes")["takes"][0]
    return found


def film(page: Page, server: Server, prompt: str = FOX, seconds: float = 1) -> dict[str, Any]:
    """A new take on the stage."""
    before = [take["id"] for take in ask(server, "studio/takes")["takes"]]
    page.click("#fresh")
    write(page, prompt, seconds=seconds)
    steps(page, 2)
    page.click("#shoot")
    comes_true_soon(page, server, before)
    return newest(server)


def comes_true_soon(page: Page, server: Server, before: list[str]) -> None:
    """Wait until a take that was not there is on the stage."""
    page.wait_for_function(
        "(old) => window.auteur.stage.take && !old.includes(window.auteur.stage.take.id)", arg=before, timeout=120_000
    )
    plays(page)


def tool(page: Page, words: str) -> None:
    """The tools of the take on the stage, with one of them chosen."""
    if page.locator("#work-toggle").get_attribute("aria-expanded") != "true":
        page.click("#work-toggle")
    page.locator(".work-tools label", has_text=words).click()


def worked(page: Page, server: Server) -> dict[str, Any]:
    """Have it made, and the new take."""
    before = [take["id"] for take in ask(server, "studio/takes")["takes"]]
    expect(page.locator("#work-go")).to_be_enabled()
    page.click("#work-go")
    comes_true_soon(page, server, before)
    return newest(server)


def fine(page: Page, **values: str) -> None:
    if not page.locator("#work-seed").is_visible():
        page.click("#work-fine-switch")
    for name, value in values.items():
        page.fill(f"#work-{name}", value)


def test_a_loop_is_made_and_its_joint_is_shown(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    first = film(page, painted)
    tool(page, "Loop")
    fine(page, steps="2")
    look(page, "loop-asked")
    loop = worked(page, painted)
    assert loop["parents"] == [first["id"]]
    expect(page.locator(".seams li")).to_have_count(2)
    expect(page.locator(".seams")).to_contain_text("the loop")
    look(page, "loop-made")


def test_a_clip_goes_on_and_is_given_a_beginning(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    first = film(page, painted)
    tool(page, "Extend")
    page.fill("#work-seconds", "0.5")
    page.fill("#work-prompt", "The fox lies down")
    fine(page, steps="2")
    longer = worked(page, painted)
    assert longer["parents"] == [first["id"]] and longer["frames"] == first["frames"] + 8
    tool(page, "Extend")
    page.locator("#work-direction label", has_text="Before it").click()
    page.fill("#work-seconds", "0.5")
    fine(page, steps="2")
    expect(page.locator(".work-said")).to_contain_text("0.56 s of it new")
    look(page, "extend-asked")
    whole = worked(page, painted)
    assert whole["parents"] == [longer["id"]] and whole["frames"] == longer["frames"] + 9
    expect(page.locator(".seams li")).to_have_count(1)
    look(page, "extend-made")


def test_six_pictures_are_one_shot(painted: Server, visit: Visit, tmp_path: Path) -> None:
    page = visit(painted)
    page.click("#fresh")
    write(page, FOX, seconds=2)
    steps(page, 2)
    colours = ("teal", "maroon", "navy", "olive", "purple", "gray")
    page.set_input_files("#frames-file", [picture(tmp_path, f"{one}.png", (320, 180), one) for one in colours])
    expect(page.locator(".key")).to_have_count(6)
    look(page, "six-given")
    before = [take["id"] for take in ask(painted, "studio/takes")["takes"]]
    page.click("#shoot")
    comes_true_soon(page, painted, before)
    anchors = json.loads(newest(painted)["json"])["anchors"]
    places = [anchor["place"] for anchor in anchors]
    assert len(set(places)) == 6 and places == sorted(places)
    look(page, "six-made")


def test_two_takes_are_blended_and_both_can_be_compared(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    night = film(page, painted, "A panda sits in a meadow at night")
    first = film(page, painted)
    tool(page, "Blend")
    page.locator(f'#work-other input[value="{night["id"]}"]').check()
    expect(page.locator(".work-other-name")).to_contain_text(night["seed"])
    expect(page.locator("#work-prompt")).to_have_attribute("placeholder", f"{FOX}. A panda sits in a meadow at night")
    row = page.locator("#work-other").bounding_box()
    assert row and row["height"] <= 80
    page.fill("#work-seconds", "0.5")
    page.locator("#work-curve label", has_text="Early").click()
    fine(page, steps="2")
    look(page, "blend-asked")
    blend = worked(page, painted)
    assert blend["parents"] == [first["id"], night["id"]]
    expect(page.locator(".seams li")).to_have_count(2)
    expect(page.locator(".work-parents button")).to_have_count(2)
    look(page, "blend-made")


def test_a_remix_at_three_strengths_is_laid_over_what_it_was(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    first = film(page, painted)
    for strength in ("Subtle", "Medium", "Strong"):
        tool(page, "Remix")
        page.locator("#work-strength label", has_text=strength).click()
        page.fill("#work-prompt", "A red fox walks through a desert")
        fine(page, seed="31", steps="2")
        look(page, f"remix-{strength.lower()}-asked")
        remix = worked(page, painted)
        assert remix["parents"] == [first["id"]] and (remix["seed"], remix["tool"]) == ("31", "remix")
        assert '"steps":2' in remix["json"]
        page.click("#work-before")
        expect(page.locator("#pair")).to_have_attribute("data-mode", "wipe")
        expect(page.locator("#pair figcaption").first).to_contain_text("Before: ")
        expect(page.locator("#compare-difference")).to_contain_text("remix, strength")
        page.locator("#pair .wipe").fill("30")
        look(page, f"remix-{strength.lower()}-wipe")
        page.get_by_role("button", name="What changed", exact=True).click()
        expect(page.locator(".change-key")).to_be_visible()
        look(page, f"remix-{strength.lower()}-changed")
        page.keyboard.press("Escape")
        page.locator(f"#takes-list li[data-take={first['id']}] .tile").click()
        expect(page.locator("#stage")).to_have_attribute("data-view", "take")


def test_the_marked_part_is_replaced_by_a_longer_one(painted: Server, visit: Visit) -> None:
    page = visit(painted)
    first = film(page, painted)
    tool(page, "Re-cut")
    page.locator("#work-cutting label", has_text="Replace").click()
    page.locator("#clip").evaluate("(video) => video.pause()")
    page.locator("#clip").focus()
    for frame, key in ((4, "i"), (7, "o")):
        page.locator("#transport .scrub").fill(str(frame))
        page.wait_for_function("(frame) => window.auteur.stage.player.at() === frame", arg=frame)
        page.locator("#clip").focus()
        page.keyboard.press(key)
    expect(page.locator("#work-start")).to_have_value("0.25")
    expect(page.locator("#work-end")).to_have_value("0.5")
    page.fill("#work-seconds", "0.5")
    page.fill("#work-prompt", "The fox jumps")
    fine(page, steps="2")
    expect(page.locator(".work-said")).to_contain_text("0.5 s of it new")
    look(page, "recut-asked")
    recut = worked(page, painted)
    assert recut["frames"] == first["frames"] + 4
    look(page, "recut-made")


DROP = """([name, data]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type: 'video/mp4' }));
  const drop = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.querySelector('#stage').dispatchEvent(drop);
}"""


def test_a_clip_from_outside_is_dropped_and_a_part_of_it_replaced(
    painted: Server, visit: Visit, tmp_path: Path
) -> None:
    import base64

    plain = tmp_path / "holiday.mp4"
    ground = np.linspace(20, 200, 320, dtype=np.uint8)[None, None, :, None]
    with media.ClipWriter(plain, 320, 192, 16) as writer:
        writer.write(np.broadcast_to(ground, (25, 192, 320, 3)).copy())
    page = visit(painted)
    page.evaluate(DROP, ["holiday.mp4", base64.b64encode(plain.read_bytes()).decode()])
    expect(page.locator("#dropped")).to_contain_text("be the frames of a shot")
    look(page, "outside-dropped")
    page.click("#dropped-work")
    room = page.locator("#work-outside")
    expect(room.locator(".work-tools label")).to_have_text(["Extend", "Loop", "Blend", "Between", "Remix", "Re-cut"])
    room.locator(".work-tools label", has_text="Re-cut").click()
    expect(room.locator(".choices label")).to_have_count(0)  # replacing is all that can be done with it
    room.locator("#work-start").fill("0.5")
    room.locator("#work-end").fill("0.75")
    expect(room.locator(".work-said")).to_contain_text("say what the new frames show")
    room.locator("#work-prompt").fill("A balloon rises")
    room.locator("#work-fine-switch").click()
    room.locator("#work-steps").fill("2")
    expect(room.locator(".work-said")).to_contain_text("0.25 s of it new")
    look(page, "outside-asked")
    before = [take["id"] for take in ask(painted, "studio/takes")["takes"]]
    room.locator("#work-go").click()
    expect(room).to_have_count(0)
    comes_true_soon(page, painted, before)
    made = newest(painted)
    assert (made["parents"], made["prompt"], made["tool"]) == ([], "A balloon rises", "recut")
    look(page, "outside-made")


def tab_to(page: Page, selector: str) -> None:
    """Tab on, as a hand without a mouse does, until the focus is there."""
    for _ in range(120):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} cannot be reached by Tab")


def test_keys_alone_shoot_open_play_and_take_back(painted: Server, visit: Visit) -> None:
    film(visit(painted), painted, "A panda sits in a meadow")
    page = visit(painted)
    before = [take["id"] for take in ask(painted, "studio/takes")["takes"]]
    tab_to(page, "#prompt textarea")
    page.keyboard.press("Control+a")
    page.keyboard.type(FOX)
    page.keyboard.press("Control+Enter")
    comes_true_soon(page, painted, before)
    made = newest(painted)
    tab_to(page, "#clip")
    page.keyboard.press("k")
    expect(page.locator("#transport .play")).to_have_attribute("aria-label", "Play")
    page.keyboard.press("Space")
    expect(page.locator("#transport .play")).to_have_attribute("aria-label", "Pause")
    page.keyboard.press("Space")
    expect(page.locator("#transport .play")).to_have_attribute("aria-label", "Play")
    at = page.evaluate("window.auteur.stage.player.at()")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(at) => window.auteur.stage.player.at() === at", arg=(at + 1) % made["frames"])
    page.keyboard.press("j")
    page.wait_for_function("(at) => window.auteur.stage.player.at() !== at", arg=(at + 1) % made["frames"])
    page.keyboard.press("k")
    page.keyboard.press("l")
    page.wait_for_function("!document.querySelector('#clip').paused")
    look(page, "keys-clip")
    tab_to(page, "#takes-list .tile")
    look(page, "keys-strip")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_function("(id) => window.auteur.stage.take && window.auteur.stage.take.id === id", arg=before[0])
    expect(page.locator(f"#takes-list li[data-take={before[0]}] .tile")).to_be_focused()
    page.keyboard.press("Delete")
    comes_true(painted, "studio/takes", lambda now: before[0] not in [take["id"] for take in now["takes"]])
    look(page, "keys-deleted")
    page.keyboard.press("Control+z")
    comes_true(painted, "studio/takes", lambda now: before[0] in [take["id"] for take in now["takes"]])
    expect(page.locator(f"#takes-list li[data-take={before[0]}]")).to_have_count(1)
