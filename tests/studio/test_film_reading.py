"""film.yaml: what is right is read in full, what is wrong is said in one line with the line it stands in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import FilmError
from studio.films import casting, reading, schema, writing
from studio.films.script import Card, Film, FilmShot, Given, Member, from_dict

GOOD = """\
title: The fox and the lantern
size: landscape
seed: 7
weather: snowfall
cast:
  mira: {kind: character, looks: a red fox with a blue scarf, pictures: [mira.png]}
opening: "The fox\\nA film"
shots:
  - {prompt: "@mira walks through a snowy forest at dusk", seconds: 4, camera: pan left, name: walk}
  - {prompt: "@mira finds a glowing lantern", seconds: 4, join: continue}
  - {prompt: "@mira looks up at the stars, and @mira sits", join: cut, transition: dissolve, caption: "Oh!"}
  - a plain line is a shot too
ending: {text: The end, seconds: 1.5}
music: {file: song.wav, fade_out: 3}
captions: {shown: false}
"""


def read(text: str, folder: Path) -> Film:
    (folder / "film.yaml").write_text(text, encoding="utf-8")
    return reading.read(folder / "film.yaml")


@pytest.fixture
def folder(tmp_path: Path, picture: Path) -> Path:
    (tmp_path / "mira.png").write_bytes(picture.read_bytes())
    (tmp_path / "song.wav").write_bytes(b"RIFF\0\0\0\0WAVE")
    return tmp_path


def test_a_film_is_read_in_full_and_survives_its_own_record(folder: Path) -> None:
    film = read(GOOD, folder)
    assert (film.title, film.size, film.seed, film.look.weather) == (
        "The fox and the lantern", "landscape", 7, "snowfall",
    )  # fmt: skip
    assert [shot.join for shot in film.shots] == ["cut", "continue", "cut", "cut"]
    assert film.shots[0].direction.camera == "pan left" and film.shots[2].transition == "dissolve"
    assert film.cast[0].pictures[0].name == "mira.png" and Path(film.cast[0].pictures[0].path).is_file()
    assert film.opening is not None and film.opening.text == "The fox\nA film"
    assert film.music is not None and film.music.fade_out == 3 and not film.captions.shown
    assert len({shot.id for shot in film.shots}) == 4
    assert from_dict(film.to_dict()) == film


def test_a_name_becomes_looks_and_then_the_looks_again(folder: Path) -> None:
    film = read(GOOD, folder)
    told = casting.spoken(film.shots[2].prompt, film.cast)
    assert told == "a red fox with a blue scarf looks up at the stars, and the red fox with a blue scarf sits"


def test_a_file_is_found_by_its_name_to_the_letter(tmp_path: Path, picture: Path) -> None:
    deep = tmp_path / ("a" * 100) / ("b" * 100)
    deep.mkdir(parents=True)
    names = [str(deep / "fox.png"), "my  fox.png", f"{'long ' * 20}fox.png"]
    for name in names:
        (tmp_path / name).write_bytes(picture.read_bytes())
    film = read("shots:\n" + "".join(f"  - {{prompt: a, first: {name!r}}}\n" for name in names), tmp_path)
    assert [Path(shot.first.path) for shot in film.shots if shot.first] == [tmp_path / name for name in names]
    with pytest.raises(FilmError, match="line 2: first has 4001 characters: up to 4000 are read"):
        read(f"shots:\n  - {{prompt: a, first: {'x' * 4001}}}", tmp_path)


def test_what_a_studio_writes_of_an_unfinished_film_can_be_read() -> None:
    long = Given(f"{'a' * 116}.png", sha256="ab" * 32)
    cast = tuple(Member(name, looks="a fox") for name in ("2fox", "Fox", "someone", "someone", "7"))
    shots = (FilmShot("", first=long, join="continue"), FilmShot("@gone", seconds=0.1, steps=0), FilmShot("", name="a"))
    film = Film(cast=cast, shots=shots, opening=Card("", 1.0))

    def find(named: str) -> Given | None:
        return Given(named.rpartition("/")[2], sha256=named[6:70]) if named.startswith("given:") else None

    text = writing.write(film, lambda given: f"given:{given.sha256}/{given.name}")
    again = reading.parse(text, find, unfinished=True)
    assert [member.name for member in again.cast] == ["fox", "Fox_2", "someone", "someone_2", "someone_3"]
    assert [shot.prompt for shot in again.shots] == ["", "@gone", ""] and again.shots[0].first == long
    assert (again.shots[1].seconds, again.shots[1].steps, again.opening) == (0.3, 1, Card("", 1.0))
    with pytest.raises(FilmError, match="@gone is not in the cast"):
        reading.parse(text.replace("0.1", "0.3").replace("steps: 0", "steps: 1"), find)


WRONG = [
    ("shots:\n  - {prompt: a fox, secondz: 4}", 2, "did you mean 'seconds'?"),
    ("shots:\n  - {prompt: a fox}\ncolour: red", 3, "has no key 'colour'"),
    ("cast:\n  mira: {pictures: [gone.png]}\nshots: [a fox]", 2, "there is no file 'gone.png'"),
    ("cast:\n  mira: {looks: a fox}\nshots:\n  - \"@mirra runs\"", 4, "did you mean @mira?"),
    ("shots:\n  - \"@mira runs\"", 2, "the film has no cast yet"),
    ("shots:\n  - {prompt: a fox, join: continue}", 2, "nothing to continue"),
    (
        "shots:\n  - {prompt: a, name: one, join: continue, after: two}\n"
        "  - {prompt: b, name: two, join: continue, after: one}",
        2, "in a circle: two → one → two",
    ),
    ("shots:\n  - a\n  - {prompt: b, join: continue, after: here}", 3, "no shot is called so"),
    ("shots:\n  - a\n  - {prompt: b, join: continue, transition: dissolve}", 3, "a transition between them cannot be"),
    ("shots:\n" + "  - a fox\n" * 500, 2, "500 shots are too many: up to 120"),
    ("shots:\n  - {prompt: a fox, seconds: 90}", 2, "seconds 90 does not work: 0.3 to 60"),
    ("shots:\n  - {prompt: a fox, seconds: soon}", 2, "'soon' is not a number"),
    ("shots:\n  - {prompt: a fox, join: melt}", 2, "join 'melt' is not known: cut, continue"),
    ("shots:\n  - {seconds: 4}", 2, "shot 1 has no prompt"),
    ("shots:\n  - {prompt: a, prompt: b}", 2, "'prompt' twice"),
    ("title: x", 1, "the film has no shots"),
    ("shots: []", 1, "at least one shot"),
    ("shots:\n  - &a {prompt: a}\n  - *a", 2, "anchor or alias"),
    ("shots:\n  - !!python/object/apply:os.system [ls]", 2, "a tag (!)"),
    ("shots: [\n  a", 2, ""),
    ("shots:\n  - {prompt: a, seconds: 2, trim_start: 1.5, trim_end: 0.5}", 2, "leave nothing of its 2 s"),
    ("shots:\n  - {prompt: a, trim_start: -1}", 2, "trim_start -1 does not work: 0 to 60"),
    ("shots:\n  - {prompt: a, control: gone.mp4}", 2, "control: there is no file 'gone.mp4'"),
    ("shots:\n  - prompt: a\n    mask: [a.png, b.png]", 3, "mask is a short text"),
    ("shots:\n  - prompt: a\n    outpaint: wide", 3, "outpaint is true or false"),
    ("shots:\n  - a\n  - {prompt: b, block_cache: 2}", 3, "block_cache 2 does not work: 0 to 0.5"),
    ("guided: 0\nshots: [a]", 1, "guided 0 does not work: 0.1 to 1"),
    ("guided: all\nshots: [a]", 1, "guided 'all' is not a number: 0.1 to 1"),
    ("music: song.mp3\nshots: [a]", 1, "there is no file 'song.mp3'"),
    ("title: x\nmusic: notes.txt\nshots: [a]", 2, "notes.txt is not a sound file"),
    ("voice:\n  file: notes.txt\nshots: [a]", 2, "notes.txt is not a sound file"),
    ("captions: notes.txt\nshots: [a]", 1, "not an SRT file"),
    ("cast:\n  mira: {pictures: [notes.txt]}\nshots: [a]", 2, "notes.txt"),
    ("shots:\n  - {prompt: a, first: notes.txt}", 2, "notes.txt"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "words"), WRONG, ids=[words or "broken" for _, _, words in WRONG])
def test_what_is_wrong_is_said_in_one_line_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    (tmp_path / "notes.txt").write_text("neither a picture nor a sound\n")
    with pytest.raises(FilmError) as caught:
        read(text, tmp_path)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"film.yaml line {line}: ") and "\n" not in str(caught.value)
    assert caught.value.line == line


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "big.yaml").write_bytes(b"#" * (schema.MAX_BYTES + 1))
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\xff")
    for name in ("big.yaml", "bytes.yaml", "gone.yaml", ""):
        with pytest.raises(FilmError):
            reading.read(tmp_path / name)


@given(
    st.text(max_size=200) | st.from_regex(r"(shots:|cast:|  - |\{|\}|prompt: |@a|&b|\n|: |- ){1,20}", fullmatch=True)
)
def test_no_text_does_anything_but_become_a_film_or_an_error(text: str) -> None:
    try:
        film = reading.parse(text, lambda name: Given(name))
    except FilmError as error:
        assert "\n" not in str(error)
    else:
        assert film.shots


def test_the_document_lists_every_key() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "film.md").read_text(encoding="utf-8")
    assert schema.document() in page, "docs/film.md: put in what `python -m studio.films.schema` prints"
