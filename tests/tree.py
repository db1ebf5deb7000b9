"""The source tree as data: what the rules of the house are checked on."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = {".py", ".md", ".toml", ".txt", ".yml", ".yaml", ".sh", ".css", ".js", ".json", ".cfg", ""}


@cache
def files() -> tuple[Path, ...]:
    """Every file that git tracks or would track, relative to the root; without git, every file outside caches."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        return tuple(sorted(p for p in found if not any(part in CACHES for part in p.parts)))
    return tuple(sorted(Path(name) for name in set(names) if (ROOT / name).is_file()))


CACHES = frozenset({".git", ".venv", ".cache", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"})


def python_files(*folders: str) -> tuple[Path, ...]:
    """The Python files below the named folders, or with those names."""
    return tuple(p for p in files() if p.suffix == ".py" and p.parts[0] in folders)


@cache
def parse(path: Path) -> ast.Module:
    """The syntax tree of a file of the tree."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


def module_name(path: Path) -> str:
    """`studio/cli.py` is `studio.cli`, `studio/__init__.py` is `studio`."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it, under its absolute name."""
    package = list(path.parts[:-1])
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            yield ".".join([*base, *filter(None, [node.module])])


def text_files() -> Iterator[tuple[Path, str]]:
    """Every text file outside assets that a person wrote, with its text."""
    for path in files():
        if path.suffix in TEXT and path.parts[0] != "assets":
            yield path, (ROOT / path).read_text(encoding="utf-8")


def requirements(name: str = "requirements.txt") -> dict[str, str]:
    """Package name to bounds, as the file says."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([A-Za-z0-9_.-]+)(?:\[[^]]*\])?\s*([<>=!~].*)?$", line.split("#")[0].strip()) for line in lines)
    return {match[1].lower(): match[2] or "" for match in found if match and not match[1].startswith("-")}
