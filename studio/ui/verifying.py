"""The Verify page: drop a clip or a picture, read who signed it, what it was made with and whether it was changed."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from studio import checking
from studio.core import Studio
from studio.errors import MediaError, RecipeError, StudioError
from studio.looking import Looker
from studio.provenance import ProvenanceError
from studio.recipe import Recipe
from studio.ui import markup, verdict
from studio.ui.form import Forms
from studio.ui.owner import owner_of

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class VerifyPage:
    """The components of the page. `recipe` is what the file says of itself, untrusted; `form` carries it to Shoot.

    The browser holds the recipe: for a `gr.State` Gradio would keep a connection of every open tab, and a browser has
    six to a studio. It is text, because a browser's numbers do not hold every seed.
    """

    file: gr.File
    said: gr.HTML
    load: gr.Button
    recipe: gr.Textbox
    form: gr.JSON


def build() -> VerifyPage:
    """Draw the page."""
    with gr.Column(elem_id="verify"):
        gr.HTML(
            "<h2>Is it what it says it is?</h2>"
            "<p>Drop any clip or picture, from this studio or another tool. It is read here, and nothing of it is kept."
            "</p>",
            elem_classes="page-head",
        )
        file = gr.File(
            label="A clip or a picture", file_count="single", elem_id="verify-file", elem_classes="drop", height=150
        )
        said = gr.HTML("", elem_id="verdict", elem_classes="slot")
        load = gr.Button("Load settings into the studio", visible=False, elem_id="verify-load")
    recipe = gr.Textbox("", visible=False, label="Recipe")
    return VerifyPage(file, said, load, recipe, gr.JSON(None, visible=False, label="Form"))


def check(studio: Studio, looker: Looker, page: VerifyPage, path: str | None) -> dict[Any, Any]:
    """What the page shows for an uploaded file, which is gone when this returns; nothing for none."""
    cleared = {page.said: "", page.load: gr.update(visible=False), page.recipe: ""}
    if not path:
        return cleared
    try:
        looker.vet(Path(path))
        report = studio.verify(Path(path))
        recipe = checking.shot_of(report, studio.entry())
        shown = verdict.card(report, recipe)
    except (ProvenanceError, MediaError, OSError) as error:
        return {**cleared, page.said: markup.error(str(error))}
    except Exception:
        _log.exception("a file could not be verified")
        return {**cleared, page.said: markup.error("This file cannot be read. The studio's log says why.")}
    finally:
        _forget(studio, Path(path))
    return {
        page.said: shown,
        page.load: gr.update(visible=recipe is not None),
        page.recipe: "" if recipe is None else recipe.to_json(),
    }


def _forget(studio: Studio, path: Path) -> None:
    """Remove an upload, and only that: it lies in Gradio's own folder, each in one of its own."""
    cache = (studio.settings.home / "cache").resolve()
    found = path.resolve()
    if found.is_file() and found.is_relative_to(cache) and found.parent != cache:
        found.unlink(missing_ok=True)
        with suppress(OSError):
            found.parent.rmdir()


def load(forms: Forms, page: VerifyPage, recipe: str, request: gr.Request) -> dict[Any, Any]:
    """The form that shows a file's recipe, for whoever dropped it; a line where it cannot be."""
    owner = owner_of(dict(request.cookies), forms.studio.settings.shared)
    try:
        if owner is None:
            raise RecipeError("This browser has no key to the studio yet. Reload the page.")
        return {page.form: forms.of_recipe(Recipe.from_json(recipe), owner)}
    except StudioError as error:
        return {page.form: None, page.said: markup.error(str(error))}
