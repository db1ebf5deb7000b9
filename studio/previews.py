"""Previews of a running job: small looping pictures, written beside the render so that it does not wait for them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from studio import media
from studio.pictures import Frames

KEPT = 3  # a page may still be loading the one before
LONGEST = 256  # pixels
VEIL = 9.0  # pixels: what forms is seen, what it is hardly


class Previews:
    """Writes preview-N.webp into a folder, one at a time; `written(N)` is called when a file is whole.

    A step that comes while one is being written is left out: the next is never far. `veiled` blurs them: on a public
    host nothing is seen clearly before the finished clip was looked at.
    """

    def __init__(self, folder: Path, written: Callable[[int], None], start: int = 0, *, veiled: bool = False) -> None:
        self._folder, self._written, self._count = folder, written, start
        self._blur = VEIL if veiled else 0.0
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="preview")
        self._last: Future[None] | None = None

    def add(self, pictures: Frames, milliseconds: int) -> None:
        """Offer pictures, uint8 (t, h, w, 3), `milliseconds` each. Raises what went wrong with the one before."""
        if self._last is not None:
            if not self._last.done():
                return
            self._last.result()
        self._count += 1
        self._last = self._pool.submit(self._write, self._count, pictures, milliseconds)

    def close(self) -> None:
        """Wait for the last one."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _write(self, number: int, pictures: Frames, milliseconds: int) -> None:
        path = self._folder / f"preview-{number}.webp"
        media.save_preview(pictures, path, milliseconds=milliseconds, longest=LONGEST, blur=self._blur)
        self._written(number)
        (self._folder / f"preview-{number - KEPT}.webp").unlink(missing_ok=True)
