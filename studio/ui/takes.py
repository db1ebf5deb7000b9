"""The takes of an owner: their clips, their stars, names and notes, the bin, and every way to go on from one."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from studio.core import Studio
from studio.errors import ShotError
from studio.film import Shot, Take
from studio.ui import views
from studio.ui.form import Forms
from studio.ui.web import Body, Owned, file, fresh

SHOWN_TAKES = 60  # of the strip, until more are asked for
USES = ("first", "last", "continue")


class Takes(Owned):
    """What can be asked of a take, and done with it."""

    def __init__(self, studio: Studio, forms: Forms) -> None:
        super().__init__(studio)
        self.forms = forms

    def routes(self) -> list[Route]:
        """The routes of this part."""
        return [
            self.get("/takes", self.takes),
            self.get("/takes/{take}", self.one),
            self.get("/bin", self.binned),
            self.get("/takes/{take}/clip.mp4", self.clip),
            self.get("/takes/{take}/poster", self.poster),
            self.get("/takes/{take}/difference/{other}", self.difference),
            self.post("/takes/{take}/star", self.star),
            self.post("/takes/{take}/name", self.name),
            self.post("/takes/{take}/note", self.note),
            self.post("/takes/{take}/bin", self.bin),
            self.post("/takes/{take}/restore", self.restore),
            self.post("/takes/{take}/form", self.form),
            self.post("/takes/{take}/use", self.use),
            self.post("/bin/empty", self.empty_bin),
            self.post("/undo", self.undo),
        ]

    def takes(self, request: Request, owner: str) -> Response:
        """The newest takes, newest first, from after `before` on."""
        asked = request.query_params
        found = self.studio.takes(
            owner=owner,
            limit=SHOWN_TAKES,
            before=asked.get("before") or None,
            search=asked.get("search", ""),
            starred=asked.get("starred") == "1",
        )
        more = len(found) == SHOWN_TAKES
        return fresh({"takes": [views.take(take) for take in found], "more": more})

    def one(self, request: Request, owner: str) -> Response:
        """A take by its id, however old; `?bin=1` looks in the bin."""
        return fresh(views.take(self._take(request, owner)))

    def binned(self, request: Request, owner: str) -> Response:
        """What is in the bin, newest first."""
        return fresh({"takes": [views.take(take) for take in self.studio.binned(owner=owner, limit=SHOWN_TAKES)]})

    def clip(self, request: Request, owner: str) -> Response:
        """The signed clip, byte for byte; with ranges. `?download=1` names the file and saves it."""
        take = self._take(request, owner)
        name = views.file_name(take) if request.query_params.get("download") == "1" else None
        return file(take.clip, "video/mp4", name)

    def poster(self, request: Request, owner: str) -> Response:
        """A take's picture."""
        return file(self._take(request, owner).poster)

    def difference(self, request: Request, owner: str) -> Response:
        """What is not the same in two takes' recipes."""
        one, other = request.path_params["take"], request.path_params["other"]
        found = self.studio.difference(one, other, owner=owner)
        made_of = {one, other}  # that the one was made of the other is why they are compared
        told = [each for each in found if each.field != "parents" or not made_of & {each.a, each.b}]
        return fresh({"rows": [[each.label, each.a, each.b] for each in told]})

    def star(self, request: Request, owner: str, body: Body) -> Response:
        """Mark a take as a favourite, or unmark it."""
        return fresh(views.take(self.studio.star(request.path_params["take"], body.get("on") is True, owner=owner)))

    def name(self, request: Request, owner: str, body: Body) -> Response:
        """Give a take a name; an empty one removes it."""
        return fresh(views.take(self.studio.name_take(request.path_params["take"], _words(body, "name"), owner=owner)))

    def note(self, request: Request, owner: str, body: Body) -> Response:
        """Write a note to a take; an empty one removes it."""
        return fresh(views.take(self.studio.note_take(request.path_params["take"], _words(body, "note"), owner=owner)))

    def bin(self, request: Request, owner: str, body: Body) -> Response:
        """Move a take to the bin."""
        self.studio.delete_take(request.path_params["take"], owner=owner)
        return fresh({"done": True})

    def restore(self, request: Request, owner: str, body: Body) -> Response:
        """Take it out of the bin again."""
        return fresh(views.take(self.studio.restore_take(request.path_params["take"], owner=owner)))

    def empty_bin(self, request: Request, owner: str, body: Body) -> Response:
        """Delete what is in the bin, for good."""
        return fresh({"deleted": self.studio.empty_bin(owner=owner)})

    def undo(self, request: Request, owner: str, body: Body) -> Response:
        """Take back what was done last to a take or to the queue."""
        undone = self.studio.undo(owner=owner)
        left = self.studio.undoable(owner=owner)
        return fresh(
            {
                "text": None if undone is None else undone.text,
                "kind": None if undone is None else undone.kind,
                "take": None if undone is None else undone.take_id,
                "undo": None if left is None else left.text,
            }
        )

    def form(self, request: Request, owner: str, body: Body) -> Response:
        """The form that shows a take's recipe, seed included."""
        return fresh({"form": self.forms.of_recipe(self._take(request, owner).recipe, owner)})

    def use(self, request: Request, owner: str, body: Body) -> Response:
        """The form with a frame of the take as first or last frame, going on from it, or with a part of it; `at` in
        seconds, of a part the two ends."""
        how, at = body.get("how"), body.get("at")
        if how == "part":
            ends = [float(end) for end in at if isinstance(end, (int, float))] if isinstance(at, list) else []
            if len(ends) != 2:
                raise ShotError("frames", at, "A part of a take has a beginning and an end, in seconds.")
            part = self.studio.use_part(request.path_params["take"], ends[0], ends[1], owner=owner)
            return fresh({"form": self._filled(part, request, owner)})
        if how not in USES:
            raise ShotError("first", how, "A take can be the first frame, the last frame, or gone on from.")
        moment = float(at) if isinstance(at, (int, float)) and not isinstance(at, bool) else None
        shot = self.studio.use_as(request.path_params["take"], how, moment, owner=owner)
        return fresh({"form": self._filled(shot, request, owner)})

    def _filled(self, shot: Shot, request: Request, owner: str) -> dict[str, Any]:
        """The form of a shot that is given a take's clip, under the take's own name."""
        take = self._take(request, owner)
        return self.forms.filled(shot, owner, names={take.sha256: views.file_name(take)})

    def _take(self, request: Request, owner: str) -> Take:
        if request.query_params.get("bin") == "1":
            return self.studio.library.take(request.path_params["take"], owner, binned=True)
        return self.studio.take(request.path_params["take"], owner)


def _words(body: Body, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
