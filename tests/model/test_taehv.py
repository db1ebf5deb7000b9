"""The tiny decoder follows its published topology, streams, and stands in for the large one where that is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor

import model
from model.errors import WeightsError
from model.residency import Residency
from model.taehv import TAEHV, TAEHVConfig
from tests.model.wan_folders import make


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(2)
    path = tmp_path_factory.mktemp("tiny") / "taew2_2.safetensors"
    made = TAEHV(TAEHVConfig(48, 2))
    save_file({**made.state_dict(), "encoder.0.weight": torch.zeros(64, 12, 3, 3)}, path)
    return path


def published(sd: dict[str, Tensor], latents: Tensor, patch: int) -> Tensor:
    """taehv.py's decoder for (T, C, h, w), written out block by block."""
    x, index = torch.tanh(latents / 3) * 3, 1

    def conv(x: Tensor, name: str) -> Tensor:
        weight = sd[f"decoder.{name}.weight"]
        return F.conv2d(x, weight, sd.get(f"decoder.{name}.bias"), padding=weight.shape[-1] // 2)

    x = F.relu(conv(x, "1"))
    index = 3
    for _ in range(3):
        for _ in range(3):
            past = F.pad(x, (0, 0, 0, 0, 0, 0, 1, 0))[:-1]
            y = torch.cat([x, past], 1)
            for layer in (0, 2, 4):
                y = conv(y, f"{index}.conv.{layer}")
                y = F.relu(y) if layer < 4 else y
            x, index = F.relu(y + x), index + 1
        x = F.interpolate(x, scale_factor=2.0)
        width = x.shape[1]
        x = conv(x, f"{index + 1}.conv").reshape(-1, width, *x.shape[2:])
        x, index = conv(x, str(index + 2)), index + 3
    x = F.pixel_shuffle(conv(F.relu(x), "22"), patch).clamp(0, 1)
    return x[3:]


def test_equals_the_published_topology_in_any_pieces(file: Path) -> None:
    tiny, latents = TAEHV.load(file), torch.randn(1, 48, 4, 2, 3)
    expected = published(tiny.state_dict(), latents[0].transpose(0, 1), 2)
    assert expected.shape == (13, 3, 32, 48) and expected.std() > 0.01
    stream = tiny.stream_decoder()
    frames = torch.cat([stream.push(latents[:, :, :1]), stream.push(latents[:, :, 1:])], 2)
    assert torch.allclose((frames[0].transpose(0, 1) + 1) / 2, expected, atol=1e-5)


def test_previews_are_small_and_one_a_latent(file: Path) -> None:
    preview = TAEHV.load(file).preview(torch.randn(2, 48, 3, 2, 3))
    assert preview.shape == (2, 3, 3, 8, 12) and 0 <= preview.min() <= preview.max() <= 1


def test_a_file_that_grows_time_more_often_is_read(file: Path, tmp_path: Path) -> None:
    sd = TAEHV.load(file).state_dict()
    wide = {**sd, "decoder.7.conv.weight": torch.cat([torch.zeros(256, 256, 1, 1), sd["decoder.7.conv.weight"]])}
    save_file(wide, tmp_path / "wide.safetensors")
    again = TAEHV.load(tmp_path / "wide.safetensors").state_dict()
    assert torch.equal(again["decoder.7.conv.weight"], sd["decoder.7.conv.weight"])


def test_what_is_none_is_named(file: Path, tmp_path: Path) -> None:
    save_file({"decoder.1.weight": torch.zeros(8, 48, 3, 3)}, tmp_path / "x.safetensors")
    with pytest.raises(WeightsError, match="not a tiny decoder"):
        TAEHV.load(tmp_path / "x.safetensors")
    sd = {key: value for key, value in TAEHV.load(file).state_dict().items() if key != "decoder.4.conv.2.bias"}
    save_file(sd, tmp_path / "y.safetensors")
    with pytest.raises(WeightsError, match=r"missing: decoder\.4\.conv\.2\.bias"):
        TAEHV.load(tmp_path / "y.safetensors")


def test_a_render_is_previewed_and_can_be_finished_with_it(file: Path, tmp_path: Path) -> None:
    made = make(tmp_path / "model")
    entry = replace(made.entry, parts={**made.entry.parts, "tiny": file})
    size = {"width": 64, "height": 32, "frames": 5, "steps": 1, "guidance": 1.0}
    full, fast = (model.load(entry, device="cpu", residency=Residency(fast_decode=on)) for on in (False, True))
    previews: list[np.ndarray] = []
    frames = [
        np.concatenate(list(gen.generate(gen.request("a fox", **size), lambda step: previews.append(step.preview()))))
        for gen in (full, fast)
    ]
    assert [preview.shape for preview in previews] == [(2, 8, 16, 3)] * 2
    assert frames[0].shape == frames[1].shape == (5, 32, 64, 3)
    assert not np.array_equal(*frames)
    other = replace(made.entry, parts={**made.entry.parts, "tiny": made.entry.parts["vae"]})
    with pytest.raises(WeightsError, match="not a tiny decoder"):
        model.load(other, device="cpu")
