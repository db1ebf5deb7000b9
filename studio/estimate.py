"""How long a shot will take on this machine and how much memory, from what earlier shots took.

No measurement, no promise.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from model.catalog import CatalogEntry
from studio.film import Shot
from studio.library import Library
from studio.recipe import Recipe

LOADED = 2.0  # a model's files are in half precision, and computed with in full
OVERHEAD = 400_000_000  # bytes of the program itself
SPARE = 0.95  # of what is free, how much a shot may take


@dataclass(frozen=True)
class Forecast:
    """What a shot needs here. `memory_bytes` is the most this process will have, `free_bytes` what it could still get;
    None is not known yet. `fitting` is the nearest shot that does fit; `advice` one line about it, or "". `plan` says
    in words how a large model will be kept in memory."""

    seconds: float | None
    memory_bytes: int | None
    free_bytes: int
    fits: bool
    fitting: Shot | None = None
    advice: str = ""
    plan: str = ""


class Estimator:
    """Measurements of one machine with a number of threads (None: torch decides)."""

    def __init__(self, library: Library, threads: int | None = None) -> None:
        self._library = library
        self._machine = f"{platform.machine()}-{os.cpu_count()}-{threads or 'all'}"

    def total(self, recipe: Recipe) -> float | None:
        """Seconds from start to signed clip once the model is loaded; None before the first measurement."""
        made = self._made(recipe)
        return None if made is None else made + (self._part(recipe.model, "joins", _joined(recipe)) or 0.0)

    def _made(self, recipe: Recipe) -> float | None:
        """The same for what is made and finished, without looking at the clips that it joins."""
        denoise, rest = self._part(recipe.model, "denoise", _sampled(recipe)), self.finish(recipe)
        denoise = denoise if recipe.filmed else 0.0
        return None if denoise is None or rest is None else denoise + rest

    def finish(self, recipe: Recipe) -> float | None:
        """Seconds for everything but the sampling: text, decode, encode, check, sign."""
        return self._part(recipe.model, "finish", _pixels(recipe))

    def memory(self, recipe: Recipe, entry: CatalogEntry) -> int | None:
        """The most memory (bytes) this process will have; None before the first measurement.

        What stays the same is the program and the model; the rest grows with the pixels of one window.
        """
        found = self._library.measured(recipe.model, self._machine, "memory")
        still = entry.size_bytes * LOADED + OVERHEAD
        rates = [max(0.0, peak - still) / amount for amount, peak in found if amount > 0]
        return int(still + median(rates) * _window(recipe, entry)) if rates else None

    def learn(
        self, recipe: Recipe, seconds: dict[str, float], memory: int = 0, entry: CatalogEntry | None = None
    ) -> None:
        """Remember what a shot took: the timings of `Take.seconds`, and the most memory in bytes."""
        if recipe.work is not None:  # what is only copied would make everything look quick
            made, joined = self._made(recipe), _joined(recipe)
            if made is not None and joined:
                beside = max(0.0, seconds["total"] - seconds["load"] - made)
                self._library.measure(recipe.model, self._machine, "joins", joined, beside)
            return
        rest = seconds["total"] - seconds["load"] - seconds["denoise"]
        if not recipe.block_cache:  # how much it left out says nothing of the next shot
            self._library.measure(recipe.model, self._machine, "denoise", _sampled(recipe), seconds["denoise"])
        self._library.measure(recipe.model, self._machine, "finish", _pixels(recipe), max(rest, 0.0))
        if memory and entry is not None:
            self._library.measure(recipe.model, self._machine, "memory", _window(recipe, entry), memory)

    def _part(self, model: str, part: str, amount: float) -> float | None:
        rates = [seconds / done for done, seconds in self._library.measured(model, self._machine, part) if done > 0]
        return median(rates) * amount if rates else None


def smaller(width: int, height: int, seconds: float, entry: CatalogEntry) -> Iterator[tuple[int, int, float]]:
    """Sizes below this one, the nearest first, in about its shape; then shorter lengths at the smallest."""
    limits = entry.limits
    last = (width, height)
    for side in range(width - limits.multiple, limits.min_width - 1, -limits.multiple):
        rows = round(height * side / width / limits.multiple) * limits.multiple
        last = (side, max(limits.min_height, min(rows, height)))
        yield (*last, seconds)
    for part in (0.75, 0.5, 0.25):
        yield (*last, max(0.5, round(seconds * part, 1)))


def _pixels(recipe: Recipe) -> float:
    return float(recipe.width * recipe.height * recipe.frames)


def _window(recipe: Recipe, entry: CatalogEntry) -> float:
    """Pixels of what is sampled at once: longer clips roll forward and need no more."""
    return float(recipe.width * recipe.height * min(recipe.frames, 1 + 4 * (entry.limits.window - 1)))


def _joined(recipe: Recipe) -> float:
    """Pixels of the frames at which work has to meet other clips: what is seen there is looked for before it begins."""
    made = None if recipe.work is None else recipe.work.made
    if made is None:
        return 0.0
    return float(recipe.width * recipe.height * sum(span is not None for span in (made.head, made.tail)))


def _sampled(recipe: Recipe) -> float:
    """Pixels that the model makes, times forwards: guidance other than 1 needs a second forward while it lasts."""
    forwards = 1.0 if recipe.guidance == 1.0 else 1.0 + recipe.guided
    return float(recipe.width * recipe.height * recipe.filmed) * recipe.steps * forwards
