"""Captions say what is shown, in many wordings, and never what is not."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from model.world.captions import caption
from model.world.cast import CAST
from model.world.naming import article, many, plural_verb
from model.world.scene import SUBJECT, Instance, SceneOptions, sample_scene
from model.world.understand import understand
from model.world.vocabulary import VOCABULARY, term
from model.world.wording import act_words
from tests.world.shots import FOX, scene

NEGATIONS = re.compile(r"\b(no|not|never|without|nothing|nobody|none|isn't|doesn't|don't)\b", re.IGNORECASE)
CASES = [(sample_scene(i, SceneOptions(extras=0.3, cuts=0.3, variety=1.0)), i) for i in range(400)]


def test_the_seed_picks_the_wording_and_always_the_same() -> None:
    assert all(caption(shown, seed) == caption(shown, seed) for shown, seed in CASES[:50])
    assert len({caption(scene(weather="rain", time="dusk", camera="zoom_in"), seed) for seed in range(200)}) > 100


def test_captions_never_negate() -> None:
    assert [text for shown, seed in CASES if NEGATIONS.search(text := caption(shown, seed))] == []


def test_captions_are_tidy_lines() -> None:
    for shown, seed in CASES:
        text = caption(shown, seed)
        assert 3 <= len(text) <= 700 and text == text.strip() and text.isprintable()
        assert not re.search(r"\s\s|\s[,.]|,,|\.\.|\ba (?!one)[aeio]|\ban (?!hour|suv|xmas)[^aeiou]", text), text


def test_a_caption_names_its_subject() -> None:
    for shown, seed in CASES:
        if len(shown.shots) > 1:
            continue
        wordings = term("subject", shown.shots[0].actors[-1].instance.subject).wordings
        # A colour of its own takes the place of another: "a blue car" for "red car".
        names = [n for w in wordings for n in (w, many(w), w.partition(" ")[2] or w, many(w.partition(" ")[2] or w))]
        assert any(name.lower() in caption(shown, seed).lower() for name in names), (caption(shown, seed), wordings)


def test_captions_name_the_place_and_what_they_say_is_shown() -> None:
    """What is understood from a caption is what its scene shows."""
    silent = 0
    for shown, seed in CASES:
        if len(shown.shots) > 1 or len(shown.shots[0].actors) > 1:
            continue
        shot, read = shown.shots[0], understand(caption(shown, seed))
        places = {s.id for s in read.spans if s.kind == "place"}
        silent += shot.place not in places
        for kind in ("time", "weather", "camera", "framing", "style"):
            said = {s.id for s in read.spans if s.kind == kind}
            # A synonym of one kind may be part of a wording of another ("in the snow"): nothing may contradict.
            assert said <= {getattr(shot, kind)} or kind in ("time", "weather"), (caption(shown, seed), kind, said)
    assert silent / len(CASES) < 0.03


def test_the_colour_is_said_only_when_the_instance_has_one() -> None:
    for shown, seed in CASES:
        for shot in shown.shots:
            colour = shot.actors[-1].instance.colour
            if colour is not None and len(shown.shots) == 1:
                assert colour in caption(shown, seed).lower()


def test_shots_are_told_in_their_order() -> None:
    cut = [(shown, seed) for shown, seed in CASES if len(shown.shots) == 2]
    assert len(cut) > 40
    for shown, seed in cut:
        assert re.search(r"Shot 1: .+ Shot 2: .+|[Cc]ut to|Next shot: ", caption(shown, seed))


@pytest.mark.parametrize("kind", ("time", "weather", "camera", "style"))
def test_every_wording_of_a_kind_is_used(kind: str) -> None:
    for wanted in VOCABULARY[kind]:
        shown = scene(**{kind: wanted.id})
        texts = " | ".join(caption(shown, seed) for seed in range(300)).lower()
        assert wanted.phrase.lower() in texts, wanted.id


def test_neighbouring_seeds_do_not_repeat_each_other() -> None:
    texts = [caption(scene(weather="rain"), seed) for seed in range(60)]
    assert sum(a == b for a, b in pairwise(texts)) <= 3


@pytest.mark.parametrize(("name", "one", "several"), (
    ("octopus", "an octopus", "octopuses"),
    ("wolf", "a wolf", "wolves"),
    ("mouse", "a mouse", "mice"),
    ("sheep", "a sheep", "sheep"),
    ("tropical fish", "a tropical fish", "tropical fish"),
    ("unicorn", "a unicorn", "unicorns"),
    ("umbrella", "an umbrella", "umbrellas"),
    ("hourglass", "an hourglass", "hourglasses"),
    ("one-humped camel", "a one-humped camel", "one-humped camels"),
    ("santa claus", "santa claus", "santa clauses"),
    ("santa", "santa", "santas"),
    ("woman in a red dress", "a woman in a red dress", "women in a red dress"),
    ("slice of pizza", "a slice of pizza", "slices of pizza"),
    ("passer-by", "a passer-by", "passers-by"),
    ("tennis racket and ball", "a tennis racket and ball", "tennis rackets and balls"),
    ("monkey covering its eyes", "a monkey covering its eyes", "monkeys covering their eyes"),
    ("french fries", "french fries", "french fries"),
    ("statue of liberty", "the statue of liberty", "statues of liberty"),
    ("butterfly", "a butterfly", "butterflies"),
    ("snowman", "a snowman", "snowmen"),
))  # fmt: skip
def test_names_have_their_article_and_plural(name: str, one: str, several: str) -> None:
    assert (article(name), many(name)) == (one, several)


@pytest.mark.parametrize(("one", "several"), (
    ("walks", "walk"), ("is walking", "are walking"), ("flies by", "fly by"), ("dashes", "dash"),
    ("goes away", "go away"),
    ("grows and grows", "grow and grow"), ("turns its head", "turn their heads"), ("tiptoes", "tiptoe"),
    ("races along", "race along"), ("searches", "search"), ("cruises along", "cruise along"),
))  # fmt: skip
def test_verbs_have_their_plural(one: str, several: str) -> None:
    assert plural_verb(one) == several


def test_what_actors_do_is_said_of_the_one_who_does_it() -> None:
    dog, bear = (
        replace(FOX, instance=Instance("dog"), action="walk"),
        replace(FOX, instance=Instance("bear"), action="dance"),
    )
    texts = [caption(scene(actors=(bear, dog)), seed) for seed in range(80)]
    assert any(re.search(r"(walk|stroll|wander).* (while|and) .*(dance|sway|wiggle)", text) for text in texts)
    assert not any(re.search(r"and an? [a-z ]*bear walk", text) for text in texts)


def test_a_vehicle_drives_and_flaps_no_wings() -> None:
    assert "walks away" not in act_words(SUBJECT["car"], "leave") and "drives away" in act_words(
        SUBJECT["car"], "leave"
    )
    assert "flaps its wings" not in act_words(SUBJECT["rocket"], "fly")
    for subject in CAST:
        for action in subject.moves:
            assert any(word.startswith("is ") for word in act_words(subject, action)), (subject.id, action)


def test_some_captions_are_paragraphs() -> None:
    texts = [
        caption(scene(weather="snowfall", time="golden", camera="zoom_in", framing="close"), seed)
        for seed in range(200)
    ]
    assert sum(text.count(". ") >= 3 for text in texts) >= 10
    assert any(re.match(r"(The|An|We|In|This).* (close-up of )?.* (fox|vixen|reynard)", text) for text in texts)
