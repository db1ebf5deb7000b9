"""Which picture is shown when: who stands, stands; who walks, walks."""

from __future__ import annotations

import math

import pytest
import torch

from model.world import loops
from model.world.loops import BODIED, GAIT, IDLE, PARTS, SIT, WAVE, Part, between, shown

TIMES = torch.arange(0, 6, 1 / 16)


def _seen(action: str, **how: bool) -> set[int]:
    return set(shown("fox", BODIED, action, TIMES, 0.3, **how).tolist())


def _all(part: Part) -> set[int]:
    return set(range(part.first, part.first + part.length))


def test_the_parts_are_all_there_is() -> None:
    pictures = [picture for part in PARTS for picture in range(part.first, part.first + part.length)]
    assert pictures == list(range(BODIED))


@pytest.mark.parametrize(("action", "part"), [
    ("stand", IDLE), ("look", IDLE), ("kneel", IDLE), ("fly", IDLE), ("wave", WAVE), ("walk", GAIT), ("run", GAIT),
    ("dance", GAIT), ("swim", GAIT),
])  # fmt: skip
def test_what_is_done_says_which_pictures_are_shown(action: str, part: Part) -> None:
    assert _seen(action) == _all(part)


def test_who_is_carried_sits_whatever_carries_them_does() -> None:
    assert _seen("walk", carried=True) == {SIT.first}


def test_who_arrives_walks_and_then_stands_and_who_leaves_sets_off() -> None:
    arrives = shown("fox", BODIED, "arrive", TIMES, 0.0)
    leaves = shown("fox", BODIED, "leave", TIMES, 0.0)
    assert set(arrives[TIMES < 3].tolist()) <= _all(GAIT)
    assert set(arrives[TIMES > 4].tolist()) <= _all(IDLE)
    assert int(leaves[0]) in _all(IDLE)
    assert set(leaves[TIMES > 1].tolist()) <= _all(GAIT)


def test_a_step_takes_as_long_as_the_body_rises_and_falls_and_no_picture_is_left_out() -> None:
    fine = torch.arange(0, 2 * math.pi / loops.WALKS, 0.001)
    pictures = shown("fox", BODIED, "walk", fine, 0.0)
    assert (int(pictures[0]), int(pictures[-1])) == (GAIT.first, GAIT.first + GAIT.length - 1)
    assert set(pictures.diff().tolist()) == {0, 1}


def test_legs_go_forwards_when_the_way_is_shown_from_its_end() -> None:
    there = shown("fox", BODIED, "walk", -TIMES, 0.3)
    assert torch.equal(shown("fox", BODIED, "walk", TIMES, 0.3, back=True), there)


def test_a_woman_who_stands_does_not_walk_on_the_spot() -> None:
    assert set(shown("woman", 24, "stand", TIMES, 0.3).tolist()) == {10}
    assert len(set(shown("woman", 24, "walk", TIMES, 0.3).tolist())) == 24
    assert set(shown("woman", 6, "look", TIMES, 0.3).tolist()) == {2}  # a smaller pack of pictures
    assert len(set(shown("dog", 24, "stand", TIMES, 0.3).tolist())) == 24
    assert not shown("woman", 1, "walk", TIMES, 0.3).any()


def test_between_two_parts_it_is_either_and_within_one_the_shorter_way_round() -> None:
    share = torch.linspace(0, 1, 9)
    one, other = torch.full((9,), 22), torch.full((9,), 9)
    way = between(one, other, share, BODIED)
    assert (int(way[0]), int(way[-1])) == (9, 22)
    assert set(way.tolist()) <= {9, 8, 23, 22}
    stands = torch.full((9,), 3)
    assert between(one, stands, share, BODIED).tolist() == [3] * 5 + [22] * 4
