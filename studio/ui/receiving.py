"""A file as the body of a request: written straight to the disk as it comes, looked at, and gone again."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from anyio import open_file, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from studio.disk import require_space, unwritable
from studio.errors import MediaError
from studio.looking import Looker
from studio.ui.web import fresh, guarded, sentence
from studio.words import printable

MAX_BYTES = 256_000_000

Look = Callable[[Path, str], Response]
"""The answer for a file on the disk and the name that it came under, which is never used as a path."""


async def received(request: Request, home: Path, looker: Looker, look: Look) -> Response:
    """The body on disk, vetted in a child process, looked at in a thread, and removed whatever happens.

    `?name=` is what it is called.
    """
    name = Path(request.query_params.get("name", "file").replace("\\", "/")).name or "file"
    folder = home / "cache"
    path = folder / f"{secrets.token_hex(16)}{_suffix(name)}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        await _save(request, path)
        return await to_thread.run_sync(lambda: guarded(lambda: _vetted(looker, path, name, look)))
    except MediaError as error:
        return fresh({"error": sentence(str(error))}, 409)
    except ClientDisconnect:
        return fresh({"error": "The file did not come whole."}, 400)  # to nobody: they have gone
    except OSError as error:
        if (line := unwritable(error)) is None:
            raise
        return fresh({"error": sentence(line)}, 409)
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _vetted(looker: Looker, path: Path, name: str, look: Look) -> Response:
    try:
        looker.vet(path)
    except MediaError as error:
        raise MediaError(str(error).replace(path.name, printable(name)[:120])) from None
    return look(path, name)


def sweep(home: Path, older: float = 24 * 3600) -> None:
    """Remove uploads in which the studio died, a day after."""
    for path in (home / "cache").glob("*"):
        with suppress(OSError):
            if path.is_file() and time.time() - path.stat().st_mtime > older:
                path.unlink()


async def _save(request: Request, path: Path) -> None:
    announced = _length(request)
    if announced > MAX_BYTES:
        raise HTTPException(413, f"Up to {MAX_BYTES // 1_000_000} MB can be given at once.")
    require_space(path.parent, announced)
    written = 0
    async with await open_file(path, "wb") as out:
        async for chunk in request.stream():
            written += len(chunk)
            if written > MAX_BYTES:
                raise HTTPException(413, f"Up to {MAX_BYTES // 1_000_000} MB can be given at once.")
            await out.write(chunk)


def _length(request: Request) -> int:
    text = request.headers.get("content-length") or "0"
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise HTTPException(400, "The length of the file is not a number.")
    return int(text)


def _suffix(name: str) -> str:
    """The name's ending, where it is a plain one: readers of credentials choose their parser by it."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix[1:].isalnum() and len(suffix) < 8 else ""
