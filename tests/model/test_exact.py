"""What makes the transformer faster or smaller changes nothing of what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from model.config import PRESETS, DiTConfig
from model.dit import DiT, TextCache
from model.streaming import StreamedBlocks, stream
from model.velocity import attention

CONTROLLED = DiTConfig(
    4, 4, dim=48, heads=4, layers=3, ffn_dim=96, text_dim=16, freq_dim=32, control_channels=6, control_layers=(0, 2)
)


def dit(config: DiTConfig) -> DiT:
    torch.manual_seed(6)
    made = DiT(config).eval().requires_grad_(False)
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.15)
    return made


def said(model: DiT, cache: TextCache | None = None, scale: float = 1.0) -> Tensor:
    made = torch.Generator().manual_seed(3)
    x, text = torch.randn(2, 4, 3, 4, 6, generator=made), torch.randn(2, 7, 16, generator=made)
    control = torch.randn(2, 6, 3, 4, 6, generator=made) if model.config.control_layers else None
    times = torch.full((2, 18), 700.0 * scale)
    times[:, :6] = 0
    with torch.inference_mode():
        return model(x * scale, times, text, control=control, cache=cache)


def difference(a: Tensor, b: Tensor) -> float:
    return float((a - b).abs().max() / b.abs().max())


@pytest.mark.parametrize("config", [PRESETS["tiny"], CONTROLLED], ids=["plain", "control"])
def test_fused_projections_equal_separate_ones(config: DiTConfig) -> None:
    plain, fused = dit(config), dit(config).fuse()
    assert difference(said(fused), said(plain)) < 1e-6
    assert fused.state_dict().keys() == plain.state_dict().keys()
    assert all(torch.equal(value, plain.state_dict()[key]) for key, value in fused.state_dict().items())
    first = fused.blocks[0].self_attn
    assert first.q.weight.data_ptr() == first._fused[0].data_ptr()
    fused.double()
    assert first._fused is None and first.q.weight.dtype == torch.float64


def test_real_rotations_equal_complex_ones() -> None:
    plain, real = dit(PRESETS["tiny"]), dit(PRESETS["tiny"])
    real.real_turns = True
    assert difference(said(real), said(plain)) < 1e-6


def test_compiled_blocks_are_one_graph_and_equal_plain_ones() -> None:
    torch._dynamo.reset()
    small = replace(PRESETS["tiny"], layers=1)
    compiled = dit(small).fuse().compile_blocks(backend="eager")  # the graph alone: no compiler is needed for it
    assert difference(said(compiled), said(dit(small))) < 1e-5


@pytest.mark.parametrize("config", [PRESETS["tiny"], CONTROLLED], ids=["plain", "control"])
def test_streamed_blocks_equal_resident_ones(config: DiTConfig) -> None:
    plain, streamed = dit(config), stream(dit(config), "cpu")
    assert isinstance(streamed.blocks, StreamedBlocks)
    cache, other = TextCache(), TextCache()
    for scale in (1.0, 0.5, 0.25):
        assert torch.equal(said(streamed, cache, scale), said(plain, other, scale))
    assert streamed.state_dict().keys() == plain.state_dict().keys()
    assert all(torch.equal(value, plain.state_dict()[key]) for key, value in streamed.state_dict().items())


def test_a_block_is_in_one_of_two_places_for_its_turn_alone() -> None:
    streamed = stream(dit(CONTROLLED), "cpu")
    blocks = streamed.blocks
    assert isinstance(blocks, StreamedBlocks)
    slots = {slot.untyped_storage().data_ptr() for slot in blocks._slots}
    seen = []
    for index, block in enumerate(blocks):
        inside = {p.untyped_storage().data_ptr() for p in block.parameters()}
        assert len(inside) == 1 and inside <= slots
        others = [p for i, other in enumerate(blocks._modules.values()) if i != index for p in other.parameters()]
        assert not {p.untyped_storage().data_ptr() for p in others} & slots
        seen.append(inside.pop())
    assert len(set(seen)) == 2
    with pytest.raises(RuntimeError, match="stop"):
        for _ in blocks:
            raise RuntimeError("stop")
    assert not {p.untyped_storage().data_ptr() for p in streamed.blocks.parameters()} & slots


def test_streaming_keeps_the_types_of_the_weights() -> None:
    model = dit(PRESETS["tiny"])
    model.blocks.bfloat16()
    for block in model.blocks:
        block.modulation.data = block.modulation.data.float()
    kinds = {key: value.dtype for key, value in model.state_dict().items()}
    assert {key: value.dtype for key, value in stream(model, "cpu").state_dict().items()} == kinds


def test_any_order_of_attention_kernels_gives_the_same() -> None:
    plain = said(dit(PRESETS["tiny"]))
    with attention("cuda"):  # the order holds on a CPU as well, where the first kernels are skipped
        assert difference(said(dit(PRESETS["tiny"])), plain) < 1e-6
    with attention("cpu"):
        assert torch.equal(said(dit(PRESETS["tiny"])), plain)
