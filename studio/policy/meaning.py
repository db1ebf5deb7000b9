"""What the classifier adds to the rules: harm that no listed word gives away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from studio.policy import classifier, hidden
from studio.policy.normalise import Folded

_PART = 0.12  # more is asked of a part of a text than of the whole: there are many parts
_GUESS = 0.15  # and of a guessed reading than of what is written
_ODD = 0.3  # and of one that is written in an odd way
_SHORT, _FEW_WORDS = 0.12, 4  # and of a few words without a sentence
_WITH_NAME = 0.15  # less is asked of a deception with somebody who exists
_SURELY_NOT = 0.1  # below this a listed word is a figure of speech ("torture by piano lessons")
_WITH_MINOR = 0.35  # of a child in a scene: the probability from which it is not an innocent one
_GUESSES = 2
# What only counts shots or asks for a film: of a list that is harmless in every shot the whole is harmless too.
_SHOT = re.compile(r"(?i)([^\s.!?;]?)\s*\b(?:shot|scene)\s+\d{1,3}\s*(?:\([^()]{1,12}\)\s*)?[:.\-]\s*")
_ASKED = re.compile(
    r"(?i)^\s*(?:please\s+)?(?:film|shoot|draw|show|make|create|generate|render|paint|animate|imagine|prompt|video|clip)"
    r"(?:\s+(?:this|it|me|us|an?|the|video|clip|film|following|of|for))*\s*:\s*"
)
_FEW_LETTERS = 3
_SHOUTED = 4  # letters of a word in capitals that is no abbreviation
_FEW_SIGNS = 9  # of a text without spaces


def harms(text: str, readings: Sequence[Folded], threshold: float, *, minor: bool, real: bool, odd: bool) -> list[str]:
    """Categories of harm in a text, without the parts of it that are listed as unwanted. Raises Unavailable.

    `readings` are the ways to read it, the plain one first; `minor`: whether it shows someone under 18; `real`: whether
    it shows somebody who exists; `odd`: whether it is in no language as it stands, so that what it
    reads as counts.
    """
    written = _written(hidden.spoken(text))
    guesses = _guesses(text, readings)
    if _says_nothing(written):
        return _guessed(guesses, threshold, minor)
    scores = classifier.score(written)
    more = (_SHORT if _is_short(written) else 0.0) + (_ODD if odd else 0.0)
    found = _over(scores, threshold + more, minor)
    if found:
        return found
    if real and max(scores.whole["deception"], scores.parts["deception"] - _PART) >= threshold + more - _WITH_NAME:
        return ["deception"]
    return _guessed(guesses, threshold, minor)


def _guesses(text: str, readings: Sequence[Folded]) -> list[str]:
    """What else a text may read as: of the readings that differ from it, those that are most of a language."""
    plain = _same(_written(text), _written(readings[0].text))
    found = [reading.text for reading in readings[1 if plain else 0 :]]
    if len(found) > 1:  # most of the ways to read digits as letters make nothing of them
        like = {guess: hidden.likeness(guess) for guess in found}
        best = max(like.values())
        found = sorted(
            (guess for guess in found if like[guess] >= hidden.NEAR_BEST * best), key=like.__getitem__, reverse=True
        )
    return [said for guess in found[:_GUESSES] if not _says_nothing(said := _written(hidden.spoken(guess)))]


def _guessed(guesses: Sequence[str], threshold: float, minor: bool) -> list[str]:
    for guess in guesses:
        found = _over(classifier.score(guess), threshold + _GUESS, minor)
        if found:
            return found
    return []


def is_figure_of_speech(text: str, plain: Folded) -> bool:
    """Whether nothing in a text is meant the way its listed words are. Raises Unavailable."""
    written = _written(text)
    ways = [written] if _same(written, _written(plain.text)) else [written, plain.text]
    return all(_worst(classifier.score(way)) < _SURELY_NOT for way in ways)


def _worst(scores: classifier.Scores) -> float:
    return max(scores.whole[classifier.HARM], scores.parts[classifier.HARM])


def _over(scores: classifier.Scores, threshold: float, minor: bool) -> list[str]:
    worst = {name: max(scores.whole[name], scores.parts[name]) for name in scores.whole}
    harm = worst.pop(classifier.HARM)
    found = []
    if scores.whole[classifier.HARM] >= threshold or scores.parts[classifier.HARM] >= threshold + _PART:
        found.append(max(worst, key=lambda name: worst[name]))
    if minor:
        if max(worst["sexual"], worst["sexual_minors"]) >= _WITH_MINOR:
            found.append("sexual_minors")
        if harm >= threshold and max(worst["violence_gore"], worst["self_harm"], worst["minors_harm"]) >= _WITH_MINOR:
            found.append("minors_harm")
    return found


def _written(text: str) -> str:
    """As it is said: without what is invisible, the usual form of every letter, and nothing shouted."""
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    if "shot" in (small := visible.casefold()) or "scene" in small:  # the pattern is slow on one long word
        visible = _SHOT.sub(lambda shot: f"{shot[1]}. " if shot[1] else " ", visible)
    visible = _ASKED.sub("", visible, count=1)
    words = unicodedata.normalize("NFKC", visible).split()
    if any(word.isupper() and len(word) > _SHOUTED for word in words):
        words = [word.lower() if word.isupper() else word for word in words]
    return " ".join(words)


def _says_nothing(written: str) -> bool:
    """Whether there are no words in it: no letters, or one or two of them again and again."""
    letters = {character for character in written.casefold() if character.isalpha()}
    return not letters or (written.isascii() and len(letters) < _FEW_LETTERS)


def _same(written: str, plain: str) -> bool:
    return _letters(written) == _letters(plain)


def _letters(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if c.isalnum())


def _is_short(text: str) -> bool:
    return len(text.split()) <= _FEW_WORDS and (text.isascii() or len(text) <= _FEW_SIGNS)
