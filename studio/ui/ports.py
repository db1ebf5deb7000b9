"""Where the page is served, and whether that port is free. Knows nothing of Gradio: the answer comes at once."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

PORTS_TRIED = 20


class PortTaken(Exception):
    """Somebody else listens on the port."""


@dataclass(frozen=True)
class Address:
    """Where the page is served, and the link a person can open."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The link, with a name that a browser on this machine understands."""
        name = "localhost" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://[{name}]:{self.port}/" if ":" in name else f"http://{name}:{self.port}/"


def free_port(host: str, port: int, *, only: bool) -> int:
    """The port if nobody has it, else the next free one; with `only`, PortTaken instead."""
    tried = range(port, port + 1 if only else min(port + PORTS_TRIED, 65536))
    for candidate in tried:
        if _is_free(host, candidate):
            return candidate
    raise PortTaken(
        f"port {port} on {host} is taken" if only else f"ports {port} to {tried[-1]} on {host} are all taken"
    )


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            # A port that only waits out its last client is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError:
            return False
    return True
