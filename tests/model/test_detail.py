"""What an autoencoder loses of those who are seen is given back where they are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from model.detail import Evening, restored
from model.rehearsal import Detail

PAPER = 128
Pictures = np.ndarray


def blurred(frames: Pictures, radius: float = 2) -> Pictures:
    return np.stack([np.asarray(Image.fromarray(f).filter(ImageFilter.GaussianBlur(radius))) for f in frames])


@pytest.fixture
def blocking() -> Pictures:
    """Somebody striped, on paper, who goes a little to the right."""
    frames = np.full((3, 48, 64, 3), PAPER, np.uint8)
    for index in range(3):
        frames[index, 10:40, 20 + 2 * index : 44 + 2 * index] = (230, 140, 40)
        frames[index, 10:40:4, 20 + 2 * index : 44 + 2 * index] = (40, 20, 20)
    return frames


def given_back(drawn: Pictures, blocking: Pictures, coded: Pictures) -> Pictures:
    """`restored`, where the blocking is not paper."""
    return restored(drawn, Detail(blocking, coded, (blocking != PAPER).any(-1)))


def error(a: Pictures, b: Pictures) -> float:
    return float(np.abs(a.astype(int) - b).mean())


@pytest.mark.parametrize("light", [(1, 1, 1), (0.6, 0.65, 0.9)], ids=["day", "night"])
def test_who_is_drawn_blurred_is_made_sharp_in_the_light_of_the_frame(
    blocking: Pictures, light: tuple[float, float, float]
) -> None:
    coded = blurred(blocking)
    drawn, wanted = ((frames * np.array(light)).astype(np.uint8) for frames in (coded, blocking))
    before = drawn.copy()
    found = given_back(drawn, blocking, coded)
    assert error(found, wanted) < 0.25 * error(drawn, wanted)
    assert np.array_equal(drawn, before) and found.dtype == np.uint8


def test_nothing_changes_where_nobody_is(blocking: Pictures) -> None:
    drawn = np.random.default_rng(0).integers(0, 255, blocking.shape, np.uint8)
    paper = np.full_like(blocking, PAPER)
    assert np.array_equal(given_back(drawn, paper, paper), drawn)
    found = given_back(blurred(blocking), blocking, blurred(blocking))
    assert np.array_equal(found[:, :, :8], blurred(blocking)[:, :, :8])


def test_one_who_is_drawn_elsewhere_gets_little(blocking: Pictures) -> None:
    coded = blurred(blocking)
    drawn = np.full_like(coded, 20)  # nobody is there
    drawn[:, ::2] = 235
    changed = error(given_back(drawn, blocking, coded), drawn)
    assert changed < 0.35 * error(blocking, coded)


def test_a_set_behind_somebody_that_is_drawn_otherwise_is_left_as_it_is_drawn(blocking: Pictures) -> None:
    texture = np.random.default_rng(0).integers(0, 255, blocking.shape, np.uint8)
    seen = (blocking != PAPER).any(-1)
    planned = np.where(seen[..., None], blocking, texture)
    coded = blurred(planned)
    drawn = np.where(seen[..., None], coded, 255 - coded)
    found = restored(drawn, Detail(planned, coded, seen))
    box = (slice(None), slice(12, 38), slice(24, 40))
    assert error(found[box], planned[box]) < 0.5 * error(drawn[box], planned[box])
    changed = np.abs(found.astype(int) - drawn)[~seen].mean()
    assert changed < 0.35 * np.abs(planned.astype(int) - coded)[~seen].mean()


def test_what_meets_frames_that_are_there_is_as_planned(blocking: Pictures) -> None:
    drawn, firm = np.full_like(blocking, 60), np.array([0, 0.5, 1], np.float32)
    detail = Detail(blocking, blocking, (blocking != PAPER).any(-1), True, firm)
    found, free = restored(drawn, detail), restored(drawn, Detail(blocking, blocking, detail.seen, True))
    assert np.array_equal(found[0], free[0]) and np.array_equal(found[2], blocking[2])
    assert np.abs(found[1].astype(float) - (free[1].astype(float) + blocking[1]) / 2).max() <= 1
    assert detail.part(1, 2).firm is not None and detail.part(1, 2).firm.tolist() == [0.5, 1]  # type: ignore[union-attr]


@pytest.mark.parametrize("pieces", [(1, 3, 8, 4, 5), (21,), (2, 19)])
def test_a_dissolve_that_is_drawn_in_steps_of_a_latent_goes_evenly(pieces: tuple[int, ...]) -> None:
    planned = (40 + 6 * np.arange(21)).astype(np.uint8)[:, None, None, None] * np.ones((1, 4, 4, 3), np.uint8)
    off = np.repeat([0, 24, -16, 8, 0, 0], 4)[:21, None, None, None]
    drawn, evening = (planned + off).astype(np.uint8), Evening()
    parts, first = [], 0
    for count in pieces:
        parts.append(evening.push(drawn[first : first + count], planned[first : first + count]))
        first += count
    found = np.concatenate([*parts, *evening.rest()])[:, 0, 0, 0].astype(int)
    assert len(found) == 21 and evening.rest() == []
    assert np.abs(np.diff(drawn[:, 0, 0, 0].astype(int)) - 6).max() == 40 and np.abs(np.diff(found) - 6).max() <= 11
    assert abs(int(found.sum()) - int(drawn[:, 0, 0, 0].sum())) <= 21  # nothing is lost of what is drawn
