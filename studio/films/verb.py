"""`python -m studio film film.yaml`: the whole film without a browser, and again where it left off."""

from __future__ import annotations

import re
import time
from argparse import Namespace
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio import direction, media
from studio.console import Console, clock
from studio.core import Studio
from studio.engines.local import LocalEngine
from studio.errors import FilmError, PolicyStop
from studio.film import Job, Take
from studio.films import comparing, cutting, formats, joins, packing, reading, timelines
from studio.films.cutting import Finished
from studio.films.room import ShotState, fitting, takes_of
from studio.films.script import Film
from studio.library import Library
from studio.settings import Settings
from studio.tools.seams import Seam
from studio.verbs import DONE, FAILED, stopped


def film(options: Namespace, console: Console) -> int:
    """Render what is missing of a film, cut it together, sign it and hand it out."""
    begun = time.perf_counter()
    settings = Settings.from_env()
    packed = options.file.is_file() and packing.is_packed(options.file)
    script = Film() if packed else reading.read(options.file)
    out = _target(options.out, options.file)
    with (
        closing(Library(settings.home)) as library,
        Studio(settings, LocalEngine(settings, library, serve=False)) as studio,
    ):
        try:
            if packed:
                script = studio.unpack_film(options.file).film
            script = replace(script, plan=options.plan, develop=options.develop, compiled=options.compile)
            form = formats.choose(
                studio.film_size(script), studio.entry(script.model), shape=options.shape or "",
                preset=options.preset or "", container=out.suffix[1:].lower(),
            )  # fmt: skip
            script, notice = studio.allow_film(script, options.accept_rewrite)
        except PolicyStop as stop:
            return stopped(stop.decision, console)
        if notice:
            console.say(notice)
        before = studio.film_states(script)
        studio.material(script, before)  # sounds and captions are looked at before a second is spent on rendering
        alone = comparing.independent(script) if options.compare_independent else None
        jobs = studio.shoot_film(script)
        if studio.library.served():
            console.say("A studio is open on this data folder: it shoots this.")
        _watch(studio, jobs, console)
        shot = time.perf_counter() - begun
        states = studio.film_states(script)
        failed = [index for index, state in enumerate(states) if not state.fits and not state.chosen]
        if failed:
            return _incomplete(script, states, failed, console)
        met = joins.measured(script, takes_of(states))
        finished = _finish(studio, script, states, form, out, options.fit, console)
        files = [*cutting.hand_out(finished, out), *_more(studio, script, states, options)]
        took = {"total": time.perf_counter() - begun, "shoot": shot, **finished.took}
        sides = None if alone is None else _compare(studio, script, alone, states, console)
    answer = _answer(script, before, states, met, finished, files, took)
    if sides is not None:
        answer["compared"] = {"film": sides[0].to_dict(), "independent": sides[1].to_dict()}
    text = [_text(answer), *(comparing.table(*sides) if sides is not None else [])]
    console.answer(answer, "\n".join(text))
    return DONE


def _compare(
    studio: Studio, script: Film, alone: Film, states: tuple[ShotState, ...], console: Console
) -> tuple[comparing.Side, comparing.Side]:
    """The film beside its prompts as independent shots, which are shot for it; those that fail are left out of both."""
    console.say("Shooting every prompt on its own ...")
    _watch(studio, studio.shoot_film(alone), console)
    knows = direction.known(studio.entry(script.model))
    pair = [fitting(states), fitting(studio.film_states(alone))]
    both = pair[0].keys() & pair[1].keys()
    if len(both) < len(states):
        console.say(f"{len(states) - len(both)} of the independent shots were not made: the others are compared.")
    found = []
    for takes in pair:
        kept = {index: take for index, take in takes.items() if index in both}
        found.append(comparing.side(script, kept, studio.workroom.looks(kept, now=True), knows))
    return found[0], found[1]


def _finish(
    studio: Studio, script: Film, states: tuple[ShotState, ...], form: formats.Format, out: Path, fit: Any, say: Console
) -> Finished:
    shown = ""

    def progress(words: str, done: int, of: int) -> None:
        nonlocal shown
        if words != shown:
            say.say(f"{words} ...")
        shown = words

    folder = studio.film_folder("")
    target = folder / f"film-{int(time.time() * 1000):x}{form.suffix}"
    try:
        return studio.finish_film(script, states, form, target, fit=fit, progress=progress)
    finally:
        for old in sorted(folder.glob("film-*"), key=lambda path: path.stat().st_mtime)[:-6]:
            old.unlink(missing_ok=True)


def _more(studio: Studio, script: Film, states: tuple[ShotState, ...], options: Namespace) -> list[Path]:
    """The film for an editor's program, and as one zip, where they were asked for."""
    found = []
    if options.otio is not None:
        text = timelines.document(studio.material(script, states), lambda path: path.absolute().as_uri())
        media.save_bytes(options.otio, text.encode())
        found.append(options.otio)
    if options.zip is not None:
        found.append(studio.pack_film(script, states, options.zip))
    return found


def _target(out: Path | None, source: Path) -> Path:
    found = out if out is not None else source.with_suffix(".mp4")
    kinds = [f".{one}" for one in formats.CONTAINERS]
    if found.suffix.lower() not in kinds or found.is_dir():
        message = f"--out {found.name or found} does not work: name it like film.mp4 ({', '.join(kinds)})"
        raise FilmError("out", str(found), message)
    try:
        found.parent.mkdir(parents=True, exist_ok=True)
        probe = found.with_name(f".{found.name}.part")
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise FilmError("out", str(found), f"--out {found} cannot be written: {error.strerror or error}") from None
    return found


def _watch(studio: Studio, jobs: list[Job], console: Console) -> None:
    """Until every job has ended; Ctrl+C stops the one that runs, and what is done stays."""
    waiting, ended = [job.id for job in jobs], 0
    try:
        while waiting:
            found = [studio.job(job_id) for job_id in waiting]
            for job in found:
                if job.finished:
                    ended += 1
                    console.say(f"{ended}/{len(jobs)} {job.state}: {job.shot.prompt[:70]}")
                elif not job.waits:
                    console.progress(job)
            waiting = [job.id for job in found if not job.finished]
            time.sleep(0.05)
    except KeyboardInterrupt:
        for job_id in waiting:
            studio.cancel(job_id)
        console.say("Stopping ... what is shot stays: the same command goes on from there.")
        for job_id in waiting:
            studio.wait(job_id, timeout=60)
        raise


def _incomplete(script: Film, states: tuple[ShotState, ...], failed: list[int], console: Console) -> int:
    names = ", ".join(script.shots[index].name or str(index + 1) for index in failed)
    reasons = [state.job.error for state in states if state.job is not None and state.job.error]
    why = f" ({reasons[0]})" if reasons else ""
    done = len(states) - len(failed)
    line = f"{done} of {len(states)} shots are made; missing: {names}{why}. The same command goes on from there."
    console.refuse(line, missing=failed)
    return FAILED


def _answer(
    script: Film,
    before: tuple[ShotState, ...],
    states: tuple[ShotState, ...],
    met: Mapping[int, Seam],
    finished: Finished,
    files: list[Path],
    took: dict[str, float],
) -> dict[str, Any]:
    shots = [_shot(old, new, met.get(i)) for i, (old, new) in enumerate(zip(before, states, strict=True))]
    return {
        "file": str(files[0]),
        "files": [str(path) for path in files],
        "sha256": finished.sha256,
        "title": script.title,
        "width": finished.width,
        "height": finished.height,
        "frames": finished.frames,
        "fps": finished.fps,
        "length": round(finished.seconds, 3),
        "shots": shots,
        "seconds": {name: round(value, 3) for name, value in took.items()},
        "credential": {"state": finished.report["verdict"], "signer": finished.report.get("signer")},
    }


def _shot(old: ShotState, new: ShotState, seam: Seam | None) -> dict[str, Any]:
    take: Take | None = new.take
    assert take is not None
    return {
        "name": new.shot.name,
        "prompt": take.recipe.prompt,
        "take": take.id,
        "seed": take.recipe.seed,
        "frames": take.frames,
        "again": old.fits,
        "seconds": take.seconds.get("total"),
        "seam": None if seam is None else seam.to_dict(),
    }


def _text(answer: dict[str, Any]) -> str:
    new = sum(not shot["again"] for shot in answer["shots"])
    lines = [
        f"{answer['file']}: {clock(answer['length'])}, {answer['width']}x{answer['height']}, "
        f"{len(answer['shots'])} shots ({new} new), signed ({answer['credential']['state']})",
        f"  took {answer['seconds']['total']:.1f} s, of which shooting {answer['seconds']['shoot']:.1f} s",
    ]
    return "\n".join([*lines, *_joins(answer["shots"]), *(f"  {path}" for path in answer["files"][1:])])


def _joins(shots: list[dict[str, Any]]) -> list[str]:
    """How the shots that continue one another meet: the good ones counted, each poor one named."""
    met = [(number, shot["seam"]) for number, shot in enumerate(shots, 1) if shot["seam"] is not None]
    if not met:
        return []
    good = sum(seam["seamless"] for _, seam in met)
    lines = [f"  {good} of {len(met)} joins of shots that continue one another cannot be seen"]
    poor = [(number, seam["drop_db"]) for number, seam in met if not seam["seamless"]]
    return lines + [
        f"  shot {number}: the join with the shot before is {drop:.1f} dB rougher than the movement beside it; "
        f"another seed may meet it better"
        for number, drop in poor
    ]


def slug(title: str) -> str:
    """A title as the name of a file."""
    return "-".join(re.findall(r"[a-z0-9]+", title.casefold())[:8]) or "film"
