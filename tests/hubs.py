"""A hub on this machine, with the published models in miniature: real names, real routes, files of a few kilobytes."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

import pytest
from safetensors.numpy import save

from model import published
from model.published import Part, RemoteFile

COMMIT = "c0ffee" + "0" * 34
KINDS = {"transformer": "diffusion_pytorch_model.safetensors", "vae": "diffusion_pytorch_model.safetensors",
         "text": "model.safetensors", "tokenizer": "tokenizer.json"}  # fmt: skip


def digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


@dataclass
class Hub:
    """Repositories as path -> bytes, and what goes wrong with them.

    `cut` after how many bytes a transfer breaks off (once a request, while `cuts` lasts); `spoil` paths that come with
    other bytes, so many times; `status` answered for everything below a repository; `seen` the ranges asked for.
    """

    repositories: dict[str, dict[str, bytes]] = field(default_factory=dict)
    cut: int = 0
    cuts: int = 0
    pace: float = 0.0
    spoil: dict[str, int] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    seen: list[tuple[str, str]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    url: str = ""

    def served(self, path: str) -> int:
        """How often a file was sent, in full or in part."""
        return sum(where == path for where, _ in self.seen)


class Handler(BaseHTTPRequestHandler):
    hub: Hub

    def log_message(self, *_: object) -> None: ...

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, body: bool) -> None:
        parts = unquote(urlsplit(self.path).path).strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            return self.listing("/".join(parts[2:4]))
        repository, rest = "/".join(parts[:2]), "/".join(parts[4:])
        if self.refused(repository):
            return None
        raw = self.hub.repositories.get(repository, {}).get(rest)
        if raw is None:
            return self.plain(404, {"X-Error-Code": "EntryNotFound"})
        return self.file(rest, raw, body)

    def refused(self, repository: str) -> bool:
        self.hub.tokens.add(self.headers.get("authorization", ""))
        code = self.hub.status.get(repository, 404 if repository not in self.hub.repositories else 0)
        if code:
            self.plain(code, {"X-Error-Code": {403: "GatedRepo", 404: "RepoNotFound"}.get(code, "")})
        return bool(code)

    def plain(self, code: int, headers: Mapping[str, str]) -> None:
        self.send_response(code)
        for name, value in {**headers, "content-length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def listing(self, repository: str) -> None:
        if self.refused(repository):
            return
        files = self.hub.repositories[repository]
        siblings = [
            {"rfilename": path, "size": len(raw), "lfs": {"sha256": digest(raw), "size": len(raw), "pointerSize": 130}}
            for path, raw in files.items()
        ]
        raw = json.dumps({"id": repository, "sha": COMMIT, "siblings": siblings}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def file(self, path: str, raw: bytes, body: bool) -> None:
        etag, size = digest(raw), len(raw)
        asked = self.headers.get("range", "")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        self.send_response(206 if asked else 200)
        self.send_header("x-repo-commit", COMMIT)
        self.send_header("etag", f'"{etag}"')
        self.send_header("x-linked-etag", f'"{etag}"')
        self.send_header("x-linked-size", str(size))
        self.send_header("accept-ranges", "bytes")
        if asked:
            self.send_header("content-range", f"bytes {start}-{size - 1}/{size}")
        self.send_header("content-length", str(size - start))
        self.end_headers()
        if body:
            self.hub.seen.append((path, asked))
            self.send_body(path, raw[start:])

    def send_body(self, path: str, raw: bytes) -> None:
        if self.hub.spoil.get(path, 0) > 0:
            self.hub.spoil[path] -= 1
            raw = bytes(byte ^ 1 for byte in raw)
        whole = len(raw)
        if self.hub.cuts > 0 and self.hub.cut < whole:
            self.hub.cuts -= 1
            raw = raw[: self.hub.cut]
        for at in range(0, len(raw), 1024):
            self.wfile.write(raw[at : at + 1024])
            if self.hub.pace:
                time.sleep(self.hub.pace)
        if len(raw) < whole:
            self.close_connection = True


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serve a hub on a port of its own."""
    handler = type("Bound", (Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def contents(part: Part) -> dict[str, bytes]:
    """Small files in the place of a part's real ones."""
    import numpy as np

    folder = part.folder or (part.files[0].path.split("/")[0] if part.files else "")
    names = list(part.only) or [KINDS[part.role], "config.json"]
    made = {}
    for name in names:
        path = f"{folder}/{name}".lstrip("/")
        if name.endswith(".safetensors"):
            made[path] = save({"x": np.full(5000, len(part.name) % 7, np.float32)})
        else:
            made[path] = json.dumps({"of": part.name}).encode()
    return made


def miniature() -> tuple[Hub, dict[str, Part]]:
    """The hub, and the catalogue's parts with the files that it has: exact ones stay exact."""
    hub, parts = Hub(), {}
    names = {name for model in published.models() for name in (*model.parts, *model.optional)}
    for name in sorted(names):
        part = published.part(name)
        files = contents(part)
        hub.repositories.setdefault(part.repository, {}).update(files)
        exact = tuple(RemoteFile(path, len(raw), digest(raw)) for path, raw in files.items()) if part.exact else ()
        revision = COMMIT if part.exact or len(part.revision) == 40 else part.revision
        parts[name] = replace(part, files=exact, revision=revision, about_bytes=21_000)
    return hub, parts


def small_world(patch: pytest.MonkeyPatch | None = None) -> Hub:
    """Put the miniature in the catalogue's place; without `patch`, for the rest of this process."""
    hub, parts = miniature()
    replaced: Callable[[], Mapping[str, Part]] = lambda: MappingProxyType(parts)  # noqa: E731
    if patch is None:
        published._parts = replaced
    else:
        patch.setattr(published, "_parts", replaced)
    return hub
