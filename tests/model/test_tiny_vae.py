"""The small autoencoder: Wan's timing, causal, the same numbers in any chunking, weights that are read or refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from model.errors import ModelError, WeightsError
from model.tiny_vae import TinyVAE, TinyVAEConfig

TINY = TinyVAEConfig(latent_channels=6, widths=(8, 12, 16), fine=8, blocks=1)


@pytest.fixture
def vae() -> TinyVAE:
    torch.manual_seed(3)
    vae = TinyVAE(TINY).eval().requires_grad_(False)
    for layer in (vae.encoder.leave, vae.decoder.leave):  # a fresh one adds nothing to the linear path
        layer.weight.normal_(0, 0.1)
    vae.latents_mean.copy_(torch.linspace(-0.2, 0.2, 6))
    vae.latents_std.copy_(torch.linspace(0.8, 1.2, 6))
    vae.preview_map.copy_(torch.randn(3, 7) * 0.2)
    return vae


def video(frames: int, height: int = 32, width: int = 64, seed: int = 0) -> Tensor:
    return torch.rand(2, 3, frames, height, width, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def pushed(stream: object, whole: Tensor, sizes: Sequence[int]) -> Tensor:
    """Push pieces of these lengths through a stream and put together what comes out."""
    assert sum(sizes) == whole.shape[2]
    return torch.cat([stream.push(piece) for piece in whole.split(list(sizes), dim=2)], 2)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("frames", "latents"), ((1, 1), (5, 2), (17, 5), (65, 17)))
def test_one_and_four_k_frames_are_one_and_k_latents(vae: TinyVAE, frames: int, latents: int) -> None:
    encoded = vae.encode(video(frames))
    assert encoded.shape == (2, 6, latents, 1, 2)
    decoded = vae.decode(encoded)
    assert decoded.shape == (2, 3, frames, 32, 64)
    assert float(decoded.abs().max()) <= 1


@pytest.mark.parametrize(
    "shape", ((1, 3, 4, 32, 32), (1, 3, 5, 33, 32), (1, 3, 5, 32, 48), (3, 5, 32, 32), (1, 3, 2, 32, 32))
)
def test_other_shapes_are_refused(vae: TinyVAE, shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match="multiples of 32"):
        vae.encode(torch.zeros(shape))


@pytest.mark.parametrize("sizes", ((17,), (1, 16), (1, 4, 4, 4, 4), (5, 12), (9, 8), (13, 4)))
def test_streaming_encode_equals_the_whole(vae: TinyVAE, sizes: Sequence[int]) -> None:
    torch.testing.assert_close(
        pushed(vae.stream_encoder(), video(17), sizes), vae.encode(video(17)), atol=1e-5, rtol=1e-5
    )


@pytest.mark.parametrize("sizes", ((6,), (1, 5), (1, 1, 1, 1, 1, 1), (2, 4), (4, 2), (3, 3)))
def test_streaming_decode_equals_the_whole(vae: TinyVAE, sizes: Sequence[int]) -> None:
    latents = torch.randn(2, 6, 6, 2, 1)
    torch.testing.assert_close(pushed(vae.stream_decoder(), latents, sizes), vae.decode(latents), atol=1e-5, rtol=1e-5)


def test_a_stream_gives_one_frame_then_four_a_latent(vae: TinyVAE) -> None:
    stream, latents = vae.stream_decoder(), torch.randn(1, 6, 4, 1, 1)
    assert [stream.push(latents[:, :, i : i + 1]).shape[2] for i in range(4)] == [1, 4, 4, 4]
    assert vae.stream_decoder().push(latents[:, :, :3]).shape[2] == 9


def test_a_stream_goes_on_in_fours_only(vae: TinyVAE) -> None:
    stream = vae.stream_encoder()
    stream.push(video(5))
    with pytest.raises(ModelError, match="1 \\+ 4k frames first and 4k later, not 5"):
        stream.push(video(5))


def test_two_streams_do_not_disturb_each_other(vae: TinyVAE) -> None:
    latents = torch.randn(1, 6, 4, 1, 1)
    one, two = vae.stream_decoder(), vae.stream_decoder()
    out = []
    for latent in latents.split(1, dim=2):
        out.append(one.push(latent))
        two.push(torch.randn_like(latent))
    torch.testing.assert_close(torch.cat(out, 2), vae.decode(latents), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("changed", (1, 5, 9, 16))
def test_later_frames_never_change_earlier_latents(vae: TinyVAE, changed: int) -> None:
    before, after = video(17), video(17)
    after[:, :, changed:] = video(17, seed=1)[:, :, changed:]
    first = 0 if changed == 0 else 1 + (changed - 1) // 4
    a, b = vae.encode(before), vae.encode(after)
    torch.testing.assert_close(a[:, :, :first], b[:, :, :first], atol=1e-6, rtol=0)
    assert not torch.allclose(a[:, :, first], b[:, :, first], atol=1e-3)


def test_later_latents_never_change_earlier_frames_but_do_change_later_ones(vae: TinyVAE) -> None:
    before = torch.randn(1, 6, 4, 1, 1)
    after = before.clone()
    after[:, :, 2] -= 3 * before[:, :, 2]
    a, b = vae.decode(before), vae.decode(after)
    torch.testing.assert_close(a[:, :, :5], b[:, :, :5], atol=1e-6, rtol=0)
    assert not torch.allclose(a[:, :, 5:9], b[:, :, 5:9], atol=1e-3)
    assert not torch.allclose(a[:, :, 9:], b[:, :, 9:], atol=1e-4), "nothing is remembered"


def test_clips_of_a_batch_do_not_mix(vae: TinyVAE) -> None:
    clips = video(9)
    torch.testing.assert_close(vae.encode(clips)[1:], vae.encode(clips[1:]), atol=1e-5, rtol=1e-5)


def test_latents_are_shifted_and_scaled_by_the_statistics(vae: TinyVAE) -> None:
    clip, latents = video(5), torch.randn(1, 6, 2, 1, 1)
    before, shown = vae.encode(clip), vae.linear.encode(clip[:, :, 1:].transpose(1, 2).flatten(1, 2))
    vae.latents_std.mul_(2)
    change = vae.encode(clip)[:, :, 1] - before[:, :, 1]
    expected = -(shown - vae.latents_mean[:, None, None]) / vae.latents_std[:, None, None]
    torch.testing.assert_close(change, expected, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(vae.decode(latents), TinyVAE(TINY).decode(latents), atol=1e-3)


def test_the_linear_path_codes_what_differs_from_the_mean() -> None:
    linear = TinyVAE(TINY).linear.requires_grad_(False)
    size = linear.offset.numel()
    components = torch.linalg.qr(torch.randn(size, 6)).Q.T
    linear.fit(torch.full((size,), 0.25), components)
    grey = torch.full((1, 12, 32, 64), 0.25)
    torch.testing.assert_close(linear.encode(grey), torch.zeros(1, 6, 1, 2), atol=1e-4, rtol=0)
    torch.testing.assert_close(linear.decode(torch.zeros(1, 6, 1, 2)), grey)
    torch.testing.assert_close(linear.code.flatten(1) @ linear.back.flatten(1).T, torch.eye(6), atol=1e-4, rtol=0)


def test_previews_are_small_pictures_in_range_and_linear(vae: TinyVAE) -> None:
    preview = vae.preview(torch.randn(2, 6, 3, 4, 5) * 9)
    assert preview.shape == (2, 3, 3, 4, 5)
    assert float(preview.min()) >= 0 and float(preview.max()) <= 1
    grey = vae.preview(torch.zeros(1, 6, 1, 1, 1)).flatten()
    torch.testing.assert_close(grey, vae.preview_map[:, -1].clamp(0, 1))


def test_weights_come_back_as_they_were_saved(vae: TinyVAE, tmp_path: Path) -> None:
    vae.save(tmp_path / "deep" / "vae.safetensors", {"steps": 7})
    again = TinyVAE.load(tmp_path / "deep" / "vae.safetensors")
    assert again.config == TINY and not again.training
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["vae.safetensors"]
    for name, value in vae.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], value.half().float(), msg=name)
    torch.testing.assert_close(
        again.decode(torch.ones(1, 6, 2, 1, 1)), vae.decode(torch.ones(1, 6, 2, 1, 1)), atol=2e-2, rtol=0
    )


def test_a_config_it_cannot_have_is_refused() -> None:
    with pytest.raises(ValueError, match="32 pixels and 4 frames"):
        TinyVAEConfig(spatial=16)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="gone.safetensors"):
        TinyVAE.load(tmp_path / "gone.safetensors")


@pytest.mark.parametrize("keep", (0, 5, 100, 3000))
def test_a_truncated_file_is_named(vae: TinyVAE, tmp_path: Path, keep: int) -> None:
    path = tmp_path / "vae.safetensors"
    vae.save(path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(WeightsError, match="vae.safetensors"):
        TinyVAE.load(path)


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"x": torch.zeros(2)}, path, metadata={"auteur": json.dumps({"kind": "dit"})})
    with pytest.raises(WeightsError, match="other.safetensors is not an autoencoder"):
        TinyVAE.load(path)
    path.write_text("not weights at all, but long enough to look at")
    with pytest.raises(WeightsError, match="other.safetensors"):
        TinyVAE.load(path)


def test_weights_that_do_not_fit_their_config_are_named(vae: TinyVAE, tmp_path: Path) -> None:
    path = tmp_path / "vae.safetensors"
    vae.save(path)
    tensors = {k: v for k, v in vae.state_dict().items() if k != "decoder.enter.weight"}
    config = {"latent_channels": 6, "widths": [8, 12, 16], "fine": 8, "blocks": 1, "spatial": 32, "temporal": 4}
    save_file(tensors, path, metadata={"auteur": json.dumps({"kind": "tiny_vae", "config": config})})
    with pytest.raises(WeightsError, match="decoder.enter.weight"):
        TinyVAE.load(path)
