"""Streets: the city, Tokyo, and a wet street of neon at night."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from model.world.canvas import X_REACH, Y_TOP, Colour, jitter, mix, rgb
from model.world.places.letters import write
from model.world.places.painter import HORIZON, Painter
from model.world.places.shapes import capsule, polygon, shine, slab


def _windows(p: Painter, x0: float, y0: float, x1: float, y1: float, lit: Colour) -> None:
    step_x, step_y = p.rng.uniform(0.045, 0.06), p.rng.uniform(0.06, 0.08)
    y = y0 + 0.04
    while y < y1 - 0.05:
        x = x0 + 0.02
        while x < x1 - step_x * 0.7:
            p.far.box(x, y, x + step_x * 0.55, y + step_y * 0.55, rgb("#a9cbe6"), shade=0)
            if p.rng.random() < 0.6:
                p.lamps.box(x, y, x + step_x * 0.55, y + step_y * 0.55, jitter(p.rng, lit, 0.1), shade=0)
            x += step_x
        y += step_y


def _towers(p: Painter, low: float, high: float, colours: tuple[str, ...], lit: Colour) -> None:
    x = -X_REACH
    while x < X_REACH:
        width, top = p.rng.uniform(0.16, 0.32), p.rng.uniform(low, high)
        p.far.box(x, top, x + width, HORIZON + 0.12, jitter(p.rng, rgb(p.rng.choice(colours)), 0.04), shade=0.25)
        _windows(p, x, top, x + width, HORIZON + 0.05, lit)
        x += width + p.rng.uniform(0.0, 0.02)


def _road(p: Painter, kerb: Colour, tarmac: Colour) -> None:
    p.ground.over(kerb, p.ground.below(HORIZON + 0.08))
    p.ground.over(
        p.ground.gradient(mix(tarmac, (1, 1, 1), 0.08), tarmac, 0.72, 1.2).expand(-1, -1, p.ground.width),
        p.ground.below(HORIZON + 0.14),
    )
    for i in range(-6, 7):
        x = i * 0.34 + p.rng.uniform(-0.03, 0.03)
        p.ground.box(x, 0.955, x + 0.18, 0.975, rgb("#f2ead2"), opacity=0.85)
    p.ground.pixels[:3] *= 1 + p.ground.noise(p.generator, 24) * 0.03
    p.wet = 0.5


def city(p: Painter) -> None:
    """A street before tall houses, with lamps."""
    _towers(p, -0.15, 0.32, ("#7f8fa9", "#9a8f9f", "#6f86a0", "#b39b8a", "#8793b5"), rgb("#ffd27a"))
    _road(p, rgb("#b9bcc4"), rgb("#5b6070"))
    for x in (-1.2, -0.62, 0.66, 1.22):
        p.ground.box(x - 0.008, 0.32, x + 0.008, HORIZON + 0.12, rgb("#3c4254"))
        p.ground.ball(x, 0.31, 0.028, rgb("#fff2cf"), shade=0.1)
        p.lamps.ball(x, 0.31, 0.03, rgb("#ffdf9a"), shade=0)
    for _ in range(p.rng.randint(3, 5)):
        x, y, colour = (
            p.rng.uniform(-1.3, 1.2),
            p.rng.uniform(0.3, 0.5),
            p.rng.choice(("#ff4f9a", "#38d6ff", "#8b5cff", "#ffb224", "#4dffa6")),
        )
        p.far.box(x, y, x + 0.13, y + 0.055, rgb(colour), shade=0)
        p.lamps.box(x, y, x + 0.13, y + 0.055, rgb(colour), shade=0)


def _cherry(p: Painter, x: float, base: float, height: float) -> None:
    p.ground.shadow(x, base, height * 0.4, height * 0.06)
    p.ground.box(x - height * 0.04, base - height * 0.55, x + height * 0.04, base, rgb("#6b4a3e"), shade=0.5)
    for _ in range(16):
        angle, reach = p.rng.uniform(-1, 1), p.rng.random() ** 0.5
        p.ground.ball(
            x + angle * height * 0.36 * reach,
            base - height * (0.66 + p.rng.uniform(-0.2, 0.22) * reach),
            height * p.rng.uniform(0.10, 0.17),
            jitter(p.rng, rgb("#f7a9c4"), 0.06),
            squash=0.9,
        )


def tokyo(p: Painter) -> None:
    """A street with cherry trees, lanterns, a shop and two market stalls."""
    _towers(p, 0.10, 0.38, ("#c9b8a8", "#a9b3c4", "#d6c9b6", "#b79f94"), rgb("#ffd68a"))
    _road(p, rgb("#c8c2ba"), rgb("#77757c"))
    p.scatter(p.ground, "shop", p.rng.randint(2, 3), (HORIZON + 0.10, HORIZON + 0.11), (0.34, 0.40), keep_clear=0.35)
    for x in (-1.05, -0.55, 0.58, 1.08):
        _cherry(p, x + p.rng.uniform(-0.06, 0.06), HORIZON + p.rng.uniform(0.10, 0.15), p.rng.uniform(0.48, 0.62))
    for i in range(-5, 6):
        x, y = i * 0.27 + p.rng.uniform(-0.03, 0.03), 0.26 + 0.03 * abs((i % 3) - 1)
        p.ground.ball(x, y, 0.030, rgb("#e2483d"), squash=1.15)
        p.lamps.ball(x, y, 0.030, rgb("#ff7a4a"), squash=1.15, shade=0)
    for side in (-1, 1):
        _stall(p, side * p.rng.uniform(0.62, 0.80), HORIZON + 0.15, 0.26)


def _stall(p: Painter, x: float, base: float, size: float) -> None:
    """A market stall: a counter with wares under a striped awning, lit from within."""
    stripe = rgb(p.rng.choice(("#d8433c", "#2f7fb0", "#e08a2f")))
    p.ground.shadow(x, base, size * 0.6, size * 0.08)
    p.ground.box(x - size * 0.46, base - size * 0.62, x + size * 0.46, base - size * 0.3, rgb("#7a5640"), shade=0)
    for k in (-0.45, 0.45):
        capsule(p.ground, (x + k * size, base), (x + k * size, base - size * 0.7), size * 0.02, rgb("#8d6242"))
    for k in range(5):
        wares = jitter(p.rng, rgb(p.rng.choice(("#f2a33c", "#d8433c", "#8fbf4f", "#f4d9a6"))), 0.04)
        p.ground.ball(x + (k - 2) * size * 0.17, base - size * 0.36, size * 0.075, wares)
    slab(p.ground, x - size * 0.5, base - size * 0.34, x + size * 0.5, base, rgb("#a8683a"))
    for k in range(6):
        x0, x1 = (x + (k / 6 - 0.5) * size * 1.12, x + ((k + 1) / 6 - 0.5) * size * 1.12)
        top = [(x + (x0 - x) * 0.86, base - size * 0.88), (x + (x1 - x) * 0.86, base - size * 0.88)]
        polygon(
            p.ground, [*top, (x1, base - size * 0.62), (x0, base - size * 0.62)], stripe if k % 2 else rgb("#fff4e2")
        )
    shine(p.near, x, base - size * 0.46, size * 0.3, rgb("#ffb45a"), 0.7, squash=0.6)


def _neon_sign(p: Painter, x: float, y: float, wide: float, high: float, colour: Colour, text: str) -> None:
    """A sign on a far wall: a dark board, a tube around it, a word across or bars down; it shines by itself."""
    for board in (p.far, p.lamps):
        dark = mix(colour, (0.02, 0.01, 0.06), 0.8 if board is p.far else 0.93)
        slab(board, x - wide / 2, y - high / 2, x + wide / 2, y + high / 2, dark, shade=0)
    x0, y0, x1, y1 = x - wide / 2 + 0.008, y - high / 2 + 0.008, x + wide / 2 - 0.008, y + high / 2 - 0.008
    for light in (p.far, p.lamps):
        for a, b in (((x0, y0), (x1, y0)), ((x1, y0), (x1, y1)), ((x1, y1), (x0, y1)), ((x0, y1), (x0, y0))):
            capsule(light, a, b, 0.004, colour, shade=0)
        if wide > high:
            write(light, text, x, y, high * 0.5, mix(colour, (1, 1, 1), 0.35), most=wide * 0.8, weight=0.085, shade=0)
        else:
            for k, letter in enumerate(text):
                cy = y - high / 2 + high * (k + 0.5) / len(text)
                write(
                    light,
                    letter,
                    x,
                    cy,
                    min(wide * 0.6, high / len(text) * 0.7),
                    mix(colour, (1, 1, 1), 0.35),
                    weight=0.1,
                    shade=0,
                )
    shine(p.lamps, x, y, max(wide, high) * 0.55, colour, 0.38)


NEON = ("#ff4fa3", "#3fd8ff", "#ffb43a", "#a56bff", "#5dffb0", "#ff5a4a")


def neon(p: Painter) -> None:
    """Dark houses, neon signs in pink, blue and gold, and a wet street that mirrors them."""
    _towers(p, -0.3, 0.05, ("#3a3358", "#2f3a5f", "#453a55", "#33304f"), rgb("#ffcf8a"))
    p.far.pixels[:3] *= 0.62
    p.lamps.pixels *= 0.30
    wide = p.rng.sample(("CAFE", "OPEN", "RAMEN", "HOTEL", "SUSHI", "MUSIC", "KARAOKE"), 4)
    if p.sign:
        wide[0] = p.sign
    tall = p.rng.sample(("BAR", "TEA", "24H", "JAZZ", "FISH", "GAME", "ROCK"), 5)
    start = p.rng.randrange(len(NEON))
    for i in range(4):
        x = (-0.16, 0.52, -0.86, 1.2)[i] + p.rng.uniform(-0.03, 0.03)
        _neon_sign(p, x, p.rng.uniform(0.12, 0.24), 0.34, 0.13, rgb(NEON[(start + i) % 6]), wide[i])
    for i in range(5):
        x = (0.16, -0.48, 0.84, -1.18, 1.42)[i] + p.rng.uniform(-0.03, 0.03)
        _neon_sign(p, x, p.rng.uniform(0.18, 0.26), 0.10, 0.34, rgb(NEON[(start + i + 3) % 6]), tall[i])
    for i in range(-5, 6):
        _shop_front(p, i * 0.29 - 0.14, rgb(NEON[(start + i * 5) % 6]))
    street = p.ground.gradient(rgb("#41405c"), rgb("#20222f"), 0.66, 1.1)
    p.ground.over(street.expand(-1, -1, p.ground.width), p.ground.below(HORIZON + 0.07))
    p.ground.pixels[:3] *= 1 + p.ground.noise(p.generator, 24) * 0.05
    _mirror(p, HORIZON + 0.075)
    for i in range(-6, 7):
        p.ground.box(i * 0.34, 0.955, i * 0.34 + 0.18, 0.972, rgb("#d9d2e6"), opacity=0.45)
    p.wet, p.mirror, p.tint = 1.0, 0.8, (1.10, 0.95, 1.12)


def _shop_front(p: Painter, x: float, colour: Colour) -> None:
    """A lit window under an awning, with a door and a few dark shapes behind the glass."""
    warm = mix(rgb("#d98a3c"), colour, 0.25)
    slab(p.far, x, 0.50, x + 0.28, 0.66, rgb("#2a2438"), shade=0)
    for x0, x1 in ((x + 0.02, x + 0.18), (x + 0.20, x + 0.265)):
        slab(p.far, x0, 0.515, x1, 0.635 if x1 < x + 0.2 else 0.66, warm, shade=0.3)
        slab(p.lamps, x0, 0.515, x1, 0.635 if x1 < x + 0.2 else 0.66, mix(warm, (0, 0, 0), 0.25), shade=0.5)
    for k in range(3):
        at, high = x + 0.05 + k * 0.05, p.rng.uniform(0.03, 0.07)
        for light, dark in ((p.far, 0.45), (p.lamps, 0.7)):
            slab(light, at - 0.014, 0.635 - high, at + 0.014, 0.635, mix(warm, (0, 0, 0), dark), shade=0)
    slab(p.far, x - 0.005, 0.47, x + 0.285, 0.505, colour, shade=0.4)
    slab(p.lamps, x - 0.005, 0.47, x + 0.285, 0.505, mix(colour, (0, 0, 0), 0.55), shade=0.4)
    shine(p.lamps, x + 0.14, 0.58, 0.13, warm, 0.14)


def _mirror(p: Painter, line: float) -> None:
    """The lamps once more below a line, upside down, drawn out downwards and broken by ripples."""
    light, step = p.lamps.pixels[:3], p.lamps.resolution
    row = round((line - Y_TOP) * step)
    depth = p.lamps.height - row
    source = [min(row - 1, max(0, row - 1 - round(k * 0.95))) for k in range(depth)]
    image = light[:, source]
    blur = step // 10 * 2 + 1
    soft = F.avg_pool2d(F.pad(image[None], (1, 1, blur // 2, blur // 2), mode="replicate"), (blur, 3), stride=1)[0]
    y = p.lamps.y[row:]
    ripple = 0.88 + 0.12 * torch.sin(y * 120 + 3.0 * torch.sin(p.lamps.x * 7 + y * 16))
    fade = (1.25 - (y - line) / 0.8).clamp(0.3, 1)
    light[:, row:] = (soft * ripple * fade * 1.6).clamp(0, 1)
