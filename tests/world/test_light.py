"""Light and air: hours and weathers tint a place, snow lies, rain wets, and every particle moves with the camera."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from model.world.air import FALLS, fill_air
from model.world.art import Art
from model.world.camera import camera_path
from model.world.light import HOURS, light_of, paint_sky, weathered
from model.world.places import PlaceLayers, paint
from model.world.vocabulary import VOCABULARY
from tests.world.shots import PLAIN

TIMES, WEATHERS = ([t.id for t in VOCABULARY[kind]] for kind in ("time", "weather"))
SIZE = (64, 112)


def luma(colour: Tensor) -> float:
    return float(colour.mean())


def air(weather: str, seed: int = 4, seconds: float = 0.5, frames: int = 3, shift: float = 0.0) -> Tensor:
    """What a weather puts before grey, (T, 3, H, W)."""
    times = torch.full((frames,), seconds) + torch.arange(frames) / 16
    camera = camera_path([PLAIN], times[None])[0]
    camera[:, 0] += shift
    return fill_air(torch.full((frames, 3, *SIZE), 0.4), weather, seed, times, camera, 64.0, 0.7)


@pytest.fixture(scope="module")
def village(art: Art) -> PlaceLayers:
    return paint("village", 3, art, resolution=48)


def test_every_hour_and_weather_has_its_light_and_its_sky(village: PlaceLayers) -> None:
    assert set(HOURS) == set(TIMES)
    for time in TIMES:
        for weather in WEATHERS:
            hour = light_of(time, weather, village)
            assert all(0.1 < c < 1.3 for c in (*hour.tint, *hour.actor)) and 0 <= hour.lamps <= 1
            sky = paint_sky(time, weather, 1, 12)
            assert torch.isfinite(sky).all() and 0 <= float(sky.min()) and float(sky.max()) <= 1


def test_rain_and_snow_close_the_sky_and_rain_darkens_the_ground(village: PlaceLayers) -> None:
    skies = {w: paint_sky("day", w, 1, 16)[:, 4:16] for w in ("clear", "rain", "snowfall")}
    blue = {w: float(s[2].mean() - s[0].mean()) for w, s in skies.items()}
    assert blue["rain"] < 0.5 * blue["clear"] and blue["snowfall"] < 0.5 * blue["clear"]
    assert luma(skies["rain"]) < luma(skies["snowfall"])
    assert sum(light_of("day", "rain", village).tint) < 0.8 * sum(light_of("day", "clear", village).tint)


def test_clear_air_leaves_hour_and_layers_alone(village: PlaceLayers) -> None:
    assert light_of("dusk", "clear", village) == HOURS["dusk"]
    for weather in set(WEATHERS) - {"rain", "snowfall"}:
        assert weathered(village, weather, 1) is village


def test_snow_lies_on_the_ground_and_on_roofs_and_rain_leaves_puddles(village: PlaceLayers) -> None:
    before = village.ground.clone()
    snowy, rainy = weathered(village, "snowfall", 1), weathered(village, "rain", 1)
    low = round(48 * (0.9 + 0.5))
    assert luma(snowy.ground[:3, low]) > luma(village.ground[:3, low]) + 0.15 > luma(rainy.ground[:3, low])
    assert torch.equal(village.ground, before), "the painted place is kept for other weathers"
    for layers in (snowy, rainy):
        assert torch.equal(layers.ground[3], before[3]) and float(layers.ground[:3].max()) <= 1 + 1e-4


def test_no_weather_comes_indoors(art: Art) -> None:
    for place in ("room", "library", "cave"):
        layers = paint(place, 1, art, resolution=32)
        assert weathered(layers, "snowfall", 1) is layers
        assert light_of("day", "rain", layers).tint == light_of("day", "clear", layers).tint
    cave, library = (paint(p, 1, art, resolution=32) for p in ("cave", "library"))
    assert light_of("night", "clear", cave) == light_of("day", "clear", cave)
    tint = light_of("night", "clear", library).tint
    assert tint[0] > HOURS["night"].tint[0] and tint[0] > tint[2], "lamps make the night warm"


@pytest.mark.parametrize("weather", WEATHERS)
def test_what_is_in_the_air_is_seen_moves_and_comes_from_its_seed(weather: str) -> None:
    clip = air(weather)
    changed = float(((clip - 0.4).abs().amax(1) > 0.08).float().mean())
    if weather not in FALLS:
        assert changed == 0
        return
    assert 0.004 < changed < 0.6, "a stranger has to see it, and to see what is behind it"
    assert 0 <= float(clip.min()) and float(clip.max()) <= 1
    assert torch.equal(clip, air(weather)) and not torch.equal(clip, air(weather, seed=5))
    assert float((clip[0] - clip[2]).abs().mean()) > 0.001
    assert not torch.equal(clip, air(weather, shift=0.2)), "it stays behind when the camera moves"


def test_no_two_weathers_look_the_same() -> None:
    shown = {w: air(w) for w in WEATHERS if w != "fog"}
    assert all(float((shown[a] - shown[b]).abs().mean()) > 0.002 for a in shown for b in shown if a < b)


def test_bubbles_rise_and_snow_falls() -> None:
    def step(weather: str) -> int:
        first, later = (air(weather, seconds=s, frames=1)[0].sub(0.4).abs().sum(0) for s in (1.0, 1.15))
        shifts = {n: float((first.roll(n, 0) * later)[8:-8].sum()) for n in range(-6, 7)}
        return max(shifts, key=shifts.__getitem__)

    assert step("bubbles") < 0 < step("snowfall")


def test_air_works_at_any_size_and_time() -> None:
    for height, width in ((24, 24), (120, 40)):
        times = torch.tensor([0.0, 40.0])
        camera = camera_path([PLAIN], times[None])[0]
        for weather in FALLS:
            out = fill_air(torch.full((2, 3, height, width), 0.5), weather, 1, times, camera, float(width), None)
            assert torch.isfinite(out).all()
