"""How those are built who are seen from head to foot: where on them a shirt ends and a boot begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Rows = tuple[float, float]


@dataclass(frozen=True)
class Build:
    """Parts of somebody's height, from the top: between which a neck is looked for, where hip, knee and ankle are, and
    in which rows their skin, what is worn above and below the hip, and their shoes are what is seen most of.
    ahead: whether their face is in the half of the head that looks to the left."""

    neck: Rows
    hip: float
    knee: float
    ankle: float
    skin: Rows
    top: Rows
    bottom: Rows
    feet: Rows
    ahead: bool = False


GROWN = Build(
    (0.12, 0.28), 0.5, 0.72, 0.9, skin=(0.05, 0.13), top=(0.26, 0.42), bottom=(0.56, 0.70), feet=(0.94, 1.0), ahead=True
)
# Of those whose body is drawn: grown-ups and children under a head, and grown-ups under a bust.
DRAWN = Build((0.34, 0.40), 0.665, 0.81, 0.95, (0.22, 0.30), (0.44, 0.58), (0.73, 0.80), (0.965, 1.0))
CHILD = Build((0.41, 0.46), 0.70, 0.83, 0.95, (0.26, 0.34), (0.50, 0.62), (0.74, 0.79), (0.965, 1.0))
BUST = Build((0.27, 0.31), 0.70, 0.83, 0.95, (0.16, 0.22), (0.38, 0.55), (0.78, 0.84), (0.965, 1.0))
_WHO: Mapping[Build, str] = {
    GROWN: "woman man walking_man_dark walking_woman_dark runner",
    DRAWN: "woman_dark woman_light woman_medium man_dark man_light man_medium redhead_woman redhead_man curly_woman "
    "curly_man bald_man blond_woman blond_man bearded_man grandfather grandmother turban_man",
    CHILD: "child boy girl boy_light girl_medium",
    BUST: "chef painter builder waving_woman waving_man singer",
}
BUILDS: Mapping[str, Build] = MappingProxyType({name: build for build, names in _WHO.items() for name in names.split()})
