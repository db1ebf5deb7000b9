"""Styles that are drawn on paper: pencil sketch, crayon, storybook ink, watercolour."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from model.world.style_filters import (
    Sheet,
    boil,
    box,
    contours,
    displace,
    expose,
    flatten,
    level,
    luma,
    saturate,
    tone,
)

Brush = Callable[[Tensor, int], Tensor]  # frames (T, 3, H, W) in 0..1 and the number of the first in its shot


def paper(sheet: Sheet, salt: int, roughness: float) -> Tensor:
    """How light a sheet of paper is, (1, 1, H, W) about 1: tooth, fibres and slow unevenness."""
    tooth = sheet.grain(salt, 1.4) * 0.6 + sheet.grain(salt + 1, 3.0) * 0.4
    fibre = sheet.streaks(salt + 2, 0.5, 2.0, 18.0) - 0.5
    return (1 + roughness * (0.030 * tooth + 0.05 * fibre + 0.02 * sheet.clouds(salt + 3, 160)))[None, None]


def pencil(sheet: Sheet) -> Brush:
    """Graphite on white paper: contours by a wavering hand, and three layers of hatching for the shadows."""
    white = tone("#faf8f2", sheet.device) * paper(sheet, 1, 1.0)
    layers = [
        (sheet.hatching(11, -0.75, 6.2), 0.24, 0.85),
        (sheet.hatching(12, 0.60, 6.8), 0.50, 0.80),
        (sheet.hatching(13, -0.05, 5.2), 0.72, 0.75),
    ]
    press = sheet.clouds(16, 50, 3) * 0.16  # a hand presses now more, now less, and lifts
    tooth = sheet.grain(14, 1.3) * 0.20 + press
    wave = sheet.clouds(15, 30, 2) * 1.3 * sheet.unit

    def draw(frames: Tensor, first: int) -> Tensor:
        count, frames = len(frames), expose(frames, 0.62)
        wander = boil(wave, first, count, sheet.seed)[:, 0]
        lines = displace(contours(frames, sheet.px(1)), wander, wander.flip(-1))
        dark = (1 - box(luma(frames), sheet.px(1))).clamp(0, 1)
        rub = boil(tooth, first, count, sheet.seed + 1)
        graphite = (0.16 * dark.square() + 0.05 * rub).clamp(min=0)
        for strokes, start, strength in layers:
            moved = boil(strokes, first, count, sheet.seed + 2) if start > 0.5 else strokes[None, None]
            graphite = graphite + strength * 0.46 * (((dark - start) * 2.2 - moved + rub) * 1.8).clamp(0, 1)
        outline = ((lines - 0.026) * 12 + rub).clamp(0, 1)
        graphite = torch.maximum(graphite.clamp(max=0.72), outline * 0.90)
        return white * (1 - graphite) + 0.20 * graphite

    return draw


def crayon(sheet: Sheet) -> Brush:
    """Wax crayon on paper: thick strokes in bright colours that leave the tooth of the paper white."""
    white = tone("#fdfbf3", sheet.device) * paper(sheet, 21, 1.2)
    tooth = level(sheet.grain(26, 1.5) + 0.7 * sheet.grain(27, 2.8))
    wax = 0.42 * sheet.streaks(22, -0.85, 4.2, 60.0) + 0.22 * sheet.streaks(23, -0.72, 1.8, 14.0) + 0.36 * tooth
    rim = 0.5 * sheet.streaks(24, 0.4, 1.8, 4.0) + 0.5 * tooth
    wave = sheet.clouds(25, 36, 2) * 2.2 * sheet.unit

    def draw(frames: Tensor, first: int) -> Tensor:
        count, frames = len(frames), expose(frames, 0.45, 0.7)
        wander = boil(wave, first, count, sheet.seed)[:, 0]
        fine = frames - box(frames, sheet.px(4))
        flat = displace((flatten(frames, sheet.px(4, 2)) + 0.4 * fine).clamp(0, 1), wander, wander.flip(-1))
        vivid = saturate(flat, 1.9).clamp(0, 1)
        spread = vivid.amax(1, keepdim=True) - vivid.amin(1, keepdim=True)
        press = (0.17 + 0.38 * spread + 0.55 * (1 - luma(flat))).clamp(0.10, 0.80)
        cover = ((press - boil(wax, first, count, sheet.seed + 1)) * 4.5 + 0.5).clamp(0, 1) * 0.93
        lines = box(contours(flat, 1), sheet.px(1))
        edge = ((lines - 0.020) * 24 - boil(rim, first, count, sheet.seed + 2) * 1.1).clamp(0, 0.92)
        picture = white * (1 - cover) + (vivid * 0.88 + 0.04) * cover
        return picture * (1 - edge) + vivid * 0.26 * edge

    return draw


def ink(sheet: Sheet) -> Brush:
    """A page of an old storybook: black pen lines, cross-hatched shadows, flat pale washes on cream paper."""
    cream = tone("#f6ead0", sheet.device) * paper(sheet, 31, 1.3)
    hatch, cross = sheet.hatching(32, -0.80, 4.6), sheet.hatching(33, 0.75, 4.6)
    swell = 0.5 + 0.5 * sheet.clouds(34, 40, 2)  # a pen line is here thick and there thin
    wave = (sheet.clouds(35, 50, 2) * 0.9 * sheet.unit)[None]

    def draw(frames: Tensor, first: int) -> Tensor:
        frames = expose(frames, 0.50, 0.85)
        flat = flatten(frames, sheet.px(3, 2))
        light = luma(flat)
        levels = (light * 4 + 0.5).floor() / 4  # flat washes: few tones of each colour
        wash = saturate(flat * ((levels + 0.25) / (light + 0.25)), 0.95)
        wash = 1 - (1 - wash.clamp(0, 1)) * 0.62
        edges = displace(contours(frames, sheet.px(1)) * 0.75 + contours(flat, 1) * 0.75, wave, wave.flip(-1))
        lines = ((edges - 0.032 - 0.022 * swell) * 24).clamp(0, 1)
        dark = 1 - light
        shade = ((dark - 0.56) * 2.6 - hatch).mul(4).clamp(0, 1)
        shade = torch.maximum(shade, ((dark - 0.74) * 3.0 - cross).mul(4).clamp(0, 1))
        black = torch.maximum(lines, shade * 0.80)
        return cream * wash * (1 - black) + tone("#1d1712", sheet.device) * black

    return draw


def watercolour(sheet: Sheet) -> Brush:
    """Watercolour on rough paper: washes that bloom, pigment that gathers at their borders, an unpainted rim."""
    white = tone("#fcfaf4", sheet.device) * paper(sheet, 41, 1.6)
    bloom = sheet.clouds(42, 70, 4)[None, None]
    granules = (sheet.grain(43, 1.6) * 0.5 + sheet.grain(44, 3.2) * 0.5)[None, None]
    density = 0.84 + 0.26 * bloom + 0.07 * granules
    dx, dy = (sheet.clouds(salt, 24, 3)[None] * 2.6 * sheet.unit for salt in (45, 46))
    painted, rim = ragged(sheet, 47)

    def draw(frames: Tensor, first: int) -> Tensor:
        frames = expose(frames, 0.45, 0.75)
        fine = frames - box(frames, sheet.px(4))  # eyes and windows are touched in with a fine brush
        wet = displace((flatten(frames, sheet.px(5, 2)) + 0.55 * fine).clamp(0, 1), dx, dy)
        gather = (box(wet, sheet.px(4)) - wet).abs().amax(1, keepdim=True)
        pigment = 1 - saturate(wet, 1.25).clamp(0, 1)
        amount = density + 2.2 * gather + 0.30 * rim
        return white * (1 - (pigment * amount * 0.92).clamp(0, 0.93) * painted)

    return draw


def ragged(sheet: Sheet, salt: int) -> tuple[Tensor, Tensor]:
    """What is painted inside a rim left by hand, and the line where the paint dries dark, (1, 1, H, W) each."""
    x, y = sheet.axes()
    width, height = float(x.max()), float(y.max())
    inside = torch.minimum(torch.minimum(x, width - x).expand(len(y), -1), torch.minimum(y, height - y))
    inside = inside + 13 * sheet.clouds(salt, 60, 4) - 11
    painted = (inside / 3.5).clamp(0, 1)
    return painted[None, None], (painted * (1 - ((inside - 6) / 5).clamp(0, 1)))[None, None]
