"""The Library page's addresses: finding takes among thousands, the bin, and making room on the disk."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from studio.errors import ShotError, StudioError
from studio.finding import Find
from studio.keeping import MOST_AT_ONCE
from studio.ui import views
from studio.ui.house import disk
from studio.ui.web import Body, Owned, fresh

PAGE = 60  # takes of one answer


class Shelves(Owned):
    """The takes of an owner, as a library."""

    def routes(self) -> list[Route]:
        """The routes of this part."""
        return [
            self.get("/library", self.look),
            self.get("/library/disk", self.disk),
            self.get("/library/spare", self.spare),
            self.post("/library/clear", self.clear),
            self.post("/library/bin", self.bin),
            self.post("/library/restore", self.restore),
        ]

    def look(self, request: Request, owner: str) -> Response:
        """The takes that are looked for, newest first, from after `before` on; with the first of them how many there
        are, and what can be filtered by."""
        asked = request.query_params
        wanted = Find(
            search=asked.get("search", "")[:400],
            starred=asked.get("starred") == "1",
            model=asked.get("model", ""),
            film=asked.get("film", ""),
            since=_moment("since", asked.get("since")),
            until=_moment("until", asked.get("until")),
            binned=asked.get("bin") == "1",
        )
        before = asked.get("before") or None
        found = self.studio.find(wanted, limit=PAGE, before=before, owner=owner)
        answer: dict[str, Any] = {"takes": [views.take(take) for take in found], "more": len(found) == PAGE}
        if before is None:
            answer |= {"count": self.studio.count(wanted, owner), "kept": self.studio.count(Find(), owner)}
            answer |= {"binned": self.studio.count(Find(binned=True), owner), "filters": self._filters(owner)}
        return fresh(answer)

    def disk(self, request: Request, owner: str) -> Response:
        """What lies on the disk."""
        return fresh(disk(self.studio, owner))

    def spare(self, request: Request, owner: str) -> Response:
        """What could be cleared away of takes older than `days`."""
        found = self.studio.spare(_days(request.query_params.get("days")), owner)
        return fresh({"takes": len(found.takes), "size": found.size})

    def clear(self, request: Request, owner: str, body: Body) -> Response:
        """Move it to the bin."""
        return fresh({"takes": self.studio.clear_away(_days(body.get("days")), owner)})

    def bin(self, request: Request, owner: str, body: Body) -> Response:
        """Move several takes to the bin."""
        return fresh({"takes": self.studio.bin_takes(_ids(body), owner)})

    def restore(self, request: Request, owner: str, body: Body) -> Response:
        """Take several out of it again."""
        return fresh({"takes": self.studio.restore_takes(_ids(body), owner)})

    def _filters(self, owner: str) -> dict[str, list[list[str]]]:
        return {
            "models": [[name, self._title(name)] for name in self.studio.library.models_used(owner)],
            "films": [list(film) for film in self.studio.library.films_used(owner)],
        }

    def _title(self, model: str) -> str:
        try:
            return self.studio.entry(model).title
        except StudioError:  # one that is no longer installed
            return model


def _ids(body: Body) -> list[str]:
    found = body.get("takes")
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise ShotError("takes", None, f"Name the takes, up to {MOST_AT_ONCE} at once.")
    return found


def _days(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        raise ShotError("days", value, "Say how many days old, for example 30.", 30) from None


def _moment(name: str, value: str | None) -> float | None:
    if not value:
        return None
    try:
        moment = float(value)
    except ValueError:
        moment = float("nan")
    if not abs(moment) < 1e11:
        raise ShotError(name, value, f"{name} is a moment in seconds since 1970, not {value[:20]!r}")
    return moment
