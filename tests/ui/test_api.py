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


def test_every_endpoint_is_named_and_documented(client: Client) -> None:
    named = client.view_api(return_format="dict")["named_endpoints"]
    documented = set(re.findall(r"`(/[a-z]+)`", TEXT.split("| Endpoint")[1].split("An answer")[0]))
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
    ):
        with pytest.raises(AppError, match=words) as error:
            client.predict(**call)
        assert "\n" not in str(error.value)
    assert len(client.predict(limit=1, api_name="/takes")) <= 1
