"""How long a shot will take on this machine, from what earlier shots took. No measurement, no promise."""

from __future__ import annotations

import os
import platform
from statistics import median

from studio.library import Library
from studio.recipe import Recipe


class Estimator:
    """Measurements of one machine with a number of threads (None: torch decides)."""

    def __init__(self, library: Library, threads: int | None = None) -> None:
        self._library = library
        self._machine = f"{platform.machine()}-{os.cpu_count()}-{threads or 'all'}"

    def total(self, recipe: Recipe) -> float | None:
        """Seconds from start to signed clip once the model is loaded; None before the first measurement."""
        denoise, rest = self._part(recipe.model, "denoise", _sampled(recipe)), self.finish(recipe)
        return None if denoise is None or rest is None else denoise + rest

    def finish(self, recipe: Recipe) -> float | None:
        """Seconds for everything but the sampling: text, decode, encode, check, sign."""
        return self._part(recipe.model, "finish", _pixels(recipe))

    def learn(self, recipe: Recipe, seconds: dict[str, float]) -> None:
        """Remember what a take took (the timings of `Take.seconds`)."""
        rest = seconds["total"] - seconds["load"] - seconds["denoise"]
        self._library.measure(recipe.model, self._machine, "denoise", _sampled(recipe), seconds["denoise"])
        self._library.measure(recipe.model, self._machine, "finish", _pixels(recipe), max(rest, 0.0))

    def _part(self, model: str, part: str, amount: float) -> float | None:
        rates = [seconds / done for done, seconds in self._library.measured(model, self._machine, part) if done > 0]
        return median(rates) * amount if rates else None


def _pixels(recipe: Recipe) -> float:
    return float(recipe.width * recipe.height * recipe.frames)


def _sampled(recipe: Recipe) -> float:
    """Pixels times forwards: guidance other than 1 needs a second forward."""
    return _pixels(recipe) * recipe.steps * (1 if recipe.guidance == 1.0 else 2)
