"""`python -m studio policy`: what the policy thinks of a text or of a file's lines, and remarks on its answers."""

from __future__ import annotations

import json
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from studio.console import Console
from studio.policing import gate
from studio.policy import Decision, PolicyRequest, check_request
from studio.settings import Settings
from studio.verbs import DONE, NO, WRONG, decision_answer, reason

_ACTIONS = ("allow", "warn", "rewrite", "block")


def policy(options: Namespace, console: Console) -> int:
    """Answer for a text (exit code 1: it is not made as it stands) or a file, as this studio's policy.toml has it."""
    settings = Settings.from_env()
    house = gate(settings)
    mode = options.mode or settings.mode
    if options.check_log:
        return _check_log(house.audit.broken_at(), house.audit.count(), console)
    if (options.text is None) == (options.file is None):
        console.refuse('give one text ("TEXT") or one file (--file prompts.jsonl)')
        return WRONG
    if options.table and options.file is None:
        console.refuse("--table counts the lines of a file: give it with --file prompts.jsonl")
        return WRONG
    if options.file is None:
        decision = check_request(PolicyRequest(prompt=options.text), mode, house.config)
        if options.report is not None:
            house.appeal(options.text, options.report)
            console.say("Your remark was written down in this data folder, without the words; nothing was sent.")
        console.answer(decision_answer(decision), _text(decision))
        return DONE if decision.action in ("allow", "warn") else NO
    if options.report is not None:
        console.refuse("--report goes with one text, not with --file")
        return WRONG
    try:
        rows = list(_rows(options.file))
    except (OSError, ValueError) as error:
        console.refuse(f"{options.file.name}: {reason(error)}")
        return WRONG
    counts = Counter[tuple[str, str]]()
    for prompt, expected in rows:
        decision = check_request(PolicyRequest(prompt=prompt), mode, house.config)
        counts[expected, decision.action] += 1
        if not options.table:
            console.answer(decision_answer(decision), f"{decision.action:8} {prompt[:100]}")
    if options.table:
        console.answer({"table": _nested(counts)}, _table(counts))
    return DONE


def _check_log(broken: int | None, lines: int, console: Console) -> int:
    """Whether the audit log is as it was written: every line holds the hash of the one before."""
    said = f"the audit log has {lines} lines, and each follows the one before"
    if broken is not None:
        said = f"the audit log was changed: line {broken} does not follow the one before"
    console.answer({"lines": lines, "broken_at": broken}, said)
    return DONE if broken is None else NO


def _text(decision: Decision) -> str:
    parts = [decision.action, decision.category or "", decision.message]
    text = ": ".join(part for part in parts if part)
    return f"{text}\n{decision.rewritten}" if decision.rewritten else text


def _nested(counts: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    """What was expected, and how many rows of it got which answer."""
    return {
        expected: {action: counts[expected, action] for action in _ACTIONS}
        for expected in sorted({expected for expected, _ in counts})
    }


def _table(counts: Mapping[tuple[str, str], int]) -> str:
    """A line for everything that was expected, a column for every answer."""
    nested = _nested(counts)
    width = max(len("expected"), *map(len, nested))
    head = f"{'expected':{width}}  " + "  ".join(f"{action:>7}" for action in (*_ACTIONS, "all"))
    lines = [
        f"{expected:{width}}  " + "  ".join(f"{number:7}" for number in (*row.values(), sum(row.values())))
        for expected, row in nested.items()
    ]
    return "\n".join([head, *lines])


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    """The prompts of a JSONL file and what is expected of each.

    A line is an object with `prompt` (or `text`), maybe with `label` and `category`, or a JSON string.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except ValueError:
                found = None
            row = found if isinstance(found, dict) else {"prompt": found}
            prompt = row.get("prompt", row.get("text"))
            if not isinstance(prompt, str):
                raise ValueError(f'line {number} is not like {{"prompt": "..."}}')
            said = [row.get(name) for name in ("label", "category")]
            yield prompt, ": ".join(word for word in said if isinstance(word, str) and word) or "not said"
