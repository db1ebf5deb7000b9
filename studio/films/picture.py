"""The film's frames, one after another: MoviePy reads, fades and overlaps the clips; at most two are open at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from studio import media
from studio.errors import MediaError
from studio.films import framing, lettering
from studio.films.captions import Caption
from studio.films.framing import Way
from studio.films.script import Fit
from studio.films.timeline import Footage, Piece, Timeline, footage_frames
from studio.labels import corner_of
from studio.pictures import Frames

CHUNK = 8  # frames handed out at once
LOOKS_A_SECOND = 4  # pictures a second in which the subject is looked for
MAX_LOOKS = 48


@dataclass(frozen=True)
class Look:
    """How the film is framed: `size` (width, height) of the output, and what is done where a shot has another shape.

    With `relabelled` the film paints a label into the corner of what is cropped, and the take's own gives way to it."""

    size: tuple[int, int]
    fit: Fit = "subject"
    captions: tuple[Caption, ...] = ()
    relabelled: bool = False

    def crops(self, footage: Footage) -> bool:
        """Whether a part of the picture is cut off."""
        return self.fit != "whole" and not _same_shape((footage.width, footage.height), self.size)


def frames(timeline: Timeline, look: Look, on_frame: Callable[[int], None] = lambda frame: None) -> Iterator[Frames]:
    """The film in chunks, uint8 (n, height, width, 3). `on_frame` hears how many there are so far; what it raises ends
    it. Raises MediaError for a clip that cannot be read."""
    done, waiting = 0, list[Frames]()
    with _Open(timeline, look) as clips:
        words = _Words(look, timeline.fps)
        for start, stop, seen in timeline.spans():
            clip = clips.together(seen, start)
            for frame in range(start, stop):
                waiting.append(words.over(clip((frame - start + 0.5) / timeline.fps), frame))
                if len(waiting) == CHUNK:
                    yield np.stack(waiting)
                    done, waiting = done + CHUNK, []
                    on_frame(done)
            clips.close_before(stop)
    if waiting:
        yield np.stack(waiting)
        on_frame(done + len(waiting))


class _Open:
    """The clips that are open now, each as MoviePy has it, faded and framed."""

    def __init__(self, timeline: Timeline, look: Look) -> None:
        self.timeline, self.look = timeline, look
        self.clips: dict[int, tuple[Piece, Any, ExitStack]] = {}

    def __enter__(self) -> _Open:
        return self

    def __exit__(self, *_: object) -> None:
        for opened in self.clips.values():
            opened[2].close()
        self.clips.clear()

    def together(self, seen: Sequence[Piece], start: int) -> Callable[[float], Frames]:
        """What is seen from `start` on, as a function of the seconds since."""
        from moviepy import CompositeVideoClip, vfx

        fps = self.timeline.fps
        parts = [self._clip(piece).subclipped((start - piece.start) / fps, piece.length / fps) for piece in seen]
        if len(parts) == 1:
            single = parts[0]
            return lambda t: np.asarray(single.get_frame(t), dtype=np.uint8)
        over = seen[1].over / fps
        both = CompositeVideoClip([parts[0], parts[1].with_effects([vfx.CrossFadeIn(over)])], size=self.look.size)
        return lambda t: np.asarray(np.rint(both.get_frame(t)), dtype=np.uint8)

    def close_before(self, frame: int) -> None:
        """Let go of what is not seen any more."""
        for key in [key for key, (piece, _, _) in self.clips.items() if piece.stop <= frame]:
            self.clips.pop(key)[2].close()

    def _clip(self, piece: Piece) -> Any:
        if id(piece) not in self.clips:
            stack = ExitStack()
            self.clips[id(piece)] = (piece, self._made(piece, stack), stack)
        return self.clips[id(piece)][1]

    def _made(self, piece: Piece, stack: ExitStack) -> Any:
        from moviepy import ImageClip, vfx

        fps = self.timeline.fps
        if piece.footage is None:
            still = (
                lettering.card(piece.text, self.look.size)
                if piece.what == "card"
                else lettering.slate(piece.index + 1, piece.text, self.look.size)
            )
            clip = ImageClip(still, duration=piece.length / fps)
        else:
            whole = self._read(piece.footage, stack).with_duration(footage_frames(piece.footage, fps) / fps)
            clip = whole.subclipped(piece.skip / fps, (piece.skip + piece.length) / fps)
        effects = []
        if piece.rise:
            effects.append(vfx.FadeIn(piece.rise / fps, [255 * piece.rise_white] * 3))
        if piece.fall:
            effects.append(vfx.FadeOut(piece.fall / fps, [255 * piece.fall_white] * 3))
        return clip.with_effects(effects) if effects else clip

    def _read(self, footage: Footage, stack: ExitStack) -> Any:
        from moviepy import VideoFileClip

        try:
            clip = VideoFileClip(str(footage.clip), audio=False)
        except (OSError, KeyError, ValueError, IndexError) as error:
            raise MediaError(f"{footage.clip.name}: this clip cannot be read ({str(error)[:120]})") from error
        stack.callback(_shut, clip)
        if (footage.width, footage.height) == self.look.size:
            return clip
        way, length = self._way(footage), footage.frames / footage.fps
        if self.look.relabelled and footage.labelled and self.look.crops(footage):
            corner = corner_of(footage.width, footage.height)
            clip = clip.transform(lambda get, t: _without(get(t), corner))
        return clip.transform(lambda get, t: self._framed(get(t), way, t / length))

    def _way(self, footage: Footage) -> Way:
        if self.look.fit != "subject" or _same_shape((footage.width, footage.height), self.look.size):
            return framing.MIDDLE
        count = int(min(MAX_LOOKS, max(1, footage.frames / footage.fps * LOOKS_A_SECOND)))
        looked = media.decode_clip(
            footage.clip, fps=max(0.5, count * footage.fps / footage.frames), size=_small(footage)
        )
        return framing.follow(list(looked), self.look.size)

    def _framed(self, frame: Frames, way: Way, part: float) -> Frames:
        image = Image.fromarray(frame)
        if self.look.fit == "whole":
            return _whole(image, self.look.size)
        inside = framing.window(image.size, self.look.size)
        x, y = way.at(part)
        left, top = (image.width - inside[0]) * x, (image.height - inside[1]) * y
        box = (left, top, left + inside[0], top + inside[1])
        return np.asarray(image.resize(self.look.size, Image.Resampling.BICUBIC, box=box), dtype=np.uint8)


class _Words:
    """Captions over the frames; each is drawn once."""

    def __init__(self, look: Look, fps: int) -> None:
        self.look, self.fps = look, fps
        self.drawn: dict[str, Any] = {}

    def over(self, frame: Frames, number: int) -> Frames:
        """The frame with the words that are said at it."""
        at = (number + 0.5) / self.fps
        said = "\n".join(one.text for one in self.look.captions if one.start <= at < one.end)
        if not said:
            return frame
        if said not in self.drawn:
            self.drawn = {said: lettering.caption(said, self.look.size)}
        colours, cover = self.drawn[said]
        return (frame * (1 - cover) + colours * cover).round().astype(np.uint8)


def _shut(clip: Any) -> None:
    """Close a clip with its pipes, which MoviePy leaves open when ffmpeg has ended by itself."""
    process = getattr(clip.reader, "proc", None)
    streams = [] if process is None else [process.stdin, process.stdout, process.stderr]
    clip.close()
    for stream in streams:
        if stream is not None:
            stream.close()
    if process is not None:
        process.wait()


def _whole(image: Image.Image, size: tuple[int, int]) -> Frames:
    """The whole picture, over itself out of focus."""
    from PIL import ImageFilter, ImageOps

    ground = ImageOps.fit(image.resize((64, 64)), size).filter(ImageFilter.GaussianBlur(min(size) / 20))
    ground = ground.point(lambda value: value * 0.45)
    front = ImageOps.contain(image, size, Image.Resampling.BICUBIC)
    ground.paste(front, ((size[0] - front.width) // 2, (size[1] - front.height) // 2))
    return np.asarray(ground, dtype=np.uint8)


def _without(frame: Frames, corner: tuple[int, int, int, int]) -> Frames:
    """The frame with the label in its corner out of focus: half of it would stay in sight, beside the film's own."""
    from PIL import ImageFilter

    image, high = Image.fromarray(frame), corner[3] - corner[1]
    left, top = max(0, corner[0] - high), max(0, corner[1] - high)  # with room for an edge that is not seen
    blurred = image.crop((left, top, *corner[2:])).filter(ImageFilter.GaussianBlur(high / 2))
    cover = Image.new("L", blurred.size)
    cover.paste(255, (corner[0] - left - high // 3, corner[1] - top - high // 3, *blurred.size))
    image.paste(blurred, (left, top), cover.filter(ImageFilter.GaussianBlur(high / 6)))
    return np.asarray(image, dtype=np.uint8)


def _small(footage: Footage) -> tuple[int, int]:
    scale = 256 / max(footage.width, footage.height)
    return max(2, round(footage.width * scale / 2) * 2), max(2, round(footage.height * scale / 2) * 2)


def _same_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return abs(one[0] / one[1] - other[0] / other[1]) < 0.02
