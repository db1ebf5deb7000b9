"""The models of this studio: those that come along, those that were fetched, and folders that it was pointed to.

What was fetched lies in the Hugging Face cache, shared with other programs. `models.json` in the studio's home only
remembers what cannot be seen there: folders that somebody pointed to, licences agreed to, and which commit of a branch
was fetched.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from model import catalog, headers, published
from model.catalog import FAMILIES, CatalogEntry
from model.detect import Found, detect, require_whole
from model.errors import ModelError, WeightsError
from model.lora import LoRA
from model.published import Part, Published, RemoteFile
from studio import models_lora
from studio.disk import save_bytes
from studio.errors import ModelsError
from studio.models_hub import Hub, Listing, sha256
from studio.models_lora import Laid

REGISTER = "models.json"
State = Literal["ready", "partly", "absent"]


@dataclass(frozen=True, slots=True)
class PartState:
    """One part of a model as it stands. `place` is where it lies, None while it is not whole; `problem` says why.

    `here_bytes` is how much of it is here, as far as its files are known.
    """

    part: Part
    place: Path | None
    problem: str = ""
    pointed: bool = False
    here_bytes: int = 0


@dataclass(frozen=True, slots=True)
class ModelState:
    """A published model as it stands here. `runs`: this version can shoot with it once it is ready."""

    model: Published
    parts: tuple[PartState, ...]
    runs: bool
    agreed: bool

    @property
    def state(self) -> State:
        """Whether all, some or none of its parts are here."""
        if not self.missing:
            return "ready"
        begun = any(part.place or part.here_bytes for part in self.parts if part.part.role == "transformer")
        return "partly" if begun else "absent"

    @property
    def missing(self) -> tuple[PartState, ...]:
        """The parts that are still to be fetched."""
        return tuple(part for part in self.parts if part.place is None)

    @property
    def missing_bytes(self) -> int:
        """How much that is, or about."""
        return sum(max(0, part.part.size_bytes - part.here_bytes) for part in self.missing)

    @property
    def places(self) -> dict[str, Path]:
        """Role -> where it lies, of the parts that are here."""
        return {part.part.role: part.place for part in self.parts if part.place is not None}


class Models:
    """A studio's models. `root` holds the weights that come along; `hub` None is the one that the environment names."""

    def __init__(self, home: Path, root: Path, hub: Hub | None = None) -> None:
        self.home, self.root = home, root
        self.hub = hub if hub is not None else Hub.from_env()
        self._lock = threading.RLock()

    # What there is

    def entries(self) -> tuple[CatalogEntry, ...]:
        """The models that one can shoot with: those that come along, and those that are ready and that we can load."""
        ready = [state for state in self.states() if state.runs and state.state == "ready"]
        plain = (*catalog.entries(self.root), *(self._entry(state) for state in ready))
        return (*plain, *models_lora.entries(plain, self.loras()))

    def states(self) -> tuple[ModelState, ...]:
        """Every published model as it stands here."""
        register = self._read()
        return tuple(self._state(model, register) for model in published.models())

    def state(self, name: str) -> ModelState:
        """One published model as it stands. Raises ModelsError for a name that nobody published."""
        return self._state(_known(name), self._read())

    def _state(self, model: Published, register: Mapping[str, Any]) -> ModelState:
        pointed = register["pointed"].get(model.name, {})
        parts = tuple(self._part(published.part(name), pointed, register) for name in model.parts)
        return ModelState(model, parts, model.family in FAMILIES, model.name in register["agreed"])

    def absent(self, name: str) -> str:
        """Why a published model cannot be shot with, and what to do, as one line; "" for any other name, or a ready
        one."""
        if name not in [model.name for model in published.models()] or (state := self.state(name)).state == "ready":
            return ""
        if state.state == "absent":
            return f"{state.model.title} is not here: fetch it with models download {name}, or on the Models page"
        part = state.missing[0]
        lacking = part.problem or f"its {part.part.title} is not here"
        return f"{state.model.title} is not whole ({lacking}): fetch the rest with models download {name}"

    def _entry(self, state: ModelState) -> CatalogEntry:
        small = (self._part(published.part(name), {}, self._read()) for name in state.model.optional)
        extra = {part.part.role: part.place for part in small if part.place is not None}
        return state.model.entry({**state.places, **extra})

    def optional(self, model: Published) -> tuple[PartState, ...]:
        """The parts that a model does not need, as they stand."""
        register = self._read()
        return tuple(self._part(published.part(name), {}, register) for name in model.optional)

    def _part(self, part: Part, pointed: Mapping[str, str], register: Mapping[str, Any]) -> PartState:
        if part.role in pointed:
            place = Path(pointed[part.role])
            problem = _unfit(place, part)
            return PartState(part, None if problem else place, problem, pointed=True)
        listing = self.known_listing(part, register)
        folder = self.hub.snapshot(part, listing.commit if listing else "")
        if folder is None or not folder.is_dir():
            return PartState(part, None, here_bytes=self._half_bytes(part, listing))
        place = _place_of(part, folder)
        if listing is None:
            problem = _unfit(place, part)
            return PartState(part, None if problem else place, problem if place.exists() else "")
        problem, here = _lacking(folder, listing.files), _here(folder, listing.files) + self._half_bytes(part, listing)
        return PartState(part, None if problem else place, problem if here else "", here_bytes=here)

    def _half_bytes(self, part: Part, listing: Listing | None) -> int:
        return sum(self.hub.fetched(part, file) for file in listing.files) if listing else 0

    def known_listing(self, part: Part, register: Mapping[str, Any] | None = None) -> Listing | None:
        """The files of a part where they are known without asking: from the catalogue, or from when it was fetched."""
        if part.exact:
            return Listing(part.revision, part.files)
        kept = (register or self._read())["listings"].get(part.name)
        if kept is None:
            return None
        return Listing(kept["commit"], tuple(RemoteFile(*file) for file in kept["files"]))

    # What was agreed and fetched

    def agree(self, model: Published) -> None:
        """Remember that somebody agreed to a model's licence and size."""
        self._change("agreed", model.name, {"licence": model.licence, "at": round(time.time())})

    def want(self, name: str, on: bool) -> None:
        """Remember that a model is to be fetched, or no longer."""
        self._change("wanted", name, {"at": round(time.time())} if on else None)

    def wanted(self) -> tuple[str, ...]:
        """The models that are to be fetched, the first asked for first."""
        table = self._read()["wanted"]
        return tuple(sorted(table, key=lambda name: float(table[name].get("at", 0))))

    def keep_listing(self, part: Part, listing: Listing) -> None:
        """Remember which files of which commit were fetched."""
        files = [[file.path, file.size, file.sha256] for file in listing.files]
        self._change("listings", part.name, {"commit": listing.commit, "files": files})

    def check(self, name: str) -> list[Path]:
        """Read every file of a model and compare its hash; those that are wrong, which are no longer taken for whole.

        A folder that was pointed to has no hashes to be compared with: its files are only looked at.
        """
        wrong = []
        for part in self.state(name).parts:
            listing = self.known_listing(part.part)
            folder = self.hub.snapshot(part.part, listing.commit if listing else "")
            if part.pointed or listing is None or folder is None:
                continue
            for file in listing.files:
                path = folder / file.path
                if path.is_file() and file.sha256 and sha256(path) != file.sha256:
                    wrong.append(path)
                    throw_away(path)
        return wrong

    # Folders of one's own

    def point(self, path: Path, name: str | None = None) -> tuple[ModelState, Found]:
        """Use weights that are here already, in a folder or a file. Raises ModelsError that says what they are not.

        `name` says which model they are where the shapes leave a choice; parts that the folder lacks are taken from
        the cache, or fetched.
        """
        path = path.expanduser().absolute()
        try:
            found = detect(path)
        except WeightsError as error:
            raise ModelsError(str(error)) from None
        fitting = {model.name: model for model in found.models}
        if name is not None and _known(name).name not in fitting:
            raise ModelsError(f"{path} is not {name}: it is {found.what}, which is {' or '.join(fitting)}")
        try:
            require_whole(found)
        except WeightsError as error:
            raise ModelsError(str(error)) from None
        model = fitting[name] if name is not None else found.models[0]
        self._change("pointed", model.name, {role: str(place) for role, place in found.parts.items()})
        return self.state(model.name), found

    def loras(self) -> tuple[Laid, ...]:
        """The LoRAs that were laid over models."""
        return models_lora.rows(self._read()["loras"])

    def lay(self, path: Path, base: str, strength: float = 1.0) -> tuple[Laid, str]:
        """Lay a LoRA over a model; both together are a model of their own. Raises ModelsError when it does not fit.

        With the same file and model, only the strength is changed.
        """
        path = path.expanduser().absolute()
        place = self._transformer(base)
        try:
            made = LoRA(path, strength)
        except WeightsError as error:
            raise ModelsError(str(error)) from None
        what, name = models_lora.fits(path, place), models_lora.name_of(base, path)
        self._change("loras", name, models_lora.row(base, path, strength))
        return Laid(name, base, made), what

    def bases(self, path: Path) -> tuple[str, ...]:
        """The models here that a LoRA fits. Raises ModelsError when it fits none of them, saying why not: of a model
        that was fetched, where there is one, for that is what LoRAs are made for."""
        path = path.expanduser().absolute()
        known = [entry.name for entry in catalog.entries(self.root)]
        along = len(known)
        known += [state.model.name for state in self.states() if "transformer" in state.places]
        why: dict[str, str] = {}
        for name in known:
            try:
                models_lora.fits(path, self._transformer(name))
            except ModelsError as error:
                why[name] = str(error)
        found = tuple(name for name in known if name not in why)
        if not found:
            first = known[along] if len(known) > along else known[0]
            there = ", ".join(known)
            raise ModelsError(f"it fits none of the models that are here ({there}); of {first}: {why[first]}")
        return found

    def _transformer(self, name: str) -> Path:
        laid = {one.name: one for one in self.loras()}
        while name in laid:
            name = laid[name].base
        for entry in catalog.entries(self.root):
            if entry.name == name:
                return models_lora.transformer_of(entry)
        state = self.state(name)
        if "transformer" not in state.places:
            raise ModelsError(f"{state.model.title} is not here: fetch it before a LoRA is laid over it")
        return state.places["transformer"]

    def remove(self, name: str) -> int:
        """Take a model away: a folder that was pointed to stays as it is and is only forgotten; what was fetched is
        deleted, save the parts that another model here needs. A LoRA is only forgotten. The bytes that this frees.
        """
        if any(one.name == name for one in self.loras()):
            self._change("loras", name, None)
            return 0
        state = self.state(name)
        if state.state == "absent" and not any(part.pointed or part.problem for part in state.parts):
            raise ModelsError(f"{name} is not here: there is nothing to remove")
        others = (other for other in self.states() if other.model.name != name and other.state == "ready")
        needed = {name for other in others for name in (*other.model.parts, *other.model.optional)}
        every = (*state.parts, *self.optional(state.model))
        own = [part for part in every if not part.pointed and part.part.name not in needed]
        freed = sum(self._delete(part.part) for part in own)
        self._change("pointed", name, None)
        self._change("agreed", name, None)
        return freed

    def _delete(self, part: Part) -> int:
        listing = self.known_listing(part)
        folder = self.hub.snapshot(part, listing.commit if listing else "")
        files = [] if listing is None or folder is None else [folder / file.path for file in listing.files]
        if folder is not None and listing is None:  # fetched by another program
            place = _place_of(part, folder)
            files = sorted(place.iterdir()) if place.is_dir() else [place]
        freed = sum(throw_away(path) for path in files)
        if listing is not None:
            freed += sum(throw_away(half) for file in listing.files if (half := self.hub.half(part, file)).exists())
        return freed

    # The register

    def _read(self) -> dict[str, Any]:
        try:
            data = json.loads((self.home / REGISTER).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            data = {}
        kept = data if isinstance(data, dict) else {}
        found = {}
        for name in ("pointed", "agreed", "listings", "wanted", "loras"):
            table = kept.get(name)
            rows = table.items() if isinstance(table, dict) else ()
            found[name] = {str(key): row for key, row in rows if isinstance(row, dict)}
        return found

    def _change(self, table: str, key: str, value: Mapping[str, Any] | None) -> None:
        with self._lock:
            data = self._read()
            if value is None:
                data[table].pop(key, None)
            else:
                data[table][key] = dict(value)
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            save_bytes(self.home / REGISTER, json.dumps(data, ensure_ascii=False, indent=1).encode())


def _known(name: str) -> Published:
    try:
        return published.model(name)
    except ModelError as error:
        raise ModelsError(str(error)) from None


def _place_of(part: Part, snapshot: Path) -> Path:
    if part.only:
        return snapshot / part.folder / part.only[0]
    return snapshot / (part.folder or Path(part.files[0].path).parent)


def _lacking(snapshot: Path, files: tuple[RemoteFile, ...]) -> str:
    """The first of these files that is not there, or not whole, as one line; "" when all are."""
    for file in files:
        path = snapshot / file.path
        if not path.is_file():
            return f"{file.path} is missing"
        there = path.stat().st_size
        if file.size and there != file.size:
            return f"{file.path} is only half here: {there:,} of {file.size:,} bytes"
    return ""


def _here(snapshot: Path, files: tuple[RemoteFile, ...]) -> int:
    """Bytes of those files that are there."""
    return sum((snapshot / file.path).stat().st_size for file in files if (snapshot / file.path).is_file())


def _unfit(place: Path, part: Part) -> str:
    """What is wrong with the files at a place, told from their headers; "" when they are whole."""
    if part.role == "tokenizer":
        return (
            "" if any((place / name).is_file() for name in ("tokenizer.json", "spiece.model")) else f"{place} is empty"
        )
    try:
        for shard in headers.shards(place):
            headers.read(shard)
    except WeightsError as error:
        return str(error)
    return ""


def throw_away(path: Path) -> int:
    """Delete a file of the cache, and what it points to where nothing else does; the bytes that this frees."""
    if not path.exists() and not path.is_symlink():
        return 0
    blob = path.resolve()
    size = blob.stat().st_size if blob.is_file() else 0
    path.unlink(missing_ok=True)
    if blob == path or blob.parent.name != "blobs":
        return size
    snapshots = blob.parent.parent / "snapshots"
    if any(other.is_symlink() and other.resolve() == blob for other in snapshots.rglob("*")):
        return 0
    blob.unlink(missing_ok=True)
    return size
