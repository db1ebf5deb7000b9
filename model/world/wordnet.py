"""WordNet's own database files: which words mean one thing, and which thing is a kind of which.

WordNet 3.1 (Princeton University; G. A. Miller, "WordNet: a lexical database for English", CACM 38(11), 1995) is a
folder of text files: `data.noun` and `data.verb` hold a synset a line, `index.noun` and `index.verb` the senses of a
lemma, the most frequent first, `index.sense` how often each was met in tagged texts. Needed to make the world's lexicon
(`lexicon_make.py`), never to film.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_POS = {"1": "noun", "2": "verb", "3": "adj", "4": "adv", "5": "adj"}  # the part of speech in a sense key
_KIND_OF, _INSTANCE_OF = "@", "@i"


@dataclass(frozen=True)
class Synset:
    """Words that mean one thing. topic: WordNet's number for what it is about (5 animals, 18 people, 20 plants ...);
    above: what it is a kind of, below: its kinds; instance_of: what it is one of, where it has a name of its own."""

    id: str
    topic: int
    lemmas: tuple[str, ...]
    above: tuple[str, ...]
    instance_of: tuple[str, ...]
    gloss: str
    below: list[str] = field(default_factory=list)
    instances: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sense:
    """What a lemma can mean, and how often it did in the texts that were tagged."""

    synset: str
    count: int


@dataclass(frozen=True)
class WordNet:
    """One part of speech: its synsets, and the senses of each lemma (lower case, with underscores)."""

    synsets: Mapping[str, Synset]
    senses: Mapping[str, tuple[Sense, ...]]
    elsewhere: Mapping[str, tuple[int, int]]
    """How often a lemma was met, and how many senses it has, as another part of speech."""


def read(folder: Path, pos: str) -> WordNet:
    """Read one part of speech ("noun" or "verb") from the folder of WordNet's files; FileNotFoundError where there are
    none, ValueError where they are cut off or other files."""
    try:
        return _read(folder, pos)
    except (IndexError, KeyError, ValueError) as error:
        raise ValueError(f"the files of WordNet's {pos}s are cut off, or are no files of WordNet") from error


def _read(folder: Path, pos: str) -> WordNet:
    synsets = {found.id: found for found in _synsets(folder / f"data.{pos}")}
    for one in synsets.values():
        for above in one.above:
            synsets[above].below.append(one.id)
        for above in one.instance_of:
            synsets[above].instances.append(one.id)
    counts: dict[tuple[str, str], int] = {}
    others: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in (folder / "index.sense").read_text("latin-1").splitlines():
        key, synset, _, count = line.split()
        lemma, _, rest = key.partition("%")
        if _POS[rest[0]] == pos:
            counts[lemma, synset] = int(count)
        else:
            others[lemma][0] += int(count)
            others[lemma][1] += 1
    senses = {
        lemma: tuple(Sense(one, counts.get((lemma, one), 0)) for one in ids)
        for lemma, ids in _index(folder / f"index.{pos}")
    }
    return WordNet(synsets, senses, {lemma: (met, many) for lemma, (met, many) in others.items()})


def _lines(file: Path) -> Iterator[str]:
    """The lines of a file of WordNet without the licence above them, which is indented."""
    return (line for line in file.read_text("latin-1").splitlines() if not line.startswith(" "))


def _synsets(file: Path) -> Iterator[Synset]:
    for line in _lines(file):
        told, _, gloss = line.partition("|")
        parts = told.split()
        words = int(parts[3], 16)
        lemmas = tuple(parts[4 + 2 * index].partition("(")[0] for index in range(words))
        start = 5 + 2 * words
        pointers = [parts[start + 4 * index : start + 4 * index + 2] for index in range(int(parts[start - 1]))]
        above, instance_of = (
            tuple(to for sign, to in pointers if sign == wanted) for wanted in (_KIND_OF, _INSTANCE_OF)
        )
        yield Synset(parts[0], int(parts[1]), lemmas, above, instance_of, gloss.strip())


def _index(file: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in _lines(file):
        parts = line.split()
        yield parts[0], tuple(parts[-int(parts[2]) :])
