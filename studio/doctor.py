"""What this machine can do: one line for each thing the studio needs, with how to mend what is missing."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, cast

import psutil

from model import catalog
from model.catalog import CatalogEntry
from studio.console import Console
from studio.inputs import sha256_of
from studio.settings import Settings

Level = Literal["ok", "warn", "fail"]

PYTHON = (3, 11)
TORCH = ((2, 11), (2, 14))  # from, up to but without
SPARE_MEMORY = 2_000_000_000  # bytes a four-second clip may need
SPARE_DISK = 1_000_000_000


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `mend` says what to do when it is not ok."""

    name: str
    level: Level
    text: str
    mend: str = ""


def run(options: Namespace, console: Console) -> int:
    """Look at everything; 1 when something that is needed fails."""
    found = examine(Settings.from_env())
    failed = any(item.level == "fail" for item in found)
    width = max(len(item.name) for item in found)
    lines = [f"{item.level:5} {item.name:{width}} {item.text}{f': {item.mend}' if item.mend else ''}" for item in found]
    console.answer({"ok": not failed, "checks": [asdict(item) for item in found]}, "\n".join(lines))
    return 1 if failed else 0


def examine(settings: Settings) -> list[Finding]:
    """Every finding, in the order a person would ask. A check that itself breaks is a finding too."""
    checks: tuple[tuple[str, Callable[[Settings], Finding]], ...] = (
        ("python", _python),
        ("torch", _torch),
        ("threads", _threads),
        ("memory", _memory),
        ("folder", _folder),
        ("disk", _disk),
        ("ffmpeg", _ffmpeg),
        ("weights", _weights),
        ("c2pa", _c2pa),
        ("fonts", _fonts),
        ("port", _port),
    )
    found = []
    for name, check in checks:
        try:
            found.append(check(settings))
        except Exception as error:
            found.append(Finding(name, "fail", f"{type(error).__name__}: {error}", "install again: make test"))
    return found + _models(settings)


def _python(_: Settings) -> Finding:
    text = sys.version.split()[0]
    if sys.version_info < PYTHON:
        return Finding("python", "fail", text, f"install Python {'.'.join(map(str, PYTHON))} or newer")
    return Finding("python", "ok", text)


def _torch(_: Settings) -> Finding:
    import torch

    version = tuple(int(part) for part in torch.__version__.split("+")[0].split(".")[:2])
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    text = f"{torch.__version__} on {device}"
    if not TORCH[0] <= version < TORCH[1]:
        return Finding("torch", "warn", text, "this version was not tried; pip install -r requirements.txt")
    return Finding("torch", "ok", text)


def _threads(settings: Settings) -> Finding:
    import torch

    used, cores = settings.threads or torch.get_num_threads(), os.cpu_count() or 1
    text = f"{used} of {cores} cores"
    if used > cores:
        return Finding("threads", "warn", text, f"set AUTEUR_THREADS={cores}: more only get in each other's way")
    return Finding("threads", "ok", text)


def _memory(_: Settings) -> Finding:
    memory = psutil.virtual_memory()
    text = f"{memory.available / 1e9:.1f} of {memory.total / 1e9:.1f} GB free"
    if memory.available < SPARE_MEMORY:
        return Finding("memory", "warn", text, "close other programs, or shoot smaller and shorter")
    return Finding("memory", "ok", text)


def _folder(settings: Settings) -> Finding:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.home):
            pass
    except OSError as error:
        return Finding(
            "folder", "fail", f"{settings.home} ({error.strerror})", "set AUTEUR_HOME to a folder it may write"
        )
    return Finding("folder", "ok", str(settings.home))


def _disk(settings: Settings) -> Finding:
    place = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    text = f"{free / 1e9:.1f} GB free"
    if free < SPARE_DISK:
        return Finding("disk", "warn", text, "make room, or set AUTEUR_HOME to another disk")
    return Finding("disk", "ok", text)


def _ffmpeg(_: Settings) -> Finding:
    import imageio_ffmpeg

    path = imageio_ffmpeg.get_ffmpeg_exe()
    done = subprocess.run([path, "-hide_banner", "-encoders"], capture_output=True, text=True, check=True, timeout=30)
    if "libx264" not in done.stdout:
        return Finding("ffmpeg", "fail", f"{path} has no H.264 encoder", "unset IMAGEIO_FFMPEG_EXE")
    return Finding("ffmpeg", "ok", f"{imageio_ffmpeg.get_ffmpeg_version()} with libx264")


def _weights(settings: Settings) -> Finding:
    entries = catalog.entries(settings.models)
    for entry in entries:
        if entry.missing:
            return Finding("weights", "fail", f"{entry.missing[0]} is missing", "restore it: git checkout assets")
        damaged = _damaged(entry)
        if damaged is not None:
            return Finding(
                "weights", "fail", f"{damaged} is not the file it should be", "restore it: git checkout assets"
            )
    sizes = ", ".join(f"{entry.name} {entry.size_bytes / 1e6:.0f} MB" for entry in entries)
    unsure = sum(not digest for entry in entries for digest in entry.files.values())
    if unsure:
        return Finding("weights", "warn", sizes, f"{unsure} files have no known hash to be checked against")
    return Finding("weights", "ok", f"{sizes}, hashes checked")


def _models(settings: Settings) -> list[Finding]:
    from studio import doctor_models

    try:
        return [Finding(name, cast("Level", level), *rest) for name, level, *rest in doctor_models.tell(settings)]
    except Exception as error:
        return [Finding("models", "fail", f"{type(error).__name__}: {error}", "look with: python -m studio models")]


def _damaged(entry: CatalogEntry) -> str | None:
    for name, digest in entry.files.items():
        if digest and sha256_of(entry.folder / name) != digest:
            return str(entry.folder / name)
    return None


def _c2pa(_: Settings) -> Finding:
    import c2pa

    return Finding("c2pa", "ok", f"c2pa-python {importlib.metadata.version('c2pa-python')} (SDK {c2pa.sdk_version()})")


def _fonts(_: Settings) -> Finding:
    found = sorted(path.name for path in (Path(__file__).parent / "ui" / "static" / "fonts").glob("*.woff2"))
    if not found:
        return Finding("fonts", "warn", "the page's face is not there", "restore it: git checkout studio/ui/static")
    return Finding("fonts", "ok", f"{len(found)} files for the page")


def _port(settings: Settings) -> Finding:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            text = f"{settings.port} is in use (by an open studio?)"
            return Finding("port", "warn", text, "the page takes the next free one, or choose: app.py --port N")
    return Finding("port", "ok", f"{settings.port} is free")
