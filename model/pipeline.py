"""A model that is ready to film: its parts, what it can be asked, and the door to a render.

What happens during a render is in `generation.py`.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch
from torch import Tensor

from model import allocation, catalog, conditioning, loading, lora, request, weights
from model.catalog import CatalogEntry, Limits
from model.conditioning import Anchor, Frames
from model.dit import DiT
from model.errors import Cancelled, RequestError, WeightsError
from model.generation import Generation, OnStep, StepInfo
from model.request import Control, GenerationRequest, Source
from model.residency import Residency
from model.sets import Shelf
from model.state import SamplerState
from model.text import TextEncoder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model.tiny_vae import TinyVAE
    from model.umt5 import UMT5
    from model.vae import WanVAE

__all__ = [
    "Anchor", "Cancelled", "Control", "Generation", "GenerationRequest", "Generator", "SamplerState", "Source",
    "StepInfo",
]  # fmt: skip


class Generator:
    """A model that is ready to film: transformer, autoencoder and text encoder; on its `shelf` are sets of late."""

    def __init__(
        self,
        entry: CatalogEntry,
        dit: DiT,
        vae: TinyVAE | WanVAE,
        encoder: TextEncoder | UMT5,
        *,
        device: str = "cpu",
        residency: Residency | None = None,
    ) -> None:
        self.entry, self.dit, self.vae, self.encoder, self.device = entry, dit, vae, encoder, device
        self.shelf = Shelf()
        self.residency = residency or Residency()
        self.limits = self._fitting_limits()

    @classmethod
    def load(
        cls,
        model: str | Path | CatalogEntry = "storybook",
        *,
        device: str | None = None,
        threads: int | None = None,
        residency: Residency | None = None,
    ) -> Self:
        """Read a model of the catalogue, of a folder, or of an entry; see `model.load`."""
        entry = model if isinstance(model, CatalogEntry) else catalog.entry(model)
        if threads is not None:
            torch.set_num_threads(max(1, threads))
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        if device == "cpu":
            allocation.keep()
        if entry.family == "storybook":
            return cls(entry, *loading.storybook(entry, device), device=device)
        kept = residency or Residency()
        return cls(entry, *loading.wan(entry, device, kept), device=device, residency=kept)

    @property
    def name(self) -> str:
        """The model's name in the catalogue."""
        return self.entry.name

    @property
    def fps(self) -> int:
        """Frames a second of every clip it makes."""
        return self.entry.fps

    @cached_property
    def sha256(self) -> str:
        """Hex SHA-256 of the transformer's file or files ("" when it was built in memory), and of its LoRAs."""
        if self.entry.family != "storybook":
            return lora.fingerprint(loading.digest(self.entry.parts), self.entry.loras)
        path = self.entry.folder / catalog.DIT_FILE
        return lora.fingerprint(weights.sha256(path) if path.is_file() else "", self.entry.loras)

    def request(self, prompt: str, **overrides: Any) -> GenerationRequest:
        """A checked request: this model's defaults, then what is overridden. Raises RequestError."""
        return request.build(prompt, self.entry, self.limits, **overrides)

    def generate(
        self, request: GenerationRequest, on_step: OnStep | None = None, resume: SamplerState | None = None
    ) -> Generation:
        """The frames of a clip, in chunks (t, h, w, 3) uint8.

        `on_step` hears of every forward; what it raises (`Cancelled`, say) ends the run there. `resume` goes on from a
        state that it was handed, and yields every chunk from the first. Raises RequestError or ModelError at once.
        """
        return Generation(self, request, on_step, resume)

    @torch.inference_mode()
    def encode(self, pieces: Iterable[Frames]) -> Tensor:
        """The latents (C, 1 + k, h, w) of a clip that comes in pieces, uint8 (n, h, w, 3) of any length.

        Frames at the end that do not fill a latent are left out. Memory does not grow with the length.
        """
        encoder, rest, found, least = self.vae.stream_encoder(), np.empty(0, np.uint8), list[Tensor](), 1
        for piece in pieces:
            rest = piece if not len(rest) else np.concatenate([rest, piece])
            whole = (len(rest) - least) // self.limits.temporal * self.limits.temporal + least
            if whole > 0:
                video = conditioning.to_video(rest[:whole], self.device)
                found.append(encoder.push(video)[0].to("cpu", torch.float32))
                rest, least = rest[whole:], 0
        if not found:
            raise RequestError("frames", 0, 1, "a clip has at least one frame")
        return torch.cat(found, dim=1)

    @torch.inference_mode()
    def decode(self, latents: Tensor) -> Frames:
        """Frames (1 + 4 (t - 1), h, w, 3) of a few latents (C, t, h, w)."""
        return conditioning.to_frames(self.vae.decode(latents[None].to(self.device, torch.float32)))

    def check(self, asked: GenerationRequest) -> None:
        """Raise RequestError for what this model cannot film."""
        request.check(asked, self.entry, self.limits)
        shape = self.latent_shape(asked)
        given = [(anchor.latents, "anchors") for anchor in asked.anchors]
        given += [(asked.source.latents, "source")] if asked.source is not None else []
        given += [(asked.before, "before")]
        for latents, field in given:
            if latents is not None and (latents.ndim != 4 or (latents.shape[0], *latents.shape[2:]) != shape):
                expected = f"({shape[0]}, t, {shape[1]}, {shape[2]})"
                raise RequestError(
                    field, f"latents {tuple(latents.shape)}", expected, "latents must have the clip's size"
                )

    def latent_shape(self, asked: GenerationRequest) -> tuple[int, int, int]:
        """Channels, rows and columns of the latents of a request."""
        side = self.vae.config.spatial
        return self.dit.config.out_channels, asked.height // side, asked.width // side

    def _fitting_limits(self) -> Limits:
        """The catalogue's limits, with sides that this autoencoder and these patches can be cut into."""
        channels = self.vae.config.latent_channels
        if channels != self.dit.config.out_channels:
            raise WeightsError(
                f"the transformer makes {self.dit.config.out_channels} latent channels, the autoencoder {channels}: "
                "they are of different models; restore both files"
            )
        if self.encoder.config.dim != self.dit.config.text_dim:
            raise WeightsError("the text encoder and the transformer are of different models; restore their files")
        _, rows, columns = self.dit.config.patch
        return replace(self.entry.limits, multiple=self.vae.config.spatial * math.lcm(rows, columns))
