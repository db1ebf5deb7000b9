"""Certificates of a studio: a small authority, and the signing certificate it gives.

ES256 on P-256, which every C2PA reader knows. The signing certificate carries both the C2PA claim-signing and the
e-mail extended key usage, because readers without a list of usages refuse the first alone. It is valid for ten years:
without a trusted time stamp an expired certificate turns every clip it ever signed invalid. Names hold nothing of the
person or the computer, only a short fingerprint that tells one studio from another.
"""

from __future__ import annotations

import datetime as dt

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

CLAIM_SIGNING_OID = "1.3.6.1.4.1.62558.2.1"
_DOCUMENT_SIGNING_OID = "1.3.6.1.5.5.7.3.36"
CA_CERT, CA_KEY, CERT, KEY = "authority.pem", "authority.key", "signer.pem", "signer.key"
_CA_YEARS, _LEAF_YEARS = 30, 10

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def new_studio() -> dict[str, bytes]:
    """The four files of a new identity, by name: authority and signing certificate with their keys, PEM."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    mark = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()).digest.hex()[:8]
    ca_name = _subject(f"Auteur authority {mark}")
    ca_cert = _certificate(ca_name, ca_key.public_key(), ca_name, ca_key, authority=True)
    cert = _certificate(_subject(f"Auteur studio {mark}"), key.public_key(), ca_name, ca_key, authority=False)
    return {CA_CERT: pem(ca_cert), CA_KEY: _key_pem(ca_key), CERT: pem(cert), KEY: _key_pem(key)}


def new_signer(ca_cert: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey) -> dict[str, bytes]:
    """A new signing certificate and key under an authority that is already there."""
    key = ec.generate_private_key(ec.SECP256R1())
    mark = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()).digest.hex()[:8]
    subject = _subject(f"Auteur studio {mark}")
    cert = _certificate(subject, key.public_key(), ca_cert.subject, ca_key, authority=False)
    return {CERT: pem(cert), KEY: _key_pem(key)}


def algorithm(key: object) -> str | None:
    """The C2PA name of the signature that a key makes; None for a kind of key that may not sign."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}.get(key.curve.name)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    return "ps256" if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048 else None


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether it may sign other certificates."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def why_not(leaf: x509.Certificate) -> str | None:
    """Why a certificate cannot sign clips, in plain words; None when it can."""
    now = dt.datetime.now(dt.UTC)
    if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        return f"it is valid from {leaf.not_valid_before_utc:%Y-%m-%d} to {leaf.not_valid_after_utc:%Y-%m-%d}"
    if leaf.issuer == leaf.subject:
        return "it signed itself, and readers refuse that: give one that an authority has signed"
    if is_authority(leaf):
        return "it is the certificate of an authority: give one for signing"
    try:
        if not leaf.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature:
            return "its key usage does not allow signatures"
        usages = {usage.dotted_string for usage in leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value}
    except x509.ExtensionNotFound:
        return "it does not say what it may be used for (key usage and extended key usage)"
    may = {CLAIM_SIGNING_OID, _DOCUMENT_SIGNING_OID, ExtendedKeyUsageOID.EMAIL_PROTECTION.dotted_string}
    return None if usages & may else "it may be used neither for C2PA claims, nor for e-mail, nor for documents"


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


def pem(certificate: x509.Certificate) -> bytes:
    """A certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
