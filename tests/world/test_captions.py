"""Captions say what is shown, in many wordings, and never what is not."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from model.world.captions import caption
from model.world.scene import SceneOptions, sample_scene
from model.world.understand import understand
from model.world.vocabulary import VOCABULARY, term
from tests.world.shots import scene

NEGATIONS = re.compile(r"\b(no|not|never|without|nothing|nobody|none|isn't|doesn't|don't)\b", re.IGNORECASE)
CASES = [(sample_scene(i, SceneOptions(extras=0.3, cuts=0.3, variety=1.0)), i) for i in range(600)]


def test_the_seed_picks_the_wording_and_always_the_same() -> None:
    assert all(caption(shown, seed) == caption(shown, seed) for shown, seed in CASES[:50])
    assert len({caption(scene(weather="rain", time="dusk", camera="zoom_in"), seed) for seed in range(200)}) > 100


def test_captions_never_negate() -> None:
    assert [text for shown, seed in CASES if NEGATIONS.search(text := caption(shown, seed))] == []


def test_captions_are_tidy_lines() -> None:
    for shown, seed in CASES:
        text = caption(shown, seed)
        assert 3 <= len(text) <= 400 and text == text.strip() and text.isprintable()
        assert not re.search(r"\s\s|\s[,.]|,,|\.\.|\ba [aeio]|\ban [^aeiou]", text), text


def test_a_caption_names_its_subject() -> None:
    for shown, seed in CASES:
        if len(shown.shots) > 1:
            continue
        wordings = term("subject", shown.shots[0].actors[-1].instance.subject).wordings
        # Plurals: only the beginning of the last word is sure; a colour of its own takes the place of another.
        heads = [w.split()[-1].lower()[: max(2, len(w.split()[-1]) - 2)] for w in wordings]
        assert any(head in caption(shown, seed).lower() for head in heads), (caption(shown, seed), wordings)


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
    assert len(cut) > 60
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
