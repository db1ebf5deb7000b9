"""The Models page: what this studio can shoot with, under which licence, and what each model can be given."""

from __future__ import annotations

import gradio as gr

from model.catalog import CatalogEntry, entries
from studio.core import Studio
from studio.ui import markup
from studio.ui.form import RATIOS

_GIVEN = {
    "first": "a first picture",
    "last": "a last picture",
    "sequence": "frames or a clip",
    "index": "pictures in between",
}


def build(studio: Studio) -> None:
    """Draw the page."""
    with gr.Column(elem_id="models"):
        gr.HTML("<h2>What the studio shoots with</h2>", elem_classes="page-head")
        gr.HTML("".join(card(entry) for entry in entries(studio.settings.models)))


def card(entry: CatalogEntry) -> str:
    """One model as HTML."""
    ready = not entry.missing
    state = "Ready" if ready else "Weights are missing: " + ", ".join(path.name for path in entry.missing)
    sizes = ", ".join(f"{RATIOS.get(name, name)} ({width} × {height})" for name, (width, height) in entry.sizes.items())
    given = ", ".join(_GIVEN.get(name, name) for name, able in entry.given.items() if able) or "words alone"
    facts = [
        ("State", state),
        ("Pictures", f"{sizes}, {entry.fps} frames a second"),
        ("Length", f"up to {entry.max_seconds:g} seconds"),
        ("Begins with", f"words, {given}"),
        ("Licence", entry.licence),
        ("On disk", f"{entry.size_bytes / 1e6:.0f} MB"),
    ]
    return (
        f'<article class="model-card" data-ready="{str(ready).lower()}">'
        f"<h3>{markup.text(entry.title)}</h3>{markup.rows(facts)}</article>"
    )
