"""Clothes: read from the words behind whoever wears them, and seen on them."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from model.world.appearance import dress
from model.world.blocking import roles
from model.world.canvas import rgb
from model.world.scene import Garment, Instance
from model.world.sequel import carried
from model.world.understand import understand
from model.world.wardrobe import PAINTS, outfit

SIDE = 160
SKIN, SHIRT, TROUSERS, SHOES = (235, 190, 60), (120, 70, 180), (140, 140, 150), (60, 60, 130)


@pytest.mark.parametrize(
    ("told", "subject", "worn"),
    [
        (" with a blue scarf walks through a forest", "fox", [("scarf", "blue")]),
        (" in a green coat and a hat", "man", [("coat", "green"), ("hat", "brown")]),
        (" wearing a yellow raincoat", "woman", [("coat", "yellow")]),
        (" walks on. She wears a black leather jacket, jeans, and boots.", "woman",
         [("top", "black"), ("bottom", "denim"), ("feet", "brown")]),
        (" with a top hat", "penguin", [("tall hat", "black")]),
        (" in the park beside a red scarf", "dog", []),
        (" in the snow. The shop sells hats", "dog", []),
        (" in Cape Town", "man", []),
        (" with a bow and arrow", "elf", []),
        (" without a hat", "man", []),
    ],
)  # fmt: skip
def test_what_is_worn_is_read_from_the_words_behind_whoever_wears_it(
    told: str, subject: str, worn: list[tuple[str, str]]
) -> None:
    found = [(piece.garment.slot, piece.garment.paint) for piece in outfit(told, subject) if piece.fits]
    assert found == [(slot, PAINTS[paint]) for slot, paint in worn]


def test_a_garment_is_nobody_and_its_colour_not_its_wearers() -> None:
    (penguin,) = roles("a penguin with a red top hat in the snow")
    assert penguin.instance == Instance("penguin", worn=(Garment("tall hat", PAINTS["red"]),))


def test_what_somebody_cannot_wear_is_said_to_be_unknown() -> None:
    heard = understand("a lion in a green coat and a hat in the desert")
    assert [span.id for span in heard.spans if span.kind == "garment"] == ["hat"]
    assert [span.text for span in heard.unknown] == ["green coat"]


def test_clothes_are_kept_in_the_next_shot() -> None:
    assert carried(["a fox with a blue scarf walks in the snow", "it sleeps"])[1].startswith(
        "the fox with blue scarf sleeps"
    )


def test_each_of_two_wears_their_own() -> None:
    first, second = roles("a penguin in a top hat and a lion with a crown in a castle")
    assert [g.slot for g in first.instance.worn] == ["tall hat"]
    assert [g.slot for g in second.instance.worn] == ["crown"]


def test_a_walkers_clothes_change_and_their_skin_does_not() -> None:
    frames = _walker()[None]
    worn = (Garment("top", PAINTS["green"]), Garment("bottom", PAINTS["red"]), Garment("feet", PAINTS["black"]))
    shown = dress(frames, Instance("woman", worn=worn), frames[0])[0]
    for row, paint in ((55, "green"), (100, "red"), (152, "black")):
        assert shown[:3, row, 72].tolist() == pytest.approx(rgb(PAINTS[paint]), abs=0.06)
    for row, column in ((20, 72), (80, 97)):  # face and arm
        assert shown[:3, row, column].tolist() == pytest.approx([c / 255 for c in SKIN], abs=0.02)


def test_a_long_dress_covers_the_legs_and_a_short_one_does_not() -> None:
    frames = _walker()[None]
    red = rgb(PAINTS["red"])
    for long, covered in ((True, True), (False, False)):
        worn = (Garment("dress", PAINTS["red"], long=long),)
        shown = dress(frames, Instance("woman", worn=worn), frames[0])[0]
        between = shown[:, 128, 80]  # between the legs, below the knee
        assert (float(between[3]) > 0.9) is covered
        if covered:
            assert between[0] > 0.6 and between[1] < 0.35
        assert shown[:3, 55, 72].tolist() == pytest.approx(red, abs=0.06)


@pytest.mark.parametrize("slot", ["scarf", "bow", "hat", "tall hat", "crown"])
@pytest.mark.parametrize("subject", ["fox", "dog", "woman", "penguin", "dragon"])
def test_everybody_can_wear_it_and_it_is_seen(slot: str, subject: str) -> None:
    frames = _walker()[None].repeat(3, 1, 1, 1)
    plain = dress(frames, Instance(subject), frames[0])
    shown = dress(frames, Instance(subject, worn=(Garment(slot, "#00ff00"),)), frames[0])
    greener = (shown[:, 1] - shown[:, 0]) - (plain[:, 1] - plain[:, 0])
    assert ((greener > 0.3).flatten(1).sum(1) > 15).all()
    assert shown.min() >= 0 and shown.max() <= 1


@pytest.mark.parametrize("slot", ["hat", "tall hat", "crown"])
def test_from_the_side_a_hat_is_on_the_head_though_the_tail_is_higher(slot: str) -> None:
    picture = torch.zeros(4, SIDE, SIDE, dtype=torch.uint8)  # to the left: a head, a body, and a tail that stands
    for top, bottom, left, right in ((60, 90, 20, 50), (80, 130, 40, 120), (20, 90, 112, 122)):
        picture[:, top:bottom, left:right] = 255
    frames = picture[None]
    shown = dress(frames, Instance("cat", worn=(Garment(slot, "#00ff00"),)), frames[0])
    rows, columns = torch.nonzero((shown[0, 1] - shown[0, 0]) > 0.5, as_tuple=True)
    assert 15 < float(columns.float().mean()) < 55 and float(rows.float().mean()) < 66


def test_nobody_at_all_can_be_dressed() -> None:
    frames = torch.zeros(2, 4, SIDE, SIDE, dtype=torch.uint8)
    every = tuple(
        Garment(slot, "#00ff00") for slot in ("bottom", "feet", "top", "skirt", "scarf", "bow", "hat", "crown")
    )
    for subject in ("woman", "fox", "dog"):
        assert torch.isfinite(dress(frames, Instance(subject, worn=every), frames[0])).all()


def _walker() -> Tensor:
    """uint8 (4, SIDE, SIDE): somebody who walks to the left: head, neck, shirt, an arm, two legs, shoes."""
    picture = torch.zeros(4, SIDE, SIDE, dtype=torch.uint8)
    for (top, bottom, left, right), paint in (
        ((8, 34, 66, 92), SKIN), ((34, 40, 75, 83), SKIN), ((40, 82, 66, 92), SHIRT), ((62, 90, 92, 100), SKIN),
        ((82, 146, 66, 76), TROUSERS), ((82, 146, 84, 94), TROUSERS), ((82, 100, 66, 94), TROUSERS),
        ((146, 158, 60, 78), SHOES), ((146, 158, 80, 98), SHOES),
    ):  # fmt: skip
        picture[:3, top:bottom, left:right] = torch.tensor(paint, dtype=torch.uint8)[:, None, None]
        picture[3, top:bottom, left:right] = 255
    return picture
