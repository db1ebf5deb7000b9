"""Several shots in one prompt, and the clip that is made of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from model.conditioning import Anchor
from model.pipeline import Generator
from model.rehearsal import STRENGTH
from model.request import Source
from model.shotlist import cuts
from tests.model.doubles import ENTRY, FakeText, FakeVAE
from tests.model.test_places import SHOWN, Sees


@pytest.mark.parametrize(
    ("prompt", "total", "found"),
    [
        ("a fox", 17, [("a fox", 0, 17)]),
        ("Shot 1: a. Shot 2: b", 16, [("a.", 0, 8), ("b", 8, 16)]),
        ("Shot 1 (1 s): a. Shot 2 (3 s): b", 16, [("a.", 0, 4), ("b", 4, 16)]),
        ("At dusk. Scene 1: a; Scene 2 (2 s): b", 6, [("At dusk, a", 0, 3), ("At dusk, b", 3, 6)]),
        ("Shot 1 (9 s): a. Shot 2 (1 s): b. Shot 3 (1 s): c", 4, [("a.", 0, 2), ("b.", 2, 3), ("c", 3, 4)]),
        ("Shot 1: a. Shot 2: b. Shot 3: c", 2, [("a.", 0, 1), ("b.", 1, 2)]),
        ("Shot 1: a fox", 5, [("a fox", 0, 5)]),
        ("Shot 1: . Shot 2: a fox", 5, [("a fox", 0, 5)]),
        ("A fox runs, then cuts to a bear.", 8, [("A fox runs", 0, 4), ("a bear", 4, 8)]),
        ("Rain. CUT TO: a beach. Cut to a shot of a boat", 9, [("Rain", 0, 3), ("a beach", 3, 6), ("a boat", 6, 9)]),
        ("a cook cuts to the chase", 5, [("a cook cuts to the chase", 0, 5)]),
        ("cut to a fox", 5, [("cut to a fox", 0, 5)]),
        *((prompt, 5, [(prompt, 0, 5)]) for prompt in (
            "a woman with short hair cut to the chin walks", "a hedge, cut to look like a dog", "a dog, cut to black",
            'a sign that says "REST. CUT TO BED"', "a river cuts to the sea",
        )),
        ("a sign, then cuts to show the different animals that live at the zoo", 9, [
            ("a sign", 0, 3), ("an elephant that lives at the zoo", 3, 6), ("a giraffe that lives at the zoo", 6, 9),
        ]),
    ],
)
def test_a_clip_is_cut_as_its_prompt_lists(prompt: str, total: int, found: list[tuple[str, int, int]]) -> None:
    assert [(part.prompt, part.start, part.stop) for part in cuts(prompt, total)] == found


@pytest.fixture
def shown() -> Generator:
    notes = {"prediction": "sample", "blocking": True}
    dit = Sees(SHOWN, torch.zeros(4)[None, :, None, None, None])
    dit.beside = {}
    entry = replace(ENTRY, notes=notes, given={**ENTRY.given, "references": True})
    return Generator(entry, dit, FakeVAE(), FakeText())  # type: ignore[arg-type]


def test_every_shot_of_a_list_is_staged_by_itself_and_the_clip_is_one_stream(shown: Generator) -> None:
    asked = shown.request("Shot 1: a red car drives. Shot 2: rain on a beach", frames=33, steps=2)
    generation = shown.generate(asked)
    frames = np.concatenate(list(generation))
    assert len(frames) == 33 and generation.latents.shape[1] == 9
    first, second = generation._shots
    assert (first.start, first.stop, second.stop) == (0, 4, 9)
    assert first.asked.prompt == "a red car drives." and second.asked.prompt == "rain on a beach"
    cut = next(window for window in generation._windows if window.start == 4)
    assert cut.fresh == 4  # nothing is known of the shot before
    plan = generation._shown(cut)
    assert plan is not None and plan.blocking.shape[2] == cut.length
    assert plan.staged is not None and plan.staged.shape[1] == cut.length


def test_a_given_picture_is_of_the_first_shot_and_every_shot_is_told_what_it_is(shown: Generator) -> None:
    width, height = next(iter(shown.entry.sizes.values()))
    picture = np.random.default_rng(0).integers(0, 255, (1, height, width, 3), np.uint8)
    prompt, seen = "Shot 1: a quiet street. Shot 2: rain on a beach", list[tuple[int, int]]()
    asked = shown.request(prompt, frames=33, steps=8, anchors=(Anchor(picture),))
    generation = shown.generate(asked, on_step=lambda info: seen.append((info.index, info.total)))
    assert sum(map(len, generation)) == 33
    first, second = generation._shots
    assert (len(first.asked.anchors), len(second.asked.anchors)) == (1, 0)
    assert (first.rehearsal.strength, second.rehearsal.strength) == (None, STRENGTH)  # type: ignore[union-attr]
    assert [index for index, _ in seen] == list(range(seen[0][1])) and {total for _, total in seen} == {len(seen)}
    clip = np.repeat(picture, 33, 0)
    remix = shown.generate(shown.request(prompt, frames=33, steps=2, source=Source(frames=clip, strength=0.5)))
    assert sum(map(len, remix)) == 33 and [shot.asked.prompt[-6:] for shot in remix._shots] == ["treet.", " beach"]


def test_what_goes_on_from_a_list_is_its_last_shot(shown: Generator) -> None:
    before = shown.vae.encode(torch.zeros(1, 3, 9, *next(iter(shown.entry.sizes.values()))[::-1]))[0]
    asked = shown.request("Shot 1: a red car. Shot 2: a quiet beach", frames=8, steps=2, before=before)
    (one,) = shown.generate(asked)._shots
    assert one.asked.prompt == "a quiet beach"


def test_a_list_is_taken_up_again_as_it_was(shown: Generator) -> None:
    asked = shown.request("Shot 1: a red car drives. Shot 2: rain on a beach", frames=33, steps=2)
    states = []
    whole = np.concatenate(list(shown.generate(asked, on_step=lambda info: states.append(info.state()))))
    again = np.concatenate(list(shown.generate(asked, resume=states[-1])))
    assert np.array_equal(whole, again)
