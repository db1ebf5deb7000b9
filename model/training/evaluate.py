"""Measure a model: `python -m model.training.evaluate --prompts prompts.jsonl --json`.

Films every prompt, has the attribute judge read the clips, and prints how often what was asked is what is seen, by
attribute and overall. Besides: how much moves, whether it jumps where one window goes over into the next, and how well
a given first frame is kept. Progress goes to stderr. Exit codes: 0 done, 2 the input is wrong, 3 it failed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model.errors import ModelError, RequestError, WeightsError
from model.training.eval_cases import DEFAULT, FREE, Case, CaseError, count, outside, read_cases
from model.training.eval_combinations import combinations

if TYPE_CHECKING:
    from model.conditioning import Frames
    from model.pipeline import Generator
    from model.training.judge_network import Judge


@dataclass(frozen=True)
class Plan:
    """How to film: seconds of a clip, steps (None: the model's own), the seed of the first prompt (the next ones
    follow), the name of a size, and for how many prompts a given first frame is measured too."""

    seconds: float = 1.0
    steps: int | None = None
    seed: int = 1
    size: str = "landscape"
    given: int = 2


@dataclass(frozen=True)
class Outcome:
    """One prompt: its clip (T, H, W, 3), what the judge saw, and measures by name (None: there is no such thing)."""

    case: Case
    frames: Frames
    seen: Mapping[str, str]
    measures: Mapping[str, float | None]

    @property
    def verdicts(self) -> tuple[tuple[str, bool], ...]:
        """For every expected attribute "subject fox", or "subject fox: cat" for a seen cat, and whether it is right."""
        return tuple(
            (f"{kind} {wanted}" + ("" if (saw := self.seen.get(kind)) == wanted else f": {saw}"), saw == wanted)
            for kind, wanted in self.case.expect.items()
        )


def evaluate(generator: Generator, judge: Judge, cases: Sequence[Case], plan: Plan) -> list[Outcome]:
    """Film and judge every case; progress goes to stderr. Raises RequestError for a plan that cannot be."""
    outcomes = []
    for index, case in enumerate(cases):
        began = time.monotonic()
        frames = _film(generator, case.prompt, plan, plan.seed + index)
        measures = {"motion": motion(frames), "seam": seam(frames, _joins(generator, len(frames)))}
        if index < plan.given:
            measures |= given_frame(generator, case.prompt, plan, frames[0])
        seen = {kind: answer.id for kind, answer in judge.read(_clip(frames), fps=generator.fps).items()}
        outcomes.append(Outcome(case, frames, seen, measures))
        said = ", ".join(f"{word}{'' if right else ' (wrong)'}" for word, right in outcomes[-1].verdicts)
        sys.stderr.write(f"{index + 1}/{len(cases)} {time.monotonic() - began:.1f} s  {case.prompt[:60]}  [{said}]\n")
    return outcomes


def _film(generator: Generator, prompt: str, plan: Plan, seed: int, **more: Any) -> Frames:
    sizes = generator.entry.sizes
    if plan.size not in sizes:
        raise RequestError("size", plan.size, next(iter(sizes)), f"there are {', '.join(sizes)}")
    width, height = sizes[plan.size]
    if plan.steps is not None:
        more["steps"] = plan.steps
    frames = generator.limits.frames(plan.seconds, generator.fps)
    asked = generator.request(prompt, width=width, height=height, frames=frames, seed=seed, **more)
    return np.concatenate(list(generator.generate(asked)))


def motion(frames: Frames) -> float:
    """Mean difference between neighbouring frames, in grey levels of 255."""
    return float(np.mean(_steps(frames))) if len(frames) > 1 else 0.0


def seam(frames: Frames, joins: Sequence[int]) -> float | None:
    """The largest step onto a frame that begins a window, over the median step; None when there is one window."""
    if not joins:
        return None
    steps = _steps(frames)
    return float(max(steps[join - 1] for join in joins) / max(1e-3, float(np.median(steps))))


def given_frame(generator: Generator, prompt: str, plan: Plan, first: Frames) -> dict[str, float | None]:
    """PSNR in dB of a given first frame in the clip made from it, and of that frame through the autoencoder alone.

    What is given is a frame that the model has made itself, for another seed: no picture from outside is needed.
    """
    import torch

    from model.conditioning import Anchor, to_frames, to_video

    one = Plan(0.3, plan.steps, plan.seed, plan.size)
    kept = _film(generator, prompt, one, plan.seed + 10_007, anchors=(Anchor(first[None]),))[0]
    with torch.inference_mode():
        coded = to_frames(generator.vae.decode(generator.vae.encode(to_video(first[None], generator.device))))[0]
    return {"given_psnr": psnr(kept, first), "given_psnr_autoencoder": psnr(coded, first)}


def psnr(a: Frames, b: Frames) -> float:
    """Peak signal-to-noise ratio in dB of two uint8 pictures, at most 99."""
    error = float(np.mean((a.astype(np.float32) - b.astype(np.float32)) ** 2))
    return min(99.0, float(10 * np.log10(255**2 / max(error, 1e-9))))


def _steps(frames: Frames) -> np.ndarray:
    return np.array([np.abs(b.astype(np.int16) - a).mean() for a, b in pairwise(frames)])


def _joins(generator: Generator, frames: int) -> list[int]:
    """The frames at which a later window begins."""
    from model.windows import plan

    limits = generator.limits
    found = plan(1 + (frames - 1) // 4, limits.window, limits.overlap, even=True)
    return [1 + 4 * (window.fresh - 1) for window in found[1:]]


def _clip(frames: Frames) -> Any:
    """Frames (T, H, W, 3) as a tensor (T, 3, H, W)."""
    import torch

    return torch.from_numpy(np.ascontiguousarray(frames.transpose(0, 3, 1, 2)))


def report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What is printed: accuracy by attribute and overall, the counts behind it, mean measures, and every case."""
    counts = count([o.case for o in outcomes], [o.seen for o in outcomes])
    names = sorted({name for o in outcomes for name in o.measures})
    groups = sorted({o.case.group for o in outcomes if o.case.group})
    found = {name: [v for o in outcomes if (v := o.measures.get(name)) is not None] for name in names}
    return {
        "overall": counts["overall"]["accuracy"],
        "accuracy": {kind: tally["accuracy"] for kind, tally in counts.items() if kind != "overall"},
        "counts": {kind: {"asked": tally["asked"], "right": tally["right"]} for kind, tally in counts.items()},
        "groups": {group: _by_attribute([o for o in outcomes if o.case.group == group]) for group in groups},
        **{name: round(sum(values) / len(values), 3) if values else None for name, values in found.items()},
        "cases": [
            {
                "prompt": o.case.prompt,
                "expect": dict(o.case.expect),
                "seen": {k: o.seen[k] for k in o.case.expect if k in o.seen},
            }
            for o in outcomes
        ],
    }


def _by_attribute(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Accuracy by attribute and overall of some outcomes."""
    return {
        kind: tally["accuracy"] for kind, tally in count([o.case for o in outcomes], [o.seen for o in outcomes]).items()
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model.training.evaluate", description=__doc__.splitlines()[0])
    parser.add_argument("--prompts", type=Path, default=DEFAULT, help="JSON lines: prompt, expect (default: our own)")
    parser.add_argument("--free", action="store_true", help="our own prompts in words that no caption uses, instead")
    parser.add_argument(
        "--combinations", type=int, metavar="N", help="N pairs that training shows and N held out, instead of prompts"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object on the last line")
    parser.add_argument("--model", default="storybook", help="a model of the catalogue or a folder of weights")
    parser.add_argument("--judge", type=Path, help="weights of a judge (default: the one that comes along)")
    parser.add_argument("--limit", type=int, help="only the first so many prompts")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", default="landscape")
    parser.add_argument("--given", type=int, default=2, help="prompts for which a given first frame is measured too")
    parser.add_argument("--sheet", type=Path, help="write a contact sheet, a row a prompt")
    parser.add_argument("--device")
    parser.add_argument("--threads", type=int)
    return parser


def _run(args: argparse.Namespace) -> dict[str, Any]:
    import model
    from model.training.judge_network import WEIGHTS, Judge

    judge = Judge.load(args.judge or WEIGHTS)
    if args.combinations is not None:
        cases = combinations(judge.config.classes, args.combinations, args.seed)
    else:
        cases = read_cases(FREE if args.free else args.prompts, args.limit)
    generator = model.load(args.model, device=args.device, threads=args.threads)
    began = time.monotonic()
    outcomes = evaluate(generator, judge, cases, Plan(args.seconds, args.steps, args.seed, args.size, args.given))
    if args.sheet is not None:
        from model.training.eval_sheet import Row, draw_sheet

        draw_sheet([Row(o.case.prompt, o.frames, o.verdicts) for o in outcomes], args.sheet)
    return {
        "model": generator.name, "sha256": generator.sha256, "prompts": len(cases), "clip_seconds": args.seconds,
        **report(outcomes),
        "not_trained": outside(cases, generator.entry.notes.get("knows")),
        "not_judged": outside(cases, judge.config.classes),
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip


def _table(result: Mapping[str, Any]) -> str:
    lines = [f"{result['model']}: {result['prompts']} prompts, {result['seconds']} s"]
    for kind, tally in result["counts"].items():
        lines.append(f"{kind:10}{tally['right'] / max(1, tally['asked']):6.0%}   {tally['right']} of {tally['asked']}")
    for group, shares in result["groups"].items():
        lines.append(f"{group}: " + ", ".join(f"{kind} {share:.0%}" for kind, share in shares.items()))
    for name in ("motion", "seam", "given_psnr", "given_psnr_autoencoder"):
        if result.get(name) is not None:
            lines.append(f"{name}: {result[name]}")
    for name, words in (("not_trained", "the model was not trained on"), ("not_judged", "the judge cannot see")):
        if result[name]:
            lines.append(f"{words}: {', '.join(result[name])} (counted as wrong)")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    args = _parser().parse_args(argv)
    try:
        for name in ("limit", "combinations"):
            if (value := getattr(args, name)) is not None and value < 1:
                raise CaseError(f"--{name} is {value}; give 1 or more")
        result = _run(args)
    except (CaseError, ModelError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 3 if isinstance(error, (WeightsError, OSError)) else 2
    print(json.dumps(result) if args.json else _table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
