"""The queue is the owner's: its order, pausing, editing, clearing and taking back; fair between owners; leased."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from studio import schema
from studio.errors import Conflict, NotFound
from studio.film import Shot
from studio.films.likeness import Looks
from studio.films.script import Film, FilmShot, Given
from studio.jobs import ACTIVE
from studio.leases import Lease
from studio.library import Library
from studio.locks import HomeLock
from tests.studio.test_library import RECIPE, SHOT, add_take


def add(library: Library, owner: str = "local") -> str:
    return library.add_job(owner, SHOT, RECIPE)


def waiting(library: Library, owner: str = "local") -> list[str]:
    return [job.id for job in library.active(owner)]


def test_only_unfinished_jobs_are_active_and_the_query_uses_its_index(library: Library) -> None:
    a, b, c = (add(library) for _ in range(3))
    library.request_cancel(b, "local")
    assert library.claim().id == a
    assert waiting(library) == [a, c]
    (plan, *_) = library._all(f"EXPLAIN QUERY PLAN {ACTIVE}", ("local",))
    assert "jobs_unfinished" in plan["detail"]


def test_jobs_and_takes_come_in_pages(library: Library) -> None:
    ids = [add(library) for _ in range(5)]
    takes = [add_take(library, job_id).id for job_id in ids]
    assert [job.id for job in library.jobs("local", 2)] == ids[:2:-1]
    assert [job.id for job in library.jobs("local", 2, ids[3])] == [ids[2], ids[1]]
    assert [take.id for take in library.takes("local", limit=2, before=takes[1])] == [takes[0]]
    with pytest.raises(NotFound):
        library.takes("local", before="t0")


def test_a_search_finds_every_word_in_name_note_and_prompt(library: Library) -> None:
    first, second = (add_take(library, add(library)) for _ in range(2))
    library.name_take(first.id, "local", "Abendlicht ÜBER dem See")
    library.note_take(first.id, "local", "for the opening")
    library.star(second.id, "local", True)
    assert [take.id for take in library.takes("local", search="über OPENING fox")] == [first.id]
    assert library.takes("local", search="100%") == [] == library.takes("local", search="fox wolf")
    assert [take.id for take in library.takes("local", starred=True)] == [second.id]
    assert library.take(first.id, "local").title == "Abendlicht ÜBER dem See"


def test_a_waiting_job_can_be_moved_and_nobody_else_is(library: Library) -> None:
    a, other, b, c = add(library), add(library, "bob"), add(library), add(library)
    before = library.job(other, "bob").queue
    library.move_job(c, a, "local")
    assert waiting(library) == [c, a, b]
    library.move_job(c, "last", "local")
    library.move_job(b, "first", "local")
    assert waiting(library) == [b, a, c]
    assert library.job(other, "bob").queue == before
    with pytest.raises(NotFound):
        library.move_job(c, other, "local")
    running = library.claim([b]).id
    with pytest.raises(Conflict):
        library.move_job(running, "last", "local")


def test_a_paused_job_is_passed_over_until_it_goes_on(library: Library) -> None:
    a, b = add(library), add(library)
    library.pause_job(a, "local")
    assert library.claim().id == b and library.claim() is None
    library.resume_job(a, "local")
    assert library.claim().id == a
    library.pause_job(a, "local")
    assert library.wish(a) == "pause" and library.job(a, "local").waiting_for == "pause"
    library.shelve_job(a)
    assert library.job(a, "local").state == "paused"


def test_a_paused_queue_begins_nothing_of_this_owner(library: Library) -> None:
    add(library)
    other = add(library, "bob")
    library.pause_queue("local", True)
    assert library.queue_paused("local") and not library.queue_paused("bob")
    assert library.claim().id == other and library.claim() is None
    library.pause_queue("local", False)
    assert library.claim() is not None


def test_a_job_can_be_edited_until_it_has_begun(library: Library) -> None:
    job_id = add(library)
    library.edit_job(job_id, "local", replace(SHOT, prompt="a wolf"), replace(RECIPE, prompt="a wolf", seed=9), "mind")
    job = library.job(job_id, "local")
    assert (job.shot.prompt, job.seed, job.notice) == ("a wolf", 9, "mind")
    library.claim()
    with pytest.raises(Conflict, match="clone"):
        library.edit_job(job_id, "local", SHOT, RECIPE, None)


def test_owners_take_turns_and_know_who_comes_before(library: Library) -> None:
    ada = [add(library, "ada") for _ in range(3)]
    bob = [add(library, "bob") for _ in range(2)]
    assert [library.ahead(job_id) for job_id in (ada[2], bob[0], bob[1])] == [4, 1, 3]
    order = [library.claim().id for _ in range(5)]
    assert order == [ada[0], bob[0], ada[1], bob[1], ada[2]]


def test_the_order_does_not_come_from_a_clock(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    first = add(library)
    monkeypatch.setattr("time.time", lambda: 1000.0)
    second = add(library)
    assert [library.claim().id, library.claim().id] == [first, second]
    assert [job.id for job in library.jobs("local")] == [second, first]
    assert library.job(first, "local").elapsed_s == 0.0
    late, early = add_take(library, first), add_take(library, second)
    assert [take.id for take in library.takes("local")] == [early.id, late.id]


def test_everything_can_be_taken_back_one_by_one(library: Library) -> None:
    take = add_take(library, add(library))
    a, b, c = (add(library) for _ in range(3))
    library.pause_job(b, "local")
    library.star(take.id, "local", True)
    library.name_take(take.id, "local", "dawn")
    library.delete_take(take.id, "local")
    library.request_cancel(c, "local")
    assert library.clear_waiting("local") == 2
    assert library.undoable("local").kind == "clear"
    assert [library.undo("local").kind for _ in range(5)] == ["clear", "cancel", "delete", "name", "star"]
    assert library.undo("local") is None
    assert waiting(library) == [a, b, c] and library.job(b, "local").state == "paused"
    back = library.take(take.id, "local")
    assert (back.name, back.starred, back.clip.exists()) == ("", False, True)
    assert library.undo("bob") is None


def test_what_is_gone_for_good_is_not_taken_back(library: Library) -> None:
    take = add_take(library, add(library))
    library.star(take.id, "local", True)
    library.delete_take(take.id, "local")
    assert library.empty_bin("local") == 1
    assert library.undo("local") is None
    assert not take.clip.parent.exists() and not (library.home / "bin" / take.id).exists()


def test_an_owner_can_leave_without_a_trace_and_nobody_else_loses_a_file(library: Library, picture: Path) -> None:
    from studio.recipe import GivenFrames

    sha256, kept = library.keep_input(picture)
    mine, _ = library.keep_input(picture.with_suffix(".png"))
    given = replace(RECIPE, anchors=(GivenFrames(sha256, "first"),))
    take = add_take(library, library.add_job("ada", SHOT, given), "ada")
    bob = library.add_job("bob", SHOT, given)
    assert library.delete_owner("ada") == (1, 1, 0)
    assert kept.exists() and not take.clip.exists() and library.jobs("ada") == []
    assert library.job(bob, "bob").shot == SHOT
    assert library.delete_owner("bob")[2] == 1 and not kept.exists()
    assert mine == sha256


def test_whoever_leaves_takes_finished_films_and_unused_files_along(library: Library, tmp_path: Path) -> None:
    names = ("now", "earlier", "unused", "still", "shared", "others")
    for name in names:
        Image.new("RGB", (16, 16), (len(name) * 20, 9, ord(name[0]))).save(tmp_path / f"{name}.png")
    kept = {name: library.keep_input(tmp_path / f"{name}.png") for name in names}

    def film(*given: str) -> Film:
        shots = tuple(FilmShot("a fox", first=Given(f"{name}.png", sha256=kept[name][0])) for name in given)
        return Film(shots=shots).with_ids()

    first = library.add_film("ada", film("earlier", "shared"))
    library.edit_film(first.id, "ada", first.version, film("now"), "another picture")
    other = library.add_film("bob", film("shared"))
    library.edit_film(other.id, "bob", other.version, film(), "without it")
    take = add_take(library, library.add_job("ada", SHOT, RECIPE), "ada")
    library.add_still(take.id, 3, tmp_path / "still.png")
    library.keep_looks(take.id, Looks("fox", 0.9, ()))
    folders = [library.home / "films" / film_id for film_id in (first.id, other.id)]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "x1.mp4").write_bytes(b"film")
    given = {kept[name][0] for name in ("unused", "others")}
    assert library.delete_owner("ada", given, {kept["others"][0]}) == (1, 1, 4)
    assert [folder.exists() for folder in folders] == [False, True]
    assert [name for name in names if kept[name][1].exists()] == ["shared", "others"]
    assert library.take_looks(take.id) is None
    library.delete_owner("bob", {kept["others"][0]})
    assert not list(library.inputs.iterdir()) and not folders[1].exists()


def test_a_film_of_a_strange_id_leads_nowhere(library: Library) -> None:
    library.add_film("ada", Film())
    library._db.execute("UPDATE films SET id = '../takes'")
    library.delete_owner("ada")
    assert (library.home / "takes").is_dir()


def test_a_failed_job_can_be_tried_again(library: Library) -> None:
    job_id = add(library)
    library.claim()
    library.saved(job_id, 3)
    library.finish_job(job_id, "failed", "Failed", error="the disk is full")
    (library.work / job_id).mkdir()
    library.recover()
    assert (library.work / job_id).is_dir()
    library.retry_job(job_id, "local")
    assert library.claim().error is None
    with pytest.raises(Conflict):
        library.retry_job(job_id, "local")


def test_a_job_that_gets_further_each_time_is_never_given_up(library: Library) -> None:
    job_id = add(library)
    for step in range(1, 6):
        library.claim()
        library.saved(job_id, step)
        library.recover()
        assert library.job(job_id, "local").state == "queued"
    for _ in range(2):
        library.claim()
        library.saved(job_id, 5)
        library.recover()
    assert library.job(job_id, "local").state == "failed"


def test_a_job_leased_to_a_living_process_is_left_alone(library: Library) -> None:
    job_id = add(library)
    other = Library(library.home)
    lease = Lease(other, serves=True)
    lease.start()
    assert other.claim().id == job_id and library.served() and not other.served()
    assert library.recover() == [] and library.wish(job_id) == "stop"
    assert not library.update_job(job_id, stage="mine now")
    with pytest.raises(Conflict):
        add_take(library, job_id)
    lease.stop()
    assert library.recover() == [job_id]
    other.update_job(job_id, stage="late")
    assert library.claim().id == job_id
    assert not other.update_job(job_id, stage="late") and other.wish(job_id) == "stop"
    other.close()


def test_a_worker_of_another_host_lives_as_long_as_its_beat(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Library(library.home)
    other.sign_on(serves=True)
    with other._write() as db:
        db.execute("UPDATE workers SET host = 'elsewhere'")
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    assert library.lives(other.me)
    now[0] += 15
    assert library.lives(other.me)
    other.beat()
    now[0] += 15
    assert library.lives(other.me)
    now[0] += 25
    assert not library.lives(other.me)
    other.close()


def test_a_lease_is_a_file_that_nobody_else_can_lock(library: Library) -> None:
    lease = Lease(library, serves=False)
    lease.start()
    path = library.lease_file(library.me)
    assert not HomeLock(path).acquire()
    lease.stop()
    assert not path.exists()


def test_a_library_of_the_first_version_is_brought_up_whole(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "library.db", isolation_level=None)
    for statement in schema.MIGRATIONS[0].split(";"):
        db.execute(statement)
    db.execute("PRAGMA user_version = 1")
    db.execute("INSERT INTO owners VALUES ('local', 1.0)")
    shot = {key: value for key, value in SHOT.to_dict().items() if key in ("prompt", "first", "frames", "seconds")}
    recipe = replace(RECIPE, seed=2**63 - 1).to_json()
    for number, (state, stop) in enumerate((("done", 0), ("running", 1), ("queued", 0))):
        db.execute(
            "INSERT INTO jobs (id, owner, state, shot, recipe, stop, created, finished) VALUES (?,?,?,?,?,?,?,?)",
            (f"j{number}", "local", state, json.dumps(shot), recipe, stop, 10.0 - number, 5.0 if number == 0 else None),
        )
    db.execute(
        "INSERT INTO takes (id, job_id, owner, recipe, report, sha256, width, height, frames, fps, seconds, created, "
        "starred) VALUES ('t0', 'j0', 'local', ?, '{}', 'ab', 128, 128, 9, 16, '{}', 3.0, 1)",
        (recipe,),
    )
    db.close()
    library = Library(tmp_path)
    assert [job.id for job in library.jobs("local")] == ["j0", "j1", "j2"]
    assert {job.seed for job in library.jobs("local")} == {2**63 - 1}
    assert waiting(library) == ["j1", "j2"] and library.wish("j1") == "stop"
    (take,) = library.takes("local", search="fox")
    assert take.starred and (take.name, take.group, take.kept) == ("", "", False)
    assert library.job(add(library), "local").queue > library.job("j0", "local").queue
    library.close()


def test_a_shot_with_places_strengths_and_a_trim_survives_the_library() -> None:
    shot = Shot("a fox", frames=(Path("a.png"),), places=(0.5,), strengths=(0.7,), first_strength=0.4, trim=(0.5, 1.5))
    assert Shot.from_dict(json.loads(json.dumps(shot.to_dict()))) == shot
