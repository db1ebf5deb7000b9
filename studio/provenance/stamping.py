"""Whether a time-stamp authority can be reached: asked before signing, so that a dead address costs seconds at most."""

from __future__ import annotations

import logging
import socket
from urllib.parse import urlsplit

WAIT_SECONDS = 4.0
log = logging.getLogger(__name__)


def answers(address: str) -> bool:
    """Whether somebody listens there."""
    parts = urlsplit(address)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with socket.create_connection((parts.hostname or "", port), timeout=WAIT_SECONDS):
            return True
    except (OSError, ValueError) as error:
        log.warning("%s cannot be reached (%s): the clip is signed without a time stamp", address, error)
        return False
