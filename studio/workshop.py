"""The workshop part of the Studio: tools that make a new take from one that is there."""

from __future__ import annotations

import secrets
from dataclasses import replace

from studio import direction, provenance
from studio.base import LOCAL_OWNER
from studio.desk import Desk
from studio.errors import PolicyStop, ShotError
from studio.film import Job, Shot
from studio.policy import PolicyRequest
from studio.shots import SEED_DRAW, from_recipe
from studio.tools import VARIATIONS, planning
from studio.tools.asks import DRAWN, Ask
from studio.tools.clips import Finder
from studio.tools.planning import Order, Room


class Workshop(Desk):
    """Working on clips. No take is ever changed: each piece of work is a job that becomes a new take."""

    def work(
        self, ask: Ask, *, owner: str = LOCAL_OWNER, accept_rewrite: bool = False, consent: bool = False
    ) -> Job:
        """Put a piece of work in the queue; `ask` is one of `studio.tools` (Extend, Loop, Remix, ...). What
        leads from a picture to another one is a shot.

        `consent` says that the people in a clip from outside are the artist or have agreed. Raises ShotError
        (something is wrong with what is asked), NotFound (no such take), MediaError (a clip cannot be read) or
        PolicyStop; none of them leaves anything behind.
        """
        shot = planning.between_pictures(ask, self.entry())
        if shot is not None:
            shot = replace(shot, consent=consent)
            return self.submit(shot, owner=owner, accept_rewrite=accept_rewrite)
        finder = self._finder(owner)
        with self.patience.asking(owner):
            order, notice = self._order(ask, finder, accept_rewrite, consent)
        for clip in order.clips:
            finder.keep(clip)
        return self._queued([self.library.add_job(owner, order.shot, order.recipe, notice)], owner)[0]

    def plan_work(self, ask: Ask, *, owner: str = LOCAL_OWNER) -> tuple[Order, float | None]:
        """What a piece of work comes to, and how many seconds it will take (None before anything was measured)."""
        order = planning.plan(ask, self._finder(owner), self._room)
        return order, self._estimator().total(order.recipe)

    def vary(self, take_id: str, count: int = 4, *, owner: str = LOCAL_OWNER) -> list[Job]:
        """The same shot, or the same work, with other seeds: 2, 4 or 8 jobs that belong together."""
        if count not in VARIATIONS or isinstance(count, bool):
            line = f"count {str(count)[:20]} does not work: there can be {', '.join(map(str, VARIATIONS))} variations"
            raise ShotError("count", count, line, 4)
        take = self.library.take(take_id, owner)
        work = take.recipe.work
        if work is None:
            agreed = take.recipe.anchors and self.library.job(take.job_id, owner).shot.consent
            shot = replace(from_recipe(take.recipe, self.library), seed=None, consent=bool(agreed))
            return self.submit_takes(shot, count, owner=owner)
        if work.made is None:
            raise ShotError("take", take_id, "nothing in this take was drawn by chance: vary the one it was cut from")
        shot = Shot(prompt=take.recipe.prompt, negative=take.recipe.negative, size=take.recipe.size,
                    seconds=take.recipe.seconds, model=take.recipe.model)  # fmt: skip
        notice = self._permitted(shot)
        highest = min(SEED_DRAW, self.entry(take.recipe.model).limits.seed_max)
        recipes = [replace(take.recipe, seed=secrets.randbelow(highest)) for _ in range(count)]
        orders = [(replace(shot, seed=recipe.seed), recipe) for recipe in recipes]
        return self._queued(self.library.add_jobs(owner, orders, notice, f"g{secrets.token_hex(8)}"), owner)

    def vary_seconds(self, take_id: str, *, owner: str = LOCAL_OWNER) -> float | None:
        """Seconds that one variation of a take will take on this machine; None before the first measurement."""
        return self._estimator().total(self.library.take(take_id, owner).recipe)

    def _order(self, ask: Ask, finder: Finder, accept_rewrite: bool, consent: bool) -> tuple[Order, str | None]:
        """The plan of a piece of work that the policy lets pass, and what it wants said.

        The words of the clips themselves are asked about too, and what is seen in those from outside: what is no longer
        filmed is not worked on.
        """
        order = planning.plan(ask, finder, self._room)
        outside = tuple(clip.path for clip in order.clips if not clip.parent.take)
        if outside:
            seen = self.gate.decide(PolicyRequest(order.shot.prompt, images=outside, consent=consent))
            if seen.action == "block":
                raise PolicyStop(seen)
        for clip in order.clips:
            if clip.recipe is not None and clip.recipe.prompt not in ("", order.shot.prompt):
                self._permitted(Shot(prompt=clip.recipe.prompt, negative=clip.recipe.negative))
        if not order.shot.prompt:
            return order, None
        decision = self.check(order.shot)
        if decision.action == "rewrite" and accept_rewrite and decision.rewritten and isinstance(ask, DRAWN):
            order = planning.plan(replace(ask, prompt=decision.rewritten), finder, self._room)
            decision = self.check(order.shot)
        if decision.action in ("block", "rewrite"):
            raise PolicyStop(decision)
        return order, decision.message if decision.action == "warn" else None

    def _finder(self, owner: str) -> Finder:
        return Finder(self.library, owner, lambda path: provenance.verify(path, self.identity()))

    def _room(self, model: str) -> Room:
        entry = self.entry(model)
        return Room(entry, direction.known(entry))
