"""What goes on from a clip begins as that was, and comes to its own slowly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from model.world.blocking import Blocking, block
from model.world.light import change_of_light
from model.world.render import Backdrop
from model.world.turning import OVER, Turn, Turning, airs, eased, look_of, looks_in, posed

WIDE, HIGH = 144, 80
JOINS = 40


def turned(before: str, after: str, ahead: bool = False) -> Blocking:
    shot = block(after, seed=3)
    return Blocking(shot, WIDE, HIGH, turns=[Turn(look_of(shot, block(before, seed=3)), JOINS, ahead=ahead)])


def grey(level: int) -> np.ndarray:
    return np.full((HIGH, WIDE, 3), level, np.uint8)


def test_a_share_goes_from_all_to_nothing_and_steadily() -> None:
    shot = block("a fox")
    share = Turn(shot, JOINS).share(0, JOINS + OVER + 5)
    assert (share[: JOINS + 1] == 1).all()
    assert (share[JOINS + OVER :] == 0).all()
    assert float((share[1:] - share[:-1]).abs().max()) < 2 / OVER
    ahead, behind = (Turn(shot, JOINS, ahead=each).share(0, 2 * JOINS + 1) for each in (True, False))
    assert torch.equal(ahead, behind.flip(0))


def test_flakes_come_in_number_and_not_at_once() -> None:
    frames = turned("a quiet street", "snow falls on a quiet street").frames(0, JOINS + OVER + 20)
    flakes = (frames.max(-1) > 160).mean((1, 2))
    assert flakes[: JOINS + 1].max() == 0
    assert 0 < flakes[JOINS + 6] < 0.5 * flakes[JOINS + OVER]
    before = frames.astype(int)[1:] - frames.astype(int)[:-1]
    steps = np.abs(before).mean((1, 2, 3))
    assert steps[JOINS] < 0.3 * steps[JOINS + OVER :].mean(), "the first new frame is no jump"


def test_rain_that_goes_on_is_the_same_rain() -> None:
    shot = block("rain on a street at night", seed=3)
    plain = Blocking(shot, WIDE, HIGH).frames(JOINS, 4)
    assert np.array_equal(turned("rain on a street", "rain on a street at night").frames(JOINS, 4), plain)
    (rain, *_) = airs(looks_in(shot, None, torch.device("cpu")))
    assert rain[:2] == ("rain", 3)


@pytest.mark.parametrize("ahead", [False, True])
def test_the_light_of_a_set_goes_over_into_another(ahead: bool) -> None:
    plan = turned("a quiet street by day", "a quiet street at night", ahead)
    first = JOINS - OVER - 4 if ahead else JOINS
    frames = plan.staged(Backdrop(grey(200), turned=grey(60)), first, OVER + 5)[1].mean((1, 2, 3))
    frames = frames[::-1] if ahead else frames
    assert frames[0] == pytest.approx(200, abs=1)
    assert frames[-1] == pytest.approx(60, abs=1)
    assert (np.diff(frames) <= 0.5).all()
    assert np.abs(np.diff(frames)).max() < 2 * 140 / OVER


def test_those_on_a_set_are_lit_as_it_is() -> None:
    plan = turned("a fox stands in a meadow by day", "a fox stands in a meadow at night")
    frames = plan.staged(Backdrop(grey(128)), JOINS, OVER + 1)[1].astype(int)
    fox = (frames[0].max(-1) - frames[0].min(-1)) > 60
    lit = frames[:, fox].mean((1, 2))
    assert fox.mean() > 0.05
    assert lit[-1] < 0.85 * lit[0]
    assert abs(lit[1] - lit[0]) < 0.1 * (lit[0] - lit[-1]) + 1.5


@pytest.mark.parametrize("ahead", [False, True])
@pytest.mark.parametrize("moves", [("pan left", ""), ("", "zoom in"), ("pan left", "pan right"), ("tilt up", "")])
def test_one_move_of_the_camera_goes_over_into_the_other(moves: tuple[str, str], ahead: bool) -> None:
    there, own = (block(f"a fox stands in a meadow, {move}") for move in moves)
    turn = Turn(look_of(own, there), JOINS, ahead=ahead)
    times = torch.arange(2 * JOINS + 1) / 16
    path = eased(own, turn, 0, times)
    path = path.flip(0) if ahead else path
    speed = (path[1:, :3] - path[:-1, :3]) * 16
    change = (speed[1:] - speed[:-1]).abs().amax(1)
    assert float(change.max()) < 0.06, "no jerk"
    own_path = eased(own, Turn(own, JOINS, ahead=ahead), 0, times)
    own_path = own_path.flip(0) if ahead else own_path
    own_speed = (own_path[1:, :2] - own_path[:-1, :2]) * 16
    assert torch.allclose(speed[JOINS + OVER :, :2], own_speed[JOINS + OVER :], atol=0.02), "in the end it is its own"


def test_one_way_of_moving_goes_over_into_the_other() -> None:
    walks, jumps = (block(f"a fox {does} in a meadow") for does in ("walks", "jumps"))
    turn = Turn(jumps, JOINS, cast=walks.actors)
    assert Blocking(jumps, WIDE, HIGH, turns=[replace(turn, cast=())]).casting(ahead=False) is None
    plan = Blocking(jumps, WIDE, HIGH, turns=[turn]).cast_at(ahead=False, frame=70)
    before = Blocking(walks, WIDE, HIGH).frames(70 - 6, 7)
    assert np.abs(plan.frames(JOINS - 6, 7).astype(int) - before).max() <= 1, "up to the join they walk as they did"
    own = Blocking(jumps, WIDE, HIGH).frames(JOINS + OVER, 8)
    assert np.abs(plan.frames(JOINS + OVER, 8).astype(int) - own).max() <= 1, "in the end they jump"
    steps = np.abs(np.diff(plan.frames(JOINS - 4, OVER + 12).astype(int), axis=0)).mean((1, 2, 3))
    cut = np.abs(Blocking(jumps, WIDE, HIGH).frames(JOINS + 1, 1).astype(int) - before[-1:]).mean()
    assert steps[4] < 0.5 * cut and steps.max() < cut


def test_what_is_dark_does_not_become_bright_without_limit() -> None:
    assert change_of_light(("day", "clear"), ("day", "clear")) == (1.0, 1.0, 1.0)
    assert all(each < 0.7 for each in change_of_light(("day", "clear"), ("night", "clear")))
    assert max(change_of_light(("night", "rain"), ("day", "clear"))) <= 2.0


@pytest.mark.parametrize("ahead", [False, True])
def test_those_who_go_at_another_pace_are_led_into_the_usual_one_camera_and_all(ahead: bool) -> None:
    """Played backwards in between, a plan goes on at its pace where it joins, and comes to it where it meets."""
    plain = Blocking(block("a mammoth walks in the snow, pan left"), 144, 80)
    backwards = plain.at(100, -1.0)  # frame 40 shows the plan's sixtieth
    led = backwards.led(ahead, 40, 24, 12)
    there = plain.at(24 - 40)  # but is to show the twenty-fourth
    backdrop = Backdrop(np.random.default_rng(0).integers(0, 255, (80, 144, 3), np.uint8), straight=plain.second(24))
    at, away = (range(40, 44), range(20, 24)) if ahead else (range(37, 41), range(60, 64))
    for frames, like in ((at, there), (away, backwards)):
        found, expected = (each.staged(backdrop, frames[0], 4) for each in (led, like))
        for one, other in zip(found, expected, strict=True):
            assert np.abs(one.astype(int) - other).max() <= 1
    assert led.led(ahead, 40, 99, 12) is led  # once is enough
    assert Blocking(None, 144, 80).led(ahead, 40, 24, 12).frames(0, 1).std() == 0


def test_the_pictures_of_a_loop_are_gone_through_and_not_jumped_over() -> None:
    """Led from the thirty-fourth picture of thirty-six to the fifth, it is not far by way of the first."""
    shot = block("a panda stands")
    turn = Turn(shot, 0, 12, cast=shot.actors)
    times, then = torch.full((13,), 5.5 / 12), torch.full((13,), 34.5 / 12)  # a loop of 36 lasts three seconds
    path = posed(0, shot.actors[0], 36, times, Turning((), ((shot.actors, then, turn.share(0, 13)),)))
    assert (int(path.frame[0]), int(path.frame[-1])) == (34, 5)
    assert int((path.frame.diff() % 36).max()) <= 2
    still = posed(0, shot.actors[0], 1, times, Turning((), ((shot.actors, then, turn.share(0, 13)),)))
    assert not still.frame.any()
