"""What an evaluation holds a model against: clips of the world that training never shows, and pictures from outside.

The ceiling is what the judge reads in real world clips once the model's autoencoder has had them. The autoencoder's
own loss, and that of a given first frame, are measured on fresh world clips, on children's drawings made by code, and
on the photographs that installed packages carry.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from model.training.eval_film import Plan, film, flicker, from_clip, mean, psnr, sharpness, size_of

if TYPE_CHECKING:
    from model.conditioning import Frames
    from model.pipeline import Generator
    from model.training.judge_network import Judge
    from model.world.art import Art

FRESH = 970_000_000  # seeds of scenes that nothing else renders
FRAMES = 17
WORDS = {"world": "", "drawing": "a child's drawing", "photo": "a photograph"}


def world_clips(size: tuple[int, int], count: int, art: Art, preset: str = "cpu") -> Iterator[tuple[Any, Frames]]:
    """Fresh scenes of a preset, with the subjects whose art is here, and their clips, of FRAMES frames."""
    from model.training.recipe import options_of
    from model.training.recipe import preset as named
    from model.world.render import Renderer
    from model.world.scene import allowed, sample_scene

    renderer, options = Renderer(art, *size), options_of(named(preset), FRAMES)
    here = {subject.id for subject in art.cast()}
    cast = tuple(identity for identity in allowed("subject", options.knows) if identity in here)
    options = replace(options, knows={**(options.knows or {}), "subject": cast})
    for index in range(count):
        scene = sample_scene(FRESH + index, options)
        yield scene, from_clip(renderer.clips([scene], FRAMES)[0])


def coded(generator: Generator, frames: Frames) -> Frames:
    """Frames as the model's autoencoder gives them back."""
    import torch

    from model.conditioning import to_frames, to_video

    with torch.inference_mode():
        return to_frames(generator.vae.decode(generator.vae.encode(to_video(frames, generator.device))))


def reference(size: tuple[int, int], count: int, art: Art) -> dict[str, float | None]:
    """Sharpness and flicker of world clips, in grey levels, for those of a model to be held against."""
    clips = [frames for _, frames in world_clips(size, count, art)]
    return {
        "world_sharpness": mean([sharpness(frames) for frames in clips]),
        "world_flicker": mean([flicker(frames) for frames in clips]),
    }


def ceiling(generator: Generator, judge: Judge, plan: Plan, count: int, art: Art) -> dict[str, Any]:
    """The judge on fresh clips of the `cpu` preset at the model's size: the shares that it reads right of them as they
    are, and through the model's autoencoder, by attribute and overall."""
    from model.training.eval_film import to_clip
    from model.training.judge_examples import NONE, WHOLE, labels_of
    from model.training.judge_network import ATTRIBUTES, LABELS

    right: dict[str, dict[str, list[bool]]] = {"raw": {}, "autoencoded": {}}
    for scene, frames in world_clips(size_of(generator, plan), count, art):
        labels = labels_of(scene, WHOLE)
        for way, shown in (("raw", frames), ("autoencoded", coded(generator, frames))):
            read = judge.read(to_clip(shown))
            for name in ATTRIBUTES:
                if (label := int(labels[LABELS.index(name)])) != NONE:
                    right[way].setdefault(name, []).append(read[name].id == WHOLE[name][label])
    return {way: _shares(found) for way, found in right.items()}


def _shares(found: dict[str, list[bool]]) -> dict[str, float]:
    shares = {name: round(sum(each) / len(each), 3) for name, each in found.items()}
    total = [one for each in found.values() for one in each]
    return {**shares, "overall": round(sum(total) / max(1, len(total)), 3)}


def pictures(
    generator: Generator, plan: Plan, count: int, art: Art, world: str = "everything"
) -> dict[str, dict[str, float | None]]:
    """PSNR in dB, by kind (the world is that of a preset): of clips through the autoencoder, photographs as stills, and
    of a picture in the first frame of a clip that is to begin with it. None for photographs where no package has any.
    """
    size = size_of(generator, plan)
    found: dict[str, dict[str, float | None]] = {}
    for kind in WORDS:
        lost, kept = [], []
        for index, (frames, words) in enumerate(_fresh(kind, size, count, art, world)):
            lost.append(psnr(coded(generator, frames), frames))
            if kind != "photo":
                kept.append(begun(generator, words, plan, frames[0], plan.seed + index))
        found[kind] = {"autoencoder_psnr": mean(lost), "given_psnr": mean(kept)}
    return found


def begun(generator: Generator, prompt: str, plan: Plan, picture: Frames, seed: int, place: str = "first") -> float:
    """PSNR in dB of a picture (H, W, 3) in the first (or last) frame of a short clip that it is given to."""
    from model.conditioning import Anchor

    short = Plan(0.3, plan.steps, plan.seed, plan.size)
    where: Any = place
    made = film(generator, prompt, short, seed, anchors=(Anchor(picture[None], place=where),))
    return psnr(made[0 if place == "first" else -1], picture)


def _fresh(kind: str, size: tuple[int, int], count: int, art: Art, world: str) -> Iterator[tuple[Frames, str]]:
    """Clips that nothing was trained on, and words for them."""
    import torch

    from model.world.captions import caption
    from model.world.outside import Outside
    from model.world.outside_pictures import photograph
    from model.world.style_filters import Sheet

    if kind == "world":
        for index, (scene, frames) in enumerate(world_clips(size, count, art, world)):
            yield frames, caption(scene, index)
    elif kind == "drawing":
        outside = Outside(art, *size)
        for index in range(count):
            clip, words = outside.clip(FRESH + index, FRAMES, "child")
            yield from_clip(clip), words
    else:
        for index in range(count):
            taken = photograph(Sheet(size[1], size[0], index, torch.device("cpu")), random.Random(FRESH + index))
            if taken is not None:
                yield np.ascontiguousarray((taken[0].permute(1, 2, 0).numpy() * 255).round().astype(np.uint8))[None], ""
