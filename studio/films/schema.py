"""Every key of film.yaml: what kind of value it takes and what it means. The reader and the documents are made of this.

Kinds: text, line (a text that stands alone), number, whole, yes (true or false), file, files, and one|of|these.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from model.catalog import LEAST_GUIDED, MOST_CACHED
from studio.direction import KINDS
from studio.films.script import JOINS, MEMBER_KINDS, TRANSITIONS

MAX_BYTES = 400_000
MAX_SHOTS = 120
MAX_CAST = 40
MAX_SECONDS = 1800.0  # of a film
MAX_TEXT = 4000
MAX_LINE = 120
MAX_PATH = 4000  # of a given file
MAX_PICTURES = 8  # of one of the cast


@dataclass(frozen=True)
class Key:
    """One key: the kind of its value, what it means, and the range of a number."""

    kind: str
    words: str
    low: float = 0.0
    high: float = 0.0
    needed: bool = False


_HOW = {
    "negative": Key("text", "What should not be seen."),
    "steps": Key("whole", "Steps of the model; left out is its own choice.", 1, 100),
    "guidance": Key("number", "How closely the words are followed; left out is the model's own choice.", 0, 30),
    "block_cache": Key(
        "number", "Approximate: blocks are left out while the first changes by less than this; 0 is off.",
        0, MOST_CACHED,
    ),
    "guided": Key(
        "number", "Approximate: the part of the steps, from the first, that is guided; 1 is all.", LEAST_GUIDED, 1
    ),
}  # fmt: skip
HOW = tuple(_HOW)
"""The keys that a shot has from the film where it says nothing itself."""
_DIRECTION = {kind: Key("line", f"The {kind}, in the model's words.") for kind in KINDS}

FILM: dict[str, Key] = {
    "title": Key("line", "What the film is called."),
    "size": Key("line", "landscape, portrait, square or WxH: one for all shots."),
    "model": Key("line", "Which model shoots it."),
    "seed": Key("whole", "Of shots without one of their own; one place at one hour is one set.", 0, 2**53),
    **_DIRECTION,
    **_HOW,
    "cast": Key("cast", "Who and what is in it: a name for each, and under it what is listed below."),
    "opening": Key("card", "A title before the first shot: its text, or text and seconds."),
    "shots": Key("shots", "The shots, in their order.", needed=True),
    "ending": Key("card", "A card after the last shot."),
    "music": Key("sound", "A track under the film: its file, or what is listed below."),
    "voice": Key("sound", "A voice over the film; the music steps back under it."),
    "consent": Key("yes", "Whether the people in its pictures are you or have agreed; asked where a face is found."),
    "captions": Key("captions", "true, false, an SRT file, or what is listed below."),
}
MEMBER: dict[str, Key] = {
    "kind": Key("|".join(MEMBER_KINDS), "What it is."),
    "looks": Key("text", "The words that stand for @name in a prompt."),
    "pictures": Key("files", "Pictures of it; without any, the first shot it is in gives one."),
}
SHOT: dict[str, Key] = {
    "prompt": Key("text", "What is seen; @name brings in one of the cast.", needed=True),
    "name": Key("line", "What another shot can call it by."),
    "seconds": Key("number", "How long it lasts.", 0.3, 60),
    "join": Key("|".join(JOINS), "How it joins the shot before: cut, or continue its movement."),
    "after": Key("line", "With join continue: the name of the shot it goes on from, if not the one before."),
    "transition": Key("|".join(TRANSITIONS), "How the picture goes over from the shot before; a dissolve overlaps."),
    "transition_seconds": Key("number", "How long that takes.", 0.1, 4),
    "seed": Key("whole", "The same seed gives the same take.", 0, 2**53),
    **_DIRECTION,
    **_HOW,
    "first": Key("file", "The picture it begins with."),
    "last": Key("file", "The picture it ends with."),
    "frames": Key("files", "Pictures spread over it, or one clip that it begins with."),
    "control": Key("file", "A clip or picture that the whole shot is made after (VACE models)."),
    "mask": Key("file", "White where the control is drawn anew, black where it is kept: a picture or a clip."),
    "outpaint": Key("yes", "Whether the control is shown whole, and what is around it drawn."),
    "caption": Key("text", "Words under the picture while it is seen."),
    "trim_start": Key("number", "Seconds of the shot, from its start, that the film leaves out.", 0, 60),
    "trim_end": Key("number", "Seconds of the shot, before its end, that the film leaves out.", 0, 60),
}
CARD: dict[str, Key] = {
    "text": Key("text", "Its lines; the first is large.", needed=True),
    "seconds": Key("number", "How long it stands.", 0.5, 20),
}
SOUND: dict[str, Key] = {
    "file": Key("file", "WAV, MP3, M4A, FLAC or Ogg.", needed=True),
    "at": Key("number", "When it begins, in seconds of the film.", 0, MAX_SECONDS),
    "fade_in": Key("number", "Seconds.", 0, 30),
    "fade_out": Key("number", "Seconds.", 0, 30),
    "gain": Key("number", "Louder or quieter, in decibels, before the whole is levelled.", -40, 20),
}
CAPTIONS: dict[str, Key] = {
    "file": Key("file", "An SRT file; without one each shot's caption is used."),
    "shown": Key("yes", "Whether they are drawn into the picture; an SRT file is written in any case."),
}
TABLES: dict[str, dict[str, Key]] = {
    "The film": FILM,
    "One of the cast": MEMBER,
    "A shot": SHOT,
    "opening, ending": CARD,
    "music, voice": SOUND,
    "captions": CAPTIONS,
}


def document() -> str:
    """The keys as tables in Markdown."""
    parts = []
    for title, keys in TABLES.items():
        parts += [f"### {title}", "", "| key | takes | |", "|---|---|---|"]
        parts += [f"| `{name}` | {_takes(key)} | {key.words} |" for name, key in keys.items() if name not in KINDS]
        if not set(KINDS).isdisjoint(keys):
            parts.append("| `camera` and the other kinds of direction | line | In the model's words. |")
        parts.append("")
    return "\n".join(parts)


def _takes(key: Key) -> str:
    words = key.kind.replace("|", ", ").replace("yes", "true, false")
    between = f" {key.low:g} to {key.high:g}" if key.high and key.high < 2**50 else ""
    return f"{words}{between}{' (needed)' if key.needed else ''}"


if __name__ == "__main__":
    sys.stdout.write(document())
