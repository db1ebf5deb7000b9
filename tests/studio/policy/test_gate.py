from __future__ import annotations

import pytest

from studio.policy import PolicyRequest, check_request

SEEDS = [
    "Beautiful, snowy Tokyo city is bustling. The camera moves through the street, following people who shop at stalls while cherry blossom petals fly with snowflakes.",
    "Several giant woolly mammoths approach treading through a snowy meadow",
    "A stylish woman walks down a Tokyo street filled with warm glowing neon, black leather jacket, red dress, rain, mirror reflections",
    "A short fluffy monster kneels beside a melting red candle, wide-eyed and curious",
    "A gorgeously rendered papercraft world of a coral reef, rife with colorful fish and sea creatures",
    "A tour of a zoo: first the sign, then a giraffe, a tiger, a monkey, each in its own shot",
]


@pytest.mark.parametrize("prompt", SEEDS)
@pytest.mark.parametrize("mode", ["local", "strict"])
def test_the_films_this_studio_is_for_are_allowed(prompt, mode):
    assert check_request(PolicyRequest(prompt), mode).action == "allow"
