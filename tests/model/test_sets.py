"""Sets: one place for every camera, drawn once, and at the hour that is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from model import sets
from model.pipeline import Generator
from model.world import staging
from tests.model.test_rehearsal import shown, size

PROMPT = "an empty scene in a forest, at noon"
__all__ = ["shown"]  # a fixture


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """The shapes of latents that were asked for, each of which is its noise, or what is known of it."""
    shapes: list[tuple[int, ...]] = []

    def latents(of: Any, asked: Any, prompt: str, start: torch.Tensor, levels: Any, known: Any = None) -> torch.Tensor:
        shapes.append(tuple(start.shape))
        return start.clone() if known is None else torch.where(known[1], start, known[0])

    monkeypatch.setattr(sets, "latents", latents)
    return shapes


def asked_of(gen: Generator, seed: int = 3) -> Any:
    return gen.request("a forest", frames=9, steps=2, seed=seed)


def painted(gen: Generator, wide: float, seed: int = 3) -> np.ndarray:
    return sets.painted(gen, asked_of(gen, seed), PROMPT, (wide, 1.0)).picture


def test_a_camera_that_moves_sees_the_place_of_one_that_holds_still(
    shown: Generator, drawn: list[tuple[int, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "lit", lambda prompt, picture: True)
    width, _ = size(shown)
    still, wide, wider = (painted(shown, extent) for extent in (1.0, 1.5, 2.0))
    assert still.shape[1] == width < wide.shape[1] < wider.shape[1]
    for larger in (wide, wider):
        left = (larger.shape[1] - width) // 2
        inner = slice(8, width - 8)  # what is next to the rest may differ: a brush has gone over it
        assert np.array_equal(larger[:, left : left + width][:, inner], still[:, inner])
    assert len(drawn) == 3  # the middle once


def test_a_set_is_drawn_once_for_all_shots_of_a_film_and_anew_for_another_seed(
    shown: Generator, drawn: list[tuple[int, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "lit", lambda prompt, picture: True)
    once, again = painted(shown, 1.0), painted(shown, 1.0)
    assert np.array_equal(once, again) and len(drawn) == 1
    assert not np.array_equal(painted(shown, 1.0, seed=4), once) and len(drawn) == 2


def test_a_set_at_the_wrong_hour_is_drawn_again_and_the_first_kept_if_none_is_right(
    shown: Generator, drawn: list[tuple[int, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([False, True])
    monkeypatch.setattr(staging, "lit", lambda prompt, picture: next(answers))
    second = painted(shown, 1.0)
    assert len(drawn) == 2
    shown.shelf = sets.Shelf()
    monkeypatch.setattr(staging, "lit", lambda prompt, picture: False)
    first = painted(shown, 1.0)
    assert len(drawn) == 2 + sets.TAKES and not np.array_equal(first, second)
