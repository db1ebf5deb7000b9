"""The schedules and solvers against the reference, and against fields whose solution is known."""

from __future__ import annotations

import math

import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler
from torch import Tensor

from model import flow


def reference(steps: int, shift: float) -> UniPCMultistepScheduler:
    scheduler = UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=shift, num_train_timesteps=1000
    )
    scheduler.set_timesteps(steps)
    return scheduler


def fake_model(x: Tensor, time: float) -> Tensor:
    """A smooth velocity that depends on everything."""
    return torch.sin(1.7 * x + time / 300) + 0.3 * x * math.cos(time / 500)


@pytest.mark.parametrize("steps", [1, 4, 10, 50])
@pytest.mark.parametrize("shift", [1.0, 3.0, 5.0, 12.0])
def test_tables_equal_diffusers(steps: int, shift: float) -> None:
    scheduler, levels = reference(steps, shift), flow.sigmas(steps, shift)
    assert torch.equal(levels.float(), scheduler.sigmas)
    assert flow.timesteps(levels, truncate=True).tolist() == scheduler.timesteps.tolist()


def test_original_table_ends_as_the_wan_repository_does() -> None:
    times = flow.timesteps(flow.sigmas(50, 5.0, "original"), truncate=True)
    assert times[-3:].tolist() == [241, 172, 92]


@pytest.mark.parametrize("steps", [1, 2, 3, 10])
def test_unipc_trajectory_equals_diffusers(steps: int) -> None:
    start = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(1))
    scheduler, expected = reference(steps, 3.0), [start]
    for time in scheduler.timesteps:
        v = fake_model(expected[-1], float(time))
        expected.append(scheduler.step(v, time, expected[-1], return_dict=False)[0])
    levels, seen = flow.sigmas(steps, 3.0), []
    times = iter(flow.timesteps(levels, truncate=True).tolist())
    final = flow.sample(
        lambda x, _: fake_model(x, next(times)), start, levels, "unipc", lambda s: seen.append(s.state.x)
    )
    for ours, theirs in zip(seen, expected[1:], strict=True):
        assert (ours - theirs).abs().max() / theirs.abs().max() < 1e-5
    assert torch.equal(final, seen[-1])


@pytest.mark.parametrize("steps", [1, 3, 10])
@pytest.mark.parametrize("shift", [1.0, 5.0])
def test_euler_table_and_trajectory_equal_diffusers(steps: int, shift: float) -> None:
    start, levels = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(1)), flow.sigmas(steps, shift)
    scheduler, expected = FlowMatchEulerDiscreteScheduler(shift=1.0), [start]
    scheduler.set_timesteps(sigmas=levels[:-1].tolist())
    assert torch.equal(levels.float(), scheduler.sigmas)
    assert torch.allclose(flow.timesteps(levels).float(), scheduler.timesteps)
    for time in scheduler.timesteps:
        v = fake_model(expected[-1], float(time))
        expected.append(scheduler.step(v, time, expected[-1], return_dict=False)[0])
    seen: list[Tensor] = []
    flow.sample(
        lambda x, sigma: fake_model(x, 1000 * sigma), start, levels, "euler", lambda s: seen.append(s.state.x)
    )
    for ours, theirs in zip(seen, expected[1:], strict=True):
        assert (ours - theirs).abs().max() / theirs.abs().max() < 1e-5


def test_few_steps_end_where_the_recipe_says() -> None:
    """FastVideo's: x0 = x - sigma v in full, then (1 - next) x0 + next noise, at sigmas 1, 0.757 and 0.522."""
    draw = torch.Generator().manual_seed(2)
    start, *fresh = (torch.randn(2, 3, 4, generator=draw) for _ in range(3))
    levels, x = torch.tensor([1.0, 0.757, 0.522, 0.0], dtype=torch.float64), start.double()
    for index, (sigma, following) in enumerate([(1.0, 0.757), (0.757, 0.522), (0.522, 0.0)]):
        x0 = x - sigma * fake_model(x, 1000 * sigma)
        x = (1 - following) * x0 + following * fresh[index].double() if following else x0
    ended = flow.sample(lambda x, sigma: fake_model(x, 1000 * sigma), start, levels, "euler", fresh=fresh)
    assert (ended - x).abs().max() / x.abs().max() < 1e-5


def test_churn_keeps_as_much_noise_and_none_of_it_is_euler() -> None:
    torch.manual_seed(3)
    levels, clean = flow.sigmas(6, 2.5), torch.full((1, 1, 80, 80), 0.5)
    start = torch.randn(1, 1, 80, 80)
    fresh = [torch.randn(start.shape) for _ in levels[1:]]
    seen: dict[float, list[Tensor]] = {}

    def towards(x: Tensor, sigma: float) -> Tensor:  # of somebody who knows the answer
        return (x - clean) / sigma

    for churn in (0.0, 0.7, 1.0):
        steps: list[flow.Step] = []
        ended = flow.sample(towards, start, levels, on_step=steps.append, fresh=fresh, churn=churn)
        assert torch.allclose(ended, clean, atol=1e-5)
        seen[churn] = [step.state.x for step in steps[:-1]]
        for x, level in zip(seen[churn], levels[1:-1].tolist(), strict=True):
            noise = (x - (1 - level) * clean) / level
            assert abs(float(noise.std()) - 1) < 0.05 and abs(float(noise.mean())) < 0.05
    straight: list[flow.Step] = []
    flow.sample(towards, start, levels, "euler", straight.append)
    for x, step in zip(seen[0.0], straight, strict=False):
        torch.testing.assert_close(x, step.state.x, atol=1e-5, rtol=1e-5)
    assert not torch.allclose(seen[0.7][1], seen[0.0][1], atol=0.1)



@pytest.mark.parametrize("solver", flow.SOLVERS)
def test_straight_flow_is_solved_exactly_in_any_number_of_steps(solver: flow.Solver) -> None:
    """When all noise flows to one point the path is a line, and every solver must land on it."""
    target, start = torch.tensor([2.0, -1.0, 0.5]), torch.randn(3)
    for steps in (1, 2, 7):
        end = flow.sample(lambda x, s: (x - target) / s, start, flow.sigmas(steps, 3.0), solver)
        assert torch.allclose(end, target, atol=1e-4)


def gaussian_velocity(x: Tensor, sigma: float, spread: float = 0.5) -> Tensor:
    """The exact velocity when the data is a normal distribution of this spread."""
    variance = ((1 - sigma) * spread) ** 2 + sigma**2
    return x * (sigma - (1 - sigma) * spread**2) / variance


def test_solvers_converge_to_the_closed_form_and_unipc_sooner() -> None:
    start = torch.linspace(-2, 2, 9)
    errors = {}
    for solver in flow.SOLVERS:
        for steps in (10, 40):
            end = flow.sample(gaussian_velocity, start, flow.sigmas(steps, 1.0, "linear"), solver)
            errors[solver, steps] = float((end - 0.5 * start).abs().max())
    assert errors["euler", 40] < errors["euler", 10] / 3
    assert errors["unipc", 40] < errors["unipc", 10]
    assert errors["unipc", 10] < errors["euler", 10] / 3
    assert errors["unipc", 40] < 5e-3


def test_guidance_extrapolates_from_the_unconditional() -> None:
    c, u = torch.tensor([1.0, 2.0]), torch.tensor([0.0, 4.0])
    assert torch.allclose(flow.guide(c, u, 1.0), c)
    assert torch.allclose(flow.guide(c, u, 5.0), u + 5 * (c - u))


@pytest.mark.parametrize("solver", flow.SOLVERS)
def test_going_on_from_any_step_gives_the_same_numbers(solver: flow.Solver) -> None:
    start, levels, states = torch.randn(5), flow.sigmas(6, 3.0), []
    whole = flow.sample(gaussian_velocity, start, levels, solver, lambda s: states.append(s.state))
    for state in states:
        assert torch.equal(flow.sample(gaussian_velocity, start, levels, solver, state=state), whole)


@pytest.mark.parametrize("solver", flow.SOLVERS)
def test_clean_frames_stay_and_are_what_the_model_sees(solver: flow.Solver) -> None:
    given, seen = torch.full((1, 3, 1, 1), 7.0), []
    hold = flow.Hold(given, torch.tensor([0.0, 1.0, 1.0]))

    def velocity(x: Tensor, sigma: float) -> Tensor:
        seen.append(x[0, 0].item())
        return gaussian_velocity(x, sigma)

    end = flow.sample(velocity, torch.randn(1, 3, 1, 1), flow.sigmas(5, 3.0), solver, hold=hold)
    assert seen == [7.0] * 5
    assert end[0, 0] == 7.0
    assert end[0, 1] != 7.0


def test_a_weaker_frame_is_held_until_the_sampler_falls_below_its_level() -> None:
    levels = flow.sigmas(10, 1.0, "linear")
    noise, given = torch.randn(1, 2, 1, 1), torch.full((1, 2, 1, 1), 3.0)
    level = torch.tensor([0.45, 1.0])
    value = given + (noise - given) * level[:, None, None]
    seen: list[tuple[float, float]] = []

    def velocity(x: Tensor, sigma: float) -> Tensor:
        seen.append((sigma, x[0, 0].item()))
        return noise - given  # the straight path between this noise and what is given

    hold = flow.Hold(value, level)
    end = flow.sample(velocity, noise, levels, "euler", hold=hold)
    for sigma, x in seen:
        path = given[0, 0] + (noise - given)[0, 0] * min(sigma, 0.45)
        assert x == pytest.approx(path.item(), abs=1e-5)
    assert end[0, 0].item() == pytest.approx(3.0, abs=1e-5)
    assert hold.sigma_of_frames(0.7).tolist() == pytest.approx([0.45, 0.7])


def test_an_unknown_solver_is_named() -> None:
    with pytest.raises(ValueError, match="euler, unipc"):
        flow.sample(gaussian_velocity, torch.randn(1), flow.sigmas(2), "heun")  # type: ignore[arg-type]
