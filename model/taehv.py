"""TAEHV, the tiny decoder for latents of the Wan family: previews while sampling, and a quick last decode.

Two-dimensional convolutions with a memory of one frame. It reads the same normalised latents as the full decoder and
has the same timing: the first latent is one frame, every later one four. Only its decoder is read from the files
(taew2_1, taew2_2: MIT, madebyollin/taehv); the topology follows taehv.py there, the code is this project's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model import headers, weights
from model.errors import ModelError, WeightsError

TRIM = 3  # frames that a stream's first latent gives too many


@dataclass(frozen=True, slots=True)
class TAEHVConfig:
    """Latent channels, and pixels a side that are folded into a channel at the end."""

    latent_channels: int
    patch: int

    @property
    def spatial(self) -> int:
        """Pixels a side that one latent stands for."""
        return 8 * self.patch


class Memory(nn.Module):
    """Three convolutions over a frame and the one before it, beside a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        conv = [nn.Conv2d(2 * width, width, 3, padding=1)] + [nn.Conv2d(width, width, 3, padding=1) for _ in range(2)]
        self.conv = nn.Sequential(conv[0], nn.ReLU(), conv[1], nn.ReLU(), conv[2])

    def forward(self, x: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor]:
        """Frames (T, C, H, W) and the last frame before them; returns frames and what is the past of those to come."""
        before = torch.cat([torch.zeros_like(x[:1]) if past is None else past, x[:-1]])
        return F.relu(self.conv(torch.cat([x, before], dim=1)) + x), x[-1:].clone()


class Grow(nn.Module):
    """`stride` frames for each."""

    def __init__(self, width: int, stride: int) -> None:
        super().__init__()
        self.width = width
        self.conv = nn.Conv2d(width, width * stride, 1, bias=False)

    def forward(self, x: Tensor, *, last: bool = False) -> Tensor:
        """(T, C, H, W) to (T * stride, C, H, W), or with `last` to the last frame of each (T, C, H, W)."""
        if last:
            return F.conv2d(x, self.conv.weight[-self.width :])
        out: Tensor = self.conv(x).reshape(-1, self.width, *x.shape[2:])
        return out


class Stream:
    """Decodes a stream of latents piece by piece, as `WanVAE.stream_decoder` does."""

    def __init__(self, of: TAEHV) -> None:
        self._of, self._begun = of, False
        self._past: dict[nn.Module, Tensor] = {}

    @torch.inference_mode()
    def push(self, latents: Tensor) -> Tensor:
        """Normalised latents (1, C, t, h, w) to frames (1, 3, n, H, W) in -1..1, float32."""
        if latents.shape[0] != 1 or latents.shape[1] != self._of.config.latent_channels:
            raise ModelError(f"latents must be (1, {self._of.config.latent_channels}, t, h, w)")
        frames = torch.cat([self._of.run(latent, self._past) for latent in latents[0].transpose(0, 1).split(1)])
        frames = frames if self._begun else frames[TRIM:]
        self._begun = True
        return frames.transpose(0, 1)[None] * 2 - 1


class TAEHV(nn.Module):
    """The decoder. `stream_decoder` gives whole frames, `preview` small ones, one for each latent."""

    WIDTHS = (256, 128, 64, 64)

    def __init__(self, config: TAEHVConfig) -> None:
        super().__init__()
        self.config = config
        parts: list[nn.Module] = [nn.Identity(), nn.Conv2d(config.latent_channels, self.WIDTHS[0], 3, padding=1)]
        parts.append(nn.ReLU())
        for width, following, stride in zip(self.WIDTHS, self.WIDTHS[1:], (1, 2, 2), strict=False):
            parts += [Memory(width), Memory(width), Memory(width), nn.Upsample(scale_factor=2), Grow(width, stride)]
            parts.append(nn.Conv2d(width, following, 3, padding=1, bias=False))
        parts += [nn.ReLU(), nn.Conv2d(self.WIDTHS[-1], 3 * config.patch**2, 3, padding=1)]
        self.decoder = nn.ModuleList(parts)

    @classmethod
    def load(cls, path: Path, *, device: str = "cpu") -> Self:
        """Read a safetensors file, or the one in a folder. Raises WeightsError when it is no such decoder."""
        files = headers.shards(path)
        sd = {key: value.float() for key, value in weights.read(files[0])[0].items() if key.startswith("decoder.")}
        first, last = sd.get("decoder.1.weight"), sd.get("decoder.22.weight")
        if first is None or last is None or first.ndim != 4 or first.shape[0] != cls.WIDTHS[0]:
            raise WeightsError(f"{files[0]} is not a tiny decoder (TAEHV) that this program can run")
        config = TAEHVConfig(first.shape[1], math.isqrt(last.shape[0] // 3))
        with torch.device("meta"):
            made = cls(config)
        for key, wanted in made.state_dict().items():  # some files grow time more often than Wan does
            if key in sd and sd[key].shape[0] > wanted.shape[0] and key.endswith(".conv.weight"):
                sd[key] = sd[key][-wanted.shape[0] :]
        try:
            weights.assign_strictly(made, sd)
        except WeightsError as error:
            raise WeightsError(
                f"{files[0]} is not a tiny decoder (TAEHV) that this program can run: {error}"
            ) from error
        return made.to(device).eval()

    def stream_decoder(self) -> Stream:
        """A fresh decoder of a stream."""
        return Stream(self)

    @torch.inference_mode()
    def preview(self, latents: Tensor) -> Tensor:
        """One small picture of each latent: (B, C, T, h, w) to RGB (B, 3, T, 2 patch h, 2 patch w) in 0..1."""
        return torch.stack([self.run(one.transpose(0, 1), {}, small=True).transpose(0, 1) for one in latents])

    def run(self, x: Tensor, past: dict[nn.Module, Tensor], *, small: bool = False) -> Tensor:
        """Latents (t, C, h, w) to frames in 0..1 (4 t, 3, H, W); `small` enlarges once and leaves time as it is."""
        x, enlarged = torch.tanh(x.float() / 3) * 3, 0
        for part in self.decoder:
            if isinstance(part, Memory):
                x, past[part] = part(x, past.get(part))
            elif isinstance(part, Grow):
                x = part(x, last=small)
            elif isinstance(part, nn.Upsample):
                x, enlarged = (x if small and enlarged else part(x)), enlarged + 1
            else:
                x = part(x)
        return F.pixel_shuffle(x, self.config.patch).float().clamp(0, 1)
