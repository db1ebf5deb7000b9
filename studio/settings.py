"""Where the studio lives and how open it is: one frozen value, read once from the environment and the command line."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from studio.errors import SettingsError
from studio.labels import LABELS, Label

Mode = Literal["local", "strict"]

DEFAULT_PORT = 7860
_DEVICE = re.compile(r"cpu|mps|cuda(:\d{1,3})?")


def assets_folder() -> Path:
    """The folder of the weights that come with the studio."""
    return Path(__file__).resolve().parent.parent / "assets"


@dataclass(frozen=True)
class Settings:
    """How this studio runs.

    `home` holds everything it keeps, `models` the weights. `shared` gives every browser its own takes and jobs.
    `mode` is the policy's strictness. `threads` is how many CPU threads a render may use (None: torch decides).
    `label` is the visible label that every clip gets at least. `devices` are torch devices to render on, a worker for
    each (None: every accelerator there is, else the CPU). `mcp` lets assistants on this machine use the studio's tools.
    """

    home: Path
    models: Path
    shared: bool = False
    mode: Mode = "local"
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    threads: int | None = None
    label: Label = "off"
    devices: tuple[str, ...] | None = None
    mcp: bool = False

    def __post_init__(self) -> None:
        if self.mode not in ("local", "strict"):
            raise SettingsError(f"policy mode {self.mode!r} is unknown: use local or strict")
        if not 0 < self.port < 65536:
            raise SettingsError(f"port {self.port} is out of range: use 1 to 65535")
        if self.label not in LABELS:
            raise SettingsError(f"label {self.label!r} is unknown: use {', '.join(LABELS)}")
        if self.threads is not None and not 1 <= self.threads <= 1024:
            raise SettingsError(f"threads {self.threads} is out of range: use 1 to 1024")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Settings from AUTEUR_HOME, _MODELS, _POLICY, _PORT, _HOST, _THREADS, _LABEL, _DEVICES, _MCP, and SPACE_ID.

        A Space is always shared and strict. An override that is None is left to the environment.
        """
        env = os.environ if environ is None else environ
        on_space = bool(env.get("SPACE_ID"))
        values: dict[str, Any] = {
            "home": Path(env["AUTEUR_HOME"]) if env.get("AUTEUR_HOME") else default_home(),
            "models": Path(env["AUTEUR_MODELS"]) if env.get("AUTEUR_MODELS") else assets_folder(),
            "shared": on_space,
            "mode": env.get("AUTEUR_POLICY") or ("strict" if on_space else "local"),
            "host": env.get("AUTEUR_HOST") or ("0.0.0.0" if on_space else "127.0.0.1"),
            "port": _whole(env, "AUTEUR_PORT", DEFAULT_PORT),
            "threads": _whole(env, "AUTEUR_THREADS", None),
            "label": env.get("AUTEUR_LABEL") or "off",
            "devices": _names(env.get("AUTEUR_DEVICES")),
            "mcp": env.get("AUTEUR_MCP", "").lower() in ("1", "true", "yes", "on"),
        }
        known = {field.name for field in fields(cls)}
        for name, value in overrides.items():
            if name not in known:
                raise SettingsError(f"there is no setting {name!r}")
            if value is not None:
                values[name] = value
        if on_space:
            values["shared"], values["mode"] = True, "strict"
        elif values["shared"] and "mode" not in overrides and not env.get("AUTEUR_POLICY"):
            values["mode"] = "strict"
        values["home"] = Path(values["home"]).expanduser().absolute()
        values["models"] = Path(values["models"]).expanduser().absolute()
        return cls(**values)


def default_home() -> Path:
    """The platform's own folder for an application's data."""
    import platformdirs

    return Path(platformdirs.user_data_path("Auteur", appauthor=False))


def _names(text: str | None) -> tuple[str, ...] | None:
    found = tuple(dict.fromkeys(name.strip() for name in (text or "").split(",") if name.strip()))
    wrong = [name for name in found if not _DEVICE.fullmatch(name)]
    if wrong:
        raise SettingsError(f"AUTEUR_DEVICES names {wrong[0][:40]!r}: use cpu, or cuda:0,cuda:1 and so on")
    return found or None


def _whole(env: Mapping[str, str], name: str, fallback: int | None) -> int | None:
    text = env.get(name)
    if not text:
        return fallback
    try:
        return int(text)
    except ValueError:
        raise SettingsError(f"{name} is {text!r}: it must be a whole number") from None
