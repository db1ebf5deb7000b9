"""What goes wrong around the studio is one clear line, and nothing is lost: the database, the disk, what is given."""

from __future__ import annotations

import errno
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from studio import media, shots, store, worker
from studio.core import Studio
from studio.credentials import Kept
from studio.errors import DiskFull, LibraryError, MediaError, RecipeError, SettingsError, ShotError
from studio.film import Shot
from studio.films.likeness import Looks
from studio.library import Library
from studio.locks import HomeLock
from studio.mending import REBUILT, TABLES, mended, salvage, set_aside
from studio.recipe import Recipe
from tests.studio.conftest import SMALL
from tests.studio.doubles import FakeGenerator
from tests.studio.test_engine import until
from tests.studio.test_library import RECIPE, SHOT, add_take
from tests.studio.test_shots import ENTRY, refused

Make = Callable[..., Studio]


# The database


def test_a_locked_library_is_one_clear_line_and_can_still_be_read(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = library.add_job("local", SHOT, RECIPE)
    library._db.execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(library.home / "library.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryError, match="held by another program"):
            library.add_job("local", SHOT, RECIPE)
        assert library.job(job_id, "local").state == "queued" and len(library.active("local")) == 1
        library.progress(job_id, step=1)
        other.execute("ROLLBACK")
    library.add_job("local", SHOT, RECIPE)
    assert len(library.active("local")) == 2


def test_a_full_disk_under_the_library_leaves_it_as_it_was(library: Library) -> None:
    job_id = library.add_job("local", SHOT, RECIPE)
    (pages,) = library._db.execute("PRAGMA page_count").fetchone()
    library._db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LibraryError, match="disk is full"):
        for _ in range(200):
            library.add_job("local", replace(SHOT, prompt="fox " * 900), RECIPE)
    library._db.execute("PRAGMA max_page_count = 100000")
    before = len(library.jobs("local"))
    library.add_job("local", SHOT, RECIPE)
    assert len(library.jobs("local")) == before + 1 and library.job(job_id, "local").shot == SHOT


def test_a_library_that_cannot_be_written_says_which_and_what_to_do(library: Library) -> None:
    library.add_job("local", SHOT, RECIPE)
    library._db.execute("PRAGMA query_only = ON")
    with pytest.raises(LibraryError, match="cannot be written.*AUTEUR_HOME"):
        library.add_job("local", SHOT, RECIPE)
    assert len(library.jobs("local")) == 1


def test_a_truncated_library_is_mended_and_no_take_is_lost(make_studio: Make) -> None:
    studio = make_studio()
    take = studio.take(studio.wait(studio.submit(SMALL).id, 30).take_id)
    gone = studio.wait(studio.submit(replace(SMALL, seed=8)).id, 30).take_id or ""
    studio.delete_take(gone)
    home = studio.settings.home
    studio.close()
    library = Library(home)
    for _ in range(40):
        library.add_job("local", replace(SHOT, prompt="fox " * 200), RECIPE)
    library._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    library.close()
    path = home / "library.db"
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 // 4096 * 4096)
    with pytest.raises(SettingsError, match="damaged.*studio mend"):
        Library(home)
    aside, rows, _ = mended(home)
    assert aside is not None and aside.exists() and rows >= 0
    with closing(Library(home)) as library:
        (again,) = library.takes("local")
        assert (again.id, again.sha256, again.recipe) == (take.id, take.sha256, take.recipe)
        assert again.report["verdict"] == "local" and again.clip.exists()
        assert [each.id for each in library.takes("local", binned=True)] == [gone], "what was in the bin is there again"
    assert mended(home) == (None, 0, 0)


def test_what_a_damaged_library_remembers_of_clips_is_kept(library: Library) -> None:
    take = add_take(library, library.add_job("local", SHOT, RECIPE))
    credential = Kept("urn:one", "local", take.id, b"manifest", bytes(range(32)), "ab" * 8)
    library.keep_credential(credential)
    library.keep_looks(take.id, Looks("fox", 0.9, (0.5, 0.5)))
    home = library.home
    library._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    aside = set_aside(home)
    with closing(Library(home)) as new:
        assert salvage(aside, new) > 0
        assert new.credential_marked("ab" * 8) == credential and new.credential_near(credential.code) is not None
        assert new.take_looks(take.id) == Looks("fox", 0.9, (0.5, 0.5))


def test_every_table_is_mended_or_rebuilt(library: Library) -> None:
    rows = library._all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", ())
    assert sorted(row["name"] for row in rows) == sorted((*TABLES, *REBUILT))


def test_a_take_is_found_wherever_a_death_left_its_folder(library: Library) -> None:
    take = add_take(library, library.add_job("local", SHOT, RECIPE))
    take.clip.parent.rename(library.home / "bin" / take.id)
    assert library.take(take.id, "local").clip.exists()


# The disk


def test_a_state_that_cannot_be_saved_does_not_stop_the_render(
    make_studio: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        if path.name == worker.STATE:
            raise DiskFull("the disk is full")
        path.write_bytes(data)

    monkeypatch.setattr(media, "save_bytes", full)
    monkeypatch.setattr(worker, "SAVE_SECONDS", 0.0)
    studio = make_studio()
    assert studio.wait(studio.submit(SMALL).id, 30).state == "done"


def test_a_render_that_a_full_disk_ended_goes_on_from_its_last_step(
    make_studio: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator, write, full = FakeGenerator(), media.ClipWriter.write, [True]

    def broken(self: media.ClipWriter, chunk: Any) -> None:
        if full[0]:
            raise DiskFull("the disk is full: make room and shoot again")
        write(self, chunk)

    monkeypatch.setattr(media.ClipWriter, "write", broken)
    monkeypatch.setattr(worker, "SAVE_SECONDS", 0.0)
    studio = make_studio(generator)
    job = studio.wait(studio.submit(SMALL).id, 30)
    assert job.state == "failed" and "make room" in job.error and generator.forwards == 3
    full[0] = False
    assert studio.wait(studio.retry(job.id).id, 30).state == "done"
    assert generator.forwards == 3


def test_a_library_that_is_busy_at_the_very_end_is_waited_for(
    make_studio: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.engines.local.TROUBLE_SECONDS", 0.01)
    studio = make_studio(load=_broken)
    library, busy = studio._engine._library, [3]  # type: ignore[attr-defined]
    finish = library.finish_job

    def later(*given: Any, **named: Any) -> None:
        busy[0] -= 1
        if busy[0] >= 0:
            raise LibraryError("held by another program")
        finish(*given, **named)

    monkeypatch.setattr(library, "finish_job", later)
    job = studio.submit(SMALL)
    until(lambda: studio.job(job.id).state == "failed")
    assert studio.job(job.id).error == "cut off"


def _broken(_: str) -> FakeGenerator:
    raise MediaError("cut off")


def test_a_disk_that_may_only_be_read_names_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = sqlite3.OperationalError("unable to open database file")
    error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN

    def refuse(path: Path) -> sqlite3.Connection:
        raise error

    monkeypatch.setattr(store, "_open", refuse)
    with pytest.raises(SettingsError, match="cannot be written.*AUTEUR_HOME") as caught:
        Library(tmp_path)
    assert "mend" not in str(caught.value)


def test_a_full_disk_is_told_as_one_however_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    for left, said in ((0, "the disk is full: make room"), (10**9, "cannot be read or written just now")):
        monkeypatch.setattr(store, "free", lambda folder, left=left: left)
        assert said in store._line(tmp_path / "library.db", error)


def test_a_lease_on_a_disk_that_may_only_be_read_is_nobodys(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(lock: HomeLock) -> bool:
        raise OSError(errno.EROFS, "Read-only file system")

    library.sign_on(serves=True)
    library.lease_file(library.me).touch()
    with closing(Library(library.home)) as other:
        monkeypatch.setattr(HomeLock, "acquire", refuse)
        assert not other.served()


# What is given


def ffmpeg(*arguments: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y", *arguments]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=120)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Two seconds whose brightness is the time."""
    path = tmp_path / "given.mp4"
    with media.ClipWriter(path, 64, 64, 8) as writer:
        writer.write(np.stack([np.full((64, 64, 3), 16 * index, np.uint8) for index in range(16)]))
    return path


def test_a_clip_with_only_sound_says_so(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.5", "-c:a", "aac", str(tmp_path / "song.mp4"))
    assert "only sound" in str(refused(frames=(tmp_path / "song.mp4",)))


def test_a_clip_without_frames_is_one_line(tmp_path: Path, clip: Path) -> None:
    (tmp_path / "cut.mp4").write_bytes(clip.read_bytes()[:600])
    assert refused(frames=(tmp_path / "cut.mp4",)).field == "frames"


@pytest.mark.parametrize(
    ("name", "size", "options"),
    [
        ("odd.mkv", "101x77", ("-c:v", "ffv1")),
        ("hevc.mp4", "64x64", ("-c:v", "libx265", "-x265-params", "log-level=none")),
        ("8k.mp4", "7680x4320", ("-c:v", "mjpeg", "-frames:v", "2", "-q:v", "31")),
    ],
)
def test_odd_sizes_hevc_and_8k_are_read(tmp_path: Path, name: str, size: str, options: tuple[str, ...]) -> None:
    path = tmp_path / name
    ffmpeg("-f", "lavfi", "-i", f"testsrc=size={size}:rate=4:duration=0.5", *options, str(path))
    facts = media.probe(path)
    assert f"{facts.width}x{facts.height}" == size
    (anchor,) = shots.plan(Shot("a fox", frames=(path,), seed=1), ENTRY).recipe.anchors
    assert anchor.place == "clip"
    assert media.decode_clip(path, fps=16, size=(64, 64), limit=4).shape[1:] == (64, 64, 3)


def test_of_ten_minutes_only_what_is_needed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    ffmpeg(
        "-f",
        "lavfi",
        "-i",
        "color=size=32x32:rate=1:duration=600",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        str(path),
    )
    assert media.clip_length(path) == pytest.approx(600, abs=1)
    (anchor,) = shots.plan(Shot("a fox", frames=(path,), trim=(500.0, 501.0), seed=1), ENTRY).recipe.anchors
    assert (anchor.start, anchor.end) == (500.0, 501.0)
    assert len(media.decode_clip(path, fps=16, limit=9)) == 9


def test_trim_handles_choose_the_part_that_is_used(clip: Path) -> None:
    part = media.decode_clip(clip, fps=8, span=(1.0, 1.5))
    assert len(part) == 4 and int(part[0].mean()) == pytest.approx(128, abs=6)
    for trim in ((1.0, 0.5), (-1.0, 1.0), (5.0, 6.0), (0.0, float("nan"))):
        assert refused(frames=(clip,), trim=trim).field == "frames"
    assert refused(frames=(clip,), places=(0.5,)).field == "frames"
    assert shots.plan(replace(SMALL, frames=(clip,), trim=(1.0, 99.0)), ENTRY).recipe.anchors[0].end < 2.2


def test_an_animation_is_resampled_and_trimmed_by_its_own_times(tmp_path: Path) -> None:
    pictures = [Image.new("RGB", (32, 32), (60 * index,) * 3) for index in range(4)]
    pictures[0].save(tmp_path / "a.gif", save_all=True, append_images=pictures[1:], duration=250)
    assert media.clip_length(tmp_path / "a.gif") == 1.0
    assert len(media.decode_clip(tmp_path / "a.gif")) == 4
    found = media.decode_clip(tmp_path / "a.gif", fps=8, span=(0.5, 1.0))
    assert [int(frame.mean()) // 30 for frame in found] == [4, 4, 6, 6]


def test_seven_pictures_fit_two_seconds_or_the_line_says_how_many_do(tmp_path: Path, picture: Path) -> None:
    seven = (picture,) * 7
    recipe = shots.plan(Shot("a fox", seconds=2.0, frames=seven, seed=1), ENTRY).recipe
    assert len(recipe.anchors) == 7 and len({anchor.place for anchor in recipe.anchors}) == 7
    error = refused(seconds=0.5, frames=seven)
    assert error.field == "frames" and error.suggestion == (recipe_frames(0.5) - 1) // 4


def recipe_frames(seconds: float) -> int:
    return shots.frames_for(seconds, ENTRY)


@pytest.mark.parametrize(("strength", "near"), [(3, 1.0), (0, 0.05), (-2, 0.05), (float("nan"), 1.0), ("much", 1.0)])
def test_a_strength_out_of_range_names_the_nearest(picture: Path, strength: Any, near: float) -> None:
    for changes in ({"first": picture, "first_strength": strength}, {"frames": (picture,), "strengths": (strength,)}):
        error = refused(**changes)
        assert (error.field, error.suggestion) == ("strength", near)


def test_places_on_the_time_line_are_checked_and_snapped(picture: Path) -> None:
    two = (picture, picture)
    recipe = shots.plan(Shot("a fox", seconds=2.0, frames=two, places=(0.0, 1.0), seed=1), ENTRY).recipe
    assert [anchor.place for anchor in recipe.anchors] == [0, 1 + 4 * round((ENTRY.fps - 1) / 4)]
    error = refused(seconds=2.0, frames=two, places=(1.0, 1.01))
    assert error.field == "frames" and abs(error.suggestion - 1.0) <= 4 / ENTRY.fps + 0.01
    shots.plan(Shot("a fox", seconds=2.0, frames=two, places=(1.0, error.suggestion), seed=1), ENTRY)
    for places in ((0.0,), (0.0, 9.0), (0.0, float("inf")), (-1.0, 0.0)):
        assert refused(seconds=2.0, frames=two, places=places).field == "frames"


def test_a_recipe_of_a_newer_studio_says_so() -> None:
    newer = RECIPE.to_json().replace("auteur.recipe/1", "auteur.recipe/2")
    with pytest.raises(RecipeError, match="newer Auteur"):
        Recipe.from_json(newer)
    with pytest.raises(RecipeError, match="another kind"):
        Recipe.from_json(newer.replace("auteur.recipe/2", "else/2"))


def test_a_recipe_for_a_model_that_is_not_here_fills_the_form_and_is_refused_by_name(make_studio: Make) -> None:
    studio = make_studio()
    shot = studio.shot_from(replace(RECIPE, model="wan2.2-ti2v-5b"))
    assert shot.prompt == "a fox"
    with pytest.raises(ShotError, match="is not here: fetch it with models download wan2.2-ti2v-5b, or") as caught:
        studio.submit(shot)
    assert (caught.value.field, caught.value.suggestion) == ("model", "storybook")


# The clock


def test_a_clock_that_is_set_back_changes_no_order_and_loses_nothing(
    make_studio: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio, real = make_studio(), time.time
    first = studio.wait(studio.submit(SMALL).id, 30)
    monkeypatch.setattr(time, "time", lambda: real() - 3 * 86_400)
    second = studio.wait(studio.submit(replace(SMALL, seed=8)).id, 30)
    assert (first.state, second.state) == ("done", "done") and second.elapsed_s >= 0
    assert [take.id for take in studio.takes()] == [second.take_id, first.take_id]
    assert studio.take(second.take_id or "").created < studio.take(first.take_id or "").created
    for take_id in (first.take_id, second.take_id):
        studio.delete_take(take_id or "")
    assert studio.takes() == []
    studio.undo()
    assert [take.id for take in studio.takes()] == [second.take_id], "the last thing done is taken back first"
    studio.undo()
    assert len(studio.takes()) == 2 and studio.verify(studio.take(second.take_id or "").clip).intact
