"""What is done for films beside the shooting: finishing them, and looking whether a subject was kept. One thread.

Like a render it belongs to the studio and not to a page: an export that was asked for is done, also after a restart.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.errors import FilmError, StudioError
from studio.film import Take
from studio.films import formats, joins, likeness
from studio.films.archive import Export
from studio.films.likeness import Looks
from studio.films.script import Film
from studio.plain import plain_error
from studio.tools.seams import Seam

if TYPE_CHECKING:
    from model.training.judge_network import Judge
    from studio.core import Studio

log = logging.getLogger(__name__)
KEPT_EXPORTS = 8  # files of one film; older ones make room
FITS = ("subject", "middle", "whole")


class _Cancelled(Exception):
    """Somebody took the export back."""


class Workroom:
    """The thread that finishes films; it begins when there is something to do."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._wake, self._closing = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._unseen: dict[str, Take] = {}
        self._looked: dict[str, Looks] = {}
        self._unmet: dict[tuple[str, str], tuple[Take, Take]] = {}
        self._met: dict[tuple[str, str], Seam | None] = {}
        self._judge: Judge | None = None
        self._judge_asked = False

    def wake(self) -> None:
        """There is something to do."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="films", daemon=True)
                self._thread.start()
        self._wake.set()

    def close(self) -> None:
        """Stop after what is being done now is put down."""
        self._closing.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(10)

    def export(self, film_id: str, owner: str, asked: Mapping[str, Any]) -> Export:
        """Have a film finished. Raises ShotError for a format that is not known, PolicyStop, or NotFound."""
        kept = self._studio.library.film(film_id, owner)
        self._form(kept.film, asked)
        self._studio.allow_film(kept.film)
        self._studio.plan_film(kept.film)
        made = self._studio.library.add_export(film_id, owner, asked)
        self.wake()
        return made

    def looks(self, takes: Mapping[int, Take], *, now: bool = False) -> dict[int, Looks]:
        """What was seen of takes so far; those that were not looked at yet are, in their turn, or `now`."""
        found = {}
        for index, take in takes.items():
            if now and take.id not in self._looked and self._studio.library.take_looks(take.id) is None:
                self._look(take)
            known = self._looked.get(take.id) or self._studio.library.take_looks(take.id)
            if known is None:
                self._unseen[take.id] = take
            else:
                self._looked[take.id] = found[index] = known
        if self._unseen:
            self.wake()
        return found

    def joins(self, film: Film, takes: Mapping[int, Take], *, now: bool = False) -> dict[int, Seam]:
        """How the shots of a film meet that continue one another, by the later shot; measured in their turn, or `now`.

        Nothing is said of a film whose shots continue what is not there.
        """
        try:
            meeting = joins.pairs(film, takes)
        except FilmError:
            return {}
        found = {}
        for index, (one, other) in meeting.items():
            key = (one.id, other.id)
            if key not in self._met and now:
                self._meet(key, (one, other))
            if key not in self._met:
                self._unmet[key] = (one, other)
            elif (seam := self._met[key]) is not None:
                found[index] = seam
        if self._unmet:
            self.wake()
        return found

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            try:
                export = self._studio.library.next_export()
                if export is not None:
                    self._finish(export)
                elif self._unmet:
                    self._meet(*self._unmet.popitem())
                elif self._unseen:
                    self._look(self._unseen.pop(next(iter(self._unseen))))
                else:
                    self._wake.wait(30)
            except Exception:
                if self._closing.is_set():
                    return
                log.exception("the films thread stumbled; it goes on")
                self._closing.wait(2)

    def _form(self, film: Any, asked: Mapping[str, Any]) -> formats.Format:
        entry = self._studio.entry(film.model)
        names = {name: str(asked.get(name) or "") for name in ("shape", "preset", "container")}
        return formats.choose(self._studio.film_size(film), entry, **names)

    def _finish(self, export: Export) -> None:
        library, studio = self._studio.library, self._studio
        library.update_export(export.id, state="running", worker=library.me, stage="Getting ready", error="")

        def progress(words: str, done: int, of: int) -> None:
            if self._closing.is_set() or not library.update_export(export.id, stage=words, done=done, total=of):
                raise _Cancelled

        try:
            film = library.film(export.film, export.owner).film
            form = self._form(film, export.asked)
            states = studio.film_states(film, export.film, export.owner)
            target = studio.film_folder(export.film) / f"{export.id}{form.suffix}"
            fit = export.asked.get("fit")
            done = studio.finish_film(
                film, states, form, target, fit=fit if fit in FITS else "subject", owner=export.owner,
                progress=progress,
            )  # fmt: skip
            facts = {
                "file": target.name, "label": form.label, "width": done.width, "height": done.height,
                "seconds": round(done.seconds, 2), "bytes": target.stat().st_size, "captions": done.captions,
                "sidecar": None if done.sidecar is None else done.sidecar.name, "sha256": done.sha256,
                "report": done.report, "slates": sum(state.take is None for state in states), "took": done.took,
            }  # fmt: skip
            if library.update_export(export.id, state="done", stage="Done", facts=json.dumps(facts)):
                self._make_room(export)
                return
            for path in (target, done.sidecar):  # it was taken back, or everything deleted, while it was signed
                if path is not None:
                    path.unlink(missing_ok=True)
        except _Cancelled:
            if self._closing.is_set():
                library.update_export(export.id, state="waiting", worker=None, stage="Waiting")
        except Exception as error:
            if not isinstance(error, StudioError):
                log.error("film %s could not be finished", export.film, exc_info=error)
            library.update_export(export.id, state="failed", stage="Failed", error=plain_error(error))

    def _make_room(self, export: Export) -> None:
        done = [one for one in self._studio.library.exports(export.film, export.owner) if one.state == "done"]
        for old in done[KEPT_EXPORTS:]:
            self.remove(old)

    def remove(self, export: Export) -> None:
        """Take an export back, or its file away."""
        self._studio.library.update_export(export.id, state="cancelled", stage="Removed")
        for name in (export.facts.get("file"), export.facts.get("sidecar")):
            if name:
                (self._studio.film_folder(export.film) / Path(str(name)).name).unlink(missing_ok=True)

    def _meet(self, key: tuple[str, str], takes: tuple[Take, Take]) -> None:
        self._met[key] = None  # a clip that cannot be read is not tried again and again
        self._met[key] = joins.measure(*takes)

    def _look(self, take: Take) -> None:
        found = likeness.look(take.clip, take.fps, self._seer())
        self._looked[take.id] = found
        self._studio.library.keep_looks(take.id, found)

    def _seer(self) -> Judge | None:
        """The judge that came with the weights, or None: then colours alone are compared."""
        if not self._judge_asked:
            self._judge_asked = True
            path = self._studio.settings.models / "storybook" / "judge.safetensors"
            if path.is_file():
                from model.training.judge_network import Judge

                try:
                    self._judge = Judge.load(path).eval()
                except Exception as error:  # a damaged judge must not keep anybody from a film
                    log.warning("the judge cannot be read: %s", error)
        return self._judge
