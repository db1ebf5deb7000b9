"""What is asked of a model in an evaluation, and how its answers are counted. Plain data, no torch."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from model.world.vocabulary import VOCABULARY

DEFAULT = Path(__file__).with_name("eval_prompts.jsonl")
FREE = Path(__file__).with_name("eval_freeform.jsonl")
STORY = Path(__file__).with_name("eval_story.jsonl")
COUNTS = ("1", "2", "many")  # how many of the cast are seen
CUTS = ("0", "1", "2")  # how often it cuts; 2 is twice or more
IDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {**{kind: tuple(term.id for term in terms) for kind, terms in VOCABULARY.items()}, "count": COUNTS, "cuts": CUTS}
)
LIST = "python -m model.world vocabulary"


class CaseError(ValueError):
    """A file of prompts that cannot be used; one line says where, what and how to mend it."""


@dataclass(frozen=True)
class Case:
    """A prompt, the ids that a clip made from it should show, by attribute, and the group it counts in ("": none)."""

    prompt: str
    expect: Mapping[str, str]
    group: str = ""


def read_cases(path: Path, limit: int | None = None) -> tuple[Case, ...]:
    """The cases of a JSON-lines file, at most `limit`; blank lines are skipped. Raises CaseError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise CaseError(f"{path} cannot be read ({reason}); give a file of lines like {_example()}") from error
    cases = tuple(_case(line, f"{path.name} line {number}") for number, line in enumerate(lines, 1) if line.strip())
    if not cases:
        raise CaseError(f"{path.name} has no prompts; give lines like {_example()}")
    return cases if limit is None else cases[:limit]


def _case(line: str, where: str) -> Case:
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        raise CaseError(f"{where} is not JSON ({error.msg} at column {error.colno}); write {_example()}") from error
    if not isinstance(data, dict) or not isinstance(data.get("prompt"), str) or not data["prompt"].strip():
        raise CaseError(f"{where} has no prompt; write {_example()}")
    expect = data.get("expect") or {}
    if not isinstance(expect, dict):
        raise CaseError(f"{where}: expect must be an object of ids by attribute; write {_example()}")
    return Case(
        data["prompt"],
        {kind: _known(kind, value, where) for kind, value in expect.items() if value is not None},
        str(data.get("group", "")),
    )


def _known(kind: str, identity: object, where: str) -> str:
    if kind not in IDS:
        raise CaseError(f"{where}: {kind!r} is not an attribute; there are {', '.join(IDS)} ({LIST} lists their ids)")
    ids = IDS[kind]
    if isinstance(identity, str) and identity in ids:
        return identity
    near = difflib.get_close_matches(str(identity), ids, 5, 0.5)
    shown = ", ".join(ids if len(ids) <= 12 else near or [*ids[:8], "..."])
    what = "known are" if len(ids) <= 12 or not near else f"{len(ids)} are known, near it"
    raise CaseError(f"{where}: {kind} {identity!r} is not known; {what} {shown} ({LIST} lists them all)")


def _example() -> str:
    return '{"prompt": "a fox in the snow", "expect": {"subject": "fox", "place": "snow"}}'


def outside(cases: Sequence[Case], known: Mapping[str, Collection[str]] | None) -> list[str]:
    """Ids that are expected somewhere and that `known` (by attribute; None knows everything) does not have, sorted."""
    if known is None:
        return []
    asked = {(kind, identity) for case in cases for kind, identity in case.expect.items()}
    return sorted(f"{kind}:{identity}" for kind, identity in asked if kind in known and identity not in known[kind])


def count(cases: Sequence[Case], seen: Sequence[Mapping[str, str]]) -> dict[str, dict[str, float]]:
    """How often each attribute was asked for and seen, and "overall" over all that was asked.

    Each is {"asked": n, "right": n, "accuracy": share}, in the order of the vocabulary; what was never
    asked is left out.
    """
    tally = {kind: [0, 0] for kind in IDS}
    for case, shown in zip(cases, seen, strict=True):
        for kind, identity in case.expect.items():
            tally[kind][0] += 1
            tally[kind][1] += shown.get(kind) == identity
    tally = {kind: pair for kind, pair in tally.items() if pair[0]}
    tally["overall"] = [sum(pair[0] for pair in tally.values()), sum(pair[1] for pair in tally.values())]
    return {
        kind: {"asked": asked, "right": right, "accuracy": round(right / max(1, asked), 4)}
        for kind, (asked, right) in tally.items()
    }
