"""The Film page's addresses: every edit kept, the second tab told, files in and out, somebody else's film not there."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from studio import media
from studio.core import LOCAL_OWNER, Studio
from studio.films import writing
from studio.ui.owner import COOKIE, new_token
from tests.studio.test_film_finish import tone
from tests.ui.test_routes import browser, open_studio

__all__ = ["open_studio"]

Opens = Callable[..., Studio]


def new(page: TestClient) -> dict[str, Any]:
    told: dict[str, Any] = page.post("/studio/films", json={}).json()
    script = told["film"]
    script["size"], script["steps"] = "128x128", 2
    script["cast"] = [{"name": "mira", "kind": "character", "looks": "a red fox", "pictures": []}]
    script["shots"] = [
        {"id": "", "prompt": "@mira runs", "seconds": 0.5}, {"id": "", "prompt": "a dog", "seconds": "0,5"},
    ]  # fmt: skip
    return edit(page, told, script)


def edit(page: TestClient, told: dict[str, Any], script: dict[str, Any], code: int = 200) -> dict[str, Any]:
    body = {"version": told["version"], "film": script, "said": f"to {script['title']}", "want": True}
    answer = page.post(f"/studio/films/{told['id']}/edit", json=body)
    assert answer.status_code == code, answer.text
    found: dict[str, Any] = answer.json()
    return found


def until(page: TestClient, told: dict[str, Any], good: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        now: dict[str, Any] = page.get(f"/studio/films/{told['id']}").json()
        if good(now):
            return now
        time.sleep(0.05)
    pytest.fail(f"it did not come true: {now['shots']} {now['exports']}")


def test_a_film_is_shot_finished_and_handed_out(open_studio: Opens, tmp_path: Path) -> None:
    page = browser(open_studio(), tmp_path)
    told = new(page)
    assert (told["missing"], [shot["error"] for shot in told["shots"]]) == (2, [None, None])
    assert [piece["what"] for piece in told["timeline"]["pieces"]] == ["slate", "slate"]
    assert page.post(f"/studio/films/{told['id']}/shoot").json()["ordered"] == 2
    told = until(page, told, lambda now: now["missing"] == 0 and all(s["take"] for s in now["shots"]))
    assert [piece["what"] for piece in told["timeline"]["pieces"]] == ["shot", "shot"]
    page.post(f"/studio/films/{told['id']}/finish", json={"container": "mp4"})
    told = until(page, told, lambda now: now["exports"] and now["exports"][0]["state"] == "done")
    (export,) = told["exports"]
    assert "signed by this studio" in export["badge"]
    clip = page.get("/" + export["file"], headers={"range": "bytes=0-9"})
    assert (clip.status_code, clip.headers["content-type"]) == (206, "video/mp4")
    saved = page.get(f"/{export['file']}?download=1")
    assert 'filename="untitled.mp4"' in saved.headers["content-disposition"]
    assert str(tmp_path) not in page.get(f"/studio/films/{told['id']}").text
    again = until(page, told, lambda now: now["shots"][0]["kept"] != [])
    assert again["shots"][0]["kept"][0]["member"] == "mira"
    assert page.post(f"/studio/films/{told['id']}/exports/{export['id']}/remove").status_code == 200
    assert page.get("/" + export["file"]).status_code == 404


def test_a_join_that_may_be_seen_is_told_at_its_shot(open_studio: Opens, tmp_path: Path) -> None:
    page = browser(open_studio(), tmp_path)
    told = new(page)
    told["film"]["shots"][1]["join"] = "continue"
    told = edit(page, told, told["film"])
    assert [shot["seam"] for shot in told["shots"]] == [None, None]
    page.post(f"/studio/films/{told['id']}/shoot")
    told = until(page, told, lambda now: now["shots"][1]["seam"] is not None)
    assert told["shots"][0]["seam"] is None
    assert told["shots"][1]["seam"]["seamless"] is False and told["shots"][1]["seam"]["drop_db"] > 1
    told["film"]["shots"][1]["seed"] = 99
    assert edit(page, told, told["film"])["shots"][1]["seam"] is None, "of a shot that was changed nothing is known"


def test_several_takes_of_a_shot_are_made_to_choose_from(open_studio: Opens, tmp_path: Path) -> None:
    page = browser(open_studio(), tmp_path)
    told = new(page)
    first, second = (shot["id"] for shot in told["film"]["shots"])
    page.post(f"/studio/films/{told['id']}/shoot", json={"shots": [first]})
    stands = until(page, told, lambda now: now["shots"][0]["take"])["shots"][0]["take"]["id"]
    assert page.post(f"/studio/films/{told['id']}/shoot", json={"shots": [first], "takes": 2}).json()["ordered"] == 2
    now = until(page, told, lambda now: now["shots"][0]["takes"] == 3 and not now["shots"][0]["others"])
    assert now["shots"][0]["take"]["id"] == stands, "what stands in the film stays"
    assert now["shots"][1]["takes"] == 0 and now["version"] == told["version"]
    found = page.get(f"/studio/films/{told['id']}/shots/{first}/takes").json()["takes"]
    assert len({take["seed"] for take in found}) == 3
    for body, code in (({"shots": [second], "takes": 3}, 422), ({"shots": ["none"], "takes": 2}, 404)):
        assert page.post(f"/studio/films/{told['id']}/shoot", json=body).status_code == code


def test_what_is_wrong_is_said_at_its_shot(open_studio: Opens, tmp_path: Path) -> None:
    page = browser(open_studio(), tmp_path)
    told = new(page)
    script = told["film"]
    script["shots"][1]["prompt"] = "@mirra sleeps"
    told = edit(page, told, script)
    assert [bool(shot["error"]) for shot in told["shots"]] == [False, True]
    assert "did you mean @mira?" in told["shots"][1]["error"]["line"]
    answer = page.post(f"/studio/films/{told['id']}/shoot")
    assert answer.status_code == 422 and "did you mean @mira?" in answer.json()["error"]


def test_the_second_tab_is_told_and_its_change_can_be_put_back(open_studio: Opens, tmp_path: Path) -> None:
    page = browser(open_studio(), tmp_path)
    first = new(page)
    second = dict(first)
    edit(page, first, {**first["film"], "title": "The first tab's"})
    refused = edit(page, second, {**second["film"], "title": "The second's"}, code=409)
    assert refused["now"]["film"]["title"] == "The first tab's" and "another tab" in refused["error"]
    kept = edit(page, refused["now"], {**second["film"], "title": "The second's"})
    assert kept["film"]["title"] == "The second's"
    back = page.post(f"/studio/films/{kept['id']}/undo").json()
    assert back["film"]["title"] == "The first tab's"
    assert page.post(f"/studio/films/{kept['id']}/redo").json()["film"]["title"] == "The second's"


def test_a_film_goes_out_and_comes_in_again(open_studio: Opens, tmp_path: Path) -> None:
    page = browser(open_studio(), tmp_path)
    told = new(page)
    text = page.get(f"/studio/films/{told['id']}/film.yaml").text
    opened = page.post("/studio/films/open?name=film.yaml", content=text.encode()).json()
    assert opened["id"] != told["id"]
    assert [shot["prompt"] for shot in opened["film"]["shots"]] == ["@mira runs", "a dog"]
    packed = page.get(f"/studio/films/{told['id']}/film.zip")
    assert packed.headers["content-type"] == "application/zip"
    again = page.post("/studio/films/open?name=film.zip", content=packed.content).json()
    assert [shot["prompt"] for shot in again["film"]["shots"]] == ["@mira runs", "a dog"]
    editors = page.get(f"/studio/films/{told['id']}/film.otio").json()
    assert editors["OTIO_SCHEMA"].startswith("Timeline")
    wrong = page.post("/studio/films/open?name=film.yaml", content=b"shots:\n  - {promt: a}")
    assert (wrong.status_code, wrong.json()["error"][:17]) == (422, "film.yaml line 2:")


def test_sound_is_looked_at_before_it_is_kept(open_studio: Opens, tmp_path: Path) -> None:
    page = browser(open_studio(), tmp_path)
    given = page.post("/studio/films/sound?name=song.wav", content=tone(tmp_path / "t.wav", 1).read_bytes()).json()
    assert (given["kind"], given["seconds"]) == ("sound", 1.0)
    told = new(page)
    told = edit(page, told, {**told["film"], "music": {"file": given, "fade_in": 0.1}})
    assert told["film"]["music"]["file"]["name"] == "song.wav"
    assert page.get(f"/studio/films/{told['id']}/sound/music").headers["content-type"] == "audio/wav"
    for name, content in (("song.mp3", b"not a song"), ("words.srt", b"no captions")):
        answer = page.post(f"/studio/films/sound?name={name}", content=content)
        assert answer.status_code == 422 and name in answer.json()["error"].lower()


def test_a_list_of_shots_becomes_cards(open_studio: Opens, tmp_path: Path) -> None:
    page = browser(open_studio(), tmp_path)
    told = new(page)
    one = page.post(f"/studio/films/{told['id']}/list").json()
    assert len(one["film"]["shots"]) == 1
    shot = one["film"]["shots"][0]["id"]
    cards = page.post(f"/studio/films/{told['id']}/cards", json={"shot": shot}).json()
    assert [each["prompt"] for each in cards["film"]["shots"]] == ["@mira runs.", "a dog."]


def test_somebody_elses_film_is_not_there(open_studio: Opens, tmp_path: Path) -> None:
    studio = open_studio(shared=True)
    mine, theirs = (browser(studio, tmp_path, new_token()) for _ in range(2))
    told = new(mine)
    assert mine.cookies.get(COOKIE) and theirs.get("/studio/films").json()["films"] == []
    for path in ("", "/film.yaml", "/film.zip", "/film.otio"):
        assert theirs.get(f"/studio/films/{told['id']}{path}").status_code == 404
    for path in ("/edit", "/undo", "/shoot", "/delete", "/finish"):
        body = {"version": 1, "film": {}}
        assert theirs.post(f"/studio/films/{told['id']}{path}", json=body).status_code in (404, 409)


def test_a_picture_of_somebody_else_cannot_be_named_by_its_content(
    open_studio: Opens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio()
    sha256, _ = studio.library.keep_input(_png(tmp_path))
    page = browser(studio, tmp_path)
    text = f"cast:\n  mira: {{pictures: ['given:{sha256}/a.png']}}\nshots: ['@mira']"
    answer = page.post("/studio/films/open?name=film.yaml", content=text.encode())
    assert answer.status_code == 422 and "there is no file" in answer.json()["error"]
    assert writing.write(studio.library.add_film(LOCAL_OWNER, _empty()).film)


def _png(folder: Path) -> Path:
    from PIL import Image

    Image.new("RGB", (64, 64), "teal").save(folder / "a.png")
    return folder / "a.png"


def _empty() -> Any:
    from studio.films.script import Film, FilmShot

    return Film(shots=(FilmShot("x"),)).with_ids()


def test_a_finished_film_brings_its_script_back(open_studio: Opens, tmp_path: Path) -> None:
    studio = open_studio()
    page = browser(studio, tmp_path)
    told = new(page)
    page.post(f"/studio/films/{told['id']}/shoot")
    until(page, told, lambda now: all(shot["take"] for shot in now["shots"]))
    page.post(f"/studio/films/{told['id']}/finish", json={})
    done = until(page, told, lambda now: now["exports"] and now["exports"][0]["state"] == "done")
    clip = page.get("/" + done["exports"][0]["file"]).content
    opened = page.post("/studio/films/open?name=film.mp4", content=clip).json()
    assert [shot["prompt"] for shot in opened["film"]["shots"]] == ["@mira runs", "a dog"]
    assert opened["missing"] == 0, "its takes are found again by what they are of"
    dropped = page.post("/studio/dropped?name=film.mp4", content=clip).json()
    assert dropped["form"] is None and dropped["film"] is True and "Film page" in dropped["line"]
    take = studio.takes()[0]
    brought = page.post("/studio/films/open?name=take.mp4", content=take.clip.read_bytes()).json()
    assert brought["take"]["id"] == take.id, "a clip of ours is a shot"
    made = tmp_path / "holiday.mp4"
    with media.ClipWriter(made, 64, 64, 16) as writer:
        writer.write(np.zeros((5, 64, 64, 3), np.uint8))
    assert page.post("/studio/films/open?name=holiday.mp4", content=made.read_bytes()).status_code == 422
