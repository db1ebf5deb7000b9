"""Styles: what suits a model is offered, an owner's own are kept, and a file of somebody else's is read strictly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from studio import preferences, presets
from studio.direction import Direction, check, knowledge
from studio.errors import ShotError
from studio.library import Library
from studio.presets import BUILT_IN, Preset

RAIN = Preset("Rain at the harbour", {"weather": "rain", "lens": "macro"}, "grain", "text")


def test_every_style_of_the_studio_is_made_of_choices_there_are() -> None:
    for style in BUILT_IN:
        assert check(Direction(**style.direction)).chosen() == style.direction
    assert len({style.name for style in BUILT_IN}) == len(BUILT_IN)


def test_a_model_is_offered_only_what_it_can_draw() -> None:
    knows = knowledge()
    assert knows is not None
    offered = presets.fitting({**knows, "style": ("3d",)})
    assert len(offered) >= 3 and "Papercraft" not in [style.name for style in offered]
    assert all(value in knows[kind] for style in offered for kind, value in style.direction.items())
    assert not any(style.words for style in offered)  # the page would say that they cannot be drawn
    assert presets.fitting(None) == BUILT_IN


def test_styles_are_kept_by_owner_replaced_by_name_and_survive_other_settings(tmp_path: Path) -> None:
    library = Library(tmp_path)
    presets.keep(library, "one", [RAIN])
    presets.keep(library, "one", [Preset("RAIN at the harbour", words="more grain")])
    assert [style.words for style in presets.of_owner(library, "one")] == ["more grain"]
    preferences.settle(library, "one", False, {"theme": "light"})
    assert len(presets.of_owner(library, "one")) == 1 and presets.of_owner(library, "two") == ()
    assert presets.remove(library, "one", "rain AT the harbour") == ()
    assert preferences.of_owner(library, "one", False).theme == "light"


def test_what_a_newer_studio_kept_stays(tmp_path: Path) -> None:
    library = Library(tmp_path)
    strange = {"name": "New", "direction": {"smell": "sea"}}
    library.set_preferences("one", json.dumps({"styles": [strange]}))
    assert presets.keep(library, "one", [RAIN]) == (RAIN,)
    assert strange in json.loads(library.preferences("one"))["styles"]


def test_a_file_brings_the_same_styles_back() -> None:
    assert presets.read_file(json.loads(presets.write_file([RAIN, BUILT_IN[0]]))) == (RAIN, BUILT_IN[0])


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ([], "not a file of styles"),
        ({"format": "auteur-styles", "version": 2, "styles": []}, "version 2"),
        ({"format": "auteur-styles", "version": 1, "styles": [1]}, "an object"),
        ({"format": "auteur-styles", "version": 1, "styles": [{"name": "x", "direction": {"lenz": "a"}}]}, "lenz"),
        ({"format": "auteur-styles", "version": 1, "styles": [{"name": "x", "direction": {"lens": "macr"}}]}, "macro"),
        ({"format": "auteur-styles", "version": 1, "styles": [{"name": "x", "direction": {"lens": [1]}}]}, "direction"),
        ({"format": "auteur-styles", "version": 1, "styles": [{"name": " ", "words": "a"}]}, "no name"),
        ({"format": "auteur-styles", "version": 1, "styles": [{"name": "x"}]}, "says nothing"),
        ({"format": "auteur-styles", "version": 1, "styles": [{"name": "x", "words": "y" * 401}]}, "401 characters"),
        ({"format": "auteur-styles", "version": 1, "styles": [{"name": "x", "words": "y"}] * 201}, "201 styles"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_line(data: Any, line: str) -> None:
    with pytest.raises(ShotError, match=line):
        presets.read_file(data)
