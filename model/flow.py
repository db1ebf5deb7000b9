"""Flow matching: schedules, guidance and solvers as plain functions with one step hook.

The path is straight: xt = (1 - sigma) * x0 + sigma * noise, and the model's velocity is v = noise - x0. So sigma runs
from 1 (noise) down to 0 (the clip), x0 = xt - sigma * v, and the model's timestep is 1000 * sigma.

- `sigmas` gives the tables of Diffusers and of the original Wan code, bent by `shift`.
- Solvers: "euler", and "unipc" (UniPC-bh2 of order 2 on x0, Zhao et al. 2023), equal to Diffusers' scheduler.
- `Hold` keeps given frames at their own noise level until the sampler falls below it.
- All that a solver remembers is a `SolverState`, so a run can stop and go on anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import torch
from torch import Tensor

Solver = Literal["euler", "unipc"]
SOLVERS: tuple[Solver, ...] = ("euler", "unipc")
Schedule = Literal["diffusers", "original", "linear"]

TRAIN_STEPS = 1000
# Keeps log(1 - sigma) finite at the first step, as Diffusers does.
_FIRST_GAP = 1e-6

Velocity = Callable[[Tensor, float], Tensor]


def sigmas(steps: int, shift: float = 1.0, kind: Schedule = "diffusers") -> Tensor:
    """Noise levels (steps + 1,) float64 from about 1 down to 0.

    `shift` > 1 spends more of the steps at high noise: sigma -> shift * sigma / (1 + (shift - 1) * sigma).
    Kinds: "diffusers" (its UniPC flow table), "original" (the Wan repository's UniPC), "linear" (1 to 0 evenly).
    """
    if steps < 1:
        raise ValueError(f"steps must be at least 1, not {steps}")
    first, last = {"diffusers": (1.0, 1 / TRAIN_STEPS), "original": (1 - 1 / TRAIN_STEPS, 0.0), "linear": (1.0, 0.0)}[
        kind
    ]
    even = torch.linspace(first, last, steps + 1, dtype=torch.float64)[:-1]
    bent = shift * even / (1 + (shift - 1) * even)
    if abs(float(bent[0]) - 1) < _FIRST_GAP:
        bent[0] -= _FIRST_GAP
    return torch.cat([bent, bent.new_zeros(1)])


def timesteps(levels: Tensor, *, truncate: bool = False) -> Tensor:
    """The model's timesteps (steps,) of a table of sigmas; truncated to whole numbers as Wan was sampled, or exact."""
    times = levels[:-1] * TRAIN_STEPS
    return times.to(torch.int64).to(torch.float64) if truncate else times


def guide(conditional: Tensor, unconditional: Tensor, scale: float) -> Tensor:
    """Classifier-free guidance (Ho and Salimans 2022): `scale` 1 is the conditional velocity itself."""
    return torch.lerp(unconditional, conditional, scale)


@dataclass(frozen=True, slots=True)
class Hold:
    """Latent frames that are given rather than generated.

    value (..., T, H, W): each frame at its own noise level; level (T,): that level, 0 for clean frames, 1 for frames
    that are free. A frame is held while the sampler's sigma is above its level; from then on it is sampled like the
    others, starting from its value.
    """

    value: Tensor
    level: Tensor

    def _held(self, sigma: float) -> Tensor:
        return (self.level < sigma)[:, None, None]

    def impose(self, x: Tensor, sigma: float) -> Tensor:
        """What the model sees: held frames at their value, the others as they are."""
        return torch.where(self._held(sigma), self.value, x)

    def sigma_of_frames(self, sigma: float) -> Tensor:
        """The noise level (T,) of each frame in what the model sees."""
        return self.level.clamp(max=sigma)

    def align(self, x: Tensor, v: Tensor, sigma: float) -> tuple[Tensor, Tensor]:
        """Put held frames on the solver's sigma: the point of their straight path that lies there.

        A clean frame has no noise to tell a velocity from: it stands still.
        """
        level = self.level[:, None, None]
        v = torch.where(level <= 0, torch.zeros_like(v), v)
        return torch.where(self._held(sigma), self.value + (sigma - level) * v, x), v


@dataclass(frozen=True, slots=True)
class SolverState:
    """Where a run stands: steps done, the latent then, and what the solver remembers (x0 estimates, newest last)."""

    step: int
    x: Tensor
    estimates: tuple[Tensor, ...] = ()
    last: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What the hook is told after a forward: which step of how many, its sigma, the estimate x0, the state after it."""

    index: int
    total: int
    sigma: float
    x0: Tensor
    state: SolverState


def sample(
    velocity: Velocity,
    x: Tensor,
    levels: Tensor,
    solver: Solver = "unipc",
    on_step: Callable[[Step], None] | None = None,
    state: SolverState | None = None,
    hold: Hold | None = None,
    fresh: Sequence[Tensor] | None = None,
    churn: float = 1.0,
) -> Tensor:
    """Follow the flow from x at levels[0] to the clip at levels[-1].

    `velocity(x, sigma)` is called once a step. `on_step` hears of every step right after it; what it raises ends the
    run. `state` goes on from a step that `on_step` was told of, with the same numbers. `fresh` are noises for the steps
    of a few-step model, which blends each estimate with new noise instead of solving (Yin et al. 2024, DMD2). `churn`,
    0..1, is how much of a step's noise is new then: below 1 some of the old stays (eta of "Denoising diffusion implicit
    models", arXiv 2010.02502). What was drawn badly at one level can be mended at the next, as long as steps are many.
    """
    if solver not in SOLVERS:
        raise ValueError(f"solver must be one of {', '.join(SOLVERS)}, not {solver!r}")
    table = levels.float().tolist()  # rounded like Diffusers' table: 1 - sigma is tiny at first, so it matters
    total = len(table) - 1
    state = state or SolverState(0, x)
    advance = _euler if solver == "euler" else _unipc
    if fresh is not None:
        advance = partial(_renoise, fresh, churn)
    for index in range(state.step, total):
        sigma, x = table[index], state.x
        if hold is None:
            v = velocity(x, sigma)
        else:
            x = hold.impose(x, sigma)
            x, v = hold.align(x, velocity(x, sigma), sigma)
        x0 = x - sigma * v
        state = advance(replace(state, x=x), x0, table)
        if on_step is not None:
            on_step(Step(index, total, sigma, x0, state))
    return state.x if hold is None else torch.where((hold.level <= 0)[:, None, None], hold.value, state.x)


def _euler(state: SolverState, x0: Tensor, table: list[float]) -> SolverState:
    """x moves along its velocity to the next sigma, which is a blend of x and the estimate."""
    here, there = table[state.step], table[state.step + 1]
    return SolverState(state.step + 1, x0 + (there / here) * (state.x - x0))


def _renoise(
    fresh: Sequence[Tensor], churn: float, state: SolverState, x0: Tensor, table: list[float]
) -> SolverState:
    """The estimate, with noise up to the next sigma: new noise, and of x's own what `churn` leaves."""
    here, there = table[state.step], table[state.step + 1]
    if not there:
        return SolverState(state.step + 1, x0)
    noise = fresh[state.step]
    if churn < 1:
        noise = math.sqrt(1 - churn * churn) * (state.x - (1 - here) * x0) / here + churn * noise
    return SolverState(state.step + 1, torch.lerp(x0, noise, there))


def _unipc(state: SolverState, x0: Tensor, table: list[float]) -> SolverState:
    """Correct the step that led here with the new estimate, then predict the next one."""
    step, x, known = state.step, state.x, state.estimates
    if state.last is not None:
        x = _correct(state.last, known, x0, table, step, _order(step - 1, table))
    known = (*known, x0)[-2:]
    ahead = _predict(x, known, table, step, _order(step, table))
    return SolverState(step + 1, ahead, known, x)


def _order(step: int, table: list[float]) -> int:
    """Order 2 where there are two estimates and it is not the last step."""
    return min(2, step + 1, len(table) - 1 - step)


def _log_snr(sigma: float) -> float:
    return math.inf if sigma == 0 else math.log(1 - sigma) - math.log(sigma)


def _predict(x: Tensor, known: tuple[Tensor, ...], table: list[float], step: int, order: int) -> Tensor:
    """UniP: from sigma[step] to sigma[step + 1] with the estimates known so far."""
    here, there = table[step], table[step + 1]
    h = _log_snr(there) - _log_snr(here)
    gain = math.expm1(-h)  # phi_1, and B(h) of the bh2 variant
    ahead = (there / here) * x - (1 - there) * gain * known[-1]
    if order == 2:
        ratio = (_log_snr(table[step - 1]) - _log_snr(here)) / h
        ahead = ahead - (1 - there) * gain * 0.5 * (known[-2] - known[-1]) / ratio
    return ahead


def _correct(last: Tensor, known: tuple[Tensor, ...], x0: Tensor, table: list[float], step: int, order: int) -> Tensor:
    """UniC: the step from sigma[step - 1] to sigma[step] again, now that the estimate at its end is known."""
    here, there = table[step - 1], table[step]
    h = _log_snr(there) - _log_snr(here)
    gain = math.expm1(-h)
    ahead = (there / here) * last - (1 - there) * gain * known[-1]
    change = x0 - known[-1]
    if order == 1:
        return ahead - (1 - there) * gain * 0.5 * change
    ratio = (_log_snr(table[step - 2]) - _log_snr(here)) / h
    # The two unknowns of [[1, 1], [ratio, 1]] rho = b, where b comes from the phi functions of -h.
    phi_2 = gain / -h - 1
    b1 = phi_2 / gain
    b2 = 2 * (phi_2 / -h - 0.5) / gain
    rho_back = (b1 - b2) / (1 - ratio)
    rho_here = b1 - rho_back
    slope = (known[-2] - known[-1]) / ratio
    return ahead - (1 - there) * gain * (rho_back * slope + rho_here * change)
