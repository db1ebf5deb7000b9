"""One text, read as a person would read it: small letters, no disguises, and a map back to the characters written.

`fold` undoes what changes nothing for the eye (case, accents, full width, mathematical letters, invisible
characters, look-alikes of another alphabet). `variants` adds readings that are guesses (leetspeak, s p a c e d or
d.o.t.t.e.d letters, stretched words): each is checked beside the plain one, never instead of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

# UTS 39 look-alikes that occur in disguised words; both alphabets to Latin.
_LOOKALIKES = str.maketrans("авекмнорстухіјѕһԁԛԝӏгьαβεηικνορτυχωγϲϳ", "abekmhopctyxijshdqwlrbabenikvoptuxwycj")
_LATIN_EXTRAS = str.maketrans("ıłøđðŧħɑɡʀɪɴʟᴀʙᴄᴅᴇɢʜᴊᴋᴍᴏᴘꜱᴛᴜᴠᴡʏᴢ", "iloddthagrinlabcdeghjkmopstuvwyz")
_LEET = str.maketrans("013457890@$!|+€£", "oieastbgoasiltel")
# "1" and "!" stand for i or for l: every pairing is a reading.
_LEET_ONES = tuple(str.maketrans({"1": one, "!": mark, "|": one}) for one, mark in ("ii", "ll", "li", "il"))

_WORD = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"\S+")
_LETTER, _LEET_SIGN = re.compile(r"[^\W\d_]"), re.compile(r"[0-9@$!|+€£]")
# "35mm", "24fps", "2nd": what is left as it is.
_LATIN, _FOREIGN = re.compile("[a-zA-Z]"), re.compile("[\u0370-\u052f]")
_UNITS = r"mm|cm|m|km|fps|k|p|s|th|d|hz|px|am|pm|c|f|kg|l|ml"
_MEASURE = re.compile(rf"\W*(?:\d+(?:[.,:x]\d+)?(?:{_UNITS})|\d*1st|\d*2nd|\d*3rd)\W*")
_MANY, _SHORT_NUMBER = 2, 4
_LETTERS_APART = re.compile(r"(?<![^\W_])[^\W_](?:[\s.\-_*~·•|/\\,+]{1,3}[^\W_]){2,}(?![^\W_])")
_INNER_MARK = re.compile(r"(?<=[^\W_])[.\-_*~·•|/\\'](?=[^\W_])")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_MAX_RUNS = 6  # stretched letters of one word for which all ways of shortening are tried


@dataclass(frozen=True)
class Folded:
    """A reading of a text. `offsets[i]` is where its character i stands in the text as written."""

    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A range of this reading as a range of the text as written."""
        return self.offsets[start], self.offsets[end - 1] + 1

    def without(self, ranges: Iterable[tuple[int, int]], filler: str = "") -> Folded:
        """The reading with some ranges left out, each replaced by `filler` (no or one character)."""
        text: list[str] = []
        offsets: list[int] = []
        at = 0
        for start, end in ranges:
            text.append(self.text[at:start])
            offsets += self.offsets[at:start]
            if filler:
                text.append(filler)
                offsets.append(self.offsets[start])
            at = end
        text.append(self.text[at:])
        offsets += self.offsets[at:]
        return Folded("".join(text), offsets)

    def mapped(self, change: Callable[[str], str]) -> Folded:
        """The reading with its text changed letter by letter."""
        return Folded(change(self.text), self.offsets)


def fold(text: str) -> Folded:
    """The plain reading of a text."""
    if text.isascii():
        plain = Folded(text.lower(), range(len(text)))
        return plain.mapped(lambda t: re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", t))
    pieces: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(text):
        if character in "\u3099\u309a" and pieces:  # a voicing mark of kana that is written apart
            pieces[-1] = unicodedata.normalize("NFC", pieces[-1] + character)[0]
            continue
        for letter in _fold_character(character):
            pieces.append(letter)
            offsets.append(index)
    return Folded(_undisguise("".join(pieces)), offsets)


def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower() if character >= " " or character in "\n\t" else " "
    code = ord(character)
    for first in (0x1F150, 0x1F170, 0x1F1E6):  # circled, squared and flag letters, which NFKC leaves alone
        if first <= code < first + 26:
            return chr(ord("a") + code - first)
    if unicodedata.category(character) in ("Cf", "Cc", "Cs", "Co") or 0xFE00 <= code <= 0xFE0F:
        return ""
    wide = unicodedata.normalize("NFKC", character)
    if 0x3040 <= ord(wide[0]) <= 0x30FF or 0xAC00 <= ord(wide[0]) <= 0xD7A3:
        return wide
    bare = "".join(c for c in unicodedata.normalize("NFKD", wide) if not unicodedata.combining(c))
    return bare.casefold().translate(_LATIN_EXTRAS)


def _undisguise(text: str) -> str:
    """Letters of another alphabet inside Latin words, or in whole words of a Latin text, as the letters they mimic."""
    latin = len(re.findall("[a-z]", text))
    foreign = len(re.findall("[\u0370-\u052f]", text))
    mostly_latin = latin > 2 * foreign

    def read(match: re.Match[str]) -> str:
        word = match.group()
        if not re.search("[\u0370-\u052f]", word):
            return word
        plain = word.translate(_LOOKALIKES)
        mixed = re.search("[a-z]", word) is not None
        return plain if mixed or (mostly_latin and plain.isascii()) else word

    return _WORD.sub(read, text) if foreign else text


def variants(plain: Folded, is_word: Callable[[str], bool]) -> list[Folded]:
    """The plain reading and every other one that differs from it, without repetitions.

    `is_word` knows the words that matter: stretched ones are pulled together to one of them where possible.
    """
    found = {plain.text: plain}
    for reading in (plain, *(plain.mapped(partial(_unleet, ones=ones)) for ones in _LEET_ONES)):
        for other in (reading, _join_letters(reading), _drop_inner_marks(reading)):
            found.setdefault(other.text, other)
            if _STRETCHED.search(other.text):
                for first in (1, 2):
                    short = _shorten(other, is_word, first)
                    found.setdefault(short.text, short)
    return list(found.values())


def _is_disguised(token: str) -> bool:
    if _MEASURE.fullmatch(token):
        return False
    return _LEET_SIGN.search(token) is not None and _LETTER.search(token) is not None


def is_leet(text: str) -> bool:
    """Whether digits and signs stand for letters in several of a text's words, or for several letters of one."""
    odd = [token for token in text.casefold().split() if _is_disguised(token)]
    return len(odd) >= _MANY or any(len(_LEET_SIGN.findall(token)) > _MANY for token in odd)


def is_mixed(text: str) -> bool:
    """Whether letters of two alphabets stand in one word."""
    return any(_LATIN.search(word) and _FOREIGN.search(word) for word in _WORD.findall(text))


def _unleet(text: str, *, ones: Mapping[int, str]) -> str:
    # A bare number is a number, unless so much of the text is disguised that "70" is likely to be "to".
    numbers_too = sum(_is_disguised(token) for token in text.split()) >= _MANY

    def read(match: re.Match[str]) -> str:
        token = match.group()
        if not _is_disguised(token) and not (numbers_too and token.isdigit() and len(token) <= _SHORT_NUMBER):
            return token
        core = token.rstrip("!.,;:?")  # a mark at the end of a word is a mark
        return core.translate(ones).translate(_LEET) + token[len(core) :]

    return _TOKEN.sub(read, text)


def _join_letters(reading: Folded) -> Folded:
    gaps: list[tuple[int, int]] = []
    for run in _LETTERS_APART.finditer(reading.text):
        marks = [m.span() for m in re.finditer(r"[\W_]+", run.group())]
        narrow = min(end - start for start, end in marks)
        gaps += [(run.start() + s, run.start() + e) for s, e in marks if e - s == narrow]
    return reading.without(gaps)


def _drop_inner_marks(reading: Folded) -> Folded:
    return reading.without(match.span() for match in _INNER_MARK.finditer(reading.text))


def _shorten(reading: Folded, is_word: Callable[[str], bool], first: int) -> Folded:
    """Stretched letters kept once or twice, whichever makes a known word; `first` where both or none does."""
    gaps: list[tuple[int, int]] = []
    for word in _WORD.finditer(reading.text):
        runs = [(run.start(), run.end()) for run in _STRETCHED.finditer(word.group())]
        if not runs:
            continue
        keeps = list(product((first, 3 - first), repeat=min(len(runs), _MAX_RUNS)))
        cuts = [[(start + keep, end) for (start, end), keep in zip(runs, choice, strict=False)] for choice in keeps]
        chosen = next((cut for cut in cuts if is_word(_cut(word.group(), cut))), cuts[0])
        gaps += [(word.start() + start, word.start() + end) for start, end in chosen]
    return reading.without(gaps)


def _cut(word: str, gaps: list[tuple[int, int]]) -> str:
    return Folded(word, range(len(word))).without(gaps).text
