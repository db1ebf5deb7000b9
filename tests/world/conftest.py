"""What the world's tests draw with: the committed art, one thread, small frames."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from model.world.art import COMMITTED, Art
from model.world.render import Renderer


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def art() -> Art:
    """The art in the repository, whatever else this machine has."""
    return Art(COMMITTED)


@pytest.fixture(scope="session")
def renderer(art: Art) -> Renderer:
    return Renderer(art, 128, 64)
