"""Moving pictures read back, previews and posters; what `studio.writing` and `studio.pictures` do is offered too."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import imageio_ffmpeg
import numpy as np
from PIL import Image, ImageFilter

from studio.disk import require_space, room, save_bytes
from studio.errors import MediaError
from studio.pictures import Frames, fit_picture, jpeg, open_animation, open_picture, picture_kind, whole_picture
from studio.writing import ClipWriter, retag

__all__ = [
    "ClipFacts",
    "ClipWriter",
    "clip_length",
    "count_frames",
    "decode_clip",
    "fit_picture",
    "frame_at",
    "is_clip",
    "is_container",
    "jpeg",
    "open_picture",
    "probe",
    "require_space",
    "retag",
    "room",
    "save_bytes",
    "save_poster",
    "save_preview",
    "stream_clip",
    "whole_picture",
]

MAX_CLIP_BYTES = 2_000_000_000
DECODE_TIMEOUT = 120  # seconds

MAX_ANIMATION = 2000  # pictures of a GIF or WebP that are read

_SIZE = re.compile(r"Stream #.*?: Video: .*?, (\d{2,6})x(\d{2,6})")
_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
_PPM = re.compile(rb"P6\s+(\d+)\s+(\d+)\s+255\s")


@dataclass(frozen=True)
class ClipFacts:
    """What a clip says of itself: pixels, and its length in seconds (None when it does not say)."""

    width: int
    height: int
    seconds: float | None


def probe(path: Path) -> ClipFacts:
    """Size and length of a clip. Raises MediaError when there are no moving pictures in it."""
    container = _container(path)
    if container is None:
        pictures, times = open_animation(path, MAX_ANIMATION)
        return ClipFacts(*pictures[0].size, sum(times) / 1000)
    said = subprocess.run(
        [*_ffmpeg(), "-f", container, "-i", str(path.absolute())],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=DECODE_TIMEOUT, check=False,
    ).stderr.decode(errors="replace")  # fmt: skip
    size = _SIZE.search(said)
    if size is None and "Error opening input" in said:
        raise MediaError(f"{path.name}: this clip is cut off or damaged: copy or save the whole file again")
    if size is None:
        what = "is only sound" if " Audio: " in said else "are no pictures"
        raise MediaError(f"{path.name}: there {what} in this clip; give one with pictures that move")
    long = _DURATION.search(said)
    seconds = None if long is None else int(long[1]) * 3600 + int(long[2]) * 60 + float(long[3])
    return ClipFacts(int(size[1]), int(size[2]), seconds)


def clip_length(path: Path) -> float | None:
    """Seconds of a clip; None where it does not say. Raises MediaError."""
    return probe(path).seconds


def decode_clip(
    path: Path,
    *,
    fps: float | None = None,
    size: tuple[int, int] | None = None,
    limit: int | None = None,
    span: tuple[float, float] | None = None,
    crop: tuple[float, float, float, float] | None = None,
) -> Frames:
    """A clip's frames: uint8 (n, h, w, 3), at its own rate and size unless `fps` or `size` (width, height) is given.

    `size` covers and crops to the middle, of `crop` (left, top, width, height as parts) where given; `limit` frames are
    read at most, of the `span` (start, end) in seconds. MP4, MOV, WebM, Matroska, animated GIF or WebP. Raises
    MediaError.
    """
    container = _container(path)
    if container is None:
        return _decode_animation(path, fps, size, limit, span, crop)
    frames = list(_read_frames(path, container, fps, size, limit, span, crop))
    if not frames:
        raise MediaError(f"{path.name}: no picture could be read from this clip")
    return np.stack(frames)


def stream_clip(
    path: Path,
    *,
    fps: float | None = None,
    size: tuple[int, int] | None = None,
    frames: tuple[int, int] | None = None,
    filters: Sequence[str] = (),
    at_once: int = 16,
) -> Iterator[Frames]:
    """A clip's frames, uint8 (n, h, w, 3), `at_once` at a time, so that a long clip needs no more memory.

    `frames` is the part from one frame up to another, counted at `fps`; ffmpeg's `filters` come last. Raises
    MediaError.
    """
    cut = [] if frames is None else [f"trim=start_frame={frames[0]}:end_frame={frames[1]}", "setpts=PTS-STARTPTS"]
    held: list[Frames] = []
    for frame in _read_frames(path, _container(path) or "mov", fps, size, None, more=(*cut, *filters)):
        held.append(frame)
        if len(held) == at_once:
            yield np.stack(held)
            held = []
    if held:
        yield np.stack(held)


def frame_at(path: Path, index: int) -> Frames:
    """One frame of a clip, uint8 (h, w, 3); the last one where there are fewer. Raises MediaError."""
    last: Frames | None = None
    for found, frame in enumerate(_read_frames(path, _container(path) or "mov", None, None, None)):
        last = frame
        if found == index:
            break
    if last is None:
        raise MediaError(f"{path.name}: no picture could be read from this clip")
    return last


def count_frames(path: Path, fps: float | None = None) -> int:
    """How many frames a clip decodes to, at `fps` where it is given; every one is really decoded."""
    return sum(1 for _ in _read_frames(path, _container(path) or "mov", fps, (16, 16), None))


def is_container(path: Path) -> bool:
    """Whether a file is a video container that is read."""
    return _container(path) is not None


def is_clip(path: Path) -> bool:
    """Whether a file holds moving pictures that are read, by its content. Raises MediaError when it is neither."""
    return _container(path) is not None or picture_kind(path).animated


def save_preview(frames: Frames, path: Path, *, milliseconds: int, longest: int = 320, blur: float = 0.0) -> None:
    """Write frames, uint8 (t, h, w, 3), as a small looping WebP: `milliseconds` a frame, blurred by so many pixels."""
    height, width = frames.shape[1:3]
    scale = longest / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    pictures = [Image.fromarray(frame).resize(size, Image.Resampling.BICUBIC) for frame in frames]
    if blur:
        pictures = [picture.filter(ImageFilter.GaussianBlur(blur)) for picture in pictures]
    part = path.with_name(f".{path.name}.part")
    with room(path.parent):
        pictures[0].save(
            part, "WEBP", save_all=True, append_images=pictures[1:], duration=milliseconds, loop=0, quality=60, method=0
        )
        part.replace(path)


def save_poster(frame: Frames, path: Path) -> None:
    """Write one frame, uint8 (h, w, 3), as JPEG."""
    save_bytes(path, jpeg(frame))


def _container(path: Path) -> str | None:
    """ffmpeg's name for what the file is, from its first bytes; None for a picture. Never from the name: ffmpeg would
    follow a playlist to other files."""
    try:
        with path.open("rb") as stream:
            head = stream.read(16)
        size = path.stat().st_size
    except OSError:
        raise MediaError(f"{path.name}: there is no such file, or it cannot be read") from None
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        kind = "mov"
    elif head[:4] == b"\x1aE\xdf\xa3":
        kind = "matroska"
    else:
        return None
    if size > MAX_CLIP_BYTES:
        raise MediaError(f"{path.name}: {size // 1_000_000} MB is too large a clip")
    return kind


def _read_frames(
    path: Path,
    container: str,
    fps: float | None,
    size: tuple[int, int] | None,
    limit: int | None,
    span: tuple[float, float] | None = None,
    crop: tuple[float, float, float, float] | None = None,
    more: Sequence[str] = (),
) -> Iterator[Frames]:
    filters = [f"fps={fps:g}"] if fps else []
    if crop:
        filters.append(f"crop=iw*{crop[2]:.6f}:ih*{crop[3]:.6f}:iw*{crop[0]:.6f}:ih*{crop[1]:.6f}")
    if size:
        filters.append(f"scale={size[0]}:{size[1]}:force_original_aspect_ratio=increase,crop={size[0]}:{size[1]}")
    filters.extend(more)
    filters.append("scale=flags=bicubic+accurate_rnd+full_chroma_int,format=rgb24")
    cut = ["-ss", f"{span[0]:.6f}", "-t", f"{span[1] - span[0]:.6f}"] if span else []
    command = [
        *_ffmpeg(), "-loglevel", "error", *cut,
        "-f", container, "-i", str(path.absolute()), "-map", "0:v:0",
        "-vf", ",".join(filters), "-fps_mode", "passthrough", *(["-frames:v", str(limit)] if limit else []),
        "-c:v", "ppm", "-f", "image2pipe", "pipe:1",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    watch = threading.Timer(DECODE_TIMEOUT, process.kill)
    watch.daemon = True
    watch.start()
    assert process.stdout is not None
    try:
        while (frame := _read_ppm(process.stdout)) is not None:
            yield frame
        if process.wait() != 0:
            raise MediaError(f"{path.name}: the clip is damaged, or of a kind that is not read")
    finally:
        watch.cancel()
        process.kill()
        process.stdout.close()
        process.wait()


def _ffmpeg() -> list[str]:
    return [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-protocol_whitelist", "file"]


def _read_ppm(stream: IO[bytes]) -> Frames | None:
    head = b""
    while not (match := _PPM.fullmatch(head)):
        byte = stream.read(1)
        if not byte or len(head) > 64:
            return None
        head += byte
    width, height = int(match[1]), int(match[2])
    data = stream.read(width * height * 3)
    if len(data) < width * height * 3:
        return None
    return np.frombuffer(data, dtype=np.uint8).reshape(height, width, 3)


def _decode_animation(
    path: Path,
    fps: float | None,
    size: tuple[int, int] | None,
    limit: int | None,
    span: tuple[float, float] | None,
    crop: tuple[float, float, float, float] | None,
) -> Frames:
    pictures, times = open_animation(path, MAX_ANIMATION)
    order = range(len(pictures)) if fps is None and span is None else _resampled(times, fps, span)
    chosen = [pictures[index] for index in list(order)[:limit]]
    if size is None:
        return np.stack([np.array(picture, dtype=np.uint8) for picture in chosen])
    return np.stack([fit_picture(picture, *size, crop) for picture in chosen])


def _resampled(times: Sequence[int], fps: float | None, span: tuple[float, float] | None) -> list[int]:
    """Which picture of an animation is seen at every frame; `times` are milliseconds each."""
    ends = np.cumsum(times) / 1000
    start, end = span if span is not None else (0.0, float(ends[-1]))
    rate = fps or len(times) / float(ends[-1])
    moments = start + np.arange(max(1, round((min(end, float(ends[-1])) - start) * rate))) / rate
    return [int(index) for index in np.minimum(np.searchsorted(ends, moments, side="right"), len(times) - 1)]
