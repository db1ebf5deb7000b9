"""Training the heads of the policy's classifier from the committed texts: `python -m studio.policy.train`.

Takes three or four minutes on one core, is seeded, and writes `data/heads.npz`. Harmful and harmless texts
(`harmful*.txt`, `harmless*.txt`) are templates (`{a|b}` is each of its alternatives, `|` separating the lists); a line
that is one such list holds whole prompts, each written once. `phrases.txt` holds film and art phrases by others.
"""

from __future__ import annotations

import argparse
import logging
import math
import random
import re
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.policy.classifier import HARM, HARMLESS, HEADS, Heads, encode, parts
from studio.policy.lexicon import DATA

TRAINING = DATA / "training"
_CHOICE = re.compile(r"\{([^{}]*)\}")
_PER_LINE = 12  # of one template, and a few more of a large one: more teach its words, not its meaning
_PHRASE_WEIGHT = 0.6  # of one short phrase beside one text of a template
_WRITTEN_WEIGHT = 2.0  # of a prompt that was written as a whole
_OTHER_HARM = 0.1  # how much it matters that a text of one category is none of another: it is stopped either way
_DISGUISED = 0.08  # share of the texts that are also trained on in an odd spelling
_DIGITS = str.maketrans("aeiost", "431057")
_MEMBERS, _UNITS = 3, 512  # networks that are averaged, and hidden units of each
_EPOCHS, _BATCH, _RATE = 12, 512, 6e-3
_DROPOUT, _DECAY = 0.6, 0.02
_DOUBT = 0.05  # of every label: the nets are not to be surer than the labels
_SCALE = 8.0  # the vectors have length one: too small for the rate
log = logging.getLogger("policy.train")
Example = tuple[str, str, float]


def expand(line: str, rng: random.Random) -> list[str]:
    """The texts that a template stands for, some of them at random where there are many.

    A line that is nothing but one list is no template: it stands for all of its texts.
    """
    pieces = _CHOICE.split(line)
    choices = [piece.split("|") if index % 2 else [piece] for index, piece in enumerate(pieces)]
    total = int(np.prod([len(choice) for choice in choices]))
    most = _PER_LINE + math.isqrt(total)
    if total <= most or is_list(line):
        return [_tidy(chosen) for chosen in product(*choices)]
    most = max(most, *map(len, choices))  # every alternative comes up, and all about as often
    decks = [rng.sample(choice * -(-most // len(choice)), most) for choice in choices]
    return [_tidy(chosen) for chosen in zip(*decks, strict=False)]


def _tidy(chosen: Sequence[str]) -> str:
    """Pieces of a template as a text: an alternative may begin with a comma, or be nothing."""
    return " ".join("".join(chosen).split()).replace(" ,", ",").replace(" 、", "、").replace(" ，", "，")


def is_list(line: str) -> bool:
    """Whether a line holds whole prompts, not parts of them."""
    return _CHOICE.fullmatch(line) is not None


def examples() -> list[Example]:
    """All (text, category, weight) to train on. What is drawn of a line depends on that line alone."""
    found: list[Example] = []
    for path in (*sorted(TRAINING.glob("harmful*.txt")), *sorted(TRAINING.glob("harmless*.txt"))):
        category = HARMLESS
        for line in _lines(path):
            if line.startswith("["):
                category = line.strip("[]")
            else:
                weight = _WRITTEN_WEIGHT if is_list(line) else 1.0
                found += [(text, category, weight) for text in expand(line, random.Random(line))]
    # A harmless text is so in every part, and each part is read by itself.
    found += [(part, HARMLESS, _PHRASE_WEIGHT) for part in _parts(text for text, of, _ in found if of == HARMLESS)]
    found += [(odd, category, 1.0) for text, category, _ in found if (odd := _sometimes(text)) is not None]
    found += [(text, HARMLESS, _PHRASE_WEIGHT) for text in _lines(TRAINING / "phrases.txt")]
    found += [(text, HARMLESS, _WRITTEN_WEIGHT) for text in _filmable()]
    return found


def _parts(whole: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(part for text in whole for part in parts(text)))


def _sometimes(text: str) -> str | None:
    """Of a few of the texts, an odd spelling."""
    rng = random.Random(text)
    return disguised(text, rng) if rng.random() < _DISGUISED else None


def disguised(text: str, rng: random.Random) -> str:
    """A text in an odd spelling, no sign of harm by itself: capitals, digits for letters, a slip of a finger."""
    way = rng.randrange(4)
    if way == 0:
        return text.upper()
    if way == 1:
        return text.translate(_DIGITS)
    if way == 2:
        return text.title()
    at = rng.randrange(max(1, len(text) - 1))
    return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]


def _filmable() -> list[str]:
    """Every wording that the embedded model knows: its own world is harmless."""
    from model.world.vocabulary import VOCABULARY

    terms = [term for terms in VOCABULARY.values() for term in terms]
    return sorted({wording for term in terms for wording in (term.phrase, *term.synonyms)})


def _lines(path: Path) -> list[str]:
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def fit(vectors: NDArray[np.float32], labels: Sequence[str], weights: Sequence[float]) -> Heads:
    """The heads for texts of these vectors and labels: several small networks, whose answers are averaged."""
    import torch

    categories = (*sorted(set(labels) - {HARMLESS}), HARM)
    x = torch.from_numpy(np.asarray(vectors, np.float32))
    y = torch.tensor([[float(label == name) for name in categories] for label in labels])
    harmful = torch.tensor([label != HARMLESS for label in labels])
    y[:, -1] = harmful.float()
    w = torch.tensor(weights, dtype=torch.float32)[:, None].expand_as(y)
    w = torch.where((y == 0) & harmful[:, None], w * _OTHER_HARM, w)
    # Of a head's weight the examples of its category get a quarter, the rest is shared by all others.
    share = (w * (1 - y)).sum(0) / (3 * (w * y).sum(0))
    w = torch.where(y > 0, w * share.clamp(max=12.0), w)
    nets = [_fit_one(x, y, w, seed) for seed in range(_MEMBERS)]
    return Heads(  # side by side, the members are one network whose last layer is divided by their number
        categories,
        np.concatenate([_array(net[0].weight * _SCALE) for net in nets]),
        np.concatenate([_array(net[0].bias) for net in nets]),
        np.concatenate([_array(net[3].weight / _MEMBERS) for net in nets], axis=1),
        np.sum([_array(net[3].bias / _MEMBERS) for net in nets], axis=0),
    )


def _array(tensor: Any) -> NDArray[np.float32]:
    return np.asarray(tensor.detach().numpy(), np.float32)


def _fit_one(x: Any, y: Any, w: Any, seed: int) -> Any:
    """One member: vectors `x`, targets `y` and weights `w` (texts, categories)."""
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        last = nn.Linear(_UNITS, y.shape[1])
        aim = y * (1 - _DOUBT) + _DOUBT / 2
        net = nn.Sequential(nn.Linear(x.shape[1], _UNITS), nn.ReLU(), nn.Dropout(_DROPOUT), last)
        solver = torch.optim.AdamW(net.parameters(), lr=_RATE, weight_decay=_DECAY)
        for epoch in range(_EPOCHS):
            solver.param_groups[0]["lr"] = _RATE * (1 - epoch / _EPOCHS)
            for rows in torch.randperm(len(x)).split(_BATCH):
                solver.zero_grad()
                loss = nn.functional.binary_cross_entropy_with_logits(net(x[rows] * _SCALE), aim[rows], weight=w[rows])
                loss.backward()  # type: ignore[no-untyped-call]
                solver.step()
    return net.eval()


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write the heads."""
    parser = argparse.ArgumentParser(prog="python -m studio.policy.train", description=main.__doc__)
    parser.add_argument("--out", type=Path, default=HEADS)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    found = examples()
    texts, labels, weights = zip(*found, strict=True)
    log.info("%d texts, %d of them harmless", len(texts), labels.count(HARMLESS))
    vectors = np.concatenate([encode(texts[at : at + 64]) for at in range(0, len(texts), 64)])
    made = fit(vectors, labels, weights)
    guessed = made.scores(vectors)
    for index, name in enumerate(made.categories):
        asked = np.array([label == name or (name == HARM and label != HARMLESS) for label in labels])
        harmless = np.array([label == HARMLESS for label in labels])
        found_share = (guessed[asked, index] > 0.5).mean()
        wrong_share = (guessed[harmless, index] > 0.5).mean()
        log.info("%-16s %6.1f %% found, %6.2f %% of the harmless", name, 100 * found_share, 100 * wrong_share)
    arrays = {name: getattr(made, name).astype(np.float16) for name in ("hidden", "hidden_bias", "weights", "bias")}
    np.savez_compressed(options.out, categories=np.array(made.categories), **arrays)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
