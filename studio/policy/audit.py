"""What the policy decided, kept on this machine: one JSON line a decision that was not a plain yes, each with the hash
of the line before, so that a changed or missing line shows. Texts are not kept unless the host wants them; a keyed hash
tells whether the same words came again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from studio.policy.config import FIXED
from studio.policy.decision import Decision, Mode
from studio.policy.normalise import fold

_FIRST = "0" * 64
_WRITING = threading.Lock()


class Audit:
    """The log of one studio: `audit.jsonl` in `folder`, and the key of its hashes beside it."""

    def __init__(self, folder: Path, keep_days: int = 30, *, store_text: bool = False) -> None:
        self.path = folder / "audit.jsonl"
        self._key_path = folder / "audit.key"
        self._keep_days, self._store_text = keep_days, store_text

    def note(self, decision: Decision, text: str, mode: Mode, **more: Any) -> None:
        """Write a decision down. Raises OSError."""
        line = {
            "t": datetime.now(UTC).isoformat(timespec="seconds"),
            "id": secrets.token_hex(8),
            "mode": mode,
            "policy": decision.policy_version,
            "stage": decision.stage,
            "action": decision.action,
            "category": decision.category,
            "shot": decision.shot,
            "prompt_hmac": self._hash(text),
            "chars": len(text),
            "ms": decision.elapsed_ms,
            **more,
        }
        if self._store_text and decision.category not in FIXED:
            line["text"] = text
        self._append(line)

    def appeal(self, text: str, remark: str, mode: Mode) -> None:
        """Write down that somebody calls a decision a mistake: their remark, and the words where they are kept."""
        line = {
            "t": datetime.now(UTC).isoformat(timespec="seconds"),
            "id": secrets.token_hex(8),
            "mode": mode,
            "action": "appeal",
            "prompt_hmac": self._hash(text),
            "remark": remark[:1000],
        }
        if self._store_text:
            line["text"] = text
        self._append(line)

    def count(self) -> int:
        """How many lines there are."""
        return len(self._lines())

    def broken_at(self) -> int | None:
        """The number (from 1) of the first line that was changed or whose predecessor is missing; None: all whole."""
        before: str | None = None
        for number, line in enumerate(self._lines(), 1):
            try:
                said = json.loads(line)["prev"]
            except (ValueError, KeyError, TypeError):
                return number
            if before is not None and said != before:
                return number
            before = hashlib.sha256(line.encode()).hexdigest()
        return None

    def _append(self, line: dict[str, Any]) -> None:
        with _WRITING:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lines = self._lines()
            last = hashlib.sha256(lines[-1].encode()).hexdigest() if lines else _FIRST
            made = json.dumps({**line, "prev": last}, ensure_ascii=False)
            if kept := self._kept(lines):
                _write(self.path, "\n".join([*kept, made]) + "\n")
                return
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(made + "\n")

    def _kept(self, lines: list[str]) -> list[str]:
        """The lines that are young enough, where the oldest is not; empty where nothing has to go."""
        limit = (datetime.now(UTC) - timedelta(days=self._keep_days)).isoformat(timespec="seconds")
        if not lines or _time(lines[0]) >= limit:
            return []
        return [line for line in lines if _time(line) >= limit] or lines[-1:]

    def _lines(self) -> list[str]:
        try:
            return self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []

    def _hash(self, text: str) -> str:
        return hmac.new(self._key(), fold(text).text.encode(), hashlib.sha256).hexdigest()

    def _key(self) -> bytes:
        try:
            return self._key_path.read_bytes()
        except FileNotFoundError:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            key = secrets.token_bytes(32)
            with os.fdopen(os.open(self._key_path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(key)
            return key


def _time(line: str) -> str:
    try:
        return str(json.loads(line)["t"])
    except (ValueError, KeyError, TypeError):
        return "9999"  # a broken line stays where it can be seen


def _write(path: Path, text: str) -> None:
    made = path.with_suffix(".new")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    made.replace(path)
