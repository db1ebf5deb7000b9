"""A film cut together, finished and signed: pictures, titles, captions and sound in one file that names every shot."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import Any

import imageio_ffmpeg

import studio
from studio import media, provenance
from studio.errors import FilmError, MediaError
from studio.films import captions, picture, sound, timeline
from studio.films.captions import Caption
from studio.films.formats import SILENT, Format
from studio.films.labelling import Labeller
from studio.films.script import Film, Fit
from studio.films.sound import Track
from studio.films.timeline import Footage, Timeline
from studio.finishing import Finish
from studio.inputs import sha256_of
from studio.labels import Label
from studio.provenance import Claim, Identity, Ingredient, SignedClip, composed

CRF = 16
NEAR_LOSSLESS = 8  # of what is encoded once more
WAIT = 3600  # seconds an encode may take
MAX_ANIMATED = 40.0  # seconds of a GIF or WebP
WRITTEN, KEPT_HASHES = "captions.txt", 200  # captions that were handed out, by their hashes

Progress = Callable[[str, int, int], None]
"""What is being done, how much of it, of how much. What it raises stops the work."""


@dataclass(frozen=True)
class Material:
    """All that a film is cut from: its footage by the place of the shot, and its sounds and captions."""

    film: Film
    footage: Mapping[int, Footage]
    timeline: Timeline
    music: Track | None
    voice: Track | None
    captions: tuple[Caption, ...]


@dataclass(frozen=True)
class Finished:
    """A finished film: its signed file, what is in it, and how long each part of the work took (seconds)."""

    path: Path
    sha256: str
    report: dict[str, Any]
    width: int
    height: int
    frames: int
    fps: int
    took: dict[str, float]
    sidecar: Path | None = None
    captions: str = ""

    @property
    def seconds(self) -> float:
        """How long the film is."""
        return self.frames / self.fps


def material(
    film: Film, footage: Mapping[int, Footage], fps: int, lengths: list[int], find: Callable[[Any], Path | None]
) -> Material:
    """The film's time line with everything that is to be heard and read. Raises FilmError."""

    def track(name: str) -> Track | None:
        given = getattr(film, name)
        if given is None:
            return None
        path = find(given.file)
        if path is None:
            raise FilmError(name, given.file.name, f"{name}: {given.file.name} is no longer there; give it again")
        try:
            sound.seconds_of(path)
            return Track(given, path, sound.kind_of(path))
        except FilmError as error:
            raise FilmError(name, given.file.name, f"{name}: {error.message}") from None

    laid = timeline.lay(film, footage, fps, lengths)
    return Material(film, footage, laid, track("music"), track("voice"), _captions(film, laid, find))


def finish(
    what: Material,
    form: Format,
    target: Path,
    identity: Identity,
    *,
    fit: Fit = "subject",
    recipe: str = "",
    label: Label = "off",
    progress: Progress = lambda words, done, of: None,
    keep: Callable[[SignedClip], None] = lambda signed: None,
) -> Finished:
    """Cut the film, give it its sound, sign it. `target` appears whole and signed, or not at all; `keep` hears of it.
    `label` is painted where no take shows one.

    Raises FilmError, MediaError, DiskFull or ProvenanceError.
    """
    laid, took, begun = what.timeline, dict[str, float](), time.perf_counter()
    if form.container in SILENT and laid.seconds > MAX_ANIMATED:
        message = f"a {form.container.upper()} of {laid.seconds:.0f} s would be huge: up to {MAX_ANIMATED:g} s; use MP4"
        raise FilmError("format", form.container, message, suggestion="mp4")
    if not any(piece.what == "shot" for piece in laid.pieces):
        raise FilmError("shots", 0, "no shot of this film has a take yet: shoot them first")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".film-") as name:
        folder = Path(name)
        media.require_space(folder, form.size[0] * form.size[1] * laid.frames // 6)
        shown = what.captions if what.film.captions.shown else ()
        look = picture.Look(form.size, fit, tuple(shown), relabelled=label not in ("off", "card"))
        labeller, tags = Labeller(label, laid, look), Finish(label).tags(identity.name, target.stem)
        draft = _pictures(what, form, folder, look, labeller, tags, progress)
        took["pictures"], begun = _since(begun)
        heard = folder / "sound.wav"
        if form.container not in SILENT:
            progress("Mixing the sound", 0, 1)
        has_sound = form.container not in SILENT and sound.mix(what.music, what.voice, laid.seconds, heard)
        took["sound"], begun = _since(begun)
        progress("Putting it together", 0, 1)
        whole = _encoded(draft, heard if has_sound else None, form, folder, tagged=bool(tags))
        took["encode"], begun = _since(begun)
        progress("Signing", 0, 1)
        claim = Finish(label if labeller.paints else "off").told(_claim(what, folder, has_sound, recipe))
        signed = provenance.sign_clip(whole, target, claim, identity)
        keep(signed)
        report = provenance.verify(target, identity)
        took["sign"], begun = _since(begun)
    return Finished(
        target, signed.sha256, report.to_dict(), *form.size, laid.frames, laid.fps, took, signed.sidecar,
        captions.write(what.captions) if what.captions else "",
    )  # fmt: skip


def _since(begun: float) -> tuple[float, float]:
    now = time.perf_counter()
    return round(now - begun, 3), now


def _captions(film: Film, laid: Timeline, find: Callable[[Any], Path | None]) -> tuple[Caption, ...]:
    if film.captions.file is None:
        return captions.of_shots(film, laid)
    path = find(film.captions.file)
    if path is None:
        message = f"captions: {film.captions.file.name} is no longer there; give it again"
        raise FilmError("captions", film.captions.file.name, message)
    return captions.read(path)


def _pictures(
    what: Material,
    form: Format,
    folder: Path,
    look: picture.Look,
    labeller: Labeller,
    tags: Mapping[str, str],
    progress: Progress,
) -> Path:
    """The film without sound, as H.264; its poster beside it. `tags` stand in the container besides its title."""
    laid = what.timeline
    again = form.container != "mp4"
    draft, poster_at = folder / "pictures.mp4", _poster_frame(laid)

    def told(done: int) -> None:
        progress("Cutting", done, laid.frames)

    notes = {"title": what.film.title, "comment": "Made by AI with Auteur", **tags}
    with media.ClipWriter(draft, *form.size, laid.fps, metadata=notes, crf=NEAR_LOSSLESS if again else CRF) as writer:
        for chunk in map(labeller.apply, picture.frames(laid, look, told)):
            if writer.frames <= poster_at < writer.frames + len(chunk):
                media.save_poster(chunk[poster_at - writer.frames], folder / "poster.jpg")
            writer.write(chunk)
    return draft


def _poster_frame(laid: Timeline) -> int:
    first = next(piece for piece in laid.pieces if piece.what == "shot")
    return first.start + first.length // 2


def _encoded(draft: Path, heard: Path | None, form: Format, folder: Path, *, tagged: bool) -> Path:
    """The film as the file that was asked for; `tagged` says that its notes are more than every program knows."""
    if form.container == "mp4" and heard is None:
        return draft
    target = folder / f"whole{form.suffix}"
    rate = f"fps={form.fps}," if form.fps else ""
    inputs = ["-i", str(draft)] + (["-i", str(heard)] if heard is not None else [])
    mapped = ["-map", "0:v:0"] + (["-map", "1:a:0"] if heard is not None else [])
    if form.container == "mp4":
        flags = "+faststart+use_metadata_tags" if tagged else "+faststart"
        how = ["-c:v", "copy", "-c:a", "aac", "-b:a", "192k", "-map_metadata", "0", "-movflags", flags]
    elif form.container == "webm":
        vp9 = ["-c:v", "libvpx-vp9", "-crf", "28", "-b:v", "0", "-row-mt", "1", "-cpu-used", "4", "-deadline", "good"]
        how = [*vp9, "-pix_fmt", "yuv420p", *(["-c:a", "libopus", "-b:a", "128k"] if heard is not None else [])]
    elif form.container == "webp":
        how = ["-vf", f"{rate}format=yuv420p", "-c:v", "libwebp_anim", "-quality", "72", "-loop", "0"]
    else:
        palette = "split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=dither=bayer:bayer_scale=3"
        how = ["-vf", f"{rate}{palette}", "-loop", "0"]
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y",
        *inputs, *mapped, *how, "-fflags", "+bitexact", str(target),
    ]  # fmt: skip
    with media.room(folder):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT, check=False)
    if done.returncode != 0 or not target.exists():
        raise MediaError(f"the film could not be written: {done.stderr.decode(errors='replace').strip()[-200:]}")
    return target


def _claim(what: Material, folder: Path, has_sound: bool, recipe: str) -> Claim:
    """What the film says of itself: every shot that is seen in it, in order, and its sounds, are its parts."""
    pieces = [piece for piece in what.timeline.pieces if piece.footage is not None]
    parts = [Ingredient(piece.footage.clip, f"Shot {piece.index + 1}") for piece in pieces if piece.footage is not None]
    if has_sound:
        tracks = [("Music", what.music), ("Voice", what.voice)]
        parts += [
            Ingredient(_nameable(track, folder), f"{words}: {track.sound.file.name}")
            for words, track in tracks
            if track
        ]
    lettered = what.film.opening or what.film.ending or (what.captions and what.film.captions.shown)
    did = [*(["titles"] if lettered else []), *(["sound"] if has_sound else [])]
    about = Claim(
        title=what.film.title[:120],
        model_name="",
        model_version=studio.__version__,
        model_sha256="",
        prompt_guided=True,
        recipe_json=recipe,
        thumbnail=(folder / "poster.jpg").read_bytes(),
        ingredients=(),
        when=datetime.now(UTC),
    )
    return composed(about, parts, *did)  # type: ignore[arg-type]


def _nameable(track: Track, folder: Path) -> Path:
    """The sound as a file that a credential can name: as it came where it can, else as WAV."""
    if track.kind in ("wav", "mov"):
        return track.path
    target = folder / f"{hashlib.sha256(str(track.path).encode()).hexdigest()[:12]}.wav"
    sound._ffmpeg(
        ["-f", track.kind, "-i", str(track.path.absolute()), "-map", "0:a:0", "-c:a", "pcm_s16le", str(target)]
    )
    return target


def hand_out(finished: Finished, out: Path) -> list[Path]:
    """Copy a finished film, its credential and its captions to where they are wanted; the files."""
    pairs = [(finished.path, out)]
    if finished.sidecar is not None:
        pairs.append((finished.sidecar, out.with_name(f"{out.name}.c2pa")))
    found = []
    for source, target in pairs:
        part = target.with_name(f".{target.name}.part")
        with media.room(out.parent):
            shutil.copyfile(source, part)
            part.replace(target)
        found.append(target)
    if finished.captions:
        found.append(_captions_beside(finished, out))
    return found


def _captions_beside(finished: Finished, out: Path) -> Path:
    """Write the captions beside the film, under its name where no other file is in the way; where they are.

    An SRT file there may be the artist's own, and what the captions were read from: only one that holds what was
    written here before, which is remembered by its hash, makes room.
    """
    text, noted = finished.captions.encode(), finished.path.parent / WRITTEN
    written = [*(noted.read_text().split() if noted.is_file() else []), hashlib.sha256(text).hexdigest()]
    names = chain([f"{out.stem}.srt", f"{out.stem}.captions.srt"], (f"{out.stem}.captions-{n}.srt" for n in count(2)))
    target = next(path for path in map(out.with_name, names) if not path.exists() or _sha256(path) in written)
    media.save_bytes(target, text)
    media.save_bytes(noted, "\n".join(dict.fromkeys(written[-KEPT_HASHES:])).encode())
    return target


def _sha256(path: Path) -> str:
    return sha256_of(path) if path.is_file() else ""


def told(film: Film, takes: Mapping[int, str]) -> str:
    """The film as it travels inside its credential: JSON, without where files lie."""
    data = film.unmade().to_dict()
    for shot, index in zip(data["shots"], range(len(data["shots"])), strict=True):
        shot["take"] = takes.get(index, "")
        shot.pop("line", None)
    text = json.dumps({"schema": "auteur.film/1", "film": _without_paths(data)}, ensure_ascii=False, sort_keys=True)
    return text if len(text) < 300_000 else ""


def _without_paths(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_paths(item) for key, item in value.items() if key != "path"}
    return [_without_paths(item) for item in value] if isinstance(value, (list, tuple)) else value
