"""app.py with a double in place of the weights: the page, the queue, the signing and the library are the real ones.

    python -m tests.ui.serve --port 7870

PACE (seconds) is how long each step takes.
"""

from __future__ import annotations

import os
import sys

import app
from studio.core import Studio
from studio.engines.local import LocalEngine
from studio.library import Library
from studio.settings import Settings
from tests.studio.doubles import FakeGenerator


def open_painted(settings: Settings) -> Studio:
    """A studio that paints a gradient, step by step."""
    generator = FakeGenerator(pace=float(os.environ.get("PACE", "0.1")))
    engine = LocalEngine(settings, Library(settings.home), load=lambda name: generator)
    return Studio(settings, engine)


if __name__ == "__main__":
    sys.exit(app.main(opens=open_painted))
