"""Files that are dropped, pasted or chosen: pictures and clips to shoot from, clips of ours that bring their settings.

A file is written straight to the disk as it comes, looked at, kept by content, and known to the page under an id of its
owner. Its name is shown and never used as a path.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from studio.core import Studio
from studio.errors import FilmFound, MediaError, NotFound, PolicyStop, RecipeError
from studio.looking import Looker
from studio.provenance import ProvenanceError
from studio.ui import given, views
from studio.ui.drafts import Given
from studio.ui.form import Forms
from studio.ui.receiving import received
from studio.ui.web import PREFIX, Owned, fresh, sentence


class Uploads(Owned):
    """Given files of an owner."""

    def __init__(self, studio: Studio, forms: Forms, looker: Looker) -> None:
        super().__init__(studio)
        self.looker = looker
        self.forms = forms
        self.drafts = forms.drafts

    def routes(self) -> list[Route]:
        """The routes of this part."""
        return [
            Route(f"{PREFIX}/given", self.give, methods=["POST"]),
            Route(f"{PREFIX}/dropped", self.drop, methods=["POST"]),
            self.get("/given/{given}/picture", self.picture),
            self.get("/given/{given}/strip", self.strip),
        ]

    async def give(self, request: Request) -> Response:
        """A picture or a clip to shoot from, as the body of the request; `?name=` is what it is called."""
        return await self._receiving(request, self._given)

    async def drop(self, request: Request) -> Response:
        """A file that was dropped anywhere on the page: its settings, when it is a clip of ours."""
        return await self._receiving(request, self._dropped)

    def picture(self, request: Request, owner: str) -> Response:
        """A given picture, or the first frame of a given clip, as the page shows it."""
        found, path = self._found(request, owner)
        return _webp(given.picture(path, found))

    def strip(self, request: Request, owner: str) -> Response:
        """A given clip as a row of small frames."""
        found, path = self._found(request, owner)
        return _webp(given.strip(path, found))

    def _given(self, path: Path, name: str, owner: str) -> Response:
        self.studio.gate.admit(path)
        return fresh(given.receive(self.drafts, self.studio.library, owner, path, name).shown())

    def _dropped(self, path: Path, name: str, owner: str) -> Response:
        answer: dict[str, Any] = {
            "form": None, "film": False, "given": None, "verdict": None, "line": "", "tone": "warn",
        }  # fmt: skip
        try:
            shot, report = self.studio.shot_of(path)
            tone, line = views.VERDICTS[report.verdict]
            answer |= {"form": self.forms.filled(shot, owner), "verdict": report.verdict, "tone": tone, "line": line}
            answer["proven"] = report.recipe_verified
        except (RecipeError, ProvenanceError, OSError) as error:
            answer["line"] = sentence(str(error).replace(path.name, "it"))
            answer["film"] = isinstance(error, FilmFound)
        try:
            self.studio.gate.admit(path)
            answer["given"] = given.receive(self.drafts, self.studio.library, owner, path, name).shown()
        except (MediaError, PolicyStop):
            if answer["form"] is None:
                raise
        return fresh(answer)

    async def _receiving(self, request: Request, look: Callable[[Path, str, str], Response]) -> Response:
        """The file looked at for its owner; what is kept lies in the library."""
        owner = self.owner(request)
        home = self.studio.settings.home
        return await received(request, home, self.looker, lambda path, name: look(path, name, owner))

    def _found(self, request: Request, owner: str) -> tuple[Given, Path]:
        found = self.drafts.given(owner, request.path_params["given"])
        path = None if found is None else self.drafts.path(owner, found)
        if found is None or path is None:
            raise NotFound("there is no such picture")
        return found, path


def _webp(data: bytes) -> Response:
    return Response(data, media_type="image/webp", headers={"cache-control": "private, max-age=3600"})
