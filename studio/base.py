"""What the parts of the Studio have in common, and what is asked of a shot before anything else."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from model.catalog import CatalogEntry
from studio import direction, shots, words
from studio.direction import Direction
from studio.engines import Engine
from studio.errors import PolicyStop
from studio.estimate import Estimator
from studio.film import Shot
from studio.library import Library
from studio.models import Models
from studio.patience import Patience
from studio.policing import Gate, gate
from studio.policy import Decision, PolicyRequest
from studio.provenance import Identity
from studio.recipe import Recipe
from studio.settings import Settings

if TYPE_CHECKING:
    from model.world.understand import Understanding
    from studio.expanding import Expansion

LOCAL_OWNER = "local"
COMMAND_LINE = "command-line"  # in place of a film's id, where none is kept


class Base:
    """A studio's settings, library and engine."""

    settings: Settings
    library: Library
    models: Models
    _engine: Engine
    _identity: Identity | None

    def entry(self, model: str = "storybook") -> CatalogEntry:
        """What the catalogue says of a model. Raises ShotError for an unknown name."""
        return shots.entry(model, self.settings.models, self.models)

    def check(self, shot: Shot) -> Decision:
        """What the policy says of a shot, without submitting it."""
        request = PolicyRequest(
            prompt=shot.prompt, negative=shot.negative, images=shot.pictures(), consent=shot.consent
        )
        return self.gate.decide(request)

    def appeal(self, text: str, remark: str) -> None:
        """Write down, on this machine, that somebody calls what the policy said of a text a mistake.

        Raises ShotError for a remark that is none, StudioError where it cannot be written.
        """
        self.gate.appeal(text, remark)

    def understand(self, prompt: str, model: str = "storybook") -> Understanding:
        """What a model can film of a prompt, word by word, and what it cannot."""
        from model.world.understand import understand

        return understand(prompt, direction.known(self.entry(model)))

    def expand(self, prompt: str, chosen: Direction, model: str = "storybook", turn: int = 0) -> Expansion:
        """The prompt in film language that a model hears. Raises ShotError for one that is too long to add to."""
        from studio.expanding import expand

        entry = self.entry(model)
        knows = direction.known(entry)
        typed = words.optional("prompt", prompt, entry.limits.max_prompt_chars)
        return expand(typed, direction.check(chosen, knows), knows, max(0, turn))

    @cached_property
    def gate(self) -> Gate:
        """The policy at work: words, pictures, finished clips, and its log. Raises SettingsError."""
        return gate(self.settings, self.library.recipe_of)

    @cached_property
    def patience(self) -> Patience:
        """Who was refused how often on a public host."""
        return Patience(strict=self.settings.mode == "strict")

    def identity(self) -> Identity:
        """Who this studio signs as; made at first use."""
        if self._identity is None:
            self._identity = Identity.load_or_create(self.library.keys)
        return self._identity

    def _estimator(self) -> Estimator:
        return Estimator(self.library, self.settings.threads)

    def _plan(self, shot: Shot) -> shots.Plan:
        entry = self.entry(shot.model)
        return shots.plan(shot, entry, direction.known(entry))

    def _permitted(self, shot: Shot) -> str | None:
        """What the policy wants said of a shot that is to be made as it stands. Raises PolicyStop."""
        if not shot.prompt:
            return None  # the words were left out of its clip
        decision = self.check(shot)
        if decision.action in ("block", "rewrite"):
            raise PolicyStop(decision)
        return decision.message if decision.action == "warn" else None

    def _as_rendered(self, recipe: Recipe) -> None:
        """The prompt as the model will be given it, where that is not what was written. Raises PolicyStop."""
        if recipe.rendered_prompt != recipe.prompt:
            decision = self.gate.decide(PolicyRequest(recipe.rendered_prompt, recipe.negative))
            if decision.action in ("block", "rewrite"):
                raise PolicyStop(replace(decision, rewritten=None, spans=()))

    def _allowed(self, shot: Shot, accept_rewrite: bool) -> tuple[shots.Plan, str | None]:
        """A shot's plan with its given files kept, and what is to be said of it. Raises ShotError or PolicyStop."""
        plan = self._plan(shot)
        decision = self.check(plan.shot)
        if decision.action == "rewrite" and accept_rewrite and decision.rewritten:
            plan = self._plan(replace(plan.shot, prompt=decision.rewritten))
            decision = self.check(plan.shot)
        if decision.action in ("block", "rewrite"):
            raise PolicyStop(decision)
        self._as_rendered(plan.recipe)
        warned = decision.message if decision.action == "warn" else ""
        said = (warned, shots.remark(plan.recipe, self.entry(shot.model)))
        return plan.kept(self.library), " ".join(line for line in said if line) or None
