from __future__ import annotations

import os
import stat
import threading

import pytest
from cryptography import x509

from studio.provenance import Identity, ProvenanceError, sign_clip, verify
from studio.provenance.identity import export, rotate, use_own
from studio.provenance.private import access_command


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "home" / "identity"
    Identity.load_or_create(folder)
    return folder


def test_first_start_makes_an_identity_and_the_next_finds_it(folder):
    again = Identity.load_or_create(folder)
    assert again == Identity.load_or_create(folder)
    assert [path.name for path in folder.parent.iterdir()] == ["identity"]


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_private_keys_are_readable_by_the_owner_alone(folder):
    assert mode(folder) == 0o700
    assert {mode(key) for key in folder.glob("*.key")} == {0o600}
    assert len(list(folder.glob("*.key"))) == 2


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_keys_that_became_readable_by_others_are_closed_again(folder):
    folder.chmod(0o755)
    (folder / "signer.key").chmod(0o644)
    Identity.load_or_create(folder)
    assert mode(folder) == 0o700 and mode(folder / "signer.key") == 0o600


def test_the_certificate_has_both_usages_and_ten_years(folder):
    certificate = x509.load_pem_x509_certificate((folder / "signer.pem").read_bytes())
    usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert {usage.dotted_string for usage in usages} == {"1.3.6.1.4.1.62558.2.1", "1.3.6.1.5.5.7.3.4"}
    days = (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days
    assert 3650 <= days <= 3655
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_certificates_tell_nothing_of_the_person_or_the_computer(folder):
    certificate = x509.load_pem_x509_certificate((folder / "signer.pem").read_bytes())
    name = certificate.subject.rfc4514_string()
    assert name.startswith("CN=Auteur studio ") and name.endswith(",O=Auteur")


def test_repr_does_not_show_the_private_key(folder):
    assert "PRIVATE" not in repr(Identity.load_or_create(folder))


@pytest.mark.parametrize("name", ["signer.key", "signer.pem", "authority.key", "authority.pem"])
def test_a_damaged_file_is_named_with_what_to_do(folder, name):
    (folder / name).write_bytes(b"\x00garbage")
    with pytest.raises(ProvenanceError, match=name) as caught:
        Identity.load_or_create(folder)
    assert "backup" in str(caught.value)


def test_a_missing_file_is_named_and_nothing_is_overwritten(folder):
    (folder / "signer.pem").unlink()
    key = (folder / "signer.key").read_bytes()
    with pytest.raises(ProvenanceError, match=r"signer\.pem missing"):
        Identity.load_or_create(folder)
    assert (folder / "signer.key").read_bytes() == key


def test_keys_of_two_studios_are_not_mixed(folder, tmp_path):
    other = tmp_path / "other"
    Identity.load_or_create(other)
    (folder / "signer.key").write_bytes((other / "signer.key").read_bytes())
    with pytest.raises(ProvenanceError, match="do not belong together"):
        Identity.load_or_create(folder)


def test_programs_that_start_at_once_end_up_with_one_identity(tmp_path):
    folder, found = tmp_path / "identity", []
    threads = [threading.Thread(target=lambda: found.append(Identity.load_or_create(folder))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 and len(set(found)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["identity"]


def test_a_file_in_the_place_of_the_folder_is_a_clear_error(tmp_path):
    (tmp_path / "identity").write_text("not a folder")
    with pytest.raises(ProvenanceError, match="cannot be used"):
        Identity.load_or_create(tmp_path / "identity")


def own_certificate(folder, *, usage="1.3.6.1.5.5.7.3.4", curve=None, days=365):
    """A chain and a key as a real authority would give them."""
    import datetime as dt

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID, ObjectIdentifier

    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(curve or ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)

    def certificate(name, public, authority):
        bits = dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign",
             "encipher_only", "decipher_only"), False,
        )  # fmt: skip
        use = x509.KeyUsage(digital_signature=not authority, key_cert_sign=authority, **bits)
        built = (
            x509.CertificateBuilder(
                x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Public CA")]),
                x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
                public, x509.random_serial_number(), now - dt.timedelta(days=2), now + dt.timedelta(days=days),
            )
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
            .add_extension(use, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        )  # fmt: skip
        if not authority:
            built = built.add_extension(x509.ExtendedKeyUsage([ObjectIdentifier(usage)]), critical=False)
        return built.sign(ca_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    root, leaf = certificate("Public CA", ca_key.public_key(), True), certificate("Mira Films", key.public_key(), False)
    form = serialization.PrivateFormat.PKCS8
    (folder / "own.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    (folder / "own.pem").write_bytes(leaf + root)
    return folder / "own.pem", folder / "own.key"


def test_a_new_key_signs_and_the_old_clips_stay_ours(folder, clip, claim, tmp_path):
    before = sign_clip(clip, tmp_path / "before.mp4", claim, Identity.load_or_create(folder)).path
    key = (folder / "signer.key").read_bytes()
    for authority in (False, True, True):
        identity = rotate(folder, authority=authority)
        assert (folder / "signer.key").read_bytes() != key and not (folder / "next").exists()
        after = sign_clip(clip, tmp_path / "after.mp4", claim, identity).path
        assert [verify(path, identity).verdict for path in (before, after)] == ["local", "local"]


def test_a_rotation_that_died_halfway_is_finished_at_the_next_start(folder, monkeypatch):
    old = (folder / "signer.key").read_bytes()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("studio.provenance.identity._finish_rotation", _die_after(1))
        rotate(folder)
    assert (folder / "next").is_dir()
    Identity.load_or_create(folder)
    assert (folder / "signer.key").read_bytes() != old and not (folder / "next").exists()


def _die_after(moves):
    def dies(folder):
        if not (folder / "next").is_dir():
            return
        for path in sorted((folder / "next").iterdir())[:moves]:
            path.replace(folder / path.name)
        raise KeyboardInterrupt

    return dies


def test_the_owners_own_certificate_signs_and_reads_as_ours(folder, clip, claim, tmp_path):
    from cryptography.hazmat.primitives.asymmetric import ec

    local = Identity.load_or_create(folder)
    before = sign_clip(clip, tmp_path / "before.mp4", claim, local).path
    for number, curve in enumerate((ec.SECP256R1(), ec.SECP384R1())):
        identity = use_own(folder, *own_certificate(tmp_path, curve=curve))
        done = sign_clip(clip, tmp_path / f"own{number}.mp4", claim, identity).path
        report = verify(done, identity)
        assert (identity.name, report.verdict, report.signer) == ("Mira Films", "local", "Mira Films")
        assert verify(before, identity).verdict == "local", "what the studio signed before stays its own"
    assert verify(tmp_path / "own0.mp4", identity).verdict == "local", "and what an earlier own certificate signed"
    assert verify(done, local).verdict == "unknown-signer"


def test_another_certificate_of_the_same_public_authority_is_not_ours(folder, clip, claim, tmp_path):
    mine = use_own(folder, *own_certificate(tmp_path))
    other = use_own(tmp_path / "elsewhere" / "identity", *own_certificate(tmp_path))
    done = sign_clip(clip, tmp_path / "other.mp4", claim, other).path
    assert verify(done, mine).verdict == "unknown-signer"


@pytest.mark.parametrize(
    ("options", "why"),
    [({"usage": "1.3.6.1.5.5.7.3.1"}, "neither for C2PA"), ({"days": -1}, "valid from")],
)
def test_a_certificate_that_may_not_sign_is_refused_before_anything_changes(folder, tmp_path, options, why):
    before = Identity.load_or_create(folder)
    with pytest.raises(ProvenanceError, match=why):
        use_own(folder, *own_certificate(tmp_path, **options))
    assert Identity.load_or_create(folder) == before


def test_a_key_of_another_certificate_is_refused(folder, tmp_path):
    chain, _ = own_certificate(tmp_path)
    (tmp_path / "x").mkdir()
    _, key = own_certificate(tmp_path / "x")
    with pytest.raises(ProvenanceError, match="does not belong"):
        use_own(folder, chain, key)


def test_a_signer_of_ones_own_is_asked_instead_of_a_key(folder, clip, claim, tmp_path):
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    chain, key = own_certificate(tmp_path)
    token = serialization.load_pem_private_key(key.read_bytes(), None)
    asked = []

    def sign(data):
        asked.append(len(data))
        r, s = decode_dss_signature(token.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    identity = Identity.load_or_create(folder).with_signer(chain.read_text(), "es256", sign)
    report = verify(sign_clip(clip, tmp_path / "o.mp4", claim, identity).path, identity)
    assert (report.verdict, report.signer) == ("local", "Mira Films") and asked
    with pytest.raises(ProvenanceError, match="in place of a key"):
        identity.private_key()


def test_a_secret_carries_the_identity_to_a_place_without_a_disk(folder, clip, claim, tmp_path):
    here = Identity.load_or_create(folder)
    there = Identity.load_or_create(tmp_path / "nothing", {"AUTEUR_IDENTITY": export(here)})
    assert not (tmp_path / "nothing").exists() and "PRIVATE" not in repr(there)
    done = sign_clip(clip, tmp_path / "o.mp4", claim, there).path
    assert verify(done, here).verdict == verify(done, there).verdict == "local"
    for wrong in ("nonsense", export(here)[:-40], "-----BEGIN CERTIFICATE-----"):
        with pytest.raises(ProvenanceError, match="copy it again"):
            Identity.load_or_create(folder, {"AUTEUR_IDENTITY": wrong})


def test_on_windows_a_private_file_is_left_to_its_owner(tmp_path, monkeypatch):
    monkeypatch.setenv("USERDOMAIN", "STUDIO")
    monkeypatch.setattr("getpass.getuser", lambda: "mira")
    (tmp_path / "key").touch()
    assert access_command(tmp_path / "key")[1:] == [
        str(tmp_path / "key"), "/inheritance:r", "/grant:r", "STUDIO\\mira:F"
    ]  # fmt: skip
    assert access_command(tmp_path)[-1] == "STUDIO\\mira:(OI)(CI)F"
