from __future__ import annotations

import os
import stat
import threading

import pytest
from cryptography import x509

from studio.provenance import Identity, ProvenanceError


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
