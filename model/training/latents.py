"""Cache latents and captions: `python -m model.training.latents OUT --clips 8000 --frames 1`.

Renders scenes, encodes them and their captions, and keeps only latents (half precision) and token states, so that
training the transformer touches neither pixels nor the text encoder. An interrupted run goes on where it stopped; a
trainer may read what is there while the cache still grows.

OUT.latents.npy  float16 (N, C, T, h, w)
OUT.states.npy   float16 (rows, D): token states of all captions, one after another
OUT.spans.npy    int64 (N, V, 2): where in the states caption v of clip n begins and ends
OUT.blocking.npy float16 (N + 1, C, T, h, w): the actors alone on grey paper, with `--blocking`; last, blank paper
OUT.json         the spec and how many clips are done
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from model.errors import ModelError
from model.text import TextEncoder
from model.tiny_vae import TinyVAE
from model.training.recipe import preset
from model.training.render_set import SetSpec, open_set
from model.world.art import Art
from model.world.captions import caption
from model.world.render import Renderer
from model.world.scene import Scene
from model.world.staging import empty_caption

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
        self._blocking: NDArray[np.float16] | None = None

    def __len__(self) -> int:
        return int(json.loads(self.path.with_suffix(".json").read_text())["done"])

    def latents(self, index: int) -> Tensor:
        """float32 (C, T, h, w)."""
        return torch.from_numpy(self._latents[index].astype(np.float32))

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(C, T, h, w) of a clip."""
        channels, frames, rows, columns = self._latents.shape[1:]
        return channels, frames, rows, columns

    def blocking(self, index: int) -> Tensor:
        """The latents of a clip's blocking, float32 (C, T, h, w); of blank paper for -1."""
        if self._blocking is None:
            path = self.path.with_suffix(".blocking.npy")
            if not path.is_file():
                raise ModelError(f"{self.path} has no blocking; make it: latents {self.path} --blocking")
            self._blocking = np.load(path, mmap_mode="r")
        return torch.from_numpy(self._blocking[min(index, len(self._blocking) - 1)].astype(np.float32))

    @property
    def wordings(self) -> int:
        """How many captions a clip has."""
        return int(self._spans.shape[1])

    def text(self, index: int, wording: int) -> Tensor:
        """Token states float32 (L, D) of one wording of the caption."""
        start, stop = self._spans[index, wording]
        return torch.from_numpy(self._states[start:stop].astype(np.float32))


class Words:
    """Token states of captions on disk, written clip after clip; `done` clips have theirs already; half: the device on
    which the encoder multiplies in bfloat16."""

    def __init__(self, spec: SetSpec, out: Path, text: TextEncoder, done: int, *, half: str = "") -> None:
        self.spec, self._text, self._half, mode = spec, text, half, "r+" if done else "w+"
        rows = spec.clips * WORDINGS * MOST_TOKENS
        self._states = _open(out.with_suffix(".states.npy"), mode, np.float16, (rows, text.config.dim))
        self._spans = _open(out.with_suffix(".spans.npy"), mode, np.int64, (spec.clips, WORDINGS, 2))
        self._row = int(self._spans[:done].max(initial=0))

    def write(self, start: int, scenes: Sequence[Scene]) -> None:
        """Caption scenes, those of clips start, start + 1, ..., in several wordings."""
        lines = [
            _wording(scene, self.spec.first + (start + i) * WORDINGS + v, v)
            for i, scene in enumerate(scenes)
            for v in range(WORDINGS)
        ]
        with torch.autocast(self._half or "cpu", torch.bfloat16, enabled=bool(self._half)):
            encoded, mask = self._text.encode_batch(lines)
        for number in range(len(lines)):
            rows = encoded[number][mask[number]][:MOST_TOKENS].float().cpu().numpy()
            self._states[self._row : self._row + len(rows)] = rows
            self._spans[start + number // WORDINGS, number % WORDINGS] = (self._row, self._row + len(rows))
            self._row += len(rows)


def _wording(scene: Scene, seed: int, number: int) -> str:
    """A caption of a scene; the first of an empty one is what a set of it is asked for by."""
    if number == 0 and len(scene.shots) == 1 and not scene.shots[0].actors:
        return empty_caption(scene.shots[0])
    return caption(scene, seed)


def cache(
    spec: SetSpec, out: Path, vae_path: Path, *, pixels: Path | None = None, words: Path | None = None, batch: int = 16,
    amp: bool = False, device: str = "cpu",
) -> None:  # fmt: skip
    """Fill a cache; goes on from what is there.

    pixels: a rendered set to encode instead of rendering its scenes, of the size of `spec` or a whole number of times
    that. words: a finished cache of the same scenes, whose captions are taken. amp: convolve in bfloat16.
    """
    vae = TinyVAE.load(vae_path, device=device)
    show = _rendering(spec, device) if pixels is None else _reading(spec, pixels)
    grid = (vae.config.latent_channels, 1 + (spec.frames - 1) // 4, spec.height // 32, spec.width // 32)
    state = out.with_suffix(".json")
    done = int(json.loads(state.read_text())["done"]) if state.is_file() else 0
    out.parent.mkdir(parents=True, exist_ok=True)
    latents = _open(out.with_suffix(".latents.npy"), "r+" if done else "w+", np.float16, (spec.clips, *grid))
    say: Callable[[int, Sequence[Scene]], None]
    if words is None:
        say = Words(spec, out, TextEncoder.load(TEXT, device=device), done, half=device if amp else "").write
    else:
        say = _repeating(words, out)
    began = time.monotonic()
    for start in range(done, spec.clips, batch):
        stop = min(spec.clips, start + batch)
        scenes = [spec.scene(i) for i in range(start, stop)]
        latents[start:stop] = _encode(vae, show(start, stop).to(device), amp=amp)
        say(start, scenes)
        part = state.with_suffix(".part")
        part.write_text(json.dumps({**asdict(spec), "done": stop}))
        part.replace(state)  # whole or not at all: a trainer may be reading it
        if (start // batch) % 20 == 0 or stop == spec.clips:
            rate = (stop - done) / (time.monotonic() - began)
            log.info("%d of %d clips, %.1f a second, %.0f s left", stop, spec.clips, rate, (spec.clips - stop) / rate)


def _rendering(spec: SetSpec, device: str) -> Callable[[int, int], Tensor]:
    """Frames of clips start to stop, uint8 (B, T, 3, H, W), rendered as they are asked for."""
    air = not preset(spec.preset).airless
    renderer = Renderer(Art(), spec.width, spec.height, device=device, pool=PLACES_KEPT, air=air)
    return lambda start, stop: torch.cat([renderer.clips([spec.scene(i)], spec.frames) for i in range(start, stop)])


def _reading(spec: SetSpec, path: Path) -> Callable[[int, int], Tensor]:
    """Frames of clips start to stop, uint8 (B, T, 3, H, W), from a rendered set, which may be a whole number of times
    as large: pixels are averaged then."""
    held, frames = open_set(path)
    times = held.width // spec.width
    if replace(spec, width=times * spec.width, height=times * spec.height) != replace(held, clips=spec.clips):
        raise ModelError(f"{path} holds clips of {held}, which are not those asked for: {spec}")
    if len(frames) < spec.clips:
        raise ModelError(f"{path} holds {len(frames)} clips, not {spec.clips}; go on rendering it")

    def read(start: int, stop: int) -> Tensor:
        clips = torch.from_numpy(np.array(frames[start:stop]))
        return clips if times == 1 else F.avg_pool3d(clips.float(), (1, times, times)).round().byte()

    return read


def _repeating(words: Path, out: Path) -> Callable[[int, Sequence[Scene]], None]:
    """Take the captions of another cache, whole and at once; nothing is left to write clip by clip."""
    for suffix in (".states.npy", ".spans.npy"):
        shutil.copyfile(words.with_suffix(suffix), out.with_suffix(suffix))
    return lambda start, scenes: None


def reword(out: Path, *, batch: int = 16, device: str = "cpu") -> None:
    """Caption a finished cache anew, as captions are written now; its latents stay."""
    spec, part = LatentCache(out).spec, out.with_name(f"{out.name}_new")
    words = Words(spec, part, TextEncoder.load(TEXT, device=device), 0)
    for start in range(0, len(LatentCache(out)), batch):
        words.write(start, [spec.scene(i) for i in range(start, min(spec.clips, start + batch))])
    for suffix in (".states.npy", ".spans.npy"):
        part.with_suffix(suffix).replace(out.with_suffix(suffix))


def blocking(out: Path, vae_path: Path, *, batch: int = 4, device: str = "cpu") -> None:
    """The latents of the blocking of every clip that a cache holds by now: its actors alone, moving as they do; only
    blank paper where its preset shows nobody."""
    cached, vae = LatentCache(out), TinyVAE.load(vae_path, device=device)
    spec, count = cached.spec, len(cached) if preset(cached.spec.preset).nobody < 1 else 0
    renderer = Renderer(Art(), spec.width, spec.height, device=device, air=not preset(spec.preset).airless)
    part = out.with_suffix(".blocking.part")
    held = _open(part, "w+", np.float16, (count + 1, *cached.shape))
    began = time.monotonic()
    for start in range(0, count + 1, batch):
        numbers = range(start, min(count + 1, start + batch))
        shots = [spec.scene(i).shots[0] if i < count else None for i in numbers]
        held[start : start + batch] = _encode(vae, renderer.alone(shots, spec.frames).to(device), amp=False)
        if (start // batch) % 50 == 0:
            log.info("blocking of %d of %d clips, %.1f a second", start, count, start / (time.monotonic() - began))
    del held  # closed, and so written
    part.replace(out.with_suffix(".blocking.npy"))


@torch.no_grad()
def _encode(vae: TinyVAE, clips: Tensor, *, amp: bool) -> NDArray[np.float16]:
    """uint8 (B, T, 3, H, W) to latents, a few clips at a time."""
    out = []
    for part in clips.split(max(1, 32 // clips.shape[1])):
        with torch.autocast(part.device.type, torch.bfloat16, enabled=amp):
            latents = vae.encode(part.float().div(127.5).sub(1).transpose(1, 2))
        out.append(latents.half().cpu())
    result: NDArray[np.float16] = torch.cat(out).numpy()
    return result


def _open(path: Path, mode: str, dtype: type, shape: tuple[int, ...]) -> np.ndarray:
    return np.lib.format.open_memmap(path, mode=mode, dtype=dtype, shape=shape)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--preset", default="cpu")
    parser.add_argument("--clips", type=int, default=8000, help="at most")
    parser.add_argument("--frames", type=int, default=1)
    parser.add_argument("--size", help="448x256, or that of --pixels; a half or a third of it makes them small")
    parser.add_argument("--first", type=int, default=1_000_000)
    parser.add_argument("--vae", type=Path, default=Path(".cache/train/vae.safetensors"))
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--pixels", type=Path, help="a rendered set to encode, as far as it is done")
    parser.add_argument("--words", type=Path, help="a finished cache of the same scenes: its captions are taken")
    parser.add_argument("--amp", action="store_true", help="convolve in bfloat16: where the processor is fast at it")
    parser.add_argument("--blocking", action="store_true", help="only draw the actors of the clips of a cache OUT")
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
    if args.blocking:
        blocking(args.out, args.vae, device=args.device)
        return
    spec = SetSpec(args.preset, args.clips, args.frames, 448, 256, args.first)
    if args.pixels:
        held, frames = open_set(args.pixels)
        spec = replace(held, clips=min(len(frames), args.clips))
    if args.size:
        width, height = (int(v) for v in args.size.split("x"))
        spec = replace(spec, width=width, height=height)
    cache(
        spec, args.out, args.vae, pixels=args.pixels, words=args.words, batch=args.batch, amp=args.amp,
        device=args.device,
    )  # fmt: skip


if __name__ == "__main__":
    main()
