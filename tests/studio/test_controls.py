"""Control clips, masks and outpainting: from what somebody gives to what the model is shown, and to a signed clip."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import model
from model.catalog import CatalogEntry
from model.pipeline import Control, GenerationRequest
from studio import cli, controls, media, shots
from studio.asked import request_of
from studio.core import Studio
from studio.errors import FilmError, MediaError, ShotError
from studio.film import Shot
from studio.films import listing, reading, writing
from studio.films.script import Film, FilmShot, Given, from_dict, with_files
from studio.models import Models
from studio.recipe import Recipe
from studio.settings import Settings
from studio.ui import given
from studio.ui.api import Interface
from studio.ui.drafts import Drafts
from studio.ui.filmform import FilmForms
from studio.ui.form import Forms
from tests.model.wan_folders import Made, make

NAME = "wan2.1-vace-1.3b"
SHOT = Shot(prompt="a red fox runs", model=NAME, size="64x32", seconds=0.6, seed=3, steps=2)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp(NAME), NAME)


@pytest.fixture
def studio(settings: Settings, made: Made, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    along = Models.entries
    monkeypatch.setattr(Models, "entries", lambda self: (*along(self), made.entry))
    found = Studio(settings)
    yield found
    found.close()


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Half a second of 64x32 whose left half is bright and whose right half is dark."""
    path, frame = tmp_path / "walk.mp4", np.full((32, 64, 3), 20, np.uint8)
    frame[:, :32] = 230
    with media.ClipWriter(path, 64, 32, 16) as writer:
        writer.write(np.repeat(frame[None], 9, axis=0))
    return path


@pytest.fixture
def mask(tmp_path: Path) -> Path:
    """White in its right half."""
    path, pixels = tmp_path / "mask.png", np.zeros((32, 64), np.uint8)
    pixels[:, 32:] = 255
    Image.fromarray(pixels).save(path)
    return path


def asked(studio: Studio, made: Made, shot: Shot) -> GenerationRequest:
    """What the model is asked for a shot."""
    plan = shots.plan(shot, made.entry).kept(studio.library)
    return request_of(plan.recipe, model.load(made.entry, device="cpu", threads=1), studio.library)


def shown(studio: Studio, made: Made, shot: Shot) -> Control:
    found = asked(studio, made, shot).control
    assert found is not None
    return found


def test_a_control_is_shown_frame_by_frame_with_what_is_drawn(
    studio: Studio, made: Made, clip: Path, mask: Path
) -> None:
    plain = shown(studio, made, replace(SHOT, control=clip))
    assert plain.mask is None and plain.frames.shape == (9, 32, 64, 3)
    assert plain.frames[:, :, 4:28].mean() > 200 and plain.frames[:, :, 36:].mean() < 60
    found = shown(studio, made, replace(SHOT, control=clip, mask=mask))
    assert found.mask is not None and found.mask.shape == (9, 32, 64)
    assert not found.mask[:, :, :30].any() and found.mask[:, :, 34:].all()
    still = shown(studio, made, replace(SHOT, control=mask))
    assert len(still.frames) == 9 and np.array_equal(still.frames[0], still.frames[8]), "a picture is of all frames"
    assert asked(studio, made, SHOT).control is None


def test_a_mask_that_moves_goes_on_as_it_ended(studio: Studio, made: Made, clip: Path, tmp_path: Path) -> None:
    short, frames = tmp_path / "mask.mp4", np.zeros((5, 32, 64, 3), np.uint8)
    frames[4, 16:] = 255
    with media.ClipWriter(short, 64, 32, 16) as writer:
        writer.write(frames)
    found = shown(studio, made, replace(SHOT, control=clip, mask=short)).mask
    assert found is not None and len(found) == 9
    assert not found[:4].any() and found[4:, 20:].all() and not found[4:, :12].any()


def test_outpainting_shows_the_control_whole_and_draws_the_bars(
    studio: Studio, made: Made, tmp_path: Path, mask: Path
) -> None:
    square = tmp_path / "square.png"
    Image.new("RGB", (100, 100), (200, 30, 30)).save(square)
    found = shown(studio, made, replace(SHOT, control=square, outpaint=True))
    assert found.mask is not None
    assert found.mask[:, :, :16].all() and found.mask[:, :, 48:].all() and not found.mask[:, :, 16:48].any()
    assert abs(int(found.frames[0, 16, 32, 0]) - 200) < 3 and found.frames[0, 16, 4].tolist() == [127] * 3
    both = shown(studio, made, replace(SHOT, control=square, outpaint=True, mask=mask)).mask
    assert both is not None and both[:, :, 34:].all() and not both[:, :, 16:30].any(), "a mask lies over the control"
    with pytest.raises(MediaError, match="shape already"):
        asked(studio, made, replace(SHOT, control=mask, outpaint=True))


def test_from_a_clip_and_a_mask_to_a_take_that_knows_them(
    studio: Studio, made: Made, clip: Path, mask: Path
) -> None:
    shot = replace(SHOT, control=clip, mask=mask, block_cache=0.1, guided=0.5)
    job = studio.wait(studio.submit(shot).id, timeout=120)
    assert job.state == "done", job.error
    take = studio.take(job.take_id or "")
    assert [given.place for given in take.recipe.anchors] == ["control", "mask"]
    assert (take.recipe.block_cache, take.recipe.guided) == (0.1, 0.5)
    assert take.report["verdict"] == "local" and len(take.report["parents"]) == 2, "both are ingredients of the clip"
    again = shots.from_recipe(Recipe.from_json(take.recipe.to_json()), studio.library)
    assert again.control is not None and again.control.read_bytes() == clip.read_bytes()
    assert again.mask is not None and again.mask.read_bytes() == mask.read_bytes()
    assert (again.block_cache, again.guided, again.outpaint) == (0.1, 0.5, False)
    assert Shot.from_dict(again.to_dict()) == again
    without = studio.wait(studio.submit(SHOT).id, timeout=120)
    assert studio.take(without.take_id or "").latents.read_bytes() != take.latents.read_bytes()


@pytest.mark.parametrize(("given", "field", "says"), [
    ({"mask": "mask"}, "mask", "give a control clip or picture"),
    ({"outpaint": True}, "control", "give a control clip or picture"),
    ({"control": "clip", "mask": "black"}, "mask", "black everywhere"),
    ({"control": "broken"}, "control", "broken.mp4"),
    ({"control": "clip", "mask": "broken"}, "mask", "broken.mp4"),
    ({"control": "clip", "model": "storybook", "size": "landscape"}, "control", "takes no control clip and no mask"),
    ({"guided": 0.0}, "guided", "it can be 0.1 to 1"),
    ({"block_cache": 2.0}, "block_cache", "it can be 0 to 0.5"),
])  # fmt: skip
def test_what_cannot_be_is_refused_by_field(
    studio: Studio, clip: Path, mask: Path, tmp_path: Path, given: dict[str, object], field: str, says: str
) -> None:
    files = {"clip": clip, "mask": mask, "black": tmp_path / "black.png", "broken": tmp_path / "broken.mp4"}
    Image.new("L", (64, 32)).save(files["black"])
    files["broken"].write_bytes(clip.read_bytes()[:400])
    with pytest.raises(ShotError) as wrong:
        studio.submit(replace(SHOT, **{name: files.get(str(value), value) for name, value in given.items()}))
    assert wrong.value.field == field and says in str(wrong.value)
    assert not studio.jobs()


FILM = """\
title: Glass
model: wan2.1-vace-1.3b
size: 64x32
steps: 2
seed: 3
block_cache: 0.1
shots:
  - {prompt: a dancer of glass, seconds: 0.6, control: walk.mp4, mask: mask.png, guided: 0.5}
  - {prompt: a wide beach, seconds: 0.6, block_cache: 0, guided: 1, control: walk.mp4}
"""


def read(folder: Path, text: str = FILM) -> Film:
    (folder / "film.yaml").write_text(text, encoding="utf-8")
    return reading.read(folder / "film.yaml")


def test_a_film_says_what_its_shots_are_made_after(studio: Studio, clip: Path, mask: Path, tmp_path: Path) -> None:
    film = read(tmp_path)
    assert {given.name for given in film.files()} == {"walk.mp4", "mask.png"}
    first, second = studio.plan_film(film)
    assert [anchor.place for anchor in first.recipe.anchors] == ["control", "mask"]
    assert (first.recipe.block_cache, first.recipe.guided) == (0.1, 0.5), "the film's, and the shot's own"
    assert [anchor.place for anchor in second.recipe.anchors] == ["control"]
    assert (second.recipe.block_cache, second.recipe.guided) == (0, 1), "a shot says 0 where the film says more"
    jobs = [studio.wait(job.id, 300) for job in studio.shoot_film(film)]
    assert [job.error for job in jobs] == [None, None]
    assert all(state.fits for state in studio.film_states(film)), "what was shot is what the film asks for"
    assert [len(studio.take(str(job.take_id)).recipe.anchors) for job in jobs] == [2, 1]
    bare = read(tmp_path, FILM.replace(", mask: mask.png", ""))
    assert [state.fits for state in studio.film_states(bare)] == [False, True], "without its mask it is another shot"


def test_what_a_film_is_made_after_survives_text_page_and_records(
    studio: Studio, clip: Path, mask: Path, tmp_path: Path
) -> None:
    wide = FILM.replace("0, guided: 1, control: walk.mp4", "0, guided: 1, control: mask.png, outpaint: true")
    typed = read(tmp_path, wide)
    film = with_files(typed, {g: Given(g.name, studio.library.keep_input(Path(g.path))[0]) for g in typed.files()})
    same = replace(reading.parse(writing.write(film), {g.name: g for g in film.files()}.get), source="")
    assert [bare(shot) for shot in same.shots] == [bare(shot) for shot in film.shots]
    assert same.block_cache == film.block_cache == 0.1 and film.shots[1].outpaint
    assert from_dict(film.to_dict()) == film
    drafts = Drafts(studio.library)
    for given_file in film.files():
        drafts.add("anna", given_file.sha256, given_file.name, "picture", (64, 32))
    shown = json.loads(json.dumps(FilmForms(drafts).shown(film, "anna")))
    assert [bare(shot) for shot in FilmForms(drafts).read(shown, "anna").shots] == [bare(shot) for shot in film.shots]
    assert FilmForms(drafts).read(shown, "anna").block_cache == 0.1


def bare(shot: FilmShot) -> FilmShot:
    return replace(shot, id="", line=0)


def test_a_list_that_becomes_cards_keeps_its_control_on_the_first(clip: Path) -> None:
    given_file = Given("walk.mp4", path=str(clip))
    whole = FilmShot("Shot 1: a fox runs. Shot 2: it sleeps.", control=given_file, outpaint=True, guided=0.5)
    cards = listing.to_cards(whole)
    assert [card.control for card in cards] == [given_file, None]
    assert [card.outpaint for card in cards] == [True, False] and [card.guided for card in cards] == [0.5, 0.5]


@pytest.mark.parametrize(("text", "line", "says"), [
    (FILM.replace("mask: mask.png", "outpaint: true").replace("control: walk.mp4, ", ""), 8, "give a control clip"),
    (FILM.replace("model: wan2.1-vace-1.3b", "model: storybook").replace("64x32", "128x128"), 8,
     "takes no control clip and no mask"),
    (FILM.replace("mask: mask.png", "mask: walk.mp4, mask_: 1"), 8, "did you mean 'mask'?"),
    (FILM.replace("block_cache: 0.1", "block_cache: -1"), 6, "block_cache -1 does not work: 0 to 0.5"),
])  # fmt: skip
def test_a_film_that_steers_wrongly_is_told_the_line(
    studio: Studio, clip: Path, mask: Path, tmp_path: Path, text: str, line: int, says: str
) -> None:
    with pytest.raises(FilmError) as caught:
        studio.plan_film(read(tmp_path, text))
    assert caught.value.line == line and f"film.yaml line {line}: " in str(caught.value) and says in str(caught.value)


def test_the_form_holds_control_mask_and_approximations(studio: Studio, clip: Path, mask: Path) -> None:
    drafts = Drafts(studio.library)
    forms = Forms(studio, drafts)
    items = [given.receive(drafts, studio.library, "local", path, path.name).shown() for path in (clip, mask)]
    typed = {
        "prompt": "a fox", "model": NAME, "size": "64x32", "seconds": "0.6", "control": items[0], "mask": items[1],
        "outpaint": True, "block_cache": "0,1", "guided": "0.5",
    }  # fmt: skip
    shot = forms.shot(typed, "local")
    assert shot.control is not None and shot.mask is not None and shot.outpaint
    assert (shot.block_cache, shot.guided) == (0.1, 0.5)
    filled = forms.filled(shot, "local")
    assert forms.shot(filled, "local") == shot
    assert (filled["control"]["kind"], filled["mask"]["name"]) == ("clip", "mask.png")
    empty = forms.shot({**typed, "control": None, "mask": None, "outpaint": False, "block_cache": "", "guided": ""}, "")
    assert (empty.control, empty.mask, empty.block_cache, empty.guided) == (None, None, 0.0, 1.0)
    with pytest.raises(ShotError, match="no longer in the studio"):
        forms.shot(typed, "somebody else")


def test_a_program_names_files_that_it_posted_and_takes(
    studio: Studio, clip: Path, mask: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Shot] = []
    submit = studio.submit
    monkeypatch.setattr(studio, "submit", lambda shot, **more: (asked.append(shot), submit(shot, **more))[1])
    studio.pause_queue()
    request, drafts = SimpleNamespace(cookies={}), Drafts(studio.library)
    sent = [given.receive(drafts, studio.library, "local", path, path.name).id for path in (clip, mask)]
    more = {"model": NAME, "size": "64x32", "seconds": 0.6, "wait": False, "guided": 0.5}
    told = Interface(studio).shoot(request, "a fox", control=sent[0], mask=sent[1], **more)  # type: ignore[arg-type]
    assert told["state"] == "queued" and asked[0].guided == 0.5
    assert asked[0].control is not None and asked[0].control.read_bytes() == clip.read_bytes()
    with pytest.raises(Exception, match="neither a take nor a file"):
        Interface(studio).shoot(request, "a fox", control="t123", **more)  # type: ignore[arg-type]


def test_the_command_line_has_them(
    studio: Studio, settings: Settings, clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTEUR_HOME", str(settings.home))
    assert cli.main(["shoot", "a fox", "--control", str(clip), "--guided", "0.5", "--block-cache", "0.1"]) == 2
    assert "takes no control clip and no mask" in capsys.readouterr().err
    assert cli.main(["shoot", "a fox", "--guided", "7"]) == 2
    assert "it can be 0.1 to 1" in capsys.readouterr().err
    assert cli.main(["shoot", "a fox", "--outpaint"]) == 2
    assert "give a control clip" in capsys.readouterr().err


def test_nothing_steers_what_has_no_control(made: Made) -> None:
    assert isinstance(made.entry, CatalogEntry)
    assert controls.of((), (64, 32), 9, 16) is None
