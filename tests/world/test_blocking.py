"""Who is in a shot and how they move, set on grey paper before anything is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from model.world.art import LOOPS, PICTURES, PROPS
from model.world.blocking import LEG, PACE, STAND_INS, Blocking, block, roles, traced
from model.world.cast import CAST
from model.world.cutout import emptied
from model.world.render import PAPER

WIDE, HIGH = 144, 80


def drawn(prompt: str, frame: int = 0) -> np.ndarray:
    """Where a frame of a prompt's blocking is not paper, (H, W)."""
    frames = Blocking(block(prompt), WIDE, HIGH).frames(frame, 1)
    return np.any(frames[0] != PAPER, axis=-1)


def at(second: float) -> int:
    """The frame at a second of the world."""
    return round(16 * second / PACE)


def _centred(seen: np.ndarray) -> np.ndarray:
    columns = np.nonzero(seen.any(0))[0]
    middle = (int(columns[0]) + int(columns[-1])) // 2
    return seen[:, middle - 40 : middle + 41]


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("a fox in the snow", [("fox", None, "stand")]),
        ("a blue fox jumps beside a dog, the fox laughs", [("fox", "blue", "jump"), ("dog", None, "jump")]),
        ("a green balloon spins, then a cat walks", [("balloon", "green", "spin"), ("cat", None, "walk")]),
        ("a butterfly over the meadow", [("butterfly", None, "fly")]),
        ("snow falls on an empty street", []),
        ("a fox, a dog, a cat and a horse run", [(who, None, "run") for who in ("fox", "dog", "cat")]),
        ("", []),
    ],
)
def test_roles_are_read_from_a_prompt(prompt: str, found: list[tuple[str, str | None, str]]) -> None:
    assert [(role.instance.subject, role.instance.colour, role.action) for role in roles(prompt)][: len(found)] == [
        (who, colour, "run" if does == "run" else does) for who, colour, does in found
    ]


def test_whom_a_model_does_not_know_is_not_blocked() -> None:
    assert [role.instance.subject for role in roles("a fox meets a dog", {"subject": ("dog",)})] == ["dog"]


def test_an_empty_shot_is_paper() -> None:
    for blocking in (Blocking(None, WIDE, HIGH), Blocking(block("a quiet street at night"), WIDE, HIGH)):
        frames = blocking.frames(0, 3)
        assert frames.shape == (3, HIGH, WIDE, 3) and frames.dtype == np.uint8 and (frames == PAPER).all()
        assert blocking.plain and not blocking.manned


@pytest.mark.parametrize(
    ("prompt", "counted"),
    [
        ("a fox", 1),
        ("two red foxes run", 2),
        ("several mammoths in the snow", 5),
        ("three foxes", 3),
        ("four foxes meet a bear", 5),
        ("a dog meets another dog", 2),
        ("In a park dogs play", 2),
        ("a man with a hat, dogs run", 3),
        ("one sheep", 1),
        ("a tropical fish swims", 1),
        ("fish swim", 2),
        ("a bus", 1),
        ("a woman. She wears black boots", 1),
        ("a fox among tall trees and houses", 1),
        ("a fox beside a fir tree", 2),
    ],
)
def test_as_many_as_are_spoken_of(prompt: str, counted: int) -> None:
    actors = block(prompt).actors
    assert len(actors) == counted
    assert len({(actor.x, actor.height) for actor in actors}) == counted


@pytest.mark.parametrize(
    ("prompt", "weather", "time"),
    [
        ("a cat in a kitchen, rain", "clear", "day"),
        ("a cat in the city at night, rain", "rain", "night"),
        ("an astronaut on the moon at night", "clear", "day"),
    ],
)
def test_no_weather_reaches_in_and_some_places_know_no_hours(prompt: str, weather: str, time: str) -> None:
    shot = block(prompt)
    assert (shot.weather, shot.time) == (weather, time)


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("a fox in the woods", "forest"),
        ("a snowy Tokyo city", "tokyo"),
        ("Tokyo, glowing neon, city signage, damp and reflective", "neon"),
        ("a fox", "meadow"),
        ("an astronaut waves", "space"),
        ("a goldfish", "reef"),
        ("a sailing boat", "ocean"),
        ("a monster beside a candle", "cave"),
        ("a teapot", "room"),
        ("a hot air balloon", "sky"),
        ("a lighthouse", "beach"),
        ("a windmill", "meadow"),
        ("a pirate ship", "ocean"),
        ("a submarine", "reef"),
        ("a treasure chest", "beach"),
        ("a knight", "castle"),
        ("it is late", "set"),
    ],
)
def test_everybody_is_somewhere(prompt: str, place: str) -> None:
    assert block(prompt).place == place


def test_what_falls_is_seen_piece_by_piece_and_elsewhere_in_another_take() -> None:
    assert (block("rain on a quiet street").weather, block("fog in the forest").weather) == ("rain", "clear")
    snow = Blocking(block("snow falls on an empty street"), WIDE, HIGH)
    frames = snow.frames(0, 2)
    seen = (frames != PAPER).any(-1)
    assert not snow.plain and not snow.manned and 0.005 < seen.mean() < 0.4
    assert (seen[0] != seen[1]).any() and frames[seen].mean() > PAPER + 10
    other = Blocking(block("snow falls on an empty street", seed=1), WIDE, HIGH).frames(0, 2)
    assert (other != frames).any()


@pytest.mark.parametrize(("prompt", "who"), [
    ("a mammoth walks, a sun high above and wispy clouds", ["mammoth"]),
    ("a monster gazes at the flame of a candle", ["fluffy_monster", "candle"]),
    ("a smiling sun above a meadow", ["sun_face"]),
])  # fmt: skip
def test_what_is_above_somebody_is_nobody(prompt: str, who: list[str]) -> None:
    assert [role.instance.subject for role in roles(prompt)] == who


def test_one_stands_in_the_middle_in_its_colour_and_smaller_in_a_wider_shot() -> None:
    assert drawn("a fox")[:, 62:82].any() and not drawn("a fox")[:, :20].any()
    red, blue = (Blocking(block(p), WIDE, HIGH).frames(0, 1)[0, 55, 76].astype(int) for p in ("a fox", "a blue fox"))
    assert red[0] > red[2] + 60 and blue[2] > blue[0]
    assert drawn("a fox, medium shot").sum() < 0.7 * drawn("a fox").sum()


def test_two_stand_beside_each_other() -> None:
    both = drawn("a fox and a penguin").any(0)
    assert both[:60].any() and both[84:].any() and not both[70:74].any()


def test_who_walks_turns_about_and_stays_in_sight() -> None:
    middles = []
    for second in (0, 2, 4, 6, 30):
        columns = np.nonzero(drawn("a mammoth walks in the snow", at(second)).any(0))[0]
        middles.append(columns.mean())
    assert abs(middles[0] - middles[2]) > 30 and abs(middles[1] - 72) < 12  # from side to side
    assert abs(middles[1] - middles[3]) < 6 and 30 < middles[4] < 114
    there, back = (_centred(drawn("a mammoth walks", at(second))) for second in (1.5, LEG + 2.5))
    flipped = (there != back[:, ::-1]).mean()
    assert flipped < (there != back).mean()  # it faces the way that it goes


def test_any_stretch_is_the_same_frames_and_may_be_played_backwards() -> None:
    whole = Blocking(block("a fox jumps"), WIDE, HIGH)
    frames, part = whole.frames(0, 12), whole.frames(8, 4)
    assert np.abs(frames[8:].astype(int) - part).max() <= 1
    assert np.abs(frames[5:].astype(int) - whole.at(5).frames(0, 7)).max() <= 1
    assert np.abs(frames[::-1].astype(int) - whole.at(11, -1).frames(0, 12)).max() <= 1


def test_a_drawing_is_cut_out_of_its_paper_and_moves() -> None:
    drawing = np.full((HIGH, WIDE, 3), 250, np.uint8)
    drawing[10:30, 10:30] = (200, 30, 30)
    shot = block("my doodad walks in the forest", given=1)
    assert shot.actors[0].instance.subject == STAND_INS[0] and shot.actors[0].action == "walk"
    frames = Blocking(shot, WIDE, HIGH, (drawing,)).frames(at(2), 33)
    seen = (frames != PAPER).any(-1)
    rows, columns = (np.nonzero(seen[0].any(axis))[0] for axis in (1, 0))
    assert 50 <= len(rows) <= 70 and rows[-1] > 68  # as tall as one stands in a close shot, feet on the ground
    red, green, _ = frames[0, 55, int(columns.mean())].astype(int)
    assert red > 160 and green < 60
    assert abs(np.nonzero(seen[32].any(0))[0].mean() - columns.mean()) > 10


def test_a_picture_is_of_whoever_is_called_mine() -> None:
    named = [actor.instance.subject for actor in block("a fox and my blue dog", given=1).actors]
    assert named == ["dog", "fox"]
    assert [role.mine for role in roles("a fox and my blue dog")] == [False, True]


def test_up_to_three_pictures_take_part_named_or_not_each_as_themselves() -> None:
    pictures = []
    for colour in ((200, 30, 30), (30, 160, 30), (30, 30, 200), (200, 200, 30)):
        pictures.append(np.full((HIGH, WIDE, 3), 250, np.uint8))
        pictures[-1][10:30, 10:30] = colour
    shot = block("a teddy bear and my friends", given=4)
    assert len({actor.instance.subject for actor in shot.actors}) == 3
    frame = Blocking(shot, WIDE, HIGH, pictures).frames(0, 1)[0]
    parts = np.split(frame, [54, 90], axis=1)
    strongest = [int(part[(part != PAPER).any(-1)].mean(0).argmax()) for part in parts]
    assert strongest == [0, 1, 2]


def test_a_picture_without_plain_paper_is_moved_whole_and_the_named_are_looked_up_beside_it() -> None:
    busy = np.random.default_rng(0).integers(0, 255, (HIGH, WIDE, 3), np.uint8)
    frames = Blocking(block("a fox and a dog", given=1), WIDE, HIGH, (busy,)).frames(0, 1)[0].astype(int)
    left, right = frames[:, :72], frames[:, 72:]
    assert left[(left != PAPER).any(-1)].std() > 40  # the noise stands where the fox would
    assert abs(right[(right != PAPER).any(-1)].mean() - busy.mean()) > 15


def test_who_is_drawn_in_a_first_picture_sets_out_from_there() -> None:
    drawing = np.full((HIGH, WIDE, 3), 250, np.uint8)
    drawing[30:70, 20:40] = (200, 30, 30)
    blocking = traced(drawing, "it walks away")
    assert blocking is not None
    frames = blocking.frames(0, 40)
    seen = (frames != PAPER).any(-1)
    there = (drawing != 250).any(-1)
    assert (seen[0] == there).mean() > 0.98 and np.abs(frames[0, 50, 30].astype(int) - (200, 30, 30)).max() < 40
    assert abs(np.nonzero(seen[39].any(0))[0].mean() - 29.5) > 5
    assert traced(np.full((HIGH, WIDE, 3), 250, np.uint8), "it walks") is None


def test_a_drawing_without_whoever_is_drawn_is_its_paper() -> None:
    drawing = np.full((HIGH, WIDE, 3), 250, np.uint8)
    drawing[30:70, 20:40] = (200, 30, 30)
    assert (emptied(drawing) == 250).all() and (drawing[50, 30] == (200, 30, 30)).all()
    busy = np.random.default_rng(0).integers(0, 255, (HIGH, WIDE, 3), np.uint8)
    assert np.array_equal(emptied(busy), busy)


def test_a_drawn_one_stays_where_it_is_drawn_at_first_however_the_camera_moves() -> None:
    drawing = np.full((HIGH, WIDE, 3), 250, np.uint8)
    drawing[30:70, 20:40] = (200, 30, 30)
    there = (drawing != 250).any(-1)
    for move in ("pan right", "zoom in", "the camera tilts up"):
        blocking = traced(drawing, f"it stands, {move}")
        assert blocking is not None
        seen = (blocking.frames(0, 33) != PAPER).any(-1)
        assert (seen[0] == there).mean() > 0.98 and (seen[32] == there).mean() < 0.98


def test_everybody_of_the_cast_has_a_picture() -> None:
    assert {subject.id for subject in CAST} | set(PROPS) == {path.stem for path in PICTURES.glob("*.webp")}
    assert sum(path.stat().st_size for path in PICTURES.glob("*.webp")) < 4_000_000


def test_whoever_has_an_animated_picture_moves_by_themselves() -> None:
    loops = {path.stem for path in (PICTURES / LOOPS).glob("*.webp")}
    assert loops == {subject.id for subject in CAST if subject.moving}
    assert sum(path.stat().st_size for path in (PICTURES / LOOPS).iterdir()) < 24_000_000
    frames = Blocking(block("a penguin stands"), WIDE, HIGH).frames(0, 33).astype(int)
    still = Blocking(block("a mushroom stands"), WIDE, HIGH).frames(0, 33).astype(int)
    moved, breathed = (np.abs(each[16] - each[0]).mean() for each in (frames, still))
    assert moved > 2 * breathed
