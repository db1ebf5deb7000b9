"""An invisible number in a clip's pictures: 64 bits, spread over the low frequencies of every frame.

Each bit owns some fifty frequencies of the cosine transform of the whole picture, each with a sign that only the key of
this studio knows. To write a bit, these are pushed its way as far as the picture does not already lean there, less
where the picture is flat (there it could be seen), and slowly over time (so that it costs few bits to encode). To read,
the 64 sums are averaged over the frames and compared with the numbers that the studio has given out. Taking frequencies
of the whole picture makes it the same at every size and frame rate; a crop, a turn or a mirror breaks it. Who knows the
key can remove it: it is a help to find a clip again, no proof. After Cox et al. (1997), Malvar and Florencio (2003).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.pictures import Frames
from studio.provenance.private import write_private

BITS = 64
FREQUENCIES = 72  # per direction
LOW, HIGH = 14.0, 70.0  # the band, as distance from the corner of the transform
POWER = 2.2  # how steeply pictures have less of a frequency the higher it is
STRENGTH = 0.4  # how far each bit is pushed, in steps of brightness over all its frequencies
LIMIT = 0.8  # of one push: what leans the other way more than that is left to the other frames
KEEP = 0.9  # of the push of the frame before
MATCH = 0.7  # correlation from which a number counts as read; for a foreign clip chance gives 0.7 once in 10**8

Floats = NDArray[np.float32]


def new_number() -> str:
    """A number for a clip: 16 hexadecimal digits."""
    return secrets.token_hex(8)


def number_hash(number: str) -> str:
    """What the credential says of the number: its SHA-256, so that the credential alone cannot forge the mark."""
    return hashlib.sha256(bytes.fromhex(number)).hexdigest()


def load_key(path: Path) -> bytes:
    """The studio's key for marks, made at first use, readable by its owner alone."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}-{secrets.token_hex(6)}")
        write_private(draft, secrets.token_bytes(32))
        try:
            path.hardlink_to(draft)  # whoever comes second keeps the first one's
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
    return path.read_bytes()


class Marker:
    """Writes a number into frames, which have to come in their order."""

    def __init__(self, number: str, key: bytes) -> None:
        self._signs = _signs(number)
        self._chips = _chips(key)
        self._push: Floats | None = None

    def apply(self, frames: Frames) -> Frames:
        """The same frames, marked: uint8 (t, h, w, 3)."""
        return np.stack([self._one(frame) for frame in frames])

    def _one(self, frame: Frames) -> Frames:
        luma = _luma(frame)
        tall, wide = _cosines(luma.shape[0]), _cosines(luma.shape[1])
        leaning = self._chips @ _band(luma, tall, wide)
        lacking = np.clip(STRENGTH - leaning * self._signs, 0.0, LIMIT) * self._signs
        wanted = lacking @ self._chips
        self._push = wanted if self._push is None else KEEP * self._push + (1 - KEEP) * wanted
        spectrum = np.zeros((FREQUENCIES, FREQUENCIES), np.float32)
        spectrum[_places()] = self._push
        change = tall.T @ spectrum @ wide * _mask(luma)
        return np.clip(np.rint(frame + change[..., None]), 0, 255).astype(np.uint8)


class Reading:
    """Reads frames as they come; `best` then says which of some numbers they hold."""

    def __init__(self, key: bytes) -> None:
        self._chips = _chips(key)
        self._sum = np.zeros(BITS, np.float64)
        self.frames = 0

    def add(self, frame: Frames) -> None:
        """One frame more: uint8 (h, w, 3)."""
        luma = _luma(frame)
        self._sum += self._chips @ _band(luma, _cosines(luma.shape[0]), _cosines(luma.shape[1]))
        self.frames += 1

    def best(self, numbers: Sequence[str]) -> tuple[str, float] | None:
        """The number that fits best and how well (-1 to 1); None for no number or an empty reading."""
        usual = float(np.median(np.abs(self._sum)))
        if not numbers or usual == 0.0:
            return None
        heard = np.clip(self._sum, -usual, usual)  # a few bits that the picture shouts down do not outvote the others
        every = np.stack([_signs(number) for number in numbers])
        scores = every @ heard / (np.linalg.norm(heard) * np.sqrt(BITS))
        index = int(scores.argmax())
        return numbers[index], float(scores[index])

    def wrong_bits(self, number: str) -> int:
        """How many of the 64 bits read otherwise than in `number`."""
        return int(((self._sum > 0) != (_signs(number) > 0)).sum())


def _luma(frame: Frames) -> Floats:
    return frame.astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32)


@lru_cache(maxsize=16)
def _cosines(length: int) -> Floats:
    """(FREQUENCIES, length) cosines."""
    at = (np.arange(length) + 0.5) / length
    return np.cos(np.pi * np.arange(FREQUENCIES)[:, None] * at).astype(np.float32)


@lru_cache(maxsize=1)
def _places() -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    down, across = np.meshgrid(np.arange(FREQUENCIES), np.arange(FREQUENCIES), indexing="ij")
    radius = np.hypot(down, across)
    found = np.nonzero((radius >= LOW) & (radius <= HIGH) & (down > 0) & (across > 0))
    return found[0], found[1]


@lru_cache(maxsize=1)
def _weights() -> Floats:
    """Pictures have less of a frequency the higher it is: weighted by it, all disturb alike."""
    down, across = _places()
    radius = np.hypot(down, across)
    return ((radius / radius.mean()) ** POWER).astype(np.float32)


def _band(luma: Floats, tall: Floats, wide: Floats) -> Floats:
    """The band of the transform, in steps of brightness, weighted."""
    spectrum = tall @ luma @ wide.T * np.float32(4.0 / luma.size)
    return (spectrum[_places()] * _weights()).astype(np.float32, copy=False)


@lru_cache(maxsize=4)
def _chips(key: bytes) -> Floats:
    """(BITS, places): which frequencies belong to a bit, with what sign; the rows are of length 1."""
    count = len(_places()[0])
    seed = int.from_bytes(hashlib.sha256(b"auteur.spread/1" + key).digest(), "big")
    random = np.random.Generator(np.random.PCG64(seed))
    owner = random.permutation(count) % BITS
    signs = np.where(random.random(count) < 0.5, -1.0, 1.0)
    chips = np.zeros((BITS, count), np.float32)
    chips[owner, np.arange(count)] = signs
    lengths = np.sqrt(np.abs(chips).sum(axis=1, keepdims=True))
    normal: Floats = chips / lengths
    return normal


def _signs(number: str) -> Floats:
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(number), np.uint8))
    signs: Floats = np.where(bits == 1, 1.0, -1.0).astype(np.float32)
    return signs


def _mask(luma: Floats) -> Floats:
    """How much of the push each pixel takes: little where the picture is flat, more where there is detail."""
    height, width = luma.shape
    rows, columns = -(-height // 8), -(-width // 8)
    padded = np.pad(luma, ((0, rows * 8 - height), (0, columns * 8 - width)), mode="edge")
    detail = padded.reshape(rows, 8, columns, 8).std(axis=(1, 3))
    near = np.pad(detail, 1, mode="edge")
    smooth = sum(near[y : y + rows, x : x + columns] for y in range(3) for x in range(3)) / 9
    mask = np.clip(0.45 + smooth / 14, 0.45, 1.6)
    return np.kron(mask, np.ones((8, 8), np.float32))[:height, :width].astype(np.float32)
