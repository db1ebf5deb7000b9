"""Whether somebody is the same after a cut: two shots of one character, and a shot of another of its kind.

A prompt of two shots says once who it is ("a blue fox") and then goes on with "it" in another place. The judge's
likeness says which is the same as in the first shot: the second one, or an independent shot of the same kind, place and
action in another colour. By chance it is right in half of them.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from model.errors import WeightsError
from model.training.eval_film import Plan, film, mean, to_clip
from model.world.naming import article
from model.world.scene import HUES, SUBJECT, who
from model.world.understand import understand
from model.world.vocabulary import term

if TYPE_CHECKING:
    from model.pipeline import Generator
    from model.training.judge_network import Judge

PLACES = ("meadow", "snow", "forest", "desert", "beach", "city", "village", "castle")
ACTIONS = ("stand", "walk", "dance", "jump")


@dataclass(frozen=True)
class Meeting:
    """A prompt of two shots of one character, and one of a single shot of another that is like its second."""

    prompt: str
    other: str


def meetings(knows: Mapping[str, Collection[str]], count: int, seed: int) -> tuple[Meeting, ...]:
    """So many, of subjects, places and actions that are known; each of another subject while there are enough."""
    rng = random.Random(f"instances {seed}")
    walkers = [i for i in sorted(knows["subject"]) if SUBJECT[i].home == "ground" and SUBJECT[i].kind == "animal"]
    rng.shuffle(walkers)
    found = []
    for index in range(count):
        subject = walkers[index % len(walkers)]
        homes = [p for p in PLACES if p in knows["place"] and subject in who(p, knows)]
        moves = [m for m in ACTIONS if m in knows["action"] and m in SUBJECT[subject].moves] or ["stand"]
        here, there = rng.sample(homes, 2)
        name = term("subject", subject).phrase
        told = [c for c in sorted(HUES) if understand(f"{c} {name}").first("colour") == c]  # an orange cat is a cat
        one, other = rng.sample(told, 2)
        first, then = rng.choice(moves), rng.choice(moves)
        does, after = (
            f"{term('action', move).phrase} {term('place', at).phrase}" for move, at in ((first, here), (then, there))
        )
        found.append(
            Meeting(
                f"Shot 1: {article(f'{one} {name}')} {does}. Shot 2: it {after}.",
                f"{article(f'{other} {name}')} {after}",
            )
        )
    return tuple(found)


def instances(
    generator: Generator, judge: Judge, knows: Mapping[str, Collection[str]], plan: Plan, count: int
) -> dict[str, Any]:
    """Films so many meetings, `plan.seconds` a shot; prints the shares in which the judge finds the second shot more
    like the first than the independent one ("which"), takes it for the same ("same"), takes the independent one for
    another ("other"), and sees one cut ("one_cut", None where it does not count them)."""
    from model.shotlist import cuts

    if judge.config.alike is None:
        raise WeightsError("this judge does not compare characters; train one with: python -m model.training.judge")
    long = Plan(2 * plan.seconds, plan.steps, plan.seed, plan.size)
    found: list[dict[str, Any]] = []
    for index, meeting in enumerate(meetings(knows, count, plan.seed)):
        both = to_clip(film(generator, meeting.prompt, long, plan.seed + index))
        cut = 4 * cuts(meeting.prompt, 1 + (len(both) - 1) // 4)[1].start - 3
        single = to_clip(film(generator, meeting.other, plan, plan.seed + index + 5000))
        same, other = (judge.likeness_of(both[:cut], shot) for shot in (both[cut:], single))
        seen = judge.read(both, fps=generator.fps).get("cuts")
        found.append(
            {
                "prompt": meeting.prompt, "other": meeting.other, "same": round(same, 3), "different": round(other, 3),
                "cuts": None if seen is None else seen.id,
            }
        )  # fmt: skip
        sys.stderr.write(f"{index + 1}/{count} {same:.3f} against {other:.3f}  {meeting.prompt[:70]}\n")
    alike = judge.config.alike
    return {
        "pairs": len(found),
        "which": mean([float(each["same"] > each["different"]) for each in found]),
        "same": mean([float(each["same"] >= alike) for each in found]),
        "other": mean([float(each["different"] < alike) for each in found]),
        "one_cut": mean([None if each["cuts"] is None else float(each["cuts"] == "1") for each in found]),
        "cases": found,
    }
