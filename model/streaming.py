"""Blocks of a transformer that live in the host's memory and come to the device one by one, the next while one works.

The parameters of a block are packed into one piece of (pinned) memory, so that a block is one copy. On the device there
is room for two blocks: one that works and one that comes, on a stream of its own. A block's parameters point to the
host's memory before and after its turn, so that the module can be read, saved and counted as any other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from model.dit import DiT

_ALIGNED = 64  # bytes


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a parameter lies in its block's memory."""

    parameter: nn.Parameter
    start: int
    shape: torch.Size
    dtype: torch.dtype

    def within(self, memory: Tensor) -> Tensor:
        """The parameter's values in a block's memory (bytes)."""
        stop = self.start + math.prod(self.shape) * self.dtype.itemsize
        return memory[self.start : stop].view(self.dtype).view(self.shape)


class StreamedBlocks(nn.ModuleList):
    """Iterate over it as over any list of blocks: each is on the device for its turn."""

    def __init__(self, blocks: Iterable[nn.Module], device: str | torch.device) -> None:
        super().__init__(blocks)
        self._device = torch.device(device)
        self._cuda = self._device.type == "cuda"
        packed = [_pack(block, pinned=self._cuda) for block in self._modules.values() if block is not None]
        self._host, self._places = [memory for memory, _ in packed], [places for _, places in packed]
        size = max(len(memory) for memory in self._host)
        self._slots = [torch.empty(size, dtype=torch.uint8, device=self._device) for _ in range(2)]
        self._inside: list[int | None] = [None, None]
        self._working = 1
        self._copies = torch.cuda.Stream(self._device) if self._cuda else None
        self._here = [torch.cuda.Event() for _ in range(2)] if self._cuda else []
        self._free = [torch.cuda.Event() for _ in range(2)] if self._cuda else []

    def __iter__(self) -> Iterator[nn.Module]:
        """The blocks in order."""
        count = len(self)
        for index in range(count):
            slot = self._fetch(index)
            self._working = slot
            if self._cuda:
                torch.cuda.current_stream(self._device).wait_event(self._here[slot])
            self._fetch((index + 1) % count)
            self._point(index, self._slots[slot])
            try:
                yield self[index]
            finally:
                self._point(index, self._host[index])
                if self._cuda:
                    self._free[slot].record(torch.cuda.current_stream(self._device))

    def _fetch(self, index: int) -> int:
        """Begin to copy a block into the slot that does not work, unless it is there; returns its slot."""
        if index in self._inside:
            return self._inside.index(index)
        slot = 1 - self._working
        self._inside[slot] = index
        memory = self._host[index]
        if self._copies is None:
            self._slots[slot][: len(memory)].copy_(memory)
            return slot
        with torch.cuda.stream(self._copies):
            self._copies.wait_event(self._free[slot])
            self._slots[slot][: len(memory)].copy_(memory, non_blocking=True)
            self._here[slot].record(self._copies)
        return slot

    def _point(self, index: int, memory: Tensor) -> None:
        for place in self._places[index]:
            place.parameter.data = place.within(memory)


def _pack(block: nn.Module, *, pinned: bool) -> tuple[Tensor, list[_Place]]:
    """A block's parameters in one piece of the host's memory, which they point to from now on."""
    places, end = list[_Place](), 0
    for parameter in block.parameters():
        places.append(_Place(parameter, end, parameter.shape, parameter.dtype))
        size = parameter.numel() * parameter.element_size()
        end += -(-size // _ALIGNED) * _ALIGNED
    memory = torch.empty(end, dtype=torch.uint8, pin_memory=pinned)
    for place in places:
        place.within(memory).copy_(place.parameter.data)
        place.parameter.data = place.within(memory)
    return memory, places


def stream(dit: DiT, device: str) -> DiT:
    """Put a transformer that is in the host's memory on a device but for its blocks, which come one by one."""
    blocks: dict[str, StreamedBlocks] = {}
    for name in ("blocks", "vace_blocks"):
        held = dit._modules.pop(name, None)
        if isinstance(held, nn.ModuleList):
            blocks[name] = StreamedBlocks(held, device)
    dit.to(device)
    for name, streamed in blocks.items():
        dit.add_module(name, streamed)
    return dit.eval()
