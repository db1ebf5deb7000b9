"""Auteur's generative model: a request in, frames out. It knows nothing of the studio or of any page.

Importing this package is cheap; torch comes in with the first name that needs it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.errors import Cancelled, ModelError, RequestError, WeightsError

if TYPE_CHECKING:
    from model.catalog import CatalogEntry
    from model.pipeline import Generator
    from model.residency import Residency

__all__ = ["Cancelled", "ModelError", "RequestError", "WeightsError", "load"]


def load(
    name: str | Path | CatalogEntry = "storybook",
    *,
    device: str | None = None,
    threads: int | None = None,
    residency: Residency | None = None,
) -> Generator:
    """A generator for a model of the catalogue, for a folder of weights, or for an entry that says where its parts are.

    `device` is a torch device (default: an accelerator if there is one, else the CPU); `threads` how many CPU threads
    torch may use; `residency` how a large model is kept in memory. Raises WeightsError when a file is missing, damaged
    or of another model.
    """
    from model.pipeline import Generator

    return Generator.load(name, device=device, threads=threads, residency=residency)
