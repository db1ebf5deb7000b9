"""The Models page: nothing is fetched before size and licence were agreed to, and what is fetched outlives the page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import huggingface_hub.constants
import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.testclient import TestClient

from model import catalog
from studio.core import Studio
from studio.engines.local import LocalEngine
from studio.library import Library
from studio.settings import Settings
from studio.ui.owner import COOKIE, new_token
from studio.ui.routes import routes
from tests.hubs import Hub, serving, small_world
from tests.model.test_published import shapes_of, write
from tests.studio.doubles import FakeGenerator
from tests.ui.servers import end, start

BIG = "wan2.2-ti2v-5b"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub.constants, "DOWNLOAD_CHUNK_SIZE", 1024)
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.delenv("TRANSFORMERS_OFFLINE")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    with serving(small_world(monkeypatch)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


@pytest.fixture
def open_studio(hub: Hub, tmp_path: Path) -> Iterator[Callable[..., Studio]]:
    made: list[Studio] = []

    def make(*, shared: bool = False) -> Studio:
        settings = replace(Settings.from_env({}, home=tmp_path / "home"), shared=shared)
        engine = LocalEngine(settings, Library(settings.home), load=lambda name: FakeGenerator())
        made.append(Studio(settings, engine))
        return made[-1]

    yield make
    for studio in made:
        studio.close()


def browser(studio: Studio, tmp_path: Path, token: str | None = None) -> TestClient:
    return TestClient(Starlette(routes=routes(studio, tmp_path)), cookies={COOKIE: token} if token else {})


def standing(page: TestClient, name: str = BIG) -> dict[str, Any]:
    return next(model for model in page.get("/studio/models").json()["published"] if model["name"] == name)


def ended(page: TestClient, name: str = BIG, seconds: float = 20) -> dict[str, Any]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        known = {one["model"]: one for one in page.get("/studio/models/progress").json()["progress"]}
        if name in known and known[name]["stage"] in ("done", "failed", "stopped"):
            return known[name]
        time.sleep(0.02)
    pytest.fail(f"{name} did not end: {known}")


def test_nothing_is_fetched_before_it_was_agreed_to(
    open_studio: Callable[..., Studio], hub: Hub, tmp_path: Path
) -> None:
    page = browser(open_studio(), tmp_path)
    offer = page.get(f"/studio/models/{BIG}/offer").json()
    assert offer["exact"] and offer["fits"] and 0 < offer["needed"] <= offer["total"]
    refused = page.post(f"/studio/models/{BIG}/fetch", json={})
    assert refused.status_code == 409 and "licence" in refused.json()["error"]
    assert hub.seen == []
    page.post(f"/studio/models/{BIG}/fetch", json={"agreed": True})
    assert ended(page)["stage"] == "done"
    found = standing(page)
    assert found["state"] == "ready" and found["missing"] == 0 and found["runs"] not in (None,)
    assert page.post(f"/studio/models/{BIG}/check").json()["wrong"] == []
    assert page.post(f"/studio/models/{BIG}/remove").json()["freed"] > 0
    assert standing(page)["state"] == "absent"


def test_two_models_stand_in_line_and_one_can_be_stopped(
    open_studio: Callable[..., Studio], hub: Hub, tmp_path: Path
) -> None:
    hub.pace = 0.02
    page = browser(open_studio(), tmp_path)
    for name in (BIG, "wan2.1-t2v-1.3b"):
        page.post(f"/studio/models/{name}/fetch", json={"agreed": True})
    assert page.post(f"/studio/models/{BIG}/remove").status_code == 409, "not while it is fetched"
    page.post(f"/studio/models/{BIG}/stop")
    hub.pace = 0
    assert ended(page)["stage"] == "stopped"
    assert ended(page, "wan2.1-t2v-1.3b")["stage"] == "done"
    page.post(f"/studio/models/{BIG}/fetch", json={"agreed": True})
    assert ended(page)["stage"] == "done"


def test_what_was_on_its_way_goes_on_when_the_studio_opens(
    open_studio: Callable[..., Studio], hub: Hub, tmp_path: Path
) -> None:
    hub.pace = 0.01
    first = open_studio()
    browser(first, tmp_path).post(f"/studio/models/{BIG}/fetch", json={"agreed": True})
    while not hub.seen:
        time.sleep(0.01)
    first.close()
    hub.pace = 0
    second = open_studio()
    second.fetcher.resume()
    assert ended(browser(second, tmp_path))["stage"] == "done"
    assert second.models.wanted() == ()


def test_a_failed_transfer_says_why_in_one_sentence(
    open_studio: Callable[..., Studio], hub: Hub, tmp_path: Path
) -> None:
    hub.spoil["transformer/diffusion_pytorch_model.safetensors"] = 2
    page = browser(open_studio(), tmp_path)
    page.post(f"/studio/models/{BIG}/fetch", json={"agreed": True})
    assert "SHA-256 differs" in ended(page)["error"]


def test_a_folder_of_ones_own_is_used_where_it_lies(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    page = browser(open_studio(), tmp_path)
    write(tmp_path / "mine.safetensors", shapes_of(BIG))
    told = page.post("/studio/models/point", json={"path": str(tmp_path / "mine.safetensors")}).json()
    assert [one["name"] for one in told["others"]] == [BIG, "fastwan2.2-ti2v-5b", "wan2.2-ti2v-5b-turbo"]
    assert standing(page)["parts"][0]["pointed"] and standing(page)["state"] == "partly"
    for path, says in (("", "the folder or the file"), (str(tmp_path / "no"), "not there")):
        answer = page.post("/studio/models/point", json={"path": path})
        assert answer.status_code == 409 and says in answer.json()["error"]


def test_a_shared_studio_shows_its_models_and_lets_nobody_change_them(
    open_studio: Callable[..., Studio], hub: Hub, tmp_path: Path
) -> None:
    page = browser(open_studio(shared=True), tmp_path, new_token())
    shown = page.get("/studio/models")
    assert shown.json()["mine"] is False and str(tmp_path) not in shown.text
    assert page.get(f"/studio/models/{BIG}/offer").status_code == 409
    for path in (f"{BIG}/fetch", f"{BIG}/stop", f"{BIG}/check", f"{BIG}/remove", "point"):
        assert page.post(f"/studio/models/{path}", json={"agreed": True, "path": "/"}).status_code == 409
    assert hub.seen == []
    assert browser(open_studio(shared=True), tmp_path).get("/studio/models").status_code == 403


@pytest.mark.browser
@pytest.mark.slow
def test_an_artist_agrees_watches_and_removes(visit: Callable[..., Page], tmp_path: Path) -> None:
    server = start(["-m", "tests.ui.serve_models"], tmp_path, PACE="0.02", HUB_PACE="0.03")
    try:
        page = visit(server)
        page.get_by_role("tab", name="Models").click()
        card = page.locator('[data-model="wan2.2-ti2v-5b-turbo"]')
        expect(page.locator(".models-warning")).to_contain_text("None of these has yet been run")
        card.get_by_role("button", name="Fetch").click()
        offer = page.locator("#model-offer")
        expect(offer).to_contain_text("not stated by those who published them")
        expect(offer.get_by_role("button", name="Fetch")).to_be_disabled()
        offer.get_by_role("checkbox").check()
        offer.get_by_role("button", name="Fetch").click()
        expect(card.get_by_role("progressbar")).to_be_visible()
        page.reload()
        page.wait_for_selector("body[data-ready=true] #stage[data-view]")
        page.get_by_role("tab", name="Models").click()
        expect(card.locator(".model-standing")).to_have_text("Ready")
        expect(card.get_by_role("button", name="Fetch")).to_have_count(0)
        card.get_by_role("button", name="Remove").click()
        page.locator("#model-gone").click()
        expect(card.locator(".model-standing")).to_have_text("Not here")
        page.fill("#model-path", "/no/such/folder")
        page.get_by_role("button", name="Use it").click()
        expect(page.locator("#model-point .field-error")).to_contain_text("is not there")
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        end(server)


def test_a_lora_is_laid_over_a_model_and_forgotten(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    page = browser(open_studio(), tmp_path)
    wide = int(catalog.entry().notes["config"]["dim"])
    pair = {"blocks.0.self_attn.q.lora_A.weight": (2, wide), "blocks.0.self_attn.q.lora_B.weight": (wide, 2)}
    path = str(write(tmp_path / "film look.safetensors", pair))
    told = page.post("/studio/models/point", json={"path": path}).json()
    assert told == {"lora": "film look", "bases": [{"name": "storybook", "title": "Storybook"}]}
    wrong = page.post("/studio/models/lora", json={"path": path, "base": "storybook", "strength": "5"})
    assert wrong.status_code == 409 and "-2 to 2" in wrong.json()["error"]
    told = page.post("/studio/models/lora", json={"path": path, "base": "storybook", "strength": "0,5"}).json()
    assert told["lora"]["name"] == "storybook:film-look" and "rank 2" in told["what"]
    (laid,) = page.get("/studio/models").json()["loras"]
    assert (laid["base"], laid["strength"], laid["problem"]) == ("Storybook", 0.5, "")
    models = page.get("/studio/settings").json()["models"]
    assert [model["title"] for model in models] == ["Storybook", "Storybook + film look (0.5)"]
    assert page.post("/studio/settings", json={"model": laid["name"]}).json()["preferences"]["model"] == laid["name"]
    assert page.post(f"/studio/models/{laid['name']}/remove").json() == {"freed": 0, "model": None}
    assert page.get("/studio/models").json()["loras"] == []
