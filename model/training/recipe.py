"""Training presets: what the world shows, how large the models are, how long they train. One name sets everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from model.world.scene import SceneOptions

FIRST_CAST = (
    "fox", "dog", "cat", "lion", "tiger", "elephant", "mammoth", "rabbit", "panda", "penguin", "frog", "dinosaur",
    "butterfly", "tropical_fish", "octopus", "car", "rocket", "robot", "ghost", "astronaut",
)  # fmt: skip


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


_ALL_FRAMINGS: Mapping[str, float] = MappingProxyType({"close": 0.4, "medium": 0.4, "wide": 0.2})

PRESETS: Mapping[str, WorldPreset] = MappingProxyType(
    {
        # The autoencoder sees everything, however the transformer is trained.
        "everything": WorldPreset(None, 0.8, 1.0, 0.25, 0.1, 10, _ALL_FRAMINGS),
        # What two CPU cores can learn in an hour or so: a fifth of the cast, alone, large, near the middle, one style.
        "cpu": WorldPreset(
            MappingProxyType(
                {
                    "subject": FIRST_CAST,
                    "style": ("3d",),
                    "framing": ("close", "medium"),
                    "camera": ("static", "pan_left", "pan_right", "zoom_in", "tracking"),
                }
            ),
            variety=0.1,
            spread=0.2,
            extras=0.0,
            cuts=0.0,
            pool=10,
            framings=MappingProxyType({"close": 0.75, "medium": 0.25}),
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
    )  # fmt: skip
