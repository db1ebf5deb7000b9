"""The camera: what each move does to near and far layers, how fast, and where it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from model.world.camera import camera_path, seen
from model.world.motion import pose
from model.world.vocabulary import VOCABULARY
from tests.world.shots import FOX, PLAIN

CAMERAS = [t.id for t in VOCABULARY["camera"]]
SECONDS = torch.linspace(0, 4, 65)
NEAR, FAR = 1.0, 0.35


def path(camera: str, times: Tensor = SECONDS, **changes: object) -> Tensor:
    return camera_path([replace(PLAIN, camera=camera, **changes)], times[None])[0]  # type: ignore[arg-type]


def layer(camera: str, parallax: float) -> tuple[Tensor, Tensor, Tensor]:
    """x, y and zoom (T,) of a layer."""
    x, y, zoom = (part[:, 0] for part in seen(path(camera), parallax))
    return x, y, zoom


@pytest.mark.parametrize("camera", [c for c in CAMERAS if c not in ("static", "tracking")])
def test_every_move_is_seen_within_a_second_and_never_too_fast(camera: str) -> None:
    parts = [torch.stack(layer(camera, p)) for p in (NEAR, FAR)]
    second = max(float((part[:, 24:41] - part[:, 24:25]).abs().max()) for part in parts)
    assert second > 0.02, "too weak"
    for part in parts:
        speed = (part[:2, 1:] - part[:2, :-1]).abs().amax() * 16
        assert float(speed) < 1.78 / 3, "more than a third of a frame a second"


def test_static_is_static_and_shows_the_frame_as_it_is() -> None:
    assert bool((path("static") == path("static")[:1]).all())
    for parallax in (0.04, FAR, NEAR, 1.6):
        x, y, zoom = layer("static", parallax)
        assert (float(x[0]), float(y[0]), float(zoom[0])) == (0, 0.5, 1)


@pytest.mark.parametrize("camera", CAMERAS)
def test_no_camera_leaves_the_painted_world(camera: str) -> None:
    long = torch.linspace(-20, 40, 200)
    walker = (replace(FOX, action="run"),)
    for parallax in (0.04, FAR, NEAR):
        x, y, zoom = seen(path(camera, long, actors=walker), parallax)
        assert float((x.abs() + 0.89 / zoom).max()) < 1.66 and float(x.abs().max()) < 0.56
        assert float((y - 0.5 / zoom).min()) > -0.55 and float((y + 0.5 / zoom).max()) < 1.55


def test_pans_and_tilts_go_the_way_they_say() -> None:
    for camera, part, way in (("pan_left", 0, -1), ("pan_right", 0, 1), ("tilt_up", 1, -1), ("tilt_down", 1, 1)):
        there = layer(camera, NEAR)[part]
        assert float((there[-1] - there[0]).sign()) == way
        assert bool(((there[1:] - there[:-1]) * way >= -1e-6).all())


def test_a_pan_has_parallax_and_a_tilt_nearly_none() -> None:
    travel = {
        c: [float(layer(c, p)[i][-1] - layer(c, p)[i][0]) for p in (FAR, NEAR)]
        for c, i in (("pan_right", 0), ("tilt_down", 1))
    }
    assert travel["pan_right"][0] == pytest.approx(FAR * travel["pan_right"][1])
    assert travel["tilt_down"][0] > 0.8 * travel["tilt_down"][1]


def test_a_lens_makes_everything_larger_and_a_dolly_only_what_is_near() -> None:
    for way in ("in", "out"):
        growth = {
            (kind, p): float(layer(f"{kind}_{way}", p)[2][-1] / layer(f"{kind}_{way}", p)[2][0])
            for kind in ("zoom", "dolly")
            for p in (0.04, FAR, NEAR)
        }
        assert growth["zoom", 0.04] == pytest.approx(growth["zoom", NEAR])
        assert abs(growth["dolly", FAR] - 1) < 0.25 * abs(growth["dolly", NEAR] - 1)
        assert (growth["dolly", NEAR] > 1.3) == (way == "in")


def test_an_arc_keeps_its_subject_and_moves_what_is_behind() -> None:
    ground, behind = (layer("arc", p)[0] for p in (NEAR, FAR))
    assert float((behind[-1] - behind[0]).abs()) > 2 * float((ground[-1] - ground[0]).abs())


def test_tracking_keeps_up_with_whoever_walks() -> None:
    walker = replace(FOX, action="walk", x=0.1)
    x = path("tracking", actors=(walker,))[:, 0]
    apart = pose(walker, 1, SECONDS).x - x
    assert float(apart.max() - apart.min()) < 0.02 and float((x[-1] - x[0]).abs()) > 0.3
    assert bool((path("tracking", actors=()) == path("static")).all()), "nobody is followed where nobody is"


def test_the_same_hand_shakes_the_same_way() -> None:
    assert torch.equal(path("handheld", seed=3), path("handheld", seed=3))
    assert not torch.equal(path("handheld", seed=3), path("handheld", seed=4))


def test_layers_of_many_depths_are_seen_at_once() -> None:
    camera, depths = path("dolly_in"), torch.tensor([0.1, 1.0, 1.5])
    together = seen(camera, depths)
    for i, depth in enumerate(depths):
        assert all(
            torch.allclose(a[:, i : i + 1], b) for a, b in zip(together, seen(camera, float(depth)), strict=True)
        )
