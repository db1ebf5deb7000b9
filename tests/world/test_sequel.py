"""What a later shot leaves unsaid is as the shot before has it."""

from __future__ import annotations

import pytest

from model.world.sequel import carried


@pytest.mark.parametrize(
    ("prompts", "told"),
    [
        (["a fox in the forest"], ["a fox in the forest"]),
        (["a blue fox in the forest at night", "it jumps"], [None, "the blue fox jumps, in a forest, at night"]),
        (["a fox and a dog on the beach", "They dance."], [None, "the fox and the dog dance, on the beach"]),
        (["a fox in the forest", "a dog on the beach", "it runs"], [None, None, "the dog runs, on the beach"]),
        (["a fox in the forest", "a quiet lake at night"], [None, None]),
        (["rain", "it's late"], [None, "it's late, in the rain"]),
        (["a fox in a snowy forest", "it jumps"], [None, "the fox jumps, in a forest, snowy"]),  # it lies, as before
        (
            ["a fox in a city in the rain", "it walks in a snowy forest", "it jumps"],
            [None, "the fox walks in a snowy forest", "the fox jumps, in a forest, snowy"],
        ),
        (["a fox in the woods", "a close-up of its face"], [None, "a close-up of the fox's face, in a forest"]),
        (["a fox in the woods", "it is raining"], [None, "it is raining, in a forest"]),
    ],
)
def test_who_where_and_when_go_on(prompts: list[str], told: list[str | None]) -> None:
    expected = [prompt if wanted is None else wanted for prompt, wanted in zip(prompts, told, strict=True)]
    assert list(carried(prompts)) == expected
