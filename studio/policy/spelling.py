"""Listed words in which two neighbours changed places: "bolody" and "mudrer" are read as "bloody" and "murder".

Only words that the encoder does not know are put right, and only to listed ones. A letter too many, too few or wrong is
no reason: "grove" and "bloom" are one such slip away from listed words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from studio.policy import classifier

_WORD = re.compile(r"[^\W\d_]{5,}")
_ENDING = re.compile(r"(?:ings?|e[drs]?|s|ly|ers|en|n)$")


def respelt(text: str, listed: Set[str]) -> str | None:
    """The text with its misspelt words put right; None where there are none. Raises Unavailable.

    `listed` are the words that matter. What the encoder knows, with or without a common ending, is right as it is.
    """

    def read(match: re.Match[str]) -> str:
        word = match.group().casefold()
        if word in listed or _is_right(word):
            return match.group()
        return next((other for other in _swapped(word) if other in listed), match.group())

    plain = _WORD.sub(read, text)
    return plain if plain != text else None


def _is_right(word: str) -> bool:
    known = classifier.vocabulary()
    return classifier.WORD + word in known or classifier.WORD + _ENDING.sub("", word) in known


def _swapped(word: str) -> Iterator[str]:
    """A word with each two of its neighbours swapped, but for the first letter."""
    return (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(1, len(word) - 1))
