"""Render scenes to clips, a batch at a time, on any device.

A shot is a sky, three painted layers with parallax, the actors with their contact shadows and reflections, air and
weather, and a style. Everything a frame needs is sampled from textures with bilinear filtering, all frames of all
clips at once.

Axis legend: B: clips; T: frames; H, W: pixels of a frame; h, w: pixels of a texture.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from model.world.air import fill_air
from model.world.appearance import dress
from model.world.art import Art
from model.world.camera import camera_path, relative, seen
from model.world.canvas import X_REACH, Y_BOTTOM, Y_TOP
from model.world.figures import Figure, cut_out, lay, shade
from model.world.light import HAZE, HOURS, MIRRORS, Hour, light_of, light_on_set, mirror_of, paint_sky, weathered
from model.world.motion import Pose
from model.world.places import PlaceLayers, paint
from model.world.scene import OUTSIDE, Actor, Scene, Shot, Sign
from model.world.signs import picture
from model.world.style import stylise
from model.world.style_filters import Sheet
from model.world.style_made import Collage
from model.world.turning import Turning, airs, looks_in, posed

FPS = 16
PARALLAX = {"sky": 0.04, "far": 0.35, "ground": 1.0, "fore": 1.6}
POOL = 128
PAPER = 128  # the grey of blocking
HORIZON, FEET = 0.66, 0.92  # of a backdrop, in frames from the top: above it is far, and here is where one stands
GLASS = 0.5  # of a mirror: from there on one sees what is far in the ground
BEHIND = 0.6  # parallax of what is far in a backdrop: the trees and houses there are


@dataclass(frozen=True)
class View:
    """The frame in world units: how wide, how high, and the y of its middle. One unit is `unit` pixels."""

    width: int
    height: int
    scale: float | None = None

    @property
    def unit(self) -> float:
        """Pixels a world unit: the height of a wide frame; a tall frame shows more sky and ground, not larger
        actors. `scale`, where that is said."""
        if self.scale is not None:
            return self.scale
        return float(self.height if self.width >= self.height else min(self.height, round(self.width * 1.25)))

    def rays(self, device: torch.device | str) -> tuple[Tensor, Tensor]:
        """World x (W,) and y (H,) of the pixel centres, before the camera moves; the middle is (0, 0)."""
        x = (torch.arange(self.width, device=device) + 0.5 - self.width / 2) / self.unit
        y = (torch.arange(self.height, device=device) + 0.5 - self.height / 2) / self.unit
        return x, y


@dataclass(frozen=True, eq=False)
class Backdrop:
    """What stands behind a shot: a picture, uint8 (h, w, 3); wide, high: of how many frames it is the width and the
    height; straight: the second of the shot at which the camera sees its middle as it is, None where that is for the
    camera's move to say; turned: the same place in the light and the weather of the shot, where the picture is that of
    another that it turns from, or to."""

    picture: NDArray[np.uint8]
    wide: float = 1.0
    high: float = 1.0
    straight: float | None = None
    turned: NDArray[np.uint8] | None = None


class Renderer:
    """Renders scenes at one size; keeps painted places, so that a stream of scenes is cheap.

    width, height: of a frame in pixels; device: where textures live; air: whether what falls is seen; unit: pixels a
    world unit, where it is not that of such a frame. `clips(scenes, frames)` gives uint8 (B, T, 3, H, W).
    """

    def __init__(
        self, art: Art, width: int, height: int, *, device: torch.device | str = "cpu", pool: int = POOL,
        air: bool = True, unit: float | None = None,
    ) -> None:  # fmt: skip
        self.art, self.device, self.view = art, torch.device(device), View(width, height, unit)
        self._pool: OrderedDict[tuple[str, int], PlaceLayers] = OrderedDict()
        self._skies: OrderedDict[tuple[str, str, int], Tensor] = OrderedDict()
        self._room, self._air = pool, air

    def clips(self, scenes: Sequence[Scene], frames: int) -> Tensor:
        """Render every scene for `frames` frames at 16 a second: uint8 (B, T, 3, H, W)."""
        if all(len(s.shots) == 1 for s in scenes):
            return self._shots([s.shots[0] for s in scenes], frames)
        out = []
        for scene in scenes:
            ends = (*scene.starts[1:], frames)
            parts = [
                self._shots([shot], end - start)
                for shot, start, end in zip(scene.shots, scene.starts, ends, strict=True)
                if end > start
            ]
            out.append(torch.cat(parts, 1))
        return torch.cat(out)

    def alone(
        self,
        shots: Sequence[Shot | None],
        frames: int = 1,
        pace: float = 1.0,
        straight: float | None = None,
    ) -> Tensor:
        """The blocking of shots: their actors, moving as the shots have them, and what is in the air, by day on plain
        grey paper with nothing around them: uint8 (B, T, 3, H, W). None is the paper alone; pace: how fast time goes;
        straight: the second at which the camera looks straight ahead, None where that is for its move to say."""
        return torch.stack([self.staged(shot, None, frames, pace, straight)[0] for shot in shots])

    def staged(
        self, shot: Shot | None, backdrop: Backdrop | None, frames: int = 1, pace: float = 1.0,
        straight: float | None = None, turning: Turning | None = None,
    ) -> tuple[Tensor, Tensor | None]:  # fmt: skip
        """The blocking of a shot as for `alone`, and the shot on its set: the backdrop as the camera sees it, the
        actors in the light of the hour with their shadows, and what is in the air: uint8 (T, 3, H, W) each; None where
        there is no backdrop. turning: what it turns from or to."""
        paper = torch.full((frames, 3, self.view.height, self.view.width), PAPER / 255, device=self.device)
        if shot is None:
            return _bytes(paper), None
        grounds = [_Ground(paper, replace(shot, place=OUTSIDE), HOURS["day"], 0.0)]  # where nobody casts a shadow
        times, camera = self._when(shot, frames, pace, straight, turning)
        looks = looks_in(shot, turning, self.device)
        if backdrop is not None:
            seen_so = self._when(shot, frames, pace, backdrop.straight, turning)[1]
            for look, _ in looks:
                turned = backdrop.turned if look is shot else None
                mirrors = MIRRORS.get(look.place, 0.0) >= GLASS
                shown = backdrop if turned is None else replace(backdrop, picture=turned)
                behind = self._behind(shown, seen_so, mirrors)
                light = HOURS["day"] if look.place == OUTSIDE else light_on_set(look.time, look.weather)
                mirror = mirror_of(look.place, look.weather)
                grounds.append(_Ground(behind.expand(frames, -1, -1, -1).contiguous(), look, light, mirror))
        for ground in grounds:
            if ground.shot.sign is not None:
                stands = ground.shot.place != OUTSIDE  # on paper nothing casts a shadow
                ground.frame = self._sign(ground.frame, ground.shot.sign, camera, ground.light, shadow=stands)
        for number, actor in enumerate(shot.actors):
            figure = self._figure(actor, times, camera, number, turning)
            for ground in grounds:
                ground.frame = self._painted(figure, ground.frame, ground.shot, ground.light, ground.mirror)
        if backdrop is not None:
            for ground in grounds[1:]:
                if ground.shot.style != "3d":
                    _dress_in_style(ground, grounds[0].frame, max(0, round(float(times[0]) * FPS / pace)))
            grounds[1:] = [_mixed(grounds[1:], [share for _, share in looks])]
        for ground in grounds:
            for weather, seed, amount in airs(looks) if self._air else ():
                fill_air(ground.frame, weather, seed, times, camera, self.view.unit, amount=amount)
        return _bytes(grounds[0].frame), _bytes(grounds[1].frame) if backdrop is not None else None

    def _when(
        self, shot: Shot, frames: int, pace: float, straight: float | None, turning: Turning | None = None
    ) -> tuple[Tensor, Tensor]:
        """Seconds (T,) of the frames of a shot, and the camera (T, 6) then, relative to what it is at `straight`."""
        times = shot.start + torch.arange(frames, device=self.device) * (pace / FPS)
        if turning is not None and turning.camera is not None:
            path, origin = turning.camera(straight)
            return times, path if origin is None else relative(path, origin)
        camera = camera_path([shot], times[None])[0]
        if straight is not None:
            then = torch.tensor([[straight]], dtype=times.dtype, device=self.device)
            camera = relative(camera, camera_path([shot], then)[0, 0])
        return times, camera

    def _behind(self, backdrop: Backdrop, camera: Tensor, mirrors: bool = False) -> Tensor:
        """The backdrop as the camera (T, 6) sees it, (T, 3, H, W); (1, 3, H, W) where that does not change.

        What is low in the frame is near and goes by as fast as who stands there, what is higher is farther away; on
        ground that mirrors one sees what is far.
        """
        if bool((camera == camera[:1]).all()):
            camera = camera[:1]
        x, y = self.view.rays(self.device)
        depth = torch.ones_like(y) if mirrors else ((FEET - 0.5 - y) / (FEET - HORIZON)).clamp(0, 1)  # (H,)
        near = 1 - (1 - BEHIND) * depth
        middle_x, middle_y, zoom = seen(camera, near)  # (T, H)
        across, down = (size * side / self.view.unit / 2 for size, side in (
            (backdrop.wide, self.view.width), (backdrop.high, self.view.height),
        ))  # fmt: skip
        gx = (middle_x[..., None] + x / zoom[..., None]) / across  # (T, H, W)
        gy = ((middle_y - 0.5 + y / zoom) / down).clamp(-1, 1)[..., None].expand_as(gx)  # sky above sky, ground below
        picture = torch.tensor(backdrop.picture, device=self.device).permute(2, 0, 1)[None].float() / 255  # read-only
        return F.grid_sample(
            picture.expand(len(camera), -1, -1, -1), torch.stack([gx, gy], -1),
            mode="bilinear", padding_mode="reflection", align_corners=False,
        )  # fmt: skip

    def keep(self, place: str, seed: int, layers: PlaceLayers) -> None:
        """Use these layers, painted elsewhere, for shots of this place and place seed (while the pool has room)."""
        self._pool[(place, seed)] = layers
        while len(self._pool) > self._room:
            self._pool.popitem(last=False)

    def _place(self, shot: Shot) -> PlaceLayers:
        key = (shot.place, shot.place_seed)
        if key not in self._pool:
            resolution = round(min(self.view.unit, 320))
            self._pool[key] = paint(shot.place, shot.place_seed, self.art, resolution=resolution, device=self.device)
            while len(self._pool) > self._room:
                self._pool.popitem(last=False)
        self._pool.move_to_end(key)
        return weathered(self._pool[key], shot.weather, shot.place_seed)

    def _sky(self, shot: Shot, resolution: int) -> Tensor:
        key = (shot.time, shot.weather, shot.place_seed % 12)
        if key not in self._skies:
            self._skies[key] = paint_sky(*key, resolution, self.device)
            while len(self._skies) > 4 * self._room:
                self._skies.popitem(last=False)
        return self._skies[key]

    def _shots(self, shots: Sequence[Shot], frames: int) -> Tensor:
        """(B, T, 3, H, W) of one shot a clip."""
        times = torch.stack([shot.start + torch.arange(frames) / FPS for shot in shots]).to(self.device)  # (B, T)
        camera = camera_path(shots, times)  # (B, T, 6)
        places = [self._place(shot) for shot in shots]
        resolution = places[0].far.shape[-1] / (2 * X_REACH)
        skies = _batch([self._sky(s, round(resolution) // 2) for s in shots])
        # A camera that holds still sees one background, however many frames there are.
        moving = camera if bool((camera != camera[:, :1]).any()) else camera[:, :1]
        frame = self._look(skies, moving, PARALLAX["sky"])
        hours = [light_of(s.time, s.weather, p) for s, p in zip(shots, places, strict=True)]
        tint = torch.tensor([h.tint for h in hours], device=self.device)[:, None, :, None, None]
        fog = torch.tensor([h.fog for h in hours], device=self.device)[:, None, :, None, None]
        haze = torch.tensor([HAZE.get(s.weather, 0.0) for s in shots], device=self.device)[:, None, None, None, None]
        collages = self._collages(shots)
        for name, weight in (("far", 0.62), ("ground", 0.30)):
            layer = self._look(_batch([getattr(p, name) for p in places]), moving, PARALLAX[name])
            frame = _lay(frame, layer[:, :, :3] * tint, layer[:, :, 3:], collages)
            frame = frame + (fog - frame) * (haze * weight)
        frame = self._lamps(frame, places, hours, moving)
        frame = frame.expand(-1, frames, -1, -1, -1).contiguous()
        frame = self._signs(frame, shots, camera, hours, collages)
        for slot in range(max(len(s.actors) for s in shots)):
            frame = self._actors(frame, shots, slot, times, camera, hours, places, collages)
        layer = self._look(_batch([p.fore for p in places]), moving, PARALLAX["fore"])
        frame = _lay(frame, layer[:, :, :3] * tint, layer[:, :, 3:], collages)
        frame = frame + (fog - frame) * (haze * 0.14)
        for index, (shot, place) in enumerate(zip(shots, places, strict=True)):
            ground = place.floor + 0.04 if place.floor < 1 and not place.indoor else None
            weather = shot.weather if self._air else "clear"
            fill_air(frame[index], weather, shot.seed, times[index], camera[index], self.view.unit, ground)
        frame = stylise(frame.clamp(0, 1), [s.style for s in shots], [s.seed for s in shots])
        return (frame.clamp(0, 1) * 255 + 0.5).to(torch.uint8)

    def _lamps(self, frame: Tensor, places: Sequence[PlaceLayers], hours: Sequence[Hour], camera: Tensor) -> Tensor:
        """Add the light of the lamps far away and of those that stand on the ground, as bright as the hour has them."""
        for layer, lights in (("far", [p.lamps for p in places]), ("ground", [p.near for p in places])):
            none = torch.zeros_like(places[0].lamps)
            lit = [none if light is None else light * h.lamps for light, h in zip(lights, hours, strict=True)]
            if any(bool(light.any()) for light in lit):
                frame = frame + self._look(_batch(lit), camera, PARALLAX[layer]) * 0.75
        return frame

    def _window(self, camera: Tensor, parallax: float) -> tuple[Tensor, Tensor]:
        """World x (B, T, W) and y (B, T, H) that each pixel of a layer of this parallax shows."""
        x, y = self.view.rays(self.device)
        middle_x, middle_y, zoom = seen(camera, parallax)  # (B, T, 1)
        return middle_x + x / zoom, middle_y + y / zoom

    def _look(self, texture: Tensor, camera: Tensor, parallax: float) -> Tensor:
        """Sample textures (B, C, h, w) on the canvas for every frame: (B, T, C, H, W)."""
        x, y = self._window(camera, parallax)
        gx, gy = x / X_REACH, (y - Y_TOP) / (Y_BOTTOM - Y_TOP) * 2 - 1
        return _sample(texture, gx, gy, "border")

    def _collages(self, shots: Sequence[Shot]) -> list[Collage | None]:
        """For every shot of cut paper, what lays its layers on each other."""
        size = self.view.height, self.view.width
        return [Collage(Sheet(*size, s.seed, self.device)) if s.style == "papercraft" else None for s in shots]

    def _signs(
        self,
        frame: Tensor,
        shots: Sequence[Shot],
        camera: Tensor,
        hours: Sequence[Hour],
        collages: Sequence[Collage | None],
    ) -> Tensor:
        """Put up the sign of each shot that has one; lit a little when it is dark."""
        for index, shot in enumerate(shots):
            if shot.sign is not None:
                frame[index] = self._sign(frame[index], shot.sign, camera[index], hours[index], collages[index])
        return frame

    def _sign(
        self, frame: Tensor, sign: Sign, camera: Tensor, hour: Hour, collage: Collage | None = None, shadow: bool = True
    ) -> Tensor:
        x, y = (p[0] for p in self._window(camera[None], 1.0))
        still = torch.zeros(len(x), device=self.device)
        tint = torch.tensor(hour.actor, device=self.device)[None, :, None, None] * 0.6 + 0.4
        pictures = picture(sign.word, sign.paint).to(self.device)
        u, v = (x - sign.x) / sign.height, (y - sign.y) / sign.height + 1
        upright = Pose(still + sign.x, still + sign.y, still + 1, still + 1, still, still, still.long(), grounded=True)

        def put(below: Tensor) -> Tensor:
            shaded = shade(below, x, y, still + sign.x, sign.y, sign.height, still) if shadow else below.clone()
            lay(shaded, cut_out(pictures, still.long(), u, v, upright), tint, 1.0)
            return shaded

        return _cut_out(put, frame, collage)

    def _actors(
        self,
        frame: Tensor,
        shots: Sequence[Shot],
        slot: int,
        times: Tensor,
        camera: Tensor,
        hours: Sequence[Hour],
        places: Sequence[PlaceLayers],
        collages: Sequence[Collage | None],
    ) -> Tensor:
        """Paint the actors of one slot onto the frames, shot by shot, inside the part of the frame they reach."""
        for index, shot in enumerate(shots):
            if slot < len(shot.actors):
                place = places[index]
                mirror = max(place.mirror, place.wet * (1.0 if shot.weather == "rain" else 0.35))

                def put(below: Tensor, index: int = index, shot: Shot = shot, mirror: float = mirror) -> Tensor:
                    actor, hour = shot.actors[slot], hours[index]
                    return self._actor(below, shot, actor, times[index], camera[index], hour, mirror)

                frame[index] = _cut_out(put, frame[index], collages[index])
        return frame

    def _actor(
        self, frame: Tensor, shot: Shot, actor: Actor, times: Tensor, camera: Tensor, hour: Hour, mirror: float
    ) -> Tensor:
        """One actor on (T, 3, H, W)."""
        return self._painted(self._figure(actor, times, camera), frame, shot, hour, mirror)

    def _figure(
        self, actor: Actor, times: Tensor, camera: Tensor, number: int = 0, turning: Turning | None = None
    ) -> Figure:
        """An actor, the shot's first, second, ..., at times (T,), as the camera (T, 6) sees it."""
        sprite = self.art.sprite(actor.instance.subject)
        path = posed(number, actor, sprite.loop, times, turning)
        shown, index = torch.unique(path.frame, return_inverse=True)  # a still needs one picture of a loop, not all
        pictures = dress(sprite.frames[shown.cpu()].to(self.device), actor.instance, sprite.frames[0])
        x, y = (p[0] for p in self._window(camera[None], 1.0))  # (T, W), (T, H)
        u = (x - path.x[:, None]) / (actor.height * path.stretch_x[:, None] * actor.instance.build)  # (T, W)
        v = (y - path.y[:, None]) / (actor.height * path.stretch_y[:, None]) + 1  # (T, H): 0 head, 1 feet
        return Figure(actor, path, x, y, pictures, index, u, v)

    def _painted(self, figure: Figure, frame: Tensor, shot: Shot, hour: Hour, mirror: float) -> Tensor:
        """Shadow, reflection, then the picture with a little rim of light, on (T, 3, H, W)."""
        actor, path = figure.actor, figure.path
        tint = torch.tensor(hour.actor, device=self.device)[None, :, None, None]
        if shot.place != OUTSIDE and not actor.carried and not actor.sunk:  # a drawing casts no shadow on its paper
            low = actor.y if path.grounded else min(0.97, actor.y + 0.12)
            frame = shade(frame, figure.x, figure.y, path.x, low, actor.height, path.lift)
        if mirror > 0 and path.grounded and not actor.carried:
            lay(frame, cut_out(figure.pictures, figure.index, figure.u, 2 - figure.v, path), tint, mirror * 0.45)
        lay(frame, figure.cut, tint, 1.0)
        return frame


@dataclass(eq=False)
class _Ground:
    """What actors are painted on: frames (T, 3, H, W), the shot there, its light, and how much the ground mirrors."""

    frame: Tensor
    shot: Shot
    light: Hour
    mirror: float


def _mixed(grounds: Sequence[_Ground], shares: Sequence[Tensor | None]) -> _Ground:
    """Several grounds as one, each as far as it has a share (T,) of every frame."""
    if len(grounds) == 1:
        return grounds[0]
    weights = [share[:, None, None, None] for share in shares if share is not None]
    frame = torch.stack([weight * ground.frame for weight, ground in zip(weights, grounds, strict=True)]).sum(0)
    return replace(grounds[0], frame=frame)


def _dress_in_style(ground: _Ground, paper: Tensor, first: int) -> None:
    """Draw those on a set, who are where something is on the paper (T, 3, H, W), in the style that the set has. first:
    the number in the shot of the first frame."""
    seen = (paper - PAPER / 255).abs().amax(1, keepdim=True) > 0.02
    styled = stylise(ground.frame[None].clamp(0, 1), [ground.shot.style], [ground.shot.seed], first)[0]
    ground.frame = torch.where(seen, styled, ground.frame)


def _bytes(frame: Tensor) -> Tensor:
    return frame.clamp_(0, 1).mul_(255).add_(0.5).to(torch.uint8)


def _batch(textures: Sequence[Tensor]) -> Tensor:
    """Textures of equal size as one batch; a single one is not copied."""
    return textures[0][None] if len(textures) == 1 else torch.stack(list(textures))


def _over(below: Tensor, colour: Tensor, alpha: Tensor) -> Tensor:
    """Premultiplied colour over what is below."""
    return colour + below * (1 - alpha)


def _lay(below: Tensor, colour: Tensor, alpha: Tensor, collages: Sequence[Collage | None]) -> Tensor:
    """A premultiplied layer (B, T, 3, H, W) over what is below; in a shot of cut paper it casts a shadow."""
    out = _over(below, colour, alpha)
    for index, collage in enumerate(collages):
        if collage is not None:
            out[index] = collage.lay(below[index], colour[index], alpha[index])
    return out


def _cut_out(put: Callable[[Tensor], Tensor], frame: Tensor, collage: Collage | None) -> Tensor:
    """What `put` paints on (T, 3, H, W); in a shot of cut paper as a cut-out of its own.

    What is painted on black and on white tells its colour and its alpha.
    """
    if collage is None:
        return put(frame)
    colour, ground = put(torch.zeros_like(frame)), put(torch.ones_like(frame))
    alpha = 1 - (ground - colour).mean(1, keepdim=True)
    return collage.lay(frame, colour, (alpha * 1.6 - 0.6).clamp(0, 1), torn=0.15)


def _sample(texture: Tensor, gx: Tensor, gy: Tensor, padding: str) -> Tensor:
    """Bilinear samples of (B, C, h, w) at gx (B, T, W) and gy (B, T, H) in -1..1: (B, T, C, H, W)."""
    frames, width, height = gx.shape[1], gx.shape[2], gy.shape[2]
    grid = torch.stack([gx[:, :, None, :].expand(-1, -1, height, -1), gy[:, :, :, None].expand(-1, -1, -1, width)], -1)
    out = F.grid_sample(texture, grid.flatten(1, 2), mode="bilinear", padding_mode=padding, align_corners=True)
    return out.unflatten(2, (frames, height)).transpose(1, 2)
