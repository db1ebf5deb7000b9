"""The cast is sound data, and what it says of a subject can be seen."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from model.world.cast import CAST, Subject
from model.world.drawn import draw
from model.world.motion import pose
from model.world.scene import SUBJECT, Instance
from model.world.vocabulary import ACTIONS
from tests.world.shots import FOX

FIRST = (
    "fox", "dog", "cat", "lion", "tiger", "elephant", "mammoth", "rabbit", "panda", "penguin", "frog", "dinosaur",
    "butterfly", "tropical_fish", "octopus", "car", "rocket", "robot", "ghost", "astronaut",
)  # fmt: skip
NEEDED = ("fluffy_monster", "red_candle", "candle", "lantern", "balloon", "teapot", "sailboat", "monkey", "ladybird")
TIMES = torch.arange(64) / 16


def test_there_are_three_hundred_and_more_of_every_kind() -> None:
    kinds: dict[str, int] = {}
    for subject in CAST:
        kinds[subject.kind] = kinds.get(subject.kind, 0) + 1
    assert len(CAST) >= 300 and min(kinds.values()) >= 10 and len(kinds) == 9
    assert sum(subject.moving for subject in CAST) >= 250


def test_ids_codes_and_words_are_each_one_subjects_own() -> None:
    for values in (
        [s.id for s in CAST], [s.code for s in CAST], [w.lower() for s in CAST for w in (s.phrase, *s.synonyms)],
    ):  # fmt: skip
        assert sorted({value for value in values if values.count(value) > 1}) == []
    assert set((*FIRST, *NEEDED)) <= set(SUBJECT)


def test_people_have_all_skin_tones_alike() -> None:
    tones = {tone: sum(tone in s.code for s in CAST) for tone in ("1f3fb", "1f3fc", "1f3fd", "1f3fe", "1f3ff")}
    assert min(tones.values()) >= 8


@pytest.mark.parametrize("subject", CAST, ids=lambda s: s.id)
def test_a_subject_is_whole(subject: Subject) -> None:
    known = {term.id for term in ACTIONS}
    assert subject.moves and set(subject.moves) <= known and len(set(subject.moves)) == len(subject.moves)
    assert 0.6 <= subject.size <= 1.3 and subject.phrase == subject.phrase.strip()
    assert not (subject.kind in ("vehicle", "building") and subject.indoors)
    assert not ({"walk", "run"} & set(subject.moves) and subject.home in ("water", "afloat"))


def test_every_action_moves_in_a_way_of_its_own() -> None:
    seen = {}
    for action in (term.id for term in ACTIONS):
        path = pose(replace(FOX, action=action), 24, TIMES)
        track = torch.stack([path.x, path.y, path.stretch_x, path.stretch_y, path.tilt])
        assert bool(track.isfinite().all()) and float(track.std(1).max()) > 0.005, action
        seen[action] = track
    names = list(seen)
    same = [
        (a, b)
        for i, a in enumerate(names)
        for b in names[i + 1 :]
        if float((seen[a] - seen[b]).abs().mean(1).max()) < 0.01
    ]
    assert same == []


def test_running_is_faster_and_higher_than_walking_and_jumping_higher_still() -> None:
    walk, run, jump = (pose(replace(FOX, action=a), 1, TIMES) for a in ("walk", "run", "jump"))
    speed = [float((p.x[-1] - p.x[0]).abs()) for p in (walk, run, jump)]
    assert speed[1] > 2 * speed[0] > 0 == speed[2]
    height = [float(p.lift.max()) for p in (walk, run, jump)]
    assert height[0] < height[1] < height[2]


def test_who_arrives_comes_from_outside_and_who_leaves_goes_there() -> None:
    come, go = (pose(replace(FOX, action=a, direction=1), 1, TIMES) for a in ("arrive", "leave"))
    assert float(come.x[0]) < -0.9 and abs(float(come.x[-1])) < 0.2
    assert abs(float(go.x[0])) < 0.1 and float(go.x[-1]) > 0.9


def test_a_subject_that_rolls_turns_about_its_middle_and_one_that_grows_gets_larger() -> None:
    roll = pose(replace(FOX, instance=Instance("football"), action="roll"), 1, TIMES)
    assert roll.pivot == 0.5 and float(roll.tilt.max() - roll.tilt.min()) > 3
    grow = pose(replace(FOX, action="grow"), 1, TIMES)
    assert float(grow.stretch_y[-1]) > 2 * float(grow.stretch_y[0])


def test_who_faces_left_is_mirrored_to_go_right() -> None:
    dog = replace(FOX, instance=Instance("dog"), action="walk")
    assert float(pose(replace(dog, direction=-1), 1, TIMES).stretch_x[0]) > 0
    assert float(pose(replace(dog, direction=1), 1, TIMES).stretch_x[0]) < 0


def test_flyers_and_swimmers_are_off_the_ground_whatever_they_do() -> None:
    assert SUBJECT["bee"].aloft("arrive") and SUBJECT["shark"].aloft("leave") and SUBJECT["parrot"].aloft("fly")
    assert not SUBJECT["dog"].aloft("arrive") and not SUBJECT["sailboat"].aloft("sail")


DRAWN = [s.code.removeprefix("drawn:") for s in CAST if s.code.startswith("drawn:") and s.moving]


@pytest.mark.parametrize("name", DRAWN)
def test_drawn_pictures_fill_their_square_and_move(name: str) -> None:
    first, second = draw(name, 2, 64)
    assert first.size == (64, 64) and first.mode == "RGBA" and first.tobytes() != second.tobytes()
    assert first.getchannel("A").getbbox() is not None
    with pytest.raises(KeyError, match="fluffy, candle"):
        draw("unicorn", 1)
