"""What is installed beside the studio: whether its licence is told, and whether a version with a known hole is let in.

No advisory database is asked, because tests use no network: `HOLES` and `HELD` are lists by hand, made from the
advisories of each project as they were read on `READ`. They say nothing of holes that came later, of those that they do
not know, nor of the libraries inside the packages; `pip-audit -r requirements.txt` asks the databases.
"""

from __future__ import annotations

import ast
from datetime import date
from importlib.metadata import PackageNotFoundError, requires, version

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.tree import ROOT

READ = date(2026, 11, 30)

# By package: the first version without any hole that is known of it, and the one that was mended last.
HOLES = {
    "starlette": ("1.3.1", "CVE-2026-54283"),
    "cryptography": ("50.0.0", "CVE-2026-69247"),
    "torch": ("2.10.0", "CVE-2026-24747"),
    "gradio": ("6.16.0", "GHSA-j36p-7w88-g82j"),
    "transformers": ("5.10.0", "CVE-2026-9856"),
    "diffusers": ("0.38.0", "CVE-2026-45804"),
    "pyyaml": ("5.4", "CVE-2020-14343"),
    "imageio-ffmpeg": ("0.8.0", "CVE-2026-8461 in the ffmpeg of older ones"),
    "opencv-python-headless": ("4.12.0", "CVE-2025-53644"),
    "pytest": ("9.0.3", "CVE-2025-71176"),
    "mcp": ("1.28.1", "CVE-2026-59950"),
    "requests": ("2.33.0", "CVE-2026-25645"),
    "urllib3": ("2.7.0", "CVE-2026-44431"),
    "jinja2": ("3.1.6", "CVE-2025-27516"),
    "h11": ("0.16.0", "CVE-2025-43859"),
    "python-multipart": ("0.0.27", "CVE-2026-42561"),
    "certifi": ("2024.7.4", "CVE-2024-39689"),
    "idna": ("3.7", "CVE-2024-3651"),
    "protobuf": ("6.33.5", "CVE-2026-0994"),
    "fastapi": ("0.109.1", "CVE-2024-24762"),
    "click": ("8.3.3", "CVE-2026-7246"),
    "filelock": ("3.20.3", "CVE-2026-22701"),
    "pygments": ("2.20.0", "CVE-2026-4539"),
    "tqdm": ("4.66.3", "CVE-2024-34062"),
}

# What cannot be had without a hole, and what of it the studio must therefore not use. Pillow is held back by MoviePy;
# for those of torch there is no version yet, and OpenCV brings an ffmpeg of its own.
HELD = {
    "pillow": (
        # PSD, FITS, JPEG 2000, McIdas, GD, PDF, bitmap fonts and a colour transform for pictures of another mode:
        # CVE-2026-25990, -40192, -59204, -54058, -55380, -59200, -54060, -59205. Mended in 12.3.0.
        {"ImageCmsTransform", "applyTransform", "GdImageFile", "PdfParser", "FontFile", "BdfFontFile", "PcfFontFile"}
    ),
    "torch": {"jit", "export", "package"},  # CVE-2025-3000 in torch.jit.script, PYSEC-2026-139 in reading .pt2
    "opencv-python-headless": {"VideoCapture", "imread", "imdecode"},  # CVE-2026-8461
}
OPENED = {"PNG", "JPEG", "WEBP", "GIF"}  # formats of pictures


def required(name: str = "requirements.txt") -> list[Requirement]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith(("#", "-"))]


@pytest.mark.parametrize(
    "requirement", [*required(), *required("requirements-dev.txt")], ids=lambda requirement: requirement.name
)
def test_no_version_with_a_known_hole_is_let_in(requirement: Requirement) -> None:
    floors = [Version(each.version) for each in requirement.specifier if each.operator in ("==", ">=")]
    assert floors, f"{requirement}: says no lowest version"
    if requirement.name in HOLES:
        first, hole = HOLES[requirement.name]
        assert max(floors) >= Version(first), f"{requirement} lets in {hole}: ask for {first} or newer"


def test_it_is_said_when_the_lists_were_made() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    assert f"{READ.day} {READ:%B %Y}" in text, "docs/security.md names the day"


def code() -> list[tuple[str, ast.AST]]:
    """Every node of the studio's and the model's code, with the file that it stands in."""
    files = [ROOT / "app.py", *(ROOT / "studio").rglob("*.py"), *(ROOT / "model").rglob("*.py")]
    return [(str(path.relative_to(ROOT)), node) for path in files for node in ast.walk(ast.parse(path.read_bytes()))]


def test_what_has_a_hole_and_cannot_be_had_without_is_not_used() -> None:
    forbidden = set().union(*HELD.values())
    used = []
    for place, node in code():
        names = []
        if isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            names = [node.attr] if node.attr not in HELD["torch"] or owner == "torch" else []
        elif isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names] + (node.module or "").split(".")
            names = [name for name in names if name not in HELD["torch"] or (node.module or "").startswith("torch")]
        used += [f"{place}: {name}" for name in names if name in forbidden]
    assert used == []


def test_no_picture_is_opened_as_whatever_it_says_it_is() -> None:
    opened = 0
    for place, node in code():
        if not isinstance(node, ast.Call) or ast.unparse(node.func) not in ("Image.open", "PIL.Image.open"):
            continue
        opened += 1
        formats = [ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg == "formats"]
        assert formats, f"{place} line {node.lineno}: say which formats may be opened"
        named = {part.value for part in ast.walk(node.keywords[0].value) if isinstance(part, ast.Constant)}
        assert named <= OPENED, f"{place} line {node.lineno}: {named - OPENED}"
    assert opened >= 5
    from studio.pictures import FORMATS

    assert set(FORMATS) == OPENED


def test_pillow_is_still_held_back_by_moviepy() -> None:
    asked = [Requirement(line) for line in requires("moviepy") or []]
    [pillow] = [each for each in asked if each.name == "pillow" and each.marker is None]
    assert not pillow.specifier.contains("12.3.0"), "it is free: ask for pillow>=12.3 and take it out of HELD"


@pytest.mark.parametrize("name", HOLES)
def test_what_is_installed_has_none_of_them(name: str) -> None:
    try:
        installed = Version(version(name))
    except PackageNotFoundError:
        pytest.skip(f"{name} is not installed")
    first, hole = HOLES[name]
    assert installed >= Version(first), f"{name} {installed} has {hole}: install {first} or newer"


def test_the_licence_of_every_package_is_told() -> None:
    told = (ROOT / "docs" / "ownership.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in told.splitlines() if line.startswith("|")]
    named = {name.strip() for row in rows for name in row.split(",")}
    assert {requirement.name for requirement in required()} - named == set()
