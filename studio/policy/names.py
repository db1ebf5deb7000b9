"""Real people, artists and characters by name, and what they are rewritten to.

The lists are hand-made (`data/people*.toml`, `artists*.toml`, `characters.toml`) or from open data (`artists_*.tsv`).
Names are found through the same
lexicon as words, so leetspeak and look-alike letters do not hide them, and by a look-up that forgives one wrong,
missing or swapped letter in long names. Guards keep places, awards and common words that share a name out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from studio.policy import styles
from studio.policy.lexicon import (
    SAFE,
    Hit,
    Lexicon,
    Term,
    Token,
    build,
    parse_term,
    read_data,
    read_table,
    split_terms,
    tokens,
)
from studio.policy.lexicon import is_unspaced as unspaced
from studio.policy.normalise import Folded, fold

Kind = Literal["real_person", "private_person", "artist_style", "third_party_ip"]
PERSON, ARTIST, CHARACTER, CLASSIC = "person", "artist", "character", "classic"
_PEOPLE = ("people", "people_more", "people_scripts")
_FUZZY_LETTERS = 10  # names shorter than this must be spelt right
_LONGEST_NAME = 40
_PUBLIC = "~"  # marks a name of the open lists: only where a style is borrowed
_PUBLIC_MANNER = "original, illustrative"
_ENDINGS = ("style", "esque", "inspired", "core", "fan", "edit", "meme")
_TITLE_LETTERS = 60  # before a name that are searched for a title
_JOINED_LETTERS = 8  # names of several words that may also be written as one

# After these a name is that of a place, a building, a prize or a thing.
_PLACES = frozenset(
    """airport street avenue square park river monument bridge university college hospital library stadium museum
    school tower building center centre memorial foundation mountain mountains mount island islands town city county
    award prize boulevard road station hall theatre theater hotel spaniel sound ship liner class highway drive lane
    plaza arena institute academy house terminal telescope lake bay beach valley national state rose""".split()
)
# Numbers that make a queen or king of today one of long ago.
_REIGNS = MappingProxyType({"elizabeth": ("i", "1"), "charles": ("i", "ii", "1", "2", "spaniel", "the")})
# A misspelt name has none of these: "production in" is no "Production IG".
_SMALL_WORDS = frozenset("a an the in by of on at to and is as with for or from it un la le el de der die das".split())
_ARTICLES = frozenset({"a", "an", "the", "un", "une", "ein", "eine", "la", "le", "el"})
_ARTICLE = re.compile(r"\b(?:an?|the)\s+$")
_TITLES = re.compile(
    r"\b(?:the\s+)?(?:(?:current|former|late|young|old|ex)[\s-]+)?"
    r"(?:president|prime\s+minister|chancellor|senator|king|queen|prince|princess|pope|sir|dame|mr|mrs|ms|dr|director|"
    r"actor|actress|singer|rapper|artist|footballer|superstar|celebrity)\.?\s+$|\b(?:a|an|the)\s+$"
)


@dataclass(frozen=True)
class Mention:
    """A name: what it is, its range in the text as written, and what it becomes.

    `hit` is where the name of a person stands in the reading, for the rules; None where no person is shown.
    """

    kind: Kind
    name: str
    start: int
    end: int
    replacement: str
    hit: Hit | None = None


@dataclass(frozen=True)
class Names:
    """The lists, ready to be looked up."""

    lexicon: Lexicon
    near_misses: dict[str, tuple[Term, str]]  # a long name without one of its letters -> the name, and all its letters
    joined: dict[str, Term]  # a name of several words, written as one
    context: Lexicon
    classics: frozenset[str]
    movements: frozenset[str]


@lru_cache(maxsize=1)
def names() -> Names:
    """The names of the data files, read once."""
    entries = list(_entries())
    artists = read_data("artists")["classic"]
    terms = [parse_term(text, tag, name, info) for text, tag, name, info in entries if not unspaced(text)]
    context = build(((word, "context", "", "") for word in split_terms(read_data("people")["context"]["words"])), ())
    return Names(
        lexicon=build(entries, ()),
        near_misses=_near_misses(terms),
        joined={"".join(t.words): t for t in terms if _may_be_joined(t)},
        context=context,
        classics=frozenset(fold(name).text for name in _classics()),
        movements=frozenset(split_terms(artists["movements"])),
    )


def _entries() -> Iterable[tuple[str, str, str, str]]:
    for text in read_data("safe")["names"].values():
        yield from ((term, SAFE, "", "") for term in split_terms(text))
    for group in (group for name in _PEOPLE for group in read_data(name)["group"]):
        for line in group["names"].strip().splitlines():
            yield from _aliases(line, PERSON, group["as"])
    for group in (*read_data("artists")["group"], *read_data("artists_more")["group"]):
        for line in group["names"].strip().splitlines():
            who, _, manner = line.partition(" = ")
            yield from _aliases(who, ARTIST, f"{manner.strip()}|{group['as']}")
    for name in _classics():
        yield name, CLASSIC, name, ""
    free = {fold(name).text for name in _classics()}
    for name, _, _ in read_table("artists_public"):
        if fold(name).text in free:
            continue
        yield name, ARTIST, _PUBLIC + name, f"{_PUBLIC_MANNER}|an artist"
    for line in read_data("characters")["names"].strip().splitlines():
        who, _, description = line.partition(" = ")
        yield from _aliases(who, CHARACTER, description.strip())


def _classics() -> Iterable[str]:
    """Artists who may be named: their latest work is a hundred years old."""
    yield from split_terms(read_data("artists")["classic"]["names"])
    yield from (name for name, _, _ in read_table("artists_old"))
    for name, _, _ in read_table("artists_masters", ".txt"):
        yield from (alias.strip() for alias in name.split("|"))


def _may_be_joined(term: Term) -> bool:
    return len(term.words) > 1 and _letters(term) >= _JOINED_LETTERS and not term.name.startswith(_PUBLIC)


def _aliases(line: str, tag: str, info: str) -> Iterable[tuple[str, str, str, str]]:
    """Each alias as an entry; the marks "!" and "?" travel in its name field, before the name itself."""
    aliases = [alias.strip() for alias in line.split("|")]
    name = aliases[0].lstrip("?!")
    for alias in aliases:
        marks = alias[: len(alias) - len(alias.lstrip("?!"))]
        yield alias.lstrip("?!"), tag, marks + name, info


def _letters(term: Term) -> int:
    return sum(map(len, term.words))


def _near_misses(terms: list[Term]) -> dict[str, tuple[Term, str]]:
    found: dict[str, tuple[Term, str]] = {}
    for term in terms:
        if (
            term.tag in (PERSON, ARTIST)
            and 2 <= len(term.words) <= 3
            and not any(term.open)
            and term.name[0] not in "!~"
        ):
            whole = "".join(term.words)
            if len(whole) >= _FUZZY_LETTERS and whole.isascii():
                for short in _shorter(whole):
                    found.setdefault(short, (term, whole))
                found[whole] = (term, whole)
    return found


def _shorter(word: str) -> Iterable[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


def mentions(reading: Folded, original: str) -> list[Mention]:
    """Every name in a reading of `original`, without overlaps, in the order of the text."""
    known = names()
    words = tokens(reading.text)
    hits = known.lexicon.find(reading)
    hits += _inexact(words, known, {index for hit in hits for index in range(hit.first, hit.last + 1)})
    classic = [(hit.start, hit.end) for hit in hits if hit.tag == CLASSIC]
    kept = [hit for hit in hits if hit.tag != CLASSIC and not any(s <= hit.start and hit.end <= e for s, e in classic)]
    meant = [hit for hit in kept if _is_meant(hit, reading, original, words, known)]
    return [_mention(hit, reading) for hit in _longest(meant)]


def _longest(hits: list[Hit]) -> list[Hit]:
    chosen: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, _PUBLIC in hit.term.name)):
        if not chosen or hit.start >= chosen[-1].end:
            chosen.append(hit)
    return chosen


def _inexact(words: list[Token], known: Names, taken: set[int]) -> list[Hit]:
    found = []
    for index in range(len(words)):
        for size in (1, 2, 3):
            run = words[index : index + size]
            if (
                len(run) < size
                or run[0].clause != run[-1].clause
                or any(i in taken for i in range(index, index + size))
                or (size > 1 and (run[0].text in _SMALL_WORDS or run[-1].text in _SMALL_WORDS))
            ):
                continue
            term = _misspelt("".join(word.text for word in run), size, known)
            if term is not None:
                found.append(Hit(term, run[0].start, run[-1].end, index, index + size - 1, run[-1].sentence))
    return found


def _misspelt(text: str, size: int, known: Names) -> Term | None:
    if size == 1 and len(text) >= _JOINED_LETTERS:
        for stem in (text, *(text.removesuffix(ending) for ending in _ENDINGS)):
            if stem in known.joined:
                return known.joined[stem]
    if not _FUZZY_LETTERS - 1 <= len(text) <= _LONGEST_NAME or not text.isascii() or not text.isalpha():
        return None
    for candidate in (text, *_shorter(text)):
        entry = known.near_misses.get(candidate)
        if entry is not None and _one_slip(text, entry[1]) and abs(len(entry[0].words) - size) <= 1:
            return entry[0]
    return None


def _one_slip(text: str, name: str) -> bool:
    """Whether two words differ by at most one letter changed, left out or added, or two neighbours swapped."""
    if text == name:
        return True
    if text[0] != name[0]:
        return False
    if len(text) == len(name):
        differ = [i for i, (a, b) in enumerate(zip(text, name, strict=True)) if a != b]
        if len(differ) == 2 and differ[1] == differ[0] + 1:
            return text[differ[0]] == name[differ[1]] and text[differ[1]] == name[differ[0]]
        return len(differ) == 1
    longer, shorter = (text, name) if len(text) > len(name) else (name, text)
    return len(longer) - len(shorter) == 1 and shorter in set(_shorter(longer))


def _is_meant(hit: Hit, reading: Folded, original: str, words: list[Token], known: Names) -> bool:
    """Whether the words are that name here, not a place, a prize or a common word."""
    marks = hit.term.name[: len(hit.term.name) - len(hit.term.name.lstrip("?!~"))]
    if _PUBLIC in marks:
        return styles.is_borrowed(reading.text, hit.start, hit.end)
    if "!" in marks and not original[reading.offsets[hit.start]].isupper():
        return False
    after = words[hit.last + 1].text if hit.last + 1 < len(words) else ""
    if hit.tag == PERSON and (after in _PLACES or after in _REIGNS.get(hit.term.words[-1], ())):
        return False
    if "?" in marks:
        before = words[hit.first - 1].text if hit.first else ""
        near = known.context.find(reading)
        return before not in _ARTICLES and any(other.sentence == hit.sentence for other in near)
    return True


def _mention(hit: Hit, reading: Folded) -> Mention:
    name = hit.term.name.lstrip("?!~")
    if hit.tag == ARTIST:
        manner, _, role = hit.term.info.partition("|")
        change = styles.restyled(reading.text, hit.start, hit.end, manner, role)
        kind: Kind = "artist_style" if change.is_style else "real_person"
        return Mention(
            kind, name, *reading.span(change.start, change.end), change.text, None if change.is_style else hit
        )
    if hit.tag == CHARACTER:
        article = _ARTICLE.search(reading.text, max(0, hit.start - 6), hit.start)
        start = article.start() if article else hit.start
        return Mention("third_party_ip", name, *reading.span(start, hit.end), hit.term.info)
    title = _TITLES.search(reading.text, max(0, hit.start - _TITLE_LETTERS), hit.start)
    start = title.start() if title else hit.start
    return Mention("real_person", name, *reading.span(start, hit.end), hit.term.info, hit)
