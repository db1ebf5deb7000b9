"""The comparison with Diffusers compares the same thing, and prints one JSON object."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from model import bench, bench_gpu, weights
from model.config import PRESETS
from model.dit import DiT
from model.tiny_vae import TinyVAE, TinyVAEConfig
from model.vae import WAN_2_2


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


def test_the_rows_for_an_accelerator_run_in_miniature_and_compare_equal_results() -> None:
    torch._dynamo.reset()
    small = replace(PRESETS["tiny"], in_channels=8, out_channels=8, layers=2)
    vae = replace(WAN_2_2, base=8, decoder_base=8, latent_channels=8)
    setting = bench_gpu.Setting("cpu", small, vae, (2, 4, 4), torch.float32, "eager")
    found = bench_gpu.measure(1, setting)
    assert "failed" not in found, found
    assert found["difference"] < 1e-5 and found["compiled_difference"] < 1e-5
    assert {"eager_ratio", "compiled_ratio", "share_of_peak", "decode_s", "decode_ratio"} <= set(found)
    half = bench_gpu.measure(1, replace(setting, kind=torch.bfloat16))
    assert "failed" not in half, half
    assert half["difference"] < 0.05, "bfloat16, in the types of a loaded model"


def test_a_row_that_cannot_be_run_leaves_the_others() -> None:
    setting = bench_gpu.Setting("cpu", PRESETS["tiny"], WAN_2_2, (2, 4, 4), torch.float32, "no such backend")
    found = bench_gpu.measure(1, replace(setting, vae=replace(WAN_2_2, base=8, decoder_base=8)))
    assert "no such backend" in found["failed"]["steps"] and found["decode_s"] > 0


def test_operations_are_those_that_were_counted_for_the_published_clip() -> None:
    real = bench_gpu.Setting()
    assert real.tokens == 27280
    assert bench_gpu.operations(real.config, real.tokens, 1) == pytest.approx(517e12, rel=0.01)
    twice = bench_gpu.operations(real.config, real.tokens, 2)
    assert 2 * 517e12 * 0.98 < twice < 2 * bench_gpu.operations(real.config, real.tokens, 1)
