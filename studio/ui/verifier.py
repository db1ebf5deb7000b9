"""POST /studio/verify: the report of any file as JSON, for programs. The body is the file; nothing of it is kept."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from studio.core import Studio
from studio.looking import Looker
from studio.provenance import ProvenanceError
from studio.ui.receiving import received
from studio.ui.web import PREFIX, Owned, fresh
from studio.words import printable


class Verifier(Owned):
    """The API of the Verify page. It needs no owner: whoever may reach the studio may ask."""

    def __init__(self, studio: Studio, looker: Looker) -> None:
        super().__init__(studio)
        self.looker = looker

    def routes(self) -> list[Route]:
        """The routes of this part."""
        return [Route(f"{PREFIX}/verify", self.verify, methods=["POST"])]

    async def verify(self, request: Request) -> Response:
        """The report: verdict, ai, said_by, signer, recipe, parents, problems and more, as `verify --json` says it."""
        return await received(request, self.studio.settings.home, self.looker, self._report)

    def _report(self, path: Path, name: str) -> Response:
        try:
            return fresh(self.studio.verify(path).to_dict())
        except ProvenanceError as error:
            raise ProvenanceError(str(error).replace(path.name, printable(name)[:120])) from None
