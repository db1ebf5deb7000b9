"""Film language beyond the Storybook world: lenses, light, pace, and more framings and styles.

A model that was trained on words of everybody (it lists none of its own) is offered all of them; one that says what it
knows is offered these only where it names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from model.world.vocabulary import VOCABULARY, Term

_FRAMINGS = (
    Term("extreme_close", "extreme close-up", ("extreme close up", "macro close-up", "detail shot")),
    Term("full", "full shot", ("full body shot", "full-length shot", "head to toe")),
)
_LENSES = (
    Term("wide_angle", "wide-angle lens", ("shot on a wide lens", "24mm lens", "wide lens")),
    Term("telephoto", "telephoto lens", ("long lens", "shot on a long lens", "200mm lens", "compressed perspective")),
    Term("fisheye", "fisheye lens", ("fish-eye lens", "fisheye", "fish-eye")),
    Term("macro", "macro lens", ("macro shot", "macro photography")),
    Term("shallow", "shallow depth of field", ("shallow focus", "blurred background", "bokeh", "bokeh background")),
    Term("deep", "deep focus", ("everything in focus", "large depth of field", "sharp from front to back")),
    Term("tilt_shift", "tilt-shift lens", ("tilt shift", "miniature effect", "tilt-shift miniature")),
    Term("anamorphic", "anamorphic lens", ("anamorphic", "anamorphic widescreen", "horizontal lens flares")),
)
_LIGHTS = (
    Term("soft", "soft diffused light", ("soft light", "diffused light", "soft lighting", "overcast light")),
    Term("hard", "hard light with sharp shadows", ("hard light", "harsh light", "sharp shadows")),
    Term("backlit", "backlit", ("back light", "backlight", "lit from behind", "rim light", "rim lighting")),
    Term("silhouette", "in silhouette", ("silhouette", "as a silhouette", "silhouetted")),
    Term("low_key", "low-key lighting", ("low key", "dramatic dark lighting", "chiaroscuro", "deep shadows")),
    Term("high_key", "high-key lighting", ("high key", "bright even lighting", "airy light")),
    Term("candle", "lit by candlelight", ("candlelight", "by candlelight", "firelight", "warm flickering light")),
    Term("neon_glow", "in coloured neon light", ("neon lighting", "neon glow", "coloured light", "colored neon light")),
    Term("rays", "with rays of light through haze", ("god rays", "light shafts", "volumetric light", "sunbeams")),
)
_PACES = (
    Term("slow_motion", "in slow motion", ("slow motion", "slow-motion", "slowed down")),
    Term("unhurried", "at a calm, unhurried pace", ("unhurried", "calm pace", "slowly paced")),
    Term("brisk", "at a brisk pace", ("brisk", "fast-paced", "fast paced", "energetic pace")),
    Term("time_lapse", "time-lapse", ("time lapse", "timelapse", "hyperlapse")),
)
_STYLES = (
    Term("noir", "film noir", ("noir", "1940s film noir", "film-noir")),
    Term("archival", "archival film footage", ("archival footage", "archive footage", "old film", "vintage 8mm film")),
)

_MORE: Mapping[str, tuple[Term, ...]] = MappingProxyType(
    {"framing": _FRAMINGS, "lens": _LENSES, "light": _LIGHTS, "pace": _PACES, "style": _STYLES}
)


def terms(kind: str) -> tuple[Term, ...]:
    """Every term of a kind of direction: the world's own, then those that only other models know."""
    own = VOCABULARY.get(kind, ())
    ids = {term.id for term in own}
    return (*own, *(term for term in _MORE.get(kind, ()) if term.id not in ids))
