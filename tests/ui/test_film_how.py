"""What few films say and some models take, on the Film page: a control, a mask, outpainting, and the approximations."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from studio import media
from studio.core import Studio
from tests.ui.servers import Server, end, start
from tests.ui.test_film_page import films
from tests.ui.test_film_routes import edit, new
from tests.ui.test_routes import browser, open_studio
from tests.ui.test_tool_journeys import look

__all__ = ["open_studio"]

STEERED = """
title: Steered
block_cache: 0.1
shots:
  - {prompt: a red fox runs, seconds: 0.5, control: files/walk.mp4, mask: files/mask.png, outpaint: true, guided: 0.5}
  - {prompt: a red fox sits, seconds: 0.5}
"""


def files(folder: Path) -> tuple[Path, Path]:
    """A clip, and a mask of it whose right half is white."""
    clip, mask = folder / "walk.mp4", folder / "mask.png"
    with media.ClipWriter(clip, 64, 32, 16) as writer:
        writer.write(np.full((9, 32, 64, 3), 180, np.uint8))
    Image.fromarray(np.tile(np.uint8([0, 255]).repeat(32), (32, 1))).save(mask)
    return clip, mask


def packed(folder: Path) -> Path:
    """The film above with its files, as one zip."""
    path = folder / "steered.zip"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("film.yaml", STEERED)
        for each in files(folder):
            out.write(each, f"files/{each.name}")
    return path


def settings(page: Page, index: int = 0) -> None:
    page.locator(".film-shot").nth(index).get_by_label("More for this shot").click()
    page.get_by_text("Settings of this shot").click()


def shot(page: Page, index: int = 0) -> dict[str, object]:
    expect(page.locator("#film-saved")).to_have_text("saved")
    found: dict[str, object] = page.evaluate(f"window.auteur.films.film.shots[{index}]")
    return found


def test_a_clip_that_came_with_a_film_is_shown_by_its_first_frame(
    open_studio: Callable[..., Studio], tmp_path: Path
) -> None:
    page = browser(open_studio(), tmp_path)
    told = page.post("/studio/films/open?name=steered.zip", content=packed(tmp_path).read_bytes()).json()
    first = told["film"]["shots"][0]
    assert (first["control"]["kind"], first["mask"]["kind"]) == ("clip", "picture")
    answer = page.get("/" + first["control"]["picture"])
    assert answer.status_code == 200
    assert Image.open(io.BytesIO(answer.content)).size == (64, 32)


def test_a_film_keeps_what_its_model_cannot_use_and_says_so(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    page = browser(open_studio(), tmp_path)
    told = page.post("/studio/films/open?name=steered.zip", content=packed(tmp_path).read_bytes()).json()
    able = told["model"]
    assert (able["title"], able["control"], able["mask"], able["approximate"]) == ("Storybook", False, False, False)
    assert able["ranges"]["block_cache"] == [0, 0.5]
    assert [bool(each["error"]) for each in told["shots"]] == [True, False]
    assert "Storybook takes no control clip" in told["shots"][0]["error"]["line"]
    told = edit(page, told, {**told["film"], "title": "Another title"})
    first = told["film"]["shots"][0]
    assert (first["control"]["name"], first["mask"]["name"], first["outpaint"]) == ("walk.mp4", "mask.png", True)
    assert (told["film"]["block_cache"], first["guided"]) == (0.1, 0.5)
    text = page.get(f"/studio/films/{told['id']}/film.yaml").text
    for line in ("block_cache: 0.1", "control: ", "mask: ", "outpaint: true", "guided: 0.5"):
        assert line in text
    first |= {"control": None, "mask": None, "outpaint": False}
    assert edit(page, told, told["film"])["shots"][0]["error"] is None
    assert new(page)["model"]["steps"] == able["steps"] == 8


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.usefixtures("empty_strip")
def test_storybook_is_not_asked_for_what_it_cannot_take(
    painted: Server, visit: Callable[..., Page], tmp_path: Path
) -> None:
    page = visit(painted)
    films(page)
    settings(page)
    expect(page.locator("#film-steering-switch")).to_have_count(0)
    expect(page.locator("#film-shot-fine")).to_be_hidden()
    page.click("#film-shot-fine-switch")
    expect(page.locator("#film-shot-steps")).to_be_visible()
    expect(page.locator("#film-shot-block-cache")).to_have_count(0)
    page.keyboard.press("Escape")
    page.set_input_files("#film-file", packed(tmp_path))
    expect(page.locator(".film-shot")).to_have_count(2)
    expect(page.locator(".film-shot").first.locator(".film-error")).to_contain_text("takes no control clip")
    expect(page.locator(".film-shot").first.locator(".film-givenchip")).to_have_text(["control", "mask"])
    page.locator(".film-shot").first.locator("textarea").fill("a red fox jumps")
    kept = shot(page)
    assert (kept["outpaint"], kept["guided"], bool(kept["control"])) == (True, 0.5, True)
    settings(page)
    expect(page.locator("#film-steering")).to_contain_text("Storybook takes no control clip")
    expect(page.locator("#film-shot-guided")).to_have_value("0.5")
    expect(page.locator("#film-shot-fine")).to_contain_text("few steps")
    look(page, "film-how-kept")
    page.get_by_label("Remove the control").click()
    page.keyboard.press("Escape")
    expect(page.locator(".film-shot .film-error")).to_have_count(0)
    left = shot(page)
    assert (left["control"], left["mask"], left["outpaint"]) == (None, None, False)


@pytest.mark.browser
@pytest.mark.slow
def test_a_shot_of_a_film_is_made_after_a_clip(visit: Callable[..., Page], tmp_path: Path) -> None:
    clip, mask = files(tmp_path)
    server = start(["-m", "tests.ui.serve_vace"], tmp_path)
    try:
        page = visit(server)
        films(page)
        page.evaluate("""window.auteur.films.change((film) => {
            film.model = window.auteur.start.model.name; film.size = "small"; film.shots.length = 1; film.cast = [];
            Object.assign(film.shots[0], { prompt: "a red fox runs", seconds: 0.6 });
        }, "another model")""")
        expect(page.locator("#film-saved")).to_have_text("saved")
        page.click("#side-look")
        expect(page.locator("#film-fine")).to_be_hidden()
        page.click("#film-fine-switch")
        page.fill("#film-block-cache", "7")
        page.keyboard.press("Tab")
        expect(page.locator("#film-fine [role=alert]").nth(1)).to_have_text("A number, 0 to 0.5.")
        page.fill("#film-block-cache", "0,1")
        page.keyboard.press("Tab")
        settings(page)
        expect(page.locator("#film-steering")).to_be_hidden()
        page.click("#film-steering-switch")
        expect(page.locator("[data-given=mask]")).to_have_count(0)
        (tmp_path / "no.json").write_text("{}", encoding="utf-8")
        page.set_input_files("[data-given=control] input", tmp_path / "no.json")
        expect(page.locator("#film-shot-dialog .toast")).to_contain_text("nor a clip")
        page.set_input_files("[data-given=control] input", clip)
        page.set_input_files("[data-given=mask] input", mask)
        expect(page.locator("[data-given=mask] img")).to_be_visible()
        page.click("#film-shot-fine-switch")
        expect(page.locator("#film-shot-block-cache")).to_have_attribute("placeholder", "0.1, as the film")
        page.fill("#film-shot-steps", "2")
        page.fill("#film-shot-guided", "0.5")
        page.keyboard.press("Tab")
        look(page, "film-how-given")
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.set_viewport_size({"width": 1440, "height": 900})
        page.keyboard.press("Escape")
        expect(page.locator("#film-saved")).to_have_text("saved")
        page.click("#film-shoot")
        expect(page.locator('.film-shot[data-state="there"]')).to_have_count(1, timeout=90_000)
        (recipe,) = (server.home / "takes").glob("*/recipe.json")
        told = json.loads(recipe.read_text(encoding="utf-8"))
        assert [given["place"] for given in told["anchors"]] == ["control", "mask"]
        assert (told["steps"], told["block_cache"], told["guided"]) == (2, 0.1, 0.5)
    finally:
        end(server)
