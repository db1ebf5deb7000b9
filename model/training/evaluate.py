"""Measure a model: `python -m model.training.evaluate --prompts prompts.jsonl --json`.

Films every prompt, has the attribute judge read the clips, and prints how often what was asked is what is seen, by
attribute and overall. Besides: how much moves, whether it jumps where one window goes over into the next, how sharp it
is and how much it flickers, how different seeds are, and how well given frames are kept. Other lines are measured
instead of prompts where they are asked for: `--instances`, `--drift`, `--ceiling`, `--pictures`. Progress goes to
stderr. Exit codes: 0 done, 2 the input is wrong, 3 it failed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.errors import ModelError, WeightsError
from model.training.eval_cases import DEFAULT, FREE, STORY, Case, CaseError, count, outside, read_cases
from model.training.eval_combinations import combinations
from model.training.eval_film import Plan, difference, film, flicker, motion, psnr, seam, sharpness, size_of, to_clip
from model.training.eval_instances import instances
from model.training.eval_long import drift
from model.training.eval_world import begun, ceiling, coded, pictures, reference
from model.world.art import Art, ArtError

FIGURES = (
    "motion", "seam", "sharpness", "world_sharpness", "flicker", "world_flicker", "diversity", "given_psnr",
    "given_last_psnr", "given_psnr_autoencoder",
)  # fmt: skip

if TYPE_CHECKING:
    from model.conditioning import Frames
    from model.pipeline import Generator
    from model.training.judge_network import Judge


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
        frames = film(generator, case.prompt, plan, plan.seed + index)
        measures = {
            "motion": motion(frames), "seam": seam(frames, _joins(generator, len(frames))),
            "sharpness": sharpness(frames), "flicker": flicker(frames),
        }  # fmt: skip
        if index < plan.given:
            measures |= given_frames(generator, case.prompt, plan, frames[0])
        if plan.seeds > 1:
            others = (film(generator, case.prompt, plan, plan.seed + index + 1000 * n) for n in range(1, plan.seeds))
            measures["diversity"] = difference(
                [frames[len(frames) // 2], *(other[len(other) // 2] for other in others)]
            )
        seen = {kind: answer.id for kind, answer in judge.read(to_clip(frames), fps=generator.fps).items()}
        outcomes.append(Outcome(case, frames, seen, measures))
        said = ", ".join(f"{word}{'' if right else ' (wrong)'}" for word, right in outcomes[-1].verdicts)
        sys.stderr.write(f"{index + 1}/{len(cases)} {time.monotonic() - began:.1f} s  {case.prompt[:60]}  [{said}]\n")
    return outcomes


def given_frames(generator: Generator, prompt: str, plan: Plan, first: Frames) -> dict[str, float | None]:
    """PSNR in dB of a given first frame in the clip made from it, of a given last one, and of that frame through the
    autoencoder alone.

    What is given is a frame that the model has made itself, for another seed; for pictures from outside see
    `eval_world.pictures`.
    """
    seed = plan.seed + 10_007
    return {
        "given_psnr": begun(generator, prompt, plan, first, seed),
        "given_last_psnr": begun(generator, prompt, plan, first, seed, "last"),
        "given_psnr_autoencoder": psnr(coded(generator, first[None])[0], first),
    }


def _joins(generator: Generator, frames: int) -> list[int]:
    """The frames at which a later window begins."""
    from model.windows import plan

    limits = generator.limits
    found = plan(1 + (frames - 1) // 4, limits.window, limits.overlap, even=True)
    return [1 + 4 * (window.fresh - 1) for window in found[1:]]


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
        "--story", action="store_true", help="our own prompts of several of the cast and of cuts, instead"
    )
    parser.add_argument(
        "--combinations", type=int, metavar="N", help="N pairs that training shows and N held out, instead of prompts"
    )
    parser.add_argument(
        "--world", type=int, metavar="N", help="hold sharpness and flicker against N clips of the world"
    )
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="film every prompt N times: how different?")
    parser.add_argument("--instances", type=int, metavar="N", help="N characters before and behind a cut")
    parser.add_argument(
        "--drift", type=float, metavar="SECONDS", help="a take of each prompt: its end against its start"
    )
    parser.add_argument(
        "--ceiling", type=int, metavar="N", help="what the judge sees in N clips of the world, autoencoded"
    )
    parser.add_argument(
        "--pictures", type=int, metavar="N", help="PSNR of N clips of each kind, coded and as first frame"
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
        cases = read_cases(FREE if args.free else STORY if args.story else args.prompts, args.limit)
    generator = model.load(args.model, device=args.device, threads=args.threads)
    began, plan = time.monotonic(), Plan(args.seconds, args.steps, args.seed, args.size, args.given, args.seeds)
    told: dict[str, Any] = {"model": generator.name, "sha256": generator.sha256}
    lines = _lines(args, generator, judge, cases, plan)
    if not lines:
        outcomes = evaluate(generator, judge, cases, plan)
        if args.sheet is not None:
            from model.training.eval_sheet import Row, draw_sheet

            draw_sheet([Row(o.case.prompt, o.frames, o.verdicts) for o in outcomes], args.sheet)
        lines = {
            "prompts": len(cases), "clip_seconds": args.seconds, **report(outcomes),
            "not_trained": outside(cases, generator.entry.notes.get("knows")),
            "not_judged": outside(cases, dict.fromkeys(("count", "cuts"), ()) | dict(judge.config.classes)),
        }  # fmt: skip
        if args.world is not None:
            lines |= reference(size_of(generator, plan), args.world, Art())
    return {**told, **lines, "seconds": round(time.monotonic() - began, 1)}


def _lines(
    args: argparse.Namespace, generator: Generator, judge: Judge, cases: Sequence[Case], plan: Plan
) -> dict[str, Any]:
    """What is measured instead of prompts, as far as it is asked for."""
    lines: dict[str, Any] = {}
    if args.instances is not None:
        trained = generator.entry.notes.get("knows") or judge.config.classes
        both = {kind: [i for i in ids if i in trained.get(kind, ids)] for kind, ids in judge.config.classes.items()}
        lines["instances"] = instances(generator, judge, both, plan, args.instances)
    if args.drift is not None:
        lines["drift"] = drift(generator, judge, cases, plan, args.drift)
    if args.ceiling is not None:
        lines["ceiling"] = ceiling(generator, judge, plan, args.ceiling, Art())
    if args.pictures is not None:
        lines["pictures"] = pictures(generator, plan, args.pictures, Art())
    return lines


def _table(result: Mapping[str, Any]) -> str:
    lines = [f"{result['model']}: {result['seconds']} s"]
    for kind, tally in result.get("counts", {}).items():
        lines.append(f"{kind:10}{tally['right'] / max(1, tally['asked']):6.0%}   {tally['right']} of {tally['asked']}")
    for group, shares in result.get("groups", {}).items():
        lines.append(f"{group}: " + ", ".join(f"{kind} {share:.0%}" for kind, share in shares.items()))
    lines += [f"{name}: {result[name]}" for name in FIGURES if result.get(name) is not None]
    for name in ("instances", "drift", "ceiling", "pictures"):
        for key, value in result.get(name, {}).items():
            if key != "cases":
                told = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, Mapping) else value
                lines.append(f"{name} {key}: {told}")
    for name, words in (("not_trained", "the model was not trained on"), ("not_judged", "the judge cannot see")):
        if result.get(name):
            lines.append(f"{words}: {', '.join(result[name])} (counted as wrong)")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    args = _parser().parse_args(argv)
    try:
        for name in ("limit", "combinations", "world", "seeds", "instances", "ceiling", "pictures"):
            if (value := getattr(args, name)) is not None and value < 1:
                raise CaseError(f"--{name} is {value}; give 1 or more")
        if args.drift is not None and not args.drift >= 1:
            raise CaseError(f"--drift is {args.drift:g}; give the seconds of a take, 60 for example")
        result = _run(args)
    except (CaseError, ModelError, ArtError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 3 if isinstance(error, (WeightsError, ArtError, OSError)) else 2
    print(json.dumps(result) if args.json else _table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
