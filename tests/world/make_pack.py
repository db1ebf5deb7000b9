"""Make the small pack of art in `assets/world` that the world's tests draw with: `python -m tests.world.make_pack`.

It needs the art packages once (`python -m model.world art`); what it writes is committed, so that testing needs neither
them nor a network.
"""

from __future__ import annotations

import sys
from pathlib import Path

from model.world.art import CACHE, COMMITTED, PROPS, pack

SUBJECTS = (
    "fox", "dog", "cat", "mammoth", "penguin", "butterfly", "tropical_fish", "octopus", "rocket", "balloon", "candle",
    "ghost", "woman",
)  # fmt: skip
SIDE, LOOP = 96, 6


def main(out: Path = COMMITTED) -> int:
    """Pack the subjects above and every prop of the places; returns how many files were written."""
    return pack(CACHE / "packages", out, side=SIDE, loop=LOOP, only=frozenset(SUBJECTS) | frozenset(PROPS))


if __name__ == "__main__":
    sys.stdout.write(f"{main()} files in {COMMITTED}\n")
