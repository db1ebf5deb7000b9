"""Words and what they stand for.

A *tag* is a set of terms in several languages; a *rule* (rules.py) says which tags together are not allowed, so that
most decisions need two keys: an act and its target, a how-to and a weapon. The data is in `data/*.toml`. A term is
one or more words, separated by spaces; a `*` at the end of a word stands for any ending. Terms in Chinese, Japanese
or Korean, and emoji, are looked for anywhere, because these texts have no spaces. Terms under `safe` are taken out
first: film jargon, food, animals and idioms that only look like something else.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from studio.policy.normalise import Folded, fold

DATA = Path(__file__).parent / "data"
SAFE = "safe"
_LONGEST = 24  # letters of the longest beginning of a word in the lists
_PREFIX = 3  # letters by which terms with open endings are indexed

_CJK = "\u2e80-\u2fdf\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
_SIGNS = "\u2600-\u27bf\U0001f300-\U0001faff"
_TOKENS = re.compile(rf"[{_CJK}{_SIGNS}]|[^\W_{_CJK}{_SIGNS}]+")
_UNSPACED = re.compile(rf"[{_CJK}{_SIGNS}]")
_HANGUL = re.compile("[\uac00-\ud7a3]")  # the one of these scripts that parts words
_CLAUSES = re.compile(r"[,:()\"“”«»、，：（）]")
# A dot after a single letter is that of an initial ("J. K. Rowling").
_STOPS = re.compile(r"[!?;\n。！？；]+|(?<!\b[^\W\d_])\.(?=\s|$)|\bshot\s+\d+\s*:")


@dataclass(frozen=True)
class Term:
    """One entry: its tag, its words (open: any ending), and the name and data that some lists attach to it."""

    tag: str
    words: tuple[str, ...]
    open: tuple[bool, ...]
    name: str = ""
    info: str = ""


@dataclass(frozen=True)
class Hit:
    """A term found in a reading: `start` and `end` in characters, `first` and `last` in tokens."""

    term: Term
    start: int
    end: int
    first: int
    last: int
    sentence: int

    @property
    def tag(self) -> str:
        """The tag of the term."""
        return self.term.tag


@dataclass(frozen=True)
class Token:
    """One word, or one character of a text without spaces."""

    text: str
    start: int
    end: int
    sentence: int
    clause: int

    @property
    def place(self) -> tuple[int, int]:
        """Sentence and clause: no phrase reaches over a comma ("a hotel in Paris, Hilton Head at sunset")."""
        return self.sentence, self.clause


def tokens(text: str) -> list[Token]:
    """The words of a folded text, each with the number of its sentence and of its clause."""
    stops = [stop.start() for stop in _STOPS.finditer(text)]
    commas = [comma.start() for comma in _CLAUSES.finditer(text)]
    found: list[Token] = []
    sentence = clause = 0
    for match in _TOKENS.finditer(text):
        while sentence < len(stops) and stops[sentence] < match.start():
            sentence += 1
        while clause < len(commas) and commas[clause] < match.start():
            clause += 1
        found.append(Token(match.group(), match.start(), match.end(), sentence, clause))
    return found


@dataclass(frozen=True)
class Lexicon:
    """All terms, ready to be looked up."""

    exact: Mapping[str, tuple[Term, ...]]  # by first word
    opened: Mapping[str, tuple[Term, ...]]  # by the first letters of a first word with an open ending
    short: tuple[Term, ...]  # open first words shorter than that
    signs: tuple[tuple[str, Term], ...]  # looked for anywhere
    infixes: tuple[tuple[str, Term], ...]  # looked for inside long words that were written together
    known: frozenset[str] = field(default_factory=frozenset)  # words that are terms, or parts of one
    stems: frozenset[str] = field(default_factory=frozenset)  # beginnings of words that are
    safe: tuple[re.Pattern[str], ...] = ()  # contexts in which words of the lists mean something else

    def is_word(self, word: str) -> bool:
        """Whether a word occurs in the lists."""
        return word in self.known or any(
            word[:size] in self.stems for size in range(_PREFIX, min(len(word), _LONGEST) + 1)
        )

    def find(self, folded: Folded) -> list[Hit]:
        """All terms in a reading, longest first where they overlap in the same tag; what is safe is taken out."""
        words = tokens(folded.text)
        hits = [hit for index in range(len(words)) for hit in self._at(words, index)]
        hits += self._unspaced(folded.text, words)
        safe = [(hit.start, hit.end) for hit in hits if hit.tag == SAFE]
        safe += [match.span() for pattern in self.safe for match in pattern.finditer(folded.text)]
        hits = [hit for hit in hits if hit.tag != SAFE]
        if safe:
            hits = [
                hit for hit in hits if not any(s < hit.end and hit.start < e for s, e in safe if _covers(hit, s, e))
            ]
        hits += self._joined(words, safe)
        return hits

    def _at(self, words: list[Token], index: int) -> Iterable[Hit]:
        first = words[index].text
        lists = (self.exact.get(first, ()), self.opened.get(first[:_PREFIX], ()), self.short)
        for terms in lists:
            for term in terms:
                size = len(term.words)
                if index + size <= len(words) and _fits(term, words, index):
                    last = words[index + size - 1]
                    yield Hit(term, words[index].start, last.end, index, index + size - 1, last.sentence)

    def _unspaced(self, text: str, words: list[Token]) -> Iterable[Hit]:
        if not _UNSPACED.search(text):
            return
        by_start = {word.start: index for index, word in enumerate(words)}
        for sign, term in self.signs:
            at = text.find(sign)
            while at >= 0:
                index = by_start.get(at)
                if index is not None:
                    end = at + len(sign)
                    last = index + len(sign) - sign.count(" ") - 1
                    yield Hit(term, at, end, index, last, words[index].sentence)
                at = text.find(sign, at + 1)

    def _joined(self, words: list[Token], safe: list[tuple[int, int]]) -> Iterable[Hit]:
        for index, word in enumerate(words):
            if len(word.text) < 8 or word.text in self.known or any(s <= word.start < e for s, e in safe):
                continue
            for part, term in self.infixes:
                if part in word.text:
                    yield Hit(term, word.start, word.end, index, index, word.sentence)


def _covers(hit: Hit, start: int, end: int) -> bool:
    """A safe phrase takes out what lies inside it, not a longer term that merely touches it."""
    return start <= hit.start and hit.end <= end


def _fits(term: Term, words: list[Token], index: int) -> bool:
    for offset, (wanted, is_open) in enumerate(zip(term.words, term.open, strict=True)):
        text = words[index + offset].text
        if not (text.startswith(wanted) if is_open else text == wanted):
            return False
        if (words[index + offset].sentence, words[index + offset].clause) != (
            words[index].sentence,
            words[index].clause,
        ):
            return False  # a phrase does not reach over a comma: "a hotel in Paris, Hilton Head"
    return True


def parse_term(text: str, tag: str, name: str = "", info: str = "") -> Term:
    """One entry of a list, folded the way a text is."""
    words = [word for part in text.split() for word in _split(part)]
    return Term(tag, tuple(w for w, _ in words), tuple(o for _, o in words), name, info)


def _split(part: str) -> list[tuple[str, bool]]:
    is_open = part.endswith("*")
    pieces = [token.text for token in tokens(fold(part.rstrip("*")).text)]
    return [(piece, is_open and index == len(pieces) - 1) for index, piece in enumerate(pieces)]


def is_unspaced(text: str) -> bool:
    """Whether a term is to be looked for anywhere in a text."""
    return _UNSPACED.search(text) is not None


def build(
    entries: Iterable[tuple[str, str, str, str]], infixes: Iterable[tuple[str, str]], safe: Iterable[str] = ()
) -> Lexicon:
    """A lexicon from (term, tag, name, info), from (part of a word, tag), and from patterns of what is harmless."""
    exact: defaultdict[str, list[Term]] = defaultdict(list)
    opened: defaultdict[str, list[Term]] = defaultdict(list)
    short: list[Term] = []
    signs: list[tuple[str, Term]] = []
    for text, tag, name, info in entries:
        if is_unspaced(text):
            sign = fold(text if _HANGUL.search(text) else text.replace(" ", "")).text
            signs.append((sign, Term(tag, (sign,), (False,), name, info)))
            continue
        term = parse_term(text, tag, name, info)
        if not term.words:
            continue
        if not term.open[0]:
            exact[term.words[0]].append(term)
        elif len(term.words[0]) >= _PREFIX:
            opened[term.words[0][:_PREFIX]].append(term)
        else:
            short.append(term)
    parts = tuple((fold(part).text, Term(tag, (part,), (False,))) for part, tag in infixes)
    terms = [term for lists in (*exact.values(), *opened.values()) for term in lists]
    pieces = [piece for term in terms for piece in zip(term.words, term.open, strict=True)]
    known = frozenset(word for word, is_open in pieces if not is_open)
    stems = frozenset(word for word, is_open in pieces if is_open)
    patterns = tuple(map(re.compile, safe))
    return Lexicon(_frozen(exact), _frozen(opened), tuple(short), tuple(signs), parts, known, stems, patterns)


def _frozen(lists: Mapping[str, list[Term]]) -> dict[str, tuple[Term, ...]]:
    return {key: tuple(terms) for key, terms in lists.items()}


def split_terms(text: str) -> list[str]:
    """The terms of a list in the data: separated by commas or line ends."""
    return [term.strip() for term in re.split(r"[,\n]", text) if term.strip()]


@cache
def read_data(name: str) -> dict[str, Any]:
    """One data file, read once."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def read_table(name: str, ending: str = ".tsv") -> tuple[tuple[str, str, str], ...]:
    """One table of names with years of birth and death (empty where unknown), read once."""
    lines = (DATA / f"{name}{ending}").read_text(encoding="utf-8").splitlines()
    rows = [[*line.split("\t"), "", ""][:3] for line in lines if line and not line.startswith("#")]
    return tuple((who, born, died) for who, born, died in rows)


WORD_LISTS = (
    "safe",
    "common",
    "sexual",
    "minors",
    "violence",
    "hate",
    "self_harm",
    "extremism",
    "illicit",
    "deception",
)


def word_entries() -> Iterable[tuple[str, str, str, str]]:
    """Every term of the word lists, with its tag."""
    for name in WORD_LISTS:
        for tag, by_language in read_data(name).get("tags", {}).items():
            for text in by_language.values():
                yield from ((term, tag, "", "") for term in split_terms(text))


def word_infixes() -> Iterable[tuple[str, str]]:
    """Parts of words that are recognised inside longer ones."""
    for name in WORD_LISTS:
        for tag, text in read_data(name).get("inside", {}).items():
            yield from ((term, tag) for term in split_terms(text))


def safe_patterns() -> tuple[str, ...]:
    """Patterns of folded text in which listed words are harmless: with slots, where phrases would be too many."""
    return tuple(re.sub(r"\s+", "", pattern) for pattern in read_data("safe")["patterns"]["list"])
