"""Who may come in, and what every answer carries: asked of the guard alone, and of a running studio."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from studio.ui.guard import Door, Guard
from studio.ui.owner import COOKIE, is_token, owner_of
from tests.ui.servers import Server


def client(door: Door, base: str = "http://127.0.0.1:7860") -> TestClient:
    def hello(request: Request) -> PlainTextResponse:
        return PlainTextResponse(owner_of(request.cookies, door.shared) or "nobody")

    app = Starlette(routes=[Route("/", hello, methods=["GET", "POST"])], middleware=[Middleware(Guard, door=door)])
    return TestClient(app, base_url=base)


LOCAL = Door.make(shared=False, on_space=False, host="127.0.0.1")
NETWORK = Door.make(shared=True, on_space=False, host="0.0.0.0", more="studio.example, ")
SPACE = Door.make(shared=True, on_space=True, host="0.0.0.0")


@pytest.mark.parametrize(
    ("door", "host", "status"),
    [
        (LOCAL, "127.0.0.1:7860", 200),
        (LOCAL, "localhost", 200),
        (LOCAL, "[::1]:7860", 200),
        (LOCAL, "evil.example", 400),
        (LOCAL, "192.168.0.7:7860", 400),
        (LOCAL, "localhost.evil.example", 400),
        (LOCAL, "a b:x", 400),
        (NETWORK, "192.168.0.7:7860", 200),
        (NETWORK, "studio.example", 200),
        (NETWORK, "evil.example", 400),
        (SPACE, "someone-auteur.hf.space", 200),
        (SPACE, "evil.example", 400),
    ],
)
def test_a_host_must_be_ours(door: Door, host: str, status: int) -> None:
    assert client(door).get("/", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:7860"}, 200),
        ({"origin": "http://127.0.0.1:7861"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, 200),
        ({"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}, 200),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_site_may_neither_ask_nor_do(method: str, headers: dict[str, str], status: int) -> None:
    answer = client(LOCAL).request(method, "/", headers={"host": "127.0.0.1:7860", **headers})
    assert answer.status_code == status


def test_a_shared_studio_gives_a_browser_its_token_once() -> None:
    browser = client(NETWORK)
    first = browser.get("/", headers={"accept": "text/html"})
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert is_token(browser.cookies[COOKIE])
    second = browser.get("/", headers={"accept": "text/html"})
    assert "set-cookie" not in second.headers
    assert second.text.startswith("browser-")
    assert browser.cookies[COOKIE] not in second.text, "the library never learns the token"


def test_a_forged_token_is_replaced_and_a_program_gets_none() -> None:
    browser = client(NETWORK)
    answer = browser.get("/", headers={"accept": "text/html", "cookie": f"{COOKIE}=../../etc"})
    assert answer.text == "nobody"
    assert COOKIE in answer.headers["set-cookie"]
    assert "set-cookie" not in client(NETWORK).get("/", headers={"accept": "application/json"}).headers
    assert "set-cookie" not in client(LOCAL).get("/", headers={"accept": "text/html"}).headers


def test_a_space_may_be_framed_by_its_own_site_alone() -> None:
    answer = client(SPACE).get("/", headers={"host": "someone-auteur.hf.space", "accept": "text/html"})
    assert (
        "frame-ancestors 'self' https://huggingface.co https://*.hf.space" in answer.headers["content-security-policy"]
    )
    assert "x-frame-options" not in answer.headers
    assert "SameSite=None; Secure; Partitioned" in answer.headers["set-cookie"]
    assert "frame-ancestors 'none'" in client(LOCAL).get("/").headers["content-security-policy"]


@pytest.mark.slow
def test_a_running_studio_has_its_guard_before_every_route(painted: Server) -> None:
    def status(method: str, path: str, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(urlsplit(painted.url).netloc, timeout=20)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    page = status("GET", "/")
    assert page.status == 200
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["x-content-type-options"] == "nosniff"
    for path in ("/", "/config", "/gradio_api/info", "/studio/takes", "/gradio_api/queue/join"):
        assert status("GET", path, Host="evil.example").status == 400
        assert status("GET", path, Origin="https://evil.example").status == 403
    assert status("POST", "/gradio_api/upload", Origin="https://evil.example").status == 403
    for path in ("/docs", "/redoc", "/openapi.json", "/gradio_api/runs"):
        assert status("GET", path).status in (404, 405), path
    for name in ("identity", "library.db", "takes", "inputs"):
        private = painted.home / name
        assert status("GET", f"/gradio_api/file={private}").status in (403, 404), name
    for key in (painted.home / "identity").rglob("*"):
        assert status("GET", f"/gradio_api/file={key}").status in (403, 404)
