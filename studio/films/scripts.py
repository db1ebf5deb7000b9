"""A film whose script is changed as text: shots that are still there keep who they are, and their chosen takes."""

from __future__ import annotations

from dataclasses import replace

from studio.films.script import Film, FilmShot


def carried(old: Film, new: Film) -> Film:
    """The new script with the ids of the old one's shots, which film.yaml does not write.

    A shot that says the same keeps its chosen take too, wherever it stands; one that was changed in its place keeps its
    earlier takes to choose from.
    """
    left = list(old.shots)
    shots = list(new.shots)
    for index, shot in enumerate(shots):
        same = next((one for one in left if _bare(one) == _bare(shot)), None)
        if same is not None:
            left.remove(same)
            shots[index] = replace(shot, id=same.id, take=same.take)
    for index, shot in enumerate(shots):
        there = old.shots[index] if index < len(old.shots) else None
        if there is not None and there in left and all(there.id != one.id for one in shots):
            shots[index] = replace(shot, id=there.id)
    return replace(new, shots=tuple(shots), source="").with_ids()


def _bare(shot: FilmShot) -> FilmShot:
    return replace(shot, id="", take="", line=0)
