"""Who asks a public host again and again for what it does not make has to wait; at home nobody does."""

from __future__ import annotations

import pytest

from studio.errors import PolicyStop, StudioError
from studio.patience import MOST, PAUSE, WITHIN, Patience
from studio.policy import Decision


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def refuse(patience: Patience, owner: str, action: str = "block") -> None:
    with pytest.raises(PolicyStop), patience.asking(owner):
        raise PolicyStop(Decision(action, message="no"))  # type: ignore[arg-type]


def test_three_refusals_within_ten_minutes_are_a_pause_for_their_owner_alone() -> None:
    clock = Clock()
    patience = Patience(strict=True, clock=clock)
    for _ in range(MOST):
        refuse(patience, "ada")
    with pytest.raises(StudioError, match="10 minutes"), patience.asking("ada"):
        raise AssertionError("asked all the same")
    with patience.asking("bob"):
        pass
    clock.now += PAUSE
    with patience.asking("ada"):
        pass


def test_refusals_far_apart_and_offered_rewrites_do_not_count() -> None:
    clock = Clock()
    patience = Patience(strict=True, clock=clock)
    for _ in range(2 * MOST):
        refuse(patience, "ada", "rewrite")
        refuse(patience, "ada")
        clock.now += WITHIN / 2


def test_nobody_waits_at_home() -> None:
    patience = Patience(strict=False)
    for _ in range(2 * MOST):
        refuse(patience, "local")
