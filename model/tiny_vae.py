"""The small autoencoder: 2D convolutions with a little memory of the past, causal with Wan's timing, streaming.

- Latent 0 stands for one frame, every later latent for four: frame 0 is repeated three times in front, so that all
  groups are of four and 1 + 4k frames give 1 + k latents (TAEHV pads the end instead).
- Time is mixed only by looking back: a memory block sees the features of the step before, so any chunk size gives the
  same numbers and the decoder can run for ever. Convolutions are 2D, because 3D ones are what costs time on a CPU.
- A linear path runs beside the convolutions both ways: each latent is a projection of its 4 x 32 x 32 pixels (at half
  size) plus what the convolutions add. It starts as the principal components of the training set, so that the network
  only has to learn what a linear code cannot say: good from the first step, which short training needs.
- Pixels enter and leave through pixel-unshuffle; the decoder is the larger half.
- Latents are shifted and scaled by a channel's mean and the root of its deviation (partly whitened: coarse channels
  stay larger than fine ones), stored with the weights, as is the linear map of previews.

The topology follows TAEHV (madebyollin/taehv, MIT); the code is this project's.

Axes: B batch, C channels, T frames or latents, H W rows and columns.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.deblock import deblocked
from model.errors import ModelError, WeightsError

GROUP = 4


@dataclass(frozen=True)
class TinyVAEConfig:
    """Geometry. latent_channels: C of a latent; widths: channels at 1/8, 1/16 and 1/32 of the frame; fine: channels of
    the decoder's last stage at 1/4; spatial, temporal: how many pixels a side and frames one latent stands for;
    deblock: the size of a step between two latents' areas, in -1..1, up to which it is softened; 0: none."""

    latent_channels: int = 48
    widths: tuple[int, int, int] = (64, 128, 256)
    fine: int = 32
    blocks: int = 2
    spatial: int = 32
    temporal: int = GROUP
    deblock: float = 0.0

    def __post_init__(self) -> None:
        if self.spatial != 32 or self.temporal != GROUP:
            raise ValueError(
                f"this autoencoder works at 32 pixels and 4 frames a latent, not {self.spatial} and {self.temporal}"
            )


def _at_unit_scale(net: nn.Module) -> None:
    """Begin with features of about unit variance: there are no norms, and PyTorch's own start would let them fade.

    The branch of a residual block begins at half of that.
    """
    for name, module in net.named_modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="linear")
            with torch.no_grad():
                module.weight.mul_(0.8 if name.endswith("second") else 1.6)
            nn.init.zeros_(cast(Tensor, module.bias))


def silent(leave: nn.Conv2d) -> bool:
    """Whether a last convolution adds nothing, as before it is trained: then none before it need be computed."""
    return not bool(leave.weight.any()) and (leave.bias is None or not bool(leave.bias.any()))


class Block(nn.Module):
    """Two 3x3 convolutions on top of a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        out: Tensor = x + self.second(F.silu(self.first(F.silu(x))))
        return out


class Memory(nn.Module):
    """A residual block that also reads the step before: (B, T, C, H, W), the first step reads zeros or the given
    past."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(2 * width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor]:
        """Features of x with the past mixed in, and the past for what follows, (B, C, H, W)."""
        head = torch.zeros_like(x[:, :1]) if past is None else past[:, None]
        both = torch.cat([x, torch.cat([head, x[:, :-1]], 1)], 2).flatten(0, 1)
        out = x + self.second(F.silu(self.first(F.silu(both)))).unflatten(0, x.shape[:2])
        return out, x[:, -1]


class Linear(nn.Module):
    """The linear path: groups of four frames at half size, 16 x 16 pixels a latent, to latents and back.

    Until `fit` gives it components it is orthogonal by chance.
    """

    HALF = 16

    def __init__(self, channels: int, deblock: float = 0.0) -> None:
        super().__init__()
        self.deblock = deblock
        size = GROUP * 3 * self.HALF**2
        basis = torch.linalg.qr(torch.randn(size, channels, generator=torch.Generator().manual_seed(0))).Q.T
        self.code = nn.Parameter(basis.reshape(channels, GROUP * 3, self.HALF, self.HALF).contiguous())
        self.back = nn.Parameter(self.code.detach().clone())
        self.offset = nn.Parameter(torch.zeros(GROUP * 3, self.HALF, self.HALF))

    @torch.no_grad()
    def fit(self, mean: Tensor, components: Tensor) -> None:
        """Take a mean (12 * 256,) and orthonormal components (C, 12 * 256) of half-size groups."""
        self.code.copy_(components.reshape(self.code.shape))
        self.back.copy_(self.code)
        self.offset.copy_(mean.reshape(self.offset.shape))

    def encode(self, groups: Tensor) -> Tensor:
        """(N, 12, H, W) full-size groups to (N, C, H/32, W/32).

        Never in half precision: a code is a small difference of large sums, and the bfloat16 convolution of oneDNN with
        so long a stride is wrong on processors with AMX (torch 2.13).
        """
        with torch.autocast(groups.device.type, enabled=False):
            return self._encode(groups.float())

    def _encode(self, groups: Tensor) -> Tensor:
        shift = torch.einsum("cihw,ihw->c", self.code, self.offset)
        return F.conv2d(F.avg_pool2d(groups, 2), self.code, stride=self.HALF) - shift[:, None, None]

    def decode(self, latents: Tensor) -> Tensor:
        """(N, C, h, w) to full-size groups (N, 12, 32h, 32w); never in half precision either."""
        with torch.autocast(latents.device.type, enabled=False):
            return self._decode(latents.float())

    def _decode(self, latents: Tensor) -> Tensor:
        small = F.conv_transpose2d(latents, self.back, stride=self.HALF)
        small = small + self.offset.repeat(1, latents.shape[2], latents.shape[3])
        if self.deblock:
            small = deblocked(small, self.HALF, self.deblock)
        return F.interpolate(small, scale_factor=2, mode="bilinear", align_corners=False)


class Encoder(nn.Module):
    """Frames in groups of four to what the convolutions add to the linear latents."""

    def __init__(self, config: TinyVAEConfig) -> None:
        super().__init__()
        a, b, c = config.widths
        self.enter = nn.Conv2d(192, a, 1)
        self.fine = nn.Sequential(*(Block(a) for _ in range(config.blocks - 1)))
        self.down = nn.Conv2d(a, b, 3, stride=2, padding=1)
        self.middle = nn.Sequential(*(Block(b) for _ in range(config.blocks)))
        self.gather = nn.Conv2d(GROUP * b, c, 3, stride=2, padding=1)
        self.memory = Memory(c)
        self.coarse = Block(c)
        self.leave = nn.Conv2d(c, config.latent_channels, 1)
        _at_unit_scale(self)
        nn.init.zeros_(self.leave.weight)

    def forward(self, frames: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor]:
        """(B, 4n, 3, H, W) in -1..1 to latents (B, n, C, H/32, W/32) and the past."""
        batch, steps = frames.shape[0], frames.shape[1] // GROUP
        x = self.enter(F.pixel_unshuffle(frames.flatten(0, 1), 8))
        x = self.middle(self.down(self.fine(x)))
        x = self.gather(x.unflatten(0, (batch * steps, GROUP)).flatten(1, 2)).unflatten(0, (batch, steps))
        x, past = self.memory(x, past)
        return self.leave(self.coarse(x.flatten(0, 1))).unflatten(0, (batch, steps)), past


class Decoder(nn.Module):
    """Latents to what the convolutions add to the linear frames."""

    def __init__(self, config: TinyVAEConfig) -> None:
        super().__init__()
        a, b, c = config.widths
        self.enter = nn.Conv2d(config.latent_channels, c, 3, padding=1)
        self.coarse = nn.ModuleList(Memory(c) for _ in range(2))
        self.spread = nn.Conv2d(c, GROUP * b * 4, 1)
        self.middle = nn.ModuleList(Memory(b) for _ in range(2))
        self.up = nn.Conv2d(b, a * 4, 1)
        self.fine = nn.Sequential(*(Block(a) for _ in range(config.blocks)))
        self.rise = nn.Conv2d(a, config.fine * 4, 1)
        self.last = Block(config.fine)
        self.leave = nn.Conv2d(config.fine, 3 * 16, 3, padding=1)
        _at_unit_scale(self)
        nn.init.zeros_(self.leave.weight)

    def forward(self, latents: Tensor, past: list[Tensor | None]) -> tuple[Tensor, list[Tensor | None]]:
        """(B, n, C, h, w) to frames (B, 4n, 3, 32h, 32w) and the pasts, one for each memory block."""
        batch, steps = latents.shape[:2]
        kept: list[Tensor | None] = []
        x = self.enter(latents.flatten(0, 1)).unflatten(0, (batch, steps))
        for block, before in zip(self.coarse, past[:2], strict=True):
            x, after = block(x, before)
            kept.append(after)
        x = self.spread(F.silu(x.flatten(0, 1))).unflatten(1, (GROUP, -1)).flatten(0, 1)  # (B n 4, 4b, h, w)
        x = F.pixel_shuffle(x, 2).unflatten(0, (batch, steps * GROUP))
        for block, before in zip(self.middle, past[2:], strict=True):
            x, after = block(x, before)
            kept.append(after)
        x = self.fine(F.pixel_shuffle(self.up(F.silu(x.flatten(0, 1))), 2))
        x = self.last(F.pixel_shuffle(self.rise(F.silu(x)), 2))
        return F.pixel_shuffle(self.leave(F.silu(x)), 4).unflatten(0, (batch, steps * GROUP)), kept

    def fresh(self) -> list[Tensor | None]:
        """The pasts of a stream that has not begun."""
        return [None] * (len(self.coarse) + len(self.middle))


class StreamDecoder:
    """Decodes a stream of latents piece by piece; the same frames as in one go.

    `push` takes normalised latents (B, C, t, h, w) and gives frames (B, 3, n, 32h, 32w) in -1..1: 1 + 4 (t - 1) for the
    first push, 4t for every later one.
    """

    def __init__(self, vae: TinyVAE) -> None:
        self._vae, self._past, self._begun = vae, vae.decoder.fresh(), False

    def push(self, latents: Tensor) -> Tensor:
        """Decode the next latents."""
        frames, self._past = self._vae.to_frames(latents.transpose(1, 2), self._past)
        frames = frames if self._begun else frames[:, GROUP - 1 :]
        self._begun = True
        return frames.transpose(1, 2).clamp(-1, 1)


class StreamEncoder:
    """Encodes a stream of frames piece by piece: 1 + 4k frames first, later 4k; the same latents as in one go."""

    def __init__(self, vae: TinyVAE) -> None:
        self._vae, self._begun = vae, False
        self._past: Tensor | None = None

    def push(self, video: Tensor) -> Tensor:
        """Frames (B, 3, T, H, W) in -1..1 to normalised latents (B, C, t, h, w)."""
        frames = video.transpose(1, 2)
        if not self._begun:
            frames = torch.cat([frames[:, :1].expand(-1, GROUP - 1, -1, -1, -1), frames], 1)
            self._begun = True
        if frames.shape[1] % GROUP:
            raise ModelError(f"a stream is encoded in 1 + 4k frames first and 4k later, not {video.shape[2]}")
        latents, self._past = self._vae.to_latents(frames, self._past)
        return latents.transpose(1, 2)


class TinyVAE(nn.Module):
    """Storybook's autoencoder: 32 x 32 pixels and 4 frames a latent.

    `encode` and `decode` work on whole clips; `stream_encoder` and `stream_decoder` on pieces, with equal numbers.
    """

    latents_mean: Tensor
    latents_std: Tensor
    preview_map: Tensor

    def __init__(self, config: TinyVAEConfig | None = None) -> None:
        super().__init__()
        self.config = config or TinyVAEConfig()
        self.linear = Linear(self.config.latent_channels, self.config.deblock)
        self.encoder = Encoder(self.config)
        self.decoder = Decoder(self.config)
        self.register_buffer("latents_mean", torch.zeros(self.config.latent_channels))
        self.register_buffer("latents_std", torch.ones(self.config.latent_channels))
        self.register_buffer("preview_map", torch.zeros(3, self.config.latent_channels + 1))

    def to_latents(self, frames: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Groups of four frames (B, 4n, 3, H, W) to latents (B, n, C, H/32, W/32) and the past for what follows."""
        batch, steps = frames.shape[0], frames.shape[1] // GROUP
        groups = frames.unflatten(1, (steps, GROUP)).flatten(0, 1).flatten(1, 2)  # (B n, 12, H, W)
        scaled = self.linear.encode(groups).unflatten(0, (batch, steps)) - self.latents_mean[:, None, None]
        scaled = scaled / self.latents_std[:, None, None]
        if not self.training and silent(self.encoder.leave):
            return scaled, past
        added, past = self.encoder(frames, past)
        return scaled + added, past

    def to_frames(self, latents: Tensor, past: list[Tensor | None]) -> tuple[Tensor, list[Tensor | None]]:
        """Latents (B, n, C, h, w) to groups of four frames (B, 4n, 3, 32h, 32w) and the pasts for what follows."""
        raw = latents * self.latents_std[:, None, None] + self.latents_mean[:, None, None]
        frames = self.linear.decode(raw.flatten(0, 1)).unflatten(1, (GROUP, 3)).unflatten(0, latents.shape[:2])
        if not self.training and silent(self.decoder.leave):
            return frames.flatten(1, 2), past
        added, past = self.decoder(latents, past)
        return frames.flatten(1, 2) + added, past

    def encode(self, video: Tensor) -> Tensor:
        """(B, 3, 1 + 4k, H, W) in -1..1, H and W multiples of 32, to normalised latents (B, C, 1 + k, H/32, W/32)."""
        if video.ndim != 5 or video.shape[2] % GROUP != 1 or video.shape[3] % 32 or video.shape[4] % 32:
            raise ModelError(
                f"video must be (B, 3, 1 + 4k, H, W) with sides of multiples of 32, not {tuple(video.shape)}"
            )
        return self.stream_encoder().push(video)

    def decode(self, latents: Tensor) -> Tensor:
        """Normalised latents (B, C, T, h, w) to frames (B, 3, 1 + 4 (T - 1), 32h, 32w) in -1..1."""
        return self.stream_decoder().push(latents)

    def stream_encoder(self) -> StreamEncoder:
        """A fresh encoder of a stream."""
        return StreamEncoder(self)

    def stream_decoder(self) -> StreamDecoder:
        """A fresh decoder of a stream."""
        return StreamDecoder(self)

    def preview(self, latents: Tensor) -> Tensor:
        """A small picture of latents without decoding: (B, C, T, h, w) to RGB (B, 3, T, h, w) in 0..1, a linear map."""
        colour = torch.einsum("rc,bcthw->brthw", self.preview_map[:, :-1], latents)
        return (colour + self.preview_map[:, -1][:, None, None, None]).clamp(0, 1)

    def save(self, path: Path, notes: dict[str, object] | None = None) -> None:
        """Write weights, half precision, with the config in the file's metadata; the write is atomic."""
        from safetensors.torch import save_file

        meta = {"kind": "tiny_vae", "config": asdict(self.config), "notes": notes or {}}
        tensors = {name: value.detach().half().contiguous() for name, value in self.state_dict().items()}
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        save_file(tensors, part, metadata={"auteur": json.dumps(meta)})
        part.replace(path)

    @classmethod
    def load(cls, path: Path, *, device: torch.device | str = "cpu") -> Self:
        """Read weights; WeightsError when the file is missing, broken or of another kind."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="pt") as file:
                meta = json.loads((file.metadata() or {}).get("auteur", "{}"))
                tensors = {name: file.get_tensor(name).float() for name in file.keys()}
        except (OSError, SafetensorError, json.JSONDecodeError) as error:
            raise WeightsError(f"the autoencoder {path} cannot be read ({error}); fetch it again") from error
        if meta.get("kind") != "tiny_vae":
            raise WeightsError(f"{path} is not an autoencoder of this project (kind {meta.get('kind')!r})")
        config = meta["config"]
        vae = cls(TinyVAEConfig(**{**config, "widths": tuple(config["widths"])}))
        try:
            vae.load_state_dict(tensors, strict=True)
        except RuntimeError as error:
            raise WeightsError(f"{path} does not fit its own config: {error}") from error
        return vae.eval().to(device)
