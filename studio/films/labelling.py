"""The visible label of a film: painted wherever no label of a take is seen already, so that none is there twice."""

from __future__ import annotations

from studio.films.picture import Look
from studio.films.timeline import Piece, Timeline
from studio.labels import CARD_FADE, CARD_SECONDS, Label, Painter
from studio.pictures import Frames


class Labeller:
    """Paints a label into the frames of a film, in their order. `paints` says whether it has any to paint."""

    def __init__(self, label: Label, laid: Timeline, look: Look) -> None:
        self._painter, self._done = Painter(label, *look.size, laid.fps), 0
        self._bare = _bare(label, laid, look)
        self.paints = any(self._bare)

    def apply(self, frames: Frames) -> Frames:
        """The next frames, labelled where they show no label: uint8 (t, h, w, 3)."""
        begun, self._done = self._done, self._done + len(frames)
        return self._painter.apply(frames, self._bare[begun : self._done])


def _bare(label: Label, laid: Timeline, look: Look) -> list[bool]:
    """For every frame whether something is seen in it that has to be labelled and shows no label of its own."""
    found: list[bool] = []
    for start, stop, seen in laid.spans():
        bare = label != "off" and not all(_shows(piece, label, look) for piece in seen)
        found += [bare] * (stop - start)
    if label == "card":  # it stands over the first seconds of the film, as of any clip
        stands = round((CARD_SECONDS + CARD_FADE) * laid.fps)
        found[stands:] = [False] * len(found[stands:])
    return found


def _shows(piece: Piece, label: Label, look: Look) -> bool:
    """Whether the label of a take can be seen in the film: cropping takes the corner away, trimming the first card."""
    footage = piece.footage
    if footage is None or not footage.labelled or look.crops(footage):
        return False
    return label != "card" or piece.skip == 0
