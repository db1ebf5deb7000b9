"""Styles that are made of something: papercraft, clay, neon tubes, pixels, black-and-white film."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from model.world.style_drawn import Brush
from model.world.style_filters import (
    Sheet,
    box,
    contours,
    displace,
    expose,
    flatten,
    glow,
    luma,
    saturate,
    slopes,
    tone,
)


def pixel(sheet: Sheet) -> Brush:
    """Pixel art: some 40 rows of cells, few levels a colour, ordered dithering between them."""
    rows = max(8, min(sheet.height, sheet.width) // max(4, round(sheet.px(256) / 40)))
    cell = max(2, min(sheet.height, sheet.width) // rows)
    down, across = -(-sheet.height // cell), -(-sheet.width // cell)
    bayer = torch.tensor([[0.0, 2.0], [3.0, 1.0]], device=sheet.device) / 4 - 0.375
    dither = bayer.repeat(down // 2 + 1, across // 2 + 1)[:down, :across]

    def draw(frames: Tensor, first: int) -> Tensor:
        small = F.avg_pool2d(frames, cell, ceil_mode=True)
        vivid = (saturate(small, 1.3) - 0.5) * 1.12 + 0.5
        few = ((vivid * 5 + dither * 0.5).round() / 5).clamp(0, 1)
        large = few.repeat_interleave(cell, -1).repeat_interleave(cell, -2)
        return large[..., : sheet.height, : sheet.width]

    return draw


def film(sheet: Sheet) -> Brush:
    """Black-and-white film: contrast, light that spills around what is bright, grain, dust, scratches, dark corners."""
    x, y = sheet.axes()
    fx, fy = x / float(x.max()) * 2 - 1, y / float(y.max()) * 2 - 1
    frame = (1 - 0.17 * (fx * fx + fy * fy).clamp(max=2).square())[None, None]
    grains = torch.stack([sheet.grain(51 + n, 1.2) * 0.62 + sheet.grain(61 + n, 2.2) * 0.38 for n in range(3)])

    def draw(frames: Tensor, first: int) -> Tensor:
        light = luma(frames)
        light = light + 0.30 * glow((light - 0.68).clamp(min=0), sheet.px(18))
        curve = light.clamp(0, 1)
        curve = (curve * curve * (3 - 2 * curve)) * 0.65 + curve * 0.35
        for index in range(len(frames)):
            number = first + index
            random = sheet.generator(1000 + number)
            flicker, at, chance = torch.rand(3, generator=random).tolist()
            grain = torch.roll(grains[number % 3], (number * 37, number * 71), (0, 1))
            curve[index, 0] = curve[index, 0] * (0.97 + 0.05 * flicker) + 0.052 * grain
            if chance < 0.35:
                column = int(at * sheet.width)
                curve[index, 0, :, column : column + sheet.px(1)] += 0.22
        return (curve * frame).clamp(0, 1).expand(-1, 3, -1, -1)

    return draw


def clay(sheet: Sheet) -> Brush:
    """Modelling clay: rounded lumps of one colour, pressed by fingers, lit from the upper left."""
    lumps = (sheet.clouds(71, 26, 2) * 0.9 + sheet.clouds(72, 9, 2) * 0.35)[None, None]
    prints = (sheet.hatching(73, 0.5, 3.4) - 0.5)[None, None] * (sheet.clouds(74, 34, 1) - 0.25).clamp(0, 1)
    dx, dy = (sheet.clouds(salt, 40, 2)[None] * 2.2 * sheet.unit for salt in (75, 76))

    def draw(frames: Tensor, first: int) -> Tensor:
        frames = expose(frames, 0.42, 0.6)
        fine = frames - box(frames, sheet.px(5))  # eyes and buttons are pressed on
        flat = displace((flatten(frames, sheet.px(6, 2)) + 0.7 * fine).clamp(0, 1), dx, dy)
        crease = box(box(contours(flat, sheet.px(1)), sheet.px(2)), sheet.px(2))
        height = luma(flat) * 1.6 + lumps * 1.1 + prints * 0.8 - crease * 22
        across, down = slopes(box(height, sheet.px(1)))
        light = -(across * 0.75 + down) * sheet.unit
        colour = (saturate(flat, 1.25) * 0.86 + 0.06) * (1 + (light * 1.2).clamp(-0.42, 0.36))
        shine = ((light - 0.16) * 2.0).clamp(0, 0.28)
        return colour * (1 - (crease * 3.0).clamp(0, 0.40)) + shine

    return draw


def neon(sheet: Sheet) -> Brush:
    """Neon tubes in the dark: contours that burn in pure colours, with a white heart and a wide glow."""
    dusk = tone("#0b0618", sheet.device)

    def draw(frames: Tensor, first: int) -> Tensor:
        flat = flatten(frames, sheet.px(5, 2))
        edges = contours(frames, sheet.px(1)) * 0.5 + contours(flat, sheet.px(1))
        tube = ((edges - 0.045) * 13).clamp(0, 1)
        local = box(saturate(frames, 2.2), sheet.px(4))
        low, high = local.amin(1, keepdim=True), local.amax(1, keepdim=True)
        pure = ((local - low) / (high - low).clamp(min=0.03)).clamp(0, 1)
        pure = pure * 0.92 + 0.08 * tone("#ff3cf0", sheet.device)
        light = pure * tube
        halo = glow(light, sheet.px(8)) * 1.1 + glow(light, sheet.px(30)) * 1.3
        heart = ((box(tube, sheet.px(1)) - 0.60) * 2.2).clamp(0, 1)
        return (dusk + saturate(flat, 1.3).clamp(0, 1) * 0.10 + halo + light * 0.75 + heart * 0.55).clamp(0, 1)

    return draw


def papercraft(sheet: Sheet) -> Brush:
    """Cut paper, on finished frames: few tones a colour, every step a sheet with a light edge and a shadow below it.

    `Collage` does it layer by layer, with sheets that lie on each other; this is what is left to do on the whole.
    """
    fibre = (1 + 0.045 * sheet.grain(81, 1.5) + 0.07 * (sheet.streaks(82, 0.3, 1.6, 14.0) - 0.5))[None, None]

    def draw(frames: Tensor, first: int) -> Tensor:
        flat = flatten(frames, sheet.px(3, 2))
        flat = flat + 0.75 * (frames - box(frames, sheet.px(2)))
        light = luma(flat)
        steps = (light * 5 + 0.5).floor() / 5
        across, down = slopes(box(steps, 1))
        relief = -(across + down)
        colour = flat * (((steps + 0.2) / (light + 0.2)) * 0.7 + 0.3)
        return (colour * (1 + (relief * 1.6).clamp(-0.30, 0.22)) * fibre).clamp(0, 1)

    return draw


class Collage:
    """Lays one cut-out on another: a white torn edge, and a shadow on what lies below. One for a shot."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.torn = (sheet.clouds(83, 14, 3) * 0.22)[None, None]

    def lay(self, below: Tensor, colour: Tensor, alpha: Tensor, *, torn: float = 1.0) -> Tensor:
        """Premultiplied colour (T, 3, H, W) and alpha (T, 1, H, W) in 0..1 on frames; torn: 0 for a clean cut."""
        sheet = self.sheet
        soft = box(alpha, sheet.px(2))
        whole = ((soft - 0.22 + self.torn * torn * 0.5) * 7).clamp(0, 1)
        face = ((soft - 0.62 + self.torn * torn) * 7).clamp(0, 1)
        shadow = shift(box(box(whole, sheet.px(3)), sheet.px(3)), sheet.px(4), sheet.px(6))
        lying = below * (1 - 0.50 * shadow)
        paint = colour / alpha.clamp(min=0.05)
        paper = 0.97 + (paint.clamp(0, 1) - 0.97) * (face * (alpha * 4).clamp(0, 1))
        return lying + (paper - lying) * whole


def shift(frames: Tensor, x: int, y: int) -> Tensor:
    """Frames moved x pixels to the right and y down; what comes in is 0."""
    return F.pad(frames, (x, 0, y, 0))[..., : frames.shape[-2], : frames.shape[-1]]
