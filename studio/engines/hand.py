"""One worker of an engine: a device, the model that is loaded on it, and one job at a time."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING

from model.errors import Cancelled, ModelError
from studio import memory, shots
from studio.errors import LibraryError, StudioError
from studio.film import Job, Wish
from studio.films import continuity
from studio.leaving import OutputCheck
from studio.library import Library
from studio.measure import Stopwatch
from studio.models import Models
from studio.plain import plain_error
from studio.planner import AUTO, Kept, Planner, kept, out_of_memory, require
from studio.preferences import of_owner
from studio.provenance import Identity
from studio.settings import Settings
from studio.worker import Rendering

if TYPE_CHECKING:
    from model.pipeline import Generator

log = logging.getLogger(__name__)

TROUBLE_SECONDS = 2.0  # how long to wait when the library cannot be written
TRIES = 15

Load = Callable[[str, Kept | None], "Generator"]


class Hand:
    """Renders jobs on one device. `load` makes a generator there from a model's name and how it is to be kept in
    memory; `closing` is set when the engine ends."""

    def __init__(
        self,
        settings: Settings,
        library: Library,
        signer: Callable[[], Identity],
        *,
        load: Load,
        check: OutputCheck,
        closing: threading.Event,
    ) -> None:
        self._settings, self._library, self._signer = settings, library, signer
        self._load, self._check, self._closing = load, check, closing
        self._generator: Generator | None = None
        self._planner = Planner(library)
        self._tired = False  # it has rendered since it last rested
        self._kept: Kept | None = None  # how the loaded model is kept in memory
        self.job: str | None = None  # what it is at

    def warm(self, model: str) -> None:
        """Load a model before somebody waits for it."""
        try:
            self._ready(model)
        except Exception as error:
            log.warning("%s could not be loaded: %s", model, plain_error(error))  # the job that needs it will say so

    def render(self, job: Job) -> None:
        """Render a job that was claimed; however it ends, its end is written."""
        watch, self._tired = Stopwatch(), True
        try:
            job = continuity.settle(self._library, job, self._signer())
            work = self._library.recipe(job.id).work
            with watch.part("load"):
                unmade = work is not None and work.made is None
                generator = None if unmade else self._ready(job.shot.model, job)
            kept = None if generator is None else self._kept
            plan = None if kept is None else kept.plan
            if plan is not None:
                memory.begin_peak()
            rendering = Rendering(
                job, self._library, self._settings, self._signer(), watch,
                asked=lambda: self._asked(job.id), check=self._check, plan=kept.words if kept else "",
            )  # fmt: skip
            take = rendering.run(generator)
            if generator is not None and plan is not None:
                self._planner.learn(generator.entry, take.recipe, plan, memory.peak())
        except Cancelled:
            self._surely(lambda: self._put_down(job.id))
        except Exception as error:
            if memory.ran_out(error):
                log.error("job %s ran out of memory: %s", job.id, error)
                traceback.clear_frames(error.__traceback__)  # they hold what is to be given back
                return self._ran_out(job)
            expected = isinstance(error, (StudioError, ModelError))
            log.error("job %s failed: %s", job.id, error, exc_info=None if expected else error)
            line = plain_error(error)
            self._surely(lambda: self._library.finish_job(job.id, "failed", "Failed", error=line))

    def rest(self) -> None:
        """There is nothing to render: what the last jobs needed is given back, once."""
        if self._tired:
            self._tired = False
            memory.give_back()

    def _ran_out(self, job: Job) -> None:
        """Memory ran out: the job is kept, and tried again it goes on with the next smaller plan."""
        line, smaller = out_of_memory(self._kept.plan if self._kept else None)
        self._generator = None
        memory.give_back()
        if smaller is not None:
            self._surely(lambda: self._library.replan_job(job.id, smaller))
        self._surely(lambda: self._library.finish_job(job.id, "failed", "Out of memory", error=line))

    def _surely(self, write: Callable[[], None]) -> None:
        """Write how a job ended, though the library may be busy or its disk full for a while.

        What never could be written is found again as a job of nobody's.
        """
        for _ in range(TRIES):
            try:
                return write()
            except LibraryError as error:
                log.warning("the end of a job could not be written: %s", error)
                self._closing.wait(TROUBLE_SECONDS)

    def _put_down(self, job_id: str) -> None:
        """What becomes of a job that was cut short: whatever its owner wished, else it goes on another time."""
        wish = self._library.wish(job_id)
        if wish == "stop":
            self._library.finish_job(job_id, "cancelled", "Stopped")
        elif wish == "keep":
            self._library.finish_job(job_id, "cancelled", "Stopped before a first part was finished: nothing to keep")
        elif wish == "pause":
            self._library.shelve_job(job_id)
        else:
            line = "The studio was closed while this was being shot; it goes on when it opens"
            self._library.requeue_job(job_id, line, innocent=True)

    def _asked(self, job_id: str) -> Wish:
        """What to do before the next forward: closing the studio is a pause to the renderer."""
        try:
            wish = self._library.wish(job_id)
        except LibraryError:  # a busy database does not stop a render; it is asked again at the next step
            wish = ""
        return wish or ("pause" if self._closing.is_set() else "")

    def _ready(self, model: str, job: Job | None = None) -> Generator:
        kept = None if job is None else self._decided(model, job)
        if self._generator is None or self._generator.name != model or kept != self._kept:
            if job is not None:
                self._library.update_job(job.id, stage="Loading the model")
            self._generator, self._kept = None, kept  # let go of the old one before the new one needs the memory
            memory.give_back()
            self._generator = self._load(model, kept)
            _ = self._generator.sha256  # hashed now, as a part of loading, and not while somebody waits for a clip
        return self._generator

    def _decided(self, model: str, job: Job) -> Kept | None:
        """How the model of a job is to be kept in memory; None where there is nothing to choose."""
        entry = shots.entry(model, self._settings.models, Models(self._settings.home, self._settings.models))
        wishes = of_owner(self._library, job.owner, self._settings.shared)
        asked = wishes.plan if job.shot.plan == AUTO else job.shot.plan
        decision = self._planner.decide(entry, self._library.recipe(job.id), asked)
        require(decision)
        if decision is None:
            return None
        fast, compiled = wishes.develop == "fast", wishes.compile == "on"
        return kept(decision, job.shot, entry, fast=fast, compiled=compiled)
