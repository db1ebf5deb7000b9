"""How an instance looks: hue, pattern and accessory put on a subject's pictures."""

from __future__ import annotations

import torch
from torch import Tensor

from model.world.clothes import put_on
from model.world.scene import HUES, SHADES, Instance


def dress(frames: Tensor, instance: Instance, first: Tensor) -> Tensor:
    """The pictures of an instance: uint8 (N, 4, P, P) in, premultiplied float (N, 4, P, P) in 0..1 out.

    first: uint8 (4, P, P), the first picture of the loop, which says where an accessory sits in all of them.
    """
    pictures = frames.float() / 255
    colour, alpha = pictures[:, :3], pictures[:, 3:]
    if instance.colour is not None:
        shade = SHADES.get(instance.colour)
        colour = _recolour(colour, HUES[instance.colour]) if shade is None else _shaded(colour, *shade)
    elif abs(instance.hue) > 0.002 or instance.saturation != 1 or instance.value != 1:
        colour = _turn(colour, instance.hue, instance.saturation, instance.value)
    if instance.pattern is not None:
        colour = colour * (1 - 0.45 * _pattern(instance.pattern, colour.shape[-1], colour.device) * _plain(colour))
    if instance.accessory is not None:
        colour, alpha = _accessory(instance, colour, alpha, first[3].to(alpha.device).float() / 255)
    if instance.worn:
        colour, alpha = put_on(colour, alpha, instance.worn, instance.subject)
    return torch.cat([colour * alpha, alpha], 1)


def _turn(colour: Tensor, hue: float, saturation: float, value: float) -> Tensor:
    """Turn the hue (a full circle is 1) by the YIQ rotation, then scale saturation and value."""
    angle = torch.tensor(hue * 6.283185)
    cos, sin = float(angle.cos()), float(angle.sin())
    luma = _luma(colour)
    i = (colour * torch.tensor([0.596, -0.274, -0.322], device=colour.device)[None, :, None, None]).sum(1, keepdim=True)
    q = (colour * torch.tensor([0.211, -0.523, 0.312], device=colour.device)[None, :, None, None]).sum(1, keepdim=True)
    i, q = (i * cos - q * sin) * saturation, (i * sin + q * cos) * saturation
    back = torch.cat([luma + 0.956 * i + 0.621 * q, luma - 0.272 * i - 0.647 * q, luma - 1.106 * i + 1.703 * q], 1)
    return (back * value).clamp(0, 1)


def _recolour(colour: Tensor, hue: float) -> Tensor:
    """Give everything that is not near black, white or grey-dark one hue, keeping its light and shade."""
    luma = _luma(colour)
    toned = (_pure(hue, colour.device) * 0.75 + 0.25) * (luma * 1.25 + 0.05)
    keep = (luma > 0.18).float() * (luma < 0.93).float() * 0.85
    return (colour * (1 - keep) + toned * keep).clamp(0, 1)


def _shaded(colour: Tensor, hue: float, much: float, gain: float, lift: float) -> Tensor:
    """Give everything but dark eyes and noses a little of a hue, and other light and shade: white, black, brown."""
    luma = _luma(colour)
    toned = (_pure(hue, colour.device) * much + (1 - much)) * (luma * gain + lift)
    keep = ((luma - 0.12) * 12).clamp(0, 1) * 0.92
    return (colour * (1 - keep) + toned * keep).clamp(0, 1)


def _luma(colour: Tensor) -> Tensor:
    """How bright pictures (N, 3, P, P) are, (N, 1, P, P)."""
    return (colour * torch.tensor([0.299, 0.587, 0.114], device=colour.device)[None, :, None, None]).sum(
        1, keepdim=True
    )


def _pure(hue: float, device: torch.device) -> Tensor:
    """A hue at its fullest, (1, 3, 1, 1)."""
    wheel = torch.tensor([hue, hue - 1 / 3, hue + 1 / 3], device=device)[None, :, None, None]
    return ((wheel - wheel.floor() - 0.5).abs() * 6 - 1).clamp(0, 1)


def _pattern(kind: str, side: int, device: torch.device) -> Tensor:
    axis = torch.linspace(0, 1, side, device=device)
    x, y = axis[None, :], axis[:, None]
    if kind == "stripes":
        return ((torch.sin((x * 0.9 + y * 0.35) * 44) - 0.35) * 4).clamp(0, 1)[None, None]
    row = (y * 7).floor()
    dx, dy = (x * 7 + row * 0.5) % 1 - 0.5, (y * 7) % 1 - 0.5
    return ((0.30 - (dx * dx + dy * dy).sqrt()) * 12).clamp(0, 1)[None, None]


def _plain(colour: Tensor) -> Tensor:
    """1 where the coat is, 0 on dark eyes and noses, so that a pattern spares the face's features."""
    return ((colour.amax(1, keepdim=True) - 0.30) * 5).clamp(0, 1)


def _accessory(instance: Instance, colour: Tensor, alpha: Tensor, shape: Tensor) -> tuple[Tensor, Tensor]:
    """A scarf or bow across the body, or a hat on top, in a colour of the instance's own; shape (P, P) is the alpha of
    the loop's first picture."""
    side = colour.shape[-1]
    axis = torch.linspace(0, 1, side, device=colour.device)
    x, y = axis[None, :], axis[:, None]
    paint = torch.tensor(
        [(0.86, 0.22, 0.25), (0.20, 0.42, 0.86), (0.98, 0.75, 0.18)][round(instance.build * 1e6) % 3],
        device=colour.device,
    )[None, :, None, None]
    top = float((shape.amax(1) > 0.5).float().argmax()) / side
    columns = shape[int(top * side) : int(top * side) + max(2, side // 12)].sum(0)
    centre = float((columns * axis).sum() / columns.sum().clamp(min=1e-3))
    if instance.accessory == "hat":
        brim = ((x - centre).abs() < 0.15).float() * ((y - top - 0.045).abs() < 0.022).float()
        crown = ((x - centre).abs() < 0.09).float() * (y > top - 0.11).float() * (y < top + 0.05).float()
        mask = torch.maximum(brim, crown)[None, None]
        return colour * (1 - mask) + paint * mask, torch.maximum(alpha, mask.expand_as(alpha))
    if instance.accessory == "bow":
        wing = ((x - centre).abs() < 0.10).float() * (
            (y - top - 0.10).abs() < (x - centre).abs() * 0.55 + 0.012
        ).float()
        return colour * (1 - wing) + paint * wing, torch.maximum(alpha, wing[None, None].expand_as(alpha))
    level = top + 0.52 * (0.98 - top)
    band = ((y - level - 0.03 * torch.sin(x * 6)).abs() < 0.045).float()[None, None] * (alpha > 0.5)
    shaded = paint * (1.08 - 0.35 * (y - level + 0.05) / 0.1)
    return colour * (1 - band) + shaded.clamp(0, 1) * band, alpha
