"""The clips that a tool works on: found by take or by file, counted at the rate of the work, kept by content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio import inputs, media, words
from studio.errors import MediaError, RecipeError, ShotError
from studio.film import Take
from studio.library import Library
from studio.provenance import ProvenanceError, Report
from studio.recipe import Recipe
from studio.tools.asks import ClipName
from studio.work import Parent, Span

MAX_SECONDS = 600.0  # of a clip from outside


def no_file(field: str, path: Path) -> ShotError:
    """The line for a file that is not there."""
    return ShotError(field, path.name, f"{path.name}: there is no such file, or it cannot be read")


@dataclass(frozen=True)
class Clip:
    """A clip to work on. `frames` are counted at `fps`, which is the clip's own where it is a take of that rate;
    `recipe` is None for a clip that does not say how it was made."""

    parent: Parent
    path: Path
    recipe: Recipe | None
    frames: int
    fps: float
    width: int
    height: int

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.frames / self.fps

    @property
    def title(self) -> str:
        """What to call it in a credential."""
        return self.parent.name or "a clip"

    def span(self, start: int, stop: int, number: int = 0) -> Span:
        """A part of it, as a cutting list names it."""
        return Span(number, start, stop)


class Finder:
    """Finds clips for one owner. `report` reads a file's credential."""

    def __init__(self, library: Library, owner: str, report: Callable[[Path], Report]) -> None:
        self._library, self._owner, self._report = library, owner, report

    def clip(self, field: str, name: ClipName, fps: float | None) -> Clip:
        """The clip of that name, counted at `fps` (None: its own rate). Raises NotFound, ShotError or MediaError."""
        take = self._take(field, name)
        if take is None:
            return self._file(field, Path(name), fps)
        rate = fps or take.fps
        frames = take.frames if take.fps == rate else media.count_frames(take.clip, rate)
        name = take.name or take.recipe.prompt[:80]
        parent = Parent(take.sha256, take.id, words.printable(name)[:120])
        return Clip(parent, take.clip, take.recipe, frames, rate, take.width, take.height)

    def keep(self, clip: Clip) -> Clip:
        """The same clip with its file safe among the given ones: the take may go while the work waits."""
        sha256, path = self._library.keep_input(clip.path)
        if sha256 != clip.parent.sha256:
            raise MediaError(f"{clip.title} is not the file that was recorded; find it again with `mend`")
        return Clip(clip.parent, path, clip.recipe, clip.frames, clip.fps, clip.width, clip.height)

    def _take(self, field: str, name: ClipName) -> Take | None:
        """A take by its id, or the one whose very clip a file is."""
        if isinstance(name, str):
            return self._library.take(name, self._owner)
        try:
            sha256 = inputs.sha256_of(name)
        except OSError:
            raise no_file(field, name) from None
        return self._library.take_of(sha256, self._owner)

    def _file(self, field: str, path: Path, fps: float | None) -> Clip:
        try:
            if not media.is_container(path):
                raise MediaError(f"{path.name} is no clip: tools work on MP4, MOV or WebM; begin a shot with a picture")
            facts = media.probe(path)
        except MediaError as error:
            raise ShotError(field, path.name, str(error)) from None
        if facts.seconds is not None and facts.seconds > MAX_SECONDS:
            line = f"{path.name} is {facts.seconds:.0f} s long: up to {MAX_SECONDS:g} s are worked on; trim it first"
            raise ShotError(field, path.name, line, MAX_SECONDS)
        recipe, rate = self._recipe_of(path), fps
        if rate is None:
            rate = float(recipe.fps) if recipe is not None else self._own_rate(path, facts.seconds)
        parent = Parent(inputs.sha256_of(path), "", words.printable(path.name)[:120])
        return Clip(parent, path, recipe, media.count_frames(path, rate), rate, facts.width, facts.height)

    def _own_rate(self, path: Path, seconds: float | None) -> float:
        if not seconds:
            return 25.0
        return max(1.0, float(round(media.count_frames(path) / seconds)))

    def _recipe_of(self, path: Path) -> Recipe | None:
        try:
            found = self._report(path)
            return Recipe.from_dict(found.recipe) if found.recipe is not None and found.intact else None
        except (ProvenanceError, RecipeError, OSError):
            return None
