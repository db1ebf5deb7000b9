"""Render a set of world clips to disk: `python -m model.training.render_set OUT --clips 4000 --frames 1`.

Writes OUT.npy, uint8 (N, T, 3, H, W), and OUT.json, what drew it: every scene can be drawn again from its seed, so
captions and attributes need no file of their own. Rendering goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from model.training.recipe import options_of, preset
from model.world.art import Art
from model.world.render import Renderer
from model.world.scene import Scene, sample_scene

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SetSpec:
    """What a set holds: clips of `frames` frames at width x height, drawn from seeds first, first + 1, ..."""

    preset: str
    clips: int
    frames: int
    width: int
    height: int
    first: int

    def scene(self, index: int) -> Scene:
        """The scene of clip `index`."""
        return sample_scene(self.first + index, options_of(preset(self.preset), self.frames))


def render_set(spec: SetSpec, out: Path, *, batch: int = 1, device: str = "cpu") -> None:
    """Render a set; an interrupted one goes on from its last whole batch."""
    out.parent.mkdir(parents=True, exist_ok=True)
    renderer = Renderer(Art(), spec.width, spec.height, device=device)
    shape = (spec.clips, spec.frames, 3, spec.height, spec.width)
    data, state = out.with_suffix(".npy"), out.with_suffix(".json")
    done = json.loads(state.read_text())["done"] if state.is_file() and data.is_file() else 0
    frames = np.lib.format.open_memmap(data, mode="r+" if done else "w+", dtype=np.uint8, shape=shape)
    began = time.monotonic()
    for start in range(done, spec.clips, batch):
        stop = min(spec.clips, start + batch)
        frames[start:stop] = renderer.clips([spec.scene(i) for i in range(start, stop)], spec.frames).cpu().numpy()
        if (start // batch) % 50 == 0 or stop == spec.clips:
            frames.flush()
            state.write_text(json.dumps({**asdict(spec), "done": stop}))
            rate = (stop - done) / (time.monotonic() - began)
            log.info("%d of %d clips, %.1f a second, %.0f s left", stop, spec.clips, rate, (spec.clips - stop) / rate)


def open_set(path: Path) -> tuple[SetSpec, np.ndarray]:
    """A rendered set: its spec and the frames that are done by now, uint8 (N, T, 3, H, W), read-only on disk."""
    state = json.loads(path.with_suffix(".json").read_text())
    done = int(state.pop("done"))
    return SetSpec(**state), np.load(path.with_suffix(".npy"), mmap_mode="r")[:done]


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--preset", default="cpu")
    parser.add_argument("--clips", type=int, default=4000)
    parser.add_argument("--frames", type=int, default=1)
    parser.add_argument("--size", default="448x256")
    parser.add_argument("--first", type=int, default=0, help="seed of the first scene")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=0)
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if args.threads:
        torch.set_num_threads(args.threads)
    width, height = (int(v) for v in args.size.split("x"))
    render_set(
        SetSpec(args.preset, args.clips, args.frames, width, height, args.first),
        args.out,
        batch=args.batch,
        device=args.device,
    )


if __name__ == "__main__":
    main()
