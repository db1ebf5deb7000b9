"""The camera: where it is, how it zooms and turns at any time, and what that does to a layer at some distance.

A clip lasts about four seconds around `MIDDLE`; every move is centred there, so that the subject is in the picture
half-way. Nothing moves faster than a third of a frame a second, and everything but a static camera is seen to move
within one.

Axis legend: B: clips; T: frames.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import torch
from torch import Tensor

from model.world.motion import MIDDLE, pose
from model.world.scene import Shot

COLUMNS = ("x", "y", "zoom", "lens", "swing", "turn")
PAN, TILT, ARC = 0.26, 0.11, 0.26
ZOOM, DOLLY = 0.15, 0.17
X_MOST, Y_MOST = 0.54, 0.34

Move = dict[str, Tensor]


def camera_path(shots: Sequence[Shot], times: Tensor) -> Tensor:
    """The camera of each shot at times (B, T) in seconds: (B, T, 6), the columns as in COLUMNS.

    x, y: where it is, in world units; zoom: how much larger it shows what stands on the ground; lens: 0..1, how much of
    that zoom everything far away shares (a lens) or not (a dolly); swing: how far it has gone around the subject; turn:
    how far it looks down, in world units.
    """
    rows = []
    for shot, t in zip(shots, times, strict=True):
        zero = torch.zeros_like(t)
        plain: Move = {"x": zero, "y": zero, "zoom": zero + 1, "lens": zero, "swing": zero, "turn": zero}
        move = _MOVES.get(shot.camera)
        if move is not None:
            plain |= move(shot, t - MIDDLE)
        rows.append(torch.stack([plain[name] for name in COLUMNS], -1))
    return torch.stack(rows)


def seen(camera: Tensor, parallax: float | Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What the camera (..., 6) does to a layer: the world x and y in the middle of the frame and the zoom there, each
    (..., 1), or (..., N) for a parallax of shape (N,).

    parallax: 1 is the ground the actors stand on, 0 is infinitely far, more than 1 is before them.
    """
    near = torch.as_tensor(parallax, dtype=camera.dtype, device=camera.device).clamp(max=1.6)
    x, y, zoom, lens, swing, turn = (camera[..., i : i + 1] for i in range(6))
    # A dolly leaves what is far away as it is; a lens makes everything larger.
    share = lens + (1 - lens) * near.square().clamp(max=1.6)
    return x * near + swing * (near - 1), 0.5 + y * near + turn * (0.8 + 0.2 * near), 1 + (zoom - 1) * share


def relative(path: Tensor, origin: Tensor) -> Tensor:
    """A path (..., 6) as seen by somebody for whom the camera at `origin` (6,) looks straight ahead, as near as can be:
    where it was then, is the middle, and its zoom is 1."""
    out = path - origin
    zoom, lens = COLUMNS.index("zoom"), COLUMNS.index("lens")
    out[..., zoom] = path[..., zoom] / origin[zoom]
    out[..., lens] = path[..., lens]
    return out


def _held(x: Tensor, most: float) -> Tensor:
    """Steady up to nearly `most`, then gently to a halt there, so that no camera leaves the painted world."""
    knee = 0.8 * most
    over = (x.abs() - knee).clamp(min=0)
    return x.sign() * (x.abs().clamp(max=knee) + (most - knee) * torch.tanh(over / (most - knee)))


def _pan(way: int) -> Callable[[Shot, Tensor], Move]:
    return lambda shot, t: {"x": _held(way * PAN * t, X_MOST)}


def _tilt(way: int) -> Callable[[Shot, Tensor], Move]:
    """Turns up from the ground or down from the sky; either way the subject is in sight for half of it."""
    return lambda shot, t: {"turn": _held(way * TILT * t - 0.04, Y_MOST)}


def _zoom(rate: float, lens: float) -> Callable[[Shot, Tensor], Move]:
    return lambda shot, t: {"zoom": 1.12 * torch.exp(_held(rate * t, 0.34)), "lens": torch.full_like(t, lens)}


def _crane(shot: Shot, t: Tensor) -> Move:
    return {"y": _held(0.01 - 0.11 * t, Y_MOST), "zoom": 1.06 * torch.exp(_held(-0.03 * t, 0.1))}


def _arc(shot: Shot, t: Tensor) -> Move:
    way = 1 if shot.seed % 2 else -1
    return {"swing": _held(way * ARC * t, 0.55), "x": _held(way * 0.05 * t, 0.12), "zoom": torch.full_like(t, 1.06)}


def _tracking(shot: Shot, t: Tensor) -> Move:
    """Goes along with the last actor; a shot without actors is followed by nobody."""
    if not shot.actors:
        return {}
    actor = shot.actors[-1]
    return {"x": _held(pose(actor, 1, t + MIDDLE).x - actor.x, X_MOST)}


def _handheld(shot: Shot, t: Tensor) -> Move:
    def sway(phase: float, size: float) -> Tensor:
        slow, quick = torch.sin(2 * math.pi * 0.7 * t + phase), torch.sin(2 * math.pi * 1.9 * t + 2.3 * phase)
        return size * (slow + 0.5 * quick)

    phase = (shot.seed % 628) / 100
    return {"x": sway(phase, 0.020), "turn": sway(phase + 1.9, 0.016), "zoom": 1.05 + sway(phase + 4.0, 0.008)}


_MOVES: Mapping[str, Callable[[Shot, Tensor], Move]] = MappingProxyType(
    {
        "pan_left": _pan(-1),
        "pan_right": _pan(1),
        "tilt_up": _tilt(-1),
        "tilt_down": _tilt(1),
        "zoom_in": _zoom(ZOOM, 1.0),
        "zoom_out": _zoom(-ZOOM, 1.0),
        "dolly_in": _zoom(DOLLY, 0.0),
        "dolly_out": _zoom(-DOLLY, 0.0),
        "crane_up": _crane,
        "tracking": _tracking,
        "arc": _arc,
        "handheld": _handheld,
    }
)
