"""Who is who: pictures of one character in two shots, and of another of its kind in the same two shots.

Fluent emoji have one fox; what makes it this fox is its hue, its pattern, what it wears and its build. A group of four
is one subject as two instances, each in a shot and in the one behind a cut: another place, hour, camera or framing.
"""

from __future__ import annotations

import random
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from model.training.judge_examples import WHOLE, Example, Pool, Stage
from model.training.judge_network import SHARP, Judge, sight
from model.world.scene import HUES, SUBJECT, Instance, Scene, sample_scene

ACCESSORIES, PATTERNS = ("scarf", "hat", "bow"), ("spots", "stripes")
WARMTH = 0.1  # of the softmax over cosines
PAIR_SEED, HELD_PAIR_SEED = 500_000_000, 950_000_000


def group(stage: Stage, seed: int, *, through: bool = False) -> Example:
    """Pictures uint8 (4, 3, h, w), twice as sharp as elsewhere: one instance in two shots, then another of the same
    subject in these shots; and the subject as an index into WHOLE, (1,)."""
    first, second = pair(stage, seed)
    rng = random.Random(f"moments {seed}")
    shots = [replace(shot, start=shot.start + rng.uniform(0, 1)) for scene in (first, second) for shot in scene.shots]
    pictures = [sight(stage.render(Scene((shot,)), 1, through=through), SHARP)[0, 0] for shot in shots]
    subject = WHOLE["subject"].index(shots[0].actors[-1].instance.subject)
    return (torch.stack(pictures) * 255).round().to("cpu", torch.uint8), torch.tensor([subject])


def pair(stage: Stage, seed: int) -> tuple[Scene, Scene]:
    """Two scenes of two shots that differ in nothing but in who is seen."""
    rng = random.Random(f"pair {seed}")
    options = replace(
        stage.options(17, seed), cuts=1.0, extras=0.0, related=0.0, crowds=0.0, thirds=0.0, tours=0.0, nobody=0.0,
        variety=1.0,
    )  # fmt: skip
    scene = sample_scene(seed, options)
    one = scene.shots[0].actors[-1].instance
    if rng.random() < 0.6:  # by lot most have no colour of their own
        one = unlike(rng, one)
    return as_seen(scene, one), as_seen(scene, unlike(rng, one))


def as_seen(scene: Scene, instance: Instance) -> Scene:
    """The scene with this instance in every shot instead of its own."""
    shots = (
        replace(shot, actors=(*shot.actors[:-1], replace(shot.actors[-1], instance=instance))) for shot in scene.shots
    )
    return replace(scene, shots=tuple(shots))


def unlike(rng: random.Random, one: Instance) -> Instance:
    """Another instance of a subject, of another colour, pattern or with other accessories, or several of these."""
    traits = ["colour", "colour", "pattern", *(["accessory"] if SUBJECT[one.subject].home == "ground" else [])]
    changed = set(rng.sample(traits, rng.choice((1, 1, 2))))
    other = replace(one, build=one.build * rng.choice((0.92, 1.0, 1.08)))
    if "colour" in changed:
        other = replace(other, colour=rng.choice([c for c in (None, *HUES) if c != one.colour]))
    if "pattern" in changed:
        other = replace(other, pattern=rng.choice([p for p in (None, *PATTERNS) if p != one.pattern]))
    if "accessory" in changed:
        other = replace(other, accessory=rng.choice([a for a in (None, *ACCESSORIES) if a != one.accessory]))
    return other


def halves(groups: Tensor) -> tuple[Tensor, Tensor]:
    """Groups (B, 4, ...) as instances in their first shot and in their second, (2 B, ...) each in the same order."""
    return groups[:, 0::2].flatten(0, 1), groups[:, 1::2].flatten(0, 1)


def likeness_loss(judge: Judge, groups: Tensor) -> Tensor:
    """How hard it is to find the second shot of every instance by its first, of groups (B, 4, 3, h, w) in 0..1: among
    all (InfoNCE, arXiv 1807.03748), and between the two of a group, which is what will be asked."""
    return loss_of_halves(*(judge.embed(half) for half in halves(groups)))


def loss_of_halves(first: Tensor, second: Tensor) -> Tensor:
    """The same of unit vectors (2 B, dim) of instances in their first and in their second shot."""
    alike = first @ second.T / WARMTH
    of_two = torch.stack([alike.diagonal(), alike[torch.arange(len(alike)), _twins(len(alike))]], 1)
    which = torch.arange(len(alike), device=alike.device)
    return F.cross_entropy(alike, which) + F.cross_entropy(of_two, torch.zeros_like(which))


def _twins(count: int) -> Tensor:
    """The other of its group, for each of so many instances."""
    return torch.arange(count) ^ 1


@torch.no_grad()
def cosines(judge: Judge, pool: Pool) -> tuple[Tensor, Tensor]:
    """Cosines over a cut of the same instance, (2 N,), and of it and the other of its group, (2 N,)."""
    same, other = [], []
    for start in range(0, len(pool), 16):
        groups, _ = pool.stack(torch.arange(start, min(len(pool), start + 16)))
        first, second = (judge.embed(half.to(next(judge.parameters()).device)).cpu() for half in halves(groups))
        same.append((first * second).sum(1))
        other.append((first * second[_twins(len(second))]).sum(1))
    return torch.cat(same), torch.cat(other)


def threshold(same: Tensor, other: Tensor) -> float:
    """The cosine that parts the two best, each counting as much."""
    places = torch.cat([same, other]).sort().values
    right = (same[None] >= places[:, None]).float().mean(1) + (other[None] < places[:, None]).float().mean(1)
    return float(places[int(right.argmax())])


def compared(same: Tensor, other: Tensor, alike: float) -> dict[str, float]:
    """Shares of right answers: to which of two is the same ("which"), whether it is ("same"), and whether another one
    is ("other")."""
    found = {"which": same > other, "same": same >= alike, "other": other < alike}
    return {name: float(right.float().mean()) for name, right in found.items()}
