"""How well the parts of clips meet that the tools make, on a fixed set: a table in Markdown, and the frames around
every join to look at.

python -m studio.tools.bench [--home FOLDER] [--sheets FOLDER] [--only WORD ...]

Into and out of what is made: how much less alike the two frames at the join are than those beside it (dB, see `seams`;
to 1 dB it is not seen). The largest step: how much larger the largest step from one frame to the next is than they are
on average, from the last frame before what is made to the first behind it (dB, of mean squared differences; 0 is a
change as even as can be). A folder that is kept (`--home`) keeps the clips that are worked on for the next time.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from studio import media
from studio.core import Studio
from studio.errors import StudioError
from studio.film import Job, Shot, Take
from studio.pictures import Frames
from studio.settings import Settings
from studio.tools.asks import Ask, Blend, Extend, Interpolate, Loop, Recut

SEED = 7
CLIPS = {
    "mammoth": Shot("a woolly mammoth walks through a snowy meadow", seconds=3.0, seed=SEED),
    "fox": Shot("a red fox hops in a meadow", seconds=3.0, seed=SEED),
    "panda": Shot("a panda stands in a meadow", seconds=2.0, seed=SEED),
    "cat": Shot("a cat walks in a garden by day", seconds=2.0, seed=SEED),
    "dusk": Shot("a red fox walks in a forest at dusk", seconds=2.0, seed=SEED),
}
AROUND = 4  # frames on either side of a join that are shown
AMPLIFIED = 4  # times, on the sheets, what differs from one frame to the next

Found = Callable[[str], Take]


@dataclass(frozen=True)
class Case:
    """One row of the table: its name, and what is asked, of clips that are found by their name."""

    name: str
    ask: Callable[[Found], Ask]


CASES = (
    Case("go on, the mammoth that walks", lambda of: Extend(clip=of("mammoth").id, seconds=1.5, seed=SEED)),
    Case("loop, the mammoth that walks", lambda of: Loop(clip=of("mammoth").id, seed=SEED)),
    Case("loop, the fox that hops", lambda of: Loop(clip=of("fox").id, seed=SEED)),
    Case("loop, the panda that stands", lambda of: Loop(clip=of("panda").id, seed=SEED)),
    Case("extend backward, the cat that walks", lambda of: _backward(of("cat"), None)),
    Case("extend backward, the cat, before that by night", lambda of: _backward(of("cat"), "a cat walks at night")),
    Case("one second replaced, the mammoth that walks", lambda of: _replaced(of("mammoth"))),
    Case("one second replaced, the fox that hops", lambda of: _replaced(of("fox"))),
    Case("blend, a fox at dusk into the panda", lambda of: Blend(clip=of("dusk").id, other=of("panda").id, seed=SEED)),
    Case("interpolate, a fox at dusk and the panda", lambda of: _between(of("dusk").id, of("panda").id)),
    Case("interpolate, two pictures", lambda of: _between(_still(of("dusk")), _still(of("panda")))),
)


def _backward(take: Take, prompt: str | None) -> Ask:
    return Extend(clip=take.id, seconds=2.0, direction="backward", prompt=prompt, seed=SEED)


def _replaced(take: Take) -> Ask:
    return Recut(clip=take.id, replace=(1.0, 2.0), seed=SEED)


def _between(one: str | Path, other: str | Path) -> Ask:
    """Two seconds between two pictures, one between two clips."""
    if isinstance(one, Path):
        return Interpolate(clip=one, other=other, seconds=2.0, prompt="a red fox, then a panda in a meadow", seed=SEED)
    return Interpolate(clip=one, other=other, seconds=1.0, seed=SEED)


def _still(take: Take) -> Path:
    """The middle frame of a take as a picture, among the temporary files."""
    path = Path(tempfile.gettempdir()) / f"auteur-bench-{take.sha256[:16]}.png"
    Image.fromarray(media.decode_clip(take.clip)[take.frames // 2]).save(path)
    return path


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m studio.tools.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, help="a data folder of its own that is kept")
    parser.add_argument("--sheets", type=Path, help="where the frames around every join go, as PNG")
    parser.add_argument("--only", nargs="+", default=[], help="only rows in whose name one of these is")
    options = parser.parse_args(arguments)
    cases = [case for case in CASES if not options.only or any(word in case.name for word in options.only)]
    if not cases:
        print(f"No row has that in its name; there are: {'; '.join(case.name for case in CASES)}", file=sys.stderr)
        return 2
    for folder in (options.home, options.sheets):
        if folder is not None and folder.exists() and not folder.is_dir():
            print(f"{folder} is a file: give a folder", file=sys.stderr)
            return 2
    if options.sheets is not None:
        options.sheets.mkdir(parents=True, exist_ok=True)
    print("| | into | out of | largest step |\n|---|---|---|---|")
    with (
        tempfile.TemporaryDirectory(prefix="auteur-bench-", ignore_cleanup_errors=True) as temporary,
        Studio(replace(Settings.from_env(), home=options.home or Path(temporary))) as studio,
    ):
        for case in cases:
            take = _take(studio, studio.work(case.ask(lambda name: _clip(studio, CLIPS[name]))))
            print(_row(case.name, take, options.sheets), flush=True)
    return 0


def _clip(studio: Studio, shot: Shot) -> Take:
    """The take of a shot, made when it is not in the folder yet."""
    for take in studio.takes():
        recipe = take.recipe
        if recipe.work is None and not recipe.anchors and (recipe.prompt, recipe.seed) == (shot.prompt, shot.seed):
            return take
    return _take(studio, studio.submit(shot))


def _take(studio: Studio, job: Job) -> Take:
    done = studio.wait(job.id)
    if done.take_id is None:
        raise StudioError(done.error or "the work was stopped")
    return studio.take(done.take_id)


def _row(name: str, take: Take, sheets: Path | None) -> str:
    drops = {("into" if "into" in seam.what else "out"): seam.drop_db for seam in take.seams}
    frames, work = media.decode_clip(take.clip), take.recipe.work
    start, stop = 0, len(frames)
    if work is not None and work.made is not None:
        start = sum(map(len, work.before))
        stop = start + work.made.frames
    part = frames[max(0, start - 1) : stop + 1]
    if work is not None and work.closes:
        part = np.concatenate([part, frames[:1]])
    if sheets is not None:
        looped = work is not None and work.closes
        for seam in take.seams:
            at = seam.frame or len(frames)
            shown = np.concatenate([frames, frames[:AROUND]]) if looped else frames
            _sheet(shown[max(0, at - AROUND) : at + AROUND], sheets / f"{_plain(name)}-{seam.frame}.png")
        _sheet(part, sheets / f"{_plain(name)}-all.png", most=24)
    into, out = (f"{drops[side]:+.1f} dB" if side in drops else "" for side in ("into", "out"))
    return f"| {name} | {into} | {out} | {_uneven(part):.1f} dB |"


def _uneven(frames: Frames) -> float:
    """How much larger the largest step from one of some frames (t, h, w, 3) to the next is than they are on average."""
    steps = [float(np.square(b.astype(np.int16) - a, dtype=np.int32).mean()) for a, b in pairwise(frames)]
    mean = sum(steps) / max(1, len(steps))
    return 10 * math.log10(max(steps) / mean) if mean > 0 else 0.0


def _sheet(frames: Frames, path: Path, most: int = 2 * AROUND) -> None:
    """Up to so many frames, evenly spread, and under each by how much it differs from the one that is shown before."""
    picked = frames[np.unique(np.linspace(0, len(frames) - 1, min(most, len(frames))).round().astype(int))]
    steps = [np.zeros_like(picked[0])]
    steps += [np.clip(np.abs(b.astype(int) - a) * AMPLIFIED, 0, 255).astype(np.uint8) for a, b in pairwise(picked)]
    across = AROUND
    rows = []
    for first in range(0, len(picked), across):
        for line in (list(picked[first : first + across]), steps[first : first + across]):
            line += [np.zeros_like(picked[0])] * (across - len(line))
            rows.append(np.concatenate(line, axis=1))
    Image.fromarray(np.concatenate(rows)).save(path)


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name).replace("--", "-")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
