"""What plans count is what the real geometry holds: every tensor of a forward and of a decode, on the meta device."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from model import plans, published, vae
from model.config import PRESETS
from model.dit import DiT, TextCache
from model.vae import WAN_2_1, WAN_2_2, WanVAE, WanVAEConfig

GB = 10**9
BIG, SMALL = (published.model(name).entry({}) for name in ("wan2.2-ti2v-5b", "wan2.1-t2v-1.3b"))
CLIP, CLIP_480P = (1280, 704, 121), (832, 480, 81)


class Peak(TorchDispatchMode):
    """The most bytes that are alive at once, beside what was there before."""

    def __init__(self, there: Iterable[Tensor]) -> None:
        super().__init__()
        self._there = [value.untyped_storage() for value in there]
        self._alive = {storage._cdata: 0 for storage in self._there}
        self.now = self.most = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = function(*args, **(kwargs or {}))
        for value in tree_leaves(made):
            if isinstance(value, Tensor) and value.is_meta:
                storage = value.untyped_storage()
                if storage._cdata not in self._alive:
                    self._alive[storage._cdata] = storage.nbytes()
                    self.now += storage.nbytes()
                    self.most = max(self.most, self.now)
                    weakref.finalize(storage, self._gone, storage._cdata)
        return made

    def _gone(self, key: int) -> None:
        self.now -= self._alive.pop(key, 0)


@contextmanager
def as_on_a_card(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Attention that never writes out its scores, and no autocast, which the meta device has not."""
    attention = lambda q, k, v, bias=None: torch.empty_like(q)  # noqa: E731
    with monkeypatch.context() as patch, torch.no_grad():
        patch.setattr(F, "scaled_dot_product_attention", attention)
        patch.setattr(torch, "autocast", lambda *_, **__: nullcontext())
        yield


@pytest.mark.parametrize("prompts", [1, 2])
@pytest.mark.parametrize(("name", "latents", "clip"), [
    ("wan2.2-ti2v-5b", (31, 44, 80), CLIP), ("wan2.1-t2v-1.3b", (21, 60, 104), CLIP_480P),
])  # fmt: skip
def test_a_forward_holds_what_is_counted(
    monkeypatch: pytest.MonkeyPatch, name: str, latents: tuple[int, int, int], clip: tuple[int, int, int], prompts: int
) -> None:
    config = PRESETS[name]
    with torch.device("meta"):
        dit = DiT(config).to(torch.bfloat16).requires_grad_(False)
        x, t = torch.empty(1, config.in_channels, *latents), torch.empty(1)
        text = torch.empty(prompts, 512, config.text_dim, dtype=torch.bfloat16)
    with as_on_a_card(monkeypatch):
        cache = TextCache()
        dit(x, t, text, cache=cache)
        kept = [value for pair in cache.blocks for value in pair]
        turns = dit._turns
        assert turns is not None
        with Peak([*dit.parameters(), x, t, text, *kept, turns[1]]) as peak:
            dit(x, t, text, cache=cache)
    counted = plans._sampling(published.model(name).entry({}), config, *clip, prompts)
    assert 0.95 * counted < peak.most < 1.01 * counted
    assert sum(value.nbytes for value in kept) == prompts * 2 * config.layers * plans._TEXT_ROWS * config.dim * 2


class Waiting:
    """A tensor in the host's memory, as far as the device knows."""

    def __init__(self, value: Tensor) -> None:
        self.shape, self.dtype, self.nbytes = value.shape, value.dtype, value.nbytes


@pytest.mark.parametrize("strips", [1, 4])
@pytest.mark.parametrize(("config", "latents", "clip"), [
    (WAN_2_2, (48, 44, 80), CLIP), (WAN_2_1, (16, 60, 104), CLIP_480P),
], ids=["2.2", "2.1"])  # fmt: skip
def test_a_decode_holds_what_is_counted(
    monkeypatch: pytest.MonkeyPatch, config: WanVAEConfig, latents: tuple[int, int, int], clip: tuple[int, int, int],
    strips: int,
) -> None:
    with torch.device("meta"):
        made = WanVAE(config).requires_grad_(False)
    made.latents_mean, made.latents_std = made.latents_mean.to("meta"), made.latents_std.to("meta")
    made.decoder.to(torch.bfloat16), made.conv2.to(torch.bfloat16)
    monkeypatch.setattr(vae, "away", Waiting)
    monkeypatch.setattr(
        vae, "back", lambda one, device: torch.empty(one.shape, dtype=one.dtype, device=device)
        if isinstance(one, Waiting) else one,
    )  # fmt: skip
    decoder: Any = made.stream_decoder(strips=strips)
    push = type(decoder).push.__wrapped__  # without inference mode, in which nothing is watched
    with as_on_a_card(monkeypatch), Peak([*made.parameters(), *made.buffers()]) as peak:
        for count in (1, 2):  # the first latent is one frame, and every later one looks back
            push(decoder, torch.empty(1, latents[0], count, *latents[1:], device="meta"))
    family, pixels = "wan2.2" if config.residual else "wan2.1", clip[0] * clip[1]
    counted = plans._DECODED[family][strips > 1] * pixels * 2
    assert 0.8 * counted < peak.most <= 1.01 * counted
    waits = sum(one.nbytes for past in decoder._pasts for one in past.values() if isinstance(one, Waiting))
    assert waits <= plans._WAITING[family] * pixels * 2 and bool(waits) == (strips > 1)


def test_the_targets_follow_from_the_counts() -> None:
    def fits(entry: Any, clip: tuple[int, int, int], plan: str, card: int) -> bool:
        return plans.need(entry, plans.named(plan), *clip, guidance=5.0).fits(card * GB, 64 * GB)

    assert fits(BIG, CLIP, "split", 24), "5B, transformer and autoencoder resident in 24 GB"
    assert fits(BIG, CLIP, "streamed", 8), "5B, streamed in 8 GB"
    assert fits(SMALL, CLIP_480P, "streamed", 6), "1.3B in 6 GB"
    assert not fits(BIG, CLIP, "streamed", 6) and not fits(BIG, CLIP, "lean", 24), "and no more than that is said"
