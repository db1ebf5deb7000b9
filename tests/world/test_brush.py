"""A brush: blotches go, borders stay."""

from __future__ import annotations

import torch

from model.world.brush import brushed


def test_blotches_go_and_a_border_stays_where_it_is_and_sharp() -> None:
    picture = torch.full((1, 3, 48, 64), -0.5)
    picture[..., 30:] = 0.5
    noisy = picture + 0.06 * torch.randn(picture.shape, generator=torch.Generator().manual_seed(0))
    found = brushed(noisy, 3)
    assert found.shape == picture.shape
    away = torch.cat([found[..., :26], found[..., 34:]], -1)
    assert (away - torch.cat([picture[..., :26], picture[..., 34:]], -1)).std() < 0.5 * 0.06
    step = (found[..., 30] - found[..., 29]).mean()
    assert step > 0.8  # a mean over the same area would leave a sixth of it


def test_an_even_picture_stays_as_it_is() -> None:
    even = torch.full((1, 3, 20, 24), 0.25)
    assert torch.allclose(brushed(even, 3), even, atol=1e-5)
