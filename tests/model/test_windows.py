"""A long clip's windows cover it once, and each knows what it is given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from model import meeting, windows
from model.conditioning import Given
from tests.model.doubles import generator


@given(st.integers(1, 300), st.integers(2, 20), st.integers(0, 30))
def test_windows_cover_every_latent_once_and_keep_their_width(total: int, width: int, overlap: int) -> None:
    plan = windows.plan(total, width, overlap)
    assert [latent for window in plan for latent in range(window.fresh, window.stop)] == list(range(total))
    assert {window.length for window in plan} == {min(width, total)}
    for window in plan[1:]:
        assert window.fresh - window.start >= min(max(overlap, 1), width - 1)


def test_a_window_is_given_what_came_before_and_the_anchors_in_its_new_part() -> None:
    noise, known = torch.randn(2, 4, 1, 1), torch.randn(2, 5, 1, 1)
    anchor = Given(4, torch.randn(2, 3, 1, 1), 0.25)
    hold = windows.hold(windows.Window(3, 5, 7), noise, known, [anchor], 0.1)
    assert hold.level.tolist() == torch.tensor([0.1, 0.1, 0.25, 0.25]).tolist()
    assert torch.allclose(hold.value[:, :2], 0.9 * known[:, 3:] + 0.1 * noise[:, :2])
    assert torch.allclose(hold.value[:, 2:], 0.75 * anchor.latents[:, 1:] + 0.25 * noise[:, 2:])


def test_what_came_before_may_be_given_at_a_little_noise_without_changing_what_was_shown() -> None:
    noisy = generator()
    noisy.entry = replace(noisy.entry, notes={"prefix_level": 0.1})
    clean, asked = generator(), noisy.request("a fox", frames=17)
    exact, rough = (np.concatenate(list(gen.generate(asked))) for gen in (clean, noisy))
    assert np.array_equal(exact[:9], rough[:9])
    assert not np.array_equal(exact[9:], rough[9:])


@given(st.integers(1, 300), st.integers(2, 20), st.integers(0, 30), st.integers(0, 12))
def test_even_windows_are_as_few_and_no_wider_than_they_have_to_be(
    more: int, width: int, overlap: int, prefix: int
) -> None:
    total = prefix + more
    whole, even = (windows.plan(total, width, overlap, prefix, even=even) for even in (False, True))
    assert [latent for window in even for latent in range(window.fresh, window.stop)] == list(range(prefix, total))
    assert len(even) <= len(whole)
    held = min(max(overlap, 1), width - 1)
    widest = max(window.length for window in even)
    assert widest <= width and all(window.length == widest for window in even[1:])
    assert all(window.fresh - window.start >= min(held, window.fresh) for window in even)
    if widest > held + 1 and len(even) > 1:  # one narrower and there would have to be more
        narrower = windows.plan(total, widest - 1, held, prefix)
        assert len(narrower) > len(even)


@given(st.integers(1, 60), st.integers(2, 20), st.integers(0, 30), st.integers(0, 6))
def test_a_short_first_window_leaves_a_whole_last_one(more: int, width: int, overlap: int, prefix: int) -> None:
    total = prefix + more
    plan = windows.plan(total, width, overlap, prefix, short_first=True)
    assert [latent for window in plan for latent in range(window.fresh, window.stop)] == list(range(prefix, total))
    assert all(window.length <= width for window in plan)
    held = min(max(overlap, 1), width - 1)
    if len(plan) > 1 and (prefix == 0 or prefix >= held):
        assert plan[-1].stop - plan[-1].fresh == width - held


def test_a_jump_at_a_join_is_spread_and_plain_movement_is_left_alone() -> None:
    steady = torch.arange(12.0).reshape(1, 12, 1, 1).expand(2, 12, 3, 3)
    before, made, after = steady[:, :4], steady[:, 4:9], steady[:, 9:]
    slower = meeting.meet(made, before, after, 4)
    assert (slower - made).abs().max() < 0.5
    jumped = meeting.meet(made + 30, before, after, 4)
    joined = torch.cat([before, jumped, after], dim=1)[0, :, 0, 0]
    assert (joined[4] - joined[3]).abs() <= 1
    assert (joined[9] - joined[8]).abs() <= 1
    assert torch.equal(meeting.meet(made, None, None, 4), made)
    assert meeting.meet(made[:, :1], before[:, :1], None, 4).shape == (2, 1, 3, 3)


def test_a_blend_is_the_firmer_the_nearer_it_is_to_what_it_joins() -> None:
    clean, noise = torch.zeros(2, 7, 3, 3), torch.ones(2, 7, 3, 3)
    known = torch.full((2, 1, 3, 3), 5.0)
    hold = windows.hold(windows.Window(0, 1, 7), noise, known, [Given(6, known, 0.0)], 0.0)
    found = windows.firmer(hold, clean, noise, 0.25)
    assert found.level.tolist() == [0.0, 0.25, 0.5, 0.75, 0.5, 0.25, 0.0]
    assert found.value[0, :, 0, 0].tolist() == [5.0, 0.25, 0.5, 0.75, 0.5, 0.25, 5.0]
    free = windows.hold(windows.Window(0, 0, 7), noise, None, [], 0.0)
    assert windows.firmer(free, clean, noise, 0.25) is free
