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

from model.world.described import CLASSES, described
from model.world.heard import HEARD
from model.world.language import is_english
from model.world.lettering import lettering
from model.world.lexicon import Meaning, forms, noun, verb
from model.world.meant import meant
from model.world.naming import ODD, article
from model.world.scene import ALIVE, HUES, SHADES, SUBJECT
from model.world.vocabulary import VOCABULARY
from model.world.wardrobe import outfit, undressed

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
    styled giant past vintage like cuts tour rife live nobody hind
    lives""".split()
)
_ENDINGS = (
    ("ies", ("y", "ie")), ("lves", ("lf",)), ("ves", ("ve", "f", "fe")), ("women", ("woman",)), ("men", ("man",)),
    ("xes", ("x", "xe")), ("ches", ("ch", "che")), ("shes", ("sh",)), ("sses", ("ss",)), ("oes", ("o", "oe")),
    ("uses", ("us", "use")),
    ("ss", ()), ("s", ("",)),
)  # fmt: skip
_ODD_PLURALS = MappingProxyType({many: one for one, many in ODD.items()} | {"men": "man", "does": "do"})
_VERBS = MappingProxyType({  # right behind a subject
    "waves": ("action", "wave"), "leaves": ("action", "leave"), "crows": ("action", "look"),
    "bikes": ("action", "drive"), "skates": ("action", "walk"), "ducks": ("action", "kneel"),
    **dict.fromkeys(("skateboards", "skis", "snowboards", "rollerblades"), ("action", "walk")),
    **dict.fromkeys(("guards", "cooks", "fishes", "trains", "falls", "waters", "boxes"), ("action", "stand")),
})  # fmt: skip
_COLOURS = MappingProxyType({
    "gray": "grey", "violet": "purple", "turquoise": "blue", "gold": "golden", "crimson": "red", "scarlet": "red",
})  # fmt: skip
_BOTH = re.compile(r"\s*[a-z]+(?:s|ed)\s+and\s+")  # somebody smiles and waves
_LINKS = ("is", "are", "was", "that", "who", "starts", "begins", "to")  # between somebody and what they do
_CLOCK = re.compile(
    r"\b(?P<hour>1[0-2]|0?[1-9])(?:[:.][0-5]\d)?\s?(?P<half>[ap])(?:\.m\.|\.?m\b)"
    r"|\bat\s(?P<day>1\d|2[0-3]|0?\d):[0-5]\d\b(?!\s?[ap]\.?m)",
    re.IGNORECASE,
)
_FILMED = re.compile(r"\b(?:camera|steadicam|drone|lens)\b", re.IGNORECASE)
_DESCRIBING = 20  # words of a prompt within which one thing is described; more tell a scene


@dataclass(frozen=True)
class Span:
    """A stretch of the prompt, [start, end), the text there, and what it means: a kind and an id, or 'unknown' and
    ''; of a sign the id is its word; near: what is meant is not in the world, and this of it comes nearest."""

    start: int
    end: int
    text: str
    kind: str
    id: str
    near: bool = False


def nearest(span: Span) -> str | None:
    """What is drawn for a span that is only near it: "a drum" for a xylophone; None where it is the thing itself."""
    return article(SUBJECT[span.id].phrase) if span.near and span.kind == "subject" else None


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
    table = wordings()
    longest = max(len(key) for key in table)
    spans: list[Span] = []
    unknown: list[Span] = []
    index = 0
    while index < len(words):
        behind = next((span for span in reversed(spans) if span.kind != "colour"), None)
        if words[index][2] == "old" and index and words[index - 1][2] in ("year", "years"):
            index += 1  # how old somebody is makes nobody old
            continue
        between = prompt[behind.end : words[index][0]] if behind is not None and behind.kind == "subject" else "."
        if behind is not None and between != ".":
            between = undressed(between, behind.id)
        acts = words[index - 1][2] in ("he", "she", "it", "they", "who") if index else False
        acts = acts or all(word in _LINKS or word.endswith("ly") for word in _fold(between).split())
        acts = acts or bool(_BOTH.fullmatch(between))
        if behind is not None and behind.kind == "action":
            acts = acts or prompt[behind.end : words[index][0]].strip() == "and"  # jumps and waves
        filmed = bool(_FILMED.search(re.split(r"[.;!?\n]", prompt[: words[index][0]])[-1]))
        size, found = _match([word for _, _, word in words[index : index + longest]], table, acts, filmed)
        start, end = words[index][0], words[index + size - 1][1]
        if found is None and words[index][2].endswith("ed"):  # "and danced": as stories are told
            done = next((_acts()[form] for form in forms(words[index][2]) if form in _acts()), None)
            found = None if done is None else Meaning("action", done)
        if found is not None:
            beside = any(span.kind == "subject" for span in spans)
            can = _known(found.kind, found.id, knows) and not (beside and _thing_near(found))
            kind, identity, near = (found.kind, found.id, found.near) if can else ("unknown", "", False)
            (spans if can else unknown).append(Span(start, end, prompt[start:end], kind, identity, near))
        elif words[index][2] not in _SMALL and not words[index][2].isdigit():
            unknown.append(Span(start, end, prompt[start:end], "unknown", ""))
        index += size
    _moving(prompt, spans, unknown)
    _paraphrased(prompt, words, spans, unknown, knows)
    plain = {word for _, _, word in words if word in _SMALL or (word,) in table}
    dressed, rest = _dressed(prompt, meant(prompt, spans), unknown)
    board = lettering(prompt)
    if board is not None:
        named = any(span.start < board.said and board.start < span.end for span in dressed)  # "a neon sign" is a place
        start = board.said if named else board.start
        sign = Span(start, board.end, prompt[start : board.end], "sign", board.word)
        dressed, rest = _without(sign, dressed, rest)
    clock = _CLOCK.search(prompt)
    if clock is not None and all(span.kind != "time" for span in dressed) and _known("time", _hour(clock), knows):
        told = Span(clock.start(), clock.end(), clock.group(), "time", _hour(clock))
        dressed, rest = _without(told, dressed, rest)
    return Understanding(dressed, rest, is_english(prompt, plain))


def _hour(clock: re.Match[str]) -> str:
    """The hour of the day, as an id, that a time of the clock is: "3 am" is night."""
    hour = int(clock["day"]) if clock["day"] else int(clock["hour"]) % 12 + 12 * (clock["half"] in "pP")
    return "dawn" if 5 <= hour < 8 else "day" if 8 <= hour < 17 else "dusk" if 17 <= hour < 21 else "night"


def _known(kind: str, identity: str, knows: Mapping[str, Collection[str]] | None) -> bool:
    return knows is None or kind not in knows or identity in knows[kind]


def _thing_near(found: Meaning) -> bool:
    """Whether a thing would stand for something else: worth it as the subject, in the way beside one."""
    return found.near and found.kind == "subject" and SUBJECT[found.id].kind not in ALIVE


def _moving(prompt: str, spans: list[Span], unknown: list[Span]) -> None:
    """Put what somebody does among the spans where it stands in front of them: a waddling kestrel."""
    for one in [span for span in unknown if span.text.endswith("ing")]:
        behind = next((span for span in spans if span.start > one.end), None)
        meaning = _verb(_fold(one.text))
        if meaning and behind and behind.kind == "subject" and prompt[one.end : behind.start].isspace():
            unknown.remove(one)
            spans.append(Span(one.start, one.end, one.text, meaning.kind, meaning.id))
    spans.sort(key=_begins)


def _paraphrased(
    prompt: str,
    words: Sequence[tuple[int, int, str]],
    spans: list[Span],
    unknown: list[Span],
    knows: Mapping[str, Collection[str]] | None,
) -> None:
    """Put who is only described among the spans: where nobody is named, or no more than that it is a bird."""
    first = next((span for span in spans if span.kind == "subject"), None)
    stranger = first is not None and first.near and first.id in ("man", "woman")
    named = first.text.casefold().removeprefix("sea ") if first is not None and not stranger else None
    if not unknown or len(words) > _DESCRIBING or (named is not None and named not in CLASSES):
        return
    parts = [(start, end, part) for start, end, word in words for part in word.split("-")]
    taken = [span for span in spans if not (stranger and span is first)]
    strange = [i for i, (start, end, _) in enumerate(parts) if not any(s.start < end and start < s.end for s in taken)]
    found = described([part for _, _, part in parts], named, strange)
    if found is None or found.id == (first.id if first else None) or not _known("subject", found.id, knows):
        return
    start, end = (first.start, first.end) if first is not None else parts[found.word][:2]
    for side in (spans, unknown):
        side[:] = [span for span in side if span.end <= start or end <= span.start]
    spans.append(Span(start, end, prompt[start:end], "subject", found.id, near=True))
    spans.sort(key=_begins)


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


def _without(
    one: Span, spans: Sequence[Span], unknown: Sequence[Span]
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The same with one more span, instead of those that it covers."""
    told, rest = ([s for s in side if s.end <= one.start or one.end <= s.start] for side in (spans, unknown))
    return tuple(sorted([*told, one], key=_begins)), tuple(rest)


def _begins(span: Span) -> int:
    return span.start


def _match(
    words: Sequence[str], table: Mapping[tuple[str, ...], tuple[str, str]], acts: bool, filmed: bool
) -> tuple[int, Meaning | None]:
    """How many of the words that come next mean one thing together, and what. The world's own wordings go before the
    lexicon's; right behind a subject (acts) a word is rather what it does."""
    for size in range(len(words), 0, -1):
        key = tuple(words[:size])
        act = _VERBS.get(key[0]) if acts and size == 1 else None
        if act is not None:
            return size, Meaning(*act)
        for last in (*_singulars(key[-1]), key[-1] + "s", key[-1] + "es"):
            if (*key[:-1], last) in table and (filmed or (*key[:-1], last) not in _of_cameras()):
                return size, Meaning(*table[*key[:-1], last])
        if size == 1 and key[0] in _SMALL:
            break
        if size > 1 and key[-1] in ("flies", "fly"):
            continue  # a horse flies: no horsefly
        does = _verb(key[0]) if acts and size == 1 else None
        meaning = does or next(filter(None, (noun((*key[:-1], one)) for one in _singulars(key[-1]))), None)
        if meaning is not None:
            return size, meaning
    return 1, None


def _verb(word: str) -> Meaning | None:
    """What a verb in any form is, by the world's own wordings, else by the lexicon."""
    own = next((_acts()[form] for form in forms(word) if form in _acts()), None)
    return verb(word) if own is None else Meaning("action", own)


@cache
def _acts() -> Mapping[str, str]:
    """The action of each form that the verbs of the world's own wordings may have without their endings."""
    told = {words[0]: of for words, (kind, of) in wordings().items() if kind == "action" and len(words) == 1}
    return MappingProxyType({form: of for word, of in told.items() for form in forms(word)})


@cache
def wordings() -> Mapping[tuple[str, ...], tuple[str, str]]:
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
    for colour in (*HUES, *SHADES):
        table.setdefault((colour,), ("colour", colour))
    for word, colour in _COLOURS.items():
        table.setdefault((word,), ("colour", colour))
    return MappingProxyType(table)


@cache
def _of_cameras() -> frozenset[tuple[str, ...]]:
    """What a camera does, without the camera: "rises", "left", "looks up" are said of others as well."""
    own = [tuple(_fold(m.group()) for m in _WORD.finditer(text)) for kind, _, text in _all() if kind == "camera"]
    return frozenset(_bare(words) for words in own if "camera" in words) - set(own)


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


def _singulars(word: str) -> tuple[str, ...]:
    """A word as it stands, and what it may be the plural of."""
    if word.endswith("'s"):
        return word, word.removesuffix("'s")
    if word in _ODD_PLURALS:
        return word, _ODD_PLURALS[word]
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return (word, *(word.removesuffix(ending) + end for end in instead))
    return (word,)
