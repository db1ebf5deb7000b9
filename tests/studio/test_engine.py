"""Jobs belong to the studio: they end signed, failed with a plain line, or stopped within one forward; never lost."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

from studio import media
from studio.core import Studio
from studio.direction import Direction
from studio.engines.local import LocalEngine
from studio.errors import DiskFull, NotFound, PolicyStop, ShotError
from studio.film import TIMINGS
from studio.library import Library
from studio.locks import HomeLock
from studio.policy import Decision
from studio.previews import Previews
from studio.settings import Settings
from tests.studio.conftest import SMALL
from tests.studio.doubles import FakeGenerator, Gate, broken_load

Make = Callable[..., Studio]
ROOT = Path(__file__).resolve().parents[2]


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


def test_a_shot_becomes_a_signed_take_with_everything_beside_it(make_studio: Make) -> None:
    studio = make_studio()
    job = studio.wait(studio.submit(replace(SMALL, direction=Direction(time="night"))).id, 30)
    assert job.state == "done", job.error
    take = studio.take(job.take_id)
    assert studio.verify(take.clip).verdict == "local"
    assert take.report["recipe"] == json.loads(take.recipe.to_json())
    assert media.decode_clip(take.clip).shape == (9, 128, 128, 3) == (take.frames, take.height, take.width, 3)
    assert load_file(take.latents)["latents"].dtype == "float16"
    assert take.recipe.rendered_prompt.endswith("at night") and take.recipe.machine["torch"]
    assert set(take.seconds) == set(TIMINGS) and take.seconds["total"] > take.seconds["sign"] > 0
    with Image.open(take.poster) as poster:
        assert poster.format == "JPEG"
    assert (take.clip.parent / "recipe.json").read_text() == take.recipe.to_json()
    assert list(studio.library.work.iterdir()) == []


def test_on_a_public_host_a_preview_shows_no_details(tmp_path: Path) -> None:
    edge = np.zeros((2, 128, 128, 3), np.uint8)
    edge[:, :, 64:] = 255
    sharpest = {}
    for veiled in (False, True):
        folder = tmp_path / str(veiled)
        folder.mkdir()
        previews = Previews(folder, lambda number: None, veiled=veiled)
        previews.add(edge, 100)
        previews.close()
        with Image.open(folder / "preview-1.webp") as shown:
            grey = np.asarray(shown.convert("L"), int)
        assert max(grey.shape) <= 256
        sharpest[veiled] = int(np.abs(np.diff(grey, axis=1)).max())
    assert sharpest[False] > 80 and sharpest[True] < 20


def test_previews_come_with_every_step_and_the_time_left_is_known(make_studio: Make) -> None:
    gate = Gate(at=2)
    studio = make_studio(FakeGenerator(pace=0.2, hurdle=gate))
    job = studio.submit(SMALL)
    assert gate.reached.wait(10)
    until(lambda: studio.job(job.id).preview_version == 2)
    job = studio.job(job.id)
    assert (job.state, job.step, job.steps) == ("running", 2, 3)
    assert job.eta_s is not None and job.eta_s > 0
    with Image.open(studio.preview(job.id)) as preview:
        assert preview.format == "WEBP" and preview.n_frames > 1
    gate.opened.set()
    assert studio.wait(job.id, 30).state == "done"


def test_stop_takes_effect_within_one_forward_and_leaves_nothing(make_studio: Make) -> None:
    gate = Gate(at=0)
    generator = FakeGenerator(hurdle=gate)
    studio = make_studio(generator)
    job = studio.submit(replace(SMALL, steps=50))
    assert gate.reached.wait(10)
    studio.cancel(job.id)
    gate.opened.set()
    assert studio.wait(job.id, 10).state == "cancelled"
    assert generator.forwards == 1
    assert studio.takes() == [] and list(studio.library.work.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("secret detail"), "The render broke off (ValueError)"),
        (MemoryError(), "not enough memory"),
        (RuntimeError("CUDA out of memory. Tried"), "not enough memory"),
        (DiskFull("the disk is full: make room"), "the disk is full"),
    ],
)
def test_a_failure_keeps_the_job_with_a_plain_line_and_the_next_one_runs(
    make_studio: Make, error: Exception, line: str
) -> None:
    troubles = [error]

    def hurdle(_: int) -> None:
        if troubles:
            raise troubles.pop()

    studio = make_studio(FakeGenerator(hurdle=hurdle))
    job = studio.wait(studio.submit(SMALL).id, 20)
    assert job.state == "failed" and line in job.error and "secret" not in job.error
    assert studio.wait(studio.submit(SMALL).id, 20).state == "done"
    assert {found.state for found in studio.jobs()} == {"failed", "done"}


def test_weights_that_cannot_be_read_fail_the_job_with_their_own_line(make_studio: Make) -> None:
    studio = make_studio(load=broken_load)
    studio.warm()
    job = studio.wait(studio.submit(SMALL).id, 20)
    assert (job.state, job.error) == ("failed", "dit.safetensors is cut off; restore it")


def test_a_clip_the_output_check_refuses_is_never_offered(make_studio: Make) -> None:
    def refuse(clip: Path, recipe: object) -> None:
        assert clip.exists()
        raise ShotError("clip", "", "this may not be shown")

    studio = make_studio(check=refuse)
    job = studio.wait(studio.submit(SMALL).id, 20)
    assert (job.state, job.error) == ("failed", "this may not be shown")
    assert studio.takes() == [] and not list((studio.settings.home / "takes").glob("**/*.mp4"))


def test_a_clip_that_cannot_be_signed_is_never_offered(make_studio: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from studio import provenance

    def fail(*_: object) -> None:
        raise provenance.ProvenanceError("The clip could not be signed: no key")

    monkeypatch.setattr(provenance, "sign_clip", fail)
    studio = make_studio()
    job = studio.wait(studio.submit(SMALL).id, 20)
    assert job.state == "failed" and "signed" in job.error
    assert studio.takes() == [] and not list((studio.settings.home / "takes").glob("**/*.mp4"))


def test_a_disk_that_fills_up_while_writing_is_one_clear_line(
    make_studio: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(frame: object, path: Path) -> None:
        raise DiskFull("the disk is full: 0 MB are free where the studio keeps its takes")

    monkeypatch.setattr(media, "save_poster", full)
    studio = make_studio()
    job = studio.wait(studio.submit(SMALL).id, 20)
    assert job.state == "failed" and "the disk is full" in job.error
    assert list(studio.library.work.iterdir()) == []


def test_given_pictures_reach_the_model_and_the_credential(make_studio: Make, picture: Path) -> None:
    generator = FakeGenerator()
    studio = make_studio(generator)
    job = studio.submit(replace(SMALL, first=picture, last=picture))
    picture.unlink()
    job = studio.wait(job.id, 30)
    assert job.state == "done", job.error
    assert [anchor.place for anchor in generator.anchors] == ["first", "last"]
    assert generator.anchors[0].frames.shape == (1, 128, 128, 3)
    report = studio.verify(studio.take(job.take_id).clip)
    assert [parent["relationship"] for parent in report.parents] == ["inputTo"]
    assert studio.shot_from(studio.take(job.take_id).recipe).first.exists()


def test_what_the_policy_stops_is_never_queued(make_studio: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(request: object, mode: str, config: object) -> Decision:
        action = {"bad": "block", "star": "rewrite"}.get(request.prompt.split()[0], "allow")
        rewritten = "a fox dances" if action == "rewrite" else None
        return Decision(action, None, "text", None, (), rewritten, None, "not this", "1", 0.1)

    monkeypatch.setattr("studio.policing.check_request", judge)
    studio = make_studio()
    for prompt in ("bad fox", "star fox"):
        with pytest.raises(PolicyStop, match="not this"):
            studio.submit(replace(SMALL, prompt=prompt))
    assert studio.jobs() == []
    job = studio.submit(replace(SMALL, prompt="star fox"), accept_rewrite=True)
    assert job.shot.prompt == "a fox dances"
    assert studio.wait(job.id, 20).state == "done"


def test_the_time_a_shot_takes_is_known_after_the_first(make_studio: Make) -> None:
    studio = make_studio()
    assert studio.estimate(SMALL) is None
    studio.wait(studio.submit(SMALL).id, 20)
    short, long = studio.estimate(SMALL), studio.estimate(replace(SMALL, seconds=5.0))
    assert 0 < short < long


def test_owners_do_not_see_each_other(make_studio: Make) -> None:
    studio = make_studio()
    job = studio.wait(studio.submit(SMALL, owner="ada").id, 20, owner="ada")
    with pytest.raises(NotFound):
        studio.take(job.take_id, owner="bob")
    assert studio.takes("bob") == [] and len(studio.takes("ada")) == 1


def test_the_same_seed_gives_the_same_frames(make_studio: Make) -> None:
    studio = make_studio()
    takes = [studio.take(studio.wait(studio.submit(SMALL).id, 20).take_id) for _ in range(2)]
    first, second = (media.decode_clip(take.clip) for take in takes)
    assert takes[0].id != takes[1].id and (first == second).all()


def test_closing_the_studio_puts_the_job_back_and_the_next_one_goes_on_where_it_was(make_studio: Make) -> None:
    gate = Gate(at=2)
    studio = make_studio(FakeGenerator(hurdle=gate))
    job = studio.submit(replace(SMALL, steps=6))
    assert gate.reached.wait(10)
    gate.opened.set()
    studio.close()
    generator = FakeGenerator()
    again = make_studio(generator)
    assert again.wait(job.id, 20).state == "done"
    assert generator.forwards < 6
    assert any(kind == "requeued" for _, kind, _ in again.library.history(job.id))


def test_a_process_that_is_killed_loses_no_job(make_studio: Make, settings: Settings) -> None:
    script = (
        "import sys, time; from pathlib import Path; from studio.core import Studio;"
        "from studio.engines.local import LocalEngine; from studio.library import Library;"
        "from studio.settings import Settings; from tests.studio.doubles import FakeGenerator;"
        "from tests.studio.conftest import SMALL; from dataclasses import replace;"
        "s = Settings.from_env({}, home=Path(sys.argv[1]));"
        "e = LocalEngine(s, Library(s.home), load=lambda name: FakeGenerator(pace=0.2));"
        "print(Studio(s, e).submit(replace(SMALL, steps=90)).id, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(settings.home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        job_id = process.stdout.readline().strip()
        library = Library(settings.home)
        until(lambda: library.job(job_id, "local").step >= 1, 60)
        library.close()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    studio = make_studio()
    job = studio.wait(job_id, 30)
    assert job.state == "done", job
    assert ["started", "requeued", "started"] == [k for _, k, _ in studio.library.history(job_id)][1:4]


def test_a_second_studio_over_the_same_home_hands_its_job_to_the_first(make_studio: Make, settings: Settings) -> None:
    rendered: list[str] = []

    def load(who: str) -> Callable[[str], FakeGenerator]:
        return lambda name: rendered.append(who) or FakeGenerator()

    server = make_studio(load=load("server"))
    server.wait(server.submit(SMALL).id, 20)
    command = make_studio(load=load("command"), serve=False)
    assert command.wait(command.submit(SMALL).id, 20).state == "done"
    assert rendered == ["server"]


def test_a_command_leaves_the_jobs_of_others_alone_and_lets_go_of_the_lock(make_studio: Make, library: Library) -> None:
    from studio import shots

    plan = shots.plan(SMALL, FakeGenerator().entry)
    waiting = library.add_job("local", plan.shot, plan.recipe)
    command = make_studio(serve=False)
    assert command.wait(command.submit(SMALL).id, 20).state == "done"
    assert library.job(waiting, "local").state == "queued"
    lock = HomeLock(library.home / "engine.lock")
    until(lock.acquire)
    lock.release()


def test_an_engine_that_was_never_used_closes_at_once(settings: Settings) -> None:
    engine = LocalEngine(settings, Library(settings.home), load=broken_load)
    engine.start()
    began = time.monotonic()
    engine.close()
    assert time.monotonic() - began < 2
