"""A clean plate shows the place without those who are seen in it."""

from __future__ import annotations

import numpy as np

from model.world.plate import joined, plate

HIGH, WIDE = 80, 144


def place() -> np.ndarray:
    """A slope from dark to light, (H, W, 3)."""
    return np.repeat(np.linspace(40, 200, WIDE)[None, :, None], HIGH, 0).repeat(3, 2).round().astype(np.uint8)


def test_what_one_left_is_seen_in_another_frame() -> None:
    frames, seen = np.repeat(place()[None], 6, 0), np.zeros((6, HIGH, WIDE), bool)
    for index in range(6):
        span = slice(10 + 20 * index, 24 + 20 * index)
        frames[index, 30:60, span], seen[index, 30:60, span] = (250, 0, 0), True
    picture, hidden = plate(frames, seen)
    assert not hidden.any() and np.abs(picture.astype(int) - place()).max() <= 1


def test_what_nobody_left_is_filled_from_around_it_and_named() -> None:
    frames, seen = np.repeat(place()[None], 6, 0), np.zeros((6, HIGH, WIDE), bool)
    frames[:, 30:60, 60:80], seen[:, 30:60, 60:80] = (250, 0, 0), True
    picture, hidden = plate(frames, seen)
    assert hidden[30:60, 60:80].all() and hidden.mean() < 0.3
    assert np.abs(picture.astype(int) - place()).max() < 25
    assert np.array_equal(picture[~hidden], place()[~hidden])


def test_of_a_moving_camera_only_the_last_frame_counts() -> None:
    frames = np.stack([np.roll(place(), 12 * index, 1) for index in range(6)])
    picture, hidden = plate(frames, np.zeros(frames.shape[:3], bool))
    assert np.array_equal(picture, frames[-1]) and not hidden.any()


def test_what_falls_is_not_there_for_long() -> None:
    frames = np.repeat(place()[None], 6, 0)
    for index in range(6):
        frames[index, 10 * index : 10 * index + 5, 50:55] = 255
    picture, _ = plate(frames, np.zeros(frames.shape[:3], bool))
    assert np.array_equal(picture, place())


def test_a_frame_that_is_all_somebody_is_grey() -> None:
    frames = np.zeros((3, HIGH, WIDE, 3), np.uint8)
    picture, hidden = plate(frames, np.ones(frames.shape[:3], bool))
    assert hidden.all() and np.ptp(picture) == 0


def test_what_is_drawn_into_a_picture_takes_the_colours_around_it_and_leaves_no_edge() -> None:
    picture, hidden = place(), np.zeros((HIGH, WIDE), bool)
    hidden[20:60, 50:90] = True
    darker = np.clip(picture.astype(int) - 45, 0, 255).astype(np.uint8)
    darker[38:42, 68:72] = 250  # something that is drawn there
    made = joined(picture, darker, hidden).astype(int)
    assert np.array_equal(made[~hidden], picture[~hidden])
    across = np.abs(made[20:60, 50] - made[20:60, 49]).mean()
    assert across < np.abs(darker[20:60, 50].astype(int) - picture[20:60, 49]).mean() / 4
    assert made[38:42, 68:72].mean() > made[30:34, 68:72].mean() + 50, "what is drawn is kept"
