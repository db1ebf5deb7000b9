"""A studio in a folder of its own, that renders with a double in place of the weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from studio.core import Studio
from studio.engines.local import LocalEngine
from studio.film import Shot
from studio.library import Library
from studio.settings import Settings
from tests.studio.doubles import FakeGenerator

SMALL = Shot(prompt="a fox walks in the snow", size="128x128", seconds=0.5, seed=7, steps=3)


@pytest.fixture(scope="session", autouse=True)
def one_thread_each() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_env({}, home=tmp_path / "home")


@pytest.fixture
def library(settings: Settings) -> Iterator[Library]:
    found = Library(settings.home)
    yield found
    found.close()


@pytest.fixture
def make_studio(settings: Settings) -> Iterator[Callable[..., Studio]]:
    """Studios over one home; they are closed at the end, the newest first."""
    made: list[Studio] = []

    def make(generator: Any = None, **options: Any) -> Studio:
        load = options.pop("load", lambda name: generator or FakeGenerator())
        engine = LocalEngine(settings, Library(settings.home), load=load, **options)
        made.append(Studio(settings, engine))
        return made[-1]

    yield make
    for studio in reversed(made):
        studio.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "drawing.png"
    Image.linear_gradient("L").convert("RGB").resize((300, 200)).save(path)
    return path
