"""What a shot and a piece of work will take, from what others took on this machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from studio.estimate import Estimator
from studio.library import Library
from studio.recipe import Recipe
from studio.work import Made, Parent, Span, Work

RECIPE = Recipe("a fox", "a fox", 128, 128, 33, 16, 5, 4, 1.0, 3.0, "unipc")
TOOK = {"total": 12.0, "load": 1.0, "denoise": 8.0}


def loop(back: bool = True) -> Recipe:
    """16 new frames behind a clip, which lead back to its start or not."""
    made = Made(16, head=Span(0, 16, 33), tail=Span(0, 0, 5) if back else None)
    work = Work("loop", (Parent("ab" * 32),), before=(Span(0, 0, 33),), made=made, closes=True)
    return replace(RECIPE, frames=49, work=work)


def test_looking_at_the_clips_is_counted_once_it_was_measured(tmp_path: Path) -> None:
    estimator = Estimator(Library(tmp_path))
    assert estimator.total(loop()) is None
    estimator.learn(RECIPE, TOOK)
    shot, work = estimator.total(RECIPE), estimator.total(loop())
    assert shot == pytest.approx(11.0) and work is not None
    estimator.learn(loop(), {"total": work + 20.5, "load": 0.5, "denoise": 4.0})
    assert estimator.total(loop()) == pytest.approx(work + 20.0)
    assert estimator.total(loop(back=False)) == pytest.approx(work + 10.0), "it meets one clip, not two"
    assert estimator.total(RECIPE) == shot, "a shot looks at no clips"


def test_a_cut_teaches_nothing(tmp_path: Path) -> None:
    estimator = Estimator(Library(tmp_path))
    estimator.learn(RECIPE, TOOK)
    cut = replace(RECIPE, work=Work("recut", (Parent("ab" * 32),), before=(Span(0, 0, 9),)))
    estimator.learn(cut, {"total": 500.0, "load": 0.0, "denoise": 0.0})
    assert estimator.total(RECIPE) == pytest.approx(11.0)
    assert estimator.total(loop()) < 30
