"""Auteur: the one entry point. `python app.py` opens the studio on this machine; a Space runs the same file.

    python app.py                      http://127.0.0.1:7860/, for you alone
    python app.py --port 8080          that port or none
    python app.py --host 0.0.0.0 --shared     for everyone on your network, each browser with its own takes

Importing this file does nothing; `build()` gives the page to tests and to other servers.
"""

from __future__ import annotations

import argparse
import importlib.util
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model import allocation
from studio.errors import StudioError
from studio.settings import DEFAULT_PORT, Settings

if TYPE_CHECKING:
    import gradio as gr

    from studio.core import Studio

# What would widen a studio from outside: code execution, tunnels, folders, servers for programs, file watching.
_UNWANTED = (
    "VIBE_MODE",
    "SHARE",
    "ALLOWED_PATHS",
    "MCP_SERVER",
    "WATCH_DIRS",
    "SERVER_NAME",
    "SERVER_PORT",
    "ROOT_PATH",
)


def main(arguments: Sequence[str] | None = None, *, opens: Callable[[Settings], Studio] | None = None) -> int:
    """Run the studio until it is stopped. 2 when what was asked for cannot be, with one line that says why.

    `opens` makes the studio; None is the one over the folder and the weights that the settings name.
    """
    options = _parser().parse_args(arguments)
    allocation.keep()  # before there are threads, each with a part of the memory of its own
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = Settings.from_env(
            host=options.host, port=options.port, shared=options.shared or None, mcp=options.mcp or None
        )
        if settings.mcp and importlib.util.find_spec("mcp") is None:
            return _refuse('--mcp needs the package of the protocol: pip install "mcp>=1.28.1,<2"')
        asked = options.port is not None or bool(os.environ.get("AUTEUR_PORT")) or bool(os.environ.get("SPACE_ID"))
        return _serve(settings, opens or _open, port_asked=asked)
    except StudioError as error:
        return _refuse(str(error))


def build(studio: Studio | None = None) -> gr.Blocks:
    """The page, not yet served. Without a studio, one is opened over the folder that the environment names."""
    if studio is None:
        studio = _open(Settings.from_env())
    cache = _prepare_environment(studio.settings)
    from studio.ui import page

    return page.build(studio, cache)


def _serve(settings: Settings, opens: Callable[[Settings], Studio], *, port_asked: bool) -> int:
    from studio.ui.ports import Address, PortTaken, free_port  # before Gradio: a taken port is said at once

    try:
        port = free_port(settings.host, settings.port, only=port_asked)
    except PortTaken as error:
        return _refuse(f"{error}: stop what is using it, or choose another with --port")
    if port != settings.port:
        _say(f"Port {settings.port} is taken; using {port}.")
    address = Address(settings.host, port)
    studio = opens(settings)
    try:
        page = build(studio)
        from studio.ui import launch

        launch.launch(page, studio, address)
        _say(f"Auteur is open: {address.url}")
        studio.warm()
        studio.fetcher.resume()
        _wait_for_the_end()
        page.close(verbose=False)
    finally:
        studio.close()
    return 0


def _open(settings: Settings) -> Studio:
    from studio.core import Studio

    return Studio(settings)


def _prepare_environment(settings: Settings) -> Path:
    """Tell Gradio, before it is imported, to call nobody and to keep uploads under the studio's home; that folder."""
    cache = settings.home / "cache"
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_TEMP_DIR"] = str(cache)
    for name in _UNWANTED:
        os.environ.pop(f"GRADIO_{name}", None)
    return cache


def _wait_for_the_end() -> None:
    """Until Ctrl+C or a polite kill; what is being shot goes on at the next start."""
    ended = threading.Event()

    def end(*_: Any) -> None:
        ended.set()

    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), end)
    while not ended.wait(1.0):  # Windows delivers signals only between waits
        pass
    _say("Closing the studio.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python app.py", description="Open the studio in your browser.")
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1: this machine alone)")
    parser.add_argument("--port", type=int, help=f"port to listen on (default {DEFAULT_PORT}, or the next free one)")
    parser.add_argument("--shared", action="store_true", help="give every browser its own takes, and be strict")
    parser.add_argument("--mcp", action="store_true", help="let assistants on this machine use the studio (MCP)")
    return parser


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _refuse(line: str) -> int:
    sys.stderr.write(f"app.py: {line}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
