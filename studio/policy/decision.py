"""The question and the answer of the policy: plain values, the same for every way into the studio."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Action = Literal["allow", "warn", "rewrite", "block"]
Mode = Literal["local", "strict"]
Span = tuple[int, int]

POLICY_VERSION = "1.0"


@dataclass(frozen=True)
class PolicyRequest:
    """Everything that someone wants to have made, in one place: what is harmless alone may not be so together.

    consent: whoever asks says that the people in the pictures are themselves or have agreed.
    """

    prompt: str
    negative: str = ""
    shots: tuple[str, ...] = ()
    title: str = ""
    images: tuple[Path, ...] = ()
    consent: bool = False


@dataclass(frozen=True)
class Decision:
    """What may happen with a request.

    action: `allow`; `warn` (goes on, `message` is shown); `rewrite` (`rewritten` may be made once the person agreed);
    `block`. stage: the field that decided (`prompt`, `negative`, `shot`, `title`, `request` for several together).
    shot: index into `PolicyRequest.shots`, or of a shot that the prompt itself lists ("Shot 3: ..." is 2).
    spans: half-open ranges in the text of that field, in characters; empty where nothing should be pointed at.
    rewritten: the whole new text of that field.
    """

    action: Action
    category: str | None = None
    stage: str = "prompt"
    shot: int | None = None
    spans: tuple[Span, ...] = ()
    rewritten: str | None = None
    message_id: str | None = None
    message: str = ""
    policy_version: str = POLICY_VERSION
    elapsed_ms: float = 0.0
