"""The painted studio that dies, as of `kill -9`, in the midst of the stage that a prompt names; once for each.

python -m tests.ui.serve_dying --port 7870
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import app
from studio import provenance
from studio.core import Studio
from studio.engines.local import LocalEngine
from studio.leaving import whole_clip
from studio.library import Library
from studio.settings import Settings
from studio.writing import ClipWriter
from tests.studio.doubles import FakeGeneration, FakeGenerator
from tests.studio.soak import Before

STAGES = ("text", "sampling", "decode", "encode", "check", "sign", "commit")


class Fate:
    """Which stage is deadly just now: the one that the prompt of the running shot names, unless it was before."""

    def __init__(self, home: Path) -> None:
        self.home, self.stage = home, ""

    def named(self, prompt: str) -> None:
        self.stage = next((stage for stage in STAGES if prompt.endswith(stage)), "")

    def meet(self, stage: str) -> None:
        mark = self.home / f"died-{stage}"
        if stage == self.stage and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)


class Mortal(FakeGenerator):
    """Paints as ever; dies while it reads, samples or decodes."""

    def __init__(self, fate: Fate) -> None:
        super().__init__(pace=0.05, hurdle=lambda index: fate.meet("sampling") if index == 2 else None)
        self.fate = fate

    def generate(self, asked: Any, on_step: Any = None, resume: Any = None) -> FakeGeneration:
        self.fate.named(asked.prompt)
        self.fate.meet("text")
        fate = self.fate

        class Decoding(FakeGeneration):
            def __next__(self) -> Any:
                chunk = super().__next__()
                fate.meet("decode")
                return chunk

        return Decoding(self, asked, on_step, resume)


def open_mortal(settings: Settings) -> Studio:
    """A studio whose every stage after the first step can be its last."""
    fate = Fate(settings.home)
    write, sign, add = ClipWriter.write, provenance.sign_clip, Library.add_take

    def check(clip: Path, recipe: Any) -> None:
        fate.meet("check")
        whole_clip(clip, recipe)

    def commit(library: Library, take: Any, made: Any = None) -> None:
        meet = lambda: fate.meet("commit")  # noqa: E731
        add(library, take, Before(made, "replace", meet, meet))  # type: ignore[arg-type]

    ClipWriter.write = lambda self, chunk: (write(self, chunk), fate.meet("encode"))[0]  # type: ignore[method-assign]
    provenance.sign_clip = lambda *given: (sign(*given), fate.meet("sign"))[0]
    Library.add_take = commit  # type: ignore[method-assign]
    generator = Mortal(fate)
    return Studio(settings, LocalEngine(settings, Library(settings.home), load=lambda name: generator, check=check))


if __name__ == "__main__":
    sys.exit(app.main(opens=open_mortal))
