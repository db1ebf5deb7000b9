"""LocalEngine: renders in this process, in one worker thread, one job at a time.

Whoever holds the home's lock renders for it. A second process over the same home (a command typed while the studio is
open) only puts its job in the queue and watches; it renders by itself once the lock is free.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from model.errors import Cancelled, ModelError
from studio import memory, shots
from studio.errors import LibraryError, StudioError
from studio.film import Job, Wish
from studio.films import continuity
from studio.leases import Lease
from studio.leaving import OutputCheck, whole_clip
from studio.library import Library
from studio.locks import HomeLock
from studio.measure import Stopwatch
from studio.models import Models
from studio.plain import plain_error
from studio.planner import AUTO, Planner, out_of_memory, require
from studio.preferences import of_owner
from studio.provenance import Identity
from studio.settings import Settings
from studio.worker import Rendering

if TYPE_CHECKING:
    from model import plans
    from model.pipeline import Generator

log = logging.getLogger(__name__)

Loader = Callable[[str], "Generator"]
IDLE_SECONDS = 0.4  # how often the queue is looked at for jobs of other processes
LOOK_SECONDS = 5.0  # how often jobs of processes that died are looked for
TROUBLE_SECONDS = 2.0  # how long to wait when the library cannot be written
TRIES = 15


class LocalEngine:
    """Renders a library's jobs. `serve` False takes only the jobs of this process and lets the lock go after each.

    `load` makes a generator from a model's name; None loads from the settings' folder. `check` looks at every clip
    before it is signed.
    """

    def __init__(
        self,
        settings: Settings,
        library: Library,
        *,
        load: Loader | None = None,
        check: OutputCheck = whole_clip,
        serve: bool = True,
    ) -> None:
        self._settings, self._library, self._check, self._serve = settings, library, check, serve
        self._load = load or self._load_model
        self._lock = HomeLock(settings.home / "engine.lock")
        self._orders: queue.SimpleQueue[str | None] = queue.SimpleQueue()  # models to warm up; None only wakes
        self._mine: set[str] = set()
        self._closing = threading.Event()
        self._generator: Generator | None = None
        self._planner = Planner(library)
        self._plan: plans.Plan | None = None  # how the loaded model is kept in memory
        self._identity: Identity | None = None
        self._lease: Lease | None = None
        self._looked = 0.0  # when jobs of dead processes were last looked for (monotonic)
        self._said = ""  # the last thing that was wrong with the library: it is logged once
        self._thread = threading.Thread(target=self._work, name="render", daemon=True)

    def start(self) -> None:
        """Begin to take jobs."""
        self._thread.start()

    def wake(self, job_id: str) -> None:
        """A job of this process is in the queue."""
        self._mine.add(job_id)
        self._orders.put(None)

    def cancel(self, job_id: str) -> None:
        """Nothing to do: the renderer reads the stop flag at every step."""

    def warm(self, model: str) -> None:
        """Load a model in the worker thread. Returns at once."""
        self._orders.put(model)

    def close(self) -> None:
        """Stop within one forward; what is being rendered goes back to the queue."""
        self._closing.set()
        self._orders.put(None)
        if self._thread.is_alive():
            self._thread.join()
        self._let_go()

    def _work(self) -> None:
        while not self._closing.is_set():
            try:
                if not self._next_job():
                    self._idle()
                self._said = ""
            except (StudioError, OSError) as error:
                if str(error) != self._said:
                    log.warning("the queue waits: %s", error)
                self._said = str(error)
                self._closing.wait(TROUBLE_SECONDS)
            except Exception:
                log.exception("the render thread stumbled; it goes on")
                self._closing.wait(TROUBLE_SECONDS)

    def _idle(self) -> None:
        if not self._serve:
            self._let_go()
        with suppress(queue.Empty):
            model = self._orders.get(timeout=IDLE_SECONDS)
            if model is not None and not self._closing.is_set():
                self._warm(model)

    def _warm(self, model: str) -> None:
        try:
            self._ready(model)
        except Exception as error:
            log.warning("%s could not be loaded: %s", model, plain_error(error))  # the job that needs it will say so

    def _next_job(self) -> bool:
        """Render the oldest job there is for us; whether there was one."""
        if not self._serve and not self._mine:
            return False
        if not self._lock.held and not self._lock.acquire():
            return False
        if self._lease is None:
            self._lease = Lease(self._library, serves=self._serve)
            self._lease.start()
            self._looked = 0.0
        if not self._looked or time.monotonic() - self._looked > LOOK_SECONDS:
            for job_id in self._library.recover():
                log.warning("job %s was left by a process that stopped", job_id)
            self._looked = time.monotonic()
        job = self._library.claim(None if self._serve else self._mine)
        if job is None:
            return False
        self._render(job)
        self._mine.discard(job.id)
        return True

    def _let_go(self) -> None:
        """Let another process render."""
        if self._lease is not None:
            self._lease.stop()
            self._lease = None
        self._lock.release()

    def _render(self, job: Job) -> None:
        watch = Stopwatch()
        try:
            job = continuity.settle(self._library, job, self._signer())
            work = self._library.recipe(job.id).work
            with watch.part("load"):
                unmade = work is not None and work.made is None
                generator = None if unmade else self._ready(job.shot.model, job)
            plan = None if generator is None else self._plan
            if plan is not None:
                memory.begin_peak()
            rendering = Rendering(
                job, self._library, self._settings, self._signer(), watch,
                asked=lambda: self._asked(job.id), check=self._check, plan=plan.name if plan else "",
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

    def _ran_out(self, job: Job) -> None:
        """Memory ran out: the job is kept, and tried again it goes on with the next smaller plan."""
        line, smaller = out_of_memory(self._plan)
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
        plan = None if job is None else self._decided(model, job)
        if self._generator is None or self._generator.name != model or plan is not self._plan:
            if job is not None:
                self._library.update_job(job.id, stage="Loading the model")
            self._generator, self._plan = None, plan  # let go of the old one before the new one needs the memory
            memory.give_back()
            self._generator = self._load(model)
            _ = self._generator.sha256  # hashed now, as a part of loading, and not while somebody waits for a clip
        return self._generator

    def _decided(self, model: str, job: Job) -> plans.Plan | None:
        """How the model of a job is to be kept in memory; None where there is nothing to choose."""
        entry = shots.entry(model, self._settings.models, Models(self._settings.home, self._settings.models))
        asked = job.shot.plan
        if asked == AUTO:
            asked = of_owner(self._library, job.owner, self._settings.shared).plan
        decision = self._planner.decide(entry, self._library.recipe(job.id), asked)
        require(decision)
        return None if decision is None else decision.plan

    def _signer(self) -> Identity:
        if self._identity is None:
            self._identity = Identity.load_or_create(self._library.keys)
        return self._identity

    def _load_model(self, name: str) -> Generator:
        import model
        from model.residency import Residency

        known = Models(self._settings.home, self._settings.models)
        entry = shots.entry(name, self._settings.models, known)
        residency = Residency(prompts=self._settings.home / "prompts")
        if (plan := self._plan) is not None:
            residency = replace(
                residency, streamed=plan.streamed, keep_text=plan.keep_text, text_on_host=plan.text_on_host,
                one_by_one=plan.one_by_one, strips=plan.strips,
            )  # fmt: skip
        return model.load(entry, threads=self._settings.threads, residency=residency)
