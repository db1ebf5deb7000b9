"""Streets: the city and Tokyo."""

from __future__ import annotations

from model.world.canvas import X_REACH, Colour, jitter, mix, rgb
from model.world.places.painter import HORIZON, Painter


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
    _towers(p, 0.10, 0.38, ("#c9b8a8", "#a9b3c4", "#d6c9b6", "#b79f94"), rgb("#ffd68a"))
    _road(p, rgb("#c8c2ba"), rgb("#77757c"))
    p.scatter(p.ground, "shop", p.rng.randint(2, 3), (HORIZON + 0.10, HORIZON + 0.11), (0.34, 0.40), keep_clear=0.35)
    for x in (-1.05, -0.55, 0.58, 1.08):
        _cherry(p, x + p.rng.uniform(-0.06, 0.06), HORIZON + p.rng.uniform(0.10, 0.15), p.rng.uniform(0.48, 0.62))
    for i in range(-5, 6):
        x, y = i * 0.27 + p.rng.uniform(-0.03, 0.03), 0.26 + 0.03 * abs((i % 3) - 1)
        p.ground.ball(x, y, 0.030, rgb("#e2483d"), squash=1.15)
        p.lamps.ball(x, y, 0.030, rgb("#ff7a4a"), squash=1.15, shade=0)
