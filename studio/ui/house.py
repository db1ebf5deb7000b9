"""The Settings page's addresses: what an owner prefers, what the folder holds, taking everything out, ending it."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from model.plans import PLANS, has_plans
from studio.core import Studio
from studio.errors import ShotError
from studio.ui import views
from studio.ui.drafts import Drafts
from studio.ui.web import Body, Owned, fresh

TYPED = "delete everything"  # what has to be typed
_PREFERRED = (
    "model", "size", "seconds", "takes", "theme", "privacy", "notify", "plan", "develop", "compile", "label", "mark",
)  # fmt: skip


class House(Owned):
    """Preferences, disk, export and the end."""

    def __init__(self, studio: Studio, drafts: Drafts) -> None:
        super().__init__(studio)
        self.drafts = drafts

    def routes(self) -> list[Route]:
        """The routes of this part."""
        return [
            self.get("/settings", self.settings),
            self.post("/settings", self.prefer),
            self.get("/export.zip", self.export),
            self.post("/delete-everything", self.delete_everything),
        ]

    def settings(self, request: Request, owner: str) -> Response:
        """What is preferred, which models there are, and what lies on the disk."""
        return fresh(
            {
                "preferences": views.preferences(self.studio.preferences(owner=owner)),
                "models": [
                    {"name": entry.name, "title": entry.title, "sizes": list(entry.sizes)}
                    for entry in self.studio.models.entries()
                ],
                "disk": disk(self.studio, owner),
                "plans": self._plans(),
                "typed": TYPED,
            }
        )

    def _plans(self) -> list[list[str]]:
        """Ways to keep a large model in memory; none while there is no such model here."""
        if not any(has_plans(entry) for entry in self.studio.models.entries()):
            return []
        return [["auto", "Automatic: the quickest that fits"], *([plan.name, plan.title] for plan in PLANS)]

    def prefer(self, request: Request, owner: str, body: Body) -> Response:
        """Change what is preferred; ShotError names what is wrong."""
        changes = {name: body[name] for name in _PREFERRED if name in body}
        return fresh({"preferences": views.preferences(self.studio.prefer(owner=owner, **changes))})

    def export(self, request: Request, owner: str) -> Response:
        """Everything of this owner as one zip, made on the disk and removed once it is sent."""
        folder = self.studio.settings.home / "cache"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.studio.export_everything(folder / f"{secrets.token_hex(16)}.zip", owner=owner)
        gone = BackgroundTask(path.unlink, missing_ok=True)
        headers = {"cache-control": "no-store"}
        return FileResponse(path, media_type="application/zip", filename="auteur.zip", headers=headers, background=gone)

    def delete_everything(self, request: Request, owner: str, body: Body) -> Response:
        """Delete everything of this owner, for good, when the words for it were typed."""
        if str(body.get("typed", "")).strip().casefold() != TYPED:
            raise ShotError("typed", body.get("typed"), f"Type “{TYPED}” to go on. Nothing was deleted.", TYPED)
        mine = self.drafts.contents(owner)
        if not self.studio.settings.shared:  # at home all that was given is one person's, also what the page forgot
            mine |= self.studio.library.every_input()
        gone = self.studio.delete_everything(owner=owner, given=mine, others=self.drafts.contents_of_others(owner))
        self.drafts.forget(owner)
        return fresh({"jobs": gone.jobs, "takes": gone.takes, "inputs": gone.inputs})


def disk(studio: Studio, owner: str) -> dict[str, Any]:
    """Sizes by what they hold. Where the folder is, is only for whoever sits at this machine."""
    use = studio.disk_use(owner)
    parts = [
        ("Takes", use.takes),
        ("Bin", use.bin),
        ("Pictures you gave", use.inputs),
        ("Being shot", use.work),
        ("Library", use.database),
    ]
    home = None if studio.settings.shared else str(use.home)
    return {"home": home, "parts": [list(part) for part in parts], "total": use.total, "free": use.free}
