"""The commands for what is there already: the queue, and a library that needs mending."""

from __future__ import annotations

from argparse import Namespace
from contextlib import closing
from typing import Any

from studio.base import LOCAL_OWNER
from studio.console import Console, clock
from studio.film import Job
from studio.library import Library
from studio.locks import HomeLock
from studio.mending import mended
from studio.settings import Settings

DONE, WRONG = 0, 2
NEEDS_JOB = ("stop", "first", "last", "retry", "keep")


def queue(options: Namespace, console: Console) -> int:
    """Show the queue of this data folder, or change it."""
    what, job = options.what, options.job
    if what in NEEDS_JOB and job is None:
        console.refuse(f"say which job: queue {what} JOB (queue list names them)")
        return WRONG
    with closing(Library(Settings.from_env().home)) as library:
        _change(library, what, job)
        active, paused = library.active(LOCAL_OWNER), library.queue_paused(LOCAL_OWNER)
        served = library.served()
    lines = [_line(item) for item in active] or ["nothing is waiting"]
    lines += ["the queue is paused: python -m studio queue resume"] if paused else []
    lines += [] if served or not active else ["no studio is open: what waits begins when one is"]
    console.answer({"jobs": [_answer(item) for item in active], "paused": paused, "served": served}, "\n".join(lines))
    return DONE


def mend(options: Namespace, console: Console) -> int:
    """Make a damaged library whole, and find takes again that it does not know."""
    home = Settings.from_env().home
    lock = HomeLock(home / "engine.lock")
    if not home.is_dir() or not lock.acquire():
        console.refuse(
            "a studio has this data folder open: close it first" if home.is_dir() else f"{home} is not there"
        )
        return WRONG
    try:
        aside, rows, takes = mended(home)
    finally:
        lock.release()
    whole = "the library is whole" if aside is None else f"{rows} records were kept; the damaged file is {aside}"
    console.answer({"damaged": aside, "rows": rows, "takes": takes}, f"{whole}; {takes} takes were found again")
    return DONE


def _change(library: Library, what: str, job: str | None) -> None:
    if what == "clear":
        library.clear_waiting(LOCAL_OWNER)
    elif what == "undo":
        library.undo(LOCAL_OWNER)
    elif what in ("pause", "resume") and job is None:
        library.pause_queue(LOCAL_OWNER, what == "pause")
    elif job is not None:
        if what in ("first", "last"):
            library.move_job(job, what, LOCAL_OWNER)
        else:
            acts = {
                "stop": library.request_cancel,
                "keep": library.request_keep,
                "retry": library.retry_job,
                "pause": library.pause_job,
                "resume": library.resume_job,
            }
            acts[what](job, LOCAL_OWNER)


def _line(job: Job) -> str:
    left = f"about {clock(job.eta_s)} left" if job.eta_s is not None else ""
    steps = f"{job.step}/{job.steps}" if job.steps else ""
    parts = (job.id, f"{job.state:9}", steps, left, job.shot.prompt[:60])
    return "  ".join(part for part in parts if part)


def _answer(job: Job) -> dict[str, Any]:
    facts = {"id": job.id, "state": job.state, "stage": job.stage, "step": job.step, "steps": job.steps}
    return {**facts, "eta_s": job.eta_s, "seed": job.seed, "prompt": job.shot.prompt, "created": job.created}
