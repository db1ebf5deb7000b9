"""Given files of a film, kept in the library by their content: pictures, clips, sounds and captions."""

from __future__ import annotations

import shutil
from pathlib import Path

from studio import media
from studio.errors import FilmError
from studio.films import captions, sound
from studio.inputs import sha256_of
from studio.library import Library

SUFFIXES = {"wav": ".wav", "mp3": ".mp3", "mov": ".m4a", "flac": ".flac", "ogg": ".ogg"}


def keep(path: Path, library: Library) -> str:
    """Keep a file, whatever a film can be given; its sha256. Raises FilmError or MediaError for anything else."""
    suffix = path.suffix.lower()
    if suffix == ".srt":
        captions.read(path)
        return _copied(path, library, ".srt")
    if not (media.is_container(path) and suffix not in (".m4a", ".aac")):
        try:
            kind = sound.kind_of(path)
        except FilmError:
            return library.keep_input(path)[0]
        sound.seconds_of(path)
        return _copied(path, library, SUFFIXES[kind])
    return library.keep_input(path)[0]


def keep_sound(path: Path, library: Library) -> tuple[str, float]:
    """Keep a sound file; its sha256 and how long it is. Raises FilmError when it is none."""
    seconds = sound.seconds_of(path)
    return _copied(path, library, SUFFIXES[sound.kind_of(path)]), seconds


def keep_captions(path: Path, library: Library) -> str:
    """Keep an SRT file; its sha256. Raises FilmError when it is none."""
    captions.read(path)
    return _copied(path, library, ".srt")


def _copied(path: Path, library: Library, suffix: str) -> str:
    sha256 = sha256_of(path)
    target = library.inputs / f"{sha256}{suffix}"
    if not target.exists():
        media.require_space(library.inputs, path.stat().st_size)
        part = library.inputs / f".{target.name}.part"
        with media.room(library.inputs):
            shutil.copyfile(path, part)
            part.replace(target)
    return sha256
