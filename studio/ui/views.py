"""Jobs, takes and reports as the page is given them: plain JSON, in the words of film. No path leaves the server."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from model.catalog import LEAST_GUIDED, MOST_CACHED, CatalogEntry
from model.world.understand import Span, Understanding, nearest
from studio.film import Job, Take
from studio.policy import Decision
from studio.preferences import Preferences
from studio.recipe import Recipe
from studio.tools.seams import Seam

VERDICTS: Mapping[str, tuple[str, str]] = {
    "trusted": ("good", "Signed by a trusted signer, unchanged"),
    "local": ("good", "Signed by this studio, unchanged"),
    "unknown-signer": ("warn", "Unchanged since it was signed, but the signer is not known here"),
    "changed": ("stop", "Changed after it was signed"),
    "none": ("warn", "No credential"),
    "recovered": ("warn", "The credential was lost and found again"),
}
SHOWN_SPANS = 40  # a prompt of 4,000 characters can hold hundreds

_STATES = {
    "queued": "Waiting for its turn",
    "paused": "Paused",
    "running": "Shooting",
    "finishing": "Finishing",
    "done": "Done",
    "failed": "The shot failed",
    "cancelled": "Stopped",
}


_WISHES = {"pause": "Pausing", "stop": "Stopping", "keep": "Stopping, keeping what is there"}


def job(found: Job, size: tuple[int, int], ahead: int | None = None, needs: float | None = None) -> dict[str, Any]:
    """A job for the stage and the queue; `size` is (width, height) of its picture, `ahead` how many come before it,
    `needs` how many seconds it will take once it begins."""
    working = found.state in ("running", "finishing") and (_WISHES.get(found.waiting_for) or found.stage)
    return {
        "id": found.id,
        "state": found.state,
        "group": found.group,
        "asked": found.waiting_for,
        "ahead": ahead,
        "words": working or _STATES[found.state],
        "step": found.step,
        "steps": found.steps,
        "elapsed": round(found.elapsed_s, 1),
        "left": None if found.eta_s is None else round(max(0.0, found.eta_s), 1),
        "needs": None if needs is None else round(needs, 1),
        "preview": f"studio/jobs/{found.id}/preview?v={found.preview_version}" if found.preview_version > 0 else None,
        "take": found.take_id,
        "error": found.error,
        "notice": found.notice,
        "prompt": found.shot.prompt,
        "seed": str(found.seed),
        "seconds": found.shot.seconds,
        "created": found.created,
        "when": when(found.created),
        "width": size[0],
        "height": size[1],
    }


def approximate(entry: CatalogEntry) -> bool:
    """Whether a model has steps enough for some of their work to be left out, which a few-step model has not."""
    return not entry.sigmas and entry.family != "storybook"


def abilities(entry: CatalogEntry) -> dict[str, Any]:
    """What the model of a film takes of a shot's less common keys, its own values, and the range of each number."""
    limits, defaults = entry.limits, entry.defaults
    return {
        "title": entry.title,
        "control": bool(entry.given.get("control", False)),
        "mask": bool(entry.given.get("mask", False)),
        "approximate": approximate(entry),
        "steps": defaults.steps,
        "guidance": defaults.guidance,
        "ranges": {
            "steps": [limits.min_steps, limits.max_steps],
            "guidance": [limits.min_guidance, limits.max_guidance],
            "block_cache": [0, MOST_CACHED],
            "guided": [LEAST_GUIDED, 1],
        },
    }


def policy(decision: Decision) -> dict[str, Any]:
    """What the policy says: why, which words (of which field), and the wording that would do."""
    of_prompt = decision.stage in ("prompt", "request")
    return {
        "message": decision.message,
        "field": decision.stage if decision.stage in ("prompt", "negative") else None,
        "spans": [list(span) for span in decision.spans],
        "offered": decision.rewritten if decision.action == "rewrite" and of_prompt else None,
        "consent": decision.message_id == "consent",
    }


def understanding(found: Understanding) -> dict[str, Any]:
    """What a model can film of a prompt and what it cannot: each word once, in the order of the prompt, with its kind,
    the address of a picture of who it names, and what is drawn for it where that is only near it; and whether the
    prompt reads like English."""
    words = {
        side: list({span.text.strip(): (span.kind, _face(span), nearest(span)) for span in spans}.items())[:SHOWN_SPANS]
        for side, spans in (("can", found.spans), ("cannot", found.unknown))
    }
    told = {side: [[word, *known] for word, known in pairs] for side, pairs in words.items()}
    return {**told, "english": found.english}


def _face(span: Span) -> str | None:
    return f"studio/cast/{span.id}.webp" if span.kind == "subject" else None


def preferences(found: Preferences) -> dict[str, Any]:
    """What an owner prefers."""
    return asdict(found)


def take(found: Take) -> dict[str, Any]:
    """A take for the stage and the strip."""
    return {
        "id": found.id,
        "job": found.job_id,
        "prompt": found.recipe.prompt,
        "title": found.title,
        "name": found.name,
        "note": found.note,
        "group": found.group,
        "kept": found.kept,
        "clip": f"studio/takes/{found.id}/clip.mp4",
        "poster": f"studio/takes/{found.id}/poster",
        "download": f"studio/takes/{found.id}/clip.mp4?download=1",
        "width": found.width,
        "height": found.height,
        "frames": found.frames,
        "fps": found.fps,
        "seed": str(found.recipe.seed),  # above 2**53 a number is no longer exact in a browser
        "starred": found.starred,
        "created": found.created,
        "when": when(found.created),
        "credential": credential(found.report),
        "recipe": recipe_rows(found.recipe, found.seconds),
        "json": found.recipe.to_json(),
        "parents": list(found.recipe.parents),
        "tool": "" if found.recipe.work is None else found.recipe.work.tool,
        "seams": [seam(each, found.fps) for each in found.seams],
    }


def seam(found: Seam, fps: int) -> dict[str, str]:
    """A join in words: where it is, whether it can be seen, and the figures that say so."""
    at = "the loop" if found.frame == 0 else f"{found.frame / fps:.2f} s"
    if found.what == "the cut":
        return {"at": at, "tone": "", "words": "a cut", "figures": ""}
    seen = "cannot be seen" if found.seamless else "may be seen"
    figures = f"{found.what}: {found.join_db:.1f} dB over the join, {found.around_db:.1f} dB beside it"
    return {"at": at, "tone": "good" if found.seamless else "warn", "words": seen, "figures": figures}


def credential(report: Mapping[str, Any]) -> dict[str, Any]:
    """The credential panel: a tone (good, warn, stop), one line, and rows of facts."""
    verdict = str(report.get("verdict") or "none")
    tone, line = VERDICTS.get(verdict, VERDICTS["none"])
    ai = report.get("ai")
    facts = [
        ("Made by AI", "Yes" if ai else ("No" if ai is False else "Not said")),
        ("Signed by", report.get("signer")),
        ("Made with", report.get("model")),
        ("When", when(report.get("when"))),
        ("Seal", line),
        ("From", _parents(report.get("parents") or [])),
        ("Manifest", report.get("manifest_id")),
    ]
    badge = {"local": "signed by this studio", "trusted": "signed by a trusted signer"}.get(verdict, line.lower())
    return {
        "tone": tone,
        "verdict": verdict,
        "badge": f"AI-made · {badge}" if ai else badge[:1].upper() + badge[1:],
        "line": line,
        "rows": [[name, str(value)] for name, value in facts if value],
        "problems": [str(problem) for problem in report.get("problems") or []],
    }


def recipe_rows(recipe: Recipe, seconds: Mapping[str, float] | None = None) -> list[list[str]]:
    """The recipe panel, in film words first and model words last."""
    directed = ", ".join(value.replace("_", " ") for value in recipe.direction.values())
    pictures = ", ".join(f"{anchor.name or 'picture'} ({anchor.place})" for anchor in recipe.anchors)
    took = (seconds or {}).get("total")
    facts = [
        ("Prompt", recipe.prompt),
        ("As shot", recipe.rendered_prompt if recipe.rendered_prompt != recipe.prompt else ""),
        ("Keep out", recipe.negative),
        ("Direction", directed),
        ("Pictures", pictures),
        ("Picture", f"{recipe.width} × {recipe.height}, {recipe.frames} frames at {recipe.fps} a second"),
        ("Seed", str(recipe.seed)),
        ("Model", recipe.model),
        ("Sampling", f"{recipe.steps} steps, guidance {recipe.guidance:g}, {recipe.solver}"),
        ("Approximate", _approximate(recipe)),
        ("Took", f"{took:.1f} s on this machine" if took else ""),
    ]
    return [[name, value] for name, value in facts if value]


def _approximate(recipe: Recipe) -> str:
    said = [f"block cache {recipe.block_cache:g}"] if recipe.block_cache else []
    return ", ".join([*said, *([f"guided for {recipe.guided:.0%} of the steps"] if recipe.guided < 1 else [])])


def file_name(found: Take) -> str:
    """A name for the downloaded clip: words of the prompt and the seed, in plain letters."""
    plain = unicodedata.normalize("NFKD", found.recipe.prompt).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)[:6]
    return "-".join([*(words or ["clip"]), str(found.recipe.seed)])[:100] + ".mp4"


def when(value: object) -> str:
    """An ISO 8601 time as a person writes it; what is not one is shown as it is."""
    if not value:
        return ""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    local = moment.astimezone()
    return f"{local.day} {local:%B %Y, %H:%M}"  # %-d is unknown on Windows


def _parents(parents: Sequence[Any]) -> str:
    titles = [str(parent.get("title") or "a file") for parent in parents if isinstance(parent, Mapping)]
    return ", ".join(titles)
