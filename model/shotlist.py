"""Several shots in one prompt: "Shot 1: a fox runs. Shot 2 (3 s): it sleeps.", and where in a clip each begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_MARK = re.compile(
    r"(?:^|(?<=[\s.;,]))(?:shot|scene)\s*(\d{1,3})\s*"
    r"(?:[(\[]\s*(\d+(?:[.,]\d+)?)\s*(?:s|sec|seconds?)\s*[)\]])?\s*[:.–—-]\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One shot of a clip: its words, and its latents start..stop."""

    prompt: str
    start: int
    stop: int


def parts(prompt: str) -> list[tuple[str, float | None]]:
    """The shots that a prompt lists: their words, and their seconds where it says so; [] for what is no list."""
    marks = list(_MARK.finditer(prompt))
    if len(marks) < 2 and not (marks and marks[0].start() == 0):
        return []
    lead = prompt[: marks[0].start()].strip(" ,;:\n")
    found = []
    for number, mark in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else len(prompt)
        words = prompt[mark.end() : end].strip(" ;,\n")
        seconds = float(mark[2].replace(",", ".")) if mark[2] else None
        if any(letter.isalnum() for letter in words):
            found.append((words, seconds))
    # What stands before the first shot is said of all of them.
    return [(f"{lead.rstrip('.')}, {words}" if lead else words, seconds) for words, seconds in found]


def cuts(prompt: str, total: int) -> tuple[Part, ...]:
    """The shots of a clip of `total` latents, one after another; one of all of it where the prompt lists none.

    They last as long as the prompt says, drawn out or pressed together to fill the clip; those of which it does not say
    last as long as the others on average. A clip too short for all shows the first ones, a latent each.
    """
    listed = parts(prompt)[:total]
    if not listed:
        return (Part(prompt, 0, total),)
    said = [seconds for _, seconds in listed if seconds]
    usual = sum(said) / len(said) if said else 1.0
    lengths = [seconds or usual for _, seconds in listed]
    ends = [0]
    for number in range(1, len(lengths)):
        due = round(total * sum(lengths[:number]) / sum(lengths))
        ends.append(min(max(due, ends[-1] + 1), total - len(lengths) + number))
    return tuple(
        Part(words, start, stop) for (words, _), (start, stop) in zip(listed, pairwise([*ends, total]), strict=True)
    )
