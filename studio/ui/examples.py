"""Six shots to begin with, shown while the stage is empty. One click fills the form.

Each may have a clip and a poster in `assets/examples/` under its name; where they are missing, a card of text stands
in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.direction import Direction
from studio.film import Shot

Offered = Mapping[str, tuple[tuple[str, str], ...]]  # by kind of direction: ids and labels

FOLDER = "examples"
CLIPS = ("mp4",)
POSTERS = ("webp", "jpg", "png")


@dataclass(frozen=True)
class Example:
    """A named shot: `name` is that of its files, `title` what the card says."""

    name: str
    title: str
    shot: Shot


EXAMPLES: tuple[Example, ...] = (
    Example(
        "night-city",
        "Under neon signs",
        Shot(
            "A stylish woman in a black jacket and a long red dress walks down a neon street at night, "
            "many pedestrians walk by",
            Direction(camera="dolly_in"),
            seed=2,
        ),
    ),
    Example(
        "coral-reef",
        "Down at the reef",
        Shot(
            "A papercraft world of a coral reef, rife with colorful fish and sea creatures, bubbles rise",
            Direction(camera="pan_right"),
            seed=1,
        ),
    ),
    Example(
        "mammoth-meadow",
        "The mammoths",
        Shot(
            "Several woolly mammoths walk through a snowy meadow with mountains",
            Direction(time="dawn"),
            seed=3,
        ),
    ),
    Example(
        "candle-light",
        "By candle light",
        Shot("A short fluffy monster and a red candle in a cave", Direction(camera="dolly_in"), seed=2),
    ),
    Example(
        "zoo-tour",
        "A tour of the zoo",
        Shot(
            "A tour of a zoo. It starts on the name of the zoo on a big sign, pans down, "
            "then cuts to show the different animals that live at the zoo",
            seconds=6.0,
            seed=1,
        ),
    ),
    Example(
        "tokyo-spring",
        "Snow and petals",
        Shot(
            "Snowy Tokyo, several people walk down the street, sakura petals fly",
            Direction(camera="tracking"),
            seed=1,
        ),
    ),
)


def named(name: str) -> Example | None:
    """The example of that name."""
    return next((example for example in EXAMPLES if example.name == name), None)


def media(assets: Path, name: str, kind: str) -> Path | None:
    """An example's file. Only names of this list and kinds of media are looked for."""
    if named(name) is None or kind not in (*CLIPS, *POSTERS):
        return None
    path = assets / FOLDER / f"{name}.{kind}"
    return path if path.is_file() else None


def cards(assets: Path, offered: Offered) -> list[dict[str, Any]]:
    """The examples as the page is given them: name, title, prompt, what the form will hold, clip and poster or None."""
    return [
        {
            "name": example.name,
            "title": example.title,
            "prompt": example.shot.prompt,
            "form": _form(fitting(example.shot, offered)),
            "clip": _address(assets, example.name, CLIPS),
            "poster": _address(assets, example.name, POSTERS),
        }
        for example in EXAMPLES
    ]


def _form(shot: Shot) -> dict[str, Any]:
    return {
        "prompt": shot.prompt,
        "direction": shot.direction.chosen(),
        "size": shot.size,
        "seconds": f"{shot.seconds:g}",
        "seed": "" if shot.seed is None else str(shot.seed),
    }


def fitting(shot: Shot, offered: Offered) -> Shot:
    """The shot without directions that the weights do not know."""
    known = {kind: {identity for identity, _ in pairs} for kind, pairs in offered.items()}
    chosen = {kind: value for kind, value in shot.direction.chosen().items() if value in known.get(kind, ())}
    return Shot(shot.prompt, Direction(**chosen), size=shot.size, seconds=shot.seconds, seed=shot.seed)


def _address(assets: Path, name: str, kinds: tuple[str, ...]) -> str | None:
    return next((f"studio/examples/{name}.{kind}" for kind in kinds if media(assets, name, kind)), None)
