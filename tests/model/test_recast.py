"""A remix of a take whose recipe is known: its scene set up again, as far changed as the remix may change it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from model import sets
from model.conditioning import Frames
from model.pipeline import Generator
from model.recast import recast
from model.rehearsal import STRENGTH, Rehearsal
from model.request import GenerationRequest, Source, Told
from model.world.blocking import block
from model.world.render import Backdrop
from model.world.staging import set_prompt
from tests.model.test_rehearsal import shown as shown  # the fixture
from tests.model.test_rehearsal import size

FOX = "a fox walks in a forest at dusk"


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """What was painted, as (seed, prompt), and what was drawn over, as (prompt, strength, tint)."""
    told: dict[str, list[Any]] = {"painted": [], "over": []}

    def painted(of: Generator, asked: GenerationRequest, prompt: str, extent: tuple[float, float]) -> Backdrop:
        told["painted"].append((asked.seed, prompt))
        width, height = size(of)
        return Backdrop(np.full((height, width, 3), (90, 140, 60), np.uint8))

    def relit(
        of: Generator, asked: GenerationRequest, prompt: str, picture: Frames, tint: torch.Tensor, strength: float
    ) -> Frames:
        told["over"].append((prompt, strength, [round(part, 2) for part in tint.tolist()]))
        return np.full_like(picture, 200)

    monkeypatch.setattr(sets, "painted", painted)
    monkeypatch.setattr(sets, "relit", relit)
    return told


def remix(gen: Generator, prompt: str, strength: float, was: Told | None, **more: Any) -> GenerationRequest:
    latents = torch.zeros(4, 3, *(side // 8 for side in size(gen)[::-1]))
    source = Source(latents=latents, strength=strength)
    return gen.request(prompt, **{"frames": 9, "steps": 2, "seed": 3, "source": source, "was": was, **more})


@pytest.mark.parametrize("strength", [0.3, 0.6])
def test_another_subject_is_staged_in_the_empty_place_of_the_clip(
    shown: Generator, drawn: dict[str, list[Any]], strength: float
) -> None:
    generation = shown.generate(remix(shown, "a panda dances", strength, Told(FOX, 7, 0)))
    (shot,) = generation._shots
    assert shot.rehearsal is not None and shot.rehearsal.strength == STRENGTH
    assert drawn["painted"] == [(7, "an empty scene in a forest, at dusk")]
    assert drawn["over"] == [("an empty scene in a forest, at dusk", strength, [1.0, 1.0, 1.0])]
    plan = shot.rehearsal._plan.shot
    panda = block("a panda dances, in a forest, at dusk", seed=7)
    assert plan is not None and plan.actors == panda.actors != block(FOX, seed=7).actors
    part = shot.rehearsal.window(generation._windows[0])
    assert part.staged is not None and part.detail is not None
    around = ~part.detail.seen
    assert np.median(part.detail.planned[around]) == 200, "the place is the one that was drawn over"
    assert sum(map(len, generation)) == 9


def test_the_hour_of_the_words_is_the_light_of_the_place(shown: Generator, drawn: dict[str, list[Any]]) -> None:
    assert recast(shown, remix(shown, "a fox walks in a forest at night", 0.45, Told(FOX, 7, 0))) is not None
    ((prompt, strength, tint),) = drawn["over"]
    assert (prompt, strength) == ("an empty scene in a forest, at night", 0.45) and max(tint) < 0.9


def test_a_gentle_remix_stays_where_it_is_whatever_is_named(shown: Generator, drawn: dict[str, list[Any]]) -> None:
    beach = "a panda walks on a beach at noon"
    stays, goes = (recast(shown, remix(shown, beach, strength, Told(FOX, 7, 0))) for strength in (0.3, 0.6))
    assert stays is not None and goes is not None
    assert [prompt for prompt, *_ in drawn["over"]] == ["an empty scene in a forest, at noon"]
    assert drawn["painted"] == [(7, "an empty scene in a forest, at dusk")]
    words = set_prompt(beach)
    assert (stays.sets.set(words).picture == 200).all() and drawn["painted"][1:] == []
    assert goes.sets.set(words).picture[0, 0, 1] == 140 and drawn["painted"][1:] == [(3, words)]


def test_a_strong_one_keeps_only_what_the_words_leave_unsaid(shown: Generator, drawn: dict[str, list[Any]]) -> None:
    (shot,) = shown.generate(remix(shown, "a panda dances", 0.9, Told(FOX, 7, 0)))._shots
    assert shot.asked.was is None and shot.asked.seed == 3 and shot.asked.prompt.endswith("in a forest, at dusk")
    assert drawn == {"painted": [], "over": []}


def test_a_take_that_was_cut_begins_later_in_its_plan(shown: Generator, drawn: dict[str, list[Any]]) -> None:
    moved, begun = (
        recast(shown, remix(shown, "a fox walks in a forest at dusk", 0.3, Told(FOX, 7, frame))) for frame in (8, 0)
    )
    assert moved is not None and begun is not None
    late = Rehearsal(shown, moved.asked, begins=moved.begins, shared=moved.sets)._plan.frames(0, 1)
    whole = Rehearsal(shown, begun.asked, begins=begun.begins, shared=begun.sets)._plan.frames(0, 9)
    assert np.array_equal(late[0], whole[8]) and not np.array_equal(late[0], whole[0])


def test_every_shot_of_a_list_is_set_up_again(shown: Generator, drawn: dict[str, list[Any]]) -> None:
    prompt = "Shot 1: a panda dances. Shot 2: it rests on a beach at noon"
    latents = torch.zeros(4, 9, *(side // 8 for side in size(shown)[::-1]))
    asked = remix(
        shown, prompt, 0.6, Told(FOX, 7, 0), frames=33, source=Source(latents=latents, strength=0.6)
    )  # fmt: skip
    generation = shown.generate(asked)
    assert sum(map(len, generation)) == 33
    assert [shot.asked.source for shot in generation._shots] == [None, None]
    assert [shot.rehearsal.strength for shot in generation._shots if shot.rehearsal] == [STRENGTH] * 2
    assert (7, "an empty scene in a forest, at dusk") in drawn["painted"] and len(drawn["over"]) == 1
    assert drawn["painted"][-1] == (3, set_prompt("a beach at noon"))


def test_of_what_nothing_is_known_the_frames_are_drawn_over(shown: Generator, drawn: dict[str, list[Any]]) -> None:
    for was in (None, Told(FOX, 7, None)):
        asked = remix(shown, "a panda dances", 0.6, was)
        assert recast(shown, asked) is None
        (shot,) = shown.generate(asked)._shots
        assert shot.asked.source is not None
    before = torch.zeros(4, 2, *(side // 8 for side in size(shown)[::-1]))
    assert recast(shown, remix(shown, "a panda", 0.6, Told(FOX, 7, 0), before=before, frames=4)) is None
    assert drawn == {"painted": [], "over": []}
