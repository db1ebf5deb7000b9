"""What is approximate is off unless asked for, and says how far it is from the full result: the first-block cache, and
guidance in the first part of the steps alone."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

import model
from model.blockcache import BlockCache
from model.config import PRESETS, DiTConfig
from model.dit import DiT
from model.errors import ModelError, RequestError
from model.pipeline import Generator, SamplerState
from model.residency import Residency
from model.streaming import stream
from model.velocity import Forwards
from tests.model.test_exact import CONTROLLED, difference, dit
from tests.model.wan_folders import Made, make

PROMPT, SIZE = "a red fox runs through snow", {"width": 64, "height": 32}
NAME = "wan2.2-ti2v-5b"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("wan"), NAME)


@pytest.fixture(scope="module")
def gen(made: Made) -> Generator:
    return model.load(made.entry, device="cpu", threads=1)


def inputs(config: DiTConfig, seed: int = 3) -> dict[str, Tensor]:
    made = torch.Generator().manual_seed(seed)
    given = {"x": torch.randn(2, 4, 3, 4, 6, generator=made), "text": torch.randn(2, 7, 16, generator=made)}
    if config.control_layers:
        given["control"] = torch.randn(2, 6, 3, 4, 6, generator=made)
    return {**given, "t": torch.tensor([700.0, 700.0])}


def filmed(gen: Generator, **asked: object) -> tuple[np.ndarray, Forwards, np.ndarray]:
    """Frames, forwards and latents of a clip of the tiny model."""
    given = {"frames": 9, "steps": 12, "guidance": 3.0, "shift": 5.0, "seed": 5, **SIZE, **asked}
    generation = gen.generate(gen.request(PROMPT, **given))
    frames = np.concatenate(list(generation))
    return frames, generation.forwards, generation.latents.float().numpy()


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    error = float(((a.astype(np.float64) - b) ** 2).mean())
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


@pytest.mark.parametrize("config", [PRESETS["tiny"], CONTROLLED], ids=["plain", "control"])
@pytest.mark.parametrize("streamed", [False, True], ids=["resident", "streamed"])
@torch.inference_mode()
def test_the_same_step_again_costs_one_block_and_says_the_same(config: DiTConfig, streamed: bool) -> None:
    whole, plain = dit(config), dit(config)
    if streamed:
        whole = stream(whole, "cpu")
    ran: list[int] = []
    for index, block in enumerate(whole.blocks._modules.values()):
        assert block is not None
        block.register_forward_pre_hook(lambda *_, index=index: ran.append(index))
    reuse, given = BlockCache(0.05), inputs(config)
    first, again = (whole(**given, reuse=reuse) for _ in range(2))
    assert torch.equal(first, plain(**given)), "a full forward is exact"
    assert difference(again, first) < 1e-6
    assert ran == [*range(config.layers), 0] and (reuse.forwards, reuse.reused) == (2, 1)
    other = inputs(config, seed=4)
    assert torch.equal(whole(**other, reuse=reuse), plain(**other)), "what differs is computed"
    other["x"] = torch.stack([other["x"][0], given["x"][1]])
    assert torch.equal(whole(**other, reuse=reuse), plain(**other)), "and so is a batch of which one differs"
    assert reuse.reused == 1


@torch.inference_mode()
def test_a_small_change_is_followed_as_far_as_the_first_block_sees_it() -> None:
    whole, given = dit(PRESETS["tiny"]), inputs(PRESETS["tiny"])
    reuse = BlockCache(0.05)
    whole(**given, reuse=reuse)
    near = {**given, "x": given["x"] * 1.002}
    said, true = whole(**near, reuse=reuse), whole(**near)
    assert reuse.reused == 1 and 0 < difference(said, true) < 0.02
    wider = {name: value[:1] for name, value in near.items()}
    reuse.shrink()
    assert difference(whole(**wider, reuse=reuse), said[:1]) < 1e-6 and reuse.reused == 2


def test_nothing_is_approximate_unless_it_is_asked_for(gen: Generator) -> None:
    asked = gen.request(PROMPT)
    assert asked.block_cache == 0 and asked.guided == 1
    frames, forwards, latents = filmed(gen)
    assert forwards == Forwards(24, 24)
    same, _, also = filmed(gen, block_cache=0.0, guided=1.0)
    assert np.array_equal(frames, same) and np.array_equal(latents, also)


@pytest.mark.parametrize(("asked", "most", "least"), [
    ({"block_cache": 0.2}, 12, 40.0), ({"guided": 0.5}, 18, 50.0), ({"block_cache": 0.2, "guided": 0.5}, 12, 40.0),
])  # fmt: skip
def test_less_is_run_and_the_clip_stays_near(
    gen: Generator, asked: dict[str, float], most: int, least: float
) -> None:
    frames, _, latents = filmed(gen)
    near, forwards, others = filmed(gen, **asked)
    assert forwards.asked == 24 and forwards.ran <= most
    assert least < psnr(near, frames) and not np.array_equal(others, latents)


def test_plans_that_sample_one_by_one_leave_out_the_same(made: Made, gen: Generator) -> None:
    apart = model.load(made.entry, device="cpu", threads=1, residency=Residency(one_by_one=True, streamed=True))
    for asked in ({"guided": 0.5}, {"block_cache": 0.2, "guided": 0.5}):
        (_, forwards, latents), (_, again, others) = filmed(gen, **asked), filmed(apart, **asked)
        if "block_cache" not in asked:
            assert forwards == again
            assert np.abs(latents - others).max() / np.abs(latents).max() < 1e-3
        assert again.ran < again.asked == 24


def test_a_new_window_begins_with_full_forwards(gen: Generator) -> None:
    one, two = filmed(gen, block_cache=0.49, frames=17), filmed(gen, block_cache=0.49, frames=33)
    assert one[1].asked == 24 and two[1].asked == 48
    assert two[1].ran >= 4, "both texts, in both windows"


def test_a_render_that_is_gated_goes_on_where_it_was(gen: Generator) -> None:
    states: list[bytes] = []
    asked = gen.request(PROMPT, frames=9, steps=6, guidance=3.0, guided=0.5, **SIZE)
    whole = np.concatenate(list(gen.generate(asked, lambda step: states.append(step.state().to_bytes()))))
    for saved in (states[1], states[4]):
        assert np.array_equal(np.concatenate(list(gen.generate(asked, resume=SamplerState.from_bytes(saved)))), whole)
    other = replace(asked, guided=1.0)
    with pytest.raises(ModelError, match="of another render"):
        gen.generate(other, resume=SamplerState.from_bytes(states[1]))


@pytest.mark.parametrize(("field", "value", "near"), [
    ("block_cache", -0.1, 0.0), ("block_cache", 0.9, 0.5), ("guided", 0.0, 0.1), ("guided", 2.0, 1.0),
    ("block_cache", float("nan"), 0.0),
])  # fmt: skip
def test_what_is_out_of_range_names_the_nearest(gen: Generator, field: str, value: float, near: float) -> None:
    with pytest.raises(RequestError) as wrong:
        gen.request(PROMPT, **{field: value})
    assert (wrong.value.field, wrong.value.suggestion) == (field, near)


def test_with_real_weights_a_third_less_is_run_at_35_db() -> None:
    """Storybook's weights: the only real ones that are at hand."""
    own = model.load("storybook", device="cpu", threads=1)
    size = {"width": 320, "height": 192, "frames": 9, "seed": 7, "steps": 24, "guidance": 1.0}

    def clip(threshold: float) -> tuple[np.ndarray, Forwards]:
        asked = own.request("a red fox walks through a snowy forest at dusk", block_cache=threshold, **size)
        generation = own.generate(asked)
        return np.concatenate(list(generation)), generation.forwards

    (full, all_of_them), (near, fewer) = clip(0.0), clip(0.1)
    assert all_of_them.ran == all_of_them.asked and fewer.ran <= fewer.asked * 2 / 3
    assert psnr(near, full) > 35


def test_one_clip_under_several_texts_equals_a_batch_of_it() -> None:
    for config in (PRESETS["tiny"], CONTROLLED):
        made, given = dit(config), inputs(config)
        one = {name: value if name == "text" else value[:1] for name, value in given.items()}
        both = {name: value if name == "text" else torch.cat([value[:1]] * 2) for name, value in given.items()}
        with torch.inference_mode():
            assert difference(made(**one), made(**both)) < 1e-6


def test_a_feed_forward_in_parts_equals_one_in_one_piece() -> None:
    feed = DiT(PRESETS["tiny"]).blocks[0].ffn
    x = torch.randn(2, 700, PRESETS["tiny"].dim)
    whole = feed(x)
    with torch.inference_mode():
        assert difference(feed(x), whole.detach()) < 1e-6
