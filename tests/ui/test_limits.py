"""Bodies, uploads and requests have their bounds; a password closes the whole studio, and locks out who guesses."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from studio.ui import limits
from studio.ui.limits import Buckets, Limits, visitor
from studio.ui.password import COOKIE, EVERYBODY, PATH, TRIES, Password, Tries
from studio.ui.receiving import sweep
from tests.ui.servers import Server, end, start


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def app(*middleware: Middleware) -> TestClient:
    async def size(request: Request) -> JSONResponse:
        return JSONResponse(len(await request.body()))

    routes = [Route("/{path:path}", size, methods=["GET", "POST"])]
    return TestClient(Starlette(routes=routes, middleware=list(middleware)))


def pieces(count: int, size: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b"x" * size


def test_a_body_is_counted_whatever_its_header_says() -> None:
    page = app(Middleware(Limits))
    assert page.post("/studio/shoot", content=b"x" * 1000).json() == 1000
    assert page.post("/studio/shoot", content=b"", headers={"content-length": str(10**9)}).status_code == 413
    assert page.post("/studio/shoot", content=b"", headers={"content-length": "-1"}).status_code == 413
    endless = page.post("/studio/shoot", content=pieces(100, 100_000))
    assert endless.status_code == 413 and "more than" in endless.json()["error"]
    assert page.post("/studio/given", content=pieces(30, 100_000)).json() == 3_000_000, "a file may be larger"
    assert page.get("/studio/takes").status_code == 200


def test_a_visitor_of_a_shared_studio_has_a_bucket_that_fills_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    buckets = Buckets(clock)
    assert sum(buckets.takes("a") for _ in range(1000)) == limits.BURST
    assert buckets.takes("b")
    clock.now += 1
    assert sum(buckets.takes("a") for _ in range(1000)) == limits.REFILL
    for number in range(limits.VISITORS + 50):
        buckets.takes(str(number))
    assert len(buckets.known) == limits.VISITORS
    monkeypatch.setattr(limits, "BURST", 3.0)
    monkeypatch.setattr(limits, "REFILL", 0.0)
    shared, alone = app(Middleware(Limits, shared=True)), app(Middleware(Limits))
    assert [shared.get("/").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    assert [alone.get("/").status_code for _ in range(5)] == [200] * 5
    parts = {shared.get("/assets/part.js").status_code for _ in range(5)}
    assert 429 not in parts, "what a page is built of is not counted"
    assert shared.post("/assets/part.js").status_code == 429


@pytest.mark.parametrize(
    ("client", "header", "found"),
    [
        ("127.0.0.1", b"6.6.6.6, 8.8.8.8", "8.8.8.8"),
        ("10.2.0.1", b"8.8.8.8", "8.8.8.8"),
        ("9.9.9.9", b"8.8.8.8", "9.9.9.9"),
        ("127.0.0.1", b"", "127.0.0.1"),
    ],
)
def test_an_address_is_only_believed_from_a_proxy_nearby(client: str, header: bytes, found: str) -> None:
    assert visitor({"client": (client, 1), "headers": [(b"x-forwarded-for", header)]}) == found


def closed() -> TestClient:
    return app(Middleware(Password, password="open sesame", secret=b"s" * 32))


def test_nothing_is_answered_without_the_password_and_all_with_it() -> None:
    page = closed()
    assert page.get("/studio/takes").status_code == 401
    assert "asks for a password" in page.get("/", headers={"accept": "text/html"}).text
    assert page.get("/", headers={"authorization": "Bearer open sesame"}).status_code == 200
    entered = page.post(PATH, data={"password": "open sesame"}, follow_redirects=False)
    assert entered.status_code == 303 and "HttpOnly" in entered.headers["set-cookie"]
    assert page.get("/studio/takes").status_code == 200
    until, seal = page.cookies[COOKIE].split(".")
    digit = "1" if seal.endswith("0") else "0"
    for forged in (f"{int(until) + 1}.{seal}", f"{until}.{seal[:-1]}{digit}", f"1.{seal}", "", "x", f"{until}."):
        other = closed()
        other.cookies.set(COOKIE, forged)
        assert other.get("/").status_code == 401, forged


def test_who_guesses_is_locked_out_even_with_the_right_word() -> None:
    page = closed()
    for number in range(TRIES):
        wrong = page.post(PATH, data={"password": f"guess {number} <script>"})
        assert wrong.status_code == 401 and "<script>" not in wrong.text
    locked = page.post(PATH, data={"password": "open sesame"})
    assert locked.status_code == 429 and "1 minute" in locked.text
    assert page.get("/", headers={"authorization": "Bearer open sesame"}).status_code == 429
    assert page.post(PATH, content=b"password=" + b"x" * 10_000).status_code in (413, 429)


def test_the_lock_grows_opens_again_and_holds_for_all_when_all_guess() -> None:
    clock = Clock()
    tries = Tries(clock)
    for _ in range(TRIES):
        assert tries.wait("a") == 0
        tries.failed("a")
    assert tries.wait("a") == 60 and tries.wait("b") == 0
    clock.now += 61
    for _ in range(TRIES):
        tries.failed("a")
    assert tries.wait("a") == 120
    tries.passed("a")
    assert tries.wait("a") == 0
    for number in range(EVERYBODY):
        tries.failed(f"address {number}")
    assert tries.wait("somebody else") > 0


def test_what_a_crash_left_of_uploads_goes_after_a_day(tmp_path: Path) -> None:
    old, new = tmp_path / "cache" / "old.mp4", tmp_path / "cache" / "new.mp4"
    old.parent.mkdir()
    old.write_bytes(b"x")
    new.write_bytes(b"x")
    os.utime(old, (1, 1))
    sweep(tmp_path)
    assert [path.name for path in old.parent.iterdir()] == ["new.mp4"]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("guarded")
    server = start(["-m", "tests.ui.serve"], folder, AUTEUR_PASSWORD="open sesame")
    yield server
    end(server)


@pytest.mark.browser
def test_a_browser_enters_with_the_password(guarded: Server, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(guarded.url)
    page.fill("input", "wrong")
    page.click("button")
    expect(page.get_by_role("alert")).to_have_text("Wrong password.")
    page.fill("input", "open sesame")
    page.click("button")
    page.wait_for_selector("body[data-ready=true] #stage[data-view]")
    context.close()
