"""How each kind of work is said in a credential: what other parts of the studio call when they have made a clip.

    claim = generated(about, inputs=[Ingredient(picture, "first.png")])      # the model made it, from these
    claim = edited(about, Ingredient(take, "Take 3"), "extend")               # the model went on from a clip
    claim = edited(about, Ingredient(take, "Take 3"), "trim")                 # a cut, no model in it
    claim = composed(about, [Ingredient(clip, "Shot 1"), Ingredient(clip, "Shot 2")])
    signed = sign_clip(draft, destination, claim, identity)

`about` is any Claim: its title, model, recipe, thumbnail and moment are kept, the rest is set here. The words of an
edit and its source types are those of C2PA 2.4 and of the IPTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

from studio.provenance.errors import ProvenanceError
from studio.provenance.manifest import Claim, Ingredient, Step

Edit = Literal[
    "extend", "extend-back", "loop", "blend", "remix", "redraw", "interpolate", "upscale", "smooth", "sharpen",
    "trim", "reorder", "crop", "resize", "speed", "grade", "titles", "sound", "mute", "transcode", "retitle",
]  # fmt: skip

_MODEL, _PERSON = "trainedAlgorithmicMedia", "humanEdits"
_EDITS: dict[str, Step] = {
    "extend": Step("c2pa.edited", _MODEL, "Went on from the end of the clip", by_model=True),
    "extend-back": Step("c2pa.edited", _MODEL, "Led up to the start of the clip", by_model=True),
    "loop": Step("c2pa.edited", _MODEL, "Bridged the end of the clip to its start", by_model=True),
    "blend": Step("c2pa.edited", _MODEL, "Led from one clip to the other", by_model=True),
    "remix": Step("c2pa.edited", _MODEL, "Drew the clip again from a prompt", by_model=True),
    "redraw": Step("c2pa.edited", _MODEL, "Drew a part of the clip again", by_model=True),
    "interpolate": Step("c2pa.edited", _MODEL, "Made frames between the frames", by_model=True),
    "upscale": Step("c2pa.edited", _MODEL, "Made the pictures larger with a model", by_model=True),
    "smooth": Step("c2pa.edited", "algorithmicallyEnhanced", "Made frames between the frames by following the motion"),
    "sharpen": Step("c2pa.enhanced", "", "Made the picture sharper"),
    "trim": Step("c2pa.trimmed", _PERSON, "Took a part of the clip"),
    "reorder": Step("c2pa.edited", _PERSON, "Put parts of the clip in another order"),
    "crop": Step("c2pa.cropped", _PERSON, "Took a part of the picture"),
    "resize": Step("c2pa.resized.proportional", "", "Changed the size of the picture"),
    "speed": Step("c2pa.changedSpeed", _PERSON, "Changed the speed"),
    "grade": Step("c2pa.adjustedColor", _PERSON, "Changed the colours"),
    "titles": Step("c2pa.edited", _PERSON, "Added titles"),
    "sound": Step("c2pa.edited", _PERSON, "Added sound"),
    "mute": Step("c2pa.edited", _PERSON, "Took the sound away"),
    "transcode": Step("c2pa.transcoded", "", "Encoded again"),
    "retitle": Step("c2pa.edited.metadata", "", "Changed the notes in the file"),
}
LABELLED = Step("c2pa.edited", "algorithmicMedia", "Added a visible label that says AI-made")
MARKED = Step("c2pa.watermarked.unbound", "", "Added an invisible mark")

assert set(_EDITS) == set(get_args(Edit))


def generated(about: Claim, inputs: Sequence[Ingredient] = ()) -> Claim:
    """The model made it: `c2pa.created` by a trained model; `inputs` (pictures, clips, references) are `inputTo`."""
    given = tuple(replace(item, relationship="inputTo") for item in inputs)
    return replace(about, kind="created", ingredients=given)


def edited(about: Claim, parent: Ingredient, *did: Edit, inputs: Sequence[Ingredient] = ()) -> Claim:
    """A clip was changed: `c2pa.opened` with `parentOf`, then each of `did` with its source type, in order.

    `inputs` are what the model was given besides. Raises ProvenanceError for an edit that is not known, or one that the
    model makes when `about` names no model.
    """
    steps = steps_of(*did)
    if not steps:
        raise ProvenanceError("Say what was done to the clip.")
    if any(step.by_model for step in steps) and not about.model_sha256:
        raise ProvenanceError(f"{did[0]}: say which model did it.")
    before = replace(parent, relationship="parentOf")
    given = (replace(item, relationship="inputTo") for item in inputs)
    return replace(about, kind="edited", ingredients=(before, *given), steps=(*steps, *about.steps))


def composed(about: Claim, parts: Sequence[Ingredient], *did: Edit, inputs: Sequence[Ingredient] = ()) -> Claim:
    """A film, or two clips that were blended: `c2pa.created` as a composite, and `c2pa.placed` for each of `parts` in
    order (clips, music, pictures that can be seen). A part that is used twice may stand twice.

    `did` is what was done to the whole ("blend" where the model made the way between them, "titles", "grade", "sound").
    """
    placed = tuple(replace(item, relationship="componentOf") for item in parts)
    given = tuple(replace(item, relationship="inputTo") for item in inputs)
    return replace(about, kind="composed", ingredients=(*placed, *given), steps=(*steps_of(*did), *about.steps))


def steps_of(*did: str) -> tuple[Step, ...]:
    """The steps of edits by name. Raises ProvenanceError for one that is not known."""
    unknown = [name for name in did if name not in _EDITS]
    if unknown:
        raise ProvenanceError(f"{unknown[0]!r} is no edit that a credential can name: use {', '.join(_EDITS)}.")
    return tuple(_EDITS[name] for name in did)
