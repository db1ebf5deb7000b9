"""The gate: every field of a request read in every way, held against the rules, and the strictest answer given.

Pure functions of text and mode: no network, no files but the package's own data, no memory of earlier requests.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache

from model.shotlist import parts
from model.world.lettering import lettering
from studio.policy import classifier, hidden, indirect, meaning, messages, parse, spelling
from studio.policy.classifier import WORD, Unavailable
from studio.policy.config import DEFAULT, FIXED, SEVERITY, PolicyConfig
from studio.policy.decision import Decision, Mode, PolicyRequest, Span
from studio.policy.lexicon import Hit, Lexicon, build, safe_patterns, word_entries, word_infixes
from studio.policy.names import Mention, mentions, names
from studio.policy.normalise import Folded, fold, is_leet, is_mixed, variants
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
_REWRITES = 3
# Not wanting something, or preventing it, is no sign of it: left out of what the classifier is asked.
_UNMEANT = re.compile(
    r"\b(?:no|without|non|zero|sans|sin|ohne|без)\s+(?:\w+\s+(?:or|and|nor)\s+)?(?:violence|nudity|nude|gore|blood|weapons?|sex|"
    r"killing|torture|murder|nsfw|porn|casualties|violencia|sangre|desnudos|sang|gewalt|blut|насилия|крови)\b"
    r"|\b(?:suicide|self\W?harm|bullying|drug|violence|abuse|overdose|scam|fraud)\s+(?:prevention|awareness)"
    r"(?:\s+(?:hotline|helpline|week|day|month|poster))?\b"
)
_MISLEADING = "misleading"  # a tag of the word lists that no rule knows


@dataclass(frozen=True)
class _Found:
    category: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class _House:
    """How strict the house is, and what its host decided."""

    mode: Mode
    config: PolicyConfig

    def changed(self, mention: Mention) -> bool:
        """Whether a name has to go."""
        return self.config.action(mention.kind, self.mode) in ("rewrite", "block")

    def allowed_names(self) -> frozenset[str]:
        """Names that the host lets through, folded."""
        return frozenset(fold(name).text for name in self.config.extra_allow)


@lru_cache(maxsize=1)
def words() -> Lexicon:
    """The word lists, read once."""
    return build(word_entries(), word_infixes(), safe_patterns())


@lru_cache(maxsize=1)
def _listed() -> frozenset[str]:
    """Every form of a listed word that the encoder knows. Raises Unavailable."""
    lists = words()
    begun = {piece.removeprefix(WORD) for piece in classifier.vocabulary() if piece.startswith(WORD)}
    return lists.known | {word for word in begun if lists.is_word(word)}


def check_request(request: PolicyRequest, mode: Mode, config: PolicyConfig = DEFAULT) -> Decision:
    """Whether a request may be made, and if not, why and what may be made instead.

    `local` is a person's own machine, `strict` a public host. Pictures are looked into by `pictures.py`. Where the
    classifier's files are missing, strict refuses and local goes on with a warning.
    """
    words(), names()  # read once; the time it takes is not the check's
    if not config.words_only:
        with suppress(Unavailable):
            classifier.warm()
            _listed()
    start = time.perf_counter()
    house = _House(mode, config)
    fields: list[tuple[str, int | None, str]] = [("prompt", None, request.prompt), ("title", None, request.title)]
    fields += [("shot", index, text) for index, text in enumerate(request.shots)]
    fields = [field for field in fields if field[2].strip()]
    try:
        decisions = [_check_text(text, house, stage, shot) for stage, shot, text in fields]
        decisions += [decision for stage, shot, text in fields for decision in _check_sign(text, house, stage, shot)]
        decisions += _check_negative(request.negative, house)
        if len(fields) > 1:
            decisions += _check_together([text for _, _, text in fields], house)
    except Unavailable as error:
        return _without_classifier(request, house, error, start)
    chosen = max(decisions, key=_severity, default=Decision("allow"))
    return replace(chosen, elapsed_ms=round((time.perf_counter() - start) * 1000, 3))


def _check_sign(text: str, house: _House, stage: str, shot: int | None) -> list[Decision]:
    """Why what is to be written on a sign of any of its shots may not be, as it will be read there: without accents and
    marks."""
    boards = [lettering(words) for words in ([words for words, _ in parts(text)] or [text])]
    shown = [f"a sign that says {board.word.lower()}" for board in boards if board is not None]
    found = [_check_text(words, house, stage, shot) for words in shown]
    return [replace(each, spans=()) for each in found if each.action == "block"]


def _without_classifier(request: PolicyRequest, house: _House, error: Unavailable, start: float) -> Decision:
    elapsed = round((time.perf_counter() - start) * 1000, 3)
    if house.mode == "strict":
        return Decision("block", "unavailable", "request", message=messages.unavailable(), elapsed_ms=elapsed)
    found = check_request(request, house.mode, replace(house.config, words_only=True))
    if found.action != "allow":
        return found
    return replace(found, action="warn", category="unavailable", message=messages.words_only(str(error)))


def _severity(decision: Decision) -> tuple[int, int]:
    order = _ORDER.index(decision.category) if decision.category in _ORDER else len(_ORDER)
    return SEVERITY.index(decision.action), -order


def _stopped(found: _Found, house: _House, stage: str, shot: int | None) -> Decision:
    """What the house does with a harm that was found."""
    action = house.config.action(found.category, house.mode)
    shown = () if found.category in FIXED else found.spans
    if action == "allow":
        return Decision("allow", None, stage, shot)
    if action == "warn":
        message = messages.warned(found.category, ())
        return Decision("warn", found.category, stage, shot, shown, None, found.category, message)
    return Decision("block", found.category, stage, shot, shown, None, found.category, messages.blocked(found.category))


def _check_text(text: str, house: _House, stage: str, shot: int | None) -> Decision:
    wanted, unwanted = parse.split_negative(text)
    named: list[Mention] = []
    found = _harms(wanted, named, house)
    if any(parse.undresses(part) for part in unwanted):
        found.append(_Found("sexual", ()))
    decisions = [_check_names(text, named, house, stage, shot)]
    for harm in found:
        place = harm.spans[0][0] if harm.spans else 0
        decisions.append(_stopped(harm, house, stage, shot if shot is not None else parse.shot_at(text, place)))
    return max(decisions, key=_severity)


def _harms(text: str, named: list[Mention], house: _House) -> list[_Found]:
    """What is said of a text as it is written and of what is hidden in it; fills `named`."""
    found = _plain_harms(text, named, house)
    if not found:
        found = _hidden(text, named, house)
        named[:] = _without_overlaps(named)
    return found


def _plain_harms(text: str, named: list[Mention], house: _House) -> list[_Found]:
    """What the rules say of every reading of a text, and the classifier where they say nothing; fills `named`."""
    plain = fold(text)
    met: list[_Found] = []
    minor = False
    readings = variants(plain, words().is_word)
    # Those that single words of the plain reading give away; a phrase, or a word in disguise, is no figure of speech.
    open_harms: set[str] = set()
    for reading in readings:
        people = mentions(reading, text) + indirect.people(reading, text)
        named += people
        hits = words().find(reading) + [person.hit for person in people if person.hit is not None]
        minor = minor or any(hit.tag == "minor" for hit in hits)
        said = findings(_relabelled(hits))
        met += [_placed(finding, reading) for finding in said]
        if reading is readings[0] and all(_is_one_word(one) for one in said):
            open_harms = {one.category for one in said}
    named += _added(text, plain, house)
    named += indirect.private_people(text) + indirect.unknown_styles(text)
    named[:] = [m for m in _without_overlaps(named) if fold(m.name).text not in house.allowed_names()]
    if house.config.words_only:
        return met
    if met and not minor and {found.category for found in met} <= open_harms - FIXED:
        met = [] if meaning.is_figure_of_speech(text, plain) else met
    if not met:
        met = _meant(text, readings, named, house, minor=minor)
    return met


def _is_one_word(finding: Finding) -> bool:
    """Whether a single word turned the rule."""
    return len(finding.hits) == 1 and len(finding.hits[0].term.words) == 1


def _meant(text: str, readings: list[Folded], named: list[Mention], house: _House, *, minor: bool) -> list[_Found]:
    """What the classifier says of a text with descriptions for names."""
    threshold = house.config.thresholds[house.mode]
    shown = _described(_without_misleading(text, readings[0]), named)
    again = readings if shown == text else variants(fold(shown), words().is_word)
    real = any(m.kind == "real_person" for m in named)
    odd = is_leet(text) or is_mixed(text) or hidden.is_no_language(text)
    told = meaning.harms(shown, again, threshold, minor=minor, real=real, odd=odd)
    met = [_Found(category, ()) for category in told]
    if met and real and met[0].category == "deception":
        met[0] = _Found("real_person_deceptive", ())
    return met


def _added(text: str, plain: Folded, house: _House) -> list[Mention]:
    """Names that the host added."""
    found = []
    for name in house.config.extra_block:
        for match in re.finditer(rf"(?<!\w){re.escape(fold(name).text)}(?!\w)", plain.text):
            found.append(Mention("real_person", name, *plain.span(*match.span()), "a person"))
    return found


def _hidden(text: str, named: list[Mention], house: _House) -> list[_Found]:
    """What is said of a text by those of its readings that only a decoder has; names in them are added to `named`."""
    met: list[_Found] = []
    readings = hidden.readings(text, judged=not house.config.words_only)
    right = None if house.config.words_only else spelling.respelt(text, _listed())
    if right is not None:
        readings.append(hidden.Hidden(right, 0, len(text)))
    for reading in readings:
        if reading.guess:
            said = findings(words().find(fold(reading.text)))
            met += [_Found(finding.category, ()) for finding in said if finding.category not in FIXED]
            continue
        inside: list[Mention] = []
        wanted, unwanted = parse.split_negative(reading.text)
        met += [_Found(found.category, ()) for found in _plain_harms(wanted, inside, house)]
        met += [_Found("sexual", ()) for part in unwanted if parse.undresses(part)]
        seen = {mention.name for mention in named}
        for mention in (mention for mention in inside if mention.name not in seen):
            plain = _described(wanted, inside)
            named.append(replace(mention, start=reading.start, end=reading.end, replacement=plain, hit=None))
    return met


def _without_misleading(text: str, plain: Folded) -> str:
    """A text without the everyday phrases that mean something else than the classifier makes of them."""
    found = [(hit.start, hit.end) for hit in words().find(plain) if hit.tag == _MISLEADING]
    for place in found + [match.span() for match in _UNMEANT.finditer(plain.text)]:
        start, end = plain.span(*place)
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _described(text: str, named: list[Mention]) -> str:
    """A text with descriptions for names: what is harmful is so whoever does it."""
    for mention in reversed(named):
        text = text[: mention.start] + mention.replacement + text[mention.end :]
    return text


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


def _check_names(text: str, named: list[Mention], house: _House, stage: str, shot: int | None) -> Decision:
    named = [m for m in named if house.config.action(m.kind, house.mode) != "allow"]
    if not named:
        return Decision("allow", None, stage, shot)
    changed = [m for m in named if house.changed(m)]
    if not changed:
        spans = tuple((m.start, m.end) for m in named)
        kind = named[0].kind
        return Decision("warn", kind, stage, shot, spans, None, kind, messages.warned(kind, named))
    category = changed[0].kind
    spans = tuple((m.start, m.end) for m in changed)
    shot = shot if shot is not None else parse.shot_at(text, spans[0][0])
    refused = any(house.config.action(m.kind, house.mode) == "block" for m in changed)
    new = None if refused else _rewrite(text, changed, house)
    if new is None:
        return Decision("block", category, stage, shot, spans, None, category, messages.blocked(category))
    return Decision("rewrite", category, stage, shot, spans, new, category, messages.rewritten(changed))


def _rewrite(text: str, changed: list[Mention], house: _House) -> str | None:
    """The text with its names described, checked again like any other; None when it still may not be made."""
    for _ in range(_REWRITES):
        for mention in reversed(changed):
            text = text[: mention.start] + mention.replacement + text[mention.end :]
        again: list[Mention] = []
        wanted, _unwanted = parse.split_negative(text)
        if any(house.config.action(harm.category, house.mode) == "block" for harm in _harms(wanted, again, house)):
            return None
        changed = [m for m in again if house.changed(m)]
        if not changed:
            return text
    return None


def _check_negative(negative: str, house: _House) -> list[Decision]:
    """A list of unwanted things is fine, whatever it names, unless it takes the clothes off."""
    if not negative.strip() or not parse.undresses(negative):
        return []
    return [_stopped(_Found("sexual", ()), house, "negative", None)]


def _check_together(texts: list[str], house: _House) -> list[Decision]:
    """What only the fields together say: a child in one shot, the rest in another."""
    reading = fold("\n".join(parse.split_negative(text)[0] for text in texts))
    met = findings(words().find(reading), only="text")
    return [_stopped(_Found(finding.category, ()), house, "request", None) for finding in met]
