"""The page's own addresses: only what belongs to the asker, byte for byte, with ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from studio import media
from studio.core import LOCAL_OWNER, Studio
from studio.engines.local import LocalEngine
from studio.film import Shot, Take
from studio.library import Library
from studio.models import Models
from studio.settings import Settings
from studio.ui.owner import COOKIE, new_token, owner_of
from studio.ui.queueing import picture_size
from studio.ui.routes import routes
from tests.studio.doubles import FakeGenerator
from tests.tree import ROOT

SHOT = Shot(prompt="a fox walks in the snow", size="128x128", seconds=0.5, seed=7, steps=2)


@pytest.fixture
def open_studio(tmp_path: Path) -> Iterator[Callable[..., Studio]]:
    made: list[Studio] = []

    def make(*, shared: bool = False) -> Studio:
        settings = replace(Settings.from_env({}, home=tmp_path / "home"), shared=shared)
        engine = LocalEngine(settings, Library(settings.home), load=lambda name: FakeGenerator())
        made.append(Studio(settings, engine))
        return made[-1]

    yield make
    for studio in made:
        studio.close()


def browser(studio: Studio, assets: Path, token: str | None = None) -> TestClient:
    cookies = {COOKIE: token} if token else {}
    return TestClient(Starlette(routes=routes(studio, assets)), cookies=cookies)


def shoot(studio: Studio, owner: str = LOCAL_OWNER) -> Take:
    job = studio.wait(studio.submit(SHOT, owner=owner).id, 60, owner)
    assert job.take_id is not None, job.error
    return studio.take(job.take_id, owner)


def test_a_clip_is_the_stored_file_whole_or_in_part(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    studio = open_studio()
    take, page = shoot(studio), browser(studio, tmp_path)
    (listed,) = page.get("/studio/takes").json()["takes"]
    whole = page.get("/" + listed["clip"])
    assert whole.content == take.clip.read_bytes()
    assert whole.headers["content-type"] == "video/mp4"
    part = page.get("/" + listed["clip"], headers={"range": "bytes=10-19"})
    assert part.status_code == 206
    assert part.content == whole.content[10:20]
    saved = page.get("/" + listed["download"])
    assert saved.content == whole.content
    assert 'filename="a-fox-walks-in-the-snow-7.mp4"' in saved.headers["content-disposition"]
    assert page.get("/" + listed["poster"]).headers["content-type"] == "image/jpeg"


def test_what_may_not_be_used_is_refused_before_it_is_kept(
    open_studio: Callable[..., Studio], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio()
    page = browser(studio, tmp_path)
    photo = (ROOT / "tests" / "studio" / "policy" / "astronaut.jpg").read_bytes()
    assert page.post("/studio/given?name=me.jpg", content=photo).status_code == 200, "at home one may have agreed"
    studio.gate.mode = "strict"
    for where in ("given", "dropped"):
        answer = page.post(f"/studio/{where}?name=me.jpg", content=photo + b"\0")
        assert answer.status_code == 422 and "real people's faces" in answer.json()["error"]
    monkeypatch.setattr("studio.policing.pictures.nudity", lambda picture: 0.9)
    studio.gate.mode = "local"
    answer = page.post("/studio/given?name=me.jpg", content=photo + b"\0\0")
    assert answer.status_code == 422 and "nudity" in answer.json()["policy"]["message"]
    assert len(list((studio.settings.home / "inputs").iterdir())) == 1, "the one that was allowed"


def test_no_answer_names_a_path_of_the_server(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    studio = open_studio()
    shoot(studio)
    page = browser(studio, tmp_path)
    for path in ("/studio/takes", "/studio/now", f"/studio/now?job={studio.jobs()[0].id}"):
        assert str(tmp_path) not in page.get(path).text


def test_somebody_elses_job_and_take_are_not_there(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    studio = open_studio(shared=True)
    mine, theirs = new_token(), new_token()
    owner = owner_of({COOKIE: mine}, True)
    assert owner is not None
    take = shoot(studio, owner)
    paths = [f"/studio/takes/{take.id}/clip.mp4", f"/studio/takes/{take.id}/poster", f"/studio/now?job={take.job_id}"]
    paths.append(f"/studio/takes/{take.id}")
    for path in paths:
        assert browser(studio, tmp_path, mine).get(path).status_code == 200
        assert browser(studio, tmp_path, theirs).get(path).status_code == 404
        assert browser(studio, tmp_path).get(path).status_code == 403
    for path in (
        f"/studio/takes/{take.id}/bin",
        f"/studio/takes/{take.id}/star",
        f"/studio/jobs/{take.job_id}/stop",
    ):
        assert browser(studio, tmp_path, theirs).post(path).status_code == 404
    assert browser(studio, tmp_path, theirs).get("/studio/takes").json()["takes"] == []
    assert (
        browser(studio, tmp_path, mine).post(f"/studio/takes/{take.id}/star", json={"on": True}).json()["starred"]
        is True
    )


def test_a_take_goes_to_the_bin_and_back(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    studio = open_studio()
    take, page = shoot(studio), browser(studio, tmp_path)
    assert page.get(f"/studio/takes/{take.id}/bin").status_code == 405, "looking changes nothing"
    page.post(f"/studio/takes/{take.id}/bin")
    assert page.get("/studio/takes").json()["takes"] == []
    assert page.get(f"/studio/takes/{take.id}/clip.mp4").status_code == 404
    assert page.get(f"/studio/takes/{take.id}").status_code == 404
    assert page.get(f"/studio/takes/{take.id}?bin=1").json()["id"] == take.id
    page.post(f"/studio/takes/{take.id}/restore")
    assert page.get(f"/studio/takes/{take.id}").json()["id"] == take.id
    assert page.get(f"/studio/takes/{take.id}/clip.mp4").status_code == 200


@pytest.mark.parametrize("path", ["../../library.db", "tokyo-spring.db", "..%2f..%2fnotice.md", "tokyo-spring.mp4"])
def test_examples_serve_only_their_own_files(open_studio: Callable[..., Studio], tmp_path: Path, path: str) -> None:
    assert browser(open_studio(), tmp_path).get(f"/studio/examples/{path}").status_code == 404


def test_an_example_that_is_there_is_served(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "tokyo-spring.mp4").write_bytes(b"a clip")
    assert browser(open_studio(), tmp_path).get("/studio/examples/tokyo-spring.mp4").content == b"a clip"


def test_the_stage_knows_the_shape_of_a_picture(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio()
    assert picture_size(studio, "portrait", "storybook") == studio.entry().sizes["portrait"]
    assert picture_size(studio, "128x192", "storybook") == (128, 192)
    assert picture_size(studio, "128x0", "storybook") == (16, 9)


def test_a_program_asks_what_a_file_is_and_nothing_of_it_stays(
    open_studio: Callable[..., Studio], tmp_path: Path
) -> None:
    studio = open_studio(shared=True)
    clip = shoot(studio).clip.read_bytes()
    program = browser(studio, tmp_path)  # no cookie: whoever may reach the studio may ask
    report = program.post("/studio/verify?name=../../x.mp4", content=clip).json()
    assert (report["verdict"], report["ai"], report["said_by"]) == ("local", True, "this studio")
    assert report["recipe"]["prompt"] == "" and report["actions"][0]["action"] == "created"
    changed = bytearray(clip)
    changed[changed.rindex(b"mdat") + 900] ^= 1
    assert program.post("/studio/verify", content=bytes(changed)).json()["verdict"] == "changed"
    refused = program.post("/studio/verify?name=notes.txt", content=b"hello")
    assert refused.status_code == 409 and "not a picture or a clip" in refused.json()["error"]
    assert program.post("/studio/verify", content=b"", headers={"content-length": "-5"}).status_code == 400
    assert list((studio.settings.home / "cache").iterdir()) == []


def test_each_model_is_offered_what_it_knows_and_one_that_is_gone_is_replaced(
    open_studio: Callable[..., Studio], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio()
    own = studio.entry()
    both = (own, replace(own, name="everybodys", title="Everybody's", notes={}))
    page = browser(studio, tmp_path)
    assert page.get("/studio/start").json()["directions"]["lens"] == []
    monkeypatch.setattr(Models, "entries", lambda self: both)
    assert page.post("/studio/settings", json={"model": "everybodys"}).status_code == 200
    told = page.get("/studio/start").json()
    assert told["model"]["name"] == "everybodys" and len(told["models"]) == 2
    assert "macro" in [each["id"] for each in told["directions"]["lens"]]
    form = {"prompt": "a fox", "direction": {"lens": "macro"}, "model": "everybodys", "seconds": "1"}
    look = page.post("/studio/look", json=form).json()
    assert look["words"] is None and look["read"] == "a fox, macro lens"
    monkeypatch.undo()
    assert page.get("/studio/start").json()["model"]["name"] == own.name


def test_a_prompt_is_expanded_for_its_model_and_a_wrong_one_is_refused(
    open_studio: Callable[..., Studio], tmp_path: Path
) -> None:
    page = browser(open_studio(), tmp_path)
    form = {"prompt": "a <b>fox</b>", "direction": {"camera": "pan_left"}, "seconds": "", "seed": "x"}
    told = page.post("/studio/expand", json={"form": form}).json()
    assert told["text"].startswith("a <b>fox") and "the camera" not in told["text"]
    assert told != page.post("/studio/expand", json={"form": form, "turn": 1}).json()
    assert page.post("/studio/expand", json={"form": {**form, "direction": {"lens": "x"}}}).status_code == 422
    assert page.post("/studio/expand", json={"form": {"prompt": "fox " * 5000}}).json()["field"] == "prompt"
    assert page.post("/studio/expand", json={"form": [], "turn": "x"}).json()["added"]


def test_styles_are_an_owners_own_and_a_bad_file_changes_nothing(
    open_studio: Callable[..., Studio], tmp_path: Path
) -> None:
    studio = open_studio(shared=True)
    mine, theirs = (browser(studio, tmp_path, new_token()) for _ in range(2))
    saved = mine.post("/studio/styles", json={"name": "<b>Rain</b>", "direction": {"weather": "rain"}}).json()["own"]
    assert [style["name"] for style in saved] == ["<b>Rain</b>"]
    assert theirs.get("/studio/styles").json()["own"] == []
    file = mine.get("/studio/styles/share.json")
    assert "attachment" in file.headers["content-disposition"]
    assert theirs.post("/studio/styles/read", json=file.json()).json()["own"] == saved
    bad = {**file.json(), "styles": [*file.json()["styles"], {"name": "x", "direction": {"lenz": "y"}}]}
    assert browser(studio, tmp_path, new_token()).post("/studio/styles/read", json=bad).status_code == 422
    assert mine.post("/studio/styles/remove", json={"name": "<b>Rain</b>"}).json()["own"] == []


def test_a_tool_says_what_it_comes_to_and_then_does_it(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    studio = open_studio()
    take, page = shoot(studio), browser(studio, tmp_path)
    asked = {"tool": "extend", "seconds": "0,5", "prompt": "the fox sleeps", "seed": "3"}
    told = page.post(f"/studio/takes/{take.id}/plan", json=asked).json()
    assert (told["length"], told["made"]) == (round(17 / 16, 2), 0.5)
    assert len(studio.jobs()) == 1, "nothing is begun"
    (job,) = page.post(f"/studio/takes/{take.id}/work", json=asked).json()["jobs"]
    assert studio.wait(job, 60).state == "done"
    newest = page.get("/studio/takes").json()["takes"][0]
    assert newest["parents"] == [take.id]
    assert [seam["at"] for seam in newest["seams"]] == ["0.56 s"]
    cut = page.post(f"/studio/takes/{take.id}/work", json={"tool": "recut", "keep": ["0", "0.25"]}).json()["jobs"]
    assert studio.wait(cut[0], 60).state == "done"
    for body, field in (
        ({}, "tool"),
        ({"tool": "loop", "seconds": "long"}, "seconds"),
        ({"tool": "loop", "wish": 1}, "wish"),
        ({"tool": "blend", "other": ""}, "other"),
        ({"tool": "upscale", "factor": "40"}, "factor"),
    ):
        refused = page.post(f"/studio/takes/{take.id}/work", json=body)
        assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert page.post(f"/studio/takes/{take.id}/vary", json={"count": 3}).status_code == 422
    assert page.post("/studio/takes/t00000000/work", json=asked).status_code == 404
    assert len(page.post(f"/studio/takes/{take.id}/vary", json={"count": 2}).json()["jobs"]) == 2


def test_a_clip_that_was_given_is_worked_on_by_its_owner_alone(
    open_studio: Callable[..., Studio], tmp_path: Path
) -> None:
    studio = open_studio(shared=True)
    tokens = [new_token(), new_token()]
    mine, theirs = (browser(studio, tmp_path, token) for token in tokens)
    plain = tmp_path / "plain.mp4"
    with media.ClipWriter(plain, 128, 128, 16) as writer:
        writer.write(np.full((17, 128, 128, 3), 90, np.uint8))
    given = mine.post("/studio/given?name=plain.mp4", content=plain.read_bytes()).json()["id"]
    picture = Path(__file__).parents[1] / "studio" / "policy" / "astronaut.jpg"
    other = mine.post("/studio/given?name=a.jpg", content=picture.read_bytes()).json()["id"]
    asked = {"tool": "recut", "replace": ["0.25", "0.5"], "prompt": "a balloon", "steps": "2", "seconds": "0.5"}
    told = mine.post(f"/studio/given/{given}/plan", json=asked).json()
    assert (told["length"], told["made"]) == (round(21 / 16, 2), 0.5)
    for page, name in ((theirs, given), (mine, other), (mine, "nothing")):
        assert page.post(f"/studio/given/{name}/work", json=asked).status_code == 404
    assert mine.post(f"/studio/given/{given}/work", json={"tool": "upscale"}).json()["field"] == "clip"
    (job,) = mine.post(f"/studio/given/{given}/work", json=asked).json()["jobs"]
    owner = owner_of({COOKIE: tokens[0]}, True)
    assert owner is not None and studio.wait(job, 60, owner).state == "done"
    (take,) = mine.get("/studio/takes").json()["takes"]
    assert (take["frames"], take["tool"], take["parents"]) == (21, "recut", [])


def test_a_marked_part_of_a_take_is_given_under_its_name(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    studio = open_studio()
    take, page = shoot(studio), browser(studio, tmp_path)
    told = page.post(f"/studio/takes/{take.id}/use", json={"how": "part", "at": [0.125, 0.4375]}).json()["form"]
    assert (told["clip"]["start"], told["clip"]["end"]) == (0.125, 0.4375)
    assert told["clip"]["name"] == "a-fox-walks-in-the-snow-7.mp4" and told["seed"] == ""
    for wrong in ([0.4, 0.2], [0, 9], [-1, 0.2], [0.1], "x", None):
        answer = page.post(f"/studio/takes/{take.id}/use", json={"how": "part", "at": wrong})
        assert answer.status_code == 422 and answer.json()["field"] == "frames", wrong
