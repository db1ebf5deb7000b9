"""The committed art: what is there, how it stands, what happens when something is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from model.world.art import BODY_SIDE, COMMITTED, PROPS, Art, ArtError
from model.world.loops import BODIED
from tests.world.make_pack import LOOP, SIDE, SUBJECTS


def test_the_committed_pack_holds_what_tests_and_places_need(art: Art) -> None:
    assert {s.id for s in art.cast()} == set(SUBJECTS)
    assert [name for name in PROPS if not art.has(name)] == []
    assert sum(path.stat().st_size for path in COMMITTED.iterdir()) < 2 * 2**20


def test_every_sprite_is_rgba_of_one_size_and_moves_if_its_subject_does(art: Art) -> None:
    for subject in art.cast():
        sprite = art.sprite(subject.id)
        side = round(SIDE * BODY_SIDE) if subject.bodied else SIDE
        assert sprite.frames.dtype == torch.uint8 and sprite.frames.shape[1:] == (4, side, side)
        assert sprite.loop == (BODIED if subject.bodied else LOOP if subject.moving else 1)


@pytest.mark.parametrize("identity", (*SUBJECTS, "evergreen", "coral", "house"))
def test_sprites_stand_on_the_bottom_edge(art: Art, identity: str) -> None:
    alpha = art.sprite(identity).frames[:, 3].amax(0)
    rows, columns = (alpha > 24).any(1).nonzero().flatten(), (alpha > 24).any(0).nonzero().flatten()
    side = len(alpha)
    margin = side - 1 - int(rows[-1])
    assert margin <= 4, f"{identity} floats {margin} px above the bottom"
    assert abs(int(columns[0]) - (side - 1 - int(columns[-1]))) <= 3, f"{identity} is not in the middle"
    assert max(len(rows), len(columns)) >= 0.9 * side, f"{identity} is small in its square"


def test_missing_art_says_what_to_run(art: Art, tmp_path: Path) -> None:
    with pytest.raises(ArtError, match="python -m model.world art"):
        art.sprite("unicorn")
    with pytest.raises(ArtError, match="python -m model.world art"):
        Art(tmp_path / "nowhere")
