"""Which tags together are not allowed, and how near to each other they must stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product
from typing import Literal

from studio.policy.lexicon import WORD_LISTS, Hit, read_data

Scope = Literal["next", "tight", "near", "sentence", "text"]
_MAX_HITS = 40  # of one tag that are combined: enough for any prompt, and a bound on the work


@dataclass(frozen=True)
class Rule:
    """`all` tags within `scope` (in this order when `ordered`), and none of the tags `unless` in the text.

    Scopes, from narrow to wide: `next` (side by side), `tight`, `near`, `sentence`, `text`.
    """

    category: str
    all: tuple[str, ...]
    scope: Scope = "sentence"
    ordered: bool = False
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A rule that was met, and where."""

    category: str
    hits: tuple[Hit, ...]


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """All rules, in the order in which they decide."""
    found = []
    for name in WORD_LISTS:
        for entry in read_data(name).get("rules", ()):
            entry = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
            found.append(Rule(**entry))
    return tuple(found)


def findings(hits: Iterable[Hit], *, only: Scope | None = None) -> list[Finding]:
    """Every rule that the hits meet. `only` restricts the rules to those with one scope."""
    by_tag: defaultdict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_tag[hit.tag].append(hit)
    found = []
    for rule in rules():
        if (only and rule.scope != only) or any(tag in by_tag for tag in rule.unless):
            continue
        if all(tag in by_tag for tag in rule.all):
            met = _meet(rule, [by_tag[tag][:_MAX_HITS] for tag in rule.all])
            if met is not None:
                found.append(Finding(rule.category, met))
    return found


def _meet(rule: Rule, choices: Sequence[Sequence[Hit]]) -> tuple[Hit, ...] | None:
    if len(choices) == 1:
        return (choices[0][0],)
    for chosen in product(*choices):
        if _apart(chosen) and _within(rule.scope, chosen) and (not rule.ordered or _in_order(chosen)):
            return chosen
    return None


def _apart(chosen: tuple[Hit, ...]) -> bool:
    """Two keys are two words: one word must not turn both."""
    ranges = sorted((hit.start, hit.end) for hit in chosen)
    return all(before[1] <= after[0] for before, after in pairwise(ranges))


def _within(scope: Scope, chosen: tuple[Hit, ...]) -> bool:
    if scope == "text":
        return True
    if len({hit.sentence for hit in chosen}) > 1:
        return False
    ordered = sorted(chosen, key=lambda hit: hit.first)
    gaps = (after.first - before.last - 1 for before, after in pairwise(ordered))
    allowed = {"next": 0, "tight": 2, "near": 6}.get(scope)  # words between two hits
    return allowed is None or all(gap <= allowed for gap in gaps)


def _in_order(chosen: tuple[Hit, ...]) -> bool:
    return all(before.start < after.start for before, after in pairwise(chosen))
