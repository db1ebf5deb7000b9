"""Direction: the settings of a shot in film language, compiled to prompt text the model was trained on.

The choices are film language (`studio.filmwords`), cut down to what the weights say they know, so that nothing is
offered that the model cannot draw; weights that list no words of their own were trained on everybody's, and are
offered all. What the prompt already says is not said twice.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from model import catalog, shotlist
from model.catalog import CatalogEntry
from model.world.vocabulary import Term
from studio import filmwords
from studio.errors import ShotError

_GLUE = frozenset({"a", "an", "at", "by", "from", "in", "on", "the", "under", "while", "with"})
_NOT_WORD = re.compile(r"[^\w]+")


@dataclass(frozen=True)
class Direction:
    """How a shot is filmed; each field is the id of a vocabulary term, or None to leave it to the prompt."""

    framing: str | None = None
    camera: str | None = None
    lens: str | None = None
    light: str | None = None
    time: str | None = None
    weather: str | None = None
    pace: str | None = None
    style: str | None = None

    def chosen(self) -> dict[str, str]:
        """The fields that are set."""
        pairs = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in pairs if value}


# The order of the captions that Storybook learned from; what it does not know stands between.
SPOKEN = ("time", "weather", "light", "camera", "framing", "lens", "pace", "style")
KINDS: tuple[str, ...] = tuple(field.name for field in fields(Direction))


def options(model: str = "storybook", models: Path | None = None) -> dict[str, tuple[tuple[str, str], ...]]:
    """For each field of Direction the (id, label) pairs one can choose with this model.

    `models` is the folder of the weights; None is the one that comes with the studio.
    """
    return choices(knowledge(model, models))


def choices(knows: Mapping[str, Collection[str]] | None) -> dict[str, tuple[tuple[str, str], ...]]:
    """The (id, label) pairs of each field, of what weights say they know (`known`)."""
    return {kind: tuple((term.id, label(term)) for term in _terms(kind, knows)) for kind in KINDS}


def knowledge(model: str = "storybook", models: Path | None = None) -> dict[str, tuple[str, ...]] | None:
    """As `known`, of a model by its name."""
    return known(catalog.entry(model, models))


def known(entry: CatalogEntry) -> dict[str, tuple[str, ...]] | None:
    """The ids of the terms that the weights say they were trained on, by kind; None when they do not say."""
    knows = entry.notes.get("knows")
    if not isinstance(knows, Mapping):
        return None
    return {str(kind): tuple(str(item) for item in ids) for kind, ids in knows.items() if isinstance(ids, list)}


def label(term: Term) -> str:
    """A term as words on a button: its phrase, or its id where the phrase only makes sense in a sentence."""
    words = term.id.replace("_", " ") if term.phrase.split()[0] in _GLUE else term.phrase
    return words[:1].upper() + words[1:]


def check(direction: Direction, knows: Mapping[str, Collection[str]] | None = None) -> Direction:
    """The direction with every value as the id it means (labels and phrases are read too). Raises ShotError."""
    found = {}
    for kind, value in direction.chosen().items():
        terms = _terms(kind, knows)
        term = _match(value, terms)
        if term is None:
            names = [item.id for item in terms]
            near = difflib.get_close_matches(value.casefold(), names, n=1, cutoff=0.3)
            hint = f"try {near[0]!r}; " if near else ""
            message = f"{kind} {value[:40]!r} is not known: {hint}it can be {', '.join(names) or 'left out'}"
            raise ShotError(kind, value, message, near[0] if near else None)
        found[kind] = term.id
    return Direction(**found)


def known_words(direction: Direction) -> Direction:
    """The direction with the ids of what it says in other words ("pan left"); what nobody knows stays as it is."""
    found = {}
    for kind, value in direction.chosen().items():
        term = _match(value, _terms(kind, None))
        found[kind] = value if term is None else term.id
    return Direction(**found)


def compile(prompt: str, direction: Direction) -> str:
    """The prompt with what the direction adds to it. Terms the prompt already names are left as they stand.

    Of a list of shots it is said before the list, for it is said of all of them; what one of them says itself is put
    behind those that do not.
    """
    listed = spoken(prompt)
    if not listed:
        added = [term.phrase for kind in SPOKEN if (term := unsaid(prompt, direction, kind)) is not None]
        return f"{prompt.rstrip().rstrip('.,;')}, {', '.join(added)}" if added else prompt
    before, behind = list[str](), [list[str]() for _ in listed]
    for kind in SPOKEN:
        silent = [number for number, (words, _) in enumerate(listed) if unsaid(words, direction, kind) is not None]
        term = unsaid("", direction, kind)
        if term is None or not silent:
            continue
        if len(silent) == len(listed):
            before.append(term.phrase)
        for number in silent if len(silent) < len(listed) else ():
            behind[number].append(term.phrase)
    for (_, end), added in reversed(list(zip(listed, behind, strict=True))):
        body = prompt[:end].rstrip(" .,;")
        prompt = f"{body}, {', '.join(added)}{prompt[len(body) :]}" if added else prompt
    words = ", ".join(before)
    return f"{words[:1].upper()}{words[1:]}. {prompt.lstrip()}" if before else prompt


def spoken(prompt: str) -> list[tuple[str, int]]:
    """The shots that a prompt lists: what each says, with what it has from those before it, and where its words end
    in the prompt; [] for what is no list."""
    from model.world.sequel import carried  # it stages, which needs torch, and the command line's help must not

    found = [words for words, _ in shotlist.parts(prompt)]
    ends, at = [], 0
    for words in found:
        # What stands before the first shot is said of each, so the words of a shot stand there from some comma on.
        starts = [0, *(match.end() for match in re.finditer(", ", words))]
        own = next((words[start:] for start in starts if prompt.find(words[start:], at) >= 0), "")
        at = prompt.find(own, at) + len(own) if own else len(prompt)
        ends.append(at)
    return list(zip(carried(found), ends, strict=True))


def unsaid(prompt: str, direction: Direction, kind: str) -> Term | None:
    """The term of a kind that the direction names and these words do not yet; None where there is nothing to add."""
    chosen = direction.chosen()
    term = _match(chosen[kind], _terms(kind, None)) if kind in chosen else None
    said = f" {_plain(prompt)} "
    return None if term is None or any(f" {_plain(words)} " in said for words in term.wordings) else term


def _terms(kind: str, knows: Mapping[str, Collection[str]] | None) -> tuple[Term, ...]:
    found = filmwords.terms(kind)
    return found if knows is None else tuple(term for term in found if term.id in knows.get(kind, ()))


def _match(value: str, terms: tuple[Term, ...]) -> Term | None:
    wanted = _plain(value)
    for term in terms:
        if wanted in (_plain(term.id), *(_plain(words) for words in (term.phrase, *term.synonyms))):
            return term
    return None


def _plain(text: str) -> str:
    return _NOT_WORD.sub(" ", text.replace("_", " ").casefold()).strip()
