"""What every endpoint for programs has in common: whose studio it is asked of, and what went wrong, in one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import gradio as gr

from model.errors import ModelError
from studio.core import Studio
from studio.errors import PolicyStop, StudioError
from studio.ui.owner import owner_of
from studio.ui.web import sentence

Answer = dict[str, Any]
T = TypeVar("T")


class Answering:
    """Endpoints over one studio."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def guarded(self, request: gr.Request, act: Callable[[str], T]) -> T:
        """The answer to the owner of a request; what cannot be done is one line, as an error of Gradio."""
        owner = owner_of(request.cookies, self.studio.settings.shared)
        if owner is None:
            raise _refusal("This studio is shared: send the cookie that its page gave your browser.")
        try:
            return act(owner)
        except PolicyStop as stop:
            offered = f" It could be shot as: {stop.decision.rewritten}" if stop.decision.rewritten else ""
            raise _refusal(stop.decision.message + offered) from None
        except (StudioError, ModelError) as error:
            raise _refusal(sentence(str(error))) from None


def _refusal(line: str) -> gr.Error:
    """What a program is told; it is its caller's mistake and no trouble of the studio's."""
    return gr.Error(line, print_exception=False)
