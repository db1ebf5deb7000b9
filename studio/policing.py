"""The policy at work in a studio: words and given pictures together, the finished clip, and the log of what was said.

Every way in comes through here (`Base.check`, `Films.check_film`, what is given or brought in with a film, and a
render's output check), once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np

from studio import media
from studio.errors import MediaError, PolicyStop, SettingsError, ShotError, StudioError
from studio.inputs import sha256_of
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
_MOST_LOOKS = 48  # at frames of a given clip: two a second, of a longer one so many all over it
_SECONDS_APART = 0.5  # between the frames of a clip that are looked at
_SEVERITY = config.SEVERITY


MadeOf = Callable[[str], Recipe | None]
"""From the SHA-256 of a file to the recipe of the take that it is or is a still of; None for all others."""


def gate(settings: Settings, made_of: MadeOf = lambda sha256: None) -> Gate:
    """The policy of a studio. Raises SettingsError where its policy.toml cannot be used."""
    try:
        return Gate(settings.home, settings.mode, settings.home / "takes", made_of)
    except config.PolicyConfigError as error:
        raise SettingsError(str(error)) from None


class Gate:
    """The policy of one studio. Faces in its own takes (in the folder `ours`), and in what `made_of` knows by its
    content to be a take or a still of one, need no question."""

    def __init__(self, home: Path, mode: Mode, ours: Path, made_of: MadeOf = lambda sha256: None) -> None:
        self.mode, self._ours, self._made_of = mode, ours, made_of
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

    def admit(self, path: Path) -> None:
        """Whether a given picture or clip may be kept. Raises PolicyStop.

        Somebody who may agree to be shown is asked about when something is made of it.
        """
        if self._is_ours(path):
            return
        found = self._look_at(path, consent=True)
        if found.action == "block":
            self._note(found, "")
            raise PolicyStop(found)

    def bring(self, clip: Path, recipe: Recipe, *, known: bool, consent: bool) -> None:
        """Whether a take that came with a film may be kept: its words, and what is seen in it. Raises PolicyStop.

        `known` says that this studio signed the very clip: then it was looked at when it was made.
        """
        words = (recipe.prompt, recipe.rendered_prompt)
        images = () if known else (clip,)
        request = PolicyRequest("", recipe.negative, shots=tuple(dict.fromkeys(words)), images=images, consent=consent)
        found = self.decide(request)
        if found.action in ("block", "rewrite"):
            told = messages.brought(found.category or "", found.message_id or "", seen=found.stage == "image")
            raise PolicyStop(replace(found, action="block", rewritten=None, spans=(), shot=None, message=told))

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
            nudity, faces = _seen(_Content(sha256_of(path), path))
        except Unavailable as error:
            if self.mode == "strict":
                return Decision("block", "unavailable", "image", message=messages.unavailable())
            return Decision("warn", "unavailable", "image", message=messages.words_only(str(error)))
        except (OSError, MediaError):
            return Decision("allow", None, "image")  # whoever opens it next says what is wrong with it
        action = self.config.action("sexual", self.mode)
        if nudity >= _NUDITY[self.mode] and action != "allow":
            return Decision(action, "sexual", "image", message_id="sexual", message=messages.picture("sexual"))
        if not faces or self.config.faces[self.mode] == "allow" or self._is_ours(path):
            return Decision("allow", None, "image")
        if self.config.faces[self.mode] == "block":
            asked = "uploaded_face"
        else:
            asked = "consented" if consent else "consent"
        action = "warn" if asked == "consented" else "block"
        return Decision(action, "uploaded_face", "image", message_id=asked, message=messages.picture(asked))


    def _is_ours(self, path: Path) -> bool:
        """Whether a file is a take of this studio's or was made here, whatever it is called now."""
        try:
            return path.is_relative_to(self._ours) or self._made_of(sha256_of(path)) is not None
        except OSError:
            return False  # whoever opens it next says what is wrong with it


def _closed(recipe: Recipe, made_of: MadeOf) -> bool:
    """Whether all of a clip is of a closed world: it, and every take that it was made of."""
    if recipe.model not in CLOSED_WORLDS:
        return False
    given = [anchor.sha256 for anchor in recipe.anchors]
    given += [parent.sha256 for parent in (() if recipe.work is None else recipe.work.parents)]
    return all((made := made_of(sha256)) is not None and _closed(made, made_of) for sha256 in given)


@dataclass(frozen=True)
class _Content:
    """A file by its content: the same bytes at another place need not be looked at again."""

    sha256: str
    path: Path = field(compare=False)


@lru_cache(maxsize=256)
def _seen(content: _Content) -> tuple[float, int]:
    """The highest nudity score and the most faces of a picture or of a clip's frames."""
    seen = [pictures.look(frame) for frame in _frames(content.path)]
    if not seen:
        raise MediaError(f"{content.path.name}: no picture could be read from this clip")
    return max(found.nudity for found in seen), max(found.faces for found in seen)


def _frames(path: Path) -> Iterator[pictures.Picture]:
    """The frames that are looked at: the picture, or those all over a clip."""
    if not media.is_clip(path):
        yield np.asarray(media.open_picture(path).convert("RGB"))
        return
    seconds = media.probe(path).seconds or 0.0
    rate = min(1 / _SECONDS_APART, _MOST_LOOKS / max(seconds, 1.0))
    if media.is_container(path):
        streamed = (frame for part in media.stream_clip(path, fps=rate, at_once=4) for frame in part)
        yield from islice(streamed, _MOST_LOOKS)
    else:
        yield from media.decode_clip(path, fps=rate, limit=_MOST_LOOKS)
