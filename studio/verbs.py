"""The commands that make, check and list: each takes parsed arguments and a console, and gives an exit code."""

from __future__ import annotations

import shutil
import time
from argparse import Namespace
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from model.world.understand import nearest
from studio import checking, media
from studio.console import Console, clock
from studio.core import Studio
from studio.direction import KINDS, Direction
from studio.engines.local import LocalEngine
from studio.errors import PolicyStop, ShotError, StudioError
from studio.film import Job, Shot, Take
from studio.library import Library
from studio.policy import Decision
from studio.provenance import Identity, ProvenanceError, Report
from studio.settings import Settings

DONE, NO, WRONG, FAILED = 0, 1, 2, 3

VERDICTS = {
    "trusted": "signed by a signer on the trust list, and unchanged",
    "local": "signed by this studio, and unchanged",
    "unknown-signer": "unchanged since it was signed, by a signer this studio does not know",
    "changed": "changed since it was signed",
    "none": "no credential: it is not signed, or the signature was taken off",
    "recovered": "its credential was lost, and found again in this studio",
}


def _say_what_is_heard(studio: Studio, shot: Shot, console: Console) -> None:
    """Tell before rendering what the model will not draw, while there is time to stop it."""
    found = studio.understand(shot.prompt, shot.model)
    if not found.english:
        console.say("This does not read like English; the model reads English only.")
    stand_ins = {span.text.strip(): near for span in found.spans if (near := nearest(span))}
    if stand_ins:
        told = ", ".join(f"{near} for {word}" for word, near in stand_ins.items())
        console.say(f"It draws what comes nearest: {told}")
    if found.unknown:
        words = list(dict.fromkeys(span.text.strip() for span in found.unknown))
        console.say(f"It cannot draw: {', '.join(words[:12])}")


def shoot(options: Namespace, console: Console) -> int:
    """Render one shot and hand out its clip."""
    settings = Settings.from_env()
    out = target(options.out)
    with (
        closing(Library(settings.home)) as library,
        Studio(settings, LocalEngine(settings, library, serve=False)) as studio,
    ):
        try:
            job = studio.submit(_shot(options), accept_rewrite=options.accept_rewrite)
        except PolicyStop as stop:
            return stopped(stop.decision, console)
        if job.notice:
            console.say(job.notice)
        _say_what_is_heard(studio, job.shot, console)
        if studio.library.served():
            console.say("A studio is open on this data folder: it shoots this.")
        job = watch(studio, job, console)
        if job.state != "done" or job.take_id is None:
            console.refuse(job.error or "Stopped before it was finished.", state=job.state)
            return FAILED
        take = studio.take(job.take_id)
        file = take.clip if out is None else hand_out(take.clip, out)
    console.answer(shot_answer(take, file), shot_text(take, file))
    return DONE


def verify(options: Namespace, console: Console) -> int:
    """Say what a file's credential says."""
    home = Settings.from_env().home
    identity = Identity.load_or_create(home / "identity") if (home / "identity").is_dir() else None
    try:
        with ExitStack() as stack:
            known = (home / "library.db").is_file()
            library = stack.enter_context(closing(Library(home))) if known else None
            report = checking.check(options.file, identity, home, library)
    except ProvenanceError as error:
        console.refuse(reason(error))  # it names the file
        return WRONG
    except OSError as error:
        console.refuse(f"{options.file.name} cannot be read: {reason(error)}")
        return WRONG
    console.answer(report.to_dict(), _report_text(options.file, report))
    return DONE if report.intact else NO


def _shot(options: Namespace) -> Shot:
    direction = Direction(**{kind: getattr(options, kind) for kind in KINDS})
    return Shot(
        prompt=options.prompt,
        direction=direction,
        negative=options.negative,
        size=options.size,
        seconds=options.seconds,
        seed=options.seed,
        steps=options.steps,
        guidance=options.guidance,
        first=options.image,
        last=options.last,
        frames=tuple(options.frames or ()),
        cast=tuple(options.cast or ()),
        model=options.model,
        plan=options.plan,
        develop=options.develop,
        compiled=options.compile,
        consent=options.consent,
        control=options.control,
        mask=options.mask,
        outpaint=options.outpaint,
        block_cache=options.block_cache,
        guided=options.guided,
    )


def target(out: Path | None) -> Path | None:
    """Where a clip is to go, known to be writable before a second is spent on rendering."""
    if out is None:
        return None
    if out.suffix.lower() != ".mp4" or out.is_dir():
        raise ShotError(
            "out", str(out), f"--out {out.name or out} does not work: the clip is an MP4, name it like clip.mp4"
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        probe = out.with_name(f".{out.name}.part")
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ShotError("out", str(out), f"--out {out} cannot be written: {reason(error)}") from None
    return out


def watch(studio: Studio, job: Job, console: Console) -> Job:
    """Tell of a job until it has ended; Ctrl+C stops it."""
    try:
        while not job.finished:
            console.progress(job)
            time.sleep(0.05)
            job = studio.job(job.id)
    except KeyboardInterrupt:
        studio.cancel(job.id)
        console.say("Stopping ...")
        return studio.wait(job.id, timeout=60)
    return job


def hand_out(clip: Path, out: Path) -> Path:
    """A copy of a clip at `out`, whole or not at all."""
    part = out.with_name(f".{out.name}.part")
    try:
        with media.room(out.parent):
            shutil.copyfile(clip, part)
            part.replace(out)
    except OSError as error:
        raise StudioError(f"the take is in the library, but {out} could not be written: {reason(error)}") from None
    finally:
        part.unlink(missing_ok=True)
    return out


def stopped(decision: Decision, console: Console) -> int:
    """Say why the policy does not film this."""
    where = f"Shot {decision.shot + 1}: " if decision.shot is not None else ""
    line = f"{where}{decision.message}"
    if decision.action == "rewrite" and decision.rewritten:
        line = f"{line} It could be shot as: {decision.rewritten} (add --accept-rewrite)"
    if decision.message_id == "consent":
        line = f"{line} Then add --consent, or consent: yes to a film."
    console.refuse(line, **decision_answer(decision))
    return NO


def decision_answer(decision: Decision) -> dict[str, Any]:
    """A decision of the policy as `--json` tells of it."""
    return {
        "action": decision.action,
        "category": decision.category,
        "rewritten": decision.rewritten,
        "message": decision.message,
        "ms": round(decision.elapsed_ms, 3),
    }


def shot_answer(take: Take, file: Path) -> dict[str, Any]:
    """A take as `--json` tells of it."""
    report = {name: value for name, value in take.report.items() if name != "recipe"}
    return {
        "file": str(file),
        "sha256": take.sha256,
        "take": take.id,
        "model": take.recipe.model,
        "seed": take.recipe.seed,
        "width": take.width,
        "height": take.height,
        "frames": take.frames,
        "fps": take.fps,
        "seconds": take.seconds,
        "credential": {"state": take.report.get("verdict"), **report},
    }


def shot_text(take: Take, file: Path) -> str:
    """A take in one line."""
    what = f"{take.width}x{take.height}, {take.duration:.1f} s, seed {take.recipe.seed}"
    return f"{file}\n{what}; shot in {clock(take.seconds['total'])}, {VERDICTS[take.report['verdict']]}"


def _report_text(file: Path, report: Report) -> str:
    lines = [f"{file.name}: {report.verdict}: {VERDICTS[report.verdict]}"]
    facts = {"AI-made": {True: "yes", False: "no"}.get(bool(report.ai)) if report.ai is not None else None}
    facts |= {"signer": report.signer, "model": report.model, "when": report.when}
    lines += [f"  {name}: {value}" for name, value in facts.items() if value]
    if report.said_by:
        lines.append(f"  says: {report.said_by}")
    lines += _tree(report.parents, "  ")
    if report.recipe is not None:
        lines.append(f"  recipe: {'verified' if report.recipe_verified else 'not verified'}")
    if report.settings is not None:
        lines.append(f"  settings of {report.settings['tool']}, unsigned: {report.settings['prompt'][:200]}")
    return "\n".join(lines + [f"  problem: {problem}" for problem in report.problems])


def _tree(parents: list[dict[str, Any]], indent: str) -> list[str]:
    """What went in, each part with what its own credential is worth, and what went into that."""
    lines = []
    for parent in parents:
        words = f"{parent.get('title') or 'a file'} ({parent.get('relationship')}): {parent.get('state')}"
        lines += [f"{indent}from: {words}", *_tree(parent.get("parents") or [], indent + "  ")]
    return lines


def reason(error: BaseException) -> str:
    """What went wrong, in one line and without a path."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, UnicodeDecodeError):
        return "this is not UTF-8 text"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
