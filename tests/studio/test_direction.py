"""Direction: only what the weights know is offered, and nothing is said twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model import catalog
from model.world.vocabulary import VOCABULARY
from studio import direction
from studio.direction import KINDS, Direction
from studio.errors import ShotError


def test_the_choices_are_the_worlds_own_words() -> None:
    offered = direction.options("storybook")
    assert tuple(offered) == KINDS
    for kind, pairs in offered.items():
        assert {identity for identity, _ in pairs} <= {term.id for term in VOCABULARY.get(kind, ())}
        assert all(words and words[0] == words[0].upper() for _, words in pairs)


def test_what_the_weights_know_is_read_from_their_own_notes() -> None:
    entry = replace(catalog.entry("storybook"), notes={"knows": {"camera": ["static"], "style": 4}})
    assert direction.known(entry) == {"camera": ("static",)}
    assert direction.known(replace(entry, notes={})) is None


def test_lens_light_and_pace_are_offered_to_models_that_know_them_and_to_no_others() -> None:
    entry = replace(catalog.entry("storybook"), notes={"knows": {"camera": ["static"], "light": ["backlit"]}})
    offered = {kind: [term.id for term in direction._terms(kind, direction.known(entry))] for kind in KINDS}
    assert offered == {**{kind: [] for kind in KINDS}, "camera": ["static"], "light": ["backlit"]}
    everything = {kind: len(direction._terms(kind, None)) for kind in KINDS}
    assert min(everything.values()) >= 4 and everything["style"] > len(VOCABULARY["style"])
    with pytest.raises(ShotError, match="lens 'macro' is not known"):
        direction.check(Direction(lens="macro"), direction.known(entry))


def test_light_lens_and_pace_are_spoken_once_and_in_their_order() -> None:
    chosen = Direction(pace="slow_motion", lens="shallow", light="backlit", style="noir", time="dusk")
    spoken = "at dusk, backlit, shallow depth of field, in slow motion, film noir"
    assert direction.compile("A fox walks", chosen) == f"A fox walks, {spoken}"
    assert direction.compile("A fox with a bokeh background", Direction(lens="shallow")).count("shallow") == 0


def test_every_term_has_its_own_id_and_no_wording_means_two_things() -> None:
    for kind in KINDS:
        found = direction._terms(kind, None)
        assert len({term.id for term in found}) == len(found)
        for term in found:
            for words in term.wordings:
                assert direction._match(words, found) is term, (kind, words)


def test_a_direction_is_compiled_in_the_words_of_the_captions() -> None:
    prompt = direction.compile("A fox walks.", Direction(camera="pan_left", time="night", framing="close"))
    assert prompt == "A fox walks, at night, the camera pans left, close-up"


@pytest.mark.parametrize("said", ["a fox, pan left", "The camera pans left over a fox", "a fox. PAN LEFT!"])
def test_what_the_prompt_says_is_not_said_twice(said: str) -> None:
    assert direction.compile(said, Direction(camera="pan_left")) == said


def test_a_word_inside_a_word_is_not_the_word() -> None:
    assert "in the rain" in direction.compile("a train at the station", Direction(weather="rain"))


@pytest.mark.parametrize("given", ["pan_left", "Pan left", "pan left", "the camera pans left", "panning-left"])
def test_a_direction_is_understood_by_id_label_or_phrase(given: str) -> None:
    assert direction.check(Direction(camera=given)).camera == "pan_left"


def test_every_choice_round_trips_through_its_label() -> None:
    for kind, pairs in direction.options("storybook").items():
        for identity, words in pairs:
            assert getattr(direction.check(Direction(**{kind: words})), kind) == identity


RUNS = "Shot 1: a fox runs in the snow. Shot 2 (3 s): it sleeps at night."


def test_what_one_shot_of_a_list_says_is_not_said_of_the_others() -> None:
    night = Direction(time="night")
    assert direction.compile(RUNS, night) == RUNS.replace("the snow.", "the snow, at night.")
    neither = "Shot 1: a fox runs. Shot 2: it sleeps"
    assert direction.compile(neither, night) == f"At night. {neither}"
    assert direction.compile(f"At night. {neither}", night) == f"At night. {neither}"


def test_a_later_shot_has_the_hour_of_the_one_before_and_no_camera_of_it() -> None:
    listed = "Shot 1: a fox runs at night, pan left. Shot 2: it sleeps. Shot 3: it wakes in the forest, close-up"
    assert direction.compile(listed, Direction(time="night")) == listed
    told = direction.compile(listed, Direction(camera="pan_left", framing="close"))
    assert told == (
        "Shot 1: a fox runs at night, pan left, close-up. Shot 2: it sleeps, the camera pans left, close-up. "
        "Shot 3: it wakes in the forest, close-up, the camera pans left"
    )


@pytest.mark.parametrize("lead", ["", "In papercraft, softly. ", "A fox, "])
def test_every_shot_of_a_list_is_found_where_it_stands(lead: str) -> None:
    listed = f"{lead}Shot 1: a fox, a cat; Shot 2 (2 s): a fox, a cat. Shot 3 - a fox"
    found = direction.spoken(listed)
    assert [listed[end - 3 : end].strip() for _, end in found] == ["cat", "at.", "fox"]
    assert direction.spoken("A fox runs") == []


def test_what_was_written_by_hand_is_shown_as_the_choice_it_means() -> None:
    assert direction.known_words(Direction(camera="Pan left", style="sepia dreams")) == Direction(
        camera="pan_left", style="sepia dreams"
    )
