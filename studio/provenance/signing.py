"""Signing: everything that is written into the container goes first, the signature last, the name at the very end.

A clip gets its name only after the signed file was read back, found unchanged, signed by this studio and with the
same recipe: a clip under its final name is always a signed one.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import c2pa

from studio.provenance import container, sdk
from studio.provenance.errors import ProvenanceError, UnreadableFile
from studio.provenance.identity import Identity
from studio.provenance.manifest import (
    THUMBNAIL,
    TRAINED_MEDIA,
    Claim,
    Ingredient,
    ingredient_id,
    manifest,
    whole_characters,
)
from studio.provenance.verifying import verify


@dataclass(frozen=True)
class SignedClip:
    """A signed file: its place, the name of its manifest (`urn:c2pa:...`) and its SHA-256."""

    path: Path
    manifest_id: str
    sha256: str


def sign_clip(source: Path, destination: Path, claim: Claim, identity: Identity) -> SignedClip:
    """Sign a finished file (MP4, MOV, PNG, JPEG, WebP or GIF); the source stays as it is.

    `destination` appears whole or not at all and may equal `source`. Raises ProvenanceError when it cannot be
    signed, and OSError (ENOSPC for a full disk) when it cannot be written.
    """
    mime = container.mime_type(source)
    if mime == container.MATROSKA:
        raise ProvenanceError(f"{source.name}: WebM and Matroska files cannot carry a credential. Use MP4.")
    mark = secrets.token_hex(6)
    labelled = destination.with_name(f".{destination.name}.{mark}.labelled")
    signed = destination.with_name(f".{destination.name}.{mark}.signed")
    try:
        prepared = _with_source_label(source, labelled, claim) if mime == "video/mp4" else source
        _sign(prepared, signed, mime, claim, identity)
        manifest_id = _check(signed, claim, identity)
        digest = _sync_and_hash(signed)
        signed.replace(destination)
    finally:
        for leftover in (labelled, signed):
            with suppress(OSError):
                leftover.unlink(missing_ok=True)
    return SignedClip(destination, manifest_id, digest)


def _with_source_label(source: Path, labelled: Path, claim: Claim) -> Path:
    """A copy with the XMP source-type box at its end. Raises UnreadableFile for a broken file."""
    if container.top_level(source)[-1].open_ended:
        return source  # whatever is appended would become part of the last box
    shutil.copyfile(source, labelled)
    with labelled.open("ab") as file:
        file.write(container.source_label_box(claim.title, TRAINED_MEDIA))
    return labelled


def _sign(source: Path, signed: Path, mime: str, claim: Claim, identity: Identity) -> None:
    output: _Output | None = None
    # Without ensure_ascii a text in another script would count three to six times against the SDK's limit of 1 MiB.
    definition = json.dumps(manifest(claim, mime), ensure_ascii=False)
    try:
        info = c2pa.C2paSignerInfo(b"es256", identity.chain_pem.encode(), identity.private_key(), None)
        with (
            sdk.context(identity) as settings,
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(definition, context=settings) as builder,
            source.open("rb") as reader,
            _Output(signed) as output,
        ):
            if claim.thumbnail is not None:
                builder.add_resource(THUMBNAIL, io.BytesIO(claim.thumbnail))
            for index, ingredient in enumerate(claim.ingredients):
                _add(builder, index, ingredient)
            builder.sign(signer, mime, reader, output)
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


def _check(signed: Path, claim: Claim, identity: Identity) -> str:
    try:
        report = verify(signed, identity)
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
