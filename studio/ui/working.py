"""Working on a take from the page: what a tool would make and take, and having it done."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from studio.core import Studio
from studio.errors import ShotError
from studio.tools import read
from studio.ui.web import Body, Owned, fresh


class Working(Owned):
    """The tools of a take."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)

    def routes(self) -> list[Route]:
        """The routes of this part."""
        return [
            self.post("/takes/{take}/plan", self.plan),
            self.post("/takes/{take}/work", self.work),
            self.post("/takes/{take}/vary", self.vary),
        ]

    def plan(self, request: Request, owner: str, body: Body) -> Response:
        """How long the new clip will be, how much of it is made, and how long that takes; nothing is begun."""
        order, seconds = self.studio.plan_work(read(*_ask(request, body)), owner=owner)
        recipe = order.recipe
        return fresh(
            {
                "length": round(recipe.frames / recipe.fps, 2),
                "made": round(recipe.filmed / recipe.fps, 2),
                "width": recipe.width,
                "height": recipe.height,
                "fps": recipe.fps,
                "seconds": seconds if recipe.filmed else None,
            }
        )

    def work(self, request: Request, owner: str, body: Body) -> Response:
        """Put a piece of work in the queue."""
        accept = body.pop("accept", False) is True
        job = self.studio.work(read(*_ask(request, body)), owner=owner, accept_rewrite=accept)
        return fresh({"jobs": [job.id], "notice": job.notice})

    def vary(self, request: Request, owner: str, body: Body) -> Response:
        """The same with other seeds."""
        jobs = self.studio.vary(request.path_params["take"], body.get("count", 4), owner=owner)
        return fresh({"jobs": [job.id for job in jobs], "notice": jobs[0].notice})


def _ask(request: Request, body: Body) -> tuple[str, dict[str, Any]]:
    """The tool, and what is asked of it for the take of this address; numbers may come as they were typed."""
    tool = body.pop("tool", None)
    if not isinstance(tool, str):
        raise ShotError("tool", tool, "choose a tool")
    return tool, {**{name: _typed(name, value) for name, value in body.items()}, "clip": request.path_params["take"]}


def _typed(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_typed(name, each) for each in value]
    if name in ("prompt", "other", "direction", "curve", "strength") or not isinstance(value, str):
        return value
    try:
        number = float(value.strip().replace(",", ".") or "nan")
    except ValueError:
        raise ShotError(name, value, f"{name} {value[:20]!r} is not a number") from None
    if number != number:
        return None
    return int(number) if name in ("seed", "steps", "fps") and number == int(number) else number
