"""A frame of a take as a signed picture among the given files: what is made of it names where it is from."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

import studio
from studio import media, provenance
from studio.film import Take
from studio.library import Library
from studio.provenance import Claim, Identity, Ingredient


def still(take: Take, index: int, library: Library, identity: Identity) -> Path:
    """Frame `index` of a take; made once, then found again."""
    known = library.still(take.id, index)
    if known is not None:
        return known
    with tempfile.TemporaryDirectory() as folder:
        bare, signed = Path(folder) / "bare.png", Path(folder) / f"{take.id}-{index}.png"
        Image.fromarray(media.frame_at(take.clip, index)).save(bare)
        claim = Claim(
            title=f"Frame {index + 1} of {take.name or take.id}",
            model_name=take.recipe.model.capitalize(),
            model_version=studio.__version__,
            model_sha256=take.recipe.model_sha256,
            prompt_guided=True,
            recipe_json="",
            thumbnail=None,
            ingredients=(Ingredient(take.clip, take.name or "the take it is of"),),
            when=datetime.now(UTC),
        )
        provenance.sign_clip(bare, signed, claim, identity)
        return library.add_still(take.id, index, signed)
