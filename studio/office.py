"""The housekeeping part of the Studio: forecasts, settings, disk space, and taking everything out or away."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from model.catalog import CatalogEntry
from studio import memory, preferences
from studio.base import COMMAND_LINE, LOCAL_OWNER, Base
from studio.disk import free, room, size
from studio.errors import MediaError
from studio.estimate import SPARE, Forecast, smaller
from studio.film import Job, Shot, Take
from studio.planner import AUTO, Decision, Planner
from studio.preferences import Preferences
from studio.recipe import Recipe


@dataclass(frozen=True)
class DiskUse:
    """What the studio keeps, in bytes; `free` is what is left on that disk."""

    home: Path
    takes: int
    bin: int
    inputs: int
    work: int
    database: int
    total: int
    free: int


@dataclass(frozen=True)
class Deleted:
    """How much of an owner's was removed."""

    jobs: int
    takes: int
    inputs: int


class Office(Base):
    """Forecasts, settings and the data folder."""

    # Before shooting

    def estimate(self, shot: Shot) -> float | None:
        """Seconds this shot will take on this machine, from its own measurements; None before the first one.

        Raises ShotError as `submit` does.
        """
        return self._estimator().total(self._plan(replace(shot, seed=0)).recipe)

    def needs(self, job: Job) -> float | None:
        """Seconds that a job which has not begun will take on this machine; None before the first measurement."""
        return self._estimator().total(self.library.recipe(job.id))

    def forecast(self, shot: Shot, owner: str = LOCAL_OWNER) -> Forecast:
        """Time and memory for this shot here, and the nearest one that fits when it does not. Raises ShotError."""
        entry, recipe, estimator = self.entry(shot.model), self._plan(replace(shot, seed=0)).recipe, self._estimator()
        decision = Planner(self.library).decide(entry, recipe, self._asked_plan(shot, owner))
        if decision is not None:
            return self._planned(shot, entry, recipe, decision)
        left = memory.free()
        room_for = int((memory.used() + left) * SPARE)
        needed, seconds = estimator.memory(recipe, entry), estimator.total(recipe)
        if needed is None or needed <= room_for:
            return Forecast(seconds, needed, left, True)
        shown = f"This shot needs {needed / 1e9:.1f} GB and {room_for / 1e9:.1f} GB are there"
        for width, height, length in smaller(recipe.width, recipe.height, recipe.seconds, entry):
            frames = min(recipe.frames, entry.limits.frames(length, entry.fps))
            less = estimator.memory(replace(recipe, width=width, height=height, frames=frames), entry)
            if less is not None and less <= room_for:
                fitting = replace(shot, size=f"{width}x{height}", seconds=length)
                what = f"{width}x{height}" + ("" if length == recipe.seconds else f" and {length:g} s")
                return Forecast(seconds, needed, left, False, fitting, f"{shown}: {what} would fit.")
        return Forecast(seconds, needed, left, False, None, f"{shown}: close other programs.")

    def _asked_plan(self, shot: Shot, owner: str) -> str:
        return shot.plan if shot.plan != AUTO else self.preferences(owner).plan

    def _planned(self, shot: Shot, entry: CatalogEntry, recipe: Recipe, decision: Decision) -> Forecast:
        """The forecast of a shot with a large model, whose memory is a matter of plans."""
        seconds, told = self._estimator().total(recipe), decision.plan.title if decision.plan else ""
        if decision.fits:
            return Forecast(seconds, decision.needed, decision.free, True, plan=told)
        for width, height, length in smaller(recipe.width, recipe.height, recipe.seconds, entry):
            frames = min(recipe.frames, entry.limits.frames(length, entry.fps))
            less = replace(recipe, width=width, height=height, frames=frames)
            found = Planner(self.library).decide(entry, less, shot.plan)
            if found is not None and found.fits:
                fitting = replace(shot, size=f"{width}x{height}", seconds=length)
                what = f"{width}x{height}" + ("" if length == recipe.seconds else f" and {length:g} s")
                line = f"{decision.advice}: {what} would fit."
                return Forecast(seconds, decision.needed, decision.free, False, fitting, line, told)
        line = f"{decision.advice}: choose a smaller model."
        return Forecast(seconds, decision.needed, decision.free, False, None, line, told)

    # Settings

    def preferences(self, owner: str = LOCAL_OWNER) -> Preferences:
        """What an owner has settled."""
        return preferences.of_owner(self.library, owner, self.settings.shared)

    def prefer(self, owner: str = LOCAL_OWNER, **changes: Any) -> Preferences:
        """Settle something. Raises ShotError that names the field."""
        if "model" in changes:
            self.entry(str(changes["model"]))
        return preferences.settle(self.library, owner, self.settings.shared, changes)

    # The data folder

    def disk_use(self, owner: str = LOCAL_OWNER) -> DiskUse:
        """How much the studio keeps; in a shared studio, how much of it is this owner's."""
        library, home = self.library, self.settings.home
        if self.settings.shared:
            takes = sum(size(take.clip.parent) for take in library.takes(owner))
            binned = sum(size(take.clip.parent) for take in library.takes(owner, binned=True))
            given = self._given_files([*library.takes(owner), *library.takes(owner, binned=True)], library.jobs(owner))
            inputs = sum(path.stat().st_size for path in given)
            return DiskUse(home, takes, binned, inputs, 0, 0, takes + binned + inputs, free(home))
        parts = {name: size(home / name) for name in ("takes", "bin", "inputs", "work")}
        database = sum(path.stat().st_size for path in home.glob("library.db*"))
        return DiskUse(home, **parts, database=database, total=sum(parts.values()) + database, free=free(home))

    def export_everything(self, path: Path, owner: str = LOCAL_OWNER) -> Path:
        """An owner's takes with posters, recipes and latents, what was given for them, and a list, as one zip.

        It appears whole or not at all. Raises MediaError or DiskFull.
        """
        takes = [*self.library.takes(owner), *self.library.takes(owner, binned=True)]
        jobs = self.library.jobs(owner)
        part = path.with_name(f".{path.name}.part")
        try:
            with room(path.parent), zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
                for take in takes:
                    for file in sorted(take.clip.parent.glob("*")):
                        archive.write(file, f"takes/{take.id}/{file.name}")
                for file in self._given_files(takes, jobs):
                    archive.write(file, f"given/{file.name}")
                listed = {"takes": [_listed(take) for take in takes], "jobs": [_listed_job(job) for job in jobs]}
                archive.writestr("studio.json", json.dumps(listed, ensure_ascii=False, indent=1, default=str))
            part.replace(path)
        except OSError as error:
            raise MediaError(f"{path.name} could not be written: {error.strerror or error}") from None
        finally:
            part.unlink(missing_ok=True)
        return path

    def delete_everything(
        self,
        owner: str = LOCAL_OWNER,
        given: AbstractSet[str] = frozenset(),
        others: AbstractSet[str] = frozenset(),
    ) -> Deleted:
        """Remove an owner's jobs, takes, bin, films, settings and given files, for good. What is being shot stops.

        `given` and `others` are content hashes of what the owner and what others gave, used or not.
        """
        jobs, takes, inputs = self.library.delete_owner(owner, given, others)
        if owner == LOCAL_OWNER:  # the command line is whoever sits at this machine
            shutil.rmtree(self.settings.home / "films" / COMMAND_LINE, ignore_errors=True)
        return Deleted(jobs, takes, inputs)

    def _given_files(self, takes: list[Take], jobs: list[Job]) -> list[Path]:
        recipes: list[Recipe] = [take.recipe for take in takes] + [self.library.recipe(job.id) for job in jobs]
        names = {anchor.sha256 for recipe in recipes for anchor in recipe.anchors}
        return [path for name in sorted(names) if (path := self.library.input(name)) is not None]


def _listed(take: Take) -> dict[str, Any]:
    facts = {"id": take.id, "name": take.name, "note": take.note, "starred": take.starred, "group": take.group}
    return {**facts, "created": take.created, "sha256": take.sha256, "recipe": asdict(take.recipe)}


def _listed_job(job: Job) -> dict[str, Any]:
    return {"id": job.id, "state": job.state, "error": job.error, "created": job.created, "prompt": job.shot.prompt}
