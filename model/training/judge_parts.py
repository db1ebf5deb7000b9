"""Parts of the judge: its blocks, what counts, what finds cuts, and what tells one character from another."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Block(nn.Module):
    """Two 3x3 convolutions on a shortcut, each behind a group norm."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.GroupNorm(8, width) for _ in range(2))
        self.convolutions = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, h, w) to the same shape."""
        out = x
        for norm, convolution in zip(self.norms, self.convolutions, strict=True):
            out = convolution(F.silu(norm(out)))
        return x + out


def down(narrow: int, wide: int) -> nn.Conv2d:
    """A convolution that halves both sides."""
    return nn.Conv2d(narrow, wide, 3, stride=2, padding=1)


def pooled(x: Tensor) -> Tensor:
    """Mean and maximum over the picture, (N, 2C): the one for the whole, the other for what stands somewhere."""
    return torch.cat([x.mean((-2, -1)), x.amax((-2, -1))], -1)


class Count(nn.Module):
    """How many are seen: a density over the picture, whose sum is their number.

    Counting by density is that of Lempitsky and Zisserman ("Learning to count objects in images", 2010); here only the
    number's class is taught, and where somebody stands is found on the way.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.GroupNorm(8, channels), nn.Conv2d(channels, 64, 3, padding=1), nn.SiLU(),
            nn.Conv2d(64, 64, 3, padding=1), nn.SiLU(), nn.Conv2d(64, 1, 1),
        )  # fmt: skip
        self.steep = nn.Parameter(torch.tensor(4.0))
        last = self.layers[-1]
        assert isinstance(last, nn.Conv2d) and last.bias is not None
        nn.init.constant_(last.bias, -4.0)  # hardly anybody, at first

    def forward(self, seen: Tensor) -> Tensor:
        """What is seen in pictures, (B, K, channels, h, w), to how many stand there, (B,), a mean over K pictures."""
        return F.softplus(self.layers(seen.flatten(0, 1))).sum((-3, -2, -1)).view(seen.shape[:2]).mean(1)

    def chances(self, number: Tensor) -> Tensor:
        """A number of somebody (B,) as the log chances (B, 3) of one, two, and many."""
        steep = self.steep.clamp(1.0, 12.0)
        two, many = (steep * (number - edge) for edge in (1.5, 2.5))
        first, last = F.logsigmoid(-two), F.logsigmoid(two) + F.logsigmoid(many)
        return torch.stack([first, F.logsigmoid(two) + F.logsigmoid(-many), last], 1)


class Cuts(nn.Module):
    """Between which of the frames looked at the shot changes: every two neighbours are held against each other.

    Only the number of cuts is taught; it is that of independent steps, each a cut with its own chance, and so it is
    counted in clips of any length.
    """

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.AvgPool2d(2), down(9, 16), nn.SiLU(), down(16, 24), nn.SiLU(), down(24, 32), nn.SiLU()
        )
        self.says = nn.Linear(64, 1)
        nn.init.constant_(self.says.bias, -3.0)  # most steps are none

    def forward(self, frames: Tensor) -> Tensor:
        """Frames (B, K, 3, h, w) in 0..1 to the logit of a cut in each step, (B, K - 1)."""
        one, other = frames[:, :-1], frames[:, 1:]
        steps = torch.cat([one, other, (one - other).abs()], 2)
        return self.says(pooled(self.layers(steps.flatten(0, 1)))).view(len(frames), -1)


def number_of_cuts(steps: Tensor) -> Tensor:
    """Logits of a cut (B, S) to the log chances (B, 3) of none, one, and two or more."""
    none = F.logsigmoid(-steps).sum(1)
    one = none + steps.logsumexp(1)
    more = (1 - none.exp() - one.exp()).clamp(min=1e-6).log()
    return torch.stack([none, one, more], 1)


class Likeness(nn.Module):
    """A picture as a point on a sphere: near each other where the same character is seen, however it is lit.

    It goes by what the judge sees anyway, place by place (`maps`), so that little is to be learned: where to look, and
    what of it to compare. The mean over the picture goes along, as it says in which light it is.
    """

    def __init__(self, channels: int, heads: int = 4, dim: int = 32) -> None:
        super().__init__()
        self.where = nn.Conv2d(channels, heads, 1)
        self.what = nn.Sequential(nn.Conv2d(channels, 64, 1), nn.SiLU(), nn.Conv2d(64, 64, 1), nn.SiLU())
        self.says = nn.Sequential(nn.Linear((heads + 1) * 64, 96), nn.SiLU(), nn.Linear(96, dim))

    def forward(self, seen: Tensor) -> Tensor:
        """What is seen of pictures, (N, channels, h, w) as `maps` gives it, to unit vectors (N, dim)."""
        where, what = self.where(seen).flatten(2).softmax(-1), self.what(seen).flatten(2)
        looked_at = torch.einsum("nhp,ncp->nhc", where, what).flatten(1)
        return F.normalize(self.says(torch.cat([looked_at, what.mean(-1)], 1)), dim=-1)


class Who(nn.Module):
    """What is seen of somebody in sharp pictures, of twice the sides of what is looked at else: a taxi that is far away
    is a few pixels there. `sizes` are the layers' channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of the sharp sides."""

    def __init__(self, sizes: tuple[int, int, int, int, int]) -> None:
        super().__init__()
        a, b, c, d, e = sizes
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(2), nn.Conv2d(12, a, 3, padding=1), nn.SiLU(), down(a, b), Block(b), down(b, c),
            Block(c), down(c, d), Block(d), down(d, e), Block(e), nn.GroupNorm(8, e), nn.SiLU(),
        )  # fmt: skip

    def forward(self, pictures: Tensor) -> Tensor:
        """Pictures (N, 3, h, w) in 0..1, of sides that are multiples of 32, to (N, 2e)."""
        return pooled(self.layers(pictures * 2 - 1))


COLOURS = 24  # channels of a map that are colours, and how much they vary, in the four quarters of a place


def maps(pictures: Tensor, look: nn.Sequential, middle: int) -> Tensor:
    """Pictures (N, 3, h, w) in 0..1, of sides that are multiples of 32, to what is seen in each place of 16 x 16
    pixels: (N, COLOURS + c + d, h/16, w/16). look: the judge's, of half the size; middle: how many of its layers make
    the c channels at 1/8 of that; the whole makes d at 1/16."""
    x = pictures * 2 - 1
    mean = F.avg_pool2d(x, 8)
    spread = (F.avg_pool2d(x * x, 8) - mean * mean).clamp(min=1e-6).sqrt()
    small = F.avg_pool2d(x, 2)
    fine = look[:middle](small)
    coarse = F.interpolate(look[middle:](fine), scale_factor=2, mode="nearest")
    quarters = F.pixel_unshuffle(torch.cat([mean, 3 * spread], 1), 2)
    return torch.cat([quarters, F.group_norm(fine, 8), coarse], 1)
