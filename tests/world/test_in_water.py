"""Who swims where the water has a surface is in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from model.world.art import Art
from model.world.blocking import block
from model.world.figures import Cut, in_water
from model.world.render import Renderer
from model.world.scene import SUBJECT, SURFACE, Actor, Instance, sample_scene
from model.world.scene import in_water as put_in_water
from tests.world.shots import drawable, scene

FOX = Actor(Instance("fox"), "swim", 0.0, 0.9, 0.4, -1, 0.0)


def actors(prompt: str) -> dict[str, Actor]:
    shot = block(prompt)
    assert shot is not None
    return {actor.instance.subject: actor for actor in shot.actors}


@pytest.mark.parametrize(("prompt", "who", "place"), [
    ("a dog swims in the sea", "dog", "ocean"), ("a boy swims in a river", "boy", "river"),
    ("a whale jumps in the ocean", "whale", "ocean"), ("a duck swims", "duck", "river"),
    ("a boy swims with dolphins", "dolphin", "ocean"), ("a shark in the harbour", "shark", "harbour"),
])  # fmt: skip
def test_swimmers_are_in_the_water_of_their_place(prompt: str, who: str, place: str) -> None:
    shot, actor = block(prompt), actors(prompt)[who]
    assert shot.place == place and 0 < actor.sunk < 1
    assert actor.y - actor.sunk * actor.height == pytest.approx(SURFACE[place])


@pytest.mark.parametrize("prompt", (
    "a fish swims in a coral reef", "a dog runs by a river", "an eagle flies over the ocean", "a boat on the ocean",
    "a swimmer swims in the sea", "a dog swims in a living room",
))  # fmt: skip
def test_others_are_not(prompt: str) -> None:
    assert not any(actor.sunk for actor in actors(prompt).values())


def test_nobody_stands_under_water() -> None:
    assert [actor.action for actor in actors("a turtle in a coral reef").values()] == ["swim"]
    assert {actor.action for actor in actors("a reef full of sea creatures, bubbles rise").values()} == {"swim"}
    assert [actor.action for actor in actors("an octopus dances in a reef").values()] == ["dance"]


def test_who_rides_a_swimmer_is_above_it() -> None:
    seen = actors("a girl rides a dolphin in the sea")
    assert seen["girl"].carried and seen["girl"].sunk == 0 and seen["dolphin"].sunk > 0
    assert seen["girl"].y < SURFACE["ocean"]


def test_what_is_under_water_is_hardly_seen_and_its_line_is_foam() -> None:
    shape = torch.ones(1, 4, 40, 10) * torch.tensor([0.2, 0.3, 0.4, 1.0])[None, :, None, None]
    cut: Cut = (shape, torch.ones(1, 1, 40, 10), slice(0, 40), slice(0, 10))
    actor = replace(FOX, sunk=0.5)
    x, y = torch.linspace(-0.1, 0.1, 10)[None], torch.linspace(0.5, 0.9, 40)[None]
    wet = in_water(cut, actor, x, y)[0][0]
    above, below = y[0] < 0.66, y[0] > 0.78
    assert torch.allclose(wet[:, above], shape[0, :, above], atol=0.02)
    assert float(wet[3, below].max()) < 0.15 and bool((wet[:3] <= wet[3] + 1e-5).all())
    line = (y[0] - 0.7).abs() < 0.006
    assert float((wet[:3, line] / wet[3:, line]).min()) > float(shape[0, 0, 0, 0]) + 0.1


def test_a_swimmer_is_drawn_over_the_water_alone(art: Art) -> None:
    renderer = Renderer(art, 224, 128)
    swims = put_in_water(FOX, "ocean")
    empty, there = (
        renderer.clips([scene(place="ocean", camera="static", actors=who)], 1)[0, 0].float() for who in ((), (swims,))
    )
    changed = ((empty - there).abs().amax(0) > 24).any(1).nonzero().flatten() / 128
    line = SURFACE["ocean"]
    assert line - 0.3 < float(changed.min()) < line - 0.1 and float(changed.max()) < line + 0.06


def test_scenes_of_the_world_have_swimmers_in_the_water(art: Art) -> None:
    options, seen = drawable(art, cuts=0.3), set[str]()
    for seed in range(600):
        for shot in sample_scene(seed, options).shots:
            for actor in shot.actors:
                subject = SUBJECT[actor.instance.subject]
                swims = (actor.action == "swim" or subject.home == "water") and subject.home != "afloat"
                assert bool(actor.sunk) == (swims and shot.place in SURFACE)
                seen |= {shot.place} if actor.sunk else set()
    assert "ocean" in seen
