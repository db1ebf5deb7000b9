"""The page as a whole: header, Shoot, Verify and Models, and which event calls which handler."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from studio.core import Studio
from studio.settings import assets_folder
from studio.ui import examples, form, markup, models, verifying
from studio.ui.shooting import Action, PolicyPanel, Shooting

CACHE_SWEEP = (3600, 24 * 3600)  # uploads are looked at every hour and go after a day; the studio keeps its own copies

# A viewfinder: four corners and what is looked at.
_MARK = (
    '<svg class="brand-mark" viewBox="0 0 22 22" aria-hidden="true">'
    '<path d="M2 7V2h5M15 2h5v5M20 15v5h-5M7 20H2v-5" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<circle cx="11" cy="11" r="4" fill="currentColor"/></svg>'
)

# Hands the stage its element, the way to call us, and the examples.
_MOUNT = """
const events = ['use_example', 'use_take', 'shoot_again', 'measured'];
element.auteurStage = { trigger: trigger, events: events, examples: %s };
window.dispatchEvent(new CustomEvent('auteur:stage'));
"""

# What is in the prompt after a reload: what is being typed by now, else what was being typed when the page was left
# (kept by the browser's tab alone), else the last shot's words.
_WORDS = """(kept, typed) => {
  document.body.dataset.ready = 'true';
  return typed || (window.auteur ? window.auteur.draft() : '') || kept;
}"""

# No event of the page is an interface for programs, and none waits behind another.
_PLAIN: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}


def build(studio: Studio, cache: Path) -> gr.Blocks:
    """The page of one studio. `cache` is the folder that Gradio keeps uploads in."""
    with gr.Blocks(title="Auteur", fill_width=True, analytics_enabled=False, delete_cache=CACHE_SWEEP) as page:
        gr.HTML(_header(studio), elem_id="header", js_on_load=None)
        with gr.Tabs(elem_id="pages", selected="shoot") as tabs:
            with gr.Tab("Shoot", id="shoot"), gr.Row(elem_id="room"):
                with gr.Column(elem_id="script", scale=0):
                    fields, policy = form.build(studio, _policy)
                    action = _action()
                with gr.Column(elem_id="stage-column"):
                    stage = _stage()
            with gr.Tab("Verify", id="verify"):
                verify = verifying.build()
            with gr.Tab("Models", id="models"):
                models.build(studio)
        shooting = Shooting(studio, fields, policy, action, cache)
        _wire_form(page, shooting)
        _wire_shooting(shooting)
        _wire_stage(stage, shooting)
        _wire_verify(studio, verify, shooting, tabs)
    return page


def _header(studio: Studio) -> str:
    title = markup.text(studio.entry().title)
    return (
        f'<header id="masthead"><span class="brand" aria-label="Auteur">{_MARK}Auteur</span>'
        f'<span id="queue-line" role="status"></span><span class="model-line">{title}</span>'
        '<button id="theme-switch" type="button" aria-label="Light or dark">◐</button></header>'
    )


def _policy() -> PolicyPanel:
    with gr.Column(visible=False, elem_id="policy") as box:
        said = gr.HTML("", elem_classes="slot")
        with gr.Row(elem_id="policy-buttons"):
            accept = gr.Button("Shoot this version", elem_id="policy-accept", size="sm")
            edit = gr.Button("Edit", elem_id="policy-edit", size="sm")
    undo = gr.Button("Back to what I wrote", visible=False, elem_id="policy-undo", size="sm")
    return PolicyPanel(box, said, accept, edit, undo, gr.State(""), gr.State(""))


def _action() -> Action:
    with gr.Row(elem_id="action"):
        shoot = gr.Button("Shoot", variant="primary", elem_id="shoot")
        stop = gr.Button("Stop", variant="secondary", elem_id="stop")
    job, kept = gr.Textbox("", visible=False, label="Job"), gr.Textbox("", visible=False, label="Last prompt")
    return Action(shoot, stop, job, kept)


def _stage() -> gr.HTML:
    cards = json.dumps(examples.cards(assets_folder())).replace("</", "<\\/")
    return gr.HTML(
        "",
        html_template='<div id="stage-root"></div>',
        js_on_load=_MOUNT % cards,
        apply_default_css=False,
        elem_id="stage-frame",
    )


def _wire_form(page: gr.Blocks, shooting: Shooting) -> None:
    fields = shooting.form
    fields.prompt.change(
        shooting.read,
        [fields.prompt],
        [fields.understanding, fields.slots["prompt"]],
        trigger_mode="always_last",
        **_PLAIN,
    )
    timed = [fields.size, fields.seconds, fields.steps, fields.guidance]
    gr.on(
        [page.load, *(field.change for field in timed)],
        shooting.estimate,
        set(fields.fields()),
        [shooting.action.shoot],
        trigger_mode="always_last",
        **_PLAIN,
    )
    fields.dice.click(shooting.dice, None, [fields.seed], **_PLAIN)
    kept = shooting.action.kept
    restored = page.load(shooting.restore, None, [*shooting.filled_outputs(), kept], **_PLAIN)
    restored.then(None, [kept, fields.prompt], [fields.prompt], js=_WORDS, api_visibility="private")


def _wire_shooting(shooting: Shooting) -> None:
    fields, panel, action = shooting.form, shooting.policy, shooting.action
    inputs, outputs = set(fields.fields()), shooting.outputs()
    for button, handler in ((action.shoot, shooting.shoot), (panel.accept, shooting.shoot_rewritten)):
        _follow(button.click(handler, inputs, outputs, **_PLAIN).then, action.job)
    action.stop.click(None, None, None, js="() => { window.auteur && window.auteur.stop(); }", api_visibility="private")
    edited = [fields.prompt, panel.original, panel.undo, panel.box]
    edit = panel.edit.click(shooting.edit, [fields.prompt, panel.rewritten], edited, **_PLAIN)
    undo = panel.undo.click(shooting.back, [panel.original], [fields.prompt, panel.undo], **_PLAIN)
    focus = "() => { document.querySelector('#prompt textarea').focus(); }"
    for event in (edit, undo):
        event.then(None, None, None, js=focus, api_visibility="private")


def _follow(then: Callable[..., Any], job: gr.Textbox) -> None:
    """Tell the stage which job to follow; it is told of a refusal too, by an empty name."""
    then(None, [job], None, js="(job) => { window.auteur && window.auteur.follow(job); }", api_visibility="private")


def _wire_stage(stage: gr.HTML, shooting: Shooting) -> None:
    outputs = shooting.filled_outputs()
    stage.use_example(shooting.use_example, None, outputs, **_PLAIN)
    stage.use_take(shooting.use_take, None, outputs, **_PLAIN)
    again = stage.shoot_again(shooting.use_take_anew, None, outputs, **_PLAIN)
    shot = again.success(shooting.shoot, set(shooting.form.fields()), shooting.outputs(), **_PLAIN)
    _follow(shot.then, shooting.action.job)
    stage.measured(shooting.estimate, set(shooting.form.fields()), [shooting.action.shoot], **_PLAIN)


def _wire_verify(studio: Studio, page: verifying.VerifyPage, shooting: Shooting, tabs: gr.Tabs) -> None:
    def check(path: str | None) -> dict[Any, Any]:
        return verifying.check(studio, page, path)

    page.file.change(check, [page.file], [page.said, page.load, page.recipe], **{**_PLAIN, "show_progress": "minimal"})
    loaded = page.load.click(shooting.use_recipe, [page.recipe], shooting.filled_outputs(), **_PLAIN)
    loaded.then(lambda: gr.Tabs(selected="shoot"), None, [tabs], **_PLAIN)
