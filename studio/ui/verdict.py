"""What is found of a file, as HTML for somebody who has never heard of a credential. Everything is escaped."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from studio.provenance import Report
from studio.recipe import Recipe
from studio.ui import markup, views

_MEANING = {
    "trusted": "A signer on the public C2PA list sealed this file, and not a bit of it was changed since.",
    "local": "This studio sealed this file, and not a bit of it was changed since.",
    "unknown-signer": "Nothing was changed since it was sealed. Who sealed it cannot be checked here: "
    "anyone can sign under any name.",
    "changed": "This is not what was signed. Below stands what exactly does not hold.",
    "none": "Nothing in this file proves who made it or how. That proves nothing either: any tool that encodes a clip "
    "again drops the credential.",
    "recovered": "This file lost its credential, and the studio found it again by its pictures. What it says is about "
    "the clip as it was signed: this file is another one, changed since.",
}
_STATES = {
    "intact": ("good", "its own credential holds"),
    "unknown-signer": ("warn", "its own credential holds, by a signer not known here"),
    "changed": ("stop", "had been changed since it was signed, before it was used"),
    "unsigned": ("quiet", "had no credential of its own"),
}
_RELATIONS = {
    "parentOf": "what it was before it was changed",
    "componentOf": "a part that is seen or heard in it",
    "inputTo": "given to the model",
}
_ACTIONS = {"created": "Made", "opened": "Opened", "placed": "Put in", "trimmed": "Cut", "transcoded": "Encoded again"}


def card(report: Report, recipe: Recipe | None) -> str:
    """The verdict, who says what, what is wrong, what it was made from, the settings, and the raw report."""
    tone, line = views.VERDICTS[report.verdict]
    parts = [
        f'<article class="verdict verdict-{tone}" data-verdict="{markup.text(report.verdict)}">',
        f'<h3 role="status">{markup.text(line)}</h3><p>{markup.text(_MEANING[report.verdict])}</p>',
        _problems(report.labels if report.verdict == "none" else report.problems),
        markup.rows(_facts(report)),
        _section("What was done", _steps(report.actions)),
        _section("What it was made from", _tree(report.parents)),
        _settings(report, recipe),
        _raw(report),
        "</article>",
    ]
    return "".join(parts)


def _facts(report: Report) -> list[tuple[str, str]]:
    says = f", says {report.said_by}" if report.said_by else ""
    ai = {True: f"Yes{says}", False: f"Not said{says}", None: "Nobody says"}[report.ai]
    clock = "a time-stamp authority vouches for it" if report.stamped else "by the signer's own clock"
    rows = [
        ("Made by AI", ai),
        ("Signed by", report.signer or ""),
        ("Made with", report.model or ""),
        ("When", f"{views.when(report.when)}, {clock}" if report.when else ""),
        ("Labels", " ".join(report.labels) if report.verdict != "none" else ""),
        ("Manifest", report.manifest_id or ""),
    ]
    return [(name, value) for name, value in rows if value]


def _problems(problems: Sequence[str]) -> str:
    items = "".join(f"<li>{markup.text(problem)}</li>" for problem in problems)
    return f'<ul class="problems">{items}</ul>' if items else ""


def _steps(actions: Sequence[Mapping[str, Any]]) -> str:
    if len(actions) < 2:
        return ""
    items = []
    for (words, by), same in groupby(actions, _step):
        count = len(list(same))
        times = f", {count} parts" if count > 1 else ""
        items.append(f"<li>{markup.text(words + times)}<small>{markup.text(by)}</small></li>")
    return f'<ol class="steps">{"".join(items)}</ol>'


def _step(action: Mapping[str, Any]) -> tuple[str, str]:
    name = str(action.get("action") or "")
    words = str(action.get("words") or _ACTIONS.get(name, name.replace(".", " ").replace("_", " ")))
    return words, f" · {action['by']}" if action.get("by") else ""


def _tree(parents: Sequence[Mapping[str, Any]]) -> str:
    if not parents:
        return ""
    items = []
    for parent in parents:
        tone, state = _STATES.get(str(parent.get("state")), ("quiet", str(parent.get("state"))))
        role = _RELATIONS.get(str(parent.get("relationship")), "")
        made = " Made by AI." if parent.get("ai") else ""
        signer = f" Signed by {parent['signer']}." if parent.get("signer") else ""
        items.append(
            f'<li><span class="dot dot-{tone}" aria-hidden="true"></span>'
            f"<strong>{markup.text(parent.get('title') or 'A file without a name')}</strong>"
            f"<small>{markup.text(role)}; {markup.text(state)}.{markup.text(made + signer)}</small>"
            f"{_tree(parent.get('parents') or [])}</li>"
        )
    return f'<ul class="made-from">{"".join(items)}</ul>'


def _settings(report: Report, recipe: Recipe | None) -> str:
    if report.settings is not None and report.recipe is None:
        title = f"Settings, as {report.settings['tool']} wrote them: not proven"
        shown = [
            (name.capitalize(), str(value))
            for name, value in report.settings.items()
            if value not in (None, "") and name != "tool"
        ]
        return _section(title, markup.rows(shown))
    if recipe is None:
        return ""
    trust = "Its recipe, as signed" if report.recipe_verified else "Its recipe, as the file claims: not proven"
    if report.verdict == "recovered":
        trust = "The recipe of the clip as it was"
    return _section(trust, markup.rows((name, value) for name, value in views.recipe_rows(recipe)))


def _section(title: str, inner: str) -> str:
    return f"<h4>{markup.text(title)}</h4>{inner}" if inner else ""


def _raw(report: Report) -> str:
    """The report as JSON, to read and to save: in the page itself, so that no file of it is left on the server."""
    text = json.dumps(report.to_dict(), ensure_ascii=False, indent=1, sort_keys=True)
    data = base64.b64encode(text.encode()).decode()
    save = f'<a download="report.json" href="data:application/json;base64,{data}">Save it</a>'
    shown = f'<pre tabindex="0">{markup.text(text)}</pre>'
    return f'<details class="raw"><summary>Raw report</summary>{save}{shown}</details>'
