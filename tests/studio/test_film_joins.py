"""How shots that continue one another meet: measured on two takes, told by the command and by the page's addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio import media
from studio.core import Studio
from studio.film import Take
from studio.films import joins
from tests.studio.test_films import film, shoot, shot


@pytest.fixture
def take(make_studio: Callable[..., Studio]) -> Take:
    studio = make_studio()
    return studio.take(shoot(studio, film(shot()))[0].take_id)


def moving(path: Path, start: int, take: Take) -> Take:
    """A take whose ground grows lighter by six levels a frame, from the frame `start` of a stream."""
    levels = (40 + 6 * (start + np.arange(12))).astype(np.uint8)
    with media.ClipWriter(path, 128, 128, 16) as writer:
        writer.write(np.broadcast_to(levels[:, None, None, None], (12, 128, 128, 3)).copy())
    return replace(take, id=f"t{path.stem}", clip=path, frames=12, width=128, height=128)


def test_a_join_that_goes_on_is_told_from_one_that_jumps(take: Take, tmp_path: Path) -> None:
    one, on, off = (moving(tmp_path / f"{start:08}.mp4", start, take) for start in (0, 12, 24))
    smooth, jump = joins.measure(one, on), joins.measure(one, off)
    assert smooth is not None and smooth.seamless and smooth.frame == 5
    assert jump is not None and not jump.seamless and jump.drop_db > 15


def test_only_shots_that_continue_the_one_they_stand_behind_have_a_join(take: Take) -> None:
    what = film(
        shot(name="a"), shot("it runs", join="continue"), shot("a dog"), shot("it goes on", join="continue", after="a")
    )
    takes = {index: replace(take, id=f"t{index:08}") for index in range(4)}
    assert {index: (one.id, other.id) for index, (one, other) in joins.pairs(what, takes).items()} == {
        1: ("t00000000", "t00000001")
    }
    del takes[0]
    assert joins.pairs(what, takes) == {}
