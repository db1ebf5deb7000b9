"""The takes part of the Studio: finding them, keeping them, and using one for the next shot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

from studio import checking, shots, words
from studio.base import LOCAL_OWNER, Base
from studio.compare import Difference, recipe_difference
from studio.errors import FilmFound, RecipeError, ShotError
from studio.film import Shot, Take
from studio.provenance import Report
from studio.recipe import Recipe
from studio.stills import still

Use = Literal["first", "last", "continue"]

MAX_NAME, MAX_NOTE = 120, 2000  # characters
CARRIED = 9  # frames of a take that the next shot goes on from: enough to see which way things move


class Shelf(Base):
    """The takes of an owner."""

    def takes(
        self,
        owner: str = LOCAL_OWNER,
        limit: int | None = None,
        before: str | None = None,
        search: str = "",
        starred: bool = False,
    ) -> list[Take]:
        """The owner's takes, newest first, without those in the bin; every word of `search` is in its text."""
        return self.library.takes(owner, limit=limit, before=before, search=search, starred=starred)

    def take(self, take_id: str, owner: str = LOCAL_OWNER) -> Take:
        """One take. Raises NotFound, also for somebody else's or one in the bin."""
        return self.library.take(take_id, owner)

    def star(self, take_id: str, starred: bool, owner: str = LOCAL_OWNER) -> Take:
        """Mark or unmark a take as a favourite."""
        return self.library.star(take_id, owner, starred)

    def name_take(self, take_id: str, name: str, owner: str = LOCAL_OWNER) -> Take:
        """Give a take a name of up to 120 characters; "" takes it away. Raises ShotError."""
        return self.library.name_take(take_id, owner, words.optional("name", name, MAX_NAME))

    def note_take(self, take_id: str, note: str, owner: str = LOCAL_OWNER) -> Take:
        """Write a note beside a take, up to 2,000 characters. Raises ShotError."""
        lines = [words.printable(line) for line in note[: 2 * MAX_NOTE].splitlines()]
        text = "\n".join(lines).strip()
        if len(note) > 2 * MAX_NOTE or len(text) > MAX_NOTE:
            raise ShotError("note", f"{text[:80]}...", f"the note is too long: up to {MAX_NOTE} characters", MAX_NOTE)
        return self.library.note_take(take_id, owner, text)

    def delete_take(self, take_id: str, owner: str = LOCAL_OWNER) -> None:
        """Move a take to the bin."""
        self.library.delete_take(take_id, owner)

    def restore_take(self, take_id: str, owner: str = LOCAL_OWNER) -> Take:
        """Take it out of the bin again."""
        return self.library.restore_take(take_id, owner)

    def binned(self, owner: str = LOCAL_OWNER, limit: int | None = None, before: str | None = None) -> list[Take]:
        """The owner's takes that are in the bin, newest first."""
        return self.library.takes(owner, limit=limit, before=before, binned=True)

    def empty_bin(self, owner: str = LOCAL_OWNER) -> int:
        """Remove what is in the bin for good; how many takes."""
        return self.library.empty_bin(owner)

    def difference(self, a: str, b: str, owner: str = LOCAL_OWNER) -> tuple[Difference, ...]:
        """What differs between the recipes of two takes."""
        return recipe_difference(self.library.take(a, owner).recipe, self.library.take(b, owner).recipe)

    # The next shot from an earlier take

    def use_as(self, take_id: str, how: Use, at: float | None = None, owner: str = LOCAL_OWNER) -> Shot:
        """A shot with a take's settings (and no seed) that is given what the take shows `at` so many seconds.

        "first" and "last" give that frame as its first or last picture, "continue" goes on moving from there; None is
        the take's first frame for "first", else its end. Raises NotFound, ShotError or MediaError.
        """
        take = self.library.take(take_id, owner)
        if how not in ("first", "last", "continue"):
            raise ShotError("how", how, f"{str(how)[:20]!r} is not known: use first, last or continue", "first")
        index = _frame_at(take, how, at)
        blank = replace(take.recipe, anchors=(), seed=0)
        shot = replace(shots.from_recipe(blank, self.library), seed=None)
        if take.kept:  # it is shorter than what was asked for; the next one need not be
            shot = replace(shot, seconds=min(max(shot.seconds, 1.0), self.entry(shot.model).max_seconds))
        if how == "continue":
            clip = self.library.keep_input(take.clip)[1]
            first = max(0, index - CARRIED + 1)
            return replace(shot, frames=(clip,), trim=(first / take.fps, (index + 1) / take.fps))
        picture = still(take, index, self.library, self.identity())
        return replace(shot, first=picture) if how == "first" else replace(shot, last=picture)

    def use_part(self, take_id: str, start: float, end: float, owner: str = LOCAL_OWNER) -> Shot:
        """A shot with a take's settings (and no seed) that is given what the take shows from `start` to `end`, in
        seconds. Raises NotFound or ShotError."""
        take = self.library.take(take_id, owner)
        length = take.frames / take.fps
        if not 0 <= start < end <= length + 1 / take.fps:
            message = f"the part from {start:g} to {end:g} s is not in this take: it is {length:.2f} s long"
            raise ShotError("frames", (start, end), message, (0.0, round(length, 2)))
        shot = replace(shots.from_recipe(replace(take.recipe, anchors=(), seed=0), self.library), seed=None)
        return replace(shot, frames=(self.library.keep_input(take.clip)[1],), trim=(start, min(end, length)))

    # Credentials and recipes

    def verify(self, path: Path) -> Report:
        """All that can be said of a file, and what of it was lost and is found again here. Nothing of it is kept.

        Raises ProvenanceError or OSError when it cannot be read.
        """
        return checking.check(path, self.identity(), self.settings.home, self.library)

    def shot_from(self, recipe: Recipe | str) -> Shot:
        """The shot that a recipe describes; pictures are found by content, never by a path. Raises RecipeError."""
        found = Recipe.from_json(recipe) if isinstance(recipe, str) else recipe
        return shots.from_recipe(found, self.library)

    def shot_of(self, path: Path) -> tuple[Shot, Report]:
        """The settings of a clip of ours, and what its credential says of them. Raises RecipeError, ProvenanceError."""
        report = self.verify(path)
        if report.recipe is not None and report.recipe.get("schema") == "auteur.film/1":
            raise FilmFound(f"{path.name} is a finished film: open it on the Film page, and its script comes back")
        if report.recipe is None:
            raise RecipeError(f"{path.name} does not say how it was made: there is no recipe in it")
        return shots.from_recipe(Recipe.from_dict(report.recipe), self.library), report


def _frame_at(take: Take, how: Use, at: float | None) -> int:
    """The index of the frame that is seen at a moment."""
    if at is None:
        return 0 if how == "first" else take.frames - 1
    return min(max(int(at * take.fps + 1e-6), 0), take.frames - 1)
