"""The Verify page: drop a clip or a picture, read who signed it, what it was made with and whether it was changed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from studio.core import Studio
from studio.errors import RecipeError, StudioError
from studio.provenance import ProvenanceError, Report
from studio.recipe import Recipe
from studio.ui import markup, views
from studio.ui.form import Forms
from studio.ui.owner import owner_of

_log = logging.getLogger(__name__)

# What each verdict means, for somebody who has never heard of a credential.
_MEANING = {
    "trusted": "A signer on the public list sealed this file, and nothing was changed since.",
    "local": "This studio sealed this file, and not a bit of it was changed since.",
    "unknown-signer": "Nothing was changed since it was sealed. Who sealed it cannot be checked here: "
    "anyone can sign under any name.",
    "changed": "This is not what was signed. Someone or something changed the picture, the sound or the tags.",
    "none": "Nothing in this file says who made it or how. That proves nothing: any tool that re-encodes a clip "
    "drops the credential.",
    "recovered": "This file lost its credential; the studio found it again by its content.",
}


@dataclass(frozen=True)
class VerifyPage:
    """The components of the page. `recipe` is what the file says of itself, untrusted; `form` carries it to Shoot."""

    file: gr.File
    said: gr.HTML
    load: gr.Button
    recipe: gr.State
    form: gr.JSON


def build() -> VerifyPage:
    """Draw the page."""
    with gr.Column(elem_id="verify"):
        gr.HTML(
            "<h2>Is it what it says it is?</h2>"
            "<p>Drop a clip or a picture. Nothing leaves this machine: the credential in the file is read here.</p>",
            elem_classes="page-head",
        )
        file = gr.File(
            label="A clip or a picture", file_count="single", elem_id="verify-file", elem_classes="drop", height=150
        )
        said = gr.HTML("", elem_id="verdict", elem_classes="slot")
        load = gr.Button("Load settings into the studio", visible=False, elem_id="verify-load")
    return VerifyPage(file, said, load, gr.State(None), gr.JSON(None, visible=False, label="Form"))


def check(studio: Studio, page: VerifyPage, path: str | None) -> dict[Any, Any]:
    """What the page shows for an uploaded file; nothing for none."""
    cleared = {page.said: "", page.load: gr.update(visible=False), page.recipe: None}
    if not path:
        return cleared
    try:
        report = studio.verify(Path(path))
    except (ProvenanceError, OSError) as error:
        return {**cleared, page.said: markup.error(str(error))}
    except Exception:
        _log.exception("a file could not be verified")
        return {**cleared, page.said: markup.error("This file cannot be read. The studio's log says why.")}
    recipe = _recipe(report)
    return {
        page.said: verdict_card(report, recipe),
        page.load: gr.update(visible=recipe is not None),
        page.recipe: report.recipe if recipe is not None else None,
    }


def load(forms: Forms, page: VerifyPage, recipe: dict[str, Any] | None, request: gr.Request) -> dict[Any, Any]:
    """The form that shows a file's recipe, for whoever dropped it; a line where it cannot be."""
    owner = owner_of(dict(request.cookies), forms.studio.settings.shared)
    try:
        if owner is None:
            raise RecipeError("This browser has no key to the studio yet. Reload the page.")
        return {page.form: forms.of_recipe(Recipe.from_dict(recipe or {}), owner)}
    except StudioError as error:
        return {page.form: None, page.said: markup.error(str(error))}


def verdict_card(report: Report, recipe: Recipe | None) -> str:
    """The verdict, the facts of the credential, what is wrong, and the recipe, as HTML. Everything is escaped."""
    shown = views.credential(report.to_dict())
    parts = [
        f'<article class="verdict verdict-{shown["tone"]}" data-verdict="{markup.text(shown["verdict"])}">',
        f'<h3 role="status">{markup.text(shown["line"])}</h3><p>{markup.text(_MEANING.get(report.verdict, ""))}</p>',
        markup.rows((name, value) for name, value in shown["rows"] if name != "Seal"),
    ]
    if shown["problems"]:
        items = "".join(f"<li>{markup.text(problem)}</li>" for problem in shown["problems"])
        parts.append(f'<ul class="problems">{items}</ul>')
    if recipe is not None:
        trust = "Its recipe, as signed" if report.recipe_verified else "Its recipe, as the file claims: not proven"
        parts.append(f"<h4>{trust}</h4>")
        parts.append(markup.rows((name, value) for name, value in views.recipe_rows(recipe)))
    return "".join([*parts, "</article>"])


def _recipe(report: Report) -> Recipe | None:
    if report.recipe is None:
        return None
    try:
        return Recipe.from_dict(report.recipe)
    except RecipeError:
        return None
