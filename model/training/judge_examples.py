"""What the judge learns from: rendered clips, raw and through the autoencoder, small as the judge sees them.

Examples are kept on disk under a digest of the world's code and art, so that a later run adds to them and a changed
world starts afresh. Seeds of the held-out examples are far from those of the training ones.
"""

from __future__ import annotations

import hashlib
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor

import model.world
from model.tiny_vae import TinyVAE
from model.training.eval_cases import COUNTS, CUTS, IDS
from model.training.judge_network import ATTRIBUTES, LABELS, SHARP, SPAN, sight
from model.training.recipe import options_of, preset
from model.world.art import Art
from model.world.render import Renderer
from model.world.scene import Scene, SceneOptions, Shot, allowed, sample_scene

log = logging.getLogger(__name__)
TRAIN_SEED, STILL_SEED, HELD_SEED = 300_000_000, 400_000_000, 900_000_000
WORDS = ("__main__", "preview", "vocabulary", "understand", "naming", "wording", "heard", "language", "likeness")
RAW_SIZE, WHOLE_SIZE = (224, 128), (448, 256)
SEEN: Mapping[str, tuple[float, float]] = MappingProxyType({"run": (0.6, 2.4), "arrive": (0, 2.3), "leave": (0.7, 3)})
NONE = -1  # the label of what is not one thing in a clip, or no class of a judge: it is not asked for it
WHOLE: Mapping[str, tuple[str, ...]] = MappingProxyType({name: IDS[name] for name in LABELS})

Example = tuple[Tensor, Tensor]


@dataclass
class Pool:
    """Examples of one kind. frames: uint8 (N, K, 3, h, w); labels: int64 (N, LABELS), indices into WHOLE or NONE."""

    frames: list[Tensor] = field(default_factory=list)
    labels: list[Tensor] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.frames)

    def stack(self, picks: Tensor) -> Example:
        """Frames in 0..1 and labels of some examples."""
        chosen = [int(i) for i in picks]
        return torch.stack([self.frames[i] for i in chosen]).float() / 255, torch.stack(
            [self.labels[i] for i in chosen]
        )

    def fill(self, draw: Callable[[int], Example], seconds: float, most: int) -> None:
        """Add what `draw` makes of the next indices, for some seconds, up to so many examples."""
        began, start = time.monotonic(), len(self)
        while len(self) < most and (time.monotonic() - began < seconds or not len(self)):
            frames, labels = draw(len(self))
            self.frames.append(frames)
            self.labels.append(labels)
        log.info("%d examples, %d of them new", len(self), len(self) - start)

    def save(self, path: Path) -> None:
        """Write the pool; an atomic replacement."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez(part, frames=torch.stack(self.frames).numpy(), labels=torch.stack(self.labels).numpy())
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Pool:
        """Read a pool; an empty one when there is none yet."""
        if not path.is_file():
            return cls()
        with np.load(path) as file:
            return cls(list(torch.from_numpy(file["frames"])), list(torch.from_numpy(file["labels"])))


class Stage:
    """Draws examples of a preset, at half size when raw, at the full one for the autoencoder. `narrow` is a second
    preset, within the first, that every other example is of: what is asked for most stays known best."""

    def __init__(
        self, world: str, art: Art, *, narrow: str | None = None, vae: TinyVAE | None = None, device: str = "cpu"
    ) -> None:
        self.world, self.narrow, self.art, self.vae, self.device = world, narrow, art, vae, device
        self._renderers = {size: Renderer(art, *size, device=device) for size in (RAW_SIZE, WHOLE_SIZE)}

    def options(self, frames: int, seed: int = 0) -> SceneOptions:
        """The scenes of a seed's preset, with the subjects whose art is here."""
        world = self.narrow if self.narrow is not None and seed % 2 else self.world
        options = options_of(preset(world), frames)
        wanted = set(allowed("subject", options.knows))
        here = tuple(s.id for s in self.art.cast() if s.id in wanted)
        return replace(options, knows={**(options.knows or {}), "subject": here})

    def classes(self) -> dict[str, tuple[str, ...]]:
        """The ids that can be told apart, by label."""
        knows = self.options(1).knows
        told = {name: tuple(allowed(name, knows)) for name in ATTRIBUTES}
        return {**told, "count": COUNTS, "cuts": CUTS}

    def example(
        self, seed: int, frames: int, *, through: bool = False, sharp: int = 1, whenever: bool = False
    ) -> Example:
        """Frames as the judge sees them, uint8 (K, 3, h, w) of `sharp` times the sides, and labels; `through` the
        autoencoder or raw; `whenever`: of every other two clips any second of four, as a longer clip is read."""
        scene = sample_scene(seed, self.options(frames, seed))
        if whenever and seed % 4 > 1:
            scene = at_any_time(scene, seed)
        clip = self.render(scene, frames, through=through)
        return _kept(sight(clip, sharp)[0]), labels_of(scene, WHOLE)

    def still(self, seed: int, *, through: bool = False) -> Example:
        """A sharp picture of somebody, uint8 (1, 3, 2h, 2w), and labels. Everybody is as likely as everybody else and
        may be anywhere, so that no place tells who is there."""
        rng, options = random.Random(f"still {seed}"), self.options(SPAN, seed)
        subject = rng.choice(allowed("subject", options.knows))
        alone = replace(options, knows={**(options.knows or {}), "subject": (subject,)}, cuts=0.0, nobody=0.0)
        shot = sample_scene(seed, alone).shots[0]
        scene = Scene((replace(shot, start=shot.start + rng.uniform(0, 2)),))
        return _kept(sight(self.render(scene, 1, through=through), SHARP)[0]), labels_of(scene, WHOLE)

    def render(self, scene: Scene, frames: int, *, through: bool = False) -> Tensor:
        """A scene as uint8 (1, frames, 3, H, W)."""
        through = through and self.vae is not None
        clip = self._renderers[WHOLE_SIZE if through else RAW_SIZE].clips([scene], frames)
        return _through(self.vae, clip) if through and self.vae is not None else clip

    def fill(
        self, pool: Pool, first: int, seconds: float, *, most: int, through: float, sharp: int = 1,
        whenever: bool = False, stills: bool = False,
    ) -> None:  # fmt: skip
        """Add clips (or stills, which are sharp) to a pool for some seconds, a share of them through the autoencoder.
        """
        share = through if self.vae is not None else 0.0

        def draw(index: int) -> Example:
            coded = int(index * share) < int((index + 1) * share)
            if stills:
                return self.still(first + index, through=coded)
            return self.example(first + index, SPAN, through=coded, sharp=sharp, whenever=whenever)

        pool.fill(draw, seconds, most)


def at_any_time(scene: Scene, seed: int) -> Scene:
    """A scene with each of its shots at any second of four, in which who runs is in the frame, who arrives is still on
    the way, and who leaves has set out."""
    rng = random.Random(f"whenever {seed}")

    def moved(shot: Shot) -> Shot:
        first, last = zip((0.0, 3.0), *(SEEN[a.action] for a in shot.actors if a.action in SEEN), strict=True)
        return replace(shot, start=rng.uniform(max(first), min(last)))

    return replace(scene, shots=tuple(moved(shot) for shot in scene.shots))


def labels_of(scene: Scene, classes: Mapping[str, tuple[str, ...]]) -> Tensor:
    """The class of every label of a scene, (LABELS,) int64; NONE for what changes over a cut, or where two differ."""
    shown = [_shown(shot) for shot in scene.shots]
    told = {name: shown[0][name] if len({each[name] for each in shown}) == 1 else None for name in LABELS[:-1]}
    told["cuts"] = CUTS[min(len(scene.shots), len(CUTS)) - 1]
    found = ((classes[name], told[name]) for name in LABELS)
    return torch.tensor([ids.index(value) if value in ids else NONE for ids, value in found])


def translated(labels: Tensor, classes: Mapping[str, tuple[str, ...]]) -> Tensor:
    """Labels (B, LABELS) that are indices into WHOLE as indices into a judge's classes; NONE where it has none."""
    out = torch.full_like(labels, NONE)
    for column, name in enumerate(LABELS):
        ids = classes.get(name, ())
        table = torch.tensor([*(ids.index(i) if i in ids else NONE for i in WHOLE[name]), NONE])
        out[:, column] = table[labels[:, column]]  # NONE is the last
    return out


def _shown(shot: Shot) -> dict[str, str | None]:
    subjects = {actor.instance.subject for actor in shot.actors}
    actions = {actor.action for actor in shot.actors}
    return {
        "subject": subjects.pop() if len(subjects) == 1 else None, "place": shot.place, "time": shot.time,
        "weather": shot.weather, "action": actions.pop() if len(actions) == 1 else None, "camera": shot.camera,
        "framing": shot.framing, "style": shot.style,
        "count": COUNTS[min(len(shot.actors), len(COUNTS)) - 1] if shot.actors else None,
    }  # fmt: skip


def _kept(frames: Tensor) -> Tensor:
    return (frames * 255).round().to("cpu", torch.uint8)


@torch.no_grad()
def _through(vae: TinyVAE, clip: Tensor) -> Tensor:
    """A clip uint8 (1, T, 3, H, W) as the autoencoder gives it back."""
    video = clip.float().div(127.5).sub(1).transpose(1, 2)
    return vae.decode(vae.encode(video)).transpose(1, 2).add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)


def digest(art: Art) -> str:
    """A short digest of what draws the world: its code, its ids and which art there is. Words are not drawn."""
    hashed = hashlib.sha256(repr([allowed(name, None) for name in ATTRIBUTES]).encode())
    for path in sorted(Path(model.world.__path__[0]).rglob("*.py")):
        if path.stem not in WORDS and not path.stem.startswith(("captions", "outside")):
            hashed.update(path.read_bytes())
    for subject in art.cast():
        hashed.update(f"{subject.id} {tuple(art.sprite(subject.id).frames.shape)}".encode())
    return hashed.hexdigest()[:10]
