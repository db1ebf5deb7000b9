"""A control clip, a mask and the approximations on the page, with a model that takes them."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from studio import media
from tests.ui.servers import end, start


@pytest.mark.browser
@pytest.mark.slow
def test_an_artist_gives_a_control_and_a_mask_and_shoots(visit: Callable[..., Page], tmp_path: Path) -> None:
    clip, mask = tmp_path / "walk.mp4", tmp_path / "mask.png"
    with media.ClipWriter(clip, 64, 32, 16) as writer:
        writer.write(np.full((9, 32, 64, 3), 180, np.uint8))
    Image.fromarray(np.tile(np.uint8([0, 255]).repeat(32), (32, 1))).save(mask)
    server = start(["-m", "tests.ui.serve_vace"], tmp_path)
    try:
        page = visit(server)
        page.fill("#prompt textarea", "a red fox runs through snow")
        expect(page.locator("#mask-picture")).to_have_count(0)
        page.set_input_files("#control-picture input[type=file]", clip)
        page.set_input_files("#mask-picture input[type=file]", mask)
        expect(page.locator("#mask-picture img")).to_be_visible()
        page.click("#control-picture .end-open")
        page.get_by_label("Show it whole").check()
        expect(page.get_by_label("Show it whole")).to_be_checked()
        page.click("#fine-switch")
        page.fill("#steps input", "2")
        page.fill("#block_cache input", "7")
        page.click("#shoot")
        expect(page.locator("#error-fine [role=alert]")).to_contain_text("0 to 0.5")
        page.fill("#block_cache input", "0.1")
        page.fill("#guided input", "0.5")
        page.get_by_label("Show it whole").uncheck()
        page.click("#shoot")
        page.wait_for_selector("#stage[data-view=take] video", timeout=60_000)
        with urllib.request.urlopen(f"{server.url}studio/takes", timeout=5) as answer:
            newest = json.load(answer)["takes"][0]["id"]
        recipe = json.loads((server.home / "takes" / newest / "recipe.json").read_text(encoding="utf-8"))
        assert [given["place"] for given in recipe["anchors"]] == ["control", "mask"]
        assert (recipe["block_cache"], recipe["guided"]) == (0.1, 0.5)
        page.reload()
        page.wait_for_selector("body[data-ready=true] #stage[data-view]")
        expect(page.locator("#control-picture img")).to_be_visible()
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        end(server)
