"""Scenes drawn by lot: the same from the same seed, within what is allowed, cut on latent boundaries."""

from __future__ import annotations

import pytest

from model.world.art import Art
from model.world.scene import FRAMING_HEIGHT, Scene, SceneOptions, sample_scene
from model.world.vocabulary import VOCABULARY
from tests.world.shots import PLAIN, drawable

KINDS = ("place", "time", "weather", "camera", "framing", "style")


def test_a_seed_always_draws_the_same_scene() -> None:
    options = SceneOptions(extras=0.4, cuts=0.5, variety=1.0)
    assert [sample_scene(i, options) for i in range(40)] == [sample_scene(i, options) for i in range(40)]
    assert len({repr(sample_scene(i, options)) for i in range(40)}) == 40


def test_everything_in_the_vocabulary_is_drawn_sooner_or_later() -> None:
    scenes = [sample_scene(i) for i in range(3000)]
    for kind in KINDS:
        assert {getattr(s.shots[0], kind) for s in scenes} == {t.id for t in VOCABULARY[kind]}, kind
    actors = [s.shots[0].actors[-1] for s in scenes]
    assert {a.action for a in actors} == {t.id for t in VOCABULARY["action"]}
    assert {a.instance.subject for a in actors} == {t.id for t in VOCABULARY["subject"]}


def test_only_what_a_model_knows_is_drawn(art: Art) -> None:
    knows = {
        "subject": ("fox", "tropical_fish"),
        "place": ("snow", "reef"),
        "time": ("day", "night"),
        "style": ("pixel",),
    }
    scenes = [sample_scene(i, SceneOptions(knows=knows, extras=0.5)) for i in range(120)]
    for kind in ("place", "time", "style"):
        assert {getattr(s.shots[0], kind) for s in scenes} == set(knows[kind])
    assert {a.instance.subject for s in scenes for a in s.shots[0].actors} == set(knows["subject"])
    drawn = {a.instance.subject for i in range(120) for a in sample_scene(i, drawable(art)).shots[0].actors}
    assert all(art.has(subject) for subject in drawn)


def test_nobody_swims_in_a_meadow_and_no_snow_falls_in_a_room() -> None:
    for shot in (sample_scene(i).shots[0] for i in range(1500)):
        if shot.place in ("reef", "space", "room"):
            assert shot.weather == "clear"
        if any(a.action == "swim" for a in shot.actors):
            assert shot.place == "reef"


def test_subjects_stand_large_inside_the_frame() -> None:
    for shot in (sample_scene(i).shots[0] for i in range(500)):
        low, high = FRAMING_HEIGHT[shot.framing]
        for actor in shot.actors:
            assert low * 0.7 <= actor.height <= high * 1.25
            assert 0 < actor.y <= 1.05 and abs(actor.x) < 0.9


@pytest.mark.parametrize("frames", (9, 13, 17, 65))
def test_cuts_fall_on_latent_boundaries_inside_the_clip(frames: int) -> None:
    scenes = [sample_scene(i, SceneOptions(cuts=1.0, frames=frames)) for i in range(80)]
    assert all(len(s.shots) == 2 and s.starts[1] % 4 == 1 and 0 < s.starts[1] < frames for s in scenes)


def test_a_short_clip_has_no_cut() -> None:
    assert all(len(sample_scene(i, SceneOptions(cuts=1.0, frames=5)).shots) == 1 for i in range(20))


@pytest.mark.parametrize(("start", "nearest"), ((8, "9"), (6, "5"), (16, "17"), (4, "5")))
def test_a_cut_elsewhere_is_refused_and_the_nearest_place_named(start: int, nearest: str) -> None:
    with pytest.raises(ValueError, match=rf"1 \+ 4k; {start} does not, the nearest is {nearest}\b"):
        Scene((PLAIN, PLAIN), (0, start))


@pytest.mark.parametrize("starts", ((0,), (1, 5), (0, 5, 9)))
def test_every_shot_has_one_start_and_the_first_is_zero(starts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="need as many starts"):
        Scene((PLAIN, PLAIN), starts)


def test_the_very_same_instance_comes_back_after_a_cut() -> None:
    moved = 0
    for scene in (sample_scene(i, SceneOptions(cuts=1.0, variety=1.0)) for i in range(60)):
        before, after = scene.shots
        assert after.actors[-1].instance == before.actors[-1].instance
        moved += after.place != before.place
    assert moved > 10
