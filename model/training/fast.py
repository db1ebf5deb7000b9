"""The transformer's forward as training on a CPU wants it: the same numbers, other kernels.

Differences from `DiT.forward`: matrices are multiplied in bfloat16 (tens of times as fast where the processor has tile
instructions for it), attention is written out (its fused kernel is slow backwards), rotations are real, and no shape
depends on the data, so that `torch.compile` makes one kernel of what stands between two products. `tests` hold the two
equal.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor

from model import rope
from model.dit import DiT, sinusoid
from model.layers import Attention, Block, LayerNorm, RMSNorm


class FastForward:
    """Calls `dit` in another way: `fast(x, t, text, mask)`, x (B, C, T, H, W), t (B, T), text (B, L, D), mask (B, L).

    precise: multiply in the weights' own type, for tests; compiled: with torch.compile, whose first call of a shape
    takes a minute.
    """

    def __init__(self, dit: DiT, *, precise: bool = False, compiled: bool = True) -> None:
        self.dit = dit
        self.dtype = torch.float32 if precise else torch.bfloat16
        self._tables: dict[tuple[int, int, int, tuple[float, ...]], tuple[Tensor, Tensor]] = {}
        self._block: Callable[..., Tensor] = torch.compile(_block, dynamic=False) if compiled else _block

    def __call__(
        self, x: Tensor, t: Tensor, text: Tensor, mask: Tensor, positions: tuple[float, ...] | None = None
    ) -> Tensor:
        """What `dit` says: (B, C_out, T, H, W) float32."""
        dit, kind = self.dit, self.dtype
        frames, rows, columns = dit._grid(x)
        steps = sinusoid(t.flatten(), dit.config.freq_dim)
        embedding = _mlp(dit.time_embedding, steps)
        timing = _mlp(dit.time_projection, embedding).unflatten(1, (6, -1))  # (B T, 6, D)
        cos, sin = self._turns((frames, rows, columns), positions)
        states = _mlp(dit.text_embedding, text.to(kind))
        bias = torch.zeros(mask.shape).masked_fill(~mask, -1e4)[:, None, None].to(kind)
        tokens = dit._patchify(x)
        for block in dit.blocks:
            tokens = self._block(block, tokens, timing, cos, sin, states, bias, frames)
        head = dit.head
        shift, scale = (p[:, None] for p in (head.modulation + embedding[:, None]).unbind(1))
        grouped = F.layer_norm(tokens.unflatten(1, (frames, -1)).flatten(0, 1), tokens.shape[-1:], eps=head.norm.eps)
        out = _linear((grouped * (1 + scale) + shift).to(kind), head.head).float()
        return dit._unpatchify(out.unflatten(0, (-1, frames)).flatten(1, 2), (frames, rows, columns))

    def _turns(self, grid: tuple[int, int, int], positions: tuple[float, ...] | None) -> tuple[Tensor, Tensor]:
        key = (*grid, positions or ())
        if key not in self._tables:
            times = None if positions is None else torch.tensor(positions, dtype=torch.float64)
            turns = rope.table(grid, self.dit.config.head_dim, times)
            cos, sin = (part[:, None].to(self.dtype).contiguous() for part in (turns.real, turns.imag))
            self._tables[key] = cos, sin
        return self._tables[key]


def _linear(x: Tensor, layer: torch.nn.Module) -> Tensor:
    made = cast(torch.nn.Linear, layer)
    return F.linear(x, made.weight.to(x.dtype), made.bias.to(x.dtype))


def _mlp(layers: torch.nn.Module, x: Tensor) -> Tensor:
    for layer in cast(torch.nn.Sequential, layers):
        x = _linear(x, layer) if isinstance(layer, torch.nn.Linear) else layer(x)
    return x


def _rms(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    wide = x.float()
    return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + eps) * weight).to(x.dtype)


def _apart(layer: Attention, weight: Tensor) -> Tensor:
    """Rows of a query or key weight (D, ...), those of a head in the order 0, 2, 4, ... 1, 3, 5, ...

    Queries and keys in one changed order have the products that they had, and pairs that turn together then lie in two
    halves, which a processor turns many at a time.
    """
    return weight.unflatten(0, (layer.heads, -1, 2)).transpose(1, 2).flatten(0, 2)


def _turned(layer: Attention, x: Tensor, made: torch.nn.Linear, norm: RMSNorm, cos: Tensor, sin: Tensor) -> Tensor:
    """Queries or keys of x (B, N, D), normalised and turned: (B, N, heads, d) with the order of `_apart`."""
    out = F.linear(x, _apart(layer, made.weight).to(x.dtype), _apart(layer, made.bias).to(x.dtype))
    first, second = layer.split(_rms(out, _apart(layer, norm.weight), norm.eps)).chunk(2, -1)
    return torch.cat([first * cos - second * sin, first * sin + second * cos], -1)


def _attend(layer: Attention, q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None) -> Tensor:
    q, k, v = (part.transpose(1, 2) for part in (q, k, v))
    scores = (q * (1 / math.sqrt(q.shape[-1]))) @ k.transpose(-1, -2)
    if bias is not None:
        scores = scores + bias
    mixed = torch.softmax(scores.float(), -1).to(v.dtype) @ v
    return _linear(mixed.transpose(1, 2).flatten(2), layer.o)


def _norm(x: Tensor, norm: LayerNorm) -> Tensor:
    return F.layer_norm(x, x.shape[-1:], norm.weight, norm.bias, norm.eps)


def _block(
    block: Block, x: Tensor, timing: Tensor, cos: Tensor, sin: Tensor, text: Tensor, bias: Tensor, frames: int
) -> Tensor:
    """One block on x (B, N, D) float32; timing (B T, 6, D); text (B, L, D) states."""
    kind = text.dtype
    parts = (block.modulation + timing).unflatten(0, (-1, frames))[:, :, :, None]  # (B, T, 6, 1, D)
    shift, scale, gate, shift_ff, scale_ff, gate_ff = parts.unbind(2)
    attention, cross = block.self_attn, block.cross_attn

    def modulated(norm: LayerNorm, scale: Tensor, shift: Tensor) -> Tensor:
        return (_norm(x, norm).unflatten(1, (frames, -1)) * (1 + scale) + shift).flatten(1, 2).to(kind)

    def gated(update: Tensor, gate: Tensor) -> Tensor:
        return x + (update.float().unflatten(1, (frames, -1)) * gate).flatten(1, 2)

    y = modulated(block.norm1, scale, shift)
    q = _turned(attention, y, attention.q, attention.norm_q, cos, sin)
    k = _turned(attention, y, attention.k, attention.norm_k, cos, sin)
    x = gated(_attend(attention, q, k, attention.split(_linear(y, attention.v)), None), gate)
    y = _norm(x, block.norm3).to(kind)
    q = cross.split(_rms(_linear(y, cross.q), cross.norm_q.weight, cross.norm_q.eps))
    k = cross.split(_rms(_linear(text, cross.k), cross.norm_k.weight, cross.norm_k.eps))
    x = x + _attend(cross, q, k, cross.split(_linear(text, cross.v)), bias).float()
    y = modulated(block.norm2, scale_ff, shift_ff)
    hidden = F.gelu(_linear(y, block.ffn[0]), approximate="tanh")
    return gated(_linear(hidden, block.ffn[2]), gate_ff)
