"""What README.md says is true: the Space header, the pins, the commands, the links."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
from functools import cache
from typing import Any

import pytest
import yaml

from tests.tree import ROOT, requirements

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
SPACE_COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


def header() -> dict[str, Any]:
    parts = README.split("---\n", 2)
    assert parts[0] == "", "README.md opens with the header of a Space"
    loaded: dict[str, Any] = yaml.safe_load(parts[1])
    return loaded


def commands() -> list[list[str]]:
    """Every command line in the code blocks of the documents, continued lines joined, comments dropped."""
    found = []
    for document in DOCUMENTS:
        for block in re.findall(r"```(?:bash|sh|console)\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL):
            lines = block.replace("\\\n", " ").splitlines()
            found += [words for line in lines if (words := shlex.split(line, comments=True))]
    return [command for line in found for command in split_on_and(line)]


def split_on_and(words: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word == "&&":
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


@cache
def help_of(module: str, verb: str) -> str:
    """What `python -m module verb --help` prints; fails when the command does not exist."""
    words = [sys.executable, "-m", module, *filter(None, [verb]), "--help"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{' '.join(words[1:])}: {done.stderr}"
    return done.stdout


def module_commands() -> list[tuple[str, str, tuple[str, ...]]]:
    """(module, verb or "", options) of every `python -m` command in the documents."""
    found = set()
    for words in commands():
        if words[:2] == ["python", "-m"] and words[2].split(".")[0] in {"model", "studio"}:
            rest = words[3:]
            verb = rest[0] if words[2] in {"studio", "model.world"} and rest and not rest[0].startswith("-") else ""
            found.add((words[2], verb, tuple(word.split("=")[0] for word in rest if word.startswith("--"))))
    return sorted(found)


def test_the_space_header_equals_the_pins() -> None:
    head = header()
    assert head["sdk"] == "gradio"
    assert f"=={head['sdk_version']}" == requirements()["gradio"]
    assert str(head["python_version"]) == "3.11"
    assert (ROOT / head["app_file"]).is_file()
    assert head["license"] == "apache-2.0"
    assert head["pinned"] is False
    assert {head["colorFrom"], head["colorTo"]} <= SPACE_COLOURS
    assert len(head["short_description"]) <= 60


def test_the_readme_stays_short() -> None:
    assert len(README.splitlines()) <= 200


def test_every_target_that_is_told_of_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    told = {words[1] for words in commands() if words[0] == "make"}
    assert told and told <= targets


@pytest.mark.parametrize(("module", "verb", "options"), module_commands(), ids=lambda value: str(value))
def test_every_command_that_is_told_of_exists(module: str, verb: str, options: tuple[str, ...]) -> None:
    assert importlib.util.find_spec(module) is not None
    text = help_of(module, verb)
    assert [option for option in options if option not in text] == []


def test_every_link_into_the_tree_leads_somewhere() -> None:
    dead = []
    for document in DOCUMENTS:
        links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)|src=\"([^\"]+)\"", document.read_text(encoding="utf-8"))
        targets = {first or second for first, second in links}
        local = {target for target in targets if not re.match(r"[a-z]+:", target)}
        dead += [f"{document.name}: {target}" for target in sorted(local) if not (document.parent / target).exists()]
    assert dead == []


def test_the_map_of_the_code_is_true() -> None:
    """Every file that docs/architecture.md draws is there."""
    block = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").split("```")[1]
    folder, missing = "", []
    for line in block.strip().splitlines():
        names = re.findall(r"(?<!\S)([a-z_]+(?:\.py|/))(?=\s|;|$)", line)
        if not line.startswith(" "):
            folder = names[0] if names[0].endswith("/") else ""
            continue
        missing += [folder + name for name in names if not (ROOT / folder / name).exists()]
    assert missing == []
