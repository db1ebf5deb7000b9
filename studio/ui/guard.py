"""What stands before every request: which hosts are ours, which pages may speak to us, and what the browser may do.

Gradio accepts any Host and, behind a name that is not localhost, any Origin: enough for DNS rebinding and for a
stranger's page to upload or shoot. Here a Host must be ours and an Origin must be the page's own.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.ui import owner

# Gradio's page needs inline scripts, and its HTML templates are compiled in the browser (unsafe-eval).
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {ancestors}"
)
_SPACE_PARENT = "https://huggingface.co"
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Door:
    """Who may come in. `hosts` are names besides localhost; `on_space` is inside a Hugging Face Space."""

    shared: bool = False
    on_space: bool = False
    hosts: frozenset[str] = frozenset()

    @classmethod
    def make(cls, *, shared: bool, on_space: bool, host: str, more: str = "") -> Door:
        """For a server bound to `host`; `more` are further names, separated by commas."""
        names = {name.strip().lower() for name in more.split(",") if name.strip()}
        names.add(host.lower().strip("[]"))
        if host in ("0.0.0.0", "::"):
            machine = socket.gethostname().lower()
            names |= {machine, f"{machine}.local"}
        return cls(shared=shared, on_space=on_space, hosts=frozenset(names))

    def knows_host(self, header: str) -> bool:
        """Whether a Host header names this server. An address literal is safe: rebinding needs a name."""
        name = _host_name(header)
        if name in _LOCAL_NAMES or name in self.hosts:
            return True
        if self.on_space and name.endswith((".hf.space", ".huggingface.co")):
            return True
        return self.shared and _is_address(name)

    def admits(self, headers: Headers) -> bool:
        """Whether a request comes from our own page, or from a program that is no browser."""
        origin = headers.get("origin")
        if origin is not None:
            own = urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
            return own or (self.on_space and origin == _SPACE_PARENT)
        # Pictures and scripts that another site embeds carry no Origin, but say where they come from.
        site, mode = headers.get("sec-fetch-site"), headers.get("sec-fetch-mode")
        return site != "cross-site" or mode == "navigate" or self.on_space

    def response_headers(self) -> dict[str, str]:
        """Security headers of every answer."""
        ancestors = f"'self' {_SPACE_PARENT} https://*.hf.space" if self.on_space else "'none'"
        headers = {
            "content-security-policy": _POLICY.format(ancestors=ancestors),
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
            "cross-origin-resource-policy": "same-origin",
        }
        if not self.on_space:
            headers["x-frame-options"] = "DENY"
            headers["cross-origin-opener-policy"] = "same-origin"
        return headers


class Guard:
    """ASGI middleware: refuses strangers, gives a browser its owner token, sets the security headers."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(headers)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        token = self._newcomer(scope, headers)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in self.door.response_headers().items():
                    answer.setdefault(name, value)
                if token is not None:
                    answer.append("set-cookie", owner.set_cookie(token, self.door.on_space))
            await send(message)

        await self.app(scope, receive, send_guarded)

    def _refusal(self, headers: Headers) -> PlainTextResponse | None:
        if not self.door.knows_host(headers.get("host", "")):
            return PlainTextResponse("This studio does not answer to that name. Set AUTEUR_HOSTS to add it.", 400)
        if not self.door.admits(headers):
            return PlainTextResponse("Another site may not use this studio.", 403)
        return None

    def _newcomer(self, scope: Scope, headers: Headers) -> str | None:
        """A new token for a browser that opens the page of a shared studio without one."""
        if not self.door.shared or scope["method"] != "GET" or "text/html" not in headers.get("accept", ""):
            return None
        return None if owner.is_token(_cookies(headers).get(owner.COOKIE)) else owner.new_token()


def _cookies(headers: Headers) -> dict[str, str]:
    jar = SimpleCookie()
    try:
        jar.load(headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def _host_name(header: str) -> str:
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
