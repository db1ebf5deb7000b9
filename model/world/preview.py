"""Looking at the world: contact sheets and clips of everything of a kind, with what their captions say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import torch
from PIL import Image
from torch import Tensor

from model.world.art import Art
from model.world.captions import caption
from model.world.outside import Outside
from model.world.render import FPS, Renderer
from model.world.scene import SUBJECT, Actor, Instance, Scene, SceneOptions, Shot, sample_scene, who
from model.world.setting import SETTINGS
from model.world.vocabulary import VOCABULARY

KINDS = ("place", "subject", "style", "weather", "camera", "action", "story", "outside")
STORY = SceneOptions(related=0.35, crowds=0.25, signs=0.3, tours=0.4, thirds=0.5, cuts=0.45)
_PLAIN = Shot("meadow", 3, "day", "clear", "static", "medium", "3d", (), start=0.5, seed=5)
_SHOWS: Mapping[str, str] = MappingProxyType({"fly": "butterfly", "float": "balloon", "swim": "tropical_fish"})


@dataclass(frozen=True)
class Preview:
    """What to show: how many clips, their size in pixels and length in seconds; kind: one of KINDS, None for scenes
    drawn by lot; first: the first seed."""

    count: int = 24
    width: int = 448
    height: int = 256
    seconds: float = 2.0
    kind: str | None = None
    first: int = 0

    @property
    def frames(self) -> int:
        """Frames of a clip: 1 + 4k, at least 9."""
        return max(9, round(self.seconds * FPS / 4) * 4 + 1)


def preview(wanted: Preview, out: Path, art: Art, on_clip: Callable[[str], None] = lambda _: None) -> list[Path]:
    """Write sheet.png, captions.txt and one MP4 a clip into a folder; returns what was written.

    on_clip is told the caption of every clip as it is done. ValueError for a kind there is not.
    """
    if wanted.kind is not None and wanted.kind not in KINDS:
        raise ValueError(f"no kind {wanted.kind!r} to preview; one of: {', '.join(KINDS)}")
    out.mkdir(parents=True, exist_ok=True)
    written, lines, stills = [], [], []
    for number, (name, clip, words) in enumerate(shown(wanted, art)):
        path = out / f"{number:03d}_{name}.mp4"
        write_mp4(path, clip)
        written.append(path)
        lines.append(f"{path.name}: {words}")
        stills.append(torch.cat([clip[0], clip[len(clip) // 2], clip[-1]], 2))
        on_clip(lines[-1])
    (out / "captions.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    Image.fromarray(sheet(stills).permute(1, 2, 0).numpy()).save(out / "sheet.png")
    return [out / "sheet.png", out / "captions.txt", *written]


def shown(wanted: Preview, art: Art) -> Iterator[tuple[str, Tensor, str]]:
    """A short name, the frames uint8 (T, 3, H, W) and the caption of each clip of a preview."""
    seeds = range(wanted.first, wanted.first + wanted.count)
    if wanted.kind == "outside":
        outside = Outside(art, wanted.width, wanted.height)
        for seed in seeds:
            clip, words = outside.clip(seed, wanted.frames)
            yield f"outside_{seed}", clip, words
        return
    renderer = Renderer(art, wanted.width, wanted.height)
    for (name, scene), seed in zip(_scenes(wanted, art), seeds, strict=False):
        yield name, renderer.clips([scene], wanted.frames)[0].cpu(), caption(scene, seed)


def _scenes(wanted: Preview, art: Art) -> Iterator[tuple[str, Scene]]:
    """Scenes of a kind: everything of it in turn, or by lot from the seeds."""
    here = {"subject": tuple(s.id for s in art.cast())}
    if wanted.kind in (None, "story"):
        options = replace(STORY if wanted.kind else SceneOptions(), knows=here, frames=wanted.frames)
        for seed in range(wanted.first, wanted.first + wanted.count):
            yield f"scene_{seed}", sample_scene(seed, options)
    elif wanted.kind == "subject":
        for subject in here["subject"][wanted.first :]:
            yield subject, Scene((_with(_PLAIN, subject),))
    else:
        for term in VOCABULARY[str(wanted.kind)]:
            yield term.id, Scene((_showing(str(wanted.kind), term.id, here["subject"]),))


def _showing(kind: str, identity: str, here: Sequence[str]) -> Shot:
    """A plain shot in which one thing is as asked."""
    if kind == "action":
        able = [s for s in here if identity in SUBJECT[s].moves]
        usual = _SHOWS.get(identity)
        subject = usual if usual in able else next(iter(able), here[0])
        return _with(replace(_PLAIN, place="reef" if SUBJECT[subject].home == "water" else "meadow"), subject, identity)
    shot = replace(_PLAIN, place="village") if kind in ("weather", "camera") else _PLAIN
    if kind == "place":
        hours = SETTINGS[identity].hours
        shot = replace(shot, place=identity, time="day" if "day" in hours else hours[0])
        return _with(shot, who(identity, {"subject": here})[0])
    shot = replace(shot, weather=identity) if kind == "weather" else shot
    shot = replace(shot, camera=identity) if kind == "camera" else shot
    shot = replace(shot, style=identity) if kind == "style" else shot
    return _with(shot, "dinosaur" if "dinosaur" in here else here[0], "walk" if kind == "camera" else None)


def _with(shot: Shot, subject: str, action: str | None = None) -> Shot:
    """The shot with one subject in its middle."""
    cast = SUBJECT[subject]
    action = action or cast.moves[0]
    y = 0.90 if cast.home == "ground" else 0.78
    facing = {"left": -1, "right": 1, "front": 1}[cast.facing]
    return replace(shot, actors=(Actor(Instance(subject), action, 0.0, y, 0.55 * cast.size, facing, 0.2),))


def sheet(stills: Sequence[Tensor], columns: int = 2) -> Tensor:
    """Stills uint8 (3, H, W) of one size in rows, the last row filled up with black: (3, rows x H, columns x W)."""
    blank = torch.zeros_like(stills[0])
    filled = [*stills, *[blank] * (-len(stills) % columns)]
    return torch.cat([torch.cat(filled[i : i + columns], 2) for i in range(0, len(filled), columns)], 1)


def write_mp4(path: Path, clip: Tensor, fps: int = FPS) -> None:
    """Write frames uint8 (T, 3, H, W) as H.264; odd sizes lose their last row or column, as the format wants."""
    import imageio_ffmpeg

    height, width = clip.shape[-2] // 2 * 2, clip.shape[-1] // 2 * 2
    frames = clip[:, :, :height, :width].permute(0, 2, 3, 1).contiguous().numpy()
    writer = imageio_ffmpeg.write_frames(
        str(path), (width, height), fps=fps, codec="libx264", quality=8, macro_block_size=1, ffmpeg_log_level="error"
    )
    writer.send(None)
    for frame in frames:
        writer.send(frame.tobytes())
    writer.close()
