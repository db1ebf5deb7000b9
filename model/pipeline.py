"""A model that is ready to film: its parts, what it can be asked, and the door to a render.

What happens during a render is in `generation.py`.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import torch

from model import catalog, request, weights
from model.catalog import CatalogEntry, Limits
from model.conditioning import Anchor
from model.dit import DiT
from model.errors import Cancelled, RequestError, WeightsError
from model.generation import Generation, OnStep, StepInfo
from model.request import GenerationRequest, Source
from model.state import SamplerState
from model.text import TextEncoder

if TYPE_CHECKING:
    from model.tiny_vae import TinyVAE

__all__ = [
    "Anchor", "Cancelled", "Generation", "GenerationRequest", "Generator", "SamplerState", "Source", "StepInfo",
]  # fmt: skip


class Generator:
    """A model that is ready to film: transformer, autoencoder and text encoder."""

    def __init__(
        self, entry: CatalogEntry, dit: DiT, vae: TinyVAE, encoder: TextEncoder, *, device: str = "cpu"
    ) -> None:
        self.entry = entry
        # Files are in half precision; small models are computed in full (on a CPU that is also faster).
        self.dit, self.vae, self.encoder = dit.to(device).float().eval(), vae.to(device).float().eval(), encoder
        self.device = device
        self.limits = self._fitting_limits()

    @classmethod
    def load(cls, name: str | Path = "storybook", *, device: str | None = None, threads: int | None = None) -> Self:
        """Read a model of the catalogue or of a folder; see `model.load`."""
        from model.tiny_vae import TinyVAE

        entry = catalog.entry(name)
        if entry.missing:
            raise WeightsError(f"{entry.missing[0]} is missing; restore it from the repository or train the model")
        if threads is not None:
            torch.set_num_threads(max(1, threads))
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        dit, _ = weights.load_dit(entry.folder / catalog.DIT_FILE)
        vae = weights.guarded(TinyVAE.load, entry.folder / catalog.VAE_FILE)
        encoder = TextEncoder.load(entry.folder / catalog.TEXT_FOLDER, device=device)
        return cls(entry, dit, vae, encoder, device=device)

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
        """Hex SHA-256 of the transformer's file ("" when it was built in memory)."""
        path = self.entry.folder / catalog.DIT_FILE
        return weights.sha256(path) if path.is_file() else ""

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
