"""The art of the world: fetch Fluent emoji once, pack what the cast needs, load it as tensors.

All of it is needed to train and to render world clips; running the studio takes one picture of each subject and
prop, which are committed (`pack_cast`; see `blocking.py`, `sketch.py`). `fetch` takes Microsoft's MIT-licensed Fluent
emoji from the npm packages that carry them; `pack` crops every subject to what is drawn over all its frames, sets it
on the bottom of a square and writes one WebP strip a subject; so are the few that `model.world.drawn` draws. A small
pack is committed for the tests.
"""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from model.world.bodies import embody
from model.world.cast import CAST, Subject
from model.world.cast.subject import BODY
from model.world.drawn import draw

STILLS = "@lobehub/fluent-emoji-3d"
MOVING = tuple(f"@lobehub/fluent-emoji-anim-{n}" for n in (1, 2, 3, 4))
LOOP_FRAMES = 24
SIDE = 160
BODY_SIDE = 1.3
QUALITY = 85
DRAWN = "drawn:"
CACHE = Path(".cache/world")
SUBJECT = {subject.id: subject for subject in CAST}
COMMITTED = Path(__file__).resolve().parents[2] / "assets" / "world"
PICTURES = COMMITTED.parent / "cast"
LOOPS = "loops"
LOOP_QUALITY = 66

PROPS: dict[str, str] = {
    "evergreen": "1f332", "tree": "1f333", "palm": "1f334", "cactus": "1f335", "tulip": "1f337", "blossom": "1f33c",
    "hibiscus": "1f33a", "herb": "1f33f", "mushroom_prop": "1f344", "coral": "1fab8", "shell": "1f41a", "house":
    "1f3e0", "garden_house": "1f3e1", "hut": "1f6d6", "couch": "1f6cb-fe0f", "picture": "1f5bc-fe0f", "plant": "1fab4",
    "rock": "1faa8", "shop": "1f3ea", "paper_lantern": "1f3ee", "ringed_planet": "1fa90", "earth": "1f30d", "umbrella":
    "26f1-fe0f", "books": "1f4da", "office": "1f3e2", "store": "1f3ec", "sheaf": "1f33e", "bamboo": "1f38b",
    "torii_prop": "26e9-fe0f", "fountain_prop": "26f2", "slide_prop": "1f6dd", "log_prop": "1fab5", "sunflower_prop":
    "1f33b", "corn_prop": "1f33d", "anchor_prop": "2693", "pot_prop": "1f372", "bread_prop": "1f35e", "teapot_prop":
    "1fad6", "chair_prop": "1fa91", "candle_prop": "1f56f-fe0f", "clock_prop": "1f570-fe0f", "crate_prop": "1f4e6",
    "vase_prop": "1f3fa", "statue_prop": "1f5ff", "lotus_prop": "1fab7", "hyacinth_prop": "1fabb", "gem_prop": "1f48e",
    "tent_prop": "1f3aa", "basket_prop": "1f9fa", "window_prop": "1fa9f", "lifebuoy_prop": "1f6df",
}  # fmt: skip


class ArtError(Exception):
    """The art is missing or cannot be fetched; the message says what to run."""


@dataclass(frozen=True)
class Sprite:
    """Pictures of one subject. frames: uint8 (N, 4, P, P), RGBA, standing on the bottom edge; N is 1 for a still."""

    id: str
    frames: Tensor

    @property
    def loop(self) -> int:
        """How many frames the loop has."""
        return int(self.frames.shape[0])


def fetch(cache: Path = CACHE) -> Path:
    """Fetch the art packages with npm into cache/packages (some 750 MB, once); returns that folder."""
    npm = shutil.which("npm")
    if npm is None:
        raise ArtError("fetching the art needs npm (Node.js); install it, then run: python -m model.world art")
    folder = cache / "packages"
    folder.mkdir(parents=True, exist_ok=True)
    for package in (STILLS, *MOVING):
        target = folder / package.split("/")[1]
        if target.is_dir():
            continue
        done = subprocess.run(
            [npm, "pack", "--silent", package], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise ArtError(f"npm could not fetch {package}: {done.stderr.strip().splitlines()[-1:]}")
        archive = folder / done.stdout.strip().splitlines()[-1]
        with tarfile.open(archive) as tar:
            tar.extractall(target, filter="data")
        archive.unlink()
    return folder


def pack(
    packages: Path, out: Path, *, side: int = SIDE, loop: int = LOOP_FRAMES, only: frozenset[str] | None = None,
    workers: int = 1, on_each: Callable[[int, int], None] | None = None,
) -> int:  # fmt: skip
    """Pack every subject and prop (or `only` those) as WebP strips of side x side pictures into `out`, of whoever has a
    body under a small face BODY_SIDE times as large; returns how many. A body takes some five seconds to draw: workers
    are the processes that do it, and on_each is told how many of all are packed."""
    out.mkdir(parents=True, exist_ok=True)
    wanted = [name for name in (*SUBJECT, *PROPS) if only is None or name in only]
    make = partial(_packed, packages, out, side, loop)
    with ExitStack() as stack:
        if workers > 1:
            pool = stack.enter_context(ProcessPoolExecutor(workers, mp_context=get_context("spawn")))
            made: Iterator[None] = pool.map(make, wanted, chunksize=2)
        else:
            made = map(make, wanted)
        for done, _ in enumerate(made, 1):
            if on_each is not None:
                on_each(done, len(wanted))
    return len(wanted)


def _packed(packages: Path, out: Path, side: int, loop: int, identity: str) -> None:
    """Write the strip of one subject or prop."""
    subject = SUBJECT.get(identity)
    if subject is None:
        frames = _stand(_read(packages, PROPS[identity], 1), side)
    elif subject.bodied:
        (face,) = _read(packages, subject.code.removeprefix(BODY), 1)
        frames = _stand(embody(identity, face), round(side * BODY_SIDE), subject.faces)
    else:
        frames = _stand(_read(packages, subject.code, loop if subject.moving else 1), side)
    strip = np.concatenate([np.asarray(frame) for frame in frames], axis=1)
    Image.fromarray(strip).save(out / f"{identity}.webp", quality=QUALITY, alpha_quality=90, method=4)


def pack_cast(packed: Path, out: Path) -> int:
    """From what `pack` wrote, the first picture of every subject and prop, into `out`, and the loop of each that moves,
    into `out`/loops; returns how many subjects and props."""
    (out / LOOPS).mkdir(parents=True, exist_ok=True)
    names = (*(subject.id for subject in CAST), *PROPS)
    for name in names:
        with Image.open(packed / f"{name}.webp", formats=["WEBP"]) as image:
            strip = image.convert("RGBA")
        first = strip.crop((0, 0, strip.height, strip.height))
        first.save(out / f"{name}.webp", quality=QUALITY, alpha_quality=90, method=6)
        if strip.width > strip.height:
            strip.save(out / LOOPS / f"{name}.webp", quality=LOOP_QUALITY, alpha_quality=70, method=6)
    return len(names)


def _read(packages: Path, code: str, frames: int) -> list[Image.Image]:
    """RGBA pictures of one subject: the still, or `frames` pictures spread over its loop."""
    if code.startswith(DRAWN):
        return draw(code.removeprefix(DRAWN), frames)
    folders = [STILLS] if frames == 1 else list(MOVING)
    for package in folders:
        path = packages / package.split("/")[1] / "package" / "assets" / f"{code}.webp"
        if path.is_file():
            with Image.open(path, formats=["WEBP"]) as image:
                total = getattr(image, "n_frames", 1)
                pictures = []
                for index in range(frames):
                    image.seek(index * total // frames)
                    pictures.append(image.convert("RGBA"))
                return pictures
    raise ArtError(f"no picture {code} in {packages}; delete that folder and run: python -m model.world art")


def _stand(frames: list[Image.Image], side: int, upright: bool = False) -> list[Image.Image]:
    """Crop all frames to what is drawn in any of them and stand that on the bottom of a square, 2 % margin; what is
    upright keeps its middle there, however far it reaches to one side: it turns about that."""
    alpha = np.max([np.asarray(f)[..., 3] for f in frames], axis=0)
    ys, xs = np.where(alpha > 24)
    box = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    if upright:
        reach = max(alpha.shape[1] / 2 - box[0], box[2] - alpha.shape[1] / 2)
        box = (round(alpha.shape[1] / 2 - reach), box[1], round(alpha.shape[1] / 2 + reach), box[3])
    room = int(side * 0.96)
    scale = room / max(box[2] - box[0], box[3] - box[1])
    width, height = (max(1, round((box[i + 2] - box[i]) * scale)) for i in (0, 1))
    out = []
    for frame in frames:
        picture = frame.crop(box).resize((width, height), Image.Resampling.LANCZOS)
        square = Image.new("RGBA", (side, side))
        square.paste(picture, ((side - width) // 2, side - height - (side - room) // 2))
        out.append(square)
    return out


def _strip(path: Path) -> Tensor:
    with Image.open(path, formats=["WEBP"]) as image:
        pixels: NDArray[np.uint8] = np.asarray(image.convert("RGBA"))
    side = pixels.shape[0]
    frames = pixels.reshape(side, -1, side, 4).transpose(1, 3, 0, 2)  # (N, 4, P, P)
    return torch.from_numpy(np.ascontiguousarray(frames))


class Art:
    """The pictures of a folder, each read when first asked for and kept: `art.sprite("fox")`, `art.has("fox")`; those
    in its folder LOOPS, of whoever moves, come before the others."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or (CACHE / "art" if (CACHE / "art").is_dir() else COMMITTED)
        if not self.folder.is_dir():
            raise ArtError(f"no art in {self.folder}; run: python -m model.world art")
        paths = (*sorted(self.folder.glob("*.webp")), *sorted((self.folder / LOOPS).glob("*.webp")))
        self._paths = {p.stem: p for p in paths}
        self._sprites: dict[str, Sprite] = {}

    def has(self, identity: str) -> bool:
        """True when the folder holds pictures of this subject or prop."""
        return identity in self._paths

    def sprite(self, identity: str) -> Sprite:
        """The pictures of a subject or prop; ArtError names what is missing."""
        if identity not in self._paths:
            raise ArtError(f"no art of {identity!r} in {self.folder}; run: python -m model.world art")
        if identity not in self._sprites:
            self._sprites[identity] = Sprite(identity, _strip(self._paths[identity]))
        return self._sprites[identity]

    def cast(self) -> tuple[Subject, ...]:
        """The subjects whose pictures are here."""
        return tuple(s for s in CAST if s.id in self._paths)


@cache
def looked_up() -> Art:
    """The pictures that come along, of the cast and of what stands in places; decoded once."""
    return Art(PICTURES)
