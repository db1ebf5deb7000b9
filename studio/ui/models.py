"""The Models page's addresses: what there is, what it would cost, fetching, pointing to a folder, checking, removing.

Fetching and removing is for whoever sits at this machine: a shared studio only shows what it has.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from model import catalog, headers, lora, published
from model.catalog import CatalogEntry
from model.errors import WeightsError
from studio.core import Studio
from studio.errors import Conflict, ModelsError
from studio.models import ModelState
from studio.models_lora import Laid
from studio.models_transfer import quote
from studio.ui.form import RATIOS
from studio.ui.web import Body, Owned, fresh

PLACES = {
    "words": "words",
    "first": "a first picture",
    "last": "a last picture",
    "sequence": "frames or a clip",
    "index": "pictures in between",
    "mask": "masks",
    "references": "pictures of the cast",
    "control": "a control clip",
}


class ModelsPage(Owned):
    """The models of a studio."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self.models, self.fetcher = studio.models, studio.fetcher

    def routes(self) -> list[Route]:
        """The routes of this part."""
        return [
            self.get("/models", self.listing),
            self.get("/models/progress", self.progress),
            self.get("/models/{name}/offer", self.offer),
            self.post("/models/point", self.point),
            self.post("/models/lora", self.lay),
            self.post("/models/{name}/fetch", self.fetch),
            self.post("/models/{name}/stop", self.stop),
            self.post("/models/{name}/check", self.check),
            self.post("/models/{name}/remove", self.remove),
        ]

    def listing(self, request: Request, owner: str) -> Response:
        """Every model, and how each stands."""
        own = [_own(entry) for entry in catalog.entries(self.models.root)]
        others = [self._published(state) for state in self.models.states()]
        chosen = self.studio.preferences(owner=owner).model
        return fresh(
            {
                "own": own,
                "published": others,
                "loras": [self._lora(laid) for laid in self.models.loras()],
                "chosen": chosen,
                "mine": self._mine,
                "progress": self._progress(),
            }
        )

    def progress(self, request: Request, owner: str) -> Response:
        """How far the models are that are on their way."""
        return fresh({"progress": self._progress()})

    def offer(self, request: Request, owner: str) -> Response:
        """What fetching a model comes to, with the licence it is under."""
        self._at_home()
        asked = quote(self.models, request.path_params["name"])
        return fresh(
            {
                "total": asked.total,
                "needed": asked.needed,
                "free": asked.free,
                "fits": asked.fits,
                "exact": asked.exact,
                "place": str(asked.place),
                "offline": self.models.hub.offline,
                "host": self.models.hub.host,
            }
        )

    def fetch(self, request: Request, owner: str, body: Body) -> Response:
        """Begin to fetch a model, once its size and its licence were agreed to."""
        self._at_home()
        state = self.models.state(request.path_params["name"])
        if body.get("agreed") is not True:
            raise ModelsError(f"nothing was fetched: the licence of {state.model.title} was not agreed to")
        self.models.agree(state.model)
        self.fetcher.fetch(state.model.name)
        return self.progress(request, owner)

    def stop(self, request: Request, owner: str, body: Body) -> Response:
        """Stop fetching; what has come is kept."""
        self._at_home()
        self.fetcher.stop(self.models.state(request.path_params["name"]).model.name)
        return self.progress(request, owner)

    def point(self, request: Request, owner: str, body: Body) -> Response:
        """Use weights that lie on this machine already."""
        self._at_home()
        typed, name = str(body.get("path") or "").strip(), str(body.get("name") or "") or None
        if not typed:
            raise ModelsError("type the folder or the file that holds the weights")
        if name is None and _is_lora(Path(typed)):
            return fresh({"lora": Path(typed).stem, "bases": self._titled(self.models.bases(Path(typed)))})
        state, found = self.models.point(Path(typed), name)
        return fresh(
            {
                "model": self._published(state),
                "what": found.what,
                "others": [{"name": model.name, "title": model.title} for model in found.models],
                "refused": [path.name for path in found.refused],
            }
        )

    def lay(self, request: Request, owner: str, body: Body) -> Response:
        """Lay a LoRA file over a model, with a strength."""
        self._at_home()
        try:
            strength = float(str(body.get("strength", 1)).replace(",", "."))
        except ValueError:
            raise ModelsError(f"strength {str(body['strength'])[:20]!r} is not a number: it is -2 to 2") from None
        path = Path(str(body.get("path") or "").strip())
        laid, what = self.models.lay(path, str(body.get("base") or ""), strength)
        return fresh({"lora": self._lora(laid), "what": what})

    def check(self, request: Request, owner: str, body: Body) -> Response:
        """Compare every file with its hash; those that are wrong are thrown away."""
        self._at_home()
        name = request.path_params["name"]
        self._idle(name)
        wrong = self.models.check(name)
        return fresh({"wrong": [path.name for path in wrong], "model": self._published(self.models.state(name))})

    def remove(self, request: Request, owner: str, body: Body) -> Response:
        """Delete what was fetched, or forget a folder."""
        self._at_home()
        name = request.path_params["name"]
        self._idle(name)
        freed = self.models.remove(name)
        laid = ":" in name
        return fresh({"freed": freed, "model": None if laid else self._published(self.models.state(name))})

    def _lora(self, laid: Laid) -> dict[str, Any]:
        """A LoRA over a model as JSON."""
        base = self._titled((laid.base,))[0]["title"]
        problem = laid.problem if self._mine else bool(laid.problem)
        return {
            "name": laid.name,
            "title": laid.lora.path.stem,
            "base": base,
            "strength": laid.lora.strength,
            "problem": problem,
            "file": str(laid.lora.path) if self._mine else "",
        }

    def _titled(self, names: tuple[str, ...]) -> list[dict[str, str]]:
        titles = {entry.name: entry.title for entry in catalog.entries(self.models.root)}
        titles |= {model.name: model.title for model in published.models()}
        return [{"name": name, "title": titles.get(name, name)} for name in names]

    @property
    def _mine(self) -> bool:
        return not self.studio.settings.shared

    def _at_home(self) -> None:
        if not self._mine:
            raise Conflict("only whoever runs this studio can change its models, with python -m studio models")

    def _idle(self, name: str) -> None:
        if self.fetcher.busy(name):
            raise Conflict("it is being fetched: stop that first")

    def _progress(self) -> list[dict[str, Any]]:
        return [asdict(one) for one in self.fetcher.progress()]

    def _published(self, state: ModelState) -> dict[str, Any]:
        """One model as JSON. Where its files lie is only for whoever sits at this machine."""
        model = state.model
        parts = [
            {
                "title": part.part.title,
                "size": part.part.size_bytes,
                "here": part.place is not None,
                "pointed": part.pointed,
                "problem": part.problem if self._mine else bool(part.problem),
                "place": str(part.place or "") if self._mine else "",
            }
            for part in state.parts
        ]
        return {
            **_facts(model.entry(state.places)),
            "summary": model.summary,
            "trained": [PLACES[name] for name in model.trained],
            "takes": [PLACES[name] for name in model.takes],
            "note": model.note,
            "publisher": model.publisher,
            "link": model.link,
            "state": state.state,
            "runs": state.runs,
            "missing": state.missing_bytes,
            "parts": parts,
        }


def _is_lora(path: Path) -> bool:
    try:
        return path.is_file() and lora.is_lora(headers.read(path).shapes)
    except WeightsError:
        return False


def _own(entry: CatalogEntry) -> dict[str, Any]:
    """A model that comes along."""
    given = [PLACES.get(name, name) for name, able in entry.given.items() if able]
    missing = [path.name for path in entry.missing]
    return {**_facts(entry), "trained": ["words", *given], "ready": not missing, "lacks": missing}


def _facts(entry: CatalogEntry) -> dict[str, Any]:
    sizes = [f"{RATIOS.get(name, name)} ({width} × {height})" for name, (width, height) in entry.sizes.items()]
    return {
        "name": entry.name,
        "title": entry.title,
        "licence": entry.licence,
        "size": entry.size_bytes,
        "pictures": f"{', '.join(sizes)}, {entry.fps} frames a second",
        "seconds": entry.max_seconds,
    }
