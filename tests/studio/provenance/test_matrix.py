"""What becomes of a credential, situation by situation: the whole table in one place.

The rows are those of the studio's notes on C2PA (validation results); what each verdict means is said in
docs/provenance.md.
"""

from __future__ import annotations

import datetime as dt
import struct
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from studio.provenance import Claim, Identity, ProvenanceError, sign_clip, verify
from studio.provenance.container import source_label_box
from studio.provenance.manifest import TRAINED_MEDIA
from studio.provenance.verifying import _verdict

from .conftest import ffmpeg
from .test_expiry import ending
from .test_signing import atoms, changed_byte
from .test_stamping import authority

__all__ = ["authority"]

SOURCE = b"trainedAlgorithmicMedia"


@pytest.fixture
def signed(clip: Path, claim: Claim, identity: Identity, tmp_path: Path) -> Path:
    """A clip with all that travels in one: pictures, a title, the source label in XMP, a credential."""
    labelled = tmp_path / "labelled.mp4"
    labelled.write_bytes(clip.read_bytes() + source_label_box("Winter fox", TRAINED_MEDIA))
    return sign_clip(labelled, tmp_path / "signed.mp4", claim, identity).path


def _places(path: Path, what: bytes) -> dict[bytes, int]:
    """Where some bytes stand in each of a file's boxes that has them."""
    data = path.read_bytes()
    boxes = [(kind, start, data.find(what, start, end)) for kind, start, end in atoms(data)]
    return {kind + data[start + 8 : start + 12]: at for kind, start, at in boxes if at >= 0}


def _bit(path: Path, what: bytes, kind: bytes) -> Path:
    places = [at for box, at in _places(path, what).items() if box.startswith(kind)]
    return changed_byte(path, places[0])


def _of_pictures(path: Path) -> Path:
    _, start, end = next(atom for atom in atoms(path.read_bytes()) if atom[0] == b"mdat")
    return changed_byte(path, (start + end) // 2)


def _of_label(path: Path, xmp: bool) -> Path:
    """A bit of the source label: in the XMP box (its identifier begins BE7ACFCB), or in the credential."""
    places = _places(path, SOURCE)
    assert len(places) == 2, "it stands in both"
    [at] = [at for box, at in places.items() if (box == b"uuid\xbe\x7a\xcf\xcb") == xmp]
    return changed_byte(path, at)


def _grafted(path: Path) -> Path:
    other = path.with_name("other.mp4")
    ffmpeg("-f", "lavfi", "-i", "color=red:size=64x64:rate=8:duration=1", "-pix_fmt", "yuv420p", other)
    data, plain = path.read_bytes(), other.read_bytes()
    store = next(data[start:end] for kind, start, end in atoms(data) if kind == b"uuid")
    after = next(atoms(plain))[2]
    other.write_bytes(plain[:after] + store + plain[after:])
    return other


def _with(path: Path, tail: bytes) -> Path:
    path.write_bytes(path.read_bytes() + tail)
    return path


def _box(kind: bytes) -> bytes:
    return struct.pack(">I4s", 16, kind) + b"\0" * 8


def _cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-2000])
    return path


def _through_ffmpeg(name: str, *options: str) -> Callable[[Path], Path]:
    def change(path: Path) -> Path:
        ffmpeg("-i", path, *options, path.with_name(name))
        return path.with_name(name)

    return change


SITUATIONS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "as it was signed": (lambda path: path, "local"),
    "a bit of the pictures": (_of_pictures, "changed"),
    "a bit of the title": (lambda path: _bit(path, b"Winter fox", b"moov"), "changed"),
    "a bit of the source label in XMP": (lambda path: _of_label(path, xmp=True), "changed"),
    "a bit of the source label in the credential": (lambda path: _of_label(path, xmp=False), "changed"),
    "a bit of the recipe in the credential": (lambda path: _bit(path, b"832,480", b"uuid"), "changed"),
    "the credential on another clip": (_grafted, "changed"),
    "cut short": (_cut, "changed"),
    "bytes after the end": (lambda path: _with(path, b"and more"), "changed"),
    "a strange box after the end": (lambda path: _with(path, _box(b"zzzz")), "changed"),
    "an empty box after the end": (lambda path: _with(path, _box(b"free")), "local"),
    "its streams copied": (_through_ffmpeg("copy.mp4", "-c", "copy"), "none"),
    "its streams copied and trimmed": (_through_ffmpeg("trim.mp4", "-t", "0.5", "-c", "copy"), "none"),
    "its streams copied into MOV": (_through_ffmpeg("copy.mov", "-c", "copy"), "none"),
    "encoded again": (_through_ffmpeg("again.mp4", "-crf", "23"), "none"),
}


@pytest.mark.parametrize("what", SITUATIONS)
def test_what_is_done_to_a_signed_clip(what: str, signed: Path, identity: Identity) -> None:
    change, verdict = SITUATIONS[what]
    report = verify(change(signed), identity)
    assert report.verdict == verdict
    assert report.recipe_verified == (verdict == "local") and bool(report.problems) == (verdict != "local")


def test_who_reads_it(signed: Path, clip: Path, identity: Identity, stranger: Identity) -> None:
    assert verify(clip, identity).verdict == "none"
    assert verify(signed, None).verdict == "unknown-signer"
    assert verify(signed, stranger).verdict == "unknown-signer"
    assert verify(signed, identity).verdict == "local"
    assert verify(signed, stranger, trust_list=identity.authority_pem).verdict == "trusted"


def test_after_its_certificate_has_ended(
    clip: Path, claim: Claim, authority: tuple[str, str], tmp_path: Path
) -> None:
    """Only a time stamp by somebody who is known keeps it good, and nothing more is signed with that certificate."""
    address, clock = authority
    folder, ends = ending(tmp_path / "home" / "identity", 20)
    identity = Identity.load_or_create(folder)
    bare = sign_clip(clip, tmp_path / "bare.mp4", claim, identity).path
    stamped = sign_clip(clip, tmp_path / "stamped.mp4", claim, replace(identity, timestamp=address)).path
    for path in (bare, stamped):
        assert verify(path, identity, trust_list=clock).verdict == "local"
    time.sleep(max(0.0, (ends - dt.datetime.now(dt.UTC)).total_seconds()) + 1.5)
    found = verify(stamped, identity, trust_list=clock)
    assert (found.verdict, found.stamped, found.recipe_verified) == ("local", True, True)
    for path, clocks in ((bare, clock), (stamped, None)):
        found = verify(path, identity, trust_list=clocks)
        assert (found.verdict, found.recipe_verified) == ("unknown-signer", False)
        assert any("expired" in problem for problem in found.problems)
    with pytest.raises(ProvenanceError):
        sign_clip(clip, tmp_path / "late.mp4", claim, identity)


@pytest.mark.parametrize(
    ("state", "failures", "verdict"),
    [
        ("Valid", ["signingCredential.untrusted"], "unknown-signer"),
        ("Valid", ["signingCredential.untrusted", "cawg.x509.credential.untrusted"], "unknown-signer"),
        ("Invalid", ["signingCredential.expired", "timeStamp.mismatch"], "unknown-signer"),
        ("Valid", ["cawg.x509.credential.untrusted", "assertion.bmffHash.mismatch"], "changed"),
        ("Invalid", ["claimSignature.mismatch", "signingCredential.untrusted"], "changed"),
        ("Invalid", ["assertion.hashedURI.mismatch"], "changed"),
        ("Invalid", ["something.new"], "changed"),
        ("Invalid", [], "changed"),
    ],
)
def test_doubts_of_people_are_no_change_of_the_file(state: str, failures: list[str], verdict: str) -> None:
    assert _verdict(state, {"failure": [{"code": code} for code in failures]}) == verdict
