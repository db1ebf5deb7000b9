"""A list of shots inside one prompt, to cards and back: "Shot 1: a fox runs. Shot 2 (3 s): it sleeps." """

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from model.shotlist import parts
from model.world.sequel import carried
from studio.films.script import FilmShot


def to_cards(shot: FilmShot) -> tuple[FilmShot, ...]:
    """A shot whose prompt is a list, as a shot for each; they share its length where the list does not say."""
    found = parts(shot.prompt)
    told = carried([words for words, _ in found])
    found = [(words, seconds) for words, (_, seconds) in zip(told, found, strict=True)]
    if len(found) < 2:
        return (shot,)
    said = sum(seconds for _, seconds in found if seconds is not None)
    silent = sum(seconds is None for _, seconds in found)
    each = max(0.5, round((shot.seconds - said) / silent, 2)) if silent else 0.0
    cards = []
    for number, (words, seconds) in enumerate(found):
        first = number == 0
        cards.append(
            replace(
                shot, prompt=words, id=shot.id if first else "", seconds=each if seconds is None else seconds,
                name=shot.name if first else "", join=shot.join if first else "cut", after=shot.after if first else "",
                transition=shot.transition if first else "none", first=shot.first if first else None,
                last=shot.last if number == len(found) - 1 else None, frames=(), take="",
                control=shot.control if first else None, mask=shot.mask if first else None,
                outpaint=shot.outpaint and first,
                seed=shot.seed, caption=shot.caption if first else "",
            )
        )  # fmt: skip
    return tuple(cards)


def to_list(shots: Sequence[FilmShot]) -> FilmShot:
    """Several shots as one whose prompt lists them: it is rendered as one clip with cuts in it."""
    rows = [f"Shot {number} ({shot.seconds:g} s): {_ended(shot.prompt)}" for number, shot in enumerate(shots, 1)]
    return replace(
        shots[0], prompt=" ".join(rows), seconds=round(sum(shot.seconds for shot in shots), 2), take="",
        last=shots[-1].last, frames=(),
    )  # fmt: skip


def _ended(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
