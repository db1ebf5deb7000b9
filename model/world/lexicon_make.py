"""Making the world's lexicon: for every word of WordNet that can be filmed, what of the world it is or is nearest to.

The anchors (`lexicon_anchors.py`) say which synsets the world has. A synset means the nearest anchor above it, over the
fewest steps of "is a kind of"; a word means what it is met most often as, what can be seen before what cannot.
`python -m model.world lexicon FOLDER` reads WordNet's files and writes `assets/world/lexicon.txt.gz`.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from model.world.lexicon import FILE, Meaning
from model.world.lexicon_anchors import LIKE, NOT, PEOPLE, SAME, Anchor
from model.world.scene import SUBJECT
from model.world.understand import wordings
from model.world.wordnet import Synset, WordNet, read

ANIMAL, ARTIFACT, BELIEF, FOOD, GROUP, PLACE, NATURE, PERSON, PHENOMENON, PLANT = 5, 6, 9, 13, 14, 15, 17, 18, 19, 20
# The topics among which an anchor of a kind is looked for.
_TOPICS = {
    "animal": (ANIMAL, PERSON), "object": (ARTIFACT, NATURE, FOOD, PLANT, PHENOMENON, ANIMAL), "person": (PERSON,),
    "food": (FOOD, PLANT, ANIMAL), "vehicle": (ARTIFACT, BELIEF), "building": (ARTIFACT, GROUP), "plant": (PLANT,),
    "monster": (PERSON, ARTIFACT, BELIEF, ANIMAL), "fantasy": (PERSON, BELIEF),
    "place": (PLACE, NATURE, ARTIFACT, GROUP),
}  # fmt: skip
# How much likelier a sense is in a prompt than in print, by topic: what is seen is filmed.
_SEEN = {ANIMAL: 8.0, ARTIFACT: 2.0, FOOD: 2.0, PLACE: 2.0, NATURE: 2.0, PERSON: 2.0, PLANT: 3.0}
_UNTAGGED = 0.4  # what a sense counts that no text was tagged with
_NAMED = 0.3  # what a name counts beside what it means as a word: Nice, Reading, Orange
_LIKELY, _SURE = 0.4, 0.6  # the least share of a word's weight that its meaning has; that of "a person" to be somebody
_WORD = re.compile(r"[a-z][a-z'.\-]{2,}(?:_[a-z'.\-]+){0,3}")
_TAXON = re.compile(r"(?:genus|family|order|class|phylum|subfamily|suborder|superfamily|subclass|division)_")
_SLUR = re.compile(
    r"\b(?:offensive|disparaging|derogatory|ethnic slur|slang|obscene|vulgar|pejorative|sexual|prostitut|promiscuous)",
    re.IGNORECASE,
)
_CRUDE = re.compile(
    r"fuck|prick|sex|slut|bimbo|bastard|ball-b|virgin|pimp|imbecile|idiot|mental_case|brothel|bawd|concubine|courtesan|harem"
)
_STUFF = re.compile(r"^(?:the )?(?:\w+ )*(?:wood|flesh|meat|pelt|fur|leather) (?:of|from)\b|\binformal\b")  # no thing
_TRADE = re.compile(
    r"\b(?:occupation|profession|expert|skilled|employed|work(?:s|er)?|makes|maker|sells|repairs|plays|player)\b"
)
_SHE = re.compile(r"\b(?:woman|female|girl|wife|mother|daughter|sister)\b")
_HE = re.compile(r"\b(?:man|male|boy|husband|father|son|brother|he)\b")
_HER_NAME = re.compile(r"(?:woman|girl|maid|wife|ess|mother|sister|niece|aunt|lady)$")
_HIS_NAME = re.compile(r"(?:man|boy|husband|father|brother|uncle|nephew|lord|duke|guy)$")


def make(
    folder: Path, same: Sequence[Anchor] = SAME, like: Sequence[Anchor] = LIKE, people: Sequence[str] = PEOPLE
) -> Mapping[str, Meaning]:
    """Every word, lower-case with spaces between, of the WordNet in `folder` that means something of the world and that
    the world's own wordings do not have; verbs with a "to " in front. people: senses under which everybody is."""
    own = wordings()
    atmosphere = {word for words, (kind, _) in own.items() if kind in ("place", "time", "weather") for word in words}
    found: dict[str, Meaning] = {}
    nouns, verbs = read(folder, "noun"), read(folder, "verb")
    somebody = _people(nouns, [_anchor(nouns, "subject", "man", sense) for sense in people])
    for lemma, meaning in _meanings(nouns, _reach(nouns, [a for a in same if a[0] != "action"], like), somebody):
        words = tuple(lemma.split("_"))
        # A street lamp must not take the street from its scene; a snow leopard may.
        hides = len(words) > 1 and meaning.kind == "subject" and not atmosphere.isdisjoint(words)
        named = own.get(words[-1:], ("", ""))[1] == meaning.id  # a blue fox is blue, whatever zoologists mean by it
        if words not in own and not named and not (hides and SUBJECT[meaning.id].kind not in ("animal", "plant")):
            found[" ".join(words)] = meaning
    for lemma, meaning in _meanings(verbs, _reach(verbs, [a for a in same if a[0] == "action"], ())):
        if "_" not in lemma and (lemma,) not in own:
            found[f"to {lemma}"] = meaning
    return found


def write(folder: Path, file: Path = FILE) -> int:
    """Make the lexicon of the WordNet in `folder` and write it; returns how many words it has."""
    lines = defaultdict(list)
    for word, meaning in make(folder).items():
        lines[f"{meaning.kind}/{meaning.id}{'~' if meaning.near else ''}"].append(word.removeprefix("to "))
    text = "".join(f"{key}: {', '.join(sorted(words))}\n" for key, words in sorted(lines.items()))
    with gzip.GzipFile("", "wb", 9, file.open("wb"), mtime=0) as out:
        out.write(text.encode())
    return sum(map(len, lines.values()))


def _meanings(
    net: WordNet, reached: Mapping[str, Meaning], people: Mapping[str, Meaning] | None = None
) -> Iterator[tuple[str, Meaning]]:
    """What each lemma means, where one meaning is likely enough. A verb stands right behind somebody, so it is weighed
    among verbs alone."""
    verbs, people = people is None, people or {}
    for lemma, senses in net.senses.items():
        if not _WORD.fullmatch(lemma) or _TAXON.match(lemma) or _CRUDE.search(lemma) or lemma in NOT:
            continue
        met, many = (0, 0) if verbs else net.elsewhere.get(lemma, (0, 0))
        weights = {sense.synset: _weight(net.synsets[sense.synset], sense.count, lemma) for sense in senses}
        total = sum(weights.values()) + met + _UNTAGGED * many
        by_meaning: defaultdict[Meaning, float] = defaultdict(float)
        for synset, weight in weights.items():
            if synset in reached:
                by_meaning[reached[synset]] += weight
        best = max(by_meaning, key=lambda meaning: by_meaning[meaning], default=None)
        if best is not None and by_meaning[best] >= _LIKELY * total:
            yield lemma, best
        else:
            tagged = any(sense.count for sense in senses)
            somebody = [one for one in weights if one in people and (tagged or _TRADE.search(net.synsets[one].gloss))]
            if somebody and sum(weights[synset] for synset in somebody) >= _SURE * total:
                yield lemma, people[somebody[0]]


def _weight(synset: Synset, count: int, lemma: str) -> float:
    name = bool(synset.instance_of) or all(word[:1].isupper() for word in synset.lemmas if word.lower() == lemma)
    stuff = _STUFF.search(synset.gloss) is not None
    return _SEEN.get(synset.topic, 1.0) * (count + _UNTAGGED) * (_NAMED if name or stuff else 1.0)


def _reach(net: WordNet, same: Sequence[Anchor], like: Sequence[Anchor]) -> Mapping[str, Meaning]:
    """What each synset at or below an anchor means: the nearest anchor's; of two as near the one that is the same."""
    reached: dict[str, Meaning] = {}
    queue: deque[str] = deque()
    for table, near in ((same, False), (like, True)):
        for kind, identity, sense in table:
            synset = _anchor(net, kind, identity, sense)
            if synset not in reached:
                reached[synset] = Meaning(kind, identity, near)
                queue.append(synset)
    while queue:
        above = net.synsets[queue.popleft()]
        meaning = reached[above.id]
        for below in (*above.below, *(above.instances if meaning.kind == "place" else ())):
            if below not in reached:
                reached[below] = meaning
                queue.append(below)
    return {synset: meaning for synset, meaning in reached.items() if not _SLUR.search(net.synsets[synset].gloss)}


def _anchor(net: WordNet, kind: str, identity: str, sense: str) -> str:
    """The synset of an entry of the anchors; ValueError names one that WordNet does not have."""
    lemma, _, number = sense.rpartition(".") if sense[-1].isdigit() and "." in sense else (sense, "", "")
    senses = [found.synset for found in net.senses.get(lemma, ())]
    if number:
        senses = senses[int(number) - 1 : int(number)]
    elif kind != "action":
        topics = _TOPICS[SUBJECT[identity].kind if kind == "subject" else kind]
        senses = [one for topic in topics for one in senses if net.synsets[one].topic == topic]
    if not senses:
        raise ValueError(f"anchors: {kind}/{identity}: WordNet has no sense {sense!r} of that kind")
    return senses[0]


def _people(net: WordNet, roots: Iterable[str]) -> Mapping[str, Meaning]:
    """A woman or a man for every synset that is a person and no name."""
    found: dict[str, Meaning] = {}
    for synset in _below(net, roots):
        one = net.synsets[synset]
        if one.topic == PERSON and not _SLUR.search(one.gloss) and one.lemmas[0].islower():
            found[synset] = Meaning("subject", "woman" if _is_she(one) else "man", near=True)
    return found


def _is_she(synset: Synset) -> bool:
    """Whether a person is a woman: by name, else by what is said of them; by turns where neither tells."""
    for she, he in (
        (any(map(_HER_NAME.search, synset.lemmas)), any(map(_HIS_NAME.search, synset.lemmas))),
        (_SHE.search(synset.gloss) is not None, _HE.search(synset.gloss) is not None),
    ):
        if she != he:
            return she
    return int(synset.id) // 4 % 2 == 0


def _below(net: WordNet, roots: Iterable[str]) -> Iterator[str]:
    seen, queue = set[str](), deque(roots)
    while queue:
        synset = queue.popleft()
        if synset not in seen:
            seen.add(synset)
            yield synset
            queue.extend(net.synsets[synset].below)
