"""How a large model is kept in memory: decided before it is loaded, learned from, and the next smaller one offered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from model import plans, published
from model.catalog import CatalogEntry
from model.residency import Residency
from studio import cli, memory, planner
from studio.core import Studio
from studio.errors import ModelsError, ShotError
from studio.film import Shot
from studio.library import Library
from studio.memory import Gpu
from studio.models import Models
from studio.plain import plain_error
from studio.planner import Decision, Planner
from tests.studio.doubles import FakeGenerator
from tests.studio.test_library import RECIPE

GB = 10**9
BIG = published.model("wan2.2-ti2v-5b").entry({"tiny": Path("taew2_2.safetensors")})
BARE = published.model("wan2.2-ti2v-5b").entry({})
CLIP = replace(RECIPE, model=BIG.name, width=1280, height=704, frames=121, guidance=5.0)
SHOT = Shot(prompt="a fox", model=BIG.name, size="256x256", seconds=0.5, steps=3, guidance=1.0)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """A graphics card with so many gigabytes free, and a computer with 64."""

    def put(free: float) -> None:
        monkeypatch.setattr(memory, "gpu", lambda: Gpu("a card", int(free * GB), int(free * GB)))
        monkeypatch.setattr(memory, "free", lambda: 64 * GB)

    return put


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The big model is here, and loading it gives a double."""
    along = Models.entries
    monkeypatch.setattr(Models, "entries", lambda self: (*along(self), BIG))
    yield []


def test_small_models_need_no_plan(library: Library) -> None:
    assert Planner(library).decide(FakeGenerator().entry, RECIPE) is None


def test_the_plan_follows_what_is_free(library: Library, card: Callable[[float], None]) -> None:
    chosen = []
    for free in (80, 27, 20, 18.4, 8):
        card(free)
        found = Planner(library).decide(BIG, CLIP)
        assert found is not None and found.fits and found.plan is not None
        chosen.append(found.plan.name)
    assert chosen == ["whole", "lean", "split", "strips", "streamed"]
    card(3)
    found = Planner(library).decide(BIG, CLIP)
    assert found is not None and not found.fits and "3.0 GB are free there" in found.advice


def test_this_cards_own_measurements_count(library: Library, card: Callable[[float], None]) -> None:
    card(20)
    split = plans.named("split")
    counted = plans.need(BIG, split, CLIP.width, CLIP.height, CLIP.frames, CLIP.guidance).device
    for _ in range(3):
        Planner(library).learn(BIG, CLIP, split, int(counted * 1.3))
    found = Planner(library).decide(BIG, CLIP)
    assert found is not None and found.plan is not None and found.plan.name == "streamed"
    for _ in range(7):
        Planner(library).learn(BIG, CLIP, split, int(counted * 0.8))
    again = Planner(library).decide(BIG, CLIP)
    assert again is not None and again.plan is split and again.needed == pytest.approx(counted * 0.8)


def test_it_can_be_overridden_and_a_wrong_name_is_named(library: Library, card: Callable[[float], None]) -> None:
    card(80)
    found = Planner(library).decide(BIG, CLIP, "streamed")
    assert found is not None and found.plan is plans.named("streamed")
    with pytest.raises(ShotError, match=r"plan 'huge' is not known: use auto, whole"):
        planner.checked("huge")


def test_without_a_card_a_model_that_is_too_large_is_refused_before_it_is_loaded(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "gpu", lambda: None)
    monkeypatch.setattr(memory, "free", lambda: 16 * GB)
    found = Planner(library).decide(BIG, CLIP)
    assert found is not None and found.plan is None and not found.fits
    with pytest.raises(ModelsError, match=r"needs about \d+\.\d GB of memory without a graphics card"):
        planner.require(found)


def test_out_of_memory_keeps_the_job_and_retry_goes_on_with_the_next_smaller_plan(
    make_studio: Callable[..., Studio], card: Callable[[float], None], large: list[str]
) -> None:
    card(80)
    full = {"whole": True, "lean": False}

    def hurdle(index: int) -> None:
        if index == 2 and full["whole"]:
            full["whole"] = False
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    generator = FakeGenerator(hurdle=hurdle)
    generator.entry, generator.limits, generator.fps = BIG, BIG.limits, BIG.fps
    studio = make_studio(load=lambda name: large.append(name) or generator)
    job = studio.wait(studio.submit(SHOT).id, 30)
    assert job.state == "failed"
    assert job.error is not None and "Out of memory (everything stays" in job.error
    assert "next smaller plan: the text encoder is let go" in job.error
    assert studio.job(job.id).shot.plan == "lean"
    studio.retry(job.id)
    done = studio.wait(job.id, 30)
    assert done.state == "done" and done.take_id is not None, done.error
    assert studio.take(done.take_id).recipe.machine["plan"] == "lean"
    assert len(large) == 2, "it was let go of, and loaded in the other way"


def test_the_smallest_plan_has_nothing_below_it() -> None:
    line, smaller = planner.out_of_memory(plans.PLANS[-1])
    assert smaller is None and "smaller or shorter" in line
    assert planner.out_of_memory(None)[1] is None


def test_the_page_says_how_the_model_will_be_kept(
    make_studio: Callable[..., Studio], card: Callable[[float], None], large: list[str]
) -> None:
    card(8)
    studio = make_studio(load=lambda name: FakeGenerator())
    told = studio.forecast(replace(SHOT, size="1280x704", seconds=5.0, guidance=5.0))
    assert told.fits and told.plan == plans.named("streamed").title and told.memory_bytes is not None
    studio.prefer(plan="whole")
    told = studio.forecast(replace(SHOT, size="1280x704", seconds=5.0))
    assert not told.fits and "needs" in told.advice
    with pytest.raises(ShotError, match="plan 'x' is not known"):
        studio.prefer(plan="x")
    with pytest.raises(ShotError, match="plan 'x' is not known"):
        studio.submit(replace(SHOT, plan="x"))


def test_what_was_chosen_is_how_the_model_is_loaded_and_stands_in_the_recipe(
    make_studio: Callable[..., Studio], card: Callable[[float], None], large: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    card(20)
    studio, found = watched(make_studio, monkeypatch)
    for changes in ({"plan": "strips"}, {"develop": "fast", "compile": "on"}):
        studio.prefer(**changes)
        job = studio.wait(studio.submit(SHOT).id, 30)
        assert job.take_id is not None, job.error
    first, second = found
    assert (first.strips, first.one_by_one, first.text_on_host, first.streamed) == (4, True, True, False)
    assert not first.fast_decode and second.fast_decode and second.compiled and second.prompts is not None
    assert studio.take(job.take_id).recipe.machine["plan"] == "strips, fast decode, compiled"


@pytest.mark.parametrize(("settled", "shot", "plan"), [
    ({}, {"develop": "fast", "compiled": True, "plan": "whole"}, "whole, fast decode, compiled"),
    ({"develop": "fast", "compile": "on"}, {"develop": "full", "compiled": False, "plan": "lean"}, "lean"),
    ({"compile": "on"}, {"plan": "streamed"}, "streamed"),
], ids=["asked for", "asked away", "streamed is not compiled"])  # fmt: skip
def test_a_shot_says_how_it_is_made_and_the_recipe_what_was_done(
    make_studio: Callable[..., Studio], card: Callable[[float], None], large: list[str],
    monkeypatch: pytest.MonkeyPatch, settled: dict[str, str], shot: dict[str, Any], plan: str,
) -> None:
    card(80)
    studio, found = watched(make_studio, monkeypatch)
    studio.prefer(**settled) if settled else None
    job = studio.wait(studio.submit(replace(SHOT, **shot)).id, 30)
    assert job.take_id is not None, job.error
    assert studio.take(job.take_id).recipe.machine["plan"] == plan
    assert (found[0].fast_decode, found[0].compiled) == ("fast decode" in plan, "compiled" in plan)


def test_what_is_not_there_is_not_said_to_be_used() -> None:
    decision = Decision(plans.named("whole"), 0, 0, True)
    assert planner.kept(decision, SHOT, BARE, fast=True, compiled=False).words == "whole"
    with pytest.raises(ShotError, match="models download wan2.2-ti2v-5b fetches it; or develop in full"):
        planner.check_ways(replace(SHOT, develop="fast"), BARE)
    planner.check_ways(replace(SHOT, develop="fast", compiled=True), BIG)


@pytest.mark.parametrize(("flags", "says"), [
    (["--develop", "soft"], "develop 'soft' is not known: use full or fast"),
    (["--develop", "fast"], "Storybook has one way to develop a clip"),
    (["--compile"], "Storybook is quick without: leave compile out"),
    (["--model", BIG.name, "--plan", "streamed", "--compile"], "is not compiled while its blocks are streamed"),
    (["--plan", "tiny"], "plan 'tiny' is not known: use auto, whole"),
])  # fmt: skip
def test_the_command_line_refuses_what_cannot_be(
    tmp_path: Path, large: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    flags: list[str], says: str,
) -> None:
    monkeypatch.setenv("AUTEUR_HOME", str(tmp_path / "home"))
    assert cli.main(["shoot", "a fox", "--seconds", "0.5", *flags]) == 2
    assert says in capsys.readouterr().err


def test_a_film_is_made_as_the_command_says_and_fast_takes_are_its_own(
    make_studio: Callable[..., Studio], card: Callable[[float], None], large: list[str],
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    card(80)
    studio, _ = watched(make_studio, monkeypatch)
    monkeypatch.setenv("AUTEUR_HOME", str(studio.settings.home))
    text = f"model: {BIG.name}\nsize: 256x256\nguidance: 1\nsteps: 3\nshots:\n  - {{prompt: a fox, seconds: 0.5}}\n"
    (tmp_path / "film.yaml").write_text(text, encoding="utf-8")
    ways = {("--develop", "fast", "--no-compile"): "lean, fast decode", (): "lean"}
    made = []
    for flags, plan in ways.items():
        command = ["film", str(tmp_path / "film.yaml"), "--out", str(tmp_path / "film.mp4"), "--json", "--plan", "lean"]
        assert cli.main([*command, *flags]) == 0
        told = json.loads(capsys.readouterr().out)["shots"][0]
        assert studio.take(told["take"]).recipe.machine["plan"] == plan
        made.append(told["again"])
    assert made == [False, False], "a take that was developed fast does not stand for one in full"


def test_where_nothing_can_be_compiled_the_way_out_is_said() -> None:
    from torch._inductor.exc import InvalidCxxCompiler

    assert "shoot without compile" in plain_error(InvalidCxxCompiler())


def watched(make_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch) -> tuple[Studio, list[Residency]]:
    """A studio whose large model is a double, and how that was asked to be loaded."""
    import model

    found: list[Residency] = []

    def load(entry: CatalogEntry, *, residency: Residency, **_: object) -> FakeGenerator:
        found.append(residency)
        made = FakeGenerator()
        made.entry, made.limits, made.fps = entry, entry.limits, entry.fps
        made.name = entry.name
        return made

    monkeypatch.setattr(model, "load", load)
    return make_studio(load=None), found
