"""Starting a studio as a process of its own, and ending it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.tree import ROOT

START_SECONDS = 120  # importing Gradio alone takes ten on a cold disk


@dataclass(frozen=True)
class Server:
    """A running studio: its address, its home, and the process."""

    url: str
    home: Path
    process: subprocess.Popen[bytes]
    log: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError as error:
        return error.code == 401  # it asks for a password
    except (OSError, urllib.error.URLError):
        return False


def start(command: list[str], folder: Path, port: int | None = None, **environment: str) -> Server:
    """Start a studio and wait until its page answers; its own words are shown when it does not."""
    port, home, log = port or free_port(), folder / "home", folder / "log.txt"
    paths = [str(ROOT / "tests" / "ui" / "watch"), *filter(None, [os.environ.get("PYTHONPATH")])]
    watch = {"PYTHONPATH": os.pathsep.join(paths), "AUTEUR_WATCH": str(folder / "network.txt")}
    env = {**os.environ, **watch, "AUTEUR_HOME": str(home), "AUTEUR_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    env |= environment
    for name in ("SPACE_ID", "AUTEUR_POLICY", "AUTEUR_PORT", "GRADIO_TEMP_DIR"):
        env.pop(name, None)
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *command, "--port", str(port)], cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT
        )
    url, end = f"http://127.0.0.1:{port}/", time.monotonic() + START_SECONDS
    while not answers(url):
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            process.wait()
            pytest.fail(f"the studio did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.2)
    return Server(url, home, process, log)


def end(server: Server) -> None:
    server.process.terminate()
    try:
        server.process.wait(20)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()


def kill(server: Server) -> None:
    """As `kill -9` does: no chance to say good-bye."""
    server.process.kill()
    server.process.wait()
