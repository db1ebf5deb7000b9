"""The judge's sharp eye: larger pictures, in which it sees who somebody is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from model.errors import WeightsError
from model.training.judge import SHARP_EYE, JudgeRun, halved, loss_of_stills, main, open_eye, run_all, with_pairs
from model.training.judge_examples import NONE, WHOLE, Pool, Stage
from model.training.judge_network import LABELS, SHARP, SPAN, Judge, JudgeConfig, sharply, sight
from model.training.judge_pairs import group
from model.world.art import COMMITTED, Art

CLASSES = dict(WHOLE) | {"subject": ("fox", "cat")}
WIDTHS = (8, 16, 16, 16)


def tiny(who: tuple[int, int, int, int, int] | None = (*WIDTHS, 24)) -> Judge:
    torch.manual_seed(5)
    return Judge(JudgeConfig(CLASSES, WIDTHS, (8, 8, 16), who=who))


@pytest.mark.parametrize(("frames", "pictures"), ((1, 1), (SPAN, 3)))
def test_it_looks_at_the_start_the_middle_and_the_end(frames: int, pictures: int) -> None:
    clip = torch.randint(0, 256, (2, frames, 3, 128, 224), dtype=torch.uint8)
    sharp = sharply(clip)
    assert sharp.shape == (2, pictures, 3, 64 * SHARP, 112 * SHARP)
    assert torch.equal(sharp[:, -1], sight(clip[:, -1:], SHARP)[:, 0])
    # What is rendered at this size is seen as it is, and halving it gives what is looked at else.
    assert torch.allclose(halved(sharp[:, :1]), sight(clip[:, :1]), atol=1e-5)


def test_both_readings_of_the_subject_count() -> None:
    judge = tiny().eval()
    frames, sharp = torch.rand(2, 9, 3, 64, 112), torch.rand(2, 3, 3, 128, 224)
    small, both = judge(frames), judge(frames, sharp)
    closer = judge.named(sharp.flatten(0, 1)).unflatten(0, (2, 3)).mean(1).log_softmax(-1)
    assert torch.allclose(both["subject"], small["subject"].log_softmax(-1) + closer, atol=1e-5)
    assert all(torch.equal(both[name], small[name]) for name in small if name != "subject")


def test_a_judge_without_one_reads_as_before_and_says_what_it_lacks() -> None:
    judge = tiny(None).eval()
    frames, sharp = torch.rand(2, 9, 3, 64, 112), torch.rand(2, 3, 3, 128, 224)
    assert torch.equal(judge(frames)["subject"], judge(frames, sharp)["subject"])
    with pytest.raises(WeightsError, match=r"no sharp eye; train one with: python -m model.training.judge --who"):
        judge.named(sharp[:, 0])


def test_it_comes_back_as_saved(tmp_path: Path) -> None:
    path = tmp_path / "judge.safetensors"
    judge = tiny().eval()
    judge.save(path)
    again = Judge.load(path)
    assert again.config == judge.config
    clip = torch.randint(0, 256, (SPAN, 3, 64, 96), dtype=torch.uint8)
    assert again.read(clip)["subject"].sure == pytest.approx(judge.read(clip)["subject"].sure, abs=0.01)


def test_it_begins_as_a_copy_of_what_looks_at_small_pictures() -> None:
    judge = tiny()
    assert judge.who is not None
    open_eye(judge)
    pictures = torch.rand(2, 3, 64, 96)
    assert torch.equal(judge.who.layers[:9](pictures), judge.look[:9](pictures))


def test_everybody_is_as_likely_anywhere_in_stills(art: Art) -> None:
    stage = Stage("cpu", art)
    pool = Pool()
    stage.fill(pool, 11, 60, most=40, through=0.0, stills=True)
    frames, labels = pool.stack(torch.arange(40))
    assert frames.shape == (40, 1, 3, 64 * SHARP, 112 * SHARP)
    subjects, places = (labels[:, LABELS.index(name)] for name in ("subject", "place"))
    assert NONE not in subjects.tolist() and len(set(subjects.tolist())) > 10 and len(set(places.tolist())) > 8
    again = stage.still(11)
    assert torch.equal(again[0], pool.frames[0]) and torch.equal(again[1], pool.labels[0])


def test_pictures_of_pairs_are_learned_from_as_well(art: Art) -> None:
    stage = Stage("cpu", art)
    (still, labels), (four, subject) = stage.still(3), group(stage, 4)
    both = with_pairs(Pool([still], [labels]), Pool([four], [subject]))
    frames, told = both.stack(torch.arange(5))
    assert frames.shape == (5, 1, 3, 64 * SHARP, 112 * SHARP)
    assert told[1:, LABELS.index("subject")].tolist() == [int(subject)] * 4
    assert (told[1:] != NONE).sum() == 4, "only the subject is a label of these"


def test_it_learns_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "old.safetensors"
    first = JudgeRun(
        path, minutes=0.02, cache=tmp_path, art=COMMITTED, held=2, batch_clips=2, batch_pairs=1, batch_stills=2
    )
    run_all(first)
    run_all(replace(first, out=tmp_path / "new.safetensors", start=path, who=True))
    old, new = (Judge.load(p).state_dict() for p in (path, tmp_path / "new.safetensors"))
    assert all(torch.equal(new[name], value) for name, value in old.items() if not name.startswith(SHARP_EYE))
    assert not torch.equal(new["from_sharp.subject.weight"], old["from_sharp.subject.weight"])


@pytest.mark.parametrize("extra", (["--batch-stills", "0"], ["--besides"]))
def test_learning_nothing_or_two_things_alone_is_refused(extra: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--who", *extra])
    assert ended.value.code == 2 and extra[0] in capsys.readouterr().err


def test_it_tells_who_is_who_after_a_few_steps() -> None:
    judge, pictures = tiny().train(), torch.rand(6, 1, 3, 64, 96) * 0.1
    labels = torch.full((6, len(LABELS)), NONE)
    labels[:, LABELS.index("subject")] = torch.tensor([0, 1] * 3)
    pictures[1::2, :, :, 20:28, 40:48] += 0.8  # a few pixels, somewhere
    optimiser = torch.optim.AdamW(judge.parameters(), lr=3e-3)
    for _ in range(40):
        loss = loss_of_stills(judge, pictures, labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert judge.eval().named(pictures[:, 0]).argmax(1).tolist() == [0, 1] * 3
