"""A plan is chosen from what is free; what it needs is counted from the geometry and mended by measurements."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from model import plans, published
from model.config import PRESETS
from model.dit import DiT
from model.errors import RequestError

GB = 10**9
HOST = 128 * GB
BIG = published.model("wan2.2-ti2v-5b").entry({})
SMALL = published.model("wan2.1-t2v-1.3b").entry({})
CLIP = (1280, 704, 121)


@pytest.mark.parametrize("preset", ["wan2.2-ti2v-5b", "wan2.1-t2v-1.3b"])
def test_the_count_is_that_of_the_real_geometry(preset: str) -> None:
    with torch.device("meta"):
        real = sum(parameter.numel() for parameter in DiT(PRESETS[preset]).parameters())
    counted = plans.weigh(published.model(preset).entry({}), half=False).transformer / 4
    assert abs(counted - real) / real < 0.002


def test_each_plan_needs_less_than_the_one_before() -> None:
    for entry, size in ((BIG, CLIP), (SMALL, (832, 480, 81))):
        needs = [plans.need(entry, plan, *size, guidance=5.0).device for plan in plans.PLANS]
        assert needs == sorted(needs, reverse=True) and needs[-1] < needs[0]
    assert plans.need(BIG, plans.PLANS[-1], *CLIP).host > plans.need(BIG, plans.PLANS[0], *CLIP).host


@pytest.mark.parametrize(("free", "name"), [(80, "whole"), (26, "lean"), (20, "split"), (8.6, "streamed")])
def test_the_quickest_plan_that_fits_is_chosen(free: float, name: str) -> None:
    found = plans.choose(BIG, CLIP, (int(free * GB), HOST), guidance=1.0)
    assert (found.plan.name, found.fits) == (name, True)
    assert found.need.device <= free * GB


def test_larger_clips_and_guidance_need_more() -> None:
    plain = plans.need(BIG, plans.PLANS[1], *CLIP).device
    assert plans.need(BIG, plans.PLANS[1], 640, 352, 121).device <= plain
    assert (
        plans.need(SMALL, plans.PLANS[0], 832, 480, 81, 5.0).device
        > plans.need(SMALL, plans.PLANS[0], 832, 480, 81).device
    )
    long = plans.need(BIG, plans.PLANS[1], 1280, 704, 481).device
    assert long == plain, "a longer clip rolls forward in windows of the same size"


def test_a_plan_that_was_asked_for_is_taken_and_says_whether_it_fits() -> None:
    found = plans.choose(BIG, CLIP, (8 * GB, HOST), asked="whole")
    assert (found.plan.name, found.fits, found.smaller) == ("whole", False, plans.PLANS[1])
    with pytest.raises(RequestError, match=r"plan = 'huge' .* use auto, whole, lean, split"):
        plans.choose(BIG, CLIP, (8 * GB, HOST), asked="huge")


def test_where_nothing_fits_the_smallest_is_named_and_said_not_to_fit() -> None:
    found = plans.choose(BIG, CLIP, (2 * GB, HOST))
    assert (found.plan.name, found.fits, found.smaller) == ("streamed", False, None)
    assert not plans.choose(BIG, CLIP, (40 * GB, GB), asked="streamed").fits, "the host needs room for the blocks"


def test_what_was_measured_here_moves_the_choice() -> None:
    free = (int(plans.need(SMALL, plans.PLANS[0], 832, 480, 81).device / plans.SPARE) + GB, HOST)
    size = (832, 480, 81)
    assert plans.choose(SMALL, size, free).plan.name == "whole"
    assert plans.choose(SMALL, size, free, corrections={"whole": 1.5}).plan.name == "lean"


def test_a_model_with_a_lora_is_weighed_as_its_model() -> None:
    assert plans.weigh(replace(BIG, name="wan2.2-ti2v-5b:look")) == plans.weigh(BIG)
