"""Starting the server: the port, the guard, and every value of Gradio's launch that must not be left to a default."""

from __future__ import annotations

import os
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from studio.core import Studio
from studio.finishing import KEY
from studio.provenance import mark
from studio.settings import Settings, assets_folder
from studio.ui import theme
from studio.ui.guard import Door, Guard
from studio.ui.limits import Limits
from studio.ui.password import Password
from studio.ui.ports import Address
from studio.ui.receiving import sweep
from studio.ui.routes import routes

MAX_UPLOAD = "256mb"


def launch(page: gr.Blocks, studio: Studio, address: Address) -> None:
    """Serve the page and return once it answers. The environment cannot widen what is set here."""
    settings = studio.settings
    on_space = bool(os.environ.get("SPACE_ID"))
    door = Door.make(
        shared=settings.shared, on_space=on_space, host=address.host, more=os.environ.get("AUTEUR_HOSTS", "")
    )
    sweep(settings.home)
    page.queue(default_concurrency_limit=None, api_open=False)
    page.launch(
        server_name=address.host,
        server_port=address.port,
        prevent_thread_lock=True,
        quiet=True,
        inbrowser=False,
        share=False,
        auth=None,
        root_path="",
        ssr_mode=False,
        mcp_server=settings.mcp,
        pwa=False,
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        debug=False,
        num_workers=0,
        strict_cors=True,
        footer_links=[],
        max_file_size=MAX_UPLOAD,
        allowed_paths=[],
        blocked_paths=_blocked(settings),
        favicon_path=str(theme.STATIC / "favicon.svg"),
        theme=theme.theme(),
        head=theme.head(),
        app_kwargs=app_options(studio, door),
    )
    if settings.mcp and (word := _password()):
        _let_assistants_in(page, address, word)


def _let_assistants_in(page: gr.Blocks, address: Address, word: str) -> None:
    """Tools call the studio over the network from within, as whoever called them; the caller that Gradio makes for that
    knows no password. Who may use a tool is asked before, of the one who calls it."""
    from gradio.mcp import Client

    tools: Any = page.mcp_server_obj
    tools._client_instance = Client(
        tools.local_url or address.url, headers={"x-gradio-user": "mcp", "Authorization": f"Bearer {word}"},
        download_files=False, verbose=False, analytics_enabled=False, _skip_components=False,
    )  # fmt: skip


def _password() -> str:
    return os.environ.get("AUTEUR_PASSWORD", "")


def app_options(studio: Studio, door: Door) -> dict[str, Any]:
    """Our routes and our guard, for Gradio's own application. Its machine-readable descriptions are off."""
    return {
        "routes": routes(studio, assets_folder()),
        "middleware": middleware(studio, door),
        "docs_url": None,
        "redoc_url": None,
        "openapi_url": None,
    }


def middleware(studio: Studio, door: Door) -> list[Middleware]:
    """What a request passes before it is answered: the guard, the limits, and the password where there is one."""
    found = [Middleware(Guard, door=door), Middleware(Limits, shared=door.shared)]
    word = _password()
    if word:
        secret = mark.load_key(studio.settings.home / KEY)
        found.append(Middleware(Password, password=word, secret=secret, on_space=door.on_space))
    return found


def _blocked(settings: Settings) -> list[str]:
    """What of the home no route of Gradio may serve, whatever else is allowed."""
    names = ("identity", "takes", "work", "bin", "inputs", "library.db", "library.db-wal", "trust", "films", KEY)
    return [str(settings.home / name) for name in names]
