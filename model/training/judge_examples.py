"""What the judge learns from: rendered stills and clips, raw and through the autoencoder, small as the judge sees them.

Examples are kept on disk under a digest of the world's code and art, so that a later run adds to them and a changed
world starts afresh. Seeds of the held-out examples are far from those of the training ones.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import model.world
from model.tiny_vae import TinyVAE
from model.training.judge_network import ATTRIBUTES, SPAN, sight
from model.training.recipe import options_of, preset
from model.world.art import Art
from model.world.render import Renderer
from model.world.scene import Scene, SceneOptions, allowed, sample_scene

log = logging.getLogger(__name__)
TRAIN_SEED, HELD_SEED = 300_000_000, 900_000_000
WORDS = ("__main__", "preview", "vocabulary", "understand", "naming", "wording", "heard", "language", "likeness")
RAW_SIZE, WHOLE_SIZE = (224, 128), (448, 256)
KINDS = {"stills": 1, "clips": SPAN}


@dataclass
class Pool:
    """Examples of one kind. frames: uint8 (N, K, 3, h, w); labels: int64 (N, attributes), indices of classes."""

    frames: list[Tensor] = field(default_factory=list)
    labels: list[Tensor] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.frames)

    def stack(self, picks: Tensor) -> tuple[Tensor, Tensor]:
        """Frames in 0..1 and labels of some examples."""
        chosen = [int(i) for i in picks]
        return torch.stack([self.frames[i] for i in chosen]).float() / 255, torch.stack(
            [self.labels[i] for i in chosen]
        )

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
    """Draws examples of one preset: single shots, at half size when raw, at the full one for the autoencoder."""

    def __init__(self, world: str, art: Art, *, vae: TinyVAE | None = None, device: str = "cpu") -> None:
        self.world, self.art, self.vae, self.device = world, art, vae, device
        self._renderers = {size: Renderer(art, *size, device=device) for size in (RAW_SIZE, WHOLE_SIZE)}

    def options(self, frames: int) -> SceneOptions:
        """The preset's scenes without cuts, with the subjects whose art is here."""
        options = options_of(preset(self.world), frames)
        wanted = set(allowed("subject", options.knows))
        here = tuple(s.id for s in self.art.cast() if s.id in wanted)
        return replace(options, cuts=0.0, knows={**(options.knows or {}), "subject": here})

    def classes(self) -> dict[str, tuple[str, ...]]:
        """The ids that can be asked for, by attribute."""
        knows = self.options(1).knows
        return {name: tuple(allowed(name, knows)) for name in ATTRIBUTES}

    def example(self, seed: int, frames: int, *, through: bool) -> tuple[Tensor, Tensor]:
        """Frames as the judge sees them, uint8 (K, 3, h, w), and labels; `through` the autoencoder or raw."""
        scene = sample_scene(seed, self.options(frames))
        clip = self._renderers[WHOLE_SIZE if through else RAW_SIZE].clips([scene], frames)
        if through and self.vae is not None:
            clip = _through(self.vae, clip)
        return (sight(clip)[0] * 255).round().to("cpu", torch.uint8), labels_of(scene, self.classes())

    def fill(self, pool: Pool, kind: str, first: int, seconds: float, *, most: int, through: float) -> None:
        """Add examples of a kind to a pool for some seconds, a share of them through the autoencoder."""
        began, start = time.monotonic(), len(pool)
        share = through if self.vae is not None else 0.0
        while len(pool) < most and (time.monotonic() - began < seconds or not len(pool)):
            index = len(pool)
            frames, labels = self.example(
                first + index, KINDS[kind], through=int(index * share) < int((index + 1) * share)
            )
            pool.frames.append(frames)
            pool.labels.append(labels)
        log.info("%s: %d examples, %d of them new", kind, len(pool), len(pool) - start)


def labels_of(scene: Scene, classes: Mapping[str, tuple[str, ...]]) -> Tensor:
    """The class of every attribute of a scene's first shot, (attributes,) int64. The subject is the actor in front."""
    shot = scene.shots[0]
    actor = shot.actors[-1]
    shown = {
        "subject": actor.instance.subject, "place": shot.place, "time": shot.time, "weather": shot.weather,
        "action": actor.action, "camera": shot.camera, "framing": shot.framing, "style": shot.style,
    }  # fmt: skip
    return torch.tensor([classes[name].index(shown[name]) for name in ATTRIBUTES])


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
