"""Fetching models from a hub on this machine: resumed, checked, refused, removed; and folders that were pointed to."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import huggingface_hub.constants
import huggingface_hub.file_download
import pytest

from model import catalog, published
from studio import doctor, memory, models_transfer, shots
from studio.core import Studio
from studio.errors import DiskFull, ModelsError, ShotError
from studio.film import Shot
from studio.models import Models
from studio.models_hub import HALF
from studio.models_hub import Hub as Client
from studio.models_transfer import Progress, Transfer
from studio.settings import Settings
from tests.hubs import Hub, serving, small_world
from tests.model.test_published import shapes_of, write
from tests.studio.doubles import FakeGenerator

BIG, SMALL = "wan2.2-ti2v-5b", "wan2.1-t2v-1.3b"
DIT = "transformer/diffusion_pytorch_model.safetensors"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub.constants, "DOWNLOAD_CHUNK_SIZE", 1024)
    monkeypatch.setattr(huggingface_hub.file_download.time, "sleep", lambda _: None)
    with serving(small_world(monkeypatch)) as hub:
        yield hub


@pytest.fixture
def models(hub: Hub, tmp_path: Path) -> Models:
    return Models(tmp_path / "home", catalog.assets(), Client(tmp_path / "cache", hub.url, token="hf_secret"))


def fetch(models: Models, name: str = BIG) -> list[Progress]:
    told: list[Progress] = []
    Transfer(models, name, told.append).run()
    return told


def test_a_model_is_fetched_whole_and_says_how_far_it_is(models: Models, hub: Hub) -> None:
    asked = models_transfer.quote(models, BIG)
    assert asked.exact and asked.here == 0 and asked.fits
    assert models.state(BIG).state == "absent"
    told = fetch(models)
    assert [told[0].stage, told[-1].stage] == ["asking", "done"]
    assert told[-1].done == told[-1].total == asked.total
    done = [one.done for one in told if one.stage == "fetching"]
    assert done == sorted(done)
    state = models.state(BIG)
    assert state.state == "ready" and state.missing_bytes == 0
    assert set(state.places) == {"transformer", "vae", "text", "tokenizer"}
    assert (state.places["transformer"] / "config.json").is_file()
    assert "Bearer hf_secret" in hub.tokens


def test_models_share_the_text_encoder(models: Models, hub: Hub) -> None:
    fetch(models)
    before = models_transfer.quote(models, SMALL)
    text = published.part("umt5").size_bytes
    assert before.here >= text
    fetch(models, SMALL)
    assert hub.served("text_encoder/model.safetensors") == 1
    freed = models.remove(BIG)
    assert 0 < freed < before.total
    assert models.state(SMALL).state == "ready" and models.state(BIG).state == "absent"
    assert models.remove(SMALL) > text
    assert not list((models.hub.cache).rglob("*.safetensors"))
    with pytest.raises(ModelsError, match="nothing to remove"):
        models.remove(SMALL)


def test_what_the_catalogue_does_not_list_is_asked_of_the_hub(models: Models, hub: Hub) -> None:
    name = "wan2.2-ti2v-5b-turbo"
    assert models_transfer.quote(models, name).exact
    fetch(models, name)
    assert models.state(name).state == "ready"
    repository = published.part(name).repository
    hub.repositories[repository] = {"transformer/diffusion_pytorch_model.bin": b"pickled"}
    models.remove(name)
    (models.home / "models.json").unlink()
    with pytest.raises(ModelsError, match=r"only a pickle .*\.bin.*refused"):
        fetch(models, name)


def test_a_cut_connection_goes_on_where_it_was_even_in_another_process(models: Models, hub: Hub) -> None:
    hub.cut, hub.cuts = 9000, 1
    fetch(models)
    assert (DIT, "bytes=9000-") in hub.seen or any(path == DIT and asked for path, asked in hub.seen)
    models.remove(BIG)
    hub.seen.clear()
    hub.cut, hub.cuts = 0, 100  # nothing more comes at all: it gives up, and keeps what there was
    half = models.hub.half(published.part(BIG), published.part(BIG).files[0])
    none = models_transfer.quote(models, BIG).here
    half.write_bytes(hub.repositories[published.part(BIG).repository][DIT][:7000])
    with pytest.raises(ModelsError, match="what has come is kept"):
        fetch(models)
    assert half.stat().st_size == 7000
    assert models.state(BIG).state == "partly"
    assert models_transfer.quote(models, BIG).here == none + 7000
    hub.cuts = 0
    again = Models(models.home, models.root, models.hub)
    told = fetch(again)
    assert (DIT, "bytes=7000-") in hub.seen
    assert again.state(BIG).state == "ready" and told[-1].done == told[-1].total
    assert not list(models.hub.cache.rglob(f"*{HALF}"))


def test_a_file_with_another_hash_is_thrown_away_and_fetched_again(models: Models, hub: Hub) -> None:
    hub.spoil[DIT] = 1
    told = fetch(models)
    assert hub.served(DIT) == 2 and models.state(BIG).state == "ready"
    assert told[-1].done == told[-1].total
    models.remove(BIG)
    hub.spoil[DIT] = 2
    with pytest.raises(ModelsError, match=rf"{DIT}.*SHA-256 differs"):
        fetch(models)
    assert models.state(BIG).state == "absent"


def test_a_broken_or_half_file_is_named_and_fetched_again(models: Models, hub: Hub) -> None:
    fetch(models)
    path = models.state(BIG).places["transformer"] / "diffusion_pytorch_model.safetensors"
    with path.resolve().open("rb+") as file:
        file.truncate(3000)
    (broken,) = models.state(BIG).missing
    assert "diffusion_pytorch_model.safetensors is only half here: 3,000 of" in broken.problem
    fetch(models)
    assert models.state(BIG).state == "ready"
    with path.resolve().open("rb+") as file:  # of the right length, and wrong
        file.seek(2000)
        file.write(b"\xff")
    assert models.state(BIG).state == "ready"
    assert models.check(BIG) == [path]
    assert models.state(BIG).state == "partly"
    fetch(models)
    assert models.check(BIG) == [] and models.state(BIG).state == "ready"


def test_it_can_be_stopped_and_goes_on(models: Models, hub: Hub) -> None:
    told: list[Progress] = []
    transfer = Transfer(models, BIG, told.append, stop=lambda: sum(one.done for one in told) >= 0 and len(hub.seen) > 0)
    assert transfer.run().stage == "stopped"
    assert models.state(BIG).state != "ready"
    assert fetch(models)[-1].stage == "done"


def test_only_one_transfer_at_a_time(models: Models) -> None:
    with models_transfer.alone(models), pytest.raises(ModelsError, match="fetched already"):
        fetch(models)


def test_offline_says_what_is_missing_and_where_it_looked(models: Models) -> None:
    alone = Models(models.home, models.root, Client(models.hub.cache, models.hub.endpoint, offline=True))
    with pytest.raises(ModelsError) as error:
        fetch(alone)
    assert "transformer is not here" in str(error.value)
    assert str(models.hub.cache / "models--Wan-AI--Wan2.2-TI2V-5B-Diffusers") in str(error.value)


@pytest.mark.parametrize(("status", "says"), [
    (403, "asks for an agreement"), (404, "is not on 127.0.0.1"), (401, "HF_TOKEN"), (503, "connection .* failed"),
])  # fmt: skip
def test_what_the_hub_refuses_is_one_clear_line(models: Models, hub: Hub, status: int, says: str) -> None:
    hub.status[published.part(BIG).repository] = status
    with pytest.raises(ModelsError, match=says) as error:
        fetch(models)
    assert "\n" not in str(error.value)


def test_no_network_is_one_clear_line(models: Models, tmp_path: Path) -> None:
    nobody = Models(models.home, models.root, Client(tmp_path / "cache", "http://127.0.0.1:9"))
    with pytest.raises(ModelsError, match=r"connection to 127\.0\.0\.1:9 failed"):
        fetch(nobody)


def test_a_file_that_went_is_named(models: Models, hub: Hub) -> None:
    del hub.repositories[published.part(BIG).repository][DIT]
    with pytest.raises(ModelsError, match=f"no longer has {DIT}"):
        fetch(models)


def test_a_file_of_another_size_is_not_taken(models: Models, hub: Hub) -> None:
    hub.repositories[published.part(BIG).repository][DIT] += b"more"
    with pytest.raises(ModelsError, match="nothing was taken"):
        fetch(models)


def test_the_disk_is_looked_at_before_anything_is_fetched(
    models: Models, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models_transfer, "free", lambda _: 70_000_000)
    assert models_transfer.quote(models, BIG).fits
    monkeypatch.setattr(models_transfer, "free", lambda _: 64_000_000)
    with pytest.raises(DiskFull, match=r"needs .* more and 64 MB are free .* make room for"):
        fetch(models)
    assert hub.seen == []


def test_a_disk_that_fills_up_keeps_what_has_come(models: Models, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system says "no space" at nine tenths of the transformer."""
    whole = len(hub.repositories[published.part(BIG).repository][DIT])
    room = [int(whole * 0.9)]
    real = Path.open

    def small_disk(self: Path, mode: str = "r", *args: object, **options: object) -> object:
        stream = real(self, mode, *args, **options)  # type: ignore[arg-type]
        return Filling(stream, room) if self.name.endswith(HALF) and mode == "r+b" else stream

    monkeypatch.setattr(Path, "open", small_disk)
    with pytest.raises(DiskFull, match="what has come is kept"):
        fetch(models)
    monkeypatch.setattr(Path, "open", real)
    half = models.hub.half(published.part(BIG), published.part(BIG).files[0])
    assert half.stat().st_size >= whole * 0.8
    fetch(models)
    assert any(path == DIT and asked for path, asked in hub.seen), "it went on where it was"
    assert models.state(BIG).state == "ready"


class Filling:
    """A file on a disk that has only so much room."""

    def __init__(self, stream: object, room: list[int]) -> None:
        self.stream, self.room = stream, room

    def write(self, data: bytes) -> int:
        self.room[0] -= len(data)
        if self.room[0] < 0:
            raise OSError(28, os.strerror(28))
        return self.stream.write(data)  # type: ignore[attr-defined]

    def __enter__(self) -> Filling:
        return self

    def __exit__(self, *error: object) -> None:
        self.stream.close()  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> object:
        return getattr(self.stream, name)


def test_a_folder_of_ones_own_can_be_pointed_to(models: Models, hub: Hub, tmp_path: Path) -> None:
    fetch(models)
    mine = tmp_path / "mine"
    write(mine / "transformer" / "model.safetensors", shapes_of(BIG))
    state, found = models.point(mine, "fastwan2.2-ti2v-5b")
    assert found.missing == ("vae", "text", "tokenizer")
    assert state.state == "ready", "the parts that it lacks are here already"
    assert state.places["transformer"] == mine / "transformer"
    with pytest.raises(ModelsError, match="is not wan2.1-t2v-1.3b: it is a Wan transformer 3072 wide"):
        models.point(mine, SMALL)
    models.remove("fastwan2.2-ti2v-5b")
    assert (mine / "transformer" / "model.safetensors").is_file(), "a folder of one's own is never deleted"
    assert models.state(BIG).state == "ready"
    models.point(mine, BIG)
    shutil.rmtree(mine)
    (gone,) = models.state(BIG).missing
    assert gone.pointed and "is not there" in gone.problem


def test_only_what_this_version_can_load_is_offered(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch(models)
    monkeypatch.setattr("studio.models.FAMILIES", frozenset({"storybook"}))
    assert [entry.name for entry in models.entries()] == ["storybook"]
    monkeypatch.setattr("studio.models.FAMILIES", frozenset({"storybook", "wan2.2"}))
    entry = models.entries()[1]
    assert entry.name == BIG and not entry.missing and set(entry.parts) >= {"transformer", "vae", "text", "tiny"}


@pytest.mark.parametrize("content", ["", "[]", "{", '{"pointed": 3}', '{"listings": null}'])
def test_a_damaged_register_is_an_empty_one(models: Models, content: str) -> None:
    models.home.mkdir(parents=True)
    (models.home / "models.json").write_text(content)
    assert models.state(BIG).state == "absent"
    models.agree(published.model(BIG))
    assert models.state(BIG).agreed
    assert json.loads((models.home / "models.json").read_text())["agreed"][BIG]["licence"] == "Apache-2.0"


def test_the_hub_is_the_one_that_the_environment_names(tmp_path: Path) -> None:
    found = Client.from_env({"HF_HOME": str(tmp_path), "HF_ENDPOINT": "https://mirror.example/", "HF_TOKEN": "t"})
    assert (found.cache, found.endpoint, found.host, found.token) == (
        tmp_path / "hub", "https://mirror.example", "mirror.example", "t",
    )  # fmt: skip
    assert Client.from_env({"HF_HUB_OFFLINE": "1"}).offline
    assert Client.from_env({}).cache == Path("~/.cache/huggingface/hub").expanduser()


def test_a_shot_can_be_made_with_a_lora_and_its_recipe_says_so(
    make_studio: Callable[..., Studio], tmp_path: Path
) -> None:
    wide = int(catalog.entry().notes["config"]["dim"])
    shapes = {"blocks.0.ffn.2.lora_A.weight": (2, 4 * wide), "blocks.0.ffn.2.lora_B.weight": (wide, 2)}
    loaded: list[str] = []

    def load(name: str) -> FakeGenerator:
        loaded.append(name)
        return FakeGenerator()

    studio = make_studio(load=load)
    laid, what = studio.models.lay(write(tmp_path / "look.safetensors", shapes), "storybook", 0.5)
    assert (laid.name, what) == ("storybook:look", "a LoRA of rank 2 for 1 part")
    shot = Shot(prompt="a fox", model=laid.name, size="128x128", seconds=0.5, steps=1)
    job = studio.wait(studio.submit(shot).id, 60)
    assert job.take_id is not None, job.error
    assert studio.take(job.take_id).recipe.model == laid.name and loaded == [laid.name]
    studio.models.remove(laid.name)
    with pytest.raises(ShotError, match="is not known"):
        studio.submit(shot)


def test_doctor_says_what_is_whole_broken_and_how_it_would_be_kept(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.from_env({}, home=tmp_path / "home")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    models = Models(settings.home, settings.models)

    def told() -> dict[str, doctor.Finding]:
        return {item.name: item for item in doctor.examine(settings)}

    assert told()["models"].text.startswith("none beside Storybook") and told()["models"].level == "ok"
    fetch(models)
    monkeypatch.setattr(memory, "gpu", lambda: memory.Gpu("a card", 24_000_000_000, 23_000_000_000))
    monkeypatch.setattr(memory, "free", lambda: 64_000_000_000)
    found = told()[BIG]
    assert found.level == "ok" and "whole; 1280x704, 5 s: " in found.text and " of 23.0 GB" in found.text
    assert SMALL not in told() and "models" not in told(), "the text encoder that came along is no model"
    monkeypatch.setattr(memory, "gpu", lambda: memory.Gpu("a card", 1_000_000_000, 900_000_000))
    small = told()[BIG]
    assert small.level == "warn" and "needs" in small.text and "smaller" in small.mend
    place = models.state(BIG).places["transformer"]
    file = next(place.glob("*.safetensors")) if place.is_dir() else place
    file.resolve().write_bytes(file.read_bytes()[:-10])
    half = told()[BIG]
    assert half.level == "warn" and "only half here" in half.text and half.mend.endswith(f"download {BIG}")


def test_doctor_names_a_folder_that_was_pointed_to_and_is_gone(
    models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "mine.safetensors"
    write(place, shapes_of(BIG))
    models.point(place)
    place.unlink()
    settings = Settings.from_env({}, home=models.home)
    found = {item.name: item for item in doctor.examine(settings)}[BIG]
    assert found.level == "warn" and "mine.safetensors" in found.text and "models point" in found.mend


def test_a_model_that_is_not_here_says_how_to_get_it(models: Models) -> None:
    def said() -> str:
        with pytest.raises(ShotError) as wrong:
            shots.entry(BIG, catalog.assets(), models)
        assert wrong.value.field == "model" and wrong.value.suggestion == "storybook"
        return str(wrong.value)

    assert said() == f"Wan 2.2 5B is not here: fetch it with models download {BIG}, or on the Models page"
    fetch(models)
    vae = models.state(BIG).places["vae"]
    file = next(vae.glob("*.safetensors"))
    file.resolve().write_bytes(file.read_bytes()[:-3])
    assert "is not whole (" in said() and "half here" in said()
    with pytest.raises(ShotError, match="is not known: use storybook"):
        shots.entry("wan9", catalog.assets(), models)


def test_a_lora_that_fits_nothing_here_names_what_it_was_tried_on(models: Models, tmp_path: Path) -> None:
    path, sides = tmp_path / "wide.safetensors", {"lora_down": (4, 1536), "lora_up": (1536, 4)}
    write(path, {f"diffusion_model.blocks.0.self_attn.q.{name}.weight": shape for name, shape in sides.items()})
    with pytest.raises(ModelsError, match=r"none of the models that are here \(storybook\); of storybook: .* 1536"):
        models.bases(path)
    models.point(write(tmp_path / "mine.safetensors", shapes_of(BIG)))
    with pytest.raises(ModelsError, match=rf"of {BIG}: .* was made for a transformer 1536 wide, this one is 3072"):
        models.bases(path)


@pytest.mark.parametrize(("size", "near"), [("1280x704", ""), ("512x512", "1280x704"), ("480x832", "704x1280")])
def test_a_size_that_a_model_was_not_made_for_names_the_nearest(size: str, near: str) -> None:
    entry = published.model(BIG).entry({})
    said = shots.remark(shots.plan(Shot("a fox", size=size, model=BIG), entry).recipe, entry)
    assert (said is None) == (not near)
    assert said is None or (said.endswith(f"made for is {near}.") and f"not made for {size}" in said)
    storybook = catalog.entry("storybook")
    assert shots.remark(shots.plan(Shot("a fox", size="320x320"), storybook).recipe, storybook) is None
