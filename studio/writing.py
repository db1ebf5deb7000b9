"""ClipWriter: frames in, H.264 out, chunk by chunk, so that memory does not grow with the length of the clip.

ffmpeg is the binary that imageio-ffmpeg brings. The file appears under its name only when it is whole; what fails
leaves nothing behind.
"""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO

import imageio_ffmpeg
import numpy as np

from studio.disk import disk_full, free, room
from studio.errors import MediaError
from studio.pictures import Frames

CRF = 16  # visually lossless at these sizes, some 1 Mbit/s
PRESET = "veryfast"

_SPECIAL = re.compile(r"([=;#\\\n])")  # what an ffmetadata file gives a meaning to
_ESCAPED = r"\\\1"


class ClipWriter:
    """Writes frames as H.264 (yuv420p, BT.709, moov first) while they are made.

    width and height are even pixels, fps is frames a second. `metadata` goes into the container (title, comment).
    Use as a context manager: an exception inside, or a failed encode, leaves no file.
    """

    def __init__(
        self,
        path: Path,
        width: int,
        height: int,
        fps: int,
        *,
        metadata: Mapping[str, str] | None = None,
        crf: int = CRF,
    ) -> None:
        if width % 2 or height % 2:
            raise MediaError(f"a clip of {width} x {height} cannot be written: both sides must be even")
        self.path, self.size, self.frames = path, (width, height), 0
        self._part = path.with_name(f".{path.name}.part")
        self._notes = path.with_name(f".{path.name}.txt")
        self._said: list[bytes] = []
        with room(path.parent):
            self._notes.write_text(_ffmetadata(metadata or {}), encoding="utf-8")
        self._process = subprocess.Popen(
            _encode_command(self._notes, self._part, width, height, fps, crf, _flags(metadata or {})),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def write(self, chunk: Frames) -> None:
        """Add frames: uint8 (t, height, width, 3). Raises DiskFull or MediaError."""
        width, height = self.size
        if chunk.dtype != np.uint8 or chunk.ndim != 4 or chunk.shape[1:] != (height, width, 3):
            raise MediaError(f"frames are {chunk.dtype} {chunk.shape}: uint8 (t, {height}, {width}, 3) is written")
        try:
            self._stdin.write(np.ascontiguousarray(chunk).data)
        except (BrokenPipeError, OSError):
            raise self._failure() from None
        self.frames += len(chunk)

    def close(self) -> Path:
        """Finish the file and give it its name."""
        try:
            self._stdin.close()
        except (BrokenPipeError, OSError):
            raise self._failure() from None
        code = self._process.wait()
        self._listener.join()
        if code != 0 or not self._part.exists():
            raise self._failure()
        self._part.replace(self.path)
        self._notes.unlink(missing_ok=True)
        _close(self._process.stderr)
        return self.path

    def abort(self) -> None:
        """Stop and remove what was written."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stderr):
            _close(stream)
        self._part.unlink(missing_ok=True)
        self._notes.unlink(missing_ok=True)

    def __enter__(self) -> ClipWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._said[:] = [*self._said[-20:], line]

    def _failure(self) -> MediaError:
        self._process.wait()
        self._listener.join()
        said = b"".join(self._said).decode(errors="replace")
        self.abort()
        if "No space left" in said or "Disk quota" in said or free(self.path.parent) < 1_000_000:
            return disk_full(self.path.parent)
        reason = said.strip().splitlines()[-1] if said.strip() else f"ffmpeg ended with {self._process.returncode}"
        return MediaError(f"the clip could not be written: {reason[:200]}")


def retag(path: Path, metadata: Mapping[str, str]) -> None:
    """Give a clip other notes in its container; its pictures stay as they are, bit for bit. Raises MediaError."""
    notes, part = path.with_name(f".{path.name}.txt"), path.with_name(f".{path.name}.part")
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-i", str(path),
        "-f", "ffmetadata", "-i", str(notes), "-map", "0:v", "-map_metadata", "1", "-c", "copy",
        "-movflags", _flags(metadata), "-fflags", "+bitexact", "-f", "mp4", str(part),
    ]  # fmt: skip
    try:
        with room(path.parent):
            notes.write_text(_ffmetadata(metadata), encoding="utf-8")
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
            if done.returncode != 0:
                raise MediaError(
                    f"the clip could not be written: {done.stderr.decode(errors='replace').strip()[-200:]}"
                )
            part.replace(path)
    finally:
        notes.unlink(missing_ok=True)
        part.unlink(missing_ok=True)


def _close(stream: IO[bytes] | None) -> None:
    try:
        if stream is not None:
            stream.close()
    except OSError:
        pass  # closing a pipe flushes it, and nobody reads it any more


def _encode_command(notes: Path, target: Path, width: int, height: int, fps: int, crf: int, flags: str) -> list[str]:
    colours = (
        "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int,format=yuv420p,"
        "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    )
    return [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y",
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-framerate", str(fps), "-i", "pipe:0",
        "-f", "ffmetadata", "-i", str(notes), "-map", "0:v", "-map_metadata", "1",
        "-vf", colours, "-c:v", "libx264", "-preset", PRESET, "-crf", str(crf), "-pix_fmt", "yuv420p",
        "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
        "-movflags", flags, "-fflags", "+bitexact", "-flags:v", "+bitexact", "-f", "mp4", str(target),
    ]  # fmt: skip


def _flags(metadata: Mapping[str, str]) -> str:
    """MP4 has places for a few names (title, comment); others need QuickTime's keys."""
    return "+faststart" if metadata.keys() <= {"title", "comment"} else "+faststart+use_metadata_tags"


def _ffmetadata(values: Mapping[str, str]) -> str:
    lines = [f"{key}={_SPECIAL.sub(_ESCAPED, text)}" for key, text in values.items()]
    return "\n".join([";FFMETADATA1", *lines, ""])
