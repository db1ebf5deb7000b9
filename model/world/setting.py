"""What suits a place: who can be there, at which hours it can be told apart, and what may fall or rise in its air.

Pure data, so that scenes can be drawn by lot, captions written and prompts read without painting anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

HOURS_OUTSIDE = ("day", "golden", "dusk", "night", "dawn")
HOURS_INSIDE = ("day", "night")
ALWAYS = ("day",)
DARK = ("dusk", "night", "dawn")


@dataclass(frozen=True)
class Setting:
    """What suits a place.

    homes: where a subject may be at home to be here ("ground", "air", "water"); weathers and hours: ids of the
    vocabulary, of which `clear` and `day` come first where they are among them; inside: no sky above; timeless: the
    hour cannot be seen, so nobody should say it.
    """

    homes: tuple[str, ...]
    weathers: tuple[str, ...]
    hours: tuple[str, ...] = HOURS_OUTSIDE
    inside: bool = False

    @property
    def usual(self) -> str:
        """The hour that it is where nobody says otherwise."""
        return next((hour for hour in ("day", "night") if hour in self.hours), self.hours[0])

    @property
    def timeless(self) -> bool:
        """Whether all hours look the same here."""
        return len(self.hours) == 1


def _outside(*weathers: str, homes: tuple[str, ...] = ("ground", "air")) -> Setting:
    return Setting(homes, ("clear", "rain", "fog", *weathers))


def _inside(*weathers: str, hours: tuple[str, ...] = HOURS_INSIDE) -> Setting:
    return Setting(("ground", "air"), ("clear", *weathers), hours, inside=True)


_GREEN = ("snowfall", "petals", "leaves", "fireflies", "stars")
_TOWN = ("snowfall", "petals", "leaves", "confetti", "stars")

SETTINGS: Mapping[str, Setting] = MappingProxyType({
    "meadow": _outside(*_GREEN, "bubbles", "confetti"),
    "snow": _outside("snowfall", "stars"),
    "forest": _outside(*_GREEN),
    "desert": _outside("stars"),
    "beach": _outside("petals", "bubbles", "stars", "confetti"),
    "city": _outside(*_TOWN),
    "tokyo": _outside(*_TOWN),
    "reef": Setting(("water",), ("clear", "bubbles"), ALWAYS, inside=True),
    "room": _inside("bubbles", "confetti"),
    "space": Setting(("ground", "air"), ("clear", "stars"), ALWAYS, inside=True),
    "village": _outside(*_GREEN, "confetti"),
    "jungle": _outside("petals", "leaves", "fireflies"),
    "ocean": _outside("snowfall", "stars", homes=("water", "air")),
    "river": _outside(*_GREEN, homes=("ground", "air", "water")),
    "farm": _outside(*_GREEN),
    "neon": Setting(("ground", "air"), ("clear", "rain", "fog", "snowfall", "petals", "confetti"), ("night", "dusk")),
    "harbour": _outside("snowfall", "stars", "confetti", homes=("ground", "air", "water")),
    "park": _outside(*_GREEN, "bubbles", "confetti"),
    "zoo": _outside(*_TOWN, "bubbles"),
    "gallery": _inside("confetti", "stars"),
    "kitchen": _inside("bubbles"),
    "library": _inside("stars"),
    "stage": _inside("confetti", "petals", "stars", "bubbles", hours=ALWAYS),
    "sky": Setting(("air",), ("clear", "rain", "snowfall", "petals", "stars")),
    "volcano": Setting(("ground", "air"), ("clear", "rain", "fog"), HOURS_OUTSIDE),
    "castle": _outside(*_TOWN, "fireflies"),
    "cave": _inside("fireflies", "fog", hours=ALWAYS),
})  # fmt: skip

WEATHER_HOURS: Mapping[str, tuple[str, ...]] = MappingProxyType({"fireflies": DARK, "stars": DARK})


def weathers(place: str, time: str | None = None) -> tuple[str, ...]:
    """The weathers that suit a place, at an hour if one is given; where every hour looks the same, any will do."""
    setting = SETTINGS[place]
    if time is None or setting.inside:
        return setting.weathers
    return tuple(w for w in setting.weathers if time in WEATHER_HOURS.get(w, HOURS_OUTSIDE))
