"""The parts of the Wan transformer, named like the original so that its keys need no translation.

- Queries and keys are RMS-normalised over the full width, before the split into heads.
- Norms, modulation and gated residuals are computed in float32 whatever the weights' type.
- A timestep modulates *groups* of tokens: the whole clip, one latent frame, or one token. Its rows are computed once
  for each distinct timestep and spread by an index, which is exact and costs next to nothing.

Axes: B batch, N tokens, L text tokens, D width, G groups of equal timestep, U distinct timesteps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self, cast

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from model.products import Linear, product, quick
from model.rope import rotate

KeyValue = tuple[Tensor, Tensor]

SHORT, LONG = 1 << 16, 1 << 22  # how many pairs of tokens are attended to a head at a time
# Tokens of which the feed-forward has the hidden state at a time: where the product activates it itself, and where it
# should stay near the processor for that.
AT_ONCE, NEAR = 2048, 512


@dataclass(frozen=True, slots=True)
class Timing:
    """What the timesteps say to every block and to the head.

    embedding (U, D) and rows (U, 6, D), float32; index (B, G) which row each group of N / G successive tokens takes.
    """

    embedding: Tensor
    rows: Tensor
    index: Tensor

    def spread(self, modulation: Tensor) -> tuple[Tensor, ...]:
        """Split modulation (U, k, D) into its k parts, each (B, G, 1, D) and ready to broadcast over tokens."""
        parts = modulation.shape[1]
        spread = F.embedding(self.index, modulation.flatten(1))  # (B, G, k * D)
        return tuple(rearrange(spread, "b g (k d) -> k b g 1 d", k=parts).unbind())


class RMSNorm(nn.Module):
    """Root-mean-square norm over the last axis, in float32, with a learnt weight (D,)."""

    def __init__(self, dim: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """Normalise x (..., D)."""
        return F.rms_norm(x.float(), x.shape[-1:], self.weight.float(), self.eps).to(x.dtype)


class LayerNorm(nn.Module):
    """Layer norm over the last axis, computed and returned in float32 (what follows goes on in float32)."""

    def __init__(self, dim: int, eps: float, *, affine: bool) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim)) if affine else None
        self.bias = nn.Parameter(torch.zeros(dim)) if affine else None

    def forward(self, x: Tensor) -> Tensor:
        """Normalise x (..., D)."""
        if self.weight is None or self.bias is None:
            return F.layer_norm(x.float(), x.shape[-1:], eps=self.eps)
        return F.layer_norm(x.float(), x.shape[-1:], self.weight.float(), self.bias.float(), self.eps)


def modulate(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """x * (1 + scale) + shift in one pass; x (B, N, D), shift and scale (B, G, 1, D)."""
    groups = rearrange(x, "b (g n) d -> b g n d", g=shift.shape[1])
    return torch.addcmul(shift, groups, 1 + scale).flatten(1, 2)


def add_gated(x: Tensor, update: Tensor, gate: Tensor) -> Tensor:
    """x + update * gate in float32, cast back; x and update (B, N, D), gate (B, G, 1, D)."""
    pattern, groups = "b (g n) d -> b g n d", gate.shape[1]
    total = torch.addcmul(rearrange(x.float(), pattern, g=groups), rearrange(update.float(), pattern, g=groups), gate)
    return total.flatten(1, 2).to(x.dtype)


def _by_head(q: Tensor, k: Tensor) -> bool:
    """Whether a processor is quicker when it writes out what every token thinks of every other."""
    small = SHORT <= q.shape[2] * k.shape[2] <= LONG
    return small and q.dtype == torch.bfloat16 and q.device.type == "cpu" and not torch.is_grad_enabled()


def _attend_by_head(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention of q (B, heads, N, d) over k and v (B, heads, M, d), a head at a time: the fused kernel is slow in
    bfloat16 on a processor, and the scores of one head stay in its cache."""
    scaled, out = q * q.shape[-1] ** -0.5, torch.empty_like(q)
    for clip, shown in enumerate(scaled):
        for head, asked in enumerate(shown):
            out[clip, head] = torch.softmax(asked @ k[clip, head].T, -1) @ v[clip, head]
    return out


class Attention(nn.Module):
    """The projections that self-attention and cross-attention share."""

    def __init__(self, dim: int, heads: int, eps: float) -> None:
        super().__init__()
        self.heads = heads
        self.q = Linear(dim, dim)
        self.k = Linear(dim, dim)
        self.v = Linear(dim, dim)
        self.o = Linear(dim, dim)
        self.norm_q = RMSNorm(dim, eps)
        self.norm_k = RMSNorm(dim, eps)

    def split(self, x: Tensor) -> Tensor:
        """(B, N, D) -> (B, N, heads, head_dim), a view."""
        return rearrange(x, "b n (k d) -> b n k d", k=self.heads)

    def attend(self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None = None) -> Tensor:
        """Attention of q (B, N, heads, d) over k and v (B, M, heads, d); bias broadcasts to (B, heads, N, M)."""
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        if bias is None and _by_head(q, k):
            mixed = _attend_by_head(q, k, v)
        else:
            mixed = F.scaled_dot_product_attention(q, k, v, bias)
        out: Tensor = self.o(mixed.transpose(1, 2).flatten(2))
        return out


class SelfAttention(Attention):
    """Every token of the clip looks at every other."""

    def __init__(self, dim: int, heads: int, eps: float) -> None:
        super().__init__(dim, heads, eps)
        self._fused: tuple[Tensor, Tensor] | None = None

    def fuse(self) -> None:
        """Lay the three projections side by side, so that one product serves all; they become views of it."""
        parts = (self.q, self.k, self.v)
        weight, bias = torch.cat([p.weight.data for p in parts]), torch.cat([p.bias.data for p in parts])
        for part, rows, row in zip(parts, weight.chunk(3), bias.chunk(3), strict=True):
            part.weight.data, part.bias.data = rows, row
        self._fused = weight, bias

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        self._fused = None  # the views part when the module moves
        return super()._apply(fn, recurse)  # type: ignore[no-untyped-call]  # torch leaves it untyped

    def forward(self, x: Tensor, turns: Tensor) -> Tensor:
        """x (B, N, D), turns (N, head_dim / 2) complex or (N, head_dim / 2, 2)."""
        if self._fused is None:
            q, k, v = self.q(x), self.k(x), self.v(x)
        else:
            q, k, v = product(x, *self._fused).chunk(3, dim=-1)
        q, k = (rotate(self.split(norm(part)), turns) for norm, part in ((self.norm_q, q), (self.norm_k, k)))
        return self.attend(q, k, self.split(v))


class CrossAttention(Attention):
    """Every token of the clip looks at the text."""

    def read(self, text: Tensor) -> KeyValue:
        """Keys and values of the text states (B, L, D); they do not change from step to step."""
        return self.split(self.norm_k(self.k(text))), self.split(self.v(text))

    def forward(self, x: Tensor, text: KeyValue, bias: Tensor | None) -> Tensor:
        """x (B or 1, N, D); bias (B, 1, 1, L) or None."""
        asked = self.split(self.norm_q(self.q(x)))
        return self.attend(asked.expand(len(text[0]), -1, -1, -1), *text, bias)


class FeedForward(nn.Sequential):
    """Two linears with an activation between them. On a processor a few tokens at a time: the hidden state, four times
    as wide, is then activated where it lies, instead of going through the memory three times."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__(Linear(dim, hidden), nn.GELU("tanh"), Linear(hidden, dim))

    def forward(self, x: Tensor) -> Tensor:
        """x (B, N, D) to the same shape."""
        learns = torch.is_grad_enabled() or torch.compiler.is_compiling()
        if x.device.type != "cpu" or learns or torch.is_autocast_enabled("cpu"):
            whole: Tensor = super().forward(x)  # type: ignore[no-untyped-call]  # torch leaves it untyped
            return whole
        wide, _, narrow = cast("tuple[Linear, nn.GELU, Linear]", tuple(self))
        rows, by_name = x.flatten(0, 1), quick(x, wide.weight)
        out = torch.empty_like(rows)
        many = AT_ONCE if by_name else NEAR
        for some, made in zip(rows.split(many), out.split(many), strict=True):
            if by_name:
                made.copy_(narrow(product(some, wide.weight, wide.bias, gelu=True)))
                continue
            hidden = torch.ops.aten.gelu_(F.linear(some, wide.weight, wide.bias), approximate="tanh")
            torch.addmm(narrow.bias, hidden, narrow.weight.T, out=made)
        return out.view_as(x)


class Block(nn.Module):
    """Self-attention, cross-attention, feed-forward; the first and the last are modulated by the timestep."""

    def __init__(self, dim: int, heads: int, ffn_dim: int, eps: float) -> None:
        super().__init__()
        self.norm1 = LayerNorm(dim, eps, affine=False)
        self.self_attn = SelfAttention(dim, heads, eps)
        self.norm3 = LayerNorm(dim, eps, affine=True)
        self.cross_attn = CrossAttention(dim, heads, eps)
        self.norm2 = LayerNorm(dim, eps, affine=False)
        self.ffn = FeedForward(dim, ffn_dim)
        self.modulation = nn.Parameter(torch.zeros(1, 6, dim))

    def forward(self, x: Tensor, timing: Timing, turns: Tensor, text: KeyValue, bias: Tensor | None) -> Tensor:
        """x (B, N, D) to the same shape; text holds this block's keys and values. One clip (1, N, D) may be seen under
        several texts: what comes before them is then computed once."""
        shift, scale, gate, shift_ff, scale_ff, gate_ff = timing.spread(self.modulation.float() + timing.rows)
        y = self.self_attn(modulate(self.norm1(x), shift, scale).to(x.dtype), turns)
        x = add_gated(x, y, gate)
        x = x + self.cross_attn(self.norm3(x).to(x.dtype), text, bias)
        y = self.ffn(modulate(self.norm2(x), shift_ff, scale_ff).to(x.dtype))
        return add_gated(x, y, gate_ff)


class ControlBlock(Block):
    """A block of the VACE branch: it reads the control's tokens and says what is to be added to the clip's."""

    def __init__(self, dim: int, heads: int, ffn_dim: int, eps: float, *, first: bool) -> None:
        super().__init__(dim, heads, ffn_dim, eps)
        self.before_proj = Linear(dim, dim) if first else None
        self.after_proj = Linear(dim, dim)

    def begin(self, control: Tensor, x: Tensor) -> Tensor:
        """The branch's tokens (B, N, D) before its first block: the control's, and those of the clip x."""
        assert self.before_proj is not None
        out: Tensor = self.before_proj(control) + x
        return out


class Head(nn.Module):
    """The last norm and projection, from tokens to patches of velocity."""

    def __init__(self, dim: int, out: int, eps: float) -> None:
        super().__init__()
        self.norm = LayerNorm(dim, eps, affine=False)
        self.head = Linear(dim, out)
        self.modulation = nn.Parameter(torch.zeros(1, 2, dim))

    def forward(self, x: Tensor, timing: Timing) -> Tensor:
        """x (B, N, D) to (B, N, patch volume * channels)."""
        shift, scale = timing.spread(self.modulation.float() + timing.embedding[:, None])
        out: Tensor = self.head(modulate(self.norm(x), shift, scale).to(x.dtype))
        return out
