"""What every test stands on: a studio folder of its own, one thread, no network but this machine."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "GRADIO_ANALYTICS_ENABLED": "False",
}
NOT_OURS = ("AUTEUR_POLICY", "SPACE_ID", "SPACES_ZERO_GPU", "GRADIO_SHARE", "GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


def pytest_configure(config: pytest.Config) -> None:
    """Before any module of the studio is imported: offline, and blind to the settings of whoever runs the tests."""
    os.environ.update(QUIET)
    for name in NOT_OURS:
        os.environ.pop(name, None)
    # A busy machine is no finding; and CI tries the same examples every time.
    hypothesis.settings.register_profile(
        "house",
        deadline=None,
        derandomize=bool(os.environ.get("CI")),
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
    hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def auteur_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The studio folder of this run (AUTEUR_HOME); no test touches the one of whoever runs them."""
    home = tmp_path_factory.mktemp("auteur-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTEUR_HOME", str(home))
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        yield home


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Tiny tensors are slower on many threads, and one seed gives the same frames on the same number of threads."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)


def is_this_machine(address: Any) -> bool:
    """Whether a socket address (host, port, ...) or a Unix path stays on this machine."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in {"", "localhost"}:
        return True
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return False
    return ip.is_loopback or ip.is_unspecified


@pytest.fixture(scope="session", autouse=True)
def only_this_machine() -> Iterator[None]:
    """A connection to any other machine is an error, so that nothing can depend on one."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_this_machine(address):
            raise OSError(f"a test tried to reach {address}: tests stay on this machine")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def playwright_chromium() -> str | None:
    """Playwright's own Chromium, where `playwright install chromium` has put one."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium. Without one a browser test is skipped, but never in CI: there it fails."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None) or playwright_chromium()
    if found is None:
        reason = "no Chromium: `make chromium` installs one; NO browser journey was tested"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found
