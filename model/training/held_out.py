"""Combinations that training never shows, so that evaluation can tell composing from remembering.

About one (subject, place) and one (subject, action) pair in sixteen is held out, chosen by a checksum of their names:
the same in every run, for every cast, without a list to keep.
"""

from __future__ import annotations

import zlib

from model.world.scene import Scene

ONE_IN = 16


def held_pair(subject: str, other: str) -> bool:
    """Whether a subject is never shown in this place, or never doing this, in training."""
    return zlib.crc32(f"{subject} {other}".encode()) % ONE_IN == 0


def held_out(scene: Scene) -> bool:
    """Whether a scene shows a pair that training never shows."""
    return any(
        held_pair(actor.instance.subject, other)
        for shot in scene.shots
        for actor in shot.actors
        for other in (shot.place, actor.action)
    )
