"""What happens when the artist shoots: the form becomes a shot, the studio takes it or says what is wrong and where."""

from __future__ import annotations

import json
import logging
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr

from model.errors import ModelError
from model.world.understand import understand
from studio import direction
from studio.core import Studio
from studio.errors import PolicyStop, RecipeError, ShotError, StudioError
from studio.film import Shot
from studio.policy import Decision
from studio.ui import examples, markup
from studio.ui.form import Form, Values
from studio.ui.owner import owner_of

_log = logging.getLogger(__name__)

Updates = dict[Any, Any]

_NO_OWNER = "This browser has no key to the studio yet. Reload the page; if that does not help, allow its cookie."


@dataclass(frozen=True)
class PolicyPanel:
    """What the policy says, under the prompt; `rewritten` is the wording it offers, `original` what was typed."""

    box: gr.Column
    said: gr.HTML
    accept: gr.Button
    edit: gr.Button
    undo: gr.Button
    rewritten: gr.State
    original: gr.State


@dataclass(frozen=True)
class Action:
    """The foot of the script column: the one action and its opposite.

    `job` carries the job that was just made, and `kept` the last shot's words, to the page's own script.
    """

    shoot: gr.Button
    stop: gr.Button
    job: gr.Textbox
    kept: gr.Textbox


@dataclass(frozen=True)
class Shooting:
    """The handlers of the Shoot page. Every one of them authorises and checks for itself."""

    studio: Studio
    form: Form
    policy: PolicyPanel
    action: Action
    cache: Path

    def shoot(self, values: Values, request: gr.Request) -> Updates:
        """Shoot what the form says."""
        return self._submit(values, request, accept_rewrite=False)

    def shoot_rewritten(self, values: Values, request: gr.Request) -> Updates:
        """Shoot the wording that the policy offered."""
        return self._submit(values, request, accept_rewrite=True)

    def edit(self, prompt: str, rewritten: str) -> Updates:
        """Put the policy's wording into the prompt; what was typed stays one click away."""
        panel = self.policy
        return {
            self.form.prompt: rewritten or prompt,
            panel.original: prompt,
            panel.undo: gr.update(visible=bool(rewritten) and rewritten != prompt),
            panel.box: gr.update(visible=False),
        }

    def back(self, original: str) -> Updates:
        """Put back what was typed."""
        return {self.form.prompt: original, self.policy.undo: gr.update(visible=False)}

    def read(self, prompt: str) -> Updates:
        """Say which words of the prompt the model can film."""
        entry = self.studio.entry()
        found = understand(prompt, direction.knowledge(entry.name, self.studio.settings.models))
        return {
            self.form.understanding: markup.understanding(found, prompt, entry.title),
            self.form.slots["prompt"]: "",
        }

    def estimate(self, values: Values) -> Updates:
        """The button, with how long the shot will take. It says nothing where the form is not right yet."""
        try:
            shot = replace(
                self.form.shot(values),
                prompt="A fox",
                direction=direction.Direction(),
                first=None,
                last=None,
                frames=(),
            )
            seconds = self.studio.estimate(shot)
        except (StudioError, ModelError):
            seconds = None
        return {self.action.shoot: gr.update(value=button_words(seconds))}

    def dice(self) -> str:
        """A new seed, short enough to be said aloud."""
        return str(secrets.randbelow(10**6))

    def restore(self, request: gr.Request) -> Updates:
        """The form as it was at the last shot of this owner. Its words only go where nothing is being typed."""
        owner = self._owner(request)
        jobs = self.studio.jobs(owner) if owner is not None else []
        if not jobs:
            return {self.action.kept: ""}
        updates = self._fill(jobs[0].shot)
        return {**updates, self.form.prompt: gr.skip(), self.action.kept: jobs[0].shot.prompt}

    def use_example(self, event: gr.EventData) -> Updates:
        """Fill the form with an example shot."""
        example = examples.named(str(event._data.get("name", "")))
        if example is None:
            return {self.form.prompt: gr.skip()}
        return self._fill(examples.fitting(example.shot, self.studio.directions()))

    def use_take(self, event: gr.EventData, request: gr.Request) -> Updates:
        """Fill the form with the recipe of a take, seed included."""
        owner = self._owner(request)
        if owner is None:
            return self._general(_NO_OWNER)
        try:
            take = self.studio.take(str(event._data.get("take", "")), owner)
            return self._fill(self.studio.shot_from(take.recipe))
        except StudioError as error:
            return self._general(str(error))

    def use_take_anew(self, event: gr.EventData, request: gr.Request) -> Updates:
        """As `use_take`, with a new seed: the same shot once more is another take."""
        updates = self.use_take(event, request)
        return {**updates, self.form.seed: self.dice()} if self.form.seed in updates else updates

    def use_recipe(self, recipe: Mapping[str, Any] | None) -> Updates:
        """Fill the form with a recipe that was read from a file: untrusted, checked on the way."""
        try:
            return self._fill(self.studio.shot_from(json.dumps(recipe or {})))
        except RecipeError as error:
            return self._general(str(error))

    def outputs(self) -> list[Any]:
        """Everything that these handlers may change."""
        form, panel = self.form, self.policy
        said = [panel.said, panel.accept, panel.edit, panel.rewritten]
        return [*self.filled_outputs(), *said, self.action.job, form.pictures, form.fine]

    def filled_outputs(self) -> list[Any]:
        """What filling the form may change."""
        return [*self.form.fields(), *self.form.slots.values(), self.policy.box, self.policy.undo]

    def _submit(self, values: Values, request: gr.Request, *, accept_rewrite: bool) -> Updates:
        owner = self._owner(request)
        if owner is None:
            return self._general(_NO_OWNER)
        try:
            job = self.studio.submit(self.form.shot(values), owner=owner, accept_rewrite=accept_rewrite)
        except ShotError as error:
            return self._wrong(error)
        except PolicyStop as stop:
            return self._stopped(stop.decision, values)
        except (StudioError, ModelError) as error:
            return self._general(str(error))
        except Exception:
            _log.exception("a shot could not be submitted")
            return self._general("The studio could not take this shot. Its log says why; nothing you typed is lost.")
        said = {self.form.slots["shot"]: markup.note(job.notice, "warn")} if job.notice else {}
        return {**self._clean(), **said, self.action.job: job.id}

    def _clean(self) -> Updates:
        """No error anywhere, no policy."""
        blank: Updates = dict.fromkeys(self.form.slots.values(), "")
        return {
            **blank,
            self.policy.box: gr.update(visible=False),
            self.policy.undo: gr.update(visible=False),
            self.action.job: "",
        }

    def _wrong(self, error: ShotError) -> Updates:
        updates = self._clean()
        updates[self.form.slot(error.field)] = markup.error(error.message)
        if error.field in ("last", "frames"):
            updates[self.form.pictures] = gr.update(open=True)
        if error.field in ("negative", "steps", "guidance"):
            updates[self.form.fine] = gr.update(open=True)
        return updates

    def _general(self, message: str) -> Updates:
        return {**self._clean(), self.form.slots["shot"]: markup.error(message)}

    def _stopped(self, decision: Decision, values: Values) -> Updates:
        """The policy's say, in the place of an error: what is the matter, and the wording that would do."""
        panel, words = self.policy, [f'<p class="policy-why" role="alert">{markup.text(decision.message)}</p>']
        # Spans and the rewritten text are of the field that decided; another wording is offered for the prompt alone.
        of_prompt = decision.stage in ("prompt", "request")
        offered = decision.rewritten if decision.action == "rewrite" and of_prompt else None
        if decision.spans and decision.stage in ("prompt", "negative"):
            field = self.form.prompt if decision.stage == "prompt" else self.form.negative
            words.append(f'<p class="policy-words">{markup.marked(values[field] or "", decision.spans)}</p>')
        if offered:
            words.append(f'<p class="policy-offer">{markup.text(offered)}</p>')
        return {
            **self._clean(),
            panel.box: gr.update(visible=True),
            panel.said: "".join(words),
            panel.accept: gr.update(visible=bool(offered)),
            panel.edit: gr.update(value="Edit" if offered else "Edit my words"),
            panel.rewritten: offered or "",
        }

    def _fill(self, shot: Shot) -> Updates:
        return {**dict.fromkeys(self.form.slots.values(), ""), **self.form.filled(self._reachable(shot))}

    def _reachable(self, shot: Shot) -> Shot:
        """The shot with its pictures copied to where the page may show them; the library's own folder stays private."""
        return replace(
            shot,
            first=self._copied(shot.first),
            last=self._copied(shot.last),
            frames=tuple(path for path in map(self._copied, shot.frames) if path is not None),
        )

    def _copied(self, path: Path | None) -> Path | None:
        if path is None or not path.is_file():
            return None
        if path.is_relative_to(self.cache):
            return path
        folder = self.cache / secrets.token_hex(16)
        folder.mkdir(parents=True, mode=0o700)
        return Path(shutil.copy(path, folder / path.name))

    def _owner(self, request: gr.Request) -> str | None:
        return owner_of(dict(request.cookies), self.studio.settings.shared)


def button_words(seconds: float | None) -> str:
    """What the primary button says."""
    if seconds is None:
        return "Shoot"
    if seconds < 90:
        return f"Shoot · about {max(1, round(seconds))} s"
    return f"Shoot · about {round(seconds / 60)} min"
