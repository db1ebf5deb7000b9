"""A whole model from a folder: the real autoencoder and text encoder around a tiny transformer."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import model
from model import catalog, weights
from model.conditioning import Anchor
from model.config import PRESETS
from model.dit import DiT
from model.errors import WeightsError
from model.pipeline import Generator
from model.tiny_vae import TinyVAE, TinyVAEConfig

TINY = replace(PRESETS["tiny"], text_dim=384)
VAE = TinyVAEConfig(latent_channels=4, widths=(8, 8, 8), fine=8, blocks=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(3)
    path = tmp_path_factory.mktemp("models") / "mine"
    shutil.copytree(catalog.assets() / "storybook" / "text", path / "text")
    dit = DiT(TINY)
    torch.nn.init.normal_(dit.head.head.weight, std=0.2)
    half = {key: value.half() for key, value in dit.state_dict().items()}
    weights.save_dit(path / "dit.safetensors", half, TINY, window=3, sizes={"small": [128, 128]}, defaults={"steps": 2})
    TinyVAE(VAE).save(path / "vae.safetensors")
    return path


@pytest.fixture(scope="module")
def gen(folder: Path) -> Generator:
    return model.load(folder, device="cpu", threads=1)


def test_films_with_the_real_parts(gen: Generator, folder: Path) -> None:
    assert gen.name == "mine" and gen.limits.multiple == 64
    assert gen.sha256 == weights.sha256(folder / "dit.safetensors")
    assert {parameter.dtype for parameter in gen.dit.parameters()} == {torch.float32}
    asked = gen.request("a red fox in the snow", frames=21, seed=7)
    generation = gen.generate(asked)
    frames = np.concatenate(list(generation))
    assert frames.shape == (21, 128, 128, 3)
    assert np.array_equal(np.concatenate(list(gen.generate(asked))), frames)
    with torch.inference_mode():
        whole = gen.vae.decode(generation.latents[None].float())
    assert np.abs(frames - ((whole[0] + 1) * 127.5).permute(1, 2, 3, 0).numpy()).max() < 4


def test_previews_and_given_pictures_with_the_real_parts(gen: Generator) -> None:
    picture = np.full((1, 128, 128, 3), 200, np.uint8)
    seen = []
    for place in ("first", "last", 9):
        asked = gen.request("a fox", frames=13, anchors=(Anchor(picture, place=place),))
        list(gen.generate(asked, lambda step: seen.append(step.preview())))
    assert {preview.shape for preview in seen} == {(3, 4, 4, 3)}


def copy(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to / "copy")
    return to / "copy"


@pytest.mark.parametrize(
    "name", ["dit.safetensors", "vae.safetensors", "text/model.safetensors", "text/tokenizer.json"]
)
def test_each_missing_or_truncated_file_is_one_clear_line(folder: Path, tmp_path: Path, name: str) -> None:
    broken = copy(folder, tmp_path) / name
    broken.write_bytes(broken.read_bytes()[: broken.stat().st_size // 2])
    with pytest.raises(WeightsError) as error:
        model.load(tmp_path / "copy", device="cpu")
    assert "\n" not in str(error.value) and str(tmp_path) in str(error.value)
    broken.unlink()
    with pytest.raises(WeightsError, match="missing") as error:
        model.load(tmp_path / "copy", device="cpu")
    assert str(broken) in str(error.value)


def test_parts_of_different_models_are_refused(folder: Path, tmp_path: Path) -> None:
    mixed = copy(folder, tmp_path)
    TinyVAE(replace(VAE, latent_channels=6)).save(mixed / "vae.safetensors")
    with pytest.raises(WeightsError, match="4 latent channels, the autoencoder 6"):
        model.load(mixed, device="cpu")
    shutil.copy(mixed / "vae.safetensors", mixed / "dit.safetensors")
    with pytest.raises(WeightsError, match="holds a tiny_vae"):
        model.load(mixed, device="cpu")


def test_freed_memory_is_kept_between_products_and_given_back_at_rest() -> None:
    """In a process of its own: it would be kept for all the tests that come after."""
    script = """
import psutil, resource, sys
from model import allocation
if not allocation.keep():
    sys.exit(77)
import torch
me, faults = psutil.Process(), lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt
used = lambda: [torch.ones(4 << 20) for _ in range(8)] and None  # 8 blocks of 16 MB
[used() for _ in range(5)]
before = faults(); used(); again = faults() - before
held = me.memory_info().rss; allocation.give_back(); left = me.memory_info().rss
print(again, held - left)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    if done.returncode == 77:
        pytest.skip("another C library than glibc")
    again, given_back = map(int, done.stdout.split())
    assert again < 1000, "128 MB are 32,768 pages"
    assert given_back > 100e6
