"""A damaged library made whole: what can still be read is kept, and takes whose files are there are found again."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from studio import inputs, provenance
from studio.base import LOCAL_OWNER
from studio.errors import RecipeError, SettingsError
from studio.film import Take
from studio.library import Library
from studio.provenance import Identity, ProvenanceError
from studio.recipe import Recipe

TABLES = (
    "owners",
    "jobs",
    "takes",
    "stills",
    "events",
    "measurements",
    "undo",
    "film_shots",
    "needs",
    "films",
    "film_edits",
    "film_exports",
    "credentials",
    "take_looks",
)
REBUILT = ("workers",)  # tables that a studio fills anew when it opens the library
FILES = ("clip.mp4", "poster.jpg", "latents.safetensors", "recipe.json")


def set_aside(home: Path) -> Path:
    """Move the database out of the way, with its journal; where it is now."""
    aside = home / f"library.damaged-{time.strftime('%Y%m%d-%H%M%S')}.db"
    for suffix in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            (home / f"library.db{suffix}").replace(aside.with_name(aside.name + suffix))
    return aside


def salvage(aside: Path, library: Library) -> int:
    """Copy every row that can still be read into a new library; how many."""
    found = 0
    with closing(sqlite3.connect(aside)) as old, suppress(sqlite3.Error):
        old.row_factory = sqlite3.Row
        for table in TABLES:
            with suppress(sqlite3.Error):
                for row in old.execute(f"SELECT * FROM {table}"):
                    found += library.bring(table, dict(row))
    return found


def adopt(library: Library) -> list[Take]:
    """Record takes whose files are in the library's folder or in its bin and that it does not know."""
    found = []
    for folder in sorted([*(library.home / "takes").iterdir(), *(library.home / "bin").iterdir()]):
        if library.knows_take(folder.name) or not all((folder / name).is_file() for name in FILES):
            continue
        with suppress(OSError, RecipeError, ProvenanceError):
            take = _read(folder, library)
            library.adopt_take(take, binned=folder.parent.name == "bin")
            found.append(take)
    return found


def _read(folder: Path, library: Library) -> Take:
    """A take from its files alone: the recipe beside the clip, and the credential inside it."""
    recipe = Recipe.from_json((folder / "recipe.json").read_text(encoding="utf-8"))
    report = provenance.verify(folder / "clip.mp4", Identity.load_or_create(library.keys))
    job_id = f"j{folder.name[1:]}"
    return Take(
        id=folder.name,
        job_id=job_id,
        owner=library.owner_of_job(job_id) or LOCAL_OWNER,
        clip=folder / "clip.mp4",
        poster=folder / "poster.jpg",
        latents=folder / "latents.safetensors",
        recipe=recipe,
        report=report.to_dict(),
        sha256=inputs.sha256_of(folder / "clip.mp4"),
        width=recipe.width,
        height=recipe.height,
        frames=recipe.frames,
        fps=recipe.fps,
        seconds={"total": 0.0},
    )


def mended(home: Path) -> tuple[Path | None, int, int]:
    """Make a home's library whole: where the damaged one is now (None: it was whole), rows kept, takes found again."""
    aside, rows = None, 0
    try:
        library = Library(home)
    except SettingsError as error:
        if "damaged" not in str(error):
            raise
        aside = set_aside(home)
        library = Library(home)
        rows = salvage(aside, library)
    with closing(library):
        return aside, rows, len(adopt(library))
