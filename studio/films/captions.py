"""Captions: SRT read and written, and the words of each shot at its place in the film."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio import words
from studio.errors import FilmError
from studio.films.script import Film
from studio.films.timeline import Timeline

MAX_CAPTIONS = 2000
_TIMES = re.compile(r"(\d+):(\d\d):(\d\d)[,.](\d{1,3})\s*-->\s*(\d+):(\d\d):(\d\d)[,.](\d{1,3})")
_MARKUP = re.compile(r"</?[a-zA-Z][^>]*>|\{\\[^}]*\}")


@dataclass(frozen=True)
class Caption:
    """Words from `start` to `end`, in seconds of the film."""

    start: float
    end: float
    text: str


def parse(text: str, name: str = "captions.srt") -> tuple[Caption, ...]:
    """The captions of an SRT file, in the order of time. Raises FilmError with the line."""
    found: list[Caption] = []
    lines = text.lstrip("\ufeff").splitlines()
    number = 0
    while number < len(lines):
        if "-->" not in lines[number]:
            number += 1
            continue
        times = _TIMES.search(lines[number])
        if times is None:
            message = f"{name} line {number + 1}: a time is written like 00:00:01,500 --> 00:00:04,000"
            raise FilmError("captions", lines[number][:60], message, number + 1)
        start, end = _seconds(times.groups()[:4]), _seconds(times.groups()[4:])
        if end <= start:
            message = f"{name} line {number + 1}: this caption ends before it begins"
            raise FilmError("captions", lines[number][:60], message, number + 1)
        number += 1
        said = []
        while number < len(lines) and lines[number].strip():
            said.append(words.printable(_MARKUP.sub("", lines[number])))
            number += 1
        if any(said):
            found.append(Caption(start, end, "\n".join(line for line in said if line)))
        if len(found) > MAX_CAPTIONS:
            raise FilmError("captions", len(found), f"{name} has more than {MAX_CAPTIONS} captions", number)
    if not found:
        raise FilmError("captions", name, f"{name} has no captions: it is not an SRT file")
    return tuple(sorted(found, key=lambda one: one.start))


def read(path: Path) -> tuple[Caption, ...]:
    """The captions of an SRT file. Raises FilmError."""
    try:
        if path.stat().st_size > 2_000_000:
            raise FilmError("captions", path.name, f"{path.name} is too large for an SRT file")
        return parse(path.read_text(encoding="utf-8-sig"), path.name)
    except UnicodeDecodeError:
        raise FilmError("captions", path.name, f"{path.name} is not an SRT file in UTF-8") from None


def write(captions: Sequence[Caption]) -> str:
    """The captions as SRT."""
    rows = (f"{n}\n{_stamp(c.start)} --> {_stamp(c.end)}\n{c.text}\n" for n, c in enumerate(captions, 1))
    return "\n".join(rows)


def of_shots(film: Film, timeline: Timeline) -> tuple[Caption, ...]:
    """Each shot's caption while it is seen."""
    found = []
    for piece in timeline.pieces:
        text = film.shots[piece.index].caption if piece.index >= 0 else ""
        if text:
            start = (piece.start + piece.over) / timeline.fps
            found.append(Caption(start, piece.stop / timeline.fps, text))
    return tuple(found)


def _seconds(parts: Sequence[str]) -> float:
    hours, minutes, seconds, rest = parts
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(rest.ljust(3, "0")) / 1000


def _stamp(seconds: float) -> str:
    whole = round(seconds * 1000)
    hours, minutes, left = whole // 3_600_000, whole // 60_000 % 60, whole % 60_000
    return f"{hours:02d}:{minutes:02d}:{left // 1000:02d},{left % 1000:03d}"
