"""A film as one zip that moves to another machine: film.yaml, its pictures and sounds, and the takes of its shots.

What comes in is a stranger's: names are never used as paths, sizes are counted while unpacking and not believed, and
only files that film.yaml or the list of takes names are looked at.
"""

from __future__ import annotations

import json
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from studio import inputs, media, provenance
from studio.disk import require_space, room
from studio.errors import FilmError, MediaError, RecipeError
from studio.film import Take
from studio.films import reading, schema, writing
from studio.films.script import Film, Given
from studio.provenance import Identity, ProvenanceError
from studio.recipe import Recipe

SCRIPT, LIST = "film.yaml", "takes.json"
TAKE_FILES = ("clip.mp4", "poster.jpg", "latents.safetensors", "recipe.json")
MAX_FILES = 2000
MAX_BYTES = 4_000_000_000  # of everything in it, unpacked
MAX_RATIO = 300  # how much smaller a file may be packed: text reaches 20, a bomb 1,000
_NAME = re.compile(r"[^\w .()-]")


def pack(
    film: Film, takes: Sequence[tuple[str, str, Take]], locate: Callable[[Given], Path | None], target: Path
) -> Path:
    """Write a film's zip, whole or not at all; `takes` are (shot id, key, take). Raises MediaError or DiskFull."""
    files, names = dict[Given, str](), set[str]()
    for given in film.files():
        path = locate(given)
        if path is not None:
            files[given] = _free(f"files/{_plain(given.name, path.suffix)}", names)
    part = target.with_name(f".{target.name}.part")
    listed = [
        {"shot": [shot.id for shot in film.shots].index(shot), "key": key, "take": take.id} for shot, key, take in takes
    ]
    try:
        with room(target.parent), zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
            text = writing.write(film, lambda given: files.get(given, given.name))
            archive.writestr(SCRIPT, text, zipfile.ZIP_DEFLATED)
            archive.writestr(LIST, json.dumps(listed, indent=1), zipfile.ZIP_DEFLATED)
            for given, name in files.items():
                path = locate(given)
                assert path is not None
                archive.write(path, name)
            for take in {take.id: take for _, _, take in takes}.values():
                for one in TAKE_FILES:
                    archive.write(take.clip.parent / one, f"takes/{take.id}/{one}")
        part.replace(target)
    except OSError as error:
        raise MediaError(f"{target.name} could not be written: {error.strerror or error}") from None
    finally:
        part.unlink(missing_ok=True)
    return target


# What a damaged archive makes the library raise: an entry without a name is an IndexError.
_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, RuntimeError, EOFError, LookupError, ValueError,
)  # fmt: skip


def is_packed(path: Path) -> bool:
    """Whether a file begins as a zip does, whole or damaged. Raises OSError."""
    with path.open("rb") as stream:
        return stream.read(4) == b"PK\x03\x04"


def unpack(path: Path, folder: Path) -> tuple[Film, list[tuple[int, str, Path]]]:
    """The film in a zip, its files in `folder`, and (shot, key, folder) of its takes. Raises FilmError.

    Nothing is written outside `folder`, and nothing is believed of what the archive says of itself.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _unpacked(archive, path.name, folder)
    except _BROKEN as error:
        raise _wrong(path.name, f"this is not a zip that can be read ({str(error)[:80]})") from None
    except OSError as error:
        raise _wrong(path.name, f"it cannot be read ({error.strerror or error})") from None


def _unpacked(archive: zipfile.ZipFile, name: str, folder: Path) -> tuple[Film, list[tuple[int, str, Path]]]:
    entries = _entries(archive, name)
    if SCRIPT not in entries:
        raise _wrong(name, f"there is no {SCRIPT} in it: it is not the zip of a film")
    require_space(folder, sum(entry.file_size for entry in entries.values()))
    left = [MAX_BYTES]

    def out(entry: str, target: Path, most: int = MAX_BYTES) -> Path:
        target.parent.mkdir(parents=True, exist_ok=True)
        with room(folder), archive.open(entries[entry]) as source, target.open("wb") as sink:
            while piece := source.read(1 << 20):
                left[0] -= len(piece)
                most -= len(piece)
                if left[0] < 0 or most < 0:
                    raise _wrong(name, f"{entry[:60]} is larger than it says: this may be a bomb; nothing was kept")
                sink.write(piece)
        return target

    given: dict[str, Given] = {}

    def find(named: str) -> Given | None:
        if named not in entries or not named.startswith("files/"):
            return None
        if named not in given:
            plain = _plain(PurePosixPath(named).name)
            path = out(named, folder / "files" / f"{len(given):04d}-{plain}")
            given[named] = Given(plain, path=str(path))
        return given[named]

    script = out(SCRIPT, folder / SCRIPT, schema.MAX_BYTES)
    try:
        film = reading.parse(script.read_text(encoding="utf-8-sig"), find, SCRIPT, unfinished=True)
    except UnicodeDecodeError:
        raise _wrong(name, f"its {SCRIPT} is not UTF-8 text") from None
    takes = []
    for number, (index, key, take) in enumerate(_listed(archive, entries, len(film.shots))):
        names = [f"takes/{take}/{one}" for one in TAKE_FILES]
        if all(one in entries for one in names):
            for one in names:
                out(one, folder / "takes" / str(number) / PurePosixPath(one).name)
            takes.append((index, key, folder / "takes" / str(number)))
    return film, takes


def _entries(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    """What is in the archive, after a look at every name and size. Raises FilmError."""
    found = archive.infolist()
    if len(found) > MAX_FILES:
        raise _wrong(name, f"it holds {len(found)} files: more than {MAX_FILES} are not unpacked")
    for entry in found:
        place = PurePosixPath(entry.filename.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or ":" in entry.filename or "\0" in entry.filename:
            raise _wrong(name, f"{entry.filename[:60]!r} leads out of the archive: nothing of it was unpacked")
        if (entry.external_attr >> 16) & 0o170000 == 0o120000:
            raise _wrong(name, f"{entry.filename[:60]!r} is a link: nothing of it was unpacked")
        if entry.flag_bits & 1:
            raise _wrong(name, "it is locked with a password")
        if entry.file_size > 1_000_000 and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
            raise _wrong(name, f"{entry.filename[:60]!r} would grow {MAX_RATIO} times and more: this may be a bomb")
    if sum(entry.file_size for entry in found) > MAX_BYTES:
        raise _wrong(name, f"unpacked it would be larger than {MAX_BYTES // 10**9} GB")
    return {entry.filename: entry for entry in found if not entry.is_dir()}


def _listed(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], shots: int) -> list[tuple[int, str, str]]:
    if LIST not in entries or entries[LIST].file_size > 1_000_000:
        return []
    try:
        rows = json.loads(archive.read(entries[LIST]))
    except ValueError:
        return []
    found = []
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict):
            continue
        index, key, take = row.get("shot"), row.get("key"), row.get("take")
        if not (isinstance(index, int) and isinstance(key, str) and isinstance(take, str)) or not 0 <= index < shots:
            continue
        if re.fullmatch(r"[0-9a-f]{64}", key) and re.fullmatch(r"t[0-9a-f]{16}", take):
            found.append((index, key, take))
    return found[: 4 * schema.MAX_SHOTS]


def take_in(folder: Path, identity: Identity) -> tuple[Recipe, dict[str, Any], str, int]:
    """What a take that came in a zip is: its recipe, what its credential says, its hash and its number of frames.

    Its poster is made again from the clip: what is shown of it is what was looked at. Raises FilmError for files that
    are none (a clip that does not decode, a recipe that is not one, latents of pickle), and for a clip whose credential
    does not hold: none leaves a studio without.
    """
    clip = folder / "clip.mp4"
    try:
        recipe = Recipe.from_json((folder / "recipe.json").read_text(encoding="utf-8"))
        report = provenance.verify(clip, identity)
        frames = media.count_frames(clip)
        media.save_poster(media.frame_at(clip, frames // 2), folder / "poster.jpg")
        _check_latents(folder / "latents.safetensors")
    except (OSError, UnicodeDecodeError, RecipeError, ProvenanceError, MediaError) as error:
        raise FilmError("zip", folder.name, f"a take in this zip cannot be read: {error}") from None
    if not report.intact:
        why = "was changed since it was signed" if report.verdict == "changed" else "carries no credential"
        raise FilmError("zip", folder.name, f"a take in this zip {why}: none leaves a studio so; nothing was kept")
    return recipe, report.to_dict(), inputs.sha256_of(clip), frames


def _check_latents(path: Path) -> None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            if "latents" not in file.keys():
                raise MediaError("its latents are not there")
            shape = file.get_slice("latents").get_shape()
    except SafetensorError as error:
        raise MediaError(f"its latents are damaged ({str(error)[:60]})") from None
    if len(shape) != 4:
        raise MediaError("its latents have another shape than latents have")


def clear(folder: Path) -> None:
    """Remove what was unpacked."""
    shutil.rmtree(folder, ignore_errors=True)


def _wrong(name: str, message: str) -> FilmError:
    return FilmError("zip", name, f"{name}: {message}")


def _plain(name: str, suffix: str = "") -> str:
    stem = _NAME.sub("_", PurePosixPath(name).stem).strip(". ")[:80] or "file"
    return f"{stem}{_NAME.sub('_', suffix or PurePosixPath(name).suffix)[:8]}"


def _free(name: str, taken: set[str]) -> str:
    found, number = name, 2
    stem, dot, suffix = name.rpartition(".")
    while found.casefold() in taken:
        found = f"{stem}-{number}{dot}{suffix}"
        number += 1
    taken.add(found.casefold())
    return found
