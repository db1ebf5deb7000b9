"""OpenTimelineIO: a film as an editor's program opens it, with its clips, transitions and sounds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.films.cutting import Material
from studio.films.timeline import Piece, footage_frames

Locate = Callable[[Path], str]
"""Where the editor's program is to find a file: an address or a path beside the .otio file."""

COLOURS = {"card": "title card", "slate": "shot without a take"}


def document(what: Material, locate: Locate) -> str:
    """The film as .otio (JSON): a track of pictures and one for each sound.

    Clips of a dissolve overlap by it: each holds half of the overlap, and has the other half as its handle.
    """
    import opentimelineio as otio

    laid, fps = what.timeline, what.timeline.fps
    found = otio.schema.Timeline(what.film.title, global_start_time=otio.opentime.RationalTime(0, fps))
    pictures = otio.schema.Track("Pictures", kind=otio.schema.TrackKind.Video)
    pieces = laid.pieces
    for number, piece in enumerate(pieces):
        after = pieces[number + 1] if number + 1 < len(pieces) else None
        if piece.over:
            half = _time(piece.over // 2, fps)
            rest = _time(piece.over - piece.over // 2, fps)
            pictures.append(otio.schema.Transition("Dissolve", otio.schema.TransitionTypes.SMPTE_Dissolve, half, rest))
        start = piece.skip + piece.over // 2
        stop = piece.skip + piece.length - (0 if after is None else after.over - after.over // 2)
        pictures.append(_item(piece, _range(start, stop - start, fps), fps, locate, what))
    found.tracks.append(pictures)
    for words, track in (("Music", what.music), ("Voice", what.voice)):
        if track is None:
            continue
        sounds = otio.schema.Track(words, kind=otio.schema.TrackKind.Audio)
        begins = round(track.sound.at * fps)
        if begins:
            sounds.append(otio.schema.Gap(source_range=_range(0, begins, fps)))
        length = max(1, laid.frames - begins)
        media = otio.schema.ExternalReference(locate(track.path), _range(0, length, fps))
        sounds.append(otio.schema.Clip(track.sound.file.name, media, _range(0, length, fps)))
        found.tracks.append(sounds)
    return str(otio.adapters.write_to_string(found, "otio_json", indent=2))


def _item(piece: Piece, source: Any, fps: int, locate: Locate, what: Material) -> Any:
    import opentimelineio as otio

    if piece.footage is None:
        return otio.schema.Gap(f"{COLOURS[piece.what]}: {piece.text[:60]}", source_range=source)
    shot = what.film.shots[piece.index]
    whole = footage_frames(piece.footage, fps)
    media = otio.schema.ExternalReference(locate(piece.footage.clip), _range(0, whole, fps))
    name = shot.name or f"Shot {piece.index + 1}"
    about = {"prompt": shot.prompt, "take": piece.footage.take, "join": shot.join, "caption": shot.caption}
    return otio.schema.Clip(name, media, source, metadata={"auteur": about})


def _time(frames: int, fps: int) -> Any:
    import opentimelineio as otio

    return otio.opentime.RationalTime(frames, fps)


def _range(start: int, length: int, fps: int) -> Any:
    import opentimelineio as otio

    return otio.opentime.TimeRange(_time(start, fps), _time(length, fps))
