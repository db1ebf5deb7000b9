"""What the studio says of any file: its own that lost their credential, and those of other tools."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from model import catalog
from studio import checking, sealing
from studio.library import Library
from studio.provenance import Claim, Identity, Report, foreign
from studio.provenance.errors import UnreadableFile
from studio.provenance.fingerprint import NEAR, distance, fingerprint

from .conftest import ffmpeg
from .graphs import COMFY, GRAPHS, READ

WANGP = {
    "type": "WanGP v8 by DeepBeepMeep", "prompt": "a panda dances", "negative_prompt": "", "resolution": "480x832",
    "video_length": 81, "num_inference_steps": 30, "seed": 5, "guidance_scale": 5.0, "model_type": "t2v_1.3B",
}  # fmt: skip
REMADE = {
    "copied": ("c.mp4", "-c", "copy"), "crf 23": ("23.mp4", "-crf", "23"), "crf 28": ("28.mp4", "-crf", "28"),
    "half the size": ("half.mp4", "-vf", "scale=iw/2:-2"), "gif": ("made.gif",), "matroska": ("made.mkv", "-c", "copy"),
    "half the rate": ("slow.mp4", "-r", "8"),
}  # fmt: skip


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("moving") / "moving.mp4"
    ffmpeg("-f", "lavfi", "-i", "mandelbrot=size=160x96:rate=16", "-t", "2", "-pix_fmt", "yuv420p", path)
    return path


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "home")


@pytest.fixture
def sealed(moving: Path, claim: Claim, identity: Identity, library: Library, tmp_path: Path) -> Path:
    out = tmp_path / "sealed.mp4"
    sealing.seal(library, moving, out, claim, identity, owner="local", take="t1")
    return out


def checked(path: Path, identity: Identity | None, library: Library | None, home: Path) -> Report:
    return checking.check(path, identity, home, library)


@pytest.mark.parametrize("how", REMADE)
def test_a_clip_that_lost_its_credential_is_led_back_to_it_and_never_trusted(
    how: str, sealed: Path, identity: Identity, library: Library, tmp_path: Path
) -> None:
    name, *options = REMADE[how]
    ffmpeg("-i", sealed, *options, tmp_path / name)
    report = checked(tmp_path / name, identity, library, tmp_path)
    assert (report.verdict, report.found_by, report.ai) == ("recovered", "fingerprint", True)
    assert not report.recipe_verified and not report.intact
    assert report.recipe is not None and report.recipe["prompt"].startswith("a fox")
    assert any("changed since it was signed" in problem for problem in report.problems)


def test_another_clip_a_black_one_and_another_studio_are_led_nowhere(
    sealed: Path, identity: Identity, stranger: Identity, library: Library, tmp_path: Path
) -> None:
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=160x96:rate=16:duration=2", tmp_path / "other.mp4")
    ffmpeg("-f", "lavfi", "-i", "color=black:size=160x96:rate=16:duration=1", tmp_path / "black.mp4")
    ffmpeg("-i", sealed, "-crf", "23", tmp_path / "again.mp4")
    assert checked(tmp_path / "other.mp4", identity, library, tmp_path).verdict == "none"
    assert checked(tmp_path / "black.mp4", identity, library, tmp_path).verdict == "none"
    with pytest.raises(UnreadableFile, match="nothing in its pictures"):
        fingerprint(tmp_path / "black.mp4")
    assert checked(tmp_path / "again.mp4", stranger, library, tmp_path).verdict == "none", "not signed by this studio"
    assert checked(tmp_path / "again.mp4", identity, None, tmp_path).verdict == "none"


def test_a_changed_file_stays_changed_whatever_it_looks_like(
    sealed: Path, identity: Identity, library: Library, tmp_path: Path
) -> None:
    data = bytearray(sealed.read_bytes())
    data[data.rindex(b"mdat") + 900] ^= 1
    sealed.write_bytes(data)
    assert checked(sealed, identity, library, tmp_path).verdict == "changed"


def test_what_is_remembered_goes_with_its_take_and_its_owner(sealed: Path, library: Library) -> None:
    code = fingerprint(sealed)
    found = library.credential_near(code)
    assert found is not None and found[1] == 0 and found[0].take == "t1"
    library.forget_credentials(["t1"])
    assert library.credential_near(code) is None
    assert library.credential_near(b"") is None


def test_the_fingerprint_is_near_for_the_same_clip_and_far_for_another(moving: Path, clip: Path) -> None:
    assert distance(fingerprint(moving), fingerprint(moving)) == 0
    assert distance(fingerprint(moving), fingerprint(clip)) > NEAR


def test_the_settings_of_comfyui_are_read_from_picture_and_clip(clip: Path, tmp_path: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("prompt", json.dumps(COMFY))
    Image.new("RGB", (32, 32)).save(tmp_path / "comfy.png", pnginfo=text)
    tagged = ("-movflags", "use_metadata_tags", "-metadata", f"prompt={json.dumps(COMFY)}", "-c", "copy")
    ffmpeg("-i", clip, "-map_metadata", "-1", *tagged, tmp_path / "comfy.mp4")
    for name in ("comfy.png", "comfy.mp4"):
        report = checked(tmp_path / name, None, None, tmp_path)
        assert report.verdict == "none"
        assert report.settings == {
            "tool": "ComfyUI", "prompt": "a fox in the snow", "negative": "blurry", "seed": 42, "steps": 20,
            "guidance": 6.0, "width": 832, "height": 480, "frames": 33, "model": "wan2.1_t2v_1.3B.safetensors",
        }  # fmt: skip
        recipe = checking.shot_of(report, catalog.entry("storybook"))
        assert recipe is not None
        assert (recipe.prompt, recipe.seed, recipe.width > recipe.height) == ("a fox in the snow", 42, True)


@pytest.mark.parametrize("name", GRAPHS)
def test_the_graphs_that_people_film_with_are_read(name: str) -> None:
    """As a tag, and as VideoHelperSuite puts them into a comment: JSON inside of JSON."""
    text = json.dumps(GRAPHS[name])
    for tags in ({"prompt": text}, {"comment": json.dumps({"prompt": text, "workflow": {"nodes": []}})}):
        found = foreign.settings(tags)
        assert found is not None and found.tool == "ComfyUI"
        told = (found.prompt, found.negative, found.seed, found.steps, found.guidance, found.width, found.frames)
        assert (*told, found.model) == READ[name]


def test_a_graph_in_which_all_leads_to_all_is_gone_through_once() -> None:
    names = ("text", "prompt", "positive_prompt", "string", "value", "positive", "conditioning")
    graph: dict[str, object] = {}
    for number in range(60):
        links = {name: [str((number + step + 1) % 60), 0] for step, name in enumerate(names)}
        graph[str(number)] = {"class_type": "K", "inputs": links}
    graph["sampler"] = {"class_type": "KSampler", "inputs": {"positive": ["0", 0], "negative": ["1", 0], "seed": 1}}
    begun = time.monotonic()
    found = foreign.settings({"prompt": json.dumps(graph)})
    assert found is not None and found.prompt == "" and time.monotonic() - begun < 2


def test_what_is_written_into_pictures_and_other_containers_is_read(clip: Path, tmp_path: Path) -> None:
    bare = ("-i", clip, "-map_metadata", "-1")
    ffmpeg(*bare, "-metadata", f"prompt={json.dumps(COMFY)}", "-c", "copy", tmp_path / "a.mkv")
    ffmpeg("-i", clip, "-metadata", f"comment={json.dumps(WANGP)}", "-c", "copy", tmp_path / "b.mkv")
    image = Image.new("RGB", (32, 32))
    exif = Image.Exif()
    exif[0x0110] = f"prompt:{json.dumps(COMFY)}"
    image.save(tmp_path / "a.webp", exif=exif)
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + json.dumps(WANGP).encode("utf-16-be")
    image.save(tmp_path / "b.jpg", exif=exif)
    for name, tool in (("a.mkv", "ComfyUI"), ("b.mkv", "WanGP"), ("a.webp", "ComfyUI"), ("b.jpg", "WanGP")):
        report = checked(tmp_path / name, None, None, tmp_path)
        assert report.settings is not None and (report.verdict, report.settings["tool"]) == ("none", tool), name
        assert report.settings["seed"] in (42, 5) and report.settings["prompt"].startswith("a ")


def test_the_settings_of_wangp_and_a1111_are_read(clip: Path, tmp_path: Path) -> None:
    ffmpeg("-i", clip, "-metadata", f"comment={json.dumps(WANGP)}", "-c", "copy", tmp_path / "wangp.mp4")
    report = checked(tmp_path / "wangp.mp4", None, None, tmp_path)
    assert report.settings is not None
    assert [report.settings[name] for name in ("tool", "prompt", "seed", "frames", "height")] == [
        "WanGP", "a panda dances", 5, 81, 832,
    ]  # fmt: skip
    recipe = checking.shot_of(report, catalog.entry("storybook"))
    assert recipe is not None and recipe.height > recipe.width
    said = "a cat\nNegative prompt: dog\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 9, Size: 512x768, Model: sd"
    found = foreign.settings({"parameters": said})
    assert found is not None
    assert (found.tool, found.prompt, found.negative, found.steps, found.seed, found.guidance, found.height) == (
        "A1111", "a cat", "dog", 20, 9, 7, 768,
    )  # fmt: skip


@pytest.mark.parametrize(
    "graph",
    [
        {"1": {"class_type": "K", "inputs": {"positive": ["1", 0], "negative": ["1", 0], "seed": 2**80}}},
        {"1": {"class_type": "K", "inputs": {"positive": {"a": 1}, "negative": None, "seed": "x", "steps": -1}}},
        {"1": {"class_type": "K", "inputs": []}},
        {"1": {"class_type": "K", "inputs": {"width": [1], "height": {}, "unet_name": ["x"]}}},
    ],
)
def test_a_strange_graph_is_read_as_far_as_it_makes_sense(graph: dict[str, object]) -> None:
    found = foreign.settings({"prompt": json.dumps(graph)})
    assert found is not None and found.seed is None and found.prompt == ""


def test_unsigned_labels_are_told_as_what_they_are(clip: Path, tmp_path: Path) -> None:
    label = json.dumps({"Label": "1", "ContentProducer": "someone", "ProduceID": "7"})
    ffmpeg("-i", clip, "-movflags", "use_metadata_tags", "-metadata", f"AIGC={label}", "-c", "copy", tmp_path / "a.mp4")
    report = checked(tmp_path / "a.mp4", None, None, tmp_path)
    assert (report.verdict, report.ai, report.said_by) == ("none", True, "an unsigned label in the file")
    assert any("AIGC" in problem for problem in report.problems)


@pytest.mark.parametrize("said", ['{"prompt": "\\ud800", "seed": 1}', '{"prompt": "a", "seed": NaN}', "[" * 9000])
def test_whatever_a_comment_says_the_report_can_be_sent(said: str, clip: Path, tmp_path: Path) -> None:
    ffmpeg("-i", clip, "-metadata", f"comment={said}", "-c", "copy", tmp_path / "a.mp4")
    report = checked(tmp_path / "a.mp4", None, None, tmp_path)
    assert json.dumps(report.to_dict(), allow_nan=False, ensure_ascii=False).encode()
