"""Seams between blocks go, edges of what is shown stay."""

from __future__ import annotations

import torch

from model.deblock import deblocked

SIDE = 16


def test_small_steps_between_blocks_become_slopes() -> None:
    picture = torch.zeros(1, 3, 2 * SIDE, 3 * SIDE)
    picture[..., SIDE : 2 * SIDE] = 0.08
    picture[..., SIDE:, :] += 0.05
    soft = deblocked(picture, SIDE, 0.15)
    before, after = (max(float(p.diff(dim=axis).abs().max()) for axis in (-1, -2)) for p in (picture, soft))
    assert before > 0.049 and after < before / 2.5
    assert float((soft - picture).abs().max()) < 0.08


def test_edges_and_slopes_stay() -> None:
    edge = torch.zeros(1, 3, SIDE, 2 * SIDE)
    edge[..., SIDE:] = 1.0
    assert torch.allclose(deblocked(edge, SIDE, 0.15), edge, atol=1e-6)
    slope = torch.linspace(-1, 1, 3 * SIDE).expand(1, 6, SIDE, -1)
    assert torch.allclose(deblocked(slope, SIDE, 0.15), slope, atol=1e-5)


def test_one_colour_with_an_edge_keeps_the_others() -> None:
    picture = torch.zeros(1, 6, SIDE, 2 * SIDE)
    picture[:, 0, :, SIDE:] = 1.0
    picture[:, 1, :, SIDE:] = 0.08
    picture[:, 4, :, SIDE:] = 0.08
    soft = deblocked(picture, SIDE, 0.15)
    assert torch.allclose(soft[:, :3], picture[:, :3], atol=1e-6)
    assert float(soft[:, 4].diff(dim=-1).abs().max()) < 0.03


def test_a_single_block_is_as_it_was() -> None:
    picture = torch.rand(2, 12, SIDE, SIDE)
    assert torch.equal(deblocked(picture, SIDE, 0.15), picture)
