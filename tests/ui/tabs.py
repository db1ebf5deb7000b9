"""Many tabs that watch one render: `python -m tests.ui.tabs --count 25` prints how long the page's answers take.

Each tab belongs to a browser of its own, or with `--together` all of them to one, which opens six connections to a
studio and no more: a page that held one of them would make the seventh tab wait. Real Chromium, the real studio, the
weights that come along. Not a test: what is measured depends on the machine.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from playwright.sync_api import Request, sync_playwright

from tests.ui.conftest import FLAGS
from tests.ui.servers import Server, end, start

WATCHED = ("/studio/now", "/studio/takes", "/preview")


def measure(server: Server, chromium: str, count: int, seconds: float, together: bool = False) -> dict[str, float]:
    """Open `count` tabs, shoot, watch for so many seconds: milliseconds from asking to the end of the answer."""
    took: list[float] = []

    def finished(request: Request) -> None:
        if any(part in request.url for part in WATCHED):
            took.append(request.timing["responseEnd"])

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context() if together else None
        pages = []
        for _ in range(count):
            pages.append((context or browser.new_context()).new_page())
            pages[-1].goto(server.url)
            pages[-1].wait_for_selector("body[data-ready=true] #stage[data-view]", timeout=120_000)
        for page in pages:
            page.on("requestfinished", finished)
        shot = {"form": {"prompt": "A red fox walks through a snowy forest", "seconds": "60", "size": "landscape"}}
        ordered = urllib.request.Request(f"{server.url}studio/shoot", json.dumps(shot).encode(), method="POST")
        with urllib.request.urlopen(ordered, timeout=180) as answer:
            job = json.load(answer)["jobs"][0]
        began, steps = time.monotonic(), 0
        while time.monotonic() - began < seconds:
            for page in pages:  # whoever is in front asks more often: each tab in turn
                page.bring_to_front()
                page.wait_for_timeout(1000 * seconds / count / 4)
            with urllib.request.urlopen(f"{server.url}studio/now", timeout=30) as answer:
                steps = max([steps, *(each["step"] for each in json.load(answer)["jobs"] if each["id"] == job)])
        browser.close()
    took = sorted(value for value in took if value > 0)
    return {
        "tabs": count, "answers": len(took), "steps": steps, "median_ms": median(took),
        "p95_ms": took[int(len(took) * 0.95)], "slowest_ms": took[-1],
    }  # fmt: skip


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--together", action="store_true", help="all tabs in one browser")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        server = start(["app.py"], Path(folder))
        try:
            found = measure(server, args.chromium, args.count, args.seconds, args.together)
        finally:
            end(server)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
