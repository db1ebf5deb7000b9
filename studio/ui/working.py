"""Working on a clip from the page, a take or one from outside: what a tool would make and take, and having it done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from studio.core import Studio
from studio.errors import NotFound, ShotError
from studio.tools import read
from studio.tools.asks import Ask
from studio.ui.drafts import Drafts
from studio.ui.web import Body, Owned, fresh


class Working(Owned):
    """The tools of a take, or of a clip that its owner gave."""

    def __init__(self, studio: Studio, drafts: Drafts) -> None:
        super().__init__(studio)
        self.drafts = drafts

    def routes(self) -> list[Route]:
        """The routes of this part."""
        return [
            self.post("/takes/{take}/plan", self.plan),
            self.post("/takes/{take}/work", self.work),
            self.post("/takes/{take}/vary", self.vary),
            self.post("/given/{given}/plan", self.plan),
            self.post("/given/{given}/work", self.work),
        ]

    def plan(self, request: Request, owner: str, body: Body) -> Response:
        """How long the new clip will be, how much of it is made, and how long that takes; nothing is begun."""
        if body.get("tool") == "vary" and "take" in request.path_params:
            return fresh({"seconds": self.studio.vary_seconds(request.path_params["take"], owner=owner)})
        order, seconds = self.studio.plan_work(self._ask(request, owner, body), owner=owner)
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
        accept, consent = body.pop("accept", False) is True, body.pop("consent", False) is True
        ask = self._ask(request, owner, body)
        job = self.studio.work(ask, owner=owner, accept_rewrite=accept, consent=consent)
        return fresh({"jobs": [job.id], "notice": job.notice})

    def vary(self, request: Request, owner: str, body: Body) -> Response:
        """The same with other seeds."""
        jobs = self.studio.vary(request.path_params["take"], body.get("count", 4), owner=owner)
        return fresh({"jobs": [job.id for job in jobs], "notice": jobs[0].notice})

    def _ask(self, request: Request, owner: str, body: Body) -> Ask:
        """What is asked of a tool for the clip of this address; numbers may come as they were typed."""
        tool, named = body.pop("tool", None), request.path_params
        if not isinstance(tool, str):
            raise ShotError("tool", tool, "choose a tool")
        asked = {name: _typed(name, value) for name, value in body.items()}
        if "take" in named:
            return read(tool, {**asked, "clip": named["take"]})
        given = self.drafts.given(owner, named["given"])
        path = None if given is None or given.kind != "clip" else self.drafts.path(owner, given)
        if path is None:
            raise NotFound("this clip is no longer in the studio; drop it again")
        return replace(read(tool, {**asked, "clip": "given"}), clip=path)


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
