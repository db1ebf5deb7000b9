"""The evaluation: what is asked is checked first, what is seen is counted, and the figures mean what they say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.errors import RequestError
from model.training.eval_cases import DEFAULT, FREE, Case, CaseError, count, outside, read_cases
from model.training.eval_combinations import combinations
from model.training.eval_sheet import COLUMNS, Row, draw_sheet
from model.training.evaluate import Plan, evaluate, main, motion, psnr, report, seam
from model.training.held_out import held_out, held_pair
from model.training.judge_network import ATTRIBUTES, Judge, JudgeConfig
from model.training.recipe import preset
from model.training.render_set import SetSpec
from model.world.understand import understand
from model.world.vocabulary import VOCABULARY, term
from tests.model.doubles import generator

WORLD = {name: tuple(t.id for t in VOCABULARY[name]) for name in ATTRIBUTES}
CASES = (
    Case("a fox in the snow", {"subject": "fox", "place": "snow"}),
    Case("a cat", {"subject": "cat"}),
    Case("anything", {}),
)


def judge() -> Judge:
    return Judge(JudgeConfig(WORLD, (8, 16, 16, 16), (8, 8, 16))).eval()


def lines(path: Path, *texts: str) -> Path:
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def test_our_own_prompts_are_sound_and_within_what_the_first_weights_learn() -> None:
    cases = read_cases(DEFAULT)
    assert 10 <= len(cases) <= 24 and len({c.prompt for c in cases}) == len(cases)
    assert outside(cases, preset("cpu").knows) == []
    asked = {kind for case in cases for kind in case.expect}
    assert {"subject", "place", "time", "weather", "action", "camera"} <= asked
    for case in cases:
        assert understand(case.prompt).first("subject") == case.expect["subject"]


def test_attributes_may_be_left_out_or_null(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "p.jsonl", '{"prompt": "a"}', "", '{"prompt": "b", "expect": {"place": null, "time": "night"}}'
    )
    assert read_cases(path) == (Case("a", {}), Case("b", {"time": "night"}))
    assert read_cases(path, 1) == (Case("a", {}),)


@pytest.mark.parametrize(
    ("text", "says"),
    (
        ('{"prompt": "x", "expect": {"subject": "foxx"}}', r"p.jsonl line 1: subject 'foxx' is not known; .*\bfox\b"),
        (
            '{"prompt": "x", "expect": {"place": "atlantis"}}',
            "place 'atlantis' is not known; known are meadow, snow, forest",
        ),
        ('{"prompt": "x", "expect": {"mood": "merry"}}', "'mood' is not an attribute; there are subject, place"),
        ('{"prompt": "x", "expect": {"time": 7}}', "time 7 is not known; known are day, golden, dusk, night"),
        ('{"prompt": "x", "expect": "fox"}', "expect must be an object"),
        ('{"prompt": "  "}', "has no prompt"),
        ('["fox"]', "has no prompt"),
        ("a fox", "is not JSON"),
        ("", "has no prompts"),
    ),
)
def test_bad_lines_are_one_clear_line_and_exit_2(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = lines(tmp_path / "p.jsonl", text)
    with pytest.raises(CaseError, match=says):
        read_cases(path)
    assert main(["--prompts", str(path), "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and len(err.splitlines()) == 1
    if "is not known" in err or "not an attribute" in err:
        assert "python -m model.world vocabulary" in err


def test_files_that_cannot_be_read_and_judges_that_are_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--prompts", str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl cannot be read" in capsys.readouterr().err
    assert main(["--limit", "0"]) == 2
    assert main(["--judge", str(tmp_path / "none.safetensors")]) == 3
    assert "python -m model.training.judge" in capsys.readouterr().err


def test_what_is_right_is_counted_by_attribute_and_overall() -> None:
    seen = [{"subject": "fox", "place": "forest", "time": "day"}, {"subject": "cat"}, {"subject": "fox"}]
    assert count(CASES, seen) == {
        "subject": {"asked": 2, "right": 2, "accuracy": 1.0},
        "place": {"asked": 1, "right": 0, "accuracy": 0.0},
        "overall": {"asked": 3, "right": 2, "accuracy": 0.6667},
    }
    assert count(CASES[2:], seen[2:])["overall"] == {"asked": 0, "right": 0, "accuracy": 0.0}


def test_ids_outside_what_is_known_are_named() -> None:
    assert outside(CASES, {"subject": ("fox",)}) == ["subject:cat"]
    assert outside(CASES, None) == [] and outside(CASES, WORLD) == []


def test_motion_and_seams_are_measured() -> None:
    still = np.full((9, 4, 4, 3), 100, np.uint8)
    assert motion(still) == 0 and motion(still[:1]) == 0 and seam(still, []) is None
    ramp = still + np.arange(9, dtype=np.uint8)[:, None, None, None]
    assert motion(ramp) == 1 and seam(ramp, [5]) == 1
    ramp[5:] += 6
    assert seam(ramp, [5]) == 7 and seam(ramp, [3]) == 1


def test_psnr_is_in_decibels() -> None:
    a = np.full((4, 4, 3), 100, np.uint8)
    assert psnr(a, a) == 99 and psnr(a, a + 1) == pytest.approx(48.13, abs=0.01)


def test_a_model_is_filmed_judged_and_reported(capsys: pytest.CaptureFixture[str]) -> None:
    model = generator()
    outcomes = evaluate(model, judge(), CASES, Plan(seconds=1.0, steps=2, given=1))
    assert [o.frames.shape for o in outcomes] == [(17, 32, 48, 3)] * 3
    assert outcomes[0].measures["given_psnr"] is not None and "given_psnr" not in outcomes[1].measures
    assert all(o.measures["seam"] is not None for o in outcomes), "17 frames are two windows of three latents"
    assert len(capsys.readouterr().err.splitlines()) == 3
    told = report(outcomes)
    assert json.loads(json.dumps(told)) == told
    assert set(told["accuracy"]) == {"subject", "place"} and told["counts"]["overall"]["asked"] == 3
    assert 0 <= told["overall"] <= 1 and told["motion"] > 0 and told["given_psnr_autoencoder"] > 0
    assert [c["prompt"] for c in told["cases"]] == [c.prompt for c in CASES]
    again = report(evaluate(model, judge(), CASES, Plan(seconds=1.0, steps=2, given=1)))
    assert again["motion"] == told["motion"], "the same seeds film the same clips"


def test_a_size_the_model_does_not_have_is_refused() -> None:
    with pytest.raises(RequestError, match="landscape"):
        evaluate(generator(), judge(), CASES[:1], Plan(size="panorama"))


def test_verdicts_say_what_was_seen_instead() -> None:
    outcome = evaluate(generator(), judge(), CASES[:1], Plan(seconds=0.3, steps=1, given=0))[0]
    seen = outcome.seen["subject"]
    word, right = outcome.verdicts[0]
    assert (word, right) == (("subject fox", True) if seen == "fox" else (f"subject fox: {seen}", False))


def test_a_sheet_has_a_row_for_every_prompt(tmp_path: Path) -> None:
    frames = np.random.default_rng(0).integers(0, 256, (9, 32, 56, 3), np.uint8)
    rows = [Row("a fox " * 90, frames, (("subject fox", True), ("place snow: reef", False))), Row("x", frames[:1])]
    draw_sheet(rows, tmp_path / "deep" / "sheet.png")
    with Image.open(tmp_path / "deep" / "sheet.png") as sheet:
        assert sheet.width > COLUMNS * 200 and sheet.height > 2 * 128


def test_shown_and_held_out_pairs_are_as_many_and_never_the_same() -> None:
    knows = preset("cpu").knows
    assert knows is not None
    everything = {**{kind: tuple(t.id for t in VOCABULARY[kind]) for kind in ATTRIBUTES}, **knows}
    cases = combinations(everything, 8, seed=3)
    assert [c.group for c in cases].count("shown") == [c.group for c in cases].count("held out") == 8
    for case in cases:
        (subject, other), held = case.expect.values(), case.group == "held out"
        assert held_pair(subject, other) == held, case
        assert understand(case.prompt).first("subject") == subject


def test_training_never_draws_what_is_held_out() -> None:
    spec = SetSpec("cpu", 400, 1, 448, 256, 0)
    held = [held_out(spec.scene(index)) for index in range(400)]
    assert 0.05 < sum(held) / len(held) < 0.2


def test_free_prompts_name_their_subject_in_words_that_no_caption_uses() -> None:
    for case in read_cases(FREE):
        said = f" {case.prompt.lower()} "
        for wording in term("subject", case.expect["subject"]).wordings:
            assert f" {wording} " not in said, (case.prompt, wording)
