"""Frozen configurations: one small dataclass for each thing, and the presets of the Wan geometry.

Every number here that belongs to trained weights is stored with them (see `weights.py`); the presets are the published
shapes of the Wan family (Apache-2.0) and the miniature that Storybook uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from model.tiny_vae import TinyVAEConfig as TinyVAEConfig


@dataclass(frozen=True, slots=True)
class DiTConfig:
    """Geometry of a Wan diffusion transformer.

    in_channels / out_channels  latent channels in and velocity channels out
    dim, heads, layers          width, attention heads and blocks; `head_dim` is dim / heads and must be even
    ffn_dim                     hidden width of the feed-forward
    text_dim                    width of the text states it reads
    freq_dim                    width of the timestep sinusoid, even
    patch                       (time, height, width) latents to a token
    control_channels            channels of the control latents that a VACE branch reads; 0 without one
    control_layers              the blocks behind which that branch adds what it says
    """

    in_channels: int
    out_channels: int
    dim: int
    heads: int
    layers: int
    ffn_dim: int
    text_dim: int
    freq_dim: int = 256
    patch: tuple[int, int, int] = (1, 2, 2)
    eps: float = 1e-6
    control_channels: int = 0
    control_layers: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "patch", tuple(self.patch))
        object.__setattr__(self, "control_layers", tuple(self.control_layers))
        if self.dim % self.heads:
            raise ValueError(f"dim {self.dim} is not a multiple of heads {self.heads}")
        if self.head_dim % 2 or self.head_dim < 6:
            raise ValueError(f"head_dim {self.head_dim} must be even and at least 6, so that RoPE can split it")
        if self.freq_dim % 2:
            raise ValueError(f"freq_dim {self.freq_dim} must be even")

    @property
    def head_dim(self) -> int:
        """Width of one attention head."""
        return self.dim // self.heads

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read the fields it knows from a mapping; others are left alone, so that newer files still load."""
        known = {f.name for f in fields(cls)}
        return cls(**{key: value for key, value in data.items() if key in known})


@dataclass(frozen=True, slots=True)
class TextConfig:
    """A text encoder: width of its states and the most tokens it reads (both ends' markers included).

    pad_to  rows that the transformer was trained to see: those behind the text are zeros and are attended to; 0 for
            encoders whose text stands alone
    """

    dim: int = 384
    max_tokens: int = 128
    pad_to: int = 0


@dataclass(frozen=True, slots=True)
class SampleConfig:
    """How a model is sampled when nothing else is asked: steps, guidance (1 is none), sigma shift, solver."""

    steps: int = 20
    guidance: float = 4.0
    shift: float = 3.0
    solver: str = "unipc"

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read the fields it knows from a mapping."""
        known = {f.name for f in fields(cls)}
        return cls(**{key: value for key, value in data.items() if key in known})


def _wan(dim: int, layers: int, ffn_dim: int, channels: int, in_channels: int | None = None) -> DiTConfig:
    return DiTConfig(in_channels or channels, channels, dim, dim // 128, layers, ffn_dim, text_dim=4096)


def _vace(base: DiTConfig, every: int) -> DiTConfig:
    return replace(base, control_channels=96, control_layers=tuple(range(0, base.layers, every)))


# Published geometries: wan/configs/*.py of Wan-Video/Wan2.1 and Wan2.2 (Apache-2.0).
PRESETS: Mapping[str, DiTConfig] = MappingProxyType(
    {
        "storybook": DiTConfig(50, 48, dim=256, heads=4, layers=6, ffn_dim=1024, text_dim=384),
        "tiny": DiTConfig(4, 4, dim=48, heads=4, layers=2, ffn_dim=96, text_dim=16, freq_dim=32),
        "wan2.1-t2v-1.3b": _wan(1536, 30, 8960, 16),
        "wan2.1-t2v-14b": _wan(5120, 40, 13824, 16),
        "wan2.1-vace-1.3b": _vace(_wan(1536, 30, 8960, 16), every=2),
        "wan2.1-vace-14b": _vace(_wan(5120, 40, 13824, 16), every=5),
        "wan2.2-ti2v-5b": _wan(3072, 30, 14336, 48),
        "wan2.2-i2v-a14b": _wan(5120, 40, 13824, 16, in_channels=36),
    }
)


def __getattr__(name: str) -> Any:
    """Hand out `TinyVAEConfig` from the module that defines it, without importing torch until then."""
    if name == "TinyVAEConfig":
        from model.tiny_vae import TinyVAEConfig

        return TinyVAEConfig
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
