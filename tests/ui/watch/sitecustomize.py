"""Imported by Python itself at the start of a studio under test: writes down every address that it tries to reach."""

import os
import sys
from pathlib import Path

_LOCAL = ("127.", "::1", "localhost", "0.0.0.0", "::")


def _note(line: str) -> None:
    with Path(os.environ["AUTEUR_WATCH"]).open("a", encoding="utf-8") as out:
        out.write(line + "\n")


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not str(address[0]).startswith(_LOCAL):
            _note(f"connect {address}")
    elif event == "socket.getaddrinfo" and arguments[0] is not None:
        name = arguments[0].decode() if isinstance(arguments[0], bytes) else str(arguments[0])
        if not name.startswith(_LOCAL):
            _note(f"look up {name}")


if os.environ.get("AUTEUR_WATCH"):
    _note("watching")
    sys.addaudithook(_watch)
