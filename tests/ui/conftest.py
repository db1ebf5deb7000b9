"""A studio's page, served for real, and a Chromium that may talk to it and to nobody else."""

from __future__ import annotations

import json
import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from tests.ui.servers import Server, end, start

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=user-gesture-required"]
# The browser itself turns others away. A route of Playwright's would wait for this process at every request, and a test
# that sleeps or asks the studio something meanwhile would hold up what the page has just sent.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


@pytest.fixture(scope="session")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """app.py whose model paints a gradient, a tenth of a second a step."""
    server = start(["-m", "tests.ui.serve"], tmp_path_factory.mktemp("painted"), PACE="0.1")
    yield server
    end(server)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same, shared: every browser has its own takes."""
    server = start(["-m", "tests.ui.serve", "--shared"], tmp_path_factory.mktemp("shared"), PACE="0.02")
    yield server
    end(server)


@pytest.fixture(scope="session")
def storybook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """app.py as a newcomer starts it, with the weights that come along."""
    server = start(["app.py"], tmp_path_factory.mktemp("storybook"))
    yield server
    end(server)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=30_000)  # a machine that is busy elsewhere is slow, not wrong
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, ALONE])
        yield found
        found.close()


@dataclass
class Visit:
    """Somebody at a studio's page: what they see, and what their browser asked of others (which is nothing)."""

    context: BrowserContext
    page: Page
    strangers: list[str]
    faults: list[str]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a studio's page: visit(server, width=..., ...). Requests to others are refused, and fail the test."""
    visits: list[Visit] = []

    def open_page(server: Server, *, width: int = 1440, height: int = 900, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(30_000)
        one = Visit(context, context.new_page(), [], [])
        visits.append(one)

        def note(request: Request) -> None:
            if not request.url.startswith((server.url, "data:", "blob:")):
                one.strangers.append(request.url)

        context.on("request", note)
        one.page.on("pageerror", lambda error: one.faults.append(str(error)))
        one.page.goto(server.url)
        one.page.wait_for_selector("body[data-ready=true] #stage[data-view]")
        return one.page

    yield open_page
    for one in visits:
        one.context.close()  # by now every request has been told
    assert [url for one in visits for url in one.strangers] == [], "the page asked somebody else"
    assert [fault for one in visits for fault in one.faults] == [], "a script of the page failed"


@pytest.fixture
def empty_strip(painted: Server) -> None:
    """Each journey on the painted studio begins with an idle queue and an empty form, in the dark."""
    for path, body in (("form", {}), ("settings", {"theme": "dark"})):
        data = json.dumps(body).encode()
        urllib.request.urlopen(urllib.request.Request(f"{painted.url}studio/{path}", data, method="POST")).close()
    end_at = time.monotonic() + 60
    while time.monotonic() < end_at:
        with urllib.request.urlopen(f"{painted.url}studio/now", timeout=5) as response:
            jobs = json.load(response)["jobs"]
        if not jobs:
            return
        for job in jobs:
            stop = urllib.request.Request(f"{painted.url}studio/jobs/{job['id']}/stop", method="POST")
            urllib.request.urlopen(stop, timeout=5).close()
        time.sleep(0.2)
    pytest.fail("the queue did not empty")


@pytest.fixture
def clip_of(painted: Server, tmp_path: Path) -> Callable[[str], Path]:
    """A copy of a take's clip, by the take's id."""

    def copy(take: str) -> Path:
        return Path(shutil.copy(painted.home / "takes" / take / "clip.mp4", tmp_path / "clip.mp4"))

    return copy
