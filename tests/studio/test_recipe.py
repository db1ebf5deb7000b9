"""A recipe comes back as it was, and nothing that a stranger writes into one does harm."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import RecipeError
from studio.recipe import MAX_SEED, GivenFrames, Recipe

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=80)
REALS = {"allow_nan": False, "allow_infinity": False}
HASHES = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
ANCHORS = st.builds(
    GivenFrames,
    sha256=HASHES,
    place=st.one_of(st.sampled_from(["first", "last", "clip"]), st.integers(0, 960)),
    strength=st.floats(0, 1),
    name=WORDS,
)
RECIPES = st.builds(
    Recipe,
    prompt=WORDS,
    rendered_prompt=WORDS.filter(bool),
    width=st.integers(16, 8192),
    height=st.integers(16, 8192),
    frames=st.integers(1, 100_000),
    fps=st.integers(1, 240),
    seed=st.integers(0, MAX_SEED),
    steps=st.integers(1, 1000),
    guidance=st.floats(0, 100, **REALS),
    shift=st.floats(0.01, 100, **REALS),
    solver=st.sampled_from(["euler", "unipc"]),
    model=NAMES,
    model_sha256=st.one_of(st.just(""), HASHES),
    negative=WORDS,
    direction=st.dictionaries(NAMES, NAMES, max_size=5),
    size=st.sampled_from(["landscape", "448x256"]),
    seconds=st.floats(0.01, 10_000, **REALS),
    anchors=st.lists(ANCHORS, max_size=4).map(tuple),
    parents=st.lists(NAMES, max_size=3).map(tuple),
    machine=st.dictionaries(NAMES, WORDS, max_size=5),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda s: st.lists(s) | st.dictionaries(st.text(), s),
)

GOOD = Recipe("a fox", "a fox, at night", 448, 256, 65, 16, MAX_SEED, 20, 4.0, 3.0, "unipc")


@given(RECIPES)
def test_a_recipe_survives_the_round_trip_byte_for_byte(recipe: Recipe) -> None:
    text = recipe.to_json()
    assert Recipe.from_json(text) == recipe
    assert Recipe.from_json(text).to_json() == text


@given(st.text(max_size=200))
def test_any_text_is_a_recipe_or_a_recipe_error(text: str) -> None:
    with pytest.raises(RecipeError):
        Recipe.from_json(text)


@given(st.dictionaries(st.sampled_from([*GOOD.__dataclass_fields__, "x"]), JSON))
def test_a_recipe_with_anything_in_it_is_read_within_limits_or_refused(change: dict[str, object]) -> None:
    data = json.loads(GOOD.to_json()) | change
    try:
        recipe = Recipe.from_dict(data)
    except RecipeError as error:
        assert "\n" not in str(error)
        return
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert 16 <= recipe.width <= 8192 and 0 <= recipe.seed <= MAX_SEED


def test_numbers_out_of_range_are_clamped() -> None:
    data = json.loads(GOOD.to_json()) | {"width": 10**9, "seed": 2**70, "steps": -4, "guidance": 1e9}
    recipe = Recipe.from_dict(data)
    assert (recipe.width, recipe.seed, recipe.steps, recipe.guidance) == (8192, MAX_SEED, 1, 100.0)


@pytest.mark.parametrize("text", ["NaN", "[]", '{"schema":"other/1"}', "{" * 100_000, '"' + "a" * 300_000 + '"'])
def test_what_is_no_recipe_is_refused(text: str) -> None:
    with pytest.raises(RecipeError):
        Recipe.from_json(text)


def test_paths_and_addresses_are_never_read_from_a_recipe() -> None:
    anchor = {"sha256": "../../etc/passwd", "place": "first", "strength": 1, "name": "x", "path": "/etc/passwd"}
    data = json.loads(GOOD.to_json()) | {"anchors": [anchor], "model": "storybook"}
    assert Recipe.from_dict(data).anchors == ()
    with pytest.raises(RecipeError, match="model is not a name"):
        Recipe.from_dict(data | {"model": "../../weights"})


def test_a_prompt_in_any_script_is_kept() -> None:
    recipe = replace(GOOD, prompt="שועל בשלג 🦊 雪の狐")
    assert Recipe.from_json(recipe.to_json()).prompt == recipe.prompt
