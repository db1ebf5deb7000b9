"""Small stand-ins with the interfaces of the real parts, so that the pipeline can be tested in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from model.catalog import CatalogEntry, Limits
from model.config import PRESETS, SampleConfig, TextConfig
from model.dit import DiT
from model.pipeline import Generator

SIDE = 8
CHANNELS = 4


@dataclass(frozen=True)
class FakeVAEConfig:
    latent_channels: int = CHANNELS
    spatial: int = SIDE
    temporal: int = 4


class FakeVAE(nn.Module):
    """A causal autoencoder with a memory: a latent is the mean colour of its block, summed with the one before."""

    def __init__(self) -> None:
        super().__init__()
        self.config = FakeVAEConfig()

    def encode(self, video: Tensor) -> Tensor:
        return FakeStreamEncoder().push(video)

    def decode(self, latents: Tensor) -> Tensor:
        return FakeStreamDecoder().push(latents)

    def stream_encoder(self) -> FakeStreamEncoder:
        return FakeStreamEncoder()

    def stream_decoder(self) -> FakeStreamDecoder:
        return FakeStreamDecoder()

    def preview(self, latents: Tensor) -> Tensor:
        return latents[:, :3].sigmoid()


class FakeStreamEncoder:
    def __init__(self) -> None:
        self.started = False

    def push(self, video: Tensor) -> Tensor:
        small = nn.functional.avg_pool3d(video, (1, SIDE, SIDE))
        if not self.started:
            small = torch.cat([small[:, :, :1].expand(-1, -1, 3, -1, -1), small], 2)
        self.started = True
        assert small.shape[2] % 4 == 0
        latents = nn.functional.avg_pool3d(small, (4, 1, 1))
        return torch.cat([latents, latents.mean(1, keepdim=True)], 1)


class FakeStreamDecoder:
    def __init__(self) -> None:
        self.last: Tensor | None = None

    def push(self, latents: Tensor) -> Tensor:
        frames = []
        for latent in latents[:, :3].unbind(2):
            before = latent if self.last is None else self.last
            many = 1 if self.last is None else 4
            frames += [torch.lerp(before, latent, (i + 1) / many) for i in range(many)]
            self.last = latent
        video = torch.stack(frames, 2).clamp(-1, 1)
        return video.repeat_interleave(SIDE, 3).repeat_interleave(SIDE, 4)


class FakeText:
    """States made of the letters of a prompt."""

    config = TextConfig(dim=16)

    def encode(self, prompt: str) -> Tensor:
        letters = [1, *(ord(letter) % 50 for letter in prompt), 2]
        return torch.sin(torch.tensor(letters)[:, None] * torch.linspace(0.1, 3, 16))


ENTRY = CatalogEntry(
    name="tiny",
    title="Tiny",
    licence="Apache-2.0",
    folder=Path("nowhere"),
    files={},
    size_bytes=0,
    fps=16,
    sizes={"landscape": (48, 32), "square": (32, 32)},
    limits=Limits(
        min_width=16, max_width=64, min_height=16, max_height=64, window=3, overlap=1, max_frames=81, max_seconds=5
    ),
    defaults=SampleConfig(steps=4, guidance=3.0),
    given={"first": True},
    default_seconds=0.5,
)


def generator(**limits: int) -> Generator:
    """A whole model that draws noise-like clips of 48x32 in a few milliseconds."""
    torch.manual_seed(5)
    dit = DiT(PRESETS["tiny"])
    nn.init.normal_(dit.head.head.weight, std=0.3)
    dit.requires_grad_(False)
    entry = replace(ENTRY, limits=replace(ENTRY.limits, **limits))
    return Generator(entry, dit, FakeVAE(), FakeText())  # type: ignore[arg-type]
