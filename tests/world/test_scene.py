"""Scenes drawn by lot: the same from the same seed, within what is allowed, cut on latent boundaries."""

from __future__ import annotations

import hashlib

import pytest

from model.world.art import Art
from model.world.captions import caption
from model.world.cast import Subject
from model.world.scene import CLOSER, FRAMING_HEIGHT, SUBJECT, Scene, SceneOptions, sample_scene
from model.world.setting import SETTINGS, weathers
from model.world.vocabulary import VOCABULARY
from tests.world.shots import PLAIN, drawable

KINDS = ("place", "time", "weather", "camera", "framing", "style")


def test_a_seed_always_draws_the_same_scene() -> None:
    options = SceneOptions(extras=0.4, cuts=0.5, variety=1.0)
    assert [sample_scene(i, options) for i in range(40)] == [sample_scene(i, options) for i in range(40)]
    assert len({repr(sample_scene(i, options)) for i in range(40)}) == 40


def test_everything_in_the_vocabulary_is_drawn_sooner_or_later() -> None:
    scenes = [sample_scene(i) for i in range(6000)]
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


def test_what_is_drawn_suits_its_place() -> None:
    for shot in (sample_scene(i).shots[0] for i in range(3000)):
        setting = SETTINGS[shot.place]
        assert shot.weather in weathers(shot.place, shot.time), (shot.place, shot.time, shot.weather)
        assert shot.time in setting.hours or shot.place == "room"
        homes = {SUBJECT[a.instance.subject].home for a in shot.actors}
        assert "afloat" not in homes or "water" in setting.homes
        if shot.place != "reef":
            assert homes - {"afloat"} <= set(setting.homes)


OLD = {
    "subject": (
        "fox", "dog", "cat", "lion", "tiger", "elephant", "mammoth", "rabbit", "panda", "penguin", "frog", "dinosaur",
        "butterfly", "tropical_fish", "octopus", "car", "rocket", "robot", "ghost", "astronaut",
    ),
    "place": ("meadow", "snow", "forest", "desert", "beach", "city", "tokyo", "reef", "room", "space", "village"),
    "time": ("day", "golden", "dusk", "night"), "weather": ("clear", "rain", "snowfall", "fog", "petals"),
    "camera": ("static", "pan_left", "pan_right", "zoom_in", "tracking"), "framing": ("close", "medium"),
    "action": ("stand", "walk", "run", "jump", "dance", "spin", "fly", "swim", "float"), "style": ("3d",),
}  # fmt: skip


def test_scenes_of_the_first_world_stay_what_they_were() -> None:
    """Sets that were rendered are known by their seeds alone: growing the world must not shift a draw."""
    options = SceneOptions(knows=OLD, extras=0.3, cuts=0.3, frames=33)
    facts = []
    for scene in (sample_scene(i, options) for i in range(200)):
        for shot in scene.shots:
            facts.append((shot.place, shot.place_seed, shot.time, shot.weather, shot.camera, shot.seed, scene.starts))
            facts += [(a.instance.subject, a.action, round(a.x, 6), a.direction) for a in shot.actors]
    assert hashlib.sha256(repr(facts).encode()).hexdigest()[:16] == "164fc10ba49fbe42"


def _faced(subject: Subject) -> bool:
    """Whether a close-up of it shows its face and not its feet."""
    return subject.bodied and subject.faces


def test_subjects_stand_large_inside_the_frame() -> None:
    for shot in (sample_scene(i).shots[0] for i in range(500)):
        low, high = FRAMING_HEIGHT[shot.framing]
        for actor in shot.actors:
            face = shot.framing == "close" and _faced(SUBJECT[actor.instance.subject])
            nearer = CLOSER if face else 1.0
            assert low * 0.7 * nearer <= actor.height <= high * 1.25 * nearer
            assert 0 < actor.y <= (1.7 if face else 1.05) and abs(actor.x) < 0.9
            assert not face or -0.1 < actor.y - actor.height < 0.5, "the face is in the frame"


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


def test_an_empty_place_has_nobody_and_says_so() -> None:
    whole, empty = (sample_scene(5, SceneOptions(nobody=chance)) for chance in (0.0, 1.0))
    assert not any(shot.actors for shot in empty.shots)
    assert [shot.place for shot in empty.shots] == [shot.place for shot in whole.shots]
    words = " ".join(caption(sample_scene(seed, SceneOptions(nobody=1.0)), seed) for seed in range(40)).lower()
    assert "welcome" not in words and "nobody" in words and "view" in words
    some = sum(not sample_scene(seed, SceneOptions(nobody=0.3)).shots[0].actors for seed in range(200))
    assert 30 < some < 90
