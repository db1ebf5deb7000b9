"""The last thing that happens to a clip before it leaves: it is signed, and what was signed is remembered.

Films, takes and tools all come through `seal`, so that each of them can be found again when its credential is lost.
"""

from __future__ import annotations

import logging
from pathlib import Path

from studio import provenance
from studio.credentials import CredentialStore, Kept
from studio.errors import StudioError
from studio.provenance import Claim, Identity, SignedClip
from studio.provenance.container import mime_type
from studio.provenance.fingerprint import fingerprint

log = logging.getLogger(__name__)


def seal(
    store: CredentialStore,
    draft: Path,
    destination: Path,
    claim: Claim,
    identity: Identity,
    *,
    owner: str,
    take: str = "",
    mark: str = "",
) -> SignedClip:
    """Sign a finished file and remember its credential; `mark` is the number in its pictures, if there is one.

    Raises ProvenanceError when it cannot be signed. That it cannot be remembered costs nothing but finding it again.
    """
    signed = provenance.sign_clip(draft, destination, claim, identity)
    remember(store, signed, owner=owner, take=take, mark=mark)
    return signed


def remember(store: CredentialStore, signed: SignedClip, *, owner: str, take: str = "", mark: str = "") -> None:
    """Keep a signed clip's manifest with its fingerprint."""
    try:
        moves = mime_type(signed.path).startswith(("video/", "image/gif"))
        code = fingerprint(signed.path) if moves else b""
        store.keep_credential(Kept(signed.manifest_id, owner, take, signed.manifest, code, mark))
    except (StudioError, OSError) as error:
        log.warning("the credential of %s could not be remembered: %s", signed.path.name, error)
