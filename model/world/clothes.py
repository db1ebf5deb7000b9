"""Clothes on the pictures of a cast: scarves, bows and hats on anybody, jackets, dresses and boots on who has a body.

Axis legend: N: pictures of a loop, P: their side. Positions are parts of that side, y from the top down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import torch
from torch import Tensor

from model.world.builds import BUILDS, BUST, CHILD, GROWN, Build
from model.world.canvas import rgb
from model.world.cast.subject import FACE, Subject
from model.world.scene import SUBJECT, Garment
from model.world.wardrobe import ROBED

HEAD = 0.10  # of somebody's height, from the top: where the head is as wide as a hat sees it
HEAD_ASIDE = 0.36  # how much of the length of somebody seen from the side the head takes,
HEAD_AHEAD = 0.62  # and of one whose head looks at us before a body that is drawn
NECKS = (0.12, 0.65)  # of their height: between these a neck is looked for,
NARROW = 0.8  # of what is above and below it, and it is a neck
CHIN = 0.93  # of their height: where a head without a body ends
HATTED = frozenset(("wizard", "witch"))  # whose heads are longer by a hat
ROUND = 0.5  # of the height of those who have neither
SKIN = 0.05  # chroma no farther than that from skin is skin
ALIKE = 0.10  # chroma that far from a garment's is not its own any more


@dataclass(frozen=True)
class Body:
    """Whoever is dressed: height; tops, middles (N,) of every picture's head; wide: the head; neck: how far below the
    top; span (N, 2): from where to where the neck is; seen from the side, the head is at one end of them. build: of
    those who are seen from head to foot."""

    height: float
    tops: Tensor
    middles: Tensor
    wide: float
    neck: float
    span: Tensor
    build: Build | None = None


def put_on(colour: Tensor, alpha: Tensor, worn: tuple[Garment, ...], subject: str) -> tuple[Tensor, Tensor]:
    """Colours (N, 3, P, P) and alphas (N, 1, P, P) in 0..1 of somebody, with garments on: what covers most first."""
    if not bool((alpha > 0.5).flatten(1).any(1).all()):
        return colour, alpha  # in some picture there is nobody
    body = _measured(alpha[:, 0], subject)
    for garment in sorted(_layered(worn), key=lambda one: _ORDER.index(one.slot)):
        colour, alpha = _PUT[garment.slot](colour, alpha, garment, body, subject)
    return colour.clamp(0, 1), alpha.clamp(0, 1)


def _layered(worn: tuple[Garment, ...]) -> tuple[Garment, ...]:
    """What is seen of clothes: nothing of a dress under a coat, its skirt alone under a jacket."""
    slots = {garment.slot for garment in worn}
    if "coat" in slots:
        return tuple(garment for garment in worn if garment.slot not in ("dress", "skirt", "top", "suit"))
    return tuple(replace(one, slot="skirt") if one.slot == "dress" and "top" in slots else one for one in worn)


def _chin(subject: str) -> float:
    """Where a neck is that cannot be seen: at the lower end of a face, in the middle of whoever is all body."""
    known = SUBJECT[subject]
    if subject in BUILDS:
        return BUILDS[subject].neck[0]
    if known.bodied and known.faces:
        return 0.46 if subject in HATTED else BUST.neck[0] if subject in ROBED else CHILD.neck[0]
    return CHIN if known.kind == "person" or known.moves == FACE else ROUND


def _measured(alpha: Tensor, subject: str) -> Body:
    solid = alpha > 0.5
    if _aside(subject):
        solid = _foremost(solid, SUBJECT[subject].facing, HEAD_AHEAD if SUBJECT[subject].bodied else HEAD_ASIDE)
    side = alpha.shape[-1]
    rows = solid.any(2)
    tops = rows.float().argmax(1)
    bottom = side - int(rows[0].flip(0).float().argmax())
    height = max(1, bottom - int(tops[0]))
    axis = (torch.arange(side, device=alpha.device) + 0.5) / side
    middles, spans, neck = [], [], _neck(solid[0, int(tops[0]) : bottom].sum(1), subject)
    for picture, top in zip(solid, tops.tolist(), strict=True):
        band = picture[top : top + max(2, round(HEAD * height))].float().sum(0)
        middles.append((band * axis).sum() / band.sum().clamp(min=1e-3))
        row = picture[min(side - 1, top + round(neck * height))].float()
        spans.append(torch.stack([axis[int(row.argmax())], axis[side - 1 - int(row.flip(0).argmax())]]))
    wide = float(solid[0, int(tops[0]) : int(tops[0]) + max(2, round(1.4 * HEAD * height))].any(0).sum()) / side
    return Body(height / side, tops / side, torch.stack(middles), wide, neck, torch.stack(spans), BUILDS.get(subject))


def _foremost(solid: Tensor, facing: str, part: float) -> Tensor:
    """Of pictures (N, P, P) of somebody from the side the part where the head is: a tail may be higher."""
    columns = solid.any(1)
    ahead = columns if facing == "left" else columns.flip(1)
    first, last = ahead.float().argmax(1), solid.shape[-1] - 1 - ahead.flip(1).float().argmax(1)
    until = (first + part * (last - first + 1))[:, None]
    at = torch.arange(solid.shape[-1], device=solid.device)
    keep = (at if facing == "left" else at.flip(0))[None] <= until
    return solid & keep[:, None]


def _neck(widths: Tensor, subject: str) -> float:
    """Where somebody's neck is, from the top, of their height: where they are narrowest, if they are. widths: of their
    first picture, row by row."""
    necks = BUILDS[subject].neck if subject in BUILDS else NECKS
    first, last = (max(1, round(part * len(widths))) for part in necks)
    at = first + int(widths[first:last].argmin()) if last > first else first
    narrow = subject not in HATTED and float(widths[at]) < NARROW * float(min(widths[:at].max(), widths[at:].max()))
    return at / len(widths) if narrow else _chin(subject)


def _grid(like: Tensor) -> tuple[Tensor, Tensor]:
    """x (1, 1, P) and y (1, P, 1) of pictures."""
    axis = (torch.arange(like.shape[-1], device=like.device) + 0.5) / like.shape[-1]
    return axis[None, None, :], axis[None, :, None]


def _edge(distance: Tensor, like: Tensor) -> Tensor:
    """1 inside of a shape, where the distance to its edge is below 0, with an edge one pixel soft."""
    return (0.5 - distance * like.shape[-1]).clamp(0, 1)


def _lay(colour: Tensor, alpha: Tensor, mask: Tensor, garment: Garment, light: Tensor) -> tuple[Tensor, Tensor]:
    """A garment where mask (N, P, P) says, lit: light (N or 1, P, P) is 1 for its own colour."""
    paint = torch.tensor(rgb(garment.paint), device=colour.device)[None, :, None, None]
    lit = (paint * light[:, None]).clamp(0, 1) + 0.12 * (light[:, None] - 1).clamp(min=0)
    return colour + (lit - colour) * mask[:, None], torch.maximum(alpha, mask[:, None])


def _scarf(colour: Tensor, alpha: Tensor, garment: Garment, body: Body, subject: str) -> tuple[Tensor, Tensor]:
    x, y = _grid(colour)
    if _aside(subject):
        return _collar(colour, alpha, garment, SUBJECT[subject])
    at = (body.tops + body.neck * body.height)[:, None, None]
    left, right = (body.span[:, i][:, None, None] for i in (0, 1))
    middle, half = (left + right) / 2, ((right - left) / 2).clamp(min=0.03) * 1.06
    face = body.neck == CHIN
    if face:
        half = half.clamp(min=0.30)
    thick = (half * 0.5).clamp(0.02, 0.055)
    u = (x - middle) / half
    bent = at + (0.05 * (0.5 - u * u) if face else 0.35 * thick * (1 - u * u))
    band = _edge(torch.maximum((y - bent).abs() - thick, ((x - middle).abs() - half)), colour)
    hang = middle + 0.42 * half
    tail_y = (y - bent) / (4.2 * thick)
    beside = (x - hang - 0.12 * half * tail_y).abs() - 0.62 * thick
    tail = _edge(torch.maximum(beside, (tail_y - 0.5).abs() * 4 * thick - 2 * thick), colour)
    light = 1.05 - 0.22 * (y - bent) / thick + 0.06 * torch.sin(u * 22)
    colour, alpha = _lay(colour, alpha, tail, garment, 0.92 - 0.10 * tail_y + 0 * x)
    return _lay(colour, alpha, band, garment, light)


def _aside(subject: str) -> bool:
    """Whether it is a beast that is seen from the side, its head at one end."""
    return SUBJECT[subject].facing != "front" and SUBJECT[subject].kind == "animal"


def _box(alpha: Tensor) -> tuple[float, float, float, float]:
    """Left, width, top and height of the first picture."""
    solid = alpha[0, 0] > 0.5
    columns, rows = (solid.any(axis).nonzero()[:, 0] for axis in (0, 1))
    left, right, top, bottom = (float(v) / alpha.shape[-1] for v in (columns[0], columns[-1], rows[0], rows[-1]))
    return left, right - left, top, bottom - top


def _collar(colour: Tensor, alpha: Tensor, garment: Garment, beast: Subject) -> tuple[Tensor, Tensor]:
    """A scarf round the neck of a beast seen from the side: a slanting band behind the head, or below it where that
    looks at us, on it alone."""
    x, y = _grid(colour)
    left, wide, top, high = _box(alpha)
    if beast.bodied:  # its head, which looks at us, is before the neck: below the chin, and an end that hangs down
        level = top + (0.585 - 0.5 * (x - left - 0.46 * wide) ** 2 / wide**2) * high
        ring = torch.maximum((y - level).abs() - 0.042 * high, (x - left - 0.45 * wide).abs() - 0.17 * wide)
        down = y - level - 0.10 * high
        end = torch.maximum((x - left - 0.50 * wide).abs() - 0.035 * wide, down.abs() - 0.10 * high)
        band = _edge(torch.minimum(ring, end), colour) * alpha[:, 0]
        return _lay(colour, alpha, band, garment, 1.08 - 2 * (y - level))
    ahead = 1.0 if beast.facing == "left" else -1.0
    at = left + (0.40 if beast.facing == "left" else 0.60) * wide
    across = (x - at) * ahead + (y - top - 0.45 * high) * 0.35
    within = torch.maximum(top + 0.36 * high - y, y - top - 0.68 * high)
    band = _edge(torch.maximum(across.abs() - 0.045 * wide, within), colour) * alpha[:, 0]
    return _lay(colour, alpha, band, garment, 1.08 - 0.3 * (y - top) / high - across.abs() * 3)


def _bow(colour: Tensor, alpha: Tensor, garment: Garment, body: Body, subject: str) -> tuple[Tensor, Tensor]:
    x, y = _grid(colour)
    at = (body.tops + body.neck * body.height)[:, None, None]
    middle = body.span.mean(1)[:, None, None]
    if _aside(subject):
        left, wide, top, high = _box(alpha)
        at = at * 0 + top + (0.60 if SUBJECT[subject].bodied else 0.5) * high
        middle = middle * 0 + left + (0.36 if SUBJECT[subject].facing == "left" else 0.64) * wide
    size = min(0.16, max(0.035, 0.30 * body.wide))
    u, v = (x - middle) / size, (y - at) / size
    wings = _edge(torch.maximum(u.abs() - 1, v.abs() - 0.16 - 0.42 * u.abs()) * size, colour)
    knot = _edge((torch.sqrt(u * u + v * v) - 0.24) * size, colour)
    colour, alpha = _lay(colour, alpha, wings, garment, 1.12 - 0.45 * (1 - u.abs()).clamp(min=0) - 0.15 * v)
    return _lay(colour, alpha, knot, garment, 0.95 - 0.5 * v)


def _hat(colour: Tensor, alpha: Tensor, garment: Garment, body: Body, subject: str) -> tuple[Tensor, Tensor]:
    x, y = _grid(colour)
    tall = garment.slot == "tall hat"
    half = 0.56 * body.wide
    middle = body.middles[:, None, None]
    base = body.tops[:, None, None] + min(0.34 * body.wide, 0.11)
    high = (base - 0.01).clamp(max=body.wide * (0.85 if tall else 0.55))
    u, up = (x - middle) / half, (base - y) / high
    sides = 0.74 - (0.02 if tall else 0.16) * up
    crown = _edge(torch.maximum((u.abs() - sides) * half, torch.maximum(-up, up - 1 + 0.10 * (u * u)) * high), colour)
    brim = _edge((torch.sqrt((u / 1.12) ** 2 + ((y - base) / (0.16 * half)) ** 2) - 1) * 0.16 * half, colour)
    light = 1.16 - 0.34 * (u + 1) / 2 - 0.25 * ((up > 0.04) & (up < 0.26)).float() * 2
    colour, alpha = _lay(colour, alpha, crown, garment, light)
    return _lay(colour, alpha, brim, garment, 1.05 - 0.2 * u.abs() + 0 * y)


def _crown(colour: Tensor, alpha: Tensor, garment: Garment, body: Body, subject: str) -> tuple[Tensor, Tensor]:
    x, y = _grid(colour)
    half = 0.44 * body.wide
    middle = body.middles[:, None, None]
    base = body.tops[:, None, None] + min(0.34 * body.wide, 0.12)
    high = (base - 0.01).clamp(max=0.42 * body.wide)
    u, up = (x - middle) / half, (base - y) / high
    peaks = 0.55 + 0.45 * (2 * ((u * 2.5) % 1 - 0.5).abs())
    mask = _edge(torch.maximum((u.abs() - 0.94) * half, torch.maximum(-up, up - peaks) * high), colour)
    return _lay(colour, alpha, mask, garment, 1.15 - 0.3 * (u + 1) / 2 - 0.22 * (up < 0.2).float())


def _top(colour: Tensor, alpha: Tensor, garment: Garment, body: Body, subject: str) -> tuple[Tensor, Tensor]:
    """What is worn above the hip: of whoever has two legs to see the shirt, of the robed all that they wear."""
    if body.build is not None:
        return _part(colour, alpha, garment, body, "top", (body.neck - 0.03, body.build.hip + 0.08))
    if subject in ROBED:
        return _dyed(colour, alpha, garment, body, (0.45, 0.62), (0.27, 1.01))
    return colour, alpha


def _bottom(colour: Tensor, alpha: Tensor, garment: Garment, body: Body, subject: str) -> tuple[Tensor, Tensor]:
    if body.build is None:
        return colour, alpha
    return _part(colour, alpha, garment, body, "bottom", (body.build.hip - 0.06, 1.01))


def _feet(colour: Tensor, alpha: Tensor, garment: Garment, body: Body, subject: str) -> tuple[Tensor, Tensor]:
    if body.build is None:
        return colour, alpha
    return _part(colour, alpha, garment, body, "feet", (body.build.hip + 0.05, 1.01))


def _skirt(colour: Tensor, alpha: Tensor, garment: Garment, body: Body, subject: str) -> tuple[Tensor, Tensor]:
    """From the hip down to the knee, or the ankle: as wide as the stride, and so it swings with it."""
    build = body.build
    if build is None:
        return _top(colour, alpha, garment, body, subject)
    if garment.slot != "coat":  # below it legs are bare
        skin = "#" + "".join(f"{round(float(v) * 255):02x}" for v in _skin(colour, alpha, body))
        waist = _part(colour, alpha, garment, body, "bottom", (build.hip - 0.08, build.hip + 0.12))
        colour, alpha = _part(*waist, Garment("bottom", skin), body, "bottom", (build.hip + 0.12, 1.01))
    x, y = _grid(colour)
    hem = build.ankle - 0.02 if garment.long else build.knee
    hip, low = (body.tops + part * body.height for part in (build.hip - 0.04, hem))
    pictures = zip(alpha[:, 0] > 0.5, hip.tolist(), low.tolist(), strict=True)
    ends = [_ends(picture, waist, end) for picture, waist, end in pictures]
    a, b, c, d = torch.tensor(ends, device=colour.device).T[:, :, None, None]
    middle, slim = (a + b) / 2, 0.62 * (b - a) / 2
    t = ((y - hip[:, None, None]) / (low - hip)[:, None, None]).clamp(0, 1)
    left, right = torch.lerp(middle - slim, c, t), torch.lerp(middle + slim, d, t)
    over = torch.maximum(hip[:, None, None] - y, y - low[:, None, None])
    inside = torch.maximum(torch.maximum(left - x, x - right), over)
    u = (x - left) / (right - left).clamp(min=0.01)
    folds = 1.06 - 0.26 * (u - 0.35).abs() + 0.07 * torch.sin(u * 19 + t * 2) * t
    return _lay(colour, alpha, _edge(inside, colour), garment, folds)


def _ends(solid: Tensor, waist: float, end: float) -> tuple[float, float, float, float]:
    """From where to where the hip of a picture (P, P) is, and its legs above the hem."""
    side = solid.shape[-1]
    belt = solid[min(side - 1, round((waist + 0.12) * side))].nonzero()[:, 0]
    legs = solid[round((waist + 0.6 * (end - waist)) * side) : round(end * side)].any(0).nonzero()[:, 0]
    if not (len(belt) and len(legs)):
        return 0.5, 0.5, 0.5, 0.5
    return float(belt[0]) / side, float(belt[-1]) / side, float(legs[0]) / side, float(legs[-1]) / side


def _whole(colour: Tensor, alpha: Tensor, garment: Garment, body: Body, subject: str) -> tuple[Tensor, Tensor]:
    """A dress or a coat: above the hip and below it."""
    if subject == "dancer":
        return _dyed(colour, alpha, garment, body, (0.62, 0.75), (0.24, 1.01))
    colour, alpha = _skirt(colour, alpha, garment, body, subject)
    return _top(colour, alpha, garment, body, subject)


def _suit(colour: Tensor, alpha: Tensor, garment: Garment, body: Body, subject: str) -> tuple[Tensor, Tensor]:
    colour, alpha = _bottom(colour, alpha, garment, body, subject)
    return _top(colour, alpha, garment, body, subject)


def _dyed(
    colour: Tensor, alpha: Tensor, garment: Garment, body: Body, of: tuple[float, float], within: tuple[float, float]
) -> tuple[Tensor, Tensor]:
    """What is of the colour that is found at heights `of` of the first picture, and within others, in another colour;
    its light and shade stay."""
    usual = _median(colour, alpha, _rows(body, of, colour))
    if usual is None:
        return colour, alpha
    own = ((ALIKE - _chroma(colour, usual)) / (0.35 * ALIKE) + 0.5).clamp(0, 1)
    return _tinted(colour, alpha, garment, body, own, usual, within)


def _part(
    colour: Tensor, alpha: Tensor, garment: Garment, body: Body, part: str, within: tuple[float, float]
) -> tuple[Tensor, Tensor]:
    """One of the things that a walker wears, in another colour: what is more like it than like the others or skin."""
    skin = _skin(colour, alpha, body)
    bare = _chroma(colour[:1], skin)[0] < SKIN
    found = {"skin": skin}
    build = body.build
    worn = () if build is None else (("top", build.top), ("bottom", build.bottom), ("feet", build.feet))
    for name, of in worn:
        usual = _median(colour, alpha, _rows(body, of, colour) & ~bare)
        if usual is not None:
            found[name] = usual
    if part not in found:
        return colour, alpha
    light = colour.mean(1)
    away = torch.stack([_chroma(colour, usual) + 0.3 * (light - usual.mean()).abs() for usual in found.values()])
    own = (-away / 0.02).softmax(0)[list(found).index(part)]
    return _tinted(colour, alpha, garment, body, own, found[part], within)


def _tinted(
    colour: Tensor, alpha: Tensor, garment: Garment, body: Body, own: Tensor, usual: Tensor, within: tuple[float, float]
) -> tuple[Tensor, Tensor]:
    _, y = _grid(colour)
    low, high = ((body.tops + part * body.height)[:, None, None] for part in within)
    light = (colour.mean(1) / usual.mean().clamp(min=0.08)).clamp(0.35, 1.6)
    return _lay(colour, alpha, own * ((y > low) & (y < high)) * alpha[:, 0], garment, light)


def _skin(colour: Tensor, alpha: Tensor, body: Body) -> Tensor:
    """The colour (3,) of the face of somebody who is seen from head to foot."""
    x, _ = _grid(colour)
    build = body.build or GROWN
    aside = x[0] - float(body.middles[0])
    face = aside < -0.1 * body.wide if build.ahead else aside.abs() < 0.3 * body.wide
    found = _median(colour, alpha, _rows(body, build.skin, colour) & face)
    return colour.new_tensor([0.9, 0.7, 0.4]) if found is None else found


def _rows(body: Body, of: tuple[float, float], like: Tensor) -> Tensor:
    """(P, 1): where the first picture is within heights."""
    _, y = _grid(like)
    low, high = (float(body.tops[0]) + part * body.height for part in of)
    return (y[0] >= low) & (y[0] < high)


def _median(colour: Tensor, alpha: Tensor, where: Tensor) -> Tensor | None:
    """The usual colour (3,) of the first picture where it is solid and (P, P) says; None where nothing is."""
    seen = (alpha[0, 0] > 0.9) & where
    return colour[0][:, seen].median(1).values if bool(seen.any()) else None


def _chroma(colour: Tensor, usual: Tensor) -> Tensor:
    """How far colours (N, 3, P, P) are from one (3,), be they light or dark: (N, P, P)."""
    chroma = colour / colour.sum(1, keepdim=True).clamp(min=0.05)
    return (chroma - (usual / usual.sum().clamp(min=0.05))[None, :, None, None]).norm(dim=1)


_Put = Callable[[Tensor, Tensor, Garment, Body, str], tuple[Tensor, Tensor]]
_ORDER = ("bottom", "suit", "feet", "top", "skirt", "dress", "coat", "scarf", "bow", "hat", "tall hat", "crown")
_PUT: Mapping[str, _Put] = MappingProxyType(
    {
        "bottom": _bottom, "suit": _suit, "feet": _feet, "skirt": _skirt, "dress": _whole, "coat": _whole, "top": _top,
        "scarf": _scarf, "bow": _bow, "hat": _hat, "tall hat": _hat, "crown": _crown,
    }
)  # fmt: skip
