"""The films part of the Studio: what a film needs, shooting what is missing, and what there is of it."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studio import preferences, sealing
from studio.base import COMMAND_LINE, LOCAL_OWNER, Base
from studio.errors import FilmError, NotFound, PolicyStop, ShotError
from studio.film import Job, Shot, Take
from studio.films import captions, casting, cutting, packing, planning, script, sounds
from studio.films.archive import KeptFilm
from studio.films.cutting import Finished, Material
from studio.films.formats import Format
from studio.films.planning import Order
from studio.films.script import Film, FilmShot, Fit, Given
from studio.films.timeline import Footage
from studio.finishing import label_of
from studio.policy import Decision, PolicyRequest
from studio.provenance import SignedClip
from studio.provenance.claims import LABELLED
from studio.shots import SEED_DRAW, Plan, dimensions
from studio.tools import VARIATIONS


@dataclass(frozen=True)
class ShotState:
    """One shot of a film as it stands: its take, if there is one, and the job that is to make or has made it.

    `fits` says that the take was made for the shot as it is now written; `chosen` that somebody chose it.
    """

    shot: FilmShot
    order: Order | None
    take: Take | None
    job: Job | None
    fits: bool
    chosen: bool
    error: FilmError | None = None

    @property
    def missing(self) -> bool:
        """Whether it would be shot by "shoot all that is missing"."""
        alive = self.job is not None and not self.job.finished
        return self.order is not None and not alive and (self.take is None or not (self.fits or self.chosen))


class Films(Base):
    """Films of an owner."""

    def locate(self, given: Given) -> Path | None:
        """Where a given file of a film is."""
        if given.sha256:
            return self.library.input(given.sha256)
        path = Path(given.path)
        return path if given.path and path.is_file() else None

    def plan_film(self, film: Film) -> tuple[Order, ...]:
        """Every shot checked in full. Raises FilmError."""
        return planning.plan(film, self.entry(film.model), self._plan, self.locate)

    def check_film(self, film: Film) -> Decision:
        """What the policy says of a film as a whole: what is harmless shot by shot may not be together."""
        cards = " ".join(card.text for card in (film.opening, film.ending) if card is not None)
        captions = " ".join(shot.caption for shot in film.shots if shot.caption)
        title = " ".join(part for part in (film.title, cards, captions, self._subtitles(film)) if part)
        told = tuple(casting.spoken(shot.prompt, film.cast) for shot in film.shots)
        pictures = tuple(path for given in film.files() if (path := self.locate(given)) is not None)
        request = PolicyRequest(
            prompt="", negative=film.negative, shots=told, title=title, images=pictures, consent=film.consent
        )
        return self.gate.decide(request)

    def _subtitles(self, film: Film) -> str:
        """What a film's SRT file says; "" without one, or with one that whoever cuts the film will refuse."""
        path = None if film.captions.file is None else self.locate(film.captions.file)
        try:
            return "" if path is None else " ".join(one.text for one in captions.read(path))
        except (FilmError, OSError):
            return ""

    def allow_film(self, film: Film, accept_rewrite: bool = False) -> tuple[Film, str | None]:
        """The film as it may be made, and what the policy wants said. Raises PolicyStop."""
        decision = self.check_film(film)
        while decision.action == "rewrite" and accept_rewrite and decision.rewritten and decision.shot is not None:
            shots = list(film.shots)
            shots[decision.shot] = replace(shots[decision.shot], prompt=decision.rewritten)
            film = replace(film, shots=tuple(shots))
            decision = self.check_film(film)
        if decision.action in ("block", "rewrite"):
            raise PolicyStop(decision)
        return film, decision.message if decision.action == "warn" else None

    def film_states(self, film: Film, film_id: str = "", owner: str = LOCAL_OWNER) -> tuple[ShotState, ...]:
        """Every shot as it stands. Raises FilmError when the film cannot be shot as it is."""
        return self.states_of(film, self.plan_film(film), film_id, owner)

    def try_film(self, film: Film) -> tuple[Order | FilmError, ...]:
        """Every shot as it would be shot, or what is wrong with it. Raises ShotError for a model that is not known."""
        return planning.tried(film, self.entry(film.model), self._plan, self.locate)

    def states_of(
        self, film: Film, orders: Sequence[Order | FilmError], film_id: str, owner: str
    ) -> tuple[ShotState, ...]:
        """As `film_states`, of shots that are planned already, or are not right yet."""
        jobs = self.library.jobs_for(owner, {order.key for order in orders if isinstance(order, Order)})
        earlier = self.library.takes_of_film(owner, film_id) if film_id else {}
        rows = zip(film.shots, orders, strict=True)
        return tuple(self._state(shot, order, jobs, earlier.get(shot.id, []), owner) for shot, order in rows)

    def _state(
        self, shot: FilmShot, planned: Order | FilmError, jobs: Mapping[str, Job], earlier: list[Take], owner: str
    ) -> ShotState:
        error = planned if isinstance(planned, FilmError) else None
        order = None if isinstance(planned, FilmError) else planned
        job = None if order is None else jobs.get(order.key)
        own = None if job is None or job.take_id is None else self._take_or_none(job.take_id, owner)
        chosen = self._take_or_none(shot.take, owner) if shot.take else None
        if chosen is not None:
            return ShotState(shot, order, chosen, job, own is not None and own.id == chosen.id, True, error)
        if own is not None:
            return ShotState(shot, order, own, job, True, False, error)
        return ShotState(shot, order, earlier[0] if earlier else None, job, False, False, error)

    def shoot_film(
        self, film: Film, film_id: str = "", *, only: Collection[str] | None = None, owner: str = LOCAL_OWNER
    ) -> list[Job]:
        """Put every shot that is missing in the queue (of the ids in `only`, where given, and what those go on from).

        A shot that waits or failed before is taken up again. Raises FilmError or PolicyStop; neither leaves anything.
        """
        with self.patience.asking(owner):
            film, _ = self.allow_film(film)
        orders = self.plan_film(film)
        states = self.states_of(film, orders, film_id, owner)
        order = planning.shooting_order(film)
        wanted = {i for i, state in enumerate(states) if only is None or state.shot.id in only}
        for index in reversed(order):
            if index in wanted:
                wanted |= {need.index for need in orders[index].needs}
        known = {i: state.job.id for i, state in enumerate(states) if state.job is not None and _usable(state.job)}
        known |= {i: s.take.job_id for i, s in enumerate(states) if s.chosen and s.take is not None}
        for index, state in enumerate(states):
            if index not in wanted or state.chosen or state.job is None:  # what was chosen stands, whatever was stopped
                continue
            if state.job.state in ("failed", "cancelled"):
                self.library.retry_job(state.job.id, owner)
                known[index] = state.job.id
        new = [i for i in order if i in wanted and i not in known and (states[i].missing or not states[i].fits)]
        with self.patience.asking(owner):
            for index in new:
                self._as_rendered(orders[index].recipe)
        kept = {i: replace(orders[i], request=self._keep(orders[i])) for i in new}
        ids = self.library.order_film(owner, film_id, [kept.get(i, one) for i, one in enumerate(orders)], new, known)
        for job_id in {*ids, *known.values()}:
            self._engine.wake(job_id)
        by_index = {**known, **dict(zip(new, ids, strict=True))}
        return [self.library.job(by_index[i], owner) for i in order if i in wanted and i in by_index]

    def vary_shot(self, film: Film, film_id: str, shot: str, count: int, *, owner: str = LOCAL_OWNER) -> list[Job]:
        """Shoot one shot `count` times more (2, 4 or 8), each with a seed of its own, to choose from. What stands in
        the film stays. Raises ShotError, FilmError, PolicyStop or NotFound."""
        if count not in VARIATIONS or isinstance(count, bool):
            line = f"takes {str(count)[:20]} does not work: there can be {', '.join(map(str, VARIATIONS))} at once"
            raise ShotError("takes", count, line, 4)
        if all(one.id != shot for one in film.shots):
            raise NotFound(f"there is no shot {shot[:40]!r} in this film")
        highest = min(SEED_DRAW, self.entry(film.model).limits.seed_max)
        jobs: dict[str, Job] = {}
        for _ in range(count):
            seed = secrets.randbelow(highest)
            shots = tuple(replace(one, seed=seed, take="") if one.id == shot else one for one in film.shots)
            made = self.shoot_film(replace(film, shots=shots), film_id, only={shot}, owner=owner)
            jobs |= {job.id: job for job in made}
        return list(jobs.values())

    # Cutting

    def film_size(self, film: Film) -> tuple[int, int]:
        """Width and height of a film in pixels. Raises ShotError."""
        return dimensions(film.size, self.entry(film.model))

    def film_folder(self, film_id: str) -> Path:
        """Where the finished versions of a film are kept; made if it is missing."""
        folder = self.settings.home / "films" / (film_id or COMMAND_LINE)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def material(self, film: Film, states: tuple[ShotState, ...]) -> Material:
        """What the film is cut from as it stands; shots without a take become slates. Raises FilmError."""
        footage = {index: footage_of(take) for index, take in takes_of(states).items()}
        fps = self.entry(film.model).fps
        return cutting.material(film, footage, fps, lengths_of(states, fps), self.locate)

    def finish_film(
        self,
        film: Film,
        states: tuple[ShotState, ...],
        form: Format,
        target: Path,
        *,
        fit: Fit = "subject",
        owner: str = LOCAL_OWNER,
        progress: cutting.Progress = lambda words, done, of: None,
    ) -> Finished:
        """Cut, finish and sign a film. Raises FilmError, PolicyStop, MediaError or ProvenanceError."""
        self.allow_film(film)
        settled, told = preferences.of_owner(self.library, owner, self.settings.shared), ""
        if settled.privacy == "full":
            told = cutting.told(film, {index: take.id for index, take in takes_of(states).items()})
        else:
            film = replace(film, title="A film")
        what = self.material(film, states)

        def keep(signed: SignedClip) -> None:
            sealing.remember(self.library, signed, owner=owner)

        return cutting.finish(
            what, form, target, self.identity(), fit=fit, recipe=told, label=label_of(settled, self.settings),
            progress=progress, keep=keep,
        )  # fmt: skip

    # Moving to another machine

    def bring_files(self, film: Film) -> Film:
        """The film with every given file safe in the library. Raises FilmError or MediaError."""
        kept: dict[Given, Given] = {}
        for given in film.files():
            path = None if given.sha256 else self.locate(given)
            if path is not None:
                kept[given] = Given(given.name, sha256=sounds.keep(path, self.library))
        return script.with_files(film, kept)

    def pack_film(self, film: Film, states: Sequence[ShotState], target: Path) -> Path:
        """A film as one zip, with the takes that fit. Raises ShotError, MediaError or DiskFull.

        A script says nothing of what was chosen here: each take is packed as what its shot comes to without that.
        """
        kept = {i: one for i, one in enumerate(states) if one.order is not None and (one.fits or one.chosen)}
        plain = self.try_film(replace(film, shots=tuple(replace(s, take="") for s in film.shots))) if kept else ()
        takes = [
            (one.shot.id, order.key, one.take)
            for index, one in kept.items()
            if one.take is not None and isinstance(order := plain[index], Order)
        ]
        return packing.pack(film, takes, self.locate, target)

    def unpack_film(self, path: Path, owner: str = LOCAL_OWNER) -> KeptFilm:
        """Take in the zip of a film with its takes, which are looked at as everything given is. Raises FilmError or
        PolicyStop; then nothing is kept."""
        with tempfile.TemporaryDirectory(dir=self.settings.home, prefix=".unpacking-") as name:
            film, takes = packing.unpack(path, Path(name))
            known = [(index, key, *packing.take_in(folder, self.identity()), folder) for index, key, folder in takes]
            with self.patience.asking(owner):
                for given in filter(None, map(self.locate, film.files())):
                    self.gate.admit(given)
                for _, _, recipe, report, _, _, folder in known:
                    ours = report["verdict"] == "local"
                    self.gate.bring(folder / "clip.mp4", recipe, known=ours, consent=film.consent)
            film = self.bring_files(film).with_ids()
            planned = self.try_film(film)
            kept = self.library.add_film(owner, replace(film, source=""))
            for index, key, recipe, report, sha256, frames, folder in known:
                order = planned[index]
                if isinstance(order, Order) and order.key == key:
                    made = secrets.token_hex(8)
                    target = self.library.take_folder(f"t{made}")
                    shutil.move(folder, target)
                    self.library.bring_take(kept.id, film.shots[index].id, key, Take(
                        id=f"t{made}", job_id=f"j{made}", owner=owner, clip=target / "clip.mp4",
                        poster=target / "poster.jpg", latents=target / "latents.safetensors", recipe=recipe,
                        report=report, sha256=sha256, width=recipe.width, height=recipe.height, frames=frames,
                        fps=recipe.fps, seconds={"total": 0.0},
                    ))  # fmt: skip
        return kept

    def film_seconds(self, states: tuple[ShotState, ...]) -> float | None:
        """Seconds that shooting what is missing will take; None before the first measurement."""
        estimator = self._estimator()
        parts = [estimator.total(one.order.recipe) for one in states if one.order is not None and one.missing]
        return None if any(part is None for part in parts) else sum(part for part in parts if part is not None)

    def _keep(self, order: Order) -> Shot:
        return Plan(order.request, order.recipe).kept(self.library).shot

    def _take_or_none(self, take_id: str, owner: str) -> Take | None:
        try:
            return self.library.take(take_id, owner)
        except NotFound:
            return None


def _usable(job: Job) -> bool:
    return job.state == "done" or not job.finished


def lengths_of(states: Sequence[ShotState], fps: int) -> list[int]:
    """Frames of every shot as it would be made."""
    return [round(one.shot.seconds * fps) if one.order is None else one.order.recipe.frames for one in states]


def footage_of(take: Take) -> Footage:
    """A take as the footage of a film."""
    done = take.report.get("actions") or []
    # What a stranger's credential says of itself spares nobody the label.
    labelled = take.report.get("verdict") == "local" and any(step.get("words") == LABELLED.words for step in done)
    return Footage(take.clip, take.frames, take.fps, take.width, take.height, take.title, take.id, labelled)


def fitting(states: Sequence[ShotState]) -> Mapping[int, Take]:
    """The takes that were made for their shot as it is written, or chosen for it, by the place of the shot."""
    kept = {index: state for index, state in enumerate(states) if state.fits or state.chosen}
    return {index: state.take for index, state in kept.items() if state.take is not None}


def takes_of(states: Sequence[ShotState]) -> Mapping[int, Take]:
    """The takes that are there, by the place of their shot."""
    return {index: state.take for index, state in enumerate(states) if state.take is not None}
