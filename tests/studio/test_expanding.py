"""Prompt help: what was typed stays, what is added can be filmed, and nothing is said twice."""

from __future__ import annotations

import pytest

from model.shotlist import parts
from model.world.understand import understand
from studio.direction import Direction, knowledge
from studio.expanding import LOOKS, expand

KNOWS = knowledge()
TYPED = ["a fox", "two penguins.", "A red fox", "snow", "a ghost in a forest", "A robot dances on the moon"]
IDEAS = [*TYPED, "", "a picture of a cat"]


@pytest.mark.parametrize("idea", IDEAS)
@pytest.mark.parametrize("turn", range(4))
def test_what_is_added_is_what_the_weights_know(idea: str, turn: int) -> None:
    assert KNOWS is not None
    found = expand(idea, Direction(), KNOWS, turn)
    told = understand(found.text, KNOWS)
    assert not told.unknown, [span.text for span in told.unknown]
    assert all(told.first(kind) for kind in ("subject", "place", "camera", "framing"))
    for kind in ("place", "camera", "framing", "time", "weather", "subject"):
        assert len({span.id for span in told.spans if span.kind == kind}) <= 1, (kind, found.text)


@pytest.mark.parametrize("knows", [KNOWS, None], ids=["closed", "open"])
@pytest.mark.parametrize("idea", [*TYPED, "A keeper pours tea", "the Eiffel tower"])
def test_what_was_typed_stays_and_the_marks_cover_the_rest(idea: str, knows: dict[str, tuple[str, ...]] | None) -> None:
    found = expand(idea, Direction(), knows)
    left, at = "", 0
    for start, end in found.added:
        left += found.text[at:start]
        at = end
    assert left + found.text[at:] == idea.rstrip(".")
    assert found.added
    assert expand(idea, Direction(), knows) == found, "the same idea and turn give the same words"


def test_what_is_chosen_or_said_is_not_said_again() -> None:
    chosen = Direction(camera="pan_left", framing="close", weather="fog")
    found = expand("A fox walks in a forest at night", chosen, KNOWS)
    assert found.text == "A fox walks in a forest at night"
    look = expand("A bee, macro lens", Direction(light="soft"), None)
    assert look.look == "Close to nature"
    assert look.text.count("macro lens") == 1 and "acklit" not in look.text and "soft" not in look.text


def test_another_is_another_until_all_looks_were_shown() -> None:
    names = [expand("A taxi in the rain at night", Direction(), None, turn).look for turn in range(len(LOOKS))]
    assert names[0] == "Neon night" and len(set(names)) == len(LOOKS)
    assert expand("", Direction(), None).text == ""


def test_a_word_that_may_be_a_verb_is_left_alone_and_nobody_is_put_in_the_place_of_a_stranger() -> None:
    assert expand("a robot juggling oranges", Direction(), KNOWS).text.startswith("a robot juggling oranges ")
    assert expand("the Eiffel tower", Direction(), KNOWS).text.startswith("the Eiffel tower, ")


@pytest.mark.parametrize("knows", [KNOWS, None])
def test_in_a_list_every_shot_is_expanded_and_all_are_in_one_place(knows: dict[str, tuple[str, ...]] | None) -> None:
    listed = "Shot 1: a fox runs. Shot 2 (2 s): it sleeps."
    for turn in range(4):
        found = expand(listed, Direction(), knows, turn)
        left, at = "", 0
        for start, end in found.added:
            left, at = left + found.text[at:start], end
        assert left + found.text[at:] == listed
        shots = [words for words, _ in parts(found.text)]
        assert len(shots) == 2
        if knows is None:
            assert found.text.endswith(listed) and found.added[0][0] == 0
        else:
            first, second = (understand(words, knows) for words in shots)
            assert first.first("place") and first.first("camera") and second.first("camera")
            assert second.first("place") is None, "it goes on where the first one is"
