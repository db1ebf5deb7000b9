"""A clip that is made but could not be signed: it stays in the studio, released to nobody, until a retry signs it.

It lies in its job's private folder, whole: the clip, its poster, its latents, and the recipe of what is in it. A job
that is retried finds it there and goes straight to the signature.
"""

from __future__ import annotations

from pathlib import Path

from studio import finishing, media
from studio.errors import RecipeError, StudioError
from studio.recipe import Recipe

DRAFT, NOTE = "draft.mp4", "unsigned.json"
FILES = (DRAFT, NOTE, finishing.NOTE, "poster.jpg", "latents.safetensors")


class Unsigned(StudioError):
    """The clip is whole and could not be signed; the message says why, and what to do."""

    def __init__(self, reason: BaseException) -> None:
        said = (str(reason).splitlines()[0] if str(reason) else type(reason).__name__).rstrip(".")
        super().__init__(f"The clip is made and kept here, unsigned and not released: {said}. Retry signs it.")


def hold(folder: Path, recipe: Recipe) -> None:
    """Remember that a job's clip is whole and passed its check, before it is signed."""
    media.save_bytes(folder / NOTE, recipe.to_json().encode())


def is_held(folder: Path) -> bool:
    """Whether a job's folder holds a whole clip that is not signed."""
    return all((folder / name).is_file() for name in FILES)


def held(folder: Path) -> tuple[Path, Recipe] | None:
    """The clip that waits for its signature, and its recipe; None where there is none."""
    if not is_held(folder):
        return None
    try:
        return folder / DRAFT, Recipe.from_json((folder / NOTE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, RecipeError):
        return None
