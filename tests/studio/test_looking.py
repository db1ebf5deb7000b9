"""Files that would take the studio down take down a child process, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from studio.errors import MediaError
from studio.looking import Looker
from tests.studio.provenance.conftest import ffmpeg
from tests.tree import ROOT


@pytest.fixture
def looker() -> Iterator[Looker]:
    found = Looker()
    yield found
    found.close()


def test_what_is_good_or_plainly_nothing_passes_and_the_child_stays(looker: Looker, tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "good.png")
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=8:duration=1", tmp_path / "clip.mp4")
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "cut.png").write_bytes((tmp_path / "good.png").read_bytes()[:60])
    looker.vet(tmp_path / "good.png")
    begun = time.monotonic()
    for name in ("clip.mp4", "notes.txt", "cut.png", "good.png", "nowhere.png"):
        looker.vet(tmp_path / name)
    assert time.monotonic() - begun < 20


def test_what_hangs_is_ended_in_time_and_the_next_file_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "endless.png")  # whoever opens it waits for ever
    Image.new("RGB", (64, 64)).save(tmp_path / "good.png")
    looker = Looker(seconds=3)
    begun = time.monotonic()
    with pytest.raises(MediaError, match="took too long"):
        looker.vet(tmp_path / "endless.png")
    assert time.monotonic() - begun < 10
    patient = Looker(seconds=30)
    patient.vet(tmp_path / "good.png")
    patient.close()
    looker.close()


def test_a_child_gets_no_more_memory_than_it_may() -> None:
    greedy = "from studio.looking import _limit; _limit(700_000_000); bytearray(2_000_000_000)"
    done = subprocess.run([sys.executable, "-c", greedy], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "MemoryError" in done.stderr


def test_a_child_that_died_is_replaced(looker: Looker, tmp_path: Path) -> None:
    Image.new("RGB", (64, 64)).save(tmp_path / "good.png")
    looker.vet(tmp_path / "good.png")
    child = looker._free.get()
    other = looker._free.get()
    for each in (child, other):
        if each is not None:
            each.kill()
            each.wait()
        looker._free.put(each)
    looker.vet(tmp_path / "good.png")


def test_many_at_once_wait_for_their_turn(looker: Looker, tmp_path: Path) -> None:
    Image.new("RGB", (64, 64)).save(tmp_path / "good.png")
    failed: list[BaseException] = []

    def look() -> None:
        try:
            looker.vet(tmp_path / "good.png")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=look) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
