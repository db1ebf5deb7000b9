"""Programs and assistants of a shared studio: another owner's ids lead nowhere, by whichever door.

The same calls go through the endpoints of the API and through the Model Context Protocol. The protocol's package is one
of requirements-dev.txt; without it that door is not tried.
"""

from __future__ import annotations

import ast
import http.client
import importlib.util
import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from studio.ui.owner import COOKIE, new_token
from tests.ui.hostile import Visitor
from tests.ui.servers import Server, end, start

pytestmark = pytest.mark.slow

SHOT = {"prompt": "A red fox in the snow", "seconds": 1, "steps": 2}
NO_COOKIE = "This studio is shared"

Call = Callable[[str | None, str, Mapping[str, Any]], Any]
"""A call by whoever has that token (None: nobody), to the endpoint of that name. Raises Refused."""


class Refused(Exception):
    """What a program was told instead of an answer."""


@dataclass(frozen=True)
class Owned:
    """What the victim has, and the calls that name it: endpoint, arguments, and what a stranger has to be told."""

    token: str
    take: str
    film: str
    calls: tuple[tuple[str, dict[str, Any], str], ...]


def through_the_api(server: Server) -> Call:
    clients: dict[str | None, Client] = {}

    def call(token: str | None, name: str, asked: Mapping[str, Any]) -> Any:
        if token not in clients:
            headers = {"Cookie": f"{COOKIE}={token}"} if token else {}
            clients[token] = Client(server.url, headers=headers, verbose=False)
        try:
            return clients[token].predict(**asked, api_name=f"/{name}")
        except AppError as error:
            raise Refused(str(error)) from None

    return call


def asked_by_protocol(server: Server, token: str | None, method: str, params: Mapping[str, Any]) -> Any:
    """The result of one message to the server of the protocol."""
    place = urlsplit(server.url)
    connection = http.client.HTTPConnection(place.netloc, timeout=120)
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    headers |= {"Cookie": f"{COOKIE}={token}"} if token else {}
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    try:
        connection.request("POST", "/gradio_api/mcp/", json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
    finally:
        connection.close()
    assert answer.status == 200, text
    [data] = [line.removeprefix("data:") for line in text.splitlines() if line.startswith("data:")]
    return json.loads(data)["result"]


def through_the_protocol(server: Server) -> Call:
    def call(token: str | None, name: str, asked: Mapping[str, Any]) -> Any:
        result = asked_by_protocol(server, token, "tools/call", {"name": name, "arguments": asked})
        said = result["content"][0]["text"]
        if result["isError"]:
            raise Refused(said)
        return ast.literal_eval(said)

    return call


@pytest.fixture(scope="module")
def assistants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A shared studio that assistants may use."""
    if importlib.util.find_spec("mcp") is None:
        pytest.skip("the package of the protocol (mcp) is not installed")
    server = start(["-m", "tests.ui.serve", "--shared", "--mcp"], tmp_path_factory.mktemp("assistants"), PACE="0.01")
    yield server
    end(server)


def given_picture(server: Server, token: str) -> dict[str, Any]:
    data = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((320, 180)).save(data, "PNG")
    status, _, body = Visitor(server, token).ask("POST", "/studio/given?name=mine.png", data.getvalue())
    assert status == 200, body
    return dict(json.loads(body))


def victim_of(server: Server, call: Call) -> Owned:
    """Somebody with a take, a job, a film and a picture, and every call that names one of them."""
    token = new_token()
    made = call(token, "shoot", SHOT)
    take, job = made["take"]["id"], made["job"]
    film = call(token, "open_film", {"text": "shots: [{prompt: a fox, seconds: 1, steps: 2}]"})
    given = given_picture(server, token)
    ours = f"given:{_content(server)}/mine.png"
    kept = call(token, "open_film", {"text": f"shots: [{{prompt: a fox, seconds: 1, first: '{ours}'}}]"})
    assert ours in kept["text"], "the picture is the victim's own"
    no_take, no_job, no_film = f"no take '{take}'", f"no job '{job}'", f"no film '{film['film']}'"
    two = {"take": take, "other": take}
    calls: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("take", {"id": take}, no_take), ("job", {"id": job}, no_job), ("stop", {"id": job}, no_job),
        *((tool, {"take": take}, no_take) for tool in ("extend", "loop", "remix", "vary", "upscale", "smooth")),
        ("recut", {"take": take, "cut": [0.0, 0.5]}, no_take), ("blend", two, no_take), ("interpolate", two, no_take),
        ("film", {"id": film["film"]}, no_film), ("render_film", {"id": film["film"]}, no_film),
        ("export_film", {"id": film["film"]}, no_film),
        ("save_film", {"id": film["film"], "text": film["text"], "version": film["version"]}, no_film),
        ("shoot", SHOT | {"control": take}, "neither a take nor a file"),
        ("shoot", SHOT | {"control": given["id"]}, "neither a take nor a file"),
        ("open_film", {"text": f"shots: [{{prompt: a fox, seconds: 1, first: '{ours}'}}]"}, "mine.png"),
    )  # fmt: skip
    return Owned(token, take, film["film"], calls)


def _content(server: Server) -> str:
    """The content hash of the newest given picture, as the disk has it: a thief who knows even that gets nothing."""
    newest = max((server.home / "inputs").rglob("*.png"), key=lambda path: path.stat().st_mtime)
    return newest.stem


def attacked(server: Server, call: Call) -> None:
    """Every call that names what is the victim's, by a thief with a cookie of their own and by nobody."""
    victim, thief = victim_of(server, call), new_token()
    own = call(thief, "shoot", SHOT)["take"]["id"]
    for name, asked, told in victim.calls:
        with pytest.raises(Refused, match=told):
            call(thief, name, asked)
        with pytest.raises(Refused, match=NO_COOKIE):
            call(None, name, asked)
    for name in ("blend", "interpolate"):  # what is the thief's own with what is not
        with pytest.raises(Refused, match=f"no take '{victim.take}'"):
            call(thief, name, {"take": own, "other": victim.take})
    for name in ("takes", "films"):
        with pytest.raises(Refused, match=NO_COOKIE):
            call(None, name, {})
    assert [take["id"] for take in call(thief, "takes", {})] == [own] and call(thief, "films", {}) == []
    assert [take["id"] for take in call(victim.token, "takes", {})] == [victim.take]
    film = call(victim.token, "film", {"id": victim.film})
    assert (film["version"], film["missing"], film["exports"]) == (1, 1, []), "and nothing of the victim's changed"


def test_another_owners_ids_lead_nowhere_through_the_api(shared: Server) -> None:
    attacked(shared, through_the_api(shared))


def test_a_film_of_ones_own_shows_no_take_of_somebody_else(shared: Server) -> None:
    call, thief = through_the_api(shared), new_token()
    take = call(new_token(), "shoot", SHOT)["take"]["id"]
    page = Visitor(shared, thief)
    told = page.json("POST", "/studio/films", {})
    script = told["film"] | {"shots": [{"id": "", "prompt": "a fox", "seconds": 1, "take": take}]}
    body = {"version": told["version"], "film": script, "said": "mine", "want": True}
    told = page.json("POST", f"/studio/films/{told['id']}/edit", body)
    assert [shot["take"] for shot in told["shots"]] == [None] and told["missing"] == 1
    zipped = page.ask("GET", f"/studio/films/{told['id']}/film.zip")[2]
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        assert [name for name in archive.namelist() if name.startswith("takes/")] == []


def test_another_owners_ids_lead_nowhere_through_the_protocol(assistants: Server) -> None:
    attacked(assistants, through_the_protocol(assistants))


def test_a_tool_asks_for_the_password_and_works_with_it(tmp_path: Path) -> None:
    if importlib.util.find_spec("mcp") is None:
        pytest.skip("the package of the protocol (mcp) is not installed")
    server = start(["-m", "tests.ui.serve", "--mcp"], tmp_path, PACE="0.01", AUTEUR_PASSWORD="open sesame")
    try:
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "takes", "arguments": {}}}
        headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
        found = []
        until = time.monotonic() + 60
        while "Auteur is open" not in server.log.read_text() and time.monotonic() < until:
            time.sleep(0.2)  # the page answers a moment before all is ready
        for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer open sesame"}):
            connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
            connection.request("POST", "/gradio_api/mcp/", json.dumps(body), {**headers, **given})
            answer = connection.getresponse()
            found.append((answer.status, answer.read().decode()))
            connection.close()
    finally:
        end(server)
    assert [status for status, _ in found] == [401, 401, 200]
    assert '"isError":false' in found[2][1] and "takes" not in found[1][1]


def test_every_tool_that_takes_an_id_was_attacked(assistants: Server) -> None:
    tools = asked_by_protocol(assistants, new_token(), "tools/list", {})["tools"]
    tried = {name for name, _, _ in victim_of(assistants, through_the_protocol(assistants)).calls}
    assert {tool["name"] for tool in tools} - tried == {"takes", "films"}, "lists, which name nothing"
    for method, what in (("resources/list", "resources"), ("prompts/list", "prompts")):
        assert asked_by_protocol(assistants, new_token(), method, {})[what] == []
