"""What a prompt means by its words: who only is like something, what is worn, and how it is filmed, is not there."""

from __future__ import annotations

import pytest

from model.world.blocking import block, set_place
from model.world.understand import understand


def seen(prompt: str) -> list[str]:
    return [actor.instance.subject for actor in block(prompt).actors]


@pytest.mark.parametrize(("prompt", "who"), [
    ("paper planes fly as if they were migrating birds", {"paper_plane"}),
    ("a fluffy monster, a whimsical blend of a rabbit and a squirrel", {"fluffy_monster"}),
    ("a robot that looks like a giant frog", {"robot"}),
    ("an octopus on the ocean floor, blending in with the fish", {"octopus"}),
    ("something like a dog", {"dog"}),
    ("a fox would like an apple", {"fox"}),
    ("a cat dreaming of fish", {"cat"}),
])  # fmt: skip
def test_what_somebody_is_like_is_not_there(prompt: str, who: set[str]) -> None:
    assert set(seen(prompt)) == who


@pytest.mark.parametrize(("prompt", "who"), [
    ("a woman wearing purple overalls and cowboy boots", ["woman"]),
    ("an astronaut wearing a red motorcycle helmet", ["astronaut"]),
    ("a dog in a pirate costume", ["dog"]),
    ("a man, shot with a mobile phone camera", ["man"]),
    ("a rocket lands on an alien planet", ["rocket"]),
    ("an alien lands on a planet", ["alien"]),
    ("a fox on a horse", ["fox", "horse"]),
    ("a girl dresses her doll, a boy films his dog", ["girl", "boy", "dog"]),
    ("children like to dance", ["child", "child"]),
])  # fmt: skip
def test_what_says_something_of_another_word_is_nobody(prompt: str, who: list[str]) -> None:
    assert seen(prompt) == who


@pytest.mark.parametrize(("prompt", "who", "count"), [
    ("five gray wolf pups", "wolf", 5), ("golden retriever puppies", "guide_dog", 2), ("a lion cub", "lion", 1),
])  # fmt: skip
def test_the_young_of_somebody_are_theirs(prompt: str, who: str, count: int) -> None:
    assert seen(prompt) == [who] * count


@pytest.mark.parametrize(("prompt", "place", "time"), [
    ("a wolf howls at the moon", "meadow", "night"),
    ("a wolf in a forest under a full moon at dusk", "forest", "dusk"),
    ("a rocket flies to the moon", "space", "day"),
    ("an astronaut on the moon", "space", "day"),
    ("the moon", "space", "day"),
])  # fmt: skip
def test_a_moon_that_nobody_is_on_is_night(prompt: str, place: str, time: str) -> None:
    shot = block(prompt)
    assert (shot.place, shot.time) == (place, time)


@pytest.mark.parametrize(("prompt", "place"), [
    ("a car on a dirt road surrounded by pine trees on a mountain slope", "forest"),
    ("a car on a road", "city"),
    ("a cake on a wood dining room table", "room"),
    ("a deer in the wood", "forest"),
    ("a snail after the rain", "meadow"),
    ("a cloud in the shape of a dog over the earth, a man below", "park"),
    ("a penguin on an icy hill", "snow"),
])  # fmt: skip
def test_a_place_is_what_is_meant(prompt: str, place: str) -> None:
    heard = understand(prompt)
    assert set_place(heard) == place and heard.first("weather") is None


def test_a_camera_that_turns_turns_nobody() -> None:
    assert understand("the camera slowly spins, a fox waits").first("action") == "stand"
    assert understand("the camera rotates around a fox").first("camera") == "arc"
