"""Texts that were written so that only a decoder reads them: backwards, shifted, encoded, or without spaces.

Every way of reading such a text is tried on the whole and on each clause. Those that turn it about (backwards, Caesar's
shifts, words run together) are kept only where what comes out is more of a language than what went in, which the
vocabulary of the text encoder tells: words of a language are few long pieces of it, anything else is many short ones.
So a harmless text, which is a language already, gets no second reading at all.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote

from studio.policy import classifier
from studio.policy.lexicon import is_unspaced

_SENTENCE = re.compile(r"[^.:;!?\n\"“”()]+")
_CLAUSE = re.compile(r"[^.:;,!?\n\"“”()]+")
_FEWEST, _MOST = 10, 400  # letters of a clause that can hide something, and that are tried
_MOST_LIKE = 1000  # letters of a text that are asked for how much of a language they are
_MOST_CLAUSES = 16
_IS_TEXT = 2.2  # letters a piece from which a text is one: English has 2.4 to 5, what is shifted has 1.3 to 2.1
_BETTER = 1.12  # how much more of a language a reading has to be; the best harmless one met has 0.88
_WAYS = 3  # of turning the alphabet that are read; the letters tell which
NEAR_BEST = 0.9  # of the likeness of the best reading: what has less is what chance makes of it
_BORDER, _MUCH_BETTER = 2.6, 1.3  # a text below it is none where another reading is so much more of a language
_RUN = 24  # letters in one: words that were written together, which the classifier makes nothing of
# How often letters stand in a thousand of the languages written with them, roughly.
_SHARES = (130, 75, 75, 75, 70, 85, 70, 68, 42, 40, 40, 35, 30, 26, 20, 18, 16, 14, 10)
_FREQUENT = MappingProxyType(dict(zip("enitraoslhducmpgfby", _SHARES, strict=True)))
# An article at the end of a clause, or before a preposition: the words stand the other way round.
_MISPLACED = re.compile(
    r"(?i)\b(?:the|an?|der|die|das|ein|eine|le|la|les|une?|el|los|las|una)"
    r"(?=\s*(?:$|[.,:;!?])|\s+(?:of|in|on|at|with|for|by|to|from|over|behind|across|under|is|are|and|de|du|des|en|dans|sur|avec|"
    r"con|por|mit|auf|im|und|et|y)\b)"
)
_JOINED = re.compile(r"[^\W\d_]{10,}")
_LETTERS_APART = re.compile(r"(?<![^\W_])[^\W\d_](?:[\s.\-_*·|/]{1,3}[^\W\d_]){7,}(?![^\W_])")
_LONG_RUN = 16  # letters from which a run may have pieces in it that are no words
_LONG_PIECES = 2.5  # letters a word of a run of words; German compounds are looked at too, which harms nothing
_UNKNOWN, _LONGEST_PIECE, _ONE_LETTER = -18.0, 20, "aiyoиаяву"  # a letter of no word costs more than any word

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{12,}={0,2}")
_BASE32 = re.compile(r"(?<![A-Z2-7=])[A-Z2-7]{16,}={0,6}")
_HEX = re.compile(r"(?i)(?<![0-9a-z])(?:(?:0x|\\x)?[0-9a-f]{2}[\s,]*){6,}(?![0-9a-z])")
_BINARY = re.compile(r"(?<!\d)(?:[01]{8}\s*){4,}(?!\d)")
_CODES = re.compile(r"(?<!\d)(?:(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6])[\s,]+){5,}\d{2,3}(?!\d)")
_ESCAPES = re.compile(r"\\u([0-9a-fA-F]{4})")
_MORSE_TEXT = re.compile(r"(?:[.\-·−–]{1,5}(?:\s*/\s*|\s+|$)){5,}")
_MORSE = MappingProxyType(
    dict(
        zip(
            (
                ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- "
                "-. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.."
            ).split(),
            string.ascii_lowercase,
            strict=True,
        )
    )
)


@dataclass(frozen=True)
class Hidden:
    """A hidden reading of the characters from `start` to `end` of a text.

    guess: nothing tells that it is one, so that only the words of it count.
    """

    text: str
    start: int
    end: int
    guess: bool = False


def readings(text: str, *, judged: bool = True) -> list[Hidden]:
    """Every hidden reading of a text, those inside others too. Raises Unavailable where they are to be judged.

    judged: without the encoder nothing tells a text that was turned about from any other, and only codes are read.
    """
    found = list(_encoded(text))
    found += [Hidden(inner.text, outer.start, outer.end) for outer in found for inner in _encoded(outer.text)]
    whole = _decoded(text, found)
    if whole is not None:
        found.append(whole)
    if not judged:
        return found
    found += [Hidden(plain, outer.start, outer.end) for outer in found for plain in _turned(outer.text)]
    written = without_codes(text)
    for start, end in _clauses(written):
        clause = written[start:end]
        if is_unspaced(clause):  # it is written in signs, of which any order is as likely
            found.append(Hidden(clause[::-1], start, end, guess=True))
        else:  # what a reading of the whole says already is not taken out of its context
            said = " ".join(hidden.text for hidden in found)
            found += [Hidden(plain, start, end) for plain in _turned(clause) if plain.strip() not in said]
    return list({(hidden.text, hidden.start): hidden for hidden in found}.values())


def _decoded(text: str, codes: Sequence[Hidden]) -> Hidden | None:
    """The whole text with what its codes hide in their places; None where a code is all there is."""
    parts: list[str] = []
    at = 0
    for code in sorted(codes, key=lambda code: (code.start, -code.end)):
        if code.start >= at:
            parts += [text[at : code.start], code.text]
            at = code.end
    outside = "".join([*parts[::2], text[at:]])
    return Hidden("".join([*parts, text[at:]]), 0, len(text)) if parts and _letters(outside) else None


def without_codes(text: str) -> str:
    """A text with blanks for what is a code in it."""
    for code in _encoded(text):
        text = text[: code.start] + " " * (code.end - code.start) + text[code.end :]
    return text


def spoken(text: str) -> str:
    """What of a text the classifier can be asked: no codes, and no clause that is in no language as it stands.

    What such a part hides is read by itself; what the classifier makes of its letters is chance. Raises Unavailable.
    """
    kept = without_codes(text)
    if kept == text and len(text) > _MOST and not is_no_language(text):
        return text  # a long text in a language: hardly worth looking at each clause
    for start, end in _clauses(kept)[1:]:
        if is_no_language(kept[start:end]):
            kept = kept[:start] + " " * (end - start) + kept[end:]
    return "" if is_no_language(kept) else kept


def _clauses(text: str) -> list[tuple[int, int]]:
    """The whole, each of its sentences, and each of their clauses, where there are several."""
    parts = [match.span() for pattern in (_SENTENCE, _CLAUSE) for match in pattern.finditer(text)]
    parts = [(start, end) for start, end in parts if _letters(text[start:end]) >= _FEWEST][:_MOST_CLAUSES]
    return list(dict.fromkeys([(0, min(len(text), _MOST)), *parts]))


def _letters(text: str) -> int:
    return sum(character.isalpha() for character in text)


def likeness(text: str) -> float:
    """Letters of a text for each piece of the encoder's vocabulary that it takes to write it. Raises Unavailable."""
    pieces = classifier.pieces(text[:_MOST_LIKE])
    return sum(len(piece) for piece in pieces) / max(1, len(pieces))


def is_no_language(text: str) -> bool:
    """Whether a text has letters but, as it stands, no words. Raises Unavailable."""
    start = text[:_MOST].casefold()
    if _letters(start) < _FEWEST or is_unspaced(start):
        return False
    if any(len(word) >= _RUN for word in re.findall(r"[^\W\d_]+", start)):
        return True
    have = likeness(start)
    return have < _IS_TEXT or (have < _BORDER and likeness(start[::-1]) > have * _MUCH_BETTER)


def _turned(text: str) -> list[str]:
    """Readings that turn every letter or their order about, and are a language where the text is none."""
    text = text[:_MOST]
    if _letters(text) < _FEWEST or is_unspaced(text):
        return []
    have = likeness(text.casefold())
    found = _in_order(text[::-1], " ".join(word[::-1] for word in text.split()))
    if have < _IS_TEXT * _BETTER:
        found += _shifted(text)
    like = {plain: likeness(plain.casefold()) for plain in found}
    least = max(_IS_TEXT, have * _BETTER, NEAR_BEST * max(like.values()))
    kept = [plain for plain in found if like[plain] >= least]
    apart = None if kept else _apart(text)
    return kept if apart is None else [*kept, apart]


def _in_order(*orders: str) -> list[str]:
    """Those of several orders of the same words in which articles stand before what they go with."""
    wrong = [len(_MISPLACED.findall(order)) for order in orders]
    return [order for order, count in zip(orders, wrong, strict=True) if count == min(wrong)]


def _shifted(text: str) -> list[str]:
    """The alphabet turned by a number of letters (ROT13 is one) or mirrored: the few ways that give usual letters."""
    low, high = string.ascii_lowercase, string.ascii_uppercase
    ways = [low[step:] + low[:step] for step in range(1, 26)] + [low[::-1]]
    counts = [text.lower().count(letter) for letter in low]

    def usual(way: str) -> int:
        return sum(count * _FREQUENT.get(letter, 0) for letter, count in zip(way, counts, strict=True))

    best = sorted(ways, key=usual, reverse=True)[:_WAYS]
    return [text.translate(str.maketrans(low + high, way + way.upper())) for way in best]


def _apart(text: str) -> str | None:
    """The words of a text that were written together, apart again; None where there are none."""
    known = classifier.vocabulary()

    def read(match: re.Match[str]) -> str:
        word = match.group().casefold()
        return match.group() if classifier.WORD + word in known else " ".join(_split(word, known) or [match.group()])

    joined = _LETTERS_APART.sub(lambda run: re.sub(r"[\W_]+", "", run.group()), text)
    plain = _JOINED.sub(read, joined)
    return plain if plain != joined else None


def _split(run: str, known: Mapping[str, float]) -> list[str] | None:
    """A run of letters as the likeliest words; None where too little of it is words."""
    best: list[tuple[float, int, bool]] = [
        (0.0, 0, True)
    ]  # score, where the last piece begins, and whether a word does
    for end in range(1, len(run) + 1):
        options = [(best[end - 1][0] + _UNKNOWN, end - 1, True)]
        for start in range(max(0, end - _LONGEST_PIECE), end):
            piece = run[start:end]
            begun, gone_on = known.get(classifier.WORD + piece), known.get(piece)
            if begun is not None and (len(piece) > 1 or piece in _ONE_LETTER):
                options.append((best[start][0] + begun, start, True))
            if gone_on is not None and start:
                options.append((best[start][0] + gone_on, start, False))
        best.append(max(options))
    words: list[str] = []
    end, tail = len(run), ""
    while end:
        _, start, begins = best[end]
        tail = run[start:end] + tail
        if begins:
            words.insert(0, tail)
            tail = ""
        end = start
    whole = sum(classifier.WORD + word in known and len(word) > 2 for word in words)
    if len(run) < _LONG_RUN and whole < len(words):
        return None  # a rare word ("Michelangelo"), not several
    return words if len(run) / len(words) >= _LONG_PIECES else None


def _encoded(text: str) -> Iterator[Hidden]:
    for pattern, decode in _DECODERS:
        for match in pattern.finditer(text):
            try:
                plain = decode(match.group())
            except (binascii.Error, ValueError, OverflowError):
                continue
            if plain != match.group() and _letters(plain) >= 4 and all(c.isprintable() or c.isspace() for c in plain):
                yield Hidden(plain, *match.span())


def _base64(text: str) -> str:
    raw = text.rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(raw + "=" * (-len(raw) % 4)).decode("utf-8")


def _base32(text: str) -> str:
    raw = text.rstrip("=")
    return base64.b32decode(raw + "=" * (-len(raw) % 8)).decode("utf-8")


def _hex(text: str) -> str:
    return bytes.fromhex(re.sub(r"0x|\\x|[\s,]", "", text.lower())).decode("utf-8")


def _binary(text: str) -> str:
    bits = "".join(text.split())
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)).decode("utf-8")


def _morse(text: str) -> str:
    signs = text.translate(str.maketrans("·−–", ".--"))
    words = re.split(r"\s*/\s*|\s{3,}", signs.strip())
    return " ".join("".join(_MORSE.get(sign, "") for sign in word.split()) for word in words)


_DECODERS: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (_BASE64, _base64),
    (_BASE32, _base32),
    (_HEX, _hex),
    (_BINARY, _binary),
    (_CODES, lambda text: "".join(chr(int(code)) for code in re.findall(r"\d+", text))),
    (re.compile(r"(?s).*%[0-9a-fA-F]{2}.*"), unquote),
    (re.compile(r"(?s).*&#?\w{2,6};.*"), html.unescape),
    (re.compile(r"(?s).*\\u[0-9a-fA-F]{4}.*"), lambda text: _ESCAPES.sub(lambda m: chr(int(m.group(1), 16)), text)),
    (_MORSE_TEXT, _morse),
)
