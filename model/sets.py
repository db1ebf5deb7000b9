"""Sets, painted by the transformer before anybody is on them: one latent frame of a prompt, with nobody in it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from model import conditioning, detail, flow
from model.conditioning import Frames
from model.velocity import Velocity
from model.world import staging
from model.world.blocking import Blocking, block
from model.world.brush import brushed
from model.world.plate import joined
from model.world.render import Backdrop
from model.world.sketch import sketched
from model.world.understand import understand

if TYPE_CHECKING:
    from model.pipeline import Generator
    from model.request import GenerationRequest, Told

MOST_KEPT = 24  # latents and pictures
STEPS = 20  # at least: a set is one latent frame, and seen all through a shot
GUIDANCE = 2.0  # at least
CHURN = 0.7  # of the noise of a step is new: blocks that do not agree find together
BRUSH = 3  # pixels
SPREAD = 2654435761  # Knuth's: seeds that follow each other are far from each other, and from those of clips
SKETCHED = 0.4  # the noise level from which a sketch is painted over; below it blocks agree already
DRAWN = 0.25  # the same of a drawn style, of which the transformer has seen little
JOINED = 0.6  # the noise level below which what is known gives way beside what is not
RELIT = 0.6  # the noise level from which a place is drawn in another light
COMPLETED = 0.9  # the noise level from which what is not seen of a place is drawn
ALIKE = 12.0  # grey levels by which a set and what was shot on it may differ


class Sets:
    """The sets of a clip, one for each place that its shots tell of, as large as all of those need it."""

    def __init__(self, of: Generator, asked: GenerationRequest) -> None:
        self._of, self._asked = of, asked
        self._extents: dict[str, tuple[float, float]] = {}
        self._painted: dict[str, Backdrop] = {}

    def need(self, prompt: str, extent: tuple[float, float]) -> None:
        """A shot will be staged on the set of this prompt, and see so much of it."""
        wide, high = self._extents.get(prompt, (1.0, 1.0))
        self._extents[prompt] = max(wide, extent[0]), max(high, extent[1])

    def keep(self, prompt: str, place: Backdrop) -> None:
        """Have this place as the set of a prompt."""
        self._painted[prompt] = place

    def set(self, prompt: str) -> Backdrop:
        """The set of a prompt, painted when it is first asked for."""
        if prompt not in self._painted:
            self._painted[prompt] = painted(self._of, self._asked, prompt, self._extents.get(prompt, (1.0, 1.0)))
        return self._painted[prompt]


class Shelf:
    """Sets that were painted, their latents and their pictures, newest last, so that the next shot of the same place
    need not paint it again."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Tensor] = OrderedDict()

    def get(self, key: tuple[object, ...], draw: Callable[[], Tensor]) -> Tensor:
        """What was drawn under a key, else what `draw` gives."""
        if key not in self._kept:
            self._kept[key] = draw()
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


@torch.inference_mode()
def painted(of: Generator, asked: GenerationRequest, prompt: str, extent: tuple[float, float]) -> Backdrop:
    """The set of a request, `extent` frames of the clip wide and high, painted over a sketch where its place is one of
    the world, else drawn from nothing but noise.

    Its middle, one frame of the clip, is painted first and by itself, and what is around it is painted on to it: a
    place is the same for a camera that moves and one that holds still.
    """
    channels, rows, columns = of.latent_shape(asked)
    wide, high = staging.cells(extent, columns, rows)
    canvas = (channels, 1, *staging.cells((staging.WIDEST, staging.HIGHEST), columns, rows)[::-1])
    noise = _noise(of, asked, canvas)
    key = (prompt, asked.negative_prompt, asked.seed, asked.steps, asked.shift, asked.guidance)

    @cache
    def guide(width: int, height: int) -> tuple[Frames, Tensor] | None:
        """The sketch of a set of so many latents, and its latents; None of a place that is none of the world."""
        side = of.vae.config.spatial
        picture = sketched(prompt, asked.seed, (columns * side, rows * side), (width * side, height * side))
        return None if picture is None else (picture, of.vae.encode(conditioning.to_video(picture[None], of.device))[0])

    def over(width: int, height: int) -> tuple[Tensor, Tensor]:
        """What a set of so many latents is painted from, and at which noise levels."""
        start, levels = _middle(noise, width, height), flow.sigmas(max(STEPS, asked.steps), asked.shift)
        found = guide(width, height)
        if found is None:
            return start, levels
        level = SKETCHED if _plain(prompt) else DRAWN
        return torch.lerp(found[1], start, level), _from(level, levels)

    def middle() -> Tensor:
        return latents(of, asked, prompt, *over(columns, rows))

    def whole() -> Tensor:
        known, free = noise.new_zeros(channels, 1, high, wide), noise.new_ones(1, 1, high, wide)
        _middle(known, columns, rows).copy_(made)
        _middle(free, columns, rows).zero_()
        return latents(of, asked, prompt, *over(wide, high), (known, free > 0))

    def seen() -> Tensor:
        """The picture, with what latents cannot hold of the sketch."""
        picture, found = _picture(of, made, prompt), guide(wide, high)
        if found is not None:
            picture = detail.whole(picture, found[0], conditioning.to_frames(of.vae.decode(found[1][None]))[0])
        return torch.from_numpy(picture)

    made = of.shelf.get((*key, columns, rows), middle)
    if (wide, high) != (columns, rows):
        made = of.shelf.get((*key, columns, rows, wide, high), whole)
    picture = of.shelf.get((*key, columns, rows, wide, high, "seen"), seen)
    return Backdrop(picture.numpy(), wide / columns, high / rows)


def _from(level: float, levels: Tensor) -> Tensor:
    """The noise levels that are below one, and that one first."""
    return torch.cat([levels.new_tensor([level]), levels[levels < level]])


def _middle(latents: Tensor, columns: int, rows: int) -> Tensor:
    """The columns and rows in the middle of latents (C, 1, h, w), as a view."""
    top, left = (latents.shape[2] - rows) // 2, (latents.shape[3] - columns) // 2
    return latents[:, :, top : top + rows, left : left + columns]


@torch.inference_mode()
def completed(
    of: Generator, asked: GenerationRequest, prompt: str, picture: Frames, hidden: NDArray[np.bool_],
    was: Told | None = None,
) -> Backdrop:  # fmt: skip
    """A picture (H, W, 3) of a place, with what is hidden in it (H, W) as it is on the set that it was shot on, where
    `was` says which that is, else drawn anew.

    What is known is put back after every step, as in "RePaint" (arXiv 2201.09865). By how much the two differ along
    the edge fades over what is drawn, as in "Poisson image editing" (Perez 2003), so that no edge is seen.
    """
    if not hidden.any():
        return Backdrop(picture)
    stood = None if was is None else _stood(of, asked, was, picture, hidden)
    if stood is not None:
        return Backdrop(joined(picture, stood, hidden))
    clean = of.vae.encode(conditioning.to_video(picture[None], of.device))[0]
    free = F.max_pool2d(torch.tensor(hidden, device=of.device)[None].float(), of.vae.config.spatial)[:, None] > 0
    levels = _from(COMPLETED, flow.sigmas(max(STEPS, asked.steps), asked.shift))
    start = torch.lerp(clean, _noise(of, asked, tuple(clean.shape)), COMPLETED)
    drawn = _picture(of, latents(of, asked, prompt, start, levels, (clean, free)), prompt)
    return Backdrop(joined(picture, drawn, hidden))


def _stood(
    of: Generator, asked: GenerationRequest, was: Told, picture: Frames, hidden: NDArray[np.bool_]
) -> Frames | None:
    """The set (H, W, 3) that a picture of a clip was shot on, by a camera that does not move; None where it looks
    otherwise: the clip began with a picture, or its place has changed."""
    knows = of.entry.notes.get("knows")
    if hidden.all() or block(was.prompt, knows, seed=was.seed).camera != "static":
        return None
    found = painted(of, replace(asked, seed=was.seed), staging.set_prompt(was.prompt, knows), (1.0, 1.0)).picture
    off = np.abs(found.astype(np.float32) - picture)[~hidden].mean()
    return found if off < ALIKE else None


@torch.inference_mode()
def relit(
    of: Generator, asked: GenerationRequest, prompt: str, picture: Frames, tint: Tensor, strength: float = RELIT
) -> Frames:
    """A picture (H, W, 3) of a place as a prompt has its hour and its weather, the place as it is. tint: by how much
    the light differs, RGB; strength: the noise level from which it is drawn."""
    seen = (conditioning.to_video(picture[None], of.device) + 1) * tint.to(of.device)[:, None, None, None] - 1
    clean = of.vae.encode(seen.clamp(-1, 1))[0]
    levels = _from(strength, flow.sigmas(max(STEPS, asked.steps), asked.shift))
    start = torch.lerp(clean, _noise(of, asked, tuple(clean.shape)), strength)
    return _picture(of, latents(of, asked, prompt, start, levels), prompt)


def _noise(of: Generator, asked: GenerationRequest, shape: tuple[int, ...]) -> Tensor:
    """Noise of the seed, and not the same numbers as the clip's."""
    random = torch.Generator("cpu").manual_seed((asked.seed * SPREAD + 1) % (1 << 32))  # it heeds no more bits
    return torch.randn(shape, generator=random).to(of.device)


def _plain(prompt: str) -> bool:
    """Whether a prompt asks for no drawn style."""
    return understand(prompt).first("style") in (None, "3d")


def _picture(of: Generator, made: Tensor, prompt: str) -> Frames:
    """A picture (H, W, 3) of latents (C, 1, h, w), gone over with a brush unless it is to look drawn."""
    picture = of.vae.decode(made[None])
    if _plain(prompt):
        picture = brushed(picture[:, :, 0], BRUSH)[:, :, None]
    return conditioning.to_frames(picture)[0]


def latents(
    of: Generator, asked: GenerationRequest, prompt: str, start: Tensor, levels: Tensor,
    known: tuple[Tensor, Tensor] | None = None,
) -> Tensor:  # fmt: skip
    """Latents (C, 1, h, w) of a place with nobody in it, drawn from others at the first of some noise levels. known:
    clean latents like them, and where they are not (1, 1, h, w); below JOINED those next to where they are not give way
    a little, so that the two meet."""
    side = of.vae.config.spatial
    width, height = start.shape[3] * side, start.shape[2] * side
    churn = CHURN if levels[0] > SKETCHED + 1e-3 else 0.0
    still = replace(
        asked, prompt=prompt, width=width, height=height, frames=1, anchors=(), source=None, before=None,
        shown=None, references=None, guidance=max(GUIDANCE, asked.guidance), block_cache=0.0, guided=1.0,
    )  # fmt: skip
    velocity = Velocity(of, still, levels)
    paper = Blocking(None, width, height).frames(0, 1)
    velocity.blocking = of.vae.encode(conditioning.to_video(paper, of.device))
    hold = flow.Hold(start, torch.ones(1, device=of.device))
    free = known[1] if known is not None else torch.ones(1, 1, 1, 1, dtype=torch.bool, device=of.device)
    around = F.max_pool2d(free.float()[0], 3, stride=1, padding=1)[None] > 0

    def towards(x: Tensor, sigma: float) -> Tensor:
        v = velocity(hold, x, sigma)
        if known is None:
            return v
        clean = known[0]
        return torch.where(free if sigma > JOINED else around, v, (x - clean) / sigma)

    random = torch.Generator("cpu").manual_seed((asked.seed * SPREAD + 2) % (1 << 32))
    fresh = [torch.randn(start.shape, generator=random).to(of.device) for _ in levels[1:]]
    return flow.sample(towards, start, levels, fresh=fresh, churn=churn)
