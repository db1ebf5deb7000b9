"""What is installed beside the studio: whether its licence is told, and whether a version with a known hole is let in.

No advisory database is asked, because tests use no network: `HOLES` is a list by hand, and says nothing of holes that
it does not know.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.tree import ROOT

# By package: the first version without the hole.
HOLES = {
    "pillow": ("11.3.0", "CVE-2025-48379"),
    "starlette": ("0.49.1", "CVE-2025-62727"),
    "cryptography": ("44.0.1", "CVE-2024-12797"),
    "torch": ("2.8.0", "CVE-2025-3730"),
    "gradio": ("5.31.0", "CVE-2025-48889"),
    "pyyaml": ("5.4", "CVE-2020-14343"),
    "transformers": ("4.53.0", "CVE-2025-5197"),
    "requests": ("2.32.4", "CVE-2024-47081"),
    "urllib3": ("2.5.0", "CVE-2025-50181"),
    "jinja2": ("3.1.6", "CVE-2025-27516"),
    "h11": ("0.16.0", "CVE-2025-43859"),
    "python-multipart": ("0.0.18", "CVE-2024-53981"),
    "certifi": ("2024.7.4", "CVE-2024-39689"),
    "idna": ("3.7", "CVE-2024-3651"),
    "protobuf": ("6.31.1", "CVE-2025-4565"),
}


def required() -> list[Requirement]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("requirement", required(), ids=lambda requirement: requirement.name)
def test_no_version_with_a_known_hole_is_let_in(requirement: Requirement) -> None:
    floors = [Version(each.version) for each in requirement.specifier if each.operator in ("==", ">=")]
    assert floors, f"{requirement}: says no lowest version"
    if requirement.name in HOLES:
        first, hole = HOLES[requirement.name]
        assert max(floors) >= Version(first), f"{requirement} lets in {hole}: ask for {first} or newer"


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
