"""A render that can be put down and taken up again: everything between two steps, as bytes.

Resuming gives the same frames as a run that was never stopped, so latents are kept in float32 here.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from model.errors import ModelError
from model.flow import SolverState

if TYPE_CHECKING:
    from model.conditioning import Frames
    from model.request import GenerationRequest


@dataclass(frozen=True, slots=True, eq=False)
class SamplerState:
    """Where a render stands.

    window      the window being sampled, and `solver` how far and with what memory
    finished    latents (C, t, h, w) of the windows before it, or None
    generator   the random generator's state before this window's noise was drawn
    request     a digest of what was asked and of the weights: a state only resumes the render it is of
    """

    window: int
    solver: SolverState
    finished: Tensor | None
    generator: Tensor
    request: str

    def to_bytes(self) -> bytes:
        """As one safetensors blob."""
        tensors = {"x": self.solver.x, "generator": self.generator}
        tensors |= {f"estimate.{i}": estimate for i, estimate in enumerate(self.solver.estimates)}
        tensors |= {"last": self.solver.last} if self.solver.last is not None else {}
        tensors |= {"finished": self.finished} if self.finished is not None else {}
        about = {"window": self.window, "step": self.solver.step, "request": self.request}
        ready = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
        return safetensors.torch.save(ready | {"about": _text_tensor(json.dumps(about))})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read `to_bytes` back. Raises ModelError when it is damaged or something else."""
        try:
            tensors = safetensors.torch.load(data)
            about = json.loads(bytes(tensors["about"].tolist()))
            estimates = sorted(name for name in tensors if name.startswith("estimate."))
            solver = SolverState(
                int(about["step"]), tensors["x"], tuple(tensors[name] for name in estimates), tensors.get("last")
            )
            return cls(
                int(about["window"]), solver, tensors.get("finished"), tensors["generator"], str(about["request"])
            )
        except (SafetensorError, ValueError, KeyError, TypeError) as error:
            raise ModelError("this saved state cannot be read; start the render again") from error


def _text_tensor(text: str) -> Tensor:
    return torch.tensor(list(text.encode()), dtype=torch.uint8)


PLAN = 4  # counted up when the same request comes to be rendered in other windows or from other plans


def fingerprint(request: GenerationRequest, weights: str) -> str:
    """A digest of everything that decides the frames: the request with its given pictures, and the weights' hash."""
    digest = hashlib.sha256(f"{weights} {PLAN}".encode())
    plain = (
        request.prompt, request.negative_prompt, request.width, request.height, request.frames, request.fps,
        request.seed, request.steps, float(request.guidance), float(request.shift), request.solver,
    )  # fmt: skip
    digest.update(json.dumps(plain).encode())
    if request.meet:
        digest.update(json.dumps(["meet", request.meet]).encode())
    if request.eased:
        digest.update(b"eased")
    if request.was or request.will:
        told = [None if each is None else [each.prompt, each.seed, each.frame] for each in (request.was, request.will)]
        digest.update(json.dumps(["told", *told]).encode())
    if request.block_cache or request.guided < 1:
        digest.update(json.dumps(["approximate", request.block_cache, request.guided]).encode())
    given: list[tuple[Frames | None, Tensor | None, str, float]] = [
        (anchor.frames, anchor.latents, str(anchor.place), anchor.strength) for anchor in request.anchors
    ]
    if request.source is not None:
        given.append((request.source.frames, request.source.latents, "source", request.source.strength))
    if request.before is not None or request.references is not None:
        given.append((request.references, request.before, "around", 1.0))
    if request.shown is not None:
        given.append((request.shown, None, "shown", 1.0))
    if request.control is not None:
        given.append((request.control.frames, None, "control", 1.0))
        if request.control.mask is not None:
            given.append((request.control.mask, None, "mask", 1.0))
    for frames, latents, place, strength in given:
        digest.update(json.dumps([place, float(strength)]).encode())
        if frames is not None:
            digest.update(frames.tobytes())
        if latents is not None:
            digest.update(latents.detach().cpu().float().contiguous().numpy().tobytes())
    return digest.hexdigest()
