"""Opening a picture that a stranger gave: only four formats, upright, opaque, sRGB, and within limits.

The file is opened by its content, never by its name: an SVG or a PDF called .png is refused, not rendered.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from studio.errors import MediaError

FORMATS = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "GIF": ".gif"}
MAX_BYTES = 64_000_000
MAX_SIDE = 12_000  # pixels
MAX_PIXELS = 80_000_000  # below PIL's own alarm, so that a good picture never warns
MIN_SIDE = 16
NO_PICTURE = "this is not a PNG, JPEG, WebP or GIF picture"
MAX_ANIMATED = 400_000_000  # pixels of all frames of an animation together: what is longer ends early

Frames = NDArray[np.uint8]

# What a damaged file can make PIL raise while it opens or decodes.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, MemoryError, OverflowError)


@dataclass(frozen=True)
class PictureKind:
    """What a picture file is: PIL's format name, the suffix that goes with it, and whether it moves."""

    format: str
    suffix: str
    animated: bool


def picture_kind(path: Path) -> PictureKind:
    """What sort of picture a file holds, from its content. Raises MediaError when it is none that is opened."""
    with _opened(path) as image:
        name = image.format or ""
        return PictureKind(name, FORMATS[name], bool(getattr(image, "is_animated", False)))


def open_picture(path: Path) -> Image.Image:
    """The picture as RGB: upright (EXIF), alpha over white, colours in sRGB; of an animation the first frame.

    Raises MediaError with one line that names the file and what is wrong with it.
    """
    with _opened(path) as image:
        try:
            image.load()
            return _opaque(_srgb(_upright(image)))
        except _BROKEN:
            raise MediaError(f"{path.name}: the picture is damaged or cut off; save it again and retry") from None


def open_animation(path: Path, limit: int) -> tuple[list[Image.Image], list[int]]:
    """The first `limit` frames of a GIF or WebP as RGB pictures, and for how many milliseconds each is seen."""
    frames: list[Image.Image] = []
    times: list[int] = []
    with _opened(path) as image:
        try:
            limit = min(limit, max(1, MAX_ANIMATED // (image.width * image.height)))
            for index in range(min(limit, int(getattr(image, "n_frames", 1)))):
                image.seek(index)
                frames.append(_opaque(image.copy()))
                times.append(max(10, int(image.info.get("duration") or 100)))
        except _BROKEN:
            raise MediaError(f"{path.name}: the animation is damaged or cut off") from None
    return frames, times


def fit_picture(
    image: Image.Image, width: int, height: int, crop: tuple[float, float, float, float] | None = None
) -> Frames:
    """The picture, or its `crop` (left, top, width, height as parts of it), scaled to cover width x height pixels and
    cut to the middle: uint8 (height, width, 3)."""
    if crop is not None:
        left, top = crop[0] * image.width, crop[1] * image.height
        right, bottom = left + crop[2] * image.width, top + crop[3] * image.height
        image = image.crop(
            (round(left), round(top), max(round(right), round(left) + 1), max(round(bottom), round(top) + 1))
        )
    fitted = ImageOps.fit(image, (width, height), method=Image.Resampling.LANCZOS)
    return np.array(fitted, dtype=np.uint8)


def whole_picture(image: Image.Image, width: int, height: int) -> Frames:
    """The picture, nothing cut off, scaled to fit into width x height pixels before the colour of its corner: uint8
    (height, width, 3)."""
    red, green, blue = np.asarray(image.convert("RGB"))[0, 0].tolist()
    fitted = ImageOps.pad(image, (width, height), method=Image.Resampling.LANCZOS, color=(red, green, blue))
    return np.array(fitted, dtype=np.uint8)


def jpeg(frame: Frames, *, quality: int = 90, longest: int | None = None) -> bytes:
    """A frame as JPEG, no longer than `longest` pixels on its long side."""
    image = Image.fromarray(frame)
    if longest is not None:
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def _opened(path: Path) -> Image.Image:
    try:
        size = path.stat().st_size
    except OSError:
        raise MediaError(f"{path.name}: there is no such file, or it cannot be read") from None
    if size > MAX_BYTES:
        raise MediaError(
            f"{path.name}: {size // 1_000_000} MB is too large; up to {MAX_BYTES // 1_000_000} MB is opened"
        )
    try:
        image = Image.open(path, formats=tuple(FORMATS))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise MediaError(f"{path.name}: {_too_large()}") from None
    except _BROKEN:
        raise MediaError(f"{path.name}: {NO_PICTURE}") from None
    try:
        _check_size(path, *image.size)
    except MediaError:
        image.close()
        raise
    return image


def _check_size(path: Path, width: int, height: int) -> None:
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise MediaError(f"{path.name}: the picture is {width} x {height} pixels: {_too_large()}")
    if width < MIN_SIDE or height < MIN_SIDE:
        line = f"the picture is {width} x {height} pixels: at least {MIN_SIDE} x {MIN_SIDE} are needed"
        raise MediaError(f"{path.name}: {line}")


def _too_large() -> str:
    return f"up to {MAX_SIDE} on a side and {MAX_PIXELS // 1_000_000} million in all are opened; make it smaller"


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        return image  # broken EXIF is no reason to refuse a good picture


def _srgb(image: Image.Image) -> Image.Image:
    """Through the picture's own colour profile where it has one; phones and printers do not speak sRGB."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return turned if turned is not None else image


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):  # 16-bit greys: PIL's own conversion would cut them off at 255
        values = np.asarray(image, dtype=np.float64)
        scale = 257.0 if values.max(initial=0) > 255 else 1.0
        image = Image.fromarray(np.clip(values / scale, 0, 255).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        ground.alpha_composite(layer)
        return ground.convert("RGB")
    return image.convert("RGB")
