"""`python -m studio models`: what there is, fetching it, pointing to a folder, checking and removing."""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from model import catalog, published
from model.catalog import CatalogEntry
from model.published import Published
from studio import shots
from studio.console import BAR, Console, clock
from studio.errors import ModelsError
from studio.models import Models, ModelState
from studio.models_lora import Laid
from studio.models_transfer import Progress, Quote, Transfer, gb, quote
from studio.settings import Settings

DONE, NO, WRONG = 0, 1, 2
NOT_RUN = "not yet run with the real weights by those who wrote this studio"
_PLACES = {
    "words": "words",
    "first": "a first picture",
    "last": "a last picture",
    "index": "pictures in between",
    "sequence": "frames or a clip",
    "mask": "masks",
    "references": "pictures of the cast",
    "control": "a control clip",
}


def models(options: Namespace, console: Console) -> int:
    """List, describe, fetch, point to, check or remove models."""
    settings = Settings.from_env()
    shelf = Models(settings.home, settings.models)
    verb = {
        "list": _list,
        "info": _info,
        "download": _download,
        "point": _point,
        "lora": _lora,
        "check": _check,
        "remove": _remove,
    }[options.what]
    if options.what != "list" and not options.name:
        wanted = {"point": "FOLDER", "lora": "FILE"}.get(options.what, "NAME")
        console.refuse(f"say which: models {options.what} {wanted}")
        return WRONG
    names = _names() + ([one.name for one in shelf.loras()] if options.what == "remove" else [])
    if options.what in ("download", "check", "remove") and options.name not in names:
        console.refuse(f"there is no model {options.name[:80]!r} to be had; there are {', '.join(names)}")
        return WRONG
    return verb(shelf, options, console)


def _names() -> list[str]:
    return [model.name for model in published.models()]


def _list(shelf: Models, options: Namespace, console: Console) -> int:
    entries, states = catalog.entries(shelf.root), shelf.states()
    lines = [_line(entry.name, "missing" if entry.missing else "ready", entry) for entry in entries]
    lines += [_line(state.model.name, _standing(state), state.model) for state in states]
    answers = [own_answer(entry) for entry in entries] + [answer(state) for state in states]
    laid = shelf.loras()
    lines += [f"{one.name:44} {one.problem or f'LoRA over {one.base}, strength {one.lora.strength:g}'}" for one in laid]
    if any(not state.runs for state in states):
        lines.append("Those marked * can be fetched and checked; this version does not shoot with them yet.")
    loras = [_lora_answer(one) for one in laid]
    console.answer({"models": answers, "loras": loras}, "\n".join(lines))
    return DONE


def _line(name: str, standing: str, of: CatalogEntry | Published) -> str:
    return f"{name:22} {of.title:20} {gb(of.size_bytes):>8}  {standing:12} {of.licence}"


def _standing(state: ModelState) -> str:
    return {"ready": "ready", "partly": "partly here", "absent": "not here"}[state.state] + ("" if state.runs else " *")


def _info(shelf: Models, options: Namespace, console: Console) -> int:
    if options.name in _names():
        state = shelf.state(options.name)
        console.answer(answer(state), _text(shelf, state))
        return DONE
    entry = shots.entry(options.name, shelf.root)
    console.answer(own_answer(entry), own_text(entry))
    return DONE


def _download(shelf: Models, options: Namespace, console: Console) -> int:
    asked = quote(shelf, options.name)
    if shelf.state(options.name).state == "ready" and asked.needed == 0:
        console.answer(answer(shelf.state(options.name)), f"{asked.model.title} is here already.")
        return DONE
    for line in offer(asked):
        console.say(line)
    asked.require()
    if not (options.yes or _agreed(console)):
        console.refuse("nothing was fetched: say yes, or --yes, to agree to the size and the licence")
        return NO
    shelf.agree(asked.model)
    Transfer(shelf, options.name, lambda progress: console.live(progress_line(progress), progress.file)).run()
    state = shelf.state(options.name)
    console.answer(answer(state), f"{asked.model.title} is here, whole and checked.")
    return DONE


def offer(asked: Quote) -> list[str]:
    """What somebody agrees to: size, licence, where from and where to, in lines."""
    model = asked.model
    about = "" if asked.exact else "about "
    lines = [
        f"{model.title}: {model.summary}",
        f"  published by {model.publisher}: {model.link}",
        f"  to fetch: {about}{gb(asked.needed)} of {about}{gb(asked.total)}",
        f"  where to: {asked.place}, {gb(asked.free)} are free there",
        f"  licence: {model.licence}",
    ]
    return lines + ([f"  {model.note}"] if model.note else []) + [f"  {NOT_RUN}"]


def _agreed(console: Console) -> bool:
    if console.machine or not sys.stdin.isatty():
        return False
    console.say("Fetch it under this licence? (yes/no)")
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def progress_line(progress: Progress) -> str:
    """A transfer as one line: file, bar, bytes, speed, time left."""
    share = progress.done / progress.total if progress.total else 0.0
    full = min(BAR, round(share * BAR))
    parts = [f"[{'=' * full}{' ' * (BAR - full)}] {gb(progress.done)} of {gb(progress.total)}"]
    if progress.speed:
        parts.append(f"{progress.speed / 1e6:.1f} MB/s")
    if progress.left_s is not None:
        parts.append(f"about {clock(progress.left_s)} left")
    return "  ".join([*parts, progress.file])


def _point(shelf: Models, options: Namespace, console: Console) -> int:
    try:
        state, found = shelf.point(Path(options.name), options.as_name)
    except ModelsError as error:
        console.refuse(str(error))
        return WRONG
    lines = [f"{state.model.title} is taken from {options.name}: {found.what}."]
    others = [model.name for model in found.models if model is not state.model]
    if others and options.as_name is None:
        lines.append(f"The same shapes are also those of {' and '.join(others)}: say --as NAME if it is one of them.")
    lines += [f"{path.name} is a pickle: it is not opened." for path in found.refused]
    if state.missing:
        lacking = ", ".join(part.part.title for part in state.missing)
        lines.append(f"Still missing: {lacking}. Fetch them with: models download {state.model.name}")
    console.answer(answer(state) | {"missing": [part.part.role for part in state.missing]}, "\n".join(lines))
    return DONE


def _lora(shelf: Models, options: Namespace, console: Console) -> int:
    try:
        fitting = () if options.as_name else shelf.bases(Path(options.name))
        base = options.as_name or fitting[0]
        laid, what = shelf.lay(Path(options.name), base, options.strength)
    except ModelsError as error:
        console.refuse(str(error))
        return WRONG
    others = [name for name in fitting if name != base]
    lines = [f"{laid.name} is {what}, strength {options.strength:g}, over {base}. Shoot with --model {laid.name}"]
    if others:
        lines.append(f"It also fits {' and '.join(others)}: say --as NAME to lay it over one of them.")
    console.answer(_lora_answer(laid), "\n".join(lines))
    return DONE


def _lora_answer(laid: Laid) -> dict[str, Any]:
    return {
        "name": laid.name,
        "base": laid.base,
        "file": str(laid.lora.path),
        "strength": laid.lora.strength,
        "problem": laid.problem,
    }


def _check(shelf: Models, options: Namespace, console: Console) -> int:
    wrong, state = shelf.check(options.name), shelf.state(options.name)
    lines = [f"{path} is not the file that was published: it was thrown away." for path in wrong]
    lines += [f"{part.part.title}: {part.problem or 'not here'}" for part in state.missing]
    lines += [f"Fetch it again: models download {options.name}"] if lines else [f"{state.model.title} is whole."]
    found = answer(state) | {"wrong": [str(path) for path in wrong]}
    console.answer(found, "\n".join(lines))
    return NO if wrong or state.missing else DONE


def _remove(shelf: Models, options: Namespace, console: Console) -> int:
    title = options.name if ":" in options.name else published.model(options.name).title
    freed = shelf.remove(options.name)
    console.answer({"name": options.name, "freed_bytes": freed}, f"{title} was removed; {gb(freed)} are free again.")
    return DONE


def answer(state: ModelState) -> dict[str, Any]:
    """A published model for programs, in the keys of those that come along, and how it stands."""
    entry = state.model.entry(state.places)
    return own_answer(entry) | {
        "installed": state.state == "ready",
        "state": state.state,
        "runs": state.runs,
        "missing_bytes": state.missing_bytes,
        "trained": list(state.model.trained),
        "untrained": list(state.model.takes),
        "publisher": state.model.publisher,
        "link": state.model.link,
        "note": state.model.note,
        "tried_with_real_weights": False,
    }


def own_answer(entry: CatalogEntry) -> dict[str, Any]:
    """A model that comes along, for programs."""
    return {
        "name": entry.name,
        "title": entry.title,
        "licence": entry.licence,
        "installed": not entry.missing,
        "size_bytes": entry.size_bytes,
        "fps": entry.fps,
        "sizes": dict(entry.sizes),
        "given": dict(entry.given),
        "default_seconds": entry.default_seconds,
        "max_seconds": entry.max_seconds,
        "defaults": asdict(entry.defaults),
        "limits": asdict(entry.limits),
    }


def own_text(entry: CatalogEntry) -> str:
    """A model that comes along, for people."""
    given = ", ".join(name for name, able in entry.given.items() if able) or "nothing"
    standing = "missing" if entry.missing else "ready"
    return "\n".join(
        (
            f"{entry.title} ({entry.name}): {standing}, {gb(entry.size_bytes)}, {entry.licence}",
            *_facts(entry),
            f"  can be given: {given}",
            *(f"  missing: {path}" for path in entry.missing),
        )
    )


def _facts(entry: CatalogEntry) -> tuple[str, ...]:
    sizes = ", ".join(f"{name} {width}x{height}" for name, (width, height) in entry.sizes.items())
    return (
        f"  sizes: {sizes}; {entry.fps} frames a second, up to {entry.max_seconds:g} s",
        f"  defaults: {entry.defaults.steps} steps, guidance {entry.defaults.guidance:g}, {entry.defaults.solver}",
    )


def _text(shelf: Models, state: ModelState) -> str:
    model = state.model
    lines = [
        f"{model.title} ({model.name}): {_standing(state).rstrip(' *')}, {gb(model.size_bytes)}, {model.licence}",
        f"  {model.summary}",
        *_facts(model.entry({})),
        f"  trained for: {', '.join(_PLACES[name] for name in model.trained)}",
    ]
    if model.takes:
        lines.append(f"  can also be given, not trained for it: {', '.join(_PLACES[name] for name in model.takes)}")
    lines += [f"  {model.note}"] if model.note else []
    lines += [f"  {part.part.title}: {part.place or part.problem or 'not here'}" for part in state.parts]
    lines.append(f"  {NOT_RUN}")
    lines += [] if state.runs else ["  this version fetches and checks it, and does not shoot with it yet"]
    return "\n".join(lines)
