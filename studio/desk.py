"""The queue part of the Studio: what an owner does with jobs."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from pathlib import Path
from typing import Literal

from studio.base import LOCAL_OWNER, Base
from studio.errors import ShotError
from studio.film import Event, Job, Shot, Undone
from studio.preferences import MOST_TAKES
from studio.recipe import Recipe
from studio.shots import SEED_DRAW


class Desk(Base):
    """Putting shots in the queue, watching them, and changing their mind for them."""

    # Ordering

    def submit(self, shot: Shot, *, owner: str = LOCAL_OWNER, accept_rewrite: bool = False) -> Job:
        """Check everything and put the shot in the queue.

        `accept_rewrite` shoots the policy's rewritten prompt where it has one. Raises ShotError (a field is wrong) or
        PolicyStop (the policy says no, or offers another wording); neither leaves anything behind.
        """
        with self.patience.asking(owner):
            plan, notice = self._allowed(shot, accept_rewrite)
        return self._queued([self.library.add_job(owner, plan.shot, plan.recipe, notice)], owner)[0]

    def submit_takes(
        self, shot: Shot, count: int, *, owner: str = LOCAL_OWNER, accept_rewrite: bool = False
    ) -> list[Job]:
        """The same shot with `count` seeds (one after another from a given one), as one group; all or none of them."""
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_TAKES:
            near = min(max(count, 1), MOST_TAKES) if isinstance(count, int) else 1
            raise ShotError("takes", count, f"{count} takes at once do not work: it can be 1 to {MOST_TAKES}", near)
        with self.patience.asking(owner):
            plan, notice = self._allowed(shot, accept_rewrite)
        highest, first = self.entry(shot.model).limits.seed_max, plan.recipe.seed
        if shot.seed is None:
            seeds = [first, *(secrets.randbelow(min(SEED_DRAW, highest)) for _ in range(count - 1))]
        else:
            seeds = [(first + number) % (highest + 1) for number in range(count)]
        orders = [(plan.shot, replace(plan.recipe, seed=seed)) for seed in seeds]
        group = f"g{secrets.token_hex(8)}" if count > 1 else ""
        return self._queued(self.library.add_jobs(owner, orders, notice, group), owner)

    def clone_job(self, job_id: str, *, same_seed: bool = False, owner: str = LOCAL_OWNER) -> Job:
        """The same shot again at the end of the queue, with a new seed unless `same_seed`.

        What it waits for, its copy waits for too. Raises NotFound, ShotError or PolicyStop.
        """
        job, needs = self.library.unsettled(job_id, owner)
        recipe = self.library.recipe(job_id)
        if recipe.work is not None:
            return self._worked_again(job, recipe, same_seed=same_seed)
        joined = job.shot.joined and (job.shot.before is not None or any(need.how == "before" for need in needs))
        shot = replace(job.shot, seed=job.seed if same_seed else None, joined=joined)
        with self.patience.asking(owner):
            plan, notice = self._allowed(shot, accept_rewrite=False)
        return self._queued([self.library.add_waiting(owner, plan.shot, plan.recipe, notice, needs)], owner)[0]

    def _worked_again(self, job: Job, recipe: Recipe, *, same_seed: bool) -> Job:
        """The same work on the same clips once more."""
        notice = self._permitted(job.shot)
        seed = job.seed if same_seed else secrets.randbelow(min(SEED_DRAW, self.entry(recipe.model).limits.seed_max))
        again = replace(recipe, seed=seed)
        made = self.library.add_job(job.owner, replace(job.shot, seed=seed), again, notice)
        return self._queued([made], job.owner)[0]

    def retry(self, job_id: str, owner: str = LOCAL_OWNER) -> Job:
        """A job that failed or was stopped stands in the queue again. Raises Conflict for any other.

        It goes on from its last saved step where that was kept, as after a disk that was full.
        """
        self.library.retry_job(job_id, owner)
        return self._queued([job_id], owner)[0]

    def edit_job(self, job_id: str, shot: Shot, *, owner: str = LOCAL_OWNER, accept_rewrite: bool = False) -> Job:
        """Another shot in the place of one that has not begun. Raises Conflict when it has, else as `submit`.

        What a film gave it, its cast and what it goes on from, is nothing a form can hold and stays.
        """
        held = self.library.job(job_id, owner).shot
        kept = replace(shot, cast=shot.cast or held.cast, before=shot.before or held.before, joined=held.joined)
        with self.patience.asking(owner):
            plan, notice = self._allowed(kept, accept_rewrite)
        self.library.edit_job(job_id, owner, plan.shot, plan.recipe, notice)
        return self.library.job(job_id, owner)

    # Watching

    def job(self, job_id: str, owner: str = LOCAL_OWNER) -> Job:
        """A job as it stands. Raises NotFound, also for somebody else's."""
        return self.library.job(job_id, owner)

    def jobs(self, owner: str = LOCAL_OWNER, limit: int | None = None, before: str | None = None) -> list[Job]:
        """The owner's jobs, newest first; `before` goes on after that job."""
        return self.library.jobs(owner, limit, before)

    def active(self, owner: str = LOCAL_OWNER) -> list[Job]:
        """The owner's unfinished jobs, what is being shot first, then the queue in its order. Cheap: ask often."""
        return self.library.active(owner)

    def history(self, job_id: str, owner: str = LOCAL_OWNER) -> list[Event]:
        """What happened to a job, oldest first."""
        return self.library.events(self.library.job(job_id, owner).id)

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

    def places(self, owner: str = LOCAL_OWNER) -> dict[str, int]:
        """How many jobs, of anybody, come before each of this owner's that wait."""
        return self.library.places(owner)

    def preview(self, job_id: str, owner: str = LOCAL_OWNER) -> Path | None:
        """The newest small preview of a running job (animated WebP), or None."""
        return self.library.preview(self.library.job(job_id, owner))

    # Changing

    def cancel(self, job_id: str, owner: str = LOCAL_OWNER) -> None:
        """Stop a job within one forward. A finished one stays as it is."""
        self.library.request_cancel(job_id, owner)
        self._engine.cancel(job_id)

    def pause(self, job_id: str, owner: str = LOCAL_OWNER) -> None:
        """Put a job down within one forward, with all it has done so far. Raises Conflict when it has ended."""
        self.library.pause_job(job_id, owner)
        self._engine.cancel(job_id)

    def resume(self, job_id: str, owner: str = LOCAL_OWNER) -> None:
        """Let a paused job go on where it was. Raises Conflict when it has ended."""
        self.library.resume_job(job_id, owner)
        self._engine.wake(job_id)

    def stop_and_keep(self, job_id: str, owner: str = LOCAL_OWNER) -> None:
        """Stop a job; the windows that are finished become a take. Raises Conflict when it is not being shot."""
        self.library.request_keep(job_id, owner)
        self._engine.cancel(job_id)

    def pause_queue(self, owner: str = LOCAL_OWNER) -> None:
        """Begin nothing more of this owner's; what is running is finished."""
        self.library.pause_queue(owner, True)

    def resume_queue(self, owner: str = LOCAL_OWNER) -> None:
        """Go on with this owner's queue."""
        self.library.pause_queue(owner, False)
        for job in self.library.active(owner):
            self._engine.wake(job.id)

    def queue_paused(self, owner: str = LOCAL_OWNER) -> bool:
        """Whether this owner's queue stands still."""
        return self.library.queue_paused(owner)

    def move_job(self, job_id: str, before: str | Literal["first", "last"], owner: str = LOCAL_OWNER) -> None:
        """Put a waiting job before another one of this owner's, "first" or "last". Raises Conflict."""
        self.library.move_job(job_id, before, owner)

    def clear_waiting(self, owner: str = LOCAL_OWNER) -> int:
        """End all jobs of this owner that wait; how many."""
        return self.library.clear_waiting(owner)

    def undo(self, owner: str = LOCAL_OWNER) -> Undone | None:
        """Take back the last delete, star, name, note, or end of waiting jobs; None when there is nothing."""
        undone = self.library.undo(owner)
        if undone is not None and undone.kind in ("cancel", "clear"):
            for job in self.library.active(owner):
                self._engine.wake(job.id)
        return undone

    def undoable(self, owner: str = LOCAL_OWNER) -> Undone | None:
        """What `undo` would take back."""
        return self.library.undoable(owner)

    def _queued(self, ids: list[str], owner: str) -> list[Job]:
        for job_id in ids:
            self._engine.wake(job_id)
        return [self.library.job(job_id, owner) for job_id in ids]
