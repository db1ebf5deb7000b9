"""The set of a shot: what a prompt says of it, how large it has to be, and what the camera sees of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from model.training.recipe import options_of, preset
from model.world.art import PICTURES, Art
from model.world.blocking import Blocking, block
from model.world.render import PAPER, Backdrop, Renderer
from model.world.scene import sample_scene
from model.world.staging import HIGHEST, WIDEST, cells, empty_caption, extent, set_prompt

WIDE, HIGH = 144, 80


@pytest.fixture
def ramp() -> Backdrop:
    """Red grows to the right, green downwards; twice as wide as the frame."""
    x, y = np.linspace(0, 255, 2 * WIDE), np.linspace(0, 255, HIGH)
    picture = np.zeros((HIGH, 2 * WIDE, 3), np.uint8)
    picture[..., 0], picture[..., 1] = x[None], y[:, None]
    return Backdrop(picture, wide=2.0)


@pytest.mark.parametrize(
    ("prompt", "drawn"),
    [
        ("a fox runs in the woods at dusk", "an empty scene in a forest, at dusk"),
        (
            "a blue fox in the snow, rain, zoom in",
            "an empty scene in a snowy meadow with mountains, at noon, in the rain",
        ),
        ("a snowy Tokyo city", "an empty scene on a Tokyo street with cherry trees, at noon, while snow falls"),
        ("a fox dreams of papercraft", "an empty scene in a green meadow, at noon, papercraft"),
        ("it is late, zoom in", "it is late,"),
    ],
)
def test_a_set_has_the_place_the_hour_the_sky_and_the_style(prompt: str, drawn: str) -> None:
    assert set_prompt(prompt) == drawn


def test_a_set_is_asked_for_in_the_words_that_empty_places_were_learned_by() -> None:
    seen = set()
    for seed in range(400):
        (shot,) = sample_scene(seed, options_of(preset("empty"), 1)).shots
        assert not shot.actors
        told = empty_caption(shot)
        assert set_prompt(told) == told
        seen.add(told)
    assert len(seen) > 150
    assert "an empty scene in a cave with candle light" in seen  # and not the same words for a cave in fog
    assert "an empty scene in a cave with candle light, in thick fog" in seen


@pytest.mark.parametrize(
    ("camera", "wider", "higher"),
    [("", False, False), ("pan left", True, False), ("the camera tilts up", False, True), ("zoom out", True, True)],
)
def test_a_set_is_as_large_as_the_camera_will_look(camera: str, wider: bool, higher: bool) -> None:
    wide, high = extent(block(f"a quiet forest, {camera}"), 3.0, 576, 320)
    assert (wide > 1.02, high > 1.02) == (wider, higher)
    assert wide <= WIDEST and high <= HIGHEST
    columns, rows = cells((wide, high), 18, 10)
    assert -0.01 < columns - wide * 18 < 2 and -0.01 < rows - high * 10 < 2
    assert columns % 2 == 0 == rows % 2  # as many on either side


def test_a_camera_that_holds_still_sees_the_middle_of_a_set(ramp: Backdrop) -> None:
    frames = Blocking(block("a quiet forest"), WIDE, HIGH).staged(ramp, 0, 3)[1]
    assert frames.shape == (3, HIGH, WIDE, 3) and frames.dtype == np.uint8
    assert np.abs(frames[2].astype(int) - ramp.picture[:, WIDE // 2 : WIDE // 2 + WIDE]).max() <= 2


def test_a_pan_goes_over_the_set_slower_where_it_is_far(ramp: Backdrop) -> None:
    frames = Blocking(block("a quiet forest, pan right"), WIDE, HIGH).staged(ramp, 0, 49)[1].astype(int)
    far, near = (frames[48, row, WIDE // 2, 0] - frames[0, row, WIDE // 2, 0] for row in (4, HIGH - 4))
    assert 8 < far < 0.75 * near


def test_wet_ground_that_mirrors_goes_with_what_it_mirrors(ramp: Backdrop) -> None:
    frames = Blocking(block("a quiet neon street, pan right"), WIDE, HIGH).staged(ramp, 0, 49)[1].astype(int)
    far, near = (frames[48, row, WIDE // 2, 0] - frames[0, row, WIDE // 2, 0] for row in (4, HIGH - 4))
    assert abs(far - near) <= 2


def test_what_stands_far_away_is_not_bent(ramp: Backdrop) -> None:
    frames = Blocking(block("a quiet forest, pan right"), WIDE, HIGH).staged(ramp, 0, 49)[1].astype(int)
    top, foot = (frames[48, row, WIDE // 2, 0] - frames[0, row, WIDE // 2, 0] for row in (4, round(0.64 * HIGH)))
    assert abs(top - foot) <= 2



def test_a_zoom_makes_the_set_larger(ramp: Backdrop) -> None:
    frames = Blocking(block("a quiet forest, zoom in"), WIDE, HIGH).staged(ramp, 0, 49)[1].astype(int)
    spread = frames[:, 40, -1, 0] - frames[:, 40, 0, 0]
    assert spread[48] < 0.85 * spread[0]


def test_one_stands_on_the_set_in_the_light_of_the_hour_with_a_shadow(ramp: Backdrop) -> None:
    bare = Blocking(block("a quiet forest"), WIDE, HIGH).staged(ramp, 0, 1)[1][0].astype(int)
    day, night = (
        Blocking(block(prompt), WIDE, HIGH).staged(ramp, 0, 1)[1][0].astype(int)
        for prompt in ("a fox stands", "a fox stands at night")
    )
    face = (slice(54, 60), slice(66, 73))
    assert (day[face] != bare[face]).any(-1).mean() > 0.9 and night[face].mean() < 0.9 * day[face].mean()
    ground = (slice(HIGH - 6, HIGH), slice(60, 84))
    assert day[ground].mean() < bare[ground].mean()
    assert np.array_equal(day[:20, :20], bare[:20, :20])


def test_who_stands_on_a_set_is_drawn_in_its_style(ramp: Backdrop) -> None:
    plain, drawn = (
        Blocking(block(prompt), WIDE, HIGH).staged(ramp, 0, 1)
        for prompt in ("a fox stands", "a fox stands, pencil sketch")
    )
    assert np.array_equal(plain[0], drawn[0])  # on its paper it is as it is
    seen = (plain[0] != PAPER).any(-1)
    colour = [np.ptp(frames[1][seen].astype(int), axis=-1).mean() for frames in (plain, drawn)]
    assert colour[1] < 0.6 * colour[0]
    assert np.array_equal(plain[1][~seen], drawn[1][~seen])


def test_a_picture_that_is_given_is_seen_as_it_is_at_first_whatever_the_camera_does() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (HIGH, WIDE, 3), np.uint8)
    shot = block("a quiet forest, pan right")
    frames = Blocking(shot, WIDE, HIGH).staged(Backdrop(picture, straight=shot.start), 0, 17)[1].astype(int)
    assert np.abs(frames[0] - picture).max() <= 2 and np.abs(frames[16] - picture).mean() > 20


def test_any_stretch_of_a_staged_shot_is_the_same_frames(ramp: Backdrop) -> None:
    whole = Blocking(block("a fox walks, arc shot, snow falls"), WIDE, HIGH)
    frames, part = whole.staged(ramp, 0, 12)[1].astype(int), whole.staged(ramp, 8, 4)[1]
    assert np.abs(frames[8:] - part).mean() < 0.5


def test_a_backdrop_may_be_read_only(ramp: Backdrop) -> None:
    ramp.picture.setflags(write=False)
    assert Renderer(Art(PICTURES), WIDE, HIGH).staged(block("a quiet forest"), ramp)[0].dtype == torch.uint8
