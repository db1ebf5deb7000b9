"""Studio: the one door to everything, for the page, the command line and programs alike.

What is asked for is checked here (limits, pictures, policy) before anything is written; rendering is left to an engine
that takes jobs from the library. Nothing in this file waits for a model.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from model.catalog import CatalogEntry
from model.errors import ModelError
from studio import direction, provenance, shots
from studio.engines import Engine
from studio.engines.local import LocalEngine
from studio.errors import PolicyStop
from studio.estimate import Estimator
from studio.film import FINAL_STATES, Job, JobState, Shot, Take
from studio.library import Library
from studio.policy import Decision, PolicyRequest, check_request
from studio.provenance import Identity, Report
from studio.recipe import Recipe
from studio.settings import Settings

__all__ = ["FINAL_STATES", "Job", "JobState", "ModelError", "Shot", "Studio", "Take"]

LOCAL_OWNER = "local"


class Studio:
    """A studio over one home folder. `engine` None renders in this process, in one worker thread."""

    def __init__(self, settings: Settings, engine: Engine | None = None) -> None:
        self.settings = settings
        self.library = Library(settings.home)
        self._identity: Identity | None = None
        self._engine = engine if engine is not None else LocalEngine(settings, self.library)
        self._engine.start()

    # What can be asked for

    def entry(self, model: str = "storybook") -> CatalogEntry:
        """What the catalogue says of a model. Raises ShotError for an unknown name."""
        return shots.entry(model, self.settings.models)

    def directions(self, model: str = "storybook") -> dict[str, tuple[tuple[str, str], ...]]:
        """The (id, label) pairs one can choose for each field of a Direction."""
        return direction.options(self.entry(model).name, self.settings.models)

    def warm(self, model: str = "storybook") -> None:
        """Load a model in the background. Returns at once."""
        self._engine.warm(model)

    def check(self, shot: Shot) -> Decision:
        """What the policy says of a shot, without submitting it."""
        request = PolicyRequest(prompt=shot.prompt, negative=shot.negative, images=shot.pictures())
        return check_request(request, self.settings.mode)

    def estimate(self, shot: Shot) -> float | None:
        """Seconds this shot will take on this machine, from its own measurements; None before the first one.

        Raises ShotError as `submit` does.
        """
        return Estimator(self.library, self.settings.threads).total(self._plan(replace(shot, seed=0)).recipe)

    # Rendering

    def submit(self, shot: Shot, *, owner: str = LOCAL_OWNER, accept_rewrite: bool = False) -> Job:
        """Check everything and put the shot in the queue.

        `accept_rewrite` shoots the policy's rewritten prompt where it has one. Raises ShotError (a field is wrong) or
        PolicyStop (the policy says no, or offers another wording); neither leaves anything behind.
        """
        plan = self._plan(shot)
        decision = self.check(plan.shot)
        if decision.action == "rewrite" and accept_rewrite and decision.rewritten:
            plan = self._plan(replace(plan.shot, prompt=decision.rewritten))
            decision = self.check(plan.shot)
        if decision.action in ("block", "rewrite"):
            raise PolicyStop(decision)
        plan = plan.kept(self.library)
        notice = decision.message if decision.action == "warn" else None
        job_id = self.library.add_job(owner, plan.shot, plan.recipe, notice)
        self._engine.wake(job_id)
        return self.library.job(job_id, owner)

    def job(self, job_id: str, owner: str = LOCAL_OWNER) -> Job:
        """A job as it stands. Raises NotFound, also for somebody else's."""
        return self.library.job(job_id, owner)

    def jobs(self, owner: str = LOCAL_OWNER) -> list[Job]:
        """The owner's jobs, newest first."""
        return self.library.jobs(owner)

    def cancel(self, job_id: str, owner: str = LOCAL_OWNER) -> None:
        """Stop a job within one forward. A finished one stays as it is."""
        self.library.request_cancel(job_id, owner)
        self._engine.cancel(job_id)

    def wait(self, job_id: str, timeout: float | None = None, owner: str = LOCAL_OWNER) -> Job:
        """The job once it has finished, or as it stands after `timeout` seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        job = self.library.job(job_id, owner)
        while not job.finished and (end is None or time.monotonic() < end):
            time.sleep(0.03)
            job = self.library.job(job_id, owner)
        return job

    def ahead(self, job_id: str, owner: str = LOCAL_OWNER) -> int:
        """How many jobs, of anybody, come before this one."""
        return self.library.ahead(self.library.job(job_id, owner).id)

    def preview(self, job_id: str, owner: str = LOCAL_OWNER) -> Path | None:
        """The newest small preview of a running job (animated WebP), or None."""
        return self.library.preview(self.library.job(job_id, owner))

    # Takes

    def takes(self, owner: str = LOCAL_OWNER) -> list[Take]:
        """The owner's takes, newest first, without those in the bin."""
        return self.library.takes(owner)

    def take(self, take_id: str, owner: str = LOCAL_OWNER) -> Take:
        """One take. Raises NotFound, also for somebody else's or one in the bin."""
        return self.library.take(take_id, owner)

    def star(self, take_id: str, starred: bool, owner: str = LOCAL_OWNER) -> Take:
        """Mark or unmark a take as a favourite."""
        return self.library.star(take_id, owner, starred)

    def delete_take(self, take_id: str, owner: str = LOCAL_OWNER) -> None:
        """Move a take to the bin."""
        self.library.delete_take(take_id, owner)

    def restore_take(self, take_id: str, owner: str = LOCAL_OWNER) -> Take:
        """Take it out of the bin again."""
        return self.library.restore_take(take_id, owner)

    def binned(self, owner: str = LOCAL_OWNER) -> list[Take]:
        """The owner's takes that are in the bin, newest first."""
        return self.library.takes(owner, binned=True)

    # Credentials and recipes

    def identity(self) -> Identity:
        """Who this studio signs as; made at first use."""
        if self._identity is None:
            self._identity = Identity.load_or_create(self.library.keys)
        return self._identity

    def verify(self, path: Path) -> Report:
        """What a file's credential says. Raises ProvenanceError or OSError when it cannot be read."""
        return provenance.verify(path, self.identity())

    def shot_from(self, recipe: Recipe | str) -> Shot:
        """The shot that a recipe describes; pictures are found by content, never by a path. Raises RecipeError."""
        found = Recipe.from_json(recipe) if isinstance(recipe, str) else recipe
        return shots.from_recipe(found, self.library)

    def close(self) -> None:
        """Stop rendering and let go of the library. What was running goes back to the queue."""
        self._engine.close()
        self.library.close()

    def __enter__(self) -> Studio:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _plan(self, shot: Shot) -> shots.Plan:
        entry = self.entry(shot.model)
        return shots.plan(shot, entry, direction.known(entry))


def newest(jobs: Sequence[Job]) -> Job | None:
    """The job a page shows first: one that is not finished, else the newest."""
    waiting = [job for job in jobs if not job.finished]
    return waiting[-1] if waiting else (jobs[0] if jobs else None)
