"""Kill the studio at random moments, again and again, and see that nothing is lost: `make soak`, and a short test.

One process loads torch and forks a studio for every round, which kills itself with SIGKILL (as `kill -9` does) at a
chosen stage. The model is small and random, but the sampler, its windows, the resuming, the encoder, the signing and
the library are the real ones. After every death the database must be whole and every visible take complete; in the end
every job must be done (its frames equal to those of a render that was never stopped) or failed with a reason.

    python -m tests.studio.soak --kills 50 [--seed 1] [--stages sampling,sign] [--home FOLDER]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from model import catalog
from model.pipeline import Generator
from studio import inputs, leaving, media, provenance, worker
from studio.core import Studio
from studio.engines.local import LocalEngine
from studio.film import FINAL_STATES, Shot
from studio.library import Library
from studio.settings import Settings
from studio.writing import ClipWriter
from tests.model.doubles import FakeVAE, generator
from tests.studio.doubles import SHA256

STAGES = (
    "upload", "queued", "claimed", "text", "sampling", "saving", "decode", "encode", "check", "sign", "commit",
)  # fmt: skip
SEEDS = 4  # different shots; a shot that was shot before must come out the same
ROUND_SECONDS = 120
STOPPED = "stopped three times"  # the one reason for which a job may fail here

Hit = Callable[[], None]


def tiny() -> Generator:
    """A real generator with a small random transformer; 17 frames are two windows."""
    made = generator(window=3, overlap=1)
    entry = catalog.entry("storybook")
    limits = replace(entry.limits, window=3, overlap=1)
    made.entry, made.limits = replace(entry, limits=limits, notes={}), limits
    made.__dict__["sha256"] = SHA256
    return made


def shot(number: int, picture: Path) -> Shot:
    """The shot of a number: every second one is given a picture."""
    given = picture if number % 2 else None
    return Shot(f"fox {number}", size="128x128", seconds=1.0, seed=number, steps=4, guidance=2.0, first=given)


def open_studio(home: Path, made: Generator, check: leaving.OutputCheck = leaving.whole_clip) -> Studio:
    settings = Settings.from_env({}, home=home)
    return Studio(settings, LocalEngine(settings, Library(home), load=lambda name: made, check=check))


# One round, in a forked process


def live(home: Path, picture: Path, numbers: list[int], stage: str, after: int) -> None:
    """Order shots and render all there are; die at the `after`th time that `stage` is reached."""
    worker.SAVE_SECONDS = 0.0
    made, left = tiny(), [after]

    def hit() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    set_trap(stage, hit, made)

    def check(clip: Path, recipe: Any) -> None:
        if stage == "check":
            hit()
        leaving.whole_clip(clip, recipe)

    with open_studio(home, made, check) as studio:
        for number in numbers:
            studio.submit(shot(number, picture))
            if stage == "queued":
                hit()
        for job in studio.active():
            studio.wait(job.id, ROUND_SECONDS)


def set_trap(stage: str, hit: Hit, made: Generator) -> None:
    """Call `hit` where a stage is in the midst of its work."""
    if stage == "text":
        made.encoder = Before(made.encoder, "encode", hit)  # type: ignore[assignment]
    elif stage == "sampling":
        made.dit.register_forward_pre_hook(lambda *_: hit())
    elif stage == "decode":
        plain = FakeVAE.stream_decoder
        FakeVAE.stream_decoder = lambda self: Before(plain(self), "push", hit)  # type: ignore[method-assign]
    elif stage == "encode":
        write = ClipWriter.write
        ClipWriter.write = lambda self, chunk: (write(self, chunk), hit())[0]  # type: ignore[method-assign]
    elif stage == "sign":
        sign = provenance.sign_clip
        provenance.sign_clip = lambda *given: (hit(), sign(*given), hit())[1]
    elif stage == "claimed":
        claim = Library.claim
        Library.claim = lambda self, only=None: after(claim(self, only), hit)  # type: ignore[method-assign]
    elif stage == "commit":
        add = Library.add_take
        Library.add_take = lambda self, take, made: add(self, take, Before(made, "replace", hit, hit))  # type: ignore
    elif stage in ("upload", "saving"):
        half_written(stage, hit)


def half_written(stage: str, hit: Hit) -> None:
    """Die with half a file on the disk."""
    if stage == "upload":

        class Half:
            @staticmethod
            def copyfile(source: Path, target: Path) -> None:
                data = source.read_bytes()
                target.write_bytes(data[: len(data) // 2])
                hit()
                target.write_bytes(data)

        inputs.shutil = Half  # type: ignore[assignment]
        return
    save = media.save_bytes

    def halved(path: Path, data: bytes) -> None:
        path.with_name(f".{path.name}.part").write_bytes(data[: len(data) // 2])
        hit()
        save(path, data)

    media.save_bytes = halved


def after(found: Any, hit: Hit) -> Any:
    if found is not None:
        hit()
    return found


class Before:
    """Something whose one method hits first (and, with `then`, afterwards)."""

    def __init__(self, of: Any, name: str, hit: Hit, then: Hit = lambda: None) -> None:
        self._of, self._name, self._hit, self._then = of, name, hit, then

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._of, name)
        if name != self._name:
            return found

        def hit_first(*given: Any) -> Any:
            self._hit()
            answer = found(*given)
            self._then()
            return answer

        return hit_first

    def __fspath__(self) -> str:
        return os.fspath(self._of)


# What must hold


def look(home: Path) -> list[str]:
    """What is wrong after a death: a database that is not whole, a take that is half there."""
    if not (home / "library.db").exists():
        return []
    with sqlite3.connect(home / "library.db") as db:
        wrong = [f"integrity_check: {row[0]}" for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        takes = db.execute("SELECT id, sha256, job_id FROM takes").fetchall()
        done = {row[0] for row in db.execute("SELECT id FROM jobs WHERE state = 'done'")}
    db.close()
    for take_id, sha256, job_id in takes:
        folder = home / "takes" / take_id
        names = {path.name for path in folder.glob("*")}
        if names != {"clip.mp4", "poster.jpg", "latents.safetensors", "recipe.json"}:
            wrong.append(f"{take_id} is half there: {sorted(names)}")
        elif inputs.sha256_of(folder / "clip.mp4") != sha256:
            wrong.append(f"{take_id} is not the clip that was signed")
        if job_id not in done:
            wrong.append(f"{take_id} is visible and its job is not done")
    return wrong


def frames_of(clip: Path) -> str:
    return hashlib.sha256(media.decode_clip(clip).tobytes()).hexdigest()


def settle(home: Path, picture: Path) -> dict[str, Any]:
    """Let the studio end what is left, and compare every take with a render that was never stopped."""
    made = tiny()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as clean, open_studio(Path(clean), made) as studio:
        jobs = [studio.wait(studio.submit(shot(number, picture)).id, ROUND_SECONDS) for number in range(SEEDS)]
        want = {job.seed: frames_of(studio.take(job.take_id or "").clip) for job in jobs}
    with open_studio(home, made) as studio:
        for job in studio.active():
            studio.wait(job.id, ROUND_SECONDS)
        states: dict[str, int] = {}
        resumed = 0
        for job in studio.jobs():
            states[job.state] = states.get(job.state, 0) + 1
            resumed += any(kind == "requeued" for _, kind, _ in studio.library.history(job.id))
            if job.state not in FINAL_STATES or (job.state == "failed" and STOPPED not in (job.error or "")):
                wrong.append(f"{job.id} is {job.state}: {job.stage} {job.error}")
            if job.state == "done":
                take = studio.take(job.take_id or "")
                if studio.verify(take.clip).verdict != "local" or frames_of(take.clip) != want[job.seed]:
                    wrong.append(f"{job.id} (seed {job.seed}) is not the clip that it would have been")
        left = [path.name for path in studio.library.work.iterdir()]
    return {"jobs": states, "resumed": resumed, "left": left, "wrong": wrong + look(home)}


# The driver


def forked(task: Callable[[], Any]) -> tuple[int, Any]:
    """Run a task in a forked process: its wait status, and what it answered."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        code = 1
        try:
            answer = task()
            os.write(writer, json.dumps(answer).encode())
            code = 0
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as stream:
        said = stream.read()
    _, status = os.waitpid(pid, 0)
    return status, json.loads(said) if said else None


def soak(home: Path, kills: int, seed: int, stages: tuple[str, ...]) -> dict[str, Any]:
    """The whole run; what it found as plain data."""
    chance = random.Random(seed)
    picture = home.parent / "given.png"
    Image.linear_gradient("L").convert("RGB").resize((160, 120)).save(picture)
    killed: dict[str, int] = dict.fromkeys(stages, 0)
    wrong: list[str] = []
    order = [stages[index % len(stages)] for index in range(kills)]
    chance.shuffle(order)
    for turn, stage in enumerate(order):
        given = home.parent / f"given-{turn}.png"  # the same pixels in another file: every round has its own upload
        note = PngInfo()
        note.add_text("turn", str(turn))
        Image.open(picture).save(given, pnginfo=note)
        numbers = [2 * chance.randrange(SEEDS // 2) + 1, chance.randrange(SEEDS)]  # the first is given a picture
        many = {"sampling": 14, "saving": 8, "decode": 4, "encode": 6, "commit": 2, "sign": 2}.get(stage, 1)
        status, _ = forked(lambda s=stage, n=numbers, m=many, g=given: live(home, g, n, s, chance.randint(1, m)))
        if os.WIFSIGNALED(status):
            killed[stage] += 1
        elif status != 0:
            wrong.append(f"a studio broke off by itself ({stage})")
        wrong += look(home)
    status, found = forked(lambda: settle(home, picture))
    if found is None:
        return {"killed": killed, "wrong": [*wrong, "the last studio broke off"]}
    return {**found, "killed": killed, "kills": sum(killed.values()), "wrong": [*wrong, *found["wrong"]]}


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill the studio at random moments and see that nothing is lost.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stages", default=",".join(STAGES))
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder) / "home"
        found = soak(home, options.kills, options.seed, tuple(options.stages.split(",")))
    print(json.dumps(found))
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
