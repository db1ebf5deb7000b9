"""Any exception as one line for whoever asked for the shot."""

from __future__ import annotations

import os
from pathlib import Path

from model.errors import ModelError
from studio.errors import StudioError
from studio.provenance import ProvenanceError


def plain_error(error: BaseException) -> str:
    """Why a job failed, in one line for whoever asked for it."""
    if isinstance(error, (StudioError, ModelError, ProvenanceError)):
        return str(error).splitlines()[0]
    if (
        isinstance(error, MemoryError)
        or "out of memory" in str(error).lower()
        or "can't allocate" in str(error).lower()
    ):
        return "There is not enough memory for this shot: make it smaller or shorter."
    if type(error).__module__.startswith(("torch._inductor", "torch._dynamo")):
        return "The model's blocks could not be compiled here (that takes a C++ compiler): shoot without compile."
    if isinstance(error, OSError):
        which = f" ({Path(os.fsdecode(error.filename)).name})" if isinstance(error.filename, str | bytes) else ""
        why = os.strerror(error.errno) if error.errno else type(error).__name__
        return f"A file could not be read or written{which}: {why}."
    return f"The render broke off ({type(error).__name__}); the log says more. Shoot it again."
