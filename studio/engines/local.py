"""LocalEngine: renders in this process, one worker thread for each device, one job at a time on each.

Whoever holds the home's lock renders for it. A second process over the same home (a command typed while the studio is
open) only puts its job in the queue and watches; it renders by itself once the lock is free.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from model import allocation
from studio import shots
from studio.engines.hand import TROUBLE_SECONDS, Hand
from studio.errors import StudioError
from studio.film import Job
from studio.leases import Lease
from studio.leaving import OutputCheck
from studio.library import Library
from studio.locks import HomeLock
from studio.models import Models
from studio.planner import Kept
from studio.policing import gate
from studio.provenance import Identity
from studio.settings import Settings

if TYPE_CHECKING:
    from model.pipeline import Generator

log = logging.getLogger(__name__)

Loader = Callable[[str], "Generator"]
IDLE_SECONDS = 0.4  # how often the queue is looked at for jobs of other processes
LOOK_SECONDS = 5.0  # how often jobs of processes that died are looked for


class LocalEngine:
    """Renders a library's jobs. `serve` False takes only the jobs of this process and lets the lock go after each.

    `load` makes a generator from a model's name; None loads from the settings' folder, onto the device of the worker.
    `check` looks at every clip before it is signed; None is the policy's own. `devices` names what to render on; None
    is what the settings say, else every accelerator that torch finds, else the CPU.
    """

    def __init__(
        self,
        settings: Settings,
        library: Library,
        *,
        load: Loader | None = None,
        check: OutputCheck | None = None,
        serve: bool = True,
        devices: Sequence[str] | None = None,
    ) -> None:
        self._settings, self._library, self._serve = settings, library, serve
        self._check = check or partial(gate(settings).release, made_of=library.recipe_of)
        self._load, self._devices = load, devices or settings.devices
        self._lock = HomeLock(settings.home / "engine.lock")
        self._orders: queue.SimpleQueue[str | None] = queue.SimpleQueue()  # models to warm up; None only wakes
        self._mine: set[str] = set()
        self._closing = threading.Event()
        self._turn = threading.Lock()  # one worker at a time looks for a job
        self._naming = threading.Lock()
        self._identity: Identity | None = None
        self._lease: Lease | None = None
        self._looked = 0.0  # when jobs of dead processes were last looked for (monotonic)
        self._said = ""  # the last thing that was wrong with the library: it is logged once
        self._hands: list[Hand] = []
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to take jobs."""
        allocation.keep()  # a thread that has once allocated keeps to the part of the memory that it was given
        self._employ(self._devices[0] if self._devices else None)

    def wake(self, job_id: str) -> None:
        """A job of this process is in the queue."""
        self._mine.add(job_id)
        self._orders.put(None)

    def cancel(self, job_id: str) -> None:
        """Nothing to do: the renderer reads the stop flag at every step."""

    def warm(self, model: str) -> None:
        """Load a model in a worker thread. Returns at once."""
        self._orders.put(model)

    def close(self) -> None:
        """Stop within one forward; what is being rendered goes back to the queue."""
        with self._turn:
            self._closing.set()
        for _ in self._threads:
            self._orders.put(None)
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        self._let_go()

    # Workers

    def _employ(self, device: str | None) -> None:
        own = self._load
        load = partial(self._load_model, device) if own is None else lambda name, kept: own(name)
        hand = Hand(
            self._settings, self._library, self._signer, load=load, check=self._check, closing=self._closing
        )  # fmt: skip
        name = f"render {device}" if device else "render"
        thread = threading.Thread(target=self._work, args=(hand, device), name=name, daemon=True)
        self._hands.append(hand)
        self._threads.append(thread)
        thread.start()

    def _employ_others(self) -> None:
        """A worker for every further device, once there is work: counting them takes torch, and that takes time."""
        with self._turn:
            if self._closing.is_set() or len(self._threads) > 1:
                return
            if self._devices is None:
                self._devices = _accelerators() if self._load is None else ("cpu",)
            for device in self._devices[1:]:
                self._employ(device)

    def _work(self, hand: Hand, device: str | None) -> None:
        if device is not None and device.startswith("cuda:"):
            import torch

            try:
                torch.cuda.set_device(device)  # of this thread: what is measured and freed is measured and freed there
            except (RuntimeError, AssertionError) as error:  # there is no such card: its jobs fail, and say so
                log.error("%s cannot be used: %s", device, error)
        while not self._closing.is_set():
            try:
                if not self._next_job(hand):
                    self._idle(hand)
                self._said = ""
            except (StudioError, OSError) as error:
                if str(error) != self._said:
                    log.warning("the queue waits: %s", error)
                self._said = str(error)
                self._closing.wait(TROUBLE_SECONDS)
            except Exception:
                log.exception("a render thread stumbled; it goes on")
                self._closing.wait(TROUBLE_SECONDS)

    def _idle(self, hand: Hand) -> None:
        hand.rest()
        with self._turn:
            if not self._serve and all(each.job is None for each in self._hands):
                self._let_go()
        with suppress(queue.Empty):
            model = self._orders.get(timeout=IDLE_SECONDS)
            if model is not None and not self._closing.is_set():
                hand.warm(model)

    def _next_job(self, hand: Hand) -> bool:
        """Render the oldest job there is for us; whether there was one."""
        with self._turn:
            job = None if self._closing.is_set() else self._claim()
            hand.job = None if job is None else job.id
        if job is None:
            return False
        try:
            self._employ_others()
            hand.render(job)
        finally:
            hand.job = None
            self._mine.discard(job.id)
        return True

    def _claim(self) -> Job | None:
        if not self._serve and not self._mine:
            return None
        if not self._lock.held and not self._lock.acquire():
            return None
        if self._lease is None:
            self._lease = Lease(self._library, serves=self._serve)
            self._lease.start()
            self._looked = 0.0
        if not self._looked or time.monotonic() - self._looked > LOOK_SECONDS:
            for job_id in self._library.recover([each.job for each in self._hands if each.job]):
                log.warning("job %s was left by a process that stopped", job_id)
            self._looked = time.monotonic()
        return self._library.claim(None if self._serve else self._mine)

    def _let_go(self) -> None:
        """Let another process render."""
        if self._lease is not None:
            self._lease.stop()
            self._lease = None
        self._lock.release()

    def _signer(self) -> Identity:
        with self._naming:
            if self._identity is None:
                self._identity = Identity.load_or_create(self._library.keys)
            return self._identity

    def _load_model(self, device: str | None, name: str, kept: Kept | None) -> Generator:
        import model
        from model.residency import Residency

        known = Models(self._settings.home, self._settings.models)
        entry = shots.entry(name, self._settings.models, known)
        residency = Residency(prompts=self._settings.home / "prompts")
        if kept is not None:
            residency = replace(residency, fast_decode=kept.fast_decode, compiled=kept.compiled)
        if kept is not None and (plan := kept.plan) is not None:
            residency = replace(
                residency, streamed=plan.streamed, keep_text=plan.keep_text, text_on_host=plan.text_on_host,
                one_by_one=plan.one_by_one, strips=plan.strips,
            )  # fmt: skip
        return model.load(entry, device=device, threads=self._settings.threads, residency=residency)


def _accelerators() -> tuple[str, ...]:
    """Every accelerator there is, or the CPU: it is one device, whose cores share one render."""
    import torch

    count = torch.cuda.device_count()
    return tuple(f"cuda:{number}" for number in range(count)) if count > 1 else ("cuda" if count else "cpu",)
