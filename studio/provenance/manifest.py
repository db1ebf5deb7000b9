"""What a clip says about itself: the C2PA 2.4 manifest of a generated clip, as plain data.

The profile: one `c2pa.created` action with `trainedAlgorithmicMedia`, an `ai-disclosure` that names the model by
the hash of its weights, given pictures as `inputTo` ingredients, the wish not to be trained on, and the recipe.
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
TRAINED_MEDIA = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
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
    """A file that went into the clip. `inputTo`: the model was given it."""

    path: Path
    title: str
    relationship: Relationship = "inputTo"


@dataclass(frozen=True)
class Claim:
    """What is to be signed. `when` is a moment with a time zone; `thumbnail` is JPEG bytes."""

    title: str
    model_name: str
    model_version: str
    model_sha256: str  # of the weights, 64 hexadecimal digits
    prompt_guided: bool
    recipe_json: str  # canonical JSON, signed as it is; "" keeps the recipe to the studio
    thumbnail: bytes | None
    ingredients: tuple[Ingredient, ...]
    when: datetime
    kind: Literal["created"] = "created"

    def __post_init__(self) -> None:
        if self.when.tzinfo is None:
            raise ProvenanceError("The time of a claim needs a time zone.")
        if len(self.model_sha256) != 64 or not set(self.model_sha256.lower()) <= set("0123456789abcdef"):
            raise ProvenanceError("The hash of the model is not a SHA-256 in hexadecimal.")
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
    """The manifest definition that the SDK's builder takes."""
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
        "assertions": [_actions(claim), _disclosure(claim), _training_wish(), *_recipe(claim)],
    }
    if claim.thumbnail is not None:
        definition["thumbnail"] = {"format": "image/jpeg", "identifier": THUMBNAIL}
    return definition


def _actions(claim: Claim) -> dict[str, Any]:
    action: dict[str, Any] = {
        "action": "c2pa.created",
        "when": claim.when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "softwareAgent": {"name": claim.model_name, "version": claim.model_version},
        "digitalSourceType": TRAINED_MEDIA,
    }
    if claim.ingredients:
        action["parameters"] = {"ingredientIds": [ingredient_id(i) for i in range(len(claim.ingredients))]}
    return {"label": "c2pa.actions.v2", "created": True, "data": {"actions": [action], "allActionsIncluded": True}}


def _disclosure(claim: Claim) -> dict[str, Any]:
    oversight = "prompt_guided" if claim.prompt_guided else "fully_autonomous"
    return {
        "label": DISCLOSURE_LABEL,
        "created": True,
        "data": {
            "modelType": "c2pa.types.model.pytorch",
            "modelName": claim.model_name,
            "modelIdentifier": f"urn:sha256:{claim.model_sha256.lower()}",
            "contentProfile": {"humanOversightLevel": oversight},
        },
    }


def _training_wish() -> dict[str, Any]:
    uses = ("cawg.ai_training", "cawg.ai_generative_training", "cawg.data_mining")
    return {"label": "cawg.training-mining", "data": {"entries": {use: {"use": "notAllowed"} for use in uses}}}


def _recipe(claim: Claim) -> list[dict[str, Any]]:
    if not claim.recipe_json:
        return []
    digest = hashlib.sha256(claim.recipe_json.encode()).hexdigest()
    data = {"schema": 1, "mediaType": "application/json", "sha256": digest, "json": claim.recipe_json}
    return [{"label": RECIPE_LABEL, "data": data}]
