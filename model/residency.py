"""Where the parts of a large model stay while it films, and what else is chosen when it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Residency:
    """How a model is kept in memory. The defaults suit a device that holds the transformer and the autoencoder.

    streamed      the transformer's blocks stay in the host's memory and come to the device one by one
    keep_text     the text encoder stays loaded; else it is let go as soon as a prompt is read
    text_on_host  the text encoder reads on the CPU, and takes no memory of the device
    one_by_one    what is guided away from is sampled after the prompt, not beside it: half the memory of a forward
    strips        bands of rows that the fine stages of the decoder are cut into: less memory, a little more work
    fast_decode   finish with the tiny decoder, where the model has one: quick, and a little softer
    compiled      compile the blocks for the first size that is asked for; pays back after some clips of that size
    prompts       folder where prompts that were read are kept; None keeps them for this process alone
    """

    streamed: bool = False
    keep_text: bool = False
    text_on_host: bool = False
    one_by_one: bool = False
    strips: int = 1
    fast_decode: bool = False
    compiled: bool = False
    prompts: Path | None = None
