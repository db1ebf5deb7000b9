"""Whether a long take drifts: what the judge sees in its last seconds, held against its first."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from model.training.eval_cases import Case
from model.training.eval_film import Plan, asked, mean, sharpness, to_clip

if TYPE_CHECKING:
    from model.conditioning import Frames
    from model.pipeline import Generator
    from model.training.judge_network import Judge

END = 4.0  # seconds at either end that are held against each other
LASTING = ("subject", "place", "time", "weather", "action", "style")  # a camera that moves in is there at last


def drift(generator: Generator, judge: Judge, cases: Sequence[Case], plan: Plan, seconds: float) -> dict[str, Any]:
    """Films each case as one take of so many seconds; prints "drift", the judge's score of the last END seconds over
    that of the first, each the mean chance that it gives to what was asked, and both of them with the sharpness there.
    """
    found: list[dict[str, Any]] = []
    for index, case in enumerate(cases):
        head, tail = _ends(generator, case.prompt, replace(plan, seconds=seconds), plan.seed + index)
        first, last = (score(judge, frames, generator.fps, case.expect) for frames in (head, tail))
        found.append(
            {
                "prompt": case.prompt, "first": round(first, 4), "last": round(last, 4),
                "first_sharpness": round(sharpness(head[:: generator.fps]), 3),
                "last_sharpness": round(sharpness(tail[:: generator.fps]), 3),
            }
        )  # fmt: skip
        sys.stderr.write(f"{index + 1}/{len(cases)} {seconds:g} s  {case.prompt[:60]}  {first:.3f} -> {last:.3f}\n")
    means = {name: mean([each[name] for each in found]) for name in found[0] if name != "prompt"}
    ratio = round((means["last"] or 0.0) / max(1e-6, means["first"] or 0.0), 3)
    return {"seconds": seconds, "drift": ratio, **means, "cases": found}


def score(judge: Judge, frames: Frames, fps: int, expect: Mapping[str, str]) -> float:
    """The mean chance, 0..1, that the judge gives to what a clip should show all through; 0 for what it cannot say."""
    chances = judge.chances(to_clip(frames), fps)
    asked_for = [(kind, identity) for kind, identity in expect.items() if kind in LASTING]
    return sum(chances[kind].get(identity, 0.0) for kind, identity in asked_for) / max(1, len(asked_for))


def _ends(generator: Generator, prompt: str, plan: Plan, seed: int) -> tuple[Frames, Frames]:
    """The first and the last END seconds of a take; what is between is not kept."""
    many = round(END * generator.fps)
    head, tail, seen = list[Any](), list[Any](), 0
    for piece in generator.generate(asked(generator, prompt, plan, seed)):
        if seen < many:
            head.append(piece)
        tail.append(piece)
        seen += len(piece)
        while sum(len(part) for part in tail[1:]) >= many:
            tail.pop(0)
    return np.concatenate(head)[:many], np.concatenate(tail)[-many:]
