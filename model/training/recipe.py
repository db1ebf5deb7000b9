"""Training presets: what the world shows, how large the models are, how long they train. One name sets everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from model.world.scene import SceneOptions

FIRST_CAST = (
    "fox", "wolf", "dog", "cat", "lion", "tiger", "horse", "unicorn", "zebra", "deer", "cow", "pig", "sheep", "giraffe",
    "elephant", "mammoth", "rabbit", "bear", "panda", "frog", "turtle", "dinosaur", "t_rex", "dragon", "monkey",
    "rooster", "penguin", "owl", "flamingo", "parrot", "butterfly", "bee", "tropical_fish", "shark", "whale", "octopus",
    "crab", "bus", "car", "train", "bicycle", "sailboat", "rocket", "balloon", "candle", "lantern", "snowman",
    "pumpkin", "teddy", "robot", "ghost", "alien", "fluffy_monster", "mushroom", "sunflower", "astronaut", "wizard",
    "woman", "man", "dancer",
)  # fmt: skip
FIRST_STYLES = ("3d", "papercraft", "watercolour", "pencil", "crayon", "pixel", "film_bw")
FIRST_ACTIONS = ("stand", "walk", "run", "jump", "dance", "spin", "fly", "swim", "float", "drive", "sail")
FIRST_CAMERAS = ("static", "pan_left", "pan_right", "zoom_in", "zoom_out", "tracking")
FIRST_WEATHERS = ("clear", "rain", "snowfall", "fog", "petals", "leaves", "bubbles")


@dataclass(frozen=True)
class WorldPreset:
    """What training scenes show. knows: ids by kind, None for all; the rest as in SceneOptions."""

    knows: Mapping[str, tuple[str, ...]] | None
    variety: float
    spread: float
    extras: float
    cuts: float
    pool: int
    framings: Mapping[str, float]
    styled: float = 0.1


_ALL_FRAMINGS: Mapping[str, float] = MappingProxyType({"close": 0.4, "medium": 0.4, "wide": 0.2})

PRESETS: Mapping[str, WorldPreset] = MappingProxyType(
    {
        # The autoencoder sees everything, however the transformer is trained.
        "everything": WorldPreset(None, 0.8, 1.0, 0.25, 0.1, 10, _ALL_FRAMINGS),
        # What two CPU cores can learn in some hours: an eighth of the cast, alone, large, near the middle.
        "cpu": WorldPreset(
            MappingProxyType(
                {
                    "subject": FIRST_CAST,
                    "style": FIRST_STYLES,
                    "action": FIRST_ACTIONS,
                    "camera": FIRST_CAMERAS,
                    "weather": FIRST_WEATHERS,
                    "framing": ("close", "medium"),
                }
            ),
            variety=0.1,
            spread=0.3,
            extras=0.0,
            cuts=0.0,
            pool=6,
            framings=MappingProxyType({"close": 0.6, "medium": 0.4}),
            styled=0.18,
        ),
        # What a GPU is for.
        "gpu": WorldPreset(None, 0.6, 1.0, 0.12, 0.08, 1_000_000_000, _ALL_FRAMINGS),
    }
)


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
        styled=world.styled,
    )  # fmt: skip
