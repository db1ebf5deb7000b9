"""What becomes of a clip, and of a studio, whose certificate has run out."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from studio.provenance import Claim, Identity, ProvenanceError, sign_clip, verify
from studio.provenance.identity import rotate

LASTS = 6  # seconds: enough to sign a clip of one second


@pytest.fixture
def short_lived(tmp_path: Path) -> tuple[Path, dt.datetime]:
    """A studio whose signing certificate is valid for a few seconds more, and until when."""
    return ending(tmp_path / "home" / "identity", LASTS)


def ending(folder: Path, lasts: float) -> tuple[Path, dt.datetime]:
    """A new studio whose signing certificate is valid for so many seconds more, and until when."""
    Identity.load_or_create(folder)
    old = x509.load_pem_x509_certificate((folder / "signer.pem").read_bytes())
    authority = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
    key = serialization.load_pem_private_key((folder / "authority.key").read_bytes(), None)
    ends = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(seconds=lasts)
    builder = x509.CertificateBuilder(authority.subject, old.subject, old.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(old.not_valid_before_utc).not_valid_after(ends)
    for extension in old.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    made = builder.sign(key, hashes.SHA256())  # type: ignore[arg-type]
    (folder / "signer.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder, ends


def test_a_clip_does_not_outlive_its_certificate_without_a_time_stamp_and_the_report_says_so(
    short_lived: tuple[Path, dt.datetime], clip: Path, claim: Claim, tmp_path: Path
) -> None:
    folder, ends = short_lived
    identity = Identity.load_or_create(folder)
    signed = tmp_path / "signed.mp4"
    sign_clip(clip, signed, claim, identity)
    assert verify(signed, identity).verdict == "local"
    time.sleep(max(0.0, (ends - dt.datetime.now(dt.UTC)).total_seconds()) + 1.5)

    report = verify(signed, identity)
    assert report.verdict == "unknown-signer" and not report.recipe_verified
    assert any("certificate has expired" in problem and "no time stamp" in problem for problem in report.problems)

    with pytest.raises(ProvenanceError, match="valid from"):
        Identity.load_or_create(folder)
    with pytest.raises(ProvenanceError):
        sign_clip(clip, tmp_path / "late.mp4", claim, identity)
    assert not (tmp_path / "late.mp4").exists()

    renewed = rotate(folder)
    sign_clip(clip, tmp_path / "new.mp4", claim, renewed)
    assert verify(tmp_path / "new.mp4", renewed).verdict == "local"
