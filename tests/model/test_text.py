"""The prompt's states: what is kept with the project is enough to make them, and batches change nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from model import catalog, text
from model.errors import WeightsError

FOLDER = catalog.assets() / "storybook" / catalog.TEXT_FOLDER


@pytest.fixture(scope="module")
def encoder() -> text.TextEncoder:
    return text.TextEncoder.load(FOLDER)


def test_one_row_a_token_and_no_padding(encoder: text.TextEncoder) -> None:
    states = encoder.encode("a red fox in the snow")
    assert states.shape == (8, 384)  # six words and two markers
    assert states.dtype == torch.float32
    assert states.abs().sum(-1).min() > 0


def test_the_empty_prompt_is_two_markers(encoder: text.TextEncoder) -> None:
    assert encoder.encode("").shape == (2, 384)
    assert encoder.encode(" \n\t ") is encoder.encode("")


def test_a_batch_equals_each_prompt_alone(encoder: text.TextEncoder) -> None:
    prompts = ["a cat", "a woolly mammoth walks through a snowy meadow", ""]
    states, mask = encoder.encode_batch(prompts)
    for row, prompt in enumerate(prompts):
        assert torch.allclose(states[row][mask[row]], encoder.encode(prompt), atol=1e-5)
        assert states[row][~mask[row]].abs().sum() == 0


def test_long_prompts_are_cut_and_counted(encoder: text.TextEncoder) -> None:
    assert encoder.encode("fox " * 1000).shape == (128, 384)
    assert encoder.count("fox " * 1000) == encoder.config.max_tokens
    assert encoder.count("a fox") == 4


def test_states_can_be_trained_on(encoder: text.TextEncoder) -> None:
    layer = torch.nn.Linear(384, 2)
    layer(encoder.encode("a fox")).sum().backward()
    assert layer.weight.grad is not None


def test_only_the_last_prompts_are_remembered() -> None:
    small = text.TextEncoder.load(FOLDER)
    small._remember = 2
    first = small.encode("one")
    assert small.encode("one") is first
    small.encode("two")
    small.encode("three")
    assert small.encode("one") is not first
    assert torch.equal(small.encode("one"), first)


def test_texts_of_one_length_need_no_mask() -> None:
    batch, mask = text.stack([torch.ones(3, 2), torch.ones(3, 2)])
    assert batch.shape == (2, 3, 2) and mask is None
    batch, mask = text.stack([torch.ones(3, 2), torch.ones(1, 2)])
    assert mask is not None and mask.tolist() == [[True, True, True], [True, False, False]]
    assert batch[1, 1:].abs().sum() == 0


@pytest.mark.parametrize("name", text.FILES)
def test_a_missing_or_broken_file_is_named(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "text"
    shutil.copytree(FOLDER, folder)
    (folder / name).write_bytes(b"{}")
    with pytest.raises(WeightsError, match=r"text"):
        text.TextEncoder.load(folder)
    (folder / name).unlink()
    with pytest.raises(WeightsError, match=rf"{name} is missing"):
        text.TextEncoder.load(folder)
