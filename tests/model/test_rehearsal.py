"""What is planned of a clip before it is rendered: where it is staged, and on what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from model import sets
from model.conditioning import Anchor, to_video
from model.pipeline import Generator
from model.rehearsal import STRENGTH, Rehearsal
from model.request import Source, Told
from model.seen import Seen
from model.windows import Window
from model.world.blocking import Blocking, block
from model.world.render import PAPER, Backdrop
from tests.model.doubles import ENTRY, FakeText, FakeVAE
from tests.model.test_places import SHOWN, Sees

WINDOW = Window(0, 0, 3)


@pytest.fixture
def shown() -> Generator:
    dit = Sees(SHOWN, torch.zeros(4)[None, :, None, None, None])
    dit.beside = {}
    notes = {"prediction": "sample", "blocking": True}
    entry = replace(ENTRY, notes=notes, given={**ENTRY.given, "references": True})
    return Generator(entry, dit, FakeVAE(), FakeText())  # type: ignore[arg-type]


def rehearsal(gen: Generator, prompt: str, **more: Any) -> Rehearsal:
    asked = gen.request(prompt, **{"frames": 9, "steps": 2, **more})
    return Rehearsal(gen, asked, asked.before)


def size(gen: Generator) -> tuple[int, int]:
    return next(iter(gen.entry.sizes.values()))


def drawing(gen: Generator) -> np.ndarray:
    """A red square on white paper, as one frame."""
    width, height = size(gen)
    picture = np.full((1, height, width, 3), 250, np.uint8)
    picture[:, 8:24, 12:28] = (200, 30, 30)
    return picture


def test_what_is_asked_in_words_alone_is_staged_on_a_set_that_is_drawn_for_it(
    shown: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for = []

    def painted(of: Generator, asked: Any, prompt: str, extent: tuple[float, float]) -> Any:
        asked_for.append((prompt, extent))
        width, height = size(of)
        return sets.Backdrop(np.full((height, width, 3), (90, 140, 60), np.uint8))

    monkeypatch.setattr(sets, "painted", painted)
    plan = rehearsal(shown, "a fox stands in the woods")
    assert plan.strength == STRENGTH
    part = plan.window(WINDOW)
    assert asked_for == [("an empty scene in a forest, at noon", (1.0, 1.0))]
    assert part.staged is not None and part.staged.shape == part.blocking.shape[1:]
    assert part.detail is not None
    where = part.detail.seen
    assert 0.05 < where.mean() < 0.6
    assert (part.detail.planned[~where].reshape(-1, 3)[:, 1] > 100).mean() > 0.8  # the set, and a shadow on it
    assert not np.array_equal(part.detail.planned[where][:, 1], np.full(where.sum(), 140))


def test_where_other_frames_are_given_they_say_what_there_is(shown: Generator) -> None:
    picture = drawing(shown)
    two = (Anchor(picture), Anchor(picture, place=4))
    for more in ({"anchors": two}, {"source": Source(frames=np.repeat(picture, 9, 0))}):
        plan = rehearsal(shown, "a fox runs in the woods", **more)
        assert plan.strength is None and plan.window(WINDOW).staged is None
    plan = rehearsal(shown, "a fox runs", anchors=two)
    assert (plan._blocking.frames(0, 1) == PAPER).all()


def test_two_pictures_dissolve_into_each_other(shown: Generator) -> None:
    width, height = size(shown)
    dark, light = (np.full((1, height, width, 3), grey, np.uint8) for grey in (40, 200))
    ends = (Anchor(light, place="last"), Anchor(dark))
    plan = rehearsal(shown, "morning comes", frames=17, anchors=ends)
    part = plan.window(Window(0, 0, 5))
    assert plan.strength == STRENGTH and part.staged is not None and part.detail is not None and part.detail.dissolves
    greys = part.detail.planned[:, 0, 0, 0].astype(int)
    assert greys[0] == 40 and (greys[13:] == 200).all()  # the last picture is four equal frames
    assert (np.diff(greys[:14]) > 0).all() and np.diff(greys).max() < 20
    firm = part.detail.firm
    assert firm is not None and firm[0] == 1 and (firm[13:] == 1).all() and firm[6] < 0.4
    weaker = rehearsal(shown, "morning comes", frames=17, anchors=(Anchor(dark), Anchor(light, None, "last", 0.5)))
    assert weaker.strength is None


def test_one_clip_dissolves_into_another_of_somebody_else_and_both_move_on(shown: Generator) -> None:
    width, height = size(shown)
    fox, panda = (Blocking(block(told), width, height) for told in ("a fox stands", "a panda stands"))
    grounds = (np.full((height, width, 3), colour, np.uint8) for colour in ((40, 60, 40), (90, 200, 90)))
    woods, meadow = map(Backdrop, grounds)
    before = shown.vae.encode(to_video(fox.staged(woods, 0, 17)[1]))[0]
    ending, coming = fox.staged(woods, 9, 8)[1], panda.staged(meadow, 0, 4)[1]
    more = {
        "frames": 12, "before": before, "shown": ending, "eased": True, "anchors": (Anchor(coming, place="last"),),
        "was": Told("a fox stands in the woods", 0, 16), "will": Told("a panda stands in a meadow", 0, 0),
    }  # fmt: skip
    plan = rehearsal(shown, "a fox, then a panda", **more)
    assert plan._parted is not None and plan._dissolves
    part = plan.window(Window(4, 5, 8))
    assert part.detail is not None
    planned = part.detail.planned.astype(int)
    assert np.abs(plan.joint.astype(int) - ending[-1]).mean() < 6  # type: ignore[union-attr]
    assert np.abs(planned[8] - coming[0]).mean() < 6
    steps = np.abs(np.diff(planned[:9], axis=0)).mean((1, 2, 3))
    assert steps.max() < 2.2 * steps.mean()
    assert part.detail.firm is not None and part.detail.firm[0] > 0.8
    alone = rehearsal(shown, "a fox, then a panda", **{**more, "eased": False})
    part = alone.window(Window(4, 5, 8))
    assert alone.joint is None and part.detail is not None and part.detail.firm is not None
    assert part.detail.firm[0] < 0.2 and part.detail.firm[8] == 1  # where nothing is eased it goes on as decoded
    same = {**more, "will": Told("a fox stands in the woods", 0, 0)}
    assert rehearsal(shown, "a fox stands in the woods", **same)._parted is None


def test_what_is_drawn_over_clips_is_planned_as_they_are(shown: Generator) -> None:
    width, height = size(shown)
    stream = np.linspace(20, 220, 29).astype(np.uint8)[:, None, None, None] * np.ones((1, height, width, 3), np.uint8)
    before = shown.vae.encode(to_video(stream[:17]))[0]
    more = {"frames": 12, "before": before, "anchors": (Anchor(stream[25:], place="last"),)}
    plan = rehearsal(shown, "a quiet street", source=Source(frames=stream, strength=0.6), **more)
    part = plan.window(Window(4, 5, 8))
    assert part.detail is not None and part.detail.dissolves and part.staged is not None
    assert np.array_equal(part.detail.planned, stream[17:])


def test_what_somebody_hides_at_one_end_is_seen_at_the_other() -> None:
    street = np.random.default_rng(0).integers(60, 200, (40, 60, 3), np.uint8)
    hidden, elsewhere = np.zeros((40, 60), bool), np.zeros((40, 60), bool)
    hidden[10:30, 5:25], elsewhere[10:30, 20:40] = True, True
    one = Seen(np.where(hidden[..., None], 0, street).astype(np.uint8), hidden, 1.0)
    other = Seen(np.where(elsewhere[..., None], 255, street).astype(np.uint8), elsewhere, 2.0)
    found = one.beside(other)
    assert np.array_equal(found.hidden, hidden & elsewhere) and found.second == 1.0
    assert np.abs(found.picture.astype(int) - street)[~found.hidden].mean() < 12
    assert one.beside(one) is one


def test_a_drawing_moves_on_its_own_paper(shown: Generator) -> None:
    plan = rehearsal(shown, "it runs away", anchors=(Anchor(drawing(shown)),))
    part = plan.window(WINDOW)
    assert plan.strength is not None and part.detail is not None
    planned = part.detail.planned.astype(int)
    away = [np.abs(planned[index] - drawing(shown)[0]).mean() for index in (0, 8)]
    assert away[0] < 0.6 * away[1]  # it sets out from where it is drawn
    assert (planned[~part.detail.seen] > 240).all()  # its paper, and none of it left behind


def test_a_given_picture_is_staged_only_where_something_is_to_move_in_it(shown: Generator) -> None:
    width, height = size(shown)
    busy = np.random.default_rng(0).integers(0, 255, (1, height, width, 3), np.uint8)
    assert rehearsal(shown, "a street", anchors=(Anchor(busy),)).strength is None
    for prompt in ("a street, pan left", "rain on a street"):
        plan = rehearsal(shown, prompt, anchors=(Anchor(busy),))
        staged = plan.window(WINDOW)
        assert plan.strength is not None and staged.staged is not None
        assert plan._set is not None and np.array_equal(plan._set.picture, busy[0])


def test_what_goes_on_is_staged_on_the_place_that_is_seen_before(shown: Generator) -> None:
    before = shown.vae.encode(torch.rand(1, 3, 17, *size(shown)[::-1]) * 0.1)[0]
    plan = rehearsal(shown, "rain on a quiet street", frames=8, before=before)
    assert plan.strength == STRENGTH
    seen = shown.decode(before)[-1]
    assert plan._set is not None and np.abs(plan._set.picture.astype(int) - seen).mean() < 8
    assert plan.window(Window(4, 5, 7)).staged is not None


def test_what_goes_on_begins_in_the_weather_and_the_light_that_were(
    shown: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shown.vae.encode(torch.rand(1, 3, 17, *size(shown)[::-1]) * 0.1)[0]
    asked_for = []

    def relit(of: Any, asked: Any, prompt: str, picture: np.ndarray, tint: torch.Tensor) -> np.ndarray:
        asked_for.append((prompt, tint.tolist()))
        return np.full_like(picture, 30)

    monkeypatch.setattr(sets, "relit", relit)
    told = Told("a quiet street by day", 5)
    plain = rehearsal(shown, "a quiet street by day", frames=8, before=before, was=told)
    assert not plain._dissolves and rehearsal(shown, "it is night", frames=8, before=before, was=told)._dissolves
    plan = rehearsal(shown, "rain on a quiet street at night", frames=16, before=before, was=told)
    place = plan._set
    assert place is not None and place.turned is not None
    ((prompt, tint),) = asked_for
    assert "at night" in prompt and "rain" in prompt and max(tint) < 1
    detail = plan.window(Window(4, 5, 9)).detail
    assert detail is not None
    light = detail.planned.mean((1, 2, 3))
    assert abs(light[0] - place.picture.mean()) < 4 and light[-1] < 0.6 * light[0]
    again = rehearsal(shown, "a quiet street by day", frames=16, before=before, was=told)
    assert again._set is not None and again._set.turned is None and len(asked_for) == 1
    elsewhere = rehearsal(shown, "a beach at night", frames=16, before=before, was=told)
    assert elsewhere._set is not None and elsewhere._set.turned is None, "another place is no other light on this one"


def test_what_a_clip_leaves_unsaid_is_as_what_it_goes_on_from_has_it(shown: Generator) -> None:
    before = shown.vae.encode(torch.rand(1, 3, 17, *size(shown)[::-1]) * 0.1)[0]
    told = Told("a fox walks through a forest at night", 5)
    asked = shown.request("it lies down", frames=8, steps=2, before=before, was=told)
    (one,) = shown.generate(asked)._shots
    assert one.asked.prompt == "the fox lies down, in a forest, at night"
    (alone,) = shown.generate(replace(asked, was=None))._shots
    assert alone.asked.prompt == "it lies down"


def test_what_is_hidden_in_a_picture_is_drawn_and_what_is_known_stays(shown: Generator) -> None:
    width, height = size(shown)
    picture, hidden = np.full((height, width, 3), 200, np.uint8), np.zeros((height, width), bool)
    asked = shown.request("a street", frames=9, steps=2)
    assert np.array_equal(sets.completed(shown, asked, "a street", picture, hidden).picture, picture)
    hidden[:40, :40] = True
    made = sets.completed(shown, asked, "a street", picture, hidden).picture
    assert np.array_equal(made[~hidden], picture[~hidden]) and not np.array_equal(made[hidden], picture[hidden])


def test_what_is_hidden_is_as_on_the_set_that_the_clip_was_shot_on(
    shown: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    width, height = size(shown)
    stage = np.full((height, width, 3), 180, np.uint8)
    stage[4:12, 4:12] = 20  # a door that somebody stands before
    asked_for = []

    def painted(of: Any, asked: Any, prompt: str, extent: tuple[float, float]) -> Backdrop:
        asked_for.append((asked.seed, prompt, extent))
        return Backdrop(stage)

    monkeypatch.setattr(sets, "painted", painted)
    picture, hidden = np.full_like(stage, 184), np.zeros((height, width), bool)
    hidden[2:16, 2:16] = True
    asked, was = shown.request("it rains", frames=9, steps=2, seed=3), Told("a fox in a forest at noon", 7, 60)

    def filled(told: Told, seen: np.ndarray = picture) -> np.ndarray:
        return sets.completed(shown, asked, "a forest", seen, hidden, told).picture

    found = filled(was)
    assert asked_for == [(7, "an empty scene in a forest, at noon", (1.0, 1.0))]
    assert np.array_equal(found[~hidden], picture[~hidden])
    assert (found[5:11, 5:11] < 40).all() and (found[13:15, 13:15] > 175).all()
    door = (slice(5, 11), slice(5, 11))
    moves = filled(replace(was, prompt="a fox in a forest at noon, pan left"))
    assert not np.array_equal(moves[door], found[door]) and len(asked_for) == 1, "where the camera moves it is drawn"
    assert not np.array_equal(filled(was, picture // 2)[door], found[door] // 2), "nor used where it looks otherwise"
