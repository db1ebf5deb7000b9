"""The gate: every field of a request read in every way, held against the rules, and the strictest answer given.

Pure functions of text and mode: no network, no files but the package's own data, no memory of earlier requests.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from studio.policy import indirect, messages, parse
from studio.policy.decision import Decision, Mode, PolicyRequest, Span
from studio.policy.lexicon import Hit, Lexicon, build, word_entries, word_infixes
from studio.policy.names import Mention, mentions, names
from studio.policy.normalise import Folded, fold, variants
from studio.policy.rules import Finding, findings

# The order in which reasons are told when there are several.
_ORDER = (
    "sexual_minors",
    "minors_harm",
    "extremism",
    "self_harm",
    "sexual",
    "real_person_deceptive",
    "hate",
    "violence_gore",
    "illicit",
    "deception",
    "harassment",
    "shocking",
)
_UNSHOWN = frozenset({"sexual_minors", "minors_harm"})  # nothing is pointed at
_SEVERITY = ("allow", "warn", "rewrite", "block")
_DECODED_LETTERS = 5  # hits in a decoded text must be this long: short words turn up there by chance
_REWRITES = 3


@dataclass(frozen=True)
class _Found:
    category: str
    spans: tuple[Span, ...]


@lru_cache(maxsize=1)
def words() -> Lexicon:
    """The word lists, read once."""
    return build(word_entries(), word_infixes())


def check_request(request: PolicyRequest, mode: Mode) -> Decision:
    """Whether a request may be made, and if not, why and what may be made instead.

    `local` is a person's own machine, `strict` a public host. Pictures are not looked into by this gate.
    """
    words(), names()  # read once; the time it takes is not the check's
    start = time.perf_counter()
    fields: list[tuple[str, int | None, str]] = [("prompt", None, request.prompt), ("title", None, request.title)]
    fields += [("shot", index, text) for index, text in enumerate(request.shots)]
    fields = [field for field in fields if field[2].strip()]
    decisions = [_check_text(text, mode, stage, shot) for stage, shot, text in fields]
    decisions += _check_negative(request.negative)
    if len(fields) > 1:
        decisions += _check_together([text for _, _, text in fields])
    chosen = max(decisions, key=_severity, default=Decision("allow"))
    return replace(chosen, elapsed_ms=round((time.perf_counter() - start) * 1000, 3))


def _severity(decision: Decision) -> tuple[int, int]:
    order = _ORDER.index(decision.category) if decision.category in _ORDER else len(_ORDER)
    return _SEVERITY.index(decision.action), -order


def _blocked(category: str, stage: str, shot: int | None, spans: tuple[Span, ...]) -> Decision:
    shown = () if category in _UNSHOWN else spans
    return Decision("block", category, stage, shot, shown, None, category, messages.blocked(category))


def _check_text(text: str, mode: Mode, stage: str, shot: int | None) -> Decision:
    wanted, unwanted = parse.split_negative(text)
    named: list[Mention] = []
    found = _harms(wanted, named)
    if any(parse.undresses(part) for part in unwanted):
        found.append(_Found("sexual", ()))
    if found:
        first = min(found, key=lambda item: _ORDER.index(item.category))
        place = first.spans[0][0] if first.spans else 0
        where = shot if shot is not None else parse.shot_at(text, place)
        if first.category == "shocking" and mode == "local":
            warning = messages.warned("shocking", ())
            return Decision("warn", "shocking", stage, where, first.spans, None, "shocking", warning)
        return _blocked(first.category, stage, where, first.spans)
    return _check_names(text, named, mode, stage, shot)


def _harms(text: str, named: list[Mention]) -> list[_Found]:
    """What the rules say of every reading of a text; fills `named` with the names in it."""
    plain = fold(text)
    met: list[_Found] = []
    for reading in variants(plain, words().is_word):
        people = mentions(reading, text) + indirect.people(reading, text)
        named += people
        hits = words().find(reading) + [person.hit for person in people if person.hit is not None]
        met += [_placed(finding, reading) for finding in findings(_relabelled(hits))]
    named += indirect.private_people(text) + indirect.unknown_styles(text)
    named[:] = _without_overlaps(named)
    for hidden in parse.decoded(text):
        reading = fold(hidden)
        long = [hit for hit in words().find(reading) if hit.end - hit.start >= _DECODED_LETTERS]
        met += [_Found(finding.category, ()) for finding in findings(long)]
    return met


def _relabelled(hits: Iterable[Hit]) -> Iterable[Hit]:
    """People of whichever list count as people in the rules."""
    for hit in hits:
        yield replace(hit, term=replace(hit.term, tag="person")) if hit.tag == "artist" else hit


def _placed(finding: Finding, reading: Folded) -> _Found:
    spans = sorted(reading.span(hit.start, hit.end) for hit in finding.hits)
    return _Found(finding.category, tuple(spans))


def _without_overlaps(found: list[Mention]) -> list[Mention]:
    """The longer of two that overlap, and the rest in the order of the text."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (m.start - m.end, m.start)):
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


def _check_names(text: str, named: list[Mention], mode: Mode, stage: str, shot: int | None) -> Decision:
    if not named:
        return Decision("allow", None, stage, shot)
    changed = [m for m in named if mode == "strict" or m.kind != "third_party_ip"]
    if not changed:
        spans = tuple((m.start, m.end) for m in named)
        warning = messages.warned("third_party_ip", named)
        return Decision("warn", "third_party_ip", stage, shot, spans, None, "third_party_ip", warning)
    category = changed[0].kind
    spans = tuple((m.start, m.end) for m in changed)
    shot = shot if shot is not None else parse.shot_at(text, spans[0][0])
    new = _rewrite(text, changed, mode)
    if new is None:
        return _blocked(category, stage, shot, spans)
    return Decision("rewrite", category, stage, shot, spans, new, category, messages.rewritten(changed))


def _rewrite(text: str, changed: list[Mention], mode: Mode) -> str | None:
    """The text with its names described, checked again like any other; None when it still may not be made."""
    for _ in range(_REWRITES):
        for mention in reversed(changed):
            text = text[: mention.start] + mention.replacement + text[mention.end :]
        again: list[Mention] = []
        wanted, _unwanted = parse.split_negative(text)
        if _harms(wanted, again):
            return None
        changed = [m for m in again if mode == "strict" or m.kind != "third_party_ip"]
        if not changed:
            return text
    return None


def _check_negative(negative: str) -> list[Decision]:
    """A list of unwanted things is fine, whatever it names, unless it takes the clothes off."""
    return [_blocked("sexual", "negative", None, ())] if negative.strip() and parse.undresses(negative) else []


def _check_together(texts: list[str]) -> list[Decision]:
    """What only the fields together say: a child in one shot, the rest in another."""
    reading = fold("\n".join(parse.split_negative(text)[0] for text in texts))
    met = findings(words().find(reading), only="text")
    return [_blocked(finding.category, "request", None, ()) for finding in met if finding.category != "shocking"]
