"""A studio that is killed loses nothing: see `soak.py`, of which this is the short version."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the soak forks; Windows cannot")
def test_killed_in_mid_sampling_while_signing_and_at_the_record_every_clip_comes_out_as_if_nothing_had_been() -> None:
    command = [sys.executable, "-m", "tests.studio.soak", "--kills", "3", "--stages", "sampling,sign,commit"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900)
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert found["wrong"] == [] and done.returncode == 0, done.stderr
    assert found["killed"] == {"sampling": 1, "sign": 1, "commit": 1} and found["left"] == []
    assert set(found["jobs"]) == {"done"} and found["resumed"] >= 2
