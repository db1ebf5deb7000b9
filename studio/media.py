"""Moving pictures read back, previews and posters; what `studio.writing` and `studio.pictures` do is offered too."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import imageio_ffmpeg
import numpy as np
from PIL import Image

from studio.disk import require_space, room, save_bytes
from studio.errors import MediaError
from studio.pictures import Frames, fit_picture, jpeg, open_animation, open_picture, picture_kind
from studio.writing import ClipWriter

__all__ = [
    "ClipWriter",
    "count_frames",
    "decode_clip",
    "fit_picture",
    "is_clip",
    "is_container",
    "jpeg",
    "open_picture",
    "require_space",
    "room",
    "save_bytes",
    "save_poster",
    "save_preview",
]

MAX_CLIP_BYTES = 2_000_000_000
DECODE_TIMEOUT = 120  # seconds

_PPM = re.compile(rb"P6\s+(\d+)\s+(\d+)\s+255\s")


def decode_clip(
    path: Path, *, fps: float | None = None, size: tuple[int, int] | None = None, limit: int | None = None
) -> Frames:
    """A clip's frames: uint8 (n, h, w, 3), at its own rate and size unless `fps` or `size` (width, height) is given.

    `size` covers and crops to the middle; `limit` frames are read at most. MP4, MOV, WebM, Matroska, and animated GIF
    or WebP. Raises MediaError.
    """
    container = _container(path)
    if container is None:
        return _decode_animation(path, size, limit)
    frames = list(_read_frames(path, container, fps, size, limit))
    if not frames:
        raise MediaError(f"{path.name}: no picture could be read from this clip")
    return np.stack(frames)


def count_frames(path: Path) -> int:
    """How many frames a clip of ours decodes to; every one is really decoded."""
    return sum(1 for _ in _read_frames(path, _container(path) or "mov", None, (16, 16), None))


def is_container(path: Path) -> bool:
    """Whether a file is a video container that is read."""
    return _container(path) is not None


def is_clip(path: Path) -> bool:
    """Whether a file holds moving pictures that are read, by its content. Raises MediaError when it is neither."""
    return _container(path) is not None or picture_kind(path).animated


def save_preview(frames: Frames, path: Path, *, milliseconds: int, longest: int = 320) -> None:
    """Write frames, uint8 (t, h, w, 3), as a small looping WebP; `milliseconds` a frame."""
    height, width = frames.shape[1:3]
    scale = longest / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    pictures = [Image.fromarray(frame).resize(size, Image.Resampling.BICUBIC) for frame in frames]
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
    path: Path, container: str, fps: float | None, size: tuple[int, int] | None, limit: int | None
) -> Iterator[Frames]:
    filters = [f"fps={fps:g}"] if fps else []
    if size:
        filters.append(f"scale={size[0]}:{size[1]}:force_original_aspect_ratio=increase,crop={size[0]}:{size[1]}")
    filters.append("scale=flags=bicubic+accurate_rnd+full_chroma_int,format=rgb24")
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin",
        "-protocol_whitelist", "file", "-f", container, "-i", str(path.absolute()), "-map", "0:v:0",
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


def _decode_animation(path: Path, size: tuple[int, int] | None, limit: int | None) -> Frames:
    pictures = open_animation(path, limit or 2000)
    if size is None:
        return np.stack([np.array(picture, dtype=np.uint8) for picture in pictures])
    return np.stack([fit_picture(picture, *size) for picture in pictures])
