"""Starting: the port, one clear line when it is taken, and nothing at import."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import app
from studio.ui.ports import Address, PortTaken, free_port
from tests.tree import ROOT


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def test_a_free_port_is_taken_as_it_is(taken: int) -> None:
    with pytest.raises(PortTaken, match=f"port {taken} on 127.0.0.1 is taken"):
        free_port("127.0.0.1", taken, only=True)
    assert free_port("127.0.0.1", taken, only=False) > taken


def test_the_link_is_one_that_a_browser_can_open() -> None:
    assert Address("127.0.0.1", 7860).url == "http://127.0.0.1:7860/"
    assert Address("0.0.0.0", 7860).url == "http://localhost:7860/"
    assert Address("::1", 7860).url == "http://[::1]:7860/"


def run(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "AUTEUR_HOME": str(home), **environment}
    return subprocess.run(
        [sys.executable, "app.py", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_that_was_asked_for_and_is_taken_is_one_line_and_exit_2(taken: int, tmp_path: Path) -> None:
    done = run("--port", str(taken), home=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert f"port {taken}" in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize("port", ["0", "70000"])
def test_a_port_out_of_range_is_one_line_and_exit_2(port: str, tmp_path: Path) -> None:
    done = run("--port", port, home=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_a_home_that_cannot_be_written_is_one_line_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = run(home=tmp_path / "file" / "home")
    assert done.returncode == 2
    assert "AUTEUR_HOME" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_tools_for_assistants_without_their_package_are_one_line_and_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTEUR_HOME", str(tmp_path))
    monkeypatch.delenv("SPACE_ID", raising=False)
    plain = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "mcp" else plain(name, *more))
    assert app.main(["--mcp"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        'app.py: --mcp needs the package of the protocol: pip install "mcp>=1.28.1,<2"'
    ]


def test_what_would_open_the_studio_is_shut_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.settings import Settings
    from studio.ui import launch

    for name in ("SHARE", "ALLOWED_PATHS", "MCP_SERVER", "ROOT_PATH"):
        monkeypatch.setenv(f"GRADIO_{name}", "1")
    told: dict[str, object] = {}
    page = SimpleNamespace(queue=lambda **options: told.update(options), launch=lambda **options: told.update(options))
    settings = Settings.from_env({}, home=tmp_path)
    monkeypatch.setattr(launch, "app_options", lambda studio, door: {})
    launch.launch(page, SimpleNamespace(settings=settings), Address("127.0.0.1", 7860))  # type: ignore[arg-type]
    shut = ("share", "run_history", "enable_monitoring", "show_error", "debug", "mcp_server", "api_open", "pwa")
    assert {name: told[name] for name in shut} == dict.fromkeys(shut, False)
    assert told["allowed_paths"] == [] and told["strict_cors"] is True and told["root_path"] == ""
    blocked = {Path(str(path)).name for path in told["blocked_paths"]}  # type: ignore[attr-defined]
    assert blocked >= {"identity", "takes", "work", "bin", "inputs", "library.db", "trust", "films", "mark.key"}
