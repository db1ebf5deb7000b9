"""Stories: relations, crowds, signs, tours and third shots, on top of scenes that stay what they were."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from model.world.art import Art
from model.world.captions import caption
from model.world.captions_story import CROWD
from model.world.motion import SPEED
from model.world.render import Renderer
from model.world.scene import Scene, SceneOptions, Sign, sample_scene
from model.world.signs import WORDS, picture, words_for
from model.world.vocabulary import VOCABULARY
from tests.world.shots import FOX, PLAIN, drawable, scene
from tests.world.test_captions import NEGATIONS

FRAMES = 33
ALL = SceneOptions(related=0.4, crowds=0.3, signs=0.4, tours=0.4, thirds=0.5, cuts=0.4, frames=FRAMES)
TOLD = [sample_scene(i, ALL) for i in range(400)]
RELATIONS = ("beside", "in_front", "follows", "meets")


def test_a_story_is_the_same_from_the_same_seed() -> None:
    assert TOLD[:40] == [sample_scene(i, ALL) for i in range(40)]


def test_without_a_story_the_scene_is_the_one_below_it() -> None:
    plain = replace(ALL, related=0.0, crowds=0.0, signs=0.0, tours=0.0, thirds=0.0)
    assert not plain.tells and ALL.tells
    signed = replace(plain, signs=1.0)
    for seed in range(60):
        below, above = sample_scene(seed, plain), sample_scene(seed, signed)
        assert Scene(tuple(replace(s, sign=None) for s in above.shots), above.starts) == below


def test_every_form_of_story_is_told_sooner_or_later() -> None:
    shots = [shot for told in TOLD for shot in told.shots]
    assert {s.relation for s in shots} == {None, *RELATIONS}
    assert {len(told.shots) for told in TOLD} == {1, 2, 3}
    assert any(len(s.actors) >= CROWD for s in shots) and any(not s.actors for s in shots)
    assert any(s.sign is not None and s.actors for s in shots)


def test_who_follows_goes_the_same_way_behind_and_who_meets_comes_from_the_other_side() -> None:
    for shot in (shot for told in TOLD for shot in told.shots if shot.relation in ("follows", "meets")):
        main, others = shot.actors[-1], shot.actors[:-1]
        assert all(a.action in SPEED for a in shot.actors)
        if shot.relation == "follows":
            assert all(a.direction == main.direction for a in others)
            assert all((a.x - main.x) * main.direction > 0 for a in others)
        else:
            assert len(others) == 1 and others[0].direction == -main.direction
            assert (others[0].x - main.x) * main.direction > 0


def test_who_stands_in_front_is_nearer_and_partly_hides_the_other() -> None:
    seen = 0
    for shot in (shot for told in TOLD for shot in told.shots if shot.relation == "in_front"):
        behind, front = shot.actors
        assert front.y > behind.y and abs(front.x - behind.x) < (front.height + behind.height) / 2
        seen += 1
    assert seen > 5


def test_a_crowd_fits_the_frame_and_stands_in_depth() -> None:
    crowds = [shot for told in TOLD for shot in told.shots if len(shot.actors) >= CROWD]
    assert crowds
    for shot in crowds:
        assert len(shot.actors) <= 7 and all(abs(a.x) <= ALL.reach for a in shot.actors)
        assert max(a.height for a in shot.actors) < 0.75 and len({a.action for a in shot.actors}) == 1


def test_cuts_of_stories_fall_on_latent_boundaries_in_order() -> None:
    for told in TOLD:
        assert list(told.starts) == sorted(set(told.starts)) and told.starts[-1] < FRAMES
        assert all(start % 4 == 1 for start in told.starts[1:])


def test_a_third_shot_needs_room() -> None:
    short = replace(ALL, frames=9, cuts=1.0, thirds=1.0)
    assert all(len(sample_scene(i, short).shots) == 2 for i in range(30))


def test_the_same_instance_goes_on_unless_it_is_a_tour() -> None:
    steady = SceneOptions(cuts=1.0, thirds=1.0, frames=FRAMES)
    for told in (sample_scene(i, steady) for i in range(40)):
        assert len(told.shots) == 3 and len({s.actors[-1].instance for s in told.shots}) == 1
    touring = replace(steady, tours=1.0)
    for told in (sample_scene(i, touring) for i in range(40)):
        subjects = [s.actors[-1].instance.subject for s in told.shots if s.actors]
        assert len(subjects) >= 2 and all(a != b for a, b in pairwise(subjects))


def test_captions_of_stories_are_tidy_and_say_what_is_there() -> None:
    for seed, told in enumerate(TOLD):
        text = caption(told, seed)
        assert text == caption(told, seed) and not NEGATIONS.search(text)
        assert 3 <= len(text) <= 700 and text == text.strip() and text.isprintable()
        assert not re.search(r"\s\s|\s[,.]|,,|\.\.|\ba [aeio]", text), text
        for shot in told.shots:
            assert shot.sign is None or shot.sign.word in text
        if len(told.shots) > 1:
            assert re.search(r"Shot 1: .+ Shot 2: .+|[Cc]ut to|Next shot: ", text)


WORDINGS = {
    "beside": r"beside|next to|side|together", "in_front": r"in front of|before|ahead of",
    "follows": r"follow|behind|goes after|trails|in a (row|line)",
    "meets": r"meet|come |comes |runs into|greets|walks up",
}  # fmt: skip


@pytest.mark.parametrize("relation", RELATIONS)
def test_a_relation_is_said_in_many_wordings(relation: str) -> None:
    bear = replace(FOX, instance=replace(FOX.instance, subject="bear"), x=0.4)
    texts = {caption(scene(actors=(bear, FOX), relation=relation), seed) for seed in range(60)}
    assert len(texts) > 30 and all(re.search(WORDINGS[relation], text) for text in texts)


def test_after_a_cut_the_same_is_called_the_same_and_another_is_not() -> None:
    after = replace(PLAIN, place="snow")
    stranger = replace(after, actors=(replace(FOX, instance=replace(FOX.instance, hue=0.3)),))
    same = [caption(Scene((PLAIN, after), (0, 5)), seed) for seed in range(60)]
    assert all(re.search(r"\bthe (same )?", text) for text in same)
    assert sum("the same " in text for text in same) > 20
    other = [caption(Scene((PLAIN, stranger), (0, 5)), seed) for seed in range(60)]
    assert not any("the same " in text for text in other)


@pytest.mark.parametrize("word", WORDS)
def test_every_word_can_be_painted_on_a_sign(word: str) -> None:
    sign = picture(word, 3)
    assert sign.shape[1] == 4 and sign.shape[2] == sign.shape[3]
    assert 0 <= float(sign.min()) and float(sign.max()) <= 1 and 0.2 < float(sign[:, 3].mean()) < 0.8
    other = picture("PARK" if word != "PARK" else "OPEN", 3)
    assert float((sign - other).abs().mean()) > 0.003


@pytest.mark.parametrize("word", ("", "ABCDEFGHIJK"))
def test_a_word_that_does_not_fit_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="1 to 10 letters"):
        picture(word, 1)


def test_every_place_has_words_that_suit_it() -> None:
    for place in VOCABULARY["place"]:
        assert words_for(place.id) and set(words_for(place.id)) <= set(WORDS)


@pytest.mark.world
@pytest.mark.parametrize("style", ("3d", "papercraft"))
def test_a_sign_and_a_crowd_are_drawn(renderer: Renderer, style: str) -> None:
    plain = renderer.clips([scene(style=style)], 1)[0].float()
    signed = renderer.clips([scene(style=style, sign=Sign("ZOO", 0.5, 0.8, 0.45))], 1)[0].float()
    far = replace(FOX, x=-0.5, y=0.8, height=0.3)
    crowded = renderer.clips([scene(style=style, actors=(far, far, far, FOX))], 1)[0].float()
    right, left = slice(85, None), slice(0, 45)
    assert float((plain - signed).abs()[..., right].mean()) > 4
    assert float((plain - crowded).abs()[..., left].mean()) > 4


@pytest.mark.world
def test_whole_stories_render(art: Art, renderer: Renderer) -> None:
    options = drawable(art, related=0.4, crowds=0.3, signs=0.4, tours=0.5, thirds=0.5, cuts=0.5, frames=13)
    for seed in range(6):
        clip = renderer.clips([sample_scene(seed, options)], 13)
        assert clip.dtype == torch.uint8 and clip.shape == (1, 13, 3, 64, 128)
