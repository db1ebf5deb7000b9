"""`models download`, `point`, `check` and `remove` as somebody types them, against a hub on this machine."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import huggingface_hub.constants
import pytest

from model import catalog, published
from studio.cli import main
from studio.models import Models
from studio.models_cli import progress_line
from studio.models_transfer import Progress
from tests.hubs import Hub, serving, small_world
from tests.model.test_published import shapes_of, write

BIG = "wan2.2-ti2v-5b"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.delenv("TRANSFORMERS_OFFLINE")
    monkeypatch.setenv("AUTEUR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    with serving(small_world(monkeypatch)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


def run(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> tuple[dict[str, Any], str]:
    assert main(["models", *map(str, words), "--json"]) == code
    captured = capsys.readouterr()
    return json.loads(captured.out.splitlines()[-1]), captured.err


def test_size_and_licence_come_first_and_nothing_is_fetched_without_a_yes(
    capsys: pytest.CaptureFixture[str], hub: Hub, tmp_path: Path
) -> None:
    found, said = run(capsys, "download", "wan2.2-ti2v-5b-turbo", code=1)
    assert "--yes" in found["error"]
    assert "licence: not stated" in said and "CC BY-NC-SA" in said and "to fetch: " in said and "are free there" in said
    assert "not yet run with the real weights" in said
    assert hub.seen == [] and not list((tmp_path / "cache").rglob("*.safetensors"))


def test_a_yes_at_the_terminal_is_agreement(
    capsys: pytest.CaptureFixture[str], hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("no\n"))
    assert main(["models", "download", BIG]) == 1
    monkeypatch.setattr("sys.stdin", Terminal("yes\n"))
    assert main(["models", "download", BIG]) == 0
    assert "is here, whole and checked" in capsys.readouterr().out


def test_a_model_is_fetched_listed_checked_and_removed(
    capsys: pytest.CaptureFixture[str], hub: Hub, tmp_path: Path
) -> None:
    found, said = run(capsys, "download", BIG, "--yes")
    assert found["installed"] and found["state"] == "ready" and found["missing_bytes"] == 0
    assert "diffusion_pytorch_model.safetensors" in said
    listed = {model["name"]: model for model in run(capsys, "list")[0]["models"]}
    assert listed["storybook"]["installed"] and listed[BIG]["installed"]
    assert listed["wan2.1-t2v-1.3b"]["state"] == "absent"
    assert listed[BIG]["trained"] == ["words", "first"] and "last" in listed[BIG]["untrained"]
    assert run(capsys, "check", BIG)[0]["wrong"] == []
    (file,) = (tmp_path / "cache").rglob("snapshots/*/transformer/*.safetensors")
    raw = file.read_bytes()
    file.resolve().write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    assert run(capsys, "check", BIG, code=1)[0]["wrong"] == [str(file)]
    run(capsys, "download", BIG, "--yes")
    assert run(capsys, "remove", BIG)[0]["freed_bytes"] > 0
    assert run(capsys, "remove", BIG, code=3)[0]["error"].endswith("nothing to remove")


def test_people_are_told_what_a_model_was_trained_for(capsys: pytest.CaptureFixture[str], hub: Hub) -> None:
    assert main(["models", "info", BIG]) == 0
    out = capsys.readouterr().out
    assert "trained for: words, a first picture" in out
    assert "not trained for it: a last picture, pictures in between, frames or a clip" in out
    assert "not yet run with the real weights" in out
    assert main(["models", "list"]) == 0
    assert "wan2.1-vace-1.3b" in capsys.readouterr().out


def test_a_folder_is_pointed_to_by_name(capsys: pytest.CaptureFixture[str], hub: Hub, tmp_path: Path) -> None:
    write(tmp_path / "mine.safetensors", shapes_of(BIG))
    found, _ = run(capsys, "point", tmp_path / "mine.safetensors")
    assert found["name"] == BIG and found["missing"] == ["vae", "text", "tokenizer"]
    assert main(["models", "point", str(tmp_path / "mine.safetensors"), "--as", "fastwan2.2-ti2v-5b"]) == 0
    assert "FastWan 2.2 5B is taken from" in capsys.readouterr().out
    (tmp_path / "other.ckpt").write_bytes(b"a pickle")
    assert "refused" in run(capsys, "point", tmp_path / "other.ckpt", code=2)[0]["error"]
    assert "not there" in run(capsys, "point", tmp_path / "nowhere", code=2)[0]["error"]


@pytest.mark.parametrize(("words", "says"), [
    (["download"], "NAME"), (["point"], "FOLDER"), (["remove"], "NAME"),
])  # fmt: skip
def test_what_is_left_out_is_asked_for(
    capsys: pytest.CaptureFixture[str], hub: Hub, words: list[str], says: str
) -> None:
    assert says in run(capsys, *words, code=2)[0]["error"]


def test_a_model_that_nobody_published_is_named(capsys: pytest.CaptureFixture[str], hub: Hub) -> None:
    for verb in ("download", "check", "remove"):
        assert "no model 'sora'" in run(capsys, verb, "sora", code=2)[0]["error"]


def test_offline_is_said(
    capsys: pytest.CaptureFixture[str], hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    error = run(capsys, "download", BIG, "--yes", code=3)[0]["error"]
    assert "offline" in error and str(tmp_path / "cache") in error and published.part(BIG).title in error


def test_progress_is_one_line_with_speed_and_time_left() -> None:
    line = progress_line(Progress(BIG, "", "fetching", "x.safetensors", 5 * 10**9, 10 * 10**9, 25e6, 200.0))
    assert line == "[============            ] 5.0 GB of 10.0 GB  25.0 MB/s  about 3:20 left  x.safetensors"


WIDE = int(catalog.entry().notes["config"]["dim"])


def look(path: Path, width: int = WIDE, module: str = "blocks.0.self_attn.q") -> Path:
    """A LoRA of rank 2 for a transformer of that width."""
    shapes = {f"{module}.lora_A.weight": (2, width), f"{module}.lora_B.weight": (width, 2)}
    return write(path, shapes)


def test_a_lora_over_a_model_is_a_model_that_can_be_chosen(
    capsys: pytest.CaptureFixture[str], hub: Hub, tmp_path: Path
) -> None:
    file = look(tmp_path / "film look.safetensors")
    found, _ = run(capsys, "lora", file, "--strength", "0.8")
    assert found == {
        "name": "storybook:film-look", "base": "storybook", "file": str(file), "strength": 0.8, "problem": "",
    }  # fmt: skip
    assert run(capsys, "list")[0]["loras"] == [found]
    shelf = Models(tmp_path / "home", catalog.assets())
    (entry,) = [entry for entry in shelf.entries() if entry.loras]
    assert (entry.name, entry.title) == ("storybook:film-look", "Storybook + film look (0.8)")
    file.unlink()
    assert len(shelf.entries()) == 1
    assert "missing" in run(capsys, "list")[0]["loras"][0]["problem"]
    assert run(capsys, "remove", "storybook:film-look")[0]["freed_bytes"] == 0
    assert run(capsys, "list")[0]["loras"] == []


@pytest.mark.parametrize(("width", "strength", "says"), [
    (96, "1", f"made for a transformer 96 wide, this one is {WIDE}"), (WIDE, "9", "it is -2 to 2; the nearest"),
])  # fmt: skip
def test_a_lora_that_does_not_fit_is_refused(
    capsys: pytest.CaptureFixture[str], hub: Hub, tmp_path: Path, width: int, strength: str, says: str
) -> None:
    file = look(tmp_path / "x.safetensors", width)
    assert says in run(capsys, "lora", file, "--strength", strength, code=2)[0]["error"]
    assert run(capsys, "list")[0]["loras"] == []


def test_weights_given_as_a_lora_and_a_lora_as_weights_are_told_apart(
    capsys: pytest.CaptureFixture[str], hub: Hub, tmp_path: Path
) -> None:
    weights = write(tmp_path / "w.safetensors", shapes_of(BIG))
    assert "is not a LoRA" in run(capsys, "lora", weights, code=2)[0]["error"]
    assert "is a LoRA" in run(capsys, "point", look(tmp_path / "l.safetensors"), code=2)[0]["error"]
