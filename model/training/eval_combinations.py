"""Prompts of pairs that training has shown and of pairs that it never shows, in equal number and equal wording."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping

from model.training.eval_cases import Case
from model.training.held_out import held_pair
from model.world.naming import article
from model.world.scene import SUBJECT, who
from model.world.vocabulary import term

GROUPS = ("shown", "held out")


def combinations(knows: Mapping[str, Collection[str]], count: int, seed: int) -> tuple[Case, ...]:
    """`count` cases of each group, half (subject, place) and half (subject, action) pairs, of what a model knows."""
    rng = random.Random(seed)
    cases = []
    for group in GROUPS:
        held = group == "held out"
        for kind, number in (("place", count - count // 2), ("action", count // 2)):
            pairs = [pair for pair in _pairs(kind, knows) if held_pair(*pair) == held]
            cases += [_case(rng, kind, pair, knows, group) for pair in rng.sample(pairs, min(number, len(pairs)))]
    return tuple(cases)


def _pairs(kind: str, knows: Mapping[str, Collection[str]]) -> list[tuple[str, str]]:
    """The pairs that a scene could show."""
    if kind == "place":
        return [(subject, place) for place in sorted(knows["place"]) for subject in who(place, knows)]
    subjects, actions = sorted(knows["subject"]), set(knows["action"])
    return [(subject, move) for subject in subjects for move in SUBJECT[subject].moves if move in actions]


def _case(
    rng: random.Random, kind: str, pair: tuple[str, str], knows: Mapping[str, Collection[str]], group: str
) -> Case:
    """A plain sentence of a pair; one of actions takes place somewhere that training has shown this subject in."""
    subject, other = pair
    name = article(term("subject", subject).phrase)
    if kind == "place":
        return Case(f"{name} {term('place', other).phrase}", {"subject": subject, "place": other}, group)
    homes = [p for p in sorted(knows["place"]) if subject in who(p, knows) and not held_pair(subject, p)]
    place = rng.choice(homes)
    prompt = f"{name} {term('action', other).phrase} {term('place', place).phrase}"
    return Case(prompt, {"subject": subject, "action": other}, group)
