"""What the credential of worked-on clips says: from which clips, and what was done, in the words of the standard.

A clip that was changed is opened and its parent named; two clips that became one are parts that were placed.
"""

from __future__ import annotations

from studio import provenance
from studio.library import Library
from studio.provenance import Claim, Edit, Ingredient
from studio.recipe import Privacy
from studio.tools.filming import file_of
from studio.work import Work

_EDITS: dict[str, tuple[Edit, ...]] = {
    "loop": ("loop",),
    "blend": ("blend",),
    "interpolate": ("blend",),
    "remix": ("remix",),
    "upscale": ("resize", "sharpen"),
    "smooth": ("smooth",),
}


def edits(work: Work) -> tuple[Edit, ...]:
    """What was done, as a credential names it."""
    if work.tool == "extend":
        return ("extend",) if work.before else ("extend-back",)
    if work.tool == "recut":
        return ("trim",) if work.made is None else ("redraw",)
    return _EDITS[work.tool]


def claim(about: Claim, work: Work, library: Library, privacy: Privacy) -> Claim:
    """The claim of a finished piece of work; the clips it is made of are named by their titles, or not at all."""
    parts = [
        Ingredient(file_of(parent, library), (parent.name if privacy == "full" else "") or "A clip")
        for parent in work.parents
    ]
    if len(parts) > 1:
        return provenance.composed(about, parts, *edits(work))
    return provenance.edited(about, parts[0], *edits(work))
