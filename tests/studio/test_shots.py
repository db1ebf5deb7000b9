"""Every bad input is one clear line that names the field; every good one becomes a plan the model can film."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from model import catalog, published
from studio import shots
from studio.direction import Direction
from studio.errors import ShotError
from studio.film import Shot
from studio.writing import ClipWriter

ENTRY = catalog.entry("storybook")
GOOD = Shot("a fox in the snow", seed=1)


def refused(**changes: object) -> ShotError:
    with pytest.raises(ShotError) as caught:
        shots.plan(replace(GOOD, **changes), ENTRY)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_list_of_more_shots_than_can_be_seen_is_refused_with_the_length_that_it_takes() -> None:
    listed = " ".join(f"Shot {number}: a fox." for number in range(1, 8))
    error = refused(prompt=listed, seconds=2)
    assert error.field == "seconds" and error.suggestion == 3.5 and "7 shots" in str(error)
    assert shots.plan(replace(GOOD, prompt=listed, seconds=3.5), ENTRY).recipe.prompt == listed


@pytest.mark.parametrize("prompt", ["", "   \n\t ", "\x00\x07\u200b", "🦊❄️🌲", "?!...", "\ud800"])
def test_a_prompt_that_says_nothing_is_refused(prompt: str) -> None:
    assert refused(prompt=prompt).field == "prompt"


def test_a_prompt_of_ten_thousand_characters_is_refused_with_both_numbers() -> None:
    error = refused(prompt="fox " * 2500)
    assert "9999" in str(error) and "4000" in str(error)


def test_a_prompt_that_is_too_long_only_with_its_direction_is_refused_before_the_render() -> None:
    error = refused(prompt="f" * 3995, direction=Direction(camera="pan_left"))
    assert error.field == "prompt" and "direction" in str(error)


def test_right_to_left_text_is_fine_and_hidden_characters_go() -> None:
    assert shots.plan(replace(GOOD, prompt="שועל בשלג"), ENTRY).recipe.prompt == "שועל בשלג"
    assert (
        shots.plan(replace(GOOD, prompt="a\x00 fox\x1b[31m\u202e in\n\nsnow\ud800"), ENTRY).recipe.prompt
        == "a fox[31m in snow"
    )


@pytest.mark.parametrize(("size", "works"), [("450x250", "448x256"), ("1x1", "128x128"), ("99999x64", "640x128")])
def test_a_size_that_does_not_fit_names_the_nearest_that_does(size: str, works: str) -> None:
    error = refused(size=size)
    assert error.suggestion == works and works in str(error)
    assert shots.dimensions(works, ENTRY) == tuple(int(side) for side in works.split("x"))


@pytest.mark.parametrize("size", ["", "huge", "0", "-4x4", "448", "448x", "1e3x4"])
def test_a_size_that_is_none_names_those_there_are(size: str) -> None:
    assert "landscape" in str(refused(size=size))


@pytest.mark.parametrize("seconds", [0, -1, 10_000, float("nan"), float("inf"), 0.1])
def test_a_length_out_of_range_is_refused(seconds: float) -> None:
    assert refused(seconds=seconds).field == "seconds"


@given(st.floats(shots.SHORTEST, 60))
def test_a_length_becomes_whole_latents_nearest_to_it(seconds: float) -> None:
    frames = shots.frames_for(seconds, ENTRY)
    assert frames % 4 == 1 and abs(frames - seconds * ENTRY.fps) <= 3
    assert frames <= ENTRY.limits.max_frames


@pytest.mark.parametrize("seed", [-1, 2**63, 2**64, 10**100])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    assert refused(seed=seed).field == "seed"


def test_no_seed_draws_one_that_can_be_read_aloud() -> None:
    drawn = {shots.plan(replace(GOOD, seed=None), ENTRY).recipe.seed for _ in range(8)}
    assert len(drawn) > 1 and all(0 <= seed < 2**31 for seed in drawn)


@pytest.mark.parametrize(
    ("field", "value"), [("steps", 0), ("steps", 10**6), ("guidance", -1.0), ("guidance", float("nan"))]
)
def test_fine_tuning_out_of_range_is_refused(field: str, value: float) -> None:
    assert refused(**{field: value}).field == field


def test_an_unknown_model_names_the_nearest_and_opens_no_folder(tmp_path: Path) -> None:
    for name in ("storyboard", "", str(tmp_path), "../storybook"):
        with pytest.raises(ShotError, match="storybook"):
            shots.entry(name)


def test_an_unknown_direction_names_what_there_is() -> None:
    error = refused(direction=Direction(camera="pan lefft"))
    assert error.field == "camera" and error.suggestion == "pan_left"


def test_a_direction_the_weights_do_not_know_is_refused() -> None:
    with pytest.raises(ShotError, match="zoom_in"):
        shots.plan(replace(GOOD, direction=Direction(camera="pan_left")), ENTRY, {"camera": ("zoom_in",)})


@pytest.mark.parametrize("field", ["first", "last"])
def test_a_bad_picture_names_its_field_and_its_file(tmp_path: Path, field: str) -> None:
    (tmp_path / "page.png").write_bytes(b"%PDF-1.7")
    error = refused(**{field: tmp_path / "page.png"})
    assert error.field == field and "page.png" in str(error)


def test_pictures_are_spread_over_the_shot_on_latent_boundaries(tmp_path: Path) -> None:
    paths = tuple(tmp_path / f"{index}.png" for index in range(3))
    for index, path in enumerate(paths):
        Image.new("RGB", (32, 32), (index, 0, 0)).save(path)
    recipe = shots.plan(replace(GOOD, frames=paths), ENTRY).recipe
    assert [anchor.place for anchor in recipe.anchors] == [0, 33, 61]
    assert len({anchor.sha256 for anchor in recipe.anchors}) == 3


@given(st.integers(2, 12), st.integers(3, 60))
def test_no_two_pictures_fall_on_one_latent(count: int, latents: int) -> None:
    frames = 1 + 4 * latents
    if count <= latents:
        places = [-(-place // 4) for place in shots.spread(count, frames)]
        assert len(set(places)) == count and places[0] == 0 and places[-1] == latents


@pytest.mark.parametrize("tenths", range(10, 100))
def test_a_picture_can_stand_at_the_length_that_was_asked_for(picture: Path, tenths: int) -> None:
    """The clip has 1 + 4k frames, which may last less long."""
    shot = replace(GOOD, seconds=tenths / 10, frames=(picture, picture), places=(0.0, tenths / 10))
    recipe = shots.plan(shot, ENTRY).recipe
    assert [anchor.place for anchor in recipe.anchors] == [0, recipe.frames - 4]
    assert refused(seconds=tenths / 10, frames=(picture,), places=(tenths / 10 + 0.2,)).field == "frames"


def test_one_clip_is_a_sequence_and_first_with_frames_is_refused(tmp_path: Path, picture: Path) -> None:
    import numpy as np

    with ClipWriter(tmp_path / "given.mp4", 64, 64, 16) as writer:
        writer.write(np.zeros((5, 64, 64, 3), np.uint8))
    recipe = shots.plan(replace(GOOD, frames=(tmp_path / "given.mp4",)), ENTRY).recipe
    assert [anchor.place for anchor in recipe.anchors] == ["clip"]
    assert refused(frames=(picture,), first=picture).field == "frames"


def test_a_model_that_takes_no_last_picture_says_so(picture: Path) -> None:
    with pytest.raises(ShotError, match="last"):
        shots.plan(replace(GOOD, last=picture), replace(ENTRY, given={"first": True}))


def test_a_shot_has_as_many_of_the_cast_as_its_model_can_be_given(tmp_path: Path) -> None:
    drawing = tmp_path / "me.png"
    Image.new("RGB", (64, 64), "white").save(drawing)
    assert len(shots.plan(replace(GOOD, cast=(drawing,) * 3), ENTRY).recipe.anchors) == 3
    error = refused(cast=(drawing,) * 4)
    assert (error.field, error.suggestion) == ("cast", 3) and "up to 3" in str(error)
    vace = next(each for each in published.models() if each.family == "wan2.1-vace")
    assert vace.entry({}).most_references == 4
    nobody = replace(ENTRY, given={**ENTRY.given, "references": False})
    with pytest.raises(ShotError, match="cast"):
        shots.plan(replace(GOOD, cast=(drawing,)), nobody)
