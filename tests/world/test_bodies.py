"""Bodies under the heads of the cast: how they stand, step, wave and sit; drawn from the smallest head there is."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from model.world.art import PICTURES, Art
from model.world.blocking import block
from model.world.bodies import BODIED, embody
from model.world.cast import CAST
from model.world.loops import BODIED as PICTURES_OF_A_BODY
from model.world.loops import GAIT, IDLE, SIT, WAVE, Part
from model.world.motion import pose
from model.world.roles import roles
from model.world.scene import BUSTS, SUBJECT

DRAWN = ("fox", "girl", "chef")  # one of each kind: on four legs, under a head, under a bust
GROUND = 250


@cache
def pictures(identity: str) -> NDArray[np.float64]:
    """Alpha of all pictures, (33, 256, 256), with a plain head, or head and chest, in place of the emoji."""
    face = Image.new("RGBA", (256, 256))
    brush = ImageDraw.Draw(face)
    brush.ellipse((64, 16, 192, 150) if identity == "chef" else (24, 24, 232, 232), fill=(240, 180, 130, 255))
    if identity == "chef":
        brush.rectangle((40, 140, 216, 240), fill=(240, 240, 245, 255))
    return np.stack([np.asarray(each, dtype=float)[..., 3] / 255 for each in embody(identity, face)])


def _of(identity: str, part: Part) -> NDArray[np.float64]:
    return pictures(identity)[part.first : part.first + part.length]


def test_whoever_has_a_body_is_one_of_the_cast_and_no_bust() -> None:
    assert {subject.id for subject in CAST if subject.bodied} == BODIED
    assert not BODIED & BUSTS
    assert all(SUBJECT[identity].moving for identity in BODIED)


def test_a_body_of_nobody_is_said() -> None:
    with pytest.raises(KeyError):
        embody("teapot", Image.new("RGBA", (256, 256)))


@pytest.mark.parametrize("identity", DRAWN)
def test_there_is_a_picture_for_everything_and_feet_are_on_the_ground(identity: str) -> None:
    every = pictures(identity)
    assert every.shape == (PICTURES_OF_A_BODY, 256, 256)
    for number, picture in enumerate(every):
        low = int(np.nonzero((picture > 0.5).any(1))[0][-1])
        assert GROUND - 5 <= low <= GROUND + 4, f"picture {number} stands at {low}"


@pytest.mark.parametrize("identity", DRAWN)
def test_legs_step_and_come_back_to_where_they_began(identity: str) -> None:
    legs = _of(identity, GAIT)[:, 200:]
    steps = np.abs(np.roll(legs, -1, axis=0) - legs).mean((1, 2))
    assert steps.min() > 0, "no picture twice"
    assert steps[-1] < 2.5 * np.median(steps), "the last leads on to the first"
    assert np.abs(legs[0] - legs[8]).mean() > 0.004, "left is not right"


@pytest.mark.parametrize("identity", DRAWN)
def test_at_ease_feet_stay_and_something_breathes(identity: str) -> None:
    idle = _of(identity, IDLE)
    moved = np.abs(idle - idle[0])
    assert moved[:, 236:].max(initial=0) < 0.5 and moved[:, :200].max() > 0.5


@pytest.mark.parametrize("identity", DRAWN)
def test_a_hand_is_raised_to_wave_and_whoever_sits_is_lower(identity: str) -> None:
    raised = (_of(identity, WAVE).max(0) > 0.5) & ~(_of(identity, IDLE).max(0) > 0.5)
    assert raised[:, :128].sum() > 150
    (sits,) = _of(identity, SIT)
    tops = [int(np.nonzero((picture > 0.5).any(1))[0][0]) for picture in (pictures(identity)[0], sits)]
    assert tops[1] >= tops[0]


def test_the_pictures_that_come_along_have_all_of_it() -> None:
    art = Art(PICTURES)
    for identity in sorted(BODIED):
        frames = art.sprite(identity).frames
        assert frames.shape[0] == PICTURES_OF_A_BODY, identity
        solid = frames[:, 3] > 127
        assert solid.flatten(1).any(1).all(), identity
        if SUBJECT[identity].faces:  # turns about the middle of its square
            columns = solid[0, -40:].any(0).nonzero().flatten().float()
            assert abs(float(columns.mean()) / solid.shape[-1] - 0.5) < 0.08, identity


@pytest.mark.parametrize(("prompt", "does"), [
    ("a bear sits by the river", ["sit"]), ("a boy and a fox sit in a meadow", ["sit", "sit"]),
    ("a cat sits on the street", ["stand"]), ("a wolf stands on a hill", ["stand"]),
    ("a bear sits and a fox runs", ["sit", "run"]),
])  # fmt: skip
def test_who_is_said_to_sit_sits_if_there_is_a_picture_of_it(prompt: str, does: list[str]) -> None:
    assert [role.action for role in roles(prompt)] == does
    for actor in block(prompt).actors:
        assert torch.isfinite(pose(actor, PICTURES_OF_A_BODY, torch.linspace(0, 4, 9)).y).all()


def test_a_hero_flies_head_first_and_a_unicorn_on_its_legs() -> None:
    for prompt, lies in (("a superhero flies over the city", True), ("a unicorn flies", False)):
        (actor,) = block(prompt).actors
        tilt = pose(actor, PICTURES_OF_A_BODY, torch.linspace(0, 1, 9)).tilt
        assert bool((tilt.abs() > 0.7).all()) is lies


def test_a_close_up_shows_the_face_and_only_if_it_is_asked_for() -> None:
    near, plain = (block(prompt).actors[0] for prompt in ("close-up of a grandmother", "a grandmother"))
    assert near.height > 1.5 * plain.height and near.y > 1.2 > plain.y
    assert near.y - near.height == pytest.approx(plain.y - plain.height)
    assert block("close-up of a fox").actors == block("a fox").actors, "a beast's face is before its body"
