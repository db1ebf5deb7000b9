"""What the judge has besides attributes: it counts cuts, and tells one character from another of its kind."""

from __future__ import annotations

import random

import pytest
import torch

from model.errors import WeightsError
from model.training.judge_examples import WHOLE, Pool, Stage
from model.training.judge_network import SHARP, Judge, JudgeConfig
from model.training.judge_pairs import compared, cosines, group, halves, likeness_loss, pair, threshold, unlike
from model.training.judge_parts import Count, Cuts, number_of_cuts
from model.world.art import Art
from model.world.scene import Instance

CLASSES = dict(WHOLE) | {"subject": ("fox", "cat")}


def tiny(alike: float | None = 0.5) -> Judge:
    torch.manual_seed(4)
    return Judge(JudgeConfig(CLASSES, (8, 16, 16, 16), (8, 8, 16), alike))


def test_the_number_of_cuts_is_that_of_independent_steps() -> None:
    sure = torch.tensor([[-20.0, -20, -20], [-20, 20, -20], [20, -20, 20], [20, 20, 20]])
    assert number_of_cuts(sure).argmax(1).tolist() == [0, 1, 2, 2]
    chance = torch.tensor([0.1, 0.3, 0.2])
    found = number_of_cuts(chance.logit()[None])[0].exp()
    none = 0.9 * 0.7 * 0.8
    one = 0.1 * 0.7 * 0.8 + 0.9 * 0.3 * 0.8 + 0.9 * 0.7 * 0.2
    assert found.tolist() == pytest.approx([none, one, 1 - none - one], abs=1e-5)


def test_cuts_are_learned_from_their_number_alone_and_counted_in_longer_clips() -> None:
    torch.manual_seed(1)
    finder, noise = Cuts(), torch.Generator().manual_seed(2)

    def clip(cuts: int, frames: int) -> torch.Tensor:
        at = sorted(random.Random(cuts * 100 + frames).sample(range(2, frames - 1), cuts))
        shots = torch.rand(cuts + 1, 3, 4, 6, generator=noise)
        scenes = torch.nn.functional.interpolate(shots, size=(32, 48), mode="bilinear")
        return torch.stack([scenes[sum(i >= a for a in at)] for i in range(frames)])

    optimiser = torch.optim.AdamW(finder.parameters(), lr=5e-3)
    for step in range(60):
        counts = torch.tensor([(step + n) % 3 for n in range(6)])
        frames = torch.stack([clip(int(c), 9) for c in counts])
        loss = torch.nn.functional.nll_loss(number_of_cuts(finder(frames)), counts)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    long = torch.stack([clip(c, 41) for c in (0, 1, 2)])
    assert number_of_cuts(finder(long)).argmax(1).tolist() == [0, 1, 2]


def test_an_unlike_instance_differs_in_what_can_be_seen() -> None:
    rng, one = random.Random(1), Instance("fox", colour="blue", accessory="hat")
    for _ in range(60):
        other = unlike(rng, one)
        assert (other.colour, other.pattern, other.accessory) != (one.colour, one.pattern, one.accessory)
        assert other.subject == "fox"
    assert all(unlike(rng, Instance("tropical_fish")).accessory is None for _ in range(30)), "fish wear no hats"


def test_a_pair_is_two_instances_in_the_same_two_shots(art: Art) -> None:
    stage = Stage("cpu", art)
    for seed in range(8):
        one, other = pair(stage, seed)
        assert len(one.shots) == len(other.shots) == 2 and one.starts == other.starts
        looks = [{shot.actors[-1].instance for shot in scene.shots} for scene in (one, other)]
        assert len(looks[0]) == len(looks[1]) == 1 and looks[0] != looks[1]
        assert [shot.place for shot in one.shots] == [shot.place for shot in other.shots]
    pictures, label = group(stage, 5)
    assert pictures.shape == (4, 3, 64 * SHARP, 112 * SHARP) and torch.equal(pictures, group(stage, 5)[0])
    assert WHOLE["subject"][int(label)] == pair(stage, 5)[0].shots[0].actors[-1].instance.subject
    assert not torch.equal(pictures[0], pictures[2])


def test_likeness_is_learned_where_it_can_be_seen() -> None:
    judge = tiny()
    colours = torch.rand(12, 3, 1, 1, generator=torch.Generator().manual_seed(3))
    pictures = torch.full((6, 4, 3, 64, 96), 0.5)
    for index, colour in enumerate(colours):  # the same block of colour on the left, then on the right
        pictures[index // 2, 2 * (index % 2), :, 16:48, 8:40] = colour
        pictures[index // 2, 2 * (index % 2) + 1, :, 16:48, 56:88] = colour
    optimiser = torch.optim.AdamW(judge.parameters(), lr=3e-3)
    for _ in range(40):
        loss = likeness_loss(judge, pictures)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    pool = Pool([(p * 255).round().to(torch.uint8) for p in pictures], [torch.zeros(1)] * 6)
    same, other = cosines(judge.eval(), pool)
    assert same.shape == other.shape == (12,)
    assert compared(same, other, threshold(same, other))["which"] >= 0.9


def test_the_threshold_parts_same_from_other() -> None:
    same, other = torch.tensor([0.9, 0.8, 0.7, 0.2]), torch.tensor([0.6, 0.3, 0.0, -0.5])
    assert threshold(same, other) == pytest.approx(0.7)
    assert compared(same, other, 0.7) == {"which": 1.0, "same": 0.75, "other": 1.0}


def test_halves_keep_who_is_who() -> None:
    groups = torch.arange(8).view(2, 4)
    first, second = halves(groups)
    assert first.tolist() == [0, 2, 4, 6] and second.tolist() == [1, 3, 5, 7]


def test_a_number_is_learned_from_its_class_alone_wherever_they_stand() -> None:
    torch.manual_seed(0)
    counter = Count(8)
    optimiser = torch.optim.Adam(counter.parameters(), 3e-3)

    def places(numbers: list[int]) -> torch.Tensor:
        seen = torch.zeros(len(numbers), 1, 8, 8, 14)
        for row, number in enumerate(numbers):
            for spot in torch.randperm(24)[:number]:
                seen[row, 0, :, 1 + 2 * int(spot // 8), 1 + int(spot % 8) * 13 // 8] = 1.0
        return seen + 0.05 * torch.randn_like(seen)

    for _ in range(150):
        numbers = torch.randint(1, 5, (16,)).tolist()
        wanted = torch.tensor([min(number, 3) - 1 for number in numbers])
        loss = torch.nn.functional.nll_loss(counter.chances(counter(places(numbers))), wanted)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        said = counter.chances(counter(places([1, 2, 4, 1, 2, 4])))
    assert torch.allclose(said.exp().sum(1), torch.ones(6), atol=1e-5)
    assert said.argmax(1).tolist() == [0, 1, 2, 0, 1, 2]


def test_shots_are_compared_by_a_judge_that_can() -> None:
    shot = torch.randint(0, 256, (9, 3, 64, 96), dtype=torch.uint8)
    assert tiny().eval().likeness_of(shot, shot) == pytest.approx(1, abs=1e-4)
    with pytest.raises(WeightsError, match="does not compare"):
        tiny(None).likeness_of(shot, shot)
