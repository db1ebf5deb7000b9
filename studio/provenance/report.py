"""What is said about a file, for people and for programs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Verdict = Literal["trusted", "local", "unknown-signer", "changed", "none", "recovered"]


@dataclass(frozen=True)
class Report:
    """The answer of `verify`.

    verdict: `trusted` (signed by someone on the given public list, unchanged), `local` (signed by this studio,
    unchanged), `unknown-signer` (unchanged, but anyone could have signed), `changed` (not what was signed), `none`
    (no credential), `recovered` (credential found again for a file that lost it).
    ai: whether the credential says that a model made it, None when nothing is said.
    recipe_verified: the recipe comes from an unchanged file signed by a known studio.
    said_by: who says that a model made it (or an unsigned label), "" when nobody does.
    settings: how another tool says it was made, unsigned; labels: unsigned marks that say AI, in plain words.
    found_by: of a recovered file, `mark` or `fingerprint`.
    stamped: whether a time-stamp authority vouches for `when`.
    parents: what went in, each with `title`, `relationship`, `state`, `problems` and its own `parents`.
    """

    verdict: Verdict
    ai: bool | None = None
    signer: str | None = None
    model: str | None = None
    when: str | None = None
    recipe: dict[str, Any] | None = None
    recipe_verified: bool = False
    parents: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    manifest_id: str | None = None
    stamped: bool = False
    said_by: str = ""
    settings: dict[str, Any] | None = None
    labels: list[str] = field(default_factory=list)
    found_by: str | None = None

    @property
    def intact(self) -> bool:
        """Signed, and not changed since."""
        return self.verdict in ("trusted", "local", "unknown-signer")

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return asdict(self)

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True)
