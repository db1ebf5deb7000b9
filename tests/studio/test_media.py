"""Clips: written chunk by chunk, exact enough, tagged, whole or not there at all."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from studio import media
from studio.disk import SPARE_BYTES
from studio.errors import DiskFull, MediaError
from studio.previews import Previews
from studio.writing import ClipWriter

WIDTH, HEIGHT, FPS = 128, 64, 16


def colours(count: int) -> np.ndarray:
    frames = np.zeros((count, HEIGHT, WIDTH, 3), np.uint8)
    for index in range(count):
        frames[index, :, : WIDTH // 2] = (200, 40, 10 * index % 200)
        frames[index, :, WIDTH // 2 :] = (30, 180, 90)
    return frames


def about(path: Path) -> str:
    done = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)], capture_output=True, text=True
    )
    return done.stderr


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    with ClipWriter(
        path, WIDTH, HEIGHT, FPS, metadata={"title": "A fox; 1=2 #x", "comment": '{"a":"b\\\\c\nd"}'}
    ) as writer:
        for chunk in np.split(colours(17), [1, 5, 9]):
            writer.write(chunk)
    return path


def test_a_clip_reads_back_in_its_colours_frame_by_frame(clip: Path) -> None:
    frames = media.decode_clip(clip)
    assert frames.shape == (17, HEIGHT, WIDTH, 3)
    assert media.count_frames(clip) == 17
    inside = np.abs(frames[:, :, 8:56].astype(int) - colours(17)[:, :, 8:56]).mean()
    assert inside < 3


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (["testsrc=s=64x64:d=1", "-vf", "select=0"], r"there are no pictures in this clip"),
        (["sine=d=1"], r"there is only sound in this clip"),
    ],
)
def test_a_clip_without_moving_pictures_says_what_it_lacks(tmp_path: Path, source: list[str], says: str) -> None:
    path = tmp_path / "holiday.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", *source, str(path)]
    subprocess.run(command, check=True)
    with pytest.raises(MediaError, match=f"^holiday.mp4: {says}; give one with pictures that move$"):
        media.probe(path)


@pytest.mark.parametrize(
    ("size", "how"),
    [((64, 48), ["-c:v", "libx265"]), ((65, 47), ["-c:v", "libx264", "-pix_fmt", "yuv444p"])],
    ids=["HEVC", "odd size"],
)
def test_a_clip_that_a_browser_cannot_play_is_read(tmp_path: Path, size: tuple[int, int], how: list[str]) -> None:
    path = tmp_path / "holiday.mp4"
    source = ["-f", "lavfi", "-i", f"testsrc=s={size[0]}x{size[1]}:r=16:d=0.5"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", *source, *how, str(path)]
    subprocess.run(command, check=True, capture_output=True)
    assert media.decode_clip(path).shape == (8, size[1], size[0], 3)


def test_a_clip_is_tagged_as_bt709_h264_with_its_index_in_front(clip: Path) -> None:
    text = about(clip)
    assert "h264 (High)" in text and "yuv420p(tv, bt709, progressive)" in text and "16 fps" in text
    data = clip.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_title_and_comment_survive_as_they_were_written(clip: Path) -> None:
    text = about(clip)
    assert "A fox; 1=2 #x" in text
    assert '{"a":"b\\\\c' in text


def test_nothing_is_left_when_writing_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), ClipWriter(tmp_path / "a.mp4", WIDTH, HEIGHT, FPS) as writer:
        writer.write(colours(4))
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_one_clear_line_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    (tmp_path / ".a.mp4.part").symlink_to("/dev/full")
    with (
        pytest.raises(DiskFull, match="the disk is full"),
        ClipWriter(tmp_path / "a.mp4", WIDTH, HEIGHT, FPS) as writer,
    ):
        for _ in range(40):
            writer.write(np.random.default_rng(0).integers(0, 255, (8, HEIGHT, WIDTH, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_will_not_do_is_known_before_rendering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.disk.free", lambda folder: SPARE_BYTES + 10)
    media.require_space(tmp_path, 5)
    with pytest.raises(DiskFull):
        media.require_space(tmp_path, 11)


@pytest.mark.parametrize("frames", [np.zeros((1, 2, 2, 3), np.uint8), np.zeros((1, HEIGHT, WIDTH, 3), np.float32)])
def test_frames_of_another_size_or_kind_are_refused(tmp_path: Path, frames: np.ndarray) -> None:
    with pytest.raises(MediaError, match="uint8"), ClipWriter(tmp_path / "a.mp4", WIDTH, HEIGHT, FPS) as writer:
        writer.write(frames)
    assert list(tmp_path.iterdir()) == []


def test_odd_sizes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="even"):
        ClipWriter(tmp_path / "a.mp4", 127, 64, 16)


def test_a_clip_is_read_at_another_rate_and_size(clip: Path) -> None:
    assert media.decode_clip(clip, fps=8, size=(64, 64)).shape[1:] == (64, 64, 3)
    assert len(media.decode_clip(clip, fps=8)) in (8, 9)
    assert len(media.decode_clip(clip, limit=3)) == 3


def test_a_cut_off_clip_or_a_playlist_is_refused(tmp_path: Path, clip: Path) -> None:
    (tmp_path / "cut.mp4").write_bytes(clip.read_bytes()[:300])
    (tmp_path / "list.mp4").write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n")
    for name in ("cut.mp4", "list.mp4"):
        with pytest.raises(MediaError, match=name):
            media.decode_clip(tmp_path / name)
    (tmp_path / "head.mp4").write_bytes(clip.read_bytes()[:36])  # no index at all, as of most clips that end early
    with pytest.raises(MediaError, match="head.mp4: this clip is cut off or damaged"):
        media.probe(tmp_path / "head.mp4")


def test_an_animation_is_read_as_a_clip(tmp_path: Path) -> None:
    media.save_preview(colours(5), tmp_path / "p.webp", milliseconds=100, longest=64)
    assert media.is_clip(tmp_path / "p.webp")
    assert media.decode_clip(tmp_path / "p.webp", size=(32, 32)).shape == (5, 32, 32, 3)


def test_a_preview_is_a_small_loop(tmp_path: Path) -> None:
    media.save_preview(colours(5), tmp_path / "p.webp", milliseconds=125, longest=64)
    with Image.open(tmp_path / "p.webp") as image:
        assert image.size == (64, 32) and image.n_frames == 5 and image.info["loop"] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["p.webp"]


def test_a_veiled_preview_shows_no_edges(tmp_path: Path) -> None:
    def sharpness(veiled: bool) -> float:
        folder = tmp_path / str(veiled)
        folder.mkdir()
        previews = Previews(folder, lambda number: None, veiled=veiled)
        previews.add(colours(5), 100)
        previews.close()
        with Image.open(folder / "preview-1.webp") as shown:
            picture = np.asarray(shown.convert("RGB")).astype(int)
        return float(np.abs(np.diff(picture, axis=1)).max())

    assert sharpness(True) < sharpness(False) / 4
