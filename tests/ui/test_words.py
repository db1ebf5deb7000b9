"""What the page says: never markup, never more than is true."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from model.shotlist import parts
from model.world.understand import understand
from studio import direction
from studio.core import Studio
from studio.errors import ShotError
from studio.films import casting
from studio.films.planning import Order
from studio.provenance import Report
from studio.recipe import Recipe
from studio.settings import assets_folder
from studio.ui import examples, filmexamples, form, views
from studio.ui.verdict import card
from studio.ui.web import sentence
from tests.ui.test_routes import open_studio

__all__ = ["open_studio"]

RECIPE = Recipe(
    "a <b>fox</b>", "a <b>fox</b>, at dusk", 448, 256, 65, 16, 7, 20, 4.0, 3.0, "unipc", direction={"time": "dusk"}
)


def test_a_sentence_begins_large_unless_it_begins_with_a_file() -> None:
    assert sentence("there is no take") == "There is no take"
    assert sentence("holiday.mp4: it cannot be read") == "holiday.mp4: it cannot be read"
    assert sentence("seconds: up to 60") == "Seconds: up to 60" and sentence("") == ""


def test_a_verdict_shows_what_a_file_claims_as_text() -> None:
    report = Report("changed", ai=True, signer="<img src=x>", recipe={"prompt": "x"}, problems=["<script>"])
    shown = card(report, RECIPE)
    assert "<img" not in shown
    assert "<script" not in shown
    assert "<b>" not in shown
    assert "not proven" in shown


def test_only_a_recipe_that_was_signed_is_called_so() -> None:
    assert "as signed" in card(Report("local", recipe_verified=True), RECIPE)
    assert "not proven" in card(Report("none"), RECIPE)


@pytest.mark.parametrize("verdict", ["trusted", "local", "unknown-signer", "changed", "none", "recovered"])
def test_every_verdict_has_its_words(verdict: str) -> None:
    shown = views.credential({"verdict": verdict, "ai": True})
    assert shown["tone"] == views.VERDICTS[verdict][0]
    assert shown["badge"].startswith("AI-made · ")
    assert (shown["tone"] == "good") == (verdict in ("trusted", "local"))


def test_a_file_that_says_nothing_of_ai_is_not_called_ai_made() -> None:
    assert not views.credential({"verdict": "none", "ai": None})["badge"].startswith("AI-made")


def test_the_recipe_is_told_in_words_of_film() -> None:
    told = dict(map(tuple, views.recipe_rows(RECIPE, {"total": 4.21})))
    assert told["Direction"] == "dusk"
    assert told["Seed"] == "7"
    assert told["Took"] == "4.2 s on this machine"


def test_a_time_is_written_for_people_and_a_strange_one_as_it_is() -> None:
    assert views.when("2026-11-22T00:28:00+00:00").endswith(("2026, 00:28", ":28"))
    assert views.when("<yesterday>") == "<yesterday>"
    assert views.when(None) == ""


@pytest.mark.parametrize("example", examples.EXAMPLES, ids=lambda example: example.name)
def test_an_example_asks_only_for_what_the_world_has(example: examples.Example, tmp_path: Path) -> None:
    found = understand(example.shot.prompt, None)
    assert not found.unknown, [span.text for span in found.unknown]
    assert found.first("subject") or found.first("group")
    assert found.first("place")
    assert direction.check(example.shot.direction) == example.shot.direction
    assert examples.media(tmp_path, example.name, "mp4") is None


@pytest.mark.parametrize("name", filmexamples.NAMES)
def test_a_film_to_begin_with_asks_only_for_what_the_world_has(open_studio: Callable[..., Studio], name: str) -> None:
    film = filmexamples.load(assets_folder(), name)
    told = [casting.spoken(shot.prompt, film.cast) for shot in film.shots]
    for words in told:
        heard = [understand(part or words) for part, _ in parts(words) or [(words, None)]]
        assert not [span.text for each in heard for span in each.unknown], words
        assert all(each.first("subject") and each.first("place") for each in heard), words
    assert all(isinstance(order, Order) for order in open_studio().try_film(film))
    shown = next(one for one in filmexamples.cards(assets_folder()) if one["name"] == name)
    assert shown["title"] == film.title and shown["faces"]


def test_examples_leave_out_directions_that_the_weights_do_not_know() -> None:
    shot = examples.fitting(examples.EXAMPLES[0].shot, {"camera": (("static", "Static"),)})
    assert shot.direction == direction.Direction()


@pytest.mark.parametrize(
    ("typed", "seed"), [("", None), (" 7 ", 7), ("9007199254740993", 9007199254740993), ("-1", -1)]
)
def test_a_seed_is_read_exactly(typed: str, seed: int | None) -> None:
    assert form.seed(typed) == seed


@pytest.mark.parametrize("typed", ["seven", "1.5", "0x10"])
def test_a_seed_that_is_no_number_is_an_error_of_its_field(typed: str) -> None:
    with pytest.raises(ShotError) as caught:
        form.seed(typed)
    assert caught.value.field == "seed"


def test_half_a_step_is_an_error_of_its_field() -> None:
    with pytest.raises(ShotError) as caught:
        form.steps(2.5)
    assert caught.value.field == "steps"
    assert form.steps(None) is None


def test_every_field_that_a_shot_can_be_wrong_in_has_its_place() -> None:
    fields = [
        "prompt",
        "negative",
        "size",
        "seconds",
        "seed",
        "steps",
        "guidance",
        "first",
        "last",
        "frames",
        "strength",
        *direction.KINDS,
    ]
    assert set(fields) <= set(form.SLOT_OF)
    assert set(form.SLOT_OF.values()) <= set(form.SLOTS)


def test_what_is_understood_is_told_word_by_word() -> None:
    prompt = "A red fox in a forest near the Eiffel Tower"
    told = views.understanding(understand(prompt, None))
    assert any("forest" in word and kind == "place" and face is None for word, kind, face, _ in told["can"])
    assert ["red fox", "subject", "studio/cast/fox.webp", None] in told["can"]
    assert any("Eiffel" in word for word, _, _, _ in told["cannot"])
    assert views.understanding(understand("a meerkat", None))["can"] == [
        ["meerkat", "subject", "studio/cast/fox.webp", "a fox"]
    ]
    assert views.understanding(understand("", None)) == {"can": [], "cannot": [], "english": True}


def test_the_page_is_told_of_a_prompt_that_is_not_english() -> None:
    assert views.understanding(understand("ein Fuchs im Schnee bei Nacht", None))["english"] is False
    assert views.understanding(understand("a fox in the snow at night", None))["english"] is True
