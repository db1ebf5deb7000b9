"""UMT5-XXL, the text encoder of the Wan family, and a memory of prompts on disk so that it is seldom needed.

- A prompt is cleaned as Wan cleans it and encoded without padding, which equals padding and masking.
- States are kept on disk under a hash of the prompt and of the encoder: eleven gigabytes are only read for new words.
- The encoder's embedding must be tied: where a checkpoint or a library leaves it apart, states would be noise.
- Files: a folder as Transformers writes it, or one safetensors file with those names or the original ones.

Source of the numbers: wan/modules/t5.py, wan/modules/tokenizers.py (Apache-2.0).
"""

from __future__ import annotations

import gc
import hashlib
import html
import logging
import re
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Any

import ftfy
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from model import headers, weights
from model.config import TextConfig
from model.errors import WeightsError
from model.text import tidy

log = logging.getLogger(__name__)

ROWS = 512  # text rows that the Wan transformers see; what the prompt leaves empty is zeros
KEPT = 500  # prompts on disk; the one that was not asked for longest goes first
HEAD_WIDTH = 64

# Original name -> Transformers name. Source: wan/modules/t5.py beside transformers models/umt5.
_RENAMES: tuple[tuple[str, str], ...] = (
    (r"^token_embedding\.", "shared."),
    (r"^norm\.", "encoder.final_layer_norm."),
    (r"^blocks\.(\d+)\.norm1\.", r"encoder.block.\1.layer.0.layer_norm."),
    (r"^blocks\.(\d+)\.norm2\.", r"encoder.block.\1.layer.1.layer_norm."),
    (r"^blocks\.(\d+)\.attn\.", r"encoder.block.\1.layer.0.SelfAttention."),
    (r"^blocks\.(\d+)\.pos_embedding\.embedding\.", r"encoder.block.\1.layer.0.SelfAttention.relative_attention_bias."),
    (r"^blocks\.(\d+)\.ffn\.gate\.0\.", r"encoder.block.\1.layer.1.DenseReluDense.wi_0."),
    (r"^blocks\.(\d+)\.ffn\.fc1\.", r"encoder.block.\1.layer.1.DenseReluDense.wi_1."),
    (r"^blocks\.(\d+)\.ffn\.fc2\.", r"encoder.block.\1.layer.1.DenseReluDense.wo."),
)
_TIED = "encoder.embed_tokens.weight"


class UMT5:
    """The encoder of a folder or file, opened when a prompt is new. Satisfies what `TextEncoder` does.

    cache   folder of the states on disk; None keeps them in memory alone
    keep    whether the encoder stays in memory after use; else it is dropped as soon as the prompt is read
    """

    def __init__(
        self,
        path: Path,
        tokenizer: Path,
        *,
        device: str = "cpu",
        dtype: torch.dtype | None = None,
        cache: Path | None = None,
        keep: bool = False,
        remember: int = 32,
    ) -> None:
        self._files = headers.shards(path)
        self._path, self._device, self._dtype, self._cache, self._keep = path, device, dtype, cache, keep
        shapes = {_transformers_name(key): shape for key, shape in headers.read_all(self._files).items()}
        self._geometry = geometry(shapes, path)
        self.config = TextConfig(dim=int(self._geometry["d_model"]), max_tokens=ROWS, pad_to=ROWS)
        self._tokenizer = _tokenizer(tokenizer)
        self._identity = _identity(self._files)
        self._model: Any = None
        self._remember = remember
        self._read: OrderedDict[str, Tensor] = OrderedDict()
        self._lock = threading.RLock()

    @property
    def loaded(self) -> bool:
        """Whether the encoder itself is in memory."""
        return self._model is not None

    def count(self, prompt: str) -> int:
        """How many tokens are read of a prompt, its end marker included; `config.max_tokens` means it may be cut."""
        return len(self._tokenizer.encode(clean(prompt)).ids)

    def encode(self, prompt: str) -> Tensor:
        """States (L, dim) of one prompt, L its number of tokens, on the encoder's device. Do not write into them."""
        prompt = clean(prompt)
        key = hashlib.sha256(f"{self._identity}\n{prompt}".encode()).hexdigest()
        with self._lock:
            if key not in self._read:
                states = self._from_disk(key)
                if states is None:
                    states = self._run(prompt)
                    self._to_disk(key, states)
                self._read[key] = states.to(self._device)
                while len(self._read) > self._remember:
                    self._read.popitem(last=False)
            self._read.move_to_end(key)
            return self._read[key]

    def release(self) -> None:
        """Let go of the encoder; prompts that were read stay."""
        with self._lock:
            self._model = None
            gc.collect()
            if self._device.startswith("cuda"):
                torch.cuda.empty_cache()

    @torch.inference_mode()
    def _run(self, prompt: str) -> Tensor:
        ids = torch.tensor([self._tokenizer.encode(prompt).ids], device=self._device)
        if self._model is None:
            self._model = load(self._files, self._geometry, self._device, self._dtype)
        states: Tensor = self._model(input_ids=ids).last_hidden_state[0].clone()
        if not self._keep:
            self.release()
        return states

    def _from_disk(self, key: str) -> Tensor | None:
        if self._cache is None or not (path := self._cache / f"{key}.safetensors").is_file():
            return None
        try:
            states = load_file(path)["states"]
            path.touch()
        except (SafetensorError, OSError, KeyError):
            log.warning("the kept states of a prompt cannot be read; it is encoded again")
            return None
        return states if states.ndim == 2 and states.shape[1] == self.config.dim else None

    def _to_disk(self, key: str, states: Tensor) -> None:
        """Keep the states. What cannot be kept is only encoded again another time."""
        if self._cache is None:
            return
        try:
            self._cache.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = self._cache / f"{key}.part"
            part.write_bytes(save({"states": states.cpu().contiguous()}))
            part.replace(self._cache / f"{key}.safetensors")
            kept = sorted(self._cache.glob("*.safetensors"), key=lambda path: path.stat().st_mtime)
            for path in kept[:-KEPT]:
                path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("the states of a prompt cannot be kept (%s)", error.strerror)
            with suppress(OSError):
                (self._cache / f"{key}.part").unlink(missing_ok=True)


def clean(prompt: str) -> str:
    """A prompt as Wan was trained to read it: repaired, entities resolved, white space single."""
    return tidy(html.unescape(html.unescape(ftfy.fix_text(prompt))))


def geometry(shapes: dict[str, tuple[int, ...]], path: Path) -> dict[str, int]:
    """The encoder's configuration read from its shapes. Raises WeightsError when it is no UMT5 encoder."""
    block = "encoder.block.0.layer"
    names = [
        "shared.weight", f"{block}.0.SelfAttention.relative_attention_bias.weight",
        f"{block}.1.DenseReluDense.wi_0.weight", f"{block}.0.SelfAttention.q.weight",
    ]  # fmt: skip
    missing = [name for name in names if name not in shapes]
    if missing:
        raise WeightsError(f"{path} is not a UMT5 text encoder: no {', '.join(missing)}")
    (vocabulary, width), (buckets, heads), (hidden, _), (inner, _) = (shapes[name] for name in names)
    layers = {match[1] for key in shapes if (match := re.match(r"encoder\.block\.(\d+)\.", key))}
    return {
        "vocab_size": vocabulary,
        "d_model": width,
        "relative_attention_num_buckets": buckets,
        "num_heads": heads,
        "d_kv": inner // heads,
        "d_ff": hidden,
        "num_layers": len(layers),
    }


def load(files: tuple[Path, ...], shape: dict[str, int], device: str, dtype: torch.dtype | None) -> Any:
    """The encoder, every tensor read once and put where it belongs. Raises WeightsError."""
    # Late, because it is slow to import and nothing before the first new prompt needs it.
    from transformers import UMT5Config, UMT5EncoderModel

    with torch.device("meta"):
        encoder = UMT5EncoderModel(UMT5Config(**shape))
    sd: dict[str, Tensor] = {}
    for file in files:
        tensors, _ = weights.read(file, device=device, dtype=dtype)
        sd.update({_transformers_name(key): value for key, value in tensors.items()})
    spare = sd.pop(_TIED, None)
    if spare is not None and not torch.equal(spare, sd["shared.weight"]):
        raise WeightsError(f"{files[0]} holds two different embeddings; its text encoder is damaged, fetch it again")
    sd.pop("spiece_model", None)  # ComfyUI's files carry the tokenizer along
    # The embedding is one parameter with two names; the library may or may not have tied them on the meta device.
    encoder.encoder.set_input_embeddings(encoder.shared)
    encoder.set_input_embeddings(encoder.shared)
    weights.assign_strictly(encoder, {**sd, _TIED: sd["shared.weight"]})
    tied = encoder.encoder.embed_tokens.weight
    if tied is not encoder.shared.weight and not torch.equal(tied, encoder.shared.weight):
        raise WeightsError("the text encoder's embedding is not tied to its vocabulary: its states would be noise")
    left = [name for name, part in (*encoder.named_parameters(), *encoder.named_buffers()) if part.is_meta]
    if left:
        raise WeightsError(f"the text encoder was not filled: {', '.join(left)}")
    return encoder.eval()


def _transformers_name(key: str) -> str:
    for pattern, replacement in _RENAMES:
        key, count = re.subn(pattern, replacement, key)
        if count:
            return key
    return key


def _tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    file = path / "tokenizer.json" if path.is_dir() else path
    if not file.is_file():
        raise WeightsError(f"{file} is missing: the text encoder's tokenizer; fetch it again")
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # tokenizers raises bare Exception for a bad file
        raise WeightsError(f"{file} is not a tokenizer ({' '.join(str(error).split())[:100]})") from error
    tokenizer.enable_truncation(max_length=ROWS)
    tokenizer.no_padding()
    return tokenizer


def _identity(files: tuple[Path, ...]) -> str:
    """A digest that tells one encoder from another without reading all of it: sizes, headers, a piece of each."""
    digest = hashlib.sha256()
    for file in files:
        size = file.stat().st_size
        digest.update(f"{size}".encode())
        with file.open("rb") as stream:
            digest.update(stream.read(1 << 16))
            stream.seek(size // 2)
            digest.update(stream.read(1 << 16))
    return digest.hexdigest()

