"""What every address of the page stands on: whose request it is, JSON in and out, and errors as answers of HTTP."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from model.errors import ModelError
from studio.core import Studio
from studio.disk import unwritable
from studio.errors import NotFound, PolicyStop, ShotError, StudioError
from studio.ui import views
from studio.ui.owner import owner_of

PREFIX = "/studio"
MAX_JSON = 2_000_000  # bytes; a form with a long prompt and sixteen pictures has some 20,000

_FRESH = {"cache-control": "no-store"}
_KEPT = {"cache-control": "private, max-age=86400"}  # a take never changes
# The name of a file at the head of a line.
_FILE = re.compile(r"[^:]+\.[A-Za-z]\w{0,4}: |\S*[^\s.]\.[A-Za-z]\w{1,4}(?=[\s:,.]|$)")
_log = logging.getLogger(__name__)

Body = dict[str, Any]
Endpoint = Callable[[Request, str], Response]
BodyEndpoint = Callable[[Request, str, Body], Response]


class Owned:
    """Endpoints that know whose request it is. They are plain functions of (request, owner): run in threads."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def owner(self, request: Request) -> str:
        """The owner, or 403 for a browser without a token."""
        found = owner_of(request.cookies, self.studio.settings.shared)
        if found is None:
            raise HTTPException(403, "Open the page first: it gives this browser a key to its own takes.")
        return found

    def get(self, path: str, endpoint: Endpoint) -> Route:
        """A route that only looks."""

        def answer(request: Request) -> Response:
            owner = self.owner(request)
            return guarded(lambda: endpoint(request, owner))

        return Route(PREFIX + path, answer, methods=["GET"])

    def post(self, path: str, endpoint: BodyEndpoint) -> Route:
        """A route that does something; its body is a JSON object, or nothing."""

        async def answer(request: Request) -> Response:
            owner, body = self.owner(request), await _body(request)
            return await to_thread.run_sync(lambda: guarded(lambda: endpoint(request, owner, body)))

        return Route(PREFIX + path, answer, methods=["POST"])


def fresh(data: Any, status: int = 200) -> Response:
    """An answer that is never kept."""
    return JSONResponse(data, status, _FRESH)


def file(path: Path, media_type: str | None = None, download: str | None = None) -> Response:
    """A file of a take, with ranges."""
    if not path.is_file():
        return fresh({"error": "This file is no longer in the studio's folder."}, 404)
    return FileResponse(path, media_type=media_type, headers=_KEPT, filename=download)


def guarded(answer: Callable[[], Response]) -> Response:
    """The answer, or what went wrong: 422 for a field or the policy, 404, 409, and one plain line in each."""
    try:
        return answer()
    except NotFound as error:
        return fresh({"error": sentence(str(error))}, 404)
    except ShotError as error:
        wrong = {"field": error.field, "suggestion": plain(error.suggestion), "error": sentence(error.message)}
        return fresh(wrong, 422)
    except PolicyStop as stop:
        return fresh({"error": stop.decision.message, "policy": views.policy(stop.decision)}, 422)
    except (StudioError, ModelError) as error:
        return fresh({"error": sentence(str(error))}, 409)
    except Exception as error:
        if isinstance(error, OSError) and (line := unwritable(error)):
            return fresh({"error": sentence(line)}, 409)
        _log.exception("the page could not be answered")
        return fresh({"error": "The studio could not do this. Its log says why; nothing you typed is lost."}, 500)


def sentence(line: str) -> str:
    """A line of the studio as a sentence of the page. The name of a file at its head stays as it is."""
    return line if _FILE.match(line) else line[:1].upper() + line[1:]


def plain(value: object) -> Any:
    """What JSON can carry of a suggestion; anything else is left out."""
    return value if isinstance(value, (str, int, float)) else None


async def _body(request: Request) -> Body:
    if int(request.headers.get("content-length") or 0) > MAX_JSON:
        raise HTTPException(413, "That is more than a form can hold.")
    raw = await request.body()
    if not raw:
        return {}
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        raise HTTPException(400, "The page sent what cannot be read. Reload it.") from None
    if not isinstance(data, Mapping):
        raise HTTPException(400, "The page sent what cannot be read. Reload it.")
    return dict(data)
