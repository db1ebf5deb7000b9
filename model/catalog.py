"""The models one can choose: files, licence, sizes, limits, defaults, what each can be given. No torch needed.

What depends on a training run (sizes, rate, window, limits, defaults) is read from the metadata of the weights
themselves, so new weights never need new code; where they are silent or not there, the values below hold.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from model.config import SampleConfig
from model.errors import ModelError, WeightsError
from model.world.vocabulary import VOCABULARY

if TYPE_CHECKING:
    from model.lora import LoRA

DIT_FILE = "dit.safetensors"
VAE_FILE = "vae.safetensors"
TEXT_FOLDER = "text"
FAMILIES = frozenset({"storybook", "wan2.1", "wan2.1-vace", "wan2.2"})
"""Families that `model.load` can load: a model of any other is described and fetched, but not offered for shooting."""
# A header longer than this is not one of ours; reading it could fill the memory.
_LONGEST_HEADER = 16 << 20


STAGED = ("subject", "action", "camera", "framing", "weather")  # kinds of words that a blocked shot shows by itself
MOST_REFERENCES = 4  # pictures of the cast
MOST_CACHED = 0.5  # change of a first block up to which the others may be left out: above, hardly anything is computed
LEAST_GUIDED = 0.1  # part of the steps that is guided at least, where anything is
MOST_BLOCKED = 3  # of them stand beside each other, one each, in a shot that is blocked


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may ask of a model. Sides in pixels, `window` and `overlap` in latents, frames are 1 + 4k."""

    min_width: int = 128
    max_width: int = 640
    min_height: int = 128
    max_height: int = 640
    multiple: int = 64
    temporal: int = 4
    window: int = 5
    overlap: int = 1
    max_frames: int = 961
    max_seconds: float = 60.0
    max_prompt_chars: int = 4000
    min_steps: int = 1
    max_steps: int = 100
    min_guidance: float = 1.0
    max_guidance: float = 15.0
    min_shift: float = 0.1
    max_shift: float = 20.0
    seed_max: int = 2**63 - 1

    def frames(self, seconds: float, fps: int) -> int:
        """The number of frames (1 + temporal * k) nearest to a length in seconds, within the limits."""
        steps = round((seconds * fps - 1) / self.temporal)
        return 1 + self.temporal * max(0, min(steps, (self.max_frames - 1) // self.temporal))


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """One model: what it is and what may be asked of it.

    folder      where its files are; `files` are relative to it, with the SHA-256 that SHA256SUMS states ("" if none)
    sizes       name -> (width, height) in pixels, the ones it was trained on
    given       what it can be given: first, last, sequence, index (and mask, references, control)
    notes       everything the weights say of themselves, as stored
    family      which code loads it
    parts       role -> file or folder, for a model whose parts do not lie in one folder
    untrained   what of `given` it can be given though it was not trained for it
    sigmas      the noise levels of a few-step model, from 1 down; empty where steps and shift decide
    negative    the negative prompt when none is given
    loras       what is merged into the transformer when it is loaded
    """

    name: str
    title: str
    licence: str
    folder: Path
    files: Mapping[str, str]
    size_bytes: int
    fps: int
    sizes: Mapping[str, tuple[int, int]]
    limits: Limits
    defaults: SampleConfig
    given: Mapping[str, bool]
    default_seconds: float = 4.0
    max_seconds: float = 60.0
    notes: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    family: str = "storybook"
    parts: Mapping[str, Path] = field(default_factory=dict, compare=False)
    untrained: frozenset[str] = frozenset()
    sigmas: tuple[float, ...] = ()
    negative: str = ""
    loras: tuple[LoRA, ...] = ()

    @property
    def most_references(self) -> int:
        """How many pictures of the cast it can be given; 0 where it takes none."""
        if not self.given.get("references", False):
            return 0
        return MOST_BLOCKED if self.notes.get("blocking") else MOST_REFERENCES

    @property
    def missing(self) -> tuple[Path, ...]:
        """Files of this model that are not there."""
        own = (self.folder / name for name in self.files if not (self.folder / name).is_file())
        return (*own, *(path for path in self.parts.values() if not path.exists()))


def assets() -> Path:
    """The folder of what comes with the program."""
    return Path(__file__).resolve().parents[1] / "assets"


def entries(root: Path | None = None) -> tuple[CatalogEntry, ...]:
    """Every model of the catalogue; `root` is the folder of the model folders (default: what comes along)."""
    return (_storybook((root or assets()) / "storybook"),)


def entry(name: str | Path = "storybook", root: Path | None = None) -> CatalogEntry:
    """A model by name, or one in a folder that holds its files. Raises ModelError when there is no such model."""
    for known in entries(root):
        if known.name == str(name):
            return known
    folder = Path(name)
    if folder.is_dir():
        return replace(_storybook(folder), name=folder.resolve().name)
    names = ", ".join(known.name for known in entries(root))
    raise ModelError(f"there is no model {str(name)[:80]!r}; the catalogue has {names}, or give a folder of weights")


def _storybook(folder: Path) -> CatalogEntry:
    """Storybook, or weights of its kind, in a folder."""
    files = (
        DIT_FILE,
        VAE_FILE,
        *(f"{TEXT_FOLDER}/{name}" for name in ("config.json", "model.safetensors", "tokenizer.json")),
    )
    sums, notes = _checksums(folder), metadata(folder / DIT_FILE)
    try:
        sizes = {str(name): (int(w), int(h)) for name, (w, h) in _mapping(notes, "sizes").items()}
        fps = int(notes.get("fps", 16))
        return CatalogEntry(
            name="storybook",
            title=str(notes.get("title", "Storybook")),
            licence="Apache-2.0",
            folder=folder,
            files={name: sums.get(name, "") for name in files},
            size_bytes=sum((folder / name).stat().st_size for name in files if (folder / name).is_file()),
            fps=fps,
            sizes=sizes or {"landscape": (448, 256), "portrait": (256, 448), "square": (320, 320)},
            limits=_limits(notes, fps),
            defaults=replace(SampleConfig(), **_known(SampleConfig(), _mapping(notes, "defaults"))),
            given={"first": True, "last": True, "sequence": True, "index": True}
            | {str(k): bool(v) for k, v in _mapping(notes, "given").items()},
            default_seconds=float(notes.get("default_seconds", 4.0)),
            max_seconds=float(notes.get("max_seconds", 60.0)),
            notes=_staged(notes),
        )
    except (TypeError, ValueError) as error:
        raise WeightsError(f"{folder / DIT_FILE} describes itself in a way that cannot be read ({error})") from error


def _staged(notes: Mapping[str, Any]) -> Mapping[str, Any]:
    """What weights say of themselves; with what is staged for those that are shown whom they film, whatever they were
    trained on."""
    knows = _mapping(notes, "knows")
    if not notes.get("blocking") or not knows:
        return notes
    return {**notes, "knows": {**knows, **{kind: [term.id for term in VOCABULARY[kind]] for kind in STAGED}}}


def _limits(notes: Mapping[str, Any], fps: int) -> Limits:
    """Limits as the weights state them: under `limits`, or `window` and `overlap` beside it."""
    stated = {**{key: notes[key] for key in ("window", "overlap") if key in notes}, **_mapping(notes, "limits")}
    limits = replace(Limits(), **_known(Limits(), stated))
    if "max_frames" not in stated:
        limits = replace(limits, max_frames=limits.frames(limits.max_seconds, fps))
    return limits


def _known(default: Limits | SampleConfig, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Stated values of the fields that a dataclass has, each as the type it has in `default`."""
    values = {f.name: getattr(default, f.name) for f in fields(default)}
    return {name: type(values[name])(value) for name, value in stated.items() if name in values}


def _mapping(notes: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = notes.get(key, {})
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def _checksums(folder: Path) -> dict[str, str]:
    """File name -> SHA-256 as SHA256SUMS states it; empty without that file."""
    try:
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.split(maxsplit=1) for line in lines if len(line.split()) == 2)
    return {name.lstrip("*"): digest for digest, name in pairs}


def metadata(path: Path) -> dict[str, Any]:
    """What a safetensors file says of itself under "auteur"; {} when it says nothing or cannot be read.

    Only the header is read, and without torch: a page needs this before any model is loaded.
    """
    try:
        with path.open("rb") as file:
            (size,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(size)) if size <= _LONGEST_HEADER else {}
        notes = json.loads(header.get("__metadata__", {}).get("auteur", "{}"))
    except (OSError, ValueError, struct.error, AttributeError):
        return {}
    return notes if isinstance(notes, dict) else {}
