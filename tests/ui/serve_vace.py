"""app.py with a tiny model of the VACE kind, random weights on disk, as the one that its form shoots with.

    python -m tests.ui.serve_vace --port 7870
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

import app
from model.catalog import CatalogEntry
from studio.core import Studio
from studio.models import Models
from studio.settings import Settings
from tests.model.wan_folders import make

NAME = "wan2.1-vace-1.3b"


def open_steered(entry: CatalogEntry, settings: Settings) -> Studio:
    """A studio that has this model beside what comes along."""
    along = Models.entries
    Models.entries = lambda self: (*along(self), entry)  # type: ignore[method-assign]
    studio = Studio(settings)
    studio.prefer(model=entry.name, size="small", seconds=0.6)
    return studio


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(app.main(opens=partial(open_steered, make(Path(folder), NAME).entry)))
