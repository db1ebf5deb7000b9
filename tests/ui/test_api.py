"""What docs/api.md shows a program to do is done, against a studio that is open."""

from __future__ import annotations

import re
import urllib.request

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from tests.tree import ROOT
from tests.ui.servers import Server

TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def client(painted: Server) -> Client:
    return Client(painted.url, verbose=False)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: f"{len(text.splitlines())} lines")
def test_every_example_runs(painted: Server, example: str, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    exec(compile(example.replace("http://127.0.0.1:7860/", painted.url), "docs/api.md", "exec"), names)
    assert capsys.readouterr().out.strip()
    if "ring" in names:
        ring = names["ring"]
        assert isinstance(ring, dict)
        assert [seam["frame"] for seam in ring["take"]["seams"]][-1] == 0
        assert ring["take"]["credential"]["parents"]
        with urllib.request.urlopen(f"{painted.url}{ring['take']['clip']}", timeout=10) as clip:
            assert clip.read(12)[4:8] == b"ftyp"
    if "film" in names:
        film, done = names["film"], names["done"]
        assert isinstance(film, dict) and isinstance(done, dict)
        assert (film["title"], film["missing"], film["version"]) == ("The fox in winter", 0, 2)
        assert [shot["fits"] for shot in film["shots"]] == [True, True], "the takes stay when the title changes"
        assert film["shots"][0]["seam"] is None and film["shots"][1]["seam"]["what"] == "from the shot before"
        assert done["width"] == done["height"] and done["seconds"] > 1.5
        with urllib.request.urlopen(f"{painted.url}{done['file']}", timeout=10) as clip:
            assert clip.read(12)[4:8] == b"ftyp"


def test_every_endpoint_is_named_and_documented(client: Client) -> None:
    named = client.view_api(return_format="dict")["named_endpoints"]
    rows = [line.split("|")[1] for line in TEXT.splitlines() if line.startswith("| `/")]
    documented = set(re.findall(r"`(/[a-z_]+)`", " ".join(rows)))
    assert set(named) == documented
    for name, endpoint in named.items():
        row = next(line for line in TEXT.splitlines() if line.startswith("|") and f"`{name}`" in line)
        for parameter in endpoint["parameters"]:
            assert parameter["parameter_name"] in row, f"{name} takes {parameter['parameter_name']}"


def test_what_is_wrong_is_one_line(client: Client) -> None:
    for call, words in (
        ({"take": "t00000000", "api_name": "/loop"}, "no take"),
        ({"prompt": "a fox", "seconds": 900, "api_name": "/shoot"}, "900"),
        ({"prompt": "a naked child", "api_name": "/shoot"}, "not allowed"),
        ({"text": "shots: [a fox]\ncolour: red", "api_name": "/open_film"}, "line 2"),
        ({"id": "f00000000", "api_name": "/render_film"}, "no film"),
    ):
        with pytest.raises(AppError, match=words) as error:
            client.predict(**call)
        assert "\n" not in str(error.value)
    assert len(client.predict(limit=1, api_name="/takes")) <= 1


def test_a_film_that_was_changed_meanwhile_is_not_overwritten(client: Client) -> None:
    film = client.predict("shots: [a fox, a dog]", api_name="/open_film")
    one = client.predict(film["film"], film["text"].replace("a fox", "a cat"), film["version"], api_name="/save_film")
    with pytest.raises(AppError, match="changed"):
        client.predict(film["film"], film["text"], film["version"], api_name="/save_film")
    assert "a cat" in client.predict(film["film"], api_name="/film")["text"]
    with pytest.raises(AppError, match="no shot 3"):
        client.predict(film["film"], [3], api_name="/render_film")
    assert film["film"] in [each["film"] for each in client.predict(api_name="/films")] and one["missing"] == 2
