"""The lines of an evaluation besides attributes: each measures what it says, on clips where the answer is known."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from model.errors import WeightsError
from model.shotlist import parts
from model.training import evaluate as command
from model.training.eval_cases import STORY, Case, read_cases
from model.training.eval_film import Plan, difference, film, flicker, mean, sharpness
from model.training.eval_instances import instances, meetings
from model.training.eval_long import END, _ends, drift, score
from model.training.eval_world import begun, ceiling, coded, pictures, reference
from model.training.evaluate import evaluate, main, report
from model.training.judge_examples import WHOLE
from model.training.judge_network import Judge, JudgeConfig
from model.world.art import COMMITTED, Art
from model.world.understand import understand
from tests.model.doubles import generator

CASE = Case("a fox in the snow", {"subject": "fox", "place": "snow", "camera": "static"})
KNOWS = dict(WHOLE) | {"subject": ("fox", "cat", "dog", "woman", "tropical_fish")}


def judge(alike: float | None = 0.5) -> Judge:
    torch.manual_seed(6)
    return Judge(JudgeConfig(WHOLE, (8, 16, 16, 16), (8, 8, 16), alike)).eval()


def test_blur_makes_a_clip_less_sharp_and_noise_makes_it_flicker() -> None:
    rng = np.random.default_rng(1)
    still = rng.integers(0, 256, (1, 32, 48, 3), np.uint8).repeat(5, 0)
    soft = ((still.astype(int) + np.roll(still, 1, 1) + np.roll(still, 1, 2)) // 3).astype(np.uint8)
    assert sharpness(np.full((2, 8, 8, 3), 90, np.uint8)) == 0
    assert sharpness(soft) < 0.7 * sharpness(still)
    assert flicker(still) == 0 and flicker(still[:2]) is None
    fade = (np.arange(6, dtype=np.uint8)[:, None, None, None] * 10).repeat(8, 1).repeat(8, 2).repeat(3, 3)
    assert flicker(fade) == pytest.approx(0, abs=1e-3), "what fades steadily does not flicker"
    fade[3] += 6
    assert flicker(fade) == pytest.approx((6 + 12 + 6) / 4, rel=0.01)


def test_pictures_differ_by_their_layout_and_not_by_their_grain() -> None:
    grey = np.full((32, 48, 3), 100, np.uint8)
    grain = (grey + np.random.default_rng(2).integers(-20, 21, grey.shape)).astype(np.uint8)
    half = grey.copy()
    half[:, :32] = 160
    assert difference([grey]) is None
    close, far = difference([grey, grain]), difference([grey, half])
    assert close is not None and close < 3 and far == pytest.approx(40)
    assert mean([None, 1.0, 2.0]) == 1.5 and mean([None]) is None


def test_prompts_are_measured_for_sharpness_seeds_and_given_frames() -> None:
    told = report(evaluate(generator(), judge(), [CASE], Plan(steps=1, given=1, seeds=2)))
    assert told["sharpness"] > 0 and told["flicker"] > 0 and told["diversity"] > 0
    assert 0 < told["given_last_psnr"] <= 99 and 0 < told["given_psnr"] <= 99
    assert "diversity" not in report(evaluate(generator(), judge(), [CASE], Plan(steps=1, given=0)))


def test_a_given_picture_is_looked_for_where_it_was_given() -> None:
    model, plan = generator(), Plan(steps=2)
    picture = np.full((32, 48, 3), 60, np.uint8)
    first, last = (begun(model, "a fox", plan, picture, 3, place) for place in ("first", "last"))
    away = [begun(model, "a fox", plan, np.full_like(picture, 250), 3, place) for place in ("first", "last")]
    assert min(first, last, *away) > 15, "the double's autoencoder keeps a plain colour"


def test_drift_is_the_end_of_a_take_over_its_start() -> None:
    found = drift(generator(), judge(), [CASE], Plan(steps=1), 5.0)
    case = found["cases"][0]
    assert found["seconds"] == 5 and found["drift"] == pytest.approx(found["last"] / found["first"], abs=2e-3)
    assert 0 < case["first"] < 1 and 0 < case["last"] < 1 and case["first_sharpness"] > 0
    plan = Plan(seconds=5.0, steps=1)
    whole, (head, tail) = (made(generator(), CASE.prompt, plan, 1) for made in (film, _ends))
    many = round(END * 16)
    assert np.array_equal(head, whole[:many]) and np.array_equal(tail, whole[-many:]) and len(whole) > many


def test_the_score_is_the_mean_chance_of_what_lasts() -> None:
    frames = np.full((17, 32, 48, 3), 80, np.uint8)
    seen = judge()
    clip = torch.from_numpy(frames.transpose(0, 3, 1, 2).copy())
    chances = seen.chances(clip)
    wanted = (chances["subject"]["fox"] + chances["place"]["snow"]) / 2
    assert score(seen, frames, 16, CASE.expect) == pytest.approx(wanted, rel=1e-4)
    few = Judge(JudgeConfig(WHOLE | {"subject": ("cat", "dog")}, (8, 16, 16, 16), (8, 8, 16))).eval()
    assert score(few, frames, 16, {"subject": "fox"}) == 0, "what it cannot say is not there"


def test_meetings_are_of_one_character_in_two_places_and_of_another_in_the_second() -> None:
    found = meetings(KNOWS, 9, seed=2)
    assert len(found) == 9 and found == meetings(KNOWS, 9, seed=2) != meetings(KNOWS, 9, seed=3)
    for meeting in found:
        (one, _), (then, _) = parts(meeting.prompt)
        subject, colour = (understand(one).first(kind) for kind in ("subject", "colour"))
        assert subject in ("fox", "cat", "dog") and colour
        assert understand(meeting.other).first("subject") == subject
        assert understand(meeting.other).first("colour") not in (None, colour)
        assert (
            understand(then).first("place")
            == understand(meeting.other).first("place")
            != understand(one).first("place")
        )


def test_instances_are_filmed_and_compared() -> None:
    told = instances(generator(), judge(), KNOWS, Plan(seconds=1.0, steps=1), 2)
    assert told["pairs"] == 2 and len(told["cases"]) == 2
    assert all(0 <= told[name] <= 1 for name in ("which", "same", "other", "one_cut"))
    sure = instances(generator(), judge(alike=-1.0), KNOWS, Plan(seconds=1.0, steps=1), 1)
    assert sure["same"] == 1 and sure["other"] == 0, "everybody is alike who is at least the opposite"
    with pytest.raises(WeightsError, match="does not compare"):
        instances(generator(), judge(None), KNOWS, Plan(), 1)


def test_the_ceiling_is_of_clips_as_they_are_and_coded(art: Art) -> None:
    told = ceiling(generator(), judge(), Plan(), 2, art)
    assert set(told) == {"raw", "autoencoded"}
    for shares in told.values():
        assert {"subject", "place", "action", "overall"} <= set(shares) and all(0 <= s <= 1 for s in shares.values())


def test_pictures_of_every_kind_are_coded_and_begun_with(art: Art) -> None:
    model = generator()
    told = pictures(model, Plan(steps=1), 1, art)
    assert set(told) == {"world", "drawing", "photo"}
    for kind in ("world", "drawing"):
        assert all(5 < (told[kind][name] or 0) < 99 for name in ("autoencoder_psnr", "given_psnr"))
    assert told["photo"]["given_psnr"] is None
    plain = np.full((5, 32, 48, 3), 128, np.uint8)
    assert np.abs(coded(model, plain).astype(int) - 128).max() <= 1


def test_world_clips_are_what_sharpness_is_held_against(art: Art) -> None:
    told = reference((96, 64), 2, art)
    assert (told["world_sharpness"] or 0) > 1 and (told["world_flicker"] or 0) > 0


def test_story_prompts_ask_for_numbers_and_cuts() -> None:
    cases = read_cases(STORY)
    assert {case.expect["count"] for case in cases} == {"1", "2", "many"}
    assert all(int(case.expect["cuts"]) == max(0, len(parts(case.prompt)) - 1) for case in cases)


def test_the_command_measures_the_lines_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("model.load", lambda *_, **__: generator())
    monkeypatch.setattr(Judge, "load", lambda *_, **__: judge())
    monkeypatch.setattr(command, "Art", lambda: Art(COMMITTED))
    lines = ["--instances", "1", "--drift", "4", "--ceiling", "1", "--pictures", "1", "--limit", "1", "--steps", "1"]
    assert main([*lines, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"instances", "drift", "ceiling", "pictures"} < set(told) and "accuracy" not in told
    assert main(["--ceiling", "1"]) == 0
    assert "ceiling autoencoded: subject" in capsys.readouterr().out
    assert main(["--limit", "1", "--world", "1", "--steps", "1", "--given", "0"]) == 0
    out = capsys.readouterr().out
    assert "world_sharpness" in out and "sharpness" in out and "subject" in out


@pytest.mark.parametrize("wrong", (["--drift", "0"], ["--drift", "nan"], ["--instances", "0"], ["--seeds", "0"]))
def test_lines_that_cannot_be_are_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(wrong) == 2
    assert f"{wrong[0]} is {wrong[1]}" in capsys.readouterr().err


def test_a_size_that_is_not_there_is_refused_by_every_line(art: Art, capsys: pytest.CaptureFixture[str]) -> None:
    for line in ("--ceiling", "--pictures", "--world"):
        assert main([line, "1", "--size", "panorama"]) == 2
        assert "landscape" in capsys.readouterr().err
