"""What other tools write into their files about how they were made: ComfyUI, WanGP, A1111 and kin, AIGC labels.

Nothing of it is signed: it is read as text from a stranger, shortened, and never followed. Where it is found:
ComfyUI writes `prompt` and `workflow` (JSON) into PNG text, WebP EXIF and MP4 or Matroska tags, its extension
VideoHelperSuite both into the comment; WanGP one JSON object into the comment, or into a picture's EXIF; A1111 and
Forge a text `parameters`; China's label of synthetic media is the tag `AIGC`.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from PIL import Image

from studio.provenance import container

MAX_TEXT = 16_000  # characters of a prompt that are read
MAX_TAG = 2_000_000  # characters of a tag; a large workflow has some 200,000
MAX_NODES = 200  # of a graph that are gone through for a text
_TIMEOUT = 20.0


@dataclass(frozen=True)
class Settings:
    """Settings as another tool wrote them; None or "" where it said nothing."""

    tool: str
    prompt: str = ""
    negative: str = ""
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    model: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return asdict(self)


def tags(path: Path, mime: str) -> dict[str, str]:
    """Text that stands in a file beside its pictures, by lower-case name. Never raises for a broken file."""
    try:
        if mime.startswith("image/"):
            return _of_picture(path)
        return _of_clip(path) if mime.startswith("video/") else {}
    except (OSError, ValueError, SyntaxError, KeyError, TypeError, MemoryError, subprocess.SubprocessError,
            Image.DecompressionBombError, Image.DecompressionBombWarning):  # fmt: skip
        return {}


def settings(found: Mapping[str, str]) -> Settings | None:
    """The settings that tags hold, by whichever tool; None when they hold none that is known."""
    if (graph := _graph(found.get("prompt"))) is not None:
        return _comfy(graph)
    for name in ("comment", "description", "usercomment"):
        data = _json(found.get(name))
        if not isinstance(data, dict) or "prompt" not in data:
            continue
        if (graph := _graph(data["prompt"])) is not None:
            return _comfy(graph)
        if "WanGP" in str(data.get("type")) or "video_length" in data:
            return _wangp(data)
    return _plain(found["parameters"]) if "parameters" in found else None


def aigc(found: Mapping[str, str]) -> dict[str, str] | None:
    """The Chinese label of synthetic media (GB 45438-2025), if the file has one."""
    data = _json(found.get("aigc"))
    return {str(key)[:60]: str(value)[:200] for key, value in data.items()} if isinstance(data, dict) else None


def _of_picture(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    with Image.open(path, formats=("PNG", "JPEG", "WEBP", "GIF")) as image:
        for key, value in image.info.items():
            if isinstance(value, (str, bytes)) and len(value) <= MAX_TAG:
                text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
                found[str(key).lower()] = text
        exif = image.getexif()
        for value in (*exif.values(), *exif.get_ifd(0x8769).values()):
            if isinstance(value, bytes):
                value = value[8:].decode("utf-16-be" if value[:7] == b"UNICODE" else "utf-8", "replace")
            if isinstance(value, str) and len(value) <= MAX_TAG:
                name, colon, text = value.partition(":")
                if colon and name.lower() in ("prompt", "workflow"):  # as ComfyUI writes WebP
                    found[name.lower()] = text
                elif "Steps:" in value and "Seed:" in value:
                    found["parameters"] = value
                elif value.lstrip().startswith("{"):
                    found.setdefault("usercomment", value)
    return found


def _of_clip(path: Path) -> dict[str, str]:
    kind = "matroska" if container.mime_type(path) == container.MATROSKA else "mov"
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error", "-protocol_whitelist",
        "file,pipe", "-f", kind, "-i", f"file:{path.absolute()}", "-f", "ffmetadata", "pipe:1",
    ]  # fmt: skip
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT, check=False)
    text = done.stdout[: 2 * MAX_TAG].decode("utf-8", "replace")
    found: dict[str, str] = {}
    for line in re.split(r"(?<!\\)\n", text):
        name, equals, value = line.partition("=")
        if equals and not line.startswith((";", "[")):
            found.setdefault(name.strip().lower(), re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL))
    return found


def _json(text: str | None) -> Any:
    try:
        return json.loads(text) if text and len(text) <= MAX_TAG else None
    except (ValueError, RecursionError):
        return None


def _graph(value: Any) -> dict[str, Any] | None:
    """A graph of ComfyUI, as JSON or read already; None for anything else."""
    graph = _json(value) if isinstance(value, str) else value
    if isinstance(graph, dict) and any(isinstance(node, dict) and "class_type" in node for node in graph.values()):
        return graph
    return None


def _comfy(graph: Mapping[str, Any]) -> Settings:
    """What a graph says, its samplers first: words at the end of their links, numbers wherever they stand."""
    nodes = {str(key): node for key, node in graph.items() if isinstance(node, dict)}
    kinds = {key: str(node.get("class_type")) for key, node in nodes.items()}
    given = {key: node["inputs"] for key, node in nodes.items() if isinstance(node.get("inputs"), dict)}

    def later(key: str) -> tuple[bool, bool]:
        return "Sampler" not in kinds[key], given[key].get("add_noise") == "disable"  # of two stages the first has it

    inputs: dict[str, dict[str, Any]] = {key: given[key] for key in sorted(given, key=later)}
    found: dict[str, Any] = dict(zip(("prompt", "negative"), _words(inputs), strict=True))
    found |= {name: _first(inputs, *names) for name, names in _NUMBERS.items()}
    if found["guidance"] is None:  # a model that was distilled has no classifier-free guidance
        found["guidance"] = _first(inputs, "guidance")
    sized = [each for each in inputs.values() if _is_number(each.get("width")) and _is_number(each.get("height"))]
    found |= {"width": sized[0]["width"], "height": sized[0]["height"]} if sized else {}
    models = (values.get(name) for name in ("unet_name", "ckpt_name") for values in inputs.values())
    loaders = (given[key].get("model") or given[key].get("model_name") for key in given if "ModelLoader" in kinds[key])
    found["model"] = next((name for name in (*models, *loaders) if isinstance(name, str) and name), "")
    return _typed("ComfyUI", found)


_NUMBERS = {
    "seed": ("seed", "noise_seed"), "steps": ("steps",), "guidance": ("cfg",),
    "frames": ("length", "num_frames", "video_frames"),
}  # fmt: skip


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _first(inputs: Mapping[str, Mapping[str, Any]], *names: str) -> Any:
    """The first number of these names; a link to another node is none."""
    return next((values[name] for values in inputs.values() for name in names if _is_number(values.get(name))), None)


def _words(inputs: Mapping[str, dict[str, Any]]) -> tuple[str, str]:
    """What is wanted and what is not: of a sampler or a guider, of a node that holds both, of a guider that has one."""
    for wanted, unwanted in (("positive", "negative"), ("positive_prompt", "negative_prompt"), ("conditioning", "")):
        for values in inputs.values():
            text = _text_of(inputs, values.get(wanted), "positive", set())
            if text:
                return text, _text_of(inputs, values.get(unwanted), "negative", set())
    return "", ""


def _text_of(inputs: Mapping[str, Any], link: Any, side: str, seen: set[str]) -> str:
    """The text at the end of a link, through the nodes between, each of them once."""
    if isinstance(link, str):
        return link
    if not isinstance(link, list) or not link or (key := str(link[0])) in seen or len(seen) > MAX_NODES:
        return ""
    seen.add(key)
    values = inputs.get(key) or {}
    for name in ("text", "prompt", f"{side}_prompt", "string", "value", side, "conditioning"):
        text = _text_of(inputs, values.get(name), side, seen)
        if text:
            return text
    return ""


def _wangp(data: Mapping[str, Any]) -> Settings:
    width, _, height = str(data.get("resolution", "")).partition("x")
    found = {
        "prompt": data.get("prompt"), "negative": data.get("negative_prompt"), "seed": data.get("seed"),
        "steps": data.get("num_inference_steps"), "guidance": data.get("guidance_scale"),
        "width": int(width) if width.isdecimal() and len(width) < 6 else None,
        "height": int(height) if height.isdecimal() and len(height) < 6 else None,
        "frames": data.get("video_length"), "model": data.get("model_type") or data.get("model_filename"),
    }  # fmt: skip
    return _typed("WanGP", found)


def _plain(text: str) -> Settings:
    """`prompt / Negative prompt: ... / Steps: 20, Sampler: ..., Seed: 1`, as A1111 writes it."""
    body, _, last = text[:MAX_TAG].rpartition("\n")
    prompt, _, negative = body.partition("Negative prompt:")
    values = dict(re.findall(r"([A-Z][A-Za-z ]{1,20}): ([^,]{1,80})", last))
    width, _, height = values.get("Size", "").partition("x")
    words = {"prompt": prompt.strip(), "negative": negative.strip(), "model": values.get("Model")}
    numbers = {"width": _number(width), "height": _number(height)}
    numbers |= {name.split()[-1].lower(): _number(values.get(name)) for name in ("Seed", "Steps")}
    return _typed("A1111", {**words, **numbers, "guidance": _number(values.get("CFG scale"))})


def _number(text: str | None) -> float | int | None:
    try:
        return None if not text else float(text) if "." in text else int(text[:24])
    except ValueError:
        return None


def _typed(tool: str, found: Mapping[str, Any]) -> Settings:
    def whole(name: str, high: int) -> int | None:
        value = found.get(name)
        good = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= high
        return int(value) if good and value is not None else None

    def text(name: str, limit: int) -> str:
        value = found.get(name)
        return "".join(c for c in value if c.isprintable() or c in "\n\t")[:limit] if isinstance(value, str) else ""

    guidance = found.get("guidance")
    good = isinstance(guidance, (int, float)) and not isinstance(guidance, bool) and 0 <= guidance <= 1000
    return Settings(
        tool, text("prompt", MAX_TEXT), text("negative", MAX_TEXT), whole("seed", 2**63 - 1), whole("steps", 10_000),
        float(guidance) if good and guidance is not None else None, whole("width", 65_536), whole("height", 65_536),
        whole("frames", 1_000_000), text("model", 200),
    )  # fmt: skip
