"""Sketches: what a set is painted over is the place that was asked for, the same for every camera."""

from __future__ import annotations

import numpy as np
import pytest

from model.world.setting import SETTINGS
from model.world.sketch import sketched
from model.world.staging import set_prompt

FRAME = (144, 80)


def of(prompt: str, seed: int = 3, size: tuple[int, int] = FRAME) -> np.ndarray:
    made = sketched(set_prompt(prompt), seed, FRAME, size)
    assert made is not None
    return made


@pytest.mark.parametrize("place", sorted(SETTINGS))
def test_every_place_can_be_sketched_with_the_art_that_comes_along(place: str) -> None:
    from model.world.vocabulary import PLACES

    phrase = next(term.phrase for term in PLACES if term.id == place)
    made = of(f"a quiet scene {phrase}")
    assert made.shape == (*FRAME[::-1], 3) and made.dtype == np.uint8
    assert made.reshape(-1, 3).std(0).max() > 8  # there is something in it


def test_the_middle_of_a_wide_sketch_is_that_of_the_frame() -> None:
    near, wide = of("in a village at dusk"), of("in a village at dusk", size=(FRAME[0] + 64, FRAME[1] + 16))
    assert np.abs(wide[8:-8, 32:-32].astype(int) - near).mean() < 1


def test_a_seed_has_its_layout_and_another_one_another() -> None:
    first = of("in a forest")
    assert np.array_equal(first, of("a fox in a forest"))
    assert np.abs(of("in a forest", seed=4).astype(int) - first).mean() > 4


def test_hour_weather_and_style_are_those_of_the_prompt_and_nothing_falls() -> None:
    day, night = of("in a forest at noon"), of("in a forest at night")
    assert night.mean() < 0.6 * day.mean()
    assert of("in a forest in the snow, snow falls").mean() > day.mean() + 15  # it lies, and none is in the air
    drawn = of("in a forest, pencil sketch").astype(int)
    assert np.ptp(drawn, axis=-1).mean() < 20 < np.ptp(day.astype(int), axis=-1).mean()


def test_what_is_no_place_of_the_world_has_no_sketch() -> None:
    assert sketched("an empty scene of nothing that is known", 3, FRAME, FRAME) is None


def test_any_seed_is_good() -> None:
    first, last = of("in a forest", seed=0), of("in a forest", seed=2**63 - 1)
    assert min(first.std(), last.std()) > 8 and np.abs(first.astype(int) - last).mean() > 4
