"""Pictures from outside move, are the same from the same seed, and are called what they are."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from model.world.__main__ import main
from model.world.art import COMMITTED, Art
from model.world.outside import KINDS, Outside, clips
from model.world.outside_drawings import CREATURES, creature, scenery
from model.world.outside_pictures import MAKERS, PHOTOGRAPHS, hill, page, photograph, photographs
from model.world.preview import KINDS as SHOWN
from model.world.preview import Preview, preview, shown
from model.world.scene import SUBJECT
from model.world.style_filters import Sheet
from tests.world.test_captions import NEGATIONS

pytestmark = pytest.mark.world
SHEET = Sheet(60, 90, 4, torch.device("cpu"))


@pytest.fixture(scope="module")
def outside() -> Outside:
    return Outside(Art(COMMITTED), 96, 64)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_moves_and_has_words(outside: Outside, kind: str) -> None:
    for seed in range(4):
        clip, words = outside.clip(seed, 9, kind)
        assert clip.dtype == torch.uint8 and clip.shape == (9, 3, 64, 96)
        assert float((clip[0].float() - clip[8].float()).abs().mean()) > 0.02, words
        assert 5 <= len(words) <= 200 and words == words.strip() and not NEGATIONS.search(words)


def test_the_same_seed_makes_the_same_clip(outside: Outside) -> None:
    frames, words = outside.batch([5, 6], 5)
    assert frames.shape == (2, 5, 3, 64, 96) and len(words) == 2
    again, word = clips(6, 5, 96, 64, art=Art(COMMITTED))
    assert torch.equal(frames[1], again) and words[1] == word
    assert not torch.equal(frames[0], frames[1])


@pytest.mark.parametrize("maker", sorted(MAKERS))
def test_every_texture_is_a_picture_of_its_own(maker: str) -> None:
    one, two = (MAKERS[maker](SHEET, random.Random(seed)) for seed in (1, 2))
    for picture in (one, two):
        assert picture.shape == (3, 60, 90) and 0 <= float(picture.min()) and float(picture.max()) <= 1.0001
        assert float(picture.std()) > 0.01
    assert not torch.equal(one, two) and torch.equal(one, MAKERS[maker](SHEET, random.Random(1)))


def test_paper_is_light_and_masks_have_two_sides() -> None:
    for seed in range(6):
        assert float(page(SHEET, random.Random(seed)).mean()) > 0.5
        mask = hill(SHEET, random.Random(seed))
        assert mask.shape == (60, 90) and 0 <= float(mask.min()) and float(mask.max()) <= 1


@pytest.mark.parametrize("subject", sorted(CREATURES))
def test_a_child_can_draw_it_and_it_walks(subject: str) -> None:
    assert subject in SUBJECT
    drawn = creature(subject, random.Random(3))
    assert drawn.dtype == torch.uint8 and drawn.shape[1:] == (4, 160, 160)
    assert 0.08 < float((drawn[0, 3] > 128).float().mean()) < 0.8
    assert not torch.equal(drawn[0], drawn[2])
    assert torch.equal(drawn, creature(subject, random.Random(3)))


def test_a_scene_by_a_child_says_what_is_in_it() -> None:
    names = {name for seed in range(12) for name in scenery(random.Random(seed), 90, 60)[1]}
    assert names == {"a sun", "a house", "a tree", "flowers"}


def test_photographs_are_named_with_their_licence_and_never_needed() -> None:
    assert all(licence for _, _, licence in PHOTOGRAPHS.values())
    assert set(photographs().values()) <= {shows for _, shows, _ in PHOTOGRAPHS.values()}
    taken = photograph(SHEET, random.Random(0))
    assert taken is None or taken[0].shape == (3, 60, 90)


@pytest.mark.parametrize("kind", (*SHOWN, None))
def test_a_preview_of_every_kind_shows_what_it_says(kind: str | None) -> None:
    made = list(shown(Preview(count=2, width=64, height=48, seconds=0.5, kind=kind), Art(COMMITTED)))
    assert len(made) == 2 and made[0][0] != made[1][0]
    assert all(clip.shape == (9, 3, 48, 64) and words for _, clip, words in made)


def test_the_preview_command_writes_a_sheet_clips_and_captions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = ["preview", str(tmp_path / "out"), "--count", "2", "--size", "64x48", "--seconds", "0.5", "--kind", "style"]
    assert main([*args, "--art", str(COMMITTED)]) == 0
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["000_3d.mp4", "001_film_bw.mp4", "captions.txt", "sheet.png"]
    assert "4 files in" in capsys.readouterr().out
    assert (tmp_path / "out" / "000_3d.mp4").read_bytes()[4:8] == b"ftyp"


@pytest.mark.parametrize(
    "wrong", (["--size", "big"], ["--size", "8x8"], ["--count", "0"], ["--seconds", "0"], ["--kind", "smell"])
)
def test_a_wrong_size_or_count_is_named(wrong: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", str(tmp_path / "out"), *wrong]) == 2
    assert capsys.readouterr().err and not (tmp_path / "out").exists()


def test_an_unknown_kind_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no kind 'smell'"):
        preview(Preview(kind="smell"), tmp_path, Art(COMMITTED))
