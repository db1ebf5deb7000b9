from __future__ import annotations

import errno
import json
import socket
import struct
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from studio.checking import check
from studio.provenance import Claim, Ingredient, ProvenanceError, UnreadableFile, sign_clip, verify

from .conftest import RECIPE, ffmpeg


@pytest.fixture
def signed(clip, claim, identity, tmp_path):
    return sign_clip(clip, tmp_path / "signed.mp4", claim, identity).path


def atoms(data, start=0, end=None):
    end = len(data) if end is None else end
    while start < end:
        size, kind = struct.unpack(">I4s", data[start : start + 8])
        yield kind, start, start + size
        start += size


def changed_byte(path, offset):
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(data)
    return path


def test_a_signed_clip_reads_as_made_by_ai_in_this_studio(signed, identity):
    report = verify(signed, identity)
    assert (report.verdict, report.ai, report.model) == ("local", True, "Storybook")
    assert report.signer == identity.name
    assert report.when == "2026-03-01T12:30:00Z"
    assert report.problems == [] and report.parents == []
    assert [action["action"] for action in report.actions] == ["created"]
    assert report.manifest_id.startswith("urn:c2pa:")


def test_the_report_is_plain_json(signed, identity):
    report = verify(signed, identity)
    assert json.loads(report.to_json()) == report.to_dict()


def test_the_recipe_comes_back_exactly(signed, identity):
    report = verify(signed, identity)
    assert report.recipe_verified
    assert report.recipe == json.loads(RECIPE)
    assert report.recipe["seed"] == 2**63 + 5 and report.recipe["size"] == [832, 480]


def test_the_pictures_are_not_touched_by_signing(clip, signed):
    def media(path):
        data = path.read_bytes()
        return [data[start:end] for kind, start, end in atoms(data) if kind == b"mdat"]

    assert media(clip) == media(signed)


def test_one_flipped_byte_of_the_pictures_is_seen(signed, identity):
    _, start, end = next(atom for atom in atoms(signed.read_bytes()) if atom[0] == b"mdat")
    report = verify(changed_byte(signed, (start + end) // 2), identity)
    assert report.verdict == "changed" and not report.recipe_verified
    assert any("changed after signing" in problem for problem in report.problems)


def test_an_edited_title_is_seen(signed, identity):
    offset = signed.read_bytes().index(b"Winter fox", signed.read_bytes().index(b"moov"))
    assert verify(changed_byte(signed, offset), identity).verdict == "changed"


def test_an_edited_source_label_is_seen(signed, identity):
    offset = signed.read_bytes().rindex(b"trainedAlgorithmicMedia")
    assert verify(changed_byte(signed, offset), identity).verdict == "changed"


def test_an_edited_recipe_in_the_credential_is_seen(signed, identity):
    offset = signed.read_bytes().index(b"832,480")
    report = verify(changed_byte(signed, offset), identity)
    assert report.verdict == "changed" and not report.recipe_verified


def test_a_credential_on_another_clip_is_seen(signed, identity, tmp_path):
    other = tmp_path / "other.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=red:size=64x64:rate=8:duration=1", "-pix_fmt", "yuv420p", other)
    data = signed.read_bytes()
    store = next(data[start:end] for kind, start, end in atoms(data) if kind == b"uuid")
    plain = other.read_bytes()
    _, _, after_ftyp = next(atoms(plain))
    other.write_bytes(plain[:after_ftyp] + store + plain[after_ftyp:])
    assert verify(other, identity).verdict == "changed"


@pytest.mark.parametrize("cut", [1, 2000])
def test_a_signed_clip_cut_short_is_seen(signed, identity, cut):
    signed.write_bytes(signed.read_bytes()[:-cut])
    assert verify(signed, identity).verdict == "changed"


def test_something_appended_is_seen(signed, identity):
    signed.write_bytes(signed.read_bytes() + b"and more")
    assert verify(signed, identity).verdict == "changed"


def test_a_re_encoded_clip_has_no_credential(signed, identity, tmp_path):
    again = tmp_path / "again.mp4"
    ffmpeg("-i", signed, "-crf", "30", "-map_metadata", "-1", again)
    report = verify(again, identity)
    assert (report.verdict, report.ai, report.recipe) == ("none", None, None)
    assert report.problems


def test_a_remuxed_clip_still_gives_its_recipe_but_unverified(signed, identity, tmp_path):
    again = tmp_path / "again.mp4"
    ffmpeg("-i", signed, "-c", "copy", again)
    report = verify(again, identity)
    assert report.verdict == "none" and not report.recipe_verified
    assert report.recipe == json.loads(RECIPE)


def test_quicktime_style_tags_are_read_too(clip, identity, tmp_path):
    again = tmp_path / "again.mov"
    ffmpeg("-i", clip, "-c", "copy", "-movflags", "use_metadata_tags", again)
    assert verify(again, identity).recipe == json.loads(RECIPE)


def test_an_unsigned_clip_says_none_and_reads_the_source_label(clip, identity, tmp_path):
    from studio.provenance.container import source_label_box
    from studio.provenance.manifest import TRAINED_MEDIA

    labelled = tmp_path / "labelled.mp4"
    labelled.write_bytes(clip.read_bytes() + source_label_box("<A & B>", TRAINED_MEDIA))
    assert check(clip, identity, tmp_path).labels == []
    found = check(labelled, identity, tmp_path)
    assert found.verdict == "none" and any("unsigned label" in label for label in found.labels)


def test_another_studio_is_an_unknown_signer(signed, stranger):
    for reader in (stranger, None):
        report = verify(signed, reader)
        assert report.verdict == "unknown-signer" and report.ai
        assert report.recipe is not None and not report.recipe_verified
        assert any("not known" in problem for problem in report.problems)


def test_a_signer_on_a_public_list_is_trusted(signed, identity, stranger):
    assert verify(signed, stranger, trust_list=identity.authority_pem).verdict == "trusted"


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("GIF", "gif")])
def test_pictures_can_be_signed_too(kind, suffix, claim, identity, tmp_path):
    plain, signed = tmp_path / f"plain.{suffix}", tmp_path / f"signed.{suffix}"
    Image.effect_noise((48, 48), 40).save(plain, kind)
    sign_clip(plain, signed, claim, identity)
    assert verify(signed, identity).verdict == "local"


def picture(path, colour="red"):
    Image.new("RGB", (80, 60), colour).save(path)
    return path


def test_a_given_picture_is_named_as_input(clip, claim, identity, tmp_path):
    ingredient = Ingredient(picture(tmp_path / "drawing.png"), "drawing.png", "inputTo")
    sign_clip(clip, tmp_path / "out.mp4", replace(claim, ingredients=(ingredient,)), identity)
    report = verify(tmp_path / "out.mp4", identity)
    assert report.verdict == "local"
    [parent] = report.parents
    assert (parent["title"], parent["relationship"], parent["state"]) == ("drawing.png", "inputTo", "unsigned")


def test_a_given_picture_keeps_its_own_credential(clip, claim, identity, stranger, tmp_path):
    own = replace(claim, title="drawing", recipe_json="{}")
    theirs = sign_clip(picture(tmp_path / "drawing.png"), tmp_path / "signed.png", own, stranger)
    with_picture = replace(claim, ingredients=(Ingredient(theirs.path, "drawing.png", "inputTo"),))
    report = verify(sign_clip(clip, tmp_path / "out.mp4", with_picture, identity).path, identity)
    assert report.verdict == "local"
    [parent] = report.parents
    assert (parent["manifest_id"], parent["signer"]) == (theirs.manifest_id, stranger.name)
    assert parent["state"] == "unknown-signer" and parent["ai"]


def test_a_picture_changed_before_it_was_given_is_reported_for_good(clip, claim, identity, tmp_path):
    own = sign_clip(picture(tmp_path / "drawing.png"), tmp_path / "signed.png", claim, identity)
    data = own.path.read_bytes()
    changed_byte(own.path, data.index(b"IDAT") + 8)
    with_picture = replace(claim, ingredients=(Ingredient(own.path, "drawing.png", "inputTo"),))
    report = verify(sign_clip(clip, tmp_path / "out.mp4", with_picture, identity).path, identity)
    assert report.verdict == "local" and report.parents[0]["state"] == "changed"
    assert any("drawing.png" in problem for problem in report.problems)


def test_several_pictures_keep_their_order(clip, claim, identity, tmp_path):
    names = ["a.png", "b.png", "c.png"]
    given = tuple(Ingredient(picture(tmp_path / name), name, "inputTo") for name in names)
    sign_clip(clip, tmp_path / "out.mp4", replace(claim, ingredients=given), identity)
    assert [parent["title"] for parent in verify(tmp_path / "out.mp4", identity).parents] == names


def test_a_clip_may_be_signed_in_its_place(clip, claim, identity, tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip.read_bytes())
    done = sign_clip(path, path, claim, identity)
    assert done.path == path and verify(path, identity).verdict == "local"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("title", ["", '🦊 <&> "quoted"', "مرحبا", "tab\tline\nnul\x00", "x" * 5000, "half \ud83d"])
def test_any_title_can_be_signed(clip, claim, identity, tmp_path, title):
    sign_clip(clip, tmp_path / "out.mp4", replace(claim, title=title), identity)
    assert verify(tmp_path / "out.mp4", identity).verdict == "local"


def test_signing_uses_no_network(clip, claim, identity, tmp_path, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "socket", refuse)
    sign_clip(clip, tmp_path / "out.mp4", claim, identity)


@pytest.mark.parametrize("content", [b"", b"not a clip", b"\x00\x00\x00\x20ftypisom" + b"\x00" * 100])
def test_what_is_no_clip_is_not_signed_and_leaves_nothing(claim, identity, tmp_path, content):
    source = tmp_path / "source.mp4"
    source.write_bytes(content)
    with pytest.raises(ProvenanceError):
        sign_clip(source, tmp_path / "out.mp4", claim, identity)
    assert list(tmp_path.iterdir()) == [source]


def test_a_failed_signing_keeps_the_older_file(clip, claim, identity, tmp_path):
    destination = tmp_path / "out.mp4"
    destination.write_bytes(b"older")
    missing = Ingredient(tmp_path / "gone.png", "gone.png", "inputTo")
    with pytest.raises(UnreadableFile, match=r"gone\.png"):
        sign_clip(clip, destination, replace(claim, ingredients=(missing,)), identity)
    assert destination.read_bytes() == b"older"


def test_a_full_disk_is_told_as_such(clip, claim, identity, tmp_path, monkeypatch):
    from studio.provenance import signing

    class Full(signing._Output):
        def write(self, data):
            self.error = OSError(errno.ENOSPC, "No space left on device")
            raise self.error

    monkeypatch.setattr(signing, "_Output", Full)
    with pytest.raises(OSError) as caught:
        sign_clip(clip, tmp_path / "out.mp4", claim, identity)
    assert caught.value.errno == errno.ENOSPC and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.mp4", b""),
        ("text.mp4", b"just words"),
        ("half.mp4", b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41\x00\x00\xff\xffmoov"),
        ("page.png", b"%PDF-1.7 renamed"),
        ("broken.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 20),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(identity, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFile, match=name):
        verify(tmp_path / name, identity)


def test_a_missing_file_and_a_folder_are_clear_errors(identity, tmp_path):
    for path in (tmp_path / "missing.mp4", tmp_path):
        with pytest.raises(UnreadableFile, match=path.name):
            verify(path, identity)


def test_a_clip_cut_short_before_signing_is_unreadable(clip, identity, tmp_path):
    (tmp_path / "cut.mp4").write_bytes(clip.read_bytes()[:-100])
    with pytest.raises(UnreadableFile, match="cut short"):
        verify(tmp_path / "cut.mp4", identity)


def test_a_webm_has_no_credential(identity, tmp_path):
    (tmp_path / "a.webm").write_bytes(b"\x1aE\xdf\xa3" + b"\x00" * 64)
    assert verify(tmp_path / "a.webm", identity).verdict == "none"


@pytest.mark.parametrize(
    "wrong", [{"model_sha256": "abc"}, {"recipe_json": "x" * 900_001}, {"recipe_json": "\ud800"}, {"when": "naive"}]
)
def test_a_claim_that_cannot_be_signed_is_refused_at_once(claim, wrong):
    if "when" in wrong:
        wrong = {"when": claim.when.replace(tzinfo=None)}
    with pytest.raises(ProvenanceError):
        replace(claim, **wrong)


def test_a_recipe_may_be_long(clip, claim, identity, tmp_path):
    long = json.dumps({"prompt": "é" * 400_000}, ensure_ascii=False)
    sign_clip(clip, tmp_path / "out.mp4", replace(claim, recipe_json=long), identity)
    assert verify(tmp_path / "out.mp4", identity).recipe == json.loads(long)


@pytest.fixture(scope="module")
def one_signed(clip, identity, tmp_path_factory):
    claim = Claim("t", "Storybook", "1", "ab" * 32, True, RECIPE, None, (), datetime(2026, 1, 1, tzinfo=UTC))
    return sign_clip(clip, tmp_path_factory.mktemp("one") / "signed.mp4", claim, identity).path


@settings(max_examples=80, deadline=None)
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_flipped_bit_hides_the_credential_or_alters_a_verified_recipe(one_signed, identity, where, bit):
    data = bytearray(one_signed.read_bytes())
    data[int(where * len(data))] ^= 1 << bit
    changed = one_signed.with_name("flipped.mp4")
    changed.write_bytes(data)
    try:
        report = verify(changed, identity)
    except UnreadableFile:
        return
    assert report.verdict in ("changed", "local")  # bits of padding and of ftyp are outside the signature by design
    assert not report.recipe_verified or report.recipe == json.loads(RECIPE)


@settings(max_examples=80, deadline=None)
@given(
    head=st.sampled_from([b"", b"\x00\x00\x00\x18ftypisom", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a"]),
    rest=st.binary(),
)
def test_any_bytes_get_a_report_or_one_clear_error(tmp_path_factory, head, rest):
    path = tmp_path_factory.getbasetemp() / "any.bin"
    path.write_bytes(head + rest)
    try:
        verdict = verify(path, None).verdict
        assert verdict == "none" or (verdict == "changed" and b"c2pa" in rest)  # what names a credential, and has none
    except UnreadableFile as error:
        assert str(error).startswith("any.bin: ")


def test_an_empty_box_at_the_end_changes_nothing_that_is_signed(signed, identity):
    signed.write_bytes(signed.read_bytes() + struct.pack(">I4s", 16, b"free") + b"\0" * 8)
    assert verify(signed, identity).verdict == "local", "padding is left out of the hash by design of C2PA"
