"""Acts: what each of those whom a prompt names does, and what only somebody else does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from model.world.cast import Subject
from model.world.scene import ALIVE, SUBJECT
from model.world.understand import Span

_FRONTED = re.compile(r"(?:^|\b(?:an?|the|another|one|two|three|some)\s+)$", re.IGNORECASE)
_NOT_THEIRS = re.compile(
    r"\b(?:over|past|above|around|at|(?<!next\s)to(?:\s+\w+)?|under|below|before)\s+"
    r"(?:an?|the|his|her|its|their|some)\s+(?:[\w-]+\s+){0,2}$",
    re.IGNORECASE,
)
_ALONG = re.compile(r"\b(?:with|and)\s+(?:(?:an?|the|his|her|its|their)\s+)?(?:[\w-]+\s+)?$", re.IGNORECASE)
_SITS = re.compile(r"(?:sits?|sat|sitting|seated|squat\w*)\b", re.IGNORECASE)
_RIDES = re.compile(r"rid(?:es?|ing)\b|rode\b|travel", re.IGNORECASE)
_BEINGS = ("animal", "person", "fantasy", "monster")
_HE = re.compile(r"\b(?:he|she)\s+(?:then\s+|\w+ly\s+)?$", re.IGNORECASE)
_AND = re.compile(r"\s*,?\s+and\s+(?:then\s+|\w+ly\s+)?", re.IGNORECASE)
_SENTENCE = re.compile(r"[.;!?\n]")
_HELD = re.compile(r"\s*(?:an?|the|his|her|its|their|my|some)\s+(?:[\w-]+\s+){0,2}", re.IGNORECASE)


def does(spans: Sequence[Span], index: int, first: Span | None, prompt: str) -> str:
    """The id of what the subject `spans[index]` does: what is said behind it, else in front of it ("a running dog"),
    else what is said first of all (`first`) if that is not somebody else's, as it suits it; who has a body to sit with
    sits."""
    span, others = spans[index], [one for one in spans if one.kind != "colour"]
    subject, at = SUBJECT[span.id], others.index(span)
    before, ahead = others[at - 1] if at else None, others[at + 1 :]
    if len(ahead) > 1 and ahead[1].kind == "subject" and _fronts(ahead[0], ahead[1], prompt):
        first = None if first is ahead[0] else first
        ahead = ahead[1:]  # that is what the next one does
    behind = ahead[0] if ahead and ahead[0].kind == "action" else None
    behind = behind if behind is None or _of(behind, others, prompt) in (None, span.id) else None
    front = before if before is not None and _fronts(before, span, prompt) else None
    own = behind or front or _later(span, others, prompt)
    told = own or first
    if told is None or (own is None and _elses(told, span, others, prompt)):
        return subject.moves[0]
    if told.id == "stand" and subject.bodied and _SITS.match(told.text):
        return "sit"
    done_to = before is not None and before.kind == "action" and not before.text.endswith("ing")
    if own is None and done_to and subject.kind not in ALIVE:  # it is done to it: nobody reads as a book
        return "roll" if told.id == "run" and "roll" in subject.moves else subject.moves[0]
    if behind is not None and told.id == "fly" and _flown(subject, behind, ahead[1:], prompt):
        return "look"  # at the kite that they fly
    if told.id == "drive" and subject.kind in ALIVE and _RIDES.match(told.text) and not _on_wheels(others):
        return "walk" if "walk" in subject.moves else subject.moves[0]  # of what carries them, if there is anything
    if told.id in ("walk", "run") and (subject.kind == "vehicle" or (own is None and told.id == "walk")):
        return _gait(subject)
    return told.id


def _of(act: Span, others: Sequence[Span], prompt: str) -> str | None:
    """Who does what is led in by "he" or "she", or by "and" behind somebody else, as an id: a monkey takes a banana
    from a man and runs. None where neither is so."""
    before = prompt[: act.start]
    subjects = [one for one in others if one.kind == "subject" and one.end <= act.start]
    if _HE.search(before):
        return next((one.id for one in reversed(subjects) if SUBJECT[one.id].kind in _BEINGS), None)
    if subjects and act.text.endswith("s") and _AND.fullmatch(prompt[subjects[-1].end : act.start]):
        sentence = act.start - len(_SENTENCE.split(before)[-1])
        first = next((one for one in subjects if one.start >= sentence), subjects[-1])
        return first.id if SUBJECT[first.id].kind in ALIVE else None
    return None


def _later(span: Span, others: Sequence[Span], prompt: str) -> Span | None:
    """What is said of somebody where they are named again, in another sentence."""
    for one, act in pairwise(others):
        if act.kind == "action" and _of(act, others, prompt) == span.id:
            return act
        again = one.kind == "subject" and one.id == span.id and one.start > span.end and act.kind == "action"
        if again and not _SENTENCE.search(prompt[one.end : act.start]):
            return act
    return None


def _on_wheels(others: Sequence[Span]) -> bool:
    return any(one.kind == "subject" and SUBJECT[one.id].kind == "vehicle" for one in others)


def _gait(subject: Subject) -> str:
    """How one gets about where others walk: a butterfly that somebody follows flies."""
    if subject.home in ("air", "water"):
        return next((move for move in subject.moves if move in ("fly", "swim", "float")), "walk")
    return ("sail" if subject.home == "afloat" else "drive") if subject.kind == "vehicle" else "walk"


def _fronts(act: Span, who: Span, prompt: str) -> bool:
    """Whether an action stands in front of a subject as what it does: "a running dog"."""
    near = len(prompt[act.end : who.start].split()) < 2
    return act.kind == "action" and act.text.endswith("ing") and near and bool(_FRONTED.search(prompt[: act.start]))


def _elses(told: Span, span: Span, others: Sequence[Span], prompt: str) -> bool:
    """Whether what is said first of all, before a subject, is only done by others: a man over whom a bird flies stays
    on the ground, and the princess whom a knight rides to does not ride."""
    leads = _of(told, others, prompt)
    if leads is not None:
        return leads != span.id
    sentence = told.start - len(_SENTENCE.split(prompt[: told.start])[-1])
    about = [one for one in others if one.kind == "subject" and sentence <= one.start < told.start]
    if span.start < sentence or _SENTENCE.search(prompt[min(told.end, span.start) : span.start]):
        if about:  # what is done in another sentence is done by whom that is about
            return all(one.id != span.id for one in about)
    if told.start > span.start:
        return False
    before, subject = prompt[: span.start], SUBJECT[span.id]
    if _NOT_THEIRS.search(before):
        return True
    if _ALONG.search(before):
        return False
    since = others[others.index(told) + 1 : others.index(span)]
    cannot = told.id in ("fly", "sail") and told.id not in subject.moves
    cannot = cannot or (told.id in ("wave", "kneel") and subject.kind not in ALIVE)
    driven = told.id == "drive" and any(one.kind == "subject" for one in since)
    return cannot or driven or (subject.kind not in ALIVE and bool(since))


def _flown(subject: Subject, behind: Span, ahead: Sequence[Span], prompt: str) -> bool:
    """Whether somebody who cannot fly flies something."""
    if "fly" in subject.moves or not ahead or ahead[0].kind != "subject" or SUBJECT[ahead[0].id].home != "air":
        return False
    return bool(_HELD.fullmatch(prompt[behind.end : ahead[0].start]))
