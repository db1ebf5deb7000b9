"""The commands that work on a clip: `python -m studio extend CLIP --seconds 4` and its like.

CLIP is the id of a take, as `shoot --json` and the page give it, or an MP4 file.
"""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from studio.console import Console
from studio.core import Studio
from studio.engines.local import LocalEngine
from studio.errors import PolicyStop, ShotError
from studio.film import Job, Take
from studio.library import Library
from studio.settings import Settings
from studio.tools.asks import ASKS, Ask, ClipName
from studio.verbs import DONE, FAILED, hand_out, shot_answer, shot_text, stopped, target, watch

_TAKE = re.compile(r"t[0-9a-f]{8,32}")
NOT_ASKED = ("json", "verb", "tool", "out", "accept_rewrite", "consent", "count")


def work(options: Namespace, console: Console) -> int:
    """Do one piece of work and hand out its clip, or each of its clips."""
    settings = Settings.from_env()
    out = target(options.out)
    with (
        closing(Library(settings.home)) as library,
        Studio(settings, LocalEngine(settings, library, serve=False)) as studio,
    ):
        try:
            if options.tool == "vary":
                jobs = studio.vary(_take_id(options.clip, studio), options.count)
            else:
                accept, consent = options.accept_rewrite, options.consent
                jobs = [studio.work(ask_of(options), accept_rewrite=accept, consent=consent)]
        except PolicyStop as stop:
            return stopped(stop.decision, console)
        if studio.library.served():
            console.say("A studio is open on this data folder: it does this.")
        ended = [watch(studio, job, console) for job in jobs]
        takes = [studio.take(job.take_id) for job in ended if job.take_id is not None]
        if not takes:
            console.refuse(_why(ended), state=ended[0].state)
            return FAILED
        files = _files(takes, out)
    answers = [_answer(take, file) for take, file in zip(takes, files, strict=True)]
    text = "\n".join(_text(take, file) for take, file in zip(takes, files, strict=True))
    console.answer(answers[0] if len(jobs) == 1 else {"takes": answers, "failed": len(jobs) - len(takes)}, text)
    return DONE if len(takes) == len(jobs) else FAILED


def ask_of(options: Namespace) -> Ask:
    """What the flags ask for."""
    values = {name: value for name, value in vars(options).items() if name not in NOT_ASKED and value is not None}
    for name in ("clip", "other"):
        if name in values:
            values[name] = clip_name(values[name])
    for name in ("keep", "cut", "replace"):
        if name in values:
            values[name] = tuple(values[name])
    kind: Callable[..., Ask] = ASKS[options.tool]
    return kind(**values)


def clip_name(given: str) -> ClipName:
    """A take's id as it is, anything else as a path."""
    return given if _TAKE.fullmatch(given) else Path(given)


def _take_id(given: str, studio: Studio) -> str:
    if not _TAKE.fullmatch(given):
        raise ShotError("clip", given, f"{given[:60]} is no take's id: variations are made of takes of this studio")
    return studio.take(given).id


def _files(takes: list[Take], out: Path | None) -> list[Path]:
    if out is None:
        return [take.clip for take in takes]
    names = [out] if len(takes) == 1 else [out.with_stem(f"{out.stem}-{n}") for n in range(1, len(takes) + 1)]
    return [hand_out(take.clip, name) for take, name in zip(takes, names, strict=True)]


def _why(jobs: list[Job]) -> str:
    return next((job.error for job in jobs if job.error), "Stopped before it was finished.")


def _answer(take: Take, file: Path) -> dict[str, Any]:
    return {**shot_answer(take, file), "seams": [seam.to_dict() for seam in take.seams]}


def _text(take: Take, file: Path) -> str:
    lines = [shot_text(take, file)]
    for seam in take.seams:
        seen = "cannot be seen" if seam.seamless else f"is {seam.drop_db:.1f} dB less alike than its neighbours"
        lines.append(f"  {seam.what}, at {seam.frame / take.fps:.2f} s: the join {seen}")
    return "\n".join(lines)
