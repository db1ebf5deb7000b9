"""Files of films, in and out: film.yaml, the zip, OpenTimelineIO, sounds, captions, and what was finished."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from studio import inputs, media
from studio.errors import FilmError, MediaError, NotFound
from studio.films import packing, reading, sounds, timelines, writing
from studio.films.script import Film, Given
from studio.looking import Looker
from studio.provenance import ProvenanceError
from studio.ui import views
from studio.ui.filming import Filming, exported
from studio.ui.receiving import received
from studio.ui.web import PREFIX, Body, Owned, file, fresh

TYPES = {".mp4": "video/mp4", ".webm": "video/webm", ".gif": "image/gif", ".webp": "image/webp"}


class FilmFiles(Owned):
    """What goes in and out of a film as a file."""

    def __init__(self, filming: Filming, looker: Looker) -> None:
        super().__init__(filming.studio)
        self.looker = looker
        self.filming, self.drafts = filming, filming.forms.drafts

    def routes(self) -> list[Route]:
        """The routes of this part."""
        return [
            Route(f"{PREFIX}/films/open", self.open, methods=["POST"]),
            Route(f"{PREFIX}/films/sound", self.sound, methods=["POST"]),
            self.get("/films/{film}/film.yaml", self.yaml),
            self.get("/films/{film}/film.otio", self.otio),
            self.get("/films/{film}/film.zip", self.zip),
            self.post("/films/{film}/finish", self.finish),
            self.post("/films/{film}/exports/{export}/remove", self.remove),
            self.get("/films/{film}/exports/{export}", self.export),
            self.get("/films/{film}/exports/{export}/captions.srt", self.captions),
            self.get("/films/{film}/exports/{export}/credential.c2pa", self.sidecar),
            self.get("/films/{film}/sound/{which}", self.heard),
        ]

    async def open(self, request: Request) -> Response:
        """A film.yaml, the zip of a film, or a finished one, as the body; it becomes a film of its own."""
        owner = self.owner(request)
        home = self.studio.settings.home
        return await received(request, home, self.looker, lambda path, name: self._opened(path, name, owner))

    async def sound(self, request: Request) -> Response:
        """A sound or an SRT file."""
        owner = self.owner(request)
        home = self.studio.settings.home
        return await received(request, home, self.looker, lambda path, name: self._heard(path, name, owner))

    def yaml(self, request: Request, owner: str) -> Response:
        """The film as film.yaml; given files stand in it by their content, and are found again in this studio."""
        film = self.filming._kept(request, owner).film
        text = writing.write(film, lambda given: f"given:{given.sha256}/{given.name}")
        return Response(text, media_type="application/yaml", headers=_named(film, "yaml"))

    def otio(self, request: Request, owner: str) -> Response:
        """The film for an editor's program: its clips are the library's own files."""
        kept = self.filming._kept(request, owner)
        what = self.studio.material(kept.film, self.filming.states(kept, owner))
        shared = self.studio.settings.shared

        def locate(path: Path) -> str:
            return path.name if shared else path.absolute().as_uri()

        text = timelines.document(what, locate)
        return Response(text, media_type="application/json", headers=_named(kept.film, "otio"))

    def zip(self, request: Request, owner: str) -> Response:
        """The film with its pictures, sounds and takes."""
        kept = self.filming._kept(request, owner)
        target = self.studio.film_folder(kept.id) / "film.zip"
        self.studio.pack_film(kept.film, self.filming.states(kept, owner), target)
        return FileResponse(
            target, media_type="application/zip", filename=f"{_plain(kept.film.title)}.zip",
            background=BackgroundTask(lambda: target.unlink(missing_ok=True)),
        )  # fmt: skip

    def finish(self, request: Request, owner: str, body: Body) -> Response:
        """Have the film finished in a format."""
        names = ("shape", "preset", "container", "fit")
        asked = {name: str(body[name])[:20] for name in names if body.get(name)}
        return fresh(exported(self.filming.workroom.export(request.path_params["film"], owner, asked)))

    def remove(self, request: Request, owner: str, body: Body) -> Response:
        """Stop an export, or remove what came of it."""
        found = self.studio.library.export(request.path_params["export"], owner)
        self.filming.workroom.remove(found)
        return fresh({"done": True})

    def export(self, request: Request, owner: str) -> Response:
        """A finished film, byte for byte; `?download=1` saves it under the film's title."""
        path, _ = self._finished(request, owner, "file")
        kept = self.filming._kept(request, owner)
        name = f"{_plain(kept.film.title)}{path.suffix}" if request.query_params.get("download") == "1" else None
        return file(path, TYPES.get(path.suffix), name)

    def captions(self, request: Request, owner: str) -> Response:
        """The captions of a finished film, as SRT."""
        _, facts = self._finished(request, owner, "file")
        if not facts.get("captions"):
            raise NotFound("this film has no captions")
        kept = self.filming._kept(request, owner)
        return Response(facts["captions"], media_type="application/x-subrip", headers=_named(kept.film, "srt"))

    def sidecar(self, request: Request, owner: str) -> Response:
        """The credential of a film that cannot hold it itself."""
        path, _ = self._finished(request, owner, "sidecar")
        return file(path, "application/c2pa", f"{_plain(self.filming._kept(request, owner).film.title)}.webm.c2pa")

    def heard(self, request: Request, owner: str) -> Response:
        """The film's music or voice, for the time line."""
        which, film = request.path_params["which"], self.filming._kept(request, owner).film
        track = {"music": film.music, "voice": film.voice}.get(which)
        path = None if track is None else self.studio.locate(track.file)
        if path is None:
            raise NotFound("there is no such sound")
        return file(path, {".mp3": "audio/mpeg", ".wav": "audio/wav"}.get(path.suffix))

    def _opened(self, path: Path, name: str, owner: str) -> Response:
        try:
            if packing.is_packed(path):
                kept = self.studio.unpack_film(path, owner)
            elif _is_media(path):
                take = self.studio.library.take_of(inputs.sha256_of(path), owner)
                if take is not None:  # no film, but a shot of one
                    return fresh({"take": views.take(take)})
                kept = self.studio.library.add_film(owner, self._of_finished(path, name, owner))
            else:
                kept = self.studio.library.add_film(owner, self._read(path, name, owner))
        except FilmError as error:
            error.message = error.message.replace(path.name, name)
            raise
        return fresh(self.filming.told(kept, owner))

    def _of_finished(self, path: Path, name: str, owner: str) -> Film:
        """The script that a finished film carries: a stranger's, read as what the page sends is read."""
        try:
            found = self.studio.verify(path).recipe
        except (ProvenanceError, OSError) as error:
            raise FilmError("film", name, f"{name} cannot be read: {str(error).splitlines()[0]}") from None
        if found is None or found.get("schema") != "auteur.film/1" or not isinstance(found.get("film"), dict):
            raise FilmError("film", name, f"{name} does not carry the script of a film of ours")
        return self.filming.forms.read(self._with_ids(found["film"], owner), owner)

    def _with_ids(self, value: Any, owner: str) -> Any:
        """Given files that this owner has, by the ids that the page knows them by; others are left out."""
        if isinstance(value, dict) and isinstance(value.get("sha256"), str):
            known = self.drafts.of_content(owner, value["sha256"])
            return {"id": None if known is None else known.id}
        if isinstance(value, dict):
            return {key: self._with_ids(item, owner) for key, item in value.items()}
        return [self._with_ids(item, owner) for item in value] if isinstance(value, list) else value

    def _read(self, path: Path, name: str, owner: str) -> Film:
        def find(named: str) -> Given | None:
            match = re.fullmatch(r"given:([0-9a-f]{64})/(.{1,120})", named)
            if match is None or not self.filming.forms.own(owner, match[1]):
                return None
            return Given(match[2], sha256=match[1]) if self.studio.library.input(match[1]) is not None else None

        if path.stat().st_size > 400_000:
            raise FilmError("film", name, f"{name} is neither a film.yaml nor the zip of a film")
        try:
            return reading.parse(path.read_text(encoding="utf-8-sig"), find, name)
        except UnicodeDecodeError:
            raise FilmError("film", name, f"{name} is neither a film.yaml nor the zip of a film") from None

    def _heard(self, path: Path, name: str, owner: str) -> Response:
        try:
            if name.lower().endswith(".srt"):
                sha256, seconds, kind = sounds.keep_captions(path, self.studio.library), 0.0, "captions"
            else:
                (sha256, seconds), kind = sounds.keep_sound(path, self.studio.library), "sound"
        except FilmError as error:
            raise FilmError(error.field, name, error.message.replace(path.name, name)) from None
        return fresh(self.drafts.add(owner, sha256, Path(name).name[:120], kind, (0, 0), seconds).shown())

    def _finished(self, request: Request, owner: str, which: str) -> tuple[Path, dict[str, Any]]:
        found = self.studio.library.export(request.path_params["export"], owner)
        if found.state != "done" or found.film != request.path_params["film"] or not found.facts.get(which):
            raise NotFound("there is no such finished film")
        return self.studio.film_folder(found.film) / Path(str(found.facts[which])).name, dict(found.facts)


def _is_media(path: Path) -> bool:
    try:
        return media.is_clip(path)
    except MediaError:
        return False


def _named(film: Film, suffix: str) -> dict[str, str]:
    name = f"{_plain(film.title)}.{suffix}"
    return {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}


def _plain(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)[:8])[:80] or "film"
