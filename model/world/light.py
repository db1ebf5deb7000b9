"""Light: the sky of an hour and a weather, the tint they lay on everything, fog, wet ground and lying snow."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import torch
from torch import Tensor

from model.world.canvas import X_REACH, Y_BOTTOM, Y_TOP, Canvas, Colour, mix, rgb
from model.world.places.painter import PlaceLayers
from model.world.setting import SETTINGS

OVERCAST: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {"rain": rgb("#7f8a9c"), "snowfall": rgb("#c3ccd9"), "fog": rgb("#d9dfe4")}
)
HAZE: Mapping[str, float] = MappingProxyType({"fog": 1.0, "rain": 0.20, "snowfall": 0.30})
SNOW = rgb("#f1f5fd")
MOST_LIT = 2.0
HEARTH = (0.66, 0.50, 0.38)  # what the tint of a dark hour becomes where lamps burn


@dataclass(frozen=True)
class Hour:
    """The light of an hour. top, horizon: sky colours; tint: RGB factor on places; actor: the gentler one on actors;
    lamps: how bright lamps burn, 0..1; fog: the colour of distance."""

    top: tuple[float, float, float]
    horizon: tuple[float, float, float]
    tint: tuple[float, float, float]
    actor: tuple[float, float, float]
    lamps: float
    fog: tuple[float, float, float]


HOURS: Mapping[str, Hour] = MappingProxyType(
    {
        "day": Hour(rgb("#3f8fe8"), rgb("#c4e6fb"), (1.0, 1.0, 1.0), (1.0, 1.0, 1.0), 0.0, rgb("#dfeaf2")),
        "golden": Hour(rgb("#7fa6cf"), rgb("#ffd27d"), (1.06, 0.88, 0.62), (1.05, 0.93, 0.76), 0.25, rgb("#f7dcb0")),
        "dusk": Hour(rgb("#3d3378"), rgb("#ff8f70"), (0.76, 0.56, 0.74), (0.90, 0.76, 0.88), 0.8, rgb("#b98aa6")),
        "night": Hour(rgb("#070b28"), rgb("#27366f"), (0.30, 0.37, 0.62), (0.62, 0.68, 0.92), 1.0, rgb("#39456f")),
        "dawn": Hour(rgb("#8fb4e8"), rgb("#ffc9c4"), (0.98, 0.84, 0.90), (1.0, 0.92, 0.95), 0.45, rgb("#f2d3d8")),
    }
)


MIRRORS: Mapping[str, float] = MappingProxyType(
    {"neon": 0.8, "ocean": 0.4, "gallery": 0.35, "river": 0.25, "stage": 0.15, "harbour": 0.1}
)
INDOORS = ("outside", *(place for place, setting in SETTINGS.items() if setting.inside))  # no rain wets the ground
DIM: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {"rain": (0.66, 0.71, 0.80), "snowfall": (0.94, 0.96, 1.0), "fog": (0.95, 0.96, 0.98)}
)


def paint_sky(time: str, weather: str, seed: int, resolution: int, device: torch.device | str = "cpu") -> Tensor:
    """The sky of an hour as RGB (3, H, W) on the canvas: gradient, sun or moon, stars, clouds."""
    rng = random.Random(seed)
    hour, canvas = HOURS[time], Canvas(resolution, device)
    dull = 0.0 if weather not in OVERCAST else 0.65 if weather == "fog" else 0.85
    grey = cover(time, weather)
    sky = canvas.gradient(mix(hour.top, grey, dull), mix(hour.horizon, mix(grey, (1, 1, 1), 0.12), dull), -0.1, 0.60)
    canvas.over(sky.expand(-1, -1, canvas.width), torch.ones_like(canvas.pixels[3]))
    if time == "night" and dull == 0:
        for _ in range(90):
            canvas.ball(
                rng.uniform(-X_REACH, X_REACH),
                rng.uniform(-0.5, 0.5),
                rng.choice((0.003, 0.004, 0.005)),
                rgb("#f2f4ff"),
                shade=0,
            )
    if weather == "stars" and time != "night":
        for _ in range(40):
            canvas.ball(rng.uniform(-X_REACH, X_REACH), rng.uniform(-0.5, 0.35), 0.004, rgb("#fff8e0"), shade=0)
    if dull == 0:
        _luminary(canvas, time, rng)
    if weather in ("rain", "snowfall"):
        _overcast(canvas, rng, mix(grey, (0.1, 0.12, 0.2), 0.10 if weather == "rain" else 0.02))
    for _ in range(rng.randint(2, 5) if weather != "clear" else rng.randint(0, 4)):
        _cloud(
            canvas,
            rng,
            mix(mix(hour.horizon, (1, 1, 1), 0.55 if time in ("day", "golden") else 0.12), grey, dull * 0.6),
        )
    return canvas.pixels[:3]


def cover(time: str, weather: str) -> tuple[float, float, float]:
    """The colour of a closed sky: the weather's own by day, darker and tinted by the hour."""
    fog, own = HOURS[time].fog, OVERCAST.get(weather)
    if own is None:
        return mix(fog, (0.62, 0.66, 0.72), 0.4 if time == "day" else 0.0)
    luma = sum(fog) / 2.6
    return mix((own[0] * luma, own[1] * luma, own[2] * luma), fog, 0.15 if time == "day" else 0.45)


def light_on_set(time: str, weather: str) -> Hour:
    """The light of an hour on those who stand on a set, dimmed and cooled by a closed sky."""
    hour = HOURS[time]
    return replace(hour, actor=_times(hour.actor, mix((1, 1, 1), DIM.get(weather, (1.0, 1.0, 1.0)), 0.6)))


def change_of_light(before: tuple[str, str], after: tuple[str, str]) -> tuple[float, float, float]:
    """By how much, RGB, a place becomes brighter from one hour and weather to another; what is dark does not become
    bright without limit."""
    one, other = (_times(HOURS[time].tint, DIM.get(weather, (1.0, 1.0, 1.0))) for time, weather in (before, after))
    red, green, blue = (min(MOST_LIT, new / old) for old, new in zip(one, other, strict=True))
    return red, green, blue


def mirror_of(place: str, weather: str) -> float:
    """How much the ground of a set mirrors those who stand there, 0..1: wet streets and polished floors, anything
    in rain."""
    return max(MIRRORS.get(place, 0.0), 0.3 if weather == "rain" and place not in INDOORS else 0.0)


def light_of(time: str, weather: str, layers: PlaceLayers) -> Hour:
    """The light in a place: of its hour, dimmed and cooled by a closed sky, tinted by the lamps that always burn there.

    Indoors the golden hour and dawn look like day, and no weather reaches in; lamps warm the dark hours.
    """
    if layers.indoor:
        hour = HOURS["day" if layers.steady or time in ("day", "golden", "dawn") else time]
        warmth = layers.hearth * hour.lamps
        tint, actor = mix(hour.tint, HEARTH, warmth), mix(hour.actor, (0.98, 0.84, 0.70), warmth)
        return replace(hour, tint=tint, actor=_times(actor, layers.tint))
    hour = HOURS[time]
    dim = DIM.get(weather, (1.0, 1.0, 1.0))
    actor = _times(_times(hour.actor, mix((1, 1, 1), dim, 0.6)), layers.tint)
    fog = cover(time, weather) if weather in ("rain", "snowfall") else hour.fog
    lamps = max(hour.lamps, 0.35 if weather in ("rain", "fog") else 0.0)
    return replace(hour, tint=_times(hour.tint, dim), actor=actor, fog=fog, lamps=lamps)


def _times(a: Colour, b: Colour) -> tuple[float, float, float]:
    return (a[0] * b[0], a[1] * b[1], a[2] * b[2])


def weathered(layers: PlaceLayers, weather: str, seed: int) -> PlaceLayers:
    """A place as its weather leaves it: snow on the ground and on every edge that looks up, puddles in rain.

    Any other weather, and any place indoors, leaves the layers as they are; they are never changed in place.
    """
    if layers.indoor or weather not in ("rain", "snowfall"):
        return layers
    if weather == "snowfall":
        far, fore = _capped(layers.far, 0.014), _capped(layers.fore, 0.03)
        return replace(layers, far=far, ground=_snowed(_capped(layers.ground, 0.022), layers.floor), fore=fore)
    return replace(layers, ground=_puddles(layers.ground, layers.floor, seed))


def _rows(layer: Tensor) -> Tensor:
    """World y (H, 1) of a layer's pixels."""
    return torch.linspace(Y_TOP, Y_BOTTOM, layer.shape[-2], device=layer.device)[:, None]


def _capped(layer: Tensor, thick: float) -> Tensor:
    """Snow on what stands out against nothing above it; thick: in world units."""
    step = max(1, round(thick * layer.shape[-2] / (Y_BOTTOM - Y_TOP)))
    alpha = layer[3]
    above = torch.zeros_like(alpha)
    above[step:] = alpha[:-step]
    cap = (alpha - above).clamp(min=0) * 0.92
    out = layer.clone()
    out[:3] = layer[:3] * (1 - cap) + layer.new_tensor(SNOW)[:, None, None] * cap * alpha
    return out


def _snowed(layer: Tensor, floor: float) -> Tensor:
    """Snow lying on the ground below y = floor, thinner where it is trodden near the camera."""
    lies = ((_rows(layer) - floor + 0.05) / 0.05).clamp(0, 1) * 0.84
    luma = layer[:3].mean(0)
    white = layer.new_tensor(SNOW)[:, None, None] * (0.86 + 0.18 * luma) * layer[3]
    out = layer.clone()
    out[:3] = layer[:3] * (1 - lies) + white * lies
    return out


def _puddles(layer: Tensor, floor: float, seed: int) -> Tensor:
    """Darker ground with puddles that show the grey sky."""
    y, rng = _rows(layer), random.Random(seed)
    x = torch.linspace(-X_REACH, X_REACH, layer.shape[-1], device=layer.device)[None]
    wet = ((y - floor) / 0.05).clamp(0, 1)
    out = layer.clone()
    out[:3] = layer[:3] * (1 - 0.22 * wet)
    if floor > 1:
        return out
    for _ in range(7):
        at = floor + 0.05 + (1.02 - floor) * rng.random() ** 0.8
        px, wide = rng.uniform(-X_REACH, X_REACH), rng.uniform(0.12, 0.24) * (0.35 + at - floor)
        far = ((x - px) / wide) ** 2 + ((y - at) / (wide * 0.20)) ** 2
        alpha = ((1.0 - far) * 5).clamp(0, 1) * 0.75 * layer[3]
        sky = mix(rgb("#8f9db3"), rgb("#dfe7f2"), 0.5)
        glint = 0.85 + 0.25 * ((at - y) / (wide * 0.20)).clamp(-1, 1)
        out[:3] = out[:3] * (1 - alpha) + layer.new_tensor(sky)[:, None, None] * glint * alpha
    return out


def _overcast(canvas: Canvas, rng: random.Random, colour: Colour) -> None:
    """Rows of heavy cloud that close the sky above."""
    for level, tone in ((-0.02, 0.10), (0.10, 0.0)):
        x = -X_REACH
        while x < X_REACH:
            size = rng.uniform(0.10, 0.17)
            y = level + rng.uniform(-0.03, 0.03) - (0.1 if tone else 0)
            canvas.ball(x, y, size, mix(colour, (1, 1, 1), tone + rng.uniform(0, 0.06)), squash=0.55, shade=0.22)
            x += size * 0.9


def _luminary(canvas: Canvas, time: str, rng: random.Random) -> None:
    x = rng.choice((-1, 1)) * rng.uniform(0.35, 0.75)
    y, radius, colour = {
        "day": (0.12, 0.05, "#fff6d0"),
        "golden": (0.36, 0.07, "#fff0bd"),
        "dusk": (0.46, 0.08, "#ffd08a"),
        "night": (0.16, 0.06, "#f1f0e0"),
        "dawn": (0.50, 0.07, "#fff3d0"),
    }[time]
    glow = torch.exp(-(((canvas.x - x) ** 2 + (canvas.y - y) ** 2) / (0.028 if time != "night" else 0.012)))
    canvas.over(rgb(colour), glow * 0.55)
    canvas.ball(x, y, radius, rgb(colour), shade=0.05)


def _cloud(canvas: Canvas, rng: random.Random, colour: tuple[float, float, float]) -> None:
    x, y, size = rng.uniform(-1.4, 1.4), rng.uniform(-0.1, 0.34), rng.uniform(0.05, 0.09)
    for k in range(6):
        canvas.ball(
            x + (k - 2.5) * size * 0.7,
            y - size * 0.35 * (2.5 - abs(k - 2.5)) + rng.uniform(-0.01, 0.01),
            size * rng.uniform(0.8, 1.1),
            colour,
            squash=0.75,
            shade=0.12,
        )
