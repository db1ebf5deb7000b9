"""What is being shot and what waits: watched by every page of an owner, and ordered, paused, edited, stopped here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from studio.core import Studio
from studio.errors import StudioError
from studio.film import Job, Shot
from studio.ui import views
from studio.ui.form import Forms
from studio.ui.web import Body, Owned, fresh

REMEMBERED = 400  # waiting shots of which it is known how long they take
SHOWN_JOBS = 40  # finished ones on the Queue page, until more are asked for


class Queueing(Owned):
    """The jobs of an owner."""

    def __init__(self, studio: Studio, forms: Forms) -> None:
        super().__init__(studio)
        self.forms = forms
        self._needed: dict[str, tuple[Shot, float | None]] = {}

    def routes(self) -> list[Route]:
        """The routes of this part."""
        acts = {
            "stop": lambda job, owner: self.studio.cancel(job, owner=owner),
            "keep": lambda job, owner: self.studio.stop_and_keep(job, owner=owner),
            "pause": lambda job, owner: self.studio.pause(job, owner=owner),
            "resume": lambda job, owner: self.studio.resume(job, owner=owner),
        }
        return [
            self.get("/now", self.now),
            self.get("/jobs", self.jobs),
            self.get("/jobs/{job}/preview", self.preview),
            self.get("/jobs/{job}/history", self.history),
            self.get("/jobs/{job}/form", self.form),
            *(self.post(f"/jobs/{{job}}/{name}", self._acting(act)) for name, act in acts.items()),
            self.post("/jobs/{job}/again", self.again),
            self.post("/jobs/{job}/retry", self.retry),
            self.post("/jobs/{job}/move", self.move),
            self.post("/jobs/{job}/edit", self.edit),
            self.post("/queue/pause", self.pause_queue),
            self.post("/queue/resume", self.resume_queue),
            self.post("/queue/clear", self.clear),
        ]

    def now(self, request: Request, owner: str) -> Response:
        """The unfinished jobs, the running one first, and the one the stage follows, whatever its state."""
        active = self.studio.active(owner=owner)
        places = self.studio.places(owner) if any(job.state == "queued" for job in active) else {}
        body: dict[str, Any] = {
            "jobs": self._all(active, places),
            "paused": self.studio.queue_paused(owner=owner),
            "followed": None,
        }
        followed = request.query_params.get("job")
        if followed:
            found = self.studio.job(followed, owner)
            body["followed"] = self._job(found, places.get(found.id))
        return fresh(body)

    def jobs(self, request: Request, owner: str) -> Response:
        """Jobs that have ended, newest first, from after `before` on."""
        found = self.studio.jobs(owner=owner, limit=SHOWN_JOBS, before=request.query_params.get("before") or None)
        ended = self._all([job for job in found if job.finished], {})
        return fresh({"jobs": ended, "next": found[-1].id if len(found) == SHOWN_JOBS else None})

    def preview(self, request: Request, owner: str) -> Response:
        """The newest preview of a job."""
        path = self.studio.preview(request.path_params["job"], owner)
        if path is None or not path.is_file():
            return Response(status_code=204, headers={"cache-control": "no-store"})
        return FileResponse(path, media_type="image/webp", headers={"cache-control": "no-store"})

    def history(self, request: Request, owner: str) -> Response:
        """What happened to a job, oldest first."""
        events = self.studio.history(request.path_params["job"], owner=owner)
        return fresh({"events": [{"when": views.when(e.at), "kind": e.kind, "text": e.text} for e in events]})

    def form(self, request: Request, owner: str) -> Response:
        """The form that shows a job's shot: to edit it while it waits, or to try once more."""
        job = self.studio.job(request.path_params["job"], owner)
        return fresh({"form": self.forms.filled(job.shot, owner)})

    def again(self, request: Request, owner: str, body: Body) -> Response:
        """The same shot once more, at the end of the queue: a new seed, or the same."""
        job = request.path_params["job"]
        made = self.studio.clone_job(job, same_seed=body.get("same_seed") is True, owner=owner)
        return fresh(self._placed(made))

    def retry(self, request: Request, owner: str, body: Body) -> Response:
        """Put a shot that failed or was stopped back into the queue."""
        return fresh(self._placed(self.studio.retry(request.path_params["job"], owner)))

    def move(self, request: Request, owner: str, body: Body) -> Response:
        """Stand before another waiting job, or first, or last."""
        self.studio.move_job(request.path_params["job"], str(body.get("before", "last")), owner=owner)
        return self.now(request, owner)

    def edit(self, request: Request, owner: str, body: Body) -> Response:
        """Another shot in the place of one that waits."""
        form = body.get("form")
        shot = self.forms.shot(form if isinstance(form, dict) else {}, owner)
        job = request.path_params["job"]
        return fresh(self._job(self.studio.edit_job(job, shot, accept_rewrite=body.get("accept") is True, owner=owner)))

    def pause_queue(self, request: Request, owner: str, body: Body) -> Response:
        """Begin nothing new."""
        self.studio.pause_queue(owner=owner)
        return self.now(request, owner)

    def resume_queue(self, request: Request, owner: str, body: Body) -> Response:
        """Go on."""
        self.studio.resume_queue(owner=owner)
        return self.now(request, owner)

    def clear(self, request: Request, owner: str, body: Body) -> Response:
        """Cancel everything that waits; undo brings it back."""
        return fresh({"cleared": self.studio.clear_waiting(owner=owner)})

    def _acting(self, act: Any) -> Any:
        def endpoint(request: Request, owner: str, body: Body) -> Response:
            job = request.path_params["job"]
            act(job, owner)
            return fresh(self._placed(self.studio.job(job, owner)))

        return endpoint

    def _placed(self, job: Job) -> dict[str, Any]:
        return self._job(job, self.studio.ahead(job.id, job.owner) if job.state == "queued" else None)

    def _job(self, job: Job, ahead: int | None = None) -> dict[str, Any]:
        return self._all([job], {} if ahead is None else {job.id: ahead})[0]

    def _all(self, jobs: list[Job], places: Mapping[str, int]) -> list[dict[str, Any]]:
        """Jobs as the page is given them; what their pictures measure is looked up once for each size."""
        kinds = {(job.shot.size, job.shot.model) for job in jobs}
        sizes = {kind: picture_size(self.studio, *kind) for kind in kinds}
        return [
            views.job(job, sizes[job.shot.size, job.shot.model], places.get(job.id), self._needs(job)) for job in jobs
        ]

    def _needs(self, job: Job) -> float | None:
        """Seconds that a job will take which has not told of its own; counted once for each shot that waits."""
        if job.finished or job.eta_s is not None:
            return None
        if job.id not in self._needed or self._needed[job.id][0] != job.shot:
            self._needed = dict(list(self._needed.items())[-REMEMBERED:])
            self._needed[job.id] = (job.shot, self.studio.needs(job))
        return self._needed[job.id][1]


def picture_size(studio: Studio, size: str, model: str) -> tuple[int, int]:
    """(width, height) in pixels of a size by name or WxH, for the shape of the stage; 16 by 9 when nobody can tell."""
    try:
        known = studio.entry(model).sizes
    except StudioError:
        known = {}
    if size in known:
        return known[size]
    width, _, height = size.partition("x")
    return (int(width), int(height)) if width.isdigit() and height.isdigit() and int(height) else (16, 9)
