"""What a film can be exported as: its shape, its size in pixels, and the kind of file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from model.catalog import CatalogEntry
from studio.errors import FilmError

Container = Literal["mp4", "webm", "gif", "webp"]
SHAPES: dict[str, tuple[int, int]] = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}
NAMES = {"16:9": "landscape", "9:16": "portrait", "1:1": "square"}
CONTAINERS: tuple[Container, ...] = ("mp4", "webm", "gif", "webp")
SILENT: frozenset[str] = frozenset({"gif", "webp"})


@dataclass(frozen=True)
class Format:
    """An export: `size` (width, height) in pixels, even; `fps` 0 is the film's own rate. `label` is for people."""

    name: str
    label: str
    size: tuple[int, int]
    container: Container = "mp4"
    fps: int = 0

    @property
    def suffix(self) -> str:
        """Of its file."""
        return f".{self.container}"


PRESETS: tuple[Format, ...] = (
    Format("youtube", "YouTube, Vimeo · 1920 × 1080", (1920, 1080)),
    Format("shorts", "Shorts, Reels, TikTok · 1080 × 1920", (1080, 1920)),
    Format("square", "Instagram, Facebook · 1080 × 1080", (1080, 1080)),
    Format("post", "X, Mastodon, Bluesky · 1280 × 720", (1280, 720)),
    Format("gif", "GIF for a message · 480 wide", (480, 270), "gif", 12),
    Format("webp", "WebP for a page · 480 wide", (480, 270), "webp", 12),
)


def choose(
    film_size: tuple[int, int], entry: CatalogEntry, *, shape: str = "", preset: str = "", container: str = ""
) -> Format:
    """The format that was asked for: a preset by name, or a shape (16:9, 9:16, 1:1; "" is the film's own) and a kind of
    file. Raises FilmError with what there is."""
    if container and container not in CONTAINERS:
        message = f"a film cannot be a {container[:20]!r}: it can be {', '.join(CONTAINERS)}"
        raise FilmError("format", container, message, suggestion="mp4")
    if preset:
        found = next((one for one in PRESETS if one.name == preset), None)
        if found is None:
            names = ", ".join(one.name for one in PRESETS)
            raise FilmError("preset", preset, f"preset {preset[:20]!r} is not known: use {names}", suggestion="youtube")
        if container and container != found.container:
            found = replace(found, container=_container(container))
        if found.container in SILENT:
            found = replace(found, size=_inside(film_size, 480))
        return found
    if shape and shape not in SHAPES:
        message = f"shape {shape[:20]!r} is not known: use {', '.join(SHAPES)}"
        raise FilmError("shape", shape, message, suggestion="16:9")
    size = film_size if not shape else _shaped(film_size, shape, entry)
    kind = _container(container or "mp4")
    if kind in SILENT:
        return Format(f"{shape or 'film'} {kind}", f"{kind.upper()}", _inside(size, 480), kind, 12)
    return Format(shape or "film", f"{shape or 'As shot'} · {size[0]} × {size[1]}", size, kind)


def _container(name: str) -> Container:
    return next(one for one in CONTAINERS if one == name)


def _shaped(size: tuple[int, int], shape: str, entry: CatalogEntry) -> tuple[int, int]:
    """The film's own size where it has the shape, else the size in which the model shoots it."""
    wide, tall = SHAPES[shape]
    if abs(size[0] / size[1] - wide / tall) < 0.03:
        return size
    known = entry.sizes.get(NAMES[shape])
    if known is not None:
        return known
    side = (size[0] * size[1] / wide / tall) ** 0.5
    return round(side * wide / 2) * 2, round(side * tall / 2) * 2


def _inside(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(size))
    return round(size[0] * scale / 2) * 2, round(size[1] * scale / 2) * 2
