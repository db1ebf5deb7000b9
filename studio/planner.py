"""How a large model is kept in memory here: chosen before it is loaded, shown, overridable, and learned from.

Small models are always whole, and where there is no graphics card there is nothing to choose: only whether it fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from model import plans
from model.catalog import CatalogEntry
from model.errors import RequestError
from model.plans import Choice, Plan
from studio import memory
from studio.errors import ModelsError, ShotError

if TYPE_CHECKING:
    from studio.film import Shot
    from studio.library import Library
    from studio.recipe import Recipe

AUTO = "auto"
DEVELOP = ("full", "fast")
TINY = "tiny"  # the part that develops fast


@dataclass(frozen=True, slots=True)
class Decision:
    """How a shot will be made: the plan (None: nothing to choose), bytes it needs and has, and whether they suffice."""

    plan: Plan | None
    needed: int
    free: int
    fits: bool
    smaller: Plan | None = None
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """How a large model is loaded: its plan, and what its owner chose that is not equal to the reference.

    fast_decode   the clip is developed by the small autoencoder: quicker, and a little softer
    compiled      the blocks are compiled for the first size: slow at first, quicker after some clips of that size
    """

    plan: Plan | None = None
    fast_decode: bool = False
    compiled: bool = False

    @property
    def words(self) -> str:
        """For the recipe's record of the machine."""
        said = (self.plan.name if self.plan else "", "fast decode" * self.fast_decode, "compiled" * self.compiled)
        return ", ".join(word for word in said if word)


class Planner:
    """Decides for one machine, from what is free now and from what shots took here before (None: there were none)."""

    def __init__(self, library: Library | None) -> None:
        self._library = library

    def decide(self, entry: CatalogEntry, recipe: Recipe, asked: str = AUTO) -> Decision | None:
        """How this shot will be made; None for a model that needs no plan."""
        if not plans.has_plans(entry):
            return None
        card = memory.gpu()
        if card is None:
            return self._on_cpu(entry, recipe)
        free = (card.free, memory.free())
        found = plans.choose(
            entry, (recipe.width, recipe.height, recipe.frames), free, guidance=recipe.guidance, asked=asked,
            corrections=self._corrections(entry, card.name), cached=recipe.block_cache > 0,
        )  # fmt: skip
        return Decision(
            found.plan, found.need.device, card.free, found.fits, found.smaller, _advice(entry, found, free)
        )

    def learn(self, entry: CatalogEntry, recipe: Recipe, plan: Plan, peak: int) -> None:
        """Remember what a shot took on this card, beside what was counted for it."""
        card = memory.gpu()
        if card is None or peak <= 0 or self._library is None:
            return
        size = (recipe.width, recipe.height, recipe.frames)
        counted = plans.need(entry, plan, *size, recipe.guidance, cached=recipe.block_cache > 0).device
        self._library.measure(_base(entry), card.name, _part(plan), counted, peak)

    def _corrections(self, entry: CatalogEntry, card: str) -> dict[str, float]:
        """Plan -> measured over counted. A plan that was never tried is as far off as the others were."""
        found: dict[str, float] = {}
        for plan in plans.PLANS if self._library is not None else ():
            assert self._library is not None
            ratios = [
                peak / counted for counted, peak in self._library.measured(_base(entry), card, _part(plan)) if counted
            ]
            if ratios:
                found[plan.name] = median(ratios)
        usual = median(found.values()) if found else 1.0
        return {plan.name: found.get(plan.name, max(1.0, usual)) for plan in plans.PLANS}

    def _on_cpu(self, entry: CatalogEntry, recipe: Recipe) -> Decision:
        needed = plans.need_on_cpu(entry, recipe.width, recipe.height, recipe.frames, recipe.guidance)
        there = memory.used() + memory.free()
        fits = needed <= there * plans.SPARE
        advice = (
            ""
            if fits
            else (
                f"{entry.title} needs about {_gb(needed)} of memory without a graphics card, and {_gb(there)} are there"
            )
        )
        return Decision(None, needed, there, fits, None, advice)


def checked(name: str) -> str:
    """A plan's name, or "auto". Raises ShotError that names those there are."""
    if name != AUTO:
        try:
            plans.named(name)
        except RequestError as error:
            raise ShotError("plan", name, f"plan {name[:40]!r} is not known: {error.reason}", AUTO) from None
    return name


def check_ways(shot: Shot, entry: CatalogEntry) -> None:
    """Raise ShotError for a plan, a development or compiling that is not known, or that this model cannot have."""
    plan = checked(shot.plan)
    if shot.develop not in (AUTO, *DEVELOP):
        message = f"develop {shot.develop[:40]!r} is not known: use {' or '.join(DEVELOP)}"
        raise ShotError("develop", shot.develop, message, "full")
    alone = not plans.has_plans(entry)
    if shot.develop == "fast" and alone:
        message = f"{entry.title} has one way to develop a clip, and it is quick already: leave develop out"
        raise ShotError("develop", "fast", message, "full")
    if shot.develop == "fast" and TINY not in entry.parts:
        where = f"python -m studio models download {_base(entry)}"
        message = f"the small autoencoder of {entry.title} is not here: {where} fetches it; or develop in full"
        raise ShotError("develop", "fast", message, "full")
    if shot.compiled and (alone or (plan != AUTO and plans.named(plan).streamed)):
        why = "is quick without" if alone else "is not compiled while its blocks are streamed: choose another plan"
        raise ShotError("compile", True, f"{entry.title} {why}: leave compile out", False)


def kept(decision: Decision, shot: Shot, entry: CatalogEntry, *, fast: bool, compiled: bool) -> Kept:
    """How a model is loaded for a shot that was decided on; `fast` and `compiled` are what its owner settled.

    Only what will really be done is said: a clip is developed fast where the small autoencoder is there, and blocks are
    compiled where they stay on the device.
    """
    fast = fast if shot.develop == AUTO else shot.develop == "fast"
    compiled = compiled if shot.compiled is None else shot.compiled
    streamed = decision.plan is not None and decision.plan.streamed
    return Kept(decision.plan, fast_decode=fast and TINY in entry.parts, compiled=compiled and not streamed)


def require(decision: Decision | None) -> None:
    """Raises ModelsError before a model is loaded that this machine cannot hold without a card: it would be killed."""
    if decision is not None and decision.plan is None and not decision.fits:
        raise ModelsError(f"{decision.advice}: shoot smaller, or with a smaller model")


def out_of_memory(plan: Plan | None) -> tuple[str, str | None]:
    """What to say when memory ran out, and the plan to go on with (None: there is no smaller one)."""
    if plan is None:
        return "There is not enough memory for this shot: make it smaller or shorter.", None
    below = plans.below(plan.name)
    if below is None:
        return f"Out of memory with the smallest plan ({plan.title}): make the shot smaller or shorter.", None
    return f"Out of memory ({plan.title}). Retry goes on with the next smaller plan: {below.title}.", below.name


def _advice(entry: CatalogEntry, found: Choice, free: tuple[int, int]) -> str:
    if found.fits:
        return ""
    need = found.need
    if need.device > free[0] * plans.SPARE:
        return f"{entry.title} needs {_gb(need.device)} of the card, and {_gb(free[0])} are free there"
    return f"{entry.title} needs {_gb(need.host)} of the computer's memory, and {_gb(free[1])} are free"


def _base(entry: CatalogEntry) -> str:
    return entry.name.split(":", 1)[0]


def _part(plan: Plan) -> str:
    return f"plan {plan.name}"


def _gb(count: float) -> str:
    return f"{count / 1e9:.1f} GB"
