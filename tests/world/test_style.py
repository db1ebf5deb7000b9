"""Styles: each changes the picture in its own way, is the same from the same seed, and does not flicker."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from model.world.style import BRUSHES, stylise
from model.world.style_filters import BOIL, FPS, Sheet, boil, box, flatten, glow, level
from model.world.vocabulary import VOCABULARY

HEIGHT, WIDTH = 72, 128
STYLES = sorted(BRUSHES)


def picture(frames: int = 1) -> Tensor:
    """(T, 3, H, W): a lit ball over a field under a sky, the ball a pixel further in every frame."""
    y, x = torch.linspace(0, 1, HEIGHT)[:, None], torch.linspace(0, 16 / 9, WIDTH)[None, :]
    sky = torch.stack([0.35 + 0.4 * y + 0 * x, 0.6 + 0.3 * y + 0 * x, 0.95 + 0 * y + 0 * x])
    field = torch.tensor([0.35, 0.7, 0.25])[:, None, None] * (1.1 - 0.4 * y)
    ground = torch.where(y > 0.6, field, sky)
    out = []
    for index in range(frames):
        distance = ((x - 0.8 - index / HEIGHT).square() + (y - 0.55).square()).sqrt()
        ball = torch.tensor([0.9, 0.4, 0.1])[:, None, None] * (1.2 - 2 * distance)
        out.append(torch.where(distance < 0.27, ball, ground))
    return torch.stack(out).clamp(0, 1)


def drawn(style: str, frames: Tensor, seed: int = 3, first: int = 0) -> Tensor:
    """One clip in a style."""
    return stylise(frames[None].clone(), [style], [seed], first)[0]


def test_there_is_a_brush_for_every_style_but_the_plain_one() -> None:
    assert {t.id for t in VOCABULARY["style"]} - {"3d"} == set(BRUSHES)


@pytest.mark.parametrize("style", STYLES)
def test_a_style_gives_a_picture_of_its_own(style: str) -> None:
    plain, styled = picture(2), drawn(style, picture(2))
    assert torch.isfinite(styled).all() and 0 <= float(styled.min()) and float(styled.max()) <= 1
    assert float((plain - styled).abs().mean()) > 0.02 and float(styled.std()) > 0.05
    others = [drawn(other, picture(2)) for other in STYLES if other != style]
    assert min(float((styled - other).abs().mean()) for other in others) > 0.03


@pytest.mark.parametrize("style", STYLES)
def test_the_same_seed_draws_the_same_and_another_another(style: str) -> None:
    frames = picture(2)
    assert torch.equal(drawn(style, frames), drawn(style, frames))
    if style not in ("pixel", "neon"):  # these two have no texture
        assert not torch.equal(drawn(style, frames), drawn(style, frames, seed=4))


@pytest.mark.parametrize("style", STYLES)
def test_a_shot_drawn_in_pieces_equals_one_drawn_whole(style: str) -> None:
    frames = picture(11)
    pieces = torch.cat([drawn(style, frames[:3]), drawn(style, frames[3:], first=3)])
    assert torch.allclose(drawn(style, frames), pieces, atol=1e-5)


@pytest.mark.parametrize("style", STYLES)
def test_a_still_picture_stands_still(style: str) -> None:
    """Only film changes with every frame; drawings change six times a second, all others never."""
    clip = drawn(style, picture().repeat(FPS, 1, 1, 1))
    changes = int(((clip[1:] - clip[:-1]).abs().flatten(1).mean(1) > 1e-4).sum())
    expected = {"film_bw": FPS - 1, "pencil": BOIL - 1, "crayon": BOIL - 1}
    assert changes == expected.get(style, 0)
    assert float((clip[1:] - clip[:-1]).abs().mean()) < 0.09


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("size", ((33, 61), (96, 48)))
def test_any_size_can_be_drawn(style: str, size: tuple[int, int]) -> None:
    frames = torch.rand(1, 2, 3, *size, generator=torch.Generator().manual_seed(0))
    assert stylise(frames, [style], [1]).shape == (1, 2, 3, *size)


def test_what_is_plain_stays_untouched() -> None:
    frames = picture(2)
    assert torch.equal(drawn("3d", frames), frames)


def test_film_is_grey_and_pencil_nearly() -> None:
    film, pencil = drawn("film_bw", picture()), drawn("pencil", picture())
    assert torch.equal(film[:, 0], film[:, 1]) and torch.equal(film[:, 0], film[:, 2])
    assert float((pencil.amax(1) - pencil.amin(1)).max()) < 0.06


def test_pixel_art_has_few_colours_and_neon_is_dark() -> None:
    assert len(torch.unique(drawn("pixel", picture())[0].flatten(1), dim=1).T) < 90
    assert float(drawn("neon", picture()).mean()) < 0.6 * float(picture().mean())


def test_filters_do_what_they_say() -> None:
    flat = torch.full((1, 3, 20, 30), 0.4)
    for out in (box(flat, 3), flatten(flat, 4), glow(flat, 8)):
        assert torch.allclose(out, flat, atol=1e-5)
    spike = torch.zeros(1, 1, 9, 9)
    spike[0, 0, 4, 4] = 1
    assert torch.allclose(box(spike, 1)[0, 0, 3:6, 3:6], torch.full((3, 3), 1 / 9))
    spread = level(torch.randn(64, 64, generator=torch.Generator().manual_seed(1)))
    assert abs(float(spread.mean()) - 0.5) < 0.02 and 0 <= float(spread.min()) <= float(spread.max()) <= 1


def test_a_boiling_texture_changes_six_times_a_second() -> None:
    sheet = Sheet(32, 48, 5, torch.device("cpu"))
    frames = boil(sheet.grain(1), 0, FPS, 5)
    assert sum(not torch.equal(a, b) for a, b in zip(frames[1:], frames[:-1], strict=True)) == BOIL - 1
