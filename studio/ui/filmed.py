"""What a lens, a light or a pace does to a picture, for the small moving pictures of direction.

Each is a plain function of frames, uint8 (t, h, w, 3), of one standing shot: the world that draws them has no lenses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Frames = NDArray[np.uint8]
Floats = NDArray[np.float32]


def _each(frames: Frames, act: Callable[[Image.Image], Image.Image]) -> Frames:
    return np.stack([np.asarray(act(Image.fromarray(frame)).convert("RGB")) for frame in frames])


def _grid(frames: Frames) -> tuple[Floats, Floats]:
    """Where each pixel is: x and y from -1 to 1."""
    height, width = frames.shape[1:3]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return x.astype(np.float32), y.astype(np.float32)


def _zoomed(part: float, down: float = 0.0) -> Callable[[Frames], Frames]:
    """The middle part of the picture, which may lie lower."""

    def act(frames: Frames) -> Frames:
        height, width = frames.shape[1:3]
        left, top = width * (1 - part) / 2, height * ((1 - part) / 2 + down)
        box = (round(left), round(top), round(left + width * part), round(top + height * part))
        return _each(frames, lambda image: image.crop(box).resize((width, height), Image.Resampling.LANCZOS))

    return act


def _bent(strength: float) -> Callable[[Frames], Frames]:
    """Bulging outwards, as through a round glass."""

    def act(frames: Frames) -> Frames:
        x, y = _grid(frames)
        far = 1 + strength * (x**2 + y**2)
        height, width = frames.shape[1:3]
        column = np.clip((x * far / (1 + strength) + 1) / 2 * (width - 1), 0, width - 1).round().astype(int)
        row = np.clip((y * far / (1 + strength) + 1) / 2 * (height - 1), 0, height - 1).round().astype(int)
        return frames[:, row, column]

    return act


def _mixed(frames: Frames, other: Frames, share: Floats) -> Frames:
    """`other` where `share` (h, w) is 1."""
    part = share[None, :, :, None]
    return (frames * (1 - part) + other * part).round().clip(0, 255).astype(np.uint8)


def _blurred(radius: float) -> Callable[[Frames], Frames]:
    return lambda frames: _each(frames, lambda image: image.filter(ImageFilter.GaussianBlur(radius)))


def _shallow(frames: Frames) -> Frames:
    """Sharp where the subject stands, soft around it."""
    x, y = _grid(frames)
    around = np.clip(2.4 * np.hypot(x, (y - 0.25) * 0.8) - 0.9, 0, 1)
    return _mixed(frames, _blurred(6)(frames), around)


def _tilt_shift(frames: Frames) -> Frames:
    _, y = _grid(frames)
    vivid = _graded(1.25, 1.4)(frames)
    return _mixed(vivid, _blurred(5)(vivid), np.clip(3 * np.abs(y - 0.45) - 0.7, 0, 1))


def _anamorphic(frames: Frames) -> Frames:
    """A wide picture between bars, with a blue streak of light."""
    x, y = _grid(frames)
    streak = np.exp(-(((y + 0.35) / 0.03) ** 2)) * np.exp(-((x / 0.9) ** 2))
    lit = frames + streak[None, :, :, None] * np.array([60, 130, 255], np.float32)
    lit[:, np.abs(y[:, 0]) > 0.72] = 0
    return lit.clip(0, 255).astype(np.uint8)


def _graded(
    contrast: float, colour: float, tint: tuple[float, float, float] = (1, 1, 1), lift: float = 0.0
) -> Callable[[Frames], Frames]:
    """Contrast around the middle, how much colour is left, a tint, and a lift of everything."""

    def act(frames: Frames) -> Frames:
        grey = frames.mean(-1, keepdims=True)
        toned = grey + (frames - grey) * colour
        lit = ((toned - 128) * contrast + 128 + lift).clip(0, 255) * np.array(tint, np.float32)
        return lit.clip(0, 255).astype(np.uint8)

    return act


def _lit(
    act: Callable[[Floats, Floats], NDArray[np.floating[Any]]], tint: tuple[float, float, float] = (1, 1, 1)
) -> Callable[[Frames], Frames]:
    """Light that falls as `act` says of every place (1 leaves it as it is)."""

    def light(frames: Frames) -> Frames:
        field = act(*_grid(frames))[None, :, :, None] * np.array(tint, np.float32)
        return (frames * field).clip(0, 255).astype(np.uint8)

    return light


def _silhouette(frames: Frames) -> Frames:
    """The orange subject black before an evening sky."""
    _, y = _grid(frames)
    sky = np.clip(y * 0.5 + 0.5, 0, 1)[..., None] * np.array([250, 150, 70]) + np.array([40, 30, 70])
    dark = (frames[..., 0].astype(int) - frames[..., 2] > 95)[..., None] | (y > 0.55)[None, ..., None]
    lit = (0.35 * frames + 0.75 * sky[None]).clip(0, 255)
    return np.where(dark, lit * 0.08, lit).astype(np.uint8)


def _rays(frames: Frames) -> Frames:
    x, y = _grid(frames)
    angle = np.arctan2(y + 1.6, x + 1.2)
    beams = np.clip(np.sin(angle * 26) + 0.2, 0, 1) * np.clip(1.1 - 0.4 * (y + 1), 0, 1)
    base = _graded(0.85, 0.9, lift=-12)(frames)
    return (base + beams[None, :, :, None] * np.array([120, 108, 78], np.float32)).clip(0, 255).astype(np.uint8)


def _neon_glow(frames: Frames) -> Frames:
    x, _ = _grid(frames)
    warm = np.clip((1 - x) / 2, 0, 1)[None, :, :, None]
    colours = warm * np.array([1.5, 0.5, 1.3], np.float32) + (1 - warm) * np.array([0.4, 1.1, 1.7], np.float32)
    return (frames * colours * 1.25).clip(0, 255).astype(np.uint8)


def _flicker(frames: Frames) -> Frames:
    """A flame's warm, unsteady circle of light."""
    x, y = _grid(frames)
    circle = np.exp(-(((x + 0.25) / 0.75) ** 2 + ((y - 0.3) / 0.85) ** 2))
    beat = 1 + 0.14 * np.sin(np.arange(len(frames)) * 1.9) + 0.08 * np.sin(np.arange(len(frames)) * 4.3)
    light = beat[:, None, None] * (0.16 + 1.7 * circle)
    return (frames * light[..., None] * np.array([1.6, 1.05, 0.6], np.float32)).clip(0, 255).astype(np.uint8)


def _every(step: float) -> Callable[[Frames], Frames]:
    """The same shot slower (below 1) or faster."""

    def act(frames: Frames) -> Frames:
        count = len(frames)
        at = np.arange(count) * step
        return frames[np.abs((at + count - 1) % (2 * count - 2) - (count - 1)).round().astype(int)]

    return act


def _aged(frames: Frames) -> Frames:
    """Faded, brown, scratched and a little unsteady."""
    chance = np.random.default_rng(5)
    sepia = _graded(0.9, 0.15, (1.0, 0.86, 0.66), 10)(frames).astype(np.float32)
    for frame in sepia:
        frame += chance.normal(0, 13, frame.shape[:2])[..., None]
        column = int(chance.integers(8, frame.shape[1] - 8))
        frame[:, column : column + 1] += 55 * chance.random()
        frame *= 0.92 + 0.12 * chance.random()
        frame[:] = np.roll(frame, int(chance.integers(-1, 2)), axis=0)
    return sepia.clip(0, 255).astype(np.uint8)


def _noir(frames: Frames) -> Frames:
    x, y = _grid(frames)
    hard = _graded(1.7, 0.0, lift=-34)(frames)
    blinds = 0.6 + 0.5 * (np.sin((y + 0.25 * x) * 20) > -0.1)
    return _lit(lambda *_: blinds * np.clip(1.25 - 0.55 * np.hypot(x - 0.1, y), 0, 1.2))(hard)


FILMED: Mapping[str, Callable[[Frames], Frames]] = MappingProxyType(
    {
        "framing-extreme_close": _zoomed(0.36, 0.13),
        "framing-full": _zoomed(0.9, 0.03),
        "lens-wide_angle": _bent(0.14),
        "lens-telephoto": _zoomed(0.55, 0.08),
        "lens-fisheye": _bent(0.6),
        "lens-macro": lambda frames: _shallow(_zoomed(0.3, 0.14)(frames)),
        "lens-shallow": _shallow,
        "lens-tilt_shift": _tilt_shift,
        "lens-anamorphic": _anamorphic,
        "light-soft": lambda frames: _mixed(
            _graded(0.82, 0.9, lift=10)(frames), _blurred(3)(frames), np.full(frames.shape[1:3], 0.3, np.float32)
        ),
        "light-hard": _graded(1.5, 1.1, (1.0, 0.97, 0.9), -6),
        "light-backlit": _lit(
            lambda x, y: 0.55 + 1.3 * np.exp(-(((x - 0.1) / 0.6) ** 2 + ((y + 0.5) / 0.5) ** 2)), (1.1, 1, 0.85)
        ),
        "light-silhouette": _silhouette,
        "light-low_key": _lit(lambda x, y: 1.2 * np.exp(-(((x - 0.15) / 0.42) ** 2 + ((y - 0.15) / 0.7) ** 2))),
        "light-high_key": _graded(0.62, 0.85, lift=62),
        "light-candle": _flicker,
        "light-neon_glow": _neon_glow,
        "light-rays": _rays,
        "pace-slow_motion": _every(0.34),
        "pace-unhurried": _every(0.6),
        "pace-brisk": _every(1.6),
        "pace-time_lapse": _every(4.0),
        "style-noir": _noir,
        "style-archival": _aged,
    }
)  # what is missing is shown as the world draws it: deep focus is how it sees
