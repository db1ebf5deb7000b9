"""A generator that paints a moving gradient: real requests, real anchors, real chunks, no weights."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from model import catalog, request
from model.conditioning import Anchor
from model.errors import WeightsError
from model.flow import SolverState
from model.pipeline import GenerationRequest, StepInfo
from model.state import SamplerState, fingerprint

SHA256 = "ab" * 32


class FakeGeneration(Iterator[np.ndarray]):
    joint = None

    def __init__(self, of: FakeGenerator, asked: GenerationRequest, on_step: Any, resume: SamplerState | None) -> None:
        self.of, self.asked, self.on_step = of, asked, on_step
        self.seconds = {"text": 0.01, "denoise": 0.02, "decode": 0.01, "encode_anchors": 0.0}
        self.latents = torch.zeros(4, 1 + (asked.frames - 1) // 4, asked.height // 32, asked.width // 32)
        self.first = 0 if resume is None else resume.solver.step
        self.chunks = self.run()

    def __next__(self) -> np.ndarray:
        return next(self.chunks)

    def run(self) -> Iterator[np.ndarray]:
        """Windows of equal length; each is sampled, then painted."""
        count, steps = self.of.windows, self.asked.steps
        edges = [1 + (self.asked.frames - 1) * number // count for number in range(count + 1)]
        edges[0] = 0
        for window in range(count):
            for index in range(window * steps, (window + 1) * steps):
                if index >= self.first:
                    self.sample(index, window, edges[window])
            for start in range(edges[window], edges[window + 1], 4):
                yield np.stack([paint(self.asked, i) for i in range(start, min(start + 4, edges[window + 1]))])

    def sample(self, index: int, window: int, known: int) -> None:
        time.sleep(self.of.pace)
        self.of.forwards += 1
        self.of.hurdle(index)
        small = torch.zeros(4, 3, 4, 4)
        finished = torch.zeros(4, 1 + (known - 1) // 4, 4, 4) if window else None
        state = SamplerState(
            window, SolverState(index + 1, small, (), None), finished, torch.zeros(4, dtype=torch.uint8),
            fingerprint(self.asked, SHA256),
        )  # fmt: skip
        pictures = np.zeros((3, 8, 14, 3), np.uint8) + np.arange(0, 240, 80, np.uint8)[:, None, None, None]
        total = self.of.windows * self.asked.steps
        self.on_step(
            StepInfo(index, total, 1.0, window, self.of.windows, small, lambda p=pictures: p, lambda s=state: s)
        )  # fmt: skip


class FakeGenerator:
    name, fps, sha256 = "storybook", 16, SHA256

    def __init__(self, pace: float = 0.0, hurdle: Callable[[int], None] = lambda index: None, windows: int = 1) -> None:
        self.entry = catalog.entry("storybook")
        self.limits = self.entry.limits
        self.pace, self.hurdle, self.windows = pace, hurdle, windows
        self.forwards = 0
        self.anchors: tuple[Anchor, ...] = ()

    def request(self, prompt: str, **overrides: Any) -> GenerationRequest:
        asked = request.build(prompt, self.entry, self.limits, **overrides)
        self.anchors = asked.anchors
        return asked

    def encode(self, pieces: Any) -> torch.Tensor:
        frames = np.concatenate(list(pieces))
        return torch.zeros(4, 1 + (len(frames) - 1) // 4, frames.shape[1] // 32, frames.shape[2] // 32)

    def decode(self, latents: torch.Tensor) -> np.ndarray:
        _, length, rows, columns = latents.shape
        return np.full((1 + 4 * (length - 1), 32 * rows, 32 * columns, 3), 128, np.uint8)

    def generate(self, asked: GenerationRequest, on_step: Any = None, resume: Any = None) -> FakeGeneration:
        return FakeGeneration(self, asked, on_step, resume)


def paint(asked: GenerationRequest, index: int) -> np.ndarray:
    """A frame that depends on the seed and moves."""
    columns = np.linspace(0, 255, asked.width)[None, :, None]
    rows = np.linspace(0, 255, asked.height)[:, None, None]
    frame = np.concatenate([(columns + 4 * index) % 256 + 0 * rows, rows + 0 * columns, 0 * rows + 0 * columns], 2)
    frame[..., 2] = asked.seed % 256
    return frame.astype(np.uint8)


class Gate:
    """A hurdle that holds the render at a step until it is opened."""

    def __init__(self, at: int = 0) -> None:
        self.at, self.reached, self.opened = at, threading.Event(), threading.Event()

    def __call__(self, index: int) -> None:
        if index == self.at:
            self.reached.set()
            assert self.opened.wait(20)


def broken_load(_: str) -> FakeGenerator:
    raise WeightsError("dit.safetensors is cut off; restore it")
