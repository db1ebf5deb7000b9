"""What this package needs to know of file formats, and no more.

Nothing here decodes a picture. Formats are told by their first bytes, never by the name of the file; boxes of
ISO base media files (MP4, MOV, AVIF) are walked with every length checked against the bytes that are there, since
the files come from anywhere. Sources: ISO/IEC 14496-12 (boxes), QuickTime File Format (``ilst``, ``keys``),
XMP part 3 (the uuid of an XMP packet in MP4), C2PA 2.4 A.5 (the uuid of a manifest).
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import quoteattr

from studio.provenance.errors import UnreadableFile

BMFF_MIMES = frozenset({"video/mp4", "video/quicktime", "image/avif", "image/heic"})
MATROSKA = "video/x-matroska"

XMP_UUID = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
# The start of the JUMBF description box of a C2PA manifest store, the same in every container.
_MANIFEST_MARK = b"jumdc2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x008\x9bq"
_MAX_TEXT = 1 << 20  # bytes of a text tag or XMP packet that are read; a recipe is a few kilobytes
_MAX_BOXES = 4096


@dataclass(frozen=True)
class Box:
    """One box: its four-letter type and where its payload lies, in bytes from the start of the file."""

    kind: bytes
    start: int
    end: int
    open_ended: bool = False  # said to reach to the end of the file, whatever its length


def mime_type(path: Path) -> str:
    """The media type by content. Raises UnreadableFile for what is no picture, clip or sound."""
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise UnreadableFile(f"{path.name}: cannot be read ({error.strerror or error}).") from error
    if not head:
        raise UnreadableFile(f"{path.name}: the file is empty.")
    mime = _sniff(head)
    if mime is None:
        raise UnreadableFile(f"{path.name}: this is not a picture or a clip that can carry a credential.")
    return mime


def _sniff(head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        by_brand = {b"qt  ": "video/quicktime", b"avif": "image/avif", b"avis": "image/avif", b"heic": "image/heic"}
        return by_brand.get(brand, "video/mp4")
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/avi"}.get(head[8:12])
    starts = {
        b"\x89PNG\r\n\x1a\n": "image/png",
        b"\xff\xd8\xff": "image/jpeg",
        b"GIF87a": "image/gif",
        b"GIF89a": "image/gif",
        b"\x1aE\xdf\xa3": MATROSKA,
    }
    return next((mime for start, mime in starts.items() if head.startswith(start)), None)


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """Boxes between two offsets. Stops without an error where the bytes stop making sense."""
    for _ in range(_MAX_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        head = file.read(16)
        size, kind = struct.unpack(">I4s", head[:8])
        header = 8
        if size == 1 and len(head) == 16:
            size, header = struct.unpack(">Q", head[8:])[0], 16
        elif size == 0:
            yield Box(kind, start + header, end, open_ended=True)
            return
        if size < header or start + size > end:
            return
        yield Box(kind, start + header, start + size)
        start += size


def top_level(path: Path) -> list[Box]:
    """The outermost boxes of an ISO base media file.

    Raises UnreadableFile when they do not fill the file, or none of them describes a movie or picture.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        found = list(boxes(file, 0, size))
    whole = bool(found) and found[-1].end == size
    if not whole or not {box.kind for box in found} & {b"moov", b"moof", b"meta"}:
        raise UnreadableFile(f"{path.name}: the file is cut short or broken.")
    return found


def has_manifest_bytes(path: Path) -> bool:
    """Whether the bytes of a C2PA manifest store occur anywhere in the file, readable or not."""
    if path.stat().st_size == 0:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        return view.find(_MANIFEST_MARK) >= 0


def read_comment(path: Path) -> str | None:
    """The comment tag of an MP4 or MOV: the plain place where a recipe survives a remux. None when there is none."""
    size = path.stat().st_size
    with path.open("rb") as file:
        for moov in _named(file, 0, size, b"moov"):
            # MP4 keeps tags in moov/udta/meta, QuickTime-style keys in moov/meta.
            holders = [moov, *_named(file, moov.start, moov.end, b"udta")]
            for holder in holders:
                for meta in _named(file, holder.start, holder.end, b"meta"):
                    text = _comment_of(file, meta)
                    if text is not None:
                        return text
    return None


def _named(file: BinaryIO, start: int, end: int, kind: bytes) -> list[Box]:
    return [box for box in boxes(file, start, end) if box.kind == kind]


def _comment_of(file: BinaryIO, meta: Box) -> str | None:
    file.seek(meta.start)
    # In MP4 `meta` is a full box (version and flags first), in QuickTime a plain one.
    start = meta.start if file.read(8)[4:8] == b"hdlr" else meta.start + 4
    wanted = {b"\xa9cmt"}
    for keys in _named(file, start, meta.end, b"keys"):
        for index, box in enumerate(boxes(file, keys.start + 8, keys.end), start=1):
            if _text(file, box) == "comment":
                wanted.add(struct.pack(">I", index))
    for ilst in _named(file, start, meta.end, b"ilst"):
        for item in boxes(file, ilst.start, ilst.end):
            if item.kind in wanted:
                for data in _named(file, item.start, item.end, b"data"):
                    return _text(file, Box(data.kind, data.start + 8, data.end))
    return None


def _text(file: BinaryIO, box: Box) -> str | None:
    length = box.end - box.start
    if not 0 < length <= _MAX_TEXT:
        return None
    file.seek(box.start)
    try:
        return file.read(length).decode("utf-8")
    except UnicodeDecodeError:
        return None


def source_label_box(title: str, source_type: str) -> bytes:
    """A top-level XMP box that names the IPTC digital source type: read by tools that know nothing of C2PA."""
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        f" Iptc4xmpExt:DigitalSourceType={quoteattr(source_type)}>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{_xml_text(title)}</rdf:li></rdf:Alt></dc:title>'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()
    return struct.pack(">I4s", 24 + len(packet), b"uuid") + XMP_UUID + packet


def _xml_text(text: str) -> str:
    """Text as XML allows it: escaped, and without the control characters that XML 1.0 cannot hold at all."""
    allowed = re.sub("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    return allowed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def read_xmp(path: Path) -> str | None:
    """The XMP packet of an ISO base media file, as text. None when there is none."""
    size = path.stat().st_size
    with path.open("rb") as file:
        for box in _named(file, 0, size, b"uuid"):
            file.seek(box.start)
            if file.read(16) == XMP_UUID:
                return _text(file, Box(box.kind, box.start + 16, box.end))
    return None
