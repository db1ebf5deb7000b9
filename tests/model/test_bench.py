"""The comparison with Diffusers compares the same thing, and prints one JSON object."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from model import bench, weights
from model.config import PRESETS
from model.dit import DiT
from model.tiny_vae import TinyVAE, TinyVAEConfig


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config = replace(PRESETS["tiny"], text_dim=8)
    dit = DiT(config)
    torch.nn.init.normal_(dit.head.head.weight, std=0.2)
    weights.save_dit(tmp_path / "dit.safetensors", dit.state_dict(), config, sizes={"small": [128, 64]})
    TinyVAE(TinyVAEConfig(latent_channels=4, widths=(8, 8, 8), fine=8, blocks=1)).save(tmp_path / "vae.safetensors")
    return tmp_path


def test_both_samplers_end_at_the_same_latents(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--model", str(folder), "--quick", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["model"]["weights"] == "trained"
    assert report["diffusers"]["parity"] < 1e-4
    assert report["diffusers"]["sampling_ratio"] > 0
    assert report["decode"]["frames"] == 17


def test_wan_beside_diffusers_compares_equal_results(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--wan", "--quick", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    for part in ("sampling", "decode", "encode"):
        assert report[part]["ratio"] > 0 and report[part]["difference"] < 1e-4, part
    assert report["decode_memory"]["ratio"] > 0
    assert report["padding"]["chosen"] in ("one row", "all rows")
    assert torch.cuda.is_available() or any("no GPU" in line for line in report["not_run"])
