"""Prompts to states: MiniLM reads a prompt, its last layer's states (one row a token) are what the transformer sees.

Storybook's encoder is all-MiniLM-L6-v2 (Apache-2.0), kept in the repository and read from there alone. Only real
tokens are encoded; the empty prompt is the two marker tokens, and stands for "unconditional".
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
import torch.nn.functional as F
from torch import Tensor

from model import weights
from model.config import TextConfig
from model.errors import WeightsError

FILES = ("config.json", "tokenizer.json", "model.safetensors")


class TextEncoder:
    """MiniLM with its tokenizer and a small memory of the prompts it read last."""

    def __init__(self, tokenizer: Any, bert: Any, config: TextConfig, *, remember: int = 32) -> None:
        self.config = config
        self._tokenizer = tokenizer
        self._bert = bert
        self._remember = remember
        self._read: OrderedDict[str, Tensor] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def load(cls, folder: Path, *, device: str = "cpu", max_tokens: int = 128) -> Self:
        """Read the encoder from a folder, without any network. Raises WeightsError naming the file at fault."""
        for name in FILES:
            if not (folder / name).is_file():
                raise WeightsError(f"{folder / name} is missing; restore it from the repository")
        sd, _ = weights.read(folder / "model.safetensors")
        # Late, because these are slow to import and nothing before the first prompt needs them.
        from tokenizers import Tokenizer
        from transformers import BertConfig, BertModel

        try:
            shape = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            bert = BertModel(BertConfig(**shape), add_pooling_layer=False)
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            bert.load_state_dict({key: value.float() for key, value in sd.items()}, strict=True)
        except Exception as error:  # tokenizers raises bare Exception for a bad file
            reason = " ".join(str(error).split())[:200]
            raise WeightsError(f"{folder} does not hold the text encoder ({reason}); restore it") from error
        tokenizer.enable_truncation(max_length=max_tokens)
        tokenizer.no_padding()
        bert.to(device).eval().requires_grad_(False)
        return cls(tokenizer, bert, TextConfig(dim=bert.config.hidden_size, max_tokens=max_tokens))

    def count(self, prompt: str) -> int:
        """How many tokens are read of a prompt, its two markers included; `config.max_tokens` means it may be cut."""
        return len(self._tokenizer.encode(tidy(prompt)).ids)

    def encode(self, prompt: str) -> Tensor:
        """States (L, dim) float32 of one prompt, L its number of tokens. Do not write into them: they are kept."""
        prompt = tidy(prompt)
        with self._lock:
            if prompt in self._read:
                self._read.move_to_end(prompt)
                return self._read[prompt]
        states = self.encode_batch([prompt])[0][0]
        with self._lock:
            self._read[prompt] = states
            while len(self._read) > self._remember:
                self._read.popitem(last=False)
        return states

    @torch.no_grad()  # not inference mode: training takes these states as its input
    def encode_batch(self, prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """States (B, L, dim) and mask (B, L) of several prompts, L the longest; rows outside the mask are 0."""
        ids = [self._tokenizer.encode(tidy(prompt)).ids for prompt in prompts]
        device = next(self._bert.parameters()).device
        padded = torch.zeros(len(ids), max(map(len, ids)), dtype=torch.long, device=device)
        mask = torch.zeros_like(padded, dtype=torch.bool)
        for row, tokens in enumerate(ids):
            padded[row, : len(tokens)] = torch.tensor(tokens)
            mask[row, : len(tokens)] = True
        states: Tensor = self._bert(input_ids=padded, attention_mask=mask.long()).last_hidden_state
        return states * mask[..., None], mask


def tidy(prompt: str) -> str:
    """One line: runs of white space are a single space, none at the ends."""
    return " ".join(prompt.split())


def stack(states: Sequence[Tensor]) -> tuple[Tensor, Tensor | None]:
    """Texts (L_i, D) as one batch (B, L, D) with its mask (B, L); no mask when all are of one length."""
    longest = max(len(one) for one in states)
    batch = states[0].new_zeros(len(states), longest, states[0].shape[1])
    mask = torch.zeros(len(states), longest, dtype=torch.bool, device=batch.device)
    for row, one in enumerate(states):
        batch[row, : len(one)] = one
        mask[row, : len(one)] = True
    return batch, None if bool(mask.all()) else mask


@dataclass(frozen=True, slots=True)
class Prompts:
    """Texts as the transformer reads them: states (B, L, D), which rows are text, what the last row stands for."""

    states: Tensor
    mask: Tensor | None
    pad_rows: Sequence[int]


def together(states: Sequence[Tensor], pad_to: int = 0, *, collapse: bool = True) -> Prompts:
    """Texts (L_i, D) as one batch.

    With `pad_to` every text is followed by rows of zeros up to that many, which the transformer attends to. They are
    all alike, so that `collapse` gives one row that stands for all of them: less to compute, but its bias rules out
    attention kernels that take none.
    """
    if not pad_to:
        batch, mask = stack(states)
        return Prompts(batch, mask, ())
    if not collapse:
        return Prompts(torch.stack([F.pad(one, (0, 0, 0, pad_to - len(one))) for one in states]), None, ())
    batch, mask = stack([F.pad(one, (0, 0, 0, 1)) for one in states])
    if mask is not None:  # the row that stands for the padding is the last one for every text
        mask[:, -1] = True
        for row, one in enumerate(states[: len(mask)]):
            mask[row, len(one) : -1] = False
    return Prompts(batch, mask, [pad_to - len(one) for one in states])
