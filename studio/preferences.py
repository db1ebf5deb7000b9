"""What an owner has settled: defaults of the form, the theme, what a clip tells of its making, how the end is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from studio import planner
from studio.errors import ShotError
from studio.labels import Label
from studio.recipe import Privacy

if TYPE_CHECKING:
    from studio.library import Library

Theme = Literal["dark", "light", "system"]
Develop = Literal["full", "fast"]
Notify = Literal["off", "sound", "notice", "both"]
Switch = Literal["off", "on"]

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "theme": get_args(Theme), "privacy": get_args(Privacy), "notify": get_args(Notify), "label": get_args(Label),
    "mark": get_args(Switch), "develop": get_args(Develop), "compile": get_args(Switch),
}  # fmt: skip
MOST_TAKES = 8  # of one order


@dataclass(frozen=True)
class Preferences:
    """One owner's settings. `takes` is how many seeds one order shoots, `privacy` how much of the recipe a clip holds:
    all of it, all but the words, or only that a model made it. `label` is the visible label of a clip, `mark` whether
    its pictures hold an invisible number."""

    model: str = "storybook"
    size: str = "landscape"
    seconds: float = 4.0
    takes: int = 1
    theme: Theme = "dark"
    privacy: Privacy = "full"
    notify: Notify = "off"
    plan: str = "auto"
    develop: Develop = "full"
    compile: Switch = "off"
    label: Label = "off"
    mark: Switch = "off"


def of_owner(library: Library, owner: str, shared: bool) -> Preferences:
    """What holds for an owner: what was settled, and the defaults of a studio at home or of one for all."""
    settled = json.loads(library.preferences(owner))
    known = {field.name for field in fields(Preferences)}
    return replace(_defaults(shared), **{name: value for name, value in settled.items() if name in known})


def settle(library: Library, owner: str, shared: bool, changes: Mapping[str, Any]) -> Preferences:
    """Keep changes. Raises ShotError that names the field."""
    checked = {name: _checked(name, changes[name]) for name in changes}
    library.change_preferences(owner, lambda settled: {**settled, **checked})
    return of_owner(library, owner, shared)


def _defaults(shared: bool) -> Preferences:
    return Preferences(privacy="no-prompt" if shared else "full")


def _checked(name: str, value: Any) -> Any:
    choices = _CHOICES.get(name)
    default = asdict(Preferences()).get(name)
    if default is None:
        raise ShotError(name, value, f"there is no setting {name[:40]!r}")
    if choices is not None and value not in choices:
        raise ShotError(name, value, f"{name} {str(value)[:40]!r} is not known: use {', '.join(choices)}", default)
    if name == "plan":
        return planner.checked(str(value))
    if isinstance(default, str) and not (isinstance(value, str) and 0 < len(value) <= 60):
        raise ShotError(name, value, f"{name} {str(value)[:40]!r} is not a name", default)
    if isinstance(default, (int, float)):
        return _number(name, value, default)
    return value


def _number(name: str, value: Any, default: float) -> float | int:
    low, high = {"takes": (1, MOST_TAKES), "seconds": (0.3, 3600)}[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ShotError(name, value, f"{name} {str(value)[:40]} does not work: it can be {low:g} to {high:g}", default)
    return int(value) if isinstance(default, int) else float(value)
