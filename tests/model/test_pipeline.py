"""From request to frames: seeds, cancelling, resuming, given frames, rolling forward, remixing."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from model import conditioning
from model.conditioning import Anchor, to_frames, to_video
from model.errors import Cancelled, ModelError, RequestError
from model.pipeline import Generation, GenerationRequest, Generator, SamplerState, Source, StepInfo
from tests.model.doubles import FakeVAE, generator


@pytest.fixture(scope="module")
def gen() -> Generator:
    return generator()


def film(generation: Generation) -> np.ndarray:
    return np.concatenate(list(generation))


def picture(seed: int = 0, count: int = 1) -> np.ndarray:
    """Frames that the stand-in autoencoder keeps exactly: one colour for each block."""
    blocks = np.random.default_rng(seed).integers(0, 256, (count, 4, 6, 3), dtype=np.uint8)
    return blocks.repeat(8, 1).repeat(8, 2)


def test_frames_have_the_asked_shape_and_latents_are_kept(gen: Generator) -> None:
    asked = gen.request("a fox", frames=17)
    generation = gen.generate(asked)
    with pytest.raises(ModelError, match="last chunk"):
        _ = generation.latents
    frames = film(generation)
    assert frames.shape == (17, 32, 48, 3) and frames.dtype == np.uint8
    assert generation.latents.shape == (4, 5, 4, 6) and generation.latents.dtype == torch.float16
    assert set(generation.seconds) == {"text", "denoise", "decode", "encode_anchors"}
    assert generation.seconds["denoise"] > 0


def test_one_frame_is_a_picture(gen: Generator) -> None:
    assert film(gen.generate(gen.request("a fox", frames=1))).shape == (1, 32, 48, 3)


def test_the_seed_decides_the_clip_and_nothing_else_random_does(gen: Generator) -> None:
    asked = gen.request("a fox", frames=17, seed=7)
    first = film(gen.generate(asked))
    torch.randn(100)
    assert np.array_equal(film(gen.generate(asked)), first)
    assert not np.array_equal(film(gen.generate(gen.request("a fox", frames=17, seed=8))), first)
    assert not np.array_equal(film(gen.generate(gen.request("a cat", frames=17, seed=7))), first)


def test_a_long_clip_is_one_stream_of_windows(gen: Generator) -> None:
    seen: list[StepInfo] = []
    generation = gen.generate(gen.request("a fox", frames=29), seen.append)
    chunks = list(generation)
    # Three latents at first, then two new ones and one known, the last window given more.
    assert [len(chunk) for chunk in chunks] == [9, 8, 8, 4]
    assert [step.index for step in seen] == list(range(16)) and {step.total for step in seen} == {16}
    assert {step.denoised.shape for step in seen} == {(4, 3, 4, 6)}
    assert {step.windows for step in seen} == {4} and [step.window for step in seen][::4] == [0, 1, 2, 3]
    whole = to_frames(FakeVAE().decode(generation.latents[None].float()))
    assert np.abs(np.concatenate(chunks).astype(int) - whole).max() <= 1  # the latents are half precision


def test_a_window_knows_what_came_before(gen: Generator) -> None:
    seen: list[StepInfo] = []
    generation = gen.generate(gen.request("a fox", frames=17), seen.append)
    list(generation)
    known = generation.latents[:, 2].float()
    for step in seen[4:]:
        assert torch.allclose(step.denoised[:, 0], known, atol=2e-3)


def test_the_start_of_a_long_clip_does_not_depend_on_its_length(gen: Generator) -> None:
    short, long = (film(gen.generate(gen.request("a fox", frames=n))) for n in (9, 25))
    assert np.array_equal(short, long[:9])


def test_previews_are_small_pictures(gen: Generator) -> None:
    seen: list[StepInfo] = []
    list(gen.generate(gen.request("a fox", frames=9), seen.append))
    preview = seen[0].preview()
    assert preview.shape == (3, 4, 6, 3) and preview.dtype == np.uint8


@pytest.mark.parametrize("stop_at", [0, 3, 4, 6])
def test_cancelling_stops_within_one_forward(gen: Generator, stop_at: int) -> None:
    forwards = 0
    original = gen.dit.forward

    def counting(*args: object, **kwargs: object) -> torch.Tensor:
        nonlocal forwards
        forwards += 1
        return original(*args, **kwargs)  # type: ignore[arg-type]

    def stop(step: StepInfo) -> None:
        if step.index == stop_at:
            raise Cancelled

    gen.dit.forward = counting  # type: ignore[method-assign]
    try:
        with pytest.raises(Cancelled):
            list(gen.generate(gen.request("a fox", frames=17), stop))
    finally:
        gen.dit.forward = original  # type: ignore[method-assign]
    assert forwards == stop_at + 1


@pytest.mark.parametrize("solver", ["euler", "unipc"])
def test_resuming_anywhere_gives_the_same_frames(gen: Generator, solver: str) -> None:
    asked = gen.request("a fox", frames=21, solver=solver, anchors=(Anchor(picture(), strength=0.5),))
    states: list[bytes] = []
    whole = list(gen.generate(asked, lambda step: states.append(step.state().to_bytes())))
    assert len(states) == 12
    for saved in states:
        again = list(gen.generate(asked, resume=SamplerState.from_bytes(saved)))
        assert [len(chunk) for chunk in again] == [len(chunk) for chunk in whole]
        assert all(np.array_equal(a, b) for a, b in zip(again, whole, strict=True))


def test_a_resumed_run_tells_only_of_what_is_left(gen: Generator) -> None:
    asked, states, seen = gen.request("a fox", frames=17), [], []
    list(gen.generate(asked, lambda step: states.append(step.state())))
    list(gen.generate(asked, seen.append, resume=states[5]))
    assert [step.index for step in seen] == [6, 7]


def test_a_state_of_another_render_is_refused(gen: Generator) -> None:
    states: list[SamplerState] = []
    list(gen.generate(gen.request("a fox", frames=9), lambda step: states.append(step.state())))
    with pytest.raises(ModelError, match="another render"):
        gen.generate(gen.request("a cat", frames=9), resume=states[0])
    with pytest.raises(ModelError, match="cannot be read"):
        SamplerState.from_bytes(states[0].to_bytes()[:-9])
    with pytest.raises(ModelError, match="cannot be read"):
        SamplerState.from_bytes(b"")


def test_given_frames_are_kept(gen: Generator) -> None:
    first, last = picture(1), picture(2)
    frames = film(gen.generate(gen.request("a fox", frames=17, anchors=(Anchor(first), Anchor(last, place="last")))))
    assert np.abs(frames[0].astype(int) - first[0]).max() <= 1
    assert np.abs(frames[-1].astype(int) - last[0]).max() <= 1
    assert np.abs(frames[8].astype(int) - last[0]).max() > 20


def test_a_sequence_is_kept_across_windows(gen: Generator) -> None:
    """A given stretch longer than the window comes out as the autoencoder alone would give it."""
    given = picture(3).repeat(17, 0)
    frames = film(gen.generate(gen.request("a fox", frames=25, anchors=(Anchor(given),))))
    assert np.abs(frames[:17].astype(int) - given).max() <= 1
    assert np.abs(frames[-1].astype(int) - given[0]).max() > 20


def test_a_key_frame_stands_at_its_place(gen: Generator) -> None:
    given = picture(4)
    frames = film(gen.generate(gen.request("a fox", frames=25, anchors=(Anchor(given, place=12),))))
    assert np.abs(frames[12].astype(int) - given[0]).max() <= 1  # the end of latent 3, frames 9 to 12


def test_latents_can_be_given(gen: Generator) -> None:
    latents = torch.randn(4, 2, 4, 6)
    generation = gen.generate(gen.request("a fox", frames=17, anchors=(Anchor(latents=latents, place=5),)))
    list(generation)
    assert torch.allclose(generation.latents[:, 2:4].float(), latents, atol=2e-3)


def test_a_weaker_anchor_is_changed_but_not_ignored(gen: Generator) -> None:
    free = film(gen.generate(gen.request("a fox", frames=9)))[0].astype(int)
    given, distances = picture(1), []
    for strength in (1.0, 0.9, 0.3):
        asked = gen.request("a fox", frames=9, anchors=(Anchor(given, strength=strength),))
        distances.append(np.abs(film(gen.generate(asked))[0].astype(int) - given[0]).mean())
    assert distances[0] <= 1 < distances[1] < distances[2] < np.abs(free - given[0]).mean()


def test_a_remix_stays_near_its_source_as_far_as_its_strength_says(gen: Generator) -> None:
    source = picture(5).repeat(29, 0)
    distances, steps = [], []
    for strength in (0.05, 0.5, 1.0):
        seen: list[StepInfo] = []
        asked = gen.request("a fox", frames=29, steps=8, source=Source(frames=source, strength=strength))
        distances.append(np.abs(film(gen.generate(asked, seen.append)).astype(int) - source).mean())
        steps.append(seen[0].total)
    assert distances[0] < distances[1] < distances[2]
    assert steps[0] < steps[1] < steps[2] == 8 * 4


def test_guidance_one_reads_the_prompt_alone(gen: Generator) -> None:
    plain = film(gen.generate(gen.request("a fox", frames=5, guidance=1.0)))
    other = film(gen.generate(gen.request("a fox", frames=5, guidance=1.0, negative_prompt="blur")))
    assert np.array_equal(plain, other)
    guided = film(gen.generate(gen.request("a fox", frames=5, guidance=3.0, negative_prompt="blur")))
    assert not np.array_equal(guided, film(gen.generate(gen.request("a fox", frames=5, guidance=3.0))))


WRONG = [
    ("width", 50, 48),
    ("width", 10_000, 64),
    ("height", 0, 16),
    ("frames", 18, 17),
    ("frames", 0, 1),
    ("frames", 10_000, 81),
    ("fps", 24, 16),
    ("seed", -1, 0),
    ("seed", 2**64, 2**63 - 1),
    ("steps", 0, 1),
    ("steps", 2.5, None),
    ("steps", True, None),
    ("guidance", 0.5, 1.0),
    ("guidance", float("nan"), 1.0),
    ("shift", 1e9, 20.0),
    ("solver", "heun", "unipc"),
    ("colour", "red", None),
    ("prompt", "x" * 4001, None),
    ("prompt", 7, None),
]


@pytest.mark.parametrize(("field", "value", "nearest"), WRONG)
def test_what_does_not_work_is_named_with_what_would(
    gen: Generator, field: str, value: object, nearest: object
) -> None:
    asked = {"prompt": "a fox", field: value}
    with pytest.raises(RequestError) as caught:
        gen.request(**asked)  # type: ignore[arg-type]
    assert (caught.value.field, caught.value.suggestion) == (field, nearest)
    assert str(caught.value).startswith(f"{field} = ") and "\n" not in str(caught.value)
    if nearest is not None:
        assert repr(nearest) in str(caught.value)
        assert isinstance(gen.request(**{**asked, field: nearest}), GenerationRequest)  # type: ignore[arg-type]


BAD_ANCHORS = [
    (Anchor(picture(), place=-1), "place"),
    (Anchor(picture(), place=99), "place"),
    (Anchor(picture(), place="middle"), "place"),  # type: ignore[arg-type]
    (Anchor(picture(), strength=0), "strength"),
    (Anchor(picture(), strength=1.5), "strength"),
    (Anchor(), "anchors"),
    (Anchor(picture()[:, :8]), "anchors"),
    (Anchor(picture().astype(float)), "anchors"),
    (Anchor(picture(count=30)), "anchors"),
    (Anchor(latents=torch.zeros(4, 9, 4, 6)), "anchors"),
    (Anchor(latents=torch.zeros(5, 1, 4, 6)), "anchors"),
]


@pytest.mark.parametrize(("anchor", "field"), BAD_ANCHORS)
def test_anchors_that_do_not_fit_are_refused(gen: Generator, anchor: Anchor, field: str) -> None:
    with pytest.raises(RequestError) as caught:
        gen.generate(gen.request("a fox", frames=17, anchors=(anchor,)))
    assert caught.value.field == field


def test_two_anchors_cannot_share_a_place(gen: Generator) -> None:
    with pytest.raises(RequestError, match="already there"):
        gen.request("a fox", frames=5, anchors=(Anchor(picture(), place="last"), Anchor(picture(), place=3)))


def test_a_source_must_be_long_enough(gen: Generator) -> None:
    with pytest.raises(RequestError) as caught:
        gen.request("a fox", frames=17, source=Source(frames=picture().repeat(9, 0)))
    assert (caught.value.field, caught.value.suggestion) == ("frames", 9)


def test_pictures_go_through_unchanged() -> None:
    frames = picture(9, 3)
    frames.flags.writeable = False
    assert np.array_equal(to_frames(to_video(frames)), frames)


def test_a_clip_that_goes_on_begins_right_after_what_came_before(gen: Generator) -> None:
    first = gen.generate(gen.request("a fox", frames=17, seed=1))
    shown = film(first)
    asked = gen.request("a fox", frames=16, seed=2, before=first.latents[:, -3:])
    generation = gen.generate(asked)
    frames = film(generation)
    assert frames.shape == (16, 32, 48, 3) and generation.latents.shape == (4, 4, 4, 6)
    # The decoder remembers: its first new frame is a quarter of the way from the last one of the clip before.
    ahead = conditioning_step(generation.latents[:3, 0], first.latents[:3, -1])
    assert np.abs(frames[0].astype(int) - ahead).max() <= 2
    assert np.abs(frames[0].astype(int) - shown[-1]).mean() < np.abs(frames[3].astype(int) - shown[-1]).mean()
    elsewhere = gen.request("a fox", frames=16, seed=2, before=first.latents[:, :3])
    assert not np.array_equal(frames, film(gen.generate(elsewhere)))
    with pytest.raises(RequestError, match="frames"):
        gen.request("a fox", frames=17, before=first.latents[:, -3:])
    with pytest.raises(RequestError, match="before"):
        gen.generate(gen.request("a fox", frames=16, before=torch.zeros(4, 2, 9, 9)))


def conditioning_step(new: torch.Tensor, old: torch.Tensor) -> np.ndarray:
    step = torch.lerp(old.float(), new.float(), 0.25).clamp(-1, 1)
    return to_frames(step[None, :, None].repeat_interleave(8, 3).repeat_interleave(8, 4))[0].astype(int)


def test_going_on_can_be_put_down_and_taken_up_again(gen: Generator) -> None:
    before = film_latents(gen)
    asked = gen.request("a fox", frames=24, seed=2, before=before)
    whole = film(gen.generate(asked))
    states: list[SamplerState] = []
    film(gen.generate(asked, lambda info: states.append(info.state())))
    for state in (states[1], states[-2]):
        again = SamplerState.from_bytes(state.to_bytes())
        assert np.array_equal(film(gen.generate(asked, None, again)), whole)
    assert states[0].finished is None and states[-1].finished is not None


def film_latents(gen: Generator) -> torch.Tensor:
    generation = gen.generate(gen.request("a fox", frames=17, seed=1))
    film(generation)
    return generation.latents[:, -2:]


def test_a_last_picture_holds_in_a_clip_that_goes_on(gen: Generator) -> None:
    last = picture(3)
    asked = gen.request("a fox", frames=16, before=film_latents(gen), anchors=(Anchor(last, place="last"),))
    assert np.abs(film(gen.generate(asked))[-1].astype(int) - last[0]).max() <= 2


def test_references_are_seen_and_are_no_part_of_the_clip(gen: Generator) -> None:
    plain = film(gen.generate(gen.request("a fox", frames=17, seed=1)))
    shown = film(gen.generate(gen.request("a fox", frames=17, seed=1, references=picture(4, 2))))
    other = film(gen.generate(gen.request("a fox", frames=17, seed=1, references=picture(5, 2))))
    assert plain.shape == shown.shape and not np.array_equal(plain, shown) and not np.array_equal(shown, other)
    with pytest.raises(RequestError, match="references"):
        gen.request("a fox", frames=17, references=np.zeros((1, 9, 9, 3), np.uint8))
    assert conditioning.times(3, 2) == [0, 1, 2, 10, 11]


def test_a_remix_of_few_steps_takes_them_all_from_its_strength_on(gen: Generator) -> None:
    seen: list[StepInfo] = []
    asked = gen.request("a fox", frames=9, steps=4, source=Source(frames=picture(5).repeat(9, 0), strength=0.3))
    film(gen.generate(asked, seen.append))
    assert [info.total for info in seen] == [4] * 4
    assert seen[0].sigma == pytest.approx(0.3) and seen[1].sigma < 0.3


def test_a_clip_in_pieces_has_the_latents_of_the_whole(gen: Generator) -> None:
    clip = picture(6, 15)
    whole = gen.encode([clip[:13]])
    assert whole.shape == (4, 4, 4, 6)
    assert torch.equal(gen.encode([clip[:1], clip[1:8], clip[8:]]), whole), "and what fills no latent is left out"
    assert gen.decode(whole).shape == (13, 32, 48, 3)


def test_what_goes_on_from_a_clip_can_be_a_remix_of_latents(gen: Generator) -> None:
    latents = gen.encode([picture(7, 21)])
    asked = gen.request("a fox", frames=12, before=latents[:, :3], source=Source(latents=latents, strength=0.05))
    made = film(gen.generate(asked))
    near, far = gen.decode(latents)[9:], gen.decode(torch.flip(latents, [1]))[9:]
    assert len(made) == 12
    assert np.abs(made.astype(int) - near).mean() < np.abs(made.astype(int) - far).mean()
    with pytest.raises(RequestError, match="from latents"):
        gen.request("a fox", frames=12, before=latents[:, :3], source=Source(frames=picture(7, 21)))
