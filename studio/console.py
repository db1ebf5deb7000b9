"""What the command line says: answers on stdout, all else on stderr, progress as one line that rewrites itself."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from typing import Any, TextIO

from studio.film import Job

BAR = 24  # characters


class Console:
    """Two streams. With `machine`, stdout carries one JSON object a command and nothing else."""

    def __init__(self, machine: bool, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.machine = machine
        self._out, self._err = out or sys.stdout, err or sys.stderr
        self._shown = ""
        self._live = self._err.isatty()

    def answer(self, data: Mapping[str, Any], text: str) -> None:
        """The command's answer: JSON for programs, `text` for people."""
        self._clear()
        self._out.write((json.dumps(data, ensure_ascii=False, default=str) if self.machine else text) + "\n")
        self._out.flush()

    def say(self, text: str) -> None:
        """One line that is not the answer."""
        self._clear()
        self._err.write(f"{text}\n")
        self._err.flush()

    def refuse(self, line: str, /, **more: Any) -> None:
        """Why there is no answer: one line, and the same as JSON for programs."""
        self.say(line)
        if self.machine:
            self._out.write(json.dumps({"error": line, **more}, ensure_ascii=False, default=str) + "\n")
            self._out.flush()

    def progress(self, job: Job) -> None:
        """Where a job stands. A terminal sees one line; a file sees each stage once."""
        self.live(progress_line(job), job.stage)

    def live(self, line: str, stage: str) -> None:
        """A line that takes the place of the last one; a file, which cannot, sees each stage once."""
        line = line if self._live else stage
        if line == self._shown:
            return
        if self._live:
            self._err.write(f"\r\x1b[2K{line}")
        elif line:
            self._err.write(f"{line}\n")
        self._err.flush()
        self._shown = line

    def _clear(self) -> None:
        if self._live and self._shown:
            self._err.write("\r\x1b[2K")
            self._err.flush()
            self._shown = ""


def progress_line(job: Job) -> str:
    """A job as one line: stage, bar, seconds gone, seconds left."""
    share = job.step / job.steps if job.steps else 0.0
    full = round(share * BAR)
    bar = f"[{'=' * full}{' ' * (BAR - full)}] {job.step}/{job.steps}" if job.steps else ""
    left = f"about {clock(job.eta_s)} left" if job.eta_s is not None else ""
    return "  ".join(part for part in (job.stage, bar, clock(job.elapsed_s), left) if part)


def clock(seconds: float) -> str:
    """Seconds as 0:07 or 1:02:03."""
    whole = max(0, round(seconds))
    return (
        f"{whole // 60}:{whole % 60:02d}" if whole < 3600 else time.strftime("%H:%M:%S", time.gmtime(whole)).lstrip("0")
    )
