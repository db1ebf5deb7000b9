"""A film through the queue: shots are joined, made once, taken up again, cut together and signed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import model
from studio import media
from studio.cli import main
from studio.core import Studio
from studio.errors import FilmError, PolicyStop
from studio.films import continuity, formats, picture, timeline
from studio.films.labelling import Labeller
from studio.films.script import Card, Film, FilmShot, Member
from studio.films.timeline import Footage
from studio.labels import Painter
from studio.provenance.claims import LABELLED
from tests.studio.doubles import FakeGenerator

SHORT: dict[str, Any] = {"seconds": 0.5, "steps": 2}


def film(*shots: FilmShot, **more: Any) -> Film:
    return Film(size="128x128", seed=7, shots=shots, **more).with_ids()


def shot(prompt: str = "a fox in the snow", **more: Any) -> FilmShot:
    return FilmShot(prompt, **{**SHORT, **more})


def shoot(studio: Studio, what: Film, **more: Any) -> list[Any]:
    jobs = studio.shoot_film(what, **more)
    return [studio.wait(job.id, 30) for job in jobs]


def test_a_shot_that_continues_is_given_the_last_latents_of_the_one_before(
    make_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = FakeGenerator()
    asked = []
    plain = generator.request
    monkeypatch.setattr(generator, "request", lambda *a, **k: asked.append(plain(*a, **k)) or asked[-1])
    studio = make_studio(generator)
    first, second = shoot(studio, film(shot(), shot("it runs", join="continue")))
    assert (first.state, second.state) == ("done", "done")
    assert asked[0].before is None and asked[1].before is not None
    assert (asked[0].frames, asked[1].frames) == (9, 8)
    take = studio.take(second.take_id)
    given = [anchor for anchor in take.recipe.anchors if anchor.place == "before"]
    assert given[0].sha256 == studio.take(first.take_id).sha256
    assert [parent["relationship"] for parent in take.report["parents"]] == ["inputTo"]
    assert studio.shot_from(take.recipe).before is not None


def test_a_cut_is_given_a_picture_of_who_was_seen_before(
    make_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = FakeGenerator()
    asked = []
    plain = generator.request
    monkeypatch.setattr(generator, "request", lambda *a, **k: asked.append(plain(*a, **k)) or asked[-1])
    studio = make_studio(generator)
    sees = {**studio.entry().given, "references": True}
    unlike = {**studio.entry().notes, "blocking": False}  # Storybook looks its cast up
    entry = studio.entry()
    object.__setattr__(entry, "given", sees)
    object.__setattr__(entry, "notes", unlike)
    monkeypatch.setattr(studio, "entry", lambda model="storybook": entry)
    cast = (Member("mira", looks="a red fox"),)
    _, second = shoot(studio, film(shot("@mira walks"), shot("@mira sleeps"), cast=cast))
    assert asked[0].references is None and asked[1].references is not None
    assert asked[1].references.shape == (1, 128, 128, 3)
    assert asked[1].prompt == "a red fox sleeps"
    assert [anchor.place for anchor in studio.take(second.take_id).recipe.anchors] == ["cast"]


def test_what_is_made_is_not_made_again(make_studio: Callable[..., Studio]) -> None:
    studio = make_studio()
    what = film(shot(), shot("a dog"), shot("a cat", join="continue"))
    shoot(studio, what)
    assert len(studio.takes()) == 3
    assert [job.state for job in shoot(studio, what)] == ["done"] * 3
    assert len(studio.takes()) == 3
    changed = Film(**{**vars(what), "shots": (what.shots[0], shot("a lion", seed=8), what.shots[2])}).with_ids()
    assert [state.fits for state in studio.film_states(changed)] == [True, False, False]
    shoot(studio, changed)
    assert len(studio.takes()) == 5, "the shot that changed, and the one that continues it"


def test_a_shot_goes_on_from_the_take_that_was_chosen(make_studio: Callable[..., Studio]) -> None:
    studio = make_studio()
    what = film(shot(), shot("it runs", join="continue"))
    first = shoot(studio, what)[0]
    other = Film(**{**vars(what), "shots": (shot(seed=99), what.shots[1])}).with_ids()
    shoot(studio, other)
    chosen = Film(**{**vars(other), "shots": (shot(seed=99, take=first.take_id), what.shots[1])}).with_ids()
    assert [(state.chosen, state.missing) for state in studio.film_states(chosen)] == [(True, False), (False, True)]
    made = len(studio.takes())
    shoot(studio, chosen)
    assert len(studio.takes()) == made + 1
    take = studio.film_states(chosen)[1].take
    assert take is not None
    assert take.recipe.anchors[0].sha256 == studio.take(first.take_id).sha256


def test_a_shot_whose_take_was_chosen_is_not_taken_up_again(make_studio: Callable[..., Studio]) -> None:
    """Nor does what continues it go on from the shot that was stopped."""
    studio = make_studio()
    first = shoot(studio, film(shot()))[0]
    studio.pause_queue()
    stopped = studio.shoot_film(film(shot(seed=99)))[0]
    studio.cancel(stopped.id)
    what = film(shot(seed=99, take=first.take_id), shot("it runs", join="continue"))
    jobs = studio.shoot_film(what)
    assert stopped.id not in [job.id for job in jobs] and studio.job(stopped.id).state == "cancelled"
    assert [need.job.id for need in studio.library.needs(jobs[-1].id)] == [first.id]
    studio.resume_queue()
    take = studio.take(studio.wait(jobs[-1].id, 30).take_id)
    assert take.recipe.anchors[0].sha256 == studio.take(first.take_id).sha256


def test_a_shot_that_was_edited_in_the_queue_serves_no_film(make_studio: Callable[..., Studio]) -> None:
    studio = make_studio()
    studio.pause_queue()
    what = film(shot(), shot("it runs", join="continue"), shot("a cat"))
    kept = studio.library.add_film("local", what)
    first, second, third = studio.shoot_film(what, kept.id)
    studio.edit_job(third.id, third.shot)
    assert [state.missing for state in studio.film_states(what, kept.id)] == [False] * 3, "edited to what it was"
    studio.edit_job(first.id, replace(first.shot, prompt="a wolf at night"))
    assert [state.missing for state in studio.film_states(what, kept.id)] == [True, True, False]
    studio.resume_queue()
    assert [studio.wait(job.id, 30).state for job in (first, second, third)] == ["done"] * 3
    states = studio.film_states(what, kept.id)
    assert [(state.fits, state.missing) for state in states] == [(False, True), (False, True), (True, False)]
    assert states[0].take is not None and states[0].take.recipe.prompt == "a wolf at night", "it stays with its shot"


@pytest.mark.parametrize("known", [True, False])
def test_a_continued_shot_once_more_waits_for_what_it_continues(
    make_studio: Callable[..., Studio], known: bool
) -> None:
    studio = make_studio()
    studio.pause_queue()
    first, second = studio.shoot_film(film(shot(), shot("it runs", join="continue")))
    if not known:  # as of one that came from a clone of before
        with studio.library._write() as db:
            db.execute("DELETE FROM needs")
    again = studio.clone_job(second.id)
    assert [need.job.id for need in studio.library.needs(again.id)] == ([first.id] if known else [])
    assert studio.library.recipe(again.id).frames == (8 if known else 9)
    studio.resume_queue()
    done = studio.wait(again.id, 30)
    assert done.state == "done", done.error
    given = [anchor.sha256 for anchor in studio.take(done.take_id).recipe.anchors]
    assert given == ([studio.take(studio.wait(first.id, 30).take_id).sha256] if known else [])
    if known:  # by now it holds what it goes on from
        more = studio.wait(studio.clone_job(second.id).id, 30)
        assert more.state == "done" and studio.take(more.take_id).recipe.anchors[0].sha256 == given[0]


def test_one_failure_stops_nothing_else(make_studio: Callable[..., Studio]) -> None:
    failing = {"on": True}

    def hurdle(index: int) -> None:
        if failing["on"] and generator.asked_prompt.startswith("a dog"):
            raise MemoryError

    generator = FakeGenerator(hurdle=hurdle)
    plain = generator.request

    def request(prompt: str, **more: Any) -> Any:
        generator.asked_prompt = prompt  # type: ignore[attr-defined]
        return plain(prompt, **more)

    generator.request = request  # type: ignore[method-assign]
    studio = make_studio(generator)
    what = film(shot(), shot("a dog"), shot("it goes on", join="continue"), shot("a cat"))
    states = [job.state for job in shoot(studio, what)]
    assert states == ["done", "failed", "failed", "done"]
    errors = [state.job.error for state in studio.film_states(what) if state.job is not None]
    assert "not enough memory" in str(errors[1]) and "shoot that one first" in str(errors[2])
    failing["on"] = False
    assert [job.state for job in shoot(studio, what)] == ["done"] * 4


def test_a_film_is_cut_with_its_titles_and_names_every_shot(make_studio: Callable[..., Studio], tmp_path: Path) -> None:
    studio = make_studio()
    what = film(
        shot(caption="Hello"), shot("a dog", transition="dissolve", transition_seconds=0.25), shot("a cat"),
        opening=Card("The film", 0.5), ending=Card("The end", 0.5),
    )  # fmt: skip
    shoot(studio, what)
    form = formats.choose((128, 128), studio.entry())
    done = studio.finish_film(what, studio.film_states(what), form, tmp_path / "film.mp4")
    assert done.frames == 8 + 9 + 9 - 4 + 9 + 8 == media.count_frames(tmp_path / "film.mp4")
    assert done.report["verdict"] == "local" and done.report["ai"] is True
    assert [p["title"] for p in done.report["parents"]] == ["Shot 1", "Shot 2", "Shot 3"]
    assert {p["relationship"] for p in done.report["parents"]} == {"componentOf"}
    assert "00:00:00,500 --> 00:00:01,062\nHello" in done.captions
    frames = media.decode_clip(tmp_path / "film.mp4")
    clip = media.decode_clip(studio.film_states(what)[2].take.clip)  # type: ignore[union-attr]
    alone = frames[8 + 9 + 9 - 4 :][: len(clip)].astype(int)
    assert np.abs(alone - clip).mean() < 4, "a shot is seen frame by frame as it was made"


def apart(path: Path, other: Path, frame: int) -> tuple[float, float]:
    """How much the lower right corner, and the upper half, of a frame differ between two films."""
    a, b = (media.frame_at(each, frame).astype(int) for each in (path, other))
    changed = np.abs(a - b).mean(axis=2)
    height, width = changed.shape
    return float(changed[-height // 5 :, width // 2 :].mean()), float(changed[: height // 2].mean())


@pytest.mark.parametrize("label", ["corner", "eu", "aigc", "card"])
def test_a_film_shows_the_label_once_whatever_its_shape(
    make_studio: Callable[..., Studio], tmp_path: Path, label: Any
) -> None:
    studio = make_studio()
    what = film(shot(), opening=Card("The film", 0.5))

    def finished(name: str, shape: str) -> tuple[Path, list[str | None]]:
        form = formats.choose((128, 128), studio.entry(), shape=shape)
        done = studio.finish_film(what, studio.film_states(what), form, tmp_path / name)
        assert done.report["verdict"] == "local"
        return done.path, [step["words"] for step in done.report["actions"]]

    shoot(studio, what)
    plain = {shape: finished(f"{shape[:1]}-plain.mp4", shape)[0] for shape in ("1:1", "9:16")}
    studio.prefer(label=label)
    for shape in ("1:1", "9:16"):
        path, said = finished(f"{shape[:1]}-bare.mp4", shape)
        assert LABELLED.words in said
        for frame in (4, 12):  # the title, and the shot, which was made without a label
            corner, above = apart(path, plain[shape], frame)
            assert above > 5 if label == "card" else corner > 5 * above
        assert (b"AIGC" in path.read_bytes()) == (label == "aigc")
    what = film(shot("a dog"))
    shoot(studio, what)
    one, said = finished("labelled.mp4", "1:1")
    take = studio.film_states(what)[0].take
    assert take is not None and LABELLED.words not in said, "the take shows it"
    a, b = (media.decode_clip(path).astype(int) for path in (one, take.clip))
    assert np.abs(a - b).mean() < 2
    _, said = finished("tall.mp4", "9:16")
    assert LABELLED.words in said


@pytest.mark.parametrize("fit", ["subject", "middle", "whole"])
def test_the_label_of_a_take_gives_way_where_it_is_cropped(fit: Any, tmp_path: Path) -> None:
    frames = np.full((9, 128, 128, 3), 90, np.uint8)
    with media.ClipWriter(tmp_path / "take.mp4", 128, 128, 16) as writer:
        writer.write(Painter("corner", 128, 128, 16).apply(frames))
    footage = Footage(tmp_path / "take.mp4", 9, 16, 128, 128, labelled=True)
    laid = timeline.lay(film(shot()), {0: footage}, 16, [9])
    look = picture.Look((192, 108), fit, relabelled=True)
    labeller = Labeller("corner", laid, look)
    assert labeller.paints == (fit != "whole")
    [seen, *_] = [labeller.apply(chunk) for chunk in picture.frames(laid, look)]
    assert ((seen[0] > 200).any(axis=2)[-54:].any()) and not (seen[0] > 200)[:54].any()


@pytest.mark.parametrize("suffix", ["gif", "webp", "webm"])
def test_every_kind_of_file_is_signed(make_studio: Callable[..., Studio], tmp_path: Path, suffix: str) -> None:
    studio = make_studio()
    what = film(shot())
    shoot(studio, what)
    form = formats.choose((128, 128), studio.entry(), container=suffix)
    done = studio.finish_film(what, studio.film_states(what), form, tmp_path / f"film.{suffix}")
    assert done.report["verdict"] == "local"
    assert (done.sidecar is not None) == (suffix == "webm")


def test_a_film_without_takes_or_against_the_policy_is_refused(
    make_studio: Callable[..., Studio], tmp_path: Path
) -> None:
    studio = make_studio()
    form = formats.choose((128, 128), studio.entry())
    with pytest.raises(FilmError, match="no shot of this film has a take"):
        studio.finish_film(film(shot()), studio.film_states(film(shot())), form, tmp_path / "film.mp4")
    with pytest.raises(PolicyStop):
        studio.shoot_film(film(shot(), shot("two people having graphic explicit sex")))
    assert studio.jobs() == []


FILM = """\
title: Two
size: 128x128
steps: 2
shots:
  - {prompt: a fox in the snow, seconds: 0.5}
  - {prompt: a dog, seconds: 0.5, join: continue}
"""


def test_the_command_makes_the_film_and_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTEUR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(model, "load", lambda name, **_: FakeGenerator())
    (tmp_path / "film.yaml").write_text(FILM, encoding="utf-8")
    out = tmp_path / "out" / "film.mp4"
    command = ["film", str(tmp_path / "film.yaml"), "--out", str(out), "--json"]
    assert main(command) == 0
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert (told["file"], told["frames"], told["width"], told["credential"]["state"]) == (str(out), 17, 128, "local")
    cut, joined = (one["seam"] for one in told["shots"])
    assert cut is None and joined["what"] == "from the shot before" and not joined["seamless"], "the double starts anew"
    assert [one["again"] for one in told["shots"]] == [False, False]
    assert main(command) == 0
    assert [one["again"] for one in json.loads(capsys.readouterr().out)["shots"]] == [True, True]
    assert main(command[:-1]) == 0
    assert "0 of 1 joins" in (lines := capsys.readouterr().out) and "shot 2: the join with the shot before is" in lines
    (tmp_path / "film.yaml").write_text(FILM.replace("steps: 2", "stepz: 2"), encoding="utf-8")
    assert main(command) == 2
    assert "film.yaml line 3" in json.loads(capsys.readouterr().out)["error"]
    assert main([*command[:2], "--out", str(tmp_path / "film.avi"), "--json"]) == 2


def test_the_artists_own_captions_are_never_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTEUR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(model, "load", lambda name, **_: FakeGenerator())
    own, script = tmp_path / "film.srt", tmp_path / "film.yaml"
    one = FILM.rsplit("  -", 1)[0]

    def written(text: str) -> str:
        """Where the captions of a film are."""
        script.write_text(text, encoding="utf-8")
        assert main(["film", str(script), "--json"]) == 0
        return Path(json.loads(capsys.readouterr().out)["files"][-1]).name

    text = "1\n00:00:00.000 --> 00:00:00,300\n<i>Hello</i>\n"
    own.write_text(text, encoding="utf-8")
    for _ in range(2):
        assert written(f"captions: film.srt\n{one}") == "film.captions.srt"
        assert own.read_text(encoding="utf-8") == text
    own.unlink()
    for caption in ("Oh", "No"):  # what was written here before makes room
        assert written(one.replace("0.5}", f"0.5, caption: '{caption}'}}")) == "film.srt"
        assert caption in own.read_text(encoding="utf-8")


def test_a_shot_that_is_not_written_yet_is_said_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTEUR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(model, "load", lambda name, **_: pytest.fail("nothing is rendered"))
    (tmp_path / "film.yaml").write_text(FILM + '  - {prompt: "", seconds: 0.5}\n', encoding="utf-8")
    assert main(["film", str(tmp_path / "film.yaml"), "--json"]) == 2
    assert "film.yaml line 7: shot 3: the prompt is empty" in json.loads(capsys.readouterr().out)["error"]


def test_every_link_of_a_chain_is_where_its_first_one_was(make_studio: Callable[..., Studio]) -> None:
    """What the second shot leaves unsaid, the twentieth cannot hear from the words of the nineteenth."""
    what = film(shot("a fox walks in a forest at dusk"), *(shot("it jumps", join="continue") for _ in range(19)))
    studio = make_studio()
    take = studio.take(shoot(studio, what)[-1].take_id)
    found = continuity.told(take.sha256, take.frames - 1, studio.library)
    assert found is not None and found.prompt == "the fox jumps, in a forest, at dusk"
