"""What is done to a clip's pictures before they are encoded: the visible label, then the invisible mark.

finish = Finish.chosen(preferences, settings, job.id)
painter = finish.pictures(width, height, fps, settings.home)
writer.write(painter.apply(chunk))          # chunks in their order
claim = finish.told(claim)                  # the credential names both
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from studio.disk import save_bytes
from studio.labels import LABELS, Label, Painter, aigc_tag
from studio.pictures import Frames
from studio.preferences import Preferences
from studio.provenance import Claim, mark
from studio.provenance.claims import LABELLED, MARKED
from studio.settings import Settings

NOTE = "finish.json"
KEY = "mark.key"  # in the studio's folder


@dataclass(frozen=True)
class Finish:
    """What a clip gets: `label` that can be seen, `number` (16 hexadecimal digits, "" for none) that cannot."""

    label: Label = "off"
    number: str = ""

    @classmethod
    def chosen(cls, preferences: Preferences, settings: Settings, work: str) -> Finish:
        """What its owner wishes for a piece of work (the id of its job), and never less than the host demands."""
        label = label_of(preferences, settings)
        if preferences.mark == "off":
            return cls(label)
        secret = hmac.digest(mark.load_key(settings.home / KEY), f"number:{work}".encode(), "sha256")
        return cls(label, secret[:8].hex())

    def pictures(self, width: int, height: int, fps: float, home: Path) -> Pictures:
        """What its frames go through, in their order."""
        return Pictures(self, width, height, fps, home)

    def tags(self, producer: str, work: str) -> dict[str, str]:
        """What stands in the container besides."""
        return {"AIGC": aigc_tag(producer, work)} if self.label == "aigc" else {}

    def told(self, claim: Claim) -> Claim:
        """The claim with what was done here as its last steps."""
        steps = (*claim.steps, *([LABELLED] if self.label != "off" else []), *([MARKED] if self.number else []))
        return replace(claim, steps=steps, watermark=mark.number_hash(self.number) if self.number else "")

    def save(self, folder: Path) -> None:
        """Remember it beside the clip until that is signed: what is wished for may change in between."""
        save_bytes(folder / NOTE, json.dumps(asdict(self)).encode())

    @classmethod
    def load(cls, folder: Path) -> Finish:
        """What was remembered; nothing where nothing was."""
        try:
            data = json.loads((folder / NOTE).read_text())
            label, number = data["label"], data["number"]
        except (OSError, ValueError, KeyError, TypeError):
            return cls()
        return cls(label if label in LABELS else "off", number if isinstance(number, str) else "")


def label_of(preferences: Preferences, settings: Settings) -> Label:
    """The visible label that an owner wishes for, or that the host demands of one who wishes for none."""
    return preferences.label if preferences.label != "off" else settings.label


class Pictures:
    """The frames of one clip on their way into the file."""

    def __init__(self, finish: Finish, width: int, height: int, fps: float, home: Path) -> None:
        self._painter = Painter(finish.label, width, height, fps)
        self._marker = mark.Marker(finish.number, mark.load_key(home / KEY)) if finish.number else None

    def apply(self, frames: Frames) -> Frames:
        """The same frames, labelled and marked: uint8 (t, h, w, 3)."""
        labelled = self._painter.apply(frames)
        return labelled if self._marker is None else self._marker.apply(labelled)


def prompt_hash(prompt: str, key: bytes, work: str) -> str:
    """A hash of the words that stay at home, salted with what only this studio knows: nobody can guess them by it."""
    salt = hmac.digest(key, f"prompt:{work}".encode(), "sha256")
    return hashlib.sha256(salt + prompt.encode("utf-8", "replace")).hexdigest()
