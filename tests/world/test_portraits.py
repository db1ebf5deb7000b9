"""Who a prompt is about, and the picture that the model is shown of them."""

from __future__ import annotations

import numpy as np
import pytest

from model.world.art import PICTURES
from model.world.cast import CAST
from model.world.portraits import portrait, who_of
from model.world.render import PAPER
from model.world.scene import Instance


@pytest.mark.parametrize(
    ("prompt", "subject", "colour"),
    [
        ("a fox in the snow", "fox", None),
        ("a blue fox jumps beside a dog", "fox", "blue"),
        ("a green balloon, then a cat", "balloon", "green"),
        ("snow falls on an empty street", None, None),
        ("", None, None),
    ],
)
def test_the_first_subject_of_a_prompt_is_found(prompt: str, subject: str | None, colour: str | None) -> None:
    found = who_of(prompt)
    assert (found and found.subject, found and found.colour) == (subject, colour)


def test_whom_a_model_does_not_know_is_not_looked_up() -> None:
    assert who_of("a fox meets a dog", {"subject": ("dog",)}) == Instance("dog")


def test_a_portrait_stands_in_the_middle_of_grey_paper() -> None:
    fox, paper = portrait(Instance("fox"), 144, 80), portrait(None, 144, 80)
    assert fox.shape == paper.shape == (80, 144, 3) and fox.dtype == np.uint8
    assert (paper == PAPER).all() and (fox[:, :20] == PAPER).all()
    red, _, blue = fox[50, 72].astype(int)
    assert red > blue + 60
    turned = portrait(Instance("fox", colour="blue"), 144, 80)[50, 72].astype(int)
    assert turned[2] > turned[0]


def test_everybody_of_the_cast_has_a_picture() -> None:
    assert {subject.id for subject in CAST} == {path.stem for path in PICTURES.glob("*.webp")}
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 4_000_000
