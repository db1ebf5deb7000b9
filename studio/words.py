"""What people write, made safe to keep: invisible characters go, what says nothing is refused with a clear line."""

from __future__ import annotations

import unicodedata

from studio.errors import ShotError

_JOINERS = "\u200c\u200d"  # needed inside emoji and in Persian and Indic words
_DIRECTIONS = "\u200e\u200f"  # harmless marks of right-to-left text; embeddings and overrides are not


def prompt(text: str, limit: int) -> str:
    """A prompt without control characters. Raises ShotError when it is empty, too long, or has no word in it."""
    cleaned = _within("prompt", printable(text), limit)
    if not cleaned:
        raise ShotError(
            "prompt", text[:80], "the prompt is empty: describe what to film, like 'a fox in a snowy forest'"
        )
    if not any(unicodedata.category(char)[0] in "LN" for char in cleaned):
        message = "the prompt has no words, only signs: describe what to film, like 'a fox in a snowy forest'"
        raise ShotError("prompt", text[:80], message)
    return cleaned


def optional(field: str, text: str, limit: int) -> str:
    """A text that may be empty, without control characters. Raises ShotError when it is too long."""
    return _within(field, printable(text), limit)


def printable(text: str) -> str:
    """NFC, one line, without control, private or half characters and without those that hide or reorder others."""
    kept = "".join(" " if char.isspace() else char for char in text if char.isspace() or _visible(char))
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def _visible(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Cf":
        return char in _JOINERS or char in _DIRECTIONS
    return category not in ("Cc", "Cs", "Co", "Cn")


def _within(field: str, text: str, limit: int) -> str:
    if len(text) > limit:
        message = f"the {field} has {len(text)} characters: up to {limit} are read; shorten it"
        raise ShotError(field, f"{text[:80]}...", message, limit)
    return text
