"""The policy at work in a studio: words and given pictures together, the finished clip, and the log of what was said.

Every way in comes through here (`Base.check`, `Films.check_film`, and a render's output check), once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from studio import media
from studio.errors import MediaError, SettingsError, ShotError, StudioError
from studio.leaving import whole_clip
from studio.policy import Decision, Mode, PolicyRequest, audit, check_request, config, messages, pictures
from studio.policy.classifier import Unavailable
from studio.recipe import Recipe
from studio.settings import Settings

log = logging.getLogger(__name__)

CONFIG = "policy.toml"
MOST_REMARK = 1000  # characters
CLOSED_WORLDS = frozenset({"storybook"})  # they draw what this project's own renderer drew, and nobody undressed
_NUDITY = {"local": 0.6, "strict": 0.5}
_LOOKED_AT = 9  # frames of a given clip
_SECONDS_APART = 0.5  # between the frames of a finished clip that are looked at
_SEVERITY = config.SEVERITY


MadeOf = Callable[[str], Recipe | None]
"""From the SHA-256 of a file to the recipe of the take that it is or is a still of; None for all others."""


def gate(settings: Settings) -> Gate:
    """The policy of a studio. Raises SettingsError where its policy.toml cannot be used."""
    try:
        return Gate(settings.home, settings.mode, settings.home / "takes")
    except config.PolicyConfigError as error:
        raise SettingsError(str(error)) from None


class Gate:
    """The policy of one studio. `ours` is the folder of its own takes, whose faces need no question."""

    def __init__(self, home: Path, mode: Mode, ours: Path) -> None:
        self.mode, self._ours = mode, ours
        self.config = config.load(home / CONFIG)
        self.audit = audit.Audit(home / "policy", self.config.keep_days, store_text=self.config.store_text)

    def decide(self, request: PolicyRequest) -> Decision:
        """What may happen with words and pictures together; what is not a plain yes is written down."""
        found = check_request(request, self.mode, self.config)
        if found.action != "block" and request.images:
            seen = self._look(request.images, request.consent)
            found = max(found, seen, key=lambda decision: _SEVERITY.index(decision.action))
            if "face" in (seen.category or "") and found.category in ("real_person", "private_person", "deception"):
                found = replace(found, action="block", rewritten=None, message=messages.blocked("uploaded_face"))
        if found.action != "allow":
            self._note(found, "\n".join([request.prompt, *request.shots, request.title]).strip())
        return found

    def release(self, clip: Path, recipe: Recipe, made_of: MadeOf = lambda sha256: None) -> None:
        """The output check: the clip is whole, and nothing in it is against the policy. Raises StudioError.

        A model of a closed world that was given nothing from outside can show nothing else: there the look would only
        err. `made_of` says how a given file of this studio's own was made.
        """
        whole_clip(clip, recipe)
        if _closed(recipe, made_of):
            return
        action = self.config.action("sexual", self.mode)
        if action in ("allow", "warn"):
            return
        every = max(1, round(recipe.fps * _SECONDS_APART))
        try:
            frames = (frame for part in media.stream_clip(clip) for frame in part)
            score = pictures.worst(frame for index, frame in enumerate(frames) if index % every == 0)
        except Unavailable as error:
            if self.mode == "strict":
                raise StudioError(messages.unavailable()) from error
            log.warning("the finished clip was not looked at: %s", error)
            return
        if score >= _NUDITY[self.mode]:
            self._note(Decision("block", "sexual", "output"), recipe.prompt)
            raise StudioError(messages.output_blocked())

    def appeal(self, text: str, remark: str) -> None:
        """Write down that somebody calls a decision a mistake.

        Raises ShotError for a remark that is none, StudioError where it cannot be written.
        """
        said = remark.strip()
        if not 0 < len(said) <= MOST_REMARK:
            raise ShotError("remark", len(said), f"Say in 1 to {MOST_REMARK} characters what is wrong with the answer.")
        try:
            self.audit.appeal(text, said, self.mode)
        except OSError as error:
            raise StudioError(f"The remark could not be written down: {error.strerror or error}.") from error

    def _note(self, decision: Decision, text: str) -> None:
        try:
            self.audit.note(decision, text, self.mode)
        except OSError as error:
            log.warning("the audit log cannot be written: %s", error)

    def _look(self, given: Iterable[Path], consent: bool) -> Decision:
        decisions = [self._look_at(path, consent) for path in given]
        return max(decisions, key=lambda decision: _SEVERITY.index(decision.action), default=Decision("allow"))

    def _look_at(self, path: Path, consent: bool) -> Decision:
        try:
            stamp = path.stat()
            nudity, faces = _seen(path, stamp.st_mtime_ns, stamp.st_size)
        except Unavailable as error:
            if self.mode == "strict":
                return Decision("block", "unavailable", "image", message=messages.unavailable())
            return Decision("warn", "unavailable", "image", message=messages.words_only(str(error)))
        except (OSError, MediaError):
            return Decision("allow", None, "image")  # whoever opens it next says what is wrong with it
        action = self.config.action("sexual", self.mode)
        if nudity >= _NUDITY[self.mode] and action != "allow":
            return Decision(action, "sexual", "image", message_id="sexual", message=messages.picture("sexual"))
        if not faces or path.is_relative_to(self._ours) or self.config.faces[self.mode] == "allow":
            return Decision("allow", None, "image")
        if self.config.faces[self.mode] == "block":
            asked = "uploaded_face"
        else:
            asked = "consented" if consent else "consent"
        action = "warn" if asked == "consented" else "block"
        return Decision(action, "uploaded_face", "image", message_id=asked, message=messages.picture(asked))


def _closed(recipe: Recipe, made_of: MadeOf) -> bool:
    """Whether all of a clip is of a closed world: it, and every take that it was made of."""
    if recipe.model not in CLOSED_WORLDS:
        return False
    given = [anchor.sha256 for anchor in recipe.anchors]
    given += [parent.sha256 for parent in (() if recipe.work is None else recipe.work.parents)]
    return all((made := made_of(sha256)) is not None and _closed(made, made_of) for sha256 in given)


@lru_cache(maxsize=256)
def _seen(path: Path, changed: int, size: int) -> tuple[float, int]:
    """The highest nudity score and the most faces of a picture or of a clip's frames."""
    if media.is_clip(path):
        frames = list(media.decode_clip(path, fps=2, limit=_LOOKED_AT))
    else:
        frames = [np.asarray(media.open_picture(path).convert("RGB"))]
    seen = [pictures.look(frame) for frame in frames]
    return max(found.nudity for found in seen), max(found.faces for found in seen)
