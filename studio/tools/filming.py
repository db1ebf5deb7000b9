"""A cutting list rendered: frames that are kept are read from their clips, the others are made by the model, eased onto
what they meet, and everything is handed on piece by piece: memory does not grow with length.

An autoencoder does not give its frames back exactly. Where made frames meet kept ones, what the decoder makes of the
kept frame next to the join is compared with that frame, and the difference fades over the frames beside it: what pops
all the same is the model's, and it is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio import media
from studio.asked import MET
from studio.errors import MediaError, NotFound
from studio.film import Take
from studio.films.continuity import SHOWN, told
from studio.leaving import load_latents
from studio.library import Library
from studio.pictures import Frames
from studio.recipe import Recipe
from studio.tools.easing import ease, eased
from studio.tools.seams import Seam, Steps
from studio.work import Curve, Made, Parent, Span, Work

if TYPE_CHECKING:
    from torch import Tensor

    from model.pipeline import Generation, GenerationRequest, Generator, Source
    from model.request import Told

SHARPENED = 0.35  # of ffmpeg's contrast adaptive sharpening, 0 to 1
FOLLOWED = "minterpolate=fps={fps}:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1:scd=none"
REMEMBERED = 4  # latents

Start = Callable[["GenerationRequest"], "Generation"]


class Cutting:
    """One cutting list at work. Iterate over `frames()`; afterwards `latents`, `seconds` and `seams` say what it took.

    `generator` is None where nothing is made anew.
    """

    def __init__(self, recipe: Recipe, library: Library, owner: str, generator: Generator | None) -> None:
        assert recipe.work is not None
        self._library, self._owner, self._generator = library, owner, generator
        self._size = (recipe.width, recipe.height, recipe.fps)
        self._paths = tuple(file_of(parent, library) for parent in recipe.work.parents)
        self._own = tuple(self._latents_of(number, recipe.work) for number in range(len(self._paths)))
        used = tuple(
            replace(parent, latents=own is not None) for parent, own in zip(recipe.work.parents, self._own, strict=True)
        )
        self.work = replace(recipe.work, parents=used)
        self.recipe = replace(recipe, work=self.work)
        self.seconds: dict[str, float] = {}
        self._steps = Steps()
        self._generation: Generation | None = None

    def frames(self, start: Start) -> Iterator[Frames]:
        """Every frame of the result, uint8 (n, h, w, 3), in order. `start` begins a render of the made part."""
        for piece in self._all(start):
            self._steps.hear(piece)
            yield piece

    @property
    def seams(self) -> tuple[Seam, ...]:
        """How well the stretches meet, once every frame was handed on."""
        return self._steps.measure(self.work.seams)

    def latents(self, made: Tensor | None = None) -> Tensor | None:
        """The result's own latents (C, t, h, w), where it is one stream: a remix, or a clip that went on from its
        latents. `made` are those of the finished windows of a render that was stopped to keep them."""
        import torch

        if made is None:
            made = self._generation.latents if self._generation is not None else None
        work = self.work
        if made is None or work.made is None or work.made.tail is not None or work.after:
            return None
        if work.made.head is None:
            return made
        kept = self._aligned(work.made.head)
        return None if kept is None else torch.cat([kept, made], dim=1)

    def _all(self, start: Start) -> Iterator[Frames]:
        work = self.work
        for span in work.before:
            yield from self._kept(span)
        if work.made is not None:
            yield from self._made(work.made, start)
        for span in work.after:
            yield from self._kept(span)

    def _kept(self, span: Span) -> Iterator[Frames]:
        """Frames of a parent as they are, or as a post step leaves them."""
        recipe, work = self.recipe, self.work
        path, part = self._paths[span.parent], (span.start, span.stop)
        if work.tool == "upscale":
            filters = [f"scale={recipe.width}:{recipe.height}:flags=lanczos+accurate_rnd+full_chroma_int"]
            filters += ["format=gbrp", f"cas={SHARPENED}"]
            yield from _exactly(len(span), media.stream_clip(path, frames=part, filters=filters, at_once=4))
        elif work.tool == "smooth":
            # The last frames are held, because the filter drops as many as it would have to look ahead.
            filters = ["tpad=stop_mode=clone:stop=3", FOLLOWED.format(fps=work.rate)]
            yield from _exactly(recipe.frames, media.stream_clip(path, frames=part, filters=filters))
        elif work.made is None:
            yield from _exactly(len(span), media.stream_clip(path, frames=part))
        else:
            yield from self._read(span)

    def _read(self, span: Span) -> Iterator[Frames]:
        """Frames of a parent at the rate and size of the result."""
        recipe = self.recipe
        stream = media.stream_clip(
            self._paths[span.parent],
            fps=recipe.fps,
            size=(recipe.width, recipe.height),
            frames=(span.start, span.stop),
        )
        return _exactly(len(span), stream)

    def _whole(self, span: Span) -> Frames:
        return np.concatenate(list(self._read(span)))

    # What the model makes

    def _made(self, made: Made, start: Start) -> Iterator[Frames]:
        head = None if made.head is None else self._whole(made.head)
        tail = None if made.tail is None else self._whole(made.tail)
        request, seen = self._request(made, head, tail)
        generation = self._generation = start(request)
        self.seconds = generation.seconds
        if seen is not None and self._planned and (joint := generation.joint) is not None:
            seen = joint[None]
        into = None if head is None or seen is None else ease(head[-1], seen[-1], self._planned)
        fresh = _upto(made.frames + (0 if tail is None else 1), generation)
        yield from eased(fresh, made.frames, into, None if tail is None else tail[0], self._planned)
        for _ in generation:  # what is given at the end is known: it is only run to its end
            pass

    def _request(self, made: Made, head: Frames | None, tail: Frames | None) -> tuple[GenerationRequest, Frames | None]:
        """What is asked of the model, and what its decoder makes of what came before."""
        from model.conditioning import Anchor

        assert self._generator is not None
        recipe, gen = self.recipe, self._generator
        before = None if head is None else self._head_latents(made, head)
        seen = None if before is None else gen.decode(before)
        anchors = () if tail is None else (Anchor(frames=tail, place="last"),)
        request = gen.request(
            recipe.rendered_prompt,
            negative_prompt=recipe.negative,
            width=recipe.width,
            height=recipe.height,
            frames=made.frames + (0 if tail is None else len(tail)),
            fps=recipe.fps,
            seed=recipe.seed,
            steps=recipe.steps,
            guidance=recipe.guidance,
            shift=recipe.shift,
            solver=recipe.solver,
            anchors=anchors,
            before=before,
            shown=None if head is None else head[-SHOWN:],
            was=self._was(made),
            will=None if made.tail is None else self._told(made.tail, made.tail.start),
            source=self._source(made, head, before, tail),
            meet=MET,
            eased=before is not None,
        )
        return request, seen

    @property
    def _planned(self) -> bool:
        """Whether the model is shown what it films."""
        return self._generator is not None and bool(self._generator.entry.notes.get("blocking"))

    def _was(self, made: Made) -> Told | None:
        """How what comes before was asked for; of a remix the clip itself, where it is one shot."""
        if made.head is not None:
            return self._told(made.head, made.head.stop - 1)
        if len(made.source) != 1:
            return None
        span = made.source[0]
        first, last = (self._told(span, frame) for frame in (span.start, span.stop - 1))
        if first is None or last is None or first.frame is None:
            return None
        return first if last == replace(first, frame=first.frame + len(span) - 1) else None

    def _told(self, span: Span, frame: int) -> Told | None:
        """How what is seen in a frame of a parent was asked for."""
        return told(self.work.parents[span.parent].sha256, frame, self._library)

    def _head_latents(self, made: Made, head: Frames) -> Tensor:
        """Latents of what came before: the take's own where they end with the cut, else those of its frames."""
        assert made.head is not None and self._generator is not None
        many = max(REMEMBERED, self._generator.limits.overlap)
        own = self._aligned(made.head)
        if own is not None:
            return own[:, -many:].float()
        missing = -(len(head) - 1) % self._generator.limits.temporal
        padded = np.concatenate([head[:1].repeat(missing, 0), head])
        found = self._generator.encode([padded])
        return found[:, -min(many, max(1, found.shape[1] - 1)) :]

    def _aligned(self, head: Span) -> Tensor | None:
        """The parent's own latents up to the end of a span, where it ends with one of them.

        A clip that went on from another has no first latent of one frame: all of its latents are four.
        """
        own = self._own[head.parent]
        if own is None:
            return None
        take = self._take(self.work.parents[head.parent].take)
        lone = 0 if take is not None and take.frames == 4 * own.shape[1] else 1
        count, rest = divmod(head.stop - lone, 4)
        return own[:, : count + lone] if rest == 0 and 0 < count + lone <= own.shape[1] else None

    def _source(self, made: Made, head: Frames | None, before: Tensor | None, tail: Frames | None) -> Source | None:
        """What a remix or a blend begins with, as latents of the whole stream."""
        from model.pipeline import Source

        if not made.source or self._generator is None:
            return None
        if len(made.source) == 1:
            own = self._aligned(made.source[0]) if made.source[0].start == 0 else None
            if own is None:
                own = self._generator.encode(self._read(made.source[0]))
            return Source(latents=own.float(), strength=made.strength)
        assert head is not None and tail is not None and before is not None
        crossed = cross(self._whole(made.source[0]), self._whole(made.source[1]), made.curve)
        missing = -(len(head) - 1) % 4
        stream = np.concatenate([head[:1].repeat(missing, 0), head, crossed, tail])
        if self._planned:
            latents = before.shape[1] + (len(crossed) + len(tail)) // 4
            return Source(frames=stream[-(4 * latents - 3) :], strength=made.strength)
        found = self._generator.encode([stream])
        return Source(latents=found[:, -(before.shape[1] + (len(crossed) + len(tail)) // 4) :], strength=made.strength)

    def _latents_of(self, number: int, work: Work) -> Tensor | None:
        """A parent's own latents, where this very model made them at this size and rate."""
        take, gen = self._take(work.parents[number].take), self._generator
        if take is None or gen is None or work.made is None:
            return None
        ours = (gen.sha256, self._size)
        if (take.recipe.model_sha256, (take.width, take.height, take.fps)) != ours or not gen.sha256:
            return None
        return load_latents(take.latents)

    def _take(self, take_id: str) -> Take | None:
        """A parent's take, in the bin or not; None when it is gone for good."""
        for binned in (False, True):
            try:
                return self._library.take(take_id, self._owner, binned=binned) if take_id else None
            except NotFound:
                continue
        return None


def cross(one: Frames, other: Frames, curve: Curve) -> Frames:
    """Two clips of equal length that become each other along a curve."""
    t = (np.arange(len(one), dtype=np.float32) + 1) / (len(one) + 1)
    quick = np.clip((t - 0.35) / 0.3, 0, 1)
    weight = {
        "smooth": t * t * (3 - 2 * t),
        "even": t,
        "early": 1 - (1 - t) ** 2,
        "late": t * t,
        "quick": quick * quick * (3 - 2 * quick),
    }[curve][:, None, None, None]
    return np.round(one * (1 - weight) + other * weight).astype(np.uint8)


def _upto(count: int, pieces: Iterator[Frames]) -> Iterator[Frames]:
    """The first `count` frames of a stream; what comes after is left in it."""
    while count > 0:
        piece = next(pieces, None)
        if piece is None:
            return
        yield piece[:count]
        count -= len(piece[:count])


def _exactly(count: int, pieces: Iterator[Frames]) -> Iterator[Frames]:
    """`count` frames: a clip that ends a little early (its rate was changed) holds its last one. Raises MediaError."""
    last: Frames | None = None
    for piece in _upto(count, pieces):
        count, last = count - len(piece), piece[-1:]
        yield piece
    if count > 0 and last is None:
        raise MediaError("there is nothing to be read at this place of the clip; choose another")
    if last is not None:
        for _ in range(count):
            yield last


def file_of(parent: Parent, library: Library) -> Path:
    """Where a clip that is worked on is kept. Raises MediaError."""
    path = library.input(parent.sha256)
    if path is None:
        raise MediaError(
            f"{parent.name or 'a clip that this is made from'} is no longer in the studio; choose it again"
        )
    return path
