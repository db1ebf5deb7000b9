"""Training presets: what the world shows, how large the models are, how long they train. One name sets everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from model.world.scene import Scene, SceneOptions

FIRST_CAST = (
    "fox", "dog", "cat", "lion", "tiger", "elephant", "mammoth", "giraffe", "rabbit", "panda", "penguin", "frog",
    "dinosaur", "butterfly", "tropical_fish", "octopus", "car", "sailboat", "rocket", "robot", "ghost",
    "fluffy_monster", "astronaut", "dancer", "woman", "red_candle", "turtle", "bear", "horse",
)  # fmt: skip
FIRST_PLACES = (
    "meadow", "snow", "forest", "desert", "beach", "city", "tokyo", "reef", "room", "space", "village", "ocean", "neon",
    "castle", "zoo",
)  # fmt: skip
FIRST_ACTIONS = ("stand", "walk", "run", "jump", "dance", "spin", "fly", "swim", "float", "drive", "sail")
FIRST_CAMERAS = ("static", "pan_left", "pan_right", "zoom_in", "zoom_out", "tracking")
FIRST_WEATHERS = ("clear", "rain", "snowfall", "fog", "petals")
FIRST_TIMES = ("day", "golden", "dusk", "night")


@dataclass(frozen=True)
class WorldPreset:
    """What training scenes show. knows: ids by kind, None for all; airless: weather is its light, its clouds and what
    it leaves on the ground, without what falls; the rest as in SceneOptions."""

    knows: Mapping[str, tuple[str, ...]] | None
    variety: float
    spread: float
    extras: float
    cuts: float
    pool: int
    framings: Mapping[str, float]
    styled: float = 0.1
    calm: float = 0.45
    nobody: float = 0.0
    airless: bool = False
    related: float = 0.0
    crowds: float = 0.0
    thirds: float = 0.0


# Whom a judge of everything else tells apart: the first cast, and whom people ask for besides.
WATCHED_CAST = (
    *FIRST_CAST,
    "wolf", "zebra", "unicorn", "deer", "cow", "pig", "sheep", "camel", "mouse", "squirrel", "hedgehog", "kangaroo",
    "koala", "crocodile", "dragon", "snail", "ladybird", "monkey", "gorilla", "owl", "duck", "flamingo", "parrot",
    "chick", "eagle", "bee", "bat", "shark", "dolphin", "whale", "jellyfish", "crab", "bus", "taxi", "train", "tractor",
    "bicycle", "helicopter", "ufo", "fire_engine", "aeroplane", "balloon", "lantern", "teapot", "snowman", "pumpkin",
    "teddy", "cake", "pizza", "ice_cream", "sunflower", "fir_tree", "man", "boy", "girl", "chef", "firefighter",
    "grandmother", "wizard", "witch", "king", "princess", "mermaid", "fairy", "santa", "ninja", "alien",
)  # fmt: skip


_ALL_FRAMINGS: Mapping[str, float] = MappingProxyType({"close": 0.4, "medium": 0.4, "wide": 0.2})

_FIRST = WorldPreset(
    MappingProxyType(
        {
            "subject": FIRST_CAST,
            "place": FIRST_PLACES,
            "time": FIRST_TIMES,
            "weather": FIRST_WEATHERS,
            "action": FIRST_ACTIONS,
            "camera": FIRST_CAMERAS,
            "framing": ("close", "medium"),
            "style": ("3d", "papercraft"),
        }
    ),
    variety=0.1,
    spread=0.06,
    extras=0.0,
    cuts=0.0,
    pool=6,
    framings=MappingProxyType({"close": 0.75, "medium": 0.25}),
    styled=0.16,
    calm=0.6,  # drops and flakes over everything are noise to learn through
)


def _under(weathers: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({"weather": weathers, "camera": FIRST_CAMERAS})


_SETS = replace(
    _FIRST,
    knows=_under(("clear", "fog")),
    framings=MappingProxyType({"close": 0.6, "medium": 0.4}),
    styled=0.25,
    calm=0.9,
    nobody=0.45,
)

PRESETS: Mapping[str, WorldPreset] = MappingProxyType(
    {
        # The autoencoder sees everything, however the transformer is trained.
        "everything": WorldPreset(None, 0.8, 1.0, 0.25, 0.1, 10, _ALL_FRAMINGS),
        # What two CPU cores can learn in some hours: a sixteenth of the cast, alone, large, near the middle.
        "cpu": _FIRST,
        # The same with everybody: for a model that is shown who it is about and need not know them by heart.
        "cast": replace(_FIRST, knows={k: v for k, v in (_FIRST.knows or {}).items() if k != "subject"}),
        # The places of that with nobody in them.
        "places": replace(_FIRST, nobody=1.0),
        # Everything that a set can show, in every style; weather is staged, and so are camera and framing.
        "sets": _SETS,
        # The same under clouds: rain and snow without a drop or a flake, which are staged.
        "skies": replace(_SETS, knows=_under(("rain", "snowfall")), calm=0.0, airless=True),
        # Nobody anywhere, seen straight on: what a set is.
        "empty": replace(
            _SETS, knows={"weather": ("clear", "fog", "rain", "snowfall"), "camera": ("static",)}, calm=0.5,
            styled=0.2, nobody=1.0, airless=True,
        ),
        # What a transformer learns from those three.
        "stage": replace(_SETS, knows=_under(("clear", "fog", "rain", "snowfall")), calm=0.5, airless=True),
        # What the judge learns from besides `cpu`: every place, hour, weather, style and move, one, two or many of the
        # watched cast, and cuts. Few paintings of each place, so that all can be kept.
        "watched": WorldPreset(
            MappingProxyType({"subject": WATCHED_CAST}),
            0.25,
            0.4,
            0.0,
            0.18,
            4,
            MappingProxyType({"close": 0.5, "medium": 0.32, "wide": 0.18}),
            styled=0.4,
            calm=0.35,
            related=0.22,
            crowds=0.12,
            thirds=0.45,
        ),
        # What a GPU is for.
        "gpu": WorldPreset(None, 0.6, 1.0, 0.12, 0.08, 1_000_000_000, _ALL_FRAMINGS),
    }
)


def within(scene: Scene, world: WorldPreset) -> bool:
    """Whether a scene shows nothing that a preset leaves out; a cache may be wider than the preset trained with."""
    knows = world.knows or {}
    return all(
        shown in knows.get(kind, (shown,))
        for shot in scene.shots
        for kind, shown in (
            ("place", shot.place), ("time", shot.time), ("weather", shot.weather), ("camera", shot.camera),
            ("framing", shot.framing), ("style", shot.style),
            *(("subject", actor.instance.subject) for actor in shot.actors),
            *(("action", actor.action) for actor in shot.actors),
        )
    )  # fmt: skip


def preset(name: str) -> WorldPreset:
    """A preset by name; KeyError says which there are."""
    if name not in PRESETS:
        raise KeyError(f"no preset {name!r}; one of: {', '.join(PRESETS)}")
    return PRESETS[name]


def options_of(world: WorldPreset, frames: int) -> SceneOptions:
    """Scene options of a preset for clips of so many frames."""
    return SceneOptions(
        knows=world.knows, variety=world.variety, spread=world.spread, extras=world.extras,
        cuts=world.cuts if frames > 8 else 0.0, frames=frames, pool=world.pool, framings=world.framings,
        styled=world.styled, calm=world.calm, nobody=world.nobody, related=world.related, crowds=world.crowds,
        thirds=world.thirds,
    )  # fmt: skip
