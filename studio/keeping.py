"""The library part of the Studio: finding takes among thousands, clearing up, and making room."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from studio.base import LOCAL_OWNER, Base
from studio.disk import size
from studio.errors import ShotError
from studio.film import Take
from studio.finding import Find

DAY = 86_400.0
MOST_AT_ONCE = 5000  # takes that one order moves


@dataclass(frozen=True)
class Spare:
    """Takes that nobody would miss, and how many bytes of the disk they hold."""

    takes: tuple[str, ...]
    size: int


class Keeping(Base):
    """The takes of an owner, as a library."""

    def find(self, wanted: Find, *, limit: int, before: str | None = None, owner: str = LOCAL_OWNER) -> list[Take]:
        """The takes that are looked for, newest first; `before` goes on after that one. Raises NotFound."""
        return self.library.find(owner, wanted, limit=limit, before=before)

    def count(self, wanted: Find, owner: str = LOCAL_OWNER) -> int:
        """How many takes there are of what is looked for."""
        return self.library.count(owner, wanted)

    def bin_takes(self, ids: Sequence[str], owner: str = LOCAL_OWNER) -> int:
        """Move takes to the bin, all or none, as one thing that undo takes back. Raises NotFound or ShotError."""
        _few(ids)
        return self.library.bin_takes(owner, ids)

    def restore_takes(self, ids: Sequence[str], owner: str = LOCAL_OWNER) -> int:
        """Take them out of the bin again, all or none. Raises NotFound or ShotError."""
        _few(ids)
        return self.library.restore_takes(owner, ids)

    def spare(self, days: float, owner: str = LOCAL_OWNER) -> Spare:
        """What could be cleared away of takes older than so many days: never a starred or named one, one with a note,
        one of a film, or one that another take or a waiting shot was given a frame of."""
        if not 0 <= days < 1e6:
            raise ShotError("days", days, f"{days} days do not work: use 0 or more", 30)
        found = tuple(self.library.loose(owner, time.time() - days * DAY))
        return Spare(found, sum(size(self.library.take_folder(take)) for take in found))

    def clear_away(self, days: float, owner: str = LOCAL_OWNER) -> int:
        """Move what `spare` finds to the bin; how many takes. Undo brings them back until the bin is emptied."""
        return self.library.bin_takes(owner, self.spare(days, owner).takes)


def _few(ids: Sequence[str]) -> None:
    if len(ids) > MOST_AT_ONCE:
        message = f"{len(ids)} takes are more than one order moves: up to {MOST_AT_ONCE}"
        raise ShotError("takes", len(ids), message, MOST_AT_ONCE)
