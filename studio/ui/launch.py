"""Starting the server: the port, the guard, and every value of Gradio's launch that must not be left to a default."""

from __future__ import annotations

import os
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from studio.core import Studio
from studio.settings import Settings, assets_folder
from studio.ui import theme
from studio.ui.guard import Door, Guard
from studio.ui.ports import Address
from studio.ui.routes import routes

MAX_UPLOAD = "256mb"


def launch(page: gr.Blocks, studio: Studio, address: Address) -> None:
    """Serve the page and return once it answers. The environment cannot widen what is set here."""
    settings = studio.settings
    on_space = bool(os.environ.get("SPACE_ID"))
    door = Door.make(
        shared=settings.shared, on_space=on_space, host=address.host, more=os.environ.get("AUTEUR_HOSTS", "")
    )
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
        mcp_server=False,
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


def app_options(studio: Studio, door: Door) -> dict[str, Any]:
    """Our routes and our guard, for Gradio's own application. Its machine-readable descriptions are off."""
    return {
        "routes": routes(studio, assets_folder()),
        "middleware": [Middleware(Guard, door=door)],
        "docs_url": None,
        "redoc_url": None,
        "openapi_url": None,
    }


def _blocked(settings: Settings) -> list[str]:
    """What of the home no route of Gradio may serve, whatever else is allowed."""
    return [str(settings.home / name) for name in ("identity", "takes", "work", "bin", "inputs", "library.db")]
