"""Pictures and clips that somebody gives: received, looked at, kept in the library, and shown small.

What is shown is always drawn again from the decoded pixels: no file of a stranger is ever sent back as it came.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from studio import media
from studio.errors import MediaError
from studio.given import MAX_SIDE
from studio.library import Library
from studio.pictures import NO_PICTURE
from studio.ui.drafts import Drafts, Given
from studio.words import printable

SHOWN = 1024  # pixels on the long side of a picture as the page shows it
STRIP_FRAMES = 12
STRIP_HEIGHT = 72


def receive(drafts: Drafts, library: Library, owner: str, path: Path, name: str) -> Given:
    """Look at a file, keep it as it came, and remember whose it is. Raises MediaError with one plain line."""
    shown = _name(name)
    try:
        if media.is_clip(path):
            size, seconds, kind = _clip(path)
        else:
            size, seconds, kind = media.open_picture(path).size, 0.0, "picture"
    except MediaError as error:
        line = str(error).replace(path.name, shown)
        raise MediaError(line.replace(NO_PICTURE, f"{NO_PICTURE}, nor a clip (MP4, MOV, WebM, Matroska)")) from None
    sha256, _ = library.keep_input(path)
    return drafts.add(owner, sha256, shown, kind, size, seconds)


def known(drafts: Drafts, library: Library, owner: str, path: Path, name: str = "") -> Given | None:
    """A file that a shot of this owner names, as one of theirs; None when it is gone or cannot be read."""
    if not path.is_file():
        return None
    try:
        return receive(drafts, library, owner, path, name)
    except MediaError:
        return None


def picture(path: Path, given: Given) -> bytes:
    """The picture, or a clip's first frame, as WebP."""
    if given.kind == "clip":
        image = Image.fromarray(media.decode_clip(path, limit=1)[0])
    else:
        image = media.open_picture(path)
    image.thumbnail((SHOWN, SHOWN), Image.Resampling.LANCZOS)
    return _webp(image)


def strip(path: Path, given: Given) -> bytes:
    """A clip as a row of small frames, evenly spread: what the trim handles stand on."""
    width = max(16, round(STRIP_HEIGHT * given.width / max(1, given.height)))
    rate = STRIP_FRAMES / max(given.seconds, 0.1)
    frames = media.decode_clip(path, fps=rate, size=(width, STRIP_HEIGHT), limit=STRIP_FRAMES)
    picked = frames[np.linspace(0, len(frames) - 1, STRIP_FRAMES).round().astype(int)]
    return _webp(Image.fromarray(np.concatenate(list(picked), axis=1)))


def _clip(path: Path) -> tuple[tuple[int, int], float, str]:
    facts = media.probe(path)
    if max(facts.width, facts.height) > MAX_SIDE:
        raise MediaError(f"{path.name} is {facts.width} x {facts.height}: up to {MAX_SIDE} pixels on a side are read")
    return (facts.width, facts.height), facts.seconds or 0.1, "clip"


def _webp(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=82, method=2)
    return buffer.getvalue()


def _name(name: str) -> str:
    return printable(Path(name.replace("\\", "/")).name)[:120]
