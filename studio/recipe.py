"""The recipe: everything needed to render a take again, as one canonical JSON string.

It travels inside the signed manifest and in the file's comment, so what comes back is untrusted: `from_json` takes
nothing on faith, clamps numbers into range, drops what it does not know, and never reads a path or an address from it.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, cast

from model.catalog import LEAST_GUIDED, MOST_CACHED
from studio import work as works
from studio.errors import RecipeError
from studio.work import Work

SCHEMA = "auteur.recipe/1"
Privacy = Literal["full", "no-prompt", "origin-only"]
MAX_JSON = 200_000  # characters; a recipe of ours has some 2,000
MAX_TEXT = 16_000
MAX_NAME = 200
MAX_SEED = 2**63 - 1

STEERING = ("control", "outpaint", "mask")  # what a model with a control branch is shown
PLACES = ("first", "last", "clip", "cast", "before", *STEERING)

Crop = tuple[float, float, float, float]
"""A part of a picture: left, top, width and height as parts (0 to 1) of the whole, upright picture."""

_HEX64 = re.compile(r"[0-9a-f]{64}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,120}")


@dataclass(frozen=True)
class GivenFrames:
    """One anchor by content: `sha256` of the file as it was given, `place` "first", "last", "clip" or a frame index;
    "cast" is a picture of who is seen in the shot, "before" the clip that it goes on from; "control" is what the whole
    shot is made after, "outpaint" the same shown whole with the rest drawn around it, "mask" what of it is drawn anew.

    `crop` is the part of it that was used; None is the middle. Of a clip the part from `start` to `end` seconds was
    used; an `end` of 0 is its own.
    """

    sha256: str
    place: str | int
    strength: float = 1.0
    name: str = ""
    crop: Crop | None = None
    start: float = 0.0
    end: float = 0.0


@dataclass(frozen=True)
class Recipe:
    """What a take was made of. `prompt` is as written, `rendered_prompt` as the model was given it.

    `size` is the name that was chosen, width and height its pixels; `seconds` what was asked, `frames` what the file
    holds. `work` is the cutting list of a take that was made from other clips: then the rest is of the part made anew.
    `block_cache` and `guided` are the approximations that were asked for: 0 and 1 are none.
    `model_sha256` and `machine` are filled in when the render starts and are empty before.
    """

    prompt: str
    rendered_prompt: str
    width: int
    height: int
    frames: int
    fps: int
    seed: int
    steps: int
    guidance: float
    shift: float
    solver: str
    model: str = "storybook"
    model_sha256: str = ""
    negative: str = ""
    direction: dict[str, str] = field(default_factory=dict)
    size: str = "landscape"
    seconds: float = 4.0
    anchors: tuple[GivenFrames, ...] = ()
    parents: tuple[str, ...] = ()
    block_cache: float = 0.0
    guided: float = 1.0
    machine: dict[str, str] = field(default_factory=dict)
    work: Work | None = None
    schema: str = SCHEMA

    @property
    def filmed(self) -> int:
        """How many of its frames the model makes."""
        if self.work is None:
            return self.frames
        return 0 if self.work.made is None else self.work.made.frames

    def to_json(self) -> str:
        """Canonical: the same recipe is the same string, byte for byte."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)

    def disclosed(self, privacy: Privacy, prompt_hash: str = "") -> str:
        """What of it travels inside the clip, as JSON: all, all but the words, or nothing ("").

        `prompt_hash` (64 hexadecimal digits) then stands for the words that stay at home.
        """
        if privacy == "origin-only":
            return ""
        if privacy == "full":
            return self.to_json()
        anchors = tuple(replace(anchor, name="") for anchor in self.anchors)
        work = None if self.work is None else self.work.unnamed()
        silent = replace(self, prompt="", rendered_prompt="", negative="", anchors=anchors, work=work)
        data = json.loads(silent.to_json()) | ({"prompt_sha256": prompt_hash} if prompt_hash else {})
        return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """Read a recipe from a stranger. Raises RecipeError with one plain line."""
        if len(text) > MAX_JSON:
            raise RecipeError(f"this recipe has {len(text)} characters: more than {MAX_JSON} are not read")
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            raise RecipeError("this is not a recipe: the text is not JSON") from None
        if not isinstance(data, dict):
            raise RecipeError("this is not a recipe: it is not a JSON object")
        return cls.from_dict(data)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Recipe:
        """As `from_json`, of data that is already parsed."""
        schema = data.get("schema")
        if isinstance(schema, str) and _later(schema):
            raise RecipeError(f"this recipe was written by a newer Auteur ({schema[:60]}): update, and read it again")
        if schema != SCHEMA:
            raise RecipeError(
                f"this recipe is of another kind: schema {str(schema)[:60]!r}, this studio reads {SCHEMA!r}"
            )
        prompt = _text(data, "prompt", MAX_TEXT)
        return cls(
            prompt=prompt,
            rendered_prompt=_text(data, "rendered_prompt", MAX_TEXT) or prompt,
            width=_whole(data, "width", 16, 8192),
            height=_whole(data, "height", 16, 8192),
            frames=_whole(data, "frames", 1, 100_000),
            fps=_whole(data, "fps", 1, 240),
            seed=_whole(data, "seed", 0, MAX_SEED),
            steps=_whole(data, "steps", 1, 1000),
            guidance=_real(data, "guidance", 0.0, 100.0),
            shift=_real(data, "shift", 0.01, 100.0),
            solver=_identifier(data, "solver", "euler"),
            model=_identifier(data, "model", "storybook"),
            model_sha256=_hash(data.get("model_sha256")),
            negative=_text(data, "negative", MAX_TEXT),
            direction=_names(data.get("direction"), 16),
            size=_identifier(data, "size", "landscape"),
            seconds=_real(data, "seconds", 0.01, 10_000.0),
            anchors=_anchors(data.get("anchors")),
            parents=_parents(data.get("parents")),
            block_cache=_real(data, "block_cache", 0.0, MOST_CACHED) if "block_cache" in data else 0.0,
            guided=_real(data, "guided", LEAST_GUIDED, 1.0) if "guided" in data else 1.0,
            machine=_names(data.get("machine"), 32),
            work=works.from_dict(data.get("work")),
        )


def _later(schema: str) -> bool:
    """Whether a recipe is of our kind, with a higher number."""
    kind, _, number = schema.rpartition("/")
    ours, _, mine = SCHEMA.rpartition("/")
    return kind == ours and number.isdecimal() and len(number) < 9 and int(number) > int(mine)


def _text(data: Mapping[str, Any], name: str, limit: int) -> str:
    value = data.get(name, "")
    if not isinstance(value, str):
        raise RecipeError(f"this recipe's {name} is not text")
    return _printable(value)[:limit]


def _printable(text: str) -> str:
    """Without control characters and lone surrogates: neither survives a file's metadata or a database."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


def _number(data: Mapping[str, Any], name: str) -> int | float:
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not _finite(value):
        raise RecipeError(f"this recipe's {name} is not a number")
    return value


def _finite(value: int | float) -> bool:
    return isinstance(value, int) or math.isfinite(value)


def _whole(data: Mapping[str, Any], name: str, low: int, high: int) -> int:
    return int(min(max(_number(data, name), low), high))


def _real(data: Mapping[str, Any], name: str, low: float, high: float) -> float:
    return float(min(max(_number(data, name), low), high))


def _identifier(data: Mapping[str, Any], name: str, fallback: str) -> str:
    value = data.get(name, fallback)
    if not isinstance(value, str) or not _IDENTIFIER.fullmatch(value):
        raise RecipeError(f"this recipe's {name} is not a name")
    return value


def _hash(value: object) -> str:
    return value if isinstance(value, str) and _HEX64.fullmatch(value) else ""


def _names(value: object, limit: int) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    pairs = [(k, v) for k, v in value.items() if isinstance(k, str) and isinstance(v, str) and _IDENTIFIER.fullmatch(k)]
    return {k: _printable(v)[:MAX_NAME] for k, v in pairs[:limit]}


def _anchors(value: object) -> tuple[GivenFrames, ...]:
    if not isinstance(value, list):
        return ()
    found = (_anchor(item) for item in value[:64] if isinstance(item, dict))
    return tuple(anchor for anchor in found if anchor is not None)


def _anchor(item: dict[str, Any]) -> GivenFrames | None:
    sha256, place = _hash(item.get("sha256")), item.get("place")
    if not sha256 or isinstance(place, bool) or not isinstance(place, (str, int)):
        return None
    if isinstance(place, str) and place not in PLACES:
        return None
    strength = item.get("strength", 1.0)
    if isinstance(strength, bool) or not isinstance(strength, (int, float)) or not _finite(strength):
        return None
    name = item.get("name", "")
    return GivenFrames(
        sha256=sha256,
        place=place if isinstance(place, str) else min(max(place, 0), 100_000),
        strength=float(min(max(strength, 0.0), 1.0)),
        name=_printable(name)[:MAX_NAME] if isinstance(name, str) else "",
        crop=_crop(item.get("crop")),
        start=_seconds(item.get("start")),
        end=_seconds(item.get("end")),
    )


def _seconds(value: object) -> float:
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and _finite(value)
    return float(min(max(cast("float", value), 0.0), 1e6)) if good else 0.0


def _crop(value: object) -> Crop | None:
    if not isinstance(value, (list, tuple)) or len(value) != 4:
        return None
    if any(isinstance(part, bool) or not isinstance(part, (int, float)) or not _finite(part) for part in value):
        return None
    left, top, width, height = (min(max(float(part), 0.0), 1.0) for part in value)
    width, height = min(width, 1.0 - left), min(height, 1.0 - top)
    return (left, top, width, height) if width > 0.01 and height > 0.01 else None


def _parents(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value[:64] if isinstance(item, str) and _IDENTIFIER.fullmatch(item))
