"""Pictures that are not of this world: dead leaves, noise, gradients, sheets of paper, and a few photographs.

They stand for what a user may bring along. Dead leaves (discs and boxes of all sizes that hide each other) have edges
and depths as photographs have; Lee, Mumford and Huang, "Occlusion Models for Natural Images", 2001.

Axis legend: H, W: pixels.
"""

from __future__ import annotations

import colorsys
import importlib.util
import math
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from model.world.style_drawn import paper
from model.world.style_filters import Sheet, box, tone

# Photographs that free packages carry: used where such a package is installed, never needed, never copied.
PHOTOGRAPHS: Mapping[str, tuple[str, str, str]] = MappingProxyType({
    # file: package folder, what it shows, licence
    "china.jpg": ("sklearn/datasets/images", "a temple", "CC BY 2.0, danielbuechele"),
    "flower.jpg": ("sklearn/datasets/images", "a flower", "CC BY 2.0, vultilion"),
    "chelsea.png": ("skimage/data", "a cat's face", "CC0, Stefan van der Walt"),
    "coffee.png": ("skimage/data", "a cup of coffee", "CC0, Rachel Michetti"),
    "rocket.jpg": ("skimage/data", "a rocket on its pad", "CC0, SpaceX"),
    "astronaut.png": ("skimage/data", "an astronaut", "public domain, NASA"),
    "hubble_deep_field.jpg": ("skimage/data", "galaxies", "public domain, NASA"),
    "brick.png": ("skimage/data", "a brick wall", "CC0"),
    "grass.png": ("skimage/data", "grass", "CC0"),
    "gravel.png": ("skimage/data", "gravel", "CC0"),
})  # fmt: skip


def palette(rng: random.Random, count: int) -> list[tuple[float, float, float]]:
    """Colours that go together: hues around one or two, from dark to light."""
    hue, other = rng.random(), rng.random()
    out = []
    for _ in range(count):
        base = hue if rng.random() < 0.6 else other
        out.append(colorsys.hsv_to_rgb((base + rng.gauss(0, 0.06)) % 1, rng.uniform(0.15, 0.9), rng.uniform(0.2, 1.0)))
    return out


def leaves(sheet: Sheet, rng: random.Random) -> Tensor:
    """Dead leaves, (3, H, W): shapes of all sizes in front of each other, each with light and grain of its own."""
    out = gradient(sheet, rng)
    y = torch.arange(sheet.height, device=sheet.device)[:, None] / sheet.height
    x = torch.arange(sheet.width, device=sheet.device)[None, :] / sheet.height
    aspect, colours = sheet.width / sheet.height, palette(rng, 9)
    grain = 1 + 0.06 * sheet.grain(1, 1.5) + 0.10 * sheet.clouds(2, 40)
    for _ in range(rng.randint(60, 170)):
        radius = min(0.35, 0.02 / max(0.05, rng.random()) ** 0.8)
        cx, cy, turn, squash = rng.uniform(0, aspect), rng.random(), rng.uniform(0, math.pi), rng.uniform(0.4, 1.0)
        rows = slice(max(0, int((cy - radius) * sheet.height)), int((cy + radius) * sheet.height) + 1)
        columns = slice(max(0, int((cx - radius) * sheet.height)), int((cx + radius) * sheet.height) + 1)
        dx, dy = x[:, columns] - cx, y[rows] - cy
        u = (dx * math.cos(turn) + dy * math.sin(turn)) / radius
        v = (dy * math.cos(turn) - dx * math.sin(turn)) / (radius * squash)
        distance = torch.maximum(u.abs(), v.abs()) * 1.4 if rng.random() < 0.3 else (u * u + v * v).sqrt()
        alpha = ((1 - distance) * radius * sheet.height).clamp(0, 1)
        light = (1.05 - 0.25 * u * rng.uniform(-1, 1) - 0.25 * v * rng.uniform(-1, 1)) * grain[rows, columns]
        colour = torch.tensor(rng.choice(colours), device=sheet.device)[:, None, None] * light
        out[:, rows, columns] = out[:, rows, columns] * (1 - alpha) + colour.clamp(0, 1) * alpha
    return out


def noise(sheet: Sheet, rng: random.Random) -> Tensor:
    """Clouds of colour, (3, H, W), from broad to fine."""
    colours = torch.tensor(palette(rng, 4), device=sheet.device)
    size = rng.choice((60.0, 120.0, 240.0))
    fields = torch.stack([sheet.clouds(10 + n, size, rng.choice((2, 4, 6))) for n in range(4)])
    share = torch.softmax(fields * rng.uniform(2, 9), 0)
    return torch.einsum("nhw,nc->chw", share, colours).clamp(0, 1)


def gradient(sheet: Sheet, rng: random.Random) -> Tensor:
    """Colours that pass into each other along a direction, (3, H, W), with one or two soft lights."""
    y, x = (torch.linspace(0, 1, n, device=sheet.device) for n in (sheet.height, sheet.width))
    turn = rng.uniform(0, 2 * math.pi)
    along = (x[None, :] - 0.5) * math.cos(turn) + (y[:, None] - 0.5) * math.sin(turn) + 0.5
    stops = torch.tensor(palette(rng, 4), device=sheet.device)
    place = (along.clamp(0, 1) * 3).clamp(max=2.999)
    index = place.long()
    mix = (place - index)[..., None]
    out = (stops[index] * (1 - mix) + stops[index + 1] * mix).permute(2, 0, 1)
    for colour in palette(rng, rng.randint(0, 2)):
        glow = torch.exp(
            -((x[None, :] - rng.random()) ** 2 + (y[:, None] - rng.random()) ** 2) / rng.uniform(0.01, 0.1)
        )
        out = out + (torch.tensor(colour, device=sheet.device)[:, None, None] - out) * glow * 0.7
    return out.contiguous()


def page(sheet: Sheet, rng: random.Random) -> Tensor:
    """A sheet of paper lying in the light, (3, H, W): white, cream or brown, plain, ruled or squared."""
    stock = rng.choices(("#fdfcf8", "#fbf6e6", "#f3ead2", "#d8b88c", "#eaf0f6"), (6, 3, 2, 1, 1))[0]
    out = (tone(stock, sheet.device) * paper(sheet, 20, rng.uniform(0.5, 1.6)))[0]
    ruled = rng.choices(("plain", "ruled", "squared"), (7, 1, 1))[0]
    x, y = sheet.axes()
    pitch = rng.uniform(13, 20)
    for axis, used in ((y, ruled != "plain"), (x, ruled == "squared")):
        if used:
            line = ((axis % pitch - pitch / 2).abs() < 0.55).float().expand(sheet.height, sheet.width)
            out = out * (1 - 0.22 * line * torch.tensor([1.0, 0.55, 0.25], device=sheet.device)[:, None, None])
    lamp = (x / float(x.max()) - rng.random()).square() + (y / float(y.max()) - rng.random()).square()
    return (out * (1.02 - rng.uniform(0.02, 0.14) * lamp)).clamp(0, 1)


def photograph(sheet: Sheet, rng: random.Random) -> tuple[Tensor, str] | None:
    """One of the photographs of installed packages, (3, H, W), and what it shows; None where there are none."""
    found = photographs()
    if not found:
        return None
    path = rng.choice(sorted(found))
    with Image.open(path, formats=["JPEG", "PNG"]) as image:
        pixels = torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1).float()[None] / 255
    scale = max(sheet.height / pixels.shape[2], sheet.width / pixels.shape[3])
    size = (math.ceil(pixels.shape[2] * scale), math.ceil(pixels.shape[3] * scale))
    large = F.interpolate(pixels, size=size, mode="bicubic", antialias=scale < 1, align_corners=False)[0].clamp(0, 1)
    top, left = rng.randint(0, size[0] - sheet.height), rng.randint(0, size[1] - sheet.width)
    return large[:, top : top + sheet.height, left : left + sheet.width].to(sheet.device), found[path]


def photographs() -> dict[Path, str]:
    """The photographs that are here, and what each shows."""
    out = {}
    for name, (folder, shows, _) in PHOTOGRAPHS.items():
        package, _, rest = folder.partition("/")
        spec = importlib.util.find_spec(package)
        for root in (spec.submodule_search_locations or ()) if spec is not None else ():
            path = Path(root) / rest / name
            if path.is_file():
                out[path] = shows
    return out


def hill(sheet: Sheet, rng: random.Random) -> Tensor:
    """What is near and what is far, (H, W) in 0..1: the lower part behind a wavy edge, or a few blobs in front."""
    if rng.random() < 0.6:
        y = torch.linspace(0, 1, sheet.height, device=sheet.device)[:, None]
        edge = rng.uniform(0.52, 0.68) + 0.06 * sheet.clouds(40, rng.choice((60, 160)), 3).mean(0)[None, :]
        return ((y - edge) * sheet.height * 0.5).clamp(0, 1)
    blobs = ((sheet.clouds(41, 150, 2) - 0.35) * sheet.height * 0.04).clamp(0, 1)
    return box(blobs[None, None], 1)[0, 0]


MAKERS: Mapping[str, Callable[[Sheet, random.Random], Tensor]] = MappingProxyType(
    {"leaves": leaves, "noise": noise, "gradient": gradient}
)
