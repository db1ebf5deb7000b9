"""The painted studio beside a hub of its own, with the published models in miniature.

    python -m tests.ui.serve_models --port 7870

HUB_PACE (seconds) is how long each kilobyte takes.
"""

from __future__ import annotations

import os
import sys
import tempfile

import app
from tests.hubs import serving, small_world
from tests.ui.serve import open_painted

if __name__ == "__main__":
    hub = small_world()
    hub.pace = float(os.environ.get("HUB_PACE", "0"))
    with serving(hub), tempfile.TemporaryDirectory() as cache:
        os.environ |= {"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": os.environ.get("HUB_CACHE", cache)}
        for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
            os.environ.pop(name, None)
        import huggingface_hub.constants

        huggingface_hub.constants.HF_HUB_OFFLINE = False
        huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE = 1024
        sys.exit(app.main(opens=open_painted))
