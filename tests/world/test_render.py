"""Rendering: every word of the vocabulary changes the picture, batches equal single clips, instances survive cuts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from model.world.air import FALLS
from model.world.art import Art
from model.world.light import HOURS
from model.world.places import paint
from model.world.render import Renderer
from model.world.scene import Instance, Scene, sample_scene
from model.world.vocabulary import VOCABULARY
from tests.world.shots import FOX, PLAIN, acting, drawable, scene

pytestmark = pytest.mark.world
PLACES, TIMES, WEATHERS, ACTIONS, CAMERAS, STYLES = (
    tuple(t.id for t in VOCABULARY[kind]) for kind in ("place", "time", "weather", "action", "camera", "style")
)


def film(renderer: Renderer, shown: Scene, frames: int = 5) -> Tensor:
    """(T, 3, H, W) uint8, checked for shape and for being a picture at all."""
    clip = renderer.clips([shown], frames)[0]
    assert clip.dtype == torch.uint8 and clip.shape == (frames, 3, renderer.view.height, renderer.view.width)
    assert float(clip.float().std()) > 6, "one flat colour"
    return clip


def differ(a: Tensor, b: Tensor) -> float:
    """Mean difference in grey levels."""
    return float((a.float() - b.float()).abs().mean())


@pytest.mark.parametrize("place", PLACES)
def test_every_place_paints_finite_premultiplied_layers(art: Art, place: str) -> None:
    layers = paint(place, 4, art, resolution=48)
    for layer in (layers.far, layers.ground, layers.fore):
        assert torch.isfinite(layer).all() and float(layer.min()) >= 0
        assert float(layer[3].max()) <= 1 + 1e-4
    assert float(layers.ground[3, -1].min()) > 0.99, "the ground has holes at the bottom"
    assert torch.isfinite(layers.lamps).all() and 0 <= layers.wet <= 1
    again, other = paint(place, 4, art, resolution=48), paint(place, 5, art, resolution=48)
    assert torch.equal(again.ground, layers.ground) and torch.equal(again.far, layers.far)
    assert not (torch.equal(other.ground, layers.ground) and torch.equal(other.far, layers.far))


def test_an_unknown_place_is_an_error(art: Art) -> None:
    with pytest.raises(KeyError):
        paint("atlantis", 0, art)


def test_places_look_different(renderer: Renderer) -> None:
    shown = {place: film(renderer, scene(place=place, actors=()), 1) for place in PLACES}
    for a in PLACES:
        assert all(differ(shown[a], shown[b]) > 10 for b in PLACES if b != a), a


@pytest.mark.parametrize("place", ("meadow", "city", "reef", "room"))
def test_hours_change_the_light(renderer: Renderer, place: str) -> None:
    shown = {time: film(renderer, scene(place=place, time=time), 1) for time in TIMES}
    assert set(TIMES) == set(HOURS)
    assert differ(shown["day"], shown["night"]) > 15
    if place not in ("reef", "room"):
        assert all(differ(shown[a], shown[b]) > 8 for a in TIMES for b in TIMES if a != b)


@pytest.mark.parametrize("weather", WEATHERS)
def test_weather_changes_the_picture_and_what_falls_moves(renderer: Renderer, weather: str) -> None:
    calm = film(renderer, scene(place="village", actors=()))
    clip = film(renderer, scene(place="village", actors=(), weather=weather))
    if weather == "clear":
        assert differ(calm, clip) == 0
    else:
        assert differ(calm, clip) > 1
    assert (differ(clip[0], clip[-1]) > 0.5) == (weather in FALLS)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_moves_its_actor_and_no_other_looks_the_same(renderer: Renderer, action: str) -> None:
    clip = film(renderer, acting(action, "candle"), 9)
    assert differ(clip[0], clip[4]) > 0.05, "nothing moves"
    others = [film(renderer, acting(other, "candle"), 9) for other in ACTIONS if other != action]
    assert min(differ(clip, other) for other in others) > 0.05


@pytest.mark.parametrize("camera", CAMERAS)
def test_every_camera_moves_the_place_and_a_static_one_does_not(renderer: Renderer, camera: str) -> None:
    walker = replace(FOX, action="walk")
    clip = film(renderer, scene(camera=camera, actors=(walker,)), 9)
    band = clip[:, :, renderer.view.height // 2 : -8, : renderer.view.width // 6]  # beside the actor
    assert (differ(band[0], band[-1]) > 0.3) == (camera != "static")


def test_pans_go_to_opposite_sides(renderer: Renderer) -> None:
    left, right = (film(renderer, scene(camera=f"pan_{side}", actors=(), start=1.5), 9) for side in ("left", "right"))
    shift = 5
    assert differ(right[8, :, :, :-shift], right[0, :, :, shift:]) < differ(
        right[8, :, :, shift:], right[0, :, :, :-shift]
    )
    assert differ(left[8, :, :, shift:], left[0, :, :, :-shift]) < differ(left[8, :, :, :-shift], left[0, :, :, shift:])


@pytest.mark.parametrize("style", STYLES)
def test_every_style_changes_the_picture_in_its_own_way(renderer: Renderer, style: str) -> None:
    plain, clip = film(renderer, scene(), 1), film(renderer, scene(style=style), 1)
    if style == "3d":
        assert torch.equal(plain, clip)
    elif style == "film_bw":
        assert torch.equal(clip[:, 0], clip[:, 1]) and torch.equal(clip[:, 0], clip[:, 2])
    elif style == "pixel":
        cells = clip.unfold(2, 4, 4).unfold(3, 4, 4).flatten(-2)
        assert torch.equal(cells.amax(-1), cells.amin(-1))
    assert (differ(plain, clip) > 2) == (style != "3d")


LOOKS = (
    {"colour": "blue"}, {"pattern": "stripes"}, {"pattern": "spots"}, {"accessory": "scarf"}, {"accessory": "hat"},
    {"accessory": "bow"}, {"hue": 0.3}, {"build": 1.3},
)  # fmt: skip


@pytest.mark.parametrize("look", LOOKS, ids=repr)
def test_instances_look_their_own_way(renderer: Renderer, look: dict[str, Any]) -> None:
    plain, dressed = (
        film(renderer, scene(actors=(replace(FOX, instance=i),)), 1) for i in (Instance("fox"), Instance("fox", **look))
    )
    assert differ(plain, dressed) > 0.2


@pytest.mark.parametrize("size", ((64, 128), (96, 96), (160, 96)))
def test_any_size_renders(art: Art, size: tuple[int, int]) -> None:
    film(Renderer(art, *size), scene(weather="rain", place="tokyo", time="night"), 2)


def test_a_batch_equals_its_clips_one_by_one(art: Art, renderer: Renderer) -> None:
    options = drawable(art, extras=0.5, cuts=0.0, variety=1.0, frames=5)
    scenes = [sample_scene(i, options) for i in range(6)]
    together = renderer.clips(scenes, 5)
    alone = torch.cat([Renderer(art, 128, 64).clips([s], 5) for s in scenes])
    assert (together.int() - alone.int()).abs().max() <= 1


def test_a_scene_with_a_cut_is_its_shots_one_after_the_other(renderer: Renderer) -> None:
    after = replace(PLAIN, place="snow", framing="close")
    both = renderer.clips([Scene((PLAIN, after), (0, 5))], 9)[0]
    assert torch.equal(both[:5], renderer.clips([Scene((PLAIN,))], 5)[0])
    assert torch.equal(both[5:], renderer.clips([Scene((after,))], 4)[0])
    assert differ(both[4], both[5]) > 4 * differ(both[3], both[4])


def test_the_same_seed_gives_the_same_frames(art: Art) -> None:
    options = drawable(art, cuts=0.5, frames=9)
    one, two = (Renderer(art, 96, 64).clips([sample_scene(n, options) for n in (3, 4)], 9) for _ in range(2))
    assert torch.equal(one, two)


def test_painted_places_are_kept_but_not_for_ever(art: Art) -> None:
    small = Renderer(art, 64, 32, pool=2)
    first = small.clips([scene(place_seed=1)], 1)
    for seed in (2, 3, 4):
        small.clips([scene(place_seed=seed)], 1)
    assert torch.equal(small.clips([scene(place_seed=1)], 1), first)
