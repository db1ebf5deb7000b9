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
    ("a girl runs like a cheetah through the jungle", {"girl"}),
    ("a dog that looks like a lion runs on the beach", {"dog"}),
    ("boys like football in the park", {"boy", "boy_light", "football"}),
    ("animals like lions and elephants", {"lion", "elephant"}),
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
    ("a cat video", ["cat"]),
    ("a ghost costume", ["ghost"]),
    ("a small white dog", ["dog"]),
    ("a spider monkey", ["monkey"]),
    ("In a room, a teddy wearing pyjamas", ["teddy"]),
    ("wildlife photography of a lion", ["lion"]),
    ("stuffed animals on a bed", ["bed"]),
    ("a cat and a cat toy", ["cat"]),
    ("a girl dresses her doll, a boy films his dog", ["girl", "boy", "dog"]),
    ("children like to dance", ["boy_light", "girl", "child"]),
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
    ("a girl runs like a cheetah through the jungle", "jungle"),
    ("a robot shaped like a teapot walks through a kitchen", "kitchen"),
    ("a girl in a dream-like forest", "forest"),
    ("a cat on a rug in a library", "library"),
    ("a snow leopard on a cliff in the snow", "snow"),
    ("a village at dawn, smoke rising from chimneys", "village"),
    ("a sea creature swims", "reef"),
])  # fmt: skip
def test_a_place_is_what_is_meant(prompt: str, place: str) -> None:
    heard = understand(prompt)
    assert set_place(heard) == place and heard.first("weather") is None


def test_a_black_and_white_coat_is_no_film() -> None:
    assert understand("a black and white cat").first("style") is None
    assert understand("a zebra with black and white stripes").first("style") is None
    assert understand("a cat, black and white").first("style") == "film_bw"


def test_a_camera_that_turns_turns_nobody() -> None:
    assert understand("the camera slowly spins, a fox waits").first("action") == "stand"
    assert understand("the camera rotates around a fox").first("camera") == "arc"
