"""Weights are read whole or not at all, and every error says which file and why in one line."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from model import weights
from model.config import PRESETS
from model.dit import DiT
from model.errors import WeightsError

TINY = PRESETS["tiny"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "dit.safetensors"
    weights.save_dit(path, DiT(TINY).state_dict(), TINY, window=5, sizes={"landscape": [48, 32]})
    return path


def one_line(error: pytest.ExceptionInfo[WeightsError], *words: str) -> None:
    assert "\n" not in str(error.value)
    assert all(word in str(error.value) for word in words), str(error.value)


def test_a_file_describes_itself(file: Path) -> None:
    dit, notes = weights.load_dit(file)
    assert dit.config == TINY
    assert notes["window"] == 5 and notes["config"]["head_dim"] == TINY.head_dim
    assert not any(parameter.requires_grad or parameter.is_meta for parameter in dit.parameters())


def test_numbers_survive_the_file(file: Path) -> None:
    model = DiT(TINY)
    weights.save_dit(file, model.state_dict(), TINY)
    loaded = weights.load_dit(file)[0].state_dict()
    assert all(torch.equal(value, loaded[key]) for key, value in model.state_dict().items())


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError) as error:
        weights.load_dit(tmp_path / "dit.safetensors")
    one_line(error, "dit.safetensors", "missing")
    with pytest.raises(WeightsError) as error:
        weights.sha256(tmp_path / "dit.safetensors")
    one_line(error, "dit.safetensors", "cannot be read")


@pytest.mark.parametrize("left", [0, 5, 100, -1])
def test_a_truncated_file_is_named(file: Path, left: int) -> None:
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(WeightsError) as error:
        weights.load_dit(file)
    one_line(error, "dit.safetensors", "truncated")


@pytest.mark.parametrize("content", [b"<svg></svg>" * 30, b"\x00" * 64, b"\xff" * 64])
def test_another_kind_of_file_is_named(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(WeightsError) as error:
        weights.load_dit(file)
    one_line(error, "dit.safetensors", "another kind of file")


def test_weights_of_another_model_are_refused(file: Path) -> None:
    save_file({"conv.weight": torch.zeros(3)}, file)
    with pytest.raises(WeightsError) as error:
        weights.load_dit(file)
    one_line(error, "dit.safetensors", "Wan transformer")
    weights.save(file, {"conv.weight": torch.zeros(3)}, {"kind": "tiny_vae"})
    with pytest.raises(WeightsError) as error:
        weights.load_dit(file)
    one_line(error, "holds a tiny_vae")


def test_a_wrong_head_width_is_explained(file: Path) -> None:
    save_file(DiT(TINY).state_dict(), file)  # no metadata: 128 is assumed, as in every published Wan
    with pytest.raises(WeightsError) as error:
        weights.load_dit(file)
    one_line(error, "width 48", "head_dim 128")


def test_what_a_part_raises_becomes_one_line(tmp_path: Path) -> None:
    def broken(path: Path) -> None:
        raise RuntimeError("Error(s) in loading:\n\tsize mismatch")

    path = tmp_path / "vae.safetensors"
    with pytest.raises(WeightsError, match=r"vae\.safetensors is missing"):
        weights.guarded(broken, path)
    path.touch()
    with pytest.raises(WeightsError) as error:
        weights.guarded(broken, path)
    one_line(error, "vae.safetensors", "size mismatch")


def test_hash_is_that_of_the_bytes(file: Path) -> None:
    assert weights.sha256(file) == hashlib.sha256(file.read_bytes()).hexdigest()


def test_both_layouts_have_the_same_keys() -> None:
    original = set(DiT(TINY).state_dict())
    assert set(weights.to_original_layout(DiT(TINY).state_dict())) == original
    stray = {"condition_embedder.image_embedder.norm1.weight": torch.zeros(1)}
    assert set(weights.to_original_layout(stray)) == set(stray)
