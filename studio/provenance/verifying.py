"""Reading a credential back and saying in plain words what it is worth.

The SDK's reader is native code fed with files from anywhere, so the kind of file is settled by its first bytes
before it is called, and whatever it raises becomes either a verdict or one clear error.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import c2pa

from studio.provenance import container, sdk
from studio.provenance.errors import UnreadableFile
from studio.provenance.identity import Identity
from studio.provenance.manifest import DISCLOSURE_LABEL, RECIPE_LABEL
from studio.provenance.report import Report, Verdict

_AI_SOURCES = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")
_MAX_DEPTH = 6  # of the tree of parents that is shown
_MAX_SIDECAR = 64_000_000  # bytes; the history of many parents makes a manifest large

# What fails of these says something of who signed, who else vouches, or when: not of the file.
_OF_PEOPLE = ("signingCredential.", "timeStamp.", "cawg.")

_IN_WORDS = {
    "assertion.bmffHash.mismatch": "The picture, the sound or the tags of the file were changed after signing.",
    "assertion.dataHash.mismatch": "The file was changed after signing.",
    "assertion.boxesHash.mismatch": "The file was changed after signing.",
    "assertion.hashedURI.mismatch": "The credential itself was changed after signing.",
    "assertion.missing": "A part of the credential is missing.",
    "claimSignature.mismatch": "The signature does not belong to this credential.",
    "claim.missing": "The credential has no claim.",
    "signingCredential.untrusted": "The signer is not known to this studio: anyone can sign under any name.",
    "signingCredential.expired": "The signer's certificate has expired and the signature carries no time stamp.",
    "signingCredential.invalid": "The signer's certificate is not one that may sign.",
    "signingCredential.revoked": "The signer's certificate was revoked.",
    "cawg.x509.credential.untrusted": "Somebody else who vouches for it in the credential is not known to this studio.",
    "cawg.ica.credential_invalid": "Somebody else who vouches for it in the credential cannot be checked.",
    "timeStamp.untrusted": "The time stamp is of an authority that is not known to this studio.",
    "timeStamp.mismatch": "The time stamp does not belong to this credential.",
    "ingredient.manifest.missing": "The credential of a source is missing.",
    "ingredient.claimSignature.mismatch": "The credential of a source was changed.",
    "ingredient.hashedURI.mismatch": "The credential of a source was changed.",
}


def verify(
    path: Path, identity: Identity | None, *, trust_list: str | None = None, manifest_bytes: bytes | None = None
) -> Report:
    """What a file's credential says and whether it holds. Never uses the network.

    `identity` is this studio's own (None: no studio yet); `trust_list` holds PEM certificates of a public list;
    `manifest_bytes` is a manifest from elsewhere that is held against the file. The credential of a file that cannot
    hold one itself is looked for beside it. Raises UnreadableFile when the file is missing, broken or neither a picture
    nor a clip.
    """
    path = Path(path)
    mime = container.mime_type(path)
    if manifest_bytes is None and mime == container.MATROSKA:
        manifest_bytes = _beside(path)
    try:
        store, crjson = _read(path, mime, identity, trust_list, manifest_bytes)
    except c2pa.C2paError as error:
        return _without_store(path, mime, error)
    report = _report(path, mime, store, crjson)
    if report.verdict == "unknown-signer" and identity is not None and identity.own_pem:
        store, crjson = _read(path, mime, identity, None, manifest_bytes, identity.own_pem)
        mine = _report(path, mime, store, crjson)
        return mine if mine.verdict == "local" and _serial(crjson, mine) in identity.own_serials() else report
    return report


def _serial(crjson: Mapping[str, Any], report: Report) -> str:
    """The serial number of the certificate that signed the active manifest, in hexadecimal."""
    for manifest in crjson.get("manifests") or []:
        if manifest.get("label") == report.manifest_id:
            return str(((manifest.get("signature") or {}).get("certificateInfo") or {}).get("serialNumber"))
    return ""


def recovered(path: Path, identity: Identity | None, manifest_bytes: bytes, found_by: str) -> Report | None:
    """What a manifest that was kept elsewhere says of a file that lost it: never a proof, since the file is another.

    None when the manifest itself is broken, or was not signed by this studio.
    """
    mime = container.mime_type(path)
    mine = "" if identity is None else identity.anchors_pem + identity.own_pem
    try:
        store, crjson = _read(path, mime, identity, None, manifest_bytes, mine)
    except c2pa.C2paError:
        return None
    results = (store.get("validation_results") or {}).get("activeManifest") or {}
    trusted = any(item.get("code") == "signingCredential.trusted" for item in results.get("success") or [])
    broken = [code for code in _failures(results) if not code.startswith("assertion.") or ".hashedURI." in code]
    if broken or not trusted:
        return None
    report = _report(path, mime, store, crjson)
    how = {
        "mark": "The invisible mark in its pictures led back to the credential that this studio keeps.",
        "fingerprint": "Its pictures look like those of a clip whose credential this studio keeps.",
    }[found_by]
    lost = "The file itself carries no credential: it was changed since it was signed, and by whom cannot be said."
    recipe, _ = _signed_recipe(crjson, report.manifest_id or "")
    return replace(
        report, verdict="recovered", said_by="this studio, of the clip as it was", recipe=recipe, recipe_verified=False,
        problems=[lost, how], found_by=found_by,
    )  # fmt: skip


def sidecar_of(path: Path) -> Path:
    """Where the credential of a file lies that cannot hold it itself."""
    return path.with_name(f"{path.name}.c2pa")


def _beside(path: Path) -> bytes | None:
    for place in (sidecar_of(path), path.with_suffix(".c2pa")):
        try:
            if place.stat().st_size <= _MAX_SIDECAR:
                return place.read_bytes()
        except OSError:
            continue
    return None


def _read(
    path: Path,
    mime: str,
    identity: Identity | None,
    trust_list: str | None,
    manifest_bytes: bytes | None,
    anchors: str = "",
) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        with (
            sdk.context(identity, trust_list, anchors) as settings,
            path.open("rb") as stream,
            c2pa.Reader(mime, stream, manifest_bytes, context=settings) as reader,
        ):
            return json.loads(reader.json()), json.loads(reader.crjson())
    except OSError as error:
        raise UnreadableFile(f"{path.name}: cannot be read ({error.strerror or error}).") from error


def _without_store(path: Path, mime: str, error: c2pa.C2paError) -> Report:
    """The report for a file from which no credential could be read."""
    text = str(error)
    if container.has_manifest_bytes(path):
        return Report("changed", problems=["The file carries a credential that is cut short or broken."])
    unsupported = mime == container.MATROSKA or "NotSupported" in text
    if "ManifestNotFound" not in text and not unsupported:
        raise UnreadableFile(f"{path.name}: the file is cut short or broken.") from error
    problems = ["There is no credential in this file: nothing says who made it or how."]
    if mime in container.BMFF_MIMES:
        container.top_level(path)
    return Report("none", recipe=_comment_recipe(path, mime), problems=problems)


def _report(path: Path, mime: str, store: Mapping[str, Any], crjson: Mapping[str, Any]) -> Report:
    manifests: Mapping[str, Any] = store.get("manifests") or {}
    active_id = str(store.get("active_manifest") or "")
    active: Mapping[str, Any] = manifests.get(active_id) or {}
    results = store.get("validation_results") or {}
    verdict = _verdict(str(store.get("validation_state") or "Invalid"), results.get("activeManifest") or {})
    actions = _actions(active)
    recipe, note = _signed_recipe(crjson, active_id)
    # What a file says about itself is only worth something when the file is what was signed, by a signer one knows.
    verified = recipe is not None and verdict in ("trusted", "local")
    parents = _parents(active, manifests, _MAX_DEPTH)
    problems = _problems(results.get("activeManifest") or {}) + note + _parent_problems(parents)
    if recipe is None:
        recipe = _comment_recipe(path, mime)
    return Report(
        verdict=verdict,
        ai=_made_by_ai(active, manifests, _MAX_DEPTH),
        signer=_signer(active),
        model=_model(active, actions),
        when=next((action["when"] for action in actions if action["when"]), None),
        recipe=recipe,
        recipe_verified=verified,
        parents=parents,
        actions=actions,
        problems=problems,
        manifest_id=active_id or None,
        said_by=_said_by(verdict, active),
        stamped=_stamped(results.get("activeManifest") or {}),
    )


def _failures(results: Mapping[str, Any]) -> list[str]:
    return [str(item.get("code", "")) for item in results.get("failure") or []]


def _verdict(state: str, results: Mapping[str, Any]) -> Verdict:
    failures = _failures(results)
    if any(not code.startswith(_OF_PEOPLE) for code in failures):
        return "changed"
    if state == "Trusted":
        where = " ".join(str(item.get("explanation", "")) for item in results.get("success") or [])
        return "local" if "[user_anchors]" in where else "trusted"
    if state == "Valid" or failures:
        return "unknown-signer"
    return "changed"


def _stamped(results: Mapping[str, Any]) -> bool:
    every = [*(results.get("success") or []), *(results.get("informational") or [])]
    return any(item.get("code") == "timeStamp.validated" for item in every)


def _problems(results: Mapping[str, Any]) -> list[str]:
    codes = dict.fromkeys(_failures(results))
    return list(dict.fromkeys(_IN_WORDS.get(code, f"A check of the credential failed ({code}).") for code in codes))


def _assertions(manifest: Mapping[str, Any], label: str) -> list[Mapping[str, Any]]:
    """The data of assertions with a label, whatever their version or instance number."""
    found: list[Mapping[str, Any]] = []
    for assertion in manifest.get("assertions") or []:
        name = str(assertion.get("label", ""))
        if name == label or name.startswith((f"{label}.v", f"{label}__")):
            data = assertion.get("data")
            found += [data] if isinstance(data, dict) else []
    return found


def _actions(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = []
    for data in _assertions(manifest, "c2pa.actions"):
        for action in data.get("actions") or []:
            agent = action.get("softwareAgent")
            listed.append(
                {
                    "action": str(action.get("action", "")).removeprefix("c2pa."),
                    "when": action.get("when"),
                    "by": _agent(agent),
                    "words": str(action["description"])[:200] if action.get("description") else None,
                    "source": str(action.get("digitalSourceType") or "").rpartition("/")[2] or None,
                }
            )
    return listed


def _agent(agent: object) -> str | None:
    if isinstance(agent, Mapping):
        return " ".join(str(agent[key]) for key in ("name", "version") if agent.get(key)) or None
    return str(agent) if agent else None


def _made_by_ai(manifest: Mapping[str, Any], manifests: Mapping[str, Any], depth: int) -> bool:
    """Whether the claim, or that of something visible in it, says so. A mere input does not count."""
    if any(action["source"] in _AI_SOURCES for action in _actions(manifest)):
        return True
    shown = [item for item in manifest.get("ingredients") or [] if item.get("relationship") != "inputTo"]
    inner = [manifests.get(str(item.get("active_manifest"))) for item in shown]
    return depth > 0 and any(_made_by_ai(item, manifests, depth - 1) for item in inner if item)


def _said_by(verdict: Verdict, manifest: Mapping[str, Any]) -> str:
    """Who asserts what the credential says: a name, and what that name is worth."""
    name = _signer(manifest) or "an unnamed signer"
    worth = {
        "local": "this studio", "trusted": f"{name}, a signer on the trust list",
        "unknown-signer": f"somebody who calls themselves {name}", "recovered": "this studio",
    }  # fmt: skip
    return worth.get(verdict, f"a credential of {name} that does not hold")


def _signer(manifest: Mapping[str, Any]) -> str | None:
    info = manifest.get("signature_info") or {}
    names = [str(info[key]) for key in ("common_name", "issuer") if info.get(key)]
    return names[0] if names else None


def _model(manifest: Mapping[str, Any], actions: list[dict[str, Any]]) -> str | None:
    for data in _assertions(manifest, DISCLOSURE_LABEL):
        if data.get("modelName"):
            return str(data["modelName"])
    return next((action["by"] for action in actions if action["by"]), None)


def _parents(manifest: Mapping[str, Any], manifests: Mapping[str, Any], depth: int) -> list[dict[str, Any]]:
    return [_parent(item, manifests, depth) for item in manifest.get("ingredients") or []] if depth > 0 else []


def _parent(item: Mapping[str, Any], manifests: Mapping[str, Any], depth: int) -> dict[str, Any]:
    manifest_id = item.get("active_manifest")
    own: Mapping[str, Any] = manifests.get(str(manifest_id)) or {}
    results = (item.get("validation_results") or {}).get("activeManifest") or {}
    failures = _failures(results)
    if not manifest_id:
        state = "unsigned"
    elif any(not code.startswith(_OF_PEOPLE) for code in failures):
        state = "changed"
    else:
        state = "unknown-signer" if failures else "intact"
    return {
        "title": item.get("title"),
        "relationship": item.get("relationship"),
        "format": item.get("format"),
        "manifest_id": manifest_id,
        "state": state,
        "signer": _signer(own),
        "ai": _made_by_ai(own, manifests, depth) if own else None,
        "problems": _problems(results),
        "parents": _parents(own, manifests, depth - 1),
    }


def _parent_problems(parents: list[dict[str, Any]]) -> list[str]:
    changed = [str(parent["title"]) for parent in parents if parent["state"] == "changed"]
    return [f"The source '{title}' had been changed since it was signed when it was used." for title in changed]


def _signed_recipe(crjson: Mapping[str, Any], active_id: str) -> tuple[dict[str, Any] | None, list[str]]:
    """The recipe assertion of the active manifest. Read from crJSON, which alone gives custom data back unharmed."""
    for manifest in crjson.get("manifests") or []:
        data = (manifest.get("assertions") or {}).get(RECIPE_LABEL)
        if manifest.get("label") == active_id and isinstance(data, dict):
            text = str(data.get("json", ""))
            if hashlib.sha256(text.encode()).hexdigest() != data.get("sha256"):
                return None, ["The recipe in the credential does not match its own checksum."]
            recipe = _as_recipe(text)
            return recipe, [] if recipe is not None else ["The recipe in the credential cannot be read."]
    return None, []


def _comment_recipe(path: Path, mime: str) -> dict[str, Any] | None:
    """The unsigned copy of the recipe in the comment tag: useful, and worth no more than any text in a file."""
    if mime not in container.BMFF_MIMES:
        return None
    text = container.read_comment(path)
    recipe = _as_recipe(text) if text else None
    if recipe is None or "prompt" not in recipe or {"type", "video_length", "workflow"} & recipe.keys():
        return None  # nothing of ours: WanGP and ComfyUI's VideoHelperSuite use the comment too
    return None if str(recipe["prompt"]).lstrip().startswith("{") else recipe


def _as_recipe(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
