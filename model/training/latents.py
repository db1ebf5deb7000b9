"""Cache latents and captions: `python -m model.training.latents OUT --clips 8000 --frames 1`.

Renders scenes, encodes them and their captions, and keeps only latents (half precision) and token states, so that
training the transformer touches neither pixels nor the text encoder. An interrupted run goes on where it stopped; a
trainer may read what is there while the cache still grows.

OUT.latents.npy  float16 (N, C, T, h, w)
OUT.states.npy   float16 (rows, D): token states of all captions, one after another
OUT.spans.npy    int64 (N, V, 2): where in the states caption v of clip n begins and ends
OUT.json         the spec and how many clips are done
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.text import TextEncoder
from model.tiny_vae import TinyVAE
from model.training.render_set import SetSpec
from model.world.art import Art
from model.world.captions import caption
from model.world.render import Renderer
from model.world.scene import Scene

log = logging.getLogger(__name__)
WORDINGS = 3
MOST_TOKENS = 64
PLACES_KEPT = 200
TEXT = Path(__file__).resolve().parents[2] / "assets" / "storybook" / "text"


class LatentCache:
    """A cache on disk, for reading: `latents(index)`, `text(index, wording)`; `len` is how many clips are done by
    now."""

    def __init__(self, path: Path) -> None:
        self.path = path
        state = json.loads(path.with_suffix(".json").read_text())
        state.pop("done")
        self.spec = SetSpec(**state)
        self._latents: NDArray[np.float16] = np.load(path.with_suffix(".latents.npy"), mmap_mode="r")
        self._states: NDArray[np.float16] = np.load(path.with_suffix(".states.npy"), mmap_mode="r")
        self._spans: NDArray[np.int64] = np.load(path.with_suffix(".spans.npy"), mmap_mode="r")

    def __len__(self) -> int:
        return int(json.loads(self.path.with_suffix(".json").read_text())["done"])

    def latents(self, index: int) -> Tensor:
        """float32 (C, T, h, w)."""
        return torch.from_numpy(self._latents[index].astype(np.float32))

    @property
    def wordings(self) -> int:
        """How many captions a clip has."""
        return int(self._spans.shape[1])

    def text(self, index: int, wording: int) -> Tensor:
        """Token states float32 (L, D) of one wording of the caption."""
        start, stop = self._spans[index, wording]
        return torch.from_numpy(self._states[start:stop].astype(np.float32))


class Words:
    """Token states of captions on disk, written clip after clip; `done` clips have theirs already."""

    def __init__(self, spec: SetSpec, out: Path, text: TextEncoder, done: int) -> None:
        self.spec, self._text, mode = spec, text, "r+" if done else "w+"
        rows = spec.clips * WORDINGS * MOST_TOKENS
        self._states = _open(out.with_suffix(".states.npy"), mode, np.float16, (rows, text.config.dim))
        self._spans = _open(out.with_suffix(".spans.npy"), mode, np.int64, (spec.clips, WORDINGS, 2))
        self._row = int(self._spans[:done].max(initial=0))

    def write(self, start: int, scenes: Sequence[Scene]) -> None:
        """Caption scenes, those of clips start, start + 1, ..., in several wordings."""
        lines = [
            caption(scene, self.spec.first + (start + i) * WORDINGS + v)
            for i, scene in enumerate(scenes)
            for v in range(WORDINGS)
        ]
        encoded, mask = self._text.encode_batch(lines)
        for number in range(len(lines)):
            rows = encoded[number][mask[number]][:MOST_TOKENS].cpu().numpy()
            self._states[self._row : self._row + len(rows)] = rows
            self._spans[start + number // WORDINGS, number % WORDINGS] = (self._row, self._row + len(rows))
            self._row += len(rows)


def cache(spec: SetSpec, out: Path, vae_path: Path, *, batch: int = 16, device: str = "cpu") -> None:
    """Fill a cache; goes on from what is there."""
    vae, text = TinyVAE.load(vae_path, device=device), TextEncoder.load(TEXT, device=device)
    renderer = Renderer(Art(), spec.width, spec.height, device=device, pool=PLACES_KEPT)
    grid = (vae.config.latent_channels, 1 + (spec.frames - 1) // 4, spec.height // 32, spec.width // 32)
    state = out.with_suffix(".json")
    done = int(json.loads(state.read_text())["done"]) if state.is_file() else 0
    out.parent.mkdir(parents=True, exist_ok=True)
    latents = _open(out.with_suffix(".latents.npy"), "r+" if done else "w+", np.float16, (spec.clips, *grid))
    words, began = Words(spec, out, text, done), time.monotonic()
    for start in range(done, spec.clips, batch):
        stop = min(spec.clips, start + batch)
        scenes = [spec.scene(i) for i in range(start, stop)]
        latents[start:stop] = _encode(vae, torch.cat([renderer.clips([s], spec.frames) for s in scenes]))
        words.write(start, scenes)
        part = state.with_suffix(".part")
        part.write_text(json.dumps({**asdict(spec), "done": stop}))
        part.replace(state)  # whole or not at all: a trainer may be reading it
        if (start // batch) % 20 == 0 or stop == spec.clips:
            rate = (stop - done) / (time.monotonic() - began)
            log.info("%d of %d clips, %.1f a second, %.0f s left", stop, spec.clips, rate, (spec.clips - stop) / rate)


def reword(out: Path, *, batch: int = 16, device: str = "cpu") -> None:
    """Caption a finished cache anew, as captions are written now; its latents stay."""
    spec, part = LatentCache(out).spec, out.with_name(f"{out.name}_new")
    words = Words(spec, part, TextEncoder.load(TEXT, device=device), 0)
    for start in range(0, len(LatentCache(out)), batch):
        words.write(start, [spec.scene(i) for i in range(start, min(spec.clips, start + batch))])
    for suffix in (".states.npy", ".spans.npy"):
        part.with_suffix(suffix).replace(out.with_suffix(suffix))


@torch.no_grad()
def _encode(vae: TinyVAE, clips: Tensor) -> NDArray[np.float16]:
    """uint8 (B, T, 3, H, W) to latents, a few clips at a time."""
    out = [
        vae.encode(part.float().div(127.5).sub(1).transpose(1, 2)).half().cpu()
        for part in clips.split(max(1, 32 // clips.shape[1]))
    ]
    result: NDArray[np.float16] = torch.cat(out).numpy()
    return result


def _open(path: Path, mode: str, dtype: type, shape: tuple[int, ...]) -> np.ndarray:
    return np.lib.format.open_memmap(path, mode=mode, dtype=dtype, shape=shape)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--preset", default="cpu")
    parser.add_argument("--clips", type=int, default=8000)
    parser.add_argument("--frames", type=int, default=1)
    parser.add_argument("--size", default="448x256")
    parser.add_argument("--first", type=int, default=1_000_000)
    parser.add_argument("--vae", type=Path, default=Path(".cache/train/vae.safetensors"))
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--reword", action="store_true", help="only caption the finished cache OUT anew")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=0)
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if args.threads:
        torch.set_num_threads(args.threads)
    if args.reword:
        reword(args.out, device=args.device)
        return
    width, height = (int(v) for v in args.size.split("x"))
    spec = SetSpec(args.preset, args.clips, args.frames, width, height, args.first)
    cache(spec, args.out, args.vae, batch=args.batch, device=args.device)


if __name__ == "__main__":
    main()
