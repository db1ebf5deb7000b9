"""What can go wrong in the studio, as one small tree: every message is one line a person can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.policy import Decision


class StudioError(Exception):
    """The studio cannot do what was asked; `str()` is one plain line."""


class ShotError(StudioError):
    """A field of a shot is wrong.

    `field` names it as the page does, `value` is what was given, `suggestion` the nearest value that works (or None).
    """

    def __init__(self, field: str, value: object, message: str, suggestion: object = None) -> None:
        super().__init__(message)
        self.field = field
        self.value = value
        self.message = message
        self.suggestion = suggestion


class FilmError(ShotError):
    """Something in a film is wrong; `line` is where it stands in its file (0: it is not from a file)."""

    def __init__(self, field: str, value: object, message: str, line: int = 0, suggestion: object = None) -> None:
        super().__init__(field, value, message, suggestion)
        self.line = line
        self.shot = ""  # the id of the shot it is about


class PolicyStop(StudioError):
    """The policy stopped a shot; `decision` says why, and holds the rewritten prompt where there is one."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.message)
        self.decision = decision


class MediaError(StudioError):
    """A picture or a clip cannot be read or written."""


class DiskFull(MediaError):
    """There is no room left where the studio writes."""


class ModelsError(StudioError):
    """A model cannot be fetched, pointed to or removed; nothing that was whole was changed."""


class RecipeError(StudioError):
    """A text that should be a recipe is not one."""


class FilmFound(RecipeError):
    """A clip that should be a shot is a finished film."""


class NotFound(StudioError):
    """There is no such job or take, or it belongs to someone else: the two are not told apart."""


class Conflict(StudioError):
    """It is too late for this, or something else stands against it: the line says what."""


class LibraryError(StudioError):
    """The library's database cannot be read or written just now; nothing in it was changed."""


class SettingsError(StudioError):
    """The studio cannot start with these settings."""
