"""Who rides, drives or sits on whom."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from model.world.blocking import Blocking, block
from model.world.motion import pose
from model.world.render import PAPER
from model.world.scene import SUBJECT, Actor


def cast(prompt: str) -> dict[str, Actor]:
    return {actor.instance.subject: actor for actor in block(prompt).actors}


@pytest.mark.parametrize(
    ("prompt", "rider", "mount"),
    [
        ("an astronaut riding a horse on the moon", "astronaut", "horse"),
        ("a bear rides a small red bicycle on the beach", "bear", "bicycle"),
        ("a robot on a motorcycle, close-up", "robot", "motorcycle"),
        ("a mouse sits on an elephant", "mouse", "elephant"),
        ("a frog on top of a pumpkin", "frog", "pumpkin"),
        ("a dog driving a car through the city", "dog", "car"),
        ("a penguin in a boat", "penguin", "sailboat"),
        ("a wizard rides a dragon through the sky", "wizard", "dragon"),
        ("a fox with a blue scarf sails in a boat on the ocean", "fox", "sailboat"),
        ("a woman rows a boat", "woman", "sailboat"),
    ],
)
def test_who_rides_is_on_what_carries_them_and_goes_with_it(prompt: str, rider: str, mount: str) -> None:
    seen = cast(prompt)
    astride = SUBJECT[rider].bodied and SUBJECT[rider].faces and SUBJECT[mount].id not in ("sailboat", "car")
    assert list(seen) == ([mount, rider] if astride else [rider, mount]), "what hides their feet is drawn after them"
    up, under = seen[rider], seen[mount]
    assert up.carried and not under.carried
    assert (up.x, up.action, up.direction, up.phase, up.leg) == (
        under.x, under.action, under.direction, under.phase, under.leg
    )  # fmt: skip
    assert under.y - under.height < up.y < under.y, "they sit on it, neither above nor on the ground"
    assert up.y - up.height >= 0, "and their head is in the frame"


@pytest.mark.parametrize(
    "prompt",
    [
        "a fox and a bear walk in the snow", "a cat in a hat beside a chair", "a girl with a balloon",
        "a woman and a horse in a meadow", "a bear on a mouse", "a knight stands in a castle",
        "a fox walks, a horse rides along", "a candle on a table", "a fox looks at a car",
    ],
)  # fmt: skip
def test_who_does_not_ride_stands_beside(prompt: str) -> None:
    seen = cast(prompt)
    assert seen and not any(actor.carried for actor in seen.values())
    assert len({actor.x for actor in seen.values()}) == len(seen)


def test_who_is_sat_on_stands_and_one_sits_behind_its_head() -> None:
    seen = cast("a mouse sits on a lion")
    assert seen["lion"].action == seen["mouse"].action == "stand"
    seen = cast("a girl rides a unicorn")
    girl, unicorn = seen["girl"], seen["unicorn"]
    assert girl.y < unicorn.y - 0.2 * unicorn.height
    for second in (0.0, 5.0):  # it turns about between them, and she stays behind its head
        sits, goes = (pose(actor, 33, torch.tensor([second])) for actor in (girl, unicorn))
        assert float((sits.x - goes.x) * goes.stretch_x.sign()) > 0.05


def test_some_ride_and_others_drive_and_all_go_to_sea_in_a_boat() -> None:
    seen = cast("a woman riding an elephant and a robot driving a car")
    assert seen["woman"].carried and seen["robot"].carried
    assert not seen["elephant"].carried and not seen["car"].carried
    shot = block("a child and a panda sail in a boat")
    assert shot.place == "ocean" and sum(actor.carried for actor in shot.actors) == 2


def test_a_horse_that_is_ridden_goes_and_does_not_drive() -> None:
    assert cast("a girl rides a horse")["horse"].action not in ("drive", "stand")
    assert cast("a girl rides a bicycle")["bicycle"].action == "drive"
    assert cast("a knight stands on a horse")["horse"].action == "stand"


def test_they_stay_together_and_the_rider_is_seen_above() -> None:
    whole = Blocking(block("a monkey riding a tiger in the jungle"), 144, 80)
    for frame in whole.frames(0, 60)[::12].astype(int):
        rows, columns = np.nonzero(np.abs(frame - PAPER).max(-1) > 30)
        assert np.ptp(columns) < 70, "one above the other, and not side by side"
        assert np.ptp(rows) > 45


@pytest.mark.parametrize(
    ("prompt", "carried"),
    [
        ("a cat and a dog in a boat", ["cat", "dog"]),
        ("a fox and a big bear ride a bicycle", ["fox", "bear"]),
        ("a woman and a knight on a horse", ["woman", "knight"]),
    ],
)
def test_two_may_ride_together(prompt: str, carried: list[str]) -> None:
    seen = cast(prompt)
    up = [who for who, actor in seen.items() if actor.carried]
    assert up == carried
    assert len({seen[who].x for who in up}) == len(up) and len({seen[who].action for who in up}) == 1


def test_who_is_in_a_balloon_is_in_its_basket_and_who_is_in_a_pirate_ship_behind_its_sails() -> None:
    seen = cast("a fox in a hot air balloon")
    fox, balloon = seen["fox"], seen["hot_air_balloon"]
    assert fox.carried and fox.x == balloon.x and fox.height < 0.35 * balloon.height
    assert balloon.y - balloon.height / 2 < fox.y - fox.height / 2 < balloon.y
    seen = cast("a penguin sails a pirate ship")
    penguin, ship = seen["penguin"], seen["pirate_ship"]
    assert penguin.carried and penguin.x == ship.x and penguin.behind > 0.2 * ship.height


def test_given_pictures_stand_side_by_side() -> None:
    assert not any(actor.carried for actor in block("my dinosaur rides a bicycle", given=2).actors)
