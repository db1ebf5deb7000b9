"""How much of anything one visitor may ask for: sizes of bodies, uploads at a time, requests a minute.

A body is counted as it comes, whatever its header says. Uploads wait for one of a few places; who sends nothing for
half a minute loses it. In a shared studio every visitor has a bucket of requests that fills up again.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import anyio
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MB = 1_000_000
FILES = frozenset(
    {"/studio/given", "/studio/dropped", "/studio/verify", "/studio/films/open", "/studio/films/sound"}
    | {"/gradio_api/upload"}
)
MAX_FILE, MAX_BODY = 257 * MB, 2 * MB
PLACES, PATIENCE, SILENCE = 8, 60.0, 30.0  # uploads at a time; seconds to wait for a place, and between two pieces
BURST, REFILL = 400.0, 20.0  # requests of one visitor at once, and a second
VISITORS = 10_000  # that are remembered
# What a page is built of: a first visit asks for some two hundred such files, and two visitors may share one address.
PARTS = ("/assets/", "/static/", "/svelte/", "/theme.css", "/studio/static/")


class _TooMuch(Exception):
    pass


@dataclass
class _Bucket:
    left: float = BURST
    at: float = 0.0


@dataclass
class Buckets:
    """Who asked how much, the newest `VISITORS` of them."""

    clock: Callable[[], float] = time.monotonic
    known: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict)

    def takes(self, visitor: str) -> bool:
        """Whether one request more is allowed; it is counted."""
        now = self.clock()
        bucket = self.known.setdefault(visitor, _Bucket(BURST, now))
        self.known.move_to_end(visitor)
        if len(self.known) > VISITORS:
            self.known.popitem(last=False)
        bucket.left = min(BURST, bucket.left + (now - bucket.at) * REFILL)
        bucket.at = now
        if bucket.left < 1.0:
            return False
        bucket.left -= 1.0
        return True


class Limits:
    """ASGI middleware. `shared`: requests are counted by visitor too."""

    def __init__(self, app: ASGIApp, shared: bool = False) -> None:
        self.app, self.shared = app, shared
        self.buckets = Buckets()
        self._places: anyio.Semaphore | None = None  # made in the loop that it belongs to

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self.shared and not _part(scope) and not self.buckets.takes(visitor(scope)):
            await _refuse(429, "Too many requests: wait a few seconds.")(scope, receive, send)
            return
        path = scope["path"]
        file = scope["method"] == "POST" and path in FILES
        most = MAX_FILE if file else MAX_BODY
        if _announced(scope) > most:
            await _refuse(413, f"Up to {most // MB} MB can be sent at once.", close=True)(scope, receive, send)
        elif file:
            await self._in_its_turn(scope, _Counted(receive, most), send)
        else:
            await _bounded(self.app, scope, _Counted(receive, most), send)

    async def _in_its_turn(self, scope: Scope, receive: _Counted, send: Send) -> None:
        if self._places is None:
            self._places = anyio.Semaphore(PLACES)
        with anyio.move_on_after(PATIENCE) as waiting:
            await self._places.acquire()
        if waiting.cancelled_caught:
            await _refuse(503, "Many files are coming in at the moment: try again.")(scope, receive, send)
            return
        try:
            await _bounded(self.app, scope, receive, send)
        finally:
            self._places.release()


def _part(scope: Scope) -> bool:
    return scope["method"] in ("GET", "HEAD") and scope["path"].startswith(PARTS)


class _Counted:
    """What comes in, counted; waiting for the next piece of a body has an end."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._left = receive, most
        self.whole = False

    async def __call__(self) -> Message:
        if self.whole:
            return await self._receive()  # now it is only asked whether the visitor has gone
        with anyio.move_on_after(SILENCE) as waiting:
            message = await self._receive()
            self._left -= len(message.get("body", b""))
            self.whole = not message.get("more_body", False)
            if self._left < 0:
                raise _TooMuch
            return message
        assert waiting.cancelled_caught
        return {"type": "http.disconnect"}


async def _bounded(app: ASGIApp, scope: Scope, receive: _Counted, send: Send) -> None:
    begun = False

    async def noted(message: Message) -> None:
        nonlocal begun
        if not begun and scope["method"] != "GET" and not receive.whole:
            MutableHeaders(scope=message)["connection"] = "close"  # else the rest would be read, only to be thrown away
        begun = True
        await send(message)

    try:
        await app(scope, receive, noted)
    except _TooMuch:
        if not begun:
            await _refuse(413, "That is more than can be sent at once.", close=True)(scope, receive, send)


def _refuse(status: int, words: str, close: bool = False) -> JSONResponse:
    headers = {"retry-after": "5"} if status in (429, 503) else {}
    return JSONResponse({"error": words}, status, headers | ({"connection": "close"} if close else {}))


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() and len(value) < 19 else MAX_FILE + 1
    return 0


def visitor(scope: Scope) -> str:
    """Who asks, as an address. Behind a proxy on this machine or its network, the last one that the proxy names."""
    client = scope.get("client")
    address = str(client[0]) if client else ""
    try:
        near = ipaddress.ip_address(address).is_private
    except ValueError:
        near = False
    for name, value in scope["headers"] if near else ():
        if name == b"x-forwarded-for":
            return str(value.decode("latin-1").rpartition(",")[2].strip()[:60]) or address
    return address
