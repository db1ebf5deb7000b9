"""The two animals of `drawn_beasts.py` that do not go on four legs: a frog that hops, and a hen."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from model.world.drawn_beasts_bodies import GROUND, Fade, Foot, dimmed, faded, step
from model.world.drawn_beasts_parts import Beast, Hide, Knot, Outline, Patch, level, limb, placed, shaded
from model.world.drawn_sheet import Colour, Point, rod, turned
from model.world.loops import GAIT, IDLE, WAVE

GREEN: tuple[Colour, ...] = ((112, 238, 164), (66, 204, 138), (48, 152, 126))
YELLOW = (250, 196, 92)
FAR = (0.78, 0.74, 0.86)
WHITE: tuple[Colour, ...] = ((248, 242, 250), (224, 212, 234), (184, 164, 206))
ORANGE: tuple[Colour, ...] = ((255, 190, 70), (240, 138, 50))


@dataclass(frozen=True)
class Special(Beast):
    """An animal with a painter of its own."""

    draws: Callable[[Image.Image], list[Image.Image]]

    def pictures(self, face: Image.Image) -> list[Image.Image]:
        return self.draws(face)


@dataclass(frozen=True)
class Leap:
    """A frog at one moment: chest, rump; the knee, ankle and toes of its hind leg; its fore foot."""

    chest: Point
    rump: Point
    knee: Point
    ankle: Point
    toes: Point
    hand: Point
    tilt: float = 0.0


SIT = Leap((98, 176), (158, 206), (134, 196), (172, 240), (132, 244), (88, 242))
CROUCH = Leap((96, 190), (158, 214), (130, 206), (174, 240), (132, 244), (84, 242), 0.05)
PUSH = Leap((88, 168), (156, 196), (170, 206), (196, 228), (176, 243), (76, 218), -0.1)
FLY = Leap((86, 168), (158, 182), (186, 192), (204, 208), (226, 214), (64, 198), -0.04)
LAND = Leap((92, 180), (158, 194), (142, 196), (180, 226), (150, 238), (70, 242), 0.08)
HOP = (SIT, CROUCH, PUSH, FLY, LAND)


def frog(face: Image.Image) -> list[Image.Image]:
    """The frog's 33 pictures: it sits, hops, waves, sits."""
    head = _sized(face, 0.64)
    pictures = []
    for turn in IDLE.turns():
        breath = math.sin(math.tau * turn)
        pictures.append(_frog(head, SIT, swell=1.6 * breath, nod=-1.5 * math.sin(math.tau * (turn - 0.08))))
    pictures += [_frog(head, _between(turn)) for turn in GAIT.turns()]
    for turn in WAVE.turns():
        pictures.append(_frog(head, SIT, nod=0.8 * math.sin(math.tau * 2 * turn), wave=math.sin(math.tau * turn)))
    return [*pictures, _frog(head, SIT)]


def _between(turn: float) -> Leap:
    """A moment of the hop, on a smooth line through its poses."""
    place = turn * len(HOP)
    first, t = int(place), place % 1
    near = [HOP[(first + n) % len(HOP)] for n in (-1, 0, 1, 2)]
    weights = (-t + 2 * t * t - t**3, 2 - 5 * t * t + 3 * t**3, t + 4 * t * t - 3 * t**3, t**3 - t * t)

    def point(name: str) -> Point:
        places = [getattr(pose, name) for pose in near]
        x, y = (sum(w * place[axis] for w, place in zip(weights, places, strict=True)) / 2 for axis in (0, 1))
        return x, min(y, GROUND - 6)

    tilt = sum(w * pose.tilt for w, pose in zip(weights, near, strict=True)) / 2
    return Leap(point("chest"), point("rump"), point("knee"), point("ankle"), point("toes"), point("hand"), tilt)


def _frog(
    head: Image.Image, leap: Leap, swell: float = 0.0, nod: float = 0.0, wave: float | None = None
) -> Image.Image:
    """swell: how much it breathes in; wave: how far aside it holds its raised hand, -1..1, if it does."""
    hide = Hide()
    far = tuple(dimmed(colour, FAR) for colour in GREEN)
    hide.mass(_hind_leg(leap, 14.0), far, puff=5)
    hide.mass(_fore_leg(leap, 16.0), far, puff=5)
    (cx, cy), (rx, ry) = leap.chest, leap.rump
    middle = ((cx + rx) / 2, (cy + ry) / 2 - 1, 35 + swell)
    belly = Patch(YELLOW, limb([(cx - 30, cy + 4, 15), (cx - 8, cy + 30, 17), (rx - 16, ry + 34, 14)]), 0.8)
    torso = limb([(cx, cy, 37 + swell * 0.5), middle, (rx, ry, 34)])
    hide.mass(torso, GREEN, [belly], puff=8, depth=0.5, shadow=0.4)
    hide.mass(_hind_leg(leap, 0.0), GREEN, puff=6, depth=0.5, shadow=0.35)
    hide.mass(_fore_leg(leap, 0.0) if wave is None else _lifted(leap, wave), GREEN, puff=5, depth=0.4, melt=1.6)
    return shaded(hide.picture(), placed(head, (cx - 10, cy - 94 + nod), leap.tilt))


def _lifted(leap: Leap, wave: float) -> list[Outline]:
    """The near fore leg, waving, its fingers spread."""
    angle = -0.85 + 0.4 * wave
    elbow = (leap.chest[0] - 42, leap.chest[1] + 26)
    hand = (elbow[0] + 32 * math.sin(angle), elbow[1] - 32 * math.cos(angle))
    fingers = [part for turn in (-0.7, 0.0, 0.7) for part in limb(_spread(hand, angle + turn, 17, 4.8))]
    return [*limb([(leap.chest[0] - 12, leap.chest[1] + 8, 14), (*elbow, 10), (*hand, 8.5)]), *fingers]


def _spread(at: Point, angle: float, length: float, radius: float) -> list[Knot]:
    return [(*at, radius + 1), (at[0] + length * math.sin(angle), at[1] - length * math.cos(angle), radius)]


def _hind_leg(leap: Leap, aside: float) -> list[Outline]:
    (hx, hy), (kx, ky), (ax, ay), (tx, ty) = leap.rump, leap.knee, leap.ankle, leap.toes
    thigh = limb([(hx + 8 + aside, hy + 4, 25), (kx + aside, ky, 17)])
    shin = limb([(kx + aside, ky, 14), (ax + aside, ay - 4, 9.5)])
    foot = limb([(ax + aside, ay, 9), (tx + aside, ty, 6)])
    along = math.atan2(ty - ay, tx - ax)
    web = [part for turn in (-0.34, 0.0, 0.34) for part in
           limb([(ax + (tx - ax) * 0.5 + aside, ay + (ty - ay) * 0.5, 5),
                 (tx + aside + 5 * math.cos(along + turn), ty + 7 * math.sin(along + turn), 5)])]  # fmt: skip
    return level((*thigh, *shin, *foot, *web), GROUND)


def _fore_leg(leap: Leap, aside: float) -> list[Outline]:
    (cx, cy), (x, y) = leap.chest, leap.hand
    elbow = ((cx + x) / 2 + 5 + aside, (cy + 16 + y) / 2)
    arm = limb([(cx - 2 + aside, cy + 14, 15), (*elbow, 11), (x + aside, y - 2, 9)])
    return level((*arm, *limb([(x + aside, y + 1, 7), (x - 14 + aside, y + 3, 5)])), GROUND)


def hen(face: Image.Image) -> list[Image.Image]:
    """The hen's 33 pictures: it looks about, struts with a nodding head, flaps a wing, sits."""
    head = _sized(faded(face.convert("RGBA"), (Fade((0, 206), (0, 240)),)), 0.62)
    pictures = []
    for turn in IDLE.turns():
        sway = math.sin(math.tau * turn)
        pictures.append(_hen(head, (Foot(-4), Foot(10)), nod=(0, 1.8 * sway, 0.03 * sway)))
    for turn in GAIT.turns():
        near, far = step(turn, 36, 16), step((turn + 0.5) % 1, 36, 16)
        out, up = math.cos(2 * math.tau * turn), math.sin(2 * math.tau * turn)
        feet = (near, Foot(far.aside + 6, far.up, far.pitch))
        pictures.append(_hen(head, feet, bob=1.6 * out, nod=(-4.5 * out, 2.5 * up, 0.05 * up)))
    for turn in WAVE.turns():
        flap = 0.5 - 0.5 * math.cos(2 * math.tau * turn)
        pictures.append(_hen(head, (Foot(-4), Foot(10)), nod=(0, -1.5 * flap, 0), flap=flap))
    return [*pictures, _hen(head, None, bob=40)]


def _hen(head: Image.Image, feet: tuple[Foot, Foot] | None, bob: float = 0.0, nod: Knot = (0, 0, 0),
         flap: float = 0.0) -> Image.Image:  # fmt: skip
    """feet: near and far, None when it sits on them; flap: how far its wing is raised."""
    hide = Hide()
    if feet is not None:
        _bird_leg(hide, (140, 192 + bob), feet[1], FAR)
    for number, angle in enumerate((0.5, 0.2, -0.1)):
        feather = limb([(184, 152 + bob, 15), (206, 134 + bob, 15), (226 - 4 * number, 110 + bob, 8)])
        turned_it = [turned(part, 0.42 - angle * 1.1, (180, 156 + bob)) for part in feather]
        hide.mass(turned_it, WHITE, puff=6, depth=0.5)
    if feet is not None:
        _bird_leg(hide, (134, 194 + bob), feet[0], (1, 1, 1))
    dx, dy, tilt = nod
    chest = (85 + dx * 0.8, 134 + bob + dy * 0.8, 43)
    body = limb([chest, (106, 158 + bob, 44), (142, 164 + bob, 41), (182, 154 + bob, 28)])
    hide.mass(body, WHITE, puff=9, depth=0.5, shadow=0.35)
    _bird_wing(hide, (134, 146 + bob), flap)
    above = placed(head, (84 + dx, 80 + dy + bob), tilt)
    return shaded(hide.picture(), above, strength=0.0)


def _bird_wing(hide: Hide, root: Point, flap: float) -> None:
    x, y = root
    for number, (length, low) in enumerate(((46, 26), (52, 12), (50, -2))):
        feather = limb([(x + 4, y + 8, 15), (x + length * 0.6, y + low * 0.7 + 10, 13), (x + length, y + low, 7)])
        swung = [turned(part, -(1.25 + 0.16 * number) * flap, (x, y + 6)) for part in feather]
        hide.mass(swung, WHITE, puff=5, depth=0.5)


def _bird_leg(hide: Hide, hip: Point, foot: Foot, dim: tuple[float, float, float]) -> None:
    coat = [dimmed(colour, dim) for colour in ORANGE]
    x, y = hip[0] + foot.aside, GROUND - 5 - foot.up
    knee = ((hip[0] + x) / 2 + 5 * (1 if foot.up else 0.4) + foot.up * 0.4, (hip[1] + y) / 2)
    tips = ((-19, 1), (-10, 1.5), (11, 1))
    toes = [turned(rod((x, y), (x + dx, y + dy), 9, 0.8), -foot.pitch, (x, y)) for dx, dy in tips]
    hide.mass([*limb([(*hip, 6), (*knee, 4.8), (x, y, 4.8)]), *toes], coat, puff=3, depth=0.5, melt=0.9)


def _sized(face: Image.Image, share: float) -> Image.Image:
    side = round(face.width * share)
    return face.convert("RGBA").resize((side, side), Image.Resampling.LANCZOS)
