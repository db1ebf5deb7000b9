"""LoRA files of one's own: each, laid over a model with a strength, is a model of its own that one can choose.

So a recipe that names it says all, and the same recipe gives the same frames. The file is read where it lies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from model import catalog, headers, lora
from model.catalog import CatalogEntry
from model.errors import WeightsError
from model.lora import LoRA
from studio.errors import ModelsError

_LONGEST = 60  # characters of a file's name in the model's


@dataclass(frozen=True, slots=True)
class Laid:
    """A LoRA over a model: the name of both together, the model's, and the file with its strength."""

    name: str
    base: str
    lora: LoRA
    problem: str = ""

    @property
    def title(self) -> str:
        """The file's name, for people, with the strength where it is not the one it was trained for."""
        strength = "" if self.lora.strength == 1 else f" ({self.lora.strength:g})"
        return f"{self.lora.path.stem}{strength}"


def name_of(base: str, path: Path) -> str:
    """What a model with this LoRA is called."""
    return f"{base}:{re.sub(r'[^A-Za-z0-9._-]+', '-', path.stem)[:_LONGEST].strip('-') or 'lora'}"


def row(base: str, path: Path, strength: float) -> dict[str, Any]:
    """A LoRA as the register keeps it."""
    return {"base": base, "path": str(path), "strength": strength}


def rows(table: Mapping[str, Mapping[str, Any]]) -> tuple[Laid, ...]:
    """What the register keeps, with what is wrong with it now; rows that make no sense are left out."""
    found = []
    for name, kept in table.items():
        try:
            made = LoRA(Path(str(kept["path"])), float(kept["strength"]))
            found.append(Laid(name, str(kept["base"]), made, "" if made.path.is_file() else f"{made.path} is missing"))
        except (KeyError, TypeError, ValueError, WeightsError):
            continue
    return tuple(found)


def entries(known: Iterable[CatalogEntry], laid: Iterable[Laid]) -> tuple[CatalogEntry, ...]:
    """The models that one can choose with LoRAs over them; one may lie over another."""
    found = {entry.name: entry for entry in known}
    made = []
    for one in sorted(laid, key=lambda one: one.name.count(":")):
        base = found.get(one.base)
        if base is not None and not one.problem:
            entry = replace(base, name=one.name, title=f"{base.title} + {one.title}", loras=(*base.loras, one.lora))
            found[entry.name] = entry
            made.append(entry)
    return tuple(made)


def shapes(place: Path) -> dict[str, tuple[int, ...]]:
    """The shapes of a transformer's tensors, by their original names. Raises ModelsError."""
    from model.weights import original_name

    try:
        read = headers.read_all(headers.shards(place))
    except WeightsError as error:
        raise ModelsError(str(error)) from None
    plain = {key.removeprefix("model.diffusion_model."): shape for key, shape in read.items()}
    return {original_name(key): shape for key, shape in plain.items()}


def transformer_of(entry: CatalogEntry) -> Path:
    """Where a model's transformer lies."""
    return entry.parts.get("transformer") or entry.folder / catalog.DIT_FILE


def fits(path: Path, place: Path) -> str:
    """What a LoRA is for the transformer at a place, in words. Raises ModelsError that says why it does not fit."""
    try:
        return lora.describe(path, shapes(place))
    except WeightsError as error:
        raise ModelsError(str(error)) from None
