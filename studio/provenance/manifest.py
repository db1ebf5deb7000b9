"""What a clip says about itself: the C2PA 2.4 manifest of a clip that was generated, changed or put together.

The profile: first one action that says how it began (`c2pa.created`, or `c2pa.opened` of the clip it was), then what
was done to it, each with its source type; an `ai-disclosure` that names the model by the hash of its weights; what
went in as ingredients with their own history; the wish not to be trained on, and the recipe. `studio.provenance.claims`
makes the claims, this file writes them down.

The recipe is ONE JSON string, because the SDK's reader turns arrays of numbers in custom assertions into base64
(c2pa-rs issue 2570) and refuses integers above 2^63; its version stands inside the data, because a `.v1` at the end
of a custom label is dropped when it is read back.
"""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from studio import __version__
from studio.provenance.errors import ProvenanceError

RECIPE_LABEL = "io.github.auteur.recipe"
DISCLOSURE_LABEL = "c2pa.ai-disclosure"
WATERMARK_LABEL = "io.github.auteur.watermark"
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TRAINED_MEDIA = SOURCE_TYPES + "trainedAlgorithmicMedia"
COMPOSITE = SOURCE_TYPES + "compositeSynthetic"
MAX_RECIPE_BYTES = 900_000  # the SDK takes a manifest of at most 1 MiB of JSON

# Assertions that this studio itself makes. Custom and CAWG ones must not be among them (C2PA 2.4, created assertions).
CREATED_LABELS = (
    "c2pa.actions",
    DISCLOSURE_LABEL,
    "c2pa.ingredient",
    "c2pa.thumbnail.claim",
    "c2pa.thumbnail.ingredient",
    "c2pa.embedded-data",
)
THUMBNAIL = "thumbnail"

Relationship = Literal["inputTo", "parentOf", "componentOf"]


@dataclass(frozen=True)
class Ingredient:
    """A file that went into the clip; its own credential is kept inside.

    `inputTo`: the model was given it. `parentOf`: it is the clip before it was changed. `componentOf`: it can be seen
    or heard in the clip.
    """

    path: Path
    title: str
    relationship: Relationship = "inputTo"


@dataclass(frozen=True)
class Step:
    """Something that was done to a clip: a C2PA action (`c2pa.trimmed`), its source type (the last part of the IPTC
    address, "" where the action has none), plain words for people, and whether the model did it."""

    action: str
    source: str = ""
    words: str = ""
    by_model: bool = False


@dataclass(frozen=True)
class Claim:
    """What is to be signed. `when` is a moment with a time zone; `thumbnail` is JPEG bytes.

    `kind`: "created" by the model, `ingredients` are what it was given; "edited": exactly one ingredient is `parentOf`;
    "composed": put together from the ingredients that are `componentOf`, in their order. `steps` are what was done
    after that. A `model_sha256` of "" says that no model had a part in this step of the work.
    """

    title: str
    model_name: str
    model_version: str
    model_sha256: str  # of the weights, 64 hexadecimal digits
    prompt_guided: bool
    recipe_json: str  # canonical JSON, signed as it is; "" keeps the recipe to the studio
    thumbnail: bytes | None
    ingredients: tuple[Ingredient, ...]
    when: datetime
    kind: Literal["created", "edited", "composed"] = "created"
    steps: tuple[Step, ...] = ()
    watermark: str = ""  # SHA-256 of the number in the pictures; "" for a clip without an invisible mark

    def __post_init__(self) -> None:
        if self.when.tzinfo is None:
            raise ProvenanceError("The time of a claim needs a time zone.")
        digits = set(self.model_sha256.lower()) <= set("0123456789abcdef")
        if len(self.model_sha256) not in (0, 64) or not digits:
            raise ProvenanceError("The hash of the model is not a SHA-256 in hexadecimal.")
        parents = sum(ingredient.relationship == "parentOf" for ingredient in self.ingredients)
        if parents != (self.kind == "edited"):
            raise ProvenanceError(f"A clip that was {self.kind} cannot have {parents} parents.")
        if self.kind == "composed" and not any(item.relationship == "componentOf" for item in self.ingredients):
            raise ProvenanceError("A film needs at least one part.")
        try:
            length = len(self.recipe_json.encode())
        except UnicodeEncodeError as error:
            raise ProvenanceError("The recipe holds half a character (a lone surrogate).") from error
        if length > MAX_RECIPE_BYTES:
            raise ProvenanceError(f"The recipe is longer than {MAX_RECIPE_BYTES} bytes.")


def whole_characters(text: str) -> str:
    """The text without lone surrogates, which no UTF-8 can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def ingredient_id(index: int) -> str:
    """The name by which the action refers to an ingredient; the SDK turns it into a hashed link."""
    return f"given-{index}"


def manifest(claim: Claim, mime: str) -> dict[str, Any]:
    """The manifest definition that the SDK's builder takes. Raises ProvenanceError when nobody made the clip."""
    if claim.kind == "created" and not claim.model_sha256:
        raise ProvenanceError("A clip that was created needs the hash of the model that made it.")
    definition: dict[str, Any] = {
        "claim_version": 2,
        "title": whole_characters(claim.title),
        "format": mime,
        "claim_generator_info": [
            {
                "name": "Auteur",
                "version": __version__,
                "specVersion": "2.4.0",
                "operating_system": platform.system() or "unknown",
            }
        ],
        "assertions": [_actions(claim), *_disclosure(claim), _training_wish(), *_recipe(claim), *_watermark(claim)],
    }
    if claim.thumbnail is not None:
        definition["thumbnail"] = {"format": "image/jpeg", "identifier": THUMBNAIL}
    return definition


def source_type(claim: Claim) -> str:
    """The IPTC digital source type of the whole clip, as an address."""
    return COMPOSITE if claim.kind == "composed" else TRAINED_MEDIA


def _actions(claim: Claim) -> dict[str, Any]:
    when = claim.when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made_by = _model(claim) if claim.kind == "created" else _STUDIO
    begin: dict[str, Any] = {"action": "c2pa.created", "when": when, "softwareAgent": made_by}
    if claim.kind == "edited":
        begin["action"] = "c2pa.opened"
        begin |= _of(claim, "parentOf")
    else:
        begin["digitalSourceType"] = source_type(claim)
        begin |= _of(claim, "inputTo")
    actions = [begin]
    for index, ingredient in enumerate(claim.ingredients):
        if ingredient.relationship == "componentOf":
            parameters = {"ingredientIds": [ingredient_id(index)]}
            placed = {"action": "c2pa.placed", "when": when, "softwareAgent": _STUDIO, "parameters": parameters}
            actions.append(placed)
    # What the model was given for a change belongs to the first step that the model made.
    inputs = _of(claim, "inputTo") if claim.kind == "edited" else {}
    for step in claim.steps:
        action: dict[str, Any] = {"action": step.action, "when": when}
        action["softwareAgent"] = _model(claim) if step.by_model else _STUDIO
        if step.source:
            action["digitalSourceType"] = SOURCE_TYPES + step.source
        if step.words:
            action["description"] = step.words
        if step.by_model and inputs:
            action |= inputs
            inputs = {}
        actions.append(action)
    return {"label": "c2pa.actions.v2", "created": True, "data": {"actions": actions, "allActionsIncluded": True}}


_STUDIO = {"name": "Auteur", "version": __version__}


def _model(claim: Claim) -> dict[str, str]:
    return {"name": claim.model_name, "version": claim.model_version} if claim.model_sha256 else _STUDIO


def _of(claim: Claim, relationship: Relationship) -> dict[str, Any]:
    """The parameters that name the ingredients of one relationship; nothing where there are none."""
    every = enumerate(claim.ingredients)
    names = [ingredient_id(index) for index, item in every if item.relationship == relationship]
    return {"parameters": {"ingredientIds": names}} if names else {}


def _disclosure(claim: Claim) -> list[dict[str, Any]]:
    if not claim.model_sha256:
        return []
    oversight = "prompt_guided" if claim.prompt_guided else "fully_autonomous"
    data = {
        "modelType": "c2pa.types.model.pytorch",
        "modelName": claim.model_name,
        "modelIdentifier": f"urn:sha256:{claim.model_sha256.lower()}",
        "contentProfile": {"humanOversightLevel": oversight},
    }
    return [{"label": DISCLOSURE_LABEL, "created": True, "data": data}]


def _watermark(claim: Claim) -> list[dict[str, Any]]:
    """That there is a mark, and the hash of its number: never in `c2pa.soft-binding`, whose list is closed."""
    if not claim.watermark:
        return []
    return [{"label": WATERMARK_LABEL, "data": {"alg": "auteur.spread", "version": 1, "sha256": claim.watermark}}]


def _training_wish() -> dict[str, Any]:
    uses = ("cawg.ai_training", "cawg.ai_generative_training", "cawg.data_mining")
    return {"label": "cawg.training-mining", "data": {"entries": {use: {"use": "notAllowed"} for use in uses}}}


def _recipe(claim: Claim) -> list[dict[str, Any]]:
    if not claim.recipe_json:
        return []
    digest = hashlib.sha256(claim.recipe_json.encode()).hexdigest()
    data = {"schema": 1, "mediaType": "application/json", "sha256": digest, "json": claim.recipe_json}
    return [{"label": RECIPE_LABEL, "data": data}]
