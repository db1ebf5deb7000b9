"""Prompts in words that no caption uses, and prompts that are not English."""

from __future__ import annotations

import pytest

from model.world.heard import HEARD
from model.world.understand import understand
from model.world.vocabulary import VOCABULARY

# A prompt, then what must be read from it. No word that carries the meaning is among the wordings of captions.
STRANGE: tuple[tuple[str, str, str], ...] = (
    ("a collie on the moon", "subject", "dog"),
    ("a husky running along", "subject", "dog"),
    ("two dachshunds in a forest", "subject", "dog"),
    ("a siamese by the stove", "subject", "cat"),
    ("a bruin at night", "subject", "bear"),
    ("a coyote in the desert", "subject", "wolf"),
    ("a panther in the jungle", "subject", "leopard"),
    ("a mustang on the prairie", "subject", "horse"),
    ("antelopes at dawn", "subject", "deer"),
    ("a heifer in the rain", "subject", "cow"),
    ("pachyderms by a river", "subject", "elephant"),
    ("a mastodon in the tundra", "subject", "mammoth"),
    ("a baboon in a tree top", "subject", "monkey"),
    ("a cottontail in the grass", "subject", "rabbit"),
    ("a bullfrog", "subject", "frog"),
    ("a chameleon, close-up", "subject", "lizard"),
    ("an anaconda", "subject", "snake"),
    ("a stegosaurus in the mist", "subject", "dinosaur"),
    ("velociraptors at dusk", "subject", "t_rex"),
    ("a tarantula", "subject", "spider"),
    ("a nightingale sings", "subject", "bird"),
    ("a vulture over the dunes", "subject", "eagle"),
    ("seagulls at the harbour", "subject", "dove"),
    ("a heron in the water", "subject", "flamingo"),
    ("a toucan", "subject", "parrot"),
    ("piranhas", "subject", "fish"),
    ("an orca in the deep", "subject", "whale"),
    ("a limousine in the metropolis", "subject", "car"),
    ("a convertible at golden hour", "subject", "car"),
    ("a schooner on the open sea", "subject", "sailboat"),
    ("a galleon in a storm", "subject", "pirate_ship"),
    ("a zeppelin", "subject", "hot_air_balloon"),
    ("a hot air balloon at sunrise", "subject", "hot_air_balloon"),
    ("a space shuttle", "subject", "rocket"),
    ("a biplane in the clouds", "subject", "small_plane"),
    ("a cyborg dancing", "subject", "robot"),
    ("a poltergeist in a library", "subject", "ghost"),
    ("a yeti in the snow", "subject", "fluffy_monster"),
    ("a gnome in a garden", "subject", "goblin"),
    ("a surgeon", "subject", "doctor"),
    ("a soldier on a stage", "subject", "guard"),
    ("a samurai under cherry trees", "subject", "ninja"),
    ("a ballerina twirling around", "subject", "dancer"),
    ("a ukulele", "subject", "guitar"),
    ("a willow by a river", "subject", "leafy_tree"),
    ("a mansion at night", "subject", "cottage"),
    ("a bowl of spaghetti", "subject", "noodles"),
    ("a fox on the prairie", "place", "meadow"),
    ("a penguin on a glacier", "place", "snow"),
    ("a dog in a grove", "place", "forest"),
    ("a taxi on the boulevard", "place", "city"),
    ("a crab by the lagoon", "place", "beach"),
    ("an alien in the cosmos", "place", "space"),
    ("a cat in the lounge", "place", "room"),
    ("a duck in a thunderstorm", "weather", "rain"),
    ("a mammoth lumbers by", "action", "walk"),
    ("a bear frolics", "action", "jump"),
    ("a dragon swoops", "action", "fly"),
    ("a child stares", "action", "look"),
    ("a girl waves", "action", "wave"),
    ("the fox leaves", "action", "leave"),
    ("a fox among falling leaves", "weather", "leaves"),
    ("a tree sprouts", "action", "grow"),
)


@pytest.mark.parametrize(("prompt", "kind", "wanted"), STRANGE, ids=[p for p, _, _ in STRANGE])
def test_words_that_no_caption_uses_are_understood(prompt: str, kind: str, wanted: str) -> None:
    assert understand(prompt).first(kind) == wanted


@pytest.mark.parametrize(("prompt", "who"), (
    ("a 24 year old woman's eye", ["woman"]), ("an old woman", ["grandmother"]), ("a person running", ["man"]),
    ("the dragon’s cave", ["dragon"]), ("a dragon's head", ["dragon_head"]),
))  # fmt: skip
def test_ages_and_belongings_are_read(prompt: str, who: list[str]) -> None:
    assert [span.id for span in understand(prompt).spans if span.kind == "subject"] == who


def test_heard_words_are_not_those_of_captions_and_mean_known_terms() -> None:
    spoken = {wording.lower() for terms in VOCABULARY.values() for item in terms for wording in item.wordings}
    known = {(kind, item.id) for kind, terms in VOCABULARY.items() for item in terms}
    words = [word for texts in HEARD.values() for word in texts]
    assert {key for key in HEARD if key[0] != "group"} <= known
    assert sorted(set(words) & spoken) == []
    assert sorted({word for word in words if words.count(word) > 1}) == []
    assert len(words) > 400


@pytest.mark.parametrize("prompt", (
    "ein Fuchs im Wald", "Ein Panda tanzt im Schnee", "un zorro en la nieve", "le renard danse sous la pluie",
    "la volpe nella neve", "um gato na praia", "en räv i skogen", "een vos in het bos", "lis w lesie",
    "キツネが雪の中を歩く", "лиса в лесу", "一只狐狸", "ثعلب في الثلج", "눈 속의 여우",
))  # fmt: skip
def test_a_prompt_that_is_not_english_is_seen(prompt: str) -> None:
    assert not understand(prompt).english


@pytest.mark.parametrize("prompt", (
    "", "🦊", "robot", "a fox in a café", "El Niño the cat walks in Los Angeles", "die, roll on the floor",
    "the old man and the sea", "a dog, a cat and a mouse", "Tokyo sakura", "fox, snow, night", "a naïve ghost",
    "the boat sails on into the sunset", "no man is an island",
))  # fmt: skip
def test_english_is_taken_for_english(prompt: str) -> None:
    assert understand(prompt).english


def test_whole_wordings_win_over_the_words_in_them() -> None:
    assert understand("an old man").first("subject") == "grandfather"
    assert understand("an old dog").first("subject") == "dog"
    assert understand("a hot dog in a dog house").first("subject") == "hot_dog"
    assert understand("polar bears").first("subject") == "polar_bear"
    assert understand("teddy bears on a bear hunt").first("subject") == "teddy"


def test_the_prompts_that_decide_are_understood() -> None:
    monster = understand("a close-up of a short fluffy monster kneeling beside a melting red candle")
    assert [s.id for s in monster.spans] == ["close", "fluffy_monster", "kneel", "red_candle"]
    boat = understand("the boat sails on into the sunset")
    assert (boat.first("subject"), boat.first("action"), boat.first("time")) == ("sailboat", "sail", "dusk")
    dinosaur = understand("the dinosaur walks through falling leaves")
    assert (dinosaur.first("subject"), dinosaur.first("weather")) == ("dinosaur", "leaves")
    mammoths = understand("several giant wooly mammoths approach treading through a snowy meadow")
    assert (mammoths.first("subject"), mammoths.first("place")) == ("mammoth", "snow")
