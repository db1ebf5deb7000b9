"""The styles of the form: those that suit the model, an owner's own, and the file they are shared as."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from studio import direction, presets
from studio.errors import ShotError
from studio.presets import Preset
from studio.ui.web import Body, Owned, fresh


class Styles(Owned):
    """Styles to choose, save, remove, share and read."""

    def routes(self) -> list[Route]:
        """The routes of this part."""
        return [
            self.get("/styles", self.styles),
            self.get("/styles/share.json", self.share),
            self.post("/styles", self.save),
            self.post("/styles/remove", self.remove),
            self.post("/styles/read", self.read),
        ]

    def styles(self, request: Request, owner: str) -> Response:
        """The styles that suit the model of the form, and the owner's own."""
        try:
            entry = self.studio.entry(request.query_params.get("model") or "storybook")
        except ShotError:
            entry = self.studio.entry()
        built_in = presets.fitting(direction.known(entry))
        return fresh({"built_in": _listed(built_in), "own": _listed(presets.of_owner(self.studio.library, owner))})

    def save(self, request: Request, owner: str, body: Body) -> Response:
        """Save a style under its name."""
        return self._own(presets.keep(self.studio.library, owner, [presets.read(body)]))

    def remove(self, request: Request, owner: str, body: Body) -> Response:
        """Remove one of the owner's own."""
        return self._own(presets.remove(self.studio.library, owner, str(body.get("name", ""))))

    def share(self, request: Request, owner: str) -> Response:
        """The owner's styles, or the one that is named, as a file."""
        name = request.query_params.get("name")
        found = [each for each in presets.of_owner(self.studio.library, owner) if name in (None, each.name)]
        headers = {"cache-control": "no-store", "content-disposition": 'attachment; filename="auteur-styles.json"'}
        return Response(presets.write_file(found), media_type="application/json", headers=headers)

    def read(self, request: Request, owner: str, body: Body) -> Response:
        """Take in a file of styles; all of them or none."""
        found = presets.read_file(body)
        return self._own(presets.keep(self.studio.library, owner, found), read=[each.name for each in found])

    def _own(self, own: tuple[Preset, ...], **more: Any) -> Response:
        return fresh({"own": _listed(own), **more})


def _listed(found: tuple[Preset, ...]) -> list[dict[str, Any]]:
    return [asdict(each) for each in found]
