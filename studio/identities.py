"""`python -m studio identity`: who signs; a new key, a certificate of one's own, a secret for a Space."""

from __future__ import annotations

import os
from argparse import Namespace

from cryptography import x509

from studio.console import Console
from studio.provenance import Identity
from studio.provenance.identity import export, rotate, use_own
from studio.settings import Settings

DONE, WRONG = 0, 2


def identity(options: Namespace, console: Console) -> int:
    """Show or change who signs."""
    folder = Settings.from_env().home / "identity"
    fixed = bool(os.environ.get("AUTEUR_IDENTITY"))
    if options.what in ("rotate", "use") and fixed:
        console.refuse("the identity comes from the secret AUTEUR_IDENTITY: change that one")
        return WRONG
    if options.what == "use":
        if options.chain is None or options.key is None:
            console.refuse("say which: identity use --chain chain.pem --key key.pem")
            return WRONG
        found = use_own(folder, options.chain, options.key)
    elif options.what == "rotate":
        found = rotate(folder, authority=options.authority)
    else:
        found = Identity.load_or_create(folder)
    if options.what == "export":
        console.answer({"secret": export(found)}, export(found))
        return DONE
    answer = _facts(found)
    console.answer(answer, "\n".join(f"{name}: {value}" for name, value in answer.items()))
    return DONE


def _facts(found: Identity) -> dict[str, str]:
    leaf = x509.load_pem_x509_certificate(found.certificate_pem.encode())
    return {
        "name": found.name,
        "issuer": leaf.issuer.rfc4514_string(),
        "serial": f"{leaf.serial_number:x}",
        "valid until": f"{leaf.not_valid_after_utc:%Y-%m-%d}",
        "algorithm": found.algorithm,
        "key": "a secret of the environment" if found.secret else str(found.key_path or "a signer of your own"),
        "time stamps": found.timestamp or "none",
    }
