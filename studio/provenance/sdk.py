"""The C2PA SDK, set up to stay at home: no remote manifests, no OCSP, no redirects, no time-stamp server.

A host list alone would not be enough (the SDK lets a signer's time-stamp address through it), so no address is
given anywhere.
"""

from __future__ import annotations

import c2pa

from studio.provenance.identity import CLAIM_SIGNING_OID, Identity
from studio.provenance.manifest import CREATED_LABELS

# Claim signing, e-mail protection, document signing: readers ask for one of them.
_USAGES = "\n".join((CLAIM_SIGNING_OID, "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36"))


def context(identity: Identity | None, trust_list: str | None = None) -> c2pa.Context:
    """Settings for reading and signing.

    Certificates of `identity` count as this studio's own; `trust_list` (PEM) is a public list of trusted signers.
    """
    trust: dict[str, str] = {"trust_config": _USAGES}
    if identity is not None:
        trust["user_anchors"] = identity.authority_pem
    if trust_list:
        trust["trust_anchors"] = trust_list
    return c2pa.Context.from_dict(
        {
            "version": 1,
            "trust": trust,
            "core": {
                "allowed_network_hosts": [],
                "allow_redirects": False,
                "backing_store_memory_threshold_in_mb": 16,  # long clips go through a file, not through memory
            },
            "verify": {
                "verify_after_sign": True,
                "verify_trust": True,
                "remote_manifest_fetch": False,
                "ocsp_fetch": False,
            },
            "builder": {"created_assertion_labels": list(CREATED_LABELS)},
        }
    )
