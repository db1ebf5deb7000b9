"""The command line is a contract: one JSON object last on stdout, exit codes 0 to 3, one clear line for errors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import model
from model.errors import WeightsError
from studio import bench, doctor, media
from studio.cli import TOOLS, main
from studio.film import TIMINGS
from studio.policy import Decision
from studio.settings import Settings
from tests.studio.doubles import SHA256, FakeGenerator
from tests.studio.soak import tiny

ROOT = Path(__file__).resolve().parents[2]
PHOTO = ROOT / "tests" / "studio" / "policy" / "astronaut.jpg"
FAST = ("--size", "128x128", "--seconds", "0.5", "--steps", "2", "--seed", "7")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUTEUR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(model, "load", lambda name, **_: FakeGenerator())
    return tmp_path / "home"


def answer(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> dict[str, Any]:
    assert main([str(argument) for argument in (*arguments, "--json")]) == code
    out = capsys.readouterr().out
    assert out.count("\n") == 1, out
    return json.loads(out)


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 2) -> str:
    assert main([str(argument) for argument in arguments]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.strip().splitlines()
    assert len(lines) == 1, captured.err
    return lines[0]


def test_shoot_leaves_a_signed_clip_and_says_all_about_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "films" / "clip.mp4"
    found = answer(capsys, "shoot", "a fox in the snow", "--out", out, *FAST)
    assert set(found) == {
        "file", "sha256", "take", "model", "seed", "width", "height", "frames", "fps", "seconds", "credential",
    }  # fmt: skip
    assert (found["file"], found["seed"], found["width"], found["frames"]) == (str(out), 7, 128, 9)
    assert set(found["seconds"]) == set(TIMINGS)
    assert found["credential"]["state"] == "local"
    assert media.count_frames(out) == 9
    verified = answer(capsys, "verify", out)
    assert verified["verdict"] == "local" and verified["ai"] is True and verified["recipe"]["seed"] == 7
    assert {"verdict", "ai", "signer", "recipe", "parents", "problems"} <= set(verified)
    assert [path.name for path in out.parent.iterdir()] == ["clip.mp4"]


def test_verify_says_no_to_a_changed_or_unsigned_file_and_cannot_read_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "clip.mp4"
    answer(capsys, "shoot", "a fox", "--out", out, *FAST)
    data = bytearray(out.read_bytes())
    data[data.rindex(b"mdat") + 2000] ^= 1
    out.write_bytes(data)
    assert answer(capsys, "verify", out, code=1)["verdict"] == "changed"
    with media.ClipWriter(tmp_path / "plain.mp4", 64, 64, 8) as writer:
        writer.write(media.decode_clip(out, size=(64, 64), limit=2))
    assert answer(capsys, "verify", tmp_path / "plain.mp4", code=1)["verdict"] == "none"
    (tmp_path / "note.mp4").write_text("a note")
    assert "note.mp4" in refusal(capsys, "verify", tmp_path / "note.mp4")
    assert "nothing.mp4" in refusal(capsys, "verify", tmp_path / "nothing.mp4")


def test_shoot_for_people_says_where_the_clip_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "load", lambda name, **_: FakeGenerator(pace=0.2))
    assert main(["shoot", "a fox", *FAST]) == 0
    captured = capsys.readouterr()
    assert "clip.mp4" in captured.out and "signed by this studio" in captured.out
    assert "Shooting" in captured.err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["shoot", ""], "empty"),
        (["shoot", "🦊"], "no words"),
        (["shoot", "fox " * 2500], "4000"),
        (["shoot", "fox", "--size", "450x250"], "448x256"),
        (["shoot", "fox", "--seconds", "0"], "seconds"),
        (["shoot", "fox", "--seconds", "10000"], "60"),
        (["shoot", "fox", "--seconds", "many"], "seconds"),
        (["shoot", "fox", "--seed", "-1"], "seed"),
        (["shoot", "fox", "--seed", str(2**64)], "seed"),
        (["shoot", "fox", "--camera", "sideways"], "pan_left"),
        (["shoot", "fox", "--model", "sora"], "storybook"),
        (["shoot", "fox", "--image", "nowhere.png"], "nowhere.png"),
        (["shoot", "fox", "--out", "clip.gif"], "clip.mp4"),
        (["shoot"], "PROMPT"),
        (["film", "gone.yaml"], "gone.yaml cannot be read"),
        (["models", "info"], "NAME"),
        (["models", "info", "sora"], "storybook"),
        (["policy"], "--file"),
        ([], "COMMAND"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], home: Path, arguments: list[str], word: str
) -> None:
    assert word in refusal(capsys, *arguments)
    assert not list(home.glob("takes/*"))


def test_bad_input_is_json_too_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "shoot", "fox", "--size", "450x250", code=2)
    assert found["field"] == "size" and found["suggestion"] == "448x256" and found["error"]


def test_a_render_that_fails_is_exit_code_3(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(name: str, **_: object) -> None:
        raise WeightsError("dit.safetensors is missing; restore it")

    monkeypatch.setattr(model, "load", load)
    assert "dit.safetensors is missing" in answer(capsys, "shoot", "fox", *FAST, code=3)["error"]


def decide(request: Any, mode: str, config: object = None) -> Decision:
    if "gore" in request.prompt:
        return Decision("block", "violence", "lexicon", None, (), None, "x", "Not this.", "1", 0.2)
    if "star" in request.prompt:
        return Decision("rewrite", "person", "lexicon", None, (), "a singer", "x", "No real people.", "1", 0.2)
    return Decision("allow", None, "end", None, (), None, None, "", "1", 0.2)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.policing.check_request", decide)
    monkeypatch.setattr("studio.policy_verb.check_request", decide)


@pytest.mark.usefixtures("judged")
def test_a_rewrite_stops_the_shot_and_can_be_accepted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert answer(capsys, "shoot", "a star", *FAST, code=1)["rewritten"] == "a singer"
    assert "a singer" in refusal(capsys, "shoot", "a star", *FAST, code=1)
    assert answer(capsys, "shoot", "a star", "--accept-rewrite", *FAST)["credential"]["state"] == "local"
    assert refusal(capsys, "shoot", "gore", *FAST, code=1) == "Not this."


@pytest.mark.usefixtures("judged")
def test_policy_answers_for_a_text_and_for_every_line_of_a_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    keys = {"action", "category", "rewritten", "message", "ms"}
    assert answer(capsys, "policy", "a fox") == {
        "action": "allow", "category": None, "rewritten": None, "message": "", "ms": 0.2,
    }  # fmt: skip
    assert answer(capsys, "policy", "gore", code=1)["action"] == "block"
    file = tmp_path / "prompts.jsonl"
    file.write_text('{"prompt": "a fox"}\n\n{"text": "gore", "label": "block"}\n"a star"\n', encoding="utf-8")
    assert main(["policy", "--file", str(file), "--mode", "strict", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["action"] for line in lines] == ["allow", "block", "rewrite"]
    assert all(set(line) == keys for line in lines)
    file.write_text("[1]\n")
    assert "line 1" in refusal(capsys, "policy", "--file", file)
    file.write_bytes(b"\x89PNG")
    assert refusal(capsys, "policy", "--file", file) == "prompts.jsonl: this is not UTF-8 text"


def test_a_picture_or_clip_of_a_person_needs_their_consent(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
) -> None:
    assert "--consent" in refusal(capsys, "shoot", "she waves", "--image", PHOTO, *FAST, code=1)
    take = answer(capsys, "shoot", "she waves", "--image", PHOTO, "--consent", *FAST)["take"]
    assert len(answer(capsys, "vary", take, "--count", 2)["takes"]) == 2, "she was asked once"
    clip = tmp_path / "her.mp4"
    photo = np.asarray(Image.open(PHOTO).convert("RGB").resize((128, 128)))
    with media.ClipWriter(clip, 128, 128, 16) as writer:
        writer.write(np.repeat(photo[None], 9, 0))
    longer = ("extend", clip, "--seconds", 0.5, "--prompt", "she waves", "--steps", 2)
    assert "--consent" in refusal(capsys, *longer, code=1)
    assert answer(capsys, *longer, "--consent")["frames"] > 9
    film = tmp_path / "film.yaml"
    film.write_text(f"size: 128x128\nsteps: 2\nshots: [{{prompt: she waves, seconds: 0.5, first: {PHOTO}}}]\n")
    assert "consent: yes" in refusal(capsys, "film", film, code=1)
    film.write_text(film.read_text() + "consent: yes\n")
    assert answer(capsys, "film", film, "--out", tmp_path / "film.mp4")["shots"]


@pytest.mark.usefixtures("judged")
def test_policy_counts_answers_and_writes_remarks_down(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "prompts.jsonl"
    rows = '{"text": "gore", "label": "block", "category": "violence"}', '{"text": "a fox", "label": "allow"}', '"gore"'
    file.write_text("\n".join(rows), encoding="utf-8")
    table = answer(capsys, "policy", "--file", file, "--table")["table"]
    assert table["block: violence"]["block"] == table["allow"]["allow"] == table["not said"]["block"] == 1
    assert sum(sum(row.values()) for row in table.values()) == 3
    assert answer(capsys, "policy", "gore", "--report", "It is cranberry juice", code=1)["action"] == "block"
    noted = json.loads((home / "policy" / "audit.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert noted["action"] == "appeal" and noted["remark"] == "It is cranberry juice" and "text" not in noted
    assert "--file" in refusal(capsys, "policy", "--file", file, "--report", "no")
    assert "--file" in refusal(capsys, "policy", "gore", "--table")
    assert "1 to 1000 characters" in refusal(capsys, "policy", "gore", "--report", " ")


@pytest.mark.usefixtures("judged")
def test_a_log_of_the_policy_that_was_changed_is_told(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    for _ in range(3):
        answer(capsys, "policy", "gore", "--report", "It is cranberry juice", code=1)
    assert answer(capsys, "policy", "--check-log") == {"lines": 3, "broken_at": None}
    log = home / "policy" / "audit.jsonl"
    log.write_text("".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[::2]), encoding="utf-8")
    assert answer(capsys, "policy", "--check-log", code=1) == {"lines": 2, "broken_at": 2}


def test_policy_answers_as_the_host_has_it(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / "policy.toml").write_text('[names]\nextra_block = ["Zorbax Quindle"]\n', encoding="utf-8")
    assert answer(capsys, "policy", "Zorbax Quindle walks through a forest", code=1)["action"] == "rewrite"


def test_models_are_listed_and_described(capsys: pytest.CaptureFixture[str]) -> None:
    entry = answer(capsys, "models")["models"][0]
    assert entry["name"] == "storybook" and entry["licence"] == "Apache-2.0"
    assert answer(capsys, "models", "info", "storybook")["sizes"] == entry["sizes"]
    assert main(["models", "list"]) == 0
    assert "Storybook" in capsys.readouterr().out


def test_doctor_looks_at_everything_and_says_how_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.from_env({}, home=tmp_path / "home", models=tmp_path / "nothing")
    found = {item.name: item for item in doctor.examine(settings)}
    assert set(found) == {
        "python", "torch", "threads", "memory", "folder", "disk", "ffmpeg", "weights", "c2pa", "fonts", "port",
        "models",
    }  # fmt: skip
    assert all(found[name].level == "ok" for name in ("python", "folder", "ffmpeg", "c2pa"))
    assert found["weights"].level == "fail" and found["weights"].mend
    assert all(item.mend for item in found.values() if item.level != "ok")


def test_doctor_says_so_when_the_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = doctor.examine(Settings.from_env({}, home=tmp_path / "file" / "home"))
    assert next(item for item in found if item.name == "folder").level == "fail"


def test_bench_prints_the_figures_of_the_design(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "cold_start", lambda settings: 3.2)
    monkeypatch.setattr(bench, "model_figures", lambda quick, console: {"diffusers": {"sampling_ratio": 1.5}})
    found = answer(capsys, "bench", "--quick")
    assert {"rtf", "first_preview_s", "cold_start_s", "seconds"} <= set(found["storybook"])
    assert found["memory"]["clip_4s_mb"] > 50 and found["memory"]["clip_60s_mb"] is None
    assert found["diffusers"] == {"sampling_ratio": 1.5} and found["machine"]["torch"]
    assert found["storybook"]["rtf"] > 0


def test_help_names_the_verbs_there_are_and_needs_no_torch(tmp_path: Path) -> None:
    code = (
        "import sys; from studio.cli import main\ntry:\n main(['--help'])\nfinally:\n assert 'torch' not in sys.modules"
    )
    env = {**os.environ, "AUTEUR_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    for verb in ("shoot", "film", "verify", "policy", "models", "bench", "doctor", *TOOLS):
        assert verb in done.stdout.split(), verb


def test_the_module_runs_as_a_program(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "studio", "shoot", "fox", "--seed", "-1", "--json"], cwd=ROOT,
        capture_output=True, text=True, env={**os.environ, "AUTEUR_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 2 and json.loads(done.stdout.splitlines()[-1])["field"] == "seed"


def test_the_double_has_the_shape_of_a_hash() -> None:
    assert len(SHA256) == 64


def test_the_queue_is_shown_and_changed_from_the_command_line(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    from contextlib import closing

    from studio.library import Library
    from tests.studio.test_library import RECIPE, SHOT

    with closing(Library(home)) as library:
        first, second = (library.add_job("local", SHOT, RECIPE) for _ in range(2))
    found = answer(capsys, "queue")
    assert [job["id"] for job in found["jobs"]] == [first, second] and not found["served"]
    assert [job["id"] for job in answer(capsys, "queue", "last", first)["jobs"]] == [second, first]
    assert answer(capsys, "queue", "pause", second)["jobs"][0]["state"] == "paused"
    assert answer(capsys, "queue", "pause")["paused"] and not answer(capsys, "queue", "resume")["paused"]
    assert answer(capsys, "queue", "clear")["jobs"] == []
    assert len(answer(capsys, "queue", "undo")["jobs"]) == 2
    assert "say which job" in refusal(capsys, "queue", "stop")
    assert "no job" in refusal(capsys, "queue", "stop", "j0")


def test_a_library_that_is_whole_needs_no_mending(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert "is not there" in refusal(capsys, "mend")
    answer(capsys, "shoot", "a fox", *FAST)
    assert answer(capsys, "mend") == {"damaged": None, "rows": 0, "takes": 0}


def test_shoot_says_what_cannot_be_drawn_and_that_it_reads_english(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "load", lambda name, **_: FakeGenerator())
    assert main(["shoot", "a fox near the Eiffel tower", *FAST]) == 0
    assert "cannot draw: Eiffel" in capsys.readouterr().err
    assert main(["shoot", "a meerkat in the desert", *FAST]) == 0
    assert "what comes nearest: a fox for meerkat" in capsys.readouterr().err
    assert main(["shoot", "ein Fuchs im Schnee bei Nacht", *FAST]) == 0
    assert "English" in capsys.readouterr().err


def test_the_identity_is_shown_changed_and_taken_along(
    capsys: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = answer(capsys, "identity")
    second = answer(capsys, "identity", "rotate")
    assert first["name"] == second["name"] and first["serial"] != second["serial"]
    assert answer(capsys, "identity", "rotate", "--authority")["name"] != first["name"]
    secret = answer(capsys, "identity", "export")["secret"]
    serial = answer(capsys, "identity")["serial"]
    monkeypatch.setenv("AUTEUR_IDENTITY", secret)
    monkeypatch.setenv("AUTEUR_HOME", str(home / "elsewhere"))
    assert answer(capsys, "identity")["serial"] == serial
    assert "AUTEUR_IDENTITY" in refusal(capsys, "identity", "rotate")
    monkeypatch.delenv("AUTEUR_IDENTITY")
    assert "--chain" in refusal(capsys, "identity", "use")


def test_tools_make_new_clips_and_say_how_well_they_meet(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "load", lambda name, **_: tiny())
    take = answer(capsys, "shoot", "a fox in the snow", *FAST)["take"]
    longer = answer(capsys, "extend", take, "--seconds", "0.25", "--out", tmp_path / "longer.mp4")
    assert longer["frames"] == 13 and longer["seams"][0]["frame"] == 9 and longer["take"] != take
    assert [parent["relationship"] for parent in answer(capsys, "verify", longer["file"])["parents"]] == ["parentOf"]
    assert answer(capsys, "recut", longer["file"], "--keep", "0", "0.5")["frames"] == 8
    assert answer(capsys, "upscale", take, "--factor", "1.5")["width"] == 192
    both = answer(capsys, "vary", take, "--count", "2", "--out", tmp_path / "v.mp4")
    assert [Path(each["file"]).name for each in both["takes"]] == ["v-1.mp4", "v-2.mp4"]
    assert "up to 1" in refusal(capsys, "remix", take, "--strength", "3")
    assert "no such file" in refusal(capsys, "loop", tmp_path / "nothing.mp4")
    assert "no take's id" in refusal(capsys, "vary", tmp_path / "nothing.mp4")
