# ruff: noqa: E501
"""Whatever a file holds, reading it ends soon, with an answer or one of our own errors, and writes nothing anywhere.

A few dozen examples a reader in a normal run. `make soak` tries 10,000: AUTEUR_FUZZ=10000.
"""

from __future__ import annotations

import io
import json
import os
import random
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from model import headers
from model.errors import ModelError
from studio import checking, media
from studio.errors import StudioError
from studio.films import packing, reading
from studio.provenance import Claim, Identity, foreign, sign_clip
from studio.recipe import Recipe
from tests.studio.provenance.conftest import RECIPE, ffmpeg

EXAMPLES = int(os.environ.get("AUTEUR_FUZZ", "0"))
SECONDS = 5.0  # for one input
EXPECTED = (StudioError, ModelError, OSError)
FILM = "title: The fox\nsize: landscape\nseed: 7\ncast:\n  mira: {kind: character, looks: a red fox}\nshots:\n  - {prompt: \"@mira walks\", seconds: 4}\n"


def examples(few: int, share: float) -> int:
    """How many: a few, or this reader's share of a long run."""
    return max(few, round(EXAMPLES * share))


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One good file of every kind."""
    folder = tmp_path_factory.mktemp("seeds")
    picture = Image.linear_gradient("L").convert("RGB").resize((48, 32))
    found: dict[str, bytes] = {}
    for kind in ("PNG", "JPEG", "WEBP", "GIF"):
        data = io.BytesIO()
        picture.save(data, kind)
        found[kind.lower()] = data.getvalue()
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=8:duration=0.5", "-pix_fmt", "yuv420p", folder / "clip.mp4")
    ffmpeg("-i", folder / "clip.mp4", "-c", "copy", folder / "clip.mkv")
    identity = Identity.load_or_create(folder / "identity")
    from datetime import UTC, datetime

    claim = Claim("x", "Storybook", "1", "ab" * 32, True, RECIPE, None, (), datetime.now(UTC))
    sign_clip(folder / "clip.mp4", folder / "signed.mp4", claim, identity)
    found |= {name: (folder / f"clip.{name}").read_bytes() for name in ("mp4", "mkv")}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("film.yaml", FILM)
        archive.writestr("takes.json", "[]")
    return found | {"signed": (folder / "signed.mp4").read_bytes(), "zip": packed.getvalue(), "yaml": FILM.encode()}


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Bytes flipped, cut, doubled, moved, or lengths made absurd."""
    out = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        if not out:
            break
        at, how = dice.randrange(len(out)), dice.randrange(6)
        if how == 0:
            out[at] ^= 1 << dice.randrange(8)
        elif how == 1:
            out[at : at + 4] = dice.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\0\1"))
        elif how == 2:
            del out[at : at + dice.randrange(1, 64)]
        elif how == 3:
            out[at:at] = out[at : at + dice.randrange(1, 64)]
        elif how == 4:
            del out[at:]
        else:
            out[at:at] = dice.randbytes(dice.randrange(1, 32))
    return bytes(out)


def survives(look: Callable[[], object]) -> None:
    """It ends in time, with an answer or an error that the studio expects.

    Time is that of the processor, of what was started too: a machine that is busy elsewhere is no finding. What waits
    for something uses none, and is given four times as long.
    """
    begun, worked = time.monotonic(), sum(os.times()[:4])
    try:
        look()
    except EXPECTED:
        pass
    assert sum(os.times()[:4]) - worked < SECONDS and time.monotonic() - begun < 4 * SECONDS


@pytest.fixture
def fenced(tmp_path: Path) -> Iterator[Path]:
    """A folder; nothing may appear beside it."""
    inside = tmp_path / "inside"
    inside.mkdir()
    yield inside
    assert [path.name for path in tmp_path.iterdir()] == ["inside"]


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif"])
def test_mutated_pictures(kind: str, seeds: dict[str, bytes], fenced: Path) -> None:
    dice = random.Random(kind)
    for _ in range(examples(25, 0.08)):
        path = fenced / "x.png"
        path.write_bytes(mutated(seeds[kind], dice))
        survives(lambda path=path: media.open_picture(path))
        survives(lambda path=path: media.is_clip(path))


@pytest.mark.parametrize("kind", ["signed", "mp4", "png", "webp", "gif", "mkv"])
def test_mutated_files_under_the_readers_of_credentials(kind: str, seeds: dict[str, bytes], fenced: Path) -> None:
    dice = random.Random(kind)
    for _ in range(examples(4, 0.04)):
        path = fenced / "x.mp4"
        path.write_bytes(mutated(seeds[kind], dice))
        survives(lambda path=path: checking.check(path, None, fenced))
        path.unlink()


@pytest.mark.parametrize("kind", ["mp4", "mkv", "gif"])
def test_mutated_clips(kind: str, seeds: dict[str, bytes], fenced: Path) -> None:
    dice = random.Random(kind)
    for _ in range(examples(4, 0.03)):
        path = fenced / "x.mp4"
        path.write_bytes(mutated(seeds[kind], dice))
        survives(lambda path=path: (media.probe(path), media.decode_clip(path, limit=2, size=(32, 32))))


def test_mutated_zips_and_films(seeds: dict[str, bytes], fenced: Path) -> None:
    dice = random.Random("zip")
    for number in range(examples(30, 0.12)):
        path = fenced / "film.zip"
        path.write_bytes(mutated(seeds["zip"], dice))
        out = fenced / f"out-{number}"
        out.mkdir()
        survives(lambda path=path, out=out: packing.unpack(path, out))
        text = mutated(seeds["yaml"], dice).decode("utf-8", "replace")
        survives(lambda text=text: reading.parse(text, lambda named: None))


@settings(max_examples=examples(40, 0.05))
@given(st.text(max_size=300))
def test_any_text_as_a_film(text: str) -> None:
    survives(lambda: reading.parse(text, lambda named: None))


def test_what_is_nested_too_deep_is_refused_at_once() -> None:
    for text in ("[" * 100_000, "{a: " * 5000, "- " * 20_000, "\n".join(" " * n + "a:" for n in range(2000))):
        survives(lambda text=text: reading.parse(text, lambda named: None))


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
fields = st.sampled_from([*json.loads(Recipe("", "", 16, 16, 1, 1, 0, 1, 1.0, 1.0, "x").to_json()), "other"])


@settings(max_examples=examples(60, 0.1))
@given(st.dictionaries(fields, plain, max_size=8), st.text(max_size=60))
def test_any_data_as_a_recipe(changes: dict[str, object], text: str) -> None:
    good = json.loads(Recipe("a fox", "a fox", 64, 64, 5, 16, 7, 2, 4.0, 3.0, "unipc").to_json())
    survives(lambda: Recipe.from_dict(good | changes))
    survives(lambda: Recipe.from_json(text))


@settings(max_examples=examples(60, 0.1))
@given(st.dictionaries(st.sampled_from(["prompt", "comment", "parameters", "aigc", "description"]), st.text() | plain.map(repr)), plain)
def test_any_tags_as_settings_of_another_tool(tags: dict[str, str], graph: object) -> None:
    survives(lambda: (foreign.settings(tags), foreign.aigc(tags)))
    node = {"1": {"class_type": "KSampler", "inputs": graph}, "2": graph}
    survives(lambda: foreign.settings({"prompt": json.dumps(node), "comment": json.dumps({"type": "WanGP", "prompt": graph})}))


def test_mutated_headers_of_weights(fenced: Path) -> None:
    import torch
    from safetensors.torch import save

    dice, good = random.Random("weights"), save({"a.weight": torch.zeros(4, 4), "b": torch.zeros(2)})
    for _ in range(examples(40, 0.06)):
        path = fenced / "x.safetensors"
        path.write_bytes(mutated(good, dice))
        survives(lambda path=path: headers.read(path))
