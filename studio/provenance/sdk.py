"""The C2PA SDK, set up to stay at home: no remote manifests, no OCSP, no redirects.

A host list alone would not be enough (the SDK lets a signer's time-stamp address through it), so no address is given
anywhere but that of a time-stamp authority which the owner has named.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import c2pa

from studio.provenance.certificates import CLAIM_SIGNING_OID
from studio.provenance.identity import Identity
from studio.provenance.manifest import CREATED_LABELS

# Claim signing, e-mail protection, document signing: readers ask for one of them.
_USAGES = "\n".join((CLAIM_SIGNING_OID, "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36"))


def context(identity: Identity | None, trust_list: str | None = None, anchors: str = "") -> c2pa.Context:
    """Settings for reading and signing.

    Certificates of `identity` count as this studio's own; `trust_list` (PEM) is a public list of trusted signers;
    `anchors` (PEM) stand in for those of the identity.
    """
    trust: dict[str, str] = {"trust_config": _USAGES}
    if identity is not None and (anchors or identity.anchors_pem):
        trust["user_anchors"] = anchors or identity.anchors_pem
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


@contextmanager
def signer(identity: Identity, timestamp: str | None) -> Iterator[c2pa.Signer]:
    """The SDK's signer of an identity; `timestamp` is the address that is asked for a time stamp."""
    if identity.sign is not None:
        algorithm = c2pa.C2paSigningAlg[identity.algorithm.upper()]
        with c2pa.Signer.from_callback(identity.sign, algorithm, identity.chain_pem, timestamp) as found:
            yield found
        return
    stamp = timestamp.encode() if timestamp else None
    info = c2pa.C2paSignerInfo(identity.algorithm.encode(), identity.chain_pem.encode(), identity.private_key(), stamp)
    with c2pa.Signer.from_info(info) as found:
        yield found
