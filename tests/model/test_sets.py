"""Sets: one place for every camera, drawn once, and at the hour that is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from model import conditioning, sets
from model.pipeline import Generator
from model.world.sketch import sketched
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
    shown: Generator, drawn: list[tuple[int, ...]]
) -> None:
    width, _ = size(shown)
    still, wide, wider = (painted(shown, extent) for extent in (1.0, 1.5, 2.0))
    assert still.shape[1] == width < wide.shape[1] < wider.shape[1]
    for larger in (wide, wider):
        left = (larger.shape[1] - width) // 2
        inner = slice(8, width - 8)  # what is next to the rest may differ: a brush has gone over it
        assert np.array_equal(larger[:, left : left + width][:, inner], still[:, inner])
    assert len(drawn) == 3  # the middle once


def test_a_set_is_drawn_once_for_all_shots_of_a_film_and_anew_for_another_seed(
    shown: Generator, drawn: list[tuple[int, ...]]
) -> None:
    once, again = painted(shown, 1.0), painted(shown, 1.0)
    assert np.array_equal(once, again) and len(drawn) == 1
    assert not np.array_equal(painted(shown, 1.0, seed=4), once) and len(drawn) == 2


def test_a_place_of_the_world_is_painted_over_its_sketch_and_any_other_drawn_from_noise(
    shown: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[tuple[torch.Tensor, float]] = []

    def latents(of: Any, asked: Any, prompt: str, start: torch.Tensor, levels: Any, known: Any = None) -> torch.Tensor:
        begun.append((start, float(levels[0])))
        return start

    monkeypatch.setattr(sets, "latents", latents)
    asked = asked_of(shown)
    for prompt in (PROMPT, "an empty scene of nothing that is known"):
        sets.painted(shown, asked, prompt, (1.0, 1.0))
    (over, sketchy), (noise, whole) = begun
    assert sketchy == pytest.approx(sets.SKETCHED) and whole == pytest.approx(1, abs=1e-4)
    guide = sketched(PROMPT, asked.seed, (asked.width, asked.height), (asked.width, asked.height))
    assert guide is not None
    clean = shown.vae.encode(conditioning.to_video(guide[None], shown.device))[0]
    assert torch.allclose(over, torch.lerp(clean, noise, sets.SKETCHED), atol=1e-5)  # the same noise in both
