"""Borrowed styles: finding the words that borrow ("in the style of", "-esque", "by"), and describing instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MADE = r"(?:painted|drawn|shot|filmed|made|rendered|done|directed|animated|illustrated|photographed|designed|written)"
_BEFORE = re.compile(
    rf"""(?:
      \b(?:{_MADE}\s+)?(?:in|with|using|after|follows|following|evoking|of)?\s*\b(?:the\s+|an?\s+)?(?:\w+\s+)?
        (?:style|manner|vein|spirit|look|aesthetic|fashion|tradition|technique)s?\s+of\s+(?:an?\s+|the\s+)?
    | \ba\s+la\s+(?:maniere\s+d(?:e\s+|\W)|manera\s+de\s+)?
    | \b(?:heavily\s+|strongly\s+)?(?:inspired|influenced)\s+by\s+(?:the\s+)?
    | \b(?:as\s+(?:if\s+)?)?(?:{_MADE}\s+)?by\s+
    | \b(?:reminiscent\s+of|homage\s+to|tribute\s+to|imitating|mimicking|copying|channell?ing)\s+
        (?:an?\s+|the\s+)?
    | (?:\b(?:al|en\s+el|con\s+el|en|no|nello|in\s+de|w|в)\s+)?\b(?:estilo|stile|stijl|stylu)\s+
        (?:del?\s+|d[aio]\s+|van\s+)?
    | (?:\bفي\s+|ب)?اسلوب\s+ | \bعلى\s+طريقة\s+
    | \b(?:dans\s+le|au|le|du)\s+style\s+(?:d(?:e\s+|\W)|du\s+)?
    | \bfacon\s+ | \binspire(?:e|es)?\s+(?:de|par)\s+ | \binspirado\s+(?:en|por)\s+
    | \bim\s+stile?\s+(?:von\s+|des\s+|der\s+)? | \bnach\s+art\s+von\s+ | \binspiriert\s+von\s+
    | \bв\s+(?:стиле|духе|манере)\s+ | \bстиль\s+
    )$""",
    re.VERBOSE,
)
_LIKE = re.compile(r"\b(?:like|as\s+in|from)\s+(?:an?\s+|the\s+)?$")
_WORK = (
    r"(?:movie|film|painting|picture|drawing|cartoon|animation|anime|photograph|photo|comic|scene|set|print|mural|"
    r"portrait|sculpture|canvas|poster|illustration|trailer|universe|world|short)s?"
)
_AFTER_STYLE = re.compile(
    r"(?:'s|’s)?[\s-]*(?:inspired|influenced|esque|like|styled|style|aesthetic|vibes?|look)\b"
    r"|\s+(?:tarzinda|tarzi|stilinde)\b|(?:\s?감독)?\s?(?:스타일의?|풍의?|화풍의?)"
    r"|的?(?:风格|風格|画风|畫風)|式|风|風の?|の?スタイル|っぽい|調の?|の作風|のような"
)
_AFTER_WORK = re.compile(rf"(?:'s|’s)?\s+(?={_WORK}\b)")
_POSSESSIVE = re.compile(r"(?:'s|’s|')(?:\s+(?:style|work|paintings?|films?|movies?|art|drawings?)\b)?")


@dataclass(frozen=True)
class Change:
    """A range of the reading and what it becomes; `is_style` is false where the artist is shown, not imitated."""

    start: int
    end: int
    text: str
    is_style: bool = True


def restyled(text: str, start: int, end: int, manner: str, role: str) -> Change:
    """What a named artist between `start` and `end` of a folded text becomes.

    `manner` describes the style without the word; `role` is how the artist is called when shown ("" for a studio).
    """
    before = _BEFORE.search(text, max(0, start - 80), start)
    after = _AFTER_STYLE.match(text, end)
    work = _AFTER_WORK.match(text, end)
    if before:
        tail = after or _POSSESSIVE.match(text, end)
        lead = len(before.group()) - len(before.group().lstrip())
        return Change(before.start() + lead, tail.end() if tail else end, f"in {with_article(manner)} style")
    if after:
        return Change(start, after.end(), f"{manner} style")
    if work:
        return Change(start, work.end(), f"{manner} ")
    if not role or _LIKE.search(text, max(0, start - 20), start):
        return Change(start, end, f"{manner} style")
    if _stands_alone(text, start, end):
        return Change(start, end, f"{manner} style")
    return Change(start, end, role, is_style=False)


def is_borrowed(text: str, start: int, end: int) -> bool:
    """Whether words around a name say that its style is meant."""
    return (
        _BEFORE.search(text, max(0, start - 80), start) is not None
        or _AFTER_STYLE.match(text, end) is not None
        or _AFTER_WORK.match(text, end) is not None
    )


def _stands_alone(text: str, start: int, end: int) -> bool:
    """A name between commas, as in a list of style words; never the first thing in the text."""
    return text[:start].rstrip().endswith((",", "|", "、", "，")) and (
        not text[end:].strip() or text[end:].lstrip().startswith((",", "|", "、", "，", "."))
    )


def with_article(manner: str) -> str:
    """ "a" or "an" before a description."""
    return f"{'an' if manner[:1].lower() in 'aeiou' else 'a'} {manner}"
