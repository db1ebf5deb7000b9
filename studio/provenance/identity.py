"""Who signs: a local certificate authority and one signing certificate, made at first start.

Choices. ES256 on P-256, which every C2PA reader knows. The signing certificate carries both the C2PA claim-signing
and the e-mail extended key usage, because readers without a list of usages refuse the first alone. It is valid for
ten years: without a trusted time stamp an expired certificate turns every clip it ever signed invalid. Names hold
nothing of the person or the computer, only a short fingerprint that tells one studio from another.

The folder is made whole under another name and then renamed, so that two programs that start at once end up with
one identity, and a crash leaves either all of it or nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from studio.provenance.errors import ProvenanceError

CLAIM_SIGNING_OID = "1.3.6.1.4.1.62558.2.1"
_CA_CERT, _CA_KEY, _CERT, _KEY = "authority.pem", "authority.key", "signer.pem", "signer.key"
_FILES = (_CA_CERT, _CA_KEY, _CERT, _KEY)
_CA_YEARS, _LEAF_YEARS = 30, 10
_ADVICE = (
    "Put the files back from a backup, or move the folder away: a new identity is then made at the next start, "
    "and clips signed with the old one will read as signed by someone else."
)


@dataclass(frozen=True)
class Identity:
    """A studio's signing identity. ``repr`` never shows the private key."""

    name: str
    authority_pem: str  # the local CA: what verify() trusts as "this studio"
    certificate_pem: str  # the signing certificate alone
    key_path: Path

    @property
    def chain_pem(self) -> str:
        """The chain that goes into a clip: the signing certificate, then the authority."""
        return self.certificate_pem + self.authority_pem

    def private_key(self) -> bytes:
        """The signing key, PEM. Read when it is needed and not kept in the object."""
        return self.key_path.read_bytes()

    @classmethod
    def load_or_create(cls, folder: Path) -> Identity:
        """The identity in a folder, made there at first use.

        Raises ProvenanceError when files are missing, damaged, expired or do not belong together.
        """
        try:
            if not _has_any(folder):
                _create(folder)
            return _load(folder)
        except OSError as error:
            raise ProvenanceError(f"The signing keys in {folder} cannot be used: {error}.") from error


def _has_any(folder: Path) -> bool:
    return any((folder / name).exists() for name in _FILES)


def _create(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f".{folder.name}-{secrets.token_hex(6)}")
    draft.mkdir(mode=0o700)
    try:
        for name, data in _new_files().items():
            _write_private(draft / name, data, 0o600 if name.endswith(".key") else 0o644)
        _move_into_place(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _move_into_place(draft: Path, folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    try:
        draft.rename(folder)
    except OSError:
        # Another program was faster: its identity is the one. Anything else in the way is an error.
        if not _has_any(folder):
            raise


def _write_private(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _new_files() -> dict[str, bytes]:
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    mark = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()).digest.hex()[:8]
    ca_name, leaf_name = _subject(f"Auteur authority {mark}"), _subject(f"Auteur studio {mark}")
    ca_cert = _certificate(ca_name, ca_key.public_key(), ca_name, ca_key, authority=True)
    cert = _certificate(leaf_name, key.public_key(), ca_name, ca_key, authority=False)
    return {_CA_CERT: _pem(ca_cert), _CA_KEY: _key_pem(ca_key), _CERT: _pem(cert), _KEY: _key_pem(key)}


def _subject(name: str) -> x509.Name:
    pairs = [(NameOID.ORGANIZATION_NAME, "Auteur"), (NameOID.COMMON_NAME, name)]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])


def _certificate(
    subject: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    # An hour in the past: a clip signed in the first second must not be "not yet valid" by rounding.
    start = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(hours=1)
    years = _CA_YEARS if authority else _LEAF_YEARS
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=365 * years + years // 4))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not authority:
        usages = [ObjectIdentifier(CLAIM_SIGNING_OID), ExtendedKeyUsageOID.EMAIL_PROTECTION]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _load(folder: Path) -> Identity:
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        raise ProvenanceError(f"The signing keys in {folder} are not complete: {', '.join(missing)} missing. {_ADVICE}")
    _tighten(folder)
    ca_cert, cert = (_read_certificate(folder / name) for name in (_CA_CERT, _CERT))
    ca_key, key = (_read_key(folder / name) for name in (_CA_KEY, _KEY))
    _check_pairs(folder, ca_cert, ca_key, cert, key)
    name = cert.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    return Identity(str(name), _pem(ca_cert).decode(), _pem(cert).decode(), folder / _KEY)


def _tighten(folder: Path) -> None:
    """Private keys are for the owner alone, also after a copy or a restored backup made them wider."""
    if os.name != "posix":
        return
    for path, mode in ((folder, 0o700), (folder / _KEY, 0o600), (folder / _CA_KEY, 0o600)):
        if path.stat().st_mode & 0o077:
            path.chmod(mode)


def _read_certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError as error:
        raise ProvenanceError(f"The certificate {path} is damaged. {_ADVICE}") from error


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise ProvenanceError(f"The private key {path} is damaged. {_ADVICE}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ProvenanceError(f"The private key {path} is of another kind. {_ADVICE}")
    return key


def _check_pairs(
    folder: Path,
    ca_cert: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    cert: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
) -> None:
    try:
        cert.verify_directly_issued_by(ca_cert)
        belong = ca_cert.public_key() == ca_key.public_key() and cert.public_key() == key.public_key()
    except (ValueError, TypeError, InvalidSignature):
        belong = False
    if not belong:
        raise ProvenanceError(f"The signing keys in {folder} do not belong together. {_ADVICE}")
    now = dt.datetime.now(dt.UTC)
    if not cert.not_valid_before_utc <= now <= cert.not_valid_after_utc:
        span = f"{cert.not_valid_before_utc:%Y-%m-%d} to {cert.not_valid_after_utc:%Y-%m-%d}"
        raise ProvenanceError(f"The signing certificate in {folder} is valid from {span}: check the clock. {_ADVICE}")
