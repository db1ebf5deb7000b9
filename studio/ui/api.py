"""The same operations for programs: named endpoints of Gradio's API, and tools of MCP where that is switched on.

Each puts a job in the queue, as the page does, and waits for it unless told not to: a program that goes away stops
nothing. Answers are plain JSON; the clip itself is at the address in `clip`, on the same server.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from studio.core import Studio
from studio.errors import NotFound, ShotError
from studio.film import Job, Shot, Take
from studio.tools import read
from studio.ui import views
from studio.ui.answering import Answer, Answering
from studio.ui.drafts import Drafts
from studio.ui.filmapi import FilmInterface

WAITING = 8  # calls that may wait for their clips at once, of all programs
SHOWN = 100  # takes in one answer


class Interface(Answering):
    """The endpoints over one studio. What cannot be done is one line, as an error of Gradio."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self.films = FilmInterface(studio)
        self._drafts = Drafts(studio.library)

    def build(self) -> None:
        """Add every endpoint to the page that is being built."""
        slow, prompt = self.films.endpoints()
        waiting: tuple[Callable[..., Any], ...] = (
            self.shoot, self.extend, self.loop, self.blend, self.interpolate, self.remix, self.recut, self.vary,
            self.upscale, self.smooth, *slow,
        )  # fmt: skip
        for endpoint in waiting:
            gr.api(endpoint, api_name=endpoint.__name__, concurrency_limit=WAITING, concurrency_id="clips")
        for quick in (self.job, self.stop, self.takes, self.take, *prompt):
            gr.api(quick, api_name=quick.__name__, concurrency_limit=None)

    # Making

    def shoot(
        self, request: gr.Request, prompt: str, seconds: float = 4.0, size: str = "landscape", seed: int | None = None,
        steps: int | None = None, negative: str = "", model: str = "storybook", accept_rewrite: bool = False,
        wait: bool = True, control: str = "", mask: str = "", outpaint: bool = False, block_cache: float = 0.0,
        guided: float = 1.0, consent: bool = False,
    ) -> Answer:  # fmt: skip
        """Film a prompt. Size is landscape, portrait, square or WxH. Without `wait` the job is answered at once.

        Control and mask, for models that take them, are takes or files that were posted to /studio/given, by id.
        """
        shot = Shot(
            prompt=prompt, seconds=seconds, size=size, seed=seed, steps=steps, negative=negative, model=model,
            outpaint=outpaint, block_cache=block_cache, guided=guided, consent=consent,
        )  # fmt: skip

        def begin(owner: str) -> list[Job]:
            files = {name: self._file(name, id, owner) for name, id in (("control", control), ("mask", mask))}
            full = replace(shot, control=files["control"], mask=files["mask"])
            return [self.studio.submit(full, owner=owner, accept_rewrite=accept_rewrite)]

        return self._made(request, wait, begin)[0]

    def _file(self, field: str, id: str, owner: str) -> Path | None:
        """The clip of a take, or a file that this owner gave. Raises ShotError for an id of neither."""
        if not id:
            return None
        found = self._drafts.given(owner, id)
        path = None if found is None else self._drafts.path(owner, found)
        if path is not None:
            return path
        try:
            return self.studio.take(id, owner).clip
        except NotFound:
            message = f"{field}: {id[:40]!r} is neither a take nor a file that was posted to /studio/given"
            raise ShotError(field, id, message) from None

    def extend(
        self, request: gr.Request, take: str, seconds: float = 4.0, direction: str = "forward",
        at: float | None = None, prompt: str | None = None, seed: int | None = None, steps: int | None = None,
        wait: bool = True,
    ) -> Answer:  # fmt: skip
        """Make a take longer: forward or backward, from its end or from the frame seen `at` so many seconds."""
        asked = {"seconds": seconds, "direction": direction, "at": at, "prompt": prompt, "seed": seed, "steps": steps}
        return self._work(request, wait, "extend", take, asked)

    def loop(
        self, request: gr.Request, take: str, seconds: float | None = None, prompt: str | None = None,
        seed: int | None = None, steps: int | None = None, wait: bool = True,
    ) -> Answer:  # fmt: skip
        """Lead the end of a take back to its start with new frames."""
        return self._work(
            request, wait, "loop", take, {"seconds": seconds, "prompt": prompt, "seed": seed, "steps": steps}
        )

    def blend(
        self, request: gr.Request, take: str, other: str, seconds: float = 1.0, curve: str = "smooth",
        strength: str = "medium", prompt: str | None = None, seed: int | None = None, steps: int | None = None,
        wait: bool = True,
    ) -> Answer:  # fmt: skip
        """Let one take become another. Curve is smooth, even, early, late or quick; strength subtle to strong."""
        asked = {"other": other, "seconds": seconds, "curve": curve, "strength": strength}
        return self._work(request, wait, "blend", take, {**asked, "prompt": prompt, "seed": seed, "steps": steps})

    def interpolate(
        self, request: gr.Request, take: str, other: str, seconds: float = 1.0, prompt: str | None = None,
        seed: int | None = None, steps: int | None = None, wait: bool = True,
    ) -> Answer:  # fmt: skip
        """Make the frames that lead from the end of one take to the start of another."""
        asked = {"other": other, "seconds": seconds, "prompt": prompt, "seed": seed, "steps": steps}
        return self._work(request, wait, "interpolate", take, asked)

    def remix(
        self, request: gr.Request, take: str, prompt: str | None = None, strength: str = "medium",
        seed: int | None = None, steps: int | None = None, wait: bool = True,
    ) -> Answer:  # fmt: skip
        """Draw a take again: strength is subtle, gentle, medium, bold, strong, or a number up to 1."""
        asked = {"strength": strength, "prompt": prompt, "seed": seed, "steps": steps}
        return self._work(request, wait, "remix", take, asked)

    def recut(
        self, request: gr.Request, take: str, keep: list[float] | None = None, cut: list[float] | None = None,
        replace: list[float] | None = None, seconds: float | None = None, prompt: str | None = None,
        seed: int | None = None, steps: int | None = None, wait: bool = True,
    ) -> Answer:  # fmt: skip
        """Keep a span of a take, cut one out, or replace one by new frames: each is [start, end] in seconds."""
        asked = {"keep": keep, "cut": cut, "replace": replace, "seconds": seconds}
        return self._work(request, wait, "recut", take, {**asked, "prompt": prompt, "seed": seed, "steps": steps})

    def vary(self, request: gr.Request, take: str, count: int = 4, wait: bool = True) -> list[Answer]:
        """The same shot, or the same work, with 2, 4 or 8 other seeds."""
        return self._made(request, wait, lambda owner: self.studio.vary(take, count, owner=owner))

    def upscale(self, request: gr.Request, take: str, factor: float = 2.0, wait: bool = True) -> Answer:
        """A larger picture, without a model: up to four times."""
        return self._work(request, wait, "upscale", take, {"factor": factor})

    def smooth(self, request: gr.Request, take: str, fps: int | None = None, wait: bool = True) -> Answer:
        """More frames a second, by following the motion; twice as many unless told."""
        return self._work(request, wait, "smooth", take, {"fps": fps})

    # Looking

    def job(self, request: gr.Request, id: str) -> Answer:
        """How a job stands, and its take once it is done."""
        return self.guarded(request, lambda owner: self._answer(self.studio.job(id, owner), owner))

    def stop(self, request: gr.Request, id: str) -> Answer:
        """Stop a job."""

        def act(owner: str) -> Answer:
            self.studio.cancel(id, owner=owner)
            return self._answer(self.studio.job(id, owner), owner)

        return self.guarded(request, act)

    def takes(self, request: gr.Request, search: str = "", limit: int = 20) -> list[Answer]:
        """The newest takes, or those that hold these words."""
        most = max(1, min(limit, SHOWN))
        return self.guarded(
            request, lambda owner: [told(each) for each in self.studio.takes(owner=owner, search=search, limit=most)]
        )

    def take(self, request: gr.Request, id: str) -> Answer:
        """All about a take: its clip's address, its recipe, its credential, and how its parts meet."""
        return self.guarded(request, lambda owner: told(self.studio.take(id, owner)))

    # What they have in common

    def _work(self, request: gr.Request, wait: bool, tool: str, take: str, asked: dict[str, Any]) -> Answer:
        return self._made(
            request, wait, lambda owner: [self.studio.work(read(tool, {**asked, "clip": take}), owner=owner)]
        )[0]

    def _made(self, request: gr.Request, wait: bool, begin: Callable[[str], list[Job]]) -> list[Answer]:
        def act(owner: str) -> list[Answer]:
            jobs = begin(owner)
            if wait:
                jobs = [self.studio.wait(job.id, owner=owner) for job in jobs]
            return [self._answer(job, owner) for job in jobs]

        return self.guarded(request, act)

    def _answer(self, job: Job, owner: str) -> Answer:
        take = None if job.take_id is None else told(self.studio.take(job.take_id, owner))
        left = None if job.eta_s is None else round(job.eta_s, 1)
        return {
            "job": job.id, "state": job.state, "stage": job.stage, "step": job.step, "steps": job.steps, "left": left,
            "error": job.error or None, "notice": job.notice or None, "take": take,
        }  # fmt: skip


def told(take: Take) -> Answer:
    """A take as a program is told of it."""
    shown = views.take(take)
    names = ("id", "title", "prompt", "clip", "poster", "width", "height", "frames", "fps", "seed", "parents", "group")
    return {
        **{name: shown[name] for name in names},
        "seconds": round(take.duration, 3),
        "seams": [seam.to_dict() for seam in take.seams],
        "credential": {"verdict": take.report.get("verdict"), "parents": take.report.get("parents") or []},
        "recipe": take.recipe.to_json(),
    }
