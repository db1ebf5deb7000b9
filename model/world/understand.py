"""What a prompt says in the words of the world: which of them can be filmed, which cannot.

The longest wording wins; plurals and bare verbs count; small words and punctuation are left alone. What a given model
knows may be less than the world: words outside it are unknown to that model, and are shown so before anything is
rendered.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from model.world.heard import HEARD
from model.world.language import is_english
from model.world.scene import ALIVE, SUBJECT
from model.world.vocabulary import VOCABULARY
from model.world.wardrobe import outfit

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_SMALL = frozenset(
    """a an the and or of in on at to from with by for as is are was be it its this that these those there here he she
    they his her their then while when where which who into onto over under near next up down out off again very so
    some one two three shot clip film movie video scene cut camera we see show shows shown picture animation animated
    background foreground beautiful gorgeous little lovely cheerful curious happy cute small big large tiny old young
    lone proud gentle short long slowly quickly softly through around along behind beside between among across after
    before all also many few more most other each every air light moving move moves style day time front i you my your
    our several different various features featuring rendered gorgeously dramatic warm colors colours lighting texture
    focus art distance lightly starts effect filled enjoying nearby wears she it's there's full detailed rich style
    styled giant past""".split()
)
_IRREGULAR = ("mice", "men")
_VERBS = MappingProxyType({"waves": ("action", "wave"), "leaves": ("action", "leave")})  # right behind a subject
_COLOURS = ("red", "orange", "green", "blue", "purple", "pink")


@dataclass(frozen=True)
class Span:
    """A stretch of the prompt, [start, end), the text there, and what it means: a kind and an id, or 'unknown' and
    ''."""

    start: int
    end: int
    text: str
    kind: str
    id: str


@dataclass(frozen=True)
class Understanding:
    """What was understood: `spans` can be filmed, `unknown` cannot; both in the order of the prompt. english: False
    when the prompt is plainly in another language, which no model here reads."""

    spans: tuple[Span, ...]
    unknown: tuple[Span, ...]
    english: bool = True

    def first(self, kind: str) -> str | None:
        """The id of the first term of a kind, or None."""
        return next((s.id for s in self.spans if s.kind == kind), None)


def understand(prompt: str, knows: Mapping[str, Collection[str]] | None = None) -> Understanding:
    """Read a prompt. knows: the ids by kind that a model was trained on; None means the whole world."""
    words = [(m.start(), m.end(), _fold(m.group())) for m in _WORD.finditer(prompt)]
    table = _wordings()
    longest = max(len(key) for key in table)
    spans: list[Span] = []
    unknown: list[Span] = []
    index = 0
    while index < len(words):
        size, found = _match(words, index, table, longest)
        if size == 1 and spans and spans[-1].kind == "subject" and index and spans[-1].end == words[index - 1][1]:
            found = _VERBS.get(words[index][2], found)
        start, end = words[index][0], words[index + size - 1][1]
        if found is not None:
            kind, identity = found
            can = knows is None or kind not in knows or identity in knows[kind]
            (spans if can else unknown).append(
                Span(start, end, prompt[start:end], kind if can else "unknown", identity if can else "")
            )
        elif words[index][2] not in _SMALL and not words[index][2].isdigit():
            unknown.append(Span(start, end, prompt[start:end], "unknown", ""))
        index += size
    plain = {word for _, _, word in words if word in _SMALL or (word,) in table}
    dressed, rest = _dressed(prompt, spans, unknown)
    return Understanding(dressed, rest, is_english(prompt, plain))


def _dressed(
    prompt: str, spans: Sequence[Span], unknown: Sequence[Span]
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The same with what somebody wears as garments, whatever else their words could mean: the tall hat of a penguin
    is nobody, and a blue scarf does not make its fox blue. What a head alone cannot wear is unknown."""
    alive = [span for span in spans if span.kind == "subject" and SUBJECT[span.id].kind in ALIVE]
    pieces, too_much = list[Span](), list[Span]()
    for number, one in enumerate(alive):
        until = alive[number + 1].start if number + 1 < len(alive) else len(prompt)
        for piece in outfit(prompt[one.end : until], one.id):
            start, end = one.end + piece.start, one.end + piece.end
            if piece.fits:
                pieces.append(Span(start, end, prompt[start:end], "garment", piece.garment.slot))
            else:
                too_much.append(Span(start, end, prompt[start:end], "unknown", ""))

    def free(span: Span) -> bool:
        return not any(worn.start < span.end and span.start < worn.end for worn in (*pieces, *too_much))

    told, rest = ([*filter(free, known), *worn] for known, worn in ((spans, pieces), (unknown, too_much)))
    return tuple(sorted(told, key=_begins)), tuple(sorted(rest, key=_begins))


def _begins(span: Span) -> int:
    return span.start


def _match(
    words: list[tuple[int, int, str]], index: int, table: Mapping[tuple[str, ...], tuple[str, str]], longest: int
) -> tuple[int, tuple[str, str] | None]:
    for size in range(min(longest, len(words) - index), 0, -1):
        key = tuple(w for _, _, w in words[index : index + size])
        for form in (key, (*key[:-1], _singular(key[-1])), (*key[:-1], key[-1] + "s"), (*key[:-1], key[-1] + "es")):
            if form in table:
                return size, table[form]
    return 1, None


@cache
def _wordings() -> Mapping[tuple[str, ...], tuple[str, str]]:
    """Every wording, as folded words, to its kind and id: whole ("old man", "the camera moves in"), then without
    leading small words; the first that claims one keeps it."""
    table: dict[tuple[str, ...], tuple[str, str]] = {}
    wordings = [(tuple(_fold(m.group()) for m in _WORD.finditer(text)), kind, name) for kind, name, text in _all()]
    for words, kind, identity in wordings:
        for whole in {words, words[1:] if words[0] == "the" else words}:
            if len(whole) > 1 or whole[0] not in _SMALL:
                table.setdefault(whole, (kind, identity))
    for words, kind, identity in wordings:
        bare = _bare(words)
        if len(bare) > 1 or bare[0] not in _SMALL:
            table.setdefault(bare, (kind, identity))
    for (kind, identity), texts in HEARD.items():
        for text in texts:
            table.setdefault(tuple(_fold(m.group()) for m in _WORD.finditer(text)), (kind, identity))
    for colour in _COLOURS:
        table.setdefault((colour,), ("colour", colour))
    return MappingProxyType(table)


def _bare(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words without the small ones in front; the last always stays."""
    while len(words) > 1 and words[0] in _SMALL:
        words = words[1:]
    return words


def _all() -> Iterator[tuple[str, str, str]]:
    for kind, terms in VOCABULARY.items():
        for item in terms:
            for wording in item.wordings:
                yield kind, item.id, wording


def _fold(word: str) -> str:
    return word.casefold().replace("’", "'")


def _singular(word: str) -> str:
    for ending, instead in (
        ("ies", "y"),
        ("lves", "lf"),
        ("mice", "mouse"),
        ("women", "woman"),
        ("men", "man"),
        ("xes", "x"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("s", ""),
    ):
        if word.endswith(ending) and (len(word) > len(ending) + 1 or word in _IRREGULAR):
            return word.removesuffix(ending) + instead
    return word
