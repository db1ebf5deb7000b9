"""The causal video autoencoder of Wan 2.1 (8 pixels and 4 frames a latent) and 2.2 (16 pixels, residual stages).

- One stream, any pieces: the numbers do not depend on how latents or frames are cut (see `vae_layers.py`).
- Decoding goes depth first: where frames are large a stage hands on a frame or two at a time, so memory is that of a
  few frames however many latents are pushed at once.
- `strips` cuts the fine stages into bands of rows; what the other bands look back on waits in the host's memory. Behind
  the middle block every place sees a few pixels around it only, so a band that is computed with that margin has the
  same numbers: there is no seam to hide.
- Both layouts of checkpoints load, the original and that of Diffusers; the geometry is read from the shapes.

Axes: B batch, C channels, T frames or latents, H W rows and columns. Latents are normalised by the published mean and
deviation of each channel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Self, cast

import torch
from einops import rearrange
from torch import Tensor, nn

from model import vae_keys
from model.errors import ModelError
from model.vae_layers import (
    LAST,
    Averages,
    CausalConv,
    Copies,
    FrameAttention,
    Past,
    Resample,
    Residual,
    RMSNorm,
    activated,
)  # fmt: skip

if TYPE_CHECKING:
    from model.taehv import TAEHV, Stream

# Numbers that a stage may hold of one tensor before it hands on in smaller pieces: on a CPU what stays near the
# processor, elsewhere what keeps a large device busy.
PIECE, LARGE_PIECE = 1 << 20, 32 << 20
TOGETHER = 4  # frames for which the past of every strip comes from the host and goes back
STRIPED_STAGES = 2  # how many of the last stages are cut into strips: those whose frames are large


@dataclass(frozen=True, slots=True)
class WanVAEConfig:
    """Geometry: base widths of encoder and decoder, latent channels, width factor and blocks of each stage, which
    stages also change time, residual stages (2.2), pixels folded into a channel a side (2.2: 2)."""

    base: int = 96
    decoder_base: int = 96
    latent_channels: int = 16
    factors: tuple[int, ...] = (1, 2, 4, 4)
    blocks: int = 2
    time: tuple[bool, ...] = (False, True, True)
    residual: bool = False
    patch: int = 1
    temporal: int = 4

    @property
    def spatial(self) -> int:
        """Pixels a side that one latent stands for."""
        return self.patch * 2 ** (len(self.factors) - 1)


WAN_2_1 = WanVAEConfig()
WAN_2_2 = WanVAEConfig(base=160, decoder_base=256, latent_channels=48, residual=True, patch=2)


class Stage(nn.Module):
    """One stage of Wan 2.2: blocks and a change of size beside a shortcut without weights."""

    def __init__(self, parts: list[nn.Module], shortcut: Averages | Copies | None, name: str) -> None:
        super().__init__()
        self.add_module(name, nn.ModuleList(parts))
        self._name, self.shortcut = name, shortcut

    def forward(self, x: Tensor, past: Past) -> Tensor:
        """(B, C, T, H, W) to the next size."""
        y = x
        for part in cast(nn.ModuleList, getattr(self, self._name)):
            y = part(y, past)
        if isinstance(self.shortcut, Copies):
            return self.shortcut.add_to(y, x, past)
        return y if self.shortcut is None else y.add_(self.shortcut(x, past))


def _stages(config: WanVAEConfig, *, up: bool) -> tuple[list[nn.Module], int]:
    """The stages between the first convolution and the middle block (or behind it), and their last width."""
    base = config.decoder_base if up else config.base
    widths = [base * factor for factor in config.factors]
    widths = [widths[-1], *widths[::-1]] if up else [base, *widths]
    times = [*(config.time[::-1] if up else config.time), False]
    name, made, steps = ("upsamples" if up else "downsamples"), list[nn.Module](), len(config.factors)
    for index, (given, width) in enumerate(pairwise(widths)):
        resized, time = index < steps - 1, times[index]
        dim = given if config.residual or not up or index == 0 else given // 2
        parts: list[nn.Module] = [Residual(dim, width)]
        parts += [Residual(width, width) for _ in range(config.blocks - 1 + up)]
        if resized:
            narrower = width // 2 if up and not config.residual else width
            parts.append(Resample(width, narrower, up=up, time=time))
        if not config.residual:
            made += parts
            continue
        span, side = (2 if time else 1), (2 if resized else 1)
        shortcut = (Copies(dim, width, span, side) if resized else None) if up else Averages(dim, width, span, side)
        made.append(Stage(parts, shortcut, name))
    return made, widths[-1]


def _middle(dim: int) -> nn.ModuleList:
    return nn.ModuleList([Residual(dim, dim), FrameAttention(dim), Residual(dim, dim)])


class Encoder(nn.Module):
    """Pixels to the mean and log variance of latents."""

    def __init__(self, config: WanVAEConfig) -> None:
        super().__init__()
        self.conv1 = CausalConv(3 * config.patch**2, config.base, 3)
        stages, width = _stages(config, up=False)
        self.downsamples = nn.ModuleList(stages)
        self.middle = _middle(width)
        self.head = nn.Sequential(RMSNorm(width), nn.SiLU(), CausalConv(width, 2 * config.latent_channels, 3))

    def forward(self, x: Tensor, past: Past) -> Tensor:
        """Frames (B, 3 patch^2, T, H, W), 1 + 4k first and 4k later, to (B, 2 C, t, h, w)."""
        x = self.conv1(x, past)
        for part in (*self.downsamples, *self.middle):
            x = part(x, past)
        norm, _, conv = self.head
        return activated(norm, conv, x, past)


class Decoder(nn.Module):
    """Latents to pixels."""

    def __init__(self, config: WanVAEConfig) -> None:
        super().__init__()
        stages, width = _stages(config, up=True)
        self.conv1 = CausalConv(config.latent_channels, config.decoder_base * config.factors[-1], 3)
        self.middle = _middle(config.decoder_base * config.factors[-1])
        self.upsamples = nn.ModuleList(stages)
        self.head = nn.Sequential(RMSNorm(width), nn.SiLU(), CausalConv(width, 3 * config.patch**2, 3))

    def begin(self, x: Tensor, past: Past) -> Tensor:
        """Latents (B, C, t, h, w) to what the stages start from."""
        x = self.conv1(x, past)
        for part in self.middle:
            x = part(x, past)
        return x

    def finish(self, x: Tensor, past: Past) -> Tensor:
        """What the stages made to pixels (B, 3 patch^2, T, H, W)."""
        norm, _, conv = self.head
        return activated(norm, conv, x, past)


class WanVAE(nn.Module):
    """The autoencoder. `encode` and `decode` take whole clips, `stream_encoder` and `stream_decoder` pieces."""

    latents_mean: Tensor
    latents_std: Tensor

    def __init__(self, config: WanVAEConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder, self.decoder = Encoder(config), Decoder(config)
        both = 2 * config.latent_channels
        self.conv1 = CausalConv(both, both, 1)
        self.conv2 = CausalConv(config.latent_channels, config.latent_channels, 1)
        mean, std = vae_keys.published(config.latent_channels)
        self.strips = 1  # bands that clips are decoded in unless a caller says otherwise
        self.tiny: TAEHV | None = None  # makes the previews where it is there, and decodes where `fast` is set
        self.fast = False
        self._colours: Tensor | None = None
        self.register_buffer("latents_mean", torch.tensor(mean, device="cpu"), persistent=False)
        self.register_buffer("latents_std", torch.tensor(std, device="cpu"), persistent=False)

    @classmethod
    def from_state_dict(
        cls,
        sd: Mapping[str, Tensor],
        *,
        latents_mean: Tensor | list[float] | None = None,
        latents_std: Tensor | list[float] | None = None,
    ) -> Self:
        """Build from a state dict in the original or the Diffusers layout; strict, geometry from the shapes.

        Mean and deviation of the latents are the published ones for 16 or 48 channels unless they are given. Raises
        WeightsError naming what is missing, too many, or of another shape.
        """
        from model import weights

        original = vae_keys.to_original_layout(sd)
        config = WanVAEConfig(**vae_keys.geometry(original))
        with torch.device("meta"):
            vae = cls(config)
        weights.assign_strictly(vae, original)
        if latents_mean is not None:
            vae.latents_mean = torch.as_tensor(latents_mean, dtype=torch.float32)
        if latents_std is not None:
            vae.latents_std = torch.as_tensor(latents_std, dtype=torch.float32)
        return vae.tidy()

    def tidy(self) -> Self:
        """Lay the weights out as the convolutions read them fastest; numbers stay. Returns itself."""
        with torch.no_grad():
            for module in self.modules():
                if isinstance(module, nn.Conv3d) and not module.weight.is_meta:
                    module.weight.data = module.weight.data.contiguous(memory_format=LAST)
                elif isinstance(module, nn.Conv2d) and not module.weight.is_meta:
                    module.weight.data = module.weight.data.contiguous(memory_format=torch.channels_last)
        return self.eval().requires_grad_(False)

    @torch.inference_mode()
    def encode(self, video: Tensor) -> Tensor:
        """(B, 3, 1 + 4k, H, W) in -1..1 to normalised latents (B, C, 1 + k, h, w), the mode, float32."""
        return self.stream_encoder().push(video)

    @torch.inference_mode()
    def decode(self, latents: Tensor, *, strips: int | None = None) -> Tensor:
        """Normalised latents (B, C, T, h, w) to frames (B, 3, 1 + 4 (T - 1), H, W) in -1..1, float32."""
        return self.stream_decoder(strips=strips).push(latents)

    def stream_encoder(self) -> StreamEncoder:
        """A fresh encoder of a stream."""
        return StreamEncoder(self)

    def stream_decoder(self, *, strips: int | None = None) -> StreamDecoder | Stream:
        """A fresh decoder of a stream, its fine stages cut into `strips` bands of rows (default: `self.strips`)."""
        if self.fast and self.tiny is not None:
            return self.tiny.stream_decoder()
        return StreamDecoder(self, strips or self.strips)

    @torch.inference_mode()
    def preview(self, latents: Tensor) -> Tensor:
        """Small pictures of latents (B, C, T, h, w) without decoding them in full: RGB (B, 3, T, h', w') in 0..1.

        By the tiny decoder where there is one; else by a linear map, a pixel a latent. The map is found once, by
        showing the autoencoder soft colours and asking which latents it makes of them.
        """
        if self.tiny is not None:
            return self.tiny.preview(latents)
        if self._colours is None:
            self._colours = self._learn_colours()
        colour = torch.einsum("rc,bcthw->brthw", self._colours[:, :-1], latents.float())
        return (colour + self._colours[:, -1][:, None, None, None]).clamp(0, 1)

    def _learn_colours(self, pictures: int = 24, cells: int = 4) -> Tensor:
        """Ridge regression (3, C + 1) from latents to the mean colour of their pixels, on seeded soft pictures."""
        side, random = self.config.spatial, torch.Generator().manual_seed(0)
        coarse = torch.rand(pictures, 3, cells, cells, generator=random)
        shown = torch.nn.functional.interpolate(coarse, scale_factor=side, mode="bilinear", align_corners=False)
        shown = shown.to(self.latents_mean.device)
        latents = self.encode(shown[:, :, None] * 2 - 1)[:, :, 0].permute(0, 2, 3, 1).flatten(0, 2).double()
        colours = torch.nn.functional.avg_pool2d(shown, side).permute(0, 2, 3, 1).flatten(0, 2).double()
        known = torch.cat([latents, torch.ones_like(latents[:, :1])], dim=1)
        damped = known.T @ known + 1e-2 * torch.eye(known.shape[1], dtype=known.dtype, device=known.device)
        return torch.linalg.solve(damped, known.T @ colours).T.float()


class StreamEncoder:
    """Encodes a stream of frames piece by piece: 1 + 4k frames first, later 4k; the same latents as in one go."""

    def __init__(self, vae: WanVAE) -> None:
        self._vae, self._past = vae, Past()

    @torch.inference_mode()
    def push(self, video: Tensor) -> Tensor:
        """Frames (B, 3, T, H, W) in -1..1 to normalised latents (B, C, t, h, w), float32."""
        config, begun = self._vae.config, bool(self._past)
        side, frames = config.spatial, video.shape[2] if video.ndim == 5 else 0
        if video.ndim != 5 or video.shape[1] != 3 or video.shape[3] % side or video.shape[4] % side:
            raise ModelError(f"video must be (B, 3, T, H, W), sides multiples of {side}, not {tuple(video.shape)}")
        if frames % 4 != (0 if begun else 1):
            raise ModelError(f"a stream is encoded in 1 + 4k frames first and 4k later, not {frames}")
        first = [] if begun else [1]
        latents = [self._piece(piece) for piece in video.split([*first, *_fours(video, sum(first))], dim=2)]
        return latents[0] if len(latents) == 1 else torch.cat(latents, dim=2)

    def _piece(self, video: Tensor) -> Tensor:
        vae, patch = self._vae, self._vae.config.patch
        folded = rearrange(video.to(vae.conv1.weight.dtype), "b c t (h q) (w r) -> b (c r q) t h w", q=patch, r=patch)
        wide = vae.encoder(folded.contiguous(memory_format=LAST), self._past)
        many = vae.config.latent_channels  # the mean; the log variance behind it is not needed
        mean = torch.nn.functional.conv3d(wide, vae.conv1.weight[:many], cast(Tensor, vae.conv1.bias)[:many])
        return (mean.float() - _by_channel(vae.latents_mean)) / _by_channel(vae.latents_std)


class StreamDecoder:
    """Decodes a stream of latents piece by piece; the same frames as in one go.

    `push` takes normalised latents (B, C, t, h, w) and gives frames (B, 3, n, H, W) in -1..1, float32: 1 + 4 (t - 1)
    for the first push, 4 t for every later one.
    """

    def __init__(self, vae: WanVAE, strips: int = 1) -> None:
        self._vae, self._begun = vae, False
        self._past, self._pasts = Past(), [Past() for _ in range(max(1, strips))]
        ups = list(vae.decoder.upsamples)
        ends = [i + 1 for i, part in enumerate(ups) if isinstance(part, Stage | Resample)]
        ends = [*[e for e in ends if e < len(ups)], len(ups)]
        self._stages = [ups[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        self._fine = max(0, len(self._stages) - STRIPED_STAGES)

    @torch.inference_mode()
    def push(self, latents: Tensor) -> Tensor:
        """Decode the next latents."""
        config = self._vae.config
        batch, channels, count, rows, columns = latents.shape
        if channels != config.latent_channels:
            raise ModelError(f"latents must have {config.latent_channels} channels, not {channels}")
        frames = 4 * count - (0 if self._begun else 3)
        self._begun = True
        shape = (batch, 3, frames, rows * config.spatial, columns * config.spatial)
        out = torch.empty(shape, device=latents.device)
        vae = self._vae
        raw = latents.float() * _by_channel(vae.latents_std) + _by_channel(vae.latents_mean)
        x = vae.conv2(raw.to(vae.conv2.weight.dtype).contiguous(memory_format=LAST), Past())
        done = 0
        for piece in _pieces(x, self._vae.decoder.conv1.out_channels):
            coarse = self._through(self._vae.decoder.begin(piece, self._past), 0, self._fine, self._past)
            for some in coarse if len(self._pasts) == 1 else _together(coarse):
                done = self._paint(some, out, done)
        return out

    def _paint(self, coarse: Tensor, out: Tensor, done: int) -> int:
        """Run the fine stages on each strip and put its frames in their place; returns how many are done."""
        rows, count = coarse.shape[3], len(self._pasts)
        scale, margin = out.shape[3] // rows, self._margin()
        edges = [rows * i // count for i in range(count + 1)]
        end = done
        for past, top, bottom in zip(self._pasts, edges, edges[1:], strict=False):
            if top == bottom:
                continue
            start, stop = max(0, top - margin), min(rows, bottom + margin)
            end = done
            past.update({module: back(value, coarse.device) for module, value in past.items()})
            for made in self._through(coarse[:, :, :, start:stop], self._fine, len(self._stages), past):
                pixels = self._pixels(self._vae.decoder.finish(made, past))
                kept = pixels[:, :, :, (top - start) * scale : (bottom - start) * scale]
                place = out[:, :, end : end + kept.shape[2], top * scale : bottom * scale]
                place.copy_(kept).clamp_(-1, 1)
                end += kept.shape[2]
            if count > 1:
                past.update({module: away(value) for module, value in past.items()})
        return end

    def _pixels(self, x: Tensor) -> Tensor:
        patch = self._vae.config.patch
        return rearrange(x, "b (c r q) t h w -> b c t (h q) (w r)", q=patch, r=patch)

    def _margin(self) -> int:
        """Rows around a strip that its pixels depend on: a row for each convolution, counted in the strip's own rows.

        A stage has two convolutions a block and one that enlarges; each stage's rows are half as tall as those before.
        """
        reach, size = 1.0, 0.5 ** (len(self._stages) - 1 - self._fine)  # the head's convolution
        reach *= size
        for _ in self._stages[self._fine :]:
            reach += (2 * (self._vae.config.blocks + 1) + 1) * size
            size *= 2
        return int(reach) + 1

    def _through(self, x: Tensor, first: int, last: int, past: Past) -> Iterator[Tensor]:
        """What stages first..last make of x, in pieces small enough for the stage that is next."""
        if first == last:
            yield x
            return
        for piece in _pieces(x, _width(self._stages[first])):
            made = piece
            for part in self._stages[first]:
                made = part(made, past)
            yield from self._through(made, first + 1, last, past)


def _width(stage: list[nn.Module]) -> int:
    """Channels of the widest convolution's input in a stage, roughly: those of its first norm."""
    return max(module.gamma.shape[0] for part in stage for module in part.modules() if isinstance(module, RMSNorm))


def _pieces(x: Tensor, width: int) -> Iterator[Tensor]:
    """x (B, C, T, H, W) cut in time so that a piece of `width` channels stays within the budget; one frame at least."""
    frame = x.shape[0] * width * x.shape[3] * x.shape[4]
    yield from x.split(max(1, _budget(x) // frame), dim=2)


def _together(parts: Iterator[Tensor]) -> Iterator[Tensor]:
    """Frames (B, C, T, H, W) in pieces of up to `TOGETHER`, or as they came where they were more."""
    held: list[Tensor] = []
    for part in parts:
        if held and sum(one.shape[2] for one in held) + part.shape[2] > TOGETHER:
            yield held[0] if len(held) == 1 else torch.cat(held, dim=2)
            held = []
        held.append(part)
    if held:
        yield held[0] if len(held) == 1 else torch.cat(held, dim=2)


def away(value: Tensor) -> Tensor:
    """A tensor in the host's memory, from where it comes back quickly."""
    if value.device.type == "cpu":
        return value
    return torch.empty_like(value, device="cpu", pin_memory=value.device.type == "cuda").copy_(value)


def back(value: Tensor, device: torch.device) -> Tensor:
    """A tensor that was put away, on the device again."""
    return value.to(device)


def _budget(x: Tensor) -> int:
    return PIECE if x.device.type == "cpu" else LARGE_PIECE


def _fours(video: Tensor, skip: int) -> list[int]:
    """Lengths of pieces of 4k frames, so large as the budget allows at the encoder's first width (about 32 a pixel)."""
    left, frame = video.shape[2] - skip, video.shape[0] * 32 * video.shape[3] * video.shape[4]
    most = 4 * max(1, _budget(video) // (4 * frame))
    return [most] * (left // most) + ([left % most] if left % most else [])


def _by_channel(values: Tensor) -> Tensor:
    return values[:, None, None, None]
