"""Where in its plan a clip goes on that comes after another, or leads up to one."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from model.conditioning import to_video
from model.cue import NOTHING, Known, cued
from model.world.blocking import Blocking, block
from model.world.render import PAPER
from model.world.turning import Turn
from tests.model.doubles import FakeVAE

VAE = FakeVAE()


def plan(prompt: str = "a mammoth walks in the snow") -> Blocking:
    return Blocking(block(prompt), 144, 80)


def latents(blocking: Blocking, last: int, count: int) -> torch.Tensor:
    """The latents (C, count, h, w) of a blocking up to its frame `last`, as drawn in some place."""
    frames = blocking.frames(last - 4 * count, 1 + 4 * count).astype(np.float32) * 0.8 + 20
    return VAE.encode(to_video(frames.astype(np.uint8)))[0, :, 1:]


@pytest.mark.parametrize("frame", [16, 60, 100])
def test_a_clip_goes_on_where_the_one_before_left_off(frame: int) -> None:
    found = cued(plan(), VAE.encode, latents(plan(), frame, 3), None)
    assert found is not None
    expected = plan().at(frame - 8).frames(0, 20)  # the last of three latents ends with frame 8 of the stream
    assert np.abs(found.plan.frames(0, 20).astype(int) - expected).max() <= 1


def test_a_clip_leads_from_what_came_before_to_what_is_given_backwards_if_need_be() -> None:
    before, after = latents(plan(), 60, 3), latents(plan(), 4, 1)[:, 0]
    found = cued(plan(), VAE.encode, before, (16, after))
    assert found is not None
    assert np.abs(found.plan.frames(8, 1).astype(int) - plan().frames(60, 1)).max() <= 1
    assert np.abs(found.plan.frames(61, 1).astype(int) - plan().frames(1, 1)).max() <= 1
    # What is given is played as it was: forward, at its own pace.
    assert np.abs(found.before.frames(4, 1).astype(int) - plan().frames(56, 1)).max() <= 1
    assert np.abs(found.after.frames(66, 1).astype(int) - plan().frames(6, 1)).max() <= 1
    pieces = [(played is found.before, first, count) for played, first, count in found.pieces(4, 62)]
    assert pieces == [(True, 4, 5), (False, 9, 52), (False, 61, 5)]
    assert [piece[1:] for piece in found.pieces(20, 3)] == [(20, 3)]


def test_who_has_to_go_back_turns_round_for_it_and_is_led_into_what_it_meets() -> None:
    """A mammoth that walks back is seen from its other side, though not where the clips meet, and does not start."""
    before, after = latents(plan(), 60, 3), latents(plan(), 4, 1)[:, 0]
    found = cued(plan(), VAE.encode, before, (16, after))
    assert found is not None and found.backwards
    shown = np.concatenate([played.frames(first, count) for played, first, count in found.pieces(4, 62)]).astype(int)
    middle, straight = shown[30 - 4], found.plan.frames(30, 1)[0].astype(int)
    turned, ahead = (np.nonzero((np.abs(each - PAPER).max(-1) > 30).any(0))[0] for each in (middle, straight))
    assert abs((turned[0] + turned[-1]) - (ahead[0] + ahead[-1])) <= 6  # in the same place
    assert np.abs(middle - straight).mean() > 2  # from its other side
    steps = np.abs(np.diff(shown, axis=0)).mean((1, 2, 3))
    joins, usual = (9 - 4 - 1, 61 - 4 - 1), steps[:3].max()
    assert all(steps[join] < 1.3 * usual for join in joins)
    assert np.abs(shown[-1] - plan().frames(4 + 5 - 4, 1)[0]).max() <= 1  # and is where it is in what comes after


def test_a_known_moment_that_cannot_be_got_to_in_time_is_met_all_the_same() -> None:
    """Of two moments that look nearly alike the nearer is played up to, and the given one is what is met."""
    hops = Blocking(block("a fox hops in the meadow"), 144, 80)
    before, after = latents(hops, 60, 3), latents(hops, 7, 1)[:, 0]
    found = cued(hops, VAE.encode, before, (7, after), known=(Known(60), Known(7)))
    assert found is not None
    last, first = (np.concatenate([p.frames(f, n) for p, f, n in found.pieces(at, 1)]).astype(int) for at in (24, 25))
    expected = hops.frames(4, 1).astype(int)
    assert np.abs(first - expected).max() <= 1
    own = np.abs(hops.frames(4, 1).astype(int) - hops.frames(3, 1)).mean()
    assert np.abs(first - last).mean() < 2 * own + 0.2


def test_a_moment_that_takes_less_haste_is_preferred() -> None:
    """A mammoth that walks to and fro is in one place again and again."""
    before, again = latents(plan(), 20, 3), latents(plan(), 180, 1)[:, 0]
    found = cued(plan(), VAE.encode, before, (5, again))
    assert found is not None
    moved = (found.plan.second(20) - found.plan.second(8)) / (plan().second(12) - plan().second(0))
    assert abs(moved) < 4  # to frame 180 it would be thirteen times as fast


def test_what_leads_up_to_given_frames_alone_ends_with_them() -> None:
    found = cued(plan(), VAE.encode, None, (10, latents(plan(), 60, 1)[:, 0]))
    assert found is not None
    assert np.abs(found.plan.frames(40, 1).astype(int) - plan().frames(60, 1)).max() <= 1


def test_an_empty_plan_and_somebody_else_are_no_cue() -> None:
    empty = Blocking(block("rain"), 144, 80)
    found = cued(empty, VAE.encode, latents(plan(), 16, 2), None)
    assert found is not None and found.plan is empty
    nobody = torch.zeros_like(latents(plan(), 16, 1))
    assert cued(plan(), VAE.encode, latents(plan(), 16, 2), (9, nobody[:, 0])) is None


def test_what_is_known_is_not_looked_for_but_checked() -> None:
    before = latents(plan(), 60, 3)
    found = cued(plan(), VAE.encode, before, None, known=(Known(59), NOTHING))
    assert found is not None
    off = np.abs(found.plan.frames(8, 1).astype(int) - plan().frames(59, 1)).max()
    assert off <= 1, "a frame beside it, and it was not looked for"
    nobody = torch.zeros_like(before)
    assert cued(plan(), VAE.encode, nobody, None, known=(Known(60), NOTHING)) is None


def test_those_who_move_otherwise_go_on_from_where_they_were() -> None:
    now, then = block("a mammoth jumps in the snow"), block("a mammoth walks in the snow")
    asked = Blocking(now, 144, 80, turns=[Turn(now, 8, cast=then.actors)])
    found = cued(asked, VAE.encode, latents(plan(), 60, 3), None)
    assert found is not None
    for frame in (4, 8):
        expected = plan().frames(52 + frame, 1)
        assert np.abs(found.before.frames(frame, 1).astype(int) - expected).max() <= 1
    step = np.abs(found.plan.frames(9, 1).astype(int) - plan().frames(61, 1)).mean()
    assert step < 0.35 * np.abs(Blocking(now, 144, 80).frames(9, 1).astype(int) - plan().frames(61, 1)).mean()


def test_of_a_known_clip_the_moment_that_is_most_like_is_found_in_its_plan_and_nothing_is_encoded() -> None:
    """Somebody else of the same build goes on from where the one before was; who is quite unlike them does not."""
    cat, tiger, other = (
        Blocking(block(prompt), 144, 80)
        for prompt in ("a cat walks in the snow", "a tiger walks in the snow", "a whale swims in the sea")
    )
    picture, given = cat.calm().small().frames(60, 1), latents(cat, 60, 3)

    def encode(video: torch.Tensor) -> torch.Tensor:
        raise AssertionError("what is known need not be looked for in latents")

    found = cued(tiger, encode, given, None, known=(Known(None, picture), NOTHING))
    assert found is not None

    def middle(plan: Blocking, frame: int) -> float:
        return float(np.nonzero((np.abs(plan.frames(frame, 1)[0].astype(int) - PAPER).max(-1) > 30).any(0))[0].mean())

    assert abs(middle(found.plan, 8) - middle(cat, 60)) < 3, "pixels; frame 8 is the last of three latents"
    assert cued(other, encode, given, None, known=(Known(None, picture), NOTHING)) is None
