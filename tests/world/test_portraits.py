"""Who a prompt is about, and the picture that the model is shown of them."""

from __future__ import annotations

import numpy as np
import pytest

from model.world.art import PICTURES
from model.world.cast import CAST
from model.world.portraits import layout, portrait, portrait_of, who_of
from model.world.render import PAPER
from model.world.scene import Instance


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("a fox in the snow", [("fox", None)]),
        ("a blue fox jumps beside a dog, the fox laughs", [("fox", "blue"), ("dog", None)]),
        ("a green balloon, then a cat", [("balloon", "green"), ("cat", None)]),
        ("snow falls on an empty street", []),
        ("a fox, a dog, a cat and a horse", [("fox", None), ("dog", None), ("cat", None)]),
        ("", []),
    ],
)
def test_the_subjects_of_a_prompt_are_found(prompt: str, found: list[tuple[str, str | None]]) -> None:
    assert [(one.subject, one.colour) for one in who_of(prompt)] == found


def test_whom_a_model_does_not_know_is_not_looked_up() -> None:
    assert who_of("a fox meets a dog", {"subject": ("dog",)}) == (Instance("dog"),)


def test_a_portrait_stands_in_the_middle_of_grey_paper() -> None:
    fox, paper = portrait(layout("a fox"), 144, 80), portrait(layout("rain"), 144, 80)
    assert fox.shape == paper.shape == (80, 144, 3) and fox.dtype == np.uint8
    assert (paper == PAPER).all() and (fox[:, :20] == PAPER).all()
    red, _, blue = fox[50, 72].astype(int)
    assert red > blue + 60
    turned = portrait(layout("a blue fox"), 144, 80)[50, 72].astype(int)
    assert turned[2] > turned[0]


def test_two_stand_beside_each_other_and_a_medium_shot_has_them_smaller() -> None:
    def drawn(prompt: str) -> np.ndarray:
        return np.asarray((portrait(layout(prompt), 144, 80) != PAPER).any(-1))

    both = drawn("a fox and a penguin").any(0)
    assert both[:60].any() and both[84:].any() and not both[70:74].any()
    assert drawn("a fox, medium shot").sum() < 0.7 * drawn("a fox").sum()


def test_a_drawing_is_cut_out_of_its_paper_and_set_on_ours() -> None:
    drawing = np.full((80, 144, 3), 250, np.uint8)
    drawing[10:30, 10:30] = (200, 30, 30)
    made = portrait_of(drawing)
    assert made.shape == drawing.shape and (made[:, :20] == PAPER).all() and (made[2, 72] == PAPER).all()
    rows = np.nonzero((made != PAPER).any((1, 2)))[0]
    assert 54 <= len(rows) <= 66 and rows[-1] > 70  # as tall as one stands in a close shot, feet on the ground
    red, green, _ = made[50, 72].astype(int)
    assert red > 180 and green < 50


def test_a_picture_without_plain_paper_stays_as_it_is() -> None:
    busy = np.random.default_rng(0).integers(0, 255, (80, 144, 3), np.uint8)
    blank = np.full((80, 144, 3), 250, np.uint8)
    assert portrait_of(busy) is busy and portrait_of(blank) is blank


def test_everybody_of_the_cast_has_a_picture() -> None:
    assert {subject.id for subject in CAST} == {path.stem for path in PICTURES.glob("*.webp")}
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 4_000_000
