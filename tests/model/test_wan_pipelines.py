"""Whole tiny models, from prompt to frames, equal the pipelines of Diffusers with the same noise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import WanImageToVideoPipeline, WanPipeline, WanVACEPipeline
from PIL import Image
from safetensors.torch import load_file, save_file

import model
from model.conditioning import Anchor
from model.errors import ModelError, RequestError, WeightsError
from model.lora import LoRA
from model.pipeline import Control, Generator, SamplerState, Source
from model.residency import Residency
from tests.model.wan_folders import Made, make

PROMPT, NEGATIVE = "a red fox runs through snow", "snow"
STEPS, SEED, FRAMES = 4, 5, 9
SIZE = {"width": 64, "height": 32}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    names = ("wan2.2-ti2v-5b", "wan2.1-t2v-1.3b", "wan2.1-vace-1.3b")
    return {name: make(tmp_path_factory.mktemp(name), name) for name in names}


@pytest.fixture(scope="module")
def gens(made: dict[str, Made]) -> dict[str, Generator]:
    return {name: model.load(one.entry, device="cpu", threads=1) for name, one in made.items()}


def theirs(pipeline: Any, **given: Any) -> np.ndarray:
    """Latents (C, T, h, w) that Diffusers ends at."""
    pipeline.set_progress_bar_config(disable=True)
    out = pipeline(
        prompt=PROMPT, negative_prompt=NEGATIVE, num_frames=FRAMES, num_inference_steps=STEPS, guidance_scale=4.0,
        generator=torch.Generator().manual_seed(SEED), output_type="latent", return_dict=False, **SIZE, **given,
    )[0]  # fmt: skip
    return out[0].float().numpy()


def ours(gen: Generator, **given: Any) -> tuple[np.ndarray, np.ndarray]:
    """Frames and latents of the same request."""
    asked = gen.request(
        PROMPT,
        negative_prompt=NEGATIVE,
        frames=FRAMES,
        steps=STEPS,
        guidance=4.0,
        shift=3.0,
        seed=SEED,
        **SIZE,
        **given,
    )
    generation = gen.generate(asked)
    frames = np.concatenate(list(generation))
    return frames, generation.latents.float().numpy()


def difference(a: np.ndarray, b: np.ndarray) -> float:
    assert a.shape == b.shape
    return float(np.abs(a - b).max() / np.abs(b).max())


def picture(seed: int = 1, count: int = 1) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 256, (count, 4, 8, 3), dtype=np.uint8)
    return coarse.repeat(8, 1).repeat(8, 2)


@pytest.mark.parametrize("name", ["wan2.2-ti2v-5b", "wan2.1-t2v-1.3b"])
def test_text_to_video_equals_diffusers(made: dict[str, Made], gens: dict[str, Generator], name: str) -> None:
    pipeline = WanPipeline(**made[name].parts, expand_timesteps=name == "wan2.2-ti2v-5b")
    frames, latents = ours(gens[name])
    expected = theirs(pipeline)
    assert difference(latents, expected) < 1e-3
    vae = made[name].parts["vae"]
    mean, std = (torch.tensor(v)[:, None, None, None] for v in (vae.config.latents_mean, vae.config.latents_std))
    video = vae.decode((torch.from_numpy(expected) * std + mean)[None]).sample[0].permute(1, 2, 3, 0).numpy()
    assert np.abs(frames - (video + 1) * 127.5).max() < 1.5
    assert frames.std() > 5, "not one grey"


def test_first_frame_equals_diffusers(made: dict[str, Made], gens: dict[str, Generator]) -> None:
    name = "wan2.2-ti2v-5b"
    parts = made[name].parts
    pipeline = WanImageToVideoPipeline(**parts, image_encoder=None, image_processor=None, expand_timesteps=True)
    shown = picture()
    expected = theirs(pipeline, image=Image.fromarray(shown[0]))
    _, latents = ours(gens[name], anchors=(Anchor(shown),))
    assert difference(latents, expected) < 1e-3
    assert difference(latents, ours(gens[name])[1]) > 1e-2, "the picture matters"


@pytest.mark.parametrize("kind", ["nothing", "inpaint", "first and last", "control", "reference"])
def test_vace_equals_diffusers(made: dict[str, Made], gens: dict[str, Generator], kind: str) -> None:
    name = "wan2.1-vace-1.3b"
    pipeline, gen, clip = WanVACEPipeline(**made[name].parts), gens[name], picture(3, FRAMES)
    mask = np.zeros((FRAMES, 32, 64), np.uint8)
    mask[:, 8:24, 8:40] = 255
    mask[4] = 255
    pictures = [Image.fromarray(frame) for frame in clip]
    if kind == "nothing":
        expected, (_, latents) = theirs(pipeline), ours(gen)
    elif kind == "inpaint":
        masks = [Image.fromarray(one) for one in mask]
        expected = theirs(pipeline, video=pictures, mask=masks)
        _, latents = ours(gen, control=Control(clip, mask))
    elif kind == "first and last":
        # As numbers, because the middle of the range, which stands for nothing, is no byte.
        video, drawn = torch.zeros(1, 3, FRAMES, 32, 64), torch.ones(1, 3, FRAMES, 32, 64)
        for index in (0, 8):
            video[0, :, index] = torch.from_numpy(clip[index] / 127.5 - 1).permute(2, 0, 1)
            drawn[:, :, index] = 0
        pipeline.preprocess_conditions = lambda *_: (video, drawn, [[]])
        expected = theirs(pipeline)
        _, latents = ours(gen, anchors=(Anchor(clip[:1]), Anchor(clip[8:], place="last")))
    elif kind == "control":
        expected = theirs(pipeline, video=pictures)
        _, latents = ours(gen, control=Control(clip))
    else:
        expected = theirs(pipeline, reference_images=pictures[0])[:, 1:]
        _, latents = ours(gen, references=clip[:1])
    assert difference(latents, expected) < 1e-3


def test_the_reference_of_a_vace_model_matters_and_several_are_taken(gens: dict[str, Generator]) -> None:
    gen, clip = gens["wan2.1-vace-1.3b"], picture(3, 2)
    steps: list[tuple[int, ...]] = []
    asked = gen.request(PROMPT, frames=5, steps=2, **SIZE, references=clip)
    list(gen.generate(asked, lambda step: steps.append((*step.denoised.shape, *step.preview().shape))))
    assert set(steps) == {(16, 2, 4, 8, 2, 4, 8, 3)}
    assert difference(ours(gen, references=clip)[1], ours(gen)[1]) > 1e-2


@pytest.mark.parametrize("name", ["wan2.2-ti2v-5b", "wan2.1-vace-1.3b"])
def test_a_long_clip_goes_on_from_its_own_last_frames(gens: dict[str, Generator], name: str) -> None:
    gen, states = gens[name], list[bytes]()
    asked = gen.request(PROMPT, frames=25, steps=2, guidance=1.0, **SIZE)
    whole = list(gen.generate(asked, lambda step: states.append(step.state().to_bytes())))
    assert sum(map(len, whole)) == 25 and len(states) == 4
    for saved in (states[1], states[2]):
        again = np.concatenate(list(gen.generate(asked, resume=SamplerState.from_bytes(saved))))
        assert np.array_equal(again, np.concatenate(whole))


def test_the_second_window_is_given_the_frames_before_it(gens: dict[str, Generator]) -> None:
    gen, seen = gens["wan2.2-ti2v-5b"], []
    asked = gen.request(PROMPT, frames=25, steps=2, guidance=1.0, **SIZE)
    frames = np.concatenate(list(gen.generate(asked, lambda step: seen.append(step.denoised.clone()))))
    # The last window holds five latents, of which three were there: its beginning is frames 8 to 16, encoded anew.
    expected = gen.vae.encode(torch.from_numpy(frames[8:17]).permute(3, 0, 1, 2)[None].float() / 127.5 - 1)[0]
    assert torch.allclose(seen[-1][:, :3], expected, atol=1e-4)


def test_a_clip_goes_on_from_latents_that_were_kept(gens: dict[str, Generator]) -> None:
    gen = gens["wan2.2-ti2v-5b"]
    before = gen.generate(gen.request(PROMPT, frames=9, steps=2, **SIZE))
    list(before)
    asked = gen.request(PROMPT, frames=8, steps=2, before=before.latents, **SIZE)
    assert sum(map(len, gen.generate(asked))) == 8


def test_anchors_anywhere_and_a_remix(gens: dict[str, Generator]) -> None:
    for gen in gens.values():
        asked = gen.request(PROMPT, frames=13, steps=2, anchors=(Anchor(picture(2), place="last"),), **SIZE)
        assert sum(map(len, gen.generate(asked))) == 13
        asked = gen.request(PROMPT, frames=9, steps=4, source=Source(picture(4, 9), strength=0.5), **SIZE)
        assert sum(map(len, gen.generate(asked))) == 9


def test_few_steps_blend_each_estimate_with_new_noise(made: dict[str, Made], gens: dict[str, Generator]) -> None:
    base = gens["wan2.2-ti2v-5b"]
    entry = replace(made["wan2.2-ti2v-5b"].entry, sigmas=(1.0, 0.757, 0.522))
    gen = Generator(entry, base.dit, base.vae, base.encoder)
    seen, times = [], []
    hook = gen.dit.register_forward_pre_hook(lambda _, args: times.append(float(args[1][0])))
    asked = gen.request(PROMPT, frames=5, steps=3, guidance=1.0, seed=SEED, **SIZE)
    generation = gen.generate(asked, lambda step: seen.append((step.sigma, step.denoised.clone())))
    list(generation)
    hook.remove()
    assert times == pytest.approx([1000.0, 757.0, 522.0])
    random = torch.Generator().manual_seed(SEED)
    shape = (48, 2, 2, 4)
    x = torch.randn(shape, generator=random)
    noises = [torch.randn(shape, generator=random) for _ in range(2)]
    states = gen.encoder.encode(PROMPT)
    padded = torch.nn.functional.pad(states, (0, 0, 0, 512 - len(states)))[None]
    for index, sigma in enumerate((1.0, 0.757, 0.522)):
        v = gen.dit(x[None], torch.tensor([1000 * sigma]), padded)[0]
        x0 = x - sigma * v
        assert torch.allclose(seen[index][1], x0, atol=1e-4)
        following = (0.757, 0.522)[index] if index < 2 else 0.0
        x = (1 - following) * x0 + following * noises[index] if index < 2 else x0
    assert difference(generation.latents.float().numpy(), x.numpy()) < 1e-3
    for saved in (0, 1):
        states_ = []
        list(gen.generate(asked, lambda step, kept=states_: kept.append(step.state().to_bytes())))
        again = gen.generate(asked, resume=SamplerState.from_bytes(states_[saved]))
        list(again)
        assert torch.equal(again.latents, generation.latents)


def test_prompts_are_kept_and_the_encoder_let_go(made: dict[str, Made], tmp_path: Path) -> None:
    gen = model.load(made["wan2.2-ti2v-5b"].entry, device="cpu", residency=Residency(prompts=tmp_path / "prompts"))
    list(gen.generate(gen.request("a fox", frames=1, steps=1, **SIZE)))
    assert len(list((tmp_path / "prompts").iterdir())) == 2
    assert not gen.encoder.loaded  # type: ignore[union-attr]


def test_however_a_model_is_kept_it_makes_the_same_clip(made: dict[str, Made], gens: dict[str, Generator]) -> None:
    name = "wan2.1-vace-1.3b"
    expected, _ = ours(gens[name], anchors=(Anchor(picture()),))
    for kept in (Residency(streamed=True, one_by_one=True, strips=2), Residency(keep_text=True, text_on_host=True)):
        gen = model.load(made[name].entry, device="cpu", residency=kept)
        frames, _ = ours(gen, anchors=(Anchor(picture()),))
        assert np.abs(frames.astype(int) - expected).max() <= 1


def test_what_cannot_be_asked_is_named(gens: dict[str, Generator]) -> None:
    gen = gens["wan2.2-ti2v-5b"]
    with pytest.raises(RequestError, match="takes no control clip"):
        gen.request(PROMPT, frames=9, control=Control(picture(1, 9)), **SIZE)
    with pytest.raises(RequestError, match="does not take pictures of the cast"):
        gen.request(PROMPT, frames=9, references=picture(1), **SIZE)
    with pytest.raises(RequestError, match=r"width = 70 .* nearest value that works is 64"):
        gen.request(PROMPT, frames=9, width=70, height=32)
    vace = gens["wan2.1-vace-1.3b"]
    with pytest.raises(RequestError, match=r"control\.mask"):
        vace.request(PROMPT, frames=9, control=Control(picture(1, 9), np.zeros((8, 32, 64), np.uint8)), **SIZE)
    with pytest.raises(RequestError, match="control"):
        vace.request(PROMPT, frames=9, control=Control(picture(1, 9)[:, :16]), **SIZE)


def test_a_broken_model_is_named(made: dict[str, Made], tmp_path: Path) -> None:
    entry = made["wan2.2-ti2v-5b"].entry
    for role in ("transformer", "vae", "text", "tokenizer"):
        with pytest.raises((WeightsError, ModelError), match="missing"):
            model.load(replace(entry, parts={**entry.parts, role: tmp_path / "nowhere"}), device="cpu")
    with pytest.raises(WeightsError, match="not a Wan transformer|not the weights of a Wan transformer"):
        model.load(replace(entry, parts={**entry.parts, "transformer": entry.parts["vae"]}), device="cpu")
    with pytest.raises(WeightsError, match="not the weights of a Wan video autoencoder"):
        model.load(replace(entry, parts={**entry.parts, "vae": entry.parts["transformer"]}), device="cpu")
    other = made["wan2.1-t2v-1.3b"].entry.parts["vae"]
    with pytest.raises(WeightsError, match="different models"):
        model.load(replace(entry, parts={**entry.parts, "vae": other}), device="cpu")
    pickle = tmp_path / "transformer.pth"
    pickle.write_bytes(b"x")
    with pytest.raises(WeightsError, match="pickle"):
        model.load(replace(entry, parts={**entry.parts, "transformer": pickle}), device="cpu")


def test_guidance_one_by_one_and_text_on_the_host_change_nothing(
    made: dict[str, Made], gens: dict[str, Generator]
) -> None:
    kept = Residency(one_by_one=True, text_on_host=True)
    for name in ("wan2.2-ti2v-5b", "wan2.1-vace-1.3b"):
        _, beside = ours(gens[name])
        _, apart = ours(model.load(made[name].entry, device="cpu", threads=1, residency=kept))
        assert difference(apart, beside) < 1e-3, "latents are kept in half precision"


def test_a_lora_is_merged_when_a_published_model_is_loaded(made: dict[str, Made], tmp_path: Path) -> None:
    path = tmp_path / "look.safetensors"
    entry = made["wan2.2-ti2v-5b"].entry
    dim = 256
    save_file(
        {"diffusion_model.blocks.1.self_attn.o.lora_down.weight": torch.ones(1, dim),
         "diffusion_model.blocks.1.self_attn.o.lora_up.weight": torch.full((dim, 1), 0.01)}, path,
    )  # fmt: skip
    laid = replace(entry, loras=(LoRA(path, 0.5),))
    plain, with_it = (model.load(one, device="cpu", threads=1) for one in (entry, laid))
    key = "blocks.1.self_attn.o.weight"
    torch.testing.assert_close(with_it.dit.state_dict()[key], plain.dit.state_dict()[key] + 0.005)
    assert plain.sha256 != with_it.sha256 and len(with_it.sha256) == 64
    wide = {key.replace("1.self", "0.self"): value for key, value in load_file(path).items()}
    save_file({key: torch.ones(1, 64) if "down" in key else torch.ones(64, 1) for key in wide}, path)
    with pytest.raises(WeightsError, match="made for a transformer 64 wide, this one is 256"):
        model.load(replace(entry, loras=(LoRA(path),)), device="cpu")
