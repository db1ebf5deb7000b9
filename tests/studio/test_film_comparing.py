"""A film beside the same prompts as independent shots."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import model
from studio.cli import main
from studio.core import Studio
from studio.errors import FilmError
from studio.films import comparing, likeness
from studio.films.likeness import Looks
from studio.films.script import Member
from tests.studio.doubles import FakeGenerator
from tests.studio.test_film_moving import scene
from tests.studio.test_films import film, shoot, shot

FOX = (Member("mira", looks="a red fox"),)


def test_independent_shots_say_the_same_and_share_what_already_stood_alone(
    make_studio: Callable[..., Studio],
) -> None:
    studio = make_studio()
    what = film(shot("@mira walks"), shot("@mira runs", join="continue"), shot("@mira sleeps"), cast=FOX)
    alone = comparing.independent(what)
    assert [one.prompt for one in alone.shots] == ["a red fox walks", "a red fox runs", "a red fox sleeps"]
    both = [studio.plan_film(one) for one in (what, alone)]
    assert [one.key == other.key for one, other in zip(*both, strict=True)] == [True, False, False]
    assert [order.recipe.seed for order in both[0]] == [7, 7, 7]  # one place is one set
    assert [order.recipe.seed for order in both[1]] == [7, 8, 9]
    own = comparing.independent(film(shot("@mira walks", seed=3), shot("@mira sleeps", seed=3), cast=FOX))
    assert [one.seed for one in own.shots] == [3, 3]
    shoot(studio, what)
    shoot(studio, alone)
    assert len(studio.takes()) == 5


def test_independent_shots_are_shown_nobody(
    make_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch, picture: Path
) -> None:
    studio = make_studio()
    entry = studio.entry()
    object.__setattr__(entry, "given", {**entry.given, "references": True})
    object.__setattr__(entry, "notes", {**entry.notes, "blocking": False})  # Storybook looks its cast up
    monkeypatch.setattr(studio, "entry", lambda model="storybook": entry)
    what = film(shot("@mira walks"), shot("@mira sleeps"), cast=FOX)
    assert [len(order.needs) for order in studio.plan_film(what)] == [0, 1]
    assert [len(order.needs) for order in studio.plan_film(comparing.independent(what))] == [0, 0]
    with pytest.raises(FilmError, match="no character to compare"):
        comparing.independent(film(shot("a dog")))


def test_a_kept_character_is_told_from_a_lost_one(make_studio: Callable[..., Studio]) -> None:
    orange, blue, snow = (230, 120, 30), (40, 60, 200), (200, 210, 220)
    studio = make_studio()
    what = film(shot("@mira walks"), shot("@mira runs", join="continue"), cast=FOX)
    takes = {index: studio.take(job.take_id) for index, job in enumerate(shoot(studio, what))}

    def looks(*shown: tuple[tuple[int, int, int], str]) -> dict[int, Looks]:
        colours = (tuple(likeness.colours(scene(colour, snow, 40))) for colour, _ in shown)
        return {n: Looks(name, 0.9, found) for n, ((_, name), found) in enumerate(zip(shown, colours, strict=True))}

    kept = comparing.side(what, takes, looks((orange, "fox"), (orange, "fox")))
    lost = comparing.side(what, takes, looks((orange, "fox"), (blue, "elephant")))
    assert (kept.subject, lost.subject) == (1.0, 0.5)
    assert kept.alike is not None and lost.alike is not None and kept.alike > 0.9 > 0.5 > lost.alike
    assert kept.within == kept.alike, "both shots are of one scene"
    apart = film(shot("@mira in a forest"), shot("@mira on a beach"), cast=FOX)
    assert comparing.side(apart, takes, looks((orange, "fox"), (orange, "fox"))).within is None
    assert [one.alike for one in kept.shots] == [None, kept.alike] and kept.roughness is not None
    lines = "\n".join(comparing.table(kept, lost))
    assert "100%" in lines and "50%" in lines and "elephant (wrong)" in lines and "shot 2, @mira" in lines


FILM = """\
size: 128x128
steps: 2
cast: {mira: {looks: a red fox}}
shots:
  - {prompt: "@mira walks", seconds: 0.5}
  - {prompt: "@mira runs", seconds: 0.5, join: continue}
"""


def test_the_command_compares(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTEUR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(model, "load", lambda name, **_: FakeGenerator())
    path = tmp_path / "film.yaml"
    path.write_text(FILM, encoding="utf-8")
    command = ["film", str(path), "--compare-independent"]
    assert main([*command, "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    sides = told["compared"]
    assert {len(sides[name]["shots"]) for name in ("film", "independent")} == {2}
    assert all(np.isfinite(sides[name]["alike"]) for name in sides)
    assert [len(told["shots"]), told["frames"]] == [2, 17]
    assert main(command) == 0
    assert "independent shots" in capsys.readouterr().out
    path.write_text(FILM.replace("@mira", "a fox"), encoding="utf-8")
    assert main([*command, "--json"]) == 2
    assert "no character to compare" in json.loads(capsys.readouterr().out)["error"]
