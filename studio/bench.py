"""What this machine really does: the whole path from request to signed file, warm; the first preview; the start of the
page in a new process; memory of the process and its children; and the model's own figures beside Diffusers.

Takes go to a throw-away folder. Nothing is extrapolated: what was not measured is null.
"""

from __future__ import annotations

import http.client
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from studio.console import Console
from studio.core import Studio
from studio.errors import StudioError
from studio.film import Job, Shot
from studio.settings import Settings

PROMPT = "a red fox walks through a snowy forest at dusk"
WARM_RUNS = 2
START_LIMIT = 180  # seconds
MODEL_LIMIT = 1800


@dataclass(frozen=True)
class Run:
    """One shot: seconds from request to signed file, to the first preview, length of the clip, peak memory in MB."""

    wall: float
    preview: float | None
    length: float
    seconds: dict[str, float]
    memory_mb: float


def run(options: Namespace, console: Console) -> int:
    """Measure, and print the figures with the machine they are of."""
    settings = Settings.from_env()
    with tempfile.TemporaryDirectory(prefix="auteur-bench-", ignore_cleanup_errors=True) as folder:
        console.say("the page in a new process ...")
        cold = cold_start(replace(settings, home=Path(folder) / "page"))
        with Studio(replace(settings, home=Path(folder) / "shots")) as studio:
            console.say("the whole path, once to warm up ...")
            first = shoot(studio, Shot(PROMPT, seed=1))
            console.say(f"the whole path, warm, {WARM_RUNS} times ...")
            warm = [shoot(studio, Shot(PROMPT, seed=2 + index)) for index in range(WARM_RUNS)]
            minute = None
            if not options.quick:
                console.say("one minute of film ...")
                minute = shoot(studio, Shot(PROMPT, seconds=studio.entry().max_seconds, seed=9))
    console.say("the model beside Diffusers ...")
    figures = _figures(cold, first, warm, minute, model_figures(options.quick, console))
    console.answer(figures, _text(figures))
    return 0


def shoot(studio: Studio, shot: Shot) -> Run:
    """One shot, watched as a page watches it. Raises StudioError when it fails."""
    with _memory() as peak:
        began = time.perf_counter()
        job = studio.submit(shot)
        preview = None
        while not job.finished:
            if preview is None and job.preview_version:
                preview = time.perf_counter() - began
            time.sleep(0.01)
            job = studio.job(job.id)
        wall = time.perf_counter() - began
    take = studio.take(_take_id(job))
    return Run(wall, preview, take.duration, take.seconds, peak[0])


def cold_start(settings: Settings) -> float | None:
    """Seconds from starting a new process to a page that answers; None where there is no page to start."""
    app = Path(__file__).resolve().parent.parent / "app.py"
    if not app.exists():
        return None
    port = _free_port()
    env = {**os.environ, "AUTEUR_HOME": str(settings.home)}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(app), "--port", str(port)], cwd=app.parent, env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while time.perf_counter() - began < START_LIMIT and process.poll() is None:
            if _answers(port):
                return time.perf_counter() - began
            time.sleep(0.02)
        raise StudioError(f"the page did not answer within {START_LIMIT} seconds (exit code {process.poll()})")
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def model_figures(quick: bool, console: Console) -> dict[str, Any] | None:
    """What `python -m model.bench` says, in a process of its own so that the figures are nobody else's."""
    if find_spec("model.bench") is None:
        return None
    command = [sys.executable, "-m", "model.bench", "--json", *(["--quick"] if quick else [])]
    try:
        done = subprocess.run(
            command, cwd=Path(__file__).resolve().parent.parent, capture_output=True, text=True, timeout=MODEL_LIMIT,
            check=True,
        )  # fmt: skip
        found = json.loads(done.stdout.strip().splitlines()[-1])
    except (subprocess.SubprocessError, ValueError, IndexError) as error:
        console.say(f"model.bench gave no figures ({type(error).__name__})")
        return None
    return found if isinstance(found, dict) else None


def machine() -> dict[str, Any]:
    """What the figures are of."""
    import torch

    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "gpu": gpu,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "torch": torch.__version__,
        "load": round(psutil.getloadavg()[0], 2),
    }


def _figures(
    cold: float | None, first: Run, warm: list[Run], minute: Run | None, model: dict[str, Any] | None
) -> dict[str, Any]:
    best = min(warm, key=lambda item: item.wall)
    previews = [item.preview for item in warm if item.preview is not None]
    return {
        "storybook": {
            "rtf": round(median(item.wall / item.length for item in warm), 3),
            "first_preview_s": round(median(previews), 3) if previews else None,
            "cold_start_s": None if cold is None else round(cold, 2),
            "first_shot_s": round(first.wall, 2),
            "clip_s": round(best.length, 3),
            "seconds": best.seconds,
            "minute_rtf": None if minute is None else round(minute.wall / minute.length, 3),
        },
        "memory": {
            "clip_4s_mb": round(max(item.memory_mb for item in warm)),
            "clip_60s_mb": None if minute is None else round(minute.memory_mb),
        },
        "diffusers": (model or {}).get("diffusers"),
        "model": model,
        "machine": machine(),
    }


def _text(figures: dict[str, Any]) -> str:
    story, memory, where = figures["storybook"], figures["memory"], figures["machine"]
    parts = ", ".join(f"{name} {value:.2f}" for name, value in story["seconds"].items() if value)
    lines = [
        f"compute per second of clip  {story['rtf']:.2f} s (request to signed file, warm)",
        f"first preview               {_seconds(story['first_preview_s'])}",
        f"cold start of the page      {_seconds(story['cold_start_s'])}",
        f"parts of a {story['clip_s']:.1f} s clip       {parts}",
        f"memory                      {memory['clip_4s_mb']} MB, one minute: {memory['clip_60s_mb'] or 'not measured'}",
    ]
    if figures["diffusers"]:
        lines.append(f"beside Diffusers            {json.dumps(figures['diffusers'])}")
    machine_line = (
        f"{where['processor']}, {where['threads']} threads, {where['gpu'] or 'no GPU'}, torch {where['torch']}"
    )
    return "\n".join([*lines, f"machine                     {machine_line}, load {where['load']}"])


def _seconds(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.2f} s"


@contextmanager
def _memory() -> Iterator[list[float]]:
    """The peak of the resident memory of this process and its children, in MB, while the block runs."""
    peak, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            peak[0] = max(peak[0], _resident())

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()
        peak[0] = max(peak[0], _resident())


def _resident() -> float:
    here = psutil.Process()
    total = here.memory_info().rss
    for child in here.children(recursive=True):
        try:
            total += child.memory_info().rss
        except psutil.Error:
            continue  # it ended in the meantime
    return float(total) / 1e6


def _take_id(job: Job) -> str:
    if job.take_id is None:
        raise StudioError(job.error or "the shot was stopped")
    return job.take_id


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = (
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        )
        return next(names, platform.machine())
    return platform.processor() or platform.machine()
