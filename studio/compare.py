"""What differs between two recipes, in the words of the page."""

from __future__ import annotations

from dataclasses import dataclass, fields

from studio.recipe import GivenFrames, Recipe
from studio.work import Work

LABELS = {
    "prompt": "Prompt",
    "rendered_prompt": "Prompt as rendered",
    "negative": "Not to be seen",
    "direction": "Direction",
    "model": "Model",
    "model_sha256": "Weights",
    "size": "Size",
    "width": "Width",
    "height": "Height",
    "seconds": "Seconds",
    "frames": "Frames",
    "fps": "Frames a second",
    "seed": "Seed",
    "steps": "Steps",
    "guidance": "Guidance",
    "shift": "Shift",
    "solver": "Solver",
    "block_cache": "Block cache (approximate)",
    "guided": "Part that is guided",
    "anchors": "Given pictures",
    "work": "Tool",
    "parents": "Made from",
    "machine": "Machine",
}


@dataclass(frozen=True)
class Difference:
    """One thing in which two recipes differ: its field, its name on the page, and both values as text ("" for none)."""

    field: str
    label: str
    a: str
    b: str


def recipe_difference(a: Recipe, b: Recipe) -> tuple[Difference, ...]:
    """Everything in which two recipes differ, in the order one reads a recipe; directions and machines one by one."""
    found: list[Difference] = []
    for field in (name for name in LABELS if name in {field.name for field in fields(Recipe)}):
        left, right = getattr(a, field), getattr(b, field)
        if _says_no_more(field, a, b):
            continue
        if isinstance(left, dict):
            found += _of_names(field, left, right)
        elif left != right:
            found.append(Difference(field, LABELS[field], _text(left), _text(right)))
    return tuple(found)


def _says_no_more(field: str, a: Recipe, b: Recipe) -> bool:
    """Whether another row says it already: the prompt, where it was rendered as it stands, or the number of frames."""
    if field == "rendered_prompt":
        return all(each.rendered_prompt == each.prompt for each in (a, b))
    return field == "seconds" and (a.frames, a.fps) == (b.frames, b.fps)


def _of_names(field: str, a: dict[str, str], b: dict[str, str]) -> list[Difference]:
    names = [name for name in dict.fromkeys((*a, *b)) if a.get(name, "") != b.get(name, "")]
    return [Difference(f"{field}.{name}", name.capitalize(), a.get(name, ""), b.get(name, "")) for name in names]


def _text(value: object) -> str:
    if isinstance(value, Work):
        drawn_over = value.made is not None and value.made.source
        return f"{value.tool}, strength {value.made.strength:g}" if drawn_over and value.made else value.tool
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(_given(item) if isinstance(item, GivenFrames) else str(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _given(given: GivenFrames) -> str:
    place = f"frame {given.place}" if isinstance(given.place, int) else given.place
    parts = [given.name or given.sha256[:8], place]
    parts += [f"strength {given.strength:g}"] if given.strength != 1 else []
    parts += [f"{given.start:g} to {given.end:g} s"] if given.end else []
    parts += ["cropped"] if given.crop is not None else []
    return " ".join(parts)
