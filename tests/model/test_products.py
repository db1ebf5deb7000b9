"""Products by oneDNN: equal numbers, and left alone where anything learns, compiles or is rounded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from model import layers, products
from model.products import Linear, product

needs_onednn = pytest.mark.skipif(not products.able(), reason="oneDNN's product is not to be had on this machine")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Whether each product went by oneDNN."""
    found: list[bool] = []
    plain = products.quick

    def watched(x: Tensor, weight: Tensor) -> bool:
        found.append(plain(x, weight))
        return found[-1]

    monkeypatch.setattr(products, "quick", watched)
    yield found


def parts(rows: int = 70, into: int = 33, out: int = 48) -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(5)
    return torch.randn(2, rows, into), torch.randn(out, into), torch.randn(out)


@needs_onednn
@pytest.mark.parametrize("gelu", [False, True])
@pytest.mark.parametrize("how", ["plain", "rows apart", "no bias", "part of a larger weight"])
@torch.no_grad()
def test_a_product_equals_that_in_double_precision(asked: list[bool], how: str, gelu: bool) -> None:
    x, weight, bias = parts()
    x = x.repeat(1, 1, 2)[..., :33] if how == "rows apart" else x
    weight = torch.cat([weight, weight, weight]).chunk(3)[1] if how == "part of a larger weight" else weight
    given = None if how == "no bias" else bias
    wanted = F.linear(x.double(), weight.double(), None if given is None else given.double())
    wanted = F.gelu(wanted, approximate="tanh") if gelu else wanted
    made = product(x, weight, given, gelu=gelu)
    assert asked == [True] and made.shape == wanted.shape and made.dtype == torch.float32
    assert float((made - wanted).abs().max() / wanted.abs().max()) < 2e-6


@torch.no_grad()
def test_where_onednn_is_not_torch_multiplies(monkeypatch: pytest.MonkeyPatch) -> None:
    x, weight, bias = parts()
    monkeypatch.setattr(products, "able", lambda: False)
    assert torch.equal(product(x, weight, bias), F.linear(x, weight, bias))
    gelu = F.gelu(F.linear(x, weight, bias), approximate="tanh")
    assert torch.equal(product(x, weight, bias, gelu=True), gelu)


def test_what_learns_keeps_its_gradients(asked: list[bool]) -> None:
    x, weight, _ = parts()
    linear = Linear(33, 48)
    linear(x.requires_grad_()).sum().backward()
    assert asked == [False] and x.grad is not None and linear.weight.grad is not None
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        assert product(x, weight, None).dtype == torch.bfloat16
    with torch.no_grad():
        assert product(x.bfloat16(), weight.bfloat16(), None).dtype == torch.bfloat16
        assert product(x[:, :0], weight, None).shape == (2, 0, 48)
    assert asked == [False] * 4


@needs_onednn
@pytest.mark.parametrize("rows", [5, layers.NEAR + 3, layers.AT_ONCE + 3])
@torch.no_grad()
def test_a_feed_forward_is_the_same_in_any_pieces(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    torch.manual_seed(3)
    part, x = layers.FeedForward(16, 64).eval(), torch.randn(1, rows, 16)
    made = part(x)
    monkeypatch.setattr(products, "able", lambda: False)
    other = part(x)
    wide, _, narrow = part.double()
    wanted = narrow(F.gelu(wide(x.double()), approximate="tanh"))
    for found in (made, other):
        assert float((found - wanted).abs().max() / wanted.abs().max()) < 2e-6
