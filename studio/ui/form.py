"""The script column: what the artist fills in, and the two ways between it and a Shot.

Numbers are checked by the studio, not by the widgets: a Gradio widget that refuses a value says so in a corner of the
screen and drops it, while a ShotError stands beside its field and keeps what was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr

from model.catalog import CatalogEntry
from studio.core import Studio
from studio.direction import KINDS, Direction
from studio.errors import ShotError
from studio.film import Shot

RATIOS = {"landscape": "16:9", "portrait": "9:16", "square": "1:1"}

# The slot of the page where an error of a field is shown; fields that are not named here go to "shot", by the button.
SLOTS = ("prompt", "first", "pictures", "direction", "size", "fine", "shot")
_SLOT_OF = {
    "prompt": "prompt",
    "first": "first",
    "last": "pictures",
    "frames": "pictures",
    "direction": "direction",
    **dict.fromkeys(KINDS, "direction"),
    "size": "size",
    "width": "size",
    "height": "size",
    "seconds": "size",
    "seed": "direction",
    "negative": "fine",
    "steps": "fine",
    "guidance": "fine",
}

Values = Mapping[Any, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Form:
    """The components of the script column. `slots` are the places of errors, by name."""

    prompt: gr.Textbox
    understanding: gr.HTML
    first: gr.Image
    pictures: gr.Accordion
    last: gr.Image
    frames: gr.File
    directions: dict[str, gr.Dropdown]
    size: gr.Radio
    seconds: gr.Number
    seed: gr.Textbox
    dice: gr.Button
    fine: gr.Accordion
    negative: gr.Textbox
    steps: gr.Number
    guidance: gr.Number
    slots: dict[str, gr.HTML]

    def fields(self) -> list[Any]:
        """The components that hold the shot, in a fixed order."""
        return [
            self.prompt, self.first, self.last, self.frames, *self.directions.values(),
            self.size, self.seconds, self.seed, self.negative, self.steps, self.guidance,
        ]  # fmt: skip

    def shot(self, values: Values) -> Shot:
        """The shot that the form's values (by component) describe. Raises ShotError for what is not a number."""
        chosen = {kind: values[box] or None for kind, box in self.directions.items()}
        return Shot(
            prompt=values[self.prompt] or "",
            direction=Direction(**chosen),
            negative=values[self.negative] or "",
            size=values[self.size] or "landscape",
            seconds=_seconds(values[self.seconds]),
            seed=_seed(values[self.seed]),
            steps=_steps(values[self.steps]),
            guidance=None if values[self.guidance] is None else float(values[self.guidance]),
            first=_path(values[self.first]),
            last=_path(values[self.last]),
            frames=tuple(Path(path) for path in values[self.frames] or ()),
        )

    def filled(self, shot: Shot) -> dict[Any, Any]:
        """Updates that show a shot in the form. Pictures that are no longer there are left out."""
        updates: dict[Any, Any] = {
            self.prompt: shot.prompt,
            self.first: _shown(shot.first),
            self.last: _shown(shot.last),
            self.frames: [str(path) for path in shot.frames if path.is_file()] or None,
            self.size: shot.size if shot.size in RATIOS else "landscape",
            self.seconds: shot.seconds,
            self.seed: "" if shot.seed is None else str(shot.seed),
            self.negative: shot.negative,
            self.steps: shot.steps,
            self.guidance: shot.guidance,
        }
        for kind, box in self.directions.items():
            updates[box] = getattr(shot.direction, kind) or ""
        return updates

    def slot(self, field: str) -> gr.HTML:
        """Where an error of a field is shown."""
        return self.slots[_SLOT_OF.get(field, "shot")]


def build(studio: Studio, under_prompt: Callable[[], T]) -> tuple[Form, T]:
    """Draw the script column; its components, and what `under_prompt` draws below the prompt."""
    entry = studio.entry()
    slots: dict[str, gr.HTML] = {}
    prompt, understanding = _prompt(slots)
    below = under_prompt()
    with gr.Column(elem_id="pictures-group"):
        first = _picture("First picture", "first-picture", "Begin with a picture: drop, paste or choose one")
        slots["first"] = _slot("first")
        with gr.Accordion("Last picture and frames", open=False, elem_id="pictures") as pictures:
            last = _picture("Last picture", "last-picture", "End on this picture")
            frames = gr.File(
                label="Frames: pictures, or one clip",
                file_count="multiple",
                file_types=["image", "video"],
                elem_id="frames",
                elem_classes="drop",
                height=96,
            )
            slots["pictures"] = _slot("pictures")
    directions, seed, dice = _directions(studio, slots)
    size, seconds = _format(entry, slots)
    fine, negative, steps, guidance = _fine(entry, slots)
    slots["shot"] = _slot("shot")
    form = Form(
        prompt, understanding, first, pictures, last, frames, directions,
        size, seconds, seed, dice, fine, negative, steps, guidance, slots,
    )  # fmt: skip
    return form, below


def _slot(name: str) -> gr.HTML:
    return gr.HTML("", elem_id=f"error-{name}", elem_classes="slot")


def _prompt(slots: dict[str, gr.HTML]) -> tuple[gr.Textbox, gr.HTML]:
    prompt = gr.Textbox(
        label="What do you want to see?",
        placeholder="A red fox walks through a snowy forest at dusk…",
        lines=4,
        max_lines=14,
        elem_id="prompt",
    )
    slots["prompt"] = _slot("prompt")
    return prompt, gr.HTML("", elem_id="understanding", elem_classes="slot")


def _picture(label: str, elem_id: str, placeholder: str) -> gr.Image:
    picture = gr.Image(
        label=label,
        type="filepath",
        image_mode=None,
        sources=["upload", "clipboard"],
        buttons=[],
        placeholder=placeholder,
        height=76,
        elem_id=elem_id,
        elem_classes="drop",
    )
    picture.preprocess = _uploaded  # the file as it was given: the studio opens it, and says what is wrong with it
    return picture


def _uploaded(payload: Any) -> str | None:
    return None if payload is None else payload.path


def _directions(studio: Studio, slots: dict[str, gr.HTML]) -> tuple[dict[str, gr.Dropdown], gr.Textbox, gr.Button]:
    """A chooser for each kind of direction that the weights know something of, and the seed with its dice."""
    boxes = {}
    with gr.Row(elem_id="direction"):
        for kind, pairs in studio.directions().items():
            choices = [("Any", ""), *((label, identity) for identity, label in pairs)]
            boxes[kind] = gr.Dropdown(
                choices,
                value="",
                label=kind.capitalize(),
                filterable=False,
                visible=bool(pairs),
                elem_id=f"direction-{kind}",
                elem_classes="chip",
                min_width=120,
            )
        with gr.Row(elem_id="seed-row"):
            seed = gr.Textbox(
                label="Seed", placeholder="any", lines=1, max_lines=1, elem_id="seed", elem_classes="chip", min_width=80
            )
            dice = gr.Button("Draw a seed", elem_id="dice", min_width=40, size="sm")
    slots["direction"] = _slot("direction")
    return boxes, seed, dice


def _format(entry: CatalogEntry, slots: dict[str, gr.HTML]) -> tuple[gr.Radio, gr.Number]:
    choices = [(RATIOS[name], name) for name in RATIOS if name in entry.sizes]
    with gr.Row(elem_id="format"):
        size = gr.Radio(choices, value=choices[0][1], label="Picture", elem_id="size")
        seconds = gr.Number(value=entry.default_seconds, label="Seconds", step=0.5, elem_id="seconds", min_width=72)
    slots["size"] = _slot("size")
    return size, seconds


def _fine(entry: CatalogEntry, slots: dict[str, gr.HTML]) -> tuple[gr.Accordion, gr.Textbox, gr.Number, gr.Number]:
    defaults = entry.defaults
    with gr.Accordion("Fine tuning", open=False, elem_id="fine") as fine:
        negative = gr.Textbox(label="Keep out of the picture", lines=1, max_lines=4, elem_id="negative")
        with gr.Row():
            steps = gr.Number(
                label="Steps", placeholder=str(defaults.steps), precision=None, elem_id="steps", min_width=96
            )
            guidance = gr.Number(
                label="Guidance", placeholder=f"{defaults.guidance:g}", step=0.5, elem_id="guidance", min_width=96
            )
        slots["fine"] = _slot("fine")
    return fine, negative, steps, guidance


def _seconds(value: Any) -> float:
    if value is None:
        raise ShotError("seconds", value, "Say how many seconds the shot lasts, for example 4.", 4)
    return float(value)


def _steps(value: Any) -> int | None:
    if value is None:
        return None
    if float(value) != int(value):
        raise ShotError("steps", value, f"Steps must be a whole number, for example {round(value)}.", round(value))
    return int(value)


def _seed(value: Any) -> int | None:
    """The seed as typed. It is text, because a browser's numbers are not exact above 2**53."""
    words = str(value or "").strip()
    if not words:
        return None
    try:
        return int(words)
    except ValueError:
        message = "The seed is a whole number from 0 up, for example 7. Leave it empty to draw one."
        raise ShotError("seed", value, message) from None


def _path(value: Any) -> Path | None:
    return Path(value) if value else None


def _shown(path: Path | None) -> str | None:
    return str(path) if path is not None and path.is_file() else None
