"""The page as a whole: Gradio's tabs, its Verify page, and the rooms that the page's own script furnishes.

Shoot, Film, Library, Queue, Models and Settings are drawn by the modules in `static/` from JSON of `routes.py`: what is
typed and watched there must outlive a lost connection and a restarted studio, which events of Gradio do not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from studio.core import Studio
from studio.looking import Looker
from studio.ui import api, markup, verifying
from studio.ui.drafts import Drafts
from studio.ui.form import Forms

CACHE_SWEEP = (3600, 24 * 3600)  # uploads are looked at every hour and go after a day; the studio keeps its own copies

# A viewfinder: four corners and what is looked at.
_MARK = (
    '<svg class="brand-mark" viewBox="0 0 22 22" aria-hidden="true">'
    '<path d="M2 7V2h5M15 2h5v5M20 15v5h-5M7 20H2v-5" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<circle cx="11" cy="11" r="4" fill="currentColor"/></svg>'
)

_MOVE_IN = "window.dispatchEvent(new CustomEvent('auteur:room'));"

# No event of the page is an interface for programs, and none waits behind another.
_PLAIN: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}


def build(studio: Studio, cache: Path) -> gr.Blocks:
    """The page of one studio. `cache` is the folder that Gradio keeps uploads in."""
    with gr.Blocks(title="Auteur", fill_width=True, analytics_enabled=False, delete_cache=CACHE_SWEEP) as page:
        gr.HTML(_header(studio), elem_id="header", js_on_load=None)
        with gr.Tabs(elem_id="pages", selected="shoot") as tabs:
            with gr.Tab("Shoot", id="shoot"):
                _room("room")
            with gr.Tab("Film", id="film"):
                _room("film-root")
            with gr.Tab("Library", id="library"):
                _room("library-root")
            with gr.Tab("Queue", id="queue"):
                _room("queue-root")
            with gr.Tab("Verify", id="verify"):
                verify = verifying.build()
            with gr.Tab("Models", id="models"):
                _room("models-root")
            with gr.Tab("Settings", id="settings"):
                _room("settings-root")
        _wire_verify(studio, verify, tabs)
        api.Interface(studio).build()
    return page


def _header(studio: Studio) -> str:
    title = markup.text(studio.entry().title)
    return (
        f'<header id="masthead"><span class="brand" aria-label="Auteur">{_MARK}Auteur</span>'
        f'<span id="queue-line" role="status"></span><span class="model-line">{title}</span>'
        '<button id="theme-switch" type="button" aria-label="Light or dark">◐</button>'
        '<button id="keys-switch" type="button" aria-label="Keys">?</button></header>'
    )


def _room(identity: str) -> gr.HTML:
    return gr.HTML(
        "",
        html_template=f'<div id="{identity}"></div>',
        js_on_load=_MOVE_IN,
        apply_default_css=False,
        elem_classes="room-frame",
    )


def _wire_verify(studio: Studio, page: verifying.VerifyPage, tabs: gr.Tabs) -> None:
    forms, looker = Forms(studio, Drafts(studio.library)), Looker()

    def check(path: str | None) -> dict[Any, Any]:
        return verifying.check(studio, looker, page, path)

    def load(recipe: str, request: gr.Request) -> dict[Any, Any]:
        return verifying.load(forms, page, recipe, request)

    page.file.change(check, [page.file], [page.said, page.load, page.recipe], **{**_PLAIN, "show_progress": "minimal"})
    loaded = page.load.click(load, [page.recipe], [page.form, page.said], **_PLAIN)
    filled = "(form) => { window.auteur && form && window.auteur.form.fill(form, {why: 'The form is as it was'}); }"
    shown = loaded.then(None, [page.form], None, js=filled, api_visibility="private")
    shown.then(lambda form: gr.Tabs(selected="shoot") if form else gr.skip(), [page.form], [tabs], **_PLAIN)
