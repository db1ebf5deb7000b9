"""The manifest against the rules of the C2PA 2.4 asset rubric, re-expressed over crJSON."""

from __future__ import annotations

import json
from dataclasses import replace

import c2pa
import pytest
from PIL import Image

from studio.provenance import Ingredient, sdk, sign_clip

DEPRECATED = {"c2pa.actions", "c2pa.ingredient", "c2pa.ingredient.v2", "c2pa.watermarked"}
MODEL_TYPES = "c2pa.types.model"


@pytest.fixture(scope="module")
def crjson(tmp_path_factory, clip, identity):
    from datetime import UTC, datetime

    from studio.provenance import Claim

    folder = tmp_path_factory.mktemp("rubric")
    Image.new("RGB", (64, 64), "green").save(folder / "first.png")
    Image.new("RGB", (32, 32), "green").save(folder / "thumb.jpg")
    claim = Claim(
        title="Rubric",
        model_name="Storybook",
        model_version="1",
        model_sha256="cd" * 32,
        prompt_guided=True,
        recipe_json='{"prompt":"x"}',
        thumbnail=(folder / "thumb.jpg").read_bytes(),
        ingredients=(Ingredient(folder / "first.png", "first.png", "inputTo"),),
        when=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )
    done = sign_clip(clip, folder / "clip.mp4", claim, identity)
    with sdk.context(identity) as settings, c2pa.Reader(str(done.path), context=settings) as reader:
        return json.loads(reader.crjson())


@pytest.fixture
def manifest(crjson):
    [manifest] = crjson["manifests"]
    return manifest


def labels(references):
    return [reference["url"].rpartition("/")[2] for reference in references]


def test_spec_version_stands_in_the_generator_info(manifest):
    info = manifest["claim.v2"]["claim_generator_info"]
    assert info["specVersion"] == "2.4.0" and info["name"] == "Auteur" and info["version"]


def test_the_first_action_is_created_with_its_source_type(manifest):
    actions = manifest["assertions"]["c2pa.actions.v2"]["actions"]
    assert actions[0]["action"] == "c2pa.created"
    assert actions[0]["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert sum(action["action"] in ("c2pa.created", "c2pa.opened") for action in actions) == 1


def test_all_actions_are_said_to_be_listed(manifest):
    assert manifest["assertions"]["c2pa.actions.v2"]["allActionsIncluded"] is True


def test_the_action_names_moment_and_model(manifest):
    action = manifest["assertions"]["c2pa.actions.v2"]["actions"][0]
    assert action["when"] == "2026-01-02T03:04:05Z"
    assert action["softwareAgent"] == {"name": "Storybook", "version": "1"}


def test_given_pictures_are_referenced_from_the_action(manifest):
    action = manifest["assertions"]["c2pa.actions.v2"]["actions"][0]
    [reference] = action["parameters"]["ingredients"]
    assert "c2pa.ingredient.v3" in reference["url"]
    assert manifest["assertions"]["c2pa.ingredient.v3"]["relationship"] == "inputTo"


def test_standard_assertions_are_created_and_custom_ones_gathered(manifest):
    created = labels(manifest["claim.v2"]["created_assertions"])
    gathered = labels(manifest["claim.v2"]["gathered_assertions"])
    assert all(label.startswith("c2pa.") for label in created)
    assert all(label.startswith(("cawg.", "io.github.auteur.")) for label in gathered)
    assert {"c2pa.actions.v2", "c2pa.ai-disclosure", "c2pa.ingredient.v3", "c2pa.hash.bmff.v3"} <= set(created)


def test_custom_labels_carry_a_dot_and_none_is_deprecated(manifest):
    names = set(manifest["assertions"])
    assert all("." in name for name in names)
    assert not names & DEPRECATED and not any(name.startswith("stds.") for name in names)


def test_the_model_is_disclosed_with_the_hash_of_its_weights(manifest):
    disclosure = manifest["assertions"]["c2pa.ai-disclosure"]
    assert disclosure["modelType"].startswith(MODEL_TYPES) and disclosure["modelName"] == "Storybook"
    assert disclosure["modelIdentifier"] == "urn:sha256:" + "cd" * 32
    assert disclosure["contentProfile"]["humanOversightLevel"] == "prompt_guided"


def test_the_wish_not_to_be_trained_on_is_stated(manifest):
    entries = manifest["assertions"]["cawg.training-mining"]["entries"]
    assert entries["cawg.ai_generative_training"] == {"use": "notAllowed"}


def test_the_thumbnail_is_the_one_that_was_given(manifest):
    assert "c2pa.thumbnail.claim" in labels(manifest["claim.v2"]["created_assertions"])


def test_the_signature_is_es256_by_a_certificate_of_the_local_authority(manifest):
    signature = manifest["signature"]
    assert signature["algorithm"].lower() == "es256"
    assert signature["certificateInfo"]["subject"]["CN"].startswith("Auteur studio")
    assert signature["certificateInfo"]["issuer"]["CN"].startswith("Auteur authority")


def test_nothing_fails_in_the_validation(manifest):
    results = manifest["validationResults"]
    assert results["failure"] == []
    codes = {item["code"] for item in results["success"]}
    assert {"claimSignature.validated", "assertion.bmffHash.match", "signingCredential.trusted"} <= codes


def test_an_unguided_clip_says_so(clip, claim, identity, tmp_path):
    done = sign_clip(clip, tmp_path / "out.mp4", replace(claim, prompt_guided=False), identity)
    with c2pa.Reader(str(done.path), context=sdk.context(identity)) as reader:
        disclosure = json.loads(reader.crjson())["manifests"][0]["assertions"]["c2pa.ai-disclosure"]
    assert disclosure["contentProfile"]["humanOversightLevel"] == "fully_autonomous"
