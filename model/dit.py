"""The diffusion transformer: the Wan 2.1 / 2.2 architecture, whatever its size.

- Latents are cut into patches; a token knows where it stands by 3D RoPE alone.
- The timestep is a number for the clip, or one for every token: a token at timestep 0 is *given*, not generated.
- Text enters by cross-attention; rows of padding that are all alike are one row with a bias of log(how many).
- Parameter names are those of the original checkpoints (wan/modules/model.py, Apache-2.0); the layout that Diffusers
  writes is a rename table in `weights.py`.

Axes: B batch, C channels, T H W latent grid, N tokens (frames, rows, columns in that order), L text tokens, D width.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, cast

import torch
from einops import rearrange
from torch import Tensor, nn

from model import rope
from model.blockcache import BlockCache
from model.config import DiTConfig
from model.errors import ModelError
from model.layers import Block, ControlBlock, Head, KeyValue, SelfAttention, Timing
from model.products import Linear, product


@dataclass(slots=True)
class TextCache:
    """Keys and values of one text in every block, filled by the first forward that is handed it.

    Only for inference, and only for one text: the next prompt needs a new one.
    """

    blocks: list[KeyValue] = field(default_factory=list)
    bias: Tensor | None = None


class DiT(nn.Module):
    """A Wan transformer that reads a noisy latent and returns the velocity of the flow."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.config = config
        dim, volume = config.dim, math.prod(config.patch)
        self.patch_embedding = nn.Conv3d(config.in_channels, dim, config.patch, config.patch)
        self.text_embedding = nn.Sequential(Linear(config.text_dim, dim), nn.GELU("tanh"), Linear(dim, dim))
        self.time_embedding = nn.Sequential(nn.Linear(config.freq_dim, dim), nn.SiLU(), nn.Linear(dim, dim))
        self.time_projection = nn.Sequential(nn.SiLU(), nn.Linear(dim, 6 * dim))
        self.blocks = nn.ModuleList(Block(dim, config.heads, config.ffn_dim, config.eps) for _ in range(config.layers))
        self.head = Head(dim, volume * config.out_channels, config.eps)
        if config.control_layers:
            self.vace_patch_embedding = nn.Conv3d(config.control_channels, dim, config.patch, config.patch)
            self.vace_blocks = nn.ModuleList(
                ControlBlock(dim, config.heads, config.ffn_dim, config.eps, first=index == 0)
                for index in range(len(config.control_layers))
            )
        # Rotations as complex numbers are one pass on a CPU; other devices and compilers prefer pairs of real ones.
        self.real_turns = False
        # The last RoPE table, so that steps of one size do not build it again: (what it is for, table).
        self._turns: tuple[tuple[object, ...], Tensor] | None = None
        if self.patch_embedding.weight.device.type != "meta":
            self.init_weights()

    @classmethod
    def from_state_dict(cls, sd: Mapping[str, Tensor], *, head_dim: int = 128, eps: float = 1e-6) -> Self:
        """Build from a state dict in the original or the Diffusers layout; strict, geometry from the shapes.

        `head_dim` and `eps` are the two things that the shapes do not tell. Raises WeightsError naming what is missing,
        too many, or of another shape.
        """
        from model import weights

        original = weights.to_original_layout(sd)
        config = weights.dit_geometry(original, head_dim=head_dim, eps=eps)
        with torch.device("meta"):
            dit = cls(config)
        weights.assign_strictly(dit, original)
        return dit.eval()

    def init_weights(self) -> None:
        """Set every parameter as training starts from it.

        linears and patches   Xavier uniform, bias 0
        text and time MLPs    normal, std 0.02: gentle conditioning at first
        modulations           normal / sqrt(dim): gates near 0, so blocks start as near-identities
        head                  0: the first velocity is 0
        norms                 1 (and 0 for their biases)
        """
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Conv3d):
                nn.init.xavier_uniform_(module.weight.flatten(1))
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        for mlp in (self.text_embedding, self.time_embedding, self.time_projection):
            for module in mlp.modules():
                if isinstance(module, nn.Linear):
                    nn.init.normal_(module.weight, std=0.02)
        for name, parameter in self.named_parameters():
            if name.endswith("modulation"):
                nn.init.normal_(parameter, std=self.config.dim**-0.5)
        nn.init.zeros_(self.head.head.weight)

    def forward(
        self,
        x: Tensor,
        t: Tensor,
        text: Tensor,
        *,
        pad_rows: int | Sequence[int] = 0,
        positions: Tensor | Sequence[float] | None = None,
        image: Tensor | None = None,
        control: Tensor | None = None,
        control_scale: float = 1.0,
        cache: TextCache | None = None,
        text_mask: Tensor | None = None,
        reuse: BlockCache | None = None,
    ) -> Tensor:
        """Velocity (B, out_channels, T, H, W) of latents x (B, C, T, H, W).

        t          (B,) or (B, N), in 0..1000 (0 is clean)
        text       (B, L, text_dim); 1 for a batch that shares it; several for one clip (then x and t have a batch of
                   1): what comes before the first text is computed once for all of them
        pad_rows   how many identical padding rows the last text row stands for (0 or 1: it is an ordinary row); one
                   number for each text of the batch where they differ (then 0 hides the row)
        positions  (frames,) RoPE times instead of 0, 1, 2, ...; fractions and gaps are fine
        control    (B or 1, control_channels, T, H, W): what a VACE model is shown, added with `control_scale`
        cache      keeps the text's keys and values from one step to the next (inference, one text)
        text_mask  (B, L) bool, True where a row is text: for batches of prompts of unequal length
        reuse      leaves blocks out where the forwards before say enough: approximate (see `blockcache.py`)
        """
        if image is not None or (control is not None and not self.config.control_layers):
            branch = "image" if image is not None else "control"
            raise ModelError(f"this model has no {branch} branch; give frames as anchors instead")
        grid = self._grid(x)
        if control is not None and control.shape[1:] != (self.config.control_channels, *x.shape[2:]):
            wanted = (x.shape[0], self.config.control_channels, *x.shape[2:])
            raise ModelError(f"the control must be {wanted}, not {tuple(control.shape)}")
        dtype = self.patch_embedding.weight.dtype
        tokens = self._patchify(x.to(dtype)).to(dtype)  # under autocast the residual stream keeps the weights' type
        timing = self._timing(t, x.shape[0], grid)
        turns = self._rope(grid, positions, x.device)
        text_states, bias = self._text(text.to(dtype), x.shape[0], pad_rows, text_mask, cache)
        hints = self._hints(control, tokens, timing, turns, text_states[len(self.blocks) :], bias)
        for index, block in enumerate(self.blocks):
            begun = tokens if reuse is not None and index == 0 else None
            tokens = block(tokens, timing, turns, text_states[index], bias)
            if control is not None and index in self.config.control_layers:
                tokens = tokens + control_scale * next(hints)
            if reuse is not None and begun is not None and (known := reuse.recall(begun, tokens)) is not None:
                return self._unpatchify(self.head(known, timing), grid)
        if reuse is not None:
            reuse.keep(tokens)
        return self._unpatchify(self.head(tokens, timing), grid)

    def fuse(self) -> Self:
        """Make one product of queries, keys and values; numbers and names of the weights stay. Returns itself.

        For inference: moving the module, or giving it new weights, undoes it.
        """
        for module in self.modules():
            if isinstance(module, SelfAttention):
                module.fuse()
        return self

    def compile_blocks(self, backend: str = "inductor") -> Self:
        """Compile every block for the shapes it will be called with; the first call of a size takes long."""
        self.real_turns = True
        for block in (*self.blocks, *(self.vace_blocks if self.config.control_layers else ())):
            block.compile(dynamic=False, backend=backend, fullgraph=True)
        return self

    def _hints(
        self,
        control: Tensor | None,
        tokens: Tensor,
        timing: Timing,
        turns: Tensor,
        text: list[KeyValue],
        bias: Tensor | None,
    ) -> Iterator[Tensor]:
        """What the control branch says, one tensor (B, N, D) for each of its blocks, each made when it is asked for."""
        if control is None:
            return
        seen = self._patchify(control.to(tokens.dtype), self.vace_patch_embedding).expand(tokens.shape[0], -1, -1)
        for block, states in zip(self.vace_blocks, text, strict=True):
            made = cast(ControlBlock, block)
            seen = made(made.begin(seen, tokens) if made.before_proj is not None else seen, timing, turns, states, bias)
            yield made.after_proj(seen)

    def _grid(self, x: Tensor) -> tuple[int, int, int]:
        if x.ndim != 5 or x.shape[1] != self.config.in_channels:
            raise ModelError(f"latents must be (B, {self.config.in_channels}, T, H, W), not {tuple(x.shape)}")
        (p, q, r), (frames, rows, columns) = self.config.patch, x.shape[2:]
        if frames % p or rows % q or columns % r:
            raise ModelError(f"a latent grid of {frames}x{rows}x{columns} cannot be cut into {p}x{q}x{r} patches")
        return frames // p, rows // q, columns // r

    def _patchify(self, x: Tensor, embedding: nn.Conv3d | None = None) -> Tensor:
        """Patches do not overlap, so the convolution is one matrix product over rearranged latents."""
        embedding, (p, q, r) = embedding or self.patch_embedding, self.config.patch
        patches = rearrange(x, "b c (f p) (h q) (w r) -> b (f h w) (c p q r)", p=p, q=q, r=r)
        return product(patches, embedding.weight.flatten(1), embedding.bias)  # (B, N, D)

    def _unpatchify(self, patches: Tensor, grid: tuple[int, int, int]) -> Tensor:
        (f, h, w), (p, q, r) = grid, self.config.patch
        pattern = "b (f h w) (p q r c) -> b c (f p) (h q) (w r)"
        return rearrange(patches, pattern, f=f, h=h, w=w, p=p, q=q, r=r)

    def _timing(self, t: Tensor, batch: int, grid: tuple[int, int, int]) -> Timing:
        """Time rows for each distinct timestep; tokens are grouped by clip or by latent frame where that is exact."""
        frames, tokens = grid[0], math.prod(grid)
        if t.shape == (batch,):
            steps, index = t, torch.arange(batch, device=t.device)[:, None]
        elif t.shape == (batch, tokens):
            by_frame = t.unflatten(1, (frames, -1))
            if bool((by_frame == by_frame[..., :1]).all()):
                t = by_frame[..., 0]
            steps, index = torch.unique(t, return_inverse=True)
        else:
            raise ModelError(f"timesteps must be ({batch},) or ({batch}, {tokens}), not {tuple(t.shape)}")
        # bfloat16 cannot tell one timestep from the next, so this path stays float32 even under autocast.
        with torch.autocast(t.device.type, enabled=False):
            embedding = _mlp32(self.time_embedding, sinusoid(steps, self.config.freq_dim))
            rows = _mlp32(self.time_projection, embedding)
        return Timing(embedding, rows.unflatten(1, (6, -1)), index)

    def _rope(
        self, grid: tuple[int, int, int], positions: Tensor | Sequence[float] | None, device: torch.device
    ) -> Tensor:
        times = None if positions is None else torch.as_tensor(positions, dtype=torch.float64)
        if times is not None and times.shape != (grid[0],):
            raise ModelError(f"positions must hold {grid[0]} times, not {tuple(times.shape)}")
        real = self.real_turns or device.type != "cpu"
        key = (grid, None if times is None else tuple(times.tolist()), device, real)
        last = self._turns
        if last is None or last[0] != key:
            table = rope.table(grid, self.config.head_dim, times)
            last = key, (torch.view_as_real(table).contiguous() if real else table).to(device)
            self._turns = last
        return last[1]

    def _text(
        self, text: Tensor, batch: int, pad_rows: int | Sequence[int], mask: Tensor | None, cache: TextCache | None
    ) -> tuple[list[KeyValue], Tensor | None]:
        if cache is not None and cache.blocks:
            return cache.blocks, cache.bias
        fits = text.ndim == 3 and text.shape[-1] == self.config.text_dim
        if not fits or (batch > 1 and text.shape[0] not in (1, batch)):
            raise ModelError(f"text must be ({batch}, L, {self.config.text_dim}), not {tuple(text.shape)}")
        states = self.text_embedding(text).expand(max(batch, len(text)), -1, -1)
        # One after another: a block that is streamed is on the device for its turn alone.
        blocks = [cast(Block, block).cross_attn.read(states) for block in self.blocks]
        if self.config.control_layers:
            blocks += [cast(Block, block).cross_attn.read(states) for block in self.vace_blocks]
        bias = text_bias(states, pad_rows, mask)
        if cache is not None:
            cache.blocks, cache.bias = blocks, bias
        return blocks, bias


def sinusoid(t: Tensor, dim: int) -> Tensor:
    """Timesteps (U,) as [cos, sin] waves (U, dim) float32, frequencies 1 down to 1/10000."""
    half = dim // 2
    frequencies = torch.exp(-math.log(10000) / half * torch.arange(half, dtype=torch.float32, device=t.device))
    angles = t.float()[:, None] * frequencies
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


def text_bias(text: Tensor, pad_rows: int | Sequence[int], mask: Tensor | None) -> Tensor | None:
    """Attention bias (B, 1, 1, L) that hides rows outside `mask` and weighs the last row as `pad_rows` rows."""
    counts = [pad_rows] if isinstance(pad_rows, int) else list(pad_rows)
    if mask is None and isinstance(pad_rows, int) and pad_rows <= 1:
        return None
    bias = text.new_zeros(text.shape[0], text.shape[1])
    if isinstance(pad_rows, int):
        bias[:, -1] = math.log(max(1, pad_rows))
    elif len(counts) == len(bias):
        bias[:, -1] = bias.new_tensor([math.log(count) if count else -math.inf for count in counts])
    else:
        raise ModelError(f"pad_rows must be one number or {len(bias)}, not {len(counts)}")
    if mask is not None:
        if mask.shape != bias.shape:
            raise ModelError(f"text_mask must be {tuple(bias.shape)}, not {tuple(mask.shape)}")
        bias = bias.masked_fill(~mask, float("-inf"))
    return bias[:, None, None]


def _mlp32(mlp: nn.Sequential, x: Tensor) -> Tensor:
    """Run linears and activations in float32 even where the weights are stored in a smaller type."""
    for module in mlp:
        x = product(x, module.weight.float(), module.bias.float()) if isinstance(module, nn.Linear) else module(x)
    return x
