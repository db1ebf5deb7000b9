"""Training on small data: what the loss counts, what a cache keeps, what an export refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from model.conditioning import PLACE_CHANNELS
from model.config import DiTConfig
from model.dit import DiT
from model.tiny_vae import TinyVAE, TinyVAEConfig
from model.training import export, latents, render_set
from model.training.autoencoder import AutoencoderRun, principal, psnr
from model.training.ema import Average
from model.training.latents import LatentCache, cache
from model.training.recipe import options_of, preset
from model.training.render_set import SetSpec, open_set
from model.training.render_set import render_set as render
from model.training.transformer import Batch, TransformerRun, guided, loss_of, train
from model.weights import load_dit
from model.world.art import COMMITTED, Art
from model.world.scene import Scene, SceneOptions, sample_scene

SMALL = TinyVAEConfig(latent_channels=4, widths=(8, 8, 8), fine=8, blocks=1)
HERE = {"subject": ("fox", "cat", "penguin"), "place": ("meadow", "snow"), "style": ("3d",)}


@pytest.fixture
def small_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenes that the committed art can draw."""

    def scene(self: SetSpec, index: int) -> Scene:
        return sample_scene(self.first + index, SceneOptions(knows=HERE, cuts=0, extras=0, frames=self.frames))

    monkeypatch.setattr(SetSpec, "scene", scene)
    for module in (render_set, latents):
        monkeypatch.setattr(module, "Art", lambda: Art(COMMITTED))


class Oracle(nn.Module):
    """Says the clean latent it was built with, off by `error` in the frames that `wrong` marks."""

    def __init__(self, x: Tensor, wrong: Tensor, error: float) -> None:
        super().__init__()
        self.config = DiTConfig(4, 4, dim=48, heads=4, layers=1, ffn_dim=48, text_dim=8)
        self.answer = x + error * wrong[None, None, :, None, None]

    def forward(self, x: Tensor, t: Tensor, text: Tensor, text_mask: Tensor | None = None) -> Tensor:
        assert t.shape == (x.shape[0], x.shape[2] * 4)
        return self.answer


def batch_of(x: Tensor, given: Tensor) -> Batch:
    dropped = torch.zeros(len(x), dtype=torch.bool)
    return Batch(
        x, given.expand(len(x), -1), torch.ones(len(x), 2, 8), None, dropped, nothing=torch.zeros(1, 8), per_frame=4
    )


class Teacher(nn.Module):
    """Says 2 where there is a caption and 1 where there is none."""

    def forward(self, x: Tensor, t: Tensor, text: Tensor, text_mask: Tensor | None = None) -> Tensor:
        return torch.ones_like(x) + text.mean()


def test_a_student_is_told_the_guided_answer_and_the_plain_one_without_a_caption() -> None:
    x, given = torch.randn(2, 4, 3, 4, 4), torch.full((3,), -1.0)
    batch = replace(batch_of(x, given), dropped=torch.tensor([False, True]))
    answer = guided(Teacher(), batch, x, torch.zeros(2, 12), 3.0)  # type: ignore[arg-type]
    assert torch.equal(answer[0], torch.full_like(x[0], 4.0)) and torch.equal(answer[1], torch.ones_like(x[1]))
    student, generator = Oracle(answer, torch.zeros(3), 0.0), torch.Generator().manual_seed(0)
    assert loss_of(student, batch, 2.0, generator, Teacher(), 3.0) == 0  # type: ignore[arg-type]


def test_the_loss_counts_what_is_made_and_not_what_is_given() -> None:
    x, generator = torch.randn(2, 4, 3, 4, 4), torch.Generator().manual_seed(0)
    given = torch.tensor([0.0, -1.0, -1.0])
    first, second = torch.tensor([1.0, 0, 0]), torch.tensor([0, 1.0, 0])
    assert loss_of(Oracle(x, first, 3.0), batch_of(x, given), 2.0, generator) == 0  # type: ignore[arg-type]
    assert loss_of(Oracle(x, second, 0.1), batch_of(x, given), 2.0, generator) > 0  # type: ignore[arg-type]


def test_an_average_follows_slowly() -> None:
    module = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(module.weight)
    average = Average(module, 0.9)
    nn.init.ones_(module.weight)
    values = []
    for _ in range(40):
        average.update(module)
        values.append(float(average.state()["weight"]))
    assert values == sorted(values) and 0 < values[0] < 1 and values[-1] > 0.9


@pytest.mark.usefixtures("small_world")
def test_a_cache_gives_back_latents_and_words_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    vae = TinyVAE(SMALL)
    vae.save(tmp_path / "vae.safetensors")
    spec = SetSpec("cpu", 3, 5, 128, 64, 10)
    cache(spec, tmp_path / "set", tmp_path / "vae.safetensors", batch=2)
    before = LatentCache(tmp_path / "set")
    assert len(before) == 3 and before.latents(1).shape == (4, 2, 2, 4)
    rows, width = before.text(2, 1).shape
    assert rows > 2 and width == 384
    kept = before.latents(2)
    cache(spec, tmp_path / "set", tmp_path / "vae.safetensors", batch=2)
    assert torch.equal(LatentCache(tmp_path / "set").latents(2), kept)


@pytest.mark.usefixtures("small_world")
def test_a_transformer_trains_saves_and_goes_on(tmp_path: Path) -> None:
    TinyVAE(SMALL).save(tmp_path / "vae.safetensors")
    for name, frames in (("stills", 1), ("moving", 9)):
        cache(SetSpec("cpu", 4, frames, 128, 64, 0), tmp_path / name, tmp_path / "vae.safetensors")
    sets = (tmp_path / "stills",), (tmp_path / "moving",)
    run = TransformerRun(tmp_path / "dit.safetensors", *sets, minutes=0.02, clips_from=0.3, tokens=16, window=2)
    run = replace(run, preset="everything")
    config = DiTConfig(4 + PLACE_CHANNELS, 4, dim=32, heads=2, layers=1, ffn_dim=32, text_dim=384, freq_dim=16)
    train(run, config)
    dit, notes = load_dit(run.out)
    assert dit.config == config and notes["prediction"] == "sample" and "fox" in notes["knows"]["subject"]
    train(run, config)
    assert load_dit(run.out)[1]["samples"] > notes["samples"]
    student = replace(run, out=tmp_path / "student.safetensors", teacher=run.out)
    train(student, config)
    assert load_dit(student.out)[1]["defaults"]["guidance"] == 1


@pytest.mark.usefixtures("small_world")
def test_principal_components_beat_chance(tmp_path: Path) -> None:
    for name, frames in (("stills", 1), ("clips", 5)):
        render(SetSpec("cpu", 3, frames, 128, 64, 0), tmp_path / name)
    run = AutoencoderRun(tmp_path / "vae", (tmp_path / "stills", tmp_path / "clips"), 1)
    video = torch.from_numpy(np.array(open_set(tmp_path / "clips")[1])).float().div(127.5).sub(1).transpose(1, 2)
    chance, fitted = TinyVAE(SMALL), principal(TinyVAE(SMALL), run)
    with torch.no_grad():
        assert psnr(fitted.decode(fitted.encode(video)), video) > psnr(chance.decode(chance.encode(video)), video) + 3


def test_an_export_refuses_files_of_different_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from model.weights import save_dit

    TinyVAE(SMALL).save(tmp_path / "vae.safetensors")
    for channels, code in ((3, 2), (4, 0)):
        config = DiTConfig(channels, channels, dim=24, heads=2, layers=1, ffn_dim=24, text_dim=8, freq_dim=8)
        save_dit(tmp_path / "dit.safetensors", DiT(config).state_dict(), config)
        arguments = [f"--{name}={tmp_path / name}.safetensors" for name in ("vae", "dit")]
        assert export.main([*arguments, f"--out={tmp_path / 'out'}"]) == code
    assert "different runs" in capsys.readouterr().err
    assert len((tmp_path / "out" / "SHA256SUMS").read_text().splitlines()) == 2


def test_presets_are_named(tmp_path: Path) -> None:
    assert options_of(preset("cpu"), 1).cuts == 0
    with pytest.raises(KeyError, match="everything"):
        preset("huge")
