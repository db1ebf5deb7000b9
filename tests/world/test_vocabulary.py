"""The vocabulary is sound, and prompts are understood in its words."""

from __future__ import annotations

import json

import pytest

from model.world.__main__ import main
from model.world.scene import HUES
from model.world.understand import understand
from model.world.vocabulary import VOCABULARY, term

KINDS = ("subject", "place", "time", "weather", "action", "camera", "framing", "style")


def test_the_kinds_are_the_eight_that_everything_relies_on() -> None:
    assert tuple(VOCABULARY) == KINDS
    counts = {kind: len(terms) for kind, terms in VOCABULARY.items()}
    assert counts["subject"] >= 60 and counts["place"] >= 8 and counts["time"] >= 4 and counts["weather"] >= 5
    assert counts["action"] >= 8 and counts["camera"] >= 6


@pytest.mark.parametrize("kind", KINDS)
def test_ids_are_unique_and_plain_and_wordings_are_not_shared(kind: str) -> None:
    ids = [t.id for t in VOCABULARY[kind]]
    assert len(ids) == len(set(ids))
    assert all(i.replace("_", "a").isalnum() and i == i.lower() for i in ids)
    wordings = [w for t in VOCABULARY[kind] for w in t.wordings]
    assert sorted({w for w in wordings if wordings.count(w) > 1}) == []


def test_a_term_is_found_by_its_id_and_an_unknown_one_lists_what_is_known() -> None:
    assert term("subject", "fox").phrase == "fox"
    with pytest.raises(KeyError, match="place 'atlantis' is not known; one of: meadow, snow"):
        term("place", "atlantis")


def test_the_command_prints_the_vocabulary_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vocabulary"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {kind: [t["id"] for t in terms] for kind, terms in printed.items()} == {
        k: [t.id for t in v] for k, v in VOCABULARY.items()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_wording_is_understood_as_its_kind(kind: str) -> None:
    missed = []
    for item in VOCABULARY[kind]:
        for wording in item.wordings:
            found = {(s.kind, s.id) for s in understand(wording).spans}
            if (kind, item.id) not in found:
                missed.append((item.id, wording, found))
    assert missed == []


PROMPTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("a fox", {"subject": "fox"}),
    ("Two FOXES dancing in the woods", {"subject": "fox", "action": "dance", "place": "forest"}),
    ("three wolves under a clear sky", {"subject": "wolf", "weather": "clear"}),
    ("an old puppy runs on the beach at sunset", {"subject": "dog", "action": "run", "place": "beach", "time": "dusk"}),
    ("kittens in a living room", {"subject": "cat", "place": "room"}),
    ("a black cat at midnight", {"subject": "black_cat", "time": "night"}),
    ("several woolly mammoths tread through a snowy meadow", {"subject": "mammoth", "place": "snow"}),
    (
        "butterflies flying over a field at golden hour",
        {"subject": "butterfly", "action": "fly", "place": "meadow", "time": "golden"},
    ),
    ("a tropical fish swims in a coral reef", {"subject": "tropical_fish", "action": "swim", "place": "reef"}),
    ("A stylish woman walks down a Tokyo street", {"subject": "woman", "action": "walk", "place": "tokyo"}),
    ("women walking in the city, pixel art", {"subject": "woman", "action": "walk", "place": "city", "style": "pixel"}),
    ("a woman in a red dress in the rain", {"subject": "dancer", "weather": "rain"}),
    ("mice on the moon", {"subject": "mouse", "place": "space"}),
    ("a T-Rex stomping through a village", {"subject": "t_rex", "place": "village"}),
    ("teddy bear, room, night", {"subject": "teddy", "place": "room", "time": "night"}),
    ("a polar bear hops; pan left", {"subject": "polar_bear", "action": "jump", "camera": "pan_left"}),
    ("a jack-o’-lantern in thick fog", {"subject": "pumpkin", "weather": "fog"}),
    ("close-up of an owl, black and white", {"subject": "owl", "framing": "close", "style": "film_bw"}),
    ("wide shot of camels among sand dunes", {"subject": "camel", "framing": "wide", "place": "desert"}),
    ("the camera follows a bunny while it snows", {"subject": "rabbit", "camera": "tracking"}),
    ("a spaceship hovering, dolly in", {"subject": "rocket", "action": "float", "camera": "dolly_in"}),
    ("zoom out from a penguin", {"subject": "penguin", "camera": "zoom_out"}),
    ("ladybugs spinning around", {"subject": "ladybird", "action": "spin"}),
    ("hippos standing on a grassy hill", {"subject": "hippo", "action": "stand", "place": "meadow"}),
    ("crane shot of a locomotive", {"subject": "train", "camera": "crane_up"}),
    ("a lit candle waits on the carpet, static camera", {"subject": "candle", "camera": "static"}),
    ("ein Fuchs? a fox — in Japan, petals everywhere", {"subject": "fox", "place": "tokyo", "weather": "petals"}),
    ("sharks under water", {"subject": "shark", "place": "reef"}),
    ("monarch butterfly by moonlight in the mist", {"subject": "butterfly", "time": "night", "weather": "fog"}),
    (
        "astronauts dance on a grey planet under the stars",
        {"subject": "astronaut", "action": "dance", "place": "space"},
    ),
    (
        "medium shot, a ghost floats in falling snow",
        {"subject": "ghost", "framing": "medium", "action": "float", "weather": "snowfall"},
    ),
)


@pytest.mark.parametrize(("prompt", "wanted"), PROMPTS, ids=[p for p, _ in PROMPTS])
def test_prompts_are_understood(prompt: str, wanted: dict[str, str]) -> None:
    read = understand(prompt)
    assert {kind: read.first(kind) for kind in wanted} == wanted
    for span in (*read.spans, *read.unknown):
        assert prompt[span.start : span.end] == span.text


@pytest.mark.parametrize(("prompt", "unknown"), (
    ("a fox in front of the Eiffel Tower", ["Eiffel", "Tower"]),
    ("a wrench in a meadow", ["wrench"]),
    ("ein Fuchs im Wald", ["ein", "Fuchs", "im", "Wald"]),
))  # fmt: skip
def test_words_that_cannot_be_filmed_are_named(prompt: str, unknown: list[str]) -> None:
    assert [s.text for s in understand(prompt).unknown] == unknown


@pytest.mark.parametrize("prompt", ("", "   ", "!!! ... ,", "🦊🦊", "\x00\x07", "the of and in a"))
def test_prompts_that_say_nothing_are_understood_as_nothing(prompt: str) -> None:
    read = understand(prompt)
    assert read.spans == () and read.unknown == () and read.first("subject") is None


def test_what_a_model_was_not_trained_on_is_unknown_to_it() -> None:
    read = understand("a fox and a wolf in a forest", {"subject": ("fox",)})
    assert [(s.kind, s.id) for s in read.spans] == [("subject", "fox"), ("place", "forest")]
    assert [s.text for s in read.unknown] == ["wolf"]


def test_colours_are_understood() -> None:
    for colour in HUES:
        assert [(s.kind, s.id) for s in understand(f"a {colour} ghost").spans] == [
            ("colour", colour),
            ("subject", "ghost"),
        ]


def test_long_prompts_are_read_quickly_to_their_end() -> None:
    read = understand("a fox in a forest, " * 500 + "pixel art")
    assert read.first("style") == "pixel" and len(read.spans) == 1001
