"""Models that others published: what they are, what may be asked of them, and the files they are made of. No torch.

A model is a few parts (transformer, autoencoder, text encoder, tokenizer), and models share parts: one text encoder
serves all of the Wan family. Where a part lies, and what its files must be, is in `published.toml`. To add a model, add
its transformer there and an entry to `_MODELS` here; to add a family, also a key map in `weights.py`.

Sources of the numbers: wan/configs and generate.py of Wan-Video/Wan2.1 and Wan2.2, the model cards, and the training
scripts of FastVideo; see docs/models.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from model.catalog import CatalogEntry, Limits
from model.config import SampleConfig
from model.errors import ModelError

NEGATIVE = (
    "色调艳丽，过曝，静态，细节模糊不清，字幕，风格，作品，画作，画面，静止，整体发灰，最差质量，低质量，JPEG压缩残留，丑陋的，"
    "残缺的，多余的手指，画得不好的手部，画得不好的脸部，畸形的，毁容的，形态畸形的肢体，手指融合，静止不动的画面，杂乱的背景，"
    "三条腿，背景人很多，倒着走"
)
"""What the Wan models were sampled with as the negative prompt (wan/configs/shared_config.py, Apache-2.0)."""

# Sigmas after the shift: the post-shift timesteps 1000, 757, 522 of FastVideo's distillation.
_THREE_STEPS = (1.0, 0.757, 0.522)
# 1000, 750, 500, 250 bent by shift 5, as the Self-Forcing family is sampled.
_FOUR_STEPS = (1.0, 0.9375, 0.8333, 0.625)
_TURBO_LICENCE = (
    "The licence of these weights is not stated by those who published them; the code they were trained with is under "
    "CC BY-NC-SA 4.0, which allows no commercial use. The model they were made from is Apache-2.0."
)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as its publisher has it: path in the repository, bytes, SHA-256 in hex ("" and 0: the hub will say)."""

    path: str
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a model and where it is published.

    `files` may be empty: then `folder` (and `only`, names in it) is what is asked of the hub, and `about_bytes` is a
    first idea of its size, for before the hub is asked.
    """

    name: str
    role: str
    title: str
    licence: str
    repository: str
    revision: str
    files: tuple[RemoteFile, ...] = ()
    folder: str = ""
    only: tuple[str, ...] = ()
    about_bytes: int = 0

    @property
    def exact(self) -> bool:
        """Whether sizes and hashes are known without asking."""
        return bool(self.files)

    @property
    def size_bytes(self) -> int:
        """Bytes of its files, or about how many."""
        return sum(file.size for file in self.files) or self.about_bytes


@dataclass(frozen=True, slots=True)
class Published:
    """A model that can be fetched.

    family      which code loads it ("wan2.1", "wan2.2": they differ in the autoencoder and in how frames are given)
    preset      its geometry in `config.PRESETS` ("" where it is not a plain transformer)
    parts       names of its parts in `published.toml`, the transformer first
    optional    parts that it does not need: a small autoencoder for previews
    trained     what it was trained to be given: words, first, last, index, sequence, mask, reference, control
    takes       what it can also be given, though it was not trained for it
    sigmas      the noise levels of a few-step model; empty where steps and shift decide
    note        what one should know before agreeing to the licence
    """

    name: str
    title: str
    summary: str
    family: str
    preset: str
    publisher: str
    parts: tuple[str, ...]
    licence: str
    sizes: Mapping[str, tuple[int, int]]
    fps: int
    limits: Limits
    defaults: SampleConfig
    trained: tuple[str, ...]
    takes: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    sigmas: tuple[float, ...] = ()
    note: str = ""
    default_seconds: float = 5.0

    @property
    def size_bytes(self) -> int:
        """Bytes of all its parts together, though some may be here already; about, where the hub was not asked."""
        return sum(part(name).size_bytes for name in self.parts)

    @property
    def link(self) -> str:
        """The model card of its transformer."""
        return f"https://huggingface.co/{part(self.parts[0]).repository}"

    def entry(self, places: Mapping[str, Path]) -> CatalogEntry:
        """What the catalogue says of it once its parts lie at `places` (role -> file or folder)."""
        given = {name: True for name in (*self.trained, *self.takes) if name != "words"}
        return CatalogEntry(
            name=self.name,
            title=self.title,
            licence=self.licence,
            folder=places.get("transformer", Path()),
            files={},
            size_bytes=self.size_bytes,
            fps=self.fps,
            sizes=self.sizes,
            limits=self.limits,
            defaults=self.defaults,
            given={"first": False, "last": False, "sequence": False, "index": False} | given,
            default_seconds=self.default_seconds,
            max_seconds=self.limits.max_seconds,
            family=self.family,
            parts=MappingProxyType(dict(places)),
            untrained=frozenset(self.takes),
            sigmas=self.sigmas,
            negative=self.negative,
        )

    @property
    def negative(self) -> str:
        """The negative prompt it is sampled with when none is given; a model without guidance has none."""
        return NEGATIVE if self.defaults.guidance > 1 else ""


def models() -> tuple[Published, ...]:
    """Every model that can be fetched, the one to begin with first."""
    return _MODELS


def model(name: str) -> Published:
    """A model by name. Raises ModelError that names those there are."""
    for known in _MODELS:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in _MODELS)
    raise ModelError(f"there is no model {name[:80]!r} to be had; there are {names}")


def part(name: str) -> Part:
    """A part by name. Raises KeyError."""
    return _parts()[name]


@cache
def _parts() -> Mapping[str, Part]:
    with (Path(__file__).parent / "published.toml").open("rb") as file:
        tables: dict[str, dict[str, Any]] = tomllib.load(file)
    found = {}
    for name, table in tables.items():
        files = tuple(RemoteFile(path, size, digest) for size, digest, path in table.pop("files", ()))
        found[name] = Part(name, files=files, only=tuple(table.pop("only", ())), **table)
    return MappingProxyType(found)


_LIMITS_5B = Limits(
    min_width=256, max_width=1280, min_height=256, max_height=1280, multiple=32, window=31, overlap=1, max_frames=121,
    max_seconds=5.0, max_prompt_chars=4000, min_steps=1, max_steps=100,
)  # fmt: skip
_LIMITS_480P = replace(_LIMITS_5B, max_width=832, max_height=832, multiple=16, window=21, max_frames=81)
_LIMITS_VACE_14B = replace(_LIMITS_480P, max_width=1280, max_height=1280)
_SIZES_5B = MappingProxyType({"landscape": (1280, 704), "portrait": (704, 1280)})
_SIZES_480P = MappingProxyType({"landscape": (832, 480), "portrait": (480, 832)})
_SIZES_VACE_14B = MappingProxyType({"landscape": (1280, 720), "portrait": (720, 1280)})
_TEXT = ("umt5", "umt5-tokenizer")
_VACE = ("words", "first", "last", "index", "sequence", "mask", "references", "control")
_PLACES = ("last", "index", "sequence")

_MODELS: tuple[Published, ...] = (
    Published(
        name="wan2.2-ti2v-5b",
        title="Wan 2.2 5B",
        summary="Photographs in motion, from words or from a first picture. Made for a GPU with 24 GB.",
        family="wan2.2",
        preset="wan2.2-ti2v-5b",
        publisher="Wan-AI (Alibaba)",
        parts=("wan2.2-ti2v-5b", "wan2.2-vae", *_TEXT),
        optional=("taew2_2",),
        licence="Apache-2.0",
        sizes=_SIZES_5B,
        fps=24,
        limits=_LIMITS_5B,
        defaults=SampleConfig(steps=50, guidance=5.0, shift=5.0, solver="unipc"),
        trained=("words", "first"),
        takes=_PLACES,
    ),
    Published(
        name="fastwan2.2-ti2v-5b",
        title="FastWan 2.2 5B",
        summary="The 5B in three steps instead of fifty; from words.",
        family="wan2.2",
        preset="wan2.2-ti2v-5b",
        publisher="FastVideo",
        parts=("fastwan2.2-ti2v-5b", "wan2.2-vae", *_TEXT),
        optional=("taew2_2",),
        licence="Apache-2.0",
        sizes=_SIZES_5B,
        fps=24,
        limits=replace(_LIMITS_5B, max_steps=3, max_guidance=1.0),
        defaults=SampleConfig(steps=3, guidance=1.0, shift=5.0, solver="euler"),
        trained=("words",),
        takes=("first", *_PLACES),
        sigmas=_THREE_STEPS,
    ),
    Published(
        name="wan2.2-ti2v-5b-turbo",
        title="Wan 2.2 5B Turbo",
        summary="The 5B in four steps; from words or from a first picture.",
        family="wan2.2",
        preset="wan2.2-ti2v-5b",
        publisher="quanhaol, arranged for Diffusers by yetter-ai",
        parts=("wan2.2-ti2v-5b-turbo", "wan2.2-vae", *_TEXT),
        optional=("taew2_2",),
        licence="not stated",
        note=_TURBO_LICENCE,
        sizes=_SIZES_5B,
        fps=24,
        limits=replace(_LIMITS_5B, max_steps=4, max_guidance=1.0),
        defaults=SampleConfig(steps=4, guidance=1.0, shift=5.0, solver="euler"),
        trained=("words", "first"),
        takes=_PLACES,
        sigmas=_FOUR_STEPS,
    ),
    Published(
        name="wan2.1-t2v-1.3b",
        title="Wan 2.1 1.3B",
        summary="The small one, from words. Made for a GPU with 8 GB.",
        family="wan2.1",
        preset="wan2.1-t2v-1.3b",
        publisher="Wan-AI (Alibaba)",
        parts=("wan2.1-t2v-1.3b", "wan2.1-vae", *_TEXT),
        optional=("taew2_1",),
        licence="Apache-2.0",
        sizes=_SIZES_480P,
        fps=16,
        limits=_LIMITS_480P,
        defaults=SampleConfig(steps=50, guidance=6.0, shift=8.0, solver="unipc"),
        trained=("words",),
    ),
    Published(
        name="fastwan2.1-t2v-1.3b",
        title="FastWan 2.1 1.3B",
        summary="The small one in three steps, from words.",
        family="wan2.1",
        preset="wan2.1-t2v-1.3b",
        publisher="FastVideo",
        parts=("fastwan2.1-t2v-1.3b", "wan2.1-vae", *_TEXT),
        optional=("taew2_1",),
        licence="Apache-2.0",
        sizes=MappingProxyType({"landscape": (832, 448), "portrait": (448, 832)}),
        fps=16,
        limits=replace(_LIMITS_480P, window=16, max_frames=61, max_seconds=3.8, max_steps=3, max_guidance=1.0),
        defaults=SampleConfig(steps=3, guidance=1.0, shift=8.0, solver="euler"),
        trained=("words",),
        sigmas=_THREE_STEPS,
        default_seconds=3.8,
    ),
    Published(
        name="wan2.1-vace-1.3b",
        title="Wan 2.1 VACE 1.3B",
        summary="Frames at any place, masks, pictures of the cast, and control clips.",
        family="wan2.1-vace",
        preset="",
        publisher="Wan-AI (Alibaba)",
        parts=("wan2.1-vace-1.3b", "wan2.1-vae", *_TEXT),
        optional=("taew2_1",),
        licence="Apache-2.0",
        sizes=_SIZES_480P,
        fps=16,
        limits=_LIMITS_480P,
        defaults=SampleConfig(steps=50, guidance=5.0, shift=16.0, solver="unipc"),
        trained=_VACE,
    ),
    Published(
        name="wan2.1-vace-14b",
        title="Wan 2.1 VACE 14B",
        summary="The large VACE, for the largest GPUs.",
        family="wan2.1-vace",
        preset="",
        publisher="Wan-AI (Alibaba)",
        parts=("wan2.1-vace-14b", "wan2.1-vae", *_TEXT),
        optional=("taew2_1",),
        licence="Apache-2.0",
        sizes=_SIZES_VACE_14B,
        fps=16,
        limits=_LIMITS_VACE_14B,
        defaults=SampleConfig(steps=50, guidance=5.0, shift=16.0, solver="unipc"),
        trained=_VACE,
    ),
)
