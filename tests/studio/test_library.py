"""The library: its tables grow by numbered steps, owners see only their own, what is deleted can come back."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from studio import schema
from studio.errors import NotFound, SettingsError
from studio.film import Shot, Take
from studio.library import Library
from studio.recipe import Recipe

SHOT = Shot("a fox", first=Path("x.png"), frames=(Path("a.png"), Path("b.png")))
RECIPE = Recipe("a fox", "a fox", 128, 128, 9, 16, 5, 3, 4.0, 3.0, "unipc")


def add_take(library: Library, job_id: str, owner: str = "local") -> Take:
    take_id = f"t{job_id[1:]}"
    folder = library.take_folder(take_id)
    folder.mkdir()
    files = [folder / name for name in ("clip.mp4", "poster.jpg", "latents.safetensors")]
    for path in files:
        path.write_bytes(b"x")
    take = Take(
        take_id, job_id, owner, *files, RECIPE, {"verdict": "local"}, "ab" * 32, 128, 128, 9, 16, {"total": 1.0}
    )
    library.add_take(take)
    return take


def test_a_shot_comes_back_from_the_library_as_it_was(library: Library) -> None:
    job = library.job(library.add_job("local", SHOT, RECIPE), "local")
    assert job.shot == SHOT and job.seed == 5 and job.state == "queued" and job.created.endswith("+00:00")


def test_jobs_are_taken_in_the_order_they_came(library: Library) -> None:
    ids = [library.add_job("local", SHOT, RECIPE) for _ in range(3)]
    assert library.ahead(ids[2]) == 2
    assert [library.claim().id for _ in ids] == ids
    assert library.claim() is None
    assert [job.id for job in library.jobs("local")] == ids[::-1]


def test_one_job_is_claimed_once_however_many_ask(library: Library) -> None:
    ids = {library.add_job("local", SHOT, RECIPE) for _ in range(8)}
    claimed: list[str] = []

    def take() -> None:
        while (job := library.claim()) is not None:
            claimed.append(job.id)

    threads = [threading.Thread(target=take) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(claimed) == 8 and set(claimed) == ids


def test_an_owner_sees_no_job_or_take_of_another(library: Library) -> None:
    job_id = library.add_job("ada", SHOT, RECIPE)
    take = add_take(library, job_id, "ada")
    for call in (
        lambda: library.job(job_id, "bob"),
        lambda: library.take(take.id, "bob"),
        lambda: library.request_cancel(job_id, "bob"),
        lambda: library.delete_take(take.id, "bob"),
        lambda: library.star(take.id, "bob", True),
    ):
        with pytest.raises(NotFound):
            call()
    assert library.jobs("bob") == [] and library.takes("bob") == []
    assert library.take(take.id, "ada").starred is False


def test_a_deleted_take_goes_to_the_bin_and_comes_back_whole(library: Library) -> None:
    take = add_take(library, library.add_job("local", SHOT, RECIPE))
    library.delete_take(take.id, "local")
    assert library.takes("local") == [] and not take.clip.exists()
    (binned,) = library.takes("local", binned=True)
    assert binned.clip.exists()
    with pytest.raises(NotFound):
        library.take(take.id, "local")
    assert library.restore_take(take.id, "local").clip.read_bytes() == b"x"


def test_a_waiting_job_that_is_stopped_is_never_taken(library: Library) -> None:
    job_id = library.add_job("local", SHOT, RECIPE)
    library.request_cancel(job_id, "local")
    assert library.claim() is None
    assert library.job(job_id, "local").state == "cancelled"


def test_a_finished_job_is_never_changed_again(library: Library) -> None:
    job_id = library.add_job("local", SHOT, RECIPE)
    add_take(library, job_id)
    library.update_job(job_id, state="running")
    library.finish_job(job_id, "failed", "Failed", error="late")
    library.request_cancel(job_id, "local")
    job = library.job(job_id, "local")
    assert job.state == "done" and job.error is None


def test_what_a_dead_process_left_goes_on_twice_and_then_fails_with_a_plain_line(library: Library) -> None:
    job_id = library.add_job("local", SHOT, RECIPE)
    library.claim()
    assert library.recover() == [job_id]
    assert "goes on" in library.job(job_id, "local").stage
    for _ in range(2):
        library.claim()
        library.recover()
    job = library.job(job_id, "local")
    assert job.state == "failed" and "stopped three times" in job.error
    kinds = [kind for _, kind, _ in library.history(job_id)]
    assert kinds == ["queued", *["started", "requeued"] * 2, "started", "failed"]


def test_recovery_clears_the_folders_of_jobs_that_have_ended(library: Library) -> None:
    keep, gone = library.add_job("local", SHOT, RECIPE), library.add_job("local", SHOT, RECIPE)
    library.request_cancel(gone, "local")
    for job_id in (keep, gone):
        (library.work / job_id).mkdir()
    library.recover()
    assert [folder.name for folder in library.work.iterdir()] == [keep]


def test_a_new_library_is_at_the_newest_version(library: Library) -> None:
    with sqlite3.connect(library.home / "library.db") as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS),)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


def test_an_older_library_is_brought_up_without_losing_a_row(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = library.add_job("local", SHOT, RECIPE)
    newer = (
        *schema.MIGRATIONS,
        "ALTER TABLE jobs ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'; CREATE TABLE extra (id)",
    )
    monkeypatch.setattr(schema, "MIGRATIONS", newer)
    again = Library(library.home)
    assert again.job(job_id, "local").shot == SHOT
    assert again._one("SELECT colour FROM jobs", ())["colour"] == "red"
    again.close()


def test_a_migration_that_breaks_leaves_the_library_as_it_was(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        schema, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE extra (id); SELECT nonsense FROM nowhere")
    )
    db = sqlite3.connect(library.home / "library.db", isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        schema.migrate(db)
    assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'extra'").fetchone() == (0,)
    assert db.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS) - 1,)
    db.close()


def test_a_library_of_a_newer_studio_is_not_touched(library: Library) -> None:
    library._db.execute("PRAGMA user_version = 999")
    with pytest.raises(SettingsError, match="newer"):
        Library(library.home)


def test_two_processes_may_start_at_once(tmp_path: Path) -> None:
    found: list[Library] = []
    threads = [threading.Thread(target=lambda: found.append(Library(tmp_path))) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(found) == 4
    [library.close() for library in found]


def test_a_home_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="AUTEUR_HOME"):
        Library(tmp_path / "file" / "home")


def test_a_damaged_library_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "library.db").write_bytes(b"not a database, though long enough to look like one" * 50)
    with pytest.raises(SettingsError, match="studio mend"):
        Library(tmp_path)


def test_a_given_picture_is_kept_by_content_under_what_it_is(library: Library, picture: Path) -> None:
    wrong = picture.rename(picture.with_suffix(".jpeg"))
    sha256, kept = library.keep_input(wrong)
    wrong.unlink()
    assert kept.name == f"{sha256}.png" and library.input(sha256) == kept
    assert library.input("../library") is None


def test_measurements_come_back_newest_first(library: Library) -> None:
    for seconds in range(9):
        library.measure("storybook", "here", "denoise", 10.0, float(seconds))
    assert library.measured("storybook", "here", "denoise", last=2) == [(10.0, 8.0), (10.0, 7.0)]
    assert library.measured("storybook", "there", "denoise") == []


def test_a_shot_without_pictures_survives_too() -> None:
    shot = replace(SHOT, first=None, frames=(), seed=2**62, guidance=1.5)
    assert Shot.from_dict(shot.to_dict()) == shot


def test_only_what_was_shot_here_and_its_stills_have_a_recipe_to_go_by(library: Library, tmp_path: Path) -> None:
    take = add_take(library, library.add_job("local", SHOT, RECIPE))
    still = tmp_path / "still.png"
    Image.new("RGB", (32, 32), "red").save(still)
    library.add_still(take.id, 4, still)
    sha256 = library.keep_input(still)[0]
    assert library.recipe_of(take.sha256) == library.recipe_of(sha256) == RECIPE
    assert library.recipe_of("cd" * 32) is None
    brought = replace(take, id="t" + "9" * 16, job_id="j" + "9" * 16, sha256="ef" * 32)
    library.adopt_take(brought)  # from a zip, or found again beside its files
    assert library.recipe_of(brought.sha256) is None
