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
from model.errors import ModelError
from model.text import TextEncoder
from model.tiny_vae import TinyVAE, TinyVAEConfig
from model.training import export, latents, render_set
from model.training.autoencoder import AutoencoderRun, principal, psnr
from model.training.batches import Batches
from model.training.ema import Average
from model.training.fast import FastForward
from model.training.latents import TEXT, LatentCache, blocking, cache
from model.training.recipe import options_of, preset
from model.training.render_set import SetSpec, open_set
from model.training.render_set import render_set as render
from model.training.transformer import Batch, Says, TransformerRun, grown, guided, loss_of, train, widened
from model.weights import load_dit
from model.world.art import COMMITTED, Art
from model.world.scene import Scene, SceneOptions, sample_scene
from model.world.staging import empty_caption

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


def oracle(x: Tensor, wrong: Tensor, error: float) -> Says:
    """Says the clean latents x, off by `error` in the frames that `wrong` marks."""

    def says(noisy: Tensor, t: Tensor, text: Tensor, mask: Tensor | None, blocking: Tensor | None = None) -> Tensor:
        assert t.shape == (x.shape[0], x.shape[2])
        return x + error * wrong[None, None, :, None, None]

    return says


def teacher(x: Tensor, t: Tensor, text: Tensor, mask: Tensor | None, blocking: Tensor | None = None) -> Tensor:
    """Says 2 where there is a caption and 1 where there is none."""
    return torch.ones_like(x) + text.mean()


def batch_of(x: Tensor, given: Tensor) -> Batch:
    dropped, count = torch.zeros(len(x), dtype=torch.bool), len(x)
    return Batch(
        x, given.expand(count, -1), torch.ones(count, 2, 8), None, dropped, silence=(torch.zeros(count, 1, 8), None)
    )


def random_dit(layers: int) -> DiT:
    """A transformer of random weights, the same each time; it reads 6 channels and makes 4."""
    torch.manual_seed(0)
    dit = DiT(DiTConfig(6, 4, dim=48, heads=4, layers=layers, ffn_dim=96, text_dim=8, patch=(1, 1, 1)))
    for parameter in dit.parameters():
        nn.init.normal_(parameter, std=0.1)
    return dit


RUN = TransformerRun(Path("x"), (), (), 1, shift=2.0, guidance=3.0)


def test_a_student_is_told_the_guided_answer_and_the_plain_one_without_a_caption() -> None:
    x, given = torch.randn(2, 4, 3, 4, 4), torch.full((3,), -1.0)
    batch = replace(batch_of(x, given), dropped=torch.tensor([False, True]))
    answer = guided(teacher, batch, x, torch.zeros(2, 3), 3.0)
    assert torch.equal(answer[0], torch.full_like(x[0], 4.0)) and torch.equal(answer[1], torch.ones_like(x[1]))
    student, generator = oracle(answer, torch.zeros(3), 0.0), torch.Generator().manual_seed(0)
    assert loss_of(student, batch, RUN, generator, teacher) == 0


def test_the_loss_counts_what_is_made_and_not_what_is_given() -> None:
    x, given = torch.randn(2, 4, 3, 4, 4), torch.tensor([0.0, -1.0, -1.0])
    for wrong, counts in ((torch.tensor([1.0, 0, 0]), False), (torch.tensor([0, 0, 1.0]), True)):
        loss = loss_of(oracle(x, wrong, 1.0), batch_of(x, given), RUN, torch.Generator().manual_seed(0))
        assert (float(loss) > 0) is counts


@pytest.mark.parametrize(("precise", "tolerance"), [(True, 1e-5), (False, 2e-2)])
def test_the_fast_forward_says_what_the_transformer_says(precise: bool, tolerance: float) -> None:
    dit = random_dit(2)
    x, t, text = torch.randn(2, 6, 3, 2, 4), torch.rand(2, 3) * 1000, torch.randn(2, 7, 8)
    mask = torch.ones(2, 7, dtype=torch.bool)
    mask[0, 3:] = False
    expected = dit(x, t.repeat_interleave(8, 1), text, text_mask=mask)
    said = FastForward(dit, precise=precise, compiled=False)(x, t, text, mask)
    assert (said - expected).norm() < tolerance * expected.norm()


def test_a_grown_transformer_has_more_blocks_and_says_the_same() -> None:
    dit = random_dit(2)
    deep = grown(dit, 5)
    x, t, text = torch.randn(1, 6, 2, 2, 4), torch.full((1,), 300.0), torch.randn(1, 7, 8)
    assert len(deep.blocks) == 5
    torch.testing.assert_close(deep(x, t, text), dit(x, t, text))


def test_a_calm_world_has_less_weather() -> None:
    def stormy(calm: float) -> int:
        options = SceneOptions(knows={"place": ("meadow",)}, calm=calm, cuts=0)
        return sum(sample_scene(seed, options).shots[0].weather != "clear" for seed in range(300))

    assert stormy(1.0) == 0
    assert 20 < stormy(0.75) < stormy(0.25)


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
def test_a_cache_of_a_rendered_set_may_be_smaller_and_take_another_ones_words(tmp_path: Path) -> None:
    vae, seen = tmp_path / "vae.safetensors", SetSpec("cpu", 3, 1, 128, 128, 0)
    TinyVAE(SMALL).save(vae)
    render(seen, tmp_path / "seen")
    cache(seen, tmp_path / "whole", vae, pixels=tmp_path / "seen")
    half = replace(seen, width=64, height=64)
    cache(half, tmp_path / "half", vae, pixels=tmp_path / "seen", words=tmp_path / "whole", amp=True)
    whole, small = LatentCache(tmp_path / "whole"), LatentCache(tmp_path / "half")
    assert whole.latents(2).shape == (4, 1, 4, 4) and small.latents(2).shape == (4, 1, 2, 2)
    assert torch.equal(whole.text(2, 1), small.text(2, 1))
    frames = torch.from_numpy(open_set(tmp_path / "seen")[1][2:].astype(np.float32)).unflatten(-1, (64, 2))
    pooled = frames.unflatten(-3, (64, 2)).mean((-1, -3)).round().div(127.5).sub(1).transpose(1, 2)
    assert torch.allclose(TinyVAE.load(vae).encode(pooled)[0], small.latents(2), atol=0.05)
    with pytest.raises(ModelError, match="not those asked for"):
        cache(replace(seen, first=7), tmp_path / "other", vae, pixels=tmp_path / "seen")
    with pytest.raises(ModelError, match="go on rendering"):
        cache(replace(seen, clips=9), tmp_path / "more", vae, pixels=tmp_path / "seen")


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
    for name in ("stills", "moving"):
        blocking(tmp_path / name, tmp_path / "vae.safetensors")
    student = replace(run, out=tmp_path / "student.safetensors", teacher=run.out, blocking=0.8)
    train(student, replace(config, in_channels=config.in_channels + 4))
    student_dit, notes = load_dit(student.out)
    assert student_dit.config.in_channels == config.in_channels + 4
    assert notes["defaults"]["guidance"] == 1 and notes["blocking"] and notes["given"]["references"]


@pytest.mark.usefixtures("small_world")
def test_a_batch_shows_the_blocking_of_its_clips(tmp_path: Path) -> None:
    TinyVAE(SMALL).save(tmp_path / "vae.safetensors")
    moving = tmp_path / "moving"
    cache(SetSpec("cpu", 5, 9, 128, 64, 0), moving, tmp_path / "vae.safetensors")
    run = replace(RUN, moving=(moving,), clips_from=0.0, tokens=32, window=2, preset="everything", blocking=1.0)
    with pytest.raises(ModelError, match="--blocking"):
        Batches(run, 1).draw(0.5)
    blocking(moving, tmp_path / "vae.safetensors", batch=2)
    cached = LatentCache(moving)
    assert cached.blocking(1).shape == (4, 3, 2, 4) and not torch.equal(cached.blocking(1), cached.blocking(-1))
    pairs = {
        tuple(cached.latents(i)[:, start : start + 2].flatten().tolist()): cached.blocking(i)[:, start : start + 2]
        for i in range(5)
        for start in (0, 1)
    }
    batch = Batches(run, 1).draw(0.5)
    assert batch.blocking is not None and batch.blocking.shape == batch.x.shape
    for x, shown in zip(batch.x, batch.blocking, strict=True):
        assert torch.equal(pairs[tuple(x.flatten().tolist())], shown)
    blank = Batches(replace(run, blocking=1e-9), 1).draw(0.5).blocking
    assert blank is not None and torch.equal(blank[0], cached.blocking(-1)[:, :2])
    assert Batches(replace(run, blocking=0.0), 1).draw(0.5).blocking is None


@pytest.mark.usefixtures("small_world")
def test_a_cache_of_empty_places_has_blank_paper_alone_and_the_words_of_sets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(self: SetSpec, index: int) -> Scene:
        return sample_scene(index, SceneOptions(knows=HERE, cuts=0, extras=0, frames=1, nobody=1.0))

    monkeypatch.setattr(SetSpec, "scene", nobody)
    TinyVAE(SMALL).save(tmp_path / "vae.safetensors")
    spec = SetSpec("empty", 3, 1, 128, 64, 0)
    cache(spec, tmp_path / "empty", tmp_path / "vae.safetensors")
    blocking(tmp_path / "empty", tmp_path / "vae.safetensors")
    cached = LatentCache(tmp_path / "empty")
    assert np.load(tmp_path / "empty.blocking.npy").shape[0] == 1
    for index in range(3):
        assert torch.equal(cached.blocking(index), cached.blocking(-1))
        told = TextEncoder.load(TEXT).encode(empty_caption(spec.scene(index).shots[0]))
        torch.testing.assert_close(cached.text(index, 0), told, atol=0.02, rtol=0)


def test_a_widened_transformer_says_the_same_until_it_learns() -> None:
    dit = random_dit(1)
    wide = widened(dit, 10)
    x, t, text = torch.randn(1, 10, 2, 2, 4), torch.full((1,), 300.0), torch.randn(1, 7, 8)
    torch.testing.assert_close(wide(x, t, text), dit(x[:, :6], t, text))


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
