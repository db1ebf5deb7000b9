"""A remix of a clip of which it is known how it was shot: its scene, set up again and shot with the new words.

Noise laid over a clip keeps whoever was in it, and where the plan of the new words shows somebody else, or in another
light, or moving otherwise, both would be seen at once. So nothing is laid over the clip: those whom the new words name
are placed by the same chances, in the same place with nobody in it, as far changed as the remix may change it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from model import sets
from model.request import GenerationRequest, Told
from model.world import staging
from model.world.blocking import Blocking, block
from model.world.light import change_of_light
from model.world.render import Backdrop
from model.world.scene import Shot
from model.world.setting import SETTINGS

if TYPE_CHECKING:
    from model.pipeline import Generator

HERE = 0.5  # below that strength it is the clip's place even where the words name another
AFRESH = 0.75  # from that on nothing is kept but what the words leave unsaid


@dataclass(frozen=True, slots=True, eq=False)
class Recast:
    """What is asked for instead of a remix: a shot from nothing, its sets, and what `Rehearsal` calls `begins`."""

    asked: GenerationRequest
    sets: sets.Sets
    begins: int = 0


def recast(of: Generator, asked: GenerationRequest) -> Recast | None:
    """How a remix is shot anew; None where it is not known how its clip was shot, or for what is no remix."""
    was, source, knows = asked.was, asked.source, of.entry.notes.get("knows")
    if source is None or asked.prefix or asked.anchors or was is None or was.frame is None:
        return None
    alone = replace(asked, source=None)
    shared = sets.Sets(of, alone)
    if source.strength >= AFRESH:
        return Recast(replace(alone, was=None), shared)
    if source.strength < HERE or staging.same_place(was.prompt, asked.prompt):
        shared.keep(staging.set_prompt(asked.prompt, knows), _place(of, alone, was, source.strength))
    return Recast(alone, shared, -was.frame)


@torch.inference_mode()
def _place(of: Generator, asked: GenerationRequest, was: Told, strength: float) -> Backdrop:
    """The place of a clip with nobody in it, as large as its camera and the new one need it, in the new light: the set
    that it was shot on, painted once more from its seed, and drawn over from that noise level."""
    knows = of.entry.notes.get("knows")
    there, new = (block(prompt, knows, seed=was.seed, frame=asked.size) for prompt in (was.prompt, asked.prompt))
    words = staging.set_prompt(was.prompt, knows)
    as_shot = sets.Sets(of, replace(asked, seed=was.seed))
    for shot in (there, new):
        seconds = Blocking(shot, asked.width, asked.height).second((was.frame or 0) + asked.frames)
        as_shot.need(words, staging.extent(shot, seconds, asked.width, asked.height))
    found, tint = as_shot.set(words), change_of_light((there.time, there.weather), (new.time, new.weather))
    wished = _here(there, new, asked.prompt, of)
    return replace(found, picture=sets.relit(of, asked, wished, found.picture, torch.tensor(tint), strength))


def _here(there: Shot, new: Shot, prompt: str, of: Generator) -> str:
    """What a prompt says of its set, had it named the place of another shot."""
    if there.place == new.place or there.place not in SETTINGS:
        return staging.set_prompt(prompt, of.entry.notes.get("knows"))
    return staging.empty_caption(replace(new, place=there.place))
