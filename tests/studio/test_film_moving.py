"""Films that are kept, taken back, handed to other programs and moved to other machines."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest
from PIL import Image

from studio import media, policing
from studio.core import Studio
from studio.engines.local import LocalEngine
from studio.errors import Conflict, FilmError, NotFound, PolicyStop, StudioError
from studio.films import likeness, listing, packing, reading, timelines, writing
from studio.films.likeness import Looks
from studio.films.script import Captions, Card, Film, FilmShot, Given, Member
from studio.library import Library
from studio.settings import Settings
from tests.studio.doubles import FakeGenerator
from tests.studio.provenance.conftest import ffmpeg
from tests.studio.test_film_finish import tone

SHORT: dict[str, Any] = {"seconds": 0.5, "steps": 2}


def film(*prompts: str, **more: Any) -> Film:
    shots = tuple(FilmShot(prompt, **SHORT) for prompt in prompts or ("a fox", "a dog"))
    return Film(size="128x128", shots=shots, **more).with_ids()


def test_every_edit_can_be_taken_back_and_done_again(library: Library) -> None:
    kept = library.add_film("local", film("one"))
    for prompt in ("two", "three"):
        changed = replace(kept.film, shots=(replace(kept.film.shots[0], prompt=prompt),))
        kept = library.edit_film(kept.id, "local", kept.version, changed, f"to {prompt}")
    assert (kept.undo, kept.redo) == ("to three", "")
    kept = library.step_film(kept.id, "local", -1)
    assert (kept.film.shots[0].prompt, kept.undo, kept.redo) == ("two", "to two", "to three")
    assert library.step_film(kept.id, "local", 1).film.shots[0].prompt == "three"
    for _ in range(2):
        kept = library.step_film(kept.id, "local", -1)
    assert kept.film.shots[0].prompt == "one"
    with pytest.raises(Conflict):
        library.step_film(kept.id, "local", -1)


def test_typing_in_one_field_is_one_edit(library: Library) -> None:
    kept = library.add_film("local", film("a"))
    for prompt in ("a f", "a fo", "a fox"):
        changed = replace(kept.film, shots=(replace(kept.film.shots[0], prompt=prompt),))
        kept = library.edit_film(kept.id, "local", kept.version, changed, "Words of shot 1", typing=True)
    assert library.step_film(kept.id, "local", -1).film.shots[0].prompt == "a"


def test_the_second_tab_is_told_and_nothing_is_overwritten(library: Library) -> None:
    kept = library.add_film("local", film("a"))
    library.edit_film(kept.id, "local", kept.version, replace(kept.film, title="First"), "title")
    with pytest.raises(Conflict, match="another tab"):
        library.edit_film(kept.id, "local", kept.version, replace(kept.film, title="Second"), "title")
    assert library.film(kept.id, "local").film.title == "First"
    with pytest.raises(NotFound):
        library.film(kept.id, "browser-x")


def test_a_film_is_written_as_it_is_read() -> None:
    text = """\
title: "The fox: a film"
size: square
seed: 3
negative: people
cast:
  mira: {kind: character, looks: a red fox, pictures: [mira.png]}
opening: {text: "Hello\\nthere", seconds: 1}
shots:
- {prompt: "@mira runs", name: run, seconds: 2, camera: pan left}
- {prompt: it goes on, seconds: 3, join: continue, after: run, seed: 5, caption: "Oh: no"}
- {prompt: a dog, seconds: 4, transition: dip white, transition_seconds: 1, first: dog.png}
music: {file: song.mp3, gain: -3}
captions: false
"""
    film = reading.parse(text, lambda name: Given(name))
    again = reading.parse(writing.write(film), lambda name: Given(name))

    def bare(one: Film) -> Film:
        return replace(one, shots=tuple(replace(shot, id="", line=0) for shot in one.shots))

    assert bare(again) == bare(film)


def test_an_editors_program_finds_every_clip_at_its_time(make_studio: Callable[..., Studio], tmp_path: Path) -> None:
    studio = make_studio()
    music = Given("m.wav", path=str(tone(tmp_path / "m.wav", 2)))
    what = film("a fox", "a dog", "a cat", "a lion", opening=Card("Title", 1.0))
    shots = list(what.shots)
    shots[1] = replace(shots[1], transition="dissolve", transition_seconds=0.25)
    from studio.films.script import Sound

    what = replace(what, shots=tuple(shots), music=Sound(music, at=0.5))
    first = studio.shoot_film(what, only={shot.id for shot in shots[:3]})
    for job in first:
        assert studio.wait(job.id, 30).state == "done"
    material = studio.material(what, studio.film_states(what))
    path = tmp_path / "film.otio"
    path.write_text(timelines.document(material, lambda found: found.as_uri()), encoding="utf-8")
    read = otio.adapters.read_from_file(str(path))
    track = read.video_tracks()[0]
    assert read.duration() == otio.opentime.RationalTime(material.timeline.frames, 16)
    clips = list(track.find_clips())
    takes = [state.take for state in studio.film_states(what)[:3]]
    assert [clip.media_reference.target_url for clip in clips] == [take.clip.as_uri() for take in takes if take]
    begins = [track.trimmed_range_of_child(clip).start_time.value for clip in clips]
    assert begins == [16, 16 + 9 - 2, 16 + 9 - 4 + 9]
    for clip in clips:
        whole, used = clip.available_range(), clip.source_range
        assert whole.start_time <= used.start_time and used.end_time_exclusive() <= whole.end_time_exclusive()
    kinds = [type(item).__name__ for item in track]
    assert kinds == ["Gap", "Clip", "Transition", "Clip", "Clip", "Gap"]
    sound = read.audio_tracks()[0]
    assert sound.duration() == read.duration() and [type(item).__name__ for item in sound] == ["Gap", "Clip"]


def test_an_editor_is_handed_the_whole_take_and_the_part_that_is_seen(make_studio: Callable[..., Studio]) -> None:
    studio = make_studio()
    what = film("a fox", "a dog")
    for job in studio.shoot_film(what):
        studio.wait(job.id, timeout=60)
    shots = (replace(what.shots[0], trim_start=0.125, trim_end=0.0625), what.shots[1])
    what = replace(what, shots=shots)
    text = timelines.document(studio.material(what, studio.film_states(what)), lambda found: found.as_uri())
    clips = list(otio.adapters.read_from_string(text, "otio_json").video_tracks()[0].find_clips())
    ranges = [(each.source_range.start_time.value, each.source_range.duration.value) for each in clips]
    assert ranges == [(2, 6), (0, 9)] and clips[0].available_range().duration.value == 9
    assert writing.write(what).count("trim_") == 2


def test_a_film_moves_to_another_machine_with_its_takes(
    make_studio: Callable[..., Studio], tmp_path: Path, picture: Path
) -> None:
    studio = make_studio()
    cast = (Member("mira", looks="a red fox", pictures=(Given("mira.png", path=str(picture)),)),)
    what = film("@mira runs", "a dog", cast=cast)
    for job in studio.shoot_film(what):
        assert studio.wait(job.id, 30).state == "done"
    studio.pack_film(what, studio.film_states(what), tmp_path / "film.zip")
    there = Settings.from_env({}, home=tmp_path / "there")
    engine = LocalEngine(there, Library(there.home), load=lambda name: FakeGenerator())
    with Studio(there, engine) as other:
        kept = other.unpack_film(tmp_path / "film.zip")
        states = other.film_states(kept.film, kept.id)
        assert [state.fits for state in states] == [True, True]
        assert [state.take.sha256 for state in states if state.take] == [
            state.take.sha256 for state in studio.film_states(what) if state.take
        ]
        for state in states:  # a recipe that came along with a clip is somebody's word
            assert state.take is not None and other.library.recipe_of(state.take.sha256) is None
            assert studio.library.recipe_of(state.take.sha256) is not None
        path = other.locate(kept.film.cast[0].pictures[0])
        assert path is not None and path.read_bytes() == picture.read_bytes()
        assert other.shoot_film(kept.film, kept.id) and len(other.takes()) == 2, "nothing has to be shot again"


def test_an_unfinished_film_moves_too(make_studio: Callable[..., Studio], tmp_path: Path) -> None:
    studio = make_studio()
    what = Film(size="128x128", cast=(Member("2fox"),), shots=(FilmShot("a fox", **SHORT), FilmShot(""))).with_ids()
    states = studio.states_of(what, studio.try_film(what), "", "local")
    studio.pack_film(what, states, tmp_path / "film.zip")
    kept = studio.unpack_film(tmp_path / "film.zip")
    assert [shot.prompt for shot in kept.film.shots] == ["a fox", ""] and kept.film.cast[0].name == "fox"
    with pytest.raises(FilmError, match="shot 2: the prompt is empty"):
        studio.shoot_film(kept.film, kept.id)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Studio]:
    """A studio on another machine."""
    there = Settings.from_env({}, home=tmp_path / "there")
    engine = LocalEngine(there, Library(there.home), load=lambda name: FakeGenerator())
    with Studio(there, engine) as other:
        yield other


def test_what_was_chosen_and_what_continues_it_arrive(
    make_studio: Callable[..., Studio], elsewhere: Studio, tmp_path: Path
) -> None:
    studio = make_studio()
    shots = (FilmShot("a fox", **SHORT), FilmShot("it runs", join="continue", **SHORT))
    what = Film(size="128x128", shots=shots).with_ids()
    other = studio.wait(studio.shoot_film(film("a wolf"))[0].id, 30).take_id
    what = replace(what, shots=(replace(what.shots[0], take=other), what.shots[1]))
    for job in studio.shoot_film(what):
        assert studio.wait(job.id, 30).state == "done"
    states = studio.film_states(what)
    assert [(state.fits, state.chosen) for state in states] == [(False, True), (True, False)]
    studio.pack_film(what, states, tmp_path / "film.zip")
    kept = elsewhere.unpack_film(tmp_path / "film.zip")
    arrived = elsewhere.film_states(kept.film, kept.id)
    assert [state.missing for state in arrived] == [False, False], "nothing has to be shot again"
    assert [s.take.sha256 for s in arrived if s.take] == [s.take.sha256 for s in states if s.take]


def packed(studio: Studio, path: Path, *, consent: bool = False) -> Path:
    """The zip of a film whose shot is made."""
    what = film("a fox", consent=consent)
    for job in studio.shoot_film(what):
        assert studio.wait(job.id, 30).state == "done"
    studio.pack_film(what, studio.film_states(what), path)
    return path


def rewritten(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """The zip with every file of that name changed."""
    with zipfile.ZipFile(path) as archive:
        files = {entry: archive.read(entry) for entry in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for entry, data in files.items():
            archive.writestr(entry, change(data) if entry.endswith(f"/{name}") else data)
    return path


def refused(studio: Studio, path: Path, error: type[StudioError], words: str) -> None:
    """The studio does not take the zip in, says why, and keeps nothing of it."""
    with pytest.raises(error, match=words):
        studio.unpack_film(path)
    assert studio.takes() == [] and studio.library.films("local") == []
    assert list((studio.settings.home / "takes").glob("*")) == []


def test_takes_of_a_zip_are_looked_at_before_they_are_kept(
    make_studio: Callable[..., Studio], elsewhere: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = make_studio()
    path = packed(studio, tmp_path / "film.zip")
    monkeypatch.setattr(policing.pictures, "nudity", lambda picture: 0.9)
    policing._seen.cache_clear()
    refused(elsewhere, path, PolicyStop, "a take in it may not be kept here. It seems to show nudity")
    noted = (elsewhere.settings.home / "policy" / "audit.jsonl").read_text().splitlines()
    assert [json.loads(line)["category"] for line in noted] == ["sexual"]
    studio.unpack_film(path)  # what this very studio signed was looked at when it was made


def test_faces_in_takes_of_a_zip_are_asked_about(
    make_studio: Callable[..., Studio], elsewhere: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, agreed = packed(make_studio(), tmp_path / "a.zip"), packed(make_studio(), tmp_path / "b.zip", consent=True)
    monkeypatch.setattr(policing.pictures, "faces", lambda picture: 1)
    policing._seen.cache_clear()
    refused(elsewhere, path, PolicyStop, "seems to show a person.*consent: yes")
    assert elsewhere.unpack_film(agreed) and len(elsewhere.takes()) == 1
    elsewhere.__dict__["gate"] = policing.Gate(tmp_path / "strict", "strict", tmp_path / "strict")
    with pytest.raises(PolicyStop, match="the face of a real person"):
        elsewhere.unpack_film(agreed)


@pytest.mark.parametrize("field", ["prompt", "rendered_prompt"])
def test_words_of_takes_in_a_zip_are_read(
    make_studio: Callable[..., Studio], elsewhere: Studio, tmp_path: Path, field: str
) -> None:
    path = packed(make_studio(), tmp_path / "film.zip")
    for words, told in (
        ("a naked woman on a bed", "nudity or sexual content"), ("Taylor Swift in a boat", "real people"),
    ):  # fmt: skip

        def change(data: bytes, words: str = words) -> bytes:
            return json.dumps(json.loads(data) | {field: words}).encode()

        refused(elsewhere, rewritten(path, "recipe.json", change), PolicyStop, told)


def test_a_take_in_a_zip_needs_a_credential_that_holds_and_its_poster_is_made_again(
    make_studio: Callable[..., Studio], elsewhere: Studio, tmp_path: Path
) -> None:
    path = packed(make_studio(), tmp_path / "film.zip")
    rewritten(path, "poster.jpg", lambda data: b"something else")
    kept = elsewhere.unpack_film(path)
    [state] = elsewhere.film_states(kept.film, kept.id)
    assert state.take is not None
    shown, frame = Image.open(state.take.poster).convert("RGB"), media.frame_at(state.take.clip, 4)
    assert np.abs(np.asarray(shown, int) - frame).mean() < 4
    elsewhere.library.delete_owner("local")

    def bare(data: bytes) -> bytes:
        (tmp_path / "in.mp4").write_bytes(data)
        ffmpeg("-i", tmp_path / "in.mp4", "-c", "copy", tmp_path / "out.mp4")
        return (tmp_path / "out.mp4").read_bytes()

    refused(elsewhere, rewritten(path, "clip.mp4", bare), FilmError, "carries no credential")


def test_every_word_that_a_film_shows_is_read(make_studio: Callable[..., Studio], tmp_path: Path) -> None:
    studio = make_studio()
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nTaylor Swift was arrested today\n", encoding="utf-8")
    for what in (
        film(captions=Captions(Given("words.srt", path=str(words)))),
        film(opening=Card("Taylor Swift was arrested today", 1.0)), film(title="Taylor Swift was arrested today"),
        Film(size="128x128", shots=(FilmShot("a fox", caption="Taylor Swift was arrested today", **SHORT),)).with_ids(),
    ):  # fmt: skip
        with pytest.raises(PolicyStop):
            studio.shoot_film(what)
    assert studio.jobs() == []


def evil(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"film.yaml": b"shots: [a fox]", **files}.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"../evil.txt": b"x"}, "leads out"),
        ({"a/../../evil.txt": b"x"}, "leads out"),
        ({"/etc/evil": b"x"}, "leads out"),
        ({"..\\evil.txt": b"x"}, "leads out"),
        ({"C:\\evil.txt": b"x"}, "leads out"),
        ({"files/bomb.bin": b"\0" * 30_000_000}, "bomb"),
        ({"film.yaml": b"shots: []"}, "at least one shot"),
        ({f"files/{n}": b"" for n in range(2100)}, "more than 2000"),
    ],
)
def test_a_zip_that_means_harm_leaves_nothing(
    make_studio: Callable[..., Studio], tmp_path: Path, files: dict[str, bytes], words: str
) -> None:
    studio = make_studio()
    before = sorted(tmp_path.rglob("*"))
    path = evil(tmp_path / "film.zip", **files)
    with pytest.raises(FilmError, match=words) as caught:
        studio.unpack_film(path)
    assert "\n" not in str(caught.value)
    path.unlink()
    assert [one for one in sorted(tmp_path.rglob("*")) if one not in before and "lock" not in one.name] == []
    assert studio.library.films("local") == []


def test_a_zip_whose_sizes_lie_is_stopped(tmp_path: Path) -> None:
    path = evil(tmp_path / "film.zip", **{"film.yaml": b"cast:\n  m: {pictures: [files/a.png]}\nshots: [a]"})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("files/a.png", b"\0" * 100, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 24] = 10  # the list says 10 bytes
    path.write_bytes(bytes(data))
    with pytest.raises(FilmError):
        packing.unpack(path, tmp_path / "out")
    (tmp_path / "no.zip").write_bytes(b"PK\x03\x04nonsense")
    with pytest.raises(FilmError, match="not a zip"):
        packing.unpack(tmp_path / "no.zip", tmp_path / "out")
    assert packing.is_packed(tmp_path / "no.zip"), "a damaged zip is told as one, and not as a wrong film.yaml"


def test_takes_of_a_stranger_are_looked_at(tmp_path: Path, make_studio: Callable[..., Studio]) -> None:
    studio = make_studio()
    take, listed = f"t{'0' * 16}", [{"shot": 0, "key": "0" * 64, "take": f"t{'0' * 16}"}]
    files = {f"takes/{take}/{name}": b"junk" for name in packing.TAKE_FILES}
    path = evil(tmp_path / "film.zip", **files, **{"takes.json": json.dumps(listed).encode()})
    with pytest.raises(FilmError, match="a take in this zip cannot be read"):
        studio.unpack_film(path)
    assert studio.takes() == [] and studio.library.films("local") == []


def test_a_list_of_shots_becomes_cards_and_back() -> None:
    shot = FilmShot(
        "At night. Shot 1: a fox runs. Shot 2 (3 s): it sleeps; Shot 3: the moon", seconds=9, seed=5, id="s"
    )
    cards = listing.to_cards(shot)
    told = ["At night, a fox runs.", "At night, the fox sleeps", "At night, the moon"]
    assert [card.prompt for card in cards] == told
    assert [card.seconds for card in cards] == [3.0, 3.0, 3.0] and [card.seed for card in cards] == [5, 5, 5]
    one = listing.to_list(cards)
    assert one.seconds == 9 and one.prompt.startswith("Shot 1 (3 s): At night, a fox runs. Shot 2 (3 s): ")
    assert [card.prompt.rstrip(".") for card in listing.to_cards(one)] == [card.prompt.rstrip(".") for card in cards]
    assert listing.to_cards(FilmShot("a fox in one shot")) == (FilmShot("a fox in one shot"),)


def scene(colour: tuple[int, int, int], ground: tuple[int, int, int], left: int) -> np.ndarray:
    frame = np.full((72, 128, 3), ground, np.uint8)
    frame[20:60, left : left + 30] = colour
    return np.stack([frame] * 3)


def test_a_shot_that_lost_its_subject_is_told() -> None:
    orange, blue = (230, 120, 30), (40, 60, 200)
    shown = [
        (orange, (200, 210, 220), 40, "fox"), (orange, (60, 90, 60), 60, "fox"),
        (blue, (200, 210, 220), 50, "fox"), (orange, (60, 90, 60), 50, "elephant"),
    ]  # fmt: skip
    looks = {
        index: Looks(seen, 0.9, tuple(likeness.colours(scene(colour, ground, left))))
        for index, (colour, ground, left, seen) in enumerate(shown)
    }
    assert likeness.alike(looks[0].colours, looks[1].colours) > 2 * likeness.alike(looks[0].colours, looks[2].colours)
    cast = (Member("mira", looks="a red fox"),)
    found = likeness.kept(film(*["@mira runs"] * 4, cast=cast), looks)
    assert [bool(one.lost) for one in found] == [False, False, True, True]
    assert "elephant" in found[3].lost and "does not look the same" in found[2].lost


def test_another_light_is_not_another_subject() -> None:
    day, night = (230, 120, 30), (60, 40, 90)
    looks = {
        index: Looks("fox", 0.9, tuple(likeness.colours(scene(colour, (200, 210, 220), 40 + index))))
        for index, colour in enumerate((day, night))
    }
    cast = (Member("mira", looks="a red fox"),)
    told = likeness.kept(film("@mira runs in a forest", "@mira stands on a beach at night", cast=cast), looks)
    assert told[1].alike is not None and told[1].alike < likeness.ALIKE and not told[1].lost
    told = likeness.kept(film("@mira runs on a beach at night", "@mira stands on a beach at night", cast=cast), looks)
    assert "does not look the same" in told[1].lost
