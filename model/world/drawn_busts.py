"""Bodies for those of the cast whose picture is a bust: what they wear goes on downwards, over legs that walk."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from PIL import Image

from model.world.drawn_limbs import GROUND, SOLE, Fabric, Pose, Stage, bent, darker, fabric, over, part, tube
from model.world.drawn_people_cast import GOLD, NIGHT, Bust, Person
from model.world.drawn_people_legs import MIDDLE, Build, fingers, legs, limb
from model.world.drawn_sheet import SCALE, Colour, Paint, Plane, Point, box, ellipse, rounded, smooth

HIGH = 242.0  # how high a figure is
SHOE = 1.06
SAMPLED = (219, 227)  # the rows of the emoji that go on downwards
FADING, RIM = 9, 5  # rows over which it gives way to what is drawn, above those of its lit rim


class Half:
    """Somebody whose upper half is a picture and whose lower half is drawn."""

    def __init__(self, bust: Bust, face: Image.Image) -> None:
        self.bust = bust
        pixels = np.asarray(face, dtype=np.float64)
        top, edge = _rows(pixels)
        self.scale = bust.head * HIGH / (edge - top)
        self._edge, self._cut = float(edge), GROUND - HIGH + bust.head * HIGH
        self._pixels, self._columns = pixels, _columns(pixels, edge - 240, bust.blank)
        solid = np.where(pixels[edge - 10, :, 3] > 128)[0]
        self.ends = (float(solid[0]), float(solid[-1] + 1))
        self._outer = bust.outer or self.ends
        self._face = _faded(pixels, edge, (0, 256) if bust.sharp > 0.1 else (0, 0))
        self._cloth = fabric(_colour(pixels, (bust.cloth[0], bust.cloth[1] + edge - 240)), 0.75)
        self.skin = fabric(_colour(pixels, bust.hand), 0.6)
        arm = bust.sleeve or (0.5 * (self._outer[0] + bust.body[0]), 224.0 + edge - 240)
        self._sleeve = fabric(_colour(pixels, arm))
        rest = GROUND - self._cut
        ankle, hip = SOLE * SHOE, self._cut + (0.30 if bust.low < 0.5 else 0.26) * rest
        leg = GROUND - ankle - hip
        hem = min(31.0, 0.5 * self.scale * (bust.body[1] - bust.body[0]) * min(1.0, bust.flare) - 1)
        self._build = Build(
            chin=self._cut, shoulder=self._cut, hip=hip, low=hip, seat=GROUND - ankle - 0.58 * leg, wide=36, hem=hem,
            apart=0.49 * hem, leg=leg, limb=0.87 * hem, arm=50, arm_wide=17, ankle=ankle, shoe=SHOE,
            stride=leg * (0.40 if bust.low < 0.5 else 0.34),
        )  # fmt: skip
        self._person = Person(0.3, "bust", bust.bottom, bust.bottom, bust.shoes, legs=bust.legs, boots=bust.boots)
        standing = Stage()
        legs(standing, self._person, self._build, self.skin, Pose("stand", 0.0), (MIDDLE, hip))
        self._standing = standing.cut()

    def picture(self, pose: Pose) -> Image.Image:
        """The whole figure in a pose."""
        stage, b, bust = Stage(), self._build, self.bust
        walks, sits = pose.kind == "gait", pose.kind == "sit"
        drop = b.seat - b.hip if sits else -1.6 * pose.bob if walks else -0.5 * pose.bob
        aside = (128 - sum(bust.body) / 2) * self.scale
        at = (MIDDLE + (aside if abs(aside) > 5 else 0.0) - (1.0 if walks else 0.0), self._cut + drop)
        hip = (MIDDLE, b.hip + (drop if walks or sits else 0.0))
        turn = {"gait": -0.015 + 0.02 * pose.swing(), "wave": 0.035 * pose.swing(), "sit": 0.0}.get(
            pose.kind, 0.012 * pose.swing(0.1)
        )
        extra = _EXTRAS.get(bust.extra)
        if bust.cape:
            _cape(self, stage, pose, at)
        if bust.extra == "tail":
            _tail(self, stage, pose, at)
        elif walks or sits:
            legs(stage, self._person, b, self.skin, pose, hip, (-1,) if sits else (-1, 1))
        else:
            stage.stick(self._standing.picture, (0, 0), self._standing.corner, (1 / SCALE, 1 / SCALE))
        self._garment(stage, pose, at)
        if sits and bust.low < 0.5 and bust.extra != "tail":
            legs(stage, self._person, b, self.skin, pose, hip, (1,))
        raised = pose.kind == "wave" and -1 in bust.free
        for side in bust.free:
            if not (raised and side < 0):
                self._arm(stage, pose, at, side)
        size = (self.scale, self.scale)
        stage.stick(self._face, (128, self._edge), at, size, turn)
        if bust.held:
            self._elbow(stage, at, bust.held)
        if extra:
            extra(self, stage, pose, at)
        if raised:
            self._raised(stage, pose, at)
        return stage.picture()

    def paint(self, at: Point, half: Callable[[Plane], Plane], fall: float, cloth: Fabric) -> Paint:
        """The bust's columns, that go on downwards and turn into a plain fabric. half: how wide what is painted is
        beside the bust, at heights."""
        keep, slant, low = self.bust.keep, self.bust.slant, at[1] + fall
        light, deep = (np.array(colour, float) for colour in cloth)

        def paint(xs: Plane, ys: Plane) -> Plane:
            down = ((ys - at[1]) / fall).clip(0, 1)
            from_middle = (xs - at[0]) / half(ys) - slant * (ys - at[1])
            places = (128 + from_middle / self.scale).clip(0, 255)
            column = np.stack([np.interp(places, np.arange(256), self._columns[:, i]) for i in range(3)], axis=-1)
            reach = np.inf if keep >= 1 else 9 + keep * fall
            if slant:
                reach = 0.8 * fall
            away = np.clip((ys - at[1] + 3) / reach, 0, 1)[..., None] ** self.bust.sharp
            plain = light + (deep - light) * down[..., None]
            shaded = column * (1 - 0.16 * down[..., None] * (ys < low + 99)[..., None])
            return shaded * (1 - away) + plain * away

        return paint

    def _garment(self, stage: Stage, pose: Pose, at: Point) -> None:
        """What is worn, from below the bust down to its hem, which swings."""
        bust, (x, y) = self.bust, at
        fall = bust.low * (GROUND - self._cut)
        low = y + fall
        half = self.scale * 0.5 * (bust.body[1] - bust.body[0]) + 1.5
        middle = x + (sum(bust.body) / 2 - 128) * self.scale
        wide, lag, sway = half * bust.flare, 0.0, 0.0
        loose = min(1.0, max(0.0, bust.low - 0.30) / 0.4)
        if pose.kind == "gait":
            wide += loose * 0.26 * self._build.stride * abs(math.cos(2 * math.pi * pose.turn))
            sway, lag = loose * (2 * pose.swing(0.1, 2) + 2), loose * 1.6 * pose.swing(0.35, 2)
        elif pose.kind != "sit":
            sway = loose * 0.8 * pose.swing(0.3)
        left = wide
        if pose.kind == "sit" and loose:
            low = min(low, y + fall - 0.45 * self._build.leg) if bust.low > 0.7 else low - 0.3 * self._build.leg
            low, left = max(low, y + 34), wide + 12
        m = middle + sway
        waist = (y + low) / 2
        right = [
            (middle + 0.85 * half, y - 32), (middle + half, y - 10), (middle + half, y),
            (middle + 0.55 * half + 0.45 * wide, waist), (m + wide, low - 4 + lag), (m + 0.94 * wide, low + lag),
            (m + 0.5 * wide, low + 2.5), (m, low + 3.5),
        ]  # fmt: skip
        other = [
            (m - 0.5 * left, low + 2.5), (m - 0.94 * left, low - lag), (m - left, low - 4 - lag),
            (middle - 0.55 * half - 0.45 * left, waist), (middle - half, y), (middle - half, y - 10),
            (middle - 0.85 * half, y - 32),
        ]  # fmt: skip
        outline = [*right, *other]

        def share(ys: Plane) -> Plane:
            return 1 + (wide / half - 1) * ((ys - y) / (low - y)).clip(0, 1)

        paint = self.paint(at, share, low - y, self._cloth)
        stage.shape(rounded(smooth(outline), 2), _folded(paint, m, wide, y, loose), puff=6, depth=0.45, shadow=0.3)

    def _arm(self, stage: Stage, pose: Pose, at: Point, side: int) -> None:
        """A forearm that goes on below the bust's upper arm, swings a bit, and ends in a hand."""
        edges = (self._outer[0], self.bust.body[0]) if side < 0 else (self.bust.body[1], self._outer[1])
        wide = (edges[1] - edges[0]) * self.scale
        x = at[0] + (sum(edges) / 2 - 128) * self.scale
        angle, fore = side * (0.02 + 0.02 * pose.swing(0.2)), -side * 0.08
        if pose.kind == "gait":
            swing = side * math.cos(2 * math.pi * pose.turn)
            angle, fore = 0.34 * swing - 0.02, 0.34 * swing - 0.16 + 0.3 * min(0.0, swing)
        elif pose.kind == "sit":
            angle, fore = -0.25, -0.9
        start = (x, at[1] - 6)
        middle = (x + math.sin(angle) * 26, start[1] + math.cos(angle) * 26)
        hand = (middle[0] + math.sin(fore) * 26, middle[1] + math.cos(fore) * 26)
        line = bent([(x - side * 3, start[1] - 16), start, (x + math.sin(angle) * 7, start[1] + 7), middle, hand])
        self._forearm(stage, line, wide, fore, side, self.paint(at, np.ones_like, 26, self._sleeve))

    def _forearm(self, stage: Stage, line: list[Point], wide: float, fore: float, side: int, paint: Paint) -> None:
        wrist, inner = part(line, 0.88, 0.88)[0], fore - side * 0.9
        thumb = (wrist[0] + math.sin(inner) * 0.66 * wide, wrist[1] + math.cos(inner) * 0.66 * wide)
        limb(stage, [wrist, thumb], (0.46 * wide, 0.40 * wide), self.skin, shadow=0.0)
        limb(stage, part(line, 0.5, 1), (0.7 * wide, 0.74 * wide, 0.9 * wide, 0.8 * wide), self.skin, shadow=0.15)
        cloth = part(line, 0, 0.54 if self.bust.bare else 0.80)
        sleeve = tube(cloth, (0.8 * wide, wide, wide, wide, 0.98 * wide), (0.5, 0.3))
        stage.shape(sleeve, paint, puff=0.24 * wide, depth=0.4, shadow=0.2)

    def _raised(self, stage: Stage, pose: Pose, at: Point) -> None:
        """The left forearm, raised from its elbow beside the bust, with an open hand."""
        wide = max(15.0, (self.bust.body[0] - self._outer[0]) * self.scale)
        x = at[0] + (self._outer[0] - 128) * self.scale + 0.42 * wide
        angle = -2.86 - 0.26 * pose.swing()
        elbow = (x, at[1] - 3)
        hand = (elbow[0] - 2 + math.sin(angle) * 46, elbow[1] + math.cos(angle) * 46)
        line = bent([elbow, ((elbow[0] + hand[0]) / 2 - 1, (elbow[1] + hand[1]) / 2), hand])
        fingers(stage, part(line, 0.95, 0.95)[0], angle, 1.1 * wide, self.skin)
        sleeve = self._sleeve
        thumb = part(line, 0.84, 0.84)[0]
        limb(stage, [thumb, (thumb[0] + 0.62 * wide, thumb[1] - 0.5 * wide)], (0.46 * wide, 0.36 * wide), self.skin)
        limb(stage, part(line, 0.3, 1), (0.7 * wide, 0.74 * wide, 0.95 * wide, 0.9 * wide), self.skin, shadow=0.1)
        limb(stage, part(line, 0, 0.3 if self.bust.bare else 0.68), (1.1 * wide, wide, wide), sleeve, (0.9, 0.3), 0.3)

    def _elbow(self, stage: Stage, at: Point, held: Point) -> None:
        """The bent arm below a fist that holds something."""
        wide = (held[1] - held[0]) * self.scale
        x, y = at[0] + (sum(held) / 2 - 128) * self.scale, at[1]
        cloth = self.skin if self.bust.bare else self._sleeve
        line = bent([(x, y - 5), (x - 0.5, y + 5), (x - 4, y + 13), (x - 9, y + 18)])
        limb(stage, line, (wide * 0.98, wide * 1.05, wide * 1.12, wide * 1.05), cloth, (0.15, 0.85), 0.3)
        if not self.bust.bare:
            cuff = tube([(x, y - 5.5), (x, y - 3.5)], (wide * 1.04, wide * 1.04), (0.4, 0.4))
            stage.shape(cuff, over(cloth, cuff), puff=2.0, depth=0.4, shadow=0.12)

    def at(self, at: Point, column: float, below: float = 0.0) -> Point:
        """Where a column of the emoji's lower edge is, and so far below it."""
        return at[0] + (column - 128) * self.scale, at[1] + below

    def colour(self, place: Point) -> Colour:
        """The emoji's colour about a place."""
        return _colour(self._pixels, place)


def _rows(pixels: Plane) -> tuple[int, int]:
    solid = np.where((pixels[..., 3] > 128).any(1))[0]
    return int(solid[0]), int(solid[-1] + 1)


def _colour(pixels: Plane, at: Point) -> Colour:
    x, y = round(at[0]), round(at[1])
    patch = pixels[y - 3 : y + 4, x - 4 : x + 5].reshape(-1, 4)
    r, g, b = np.median(patch[patch[:, 3] > 128][:, :3], axis=0)
    return round(r), round(g), round(b)


def _columns(pixels: Plane, shift: int, blank: Point | None) -> Plane:
    """(256, 3): the colours of the lower edge, from left to right; outside of it, those of its ends; where it is to be
    blank, those beside that."""
    rows = pixels[SAMPLED[0] + shift : SAMPLED[1] + shift]
    weight = (rows[..., 3] > 250).astype(float)
    if blank:
        weight[:, round(blank[0]) : round(blank[1])] = 0
    total = weight.sum(0)
    mean = (rows[..., :3] * weight[..., None]).sum(0) / np.maximum(total, 1)[:, None]
    known = np.where(total > 4)[0]
    filled = np.stack([np.interp(np.arange(256), known, mean[known, i]) for i in range(3)], axis=-1)
    padded = np.pad(filled, ((1, 1), (0, 0)), mode="edge")
    return (padded[:-2] + padded[1:-1] + padded[2:]) / 3


def _faded(pixels: Plane, edge: int, within: Point) -> Image.Image:
    """The emoji, that gives way at its lower edge, within some columns."""
    ramp = ((edge - RIM - np.arange(256)) / FADING).clip(0, 1)[:, None]
    columns = np.arange(256)[None, :]
    inside = ((columns - within[0] + 2) / 4).clip(0, 1) * ((within[1] + 2 - columns) / 4).clip(0, 1)
    values = pixels.copy()
    values[..., 3] *= ramp * inside + 1 - inside
    return Image.fromarray(values.round().astype(np.uint8))


def _folded(plain: Paint, middle: float, wide: float, top: float, much: float) -> Paint:
    """A paint with folds that begin below the bust."""

    def paint(xs: Plane, ys: Plane) -> Plane:
        deep = 0.06 * much * ((ys - top) / 40).clip(0, 1)
        return plain(xs, ys) * (1 + deep * np.sin((xs - middle) / wide * 9))[..., None]

    return paint


def _cape(half: Half, stage: Stage, pose: Pose, at: Point) -> None:
    """Behind the legs: it hangs to the calves, and trails in the gait."""
    x, y = at
    trail = 9 + 3 * pose.swing(0.2, 2) if pose.kind == "gait" else 1.2 * pose.swing(0.3)
    low = min(GROUND - 12, y + 88)
    wide = (half.ends[1] - half.ends[0]) / 2 * half.scale
    hem = 0.35 * wide + 40
    outline = [(x - 0.8 * wide, y - 34), (x + 0.8 * wide, y - 34), (x + wide - 1.5, y - 8), (x + wide - 1, y + 3),
               (x + 0.5 * (wide + hem) + 0.4 * trail, y + 34), (x + hem + trail, low - 6), (x + hem - 5 + trail, low),
               (x + 0.5 * hem + trail, low - 5), (x + trail, low + 2), (x - 0.5 * hem + trail, low - 5),
               (x - hem + 5 + trail, low), (x - hem + trail, low - 6), (x - 0.5 * (wide + hem) + 0.4 * trail, y + 34),
               (x - wide + 1, y + 3), (x - wide + 1.5, y - 8)]  # fmt: skip
    outline = smooth(outline)
    cloth = (half.bust.trim, darker(half.bust.trim, 1.5))
    stage.shape(outline, _folded(over(cloth, outline), x, 55, y - 30, 1.6), puff=5, depth=0.45)


def _tail(half: Half, stage: Stage, pose: Pose, at: Point) -> None:
    """Smoke instead of legs."""
    x, y = at
    sway = 5 * pose.swing(times=1)
    high = GROUND - 4 - y
    bends = ((0.0, 0.15), (4 + 0.3 * sway, 0.45), (-10 + sway, 0.72), (16 + 1.6 * sway, 1.0))
    line = bent([(x + dx, y + down * high) for dx, down in bends])
    outline = tube(line, (78, 66, 46, 28, 14, 5))
    stage.shape(outline, over(((72, 190, 252), (96, 120, 240)), outline), puff=8, depth=0.5)


def _staff(half: Half, stage: Stage, pose: Pose, at: Point) -> None:
    top, wood = half.at(at, 213, -1), half.colour((213, 150))
    limb(stage, [top, (top[0] + 0.5, GROUND - 3)], (8.6, 8.6), fabric(wood), (0.2, 0.6), 0.25)


def _fork(half: Half, stage: Stage, pose: Pose, at: Point) -> None:
    top = half.at(at, 205, -1)
    limb(stage, [top, (top[0] + 0.5, GROUND - 3)], (6.0, 6.0), fabric((150, 92, 72)), (0.2, 0.6), 0.25)


def _club(half: Half, stage: Stage, pose: Pose, at: Point) -> None:
    top, wood = half.at(at, 209, -1), half.colour((214, 150))
    limb(stage, [top, (top[0] + 2, at[1] + 24)], (10, 6.5), fabric(wood), (0.2, 0.9), 0.25)


def _axe(half: Half, stage: Stage, pose: Pose, at: Point) -> None:
    wood, top = fabric(half.colour((164, 222))), half.at(at, 163, -5)
    limb(stage, [top, (top[0] - 11, at[1] + 34)], (12, 12), wood, (0.1, 0.7), 0.25)


def _palette(half: Half, stage: Stage, pose: Pose, at: Point) -> None:
    left, right = half.at(at, 33), half.at(at, 100)
    outline = [(left[0] - 3, at[1] - 6), (right[0] - 3, at[1] - 6), (right[0], at[1] + 2), (right[0] - 6, at[1] + 11),
               ((left[0] + right[0]) / 2, at[1] + 14), (left[0] + 6, at[1] + 8)]  # fmt: skip
    stage.shape(rounded(outline, 8), half.colour((70, 230)), puff=3, depth=0.3, shadow=0.3)


def _bouquet(half: Half, stage: Stage, pose: Pose, at: Point) -> None:
    """The stems of the flowers, and both hands about them."""
    left, right = half.at(at, 108), half.at(at, 150)
    outline = [(left[0], at[1] - 5), (right[0], at[1] - 5), (at[0] + 8, at[1] + 14), (at[0] - 7, at[1] + 14)]
    stage.shape(rounded(outline, 3), half.colour((128, 226)), puff=3, depth=0.4, shadow=0.3)
    for side in (-1, 1):
        hand = ellipse((at[0] + side * 8, at[1] + 5), (9, 7), side * 0.4)
        stage.shape(hand, over(half.skin, hand), puff=3, depth=0.4, shadow=0.25)


def _belt(half: Half, stage: Stage, pose: Pose, at: Point) -> None:
    y = at[1] + 18
    line = [(at[0] + 35.5 * step, y + 2.5 * (1 - step * step)) for step in np.linspace(-1, 1, 15).tolist()]
    band = tube(line, (8, 8), (0.2, 0.2))
    stage.shape(band, over(fabric(NIGHT), band), puff=2.4, depth=0.5, shadow=0.2)
    if half.bust.low < 0.33 or half.bust.keep:
        stage.shape(box(at[0] - 7, y - 3, at[0] + 7, y + 8, 3), GOLD, puff=2, depth=0.6, shadow=0.2)


def _buttons(half: Half, stage: Stage, pose: Pose, at: Point) -> None:
    for step in range(2):
        dot = ellipse(half.at(at, 163, 10 + 17 * step), (4.2, 4.2))
        stage.shape(dot, over(fabric((172, 166, 184)), dot), puff=2, depth=0.5, shadow=0.2)


_Extra = Callable[[Half, Stage, Pose, Point], None]
_EXTRAS: Mapping[str, _Extra] = MappingProxyType({
    "staff": _staff, "fork": _fork, "club": _club, "axe": _axe, "palette": _palette, "bouquet": _bouquet,
    "belt": _belt, "buttons": _buttons,
})  # fmt: skip
