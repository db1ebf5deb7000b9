"""Every kind of work, in every format that is signed, against the rules of the C2PA 2.4 asset rubric over crJSON."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import get_args

import c2pa
import pytest
from PIL import Image

from studio.provenance import Edit, Ingredient, ProvenanceError, composed, edited, generated, sdk, sign_clip, verify
from studio.provenance.claims import MARKED

from .conftest import ffmpeg

# Actions that must say where their pixels come from, and the one that must not (C2PA 2.4, 18.15).
FREE = {
    "c2pa.placed", "c2pa.converted", "c2pa.transcoded", "c2pa.repackaged", "c2pa.enhanced", "c2pa.edited.metadata",
    "c2pa.resized.proportional", "c2pa.published", "c2pa.redacted", "c2pa.watermarked.bound",
    "c2pa.watermarked.unbound",
}  # fmt: skip
DEPRECATED = {"c2pa.actions", "c2pa.ingredient", "c2pa.ingredient.v2", "c2pa.watermarked"}


def active(path, identity, manifest=None):
    mime = "video/webm" if path.suffix == ".webm" else None
    with sdk.context(identity) as settings:
        arguments = (mime, path.open("rb"), manifest) if mime else (str(path),)
        with c2pa.Reader(*arguments, context=settings) as reader:
            store, name = json.loads(reader.crjson()), json.loads(reader.json())["active_manifest"]
    [found] = [one for one in store["manifests"] if one["label"] == name]
    return found


def check_rubric(manifest):
    """The rules that our manifests must pass; a failure names the rule."""
    claim, assertions = manifest["claim.v2"], manifest["assertions"]
    names = {name.partition("__")[0] for name in assertions}
    assert claim["claim_generator_info"]["specVersion"] == "2.4.0"
    assert not names & DEPRECATED and not any(name.startswith("stds.") for name in names)
    data = assertions["c2pa.actions.v2"]
    assert data["allActionsIncluded"] is True
    first, *rest = data["actions"]
    assert first["action"] in ("c2pa.created", "c2pa.opened")
    assert not any(action["action"] in ("c2pa.created", "c2pa.opened") for action in rest)
    if first["action"] == "c2pa.opened":
        assert "digitalSourceType" not in first and len(first["parameters"]["ingredients"]) == 1
    else:
        assert first["digitalSourceType"].startswith("http://cv.iptc.org/newscodes/digitalsourcetype/")
    for action in rest:
        assert action["action"] in FREE or action.get("digitalSourceType"), action
        assert action["action"] != "c2pa.placed" or len(action["parameters"]["ingredients"]) == 1
    created = [link["url"].rpartition("/")[2] for link in claim["created_assertions"]]
    gathered = [link["url"].rpartition("/")[2] for link in claim["gathered_assertions"]]
    assert "c2pa.actions.v2" in created
    assert all(name.startswith("c2pa.") for name in created)
    assert all(name.startswith(("cawg.", "io.github.auteur.")) for name in gathered)
    assert manifest["validationResults"]["failure"] == []
    return data["actions"]


@pytest.fixture
def take(clip, claim, identity, tmp_path):
    """A generated take, signed."""
    return Ingredient(sign_clip(clip, tmp_path / "take.mp4", claim, identity).path, "Take 3")


def test_a_change_opens_the_clip_and_keeps_its_history(clip, claim, identity, take, tmp_path):
    done = sign_clip(clip, tmp_path / "longer.mp4", edited(claim, take, "extend"), identity)
    actions = check_rubric(active(done.path, identity))
    assert [action["action"] for action in actions] == ["c2pa.opened", "c2pa.edited"]
    assert actions[1]["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert actions[1]["softwareAgent"]["name"] == "Storybook"
    report = verify(done.path, identity)
    [parent] = report.parents
    assert (report.verdict, report.ai, parent["relationship"], parent["state"]) == ("local", True, "parentOf", "intact")
    assert parent["ai"] is True and report.recipe_verified


def test_a_cut_needs_no_model_and_still_reads_as_made_by_ai(clip, claim, identity, take, tmp_path):
    bare = replace(claim, model_name="", model_sha256="")
    done = sign_clip(clip, tmp_path / "cut.mp4", edited(bare, take, "trim", "transcode"), identity)
    manifest = active(done.path, identity)
    actions = check_rubric(manifest)
    assert [action["action"] for action in actions] == ["c2pa.opened", "c2pa.trimmed", "c2pa.transcoded"]
    assert "c2pa.ai-disclosure" not in manifest["assertions"]
    report = verify(done.path, identity)
    assert report.ai is True, "what is cut from an AI-made clip is AI-made"


def test_a_film_places_its_shots_in_order(clip, claim, identity, take, tmp_path):
    other = Ingredient(sign_clip(clip, tmp_path / "b.mp4", replace(claim, title="B"), identity).path, "Take 9")
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.2", tmp_path / "music.wav")
    parts = [take, other, Ingredient(tmp_path / "music.wav", "Music")]
    done = sign_clip(clip, tmp_path / "film.mp4", composed(claim, parts, "titles", "sound"), identity)
    actions = check_rubric(active(done.path, identity))
    assert [action["action"] for action in actions] == [
        "c2pa.created", "c2pa.placed", "c2pa.placed", "c2pa.placed", "c2pa.edited", "c2pa.edited"
    ]  # fmt: skip
    assert actions[0]["digitalSourceType"].endswith("/compositeSynthetic")
    report = verify(done.path, identity)
    assert [(p["title"], p["relationship"], p["state"]) for p in report.parents] == [
        ("Take 3", "componentOf", "intact"), ("Take 9", "componentOf", "intact"), ("Music", "componentOf", "unsigned")
    ]  # fmt: skip
    assert report.ai is True and report.verdict == "local"


def test_a_blend_is_a_composite_with_a_step_of_the_model(clip, claim, identity, take, tmp_path):
    again = Ingredient(take.path, "Take 3, once more")
    done = sign_clip(clip, tmp_path / "blend.mp4", composed(claim, [take, again], "blend"), identity)
    actions = check_rubric(active(done.path, identity))
    assert actions[-1]["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert len(verify(done.path, identity).parents) == 2


def test_what_a_change_was_given_belongs_to_the_step_of_the_model(clip, claim, identity, take, tmp_path):
    Image.new("RGB", (64, 64), "red").save(tmp_path / "end.png")
    work = edited(claim, take, "trim", "extend", inputs=[Ingredient(tmp_path / "end.png", "end.png")])
    actions = check_rubric(active(sign_clip(clip, tmp_path / "o.mp4", work, identity).path, identity))
    assert "parameters" not in actions[1] and len(actions[2]["parameters"]["ingredients"]) == 1


@pytest.mark.parametrize("did", get_args(Edit))
def test_every_edit_that_has_a_name_passes_the_rubric(did, clip, claim, identity, take, tmp_path):
    done = sign_clip(clip, tmp_path / "out.mp4", edited(claim, take, did), identity)
    check_rubric(active(done.path, identity))


def test_an_invisible_mark_is_named_by_the_hash_of_its_number(clip, claim, identity, tmp_path):
    work = replace(generated(claim), watermark="0f" * 32, steps=(MARKED,))
    manifest = active(sign_clip(clip, tmp_path / "m.mp4", work, identity).path, identity)
    assert check_rubric(manifest)[1]["action"] == "c2pa.watermarked.unbound"
    assert manifest["assertions"]["io.github.auteur.watermark"]["sha256"] == "0f" * 32
    assert "c2pa.soft-binding" not in manifest["assertions"]


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".gif", ".webp", ".png", ".jpg", ".webm", ".mkv"])
def test_every_format_carries_the_same_profile(suffix, clip, claim, identity, tmp_path):
    source = tmp_path / f"plain{suffix}"
    if suffix in (".png", ".jpg"):
        Image.new("RGB", (64, 64), "green").save(source)
    elif suffix == ".webp":
        frames = [Image.new("RGB", (64, 64), colour) for colour in ("green", "red", "blue")]
        frames[0].save(source, save_all=True, append_images=frames[1:])
    else:
        ffmpeg("-i", clip, *(["-c:v", "libvpx"] if suffix == ".webm" else []), source)
    before = source.read_bytes()
    done = sign_clip(source, tmp_path / f"signed{suffix}", claim, identity)
    report = verify(done.path, identity)
    assert (report.verdict, report.ai, report.recipe_verified) == ("local", True, True)
    if suffix in (".webm", ".mkv"):
        assert done.path.read_bytes() == before and done.sidecar == tmp_path / f"signed{suffix}.c2pa"
        data = bytearray(before)
        data[len(data) // 2] ^= 1
        done.path.write_bytes(data)
        assert verify(done.path, identity).verdict == "changed"
        done.sidecar.unlink()
        assert verify(done.path, identity).verdict == "none"
    else:
        check_rubric(active(done.path, identity))


def test_a_given_clip_of_any_kind_can_be_named(clip, claim, identity, tmp_path):
    ffmpeg("-i", clip, "-c:v", "libvpx", tmp_path / "given.webm")
    shutil.copy(tmp_path / "given.webm", tmp_path / "given.png")  # a lying name is no matter
    given = [Ingredient(tmp_path / "given.webm", "given.webm"), Ingredient(tmp_path / "given.png", "x")]
    work = generated(claim, given)
    report = verify(sign_clip(clip, tmp_path / "o.mp4", work, identity).path, identity)
    assert [parent["state"] for parent in report.parents] == ["unsigned", "unsigned"]


def test_a_claim_that_does_not_add_up_is_refused(clip, claim, identity, take, tmp_path):
    with pytest.raises(ProvenanceError, match="no edit"):
        edited(claim, take, "improve")
    with pytest.raises(ProvenanceError, match="which model"):
        edited(replace(claim, model_sha256=""), take, "extend")
    with pytest.raises(ProvenanceError, match="at least one part"):
        composed(claim, [])
    with pytest.raises(ProvenanceError, match="parents"):
        replace(claim, ingredients=(replace(take, relationship="parentOf"),))
    with pytest.raises(ProvenanceError, match="hash"):
        sign_clip(clip, tmp_path / "o.mp4", replace(generated(claim), model_sha256=""), identity)
