"""The invisible mark: read after everything that strips a credential, never where there is none, and never seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio import media
from studio.core import Studio
from studio.provenance import mark
from tests.studio.conftest import SMALL

from .conftest import ffmpeg

KEY = b"a key of thirty-two bytes, sort of"
NUMBER = "0123456789abcdef"
REMADE = {
    "crf 23": ("a.mp4", "-crf", "23"), "crf 28": ("a.mp4", "-crf", "28"), "copied": ("a.mp4", "-c", "copy"),
    "half the size": ("a.mp4", "-vf", "scale=iw/2:-2", "-crf", "23"), "gif": ("a.gif",),
    "half the rate": ("a.mp4", "-r", "8"),
}  # fmt: skip


@pytest.fixture(scope="module")
def frames() -> np.ndarray:
    """A camera that pans over soft shapes with a little texture: 32 frames of 448 x 256."""
    random = np.random.default_rng(3)
    shapes = random.integers(20, 235, (20, 40, 3)).astype(np.uint8)
    place = np.asarray(Image.fromarray(shapes).resize((640, 320), Image.Resampling.BICUBIC), np.float32)
    place += random.normal(0, 4, (320, 640, 1))
    pan = [place[index : index + 256, 4 * index : 4 * index + 448] for index in range(32)]
    return np.clip(np.stack(pan), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def marked(frames: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mark") / "marked.mp4"
    with media.ClipWriter(path, 448, 256, 16) as writer:
        writer.write(mark.Marker(NUMBER, KEY).apply(frames))
    return path


def read(frames: np.ndarray, key: bytes = KEY) -> mark.Reading:
    reading = mark.Reading(key)
    for frame in frames:
        reading.add(frame)
    return reading


@pytest.mark.parametrize("how", REMADE)
def test_the_number_is_read_after_what_strips_a_credential(how: str, marked: Path, tmp_path: Path) -> None:
    name, *options = REMADE[how]
    ffmpeg("-i", marked, *options, tmp_path / name)
    found = read(media.decode_clip(tmp_path / name))
    decoys = [mark.new_number() for _ in range(2000)]
    best = found.best([*decoys, NUMBER])
    assert best is not None and best[0] == NUMBER and best[1] >= mark.MATCH
    assert found.wrong_bits(NUMBER) <= 6
    other = found.best(decoys)
    assert other is not None and other[1] < mark.MATCH - 0.1


def test_no_number_is_read_where_there_is_none_or_with_another_key(frames: np.ndarray, marked: Path) -> None:
    numbers = [mark.new_number() for _ in range(5000)]
    for reading in (read(frames), read(media.decode_clip(marked), b"another key")):
        best = reading.best([*numbers, NUMBER])
        assert best is not None and best[1] < mark.MATCH
    assert mark.Reading(KEY).best(numbers) is None and read(frames).best([]) is None


def test_it_is_not_seen_and_comes_out_the_same_in_any_pieces(frames: np.ndarray) -> None:
    whole = mark.Marker(NUMBER, KEY).apply(frames)
    error = np.mean((whole.astype(float) - frames) ** 2)
    assert 10 * np.log10(255**2 / error) > 38
    pieces = mark.Marker(NUMBER, KEY)
    again = np.concatenate([pieces.apply(frames[:1]), pieces.apply(frames[1:8]), pieces.apply(frames[8:])])
    assert np.array_equal(whole, again)


def test_a_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    key = mark.load_key(tmp_path / "home" / "mark.key")
    assert len(key) == 32 and mark.load_key(tmp_path / "home" / "mark.key") == key
    assert (tmp_path / "home" / "mark.key").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["mark.key"]


def test_a_marked_take_is_found_again_by_its_number_and_its_credential_says_so(
    make_studio: Callable[..., Studio], tmp_path: Path
) -> None:
    studio = make_studio()
    assert studio.preferences().mark == "off"
    studio.prefer(mark="on")
    job = studio.wait(studio.submit(replace(SMALL, size="landscape")).id, 30)
    assert job.take_id is not None, job.error
    clip = studio.take(job.take_id).clip
    report = studio.verify(clip)
    assert report.verdict == "local"
    assert [step["action"] for step in report.actions] == ["created", "watermarked.unbound"]
    (number,) = studio.library.credential_marks()
    assert number.encode() not in clip.read_bytes() and mark.number_hash(number).encode() in clip.read_bytes()
    ffmpeg("-i", clip, "-crf", "28", tmp_path / "again.mp4")
    found = studio.verify(tmp_path / "again.mp4")
    assert (found.verdict, found.found_by) == ("recovered", "mark")
    assert studio.take(job.take_id).seconds["mark"] > 0


@pytest.mark.parametrize("label", ["corner", "card", "eu", "aigc"])
def test_a_visible_label_is_in_the_pictures_and_in_the_credential(
    make_studio: Callable[..., Studio], label: str
) -> None:
    studio = make_studio()
    plain = studio.wait(studio.submit(SMALL).id, 30)
    studio.prefer(label=label)
    job = studio.wait(studio.submit(SMALL).id, 30)
    assert plain.take_id is not None and job.take_id is not None, job.error
    a, b = (media.frame_at(studio.take(take).clip, 2).astype(int) for take in (plain.take_id, job.take_id))
    changed = np.abs(a - b).max(axis=2) > 24
    assert changed[-40:, -110:].any()
    assert changed[:40].any() == (label == "card")
    report = studio.verify(studio.take(job.take_id).clip)
    assert report.actions[-1]["words"] == "Added a visible label that says AI-made"
    assert report.verdict == "local" and report.recipe_verified
    assert any("AIGC" in line for line in report.labels) == (label == "aigc")


def test_the_words_that_stay_at_home_leave_a_salted_hash(make_studio: Callable[..., Studio]) -> None:
    studio = make_studio()
    studio.prefer(privacy="no-prompt")
    takes = [studio.wait(studio.submit(SMALL).id, 30).take_id for _ in range(2)]
    recipes = [studio.verify(studio.take(take).clip).recipe for take in takes if take]
    hashes = [recipe["prompt_sha256"] for recipe in recipes if recipe]
    assert all(len(each) == 64 for each in hashes) and len(set(hashes)) == 2, "the same words, another salt"
    assert all(SMALL.prompt not in json.dumps(recipe) for recipe in recipes)
