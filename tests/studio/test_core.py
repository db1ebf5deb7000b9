"""What the page does with the studio beyond shooting: groups, stopping to keep, using a take, forecasts, settings."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model import catalog
from studio import media, memory
from studio.compare import recipe_difference
from studio.core import Studio
from studio.errors import Conflict, NotFound, PolicyStop, RecipeError, ShotError
from studio.film import Take
from studio.films.script import Film, FilmShot
from studio.recipe import GivenFrames
from studio.settings import Settings
from tests.studio.conftest import SMALL
from tests.studio.doubles import FakeGenerator, Gate
from tests.studio.test_engine import until
from tests.studio.test_library import RECIPE

Make = Callable[..., Studio]


def shoot(studio: Studio, **changes: object) -> Take:
    job = studio.wait(studio.submit(replace(SMALL, **changes)).id, 30)
    assert job.state == "done", job.error
    return studio.take(job.take_id)


def test_several_takes_are_one_group_with_a_seed_each(make_studio: Make) -> None:
    studio = make_studio()
    jobs = studio.submit_takes(SMALL, 4)
    assert [job.seed for job in jobs] == [7, 8, 9, 10] and len({job.group for job in jobs}) == 1
    takes = [studio.take(studio.wait(job.id, 30).take_id) for job in jobs]
    assert {take.group for take in takes} == {jobs[0].group} and jobs[0].group.startswith("g")
    assert len({job.seed for job in studio.submit_takes(replace(SMALL, seed=None), 2)}) == 2
    assert studio.submit_takes(SMALL, 1)[0].group == ""
    with pytest.raises(ShotError, match="takes"):
        studio.submit_takes(SMALL, 0)
    edge = studio.entry().limits.seed_max
    assert [job.seed for job in studio.submit_takes(replace(SMALL, seed=edge), 2)] == [edge, 0]


def test_the_prompt_is_read_as_the_model_will_be_given_it(make_studio: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = make_studio()
    monkeypatch.setattr("studio.shots.directions.compile", lambda prompt, _: f"{prompt}, a naked woman on a bed")
    script = Film(size="128x128", shots=(FilmShot("a fox", seconds=0.5, steps=2),)).with_ids()
    for ask in (lambda: studio.submit(SMALL), lambda: studio.submit_takes(SMALL, 2), lambda: studio.shoot_film(script)):
        with pytest.raises(PolicyStop, match="nudity"):
            ask()
    assert studio.jobs() == []


def test_pausing_a_running_job_puts_it_down_and_it_goes_on_where_it_was(make_studio: Make) -> None:
    gate = Gate(at=2)
    generator = FakeGenerator(hurdle=gate)
    studio = make_studio(generator)
    job = studio.submit(replace(SMALL, steps=8))
    assert gate.reached.wait(10)
    studio.pause(job.id)
    gate.opened.set()
    until(lambda: studio.job(job.id).state == "paused")
    assert generator.forwards == 3 and studio.active()[0].id == job.id
    studio.resume(job.id)
    assert studio.wait(job.id, 20).state == "done"
    assert generator.forwards == 8
    with pytest.raises(Conflict):
        studio.pause(job.id)


def test_stop_and_keep_makes_a_take_of_the_finished_windows(make_studio: Make) -> None:
    gate = Gate(at=4)
    studio = make_studio(FakeGenerator(hurdle=gate, windows=2))
    job = studio.submit(replace(SMALL, seconds=1.0, steps=3))
    assert gate.reached.wait(10)
    studio.stop_and_keep(job.id)
    gate.opened.set()
    done = studio.wait(job.id, 20)
    assert done.state == "done", done.error
    take = studio.take(done.take_id)
    assert take.kept and take.frames == take.recipe.frames == 9 == len(media.decode_clip(take.clip))
    report = studio.verify(take.clip)
    assert report.verdict == "local" and report.recipe == json.loads(take.recipe.to_json())
    comment = take.clip.read_bytes()
    assert b'"frames":9' in comment and b'"frames":17' not in comment
    assert studio.shot_from(take.recipe).seconds == pytest.approx(9 / 16, abs=0.01)


def test_stop_and_keep_with_nothing_finished_says_so(make_studio: Make) -> None:
    gate = Gate(at=1)
    studio = make_studio(FakeGenerator(hurdle=gate))
    job = studio.submit(SMALL)
    assert gate.reached.wait(10)
    studio.stop_and_keep(job.id)
    gate.opened.set()
    job = studio.wait(job.id, 20)
    assert job.state == "cancelled" and "nothing to keep" in job.stage
    with pytest.raises(Conflict):
        studio.stop_and_keep(job.id)


def test_editing_a_job_leaves_what_a_film_gave_it(
    make_studio: Make, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = make_studio()
    sees = replace(studio.entry(), given={**studio.entry().given, "references": True})
    monkeypatch.setattr(studio, "entry", lambda *_: sees)
    studio.pause_queue()
    job = studio.submit(replace(SMALL, cast=(picture,)))
    edited = studio.edit_job(job.id, replace(SMALL, prompt="a wolf at night"))
    assert edited.shot.prompt == "a wolf at night" and edited.shot.cast == job.shot.cast != ()


def test_a_job_can_be_cloned_edited_and_cleared(make_studio: Make) -> None:
    studio = make_studio()
    studio.pause_queue()
    job = studio.submit(SMALL)
    same, other = studio.clone_job(job.id, same_seed=True), studio.clone_job(job.id)
    assert same.seed == 7 != other.seed and same.shot.prompt == SMALL.prompt
    assert studio.edit_job(job.id, replace(SMALL, prompt="a wolf at night")).shot.prompt == "a wolf at night"
    with pytest.raises(ShotError):
        studio.edit_job(job.id, replace(SMALL, prompt=""))
    assert studio.queue_paused() and studio.clear_waiting() == 3 and studio.active() == []
    assert studio.undo().kind == "clear" and len(studio.active()) == 3
    studio.resume_queue()
    done = studio.wait(job.id, 20)
    assert studio.take(done.take_id).recipe.prompt == "a wolf at night"
    assert [event.kind for event in studio.history(job.id)][:2] == ["queued", "edited"]
    failed = _failed(studio)
    studio.pause_queue()  # else a worker may have taken it before it is looked at
    assert studio.retry(failed).state == "queued"


def _failed(studio: Studio) -> str:
    job = studio.submit(SMALL)
    studio.wait(job.id, 20)
    studio.library._db.execute("UPDATE jobs SET state = 'failed' WHERE id = ?", (job.id,))
    return job.id


def test_a_frame_of_a_take_becomes_a_given_picture_with_a_credential(make_studio: Make) -> None:
    studio = make_studio()
    take = shoot(studio)
    first = studio.use_as(take.id, "first", at=0.25)
    assert first.seed is None and first.prompt == take.recipe.prompt and first.size == "128x128"
    with Image.open(first.first) as picture:
        assert picture.size == (128, 128)
        assert np.abs(np.asarray(picture).astype(int) - media.decode_clip(take.clip)[4].astype(int)).max() <= 2
    report = studio.verify(first.first)
    assert report.verdict == "local" and report.ai and report.parents[0]["relationship"] == "inputTo"
    assert studio.use_as(take.id, "first", at=0.25).first == first.first
    last = studio.use_as(take.id, "last")
    assert last.last is not None and last.first is None
    assert shoot(studio, first=first.first).report["parents"]
    with pytest.raises(NotFound):
        studio.use_as(take.id, "first", owner="bob")
    with pytest.raises(ShotError):
        studio.use_as(take.id, "middle")


def test_a_shot_goes_on_from_the_end_of_a_take(make_studio: Make) -> None:
    generator = FakeGenerator()
    studio = make_studio(generator)
    take = shoot(studio, seconds=1.0)
    shot = studio.use_as(take.id, "continue")
    assert shot.trim == (8 / 16, 17 / 16)
    job = studio.wait(studio.submit(replace(shot, seed=3)).id, 30)
    assert job.state == "done", job.error
    (anchor,) = generator.anchors
    assert anchor.place == "first" and len(anchor.frames) == 9
    kept = media.decode_clip(take.clip)[8:]
    assert np.abs(anchor.frames.astype(int) - kept.astype(int)).mean() < 3
    again = studio.shot_from(studio.take(job.take_id).recipe)
    assert again.trim == shot.trim and again.frames == shot.frames


def test_places_strengths_and_crops_reach_the_model_and_come_back(make_studio: Make, tmp_path: Path) -> None:
    paths = tuple(tmp_path / f"{index}.png" for index in range(2))
    for path in paths:
        halves = np.zeros((64, 128, 3), np.uint8)
        halves[:, 64:] = 255
        Image.fromarray(halves).save(path)
    generator = FakeGenerator()
    studio = make_studio(generator)
    crops = ((0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 0.5, 1.0))
    shot = replace(SMALL, seconds=1.0, frames=paths, places=(0.0, 0.55), strengths=(1.0, 0.5), crops=crops)
    take = studio.take(studio.wait(studio.submit(shot).id, 30).take_id)
    assert [(a.place, a.strength) for a in generator.anchors] == [(0, 1.0), (9, 0.5)]
    assert [int(a.frames.mean()) for a in generator.anchors] == [0, 255]
    again = studio.shot_from(take.recipe)
    assert (again.places, again.strengths, again.crops) == ((0.0, 0.562), (1.0, 0.5), crops)


def test_memory_is_forecast_from_what_was_measured_and_a_smaller_shot_is_offered(
    make_studio: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = make_studio()
    assert studio.forecast(SMALL).memory_bytes is None and studio.forecast(SMALL).fits
    shoot(studio)
    forecast = studio.forecast(SMALL)
    assert forecast.fits and forecast.memory_bytes > 0 and forecast.seconds > 0 and forecast.advice == ""
    large = replace(SMALL, size="512x320", seconds=4.0)
    assert studio.forecast(large).memory_bytes >= forecast.memory_bytes
    entry = catalog.entry("storybook")
    still = entry.size_bytes * 2 + 400_000_000
    monkeypatch.setattr("studio.estimate.Estimator.memory", lambda self, r, e: int(still + r.width * r.height * 1e4))
    monkeypatch.setattr(memory, "used", lambda: 0)
    monkeypatch.setattr(memory, "free", lambda: int((still + 260 * 192 * 1e4) / 0.95))
    forecast = studio.forecast(large)
    assert not forecast.fits and forecast.fitting.size == "256x128" and "256x128 would fit" in forecast.advice
    monkeypatch.setattr(memory, "free", lambda: 1000)
    assert studio.forecast(large).fitting is None and "close other" in studio.forecast(large).advice


def test_a_prompt_is_understood_in_the_words_of_the_model(make_studio: Make) -> None:
    found = make_studio().understand("a fox and the Eiffel Tower")
    assert found.first("subject") == "fox" and [span.text for span in found.unknown][0] == "Eiffel"


@pytest.mark.parametrize("privacy", ["full", "no-prompt", "origin-only"])
def test_a_clip_tells_as_much_of_its_making_as_its_owner_wishes(make_studio: Make, privacy: str) -> None:
    studio = make_studio()
    assert studio.prefer(privacy=privacy).privacy == privacy
    take = shoot(studio, prompt="a secret zebra")
    report = studio.verify(take.clip)
    assert report.verdict == "local" and report.ai
    assert (b"zebra" in take.clip.read_bytes()) is (privacy == "full")
    assert take.recipe.prompt == "a secret zebra"
    if privacy == "origin-only":
        with pytest.raises(RecipeError):
            studio.shot_of(take.clip)
    else:
        shot, found = studio.shot_of(take.clip)
        assert shot.seed == 7 and found.recipe_verified
        assert shot.prompt == ("a secret zebra" if privacy == "full" else "")


def test_settings_are_kept_for_each_owner_and_checked(make_studio: Make, settings: Settings) -> None:
    studio = make_studio()
    studio.prefer(theme="light", seconds=2.5, takes=2, owner="ada")
    assert (studio.preferences("ada").theme, studio.preferences("ada").takes) == ("light", 2)
    assert studio.preferences("bob").theme == "dark" and studio.preferences().privacy == "full"
    for bad in ({"theme": "pink"}, {"takes": 99}, {"seconds": True}, {"colour": "red"}, {"model": "wan"}, {"size": ""}):
        with pytest.raises(ShotError) as caught:
            studio.prefer(**bad)
        assert caught.value.field == next(iter(bad))
    with Studio(replace(settings, shared=True), _NoEngine()) as shared:
        assert shared.preferences("bob").privacy == "no-prompt"


def test_everything_can_be_taken_along_and_then_deleted(make_studio: Make, picture: Path, tmp_path: Path) -> None:
    studio = make_studio()
    take = shoot(studio, first=picture)
    use = studio.disk_use()
    assert use.takes > take.clip.stat().st_size and use.inputs > 0 and use.total >= use.takes + use.database
    path = studio.export_everything(tmp_path / "all.zip")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert {f"takes/{take.id}/clip.mp4", f"takes/{take.id}/recipe.json", "studio.json"} <= set(names)
        assert archive.testzip() is None and sum(name.startswith("given/") for name in names) == 1
        assert json.loads(archive.read("studio.json"))["takes"][0]["id"] == take.id
    deleted = studio.delete_everything()
    assert (deleted.jobs, deleted.takes, deleted.inputs) == (1, 1, 1)
    assert studio.takes() == [] and studio.jobs() == [] and not list(studio.settings.home.glob("*/*.mp4"))
    assert not list(studio.library.inputs.iterdir())


def test_deleting_everything_stops_what_is_being_shot(make_studio: Make) -> None:
    gate = Gate(at=0)
    generator = FakeGenerator(hurdle=gate)
    studio = make_studio(generator)
    studio.submit(replace(SMALL, steps=40))
    assert gate.reached.wait(10)
    studio.delete_everything()
    gate.opened.set()
    assert shoot(studio).frames == 9
    assert generator.forwards == 1 + 3 and len(studio.takes()) == 1


def test_two_recipes_differ_in_what_was_changed_and_nothing_else() -> None:
    other = replace(
        RECIPE, seed=6, direction={"camera": "pan_left"}, anchors=(GivenFrames("ab" * 32, 5, 0.5, "a.png"),)
    )
    found = {item.field: (item.label, item.a, item.b) for item in recipe_difference(RECIPE, other)}
    assert found == {
        "seed": ("Seed", "5", "6"),
        "direction.camera": ("Camera", "", "pan_left"),
        "anchors": ("Given pictures", "", "a.png frame 5 strength 0.5"),
    }
    assert recipe_difference(RECIPE, RECIPE) == ()


class _NoEngine:
    def start(self) -> None: ...
    def wake(self, job_id: str) -> None: ...
    def cancel(self, job_id: str) -> None: ...
    def warm(self, model: str) -> None: ...
    def close(self) -> None: ...
