"""All that can be said of a file: its credential, one that the studio finds again, and what other tools wrote."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from model.catalog import CatalogEntry
from studio import provenance, shots
from studio.errors import ShotError, StudioError
from studio.film import Shot
from studio.library import Library
from studio.provenance import Identity, Report, container, foreign
from studio.provenance.fingerprint import fingerprint
from studio.provenance.trust import trust_list
from studio.provenance.verifying import recovered
from studio.recipe import Recipe

log = logging.getLogger(__name__)

_SOURCE_WORDS = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")


def check(path: Path, identity: Identity | None, home: Path, library: Library | None = None) -> Report:
    """The whole report of a file. Nothing of the file is kept. `library` None looks for no lost credential.

    Raises UnreadableFile when it is broken, or no picture or clip at all.
    """
    report = provenance.verify(path, identity, trust_list=trust_list(home))
    mime = container.mime_type(path)
    if report.verdict == "none" and library is not None:
        report = _recovered(path, mime, identity, library) or report
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


def _recovered(path: Path, mime: str, identity: Identity | None, library: Library) -> Report | None:
    if not mime.startswith(("video/", "image/gif", "image/webp")):
        return None
    try:
        near = library.credential_near(fingerprint(path))
        return None if near is None else recovered(path, identity, near[0].manifest, "fingerprint")
    except (StudioError, OSError) as error:
        log.warning("no lost credential could be looked for: %s", error)
        return None


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
