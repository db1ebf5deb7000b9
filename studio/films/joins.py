"""How a shot that continues another meets it, measured as the seams of the tools are: on the finished frames.

It belongs to two takes and not to one: a take that is chosen later, or came with a zip, meets what now stands before.
"""

from __future__ import annotations

from collections.abc import Mapping

from studio import media
from studio.film import Take
from studio.films import casting
from studio.films.script import Film
from studio.tools.seams import AROUND, Seam, Steps

WHAT = "from the shot before"


def pairs(film: Film, takes: Mapping[int, Take]) -> dict[int, tuple[Take, Take]]:
    """For every shot that continues the one that it stands behind: the takes that meet there, where both are made.

    Where an end that would meet is trimmed away they do not meet, and it is a cut. Raises FilmError where a shot
    continues what is not there.
    """
    before = casting.predecessors(film)
    return {
        index: (takes[index - 1], takes[index])
        for index, start in before.items()
        if start == index - 1 and start in takes and index in takes
        if not film.shots[start].trim_end and not film.shots[index].trim_start
    }


def measure(one: Take, other: Take) -> Seam | None:
    """How the end of a take meets the start of another; None where one of them has no frame. Raises MediaError."""
    steps = Steps()
    frames, size = (max(0, one.frames - AROUND - 1), one.frames), (other.width, other.height)
    for piece in media.stream_clip(one.clip, size=size, frames=frames):
        steps.hear(piece)
    for piece in media.stream_clip(other.clip, frames=(0, AROUND + 1)):
        steps.hear(piece)
    found = steps.measure([(frames[1] - frames[0], WHAT)])
    return found[0] if found else None


def measured(film: Film, takes: Mapping[int, Take]) -> dict[int, Seam]:
    """The joins of a film as it stands, by the shot that they lead into. Raises FilmError or MediaError."""
    found = {index: measure(*pair) for index, pair in pairs(film, takes).items()}
    return {index: seam for index, seam in found.items() if seam is not None}
