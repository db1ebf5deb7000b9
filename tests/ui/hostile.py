"""A hostile visitor at a running shared studio on this machine: what was tried, and what happened.

    python -m tests.ui.hostile        starts a studio of its own and prints the table of docs/security.md

Raw connections, because well-behaved clients mend a bad path or header before they send it.
"""

# ruff: noqa: E501 (a table of attacks reads best a line each)

from __future__ import annotations

import http.client
import io
import json
import socket
import struct
import sys
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from studio.ui.owner import COOKIE, new_token
from tests.ui.servers import Server, end, start

MARKUP = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'; DROP TABLE takes;--"
JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Row:
    """One thing that was tried: how often, what came back, and whether that is as it should be."""

    tried: str
    times: int
    happened: str
    good: bool


class Visitor:
    """Somebody with a browser's cookie, or with none."""

    def __init__(self, server: Server, token: str | None) -> None:
        self.netloc, self.token = urlsplit(server.url).netloc, token

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body; 0 when the studio hung up."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token and "Cookie" not in named:
            named["Cookie"] = f"{COOKIE}={self.token}"
        connection = http.client.HTTPConnection(self.netloc, timeout=60)
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read(4_000_000)
        except (OSError, http.client.HTTPException):
            return 0, {}, b""
        finally:
            connection.close()

    def json(self, method: str, path: str, body: Any = None) -> Any:
        """What a good visitor gets."""
        return json.loads(self.ask(method, path, None if body is None else json.dumps(body), **JSON)[2])


def attack(server: Server, large: int = 1_000_000_000, crowd: int = 100) -> list[Row]:
    """Try everything once. `large` is the announced body in bytes, `crowd` how many uploads come at once."""
    victim, thief, nobody = Visitor(server, new_token()), Visitor(server, new_token()), Visitor(server, None)
    shot = {"form": {"prompt": "A red fox in the snow", "seconds": "1"}, "takes": 1}
    victim.json("POST", "/studio/shoot", shot)
    until = time.monotonic() + 90
    while not (takes := victim.json("GET", "/studio/takes")["takes"]):
        assert time.monotonic() < until, "the victim's shot did not end"
        time.sleep(0.3)
    before = {path.name for path in server.home.parent.iterdir()}
    rows = [
        _traversal(server, nobody),
        *_strangers(thief, nobody, takes[0]),
        *_forged(victim),
        _markup(victim, takes[0]["id"]),
        _large(nobody, large),
        _endless(nobody),
        _bombs(thief),
        _crowd(thief, crowd),
        _silent(server, victim),
    ]
    intact = victim.ask("GET", f"/studio/takes/{takes[0]['id']}/clip.mp4")[0] == 200
    outside = {path.name for path in server.home.parent.iterdir()} - before
    until = time.monotonic() + 20  # whoever hung up is noticed a moment later
    while (
        left := [path.name for path in (server.home / "cache").glob("*") if path.is_file()]
    ) and time.monotonic() < until:
        time.sleep(0.2)
    alive = nobody.ask("GET", "/", Accept="text/html")[0] == 200
    traces = server.log.read_text(errors="replace").count("Traceback")
    said = f"alive, take intact, {len(outside)} files outside, {len(left)} uploads left, {traces} tracebacks in the log"
    rows.append(Row("the studio after all that", 1, said, alive and intact and not outside and not left and not traces))
    return rows


def _row(tried: str, statuses: list[int], allowed: set[int]) -> Row:
    counts = {status: statuses.count(status) for status in sorted(set(statuses))}
    return Row(tried, len(statuses), ", ".join(f"{count} x {status}" for status, count in counts.items()),
               set(statuses) <= allowed)  # fmt: skip


def _traversal(server: Server, nobody: Visitor) -> Row:
    home = server.home
    secrets = [home / "identity" / "signer.key", home / "library.db", home / "takes", Path("/etc/passwd")]
    paths = [f"/gradio_api/file={path}" for path in secrets] + [f"/file={path}" for path in secrets]
    ups = "../../../../../../../../etc/passwd"
    for up in (ups, ups.replace("/", "%2f"), ups.replace("..", "%2e%2e"), ups.replace("../", "..%5c"), "/etc/passwd"):
        paths += [
            f"/studio/static/{up}",
            f"/static/{up}",
            f"/assets/{up}",
            f"/gradio_api/file={up}",
            f"/studio/takes/{up}/clip.mp4",
        ]
    paths += [
        f"/gradio_api/proxy={server.url}studio/takes",
        "/gradio_api/proxy=http://169.254.169.254/latest/meta-data",
    ]
    paths += ["/gradio_api/stream/x/y/z", "/.git/config", "/app.py", "//etc/passwd", "/studio/export.zip"]
    answers = [nobody.ask("GET", path) for path in paths]
    leaked = [body for _, _, body in answers if b"root:" in body or b"PRIVATE KEY" in body or b"SQLite" in body]
    assert not leaked, leaked
    return _row(
        "files by path: keys, library, system, source, proxies", [one[0] for one in answers], {400, 403, 404, 405}
    )


def _strangers(thief: Visitor, nobody: Visitor, take: dict[str, Any]) -> Iterator[Row]:
    identity, job = take["id"], take["job"]
    looks = [f"/studio/takes/{identity}/clip.mp4", f"/studio/takes/{identity}/poster", f"/studio/jobs/{job}/form",
             f"/studio/jobs/{job}/history", f"/studio/jobs/{job}/preview", f"/studio/takes/{identity}/difference/{identity}"]  # fmt: skip
    does = [f"/studio/takes/{identity}/{what}" for what in ("star", "name", "note", "bin", "restore", "form", "use")]
    does += [
        f"/studio/jobs/{job}/{what}" for what in ("stop", "keep", "pause", "resume", "again", "retry", "move", "edit")
    ]
    body = json.dumps({"how": "first", "form": {"prompt": "mine", "seconds": "1"}})
    for who, name, allowed in ((thief, "with a cookie of one's own", {404}), (nobody, "without one", {403})):
        found = [who.ask("GET", path, Range="bytes=0-9")[0] for path in looks]
        found += [who.ask("POST", path, body, **JSON)[0] for path in does]
        yield _row(f"another visitor's take and job, every address, {name}", found, allowed)
    guesses = ["t" + "0" * 16, "t1", "1", "%00", "t' OR '1'='1", "t/../t", "*", "t%0d%0aSet-Cookie:x=y"]
    found = [thief.ask("GET", f"/studio/takes/{guess.replace(' ', '%20')}/clip.mp4")[0] for guess in guesses]
    yield _row("guessed and malformed ids", found, {400, 404})
    cookies = ["", "x", "../../etc", "a" * 42, "local", "browser-" + "0" * 40, "é" * 4]
    found = [
        nobody.ask("GET", "/studio/takes", Cookie=f"{COOKIE}={value}".encode().decode("latin-1"))[0]
        for value in cookies
    ]
    yield _row("forged cookies", found, {403})


def _forged(victim: Visitor) -> Iterator[Row]:
    port = victim.netloc.rpartition(":")[2]
    hosts = ["evil.example", f"evil.example:{port}", f"127.0.0.1.evil.example:{port}", "localhost@evil.example", "", "a b",
             "localhost.evil.example"]  # fmt: skip
    paths = ["/", "/studio/takes", "/gradio_api/upload", "/config"]
    yield _row(
        "Host of another name (DNS rebinding)", [victim.ask("GET", p, Host=h)[0] for h in hosts for p in paths], {400}
    )
    origins = ["https://evil.example", "null", f"http://evil.example:{port}", "https://127.0.0.1", "file://"]
    posts = ["/studio/shoot", "/studio/given", "/gradio_api/upload", "/studio/delete-everything"]
    found = [victim.ask("POST", path, "{}", Origin=origin, **JSON)[0] for origin in origins for path in posts]
    found += [
        victim.ask("GET", "/studio/takes", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode=mode)[0]
        for mode in ("cors", "no-cors")
    ]
    yield _row("Origin of another site (cross-site requests and uploads)", found, {403})


def _markup(victim: Visitor, take: str) -> Row:
    good, count = True, 0
    for path, body in (
        (f"/studio/takes/{take}/name", {"name": MARKUP}), (f"/studio/takes/{take}/note", {"note": MARKUP}),
        ("/studio/form", {"prompt": MARKUP, "negative": MARKUP}), ("/studio/settings", {"theme": MARKUP}),
        ("/studio/shoot", {"form": {"prompt": MARKUP, "seconds": MARKUP, "size": MARKUP, "seed": MARKUP, "first": {"id": MARKUP}}}),
        (f"/studio/takes/{take}/use", {"how": MARKUP}), ("/studio/delete-everything", {"typed": MARKUP}),
    ):  # fmt: skip
        status, headers, _ = victim.ask("POST", path, json.dumps(body), **JSON)
        safe = (
            headers.get("content-type", "").startswith("application/json")
            and headers.get("x-content-type-options") == "nosniff"
        )
        good, count = good and safe and status in (200, 404, 422), count + 1
    page = victim.ask("GET", "/", Accept="text/html")[2]
    good = good and b"alert(1)" not in page
    return Row(
        "markup in every text field",
        count,
        "kept as text, answered as JSON with nosniff; not in the page" if good else "markup",
        good,
    )


def _large(nobody: Visitor, large: int) -> Row:
    begun = time.monotonic()
    found = [nobody.ask("POST", path, b"", **{"Content-Length": str(large)})[0]
             for path in ("/studio/given", "/studio/shoot", "/studio/verify", "/gradio_api/upload", "/gradio_api/queue/join")]  # fmt: skip
    row = _row(f"a body of {large / 1e9:g} GB, announced", found, {413})
    return Row(row.tried, row.times, f"{row.happened}, in {time.monotonic() - begun:.1f} s", row.good)


def _endless(nobody: Visitor) -> Row:
    sent = [0]

    def pieces() -> Iterator[bytes]:
        for _ in range(4000):
            sent[0] += 250_000
            yield b"x" * 250_000

    status = nobody.ask("POST", "/studio/shoot", pieces(), **JSON)[0]
    good = status in (0, 403, 413) and sent[0] < 100_000_000
    return Row(
        "a body of 1 GB in pieces, unannounced", 1, f"{status or 'hung up'} after {sent[0] // 1_000_000} MB", good
    )


def _bombs(thief: Visitor) -> Row:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    png = (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 10_000_000))
        + _chunk(b"IEND", b"")
    )
    laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("film.yaml", "title: x\nshots: [a fox]\n")
        archive.writestr("../../../outside.txt", "x")
        archive.writestr("/tmp/outside.txt", "x")
        archive.writestr("takes/big.mp4", b"\0" * 60_000_000)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
    found = [thief.ask("POST", f"/studio/{where}?name={name}", body)[0] for where, name, body in (
        ("given", "bomb.png", png),  ("films/open", "film.yaml", laughs.encode()),
        ("films/open", "film.zip", packed.getvalue()), ("given", "x.svg", svg), ("given", "x.mp4", playlist),
        ("verify", "x.mp4", playlist), ("given", "../../../../tmp/x.png", b"\x89PNG\r\n\x1a\n"),
        ("given", "x.mp4", b"\0\0\0\x18ftypmp42" + b"\xff" * 400), ("films/open", "deep.yaml", b"[" * 100_000),
    )]  # fmt: skip
    return _row("bombs: picture, yaml, zip, playlist, script in a picture", found, {400, 409, 422})


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _crowd(thief: Visitor, crowd: int) -> Row:
    data = io.BytesIO()
    Image.new("RGB", (320, 180), "teal").save(data, "PNG")
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(thief.ask("POST", "/studio/given?name=a.png", data.getvalue())[0]))
               for _ in range(crowd)]  # fmt: skip
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    asked = time.monotonic()
    meanwhile, waited = thief.ask("GET", "/studio/takes")[0], time.monotonic() - asked
    for thread in threads:
        thread.join()
    row = _row(f"{crowd} uploads at once", found, {200, 503})
    took = f"in {time.monotonic() - begun:.0f} s; a request in between answered {meanwhile} after {waited:.1f} s"
    return Row(row.tried, row.times, f"{row.happened}, {took}", row.good and meanwhile == 200 and waited < 20)


def _silent(server: Server, victim: Visitor) -> Row:
    host, port = urlsplit(server.url).hostname or "", urlsplit(server.url).port or 0
    held = [socket.create_connection((host, port), timeout=10) for _ in range(50)]
    for one in held:
        one.sendall(
            b"POST /studio/verify HTTP/1.1\r\nHost: "
            + f"{host}:{port}".encode()
            + b"\r\nContent-Length: 90000\r\n\r\nx"
        )
    begun = time.monotonic()
    status = victim.ask("GET", "/studio/takes")[0]
    waited = time.monotonic() - begun
    for one in held:
        one.close()
    return Row("50 uploads that send one byte and wait", 50, f"others are answered {status} after {waited:.1f} s",
               status == 200 and waited < 20)  # fmt: skip


def main() -> int:
    """Against a studio of its own; the table in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        server = start(["-m", "tests.ui.serve", "--shared"], Path(folder), PACE="0.02")
        try:
            rows = attack(server)
        finally:
            end(server)
    print("| tried | times | what happened |\n|---|---|---|")
    for row in rows:
        print(f"| {row.tried} | {row.times} | {'' if row.good else '**WRONG** '}{row.happened} |")
    return 0 if all(row.good for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
