"""The errors of the model package: a small tree, each with a message that fits on one line."""

from __future__ import annotations


class ModelError(Exception):
    """Something about a model is not as it should be; the message says what and how to mend it."""


class RequestError(ModelError, ValueError):
    """A request that this model cannot film.

    `field` is the name of the setting, `value` what was asked, `suggestion` the nearest value that works (None when
    there is no nearest value, as for an empty prompt). `str()` is one line made of all three.
    """

    def __init__(self, field: str, value: object, suggestion: object = None, reason: str = "") -> None:
        self.field = field
        self.value = value
        self.suggestion = suggestion
        self.reason = reason
        super().__init__(self._line())

    def _line(self) -> str:
        shown = repr(self.value)
        if len(shown) > 60:
            shown = f"{shown[:57]}..."
        line = f"{self.field} = {shown} does not work"
        if self.reason:
            line += f": {self.reason}"
        if self.suggestion is not None:
            line += f"; the nearest value that works is {self.suggestion!r}"
        return line


class WeightsError(ModelError):
    """A weights file is missing, truncated or of another model; names the file and what to do."""


class Cancelled(Exception):
    """Raised by a step hook to stop sampling before the next forward."""
