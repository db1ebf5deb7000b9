"""The Shoot page's addresses: what a form can hold, what its words mean, what it will take, and shooting it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from model.catalog import CatalogEntry
from model.errors import ModelError
from studio import direction
from studio.core import Studio
from studio.errors import ShotError, StudioError
from studio.estimate import Forecast
from studio.film import Shot
from studio.ui import examples, pictures, views
from studio.ui.form import SLOT_OF, TAKES, Forms
from studio.ui.web import Body, Owned, file, fresh, sentence


class Making(Owned):
    """From a form to jobs."""

    def __init__(self, studio: Studio, forms: Forms, assets: Path) -> None:
        super().__init__(studio)
        self.forms = forms
        self.assets = assets

    def routes(self) -> list[Route]:
        """The routes of this part."""
        return [
            self.get("/start", self.start),
            self.post("/form", self.keep),
            self.post("/look", self.look),
            self.post("/expand", self.expand),
            self.post("/shoot", self.shoot),
            self.post("/appeal", self.appeal),
            self.get("/examples/{name}.{kind}", self.example),
            self.get("/direction/{kind}-{name}.webp", self.direction),
            self.get("/cast/{name}.webp", self.face),
        ]

    def start(self, request: Request, owner: str) -> Response:
        """Everything that a page needs once: what can be asked for, the examples, and the form as it was."""
        preferences = self.studio.preferences(owner=owner)
        undoable = self.studio.undoable(owner=owner)
        entry = self._model(preferences.model)
        offered = self.studio.directions(entry.name)
        return fresh(
            {
                "model": {
                    "name": entry.name,
                    "title": entry.title,
                    "fps": entry.fps,
                    "sizes": {name: list(size) for name, size in entry.sizes.items()},
                    "seconds": entry.default_seconds,
                    "max_seconds": entry.max_seconds,
                    "given": dict(entry.given),
                    "steps": entry.defaults.steps,
                    "guidance": entry.defaults.guidance,
                    "approximate": views.approximate(entry),
                },
                "models": [{"name": each.name, "title": each.title} for each in self.studio.models.entries()],
                "directions": pictures.shown(self.assets, offered),
                "examples": examples.cards(self.assets, offered),
                "preferences": views.preferences(preferences),
                "form": self._form(owner),
                "slots": SLOT_OF,
                "undo": None if undoable is None else undoable.text,
                "shared": self.studio.settings.shared,
            }
        )

    def _model(self, name: str) -> CatalogEntry:
        """The model of the form; the one that comes along where the preferred one is no longer here."""
        try:
            return self.studio.entry(name)
        except ShotError:
            return self.studio.entry()

    def _form(self, owner: str) -> dict[str, Any] | None:
        """The form as it was typed last; for somebody who has typed nothing, their last shot."""
        kept = self.forms.drafts.form(owner)
        if kept is not None:
            return kept
        newest = self.studio.jobs(owner=owner, limit=1)
        return self.forms.filled(newest[0].shot, owner) if newest else None

    def keep(self, request: Request, owner: str, body: Body) -> Response:
        """Keep the form as it is typed."""
        self.forms.drafts.keep_form(owner, body)
        return fresh({"kept": True})

    def look(self, request: Request, owner: str, body: Body) -> Response:
        """What the words mean to the model, what it is given to read, and what the shot will take."""
        typed = body.get("prompt")
        prompt = typed if isinstance(typed, str) else ""
        answer: dict[str, Any] = {"words": None, "read": prompt, "forecast": None}
        try:
            answer["words"] = self._words(prompt, body.get("model"))
            shot = self.forms.shot(body, owner)
            answer["read"] = direction.compile(prompt, shot.direction) if prompt.strip() else ""
            answer["forecast"] = self._forecast(shot, owner)
        except (StudioError, ModelError):
            pass  # the form is not right yet: nothing is said of it before it is shot
        return fresh(answer)

    def expand(self, request: Request, owner: str, body: Body) -> Response:
        """The prompt in film language, with what was added; `turn` asks for another wording."""
        form, turn = body.get("form"), body.get("turn")
        data = form if isinstance(form, dict) else {}
        said = {name: data[name] for name in ("prompt", "direction", "model") if name in data}
        shot = self.forms.shot({**said, "seconds": 4}, owner)
        count = turn if isinstance(turn, int) and not isinstance(turn, bool) else 0
        found = self.studio.expand(shot.prompt, shot.direction, shot.model, count)
        return fresh({"text": found.text, "added": [list(span) for span in found.added], "look": found.look})

    def _words(self, prompt: str, model: object) -> dict[str, Any] | None:
        """What the chosen model understands; None for one that lists no words of its own: who knows what it cannot?"""
        name = model if isinstance(model, str) and model else "storybook"
        if direction.known(self.studio.entry(name)) is None:
            return None
        return views.understanding(self.studio.understand(prompt, name))

    def _forecast(self, shot: Shot, owner: str) -> dict[str, Any]:
        told: Forecast = self.studio.forecast(replace(shot, prompt=shot.prompt.strip() or "A fox"), owner)
        fitting = None if told.fitting is None else {"size": told.fitting.size, "seconds": f"{told.fitting.seconds:g}"}
        return {
            "seconds": told.seconds,
            "memory": told.memory_bytes,
            "free": told.free_bytes,
            "fits": told.fits,
            "fitting": fitting,
            "advice": sentence(told.advice),
            "plan": sentence(told.plan),
        }

    def shoot(self, request: Request, owner: str, body: Body) -> Response:
        """Shoot what the form says, once or with several seeds."""
        form = body.get("form")
        shot = self.forms.shot(form if isinstance(form, dict) else {}, owner)
        count = body.get("takes", 1)
        if count not in TAKES:
            raise ShotError("takes", count, "One shot can have 1, 2 or 4 takes at once.", 1)
        jobs = self.studio.submit_takes(shot, int(count), owner=owner, accept_rewrite=body.get("accept") is True)
        self.forms.drafts.keep_form(owner, form if isinstance(form, dict) else {})
        return fresh({"jobs": [job.id for job in jobs], "notice": jobs[0].notice, "prompt": jobs[0].shot.prompt})

    def appeal(self, request: Request, owner: str, body: Body) -> Response:
        """Write down that the policy's answer to what the form says is called a mistake."""
        form = body.get("form")
        shot = self.forms.shot(form if isinstance(form, dict) else {}, owner)
        remark = body.get("remark")
        self.studio.appeal("\n".join(part for part in (shot.prompt, shot.negative) if part), str(remark or ""))
        return fresh({"noted": True})

    def example(self, request: Request, owner: str) -> Response:
        """An example's clip or poster: the same for everybody."""
        path = examples.media(self.assets, request.path_params["name"], request.path_params["kind"])
        return Response(status_code=404) if path is None else file(path)

    def direction(self, request: Request, owner: str) -> Response:
        """The small moving picture of a choice of direction."""
        path = pictures.media(self.assets, request.path_params["kind"], request.path_params["name"])
        return Response(status_code=404) if path is None else file(path, "image/webp")

    def face(self, request: Request, owner: str) -> Response:
        """The picture of a subject of the world."""
        path = pictures.face(self.assets, request.path_params["name"])
        return Response(status_code=404) if path is None else file(path, "image/webp")
