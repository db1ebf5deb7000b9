"""A script that comes back as text: shots keep who they are, and their takes."""

from __future__ import annotations

from dataclasses import replace

from studio.films import scripts
from tests.studio.test_film_moving import film


def test_a_shot_that_says_the_same_keeps_its_take_and_a_changed_one_its_name() -> None:
    old = film("a fox", "a dog", "a cat")
    old = replace(old, shots=tuple(replace(shot, take=f"t{n:08}") for n, shot in enumerate(old.shots)))
    ids = [shot.id for shot in old.shots]
    new = scripts.carried(old, film("a fox", "a wolf", "a cat", "a bear"))
    assert [shot.id for shot in new.shots][:3] == ids and new.shots[3].id not in ids
    assert [shot.take for shot in new.shots] == ["t00000000", "", "t00000002", ""]


def test_shots_that_change_places_take_their_takes_along() -> None:
    old = film("a fox", "a dog", "a dog")
    new = scripts.carried(old, film("a dog", "a fox"))
    assert [shot.id for shot in new.shots] == [old.shots[1].id, old.shots[0].id]
