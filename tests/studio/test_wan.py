"""The studio shoots with a published model: from words and a picture to a signed clip, with a tiny model on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from model.catalog import CatalogEntry
from studio import media
from studio.core import Studio
from studio.film import Shot, Take
from studio.models import Models
from studio.settings import Settings
from tests.model.wan_folders import Made, make

NAMES = ("wan2.2-ti2v-5b", "wan2.1-vace-1.3b")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    return {name: make(tmp_path_factory.mktemp(name), name) for name in NAMES}


@pytest.fixture
def studio(settings: Settings, made: dict[str, Made], monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A studio with its own engine and loader, whose shelf has the tiny models beside what comes along."""
    along = Models.entries

    def entries(self: Models) -> tuple[CatalogEntry, ...]:
        return (*along(self), *(one.entry for one in made.values()))

    monkeypatch.setattr(Models, "entries", entries)
    made_studio = Studio(settings)
    yield made_studio
    made_studio.close()


def shoot(studio: Studio, shot: Shot) -> Take:
    job = studio.submit(shot)
    finished = studio.wait(job.id, timeout=120)
    assert finished.state == "done", finished.error
    (take,) = [take for take in studio.takes() if take.job_id == job.id]
    return take


@pytest.mark.parametrize("name", NAMES)
def test_from_words_and_a_picture_to_a_signed_clip(
    studio: Studio, name: str, picture: Path, settings: Settings
) -> None:
    shot = Shot(prompt="a red fox runs", model=name, size="64x32", seconds=0.4, seed=3, steps=2, first=picture)
    take = shoot(studio, shot)
    assert (take.width, take.height) == (64, 32)
    assert media.count_frames(take.clip) == take.frames > 4
    assert take.fps == (24 if name == "wan2.2-ti2v-5b" else 16)
    assert take.recipe.model == name and len(take.recipe.model_sha256) == 64
    assert take.report["verdict"] == "local", take.report
    assert list((settings.home / "prompts").glob("*.safetensors")), "the encoder is not opened for these words again"
    again = shoot(studio, shot)
    assert again.sha256 != take.sha256 and again.latents.read_bytes() == take.latents.read_bytes()


def test_a_model_that_vanished_fails_its_job_with_one_line(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CatalogEntry, "missing", (tmp_path / "gone",))
    job = studio.submit(Shot(prompt="a fox", model=NAMES[0], size="64x32", seconds=0.4, steps=1))
    finished = studio.wait(job.id, timeout=120)
    assert finished.state == "failed"
    assert finished.error is not None and "is missing; fetch the model again" in finished.error
