"""Who may import whom, and that importing does nothing."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tree import ROOT, imported, module_name, parse, python_files

SOURCES = python_files("model", "studio", "app.py")
MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
MAKERS = {"list", "dict", "set", "defaultdict", "OrderedDict", "deque", "Counter", "bytearray"}

# Third-party modules do what they like when they are imported, so they are imported first. Then a call counts when the
# innermost frame that is not the standard library's belongs to this project.
PROBE = """
import importlib, os, pathlib, socket, subprocess, sys, sysconfig, threading, traceback
root, third_party, ours = sys.argv[1], sys.argv[2].split(), sys.argv[3].split()
for name in third_party:
    try:
        importlib.import_module(name)
    except ImportError:
        pass
stdlib, faults = sysconfig.get_paths()["stdlib"], []
def watch(owner, name):
    real = getattr(owner, name)
    def watched(*args, **kwargs):
        for frame in reversed(traceback.extract_stack()[:-1]):
            path = frame.filename
            if "site-packages" in path:
                break
            if path.startswith(root):
                faults.append(f"{path}:{frame.lineno}: {name}")
                break
        return real(*args, **kwargs)
    setattr(owner, name, watched)
for owner, name in [(os, "mkdir"), (os, "makedirs"), (pathlib.Path, "mkdir"), (pathlib.Path, "write_text"),
                    (socket.socket, "connect"), (socket, "getaddrinfo"), (threading.Thread, "start"),
                    (subprocess.Popen, "__init__")]:
    watch(owner, name)
if "torch" in sys.modules:
    import torch
    watch(torch.cuda, "is_available"), watch(torch.cuda, "device_count"), watch(torch, "set_num_threads")
before = dict(os.environ)
for name in ours:
    importlib.import_module(name)
    if dict(os.environ) != before:
        faults.append(f"{name}: changes the environment")
        before = dict(os.environ)
print("\\n".join(faults))
"""


def breaches(sources: tuple[Path, ...], forbidden: set[str]) -> list[str]:
    return [f"{path} imports {name}" for path in sources for name in imported(path) if name.split(".")[0] in forbidden]


def test_the_model_knows_nothing_of_the_studio_or_of_gradio() -> None:
    assert breaches(python_files("model"), {"gradio", "gradio_client", "studio", "app"}) == []


def test_only_the_pages_import_gradio() -> None:
    core = tuple(p for p in python_files("studio") if p.parts[:2] != ("studio", "ui"))
    assert breaches(core, {"gradio", "gradio_client", "app"}) == []


def test_only_tests_import_tools_for_developing() -> None:
    assert breaches(SOURCES, {"pytest", "hypothesis", "playwright", "diffusers", "tests"}) == []


def module_level(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """(target, value) of every assignment that runs at import, also below `if` and `try`."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Assign):
            yield from ((target, node.value) for target in node.targets)
        elif isinstance(node, ast.AnnAssign):
            yield node.target, node.value
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            waiting += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]


def is_mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in MAKERS
    return isinstance(value, MUTABLE)


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_a_module_keeps_no_state(path: Path) -> None:
    kept = [
        f"{path}:{target.lineno}: {target.id}"
        for target, value in module_level(parse(path))
        if isinstance(target, ast.Name)
        and not target.id.isupper()
        and is_mutable(value)
        and not target.id.startswith("__")
    ]
    kept += [f"{path}:{node.lineno}: global" for node in ast.walk(parse(path)) if isinstance(node, ast.Global)]
    assert kept == []


def test_importing_does_nothing(tmp_path: Path) -> None:
    ours = [module_name(p) for p in python_files("model", "studio") if p.name != "__main__.py"]
    every = {name for path in python_files("model", "studio") for name in imported(path)}
    third_party = sorted(name for name in every if name.split(".")[0] not in {"model", "studio", "app"})
    # The face detector's package still imports imghdr, which Python 3.13 drops; here are 3.11 and 3.12.
    warned = ("-W", "error", "-W", "ignore:'imghdr':DeprecationWarning")
    command = [sys.executable, *warned, "-c", PROBE, str(ROOT) + os.sep, " ".join(third_party), " ".join(ours)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "AUTEUR_HOME": str(tmp_path / "home")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
    assert list(tmp_path.iterdir()) == []


def test_a_cheap_import_stays_cheap() -> None:
    """`import model` and `import studio` bring neither torch nor gradio: the command line answers at once."""
    code = "import sys, model, studio; print(sorted({'torch', 'gradio', 'transformers'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
