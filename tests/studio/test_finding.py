"""Takes among thousands: found by words, star, model, film and date; cleared away without touching what is needed."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from studio.errors import NotFound
from studio.film import Shot, Take
from studio.finding import Find
from studio.library import Library
from studio.recipe import GivenFrames, Recipe

RECIPE = Recipe("a fox", "a fox", 128, 128, 9, 16, 5, 3, 4.0, 3.0, "unipc")


def add(library: Library, number: int, recipe: Recipe = RECIPE, owner: str = "local") -> str:
    """A take with files, of a job of its own."""
    job = library.add_job(owner, Shot(recipe.prompt), recipe)
    take_id = f"t{job[1:]}"
    folder = library.take_folder(take_id)
    folder.mkdir()
    files = [folder / name for name in ("clip.mp4", "poster.jpg", "latents.safetensors")]
    for path in files:
        path.write_bytes(b"x" * 10)
    library.add_take(Take(take_id, job, owner, *files, recipe, {}, f"{number:064x}", 128, 128, 9, 16))
    return take_id


def found(library: Library, owner: str = "local", **wanted: object) -> list[str]:
    return [take.id for take in library.find(owner, Find(**wanted), limit=100)]  # type: ignore[arg-type]


def test_takes_are_found_by_words_star_model_film_and_date(library: Library) -> None:
    fox, cat = add(library, 1), add(library, 2, replace(RECIPE, prompt="a cat", model="wan2.1-t2v-1.3b"))
    other = add(library, 3, owner="someone")
    library.note_take(cat, "local", "the opening")
    library.star(fox, "local", True)
    library.note_shot("local", "the film", "one", "k", library.take(cat, "local").job_id)
    assert found(library) == [cat, fox]
    assert found(library, search="CAT opening") == [cat]
    assert found(library, starred=True) == [fox]
    assert found(library, model="storybook") == [fox]
    assert found(library, film="the film") == [cat]
    assert found(library, since=time.time() - 60) == [cat, fox] and found(library, until=time.time() - 60) == []
    assert found(library, "someone") == [other]
    assert library.models_used("local") == ["storybook", "wan2.1-t2v-1.3b"]
    assert library.films_used("local") == [("the film", "the film")]
    assert library.count("local", Find(search="cat")) == 1


def test_a_page_goes_on_after_the_last_take_of_the_one_before(library: Library) -> None:
    ids = [add(library, number) for number in range(7)][::-1]
    seen: list[str] = []
    while page := library.find("local", Find(), limit=3, before=seen[-1] if seen else None):
        seen += [take.id for take in page]
    assert seen == ids
    with pytest.raises(NotFound):
        library.find("someone", Find(), limit=3, before=ids[0])


def test_several_go_to_the_bin_as_one_and_come_back_as_one(library: Library) -> None:
    ids = [add(library, number) for number in range(3)]
    assert library.bin_takes("local", ids[:2]) == 2
    assert found(library) == ids[2:] and set(found(library, binned=True)) == set(ids[:2])
    with pytest.raises(NotFound):
        library.bin_takes("local", [ids[2], ids[0]])
    assert found(library) == ids[2:], "all or none"
    undone = library.undo("local")
    assert undone is not None and undone.kind == "clean"
    assert set(found(library)) == set(ids)
    assert all(library.take(each, "local").clip.is_file() for each in ids)


def test_what_is_starred_named_noted_in_a_film_or_used_is_never_cleared_away(library: Library) -> None:
    starred, named, noted, filmed, went_on, still, waiting, loose = (add(library, number) for number in range(8))
    library.star(starred, "local", True)
    library.name_take(named, "local", "the one")
    library.note_take(noted, "local", "keep")
    library.note_shot("local", "film", "one", "k", library.take(filmed, "local").job_id)
    add_given = GivenFrames(library.take(went_on, "local").sha256, "clip")
    child = add(library, 20, replace(RECIPE, anchors=(add_given,)))
    with library._write() as db:
        db.execute("INSERT INTO stills VALUES (?,?,?)", (still, 3, "cd" * 32))
    library.add_job("local", Shot("a"), replace(RECIPE, anchors=(GivenFrames("cd" * 32, "first"),)))
    library.add_job("local", Shot("a"), replace(RECIPE, parents=(waiting,)))
    assert set(library.loose("local", time.time() + 1)) == {loose, child}
    assert library.loose("local", time.time() - 60) == []


def test_a_page_of_three_thousand_takes_is_there_at_once(library: Library) -> None:
    add(library, 0)
    with library._write() as db:
        row = dict(db.execute("SELECT * FROM takes").fetchone())
        del row["seq"]
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        rows = [tuple({**row, "id": f"t{number:016x}"}.values()) for number in range(3000)]
        db.executemany(f"INSERT INTO takes ({names}) VALUES ({marks})", rows)
    query = "SELECT * FROM takes WHERE owner = 'local' ORDER BY seq DESC LIMIT 60"
    (plan, *_) = library._all(f"EXPLAIN QUERY PLAN {query}", ())
    assert "takes_by_owner" in plan["detail"], "a page is read from an index, not from the whole"
    page = library.find("local", Find(), limit=60)
    assert len(page) == 60 and library.find("local", Find(), limit=60, before=page[-1].id)[0].id < page[-1].id
    assert library.count("local", Find(search="fox")) == 3001
