"""Studio: the one door to everything, for the page, the command line and programs alike.

What is asked for is checked here (limits, pictures, policy) before anything is written; rendering is left to an engine
that takes jobs from the library. Nothing in this file waits for a model. Its parts: `desk` (the queue), `workshop`
(tools), `shelf` and `keeping` (takes, one and many), and `office` (forecasts, settings, the data folder).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from model.errors import ModelError
from studio import direction
from studio.base import LOCAL_OWNER
from studio.engines import Engine
from studio.engines.local import LocalEngine
from studio.film import FINAL_STATES, Job, JobState, Shot, Take
from studio.films.room import Films
from studio.films.workroom import Workroom
from studio.keeping import Keeping
from studio.library import Library
from studio.models import Models
from studio.models_desk import Fetcher
from studio.office import Office
from studio.settings import Settings
from studio.shelf import Shelf
from studio.workshop import Workshop

__all__ = ["FINAL_STATES", "LOCAL_OWNER", "Job", "JobState", "ModelError", "Shot", "Studio", "Take"]


class Studio(Workshop, Shelf, Keeping, Films, Office):
    """A studio over one home folder. `engine` None renders in this process, in one worker thread."""

    def __init__(self, settings: Settings, engine: Engine | None = None) -> None:
        self.settings = settings
        self.library = Library(settings.home)
        self.models = Models(settings.home, settings.models)
        self.fetcher = Fetcher(self.models)
        self._identity = None
        self.workroom = Workroom(self)
        self._engine = engine if engine is not None else LocalEngine(settings, self.library)
        self._engine.start()

    def directions(self, model: str = "storybook") -> dict[str, tuple[tuple[str, str], ...]]:
        """The (id, label) pairs one can choose for each field of a Direction."""
        return direction.choices(direction.known(self.entry(model)))

    def warm(self, model: str = "storybook") -> None:
        """Load a model in the background. Returns at once."""
        self._engine.warm(model)

    def close(self) -> None:
        """Stop rendering and let go of the library. What was running goes back to the queue."""
        self.workroom.close()
        self.fetcher.close()
        self._engine.close()
        self.library.close()

    def __enter__(self) -> Studio:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def newest(jobs: Sequence[Job]) -> Job | None:
    """The job a page shows first: one that is not finished, else the newest."""
    waiting = [job for job in jobs if not job.finished]
    return waiting[-1] if waiting else (jobs[0] if jobs else None)
