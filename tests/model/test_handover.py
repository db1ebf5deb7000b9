"""Who comes and goes at a join: in sight, and not by a cut."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from model.conditioning import to_video
from model.cue import Known, cued
from model.handover import CROSSING, Side, alike, handed
from model.world.blocking import Blocking, block
from model.world.motion import pose
from model.world.render import PAPER, View
from tests.model.doubles import FakeVAE

VIEW = View(144, 80)
VAE = FakeVAE()


def plan(prompt: str) -> Blocking:
    return Blocking(block(prompt), VIEW.width, VIEW.height)


def joined(before: str, after: str, shows: int = 60, frames: int = 64) -> Blocking:
    """The plan of a shot that goes on from frame `shows` of another, which is frame 8 of the stream."""
    there, own = block(before), block(after)
    shot, turns = handed(own, [Side(there, 8, shows=shows)], frames, VIEW)
    whole = Blocking(shot, VIEW.width, VIEW.height, turns=turns)
    given = plan(before).frames(shows - 12, 13).astype(np.float32) * 0.8 + 20  # as drawn in some place
    latents = VAE.encode(to_video(given.astype(np.uint8)))[0, :, 1:]
    picture = plan(before).calm().small().frames(shows, 1)
    found = cued(whole, VAE.encode, latents, None, known=(Known(shows, picture), Known()))
    assert found is not None
    return found.plan


def seen(frame: np.ndarray) -> np.ndarray:
    """The columns of a frame (H, W, 3) in which somebody is."""
    return np.nonzero((np.abs(frame.astype(int) - PAPER).max(-1) > 30).any(0))[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a fox and a bear sit", "a fox sleeps"),
        ("a fox walks", "a fox and a bear dance"),
        ("a bear walks in a forest", "a panda dances in a forest"),
        ("a quiet forest", "a bear walks in a forest"),
        ("a bear walks in a forest", "a quiet forest"),
        ("a fox walks", "a fox looks at a teapot"),
        ("a fox looks at a candle", "a fox walks"),
    ],
)
def test_whoever_comes_or_goes_is_seen_as_before_at_the_join_and_as_asked_in_the_end(before: str, after: str) -> None:
    whole = joined(before, after)
    at_the_join = np.abs(whole.frames(8, 1).astype(int) - plan(before).frames(60, 1))
    assert at_the_join.mean() < 1, "as it was, to the frame"
    steps = np.abs(np.diff(whole.frames(8, 49).astype(np.float32), axis=0)).mean((1, 2, 3))
    assert steps.max() < 12, "and nobody is there, or gone, from one frame to the next"
    many = len(block(after).actors)
    end, alone = whole.frames(8 + CROSSING, 1)[0], plan(after).frames(24, 1)[0]
    assert abs(len(seen(end)) - len(seen(alone))) < 0.35 * VIEW.width / max(1, many), "only those who are asked for"


def test_who_leaves_goes_out_at_the_nearer_side_and_faces_where_they_go() -> None:
    there, own = block("a fox and a bear walk"), block("a fox walks")
    shot, (turn,) = handed(own, [Side(there, 8, shows=60)], 64, VIEW)
    fox, bear = shot.actors
    assert (fox.instance.subject, bear.instance.subject) == ("fox", "bear") and turn.over == CROSSING
    was = turn.cast[1]
    assert was == there.actors[1] and np.sign(bear.x) == np.sign(was.x) == bear.direction
    assert abs(bear.x) > VIEW.width / VIEW.unit / 2 + bear.height / 2
    assert turn.cast[0] == there.actors[0]


def test_who_is_led_up_to_comes_in_before_the_clip_that_shows_them() -> None:
    own, there = block("a fox walks"), block("a fox and a bear walk")
    shot, (turn,) = handed(own, [Side(there, 60, ahead=True, shows=0)], 64, VIEW)
    whole = Blocking(shot, VIEW.width, VIEW.height, turns=(turn,))
    early, late = (len(seen(whole.frames(frame, 1)[0])) for frame in (4, 58))
    assert late > 1.5 * early
    assert shot.actors[1].direction == -np.sign(shot.actors[1].x), "facing in"


def test_both_ends_of_a_gap_have_all_who_are_seen_at_either() -> None:
    own, one, other = (block(f"{who} walks") for who in ("a bear", "a fox", "a cat"))
    shot, turns = handed(own, [Side(one, 8, shows=60), Side(other, 60, ahead=True, shows=0)], 48, VIEW)
    assert [actor.instance.subject for actor in shot.actors] == ["bear", "fox", "cat"]
    assert [turn.ahead for turn in turns] == [False, True] and all(len(turn.cast) == 3 for turn in turns)
    assert {turn.over for turn in turns} == {24}, "there is no time for more"


def test_the_same_cast_is_not_touched() -> None:
    one, other = block("a fox walks in the snow"), block("a fox jumps in the snow")
    assert alike(one, other) and not alike(one, block("a bear walks"))
    shot, (turn,) = handed(other, [Side(one, 8, shows=60)], 64, VIEW)
    assert shot == other and turn.cast == one.actors and turn.over < CROSSING
    assert handed(one, [Side(one, 8, shows=60)], 64, VIEW) == (one, ())


def test_three_of_a_kind_where_there_was_one_leave_that_one_where_it_is() -> None:
    one, three = block("a sheep in a meadow"), block("three sheep in a meadow")
    shot, (turn,) = handed(three, [Side(one, 8, shows=60)], 64, VIEW)
    assert len(shot.actors) == 3 and sum(actor in one.actors for actor in turn.cast) == 1


def test_where_the_moment_is_not_known_nobody_drifts_into_the_frame() -> None:
    _, (turn,) = handed(block("a fox and a bear walk"), [Side(block("a fox walks"), 8)], 64, VIEW)
    bear = turn.cast[1]
    assert bear.action == "stand" and abs(bear.x) - bear.height / 2 > VIEW.width / VIEW.unit / 2
    times = torch.arange(0, 60.0)
    assert (pose(bear, 1, times).x.abs() > VIEW.width / VIEW.unit / 2).all()


def test_a_rider_goes_with_what_carries_them_and_climbs_down_where_it_stays() -> None:
    riding, empty, alone = (block(prompt) for prompt in ("a girl rides a horse", "a quiet meadow", "a horse walks"))
    shot, (turn,) = handed(empty, [Side(riding, 8, shows=60)], 64, VIEW)
    horse, girl = shot.actors
    assert turn.cast == riding.actors and girl.carried
    assert (girl.x, girl.action, girl.direction) == (horse.x, horse.action, horse.direction)
    shot, (turn,) = handed(riding, [Side(empty, 8, shows=60)], 64, VIEW)
    horse, girl = turn.cast
    assert (girl.x, girl.action, girl.y) == (horse.x, horse.action, riding.actors[1].y) and abs(girl.x) > 1
    shot, (turn,) = handed(alone, [Side(riding, 8, shows=60)], 64, VIEW)
    assert [actor.instance.subject for actor in shot.actors] == ["horse", "girl"]
    assert shot.actors[1].y > turn.cast[1].y + 0.2 and not shot.actors[1].carried
