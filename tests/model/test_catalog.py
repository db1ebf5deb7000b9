"""The catalogue says what the weights say, needs no torch, and never fails on a broken file."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from model import catalog, weights
from model.errors import ModelError, WeightsError


def write(folder: Path, **notes: object) -> Path:
    folder.mkdir(exist_ok=True)
    weights.save(folder / catalog.DIT_FILE, {"x": torch.zeros(1)}, notes)
    return folder


def test_storybook_is_the_default_and_known_by_name() -> None:
    found = catalog.entry()
    assert found.name == "storybook" and found in catalog.entries()
    assert set(found.sizes) >= {"landscape", "portrait", "square"}
    for width, height in found.sizes.values():
        assert width % found.limits.multiple == 0 and height % found.limits.multiple == 0
        assert found.limits.min_width <= width <= found.limits.max_width
        assert found.limits.min_height <= height <= found.limits.max_height


def test_weights_say_how_they_want_to_be_used(tmp_path: Path) -> None:
    write(
        tmp_path / "mine",
        fps=12,
        window=17,
        overlap=2,
        sizes={"landscape": [576, 320]},
        limits={"max_width": 704, "max_seconds": 30, "unknown": 1},
        defaults={"steps": 8, "guidance": 2, "solver": "euler"},
        given={"last": False},
    )
    found = catalog.entry(tmp_path / "mine")
    assert (found.name, found.fps, found.sizes) == ("mine", 12, {"landscape": (576, 320)})
    assert (found.limits.window, found.limits.overlap, found.limits.max_width) == (17, 2, 704)
    assert (found.defaults.steps, found.defaults.guidance, found.defaults.solver) == (8, 2.0, "euler")
    assert found.limits.max_frames == 361
    assert found.given["first"] and not found.given["last"]


def test_missing_files_are_listed(tmp_path: Path) -> None:
    found = catalog.entry(write(tmp_path / "mine"))
    assert found.folder / "vae.safetensors" in found.missing
    assert found.folder / "dit.safetensors" not in found.missing
    assert found.size_bytes == (found.folder / "dit.safetensors").stat().st_size


def test_stated_hashes_are_read(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine")
    (folder / "SHA256SUMS").write_text(f"{'ab' * 32}  dit.safetensors\n")
    assert catalog.entry(folder).files["dit.safetensors"] == "ab" * 32
    assert catalog.entry(folder).files["vae.safetensors"] == ""


def test_hashes_that_come_along_are_right() -> None:
    found = catalog.entry()
    for name, stated in found.files.items():
        assert stated in ("", weights.sha256(found.folder / name) if (found.folder / name).is_file() else "")


@pytest.mark.parametrize("content", [b"", b"1234", struct.pack("<Q", 2**60) + b"{}", struct.pack("<Q", 4) + b"[[]]"])
def test_a_broken_header_says_nothing_and_breaks_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / catalog.DIT_FILE).write_bytes(content)
    assert catalog.metadata(tmp_path / catalog.DIT_FILE) == {}
    assert catalog.entry(tmp_path).fps == 16


def test_a_description_that_makes_no_sense_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="describes itself"):
        catalog.entry(write(tmp_path / "mine", fps="fast"))


def test_an_unknown_model_is_named_with_those_there_are() -> None:
    with pytest.raises(ModelError, match=r"no model 'sora'.*storybook"):
        catalog.entry("sora")


def test_seconds_become_frames_of_one_and_fours() -> None:
    limits = catalog.Limits()
    assert [limits.frames(seconds, 16) for seconds in (0, 1, 4, 60, 1e6)] == [1, 17, 65, 961, 961]


def test_the_catalogue_needs_no_torch() -> None:
    code = "import sys, model; from model import catalog; catalog.entries(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0
