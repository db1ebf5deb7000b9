"""Roles: what everybody does, in which colour, and who "animals" are."""

from __future__ import annotations

import pytest

from model.world.blocking import block
from model.world.roles import MOST_NAMED, roles


def cast(prompt: str) -> dict[str, str]:
    return {role.instance.subject: role.action for role in roles(prompt)}


@pytest.mark.parametrize(("prompt", "does"), [
    ("a boy flies a kite", {"boy": "look", "kite": "fly"}),
    ("a witch flies a broom", {"witch": "fly"}),
    ("an elephant flies over a city", {"elephant": "fly"}),
    ("a train crosses a bridge", {"train": "drive"}),
    ("a ship crosses the sea", {"ship": "sail"}),
    ("two dogs chase a ball", {"dog": "run", "football": "roll"}),
    ("two dogs chase a red ball", {"dog": "run", "football": "roll"}),
    ("a chef juggles tomatoes", {"chef": "dance", "tomato": "stand"}),
    ("a knight fights a dragon", {"knight": "jump", "dragon": "jump"}),
    ("a dancing teapot", {"teapot": "dance"}),
    ("a rolling ball", {"football": "roll"}),
    ("a cat and a teapot dance", {"cat": "dance", "teapot": "dance"}),
])  # fmt: skip
def test_everybody_does_what_they_can(prompt: str, does: dict[str, str]) -> None:
    found = cast(prompt)
    assert {who: found[who] for who in does} == does


def test_animals_are_those_who_live_there_and_not_whom_the_prompt_names_already() -> None:
    assert set(cast("the animals at the zoo")) == {"elephant", "giraffe", "lion", "zebra"}
    reef = cast("a coral reef, rife with tropical fish and sea creatures")
    assert next(iter(reef)) == "tropical_fish" and {"turtle", "octopus"} <= set(reef) and len(reef) == MOST_NAMED
    assert set(cast("a fluffy creature in a forest. The creature hops.")) == {"fluffy_monster"}
    assert [role.instance.subject for role in roles("animals in a forest", {"subject": ("fox", "cat")})] == ["fox"]


@pytest.mark.parametrize(("prompt", "who", "colour"), [
    ("a white vintage SUV", "suv", "white"),
    ("a gray cat", "cat", "grey"),
    ("a yellow old car", "car", "yellow"),
    ("under a blue sky a fox", "fox", None),
    ("a brown man walks", "walking_man_dark", None),
    ("a white man walks", "man", None),
    ("a red and a cat", "cat", None),
    ("a brown haired man", "man", None),
    ("a green eyed cat", "cat", None),
    ("a barn painted red near cows", "cow", None),
])  # fmt: skip
def test_a_colour_is_that_of_whom_it_is_said_of(prompt: str, who: str, colour: str | None) -> None:
    (role,) = roles(prompt)
    assert (role.instance.subject, role.instance.colour) == (who, colour)


@pytest.mark.parametrize(("prompt", "count"), [
    ("6 cats", 6), ("100 cats", 6), ("eleven ducks", 6), ("3 cats", 3), ("1 cat", 1), ("several cats", 5), ("cats", 2),
    ("people walk in a street", 3), ("children play", 3), ("many children play", 6), ("two children play", 2),
    ("the fish swims across a reef", 1), ("fish swim across a reef", 2), ("the deer slowly walks home", 1),
    ("deer graze", 2), ("three sheep is too many", 3), ("the sheep always sleep", 2), ("a deer", 1),
])  # fmt: skip
def test_numbers_are_read_in_words_and_figures(prompt: str, count: int) -> None:
    assert roles(prompt)[0].count == count


def test_trees_are_around_whatever_is_between_them() -> None:
    assert list(cast("paper planes fly among trees")) == ["paper_plane"]
    assert list(cast("tulips in a meadow")) == ["tulip_flower"]


def test_two_animals_are_two() -> None:
    assert len(roles("two animals at the zoo")) == 2 and len(roles("a sea creature swims")) == 1


def test_whoever_rides_is_carried_in_any_skin() -> None:
    shot = block("a brown woman rides a horse")
    assert [actor.carried for actor in shot.actors if actor.instance.subject == "walking_woman_dark"] == [True]
