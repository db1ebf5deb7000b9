"""Who signs: the studio's own certificate, made at first start, or one that its owner has.

Where it comes from, in this order: the secret AUTEUR_IDENTITY (a Space forgets its disk), a certificate of the owner's
own in `identity/own`, the identity in the folder. The folder is made whole under another name and then renamed, so that
two programs that start at once end up with one identity, and a crash leaves either all of it or nothing.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from studio.provenance import certificates
from studio.provenance.certificates import CA_CERT, CA_KEY, CERT, CLAIM_SIGNING_OID, KEY
from studio.provenance.errors import ProvenanceError
from studio.provenance.private import keep_private, write_private

__all__ = ["CLAIM_SIGNING_OID", "Identity", "Sign", "export", "rotate", "use_own"]

Sign = Callable[[bytes], bytes]
"""A signer of one's own: bytes to be signed in, the signature out (ECDSA as raw r and s one after the other)."""

_FILES = (CA_CERT, CA_KEY, CERT, KEY)
_OWN_CHAIN, _OWN_KEY = "chain.pem", "key.pem"
_FORMER, _MINE = "former.pem", "mine.pem"  # authorities and own certificates whose clips stay recognised
_NEXT = "next"  # new files on their way into place
_ADVICE = (
    "Put the files back from a backup, or move the folder away: a new identity is then made at the next start, "
    "and clips signed with the old one will read as signed by someone else."
)


@dataclass(frozen=True)
class Identity:
    """A studio's signing identity. ``repr`` never shows the private key.

    `authority_pem` is the studio's own CA, "" for a certificate that somebody else gave; `sign` is asked instead of a
    key where there is one; `timestamp` is the address of a time-stamp authority, None to ask nobody.
    """

    name: str
    authority_pem: str
    certificate_pem: str
    key_path: Path | None
    former_pem: str = ""  # CAs of this studio before the last change of authority
    algorithm: str = "es256"
    own_pem: str = ""  # the owner's own certificates, now and before, each with its authorities
    more_chain_pem: str = ""  # of an owner's own certificate: the authorities between it and the root
    timestamp: str | None = None
    secret: bytes = field(default=b"", repr=False)
    sign: Sign | None = field(default=None, repr=False)

    @property
    def chain_pem(self) -> str:
        """The chain that goes into a clip: the signing certificate, then the authority."""
        return self.certificate_pem + (self.authority_pem or self.more_chain_pem)

    @property
    def anchors_pem(self) -> str:
        """The authorities whose clips are this studio's own, now and before."""
        return self.authority_pem + self.former_pem

    def own_serials(self) -> set[str]:
        """Serial numbers of the owner's own certificates: an authority gives each but once."""
        every = x509.load_pem_x509_certificates(self.own_pem.encode()) if self.own_pem else []
        return {f"{one.serial_number:x}" for one in every if not certificates.is_authority(one)}

    def private_key(self) -> bytes:
        """The signing key, PEM. Read when it is needed and not kept in the object, unless it came as a secret."""
        if self.secret:
            return self.secret
        if self.key_path is None:
            raise ProvenanceError("This identity has a signer in place of a key.")
        return self.key_path.read_bytes()

    def with_signer(self, chain_pem: str, algorithm: str, sign: Sign) -> Identity:
        """The same studio, signing through a callback (a hardware token, a key service) with a certificate of its own.

        `algorithm`: es256, es384, es512, ps256 or ed25519. Raises ProvenanceError for a certificate that may not sign.
        """
        leaf, more = _chain(chain_pem.encode(), "the certificate of the signer")
        return replace(self._owned(leaf, more), algorithm=algorithm, key_path=None, secret=b"", sign=sign)

    def _owned(self, leaf: x509.Certificate, more: list[x509.Certificate]) -> Identity:
        if not more:
            raise ProvenanceError("The chain holds one certificate: add that of the authority that signed it.")
        pems = "".join(certificates.pem(one).decode() for one in more if one.issuer != one.subject)
        own = certificates.pem(leaf).decode()
        every = own + "".join(certificates.pem(one).decode() for one in more)
        known = self.own_pem if own in self.own_pem else self.own_pem + every
        return replace(
            self, name=_common_name(leaf), certificate_pem=own, authority_pem="", former_pem=self.anchors_pem,
            own_pem=known, more_chain_pem=pems,
        )  # fmt: skip

    @classmethod
    def load_or_create(cls, folder: Path, environ: Mapping[str, str] | None = None) -> Identity:
        """The identity of a folder, made there at first use; AUTEUR_IDENTITY and AUTEUR_TSA of the environment count.

        Raises ProvenanceError when files are missing, damaged, expired or do not belong together.
        """
        env = os.environ if environ is None else environ
        stamp = env.get("AUTEUR_TSA") or None
        if stamp is not None and not stamp.startswith(("http://", "https://")):
            raise ProvenanceError("AUTEUR_TSA is not an address: it begins with https:// or http://.")
        if env.get("AUTEUR_IDENTITY"):
            return replace(_from_secret(env["AUTEUR_IDENTITY"]), timestamp=stamp)
        try:
            if not _has_any(folder):
                _create(folder)
            found = _load(folder)
            if (folder / "own").is_dir():
                found = _load_own(found, folder / "own")
        except OSError as error:
            raise ProvenanceError(f"The signing keys in {folder} cannot be used: {error}.") from error
        return replace(found, timestamp=stamp)


def rotate(folder: Path, *, authority: bool = False) -> Identity:
    """A new signing key; with `authority` a new authority too. What was signed before stays recognised here.

    A crash at any moment leaves the old or the new one. Raises ProvenanceError.
    """
    if not _has_any(folder):
        _create(folder)
    _finish_rotation(folder)
    ca_cert, ca_key = _read_certificate(folder / CA_CERT), _read_key(folder / CA_KEY)
    files = certificates.new_studio() if authority else certificates.new_signer(ca_cert, ca_key)
    if authority:
        files[_FORMER] = _text(folder / _FORMER).encode() + certificates.pem(ca_cert)
    draft = folder / f".{_NEXT}-{secrets.token_hex(6)}"
    draft.mkdir(mode=0o700)
    for name, data in files.items():
        write_private(draft / name, data)
    draft.rename(folder / _NEXT)
    return Identity.load_or_create(folder)


def use_own(folder: Path, chain: Path, key: Path) -> Identity:
    """Sign with the owner's own certificate from now on; both files are copied. Raises ProvenanceError."""
    base = Identity.load_or_create(folder, {})
    draft = folder / f".own-{secrets.token_hex(6)}"
    draft.mkdir(mode=0o700)
    try:
        for name, source in ((_OWN_CHAIN, chain), (_OWN_KEY, key)):
            write_private(draft / name, source.read_bytes())
        found = _load_own(base, draft)
        (folder / _MINE).write_text(found.own_pem)
        shutil.rmtree(folder / "own", ignore_errors=True)
        draft.rename(folder / "own")
    except OSError as error:
        raise ProvenanceError(f"The certificate cannot be read: {error}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Identity.load_or_create(folder)


def export(identity: Identity) -> str:
    """The identity as one line for a secret: whoever has it can sign in this studio's name."""
    every = x509.load_pem_x509_certificates((identity.chain_pem + identity.own_pem).encode())
    leaf = x509.load_pem_x509_certificate(identity.certificate_pem.encode())
    chain = [leaf, *(one for one in dict.fromkeys(every) if certificates.is_authority(one))]
    return base64.b64encode(identity.private_key() + b"".join(map(certificates.pem, chain))).decode()


def _from_secret(text: str) -> Identity:
    wrong = "AUTEUR_IDENTITY is not what `python -m studio identity export` prints: copy it again, whole."
    try:
        data = text.encode() if "-----BEGIN" in text else base64.b64decode(text.strip(), validate=True)
        key = serialization.load_pem_private_key(data, password=None)
        leaf, *more = x509.load_pem_x509_certificates(data)
    except (ValueError, TypeError, binascii.Error):
        raise ProvenanceError(wrong) from None
    if not more or leaf.public_key() != key.public_key() or (named := certificates.algorithm(key)) is None:
        raise ProvenanceError(wrong)
    if (reason := certificates.why_not(leaf)) is not None:
        raise ProvenanceError(f"The certificate in AUTEUR_IDENTITY cannot sign: {reason}.")
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    blank = Identity(_common_name(leaf), "", certificates.pem(leaf).decode(), None, algorithm=named, secret=secret)
    ours = [one for one in more if _common_name(one).startswith("Auteur authority ")]
    if not ours:
        return blank._owned(leaf, more)
    return replace(blank, authority_pem=certificates.pem(ours[0]).decode())


def _has_any(folder: Path) -> bool:
    return any((folder / name).exists() for name in _FILES)


def _create(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f".{folder.name}-{secrets.token_hex(6)}")
    draft.mkdir(mode=0o700)
    try:
        for name, data in certificates.new_studio().items():
            write_private(draft / name, data, secret=name.endswith(".key"))
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


def _finish_rotation(folder: Path) -> None:
    """Files of a rotation that are not in place yet, from a moment ago or from before a crash."""
    waiting = folder / _NEXT
    if waiting.is_dir():
        for path in sorted(waiting.iterdir()):
            path.replace(folder / path.name)
        waiting.rmdir()


def _load(folder: Path) -> Identity:
    _finish_rotation(folder)
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        raise ProvenanceError(f"The signing keys in {folder} are not complete: {', '.join(missing)} missing. {_ADVICE}")
    keep_private(folder, folder / KEY, folder / CA_KEY)
    ca_cert, cert = (_read_certificate(folder / name) for name in (CA_CERT, CERT))
    ca_key, key = (_read_key(folder / name) for name in (CA_KEY, KEY))
    _check_pairs(folder, ca_cert, ca_key, cert, key)
    authority, own = certificates.pem(ca_cert).decode(), certificates.pem(cert).decode()
    former, mine = _text(folder / _FORMER), _text(folder / _MINE)
    return Identity(_common_name(cert), authority, own, folder / KEY, former, own_pem=mine)


def _load_own(base: Identity, folder: Path) -> Identity:
    keep_private(folder, folder / _OWN_KEY)
    leaf, more = _chain((folder / _OWN_CHAIN).read_bytes(), _OWN_CHAIN)
    try:
        key = serialization.load_pem_private_key((folder / _OWN_KEY).read_bytes(), password=None)
    except (ValueError, TypeError):
        raise ProvenanceError("The key is not a private key in PEM without a password.") from None
    named = certificates.algorithm(key)
    if named is None:
        raise ProvenanceError("The key cannot sign: give one for ECDSA (P-256, P-384, P-521), Ed25519 or RSA.")
    if key.public_key() != leaf.public_key():
        raise ProvenanceError("The key does not belong to the first certificate of the chain.")
    return replace(base._owned(leaf, more), algorithm=named, key_path=folder / _OWN_KEY)


def _chain(data: bytes, what: str) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """A chain in PEM: the signing certificate first. Raises ProvenanceError for one that may not sign."""
    try:
        leaf, *more = x509.load_pem_x509_certificates(data)
    except ValueError:
        raise ProvenanceError(f"{what} is not a certificate in PEM.") from None
    if (reason := certificates.why_not(leaf)) is not None:
        raise ProvenanceError(f"{what} cannot sign: {reason}.")
    return leaf, more


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()[:120]


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
    reason = certificates.why_not(cert)
    if reason is not None:
        line = f"The signing certificate in {folder} cannot be used: {reason}; check the clock."
        raise ProvenanceError(f"{line} `python -m studio identity rotate` makes a new one.")
