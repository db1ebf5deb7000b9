"""The parts of the Wan video autoencoders, named like the original checkpoints so that their keys need no translation.

Everything here is causal in time and can be handed a stream piece by piece: what a module needs of the frames before
lies in a `Past`, a dictionary that belongs to the stream and not to the module. Any division into pieces gives the same
numbers, which is why a decoder may work on one frame at a time where frames are large.

Tensors are (B, C, T, H, W) in channels-last memory: norms then read neighbours, and convolutions need no reordering.
A convolution's input is written straight into a buffer that already holds the frames before: nothing is concatenated.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

LAST = torch.channels_last_3d
Past = dict[nn.Module, Tensor]
SHIFT = 2  # frames that a causal convolution of width three looks back


class RMSNorm(nn.Module):
    """Norm over channels with a learnt gain, as the original writes it: x / |x| * sqrt(C) * gamma."""

    def __init__(self, dim: int, axes: int = 3) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(dim, *(1,) * axes))

    def forward(self, x: Tensor, out: Tensor | None = None) -> Tensor:
        """Normalise x (B, C, T, H, W), into `out` where it is given."""
        norm = torch.linalg.vector_norm(x, dim=1, keepdim=True, dtype=torch.float32)
        gain = norm.clamp_min_(1e-12).reciprocal_().mul_(math.sqrt(x.shape[1]))
        scaled = torch.mul(x, gain, out=torch.empty_like(x) if out is None else out)
        return scaled.mul_(self.gamma.view(-1, 1, 1, 1))


class CausalConv(nn.Conv3d):
    """A convolution that sees no frame to come; before a stream there are zeros."""

    def room(self, x: Tensor, past: Past) -> tuple[Tensor, Tensor]:
        """A buffer for the input of `run` with what came before in front, and the part that x's place is in."""
        before, frames = past.get(self), x.shape[2]
        known = 0 if before is None else before.shape[2]
        # A single frame needs no zeros in front: the taps that would meet them are left out instead.
        front = 0 if self.kernel_size[0] == 1 else known if frames == 1 else SHIFT
        shape = (x.shape[0], x.shape[1], front + frames, *x.shape[3:])
        buffer = torch.empty(shape, dtype=x.dtype, device=x.device, memory_format=LAST)
        if front > known:
            buffer[:, :, : front - known].zero_()
        if before is not None and front:
            buffer[:, :, front - known : front] = before
        return buffer, buffer[:, :, front:]

    def run(self, buffer: Tensor, frames: int, past: Past) -> Tensor:
        """Convolve a filled buffer that ends with `frames` new frames, and remember its end."""
        if self.kernel_size[0] == 1:
            return convolved(buffer, self.weight, self.bias)
        past[self] = buffer[:, :, -SHIFT:].clone(memory_format=LAST)
        taps = buffer.shape[2] - frames + 1
        return convolved(buffer, self.weight[:, :, -taps:], self.bias)

    def forward(self, x: Tensor, past: Past) -> Tensor:  # type: ignore[override]  # a stream has a past
        """x (B, C, T, H, W) to (B, C', T, H, W)."""
        if self.kernel_size[0] == 1:
            return self.run(x, x.shape[2], past)
        buffer, place = self.room(x, past)
        place.copy_(x)
        return self.run(buffer, x.shape[2], past)


def convolved(x: Tensor, weight: Tensor, bias: Tensor | None, stride: tuple[int, int, int] = (1, 1, 1)) -> Tensor:
    """Convolve x (B, C, T, H, W) with sides padded and time not.

    On a CPU torch takes a slow way for small inputs (few frames, few rows), by a rule of thumb of its own; oneDNN is
    quicker for them too, so it is asked for by name.
    """
    padding = [0, weight.shape[3] // 2, weight.shape[4] // 2]
    if x.device.type == "cpu" and x.dtype == torch.float32 and torch.backends.mkldnn.is_available():
        return cast(Tensor, torch.ops.aten.mkldnn_convolution(x, weight, bias, padding, stride, [1, 1, 1], 1))
    return F.conv3d(x, weight, bias, stride, padding)


def activated(norm: nn.Module, conv: nn.Module, x: Tensor, past: Past) -> Tensor:
    """conv(silu(norm(x))) with its steps written into the convolution's buffer."""
    assert isinstance(norm, RMSNorm) and isinstance(conv, CausalConv)
    buffer, place = conv.room(x, past)
    F.silu(norm(x, out=place), inplace=True)
    return conv.run(buffer, x.shape[2], past)


class Residual(nn.Module):
    """Two activated convolutions beside a shortcut."""

    def __init__(self, dim: int, out: int) -> None:
        super().__init__()
        self.residual = nn.Sequential(
            RMSNorm(dim),
            nn.SiLU(),
            CausalConv(dim, out, 3),
            RMSNorm(out),
            nn.SiLU(),
            nn.Identity(),
            CausalConv(out, out, 3),
        )
        self.shortcut = CausalConv(dim, out, 1) if dim != out else nn.Identity()

    def forward(self, x: Tensor, past: Past) -> Tensor:
        """(B, dim, T, H, W) to (B, out, T, H, W)."""
        norm1, _, conv1, norm2, _, _, conv2 = self.residual
        y = activated(norm1, conv1, x, past)
        y = activated(norm2, conv2, y, past)
        return y.add_(self.shortcut(x, past) if isinstance(self.shortcut, CausalConv) else x)


class FrameAttention(nn.Module):
    """Every place of a frame looks at all places of the same frame, with one head."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.norm = RMSNorm(dim, axes=2)
        self.to_qkv = nn.Conv2d(dim, 3 * dim, 1)
        self.proj = nn.Conv2d(dim, dim, 1)

    def forward(self, x: Tensor, past: Past) -> Tensor:
        """(B, C, T, H, W) to the same shape."""
        rows = rearrange(self.norm(x), "b c t h w -> (b t) (h w) c")
        q, k, v = F.linear(rows, self.to_qkv.weight.flatten(1), self.to_qkv.bias).chunk(3, dim=-1)
        mixed = F.scaled_dot_product_attention(q[:, None], k[:, None], v[:, None])[:, 0]
        out = F.linear(mixed, self.proj.weight.flatten(1), self.proj.bias)
        return x + rearrange(out, "(b t) (h w) c -> b c t h w", t=x.shape[2], h=x.shape[3])


class Resample(nn.Module):
    """Half or double the sides, and where `time` is set the number of frames after the first."""

    def __init__(self, dim: int, out: int, *, up: bool, time: bool) -> None:
        super().__init__()
        self.up = up
        spatial = nn.Conv2d(dim, out, 3, padding=1) if up else nn.Conv2d(dim, out, 3, stride=2)
        self.resample = nn.Sequential(nn.Identity(), spatial)
        self._folded: Tensor | None = None
        self.time_conv = None
        if time:
            self.time_conv = CausalConv(dim, 2 * dim, (3, 1, 1)) if up else CausalConv(dim, dim, (3, 1, 1), (2, 1, 1))

    def forward(self, x: Tensor, past: Past) -> Tensor:
        """(B, dim, T, H, W) to (B, out, T', H', W')."""
        if self.up:
            return self._frames(x if self.time_conv is None else self._double(x, self.time_conv, past), self._enlarge)
        small = self._frames(x, self._shrink)
        return small if self.time_conv is None else self._halve(small, self.time_conv, past)

    def _frames(self, x: Tensor, change: Callable[[Tensor], Tensor]) -> Tensor:
        """Apply a change of pictures to every frame; frames are a view, not a copy."""
        pictures = rearrange(x, "b c t h w -> (b t) c h w")
        return rearrange(change(pictures), "(b t) c h w -> b c t h w", t=x.shape[2])

    def _enlarge(self, x: Tensor) -> Tensor:
        conv = cast(nn.Conv2d, self.resample[1])
        if x.device.type == "cpu" and x.dtype == torch.float32 and not torch.is_grad_enabled():
            # Four of nine products meet the same pixel twice: as a transposed convolution half of the work is left.
            if self._folded is None:
                self._folded = folded(conv.weight)
            return F.conv_transpose2d(x, self._folded, conv.bias, stride=2, padding=1)
        return F.conv2d(F.interpolate(x, scale_factor=2.0, mode="nearest-exact"), conv.weight, conv.bias, padding=1)

    def _shrink(self, x: Tensor) -> Tensor:
        conv = cast(nn.Conv2d, self.resample[1])
        return F.conv2d(F.pad(x, (0, 1, 0, 1)), conv.weight, conv.bias, stride=2)

    def _double(self, x: Tensor, conv: CausalConv, past: Past) -> Tensor:
        """Two frames for each but the stream's first, which the later ones do not see either."""
        first = self not in past
        if first:
            past[self] = x.new_empty(0)
            if x.shape[2] == 1:
                return x
        wide = conv(x[:, :, 1:] if first else x, past)
        start, channels = int(first), x.shape[1]
        shape = (x.shape[0], channels, start + 2 * wide.shape[2], *x.shape[3:])
        out = torch.empty(shape, dtype=x.dtype, device=x.device, memory_format=LAST)
        if first:
            out[:, :, :1] = x[:, :, :1]
        out[:, :, start::2], out[:, :, start + 1 :: 2] = wide[:, :channels], wide[:, channels:]
        return out

    def _halve(self, x: Tensor, conv: CausalConv, past: Past) -> Tensor:
        """One frame for two; the stream's first stays by itself and is seen by those after it."""
        before = past.get(self)
        past[self] = x[:, :, -1:].clone(memory_format=LAST)
        seen = x if before is None else torch.cat([before, x], dim=2)
        if seen.shape[2] < 3:
            return seen
        halved = convolved(seen.contiguous(memory_format=LAST), conv.weight, conv.bias, (2, 1, 1))
        return halved if before is not None else torch.cat([x[:, :, :1], halved], dim=2)


def folded(weight: Tensor) -> Tensor:
    """The transposed convolution (in, out, 4, 4) that equals doubling the sides and then `weight` (out, in, 3, 3)."""

    def fold(taps: Tensor) -> Tensor:
        first, middle, last = taps.unbind(-1)
        return torch.stack([last, middle + last, first + middle, first], dim=-1)

    both = fold(fold(weight).transpose(2, 3)).transpose(2, 3)
    return both.transpose(0, 1).contiguous(memory_format=torch.channels_last)


class Averages(nn.Module):
    """The shortcut of a shrinking stage: means over what is folded into a place, and over channels."""

    def __init__(self, dim: int, out: int, time: int, side: int) -> None:
        super().__init__()
        self.out, self.time, self.side = out, time, side
        self.group = dim * time * side * side // out

    def forward(self, x: Tensor, past: Past) -> Tensor:
        """(B, dim, T, H, W) to (B, out, T', H / side, W / side); an odd first frame is averaged with zeros."""
        if self.time > 1 and self not in past:
            past[self] = x.new_empty(0)
            x = F.pad(x, (0, 0, 0, 0, -x.shape[2] % self.time, 0))
        area = self.side * self.side
        if self.group % area == 0:
            x = F.avg_pool3d(x, (1, self.side, self.side)) if self.side > 1 else x
            pattern = "b c (t n) h w -> b (c n) t h w"
            return self._grouped(rearrange(x, pattern, n=self.time), self.group // area)
        pattern = "b c (t n) (h p) (w q) -> b (c n p q) t h w"
        return self._grouped(rearrange(x, pattern, n=self.time, p=self.side, q=self.side), self.group)

    def _grouped(self, x: Tensor, group: int) -> Tensor:
        return x if group == 1 else x.unflatten(1, (self.out, group)).mean(2)


class Copies(nn.Module):
    """The shortcut of a growing stage: channels are dealt out over time and place, repeated to make up the number."""

    def __init__(self, dim: int, out: int, time: int, side: int) -> None:
        super().__init__()
        self.time, self.side = time, side
        repeats = out * time * side * side // dim
        # How many different values there are along time, rows and columns: repeats fill the innermost axes first.
        self.spread: list[int] = []
        for axis in (side, side, time):
            alike = min(axis, repeats)
            self.spread.insert(0, axis // alike)
            repeats //= alike

    def add_to(self, y: Tensor, x: Tensor, past: Past) -> Tensor:
        """Add the shortcut of x (B, dim, T, H, W) to y (B, out, T', H', W') in place."""
        skip = 0
        if self not in past:
            past[self] = x.new_empty(0)
            skip = self.time - 1  # the first frame is one, not `time`
        n, p, q = self.spread
        dealt = rearrange(x, "b (c n p q) t h w -> b c t n h p w q", n=n, p=p, q=q)
        if not skip:
            y.unflatten(2, (-1, self.time)).unflatten(4, (-1, self.side)).unflatten(6, (-1, self.side)).add_(dealt)
            return y
        shape = (*dealt.shape[:3], self.time, dealt.shape[4], self.side, dealt.shape[6], self.side)
        whole = rearrange(dealt.expand(shape), "b c t n h p w q -> b c (t n) (h p) (w q)")
        return y.add_(whole[:, :, skip:])
