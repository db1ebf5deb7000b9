"""Films for programs: opened and changed as film.yaml, shot, looked at and finished; endpoints and MCP tools."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import gradio as gr

from studio.core import Studio
from studio.errors import FilmError, ShotError, StudioError
from studio.films import reading, scripts, writing
from studio.films.archive import Export, KeptFilm
from studio.films.room import ShotState, fitting, lengths_of
from studio.films.script import Film, Given
from studio.tools.seams import Seam
from studio.ui import filming
from studio.ui.answering import Answer, Answering
from studio.ui.drafts import Drafts
from studio.ui.filmform import FilmForms

LOOK_SECONDS = 0.2  # between looks at an export that is waited for
MAX_TEXT = 400_000  # characters of a film.yaml
_GIVEN = re.compile(r"given:([0-9a-f]{64})/(.{1,120})")


class FilmInterface(Answering):
    """The endpoints of films. A film is text here: the film.yaml of docs/film.md."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self.forms = FilmForms(Drafts(studio.library))

    def endpoints(self) -> tuple[tuple[Callable[..., Any], ...], tuple[Callable[..., Any], ...]]:
        """Those that may wait for clips, and those that answer at once."""
        return (self.render_film, self.export_film), (self.films, self.open_film, self.film, self.save_film)

    def films(self, request: gr.Request) -> list[Answer]:
        """The films of the studio, the last changed first."""
        return self.guarded(
            request,
            lambda owner: [
                {"film": film, "title": title, "changed": changed, "shots": shots}
                for film, title, changed, shots in self.studio.library.films(owner)
            ],
        )

    def open_film(self, request: gr.Request, text: str) -> Answer:
        """Keep a new film, given as the text of a film.yaml."""

        def act(owner: str) -> Answer:
            return self._told(self.studio.library.add_film(owner, self._read(text, owner).with_ids()), owner)

        return self.guarded(request, act)

    def film(self, request: gr.Request, id: str) -> Answer:
        """A film as it stands: its film.yaml; of every shot its take, its seam with the shot before, what is wrong."""
        return self.guarded(request, lambda owner: self._told(self.studio.library.film(id, owner), owner))

    def save_film(self, request: gr.Request, id: str, text: str, version: int) -> Answer:
        """Change a film that is at `version` to what the film.yaml says; the page's undo takes it back."""

        def act(owner: str) -> Answer:
            kept = self.studio.library.film(id, owner)
            film = scripts.carried(kept.film, self._read(text, owner))
            return self._told(self.studio.library.edit_film(id, owner, version, film, "A program's change"), owner)

        return self.guarded(request, act)

    def render_film(self, request: gr.Request, id: str, shots: list[int] | None = None, wait: bool = True) -> Answer:
        """Shoot what is missing of a film, or of the shots with these numbers (the first is 1)."""

        def act(owner: str) -> Answer:
            kept = self.studio.library.film(id, owner)
            jobs = self.studio.shoot_film(kept.film, kept.id, only=_chosen(kept.film, shots), owner=owner)
            if wait:
                for job in jobs:
                    self.studio.wait(job.id, owner=owner)
            return self._told(self.studio.library.film(id, owner), owner)

        return self.guarded(request, act)

    def export_film(
        self, request: gr.Request, id: str, shape: str = "", preset: str = "", container: str = "",
        fit: str = "subject", wait: bool = True,
    ) -> Answer:  # fmt: skip
        """Cut a film together, finish and sign it: shape is 16:9, 9:16 or 1:1, container mp4, webm, gif or webp."""

        def act(owner: str) -> Answer:
            asked = {"shape": shape, "preset": preset, "container": container, "fit": fit}
            made = self.studio.workroom.export(id, owner, {name: value for name, value in asked.items() if value})
            while wait and made.state in ("waiting", "running"):
                time.sleep(LOOK_SECONDS)
                made = self.studio.library.export(made.id, owner)
            if made.state == "failed":
                raise StudioError(made.error)
            return finished(made)

        return self.guarded(request, act)

    def _read(self, text: str, owner: str) -> Film:
        """A script from a program. Files in it are named as this studio writes them, and are the owner's own."""
        if len(text) > MAX_TEXT:
            raise FilmError("film", len(text), f"{len(text):,} characters are too many for a film.yaml: up to 400,000")

        def find(named: str) -> Given | None:
            match = _GIVEN.fullmatch(named)
            if match is None or not self.forms.own(owner, match[1]):
                return None
            return Given(match[2], sha256=match[1]) if self.studio.library.input(match[1]) is not None else None

        return reading.parse(text, find)

    def _told(self, kept: KeptFilm, owner: str) -> Answer:
        """A film as a program is told of it."""
        film, entry = kept.film, self.studio.entry(kept.film.model)
        orders = self.studio.try_film(film)
        states = self.studio.states_of(film, orders, kept.id, owner)
        frames = sum(lengths_of(states, entry.fps))
        seams = self.studio.workroom.joins(film, fitting(states), now=True)
        return {
            "film": kept.id,
            "version": kept.version,
            "title": film.title,
            "text": writing.write(film, lambda given: f"given:{given.sha256}/{given.name}"),
            "missing": sum(state.missing for state in states),
            "seconds": round(frames / entry.fps, 3),
            "shots": [_shot(index, state, seams.get(index)) for index, state in enumerate(states)],
            "exports": [finished(one) for one in self.studio.library.exports(kept.id, owner)],
        }


def _shot(index: int, state: ShotState, seam: Seam | None) -> Answer:
    job, take = state.job, state.take
    return {
        "number": index + 1,
        "prompt": state.shot.prompt,
        "seconds": state.shot.seconds,
        "join": state.shot.join,
        "take": None if take is None else take.id,
        "fits": state.fits or state.chosen,
        "job": None if job is None else job.id,
        "state": None if job is None else job.state,
        "error": state.error.message if state.error is not None else (job.error or None) if job else None,
        "seam": None if seam is None else seam.to_dict(),
    }


def _chosen(film: Film, numbers: list[int] | None) -> set[str] | None:
    if numbers is None:
        return None
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= len(film.shots):
            message = f"there is no shot {str(number)[:20]}: this film has shots 1 to {len(film.shots)}"
            raise ShotError("shots", number, message)
    return {film.shots[number - 1].id for number in numbers}


def finished(one: Export) -> Answer:
    """A finished film, or one that is being finished, as a program is told of it."""
    told = filming.exported(one)
    names = ("state", "error", "label", "width", "height", "seconds", "bytes", "slates", "file")
    return {"export": one.id, "film": one.film, **{name: told[name] or None for name in names}}
