"""The words of the Storybook world: what can be asked for, by kind, as pure data.

The ids are what `expect` uses in an evaluation and what the attribute judge answers; phrase is the wording that captions
use most; synonyms are other wordings, in captions and in what a prompt is understood to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from model.world.cast import CAST


@dataclass(frozen=True)
class Term:
    """One thing that can be asked for: its id, its usual wording, and other wordings."""

    id: str
    phrase: str
    synonyms: tuple[str, ...] = ()

    @property
    def wordings(self) -> tuple[str, ...]:
        """Every wording, the usual one first."""
        return (self.phrase, *self.synonyms)


PLACES: tuple[Term, ...] = (
    Term("meadow", "in a green meadow", ("in a flowery meadow", "in a field", "on a grassy hill", "in the grass", "meadow", "field", "grassland")),
    Term("snow", "in a snowy meadow with mountains", ("in the snow", "in snowy mountains", "on a snowy field", "in a winter landscape", "snowy meadow", "snowy mountains", "snowy", "winter")),
    Term("forest", "in a forest", ("in the woods", "among tall trees", "in a pine forest", "deep in the forest", "forest", "woods", "woodland")),
    Term("desert", "in the desert", ("in a sandy desert", "among sand dunes", "between cacti and dunes", "desert", "dunes", "sahara")),
    Term("beach", "on the beach", ("by the sea", "on a sandy beach", "at the seaside", "by the ocean", "beach", "seaside", "shore", "sea shore")),
    Term("city", "on a city street", ("in the city", "downtown", "in front of tall buildings", "on a street in the city", "city", "street", "town")),
    Term("tokyo", "on a Tokyo street with cherry trees", ("in a Japanese street", "in Tokyo", "under cherry blossom trees", "on a street with lanterns and cherry trees", "tokyo", "japan", "cherry trees")),
    Term("reef", "in a coral reef", ("under water", "underwater", "at the bottom of the sea", "among corals", "coral reef", "reef", "in the ocean deep")),
    Term("room", "in a cosy living room", ("in a living room", "indoors", "at home on the carpet", "inside a house", "living room", "room")),
    Term("space", "on the moon", ("in space", "on a grey planet under the stars", "in outer space", "space", "moon", "planet")),
    Term("village", "in a village", ("between small houses", "in a little village", "on a village green", "village", "hamlet")),
)

TIMES: tuple[Term, ...] = (
    Term("day", "at noon", ("by day", "in daylight", "in bright daylight", "in the afternoon", "during the day", "midday", "sunny day")),
    Term("golden", "at golden hour", ("in golden light", "in warm evening light", "in the golden evening sun", "golden hour")),
    Term("dusk", "at dusk", ("at sunset", "in the evening", "at twilight", "dusk", "sunset", "twilight")),
    Term("night", "at night", ("under the night sky", "by moonlight", "in the dark of night", "night", "midnight", "moonlight")),
)

WEATHERS: tuple[Term, ...] = (
    Term("clear", "under a clear sky", ("in clear weather", "in fine weather", "clear sky")),
    Term("rain", "in the rain", ("while it rains", "on a rainy day", "rain is falling", "rainy", "rain", "raining", "downpour")),
    Term("snowfall", "while snow falls", ("in falling snow", "as it snows", "with snowflakes in the air", "snowfall", "snowing", "snowflakes", "falling snow")),
    Term("fog", "in thick fog", ("in the mist", "on a foggy day", "misty", "foggy", "fog", "mist")),
    Term("petals", "with cherry petals in the air", ("as petals drift by", "with pink petals falling", "petals", "blossom petals", "flying through the wind")),
)

ACTIONS: tuple[Term, ...] = (
    Term("stand", "stands", ("is standing", "looks around", "waits", "rests", "stands still", "standing")),
    Term("walk", "walks", ("is walking", "strolls", "wanders", "walks along", "walking", "strolling")),
    Term("run", "runs", ("is running", "races", "dashes", "hurries", "running")),
    Term("jump", "jumps", ("is jumping", "hops", "bounces", "leaps", "jumping", "hopping")),
    Term("dance", "dances", ("is dancing", "sways", "wiggles", "dancing")),
    Term("spin", "spins around", ("is spinning", "turns around", "twirls", "spins", "spinning")),
    Term("fly", "flies", ("is flying", "soars", "flies by", "flutters", "flying")),
    Term("swim", "swims", ("is swimming", "glides through the water", "swims by", "swimming")),
    Term("float", "floats", ("is floating", "hovers", "drifts", "floating", "hovering")),
)

CAMERAS: tuple[Term, ...] = (
    Term("static", "static camera", ("the camera is still", "locked-off shot", "still camera")),
    Term("pan_left", "the camera pans left", ("pan left", "panning left", "camera pan to the left")),
    Term("pan_right", "the camera pans right", ("pan right", "panning right", "camera pan to the right")),
    Term("zoom_in", "the camera moves in", ("zoom in", "dolly in", "the camera pushes in", "push in", "slow zoom in")),
    Term("zoom_out", "the camera pulls back", ("zoom out", "dolly out", "pull back", "the camera moves out")),
    Term("crane_up", "the camera rises", ("crane up", "crane shot", "tilt up", "the camera cranes up")),
    Term("tracking", "the camera follows", ("tracking shot", "follow shot", "the camera tracks along", "tracking")),
)

FRAMINGS: tuple[Term, ...] = (
    Term("close", "close-up", ("close up", "close-up of", "tight shot", "close shot")),
    Term("medium", "medium shot", ("mid shot", "medium shot of")),
    Term("wide", "wide shot", ("wide shot of", "long shot", "seen from afar", "wide angle")),
)

STYLES: tuple[Term, ...] = (
    Term("3d", "3D animation", ("3d render", "animated 3d", "storybook 3d")),
    Term("film_bw", "black-and-white film", ("black and white", "monochrome film", "old black-and-white movie")),
    Term("pixel", "pixel art", ("8-bit", "pixelated video game", "pixelart")),
)

SUBJECTS: tuple[Term, ...] = tuple(Term(s.id, s.phrase, s.synonyms) for s in CAST)

VOCABULARY: Mapping[str, tuple[Term, ...]] = MappingProxyType({
    "subject": SUBJECTS,
    "place": PLACES,
    "time": TIMES,
    "weather": WEATHERS,
    "action": ACTIONS,
    "camera": CAMERAS,
    "framing": FRAMINGS,
    "style": STYLES,
})


def term(kind: str, identity: str) -> Term:
    """The term of a kind by its id; KeyError names the kind and what it knows."""
    for candidate in VOCABULARY[kind]:
        if candidate.id == identity:
            return candidate
    known = ", ".join(t.id for t in VOCABULARY[kind])
    raise KeyError(f"{kind} {identity!r} is not known; one of: {known}")
