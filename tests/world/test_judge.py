"""The attribute judge: what it looks at, what it learns from, and that it learns."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from model.errors import WeightsError
from model.tiny_vae import TinyVAE, TinyVAEConfig
from model.training import judge as training
from model.training.judge import JudgeRun, adopt, loss_of, run_all, score, vary
from model.training.judge_examples import (
    HELD_SEED,
    NONE,
    WHOLE,
    Pool,
    Stage,
    at_any_time,
    digest,
    labels_of,
    translated,
)
from model.training.judge_network import (
    ATTRIBUTES,
    LABELS,
    LOOKS,
    SHARP,
    SPAN,
    Judge,
    JudgeConfig,
    optical_flow,
    sight,
)
from model.world.art import COMMITTED, Art
from model.world.scene import Instance, Scene, sample_scene
from tests.world.shots import acting, scene

WORLD = dict(WHOLE)
SMALL = WORLD | {"subject": ("fox", "cat"), "style": ("3d",)}
OLD = {name: SMALL[name] for name in ATTRIBUTES}  # of a judge that neither counts nor compares


@pytest.fixture(scope="module")
def stage(art: Art) -> Stage:
    return Stage("cpu", art)


def tiny(classes: dict[str, tuple[str, ...]], alike: float | None = None) -> Judge:
    torch.manual_seed(2)
    return Judge(JudgeConfig(classes, (8, 16, 16, 16), (8, 8, 16), alike))


@pytest.mark.parametrize(
    ("size", "seen"), (((256, 448), (64, 112)), ((448, 256), (112, 64)), ((320, 320), (80, 80)), ((32, 64), (64, 112)))
)
def test_every_size_is_looked_at_alike(size: tuple[int, int], seen: tuple[int, int]) -> None:
    clip = torch.randint(0, 256, (1, SPAN, 3, *size), dtype=torch.uint8)
    looked = sight(clip)
    assert looked.shape == (1, LOOKS, 3, *seen) and 0 <= float(looked.min()) and float(looked.max()) <= 1
    assert sight(clip[:, :1]).shape == (1, 1, 3, *seen)
    assert sight(clip[:, :1], SHARP).shape == (1, 1, 3, 2 * seen[0], 2 * seen[1])


@pytest.mark.parametrize("frames", (1, 5, 17, 33, 65))
@pytest.mark.parametrize("fps", (8, 16, 24))
def test_clips_of_any_length_and_rate_get_an_answer_for_everything(frames: int, fps: int) -> None:
    judge = tiny(SMALL).eval()
    clip = torch.randint(0, 256, (frames, 3, 64, 96), dtype=torch.uint8)
    answers = judge.read(clip, fps=fps)
    assert tuple(answers) == LABELS
    for name, chances in judge.chances(clip, fps).items():
        assert sum(chances.values()) == pytest.approx(1, abs=1e-3)
        assert chances[answers[name].id] == max(chances.values()) == answers[name].sure
    for name, answer in answers.items():
        assert answer.id in SMALL[name] and 1 / len(SMALL[name]) <= answer.sure + 1e-6 <= 1.001
    assert answers["style"].sure == pytest.approx(1.0)
    assert judge.read(clip, fps=fps) == answers


def test_stills_say_nothing_of_motion() -> None:
    logits = tiny(SMALL)(torch.rand(2, 1, 3, 64, 112))
    assert set(logits) == set(LABELS) - {"action", "camera", "cuts"}
    assert {name: out.shape[1] for name, out in logits.items()} == {name: len(SMALL[name]) for name in logits}


def test_a_judge_needs_classes_for_everything() -> None:
    with pytest.raises(ValueError, match="at least one class for each of subject, place"):
        JudgeConfig({"subject": ("fox",)})


def test_a_judge_of_the_whole_world_is_small_and_comes_back_as_saved(tmp_path: Path) -> None:
    path = tmp_path / "judge.safetensors"
    whole = Judge(JudgeConfig(WORLD, alike=0.5)).eval()
    whole.save(path, {"preset": "everything"})
    assert path.stat().st_size < 4_000_000
    again = Judge.load(path)
    assert again.config == whole.config
    clip = torch.randint(0, 256, (SPAN, 3, 64, 96), dtype=torch.uint8)
    for name, answer in whole.read(clip).items():
        assert again.read(clip)[name].sure == pytest.approx(answer.sure, abs=0.01)


def test_files_that_are_no_judge_are_named(tmp_path: Path) -> None:
    path = tmp_path / "judge.safetensors"
    with pytest.raises(WeightsError, match=r"judge.safetensors is missing.*python -m model.training.judge"):
        Judge.load(path)
    save_file({"x": torch.zeros(1)}, path, metadata={"auteur": json.dumps({"kind": "dit"})})
    with pytest.raises(WeightsError, match="not a judge"):
        Judge.load(path)
    tiny(SMALL).save(path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(WeightsError, match="judge.safetensors"):
        Judge.load(path)


def test_labels_are_what_the_scene_shows() -> None:
    shown = scene(place="snow", time="dusk", weather="fog", camera="zoom_in", framing="wide")
    labels = labels_of(shown, SMALL)
    assert {name: SMALL[name][int(label)] for name, label in zip(LABELS, labels, strict=True)} == {
        "subject": "fox", "place": "snow", "time": "dusk", "weather": "fog", "action": "stand", "camera": "zoom_in",
        "framing": "wide", "style": "3d", "count": "1", "cuts": "0",
    }  # fmt: skip


def test_what_changes_over_a_cut_or_among_several_is_no_label() -> None:
    one, other = scene(place="snow", camera="arc").shots[0], scene(place="snow", camera="static").shots[0]
    pair = replace(other, actors=(replace(other.actors[0], instance=Instance("cat")), other.actors[0]))
    labels = dict(zip(LABELS, labels_of(Scene((one, other, pair), (0, 5, 9)), SMALL).tolist(), strict=True))
    assert labels["place"] == SMALL["place"].index("snow") and labels["cuts"] == 2
    assert labels["camera"] == labels["subject"] == labels["count"] == NONE
    alone = dict(zip(LABELS, labels_of(Scene((pair,)), SMALL).tolist(), strict=True))
    assert alone["subject"] == NONE and SMALL["count"][alone["count"]] == "2" and alone["cuts"] == 0


def test_labels_of_the_world_become_those_of_a_judge() -> None:
    whole = labels_of(scene(place="snow"), WHOLE)[None].repeat(2, 1)
    whole[1, LABELS.index("subject")] = WHOLE["subject"].index("wolf")
    whole[1, LABELS.index("count")] = NONE
    own = translated(whole, OLD)
    assert torch.equal(own[0, : len(ATTRIBUTES)], labels_of(scene(place="snow"), SMALL)[: len(ATTRIBUTES)])
    assert own[1, LABELS.index("subject")] == NONE and own[:, LABELS.index("cuts")].tolist() == [NONE, NONE]


def test_a_stage_keeps_to_its_preset_and_to_the_art_that_is_there(stage: Stage, art: Art) -> None:
    classes = stage.classes()
    assert classes["style"] == ("3d", "papercraft") and classes["framing"] == ("close", "medium")
    assert "fox" in classes["subject"] and all(art.has(s) for s in classes["subject"])
    for seed in range(HELD_SEED, HELD_SEED + 200):
        labels = labels_of(sample_scene(seed, stage.options(SPAN)), classes)
        assert int(labels.min()) >= 0


def test_examples_are_small_and_the_same_for_the_same_seed(stage: Stage) -> None:
    frames, labels = stage.example(5, SPAN, through=False)
    again, _ = stage.example(5, SPAN, through=False)
    assert frames.shape == (LOOKS, 3, 64, 112) and frames.dtype == torch.uint8 and labels.shape == (len(LABELS),)
    assert torch.equal(frames, again) and float(frames.float().std()) > 6


def test_clips_are_of_any_second_of_four_in_which_there_is_something_to_see() -> None:
    still, running = acting("stand"), acting("run")
    starts = [at_any_time(still, seed).shots[0].start for seed in range(60)]
    assert 0 <= min(starts) < 0.4 and 2.6 < max(starts) <= 3 and at_any_time(still, 3) == at_any_time(still, 3)
    assert all(0.6 <= at_any_time(running, seed).shots[0].start <= 2.4 for seed in range(60))
    shots = at_any_time(Scene((still.shots[0], running.shots[0]), (0, 5)), 1)
    assert shots.starts == (0, 5) and shots.shots[0].start != shots.shots[1].start


def test_examples_go_through_the_autoencoder(art: Art) -> None:
    torch.manual_seed(0)
    vae = TinyVAE(TinyVAEConfig(latent_channels=4, widths=(8, 8, 8), fine=8, blocks=1)).eval()
    stage = Stage("cpu", art, vae=vae)
    raw, coded = (stage.example(5, 1, through=through)[0] for through in (False, True))
    assert raw.shape == coded.shape and not torch.equal(raw, coded)


def test_pools_grow_and_come_back(stage: Stage, tmp_path: Path) -> None:
    pool = Pool.load(tmp_path / "none.npz")
    stage.fill(pool, 7, 60, most=2, through=0.5)
    pool.save(tmp_path / "pool.npz")
    again = Pool.load(tmp_path / "pool.npz")
    assert len(pool) == len(again) == 2
    stage.fill(again, 7, 60, most=3, through=0.5)
    assert len(again) == 3 and torch.equal(again.frames[0], pool.frames[0])
    frames, labels = again.stack(torch.tensor([0, 2]))
    assert frames.shape == (2, LOOKS, 3, 64, 112) and float(frames.max()) <= 1 and labels.shape == (2, len(LABELS))


def test_the_digest_changes_with_the_art(art: Art, tmp_path: Path) -> None:
    (tmp_path / "fox.webp").write_bytes((COMMITTED / "fox.webp").read_bytes())
    assert digest(art) == digest(Art(COMMITTED)) != digest(Art(tmp_path))


def test_a_mirrored_pan_goes_to_the_other_side() -> None:
    left, right = WORLD["camera"].index("pan_left"), WORLD["camera"].index("pan_right")
    frames, labels = torch.rand(3, 1, 3, 64, 112), torch.zeros(3, len(LABELS), dtype=torch.long)
    labels[:, LABELS.index("camera")] = torch.tensor([left, right, 0])
    before, found = labels.clone(), set()
    for seed in range(12):
        varied, new = vary(frames, labels, WORLD, torch.Generator().manual_seed(seed))
        assert varied.shape == frames.shape and 0 <= float(varied.min()) and float(varied.max()) <= 1
        found.add(tuple(new[:, LABELS.index("camera")].tolist()))
    assert found == {(left, right, 0), (right, left, 0)} and torch.equal(labels, before)


def test_a_judge_learns_what_it_is_shown() -> None:
    judge, frames = tiny(SMALL).train(), torch.rand(6, LOOKS, 3, 64, 112) * 0.1
    labels = torch.zeros(6, len(LABELS), dtype=torch.long)
    labels[:, LABELS.index("style")] = NONE
    frames[::2, :, 0] += 0.8
    labels[::2, LABELS.index("place")] = 3
    labels[::2, LABELS.index("subject")] = 1
    optimiser = torch.optim.AdamW(judge.parameters(), lr=5e-3)
    losses = []
    for _ in range(25):
        loss = loss_of(judge, frames, labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.5 * losses[0]
    sharp = frames.repeat_interleave(SHARP, -1).repeat_interleave(SHARP, -2)
    pool = Pool([(f * 255).round().to(torch.uint8) for f in sharp], list(labels))
    assert score(judge.eval(), pool)["place"] == 1.0


def test_the_whole_run_leaves_a_judge_and_goes_on_from_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run = JudgeRun(
        tmp_path / "judge.safetensors",
        minutes=0.02,
        cache=tmp_path,
        art=COMMITTED,
        held=4,
        batch_clips=3,
        batch_pairs=2,
    )
    scores = run_all(run)
    assert set(scores) == {"raw", "pairs"} and set(scores["raw"]) == {*LABELS, "overall"}
    assert set(scores["pairs"]) == {"which", "same", "other"}
    assert all(0 <= share <= 1 for shares in scores.values() for share in shares.values())
    caplog.set_level("INFO", logger=training.__name__)
    run_all(replace(run, minutes=0.01))
    assert "going on from" in caplog.text
    judge = Judge.load(run.out)
    assert judge.config.classes["style"] == ("3d", "papercraft") and judge.config.alike != 0.5


def test_numbers_are_scored_each_by_itself() -> None:
    judge = tiny(SMALL).eval()
    assert judge.count is not None
    torch.nn.init.zeros_(judge.count.layers[-1].weight)  # it says "1" whatever it sees
    labels = torch.zeros(8, len(LABELS), dtype=torch.long)
    labels[6, LABELS.index("count")] = 1
    labels[7, LABELS.index("count")] = 2
    pool = Pool([torch.zeros(LOOKS, 3, 64, 112, dtype=torch.uint8)] * 8, list(labels))
    assert score(judge, pool)["count"] == pytest.approx(1 / 3)


def test_what_fits_of_another_judge_is_taken_over_and_says_what_it_said() -> None:
    old = tiny(OLD).eval()
    wider = tiny({**SMALL, "subject": ("cat", "wolf", "fox")}, alike=0.5)
    adopted = adopt(wider, old)
    assert {"look.1.weight", "from_look.place.weight", "both.2.bias"} <= adopted
    assert not {"from_look.subject.weight", "count.steep"} & adopted
    frames = torch.rand(2, LOOKS, 3, 64, 112)
    was, now = old(frames), wider.eval()(frames)
    assert torch.allclose(now["place"], was["place"], atol=1e-5)
    assert torch.allclose(now["subject"][:, [2, 0]], was["subject"], atol=1e-5)


def test_attributes_stay_what_they_were_on_demand(tmp_path: Path) -> None:
    path = tmp_path / "old.safetensors"
    stage_classes = Stage("cpu", Art(COMMITTED)).classes()
    torch.manual_seed(3)
    old = Judge(JudgeConfig({name: stage_classes[name] for name in ATTRIBUTES}))
    old.save(path)
    run = JudgeRun(
        tmp_path / "new.safetensors", minutes=0.02, cache=tmp_path, art=COMMITTED, held=2, batch_clips=2,
        batch_pairs=1, besides=True, start=path, without=("count",),
    )  # fmt: skip
    run_all(run)
    new, old = Judge.load(run.out).state_dict(), Judge.load(path).state_dict()
    assert all(torch.equal(new[name], value) for name, value in old.items())
    assert set(new) > set(old) and not any(name.startswith("count.") for name in new)


def test_the_flow_of_a_moving_picture_points_where_it_goes() -> None:
    wave = torch.nn.functional.interpolate(
        torch.rand(1, 1, 20, 36, generator=torch.Generator().manual_seed(1)), size=(80, 144), mode="bicubic"
    )
    steps = 4
    right = torch.cat([wave[:, 0, 8:72, 16 - 2 * i : 128 - 2 * i][:, None] for i in range(steps + 1)], 1)
    down = torch.cat([wave[:, 0, 8 - i : 72 - i, 16:128][:, None] for i in range(steps + 1)], 1)
    for clip, x, y in ((right, 1.0, 0.0), (down, 0.0, 0.5)):
        flow = optical_flow(clip)
        assert flow.shape == (1, 2 * steps + 1, 8, 14)
        # Gradients of so coarse a picture are a little too small, so motion comes out a little too large.
        assert float(flow[:, :steps].median()) == pytest.approx(x, rel=0.5, abs=0.1)
        assert float(flow[:, steps : 2 * steps].median()) == pytest.approx(y, rel=0.5, abs=0.1)
    still = optical_flow(right[:, :1].expand(-1, steps + 1, -1, -1))
    assert float(still[:, : 2 * steps].abs().max()) == 0 and torch.isfinite(still).all()
    assert torch.isfinite(optical_flow(torch.zeros(1, 3, 64, 112))).all()
