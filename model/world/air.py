"""What falls, rises and glows in the air: rain, snow, petals, leaves, bubbles, fireflies, stars and confetti.

Every particle has a depth of its own, so that the air moves with the camera: near ones are large, quick and shift more.
They live in a box around the frame and come in again on the other side. Round soft ones are laid on all frames at once,
as an outer product of their columns and rows; shaped ones are stamped one after the other.

Axis legend: T: frames; N: particles; H, W: pixels of a frame; P: pixels of a stamp.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from model.world.camera import seen
from model.world.canvas import rgb

MARGIN = 1.25
SLOW = 0.3  # of the time in which all come, each takes to be there


@dataclass(frozen=True)
class Fall:
    """How one kind of particle moves.

    count: particles in a frame of one unit by one; size: radius in units at depth 1; speed: units a second, x and y
    (down); sway: how far it swings to either side, and how often a second; depth: the nearest and the farthest
    particle's parallax; colours: what it may be; shape: the name of its stamp, or none if it is a soft dot; opacity:
    how dense it is; light: whether it glows; stretch: how many times longer than wide a soft dot is.
    """

    count: int
    size: float
    speed: tuple[float, float]
    sway: tuple[float, float]
    depth: tuple[float, float]
    colours: tuple[str, ...]
    shape: str | None = None
    opacity: float = 1.0
    light: bool = False
    stretch: float = 1.0


FALLS: Mapping[str, Fall] = MappingProxyType({
    "rain": Fall(120, 0.0024, (-0.16, 2.0), (0, 0), (0.6, 1.7), ("#e6effb",), opacity=0.85, stretch=17),
    "snowfall": Fall(105, 0.0088, (0.06, 0.24), (0.035, 0.35), (0.5, 1.9), ("#ffffff",)),
    "petals": Fall(40, 0.0175, (0.20, 0.19), (0.05, 0.5), (0.6, 1.6), ("#ffb3cc", "#ff9dbd", "#ffd0de"), "petal"),
    "leaves": Fall(
        17, 0.0260, (0.14, 0.24), (0.07, 0.45), (0.6, 1.6), ("#e8642c", "#f2a32e", "#c9412b", "#d9892b"), "leaf"
    ),
    "bubbles": Fall(15, 0.0230, (0.01, -0.17), (0.02, 0.6), (0.5, 1.6), ("#e4f7ff",), "bubble"),
    "fireflies": Fall(20, 0.0085, (0.0, 0.0), (0.10, 0.22), (0.6, 1.5), ("#e9ff7a",), light=True),
    "stars": Fall(
        18, 0.0230, (-0.06, 0.13), (0.015, 0.4), (0.5, 1.5), ("#ffe98a", "#fff6cf", "#ffd95a"), "star", light=True
    ),
    "confetti": Fall(
        42, 0.0125, (0.02, 0.30), (0.05, 0.6), (0.6, 1.6),
        ("#ff4f6d", "#ffc52e", "#37c978", "#38a6ff", "#b06bff", "#ff8a3c"), "paper",
    ),
})  # fmt: skip


def fill_air(
    frame: Tensor, weather: str, seed: int, times: Tensor, camera: Tensor, unit: float, ground: float | None = None,
    amount: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Put what is in the air of a weather onto one clip, in place: (T, 3, H, W) in 0..1, returned.

    times: (T,) seconds; camera: (T, 6) as of `camera_path`; unit: pixels a world unit; ground: the y below which rain
    splashes, None where there is no ground; amount: (T,) how many of all there are, 0..1. A weather with nothing in the
    air changes nothing.
    """
    fall = FALLS.get(weather)
    if fall is None or (amount is not None and not bool(amount.any())):
        return frame
    flock = _flock(fall, seed, times, camera, unit, frame.shape[-1], frame.shape[-2], amount)
    if fall.light:
        _glow(frame, fall, flock, times, weather)
    elif fall.shape is None:
        _dots(frame, fall, flock)
    if fall.shape is not None:
        stamp = _STAMPS[fall.shape]
        for index in range(flock.size.shape[0]):
            _stamp(frame, fall, flock, index, times, stamp)
    if weather == "rain" and ground is not None:
        _splashes(frame, seed, times, camera, unit, ground)
    return frame


@dataclass(frozen=True)
class _Flock:
    """All particles: x and y (T, N) in pixels, size (N,) in pixels, dice of their own, (N,) in 0..1, and how far each
    is there already, (T, N) in 0..1."""

    x: Tensor
    y: Tensor
    size: Tensor
    depth: Tensor
    dice: Tensor
    there: Tensor


def _flock(
    fall: Fall, seed: int, times: Tensor, camera: Tensor, unit: float, width: int, height: int, amount: Tensor | None
) -> _Flock:
    across, down = width / unit * MARGIN, height / unit * MARGIN
    count = max(4, round(fall.count * across * down))
    dice = torch.rand(6, count, generator=torch.Generator().manual_seed(seed % (1 << 62))).to(times.device)
    depth = fall.depth[0] + (fall.depth[1] - fall.depth[0]) * dice[0].square()
    t = times[:, None]
    angle = 2 * math.pi * (fall.sway[1] * (0.7 + 0.6 * dice[3]) * t + dice[4])
    x = dice[1] * across + fall.speed[0] * depth * t + fall.sway[0] * torch.sin(angle)
    y = dice[2] * down + fall.speed[1] * depth * (0.8 + 0.4 * dice[5]) * t + fall.sway[0] * 0.4 * torch.cos(1.3 * angle)
    middle_x, middle_y, zoom = seen(camera, depth)
    left, top = ((at - middle) % room - room / 2 for at, middle, room in ((x, middle_x, across), (y, middle_y, down)))
    size = fall.size * depth * (0.8 + 0.4 * dice[5]) * unit
    zoom = zoom.clamp(0.8, 1.25)
    there = torch.ones_like(left) if amount is None else _come(amount.to(left), count)
    return _Flock(left * zoom * unit + width / 2, top * zoom * unit + height / 2, size, depth, dice, there)


def _come(amount: Tensor, count: int) -> Tensor:
    """How far each of `count` is there, (T, N), where so many of all are, (T,): one after another, none at a blow."""
    turn = torch.arange(count, device=amount.device) / count
    return ((amount[:, None] * (1 + SLOW) - turn) / SLOW).clamp(0, 1)


def _bumps(at: Tensor, size: Tensor, length: int, power: float = 2.0) -> Tensor:
    """Soft bumps (T, N, L) of pixels 0..L-1 around at (T, N), `size` (N,) pixels to either side."""
    pixels = torch.arange(length, device=at.device) + 0.5
    return torch.exp(-((pixels - at[..., None]) / size.clamp(min=0.45)[:, None]).abs().pow(power))


def _dots(frame: Tensor, fall: Fall, flock: _Flock) -> None:
    """Soft dots, longer than wide by `stretch`, all at once."""
    columns = _bumps(flock.x, flock.size, frame.shape[-1])
    rows = _bumps(flock.y, flock.size * fall.stretch, frame.shape[-2], 2.0 if fall.stretch == 1 else 4.0)
    thin = (flock.size / 0.45).clamp(max=1)  # what is thinner than a pixel is fainter instead
    density = torch.einsum("tnh,tnw->thw", rows * (flock.there * thin * fall.opacity * 2.6)[..., None], columns)
    alpha = (1 - torch.exp(-density))[:, None]
    frame.mul_(1 - alpha).add_(frame.new_tensor(rgb(fall.colours[0]))[:, None, None] * alpha)


def _glow(frame: Tensor, fall: Fall, flock: _Flock, times: Tensor, weather: str) -> None:
    """A halo around everything that glows, coming and going; fireflies have a bright heart too."""
    beat = 0.5 + 0.5 * torch.sin(2 * math.pi * (0.55 * times[:, None] + flock.dice[3]))
    heart = weather == "fireflies"
    for scale, strength in ((4.2, 0.40), (1.0, 1.3)) if heart else ((2.6, 0.28),):
        columns, rows = (
            _bumps(at, flock.size * scale, n) for at, n in ((flock.x, frame.shape[-1]), (flock.y, frame.shape[-2]))
        )
        power = (strength * flock.there * (0.25 + 0.75 * beat))[..., None]
        light = torch.einsum("tnh,tnw->thw", rows * power, columns)[:, None].clamp(max=1.2)
        frame.add_(frame.new_tensor(rgb(fall.colours[0]))[:, None, None] * light).clamp_(max=1)


def _splashes(frame: Tensor, seed: int, times: Tensor, camera: Tensor, unit: float, ground: float) -> None:
    """Small flat rings where drops meet the ground, each for a quarter of a second."""
    height, width = frame.shape[-2:]
    across = width / unit * MARGIN
    count = round(24 * across)
    dice = torch.rand(3, count, generator=torch.Generator().manual_seed((seed + 1) % (1 << 62))).to(times.device)
    beat = times[:, None] / 0.25 + dice[0]
    turn, age = beat.floor(), beat % 1
    hop_x, hop_y = ((torch.sin(turn * k + d * 97) * 437.5) % 1 for k, d in ((12.9898, dice[1]), (78.233, dice[2])))
    y = ground + (1.02 - ground) * hop_y
    middle_x, middle_y, zoom = seen(camera, 1.0)
    px = (((hop_x * across - middle_x) % across) - across / 2) * zoom * unit + width / 2
    py = (y - middle_y) * zoom * unit + height / 2
    size = (0.004 + 0.014 * age) * (0.5 + y) * unit
    pixels = (torch.arange(n, device=times.device) + 0.5 for n in (width, height))
    columns, rows = (
        torch.exp(-(((axis - at[..., None]) / (size * s)[..., None].clamp(min=0.5)).square()))
        for axis, at, s in zip(pixels, (px, py), (1.0, 0.34), strict=True)
    )
    alpha = torch.einsum("tnh,tnw->thw", rows * (0.55 * (1 - age))[..., None], columns).clamp(max=0.7)[:, None]
    frame.mul_(1 - alpha).add_(alpha * 0.93)


def _stamp(
    frame: Tensor, fall: Fall, flock: _Flock, index: int, times: Tensor, shape: Callable[..., tuple[Tensor, Tensor]]
) -> None:
    """One shaped particle on every frame that it is in."""
    height, width = frame.shape[-2:]
    radius = max(1.6, float(flock.size[index]))
    reach = math.ceil(radius) + 1
    x, y = flock.x[:, index], flock.y[:, index]
    near = (x > -reach) & (x < width + reach) & (y > -reach) & (y < height + reach)
    inside = (near & (flock.there[:, index] > 0)).nonzero().flatten()
    if len(inside) == 0:
        return
    x, y, t = x[inside], y[inside], times[inside]
    step = torch.arange(-reach, reach + 1, device=frame.device)
    columns, rows = x.floor().long()[:, None] + step, y.floor().long()[:, None] + step  # (T, P)
    u = ((columns + 0.5 - x[:, None]) / radius)[:, None, :]
    v = ((rows + 0.5 - y[:, None]) / radius)[:, :, None]
    dice = flock.dice[:, index]
    alpha, shade = shape(u, v, t[:, None, None], dice, 1 / radius)
    on = ((columns >= 0) & (columns < width))[:, None, :] & ((rows >= 0) & (rows < height))[:, :, None]
    alpha = (alpha * fall.opacity * on * flock.there[inside, index][:, None, None])[..., None]
    paint = frame.new_tensor(rgb(fall.colours[index % len(fall.colours)])) * shade[..., None]
    # A pixel beside the frame lands on the edge with no alpha; it must not write there over one that has some.
    at = (
        inside[:, None, None],
        slice(None),
        rows.clamp(0, height - 1)[:, :, None],
        columns.clamp(0, width - 1)[:, None, :],
    )
    change = (paint.clamp(0, 1) - frame[at]) * alpha
    frame.permute(0, 2, 3, 1).index_put_((at[0], at[2], at[3]), change, accumulate=True)


def _edge(distance: Tensor, pixel: float) -> Tensor:
    """Antialiased inside of a signed distance in radii."""
    return (0.5 - distance / max(pixel, 1e-3)).clamp(0, 1)


def _turned(u: Tensor, v: Tensor, t: Tensor, dice: Tensor, rate: float) -> tuple[Tensor, Tensor, Tensor]:
    """Coordinates of something that turns, and its tumble: the cosine of how it leans towards the camera."""
    angle = 2 * math.pi * (dice[0] + rate * (dice[3] - 0.5) * 2 * t)
    cos, sin = torch.cos(angle), torch.sin(angle)
    tumble = torch.cos(2 * math.pi * (dice[1] + rate * (0.6 + dice[4]) * t))
    return u * cos + v * sin, -u * sin + v * cos, tumble


def _leaf(u: Tensor, v: Tensor, t: Tensor, dice: Tensor, pixel: float) -> tuple[Tensor, Tensor]:
    a, b, tumble = _turned(u, v, t, dice, 0.45)
    b = b / (0.45 + 0.55 * tumble.abs())
    half = 0.52 * torch.cos(a.clamp(-1, 1) * math.pi / 2).clamp(min=0).pow(0.8)
    rib = 1 - 0.22 * torch.exp(-((b / 0.07) ** 2))
    return _edge(b.abs() - half, pixel) * (a.abs() < 1), rib * (0.95 + 0.2 * tumble)


def _petal(u: Tensor, v: Tensor, t: Tensor, dice: Tensor, pixel: float) -> tuple[Tensor, Tensor]:
    a, b, tumble = _turned(u, v, t, dice, 0.5)
    b = b / (0.4 + 0.6 * tumble.abs())
    distance = (
        (a.square() + (b / 0.62).square()).sqrt() - 1 + 0.35 * torch.exp(-(((a - 1) / 0.3) ** 2 + (b / 0.16) ** 2))
    )
    return _edge(distance, pixel), 1.0 + 0.10 * tumble - 0.06 * a


def _paper(u: Tensor, v: Tensor, t: Tensor, dice: Tensor, pixel: float) -> tuple[Tensor, Tensor]:
    a, b, tumble = _turned(u, v, t, dice, 0.8)
    distance = torch.maximum(a.abs() - 0.85, b.abs() - 0.5 * tumble.abs().clamp(min=0.2))
    return _edge(distance, pixel), 0.95 + 0.25 * tumble + 0 * a


def _bubble(u: Tensor, v: Tensor, t: Tensor, dice: Tensor, pixel: float) -> tuple[Tensor, Tensor]:
    r = (u.square() + v.square()).sqrt() + 0 * t
    rim = torch.exp(-(((r - 0.88) / 0.13) ** 2)) * 0.85
    spark = torch.exp(-(((u + 0.36) ** 2 + (v + 0.38) ** 2) / 0.035))
    return (rim + 0.16 * _edge(r - 0.95, pixel) + 0.95 * spark).clamp(max=1) * _edge(r - 1, pixel), torch.ones_like(r)


def _star(u: Tensor, v: Tensor, t: Tensor, dice: Tensor, pixel: float) -> tuple[Tensor, Tensor]:
    a, b, _ = _turned(u, v, t, dice, 0.12)
    r = (a.square() + b.square()).sqrt()
    # In each fifth the edge runs straight from the tip at (1, 0) to the notch.
    turn = ((torch.atan2(b, a) / (2 * math.pi / 5)) % 1 - 0.5).abs() * 2 * math.pi / 5
    notch_x, notch_y = 0.46 * math.cos(math.pi / 5), 0.46 * math.sin(math.pi / 5)
    beat = 0.82 + 0.18 * torch.sin(2 * math.pi * (0.8 * t + dice[2]))
    along, aside = r * torch.cos(turn) / beat - 1, r * torch.sin(turn) / beat
    distance = (along * notch_y + aside * (1 - notch_x)) / math.hypot(notch_y, 1 - notch_x)
    return _edge(distance, pixel), torch.full_like(r, 1.05)


_STAMPS: Mapping[str, Callable[..., tuple[Tensor, Tensor]]] = MappingProxyType(
    {"leaf": _leaf, "petal": _petal, "paper": _paper, "bubble": _bubble, "star": _star}
)
