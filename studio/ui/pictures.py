"""The small moving pictures of each choice of direction, drawn by the world's own renderer: they show what it does.

python -m studio.ui.pictures assets      draws them all again
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.world.scene import Shot

FOLDER = "direction"
FACES = "cast"
SIZE = (288, 180)  # pixels as it is rendered; half of that as it is kept
FRAMES = 33
EVERY = 3  # of the frames, one is kept
Filmed = Callable[[Any], Any]  # frames (t, h, w, 3), uint8, to as many or fewer
_NAME = re.compile(r"[a-z0-9_]{1,40}")


def media(assets: Path, kind: str, identity: str) -> Path | None:
    """The picture of a choice; None where there is none."""
    if not (_NAME.fullmatch(kind) and _NAME.fullmatch(identity)):
        return None
    path = assets / FOLDER / f"{kind}-{identity}.webp"
    return path if path.is_file() else None


def face(assets: Path, identity: str) -> Path | None:
    """The picture of a subject of the world; None where there is none."""
    path = assets / FACES / f"{identity}.webp"
    return path if _NAME.fullmatch(identity) and path.is_file() else None


def shown(assets: Path, offered: Mapping[str, tuple[tuple[str, str], ...]]) -> dict[str, list[dict[str, Any]]]:
    """What can be chosen, by kind: id, label and the address of its picture or None."""
    return {
        kind: [{"id": each, "label": label, "picture": _address(assets, kind, each)} for each, label in pairs]
        for kind, pairs in offered.items()
    }


def draw(assets: Path) -> list[Path]:
    """Draw the picture of every choice there is into `assets`/direction; what was written."""
    from model.world.art import Art
    from model.world.render import Renderer
    from model.world.scene import Scene

    folder = assets / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    renderer, written = Renderer(Art(), *SIZE), []
    for name, shot, filmed in _shots():
        path = folder / f"{name}.webp"
        frames = renderer.clips([Scene((shot,))], FRAMES)[0].permute(0, 2, 3, 1).cpu().numpy()
        path.write_bytes(_webp(filmed(frames)[::EVERY] if filmed else frames[::EVERY]))
        written.append(path)
    return written


def _shots() -> Iterator[tuple[str, Shot, Filmed | None]]:
    """A plain shot of a fox for every choice, with that one thing as chosen, and how it is filmed where the world
    itself has no word for it."""
    from dataclasses import replace

    from model.world.scene import FRAMING_HEIGHT, Actor, Instance, Shot
    from model.world.vocabulary import VOCABULARY
    from studio.direction import KINDS
    from studio.filmwords import terms
    from studio.ui.filmed import FILMED

    fox = Actor(Instance("fox"), "stand", 0.0, 0.9, 0.5, 1, 0.2)
    plain = Shot("village", 3, "day", "clear", "static", "medium", "3d", (fox,), start=0.5, seed=5)
    for kind in KINDS:
        world = {term.id for term in VOCABULARY.get(kind, ())}
        for term in terms(kind):
            chosen: dict[str, Any] = {kind: term.id} if term.id in world else {}
            shot = replace(plain, **chosen)
            if kind == "framing" and chosen:
                low, high = FRAMING_HEIGHT[term.id]
                shot = replace(
                    shot, actors=(replace(fox, height=(low + high) / 2, y=0.98 if term.id == "close" else 0.88),)
                )
            if term.id == "tracking" or kind in ("style", "pace"):
                shot = replace(shot, actors=(replace(fox, action="walk"),))
            if term.id == "bubbles":
                shot = replace(shot, place="reef")
            if term.id in ("stars", "fireflies", "candle", "neon_glow"):
                shot = replace(shot, time="night")
            if kind == "pace":
                shot = replace(shot, weather="leaves")
            yield f"{kind}-{term.id}", shot, FILMED.get(f"{kind}-{term.id}")


def _webp(frames: Any) -> bytes:
    from PIL import Image

    small = (SIZE[0] // 2, SIZE[1] // 2)
    pictures = [Image.fromarray(frame).resize(small, Image.Resampling.LANCZOS) for frame in frames]
    buffer = io.BytesIO()
    pictures[0].save(
        buffer, "WEBP", save_all=True, append_images=pictures[1:], duration=1000 * EVERY // 16, loop=0, quality=45,
        method=6, minimize_size=True,
    )  # fmt: skip
    return buffer.getvalue()


def _address(assets: Path, kind: str, identity: str) -> str | None:
    return None if media(assets, kind, identity) is None else f"studio/direction/{kind}-{identity}.webp"


if __name__ == "__main__":
    made = draw(Path(sys.argv[1] if len(sys.argv) > 1 else "assets"))
    sys.stdout.write(f"{len(made)} pictures, {sum(path.stat().st_size for path in made) // 1000} kB\n")
