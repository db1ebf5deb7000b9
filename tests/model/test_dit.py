"""The transformer equals the reference, and its accelerations change nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from diffusers import WanTransformer3DModel
from torch import Tensor

from model.config import PRESETS, DiTConfig
from model.dit import DiT, TextCache
from model.errors import ModelError, WeightsError

TINY = PRESETS["tiny"]
GRID = (3, 4, 6)
TOKENS = 3 * 2 * 3


def reference(config: DiTConfig) -> WanTransformer3DModel:
    """Diffusers' transformer with random weights everywhere, also where it would start from zero."""
    wan = WanTransformer3DModel(
        patch_size=config.patch,
        num_attention_heads=config.heads,
        attention_head_dim=config.head_dim,
        in_channels=config.in_channels,
        out_channels=config.out_channels,
        text_dim=config.text_dim,
        freq_dim=config.freq_dim,
        ffn_dim=config.ffn_dim,
        num_layers=config.layers,
        cross_attn_norm=True,
        eps=config.eps,
    )
    for parameter in wan.parameters():
        torch.nn.init.normal_(parameter, std=0.15)
    return wan.eval()


def dit(config: DiTConfig = TINY) -> DiT:
    made = DiT(config).eval()
    torch.nn.init.normal_(made.head.head.weight, std=0.1)
    return made.requires_grad_(False)


def inputs(batch: int = 2) -> tuple[Tensor, Tensor]:
    return torch.randn(batch, TINY.in_channels, *GRID), torch.randn(batch, 7, TINY.text_dim)


def difference(a: Tensor, b: Tensor) -> float:
    """Largest difference relative to the largest value."""
    return float((a - b).abs().max() / b.abs().max())


def token_times(kind: str) -> Tensor:
    if kind == "scalar":
        return torch.tensor([7.0, 811.0])
    times = torch.full((2, TOKENS), 811.0)
    if kind == "first frame given":
        times[:, : TOKENS // 3] = 0
    if kind == "every token its own":
        times = torch.linspace(0, 999, 2 * TOKENS).reshape(2, TOKENS)
    return times


@pytest.mark.parametrize("kind", ["scalar", "uniform", "first frame given", "every token its own"])
def test_equals_diffusers(kind: str) -> None:
    wan = reference(TINY)
    ours = DiT.from_state_dict(wan.state_dict(), head_dim=TINY.head_dim)
    assert ours.config == TINY
    (x, text), t = inputs(), token_times(kind)
    with torch.no_grad():
        expected = wan(x, t, text, return_dict=False)[0]
        assert difference(ours(x, t, text), expected) < 1e-5


def test_equals_diffusers_where_more_is_read_than_written() -> None:
    """As the models that are shown a picture beside the noise: 36 channels in and 16 out, in small."""
    config = replace(TINY, in_channels=9)
    wan = reference(config)
    ours = DiT.from_state_dict(wan.state_dict(), head_dim=config.head_dim)
    assert ours.config == config
    x, (_, text) = torch.randn(2, 9, *GRID), inputs()
    with torch.no_grad():
        for t in (torch.tensor([7.0, 811.0]), token_times("first frame given")):
            assert difference(ours(x, t, text), wan(x, t, text, return_dict=False)[0]) < 1e-5


def test_uniform_token_times_equal_a_scalar_time() -> None:
    model, (x, text) = dit(), inputs()
    scalar = model(x, torch.tensor([300.0, 300.0]), text)
    assert difference(model(x, torch.full((2, TOKENS), 300.0), text), scalar) < 1e-6


def test_cached_text_equals_text_read_again() -> None:
    model, (x, text), cache = dit(), inputs(), TextCache()
    for time in (900.0, 500.0):
        t = torch.full((2,), time)
        assert torch.equal(model(x, t, text, cache=cache), model(x, t, text))


def test_collapsed_padding_equals_all_its_rows() -> None:
    model, (x, text) = dit(), inputs()
    t, padding = torch.tensor([400.0, 10.0]), torch.zeros(2, 1, TINY.text_dim)
    full = model(x, t, torch.cat([text, padding.expand(-1, 25, -1)], 1))
    assert difference(model(x, t, torch.cat([text, padding], 1), pad_rows=25), full) < 1e-5


def test_masked_batch_equals_each_prompt_alone() -> None:
    model, (x, text) = dit(), inputs()
    t, mask = torch.tensor([400.0, 10.0]), torch.ones(2, 7, dtype=torch.bool)
    mask[1, 4:] = False
    both = model(x, t, text, text_mask=mask)
    assert difference(both[:1], model(x[:1], t[:1], text[:1])) < 1e-5
    assert difference(both[1:], model(x[1:], t[1:], text[1:, :4])) < 1e-5


def test_one_text_serves_a_batch() -> None:
    model, (x, text), t = dit(), inputs(), torch.tensor([400.0, 10.0])
    assert difference(model(x, t, text[:1]), model(x, t, text[:1].expand(2, -1, -1))) < 1e-6


def test_positions_replace_time_and_only_distances_count() -> None:
    model, (x, text), t = dit(), inputs(), torch.tensor([400.0, 10.0])
    plain = model(x, t, text)
    assert torch.equal(model(x, t, text, positions=[0, 1, 2]), plain)
    assert difference(model(x, t, text, positions=[100.5, 101.5, 102.5]), plain) < 1e-4
    assert difference(model(x, t, text, positions=[0, 1, 10]), plain) > 1e-3


def test_starts_at_zero_velocity_and_every_parameter_learns() -> None:
    model, (x, text) = DiT(TINY), inputs()
    assert model(x, token_times("scalar"), text).abs().max() == 0
    torch.nn.init.normal_(model.head.head.weight, std=0.1)
    model(x, token_times("first frame given"), text).square().mean().backward()
    silent = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    # The bias of the keys shifts all scores alike only before the norm; none may be left out.
    assert silent == []


def test_bfloat16_stays_close_to_float32() -> None:
    model, (x, text), t = dit(), inputs(), token_times("first frame given")
    exact = model(x, t, text)
    rough = model.to(torch.bfloat16)(x, t, text)
    assert rough.dtype == torch.bfloat16
    assert difference(rough.float(), exact) < 0.05


def test_autocast_keeps_time_and_residuals_exact() -> None:
    model, (x, text), t = dit(), inputs(), token_times("first frame given")
    exact, kinds = model(x, t, text), []
    model.blocks[1].register_forward_pre_hook(lambda _, args: kinds.append(args[0].dtype))
    with torch.autocast("cpu", torch.bfloat16):
        rough = model(x, t, text)
    assert kinds == [torch.float32]
    assert difference(rough.float(), exact) < 0.05


@pytest.mark.parametrize("branch", ["image", "control"])
def test_branches_this_model_lacks_are_refused(branch: str) -> None:
    model, (x, text) = dit(), inputs()
    with pytest.raises(ModelError, match=f"no {branch} branch"):
        model(x, token_times("scalar"), text, **{branch: torch.zeros(1)})


def test_wrong_shapes_are_named() -> None:
    model, (x, text), t = dit(), inputs(), token_times("scalar")
    with pytest.raises(ModelError, match=r"cannot be cut into 1x2x2"):
        model(x[..., :5], t, text)
    with pytest.raises(ModelError, match=r"timesteps must be"):
        model(x, t[:1], text)
    with pytest.raises(ModelError, match=r"text must be"):
        model(x, t, text[..., :3])
    with pytest.raises(ModelError, match=r"positions must hold 3"):
        model(x, t, text, positions=[1.0])


def test_every_key_that_does_not_fit_is_named() -> None:
    sd = dict(dit().state_dict())
    with pytest.raises(WeightsError, match=r"missing: blocks\.1\.ffn\.2\.bias"):
        DiT.from_state_dict({k: v for k, v in sd.items() if k != "blocks.1.ffn.2.bias"}, head_dim=12)
    with pytest.raises(WeightsError, match=r"unexpected: blocks\.0\.to_gate\.bias, img_emb\.x"):
        DiT.from_state_dict({**sd, "img_emb.x": torch.zeros(1), "blocks.0.to_gate.bias": torch.zeros(1)}, head_dim=12)
    with pytest.raises(WeightsError, match=r"wrong shape: blocks\.1\.norm3\.bias \(3,\) for \(48,\)"):
        DiT.from_state_dict({**sd, "blocks.1.norm3.bias": torch.zeros(3)}, head_dim=12)
    with pytest.raises(WeightsError, match=r"not the weights of a Wan transformer"):
        DiT.from_state_dict({"conv.weight": torch.zeros(1)})


def test_reads_the_prefix_that_other_programs_add() -> None:
    model, (x, text), t = dit(), inputs(), token_times("scalar")
    prefixed = {f"model.diffusion_model.{key}": value for key, value in model.state_dict().items()}
    assert torch.equal(DiT.from_state_dict(prefixed, head_dim=12)(x, t, text), model(x, t, text))
