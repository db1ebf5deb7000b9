"""The page's own addresses: what is being shot, the takes, and their files, each for their owner alone.

They stand beside Gradio's routes so that a clip is served with ranges straight from the library (the very bytes that
were signed) and so that watching a render costs one small answer, not an event of the queue.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from studio.core import Studio
from studio.errors import NotFound, StudioError
from studio.film import Job
from studio.ui import examples, views
from studio.ui.owner import owner_of
from studio.ui.theme import STATIC

SHOWN_TAKES = 60  # of the strip; older ones stay in the library
PREFIX = "/studio"

_FRESH = {"cache-control": "no-store"}
_KEPT = {"cache-control": "private, max-age=86400"}  # a take never changes

Endpoint = Callable[[Request], Response]


def routes(studio: Studio, assets: Path) -> list[BaseRoute]:
    """Every route of the page. `assets` holds the example clips, where there are some."""
    return [
        *_Watching(studio).routes(),
        *_Files(studio, assets).routes(),
        Mount(f"{PREFIX}/static", _Static(directory=STATIC)),
    ]


class _Static(StaticFiles):
    """Our own scripts: always asked for again, so that an update is seen at once (answered with 304 when unchanged)."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response


class _Owned:
    """Endpoints that know whose request it is. They are plain functions: Starlette runs them in threads."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def owner(self, request: Request) -> str:
        """The owner, or 403 for a browser without a token."""
        found = owner_of(request.cookies, self.studio.settings.shared)
        if found is None:
            raise HTTPException(403, "Open the page first: it gives this browser a key to its own takes.")
        return found

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint with the studio's errors as answers of HTTP."""

        def answer(request: Request) -> Response:
            try:
                return endpoint(request)
            except NotFound as error:
                return JSONResponse({"error": str(error)}, 404, _FRESH)
            except StudioError as error:
                return JSONResponse({"error": str(error)}, 409, _FRESH)

        return answer

    def route(self, path: str, endpoint: Endpoint, method: str = "GET") -> Route:
        """One route below the prefix."""
        return Route(PREFIX + path, self.guarded(endpoint), methods=[method])


class _Watching(_Owned):
    """What the stage asks for, again and again, and the few things it may do."""

    def routes(self) -> list[BaseRoute]:
        """The routes that answer with JSON."""
        return [
            self.route("/now", self.now),
            self.route("/takes", self.takes),
            self.route("/jobs/{job}/stop", self.stop, "POST"),
            self.route("/takes/{take}/bin", self.bin, "POST"),
            self.route("/takes/{take}/restore", self.restore, "POST"),
            self.route("/takes/{take}/star", self.star, "POST"),
        ]

    def now(self, request: Request) -> Response:
        """The unfinished jobs, oldest first, and the one the stage follows, whatever its state."""
        owner = self.owner(request)
        active = [job for job in self.studio.jobs(owner) if not job.finished]
        active.sort(key=lambda job: (job.state == "queued", job.created))
        body: dict[str, Any] = {"jobs": [self._job(job) for job in active], "followed": None}
        followed = request.query_params.get("job")
        if followed:
            body["followed"] = self._job(self.studio.job(followed, owner))
        return JSONResponse(body, headers=_FRESH)

    def takes(self, request: Request) -> Response:
        """The newest takes, newest first."""
        found = self.studio.takes(self.owner(request))[:SHOWN_TAKES]
        return JSONResponse({"takes": [views.take(take) for take in found]}, headers=_FRESH)

    def stop(self, request: Request) -> Response:
        """Stop a job within one forward."""
        owner, job = self.owner(request), request.path_params["job"]
        self.studio.cancel(job, owner)
        return JSONResponse(self._job(self.studio.job(job, owner)), headers=_FRESH)

    def bin(self, request: Request) -> Response:
        """Move a take to the bin."""
        self.studio.delete_take(request.path_params["take"], self.owner(request))
        return JSONResponse({"done": True}, headers=_FRESH)

    def restore(self, request: Request) -> Response:
        """Take it out of the bin again."""
        take = self.studio.restore_take(request.path_params["take"], self.owner(request))
        return JSONResponse(views.take(take), headers=_FRESH)

    def star(self, request: Request) -> Response:
        """Mark a take as a favourite (?on=1) or unmark it (?on=0)."""
        starred = request.query_params.get("on") == "1"
        take = self.studio.star(request.path_params["take"], starred, self.owner(request))
        return JSONResponse(views.take(take), headers=_FRESH)

    def _job(self, job: Job) -> dict[str, Any]:
        return views.job(job, picture_size(self.studio, job.shot.size, job.shot.model))


class _Files(_Owned):
    """Clips, posters, previews and examples. Only what the library names is ever opened."""

    def __init__(self, studio: Studio, assets: Path) -> None:
        super().__init__(studio)
        self.assets = assets

    def routes(self) -> list[BaseRoute]:
        """The routes that answer with files."""
        return [
            self.route("/jobs/{job}/preview", self.preview),
            self.route("/takes/{take}/clip.mp4", self.clip),
            self.route("/takes/{take}/poster", self.poster),
            self.route("/examples/{name}.{kind}", self.example),
        ]

    def preview(self, request: Request) -> Response:
        """The newest preview of a job."""
        path = self.studio.preview(request.path_params["job"], self.owner(request))
        if path is None or not path.is_file():
            return Response(status_code=204, headers=_FRESH)
        return FileResponse(path, media_type="image/webp", headers=_FRESH)

    def clip(self, request: Request) -> Response:
        """The signed clip, byte for byte; with ranges. `?download=1` names the file and saves it."""
        take = self.studio.take(request.path_params["take"], self.owner(request))
        name = views.file_name(take) if request.query_params.get("download") == "1" else None
        return _file(take.clip, "video/mp4", name)

    def poster(self, request: Request) -> Response:
        """A take's first picture."""
        return _file(self.studio.take(request.path_params["take"], self.owner(request)).poster, None, None)

    def example(self, request: Request) -> Response:
        """An example's clip or poster: the same for everybody."""
        path = examples.media(self.assets, request.path_params["name"], request.path_params["kind"])
        return Response(status_code=404) if path is None else _file(path, None, None)


def _file(path: Path, media_type: str | None, download: str | None) -> Response:
    if not path.is_file():
        return JSONResponse({"error": "This file is no longer in the studio's folder."}, 404, _FRESH)
    return FileResponse(path, media_type=media_type, headers=_KEPT, filename=download)


def picture_size(studio: Studio, size: str, model: str) -> tuple[int, int]:
    """(width, height) in pixels of a size by name or WxH, for the shape of the stage; 16 by 9 when nobody can tell."""
    known = studio.entry(model).sizes
    if size in known:
        return known[size]
    width, _, height = size.partition("x")
    return (int(width), int(height)) if width.isdigit() and height.isdigit() and int(height) else (16, 9)
