"""Engines: where jobs are rendered. The queue is the library's own table; an engine takes jobs from it.

An engine never speaks to the page: it writes what happens into the library, and whoever wants to know reads it there.
That is why a job outlives the tab, the terminal and the process that asked for it.
"""

from __future__ import annotations

from typing import Protocol


class Engine(Protocol):
    """What the core needs of a place that renders."""

    def start(self) -> None:
        """Begin to take jobs. Called once."""

    def wake(self, job_id: str) -> None:
        """A job was put in the queue."""

    def cancel(self, job_id: str) -> None:
        """A job's stop flag was set in the library: stop within one forward."""

    def warm(self, model: str) -> None:
        """Load a model in the background, so that the first shot need not wait for it. Returns at once."""

    def close(self) -> None:
        """Stop; what is being rendered goes back to the queue."""


__all__ = ["Engine"]
