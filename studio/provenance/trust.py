"""Public lists of signers: the C2PA trust list that comes with the studio, and what its owner adds.

Only authorities that sign claims are on it. Those of time-stamp authorities are left out on purpose: the SDK has one
list for both, and some of those authorities also give certificates for e-mail, with which anybody could sign.
"""

from __future__ import annotations

from pathlib import Path

_COMES_ALONG = Path(__file__).resolve().parents[2] / "assets" / "trust" / "c2pa-signers.pem"
MAX_BYTES = 4_000_000


def trust_list(home: Path | None = None) -> str | None:
    """The certificates of every list as PEM: the one that comes along, and `trust/*.pem` of a home folder."""
    files = [_COMES_ALONG, *(sorted((home / "trust").glob("*.pem")) if home is not None else [])]
    parts = [file.read_text(errors="replace") for file in files if file.is_file() and file.stat().st_size < MAX_BYTES]
    return "\n".join(parts) or None
