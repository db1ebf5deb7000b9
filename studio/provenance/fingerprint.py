"""A clip's fingerprint: the ISCC video code of its MPEG-7 frame signatures, which survives what a credential does not.

ffmpeg's `signature` filter measures every frame (380 comparisons of brightness, each darker, equal or brighter);
`iscc-lib` folds them into 256 bits (ISO 24138). Encoding again, another size or another frame rate change some of
those bits; another clip has about half of them. The layout of the binary file: ISO/IEC 15938-3, as in libavfilter.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg
import iscc_lib
import numpy as np
from numpy.typing import NDArray

from studio.provenance import container
from studio.provenance.errors import UnreadableFile

BITS = 256
NEAR = 48  # bits: farther apart are two clips, as measured in docs/provenance.md
MAX_SECONDS = 600  # of a clip that are measured
TIMEOUT = 120.0
_HEAD, _SEGMENT, _FRAME = 274, 1344, 689  # bits in the file: before, of every 90 frames, of every frame
_EQUAL, _LEAST = 1, 0.1  # the digit of "equally bright", and how many others the middle frame must have at least
_ELEMENTS = 76  # bytes of a frame, five digits of base three in each
# ffmpeg is told what a file is, by its first bytes: left to guess, it would follow a playlist to other files.
_KINDS = {"video/mp4": "mov", "video/quicktime": "mov", container.MATROSKA: "matroska", "image/gif": "gif"}

Code = bytes
"""256 bits as 32 bytes."""


def fingerprint(path: Path) -> Code:
    """The fingerprint of a clip (MP4, MOV, WebM, Matroska, GIF).

    Raises UnreadableFile where there are no pictures, or nothing in them to tell it by: every black clip is like any
    other.
    """
    frames = _signatures(path)
    if not len(frames) or np.median((frames != _EQUAL).mean(axis=1)) < _LEAST:
        raise UnreadableFile(f"{path.name}: there is nothing in its pictures to tell it by.")
    code = iscc_lib.gen_video_code_v0([tuple(int(digit) for digit in frame) for frame in frames], BITS)
    text = code["iscc"] if isinstance(code, dict) else code.iscc
    return bytes(iscc_lib.iscc_decode(text)[-1])


def distance(a: Code, b: Code) -> int:
    """How many of the 256 bits differ."""
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count()


def _signatures(path: Path) -> NDArray[np.uint8]:
    """(frames, 380) digits 0, 1 or 2. Raises UnreadableFile."""
    kind = _KINDS.get(container.mime_type(path))
    with tempfile.TemporaryDirectory(prefix="auteur-") as folder:
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error",
            "-protocol_whitelist", "file",
            "-t", str(MAX_SECONDS), *(["-f", kind] if kind else []), "-i", f"file:{path.absolute()}", "-map", "0:v:0",
            "-vf", "signature=format=binary:filename=code.bin", "-f", "null", "-",
        ]  # fmt: skip
        try:
            subprocess.run(
                command, cwd=folder, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT
            )
            data = (Path(folder) / "code.bin").read_bytes()
        except (subprocess.SubprocessError, OSError):
            raise UnreadableFile(f"{path.name}: its pictures cannot be read.") from None
    return _parsed(data)


def _parsed(data: bytes) -> NDArray[np.uint8]:
    bits = np.unpackbits(np.frombuffer(data, np.uint8))
    if len(bits) < _HEAD:
        return np.empty((0, 380), np.uint8)
    frames, segments = _number(bits[129:161]), _number(bits[242:274])
    start = _HEAD + segments * _SEGMENT + 1
    frames = min(frames, max(0, (len(bits) - start) // _FRAME))
    table = bits[start : start + frames * _FRAME].reshape(frames, _FRAME)
    packed = np.packbits(table[:, 81 : 81 + 8 * _ELEMENTS], axis=1)
    powers = np.array([81, 27, 9, 3, 1], np.uint8)
    return (packed[:, :, None] // powers % 3).reshape(frames, 5 * _ELEMENTS).astype(np.uint8)


def _number(bits: NDArray[np.uint8]) -> int:
    return int("".join(map(str, bits.tolist())), 2)
