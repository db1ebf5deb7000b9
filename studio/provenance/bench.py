"""What is found again of clips that lost their credential, and what the invisible mark costs: a table in Markdown.

python -m studio.provenance.bench [clip.mp4 ...]      without clips: the examples that come along
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from studio import media
from studio.pictures import Frames
from studio.provenance import mark
from studio.provenance.fingerprint import NEAR, distance, fingerprint
from studio.settings import assets_folder

REMADE: dict[str, tuple[str, ...]] = {
    "-c copy": ("copy.mp4", "-c", "copy"),
    "CRF 23": ("23.mp4", "-crf", "23"),
    "CRF 28": ("28.mp4", "-crf", "28"),
    "CRF 35": ("35.mp4", "-crf", "35"),
    "half size, CRF 23": ("half.mp4", "-vf", "scale=iw/2:-2", "-crf", "23"),
    "half rate": ("slow.mp4", "-r", "8", "-crf", "23"),
    "GIF": ("made.gif",),
    "one still": ("still.png", "-frames:v", "1"),
    "first half": ("part.mp4", "-t", "2", "-crf", "23"),
    "crop to 90 %": ("crop.mp4", "-vf", "crop=iw*0.9:ih*0.9", "-crf", "23"),
    "mirrored": ("mirror.mp4", "-vf", "hflip", "-crf", "23"),
}
DECOYS = 20_000


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    clips = [Path(name) for name in arguments] or sorted((assets_folder() / "examples").glob("*.mp4"))
    if not clips:
        print("There is no clip to measure: name some.", file=sys.stderr)
        return 2
    rows: dict[str, list[tuple[float, int]]] = {name: [] for name in REMADE}
    decoys, key = [mark.new_number() for _ in range(DECOYS)], b"\0" * 32
    best_wrong = 0.0
    for clip in clips:
        best_wrong = max(best_wrong, _measure(clip, key, decoys, rows))
    print(f"\nbest score of {DECOYS} other numbers: {best_wrong:.2f} (read from {mark.MATCH})\n")
    print("| | mark read | lowest score | fingerprint near | farthest, of 256 |\n|---|---|---|---|---|")
    for name, found in rows.items():
        marked, near = sum(score >= mark.MATCH for score, _ in found), sum(bits <= NEAR for _, bits in found)
        far = max(bits for _, bits in found)
        print(
            f"| {name} | {marked} of {len(found)} | {min(score for score, _ in found):.2f} "
            f"| {'-' if far > 256 else f'{near} of {len(found)}'} | {'-' if far > 256 else far} |"
        )
    codes = [fingerprint(clip) for clip in clips]
    apart = [distance(a, b) for index, a in enumerate(codes) for b in codes[:index]]
    print(f"\ndifferent clips are {min(apart, default=0)} to {max(apart, default=0)} bits apart (near: {NEAR})")
    return 0


def _measure(clip: Path, key: bytes, decoys: list[str], rows: dict[str, list[tuple[float, int]]]) -> float:
    frames, number = media.decode_clip(clip), mark.new_number()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun = time.perf_counter()
        marked = mark.Marker(number, key).apply(frames)
        took = (time.perf_counter() - begun) / len(frames)
        sizes = [_written(frames, folder / "plain.mp4"), _written(marked, folder / "marked.mp4")]
        noise = float(np.mean((marked.astype(np.float32) - frames) ** 2))
        print(
            f"{clip.stem}: {frames.shape[2]}x{frames.shape[1]}, PSNR {10 * np.log10(255**2 / noise):.1f} dB, "
            f"size {100 * (sizes[1] / sizes[0] - 1):+.1f} %, {1000 * took:.1f} ms a frame"
        )
        own, wrong = fingerprint(folder / "marked.mp4"), _score(folder / "plain.mp4", key, [*decoys, number])
        for how, (file, *options) in REMADE.items():
            made = folder / file
            ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-i", str(folder / "marked.mp4")]
            subprocess.run([*ffmpeg, *options, str(made)], check=True)
            bits = 999 if made.suffix == ".png" else distance(own, fingerprint(made))
            rows[how].append((_score(made, key, [number]), bits))
            wrong = max(wrong, _score(made, key, decoys))
    return wrong


def _score(clip: Path, key: bytes, numbers: list[str]) -> float:
    reading = mark.Reading(key)
    still = clip.suffix == ".png"
    for frame in np.asarray(media.open_picture(clip), np.uint8)[None] if still else media.decode_clip(clip):
        reading.add(frame)
    best = reading.best(numbers)
    return -1.0 if best is None else best[1]


def _written(frames: Frames, path: Path) -> int:
    with media.ClipWriter(path, frames.shape[2], frames.shape[1], 16) as writer:
        writer.write(frames)
    return path.stat().st_size


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
