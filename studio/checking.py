"""All that can be said of a file: its credential, one that the studio finds again, and what other tools wrote."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from model.catalog import CatalogEntry
from studio import media, provenance, shots
from studio.credentials import Kept
from studio.errors import ShotError, StudioError
from studio.film import Shot
from studio.finishing import KEY
from studio.library import Library
from studio.pictures import Frames
from studio.provenance import Identity, Report, container, foreign, mark
from studio.provenance.fingerprint import fingerprint
from studio.provenance.trust import trust_list
from studio.provenance.verifying import recovered
from studio.recipe import Recipe

log = logging.getLogger(__name__)

_READ_SIDE, _READ_FRAMES = 640, 96  # pixels and frames of a clip that the mark is read from
_SOURCE_WORDS = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")


def check(path: Path, identity: Identity | None, home: Path, library: Library | None = None) -> Report:
    """The whole report of a file. Nothing of the file is kept. `library` None looks for no lost credential.

    Raises UnreadableFile when it is broken, or no picture or clip at all.
    """
    report = provenance.verify(path, identity, trust_list=trust_list(home))
    mime = container.mime_type(path)
    if report.verdict == "none" and library is not None:
        report = _recovered(path, mime, identity, library, home) or report
    tags = foreign.tags(path, mime)
    found = foreign.settings(tags)
    labels = _labels(path, mime, tags)
    problems = list(report.problems)
    if report.verdict == "none" and labels:
        problems += labels
    said_by = report.said_by or ("an unsigned label in the file" if labels else "")
    ai = True if report.ai is None and labels and report.verdict == "none" else report.ai
    whole = replace(
        report, settings=None if found is None else found.to_dict(), labels=labels, problems=problems,
        said_by=said_by, ai=ai,
    )  # fmt: skip
    return Report(**_sayable(whole.to_dict()))


def _sayable(value: Any) -> Any:
    """The same without halves of characters, which a file can hold as escapes and no answer can be encoded with."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_sayable(key): _sayable(item) for key, item in value.items()}
    return [_sayable(item) for item in value] if isinstance(value, list) else value


def shot_of(report: Report, entry: CatalogEntry) -> Recipe | None:
    """The settings of a report as a recipe that this studio can shoot: its own, or what it understands of another's."""
    if report.recipe is not None:
        try:
            return Recipe.from_dict(report.recipe)
        except StudioError:
            return None
    if not report.settings or not report.settings.get("prompt"):
        return None
    return _of_another(foreign.Settings(**report.settings), entry)


def _of_another(found: foreign.Settings, entry: CatalogEntry) -> Recipe | None:
    """Prompt, seed, shape and length of another tool's settings, for this model; the rest does not carry over."""
    shape = "square"
    if found.width and found.height and not 0.8 < found.width / found.height < 1.25:
        shape = "landscape" if found.width > found.height else "portrait"
    limit = entry.limits.max_prompt_chars
    seconds = min(max((found.frames or 64) / 16, 1.0), entry.max_seconds)
    seed = found.seed if found.seed is not None and found.seed <= entry.limits.seed_max else None
    shot = Shot(prompt=found.prompt[:limit], negative=found.negative[:limit], size=shape, seconds=seconds, seed=seed)
    try:
        return shots.plan(shot, entry).recipe
    except ShotError:
        return None


def _recovered(path: Path, mime: str, identity: Identity | None, library: Library, home: Path) -> Report | None:
    """What is left when the credential is gone: the number in the pictures, then what they look like."""
    try:
        marked = _by_mark(path, library, home)
        found = None if marked is None else recovered(path, identity, marked.manifest, "mark")
        if found is not None or not mime.startswith(("video/", "image/gif")):
            return found
        near = library.credential_near(fingerprint(path))
        return None if near is None else recovered(path, identity, near[0].manifest, "fingerprint")
    except (StudioError, OSError) as error:
        log.info("no lost credential was found: %s", error)
        return None


def _by_mark(path: Path, library: Library, home: Path) -> Kept | None:
    numbers = library.credential_marks()
    if not numbers:
        return None
    reading = mark.Reading(mark.load_key(home / KEY))
    for frame in _frames(path):
        reading.add(frame)
    best = reading.best(numbers)
    return library.credential_marked(best[0]) if best is not None and best[1] >= mark.MATCH else None


def _frames(path: Path) -> Frames:
    """Frames all over a clip, made small, or the one picture. Raises MediaError."""
    if not media.is_clip(path):
        return np.asarray(media.open_picture(path), np.uint8)[None]
    facts = media.probe(path)
    scale = min(1.0, _READ_SIDE / max(facts.width, facts.height))
    size = (max(2, round(facts.width * scale)), max(2, round(facts.height * scale)))
    rate = min(8.0, _READ_FRAMES / max(facts.seconds or 1.0, 1.0))
    return media.decode_clip(path, fps=rate, size=size, limit=_READ_FRAMES)


def _labels(path: Path, mime: str, tags: dict[str, str]) -> list[str]:
    said = []
    xmp = tags.get("xmp") or tags.get("xml:com.adobe.xmp") or ""
    if mime in container.BMFF_MIMES:
        xmp = container.read_xmp(path) or ""
    if any(source in xmp for source in _SOURCE_WORDS):
        said.append("An unsigned label in the file says that it was made by AI (IPTC digital source type).")
    if foreign.aigc(tags):
        said.append("An unsigned label in the file says that it is AI-generated (AIGC, GB 45438-2025).")
    return said
