"""The Wan autoencoders equal the reference however a clip is cut, in time and in rows."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest
import torch
from diffusers import AutoencoderKLWan
from diffusers.loaders.single_file_utils import convert_wan_vae_to_diffusers
from torch import Tensor

from model import vae as vaes
from model import vae_keys
from model.errors import ModelError, WeightsError
from model.vae import WAN_2_1, WAN_2_2, WanVAE

KINDS = ("2.1", "2.2")
PUBLISHED = {
    "2.1": {},
    "2.2": {
        "base_dim": 160, "decoder_base_dim": 256, "z_dim": 48, "is_residual": True, "in_channels": 12,
        "out_channels": 12, "patch_size": 2, "scale_factor_spatial": 16,
    },
}  # fmt: skip
SIZE = {"2.1": (16, 24), "2.2": (32, 48)}


def reference(kind: str) -> AutoencoderKLWan:
    """Diffusers' autoencoder, tiny, with random weights everywhere."""
    torch.manual_seed(3)
    tiny = {"base_dim": 8, "decoder_base_dim": 12 if kind == "2.2" else 8, "z_dim": 4}
    vae = AutoencoderKLWan(
        **{**PUBLISHED[kind], **tiny, "latents_mean": [0.1, 0.2, -0.3, 0.4], "latents_std": [1.5] * 4}
    )
    for name, parameter in vae.named_parameters():
        torch.nn.init.normal_(parameter, 1.0 if name.endswith("gamma") else 0.0, 0.1 if parameter.ndim < 4 else 0.08)
    return vae.eval().requires_grad_(False)


def ours(theirs: AutoencoderKLWan) -> WanVAE:
    config = theirs.config
    return WanVAE.from_state_dict(
        theirs.state_dict(), latents_mean=config.latents_mean, latents_std=config.latents_std
    )  # fmt: skip


@pytest.fixture(scope="module", params=KINDS)
def pair(request: pytest.FixtureRequest) -> tuple[str, AutoencoderKLWan, WanVAE]:
    theirs = reference(request.param)
    return request.param, theirs, ours(theirs)


def difference(a: Tensor, b: Tensor) -> float:
    assert a.shape == b.shape
    return float((a - b).abs().max() / b.abs().max())


def scaled(latents: Tensor, vae: WanVAE) -> Tensor:
    return latents * vae.latents_std[:, None, None, None] + vae.latents_mean[:, None, None, None]


def in_pieces(push: Callable[[Tensor], Tensor], whole: Tensor, sizes: list[int]) -> Tensor:
    return torch.cat([push(piece) for piece in whole.split(sizes, dim=2)], dim=2)


@pytest.mark.parametrize("frames", [1, 5, 9, 17])
@torch.inference_mode()
def test_encode_equals_diffusers_in_any_chunks(pair: tuple[str, AutoencoderKLWan, WanVAE], frames: int) -> None:
    kind, theirs, vae = pair
    video = torch.rand(2, 3, frames, *SIZE[kind]) * 2 - 1
    expected = theirs.encode(video).latent_dist.mode()
    assert difference(scaled(vae.encode(video), vae), expected) < 1e-5
    for chunk in (4, 8):
        sizes = [1, *(min(chunk, frames - 1 - done) for done in range(0, frames - 1, chunk))]
        cut = in_pieces(vae.stream_encoder().push, video, sizes)
        assert difference(scaled(cut, vae), expected) < 1e-5


@pytest.mark.parametrize("count", [1, 2, 3, 5])
@torch.inference_mode()
def test_decode_equals_diffusers_in_any_chunks(pair: tuple[str, AutoencoderKLWan, WanVAE], count: int) -> None:
    _, theirs, vae = pair
    latents = torch.randn(2, 4, count, 2, 3)
    expected = theirs.decode(scaled(latents, vae)).sample
    assert 0.05 < expected.abs().mean() < 0.95, "neither silent nor clipped"
    assert difference(vae.decode(latents), expected) < 1e-5
    for chunk in (1, 2):
        cut = in_pieces(vae.stream_decoder().push, latents, [min(chunk, count - i) for i in range(0, count, chunk)])
        assert difference(cut, expected) < 1e-5


@pytest.mark.parametrize("budget", [1, 40_000])
def test_how_much_is_held_at_once_changes_nothing(
    pair: tuple[str, AutoencoderKLWan, WanVAE], monkeypatch: pytest.MonkeyPatch, budget: int
) -> None:
    kind, _, vae = pair
    latents, video = torch.randn(1, 4, 4, 2, 3), torch.rand(1, 3, 13, *SIZE[kind]) * 2 - 1
    whole, code = vae.decode(latents), vae.encode(video)
    monkeypatch.setattr(vaes, "PIECE", budget)
    assert difference(vae.decode(latents), whole) < 1e-5
    assert difference(vae.encode(video), code) < 1e-5


@pytest.mark.parametrize("strips", [2, 5])
def test_strips_have_no_seams(pair: tuple[str, AutoencoderKLWan, WanVAE], strips: int) -> None:
    _, _, vae = pair
    latents = torch.randn(1, 4, 3, 10, 2)
    whole = vae.decode(latents)
    stream = vae.stream_decoder(strips=strips)
    assert difference(torch.cat([stream.push(latents[:, :, :1]), stream.push(latents[:, :, 1:])], 2), whole) < 1e-5


def test_the_margin_of_a_strip_is_needed(
    pair: tuple[str, AutoencoderKLWan, WanVAE], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, vae = pair
    latents = torch.randn(1, 4, 2, 10, 2)
    monkeypatch.setattr(vaes.StreamDecoder, "_margin", lambda self: 1)
    assert difference(vae.decode(latents, strips=2), vae.decode(latents)) > 1e-4


def test_what_other_strips_look_back_on_waits_elsewhere(
    pair: tuple[str, AutoencoderKLWan, WanVAE], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, vae = pair
    latents = torch.randn(1, 4, 3, 10, 2)
    whole, waiting = vae.decode(latents), list[int]()

    def away(value: Tensor) -> list[Tensor]:
        waiting.append(value.nbytes)
        return [value.clone()]

    monkeypatch.setattr(vaes, "away", away)
    monkeypatch.setattr(vaes, "back", lambda value, device: value[0] if isinstance(value, list) else value)
    stream = vae.stream_decoder(strips=2)
    made = torch.cat([stream.push(piece) for piece in latents.split(1, dim=2)], dim=2)
    assert difference(made, whole) < 1e-5 and sum(waiting) > 0
    waiting.clear()
    vae.decode(latents)
    assert not waiting, "where everything is decoded at once nothing has to wait"


def test_original_names_load_as_well(pair: tuple[str, AutoencoderKLWan, WanVAE]) -> None:
    _, _, vae = pair
    again = WanVAE.from_state_dict(vae.state_dict())
    assert again.config == vae.config
    assert torch.equal(again.conv2.weight, vae.conv2.weight)


@pytest.mark.parametrize("kind", KINDS)
def test_published_geometry_has_the_tensors_of_diffusers(kind: str) -> None:
    with torch.device("meta"):
        theirs = AutoencoderKLWan(**PUBLISHED[kind]).state_dict()
        vae = WanVAE(WAN_2_1 if kind == "2.1" else WAN_2_2)
    renamed = {key: tuple(value.shape) for key, value in vae_keys.to_original_layout(theirs).items()}
    assert renamed == {key: tuple(value.shape) for key, value in vae.state_dict().items()}
    assert vae_keys.geometry(vae_keys.to_original_layout(theirs)) == {
        name: getattr(vae.config, name) for name in vae.config.__slots__ if name != "temporal"
    }
    millions = sum(p.numel() for p in vae.parameters()) / 1e6
    assert round(millions, 1) == {"2.1": 126.9, "2.2": 704.7}[kind]


def test_own_names_are_those_of_the_original_file() -> None:
    """Diffusers' converter for single files, which reads the original names, finds its own in ours."""
    with torch.device("meta"):
        theirs, vae = AutoencoderKLWan().state_dict(), WanVAE(WAN_2_1)
    assert convert_wan_vae_to_diffusers(vae.state_dict()).keys() == theirs.keys()


def test_published_statistics_are_those_of_diffusers() -> None:
    defaults = inspect.signature(AutoencoderKLWan.__init__).parameters
    mean, std = vae_keys.published(16)
    assert (mean, std) == (defaults["latents_mean"].default, defaults["latents_std"].default)
    mean, std = vae_keys.published(48)
    assert len(mean) == len(std) == 48 and min(std) > 0


def test_bfloat16_stays_close(pair: tuple[str, AutoencoderKLWan, WanVAE]) -> None:
    _, theirs, vae = pair
    latents = torch.randn(1, 4, 2, 2, 3)
    rough = ours(theirs).to(torch.bfloat16)
    assert difference(rough.decode(latents), vae.decode(latents)) < 0.1


def test_what_does_not_fit_is_named(pair: tuple[str, AutoencoderKLWan, WanVAE]) -> None:
    kind, theirs, vae = pair
    sd = theirs.state_dict()
    with pytest.raises(WeightsError, match=r"missing: decoder\.head\.2\.bias"):
        WanVAE.from_state_dict({k: v for k, v in sd.items() if k != "decoder.conv_out.bias"})
    with pytest.raises(WeightsError, match=r"unexpected: extra\.weight"):
        WanVAE.from_state_dict({**sd, "extra.weight": torch.zeros(1)})
    with pytest.raises(WeightsError, match="not the weights of a Wan video autoencoder"):
        WanVAE.from_state_dict({"conv.weight": torch.zeros(1)})
    with pytest.raises(ModelError, match=r"1 \+ 4k frames first and 4k later, not 4"):
        vae.encode(torch.zeros(1, 3, 4, *SIZE[kind]))
    with pytest.raises(ModelError, match="sides multiples of"):
        vae.encode(torch.zeros(1, 3, 1, 20, 24))
    with pytest.raises(ModelError, match="must have 4 channels, not 5"):
        vae.decode(torch.zeros(1, 5, 1, 2, 2))
