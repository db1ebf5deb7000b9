"""The Film page's addresses: films and their edits, shooting what is missing, and how it all stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from studio.core import Studio
from studio.direction import known
from studio.errors import Conflict, FilmError, ShotError, StudioError
from studio.films import formats, likeness, listing, timeline
from studio.films.archive import Export, KeptFilm
from studio.films.planning import Order
from studio.films.room import ShotState, fitting, footage_of, lengths_of, takes_of
from studio.films.script import Film, FilmShot
from studio.tools.seams import Seam
from studio.ui import filmexamples, views
from studio.ui.filmform import FilmForms
from studio.ui.form import Forms
from studio.ui.queueing import picture_size
from studio.ui.web import Body, Owned, fresh, sentence


class Filming(Owned):
    """The films of an owner."""

    def __init__(self, studio: Studio, forms: Forms, assets: Path) -> None:
        super().__init__(studio)
        self.takes_forms, self.assets = forms, assets
        self.forms = FilmForms(forms.drafts)
        self.workroom = studio.workroom
        self._planned: dict[str, tuple[int, tuple[Order | FilmError, ...]]] = {}
        if studio.library.next_export() is not None:
            self.workroom.wake()

    def routes(self) -> list[Route]:
        """The routes of this part."""
        return [
            self.get("/films", self.films),
            self.post("/films", self.new),
            self.get("/films/{film}", self.film),
            self.post("/films/{film}/edit", self.edit),
            self.post("/films/{film}/undo", self.undo),
            self.post("/films/{film}/redo", self.redo),
            self.post("/films/{film}/shoot", self.shoot),
            self.post("/films/{film}/list", self.as_list),
            self.post("/films/{film}/cards", self.as_cards),
            self.post("/films/{film}/copy", self.copy),
            self.post("/films/{film}/delete", self.delete),
            self.post("/films/{film}/restore", self.restore),
            self.get("/films/{film}/shots/{shot}/takes", self.takes),
        ]

    def films(self, request: Request, owner: str) -> Response:
        """The owner's films, the last changed first."""
        rows = self.studio.library.films(owner)
        return fresh(
            {
                "films": [
                    {"id": film, "title": title, "when": views.when(changed), "shots": shots}
                    for film, title, changed, shots in rows
                ],
                "presets": [[one.name, one.label] for one in formats.PRESETS],
                "shapes": list(formats.SHAPES),
                "examples": filmexamples.cards(self.assets),
            }
        )

    def new(self, request: Request, owner: str, body: Body) -> Response:
        """A new film: empty, or the example that is named."""
        film = Film(seed=7, shots=(FilmShot(""),))
        if body.get("example"):
            film = replace(filmexamples.load(self.assets, body["example"]), source="")
        return fresh(self.told(self.studio.library.add_film(owner, film.with_ids()), owner))

    def film(self, request: Request, owner: str) -> Response:
        """A film as it stands; its script only where the page does not have this version."""
        kept = self._kept(request, owner)
        return fresh(self.told(kept, owner, known_version=request.query_params.get("version")))

    def edit(self, request: Request, owner: str, body: Body) -> Response:
        """Keep a change of the film that was made to `version`; 409 with the newer film when another tab was first."""
        film = self.forms.read(body.get("film") or {}, owner)
        version, said = body.get("version"), body.get("said")
        if not isinstance(version, int):
            raise ShotError("version", version, "the page did not say which version it changed; reload it")
        try:
            said = said[:80] if isinstance(said, str) else ""
            film_id, typing = request.path_params["film"], body.get("typing") is True
            kept = self.studio.library.edit_film(film_id, owner, version, film, said, typing=typing)
        except Conflict as conflict:
            now = self.told(self._kept(request, owner), owner)
            return fresh({"error": sentence(str(conflict)), "now": now}, 409)
        return fresh(self.told(kept, owner, known_version=None if body.get("want") else str(kept.version)))

    def undo(self, request: Request, owner: str, body: Body) -> Response:
        """Take the last edit back."""
        return fresh(self.told(self.studio.library.step_film(request.path_params["film"], owner, -1), owner))

    def redo(self, request: Request, owner: str, body: Body) -> Response:
        """Do it again."""
        return fresh(self.told(self.studio.library.step_film(request.path_params["film"], owner, 1), owner))

    def shoot(self, request: Request, owner: str, body: Body) -> Response:
        """Shoot all that is missing, or the shots that are named; with `takes`, so many more of the one named."""
        kept = self._kept(request, owner)
        only = body.get("shots")
        wanted = {str(one) for one in only} if isinstance(only, list) else None
        if wanted and "takes" in body:
            jobs = self.studio.vary_shot(kept.film, kept.id, wanted.pop(), body["takes"], owner=owner)
        else:
            jobs = self.studio.shoot_film(kept.film, kept.id, only=wanted, owner=owner)
        return fresh({**self.told(kept, owner, known_version=str(kept.version)), "ordered": len(jobs)})

    def as_list(self, request: Request, owner: str, body: Body) -> Response:
        """All shots (or those that are named) as one shot whose prompt lists them."""
        kept = self._kept(request, owner)
        shots = list(kept.film.shots)
        wanted = body.get("shots") if isinstance(body.get("shots"), list) else [shot.id for shot in shots]
        places = [index for index, shot in enumerate(shots) if shot.id in (wanted or [])]
        if len(places) < 2:
            raise ShotError("shots", len(places), "a list needs two shots or more")
        one = listing.to_list([shots[index] for index in places])
        rest = [shot for index, shot in enumerate(shots) if index not in places[1:]]
        rest[places[0]] = one
        return self._edited(kept, owner, replace(kept.film, shots=tuple(rest)), "Shots to one list")

    def as_cards(self, request: Request, owner: str, body: Body) -> Response:
        """A shot whose prompt is a list as a card for each."""
        kept = self._kept(request, owner)
        place = next((i for i, shot in enumerate(kept.film.shots) if shot.id == body.get("shot")), None)
        cards = () if place is None else listing.to_cards(kept.film.shots[place])
        if place is None or len(cards) < 2:
            message = 'this prompt lists no shots: write "Shot 1: ... Shot 2: ..."'
            raise ShotError("prompt", None, message)
        shots = (*kept.film.shots[:place], *cards, *kept.film.shots[place + 1 :])
        return self._edited(kept, owner, replace(kept.film, shots=shots), "A list to cards")

    def copy(self, request: Request, owner: str, body: Body) -> Response:
        """A second film like this one; its takes are found again by what they are of."""
        film = self._kept(request, owner).film
        made = self.studio.library.add_film(owner, replace(film, title=f"{film.title} (copy)"[:120]))
        return fresh(self.told(made, owner))

    def delete(self, request: Request, owner: str, body: Body) -> Response:
        """Put a film away; its takes stay."""
        self.studio.library.delete_film(request.path_params["film"], owner)
        return fresh({"done": True})

    def restore(self, request: Request, owner: str, body: Body) -> Response:
        """Bring a film back."""
        self.studio.library.delete_film(request.path_params["film"], owner, deleted=False)
        return fresh(self.told(self._kept(request, owner), owner))

    def takes(self, request: Request, owner: str) -> Response:
        """Every take that was made for a shot, the newest first."""
        found = self.studio.library.takes_of_film(owner, request.path_params["film"])
        return fresh({"takes": [views.take(take) for take in found.get(request.path_params["shot"], [])]})

    # How it stands

    def told(self, kept: KeptFilm, owner: str, known_version: str | None = None) -> dict[str, Any]:
        """Everything that the page shows of a film."""
        states = self.states(kept, owner)
        film = kept.film
        entry = self.studio.entry() if not self._knows(film.model) else self.studio.entry(film.model)
        looks = self.workroom.looks(takes_of(states))
        joins = self.workroom.joins(film, fitting(states))
        lost = {(one.shot, one.member): one for one in likeness.kept(film, looks, known(entry))}
        footage = {index: footage_of(take) for index, take in takes_of(states).items()}
        laid = timeline.lay(film, footage, entry.fps, lengths_of(states, entry.fps))
        made, alive = self.studio.library.counts_of_film(owner, kept.id)
        return {
            "id": kept.id,
            "version": kept.version,
            "film": None if known_version == str(kept.version) else self.forms.shown(film, owner),
            "undo": kept.undo,
            "redo": kept.redo,
            "size": list(picture_size(self.studio, film.size, film.model)),
            "references": bool(entry.given.get("references", False)),
            "model": views.abilities(entry),
            "shots": [
                {
                    **self._state(state, index, lost, joins),
                    "takes": made.get(state.shot.id, 0),
                    "others": [one for one in alive.get(state.shot.id, []) if state.job is None or one != state.job.id],
                }
                for index, state in enumerate(states)
            ],
            "missing": sum(state.missing for state in states),
            "cost": self.studio.film_seconds(states),
            "timeline": {"fps": laid.fps, "frames": laid.frames, "pieces": [_piece(piece) for piece in laid.pieces]},
            "exports": [exported(one) for one in self.studio.library.exports(kept.id, owner)],
        }

    def states(self, kept: KeptFilm, owner: str) -> tuple[ShotState, ...]:
        """Every shot as it stands; a film is planned once for every version."""
        known_plan = self._planned.get(kept.id)
        if known_plan is None or known_plan[0] != kept.version:
            try:
                orders: Sequence[Order | FilmError] = self.studio.try_film(kept.film)
            except StudioError as error:
                field = error.field if isinstance(error, ShotError) else "film"
                orders = (FilmError(field, None, str(error)),) * len(kept.film.shots)
            self._planned = dict(list(self._planned.items())[-50:])
            self._planned[kept.id] = (kept.version, tuple(orders))
        return self.studio.states_of(kept.film, self._planned[kept.id][1], kept.id, owner)

    def _state(
        self, state: ShotState, index: int, lost: dict[tuple[int, str], likeness.Kept], joins: dict[int, Seam]
    ) -> dict[str, Any]:
        job = state.job
        mine = [one for (shot, _), one in lost.items() if shot == index]
        error = state.error if state.error is not None and state.error.shot in ("", state.shot.id) else None
        return {
            "id": state.shot.id,
            "take": None if state.take is None else views.take(state.take),
            "fits": state.fits,
            "chosen": state.chosen,
            "made": job is not None and job.state == "done",  # a take of its very words is there, in the film or not
            "missing": state.missing,
            "job": None if job is None or job.state == "done" else views.job(job, (16, 9)),
            "error": None if error is None else {"field": error.field, "line": sentence(error.message)},
            "seam": None if index not in joins else joins[index].to_dict(),
            "kept": [{"member": one.member, "alike": one.alike, "lost": one.lost} for one in mine],
        }

    def _knows(self, model: str) -> bool:
        try:
            self.studio.entry(model)
        except StudioError:
            return False
        return True

    def _edited(self, kept: KeptFilm, owner: str, film: Film, said: str) -> Response:
        made = self.studio.library.edit_film(kept.id, owner, kept.version, film.with_ids(), said)
        return fresh(self.told(made, owner))

    def _kept(self, request: Request, owner: str) -> KeptFilm:
        return self.studio.library.film(request.path_params["film"], owner)


def exported(one: Export) -> dict[str, Any]:
    """An export for the page."""
    facts = one.facts
    return {
        "id": one.id,
        "state": one.state,
        "words": one.stage,
        "done": one.done,
        "of": one.of,
        "error": one.error,
        "when": views.when(one.created),
        "label": facts.get("label") or " ".join(str(value) for value in one.asked.values() if value),
        "seconds": facts.get("seconds"),
        "bytes": facts.get("bytes"),
        "width": facts.get("width"),
        "height": facts.get("height"),
        "slates": facts.get("slates", 0),
        "captions": bool(facts.get("captions")),
        "sidecar": bool(facts.get("sidecar")),
        "file": f"studio/films/{one.film}/exports/{one.id}" if one.state == "done" else None,
        "badge": views.credential(facts["report"])["badge"] if "report" in facts else "",
    }


def _piece(piece: timeline.Piece) -> dict[str, Any]:
    return {
        "what": piece.what, "start": piece.start, "length": piece.length, "index": piece.index, "text": piece.text,
        "skip": piece.skip, "take": None if piece.footage is None else piece.footage.take, "over": piece.over,
        "rise": piece.rise, "fall": piece.fall, "riseWhite": piece.rise_white, "fallWhite": piece.fall_white,
    }  # fmt: skip
