"""`policy.toml`: what the host of a studio decided. Two categories are fixed; the defaults are in `docs/policy.md`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from studio.policy.decision import Action, Mode

FIXED = frozenset({"sexual_minors", "minors_harm"})
SEVERITY: tuple[Action, ...] = ("allow", "warn", "rewrite", "block")
_REWRITTEN = frozenset({"real_person", "private_person", "artist_style", "third_party_ip"})
_BLOCKED = frozenset(
    "sexual violence_gore hate self_harm extremism illicit deception real_person_deceptive harassment shocking".split()
)
_LOCAL: Mapping[str, Action] = MappingProxyType({"shocking": "warn", "third_party_ip": "warn"})
FACES = ("block", "consent", "allow")


class PolicyConfigError(ValueError):
    """A line of policy.toml that cannot be used, named in one sentence."""


@dataclass(frozen=True)
class PolicyConfig:
    """The host's decisions.

    actions: by mode and category, where they differ from the defaults. thresholds: by mode, the probability from which
    the classifier's word counts (0.3 to 0.95). faces: what a picture with a face needs, by mode. extra_block and
    extra_allow: names to treat as real people's, and never to. keep_days: of the audit log. words_only: the classifier
    is not asked (its files are missing).
    """

    actions: Mapping[Mode, Mapping[str, Action]] = field(default_factory=lambda: MappingProxyType({}))
    thresholds: Mapping[Mode, float] = field(default_factory=lambda: MappingProxyType({"local": 0.55, "strict": 0.55}))
    faces: Mapping[Mode, str] = field(default_factory=lambda: MappingProxyType({"local": "consent", "strict": "block"}))
    extra_block: tuple[str, ...] = ()
    extra_allow: tuple[str, ...] = ()
    keep_days: int = 30
    store_text: bool = False
    words_only: bool = False

    def action(self, category: str, mode: Mode) -> Action:
        """What happens with a category. No setting lowers the fixed ones, and none lowers a public host."""
        usual: Action = "rewrite" if category in _REWRITTEN else "block"
        if mode == "local":
            usual = _LOCAL.get(category, usual)
        if category in FIXED:
            return "block"
        wanted = self.actions.get(mode, {}).get(category, usual)
        return max(wanted, usual, key=SEVERITY.index) if mode == "strict" else wanted

    def lowered(self) -> tuple[str, ...]:
        """Categories that are let through on this machine: said on the page and in what is made."""
        return tuple(sorted(c for c, action in self.actions.get("local", {}).items() if action == "allow"))


DEFAULT = PolicyConfig()


def load(path: Path) -> PolicyConfig:
    """The host's decisions; the defaults where there is no such file. Raises PolicyConfigError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return DEFAULT
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyConfigError(f"{path.name} cannot be read: {error}") from None
    return parse(table)


def parse(table: Mapping[str, Any]) -> PolicyConfig:
    """The decisions in a parsed policy.toml. Raises PolicyConfigError."""
    known = {"local", "strict", "names", "thresholds", "audit"}
    if unknown := sorted(set(table) - known):
        raise PolicyConfigError(f"policy.toml: [{unknown[0]}] is unknown: use {', '.join(sorted(known))}")
    names, audit = _section(table, "names"), _section(table, "audit")
    thresholds = dict(DEFAULT.thresholds) | {mode: _threshold(mode, v) for mode, v in _modes(table, "thresholds")}
    actions: dict[Mode, Mapping[str, Action]] = {}
    faces = dict(DEFAULT.faces)
    for mode in get_args(Mode):
        chosen = dict(_section(_section(table, mode), "actions"))
        if "uploaded_face" in chosen:
            faces[mode] = _face(mode, chosen.pop("uploaded_face"))
        actions[mode] = {category: _action(category, value) for category, value in chosen.items()}
    keep_days = audit.get("keep_days", DEFAULT.keep_days)
    if not isinstance(keep_days, int) or not 1 <= keep_days <= 3650:
        raise PolicyConfigError(f"policy.toml: audit.keep_days is {keep_days!r}: use a whole number of days, 1 to 3650")
    return PolicyConfig(
        actions,
        thresholds,
        faces,
        _texts(names, "extra_block"),
        _texts(names, "extra_allow"),
        keep_days,
        audit.get("store_text", False) is True,
    )


def _section(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = table.get(name, {})
    if not isinstance(found, Mapping):
        raise PolicyConfigError(f"policy.toml: [{name}] must be a section")
    return found


def _modes(table: Mapping[str, Any], name: str) -> list[tuple[Mode, Any]]:
    section = _section(table, name)
    if unknown := sorted(set(section) - set(get_args(Mode))):
        raise PolicyConfigError(f"policy.toml: {name}.{unknown[0]} is unknown: use local or strict")
    return [(mode, section[mode]) for mode in get_args(Mode) if mode in section]


def _threshold(mode: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.3 <= value <= 0.95:
        raise PolicyConfigError(f"policy.toml: thresholds.{mode} is {value!r}: use a number from 0.3 to 0.95")
    return float(value)


def _action(category: str, value: Any) -> Action:
    if category in FIXED:
        raise PolicyConfigError(f"policy.toml: {category} is always blocked; take the line out")
    if category not in _BLOCKED | _REWRITTEN:
        raise PolicyConfigError(f"policy.toml: there is no category {category!r}")
    if value not in SEVERITY or (value == "rewrite" and category not in _REWRITTEN):
        usable = [a for a in SEVERITY if a != "rewrite" or category in _REWRITTEN]
        raise PolicyConfigError(f"policy.toml: {category} is {value!r}: use {', '.join(usable)}")
    action: Action = value
    return action


def _face(mode: str, value: Any) -> str:
    if value not in FACES or (mode == "strict" and value != "block"):
        raise PolicyConfigError(f"policy.toml: {mode} uploaded_face is {value!r}: use block, or locally consent, allow")
    return str(value)


def _texts(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = table.get(name, [])
    if not isinstance(found, list) or not all(isinstance(text, str) and text.strip() for text in found):
        raise PolicyConfigError(f"policy.toml: names.{name} must be a list of names")
    return tuple(found)
