"""Fetching one file after another from a hub, into the Hugging Face cache that other programs on this machine use too.

The transfer is huggingface_hub's: its endpoint or mirror (HF_ENDPOINT), its token (HF_TOKEN, or `hf auth login`), its
cache (HF_HOME, HF_HUB_CACHE), its retries. Two things are ours, because it leaves them out: what was cut off goes on
where it was, even in another process; and a file is only taken into the cache once its hash is right.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.headers import PICKLES
from model.published import Part, RemoteFile
from studio.disk import room
from studio.errors import ModelsError

HALF = ".auteur.part"  # the ending of what is on its way
_COMMIT = re.compile(r"[0-9a-f]{40}")
_HASH = re.compile(r"[0-9a-f]{64}")
_KINDS = (".safetensors", ".json", ".model")
_PIECE = 8 << 20
Told = Callable[[int], None]
"""Hears how many more bytes have come (fewer than none: they come again). What it raises ends the transfer."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a part at one commit, with the sizes and hashes that are known of them."""

    commit: str
    files: tuple[RemoteFile, ...]

    @property
    def size_bytes(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)


class Hub:
    """A hub and the cache that belongs to it. `token` None: the one that is signed in on this machine, if any."""

    def __init__(self, cache: Path, endpoint: str = "", token: str | None = None, offline: bool = False) -> None:
        self.cache, self.offline = cache, offline
        self.endpoint, self.token = endpoint.rstrip("/") or "https://huggingface.co", token

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Hub:
        """The hub that huggingface_hub's own variables name."""
        env = os.environ if environ is None else environ
        home = Path(env.get("HF_HOME") or Path(env.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface")
        cache = Path(env.get("HF_HUB_CACHE") or home / "hub").expanduser()
        offline = any(env.get(name, "").upper() in {"1", "ON", "YES", "TRUE"} for name in _OFFLINE)
        return cls(cache, env.get("HF_ENDPOINT", ""), env.get("HF_TOKEN") or None, offline)

    @property
    def host(self) -> str:
        """The hub's name, for people."""
        return self.endpoint.split("://", 1)[-1]

    def folder(self, part: Part) -> Path:
        """The cache's folder of a part's repository."""
        return self.cache / f"models--{part.repository.replace('/', '--')}"

    def snapshot(self, part: Part, commit: str = "") -> Path | None:
        """Where the part's files lie once they are here; None when a branch was never fetched."""
        if not commit and not _COMMIT.fullmatch(part.revision):
            try:
                commit = (self.folder(part) / "refs" / part.revision).read_text(encoding="utf-8").strip()
            except OSError:
                return None
        return self.folder(part) / "snapshots" / (commit or part.revision)

    def listing(self, part: Part) -> Listing:
        """What a part consists of: from the catalogue where it is exact, else as the hub says now."""
        if part.exact:
            return Listing(part.revision, part.files)
        self._reachable(part)
        from huggingface_hub import HfApi

        with self._plainly(part, "the list of its files"):
            info = HfApi(self.endpoint, token=self.token).model_info(
                part.repository, revision=part.revision, files_metadata=True
            )
        found = [file for file in info.siblings or () if _belongs(part, file.rfilename)]
        files = tuple(
            RemoteFile(file.rfilename, int(file.size or 0), str(file.lfs.sha256) if file.lfs else "")
            for file in found
            if file.rfilename.endswith(_KINDS)
        )
        if not any(file.path.endswith(".safetensors") for file in files):
            pickled = next((file.rfilename for file in found if Path(file.rfilename).suffix in PICKLES), None)
            what = f"only a pickle ({pickled}), which is refused" if pickled else "no safetensors file"
            raise ModelsError(f"{part.repository} holds {what} for the {part.title}: nothing was fetched")
        return Listing(str(info.sha or part.revision), files)

    def half(self, part: Part, file: RemoteFile) -> Path:
        """Where a file lies while it is on its way."""
        return self.folder(part) / "blobs" / f"{file.sha256}{HALF}"

    def fetched(self, part: Part, file: RemoteFile) -> int:
        """Bytes of a file that an earlier attempt left half here."""
        half = self.half(part, file)
        return half.stat().st_size if file.sha256 and half.is_file() else 0

    def fetch(
        self, part: Part, commit: str, file: RemoteFile, told: Told, checking: Callable[[], None] = lambda: None
    ) -> Path:
        """Bring one file into the cache, whole and checked; where it lies. A wrong hash is fetched once more.

        `checking` is called when all of it has come and its hash is about to be read, which takes a while.
        """
        self._reachable(part)
        from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url

        with self._plainly(part, file.path), room(self.cache, "the models"):
            url = hf_hub_url(part.repository, file.path, revision=commit, endpoint=self.endpoint)
            found = get_hf_file_metadata(url, token=self.token, endpoint=self.endpoint, retry_on_errors=True)
            size = found.size or file.size
            digest = file.sha256 or (found.etag if found.etag and _HASH.fullmatch(found.etag) else "")
            if file.size and size != file.size:
                raise ModelsError(
                    f"{self.host} offers {file.path} with {size:,} bytes; the file that was published has "
                    f"{file.size:,}: nothing was taken"
                )
            blob = self.folder(part) / "blobs" / str(found.etag)
            if not blob.exists():
                self._bring(url, blob, file.path, size, digest, told, checking)
            # Only puts the file, now whole, at its place among the snapshots.
            place = hf_hub_download(
                part.repository, file.path, revision=commit, cache_dir=self.cache, endpoint=self.endpoint,
                token=self.token,
            )  # fmt: skip
        return Path(place)

    def _bring(
        self, url: str, blob: Path, path: str, size: int, digest: str, told: Told, checking: Callable[[], None]
    ) -> None:
        from huggingface_hub.file_download import http_get
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

        blob.parent.mkdir(parents=True, exist_ok=True)
        half = blob.with_name((digest or blob.name) + HALF)
        for last in (False, True):
            half.touch()
            there = half.stat().st_size
            if size and there > size:
                half.unlink()
                half.touch()
                there = 0
            told(there)
            with half.open("r+b") as stream:
                stream.seek(0, os.SEEK_END)
                headers = build_hf_headers(token=self.token)
                http_get(
                    url, stream, resume_size=there, headers=headers, expected_size=size or None,
                    tqdm_class=_bar(told),
                )  # fmt: skip
            checking()
            if not digest or sha256(half) == digest:
                half.replace(blob)
                return
            told(-half.stat().st_size)
            half.unlink()
            if last:
                raise ModelsError(
                    f"{path} came twice with another content than was published (its SHA-256 differs): it was thrown "
                    f"away; try later, or from another mirror than {self.host}"
                )

    def _reachable(self, part: Part) -> None:
        if self.offline:
            raise ModelsError(
                f"offline (HF_HUB_OFFLINE is set), and the {part.title} is not here: looked in {self.folder(part)}; "
                "unset it to fetch, or point to a folder that has it"
            )

    @contextmanager
    def _plainly(self, part: Part, what: str) -> Iterator[None]:
        """What goes wrong with a hub as one line that says which file, and what would help; of what it tries again in
        between nothing is said."""
        from httpx2 import HTTPError
        from huggingface_hub import errors

        chatter = logging.getLogger("huggingface_hub")
        level = chatter.level
        chatter.setLevel(logging.ERROR)
        try:
            yield
        except errors.GatedRepoError:
            line = "asks for an agreement on its page: give it there, then sign in with `hf auth login`"
            raise ModelsError(f"{part.repository} {line}") from None
        except errors.RepositoryNotFoundError:
            line = f"is not on {self.host}, or only for those who signed in (`hf auth login`, or HF_TOKEN)"
            raise ModelsError(f"{part.repository} {line}") from None
        except (errors.EntryNotFoundError, errors.RevisionNotFoundError):
            raise ModelsError(f"{part.repository} on {self.host} no longer has {what} as it was published") from None
        except (errors.OfflineModeIsEnabled, errors.LocalEntryNotFoundError):
            raise ModelsError(f"{self.host} cannot be asked for {what}: this program was started offline") from None
        except (errors.HfHubHTTPError, errors.FileMetadataError, HTTPError, ConnectionError, TimeoutError) as error:
            reason = _reason(error)
            if reason in ("HTTP 401", "HTTP 403"):
                line = f"is not to be had from {self.host} without signing in (`hf auth login`, or HF_TOKEN)"
                raise ModelsError(f"{part.repository} {line}") from None
            raise ModelsError(
                f"the connection to {self.host} failed at {what} ({reason}); what has come is kept: fetch again"
            ) from None
        finally:
            chatter.setLevel(level)


_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _belongs(part: Part, path: str) -> bool:
    if part.only:
        return path in {f"{part.folder}/{name}".lstrip("/") for name in part.only}
    return path.startswith(f"{part.folder}/") and "/" not in path.removeprefix(f"{part.folder}/")


def _bar(told: Told) -> Any:
    """A progress bar in the shape that huggingface_hub expects, which only passes on what it hears."""

    class Bar:
        def __init__(self, **_: Any) -> None: ...

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: Any) -> None: ...

        def update(self, count: int) -> None:
            told(int(count))

    return Bar


def _reason(error: BaseException) -> str:
    status = getattr(getattr(error, "response", None), "status_code", None)
    return f"HTTP {status}" if status else " ".join(str(error).split())[:120] or type(error).__name__
