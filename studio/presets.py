"""Styles: a named way to film, chosen by one click, saved by whoever likes it, and shared as a small file.

A style is direction, words that end the prompt, and what is kept out of the picture. The studio brings some; an owner's
own lie with the owner's settings. A file of styles is read strictly: it comes from somebody else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from studio import words
from studio.direction import KINDS, Direction, check
from studio.errors import ShotError

if TYPE_CHECKING:
    from studio.library import Library

MOST = 200  # styles of one owner
MAX_NAME, MAX_WORDS, MAX_NEGATIVE = 60, 400, 1000  # characters
FORMAT, VERSION = "auteur-styles", 1
_KEY = "styles"  # among an owner's settings


@dataclass(frozen=True)
class Preset:
    """A style: its name, direction (kind -> id), the words that end the prompt, and what is kept out."""

    name: str
    direction: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    negative: str = ""


BUILT_IN: tuple[Preset, ...] = (
    Preset("Papercraft", {"style": "papercraft"}, "layered cut paper, soft shadows between the layers"),
    Preset("Film noir", {"style": "noir", "light": "low_key", "camera": "static"}, "smoke and venetian blinds"),
    Preset("Watercolour", {"style": "watercolour", "light": "soft"}, "washes of colour on rough paper"),
    Preset("Clay", {"style": "clay", "lens": "shallow"}, "fingerprints in the clay, a miniature set"),
    Preset("Ink", {"style": "ink"}, "bold lines, few colours"),
    Preset("Neon", {"style": "neon", "time": "night"}, "glowing lines against the dark"),
    Preset("Archival", {"style": "archival", "camera": "handheld"}, "grain, scratches, a flickering frame"),
    Preset("Pencil", {"style": "pencil"}, "hatching on paper"),
    Preset("Miniature", {"lens": "tilt_shift", "pace": "brisk", "framing": "wide"}, "everything looks like a toy"),
    Preset("Snow globe", {"weather": "snowfall", "time": "dusk", "camera": "zoom_in", "framing": "close"}),
    Preset("Golden evening", {"time": "golden", "camera": "pan_right", "framing": "medium"}),
    Preset("Rainy night", {"weather": "rain", "time": "night", "camera": "tracking"}),
    Preset("Blossom", {"weather": "petals", "time": "day", "camera": "pan_left"}),
)  # fmt: skip


def fitting(knows: Mapping[str, Sequence[str]] | None) -> tuple[Preset, ...]:
    """Those of the studio's styles that a model can draw: all of their direction is among what it knows.

    A model that knows so much and no more reads the direction; words about it would be words that it cannot film.
    """
    if knows is None:
        return BUILT_IN
    known = (p for p in BUILT_IN if all(value in knows.get(kind, ()) for kind, value in p.direction.items()))
    return tuple(replace(preset, words="") for preset in known)


def of_owner(library: Library, owner: str) -> tuple[Preset, ...]:
    """An owner's styles, in the order of their names."""
    return _own(json.loads(library.preferences(owner)))


def keep(library: Library, owner: str, found: Sequence[Preset]) -> tuple[Preset, ...]:
    """Save styles; one of the same name is replaced. All of the owner's. Raises ShotError when they are too many."""

    def change(settled: dict[str, Any]) -> dict[str, Any]:
        own = {each.name.casefold(): each for each in (*_own(settled), *found)}
        if len(own) > MOST:
            raise ShotError("styles", len(own), f"{len(own)} styles are too many: up to {MOST} are kept", MOST)
        ordered = sorted(own.values(), key=lambda each: each.name.casefold())
        return {**settled, _KEY: [*map(asdict, ordered), *_strange(settled)]}

    return _own(library.change_preferences(owner, change))


def remove(library: Library, owner: str, name: str) -> tuple[Preset, ...]:
    """Remove a style by its name; what is left."""

    def change(settled: dict[str, Any]) -> dict[str, Any]:
        left = [asdict(each) for each in _own(settled) if each.name.casefold() != name.casefold()]
        return {**settled, _KEY: [*left, *_strange(settled)]}

    return _own(library.change_preferences(owner, change))


def read(data: object) -> Preset:
    """A style as somebody wrote it. Raises ShotError that names what is wrong."""
    if not isinstance(data, Mapping):
        raise ShotError("styles", data, "a style is an object with a name, direction, words and negative")
    name = _text(data, "name", MAX_NAME)
    if not name:
        raise ShotError("name", "", "the style has no name: give it one, like 'Papercraft at night'")
    chosen = data.get("direction") or {}
    if not isinstance(chosen, Mapping) or not all(isinstance(value, str) for value in chosen.values()):
        raise ShotError("direction", chosen, f"the direction of {name!r} is not a list of choices by kind")
    unknown = [str(kind)[:40] for kind in chosen if kind not in KINDS]
    if unknown:
        raise ShotError("direction", unknown[0], f"{unknown[0]!r} is no kind of direction: use {', '.join(KINDS)}")
    direction = check(Direction(**{str(kind): value for kind, value in chosen.items() if value}))
    found = Preset(name, direction.chosen(), _text(data, "words", MAX_WORDS), _text(data, "negative", MAX_NEGATIVE))
    if not (found.direction or found.words or found.negative):
        raise ShotError("styles", name, f"{name!r} says nothing yet: choose some direction, or write words for it")
    return found


def write_file(found: Sequence[Preset]) -> bytes:
    """Styles as a file to share."""
    data = {"format": FORMAT, "version": VERSION, "styles": [asdict(each) for each in found]}
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def read_file(data: object) -> tuple[Preset, ...]:
    """The styles of a file that was shared. Raises ShotError with one plain line; then none of them is kept."""
    if not isinstance(data, Mapping) or data.get("format") != FORMAT or not isinstance(data.get("styles"), list):
        raise ShotError("styles", None, "this is not a file of styles: they are saved with Share on the Styles sheet")
    if data.get("version") != VERSION:
        message = f"this file of styles is of version {str(data.get('version'))[:20]}: this studio reads {VERSION}"
        raise ShotError("styles", data.get("version"), message, VERSION)
    if len(data["styles"]) > MOST:
        raise ShotError("styles", len(data["styles"]), f"{len(data['styles'])} styles are too many: up to {MOST}", MOST)
    return tuple(read(each) for each in data["styles"])


def _own(settled: Mapping[str, Any]) -> tuple[Preset, ...]:
    return tuple(found for each in settled.get(_KEY) or () if (found := _readable(each)) is not None)


def _strange(settled: Mapping[str, Any]) -> list[Any]:
    """What a newer studio has kept and this one cannot read: it stays as it is."""
    return [each for each in settled.get(_KEY) or () if _readable(each) is None]


def _readable(data: object) -> Preset | None:
    try:
        return read(data)
    except ShotError:
        return None


def _text(data: Mapping[str, Any], name: str, limit: int) -> str:
    value = data.get(name, "")
    if not isinstance(value, str):
        raise ShotError(name, value, f"the {name} of a style is text")
    return words.optional(name, value, limit)
