"""Pictures from outside, in motion: what teaches a model to animate a drawing or a photo that a user brings along.

Three kinds: a subject of the cast drawn on paper in crayon, pencil, ink or watercolour, that moves; a child's drawing,
made by code, that comes to life; and any picture at all, in one layer or two, under a moving camera or in falling snow.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import torch
from torch import Tensor

from model.world.art import Art, Sprite
from model.world.canvas import X_REACH, Y_BOTTOM, Y_TOP
from model.world.captions import _name, _pick, _tidy, _upper
from model.world.naming import article
from model.world.outside_drawings import CREATURES, creature, scenery
from model.world.outside_pictures import MAKERS, hill, page, photograph
from model.world.places import PlaceLayers
from model.world.render import Renderer
from model.world.scene import OUTSIDE, SUBJECT, Actor, Scene, SceneOptions, Shot, _actor
from model.world.style_filters import Sheet
from model.world.vocabulary import VOCABULARY, term
from model.world.wording import act_words

KINDS: Mapping[str, float] = MappingProxyType({"subject": 0.35, "child": 0.25, "picture": 0.4})
STILL = 0.35  # how often the camera holds still over a drawing that moves itself
MEDIA: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "crayon": ("a crayon drawing of {}", "a child's drawing of {}", "{} drawn in crayon on paper"),
    "pencil": ("a pencil sketch of {}", "a pencil drawing of {}", "{} sketched in pencil on white paper"),
    "ink": ("an ink drawing of {}", "a pen and ink drawing of {}", "{} drawn in ink on paper"),
    "watercolour": ("a watercolour of {}", "a watercolor painting of {}", "{} painted in watercolours on paper"),
})  # fmt: skip
FALLS = ("rain", "snowfall", "petals", "leaves", "confetti", "bubbles")
ON_PAPER = ("petals", "leaves", "confetti")  # snow and rain cannot be seen on a white sheet
CHILD = ("a child's drawing of {}", "a child's crayon drawing of {}", "a drawing of {} by a child", "a drawing of {}")
NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "leaves": ("coloured shapes", "an abstract collage of shapes", "overlapping discs and squares"),
    "noise": ("an abstract painting", "clouds of colour", "blurred colours"),
    "gradient": ("a soft gradient of colours", "colours that fade into each other", "an abstract glow"),
    "drawing": ("a child's drawing", "a crayon drawing", "a drawing on paper"),
})  # fmt: skip


class _Album(Art):
    """The art of the cast with some pictures exchanged for drawings."""

    def __init__(self, art: Art) -> None:
        self.folder, self._art = art.folder, art
        self.drawn: dict[str, Tensor] = {}

    def has(self, identity: str) -> bool:
        return identity in self.drawn or self._art.has(identity)

    def sprite(self, identity: str) -> Sprite:
        return Sprite(identity, self.drawn[identity]) if identity in self.drawn else self._art.sprite(identity)


class Outside:
    """Makes clips of pictures from outside at one size; art: pictures of the cast; device: where frames are made."""

    def __init__(self, art: Art, width: int, height: int, *, device: torch.device | str = "cpu") -> None:
        self.art, self._album = art, _Album(art)
        self.renderer = Renderer(self._album, width, height, device=device, pool=4)
        self.device = torch.device(device)

    def clip(self, seed: int, frames: int, kind: str | None = None) -> tuple[Tensor, str]:
        """One clip, uint8 (T, 3, H, W) at 16 frames a second, and its caption; kind: one of KINDS, by lot if None."""
        rng = random.Random(f"outside {seed}")
        kind = kind or rng.choices(list(KINDS), list(KINDS.values()))[0]
        self._album.drawn = {}
        make = {"subject": self._subject, "child": self._child, "picture": self._picture}[kind]
        shot, layers, words = make(rng)
        self.renderer.keep(OUTSIDE, shot.place_seed, layers)
        return self.renderer.clips([Scene((shot,))], frames)[0], _tidy(words)

    def batch(self, seeds: Sequence[int], frames: int) -> tuple[Tensor, list[str]]:
        """A clip a seed: uint8 (B, T, 3, H, W) and the captions."""
        made = [self.clip(seed, frames) for seed in seeds]
        return torch.stack([clip for clip, _ in made]), [words for _, words in made]

    def _sheet(self, rng: random.Random) -> Sheet:
        resolution = round(min(self.renderer.view.unit, 320))
        size = round((Y_BOTTOM - Y_TOP) * resolution), round(2 * X_REACH * resolution)
        return Sheet(*size, rng.randrange(1 << 30), self.device)

    def _subject(self, rng: random.Random) -> tuple[Shot, PlaceLayers, str]:
        """A subject of the cast on paper, drawn in a style."""
        sheet, style = self._sheet(rng), rng.choice(list(MEDIA))
        back = torch.full((3, sheet.height, sheet.width), 0.97, device=self.device)
        if rng.random() < 0.3:
            back = _on(back, _ground(sheet, rng))
        subject = rng.choice([s.id for s in self.art.cast()])
        shot = _shot(rng, style, _placed(rng, subject, 0.5))
        return shot, _layers(back, None), _words(rng, shot, MEDIA[style])

    def _child(self, rng: random.Random) -> tuple[Shot, PlaceLayers, str]:
        """A child's drawing of somebody that moves, alone on the sheet or in a drawn scene."""
        sheet, subject = self._sheet(rng), rng.choice(list(CREATURES))
        self._album.drawn[subject] = creature(subject, rng)
        back = page(sheet, rng)
        if rng.random() < 0.55:
            drawing, _ = scenery(rng, sheet.width, sheet.height)
            back = _on(back, drawing)
        style = "crayon" if rng.random() < 0.5 else "3d"
        shot = _shot(rng, style, _placed(rng, subject, 0.2))
        return shot, _layers(back, None), _words(rng, shot, CHILD)

    def _picture(self, rng: random.Random) -> tuple[Shot, PlaceLayers, str]:
        """Any picture, at times with something else in front of it that moves more."""
        sheet = self._sheet(rng)
        back, name = _any(sheet, rng)
        front = None
        if rng.random() < 0.4:
            other, _ = _any(replace(sheet, seed=sheet.seed + 1), rng)
            alpha = hill(sheet, rng)
            front = torch.cat([other * alpha, alpha[None]])
        shot = replace(_shot(rng, "3d", None), seed=sheet.seed)
        parts = [name, *_air(rng, shot)]
        if rng.random() < 0.3:
            rng.shuffle(parts)
        return shot, _layers(back, front), ", ".join(parts)


def clips(
    seed: int, frames: int, width: int, height: int, *, art: Art | None = None, device: torch.device | str = "cpu"
) -> tuple[Tensor, str]:
    """One clip of a picture from outside, uint8 (T, 3, H, W), and its caption; the same seed gives the same clip.

    `Outside` does the same for many seeds without loading the art again. ArtError when there is no art.
    """
    return Outside(art or Art(), width, height, device=device).clip(seed, frames)


def _any(sheet: Sheet, rng: random.Random) -> tuple[Tensor, str]:
    """A picture (3, H, W) of any kind and what it may be called."""
    kind = rng.choices((*MAKERS, "drawing", "photograph"), (5, 3, 1, 2, 3))[0]
    if kind == "photograph":
        taken = photograph(sheet, rng)
        if taken is not None:
            return taken[0], rng.choice(("a photograph of {}", "a photo of {}", "a picture of {}")).format(taken[1])
        kind = "leaves"
    if kind == "drawing":
        drawing, shown = scenery(rng, sheet.width, sheet.height)
        words = rng.choice(NAMES["drawing"])
        if shown and rng.random() < 0.7:
            words += " of " + " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
        return _on(page(sheet, rng), drawing), words
    return MAKERS[kind](sheet, rng), rng.choice(NAMES[kind])


def _on(back: Tensor, drawing: Tensor) -> Tensor:
    """A drawing, uint8 (4, H, W), laid on a picture (3, H, W)."""
    ink = drawing.to(back.device).float() / 255
    return back * (1 - ink[3:]) + ink[:3] * ink[3:]


def _ground(sheet: Sheet, rng: random.Random) -> Tensor:
    """A line to stand on, and perhaps grass, uint8 (4, H, W)."""
    out = torch.zeros(4, sheet.height, sheet.width, device=sheet.device)
    y = torch.arange(sheet.height, device=sheet.device)[:, None] / sheet.height
    edge = rng.uniform(0.70, 0.75) + 0.006 * sheet.clouds(60, 80, 2).mean(0)[None, :]
    out[:3] = torch.tensor(rng.choice(((0.45, 0.72, 0.35), (0.85, 0.74, 0.5), (0.6, 0.6, 0.62))))[:, None, None]
    out[3] = (y > edge).float() if rng.random() < 0.6 else ((y - edge).abs() < 0.004).float()
    return (out * 255).to(torch.uint8)


def _layers(back: Tensor, front: Tensor | None) -> PlaceLayers:
    """A picture as the layers of a place: all of it as the ground, or far away with something in front."""
    whole = torch.cat([back, torch.ones_like(back[:1])])
    none = torch.zeros_like(whole)
    return PlaceLayers(
        far=whole,
        ground=whole if front is None else front,
        fore=none,
        lamps=none[:3],
        wet=0.0,
        indoor=False,
        near=none[:3],
        floor=9.0,  # nobody knows where its ground is
    )


def _placed(rng: random.Random, subject: str, variety: float) -> Actor:
    """An actor somewhere near the middle of the sheet."""
    framing = rng.choices(("close", "medium", "wide"), (2, 4, 1))[0]
    return _actor(rng, SUBJECT[subject], "meadow", framing, SceneOptions(variety=variety, spread=0.6), slot=0)


def _shot(rng: random.Random, style: str, actor: Actor | None) -> Shot:
    """A shot over a picture; without an actor either the camera or the air moves."""
    cameras = [t.id for t in VOCABULARY["camera"] if t.id not in ("static", "tracking")]
    known = {t.id for t in VOCABULARY["weather"]}
    falls = [w for w in (FALLS if actor is None else ON_PAPER) if w in known]
    weather = rng.choice(falls) if rng.random() < 0.4 else "clear"
    held = rng.random() < (1 - STILL if actor is not None else 0.4 if weather != "clear" else 0.0)
    return Shot(
        OUTSIDE, rng.randrange(1 << 30), "day", weather, "static" if held else rng.choice(cameras), "medium", style,
        () if actor is None else (actor,), start=rng.uniform(0.0, 2.0), seed=rng.randrange(1 << 30),
    )  # fmt: skip


def _words(rng: random.Random, shot: Shot, media: Sequence[str]) -> str:
    """Words for somebody drawn on paper: what it is drawn with, or only what it does."""
    actor = shot.actors[-1]
    name = _name(actor, rng)
    act = rng.choice(act_words(SUBJECT[actor.instance.subject], actor.action)[:5])
    form, drawn = rng.random(), rng.choice(media).format(article(name))
    if form < 0.4:
        core = f"{_the(name)} {act}"
    elif form < 0.7:
        core = f"{drawn} that {act}"
    else:
        core = f"{drawn}. {_upper(_the(name))} {act}"
    air = _air(rng, shot)
    if air and air[0].startswith(("in ", "with ", "while ", "as ")):
        core += " " + air.pop(0)
    return ", ".join([core, *air])


def _the(name: str) -> str:
    """A name that was said before: "the fox", but "santa claus"."""
    return f"the {name}" if article(name).startswith(("a ", "an ")) else article(name)


def _air(rng: random.Random, shot: Shot) -> list[str]:
    """Weather and camera in words, in any order."""
    out = []
    if shot.weather != "clear":
        out.append(_pick(term("weather", shot.weather), rng, usual=0.5, most=3))
    if shot.camera != "static" or rng.random() < 0.15:
        out.append(_pick(term("camera", shot.camera), rng, usual=0.5, most=4))
    rng.shuffle(out)
    return out
