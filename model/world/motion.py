"""How actors and the camera move: every quantity is a function of time in seconds, so a clip can start anywhere in
it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from model.world.art import LOOP_FRAMES
from model.world.scene import SUBJECT, Actor, Shot

MIDDLE = 2.0
SPEED = {"walk": 0.13, "run": 0.34, "fly": 0.17, "swim": 0.14}
LOOP_SECONDS = 3.0


@dataclass(frozen=True)
class Pose:
    """An actor over time, all (T,): feet x and y, stretch of width (negative: mirrored) and height, tilt in radians
    about the feet, lift above the ground, and the picture of the loop; grounded: whether it stands on the ground."""

    x: Tensor
    y: Tensor
    stretch_x: Tensor
    stretch_y: Tensor
    tilt: Tensor
    lift: Tensor
    frame: Tensor
    grounded: bool


def pose(actor: Actor, loop: int, times: Tensor) -> Pose:
    """Where an actor is and how it is bent at `times`, (T,) seconds."""
    subject = SUBJECT[actor.instance.subject]
    t, phase = times, actor.phase * 2 * math.pi
    zero, one = torch.zeros_like(t), torch.ones_like(t)
    x = actor.x + actor.direction * SPEED.get(actor.action, 0.0) * (t - MIDDLE)
    y, tilt, lift, sx, sy = zero + actor.y, zero, zero, one, one
    if actor.action == "stand":
        sy = 1 + 0.018 * torch.sin(2.6 * t + phase)
    elif actor.action in ("walk", "run"):
        rate = 7.0 if actor.action == "walk" else 12.0
        lift = 0.045 * actor.height * torch.sin(rate * t + phase).abs() * (1.7 if actor.action == "run" else 1)
        tilt = zero + actor.direction * (0.10 if actor.action == "run" else 0.02) + 0.03 * torch.sin(rate * t + phase)
    elif actor.action == "jump":
        cycle = (t / 0.9 + actor.phase) % 1
        lift = 0.34 * actor.height * 4 * cycle * (1 - cycle)
        sy = 1 - 0.14 * torch.exp(-(((cycle + 0.5) % 1 - 0.5) / 0.10).square())
    elif actor.action == "dance":
        tilt, sy = 0.22 * torch.sin(4.2 * t + phase), 1 + 0.05 * torch.sin(8.4 * t + phase)
        x = x + 0.03 * torch.sin(4.2 * t + phase)
    elif actor.action == "spin":
        turn = torch.cos(3.0 * t + phase)
        sx = torch.where(turn >= 0, turn.clamp(min=0.12), turn.clamp(max=-0.12))
    elif actor.action == "fly":
        y, tilt = y + 0.05 * torch.sin(2.4 * t + phase), 0.10 * torch.sin(2.4 * t + phase + 1)
    elif actor.action == "swim":
        y, tilt = y + 0.03 * torch.sin(1.8 * t + phase), 0.07 * torch.sin(3.5 * t + phase)
    elif actor.action == "float":
        y, tilt = y + 0.035 * torch.sin(1.5 * t + phase), 0.05 * torch.sin(1.1 * t + phase)
    grounded = actor.action not in ("fly", "swim", "float")
    facing = {"left": -1, "right": 1, "front": 0}[subject.facing]
    heading = actor.direction if facing and facing != actor.direction else facing or 1
    mirrored = -1.0 if facing and heading != facing else 1.0
    index = (
        ((t / LOOP_SECONDS * LOOP_FRAMES + actor.phase * loop).long() % loop)
        if loop > 1
        else torch.zeros_like(t, dtype=torch.long)
    )
    airborne = lift / max(actor.height, 1e-3) if grounded else one * 0.5
    return Pose(x, y - lift, sx * mirrored, sy, tilt * mirrored, airborne, index, grounded)


def camera_path(shots: Sequence[Shot], times: Tensor) -> Tensor:
    """Camera x, y (world units) and zoom, (B, T, 3), for the camera move of each shot at times (B, T)."""
    rows = []
    for shot, t in zip(shots, times, strict=True):
        x, y, zoom = torch.zeros_like(t), torch.zeros_like(t), torch.ones_like(t)
        if shot.camera in ("pan_left", "pan_right"):
            x = (t - MIDDLE) * (0.15 if shot.camera == "pan_right" else -0.15)
        elif shot.camera == "zoom_in":
            zoom = 1.0 + 0.11 * t
        elif shot.camera == "zoom_out":
            zoom = (1.50 - 0.11 * t).clamp(min=0.9)
        elif shot.camera == "crane_up":
            y = 0.10 - 0.075 * t
        elif shot.camera == "tracking":
            actor = shot.actors[-1]
            x = actor.direction * SPEED.get(actor.action, 0.0) * (t - MIDDLE)
        rows.append(torch.stack([x.clamp(-0.45, 0.45), y.clamp(-0.3, 0.2), zoom], -1))
    return torch.stack(rows)
