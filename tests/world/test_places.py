"""Places: what suits them, what they are painted with, and that each is itself."""

from __future__ import annotations

import pytest
import torch

from model.world.art import PROPS, Art
from model.world.canvas import Canvas, rgb
from model.world.places import paint
from model.world.places.letters import length, write
from model.world.places.shapes import Patch, arch, capsule, polygon, shine, slab
from model.world.setting import HOURS_OUTSIDE, SETTINGS, WEATHER_HOURS, weathers
from model.world.vocabulary import VOCABULARY

PLACES, TIMES, WEATHERS = ([t.id for t in VOCABULARY[kind]] for kind in ("place", "time", "weather"))
OLD = "meadow snow forest desert beach city tokyo reef room space village".split()


def ink(canvas: Canvas) -> float:
    """How much is painted, in square units."""
    return float(canvas.pixels[3].sum()) / canvas.resolution**2


def test_there_are_more_than_twenty_four_places_and_the_first_eleven_keep_their_ids() -> None:
    assert len(PLACES) >= 24 and PLACES[:11] == OLD


def test_every_place_says_what_suits_it_in_words_of_the_vocabulary() -> None:
    assert set(SETTINGS) == set(PLACES)
    for place, setting in SETTINGS.items():
        assert set(setting.weathers) <= set(WEATHERS) and setting.weathers[0] == "clear", place
        assert set(setting.hours) <= set(TIMES) and len(set(setting.hours)) == len(setting.hours), place
        assert setting.homes and set(setting.homes) <= {"ground", "air", "water"}, place
    suited = {w for setting in SETTINGS.values() for w in setting.weathers}
    assert suited == set(WEATHERS), "a weather that suits no place is never seen"
    assert set(HOURS_OUTSIDE) == set(TIMES) and set(WEATHER_HOURS) <= set(WEATHERS)


def test_weather_suits_place_and_hour() -> None:
    assert "fireflies" in weathers("forest", "night") and "fireflies" not in weathers("forest", "day")
    assert "snowfall" not in weathers("desert") and "rain" not in weathers("library")
    assert weathers("reef", "day") == ("clear", "bubbles")
    assert SETTINGS["cave"].timeless and not SETTINGS["meadow"].timeless


@pytest.mark.parametrize("place", [p for p in PLACES if p not in OLD])
def test_a_place_looks_its_own_way_from_every_seed(art: Art, place: str) -> None:
    one, two = (paint(place, seed, art, resolution=40) for seed in (1, 2))
    assert not torch.equal(one.far, two.far) or not torch.equal(one.ground, two.ground)
    assert one.fore[3, :, 0].max() == 0 and one.fore[3, :, -1].max() == 0, "its edge would be drawn out over the frame"
    assert one.near is not None and float(one.near.min()) >= 0 and 0 <= one.mirror <= 1
    assert one.indoor == SETTINGS[place].inside


def test_the_zoo_has_its_name_on_its_sign_and_any_other_word_if_asked(art: Art) -> None:
    plain, same, other = (paint("zoo", 3, art, resolution=64, sign=word) for word in (None, "ZOO", "CAFE"))
    assert torch.equal(plain.ground, same.ground)
    changed = (plain.ground - other.ground).abs().amax(0) > 0.1
    rows = changed.any(1).nonzero().flatten() / 64 - 0.5
    assert 0.05 < float(rows.min()) and float(rows.max()) < 0.35, "only the board changes"


def test_neon_shines_and_its_street_mirrors_it(art: Art) -> None:
    layers = paint("neon", 3, art, resolution=64)
    street = layers.lamps[:, round(64 * (0.75 + 0.5)) :]
    assert float(street.mean()) > 0.02 and layers.wet == 1
    assert float(layers.lamps.amax(0).mean()) > 0.1


def test_candles_light_the_cave_at_every_hour(art: Art) -> None:
    layers = paint("cave", 3, art, resolution=48)
    assert layers.steady and float(layers.ground[:3].max()) > 0.9
    assert layers.tint[0] > layers.tint[2], "candle light is warm"


def test_every_letter_is_drawn_and_no_two_are_the_same() -> None:
    drawn = {}
    for letter in "ABCDEFGHIJKLMNPQRSTUVWXYZ0123456789":
        canvas = Canvas(64)
        write(canvas, letter, 0, 0.5, 0.6, rgb("#ffffff"))
        assert 0.02 < ink(canvas) < 0.3, letter
        drawn[letter] = canvas.pixels[3]
    letters = list(drawn)
    pairs = [(a, b) for i, a in enumerate(letters) for b in letters[i + 1 :]]
    assert [pair for pair in pairs if float((drawn[pair[0]] - drawn[pair[1]]).abs().sum()) < 20] == []


def test_words_are_set_in_the_middle_and_made_to_fit() -> None:
    canvas, small = Canvas(64), Canvas(64)
    write(canvas, "OPEN", 0.2, 0.5, 0.3, rgb("#ffffff"))
    columns = (canvas.pixels[3].amax(0) > 0.5).nonzero().flatten() / 64 - 1.45
    assert float(columns.min() + columns.max()) / 2 == pytest.approx(0.2, abs=0.03)
    assert float(columns.max() - columns.min()) == pytest.approx(length("OPEN", 0.3) + 0.06, abs=0.04)
    write(small, "OPEN", 0, 0.5, 0.3, rgb("#ffffff"), most=0.4)
    columns = (small.pixels[3].amax(0) > 0.5).nonzero().flatten() / 64
    assert float(columns.max() - columns.min()) < 0.47


def test_shapes_cover_what_geometry_says() -> None:
    for draw, area in (
        (lambda c: polygon(c, [(0, 0.2), (0.4, 0.2), (0.4, 0.6), (0, 0.6)], (1, 1, 1)), 0.16),
        (lambda c: polygon(c, [(0, 0.6), (0.4, 0.6), (0.2, 0.2)], (1, 1, 1)), 0.08),
        (lambda c: slab(c, 0, 0.2, 0.4, 0.6, (1, 1, 1), round_=0.0), 0.16),
        (lambda c: capsule(c, (0, 0.5), (0.4, 0.5), 0.1, (1, 1, 1)), 0.08 + 3.1416 * 0.01),
        (lambda c: arch(c, 0, 0.2, 0.2, 0.6, (1, 1, 1)), 0.2 * 0.3 + 3.1416 * 0.01 / 2),
    ):
        canvas = Canvas(128)
        draw(canvas)
        assert ink(canvas) == pytest.approx(area, rel=0.04)
        assert float(canvas.pixels.max()) <= 1


def test_light_is_added_without_cover_and_shapes_off_the_canvas_are_nothing() -> None:
    canvas = Canvas(32)
    shine(canvas, 0, 0.5, 0.1, (1, 0.5, 0), 0.8)
    assert float(canvas.pixels[0].max()) > 0.5 and float(canvas.pixels[3].max()) == 0
    before = canvas.pixels.clone()
    slab(canvas, 5, 5, 6, 6, (1, 1, 1))
    capsule(canvas, (-9, 0), (-8, 0), 0.1, (1, 1, 1))
    assert torch.equal(canvas.pixels, before)
    assert isinstance(Patch(canvas.pixels, canvas.x, canvas.y, 32).edge(canvas.x), torch.Tensor)


def test_props_never_share_a_file_with_a_subject() -> None:
    assert set(PROPS) & {t.id for t in VOCABULARY["subject"]} == set()
