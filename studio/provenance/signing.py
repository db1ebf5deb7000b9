"""Signing: everything that is written into the container goes first, the signature last, the name at the very end.

A clip gets its name only after the signed file was read back, found unchanged, signed by this studio and with the
same recipe: a clip under its final name is always a signed one.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import c2pa

from studio.provenance import container, sdk, stamping
from studio.provenance.errors import ProvenanceError, UnreadableFile
from studio.provenance.identity import Identity
from studio.provenance.manifest import (
    THUMBNAIL,
    Claim,
    Ingredient,
    ingredient_id,
    manifest,
    source_type,
    whole_characters,
)
from studio.provenance.verifying import sidecar_of, verify

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SignedClip:
    """A signed file: its place, the name of its manifest (`urn:c2pa:...`), its SHA-256, and the manifest itself.

    `sidecar` is where the credential lies when the file cannot hold one (WebM): beside it, with `.c2pa` at the end.
    """

    path: Path
    manifest_id: str
    sha256: str
    manifest: bytes = b""
    sidecar: Path | None = None


def sign_clip(source: Path, destination: Path, claim: Claim, identity: Identity) -> SignedClip:
    """Sign a finished file; the source stays as it is.

    MP4, MOV, GIF, WebP, PNG and JPEG hold their credential themselves; that of WebM and Matroska goes beside it.
    `destination` appears whole or not at all and may equal `source`. Raises ProvenanceError when it cannot be
    signed, and OSError (ENOSPC for a full disk) when it cannot be written.
    """
    mime = container.mime_type(source)
    beside = mime == container.MATROSKA
    mark = secrets.token_hex(6)
    labelled = destination.with_name(f".{destination.name}.{mark}.labelled")
    signed = destination.with_name(f".{destination.name}.{mark}.signed")
    part = destination.with_name(f".{destination.name}.{mark}.c2pa")
    sidecar = sidecar_of(destination) if beside else None
    try:
        prepared = _with_source_label(source, labelled, claim) if mime == "video/mp4" else source
        manifest_bytes = _sign_stamped(prepared, signed, mime, claim, identity)
        manifest_id = _check(signed, claim, identity, manifest_bytes if beside else None)
        digest = _sync_and_hash(signed)
        if sidecar is not None:
            part.write_bytes(manifest_bytes)
            part.replace(sidecar)
        signed.replace(destination)
    finally:
        for leftover in (labelled, signed, part):
            with suppress(OSError):
                leftover.unlink(missing_ok=True)
    return SignedClip(destination, manifest_id, digest, manifest_bytes, sidecar)


def _with_source_label(source: Path, labelled: Path, claim: Claim) -> Path:
    """A copy with the XMP source-type box at its end. Raises UnreadableFile for a broken file."""
    if container.top_level(source)[-1].open_ended:
        return source  # whatever is appended would become part of the last box
    shutil.copyfile(source, labelled)
    with labelled.open("ab") as file:
        file.write(container.source_label_box(claim.title, source_type(claim)))
    return labelled


def _sign_stamped(source: Path, signed: Path, mime: str, claim: Claim, identity: Identity) -> bytes:
    """Sign with a time stamp where one can be had; a clip is never lost because nobody answers."""
    if identity.timestamp is not None and stamping.answers(identity.timestamp):
        try:
            return _sign(source, signed, mime, claim, identity, identity.timestamp)
        except ProvenanceError as error:
            log.warning("%s gave no time stamp (%s): the clip is signed without one", identity.timestamp, error)
            signed.unlink(missing_ok=True)
    return _sign(source, signed, mime, claim, identity, None)


def _sign(source: Path, signed: Path, mime: str, claim: Claim, identity: Identity, timestamp: str | None) -> bytes:
    """Write the signed file; the bytes of its manifest."""
    output: _Output | None = None
    # Without ensure_ascii a text in another script would count three to six times against the SDK's limit of 1 MiB.
    definition = json.dumps(manifest(claim, mime), ensure_ascii=False)
    try:
        with (
            sdk.context(identity) as settings,
            sdk.signer(identity, timestamp) as signer,
            c2pa.Builder(definition, context=settings) as builder,
            source.open("rb") as reader,
            _Output(signed) as output,
        ):
            if claim.thumbnail is not None:
                builder.add_resource(THUMBNAIL, io.BytesIO(claim.thumbnail))
            for index, ingredient in enumerate(claim.ingredients):
                _add(builder, index, ingredient)
            if mime == container.MATROSKA:
                builder.set_no_embed()
            return bytes(builder.sign(signer, mime, reader, output))
    except c2pa.C2paError as error:
        if output is not None and output.error is not None:
            raise output.error from error
        raise ProvenanceError(f"The clip could not be signed: {error}") from error


def _add(builder: c2pa.Builder, index: int, ingredient: Ingredient) -> None:
    mime = container.mime_type(ingredient.path)
    described = {
        "title": whole_characters(ingredient.title),
        "format": mime,
        "relationship": ingredient.relationship,
        "label": ingredient_id(index),
    }
    try:
        with ingredient.path.open("rb") as stream:
            builder.add_ingredient(json.dumps(described), mime, stream)
    except c2pa.C2paError as error:
        raise ProvenanceError(f"{ingredient.title}: cannot be named as a source of the clip ({error}).") from error


class _Output(io.FileIO):
    """The file the SDK writes through a callback, which swallows exceptions: this one remembers the first."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "x+")
        self.error: OSError | None = None

    def write(self, data: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[super().write(rest) :]
        except OSError as error:
            self.error = self.error or error
            raise
        return len(data)


def _check(signed: Path, claim: Claim, identity: Identity, manifest_bytes: bytes | None) -> str:
    try:
        report = verify(signed, identity, manifest_bytes=manifest_bytes)
    except UnreadableFile as error:
        raise ProvenanceError(f"The signed clip could not be read back: {error}") from error
    if report.verdict != "local" or report.manifest_id is None:
        raise ProvenanceError(f"The signed clip did not pass its own check: {'; '.join(report.problems)}")
    if claim.recipe_json and (not report.recipe_verified or report.recipe != json.loads(claim.recipe_json)):
        raise ProvenanceError("The signed clip did not give its recipe back.")
    return report.manifest_id


def _sync_and_hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb+") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
        os.fsync(file.fileno())
    return digest.hexdigest()
