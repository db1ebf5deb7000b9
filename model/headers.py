"""What a safetensors file holds, from its header alone: names, shapes, and whether the file is whole. No torch.

A header is a length (8 bytes, little endian) and JSON that gives every tensor's type, shape and bytes; then come the
tensors, one after another. So the size that a whole file must have is known without reading it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.errors import WeightsError

_LONGEST = 100 << 20  # bytes; the limit that the safetensors library itself has
PICKLES = frozenset({".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle"})


@dataclass(frozen=True, slots=True)
class Header:
    """Tensor name -> shape, their bytes together, and what the file says of itself."""

    shapes: Mapping[str, tuple[int, ...]]
    size_bytes: int
    metadata: Mapping[str, str]


def read(path: Path) -> Header:
    """The header of a file. Raises WeightsError in one line when it is no safetensors file, or only a part of one."""
    if not path.is_file():
        raise WeightsError(f"{path} is missing")
    if path.suffix.lower() in PICKLES:
        raise WeightsError(
            f"{path} is a pickle, which can run any program when it is opened: it is refused; get the safetensors file"
        )
    try:
        there = path.stat().st_size
        with path.open("rb") as file:
            begins = file.read(8)
            if another := _other(begins, there):
                raise ValueError(another)
            length = struct.unpack("<Q", begins)[0]
            if length > min(_LONGEST, there):
                raise ValueError("its header would be longer than the file")
            stated = json.loads(file.read(length))
        metadata = stated.pop("__metadata__", {})
        shapes = {str(name): tuple(int(side) for side in tensor["shape"]) for name, tensor in stated.items()}
        end = max((int(tensor["data_offsets"][1]) for tensor in stated.values()), default=0)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        reason = " ".join(str(error).split())[:100] or type(error).__name__
        raise WeightsError(f"{path} is not a safetensors file, or only the beginning of one ({reason})") from None
    if there < 8 + length + end:
        raise WeightsError(f"{path} is only half here: {there:,} of {8 + length + end:,} bytes; fetch it again")
    return Header(shapes, end, metadata if isinstance(metadata, dict) else {})


def _other(begins: bytes, size: int) -> str:
    """What else a file is that begins so, as often happens to downloads; "" where that cannot be told."""
    if size < 8:
        return f"it has {size} bytes"
    if begins.startswith((b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")):
        return "it is a pickle under another name, which is never opened"
    if begins.lstrip().startswith(b"<"):
        return "it is a page of a website: its link was saved instead of the file"
    if begins == b"version ":
        return "it is a pointer of Git LFS: get the file itself with git lfs pull"
    return ""


def read_all(files: Iterable[Path]) -> dict[str, tuple[int, ...]]:
    """Name -> shape of the tensors of several files that are one model."""
    found: dict[str, tuple[int, ...]] = {}
    for file in files:
        found.update(read(file).shapes)
    return found


def shards(path: Path) -> tuple[Path, ...]:
    """The safetensors files of a folder, as its index names them, or of a file itself. Raises WeightsError.

    With an index, every file that it names has to be there; the first that is not is named.
    """
    if path.is_file():
        return (path,)
    if not path.is_dir():
        raise WeightsError(f"{path} is not there")
    index = sorted(path.glob("*.safetensors.index.json"))
    if not index:
        found = sorted(path.glob("*.safetensors"))
        if not found:
            raise WeightsError(f"{path} holds no safetensors file")
        return tuple(found)
    names = _named(index[0])
    missing = [name for name in names if not (path / name).is_file()]
    if missing:
        raise WeightsError(f"{path / missing[0]} is missing ({len(missing)} of {len(names)} files are); fetch it again")
    return tuple(path / name for name in names)


def _named(index: Path) -> list[str]:
    try:
        stated: dict[str, Any] = json.loads(index.read_text(encoding="utf-8"))
        names = sorted({str(name) for name in stated["weight_map"].values()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise WeightsError(f"{index} cannot be read; fetch it again") from None
    outside = [name for name in names if Path(name).name != name]
    if outside:
        raise WeightsError(f"{index} names {outside[0]!r}, which does not lie beside it")
    return names
