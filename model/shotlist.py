"""Several shots in one prompt, and where in a clip each begins: "Shot 1: a fox runs. Shot 2 (3 s): it sleeps.", or
"A fox runs, then it cuts to a bear"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_MARK = re.compile(
    r"(?:^|(?<=[\s.;,]))(?:shot|scene)\s*(\d{1,3})\s*"
    r"(?:[(\[]\s*(\d+(?:[.,]\d+)?)\s*(?:s|sec|seconds?)\s*[)\]])?\s*[:.–—-]\s*",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"(?:^|[.,;–—\n]|\b(?:and\s)?then|\b(?:it|we|the\s(?:camera|film|shot|scene|video|clip|picture)))\s{0,8}"
    r"(?:(?:and\s)?then\s|(?:it|we|the\s(?:camera|film))\s){0,2}(?:hard\s|smash\s|jump\s)?cuts?\s+to\b"
    r"(?!\s+(?:the\s+(?:chase|bone|left|right|chin|sea)|pieces|shreds|size|black|white|look|perfection|fit|length|half)\b)"
    r"\s*(?:show(?:ing)?\b|reveal(?:ing)?\b|(?:an?|the)\s+(?:shots?|views?|scenes?)\s+of\b)?\s*:?\s*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:^|(?<=\n)|(?<=[.;!?]\s))[ \t]*(\d{1,2})[.)]\s+(?=[^\W\d])")
EACH = 2  # shots of different animals
_DIFFERENT = re.compile(r"\b(?:the\s+)?(?:many\s+)?(?:different|various|all\s+the|several)\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One shot of a clip: its words, and its latents start..stop."""

    prompt: str
    start: int
    stop: int


def parts(prompt: str) -> list[tuple[str, float | None]]:
    """The shots that a prompt lists, or, where it lists none, those that it cuts to: their words, and their seconds
    where it says so; [] for one shot."""
    numbers = list(_NUMBER.finditer(prompt))
    if len(numbers) > 1 and [int(mark[1]) for mark in numbers] == [*range(1, len(numbers) + 1)]:
        prompt = _NUMBER.sub(r"Shot \1: ", prompt)  # "1. a fox runs  2. it sleeps"
    marks = list(_MARK.finditer(prompt))
    if len(marks) < 2 and not (marks and marks[0].start() == 0):
        return [(words, None) for words in _cut(prompt)]
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


def _cut(prompt: str) -> list[str]:
    """The words of each shot where a prompt says that it cuts, once or more; [] where it does not. What is behind the
    last cut and shows "different animals" is a shot of one after another."""
    shots, start = list[str](), 0
    for cut in _CUT.finditer(prompt):
        if prompt.count('"', 0, cut.start()) % 2 == 0:  # what is said on a sign is no cut
            shots.append(prompt[start : cut.start()])
            start = cut.end()
    shots = [part.strip(" .,;–—\n") for part in (*shots, prompt[start:]) if any(letter.isalnum() for letter in part)]
    if len(shots) < 2:
        return []
    return [*shots[:-1], *_each(shots[-1])]


def _each(words: str) -> list[str]:
    """A shot of different animals as several, of one of them each."""
    from model.world.naming import article
    from model.world.roles import roles
    from model.world.scene import SUBJECT
    from model.world.understand import understand

    group = next((span for span in understand(words).spans if span.kind == "group"), None)
    which = None if group is None else next(
        (found for found in _DIFFERENT.finditer(words[: group.end]) if found.end() == group.start), None
    )  # fmt: skip
    if group is None or which is None:
        return [words]
    rest = re.sub(r"^ that live\b", " that lives", words[group.end :])
    names = [article(SUBJECT[role.instance.subject].phrase) for role in roles(words)[:EACH]]
    return [f"{words[: which.start()]}{name}{rest}" for name in names]


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
