"""A form becomes a shot and a shot a form; files are their owner's alone; nothing that is typed can break it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from studio import shots
from studio.core import Studio
from studio.engines.local import LocalEngine
from studio.errors import ShotError, StudioError
from studio.library import Library
from studio.settings import Settings
from studio.ui import drafts, receiving
from studio.ui import form as forms
from studio.ui.drafts import Drafts
from studio.ui.owner import COOKIE, new_token
from studio.ui.routes import routes
from studio.writing import ClipWriter
from tests.studio.doubles import FakeGenerator

FORM: dict[str, Any] = {
    "prompt": "a fox walks in the snow",
    "size": "128x128",
    "seconds": "0.5",
    "seed": "7",
    "steps": "2",
}


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    settings = replace(Settings.from_env({}, home=tmp_path / "home"), shared=True)
    engine = LocalEngine(settings, Library(settings.home), load=lambda name: FakeGenerator())
    with Studio(settings, engine) as made:
        yield made


@pytest.fixture
def browser(studio: Studio, tmp_path: Path) -> TestClient:
    return TestClient(Starlette(routes=routes(studio, tmp_path)), cookies={COOKIE: new_token()})


@pytest.fixture
def stranger(studio: Studio, tmp_path: Path) -> TestClient:
    return TestClient(Starlette(routes=routes(studio, tmp_path)), cookies={COOKIE: new_token()})


def picture(folder: Path, name: str = "fox.png", size: tuple[int, int] = (64, 36)) -> bytes:
    Image.new("RGB", size, "teal").save(folder / name)
    return (folder / name).read_bytes()


def give(page: TestClient, data: bytes, name: str) -> Any:
    return page.post("/studio/given", params={"name": name}, content=data)


def test_a_form_comes_back_as_it_was_typed_and_only_to_its_owner(browser: TestClient, stranger: TestClient) -> None:
    typed = {**FORM, "seconds": "four", "seed": "9007199254740993", "unknown": [1, 2]}
    browser.post("/studio/form", json=typed)
    assert browser.get("/studio/start").json()["form"] == typed
    assert stranger.get("/studio/start").json()["form"] is None


def test_a_given_picture_keeps_its_name_and_is_its_owners_alone(
    browser: TestClient, stranger: TestClient, tmp_path: Path
) -> None:
    told = give(browser, picture(tmp_path), "../../My fox?.png").json()
    assert told["name"] == "My fox?.png"
    assert (told["width"], told["height"], told["kind"]) == (64, 36, "picture")
    assert browser.get("/" + told["picture"]).headers["content-type"] == "image/webp"
    assert stranger.get("/" + told["picture"]).status_code == 404
    asked = {"form": {**FORM, "first": {"id": told["id"]}}, "takes": 1}
    refused = stranger.post("/studio/shoot", json=asked)
    assert (refused.status_code, refused.json()["field"]) == (422, "first")
    (job,) = browser.post("/studio/shoot", json=asked).json()["jobs"]
    back = browser.get(f"/studio/jobs/{job}/form").json()["form"]
    assert back["first"]["id"] == told["id"]
    assert back["first"]["name"] == "My fox?.png"


def test_a_picture_of_the_cast_takes_part_and_comes_back_to_its_owner_alone(
    browser: TestClient, stranger: TestClient, tmp_path: Path
) -> None:
    told = give(browser, picture(tmp_path), "me.png").json()
    asked = {"form": {**FORM, "cast": {"id": told["id"]}}, "takes": 1}
    refused = stranger.post("/studio/shoot", json=asked)
    assert (refused.status_code, refused.json()["field"]) == (422, "cast")
    (job,) = browser.post("/studio/shoot", json=asked).json()["jobs"]
    back = browser.get(f"/studio/jobs/{job}/form").json()["form"]
    assert back["cast"]["id"] == told["id"] and back["first"] is None


def test_what_is_no_picture_is_refused_in_words_that_name_it(browser: TestClient) -> None:
    told = give(browser, b"%PDF-1.7 not a picture", "drawing.png")
    assert told.status_code == 409
    assert told.json()["error"].startswith("drawing.png")
    assert "nor a clip (MP4" in told.json()["error"]


def test_a_folder_that_may_only_be_read_is_one_line_of_what_to_do(
    browser: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(drafts, "save_bytes", refuse)
    monkeypatch.setattr(receiving, "open_file", refuse)
    for told in (browser.post("/studio/form", json=FORM), give(browser, picture(tmp_path), "fox.png")):
        assert told.status_code == 409
        assert "cannot be written (Read-only file system): allow writing there" in told.json()["error"]


def test_a_clip_is_shown_as_a_strip(browser: TestClient, tmp_path: Path) -> None:
    with ClipWriter(tmp_path / "clip.mp4", 64, 48, 16, metadata={}) as writer:
        writer.write(np.zeros((17, 48, 64, 3), np.uint8))
    told = give(browser, (tmp_path / "clip.mp4").read_bytes(), "clip.mp4").json()
    assert told["kind"] == "clip"
    assert told["seconds"] == pytest.approx(17 / 16, abs=0.1)
    assert browser.get("/" + told["strip"]).status_code == 200


def test_ends_and_key_frames_become_one_line_of_time(studio: Studio, browser: TestClient, tmp_path: Path) -> None:
    one, other = (give(browser, picture(tmp_path, f"{n}.png", (64, 30 + n)), f"{n}.png").json() for n in (1, 2))
    form = {
        **FORM, "seconds": "2", "first": {"id": one["id"], "strength": 0.5},
        "frames": [{"id": other["id"], "at": 1.5, "crop": [0, 0.1, 1, 0.5]}, {"id": one["id"], "at": "0.75"}],
    }  # fmt: skip
    (job,) = browser.post("/studio/shoot", json={"form": form, "takes": 1}).json()["jobs"]
    shot = browser.get(f"/studio/jobs/{job}/form").json()["form"]
    assert shot["first"] is None
    assert [item["at"] for item in shot["frames"]] == [0.0, 0.75, 1.5]
    assert [item["strength"] for item in shot["frames"]] == [0.5, 1.0, 1.0]
    assert shot["frames"][2]["crop"] == [0, 0.1, 1, 0.5]


def test_several_takes_are_several_seeds_and_seven_are_refused(browser: TestClient) -> None:
    assert len(browser.post("/studio/shoot", json={"form": FORM, "takes": 4}).json()["jobs"]) == 4
    assert browser.post("/studio/shoot", json={"form": FORM, "takes": 7}).status_code == 422


def test_what_is_wrong_names_its_field(browser: TestClient) -> None:
    for field, value in (("seconds", ""), ("seconds", "1e999"), ("seed", "seven"), ("steps", "2.5"), ("prompt", "")):
        answer = browser.post("/studio/shoot", json={"form": {**FORM, field: value}, "takes": 1})
        assert (answer.status_code, answer.json()["field"]) == (422, field)
        assert value in answer.json()["error"], "what was written is named"


def test_a_trim_that_ends_before_it_begins_is_refused_with_what_was_asked(browser: TestClient, tmp_path: Path) -> None:
    with ClipWriter(tmp_path / "clip.mp4", 64, 48, 16, metadata={}) as writer:
        writer.write(np.zeros((33, 48, 64, 3), np.uint8))
    clip = give(browser, (tmp_path / "clip.mp4").read_bytes(), "clip.mp4").json()
    form = {**FORM, "clip": {"id": clip["id"], "start": 1.9, "end": 0.2}}
    answer = browser.post("/studio/shoot", json={"form": form, "takes": 1})
    assert (answer.status_code, answer.json()["field"]) == (422, "frames")
    assert "1.9 to 0.2" in answer.json()["error"]


def test_deleting_everything_wants_its_words(browser: TestClient, tmp_path: Path) -> None:
    told = give(browser, picture(tmp_path), "fox.png").json()
    browser.post("/studio/form", json=FORM)
    refused = browser.post("/studio/delete-everything", json={"typed": "yes"})
    assert (refused.status_code, refused.json()["field"]) == (422, "typed")
    assert browser.get("/studio/start").json()["form"] == FORM
    browser.post("/studio/delete-everything", json={"typed": " Delete everything "})
    assert browser.get("/studio/start").json()["form"] is None
    assert browser.get("/" + told["picture"]).status_code == 404


def test_deleting_everything_takes_what_was_given_and_leaves_what_others_gave(
    studio: Studio, browser: TestClient, stranger: TestClient, tmp_path: Path
) -> None:
    own, common = picture(tmp_path), picture(tmp_path, "common.png", (32, 18))
    for who, what in ((browser, own), (browser, common), (stranger, common)):
        assert give(who, what, "fox.png").status_code == 200
    assert len(list(studio.library.inputs.iterdir())) == 2
    answer = browser.post("/studio/delete-everything", json={"typed": "delete everything"})
    assert answer.json()["inputs"] == 1
    [left] = studio.library.inputs.iterdir()
    assert left.read_bytes() == common


@pytest.mark.parametrize("tenths", range(10, 100, 7))
def test_a_last_picture_beside_key_frames_stands_at_the_end(studio: Studio, tmp_path: Path, tenths: int) -> None:
    picture(tmp_path)
    kept = Drafts(studio.library)
    sha256, _ = studio.library.keep_input(tmp_path / "fox.png")
    given = kept.add("local", sha256, "fox.png", "picture", (64, 36))
    form = {**FORM, "seconds": str(tenths / 10), "frames": [{"id": given.id, "at": 0.2}], "last": {"id": given.id}}
    shot = forms.Forms(studio, kept).shot(form, "local")
    recipe = shots.plan(shot, studio.entry()).recipe
    assert recipe.anchors[-1].place == recipe.frames - 4


@drawn(
    st.dictionaries(
        st.sampled_from(
            ["prompt", "size", "seconds", "seed", "steps", "guidance", "direction", "first", "frames", "clip"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "at", "strength", "crop"]), inner)
            ),
            max_leaves=6,
        ),
    )
)
def test_nothing_in_a_form_but_errors_of_ours(data: dict[str, Any]) -> None:
    try:
        forms.Forms(None, _nothing()).shot(data, "local")  # type: ignore[arg-type]
    except StudioError as error:
        assert isinstance(error, ShotError)


def _nothing() -> Drafts:
    class Empty(Drafts):
        def __init__(self) -> None:
            pass

        def given(self, owner: str, identity: object) -> None:
            return None

    return Empty()
