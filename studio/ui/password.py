"""One password for the whole studio (AUTEUR_PASSWORD), before anything else; wrong ones lock the door for a while.

A browser gets a page that asks for it, and then a cookie that only this studio can have made. A program sends it as
`Authorization: Bearer ...`. Five wrong ones from an address close the door to it for a minute, then two, four, up to an
hour; fifty from anywhere close it to all who have no cookie.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from studio.ui.limits import visitor

COOKIE = "auteur_door"
PATH = "/studio/enter"
DAYS = 30
TRIES, EVERYBODY = 5, 50
MOST_FORM = 4096  # bytes
_STARTING = "/gradio_api/startup-events"  # the server asks itself for it when it starts; it answers true, to anybody

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Auteur</title><style>
body{{margin:0;min-height:100vh;display:grid;place-items:center;background:#0E0F12;color:#ECEDEE;
font:16px/1.5 system-ui,sans-serif}}form{{width:min(320px,86vw);display:grid;gap:12px}}h1{{font-size:20px;margin:0}}
p{{margin:0;color:#FF6369;min-height:24px}}input,button{{font:inherit;height:44px;border-radius:10px;padding:0 14px;
border:1px solid #2A2E37;background:#1D2027;color:inherit}}button{{background:#FFB224;border:0;color:#0E0F12;
font-weight:600;cursor:pointer}}:focus-visible{{outline:2px solid #FFB224;outline-offset:2px}}</style>
<form method="post" action="{action}"><h1>This studio asks for a password</h1>
<input type="password" name="password" aria-label="Password" autocomplete="current-password" autofocus required>
<button>Enter</button><p role="alert">{said}</p></form></html>"""


@dataclass
class Tries:
    """Wrong passwords by address, and until when the door is closed."""

    clock: Callable[[], float] = time.monotonic
    wrong: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict)
    everybody: tuple[int, float] = (0, 0.0)

    def wait(self, address: str) -> float:
        """Seconds until this address may try again; 0 when it may."""
        until = max(self.wrong.get(address, (0, 0.0))[1], self.everybody[1])
        return max(0.0, until - self.clock())

    def failed(self, address: str) -> None:
        """One wrong password more."""
        self.wrong[address] = self._closed(self.wrong.get(address, (0, 0.0))[0] + 1, TRIES)
        self.wrong.move_to_end(address)
        if len(self.wrong) > 10_000:
            self.wrong.popitem(last=False)
        self.everybody = self._closed(self.everybody[0] + 1, EVERYBODY)

    def passed(self, address: str) -> None:
        """The right one."""
        self.wrong.pop(address, None)
        self.everybody = (0, 0.0)

    def _closed(self, count: int, most: int) -> tuple[int, float]:
        times = count // most
        return count, self.clock() + min(3600.0, 60.0 * 2 ** (times - 1)) if times and count % most == 0 else 0.0


class Password:
    """ASGI middleware. `secret` is the studio's own, so that a cookie outlives a restart and no other studio's fits."""

    def __init__(self, app: ASGIApp, password: str, secret: bytes, on_space: bool = False) -> None:
        self.app, self.tries = app, Tries()
        self._word, self._on_space = password.encode(), on_space
        self._key = hmac.digest(secret, b"door:" + self._word, "sha256")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or ask for the password."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers, address = Headers(scope=scope), visitor(scope)
        offered = headers.get("authorization", "")
        if self._has_cookie(headers) or scope["path"] == _STARTING:
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "POST":
            await (await self._enter(Request(scope, receive), address))(scope, receive, send)
        elif offered.startswith("Bearer ") and not self.tries.wait(address) and self._right(offered[7:], address):
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._closed(headers, address)(scope, receive, send)

    async def _enter(self, request: Request, address: str) -> Response:
        if wait := self.tries.wait(address):
            return _page(f"Too many wrong passwords. Try again in {_minutes(wait)}.", 429)
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_FORM:
                return _page("That is no password.", 413)
        given = parse_qs(body.decode("utf-8", "replace")).get("password", [""])[0]
        if not self._right(given, address):
            wait = self.tries.wait(address)
            return _page(f"Wrong. Try again in {_minutes(wait)}." if wait else "Wrong password.", 401)
        answer = RedirectResponse("/", 303)
        rule = "SameSite=None; Secure; Partitioned" if self._on_space else "SameSite=Lax"
        until = int(time.time()) + DAYS * 86400
        answer.headers["set-cookie"] = (
            f"{COOKIE}={until}.{self._seal(until)}; Path=/; Max-Age={DAYS * 86400}; HttpOnly; {rule}"
        )
        return answer

    def _closed(self, headers: Headers, address: str) -> Response:
        if "text/html" in headers.get("accept", ""):
            return _page("", 401)
        wait = self.tries.wait(address)
        words = f"Too many wrong passwords: {_minutes(wait)} to wait." if wait else "This studio asks for a password."
        return JSONResponse({"error": words}, 429 if wait else 401, {"cache-control": "no-store"})

    def _right(self, given: str, address: str) -> bool:
        right = hmac.compare_digest(hashlib.sha256(given.encode("utf-8", "replace")).digest(), self._hash())
        (self.tries.passed if right else self.tries.failed)(address)
        return right

    def _hash(self) -> bytes:
        return hashlib.sha256(self._word).digest()

    def _seal(self, until: int) -> str:
        return hmac.new(self._key, str(until).encode(), "sha256").hexdigest()

    def _has_cookie(self, headers: Headers) -> bool:
        jar = SimpleCookie()
        try:
            jar.load(headers.get("cookie", ""))
        except CookieError:
            return False
        until, _, seal = jar[COOKIE].value.partition(".") if COOKIE in jar else ("", "", "")
        if not (until.isascii() and until.isdecimal() and len(until) < 12):
            return False
        return hmac.compare_digest(seal.encode(), self._seal(int(until)).encode()) and int(until) > time.time()


def _page(said: str, status: int) -> HTMLResponse:
    # Under the studio's own policy (no referrer) a browser would send the form without its origin.
    headers = {"cache-control": "no-store", "referrer-policy": "same-origin"}
    if status == 429:
        headers["retry-after"] = "60"
    return HTMLResponse(_PAGE.format(action=PATH, said=html.escape(said)), status, headers)


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60 + 0.49))
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
