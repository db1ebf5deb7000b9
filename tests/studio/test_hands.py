"""One worker for each device: jobs side by side, each with its own model, none taken twice or for lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from studio import memory
from studio.core import Studio
from studio.engines import local
from studio.errors import SettingsError
from studio.settings import Settings
from tests.studio.conftest import SMALL
from tests.studio.doubles import FakeGenerator, Gate
from tests.studio.test_engine import until

Make = Callable[..., Studio]


def test_two_devices_render_two_jobs_at_once_and_a_third_waits(
    make_studio: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "LOOK_SECONDS", 0.0)  # every look for a job also looks for jobs of the dead
    gate, made = Gate(), []

    def load(name: str) -> FakeGenerator:
        made.append(FakeGenerator(hurdle=gate))
        return made[-1]

    studio = make_studio(load=load, devices=("cpu", "mps"))
    jobs = [studio.submit(SMALL).id for _ in range(3)]
    until(lambda: sum(job.state == "running" for job in studio.jobs()) == 2)
    until(lambda: len(made) == 2)
    assert studio.job(jobs[2]).state == "queued"
    assert studio.ahead(jobs[2]) == 2
    gate.opened.set()
    ended = [studio.wait(job, 30) for job in jobs]
    assert [job.state for job in ended] == ["done"] * 3, [job.error for job in ended]
    for job in jobs:
        assert [event.kind for event in studio.history(job)] == ["queued", "started", "done"]


def test_closing_puts_the_jobs_of_all_devices_back(make_studio: Make) -> None:
    gate = Gate(at=1)
    studio = make_studio(load=lambda name: FakeGenerator(hurdle=gate), devices=("cpu", "cpu:1"))
    jobs = [studio.submit(SMALL).id for _ in range(2)]
    until(lambda: sum(job.step >= 1 for job in studio.jobs()) == 2)
    gate.opened.set()
    studio._engine.close()
    assert {studio.job(job).state for job in jobs} <= {"queued", "done"}


def test_devices_are_named_in_the_environment_and_a_wrong_name_is_said(tmp_path: Path) -> None:
    found = Settings.from_env({"AUTEUR_DEVICES": "cuda:0, cuda:2,cuda:0"}, home=tmp_path)
    assert found.devices == ("cuda:0", "cuda:2")
    assert Settings.from_env({}, home=tmp_path).devices is None
    with pytest.raises(SettingsError, match="gpu7"):
        Settings.from_env({"AUTEUR_DEVICES": "gpu7"}, home=tmp_path)


def test_memory_counts_what_an_encoder_of_ours_holds() -> None:
    code = "import sys; held = bytearray(60_000_000); print(1, flush=True); sys.stdin.read()"
    before = memory.used()
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with_child = memory.used()
        child.communicate(b"")
    assert with_child - before > 50_000_000


def test_watching_a_long_queue_asks_the_library_no_more_often_than_a_short_one(
    make_studio: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = make_studio()
    studio.pause_queue()
    asked: list[str] = []
    real = studio.library._all
    monkeypatch.setattr(studio.library, "_all", lambda sql, values: asked.append(sql) or real(sql, values))
    counts = []
    for _ in range(2):
        jobs = [studio.submit(SMALL).id for _ in range(4)]
        asked.clear()
        places = studio.places()
        counts.append(len(asked))
        assert [places[job] for job in jobs] == [studio.ahead(job) for job in jobs]
    assert counts[0] == counts[1]
    assert sorted(places.values()) == list(range(8))
