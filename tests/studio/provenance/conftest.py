"""A tiny clip, two studios and a claim: what the tests of credentials need."""

from __future__ import annotations

import io
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from studio.provenance import Claim, Identity

RECIPE = '{"anchors":[],"prompt":"a fox 🦊 in the snow","seed":9223372036854775813,"sigmas":[1.0,2.5],"size":[832,480]}'


def ffmpeg(*arguments: object) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "plain.mp4"
    source = "testsrc2=size=64x64:rate=8:duration=1"
    tags = ("-metadata", "title=Winter fox", "-metadata", f"comment={RECIPE}")
    ffmpeg("-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", "-movflags", "+faststart", *tags, path)
    return path


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return Identity.load_or_create(tmp_path_factory.mktemp("home") / "identity")


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return Identity.load_or_create(tmp_path_factory.mktemp("elsewhere") / "identity")


@pytest.fixture
def thumbnail() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (32, 32), "navy").save(data, "JPEG")
    return data.getvalue()


@pytest.fixture
def claim(thumbnail: bytes) -> Claim:
    return Claim(
        title="Winter fox",
        model_name="Storybook",
        model_version="1",
        model_sha256="ab" * 32,
        prompt_guided=True,
        recipe_json=RECIPE,
        thumbnail=thumbnail,
        ingredients=(),
        when=datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
    )
