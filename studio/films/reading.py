"""film.yaml to a Film: only plain data is read, every key is known, and what is wrong is said with its line.

The text is parsed to nodes, never to objects, so that nothing in it can name a Python type; anchors and aliases are
refused, so that a few lines cannot stand for a billion.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from studio import media, words
from studio.direction import KINDS, Direction
from studio.errors import FilmError, MediaError
from studio.films import captions, casting, schema, sound
from studio.films.schema import Key
from studio.films.script import Captions, Card, Film, FilmShot, Given, Member, Sound

Find = Callable[[str], Given | None]
"""Where a file that is named in the film is; None when it is nowhere."""

_NAME = re.compile(r"[^\W\d]\w{0,39}")


def read(path: Path) -> Film:
    """The film in a file; given files are looked for beside it. Raises FilmError with the line."""
    name = path.name
    try:
        raw = path.read_bytes() if path.stat().st_size <= schema.MAX_BYTES else None
    except OSError as error:
        raise FilmError("film", name, f"{name} cannot be read: {error.strerror or error}") from None
    if raw is None:
        raise FilmError("film", name, f"{name} is too large: a film has up to {schema.MAX_BYTES // 1000} kB")
    folder = path.absolute().parent

    def beside(named: str) -> Given | None:
        found = Path(named) if Path(named).is_absolute() else folder / named
        return Given(words.printable(found.name)[: schema.MAX_LINE], path=str(found)) if found.is_file() else None

    try:
        return parse(raw.decode("utf-8-sig"), beside, name)
    except UnicodeDecodeError:
        raise FilmError("film", name, f"{name} is not UTF-8 text") from None


def parse(text: str, find: Find, name: str = "film.yaml", *, unfinished: bool = False) -> Film:
    """The film in a text; `find` knows its files. Raises FilmError for the first thing that is wrong.

    One that is `unfinished` was written by a studio in the middle of the work: how its shots go together is not looked
    at, which is said at the shots themselves, and a number outside its range becomes the nearest that works.
    """
    if len(text) > schema.MAX_BYTES:
        raise FilmError("film", name, f"{name} is too large: a film has up to {schema.MAX_BYTES // 1000} kB")
    return _Reader(name, find, unfinished).film(_node(text, name))


_OPENING = (
    yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken, yaml.BlockSequenceStartToken, yaml.BlockMappingStartToken,
)  # fmt: skip
_CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)
MAX_DEPTH = 40  # a film has four levels; every one more makes reading slower


def _node(text: str, name: str) -> yaml.Node:
    try:
        deep = 0
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            deep += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
            if deep > MAX_DEPTH:
                line = token.start_mark.line + 1
                raise FilmError("film", name, f"{name} line {line}: this is nested deeper than a film can be", line)
            if isinstance(token, (yaml.AnchorToken, yaml.AliasToken, yaml.TagToken)):
                line = token.start_mark.line + 1
                what = "a tag (!)" if isinstance(token, yaml.TagToken) else "an anchor or alias (& or *)"
                message = f"{name} line {line}: {what} is not read in a film: write it out, or put it in quotes"
                raise FilmError("film", what, message, line)
        found = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 0 if mark is None else mark.line + 1
        raise FilmError("film", name, f"{name} line {line}: {error.problem or 'this is not YAML'}", line) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise FilmError("film", name, f"{name}: this is not YAML ({str(error).splitlines()[0][:120]})") from None
    if found is None:
        raise FilmError("film", name, f"{name} is empty: a film has shots, each with a prompt")
    return found


class _Reader:
    """Reads nodes; it knows what the file is called, for what it says of it."""

    def __init__(self, name: str, find: Find, unfinished: bool) -> None:
        self.name, self.find, self.unfinished = name, find, unfinished

    def film(self, node: yaml.Node) -> Film:
        found = self.mapping(node, schema.FILM, "the film")
        read = self.values(found, schema.FILM)
        cast = self.cast(found.get("cast"))
        shots = self.shots(found["shots"])
        film = Film(
            **self.how(read),
            title=read.get("title") or "Untitled",
            size=read.get("size") or "landscape",
            model=read.get("model") or "storybook",
            seed=read.get("seed") or 0,
            look=_direction(read),
            cast=cast,
            shots=shots,
            opening=self.card(found.get("opening"), "opening"),
            ending=self.card(found.get("ending"), "ending"),
            music=self.sound(found.get("music"), "music"),
            voice=self.sound(found.get("voice"), "voice"),
            captions=self.captions(found.get("captions")),
            consent=read.get("consent", False),
            source=self.name,
        )
        if not self.unfinished:
            casting.check(film)
        return film.with_ids()

    def how(self, read: Mapping[str, Any]) -> dict[str, Any]:
        return {name: read[name] for name in schema.HOW if name in read}

    def cast(self, node: yaml.Node | None) -> tuple[Member, ...]:
        if node is None or self.is_nothing(node):
            return ()
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, "cast", "the cast has names, each with what it is: mira: {looks: a red fox}")
        self.few(node, len(node.value), schema.MAX_CAST, "cast", "names")
        found: dict[str, Member] = {}
        for key, value in node.value:
            name = self.line(key, "cast").lstrip("@")
            if not _NAME.fullmatch(name):
                how = "use letters, digits and _, a letter first"
                raise self.wrong(key, "cast", f"the name {name[:40]!r} does not work: {how}")
            if name.casefold() in (known.casefold() for known in found):
                raise self.wrong(key, "cast", f"the name {name!r} stands twice in the cast")
            own = self.mapping(value, schema.MEMBER, f"{name} in the cast")
            read = self.values(own, schema.MEMBER)
            found[name] = Member(name, read.get("kind", "character"), read.get("looks", ""), read.get("pictures", ()))
        return tuple(found.values())

    def shots(self, node: yaml.Node) -> tuple[FilmShot, ...]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise self.wrong(node, "shots", 'shots is a list with at least one shot: - {prompt: "a fox in the snow"}')
        self.few(node, len(node.value), schema.MAX_SHOTS, "shots", "shots")
        found = [self.shot(item, number) for number, item in enumerate(node.value, 1)]
        total = sum(shot.seconds for shot in found)
        if total > schema.MAX_SECONDS and not self.unfinished:
            longest = f"up to {schema.MAX_SECONDS / 60:g} minutes make one film"
            raise self.wrong(node, "shots", f"the shots last {total / 60:.0f} minutes together: {longest}")
        return tuple(found)

    def shot(self, node: yaml.Node, number: int) -> FilmShot:
        if isinstance(node, yaml.ScalarNode):
            return FilmShot(prompt=self.text(node, "prompt"), line=_line(node))
        read = self.values(self.mapping(node, schema.SHOT, f"shot {number}"), schema.SHOT)
        own = {name: value for name, value in read.items() if name not in KINDS}
        return FilmShot(**own, direction=_direction(read), line=_line(node))

    def card(self, node: yaml.Node | None, name: str) -> Card | None:
        if node is None or self.is_nothing(node):
            return None
        if isinstance(node, yaml.ScalarNode):
            return Card(self.text(node, name))
        return Card(**self.values(self.mapping(node, schema.CARD, name), schema.CARD))

    def sound(self, node: yaml.Node | None, name: str) -> Sound | None:
        if node is None or self.is_nothing(node):
            return None
        if isinstance(node, yaml.ScalarNode):
            found = Sound(self.file(node, name))
        else:
            found = Sound(**self.values(self.mapping(node, schema.SOUND, name), schema.SOUND))
        self.looked_at(node, name, found.file, sound.kind_of)
        return found

    def captions(self, node: yaml.Node | None) -> Captions:
        if node is None or self.is_nothing(node):
            return Captions()
        if isinstance(node, yaml.ScalarNode):
            if _tag(node) == "bool":
                return Captions(shown=self.yes(node, "captions"))
            found = Captions(file=self.file(node, "captions"))
        else:
            found = Captions(**self.values(self.mapping(node, schema.CAPTIONS, "captions"), schema.CAPTIONS))
        if found.file is not None:
            self.looked_at(node, "captions", found.file, captions.read)
        return found

    # Values

    def mapping(self, node: yaml.Node, keys: Mapping[str, Key], what: str) -> dict[str, yaml.Node]:
        """The entries of a mapping: every key is known and stands once, and those that are needed are there."""
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, what, f"{what} is written as key: value, with {', '.join(keys)}")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self.line(key, what)
            if name not in keys:
                near = difflib.get_close_matches(name, list(keys), n=1, cutoff=0.5)
                hint = f"did you mean {near[0]!r}? " if near else ""
                message = f"{what} has no key {name[:40]!r}: {hint}it can have {', '.join(keys)}"
                raise self.wrong(key, name, message, near[0] if near else None)
            if name in found:
                raise self.wrong(key, name, f"{what} has the key {name!r} twice")
            found[name] = value
        for name, key in keys.items():
            if key.needed and name not in found:
                raise self.wrong(node, name, f"{what} has no {name}: it needs one")
        return found

    def values(self, found: Mapping[str, yaml.Node], keys: Mapping[str, Key]) -> dict[str, Any]:
        """The plain values among the entries; a value of nothing counts as left out."""
        readers: dict[str, Callable[[yaml.Node, str], Any]] = {
            "text": self.text, "line": self.line, "yes": self.yes, "file": self.file, "files": self.files,
        }  # fmt: skip
        read: dict[str, Any] = {}
        for name, node in found.items():
            key = keys[name]
            if self.is_nothing(node) and not key.needed:
                continue
            if key.kind in readers:
                read[name] = readers[key.kind](node, name)
            elif key.kind in ("number", "whole"):
                read[name] = self.number(node, name, key)
            elif "|" in key.kind:
                read[name] = self.choice(node, name, key.kind.split("|"))
        return read

    def text(self, node: yaml.Node, name: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(node, name, f"{name} is a text; put it in quotes")
        lines = [words.printable(line) for line in str(node.value).splitlines()]
        text = "\n".join(lines).strip() if name in ("text", "opening", "ending") else " ".join(lines).strip()
        if len(text) > schema.MAX_TEXT:
            raise self.wrong(node, name, f"{name} has {len(text)} characters: up to {schema.MAX_TEXT} are read")
        return text  # an empty prompt is read: its shot is not written yet, and cannot be shot, which planning says

    def line(self, node: yaml.Node, name: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(node, name, f"{name} is a short text; put it in quotes")
        text = words.printable(str(node.value))
        if len(text) > schema.MAX_LINE:
            raise self.wrong(node, name, f"{name} has {len(text)} characters: up to {schema.MAX_LINE} are read")
        return text

    def yes(self, node: yaml.Node, name: str) -> bool:
        if _tag(node) != "bool":
            raise self.wrong(node, name, f"{name} is true or false")
        return str(node.value).lower() in ("true", "yes", "on")

    def number(self, node: yaml.Node, name: str, key: Key) -> float | int:
        whole = key.kind == "whole"
        value = None if _tag(node) not in ("int", "float") else yaml.safe_load(str(node.value))
        if not isinstance(value, (int, float)) or not math.isfinite(value) or (whole and value != int(value)):
            shown = str(node.value)[:40] if isinstance(node, yaml.ScalarNode) else "a list"
            kind = "a whole number" if whole else "a number"
            raise self.wrong(node, name, f"{name} {shown!r} is not {kind}: {key.low:g} to {key.high:g}", key.low)
        if not key.low <= value <= key.high:
            near = min(max(value, key.low), key.high)
            if self.unfinished:
                return int(near) if whole else float(near)
            message = f"{name} {value:g} does not work: {key.low:g} to {key.high:g}"
            raise self.wrong(node, name, message, near)
        return int(value) if whole else float(value)

    def choice(self, node: yaml.Node, name: str, choices: list[str]) -> str:
        value = self.line(node, name).casefold()
        if value not in choices:
            near = difflib.get_close_matches(value, choices, n=1, cutoff=0.4)
            message = f"{name} {value[:40]!r} is not known: {', '.join(choices)}"
            raise self.wrong(node, name, message, near[0] if near else choices[0])
        return value

    def files(self, node: yaml.Node, name: str) -> tuple[Given, ...]:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        self.few(node, len(items), 16 if name == "frames" else schema.MAX_PICTURES, name, "files")
        return tuple(self.file(item, name) for item in items)

    def file(self, node: yaml.Node, name: str) -> Given:
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(node, name, f"{name} is a short text; put it in quotes")
        named = str(node.value)  # to the letter: a name may be long, and have two spaces
        if len(named) > schema.MAX_PATH:
            raise self.wrong(node, name, f"{name} has {len(named)} characters: up to {schema.MAX_PATH} are read")
        try:
            found = self.find(named) if named else None
        except (OSError, ValueError):
            found = None
        if found is None:
            raise self.wrong(node, name, f"{name}: there is no file {named[:80]!r} beside {self.name}")
        if name in ("pictures", "first", "last"):
            self.looked_at(node, name, found, media.open_picture)
        return found

    def looked_at(self, node: yaml.Node, name: str, given: Given, look: Callable[[Path], object]) -> None:
        """A file that is not what it is given as is said with its line; those of the library were looked at before."""
        if not given.path:
            return
        try:
            look(Path(given.path))
        except (FilmError, MediaError) as error:
            raise self.wrong(node, name, f"{name}: {error}") from None

    def is_nothing(self, node: yaml.Node) -> bool:
        return _tag(node) == "null"

    def few(self, node: yaml.Node, count: int, most: int, field: str, things: str) -> None:
        if count > most:
            raise self.wrong(node, field, f"{count} {things} are too many: up to {most} are read here", most)

    def wrong(self, node: yaml.Node, field: str, message: str, suggestion: object = None) -> FilmError:
        line = _line(node)
        value = node.value if isinstance(node, yaml.ScalarNode) else None
        return FilmError(field, value, f"{self.name} line {line}: {message}", line, suggestion)


def _direction(read: Mapping[str, Any]) -> Direction:
    return Direction(**{kind: read[kind] for kind in KINDS if read.get(kind)})


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _tag(node: yaml.Node) -> str:
    return str(node.tag).rpartition(":")[2] if isinstance(node, yaml.ScalarNode) else ""
