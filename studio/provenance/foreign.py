"""What other tools write into their files about how they were made: ComfyUI, WanGP, A1111 and kin, AIGC labels.

Nothing of it is signed: it is read as text from a stranger, shortened, and never followed. Where it is found:
ComfyUI writes `prompt` and `workflow` (JSON) into PNG text, WebP EXIF and MP4 or Matroska tags; WanGP one JSON object
into the comment; A1111 and Forge a text `parameters`; China's label of synthetic media is the tag `AIGC`.
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
    comfy = _json(found.get("prompt"))
    if isinstance(comfy, dict) and any(isinstance(node, dict) and "class_type" in node for node in comfy.values()):
        return _comfy(comfy)
    for name in ("comment", "description", "usercomment"):
        data = _json(found.get(name))
        if isinstance(data, dict) and "prompt" in data and ("WanGP" in str(data.get("type")) or "video_length" in data):
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


def _comfy(graph: Mapping[str, Any]) -> Settings:
    """The first sampler of a graph, and what leads to it."""
    nodes = {str(key): node for key, node in graph.items() if isinstance(node, dict)}
    given = ((key, node.get("inputs")) for key, node in nodes.items())
    inputs: dict[str, dict[str, Any]] = {key: values if isinstance(values, dict) else {} for key, values in given}
    found: dict[str, Any] = {}
    for values in inputs.values():
        if {"positive", "negative"} <= set(values) and ("seed" in values or "noise_seed" in values):
            found |= {"seed": values.get("seed", values.get("noise_seed")), "steps": values.get("steps")}
            found["guidance"] = values.get("cfg")
            found["prompt"] = _text_of(inputs, values["positive"], "positive")
            found["negative"] = _text_of(inputs, values["negative"], "negative")
            break
    for values in inputs.values():
        if "width" in values and "height" in values and "width" not in found:
            found |= {"width": values["width"], "height": values["height"], "frames": values.get("length")}
        for name in ("unet_name", "ckpt_name", "model_name"):
            found.setdefault("model", values.get(name)) if values.get(name) else None
    return _typed("ComfyUI", found)


def _text_of(inputs: Mapping[str, Any], link: Any, side: str, depth: int = 8) -> str:
    """The text at the end of a link, through the nodes between."""
    if isinstance(link, str):
        return link
    if not isinstance(link, list) or not link or depth == 0:
        return ""
    values = inputs.get(str(link[0])) or {}
    for name in ("text", "prompt", "string", "value", side, "conditioning"):
        text = _text_of(inputs, values.get(name), side, depth - 1)
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
