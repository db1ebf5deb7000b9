"""Films to begin with, shown while there is none: files of `assets/films/`, which the command line reads too."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from model.world.understand import understand
from studio.errors import ShotError
from studio.films import casting, reading
from studio.films.script import Film
from studio.ui import pictures

FOLDER = "films"
NAMES = ("fox", "zoo", "cat", "moon")
MOST_FACES = 3


def load(assets: Path, name: object) -> Film:
    """The example of that name. Raises ShotError for another name, FilmError for a file that is not as it was."""
    if name not in NAMES:
        raise ShotError("example", name, f"there is no example {str(name)[:20]!r}: there are {', '.join(NAMES)}", "fox")
    return reading.read(assets / FOLDER / f"{name}.yaml")


@lru_cache(maxsize=4)  # the files come with the studio
def cards(assets: Path) -> list[dict[str, Any]]:
    """The examples as the page is given them: name, title, what they come to, and pictures of who is in them."""
    found = []
    for name in NAMES:
        if (assets / FOLDER / f"{name}.yaml").is_file():
            film = load(assets, name)
            seconds = sum(shot.seconds for shot in film.shots)
            shots = f"{len(film.shots)} shots, {seconds:g} s"
            found.append({"name": name, "title": film.title, "words": shots, "faces": _faces(assets, film)})
    return found


def _faces(assets: Path, film: Film) -> list[str]:
    told = " ".join(casting.spoken(shot.prompt, film.cast) for shot in film.shots)
    who = dict.fromkeys(span.id for span in understand(told).spans if span.kind == "subject")
    return [f"studio/cast/{one}.webp" for one in who if pictures.face(assets, one) is not None][:MOST_FACES]
