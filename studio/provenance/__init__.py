"""Who made a clip and how, signed into the clip itself: C2PA credentials made and checked on this machine.

identity = Identity.load_or_create(home / "identity")
signed = sign_clip(draft, clip, claim, identity)
report = verify(clip, identity)         # report.verdict == "local"
"""

from __future__ import annotations

from studio.provenance.claims import Edit, composed, edited, generated
from studio.provenance.errors import ProvenanceError, UnreadableFile
from studio.provenance.identity import Identity
from studio.provenance.manifest import Claim, Ingredient, Step
from studio.provenance.report import Report, Verdict
from studio.provenance.signing import SignedClip, sign_clip
from studio.provenance.verifying import verify

__all__ = [
    "Claim",
    "Edit",
    "Identity",
    "Ingredient",
    "ProvenanceError",
    "Report",
    "SignedClip",
    "Step",
    "UnreadableFile",
    "Verdict",
    "composed",
    "edited",
    "generated",
    "sign_clip",
    "verify",
]
