"""A transformer that is told where its tokens stand, and one that says the clean latent instead of the velocity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from model.conditioning import PLACE_CHANNELS, Anchor, with_places
from model.config import PRESETS, DiTConfig
from model.errors import RequestError
from model.pipeline import Generator
from tests.model.doubles import ENTRY, FakeText, FakeVAE

TOLD = replace(PRESETS["tiny"], in_channels=PRESETS["tiny"].out_channels + PLACE_CHANNELS)


def test_places_are_rows_and_columns_from_minus_one_to_one() -> None:
    x = torch.randn(2, 4, 3, 5, 7)
    seen = with_places(x, TOLD)
    assert seen.shape == (2, 6, 3, 5, 7)
    assert torch.equal(seen[:, :4], x)
    assert torch.allclose(seen[1, 4, 2, :, 0], torch.linspace(-1, 1, 5))
    assert torch.allclose(seen[0, 5, 0, 3], torch.linspace(-1, 1, 7))


def test_a_model_of_the_wan_family_sees_latents_alone() -> None:
    x = torch.randn(1, 4, 1, 4, 4)
    assert with_places(x, PRESETS["tiny"]) is x


class Knows(nn.Module):
    """Says the same clean latent whatever it sees, and remembers how many channels that had."""

    def __init__(self, config: DiTConfig, answer: Tensor) -> None:
        super().__init__()
        self.config, self.answer, self.channels = config, answer, 0

    def forward(self, x: Tensor, t: Tensor, text: Tensor, **others: object) -> Tensor:
        self.channels = x.shape[1]
        return self.answer.expand(x.shape[0], -1, *x.shape[2:])


@pytest.mark.parametrize("solver", ["euler", "unipc"])
def test_a_clean_latent_that_is_sure_of_itself_is_reached(solver: str) -> None:
    answer = torch.tensor([0.5, -1.0, 2.0, 0.0])[None, :, None, None, None]
    dit = Knows(TOLD, answer)
    entry = replace(ENTRY, notes={"prediction": "sample"})
    gen = Generator(entry, dit, FakeVAE(), FakeText())  # type: ignore[arg-type]
    generation = gen.generate(gen.request("a fox", frames=9, solver=solver))
    np.concatenate(list(generation))
    assert dit.channels == 6
    assert torch.allclose(generation.latents.float(), answer[0].expand(-1, 3, 4, 6), atol=2e-3)


SHOWN = replace(TOLD, in_channels=TOLD.in_channels + TOLD.out_channels)


def test_the_blocking_lies_beside_the_latents() -> None:
    x, blocking = torch.randn(2, 4, 3, 5, 7), torch.randn(1, 4, 3, 5, 7)
    seen = with_places(x, SHOWN, blocking)
    assert seen.shape == (2, 10, 3, 5, 7) and torch.equal(seen[:, :6], with_places(x, TOLD))
    assert torch.equal(seen[1, 6:], blocking[0])
    assert not with_places(x, SHOWN)[:, 6:].any()


class Sees(Knows):
    """Remembers the blocking of every window that it is shown."""

    beside: dict[tuple[float, ...], Tensor]

    def forward(self, x: Tensor, t: Tensor, text: Tensor, **others: object) -> Tensor:
        self.beside[tuple(x[0, 6:].flatten().tolist())] = x[0, 6:]
        return super().forward(x, t, text)


def test_a_model_is_shown_the_blocking_of_each_window() -> None:
    dit, vae = Sees(SHOWN, torch.zeros(4)[None, :, None, None, None]), FakeVAE()
    notes = {"prediction": "sample", "blocking": True, "knows": {"subject": ("fox",)}}
    entry = replace(ENTRY, notes=notes, given={**ENTRY.given, "references": True})
    gen = Generator(entry, dit, vae, FakeText())  # type: ignore[arg-type]
    width, height = next(iter(entry.sizes.values()))

    def shown(prompt: str, frames: int = 9, **more: object) -> list[Tensor]:
        dit.beside = {}
        np.concatenate(list(gen.generate(gen.request(prompt, frames=frames, steps=2, **more))))
        return [seen for seen in dit.beside.values() if seen.shape[1] > 1]  # the other is of the set, a still

    (paper,) = shown("a quiet street")
    assert torch.equal(paper, paper[:, :, :1, :1].expand_as(paper))
    assert torch.equal(shown("a cat sleeps")[0], paper)  # it does not know cats
    (fox,) = shown("a fox runs")
    assert not torch.equal(fox, paper)
    given = np.full((1, height, width, 3), 250, np.uint8)
    given[:, 20:40, 20:40] = 0
    assert not torch.equal(shown("a fox runs", references=given)[0], fox)
    drawn = shown("a fox runs", anchors=(Anchor(given),))[0]
    assert not torch.equal(drawn, paper) and not torch.equal(drawn, fox)  # who is drawn runs
    with pytest.raises(RequestError, match="references"):
        shown("they run", references=np.repeat(given, 4, 0))  # three stand beside each other, no more
    busy = np.random.default_rng(0).integers(0, 255, given.shape, np.uint8)
    assert torch.equal(shown("a fox runs", anchors=(Anchor(busy),))[0], paper)  # the picture shows who there is
    assert torch.equal(shown("a fox runs", anchors=(Anchor(255 - given, place="last"),))[0], paper)
    assert len(shown("a fox runs", frames=41)) > 1
