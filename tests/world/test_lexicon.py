"""Words that WordNet knows: what they mean to the world, and how that is made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model.world import lexicon
from model.world.__main__ import main
from model.world.described import described
from model.world.lexicon import Meaning
from model.world.lexicon_make import make
from model.world.scene import SUBJECT
from model.world.understand import nearest, understand, wordings
from model.world.vocabulary import VOCABULARY
from model.world.wordnet import read

# WordNet in small: a synset a line (offset, topic, part, lemmas, pointers), then the senses of a lemma.
NOUNS = """\
00000001 05 n 01 animal 0 000 | a living thing
00000002 05 n 02 dog 0 domestic_dog 0 001 @ 00000001 n 0000 | barks
00000003 05 n 01 beagle 0 001 @ 00000002 n 0000 | a hound
00000004 05 n 02 genus_Canis 0 wuffle(a) 0 001 @ 00000002 n 0000 | dogs
00000005 05 n 01 canine 0 001 @ 00000001 n 0000 | doglike
00000006 05 n 01 dhole 0 001 @ 00000005 n 0000 | a wild one
00000007 15 n 01 desert 0 000 | dry land
00000008 15 n 01 Drylands 0 001 @i 00000007 n 0000 | a desert
00000009 18 n 01 person 0 000 | somebody
00000010 18 n 02 pipewright 0 pipewoman 0 001 @ 00000009 n 0000 | works with pipes
00000011 18 n 01 oaf 0 001 @ 00000009 n 0000 | an offensive term for somebody
00000012 04 n 01 beaglery 0 000 | a deed
00000013 05 n 01 beaglery 0 001 @ 00000003 n 0000 | a hound of no account
00000014 18 n 01 Frenchy 0 001 @ 00000009 n 0000 | somebody who works
"""
VERBS = """\
00000101 38 v 01 walk 0 000 01 + 01 00 | go
00000102 38 v 01 galumph 0 001 @ 00000101 v 0000 01 + 01 00 | walk heavily
"""
SENSES = "dog%1:05:00:: 00000002 1 9\nbeaglery%1:04:00:: 00000012 1 5\npipewright%1:18:00:: 00000010 1 2\n"


@pytest.fixture
def wordnet(tmp_path: Path) -> Path:
    """A folder of WordNet's files, with a licence above each as the true ones have."""
    licence = "  1 This software and database is being provided to you\n"
    for part, lines in (("noun", NOUNS), ("verb", VERBS)):
        senses: dict[str, list[str]] = {}
        for line in lines.splitlines():
            words = line.split()
            for lemma in words[4 : 4 + 2 * int(words[3], 16) : 2]:
                senses.setdefault(lemma.partition("(")[0].lower(), []).append(words[0])
        lines_of = (f"{lemma} {part[0]} {len(ids)} 0 {len(ids)} 0 {' '.join(ids)}  " for lemma, ids in senses.items())
        index = "\n".join(lines_of) + "\n"
        (tmp_path / f"data.{part}").write_text(licence + lines, encoding="latin-1")
        (tmp_path / f"index.{part}").write_text(licence + index, encoding="latin-1")
    (tmp_path / "index.sense").write_text(SENSES, encoding="latin-1")
    return tmp_path


def test_wordnets_files_are_read(wordnet: Path) -> None:
    nouns = read(wordnet, "noun")
    assert nouns.synsets["00000002"].lemmas == ("dog", "domestic_dog")
    assert nouns.synsets["00000002"].below == ["00000003", "00000004"]
    assert nouns.synsets["00000007"].instances == ["00000008"]
    assert nouns.synsets["00000004"].lemmas == ("genus_Canis", "wuffle")
    assert [(sense.synset, sense.count) for sense in nouns.senses["beaglery"]] == [("00000012", 5), ("00000013", 0)]
    assert read(wordnet, "verb").synsets["00000102"].above == ("00000101",)


def test_the_lexicon_is_made_of_what_is_a_kind_of_something(wordnet: Path) -> None:
    same = (("subject", "dog", "dog"), ("place", "desert", "desert"), ("action", "walk", "walk"))
    found = make(wordnet, same, (("subject", "dog", "canine"),), ("person",))
    assert found["wuffle"] == Meaning("subject", "dog")
    assert found["dhole"] == Meaning("subject", "dog", near=True)
    assert found["drylands"] == Meaning("place", "desert")
    assert found["pipewright"].id == found["pipewoman"].id == "woman" and found["pipewright"].near
    assert found["to galumph"] == Meaning("action", "walk")
    assert not {"oaf", "beaglery", "frenchy", "genus canis", "animal"} & set(found)  # a slur, a deed, a people, a taxon
    assert not {"dog", "beagle", "domestic dog"} & set(found)  # the world's own wordings, and whose name says it


def test_an_anchor_that_wordnet_does_not_have_is_named(wordnet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="subject/fox: WordNet has no sense 'fox'"):
        make(wordnet, (("subject", "fox", "fox"),), (), ("person",))
    assert main(["lexicon", str(wordnet)]) == 2
    assert "WordNet has no sense" in capsys.readouterr().err
    (wordnet / "data.noun").write_text(NOUNS[: len(NOUNS) // 2], encoding="latin-1")
    assert main(["lexicon", str(wordnet)]) == 2
    assert "cut off" in capsys.readouterr().err
    assert main(["lexicon", str(wordnet / "nowhere")]) == 2
    assert "is not WordNet's folder" in capsys.readouterr().err


def test_every_word_that_comes_along_means_something_of_the_world_and_is_not_its_own() -> None:
    nouns, verbs = lexicon._read()
    ids = {kind: {term.id for term in terms} for kind, terms in VOCABULARY.items()}
    assert len(nouns) > 20_000 and len(verbs) > 150
    assert all(meaning.id in ids[meaning.kind] for meaning in (*nouns.values(), *verbs.values()))
    assert not [word for word in (*nouns, *verbs) if tuple(word.split()) in wordings()]


@pytest.mark.parametrize(("word", "stem"), (
    ("trotting", "trot"), ("glides", "glide"), ("gliding", "glide"), ("carries", "carry"), ("waded", "wade"),
    ("marched", "march"), ("hopped", "hop"), ("stroll", "stroll"),
))  # fmt: skip
def test_a_verb_is_known_without_its_ending(word: str, stem: str) -> None:
    assert stem in lexicon.forms(word)


@pytest.mark.parametrize(("prompt", "told"), (
    ("a kestrel above the Sahara", [("subject", "eagle"), ("place", "desert")]),
    ("two wallabies lolloping through Kathmandu", [("subject", "kangaroo"), ("action", "walk"), ("place", "city")]),
    ("a spinet in a ballroom", [("subject", "keyboard_piano"), ("place", "room")]),
    ("geese by the Danube", [("subject", "goose"), ("place", "river")]),
    ("a sea lion off Antarctica", [("subject", "seal"), ("place", "snow")]),
    ("a hot air balloon", [("subject", "hot_air_balloon")]),
    ("a wombat is slowly gliding", [("subject", "kangaroo"), ("action", "fly")]),
))  # fmt: skip
def test_words_that_wordnet_knows_are_understood(prompt: str, told: list[tuple[str, str]]) -> None:
    assert [(span.kind, span.id) for span in understand(prompt).spans] == told


@pytest.mark.parametrize(("kind", "of", "least"), (("synonym", 110, 92), ("relative", 25, 21), ("riddle", 25, 15)))
def test_prompts_in_words_that_no_caption_uses_mean_their_subject(kind: str, of: int, least: int) -> None:
    lines = Path(__file__).with_name("free_prompts.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [case for case in map(json.loads, lines) if case["kind"] == kind]
    right = sum(understand(case["prompt"]).first("subject") == case["expect"]["subject"] for case in cases)
    assert len(cases) == of and right >= least


def test_what_only_comes_near_says_so() -> None:
    meerkat, = understand("a meerkat").spans
    beagle, = understand("a harrier").spans
    assert (meerkat.near, nearest(meerkat)) == (True, "a fox")
    assert (beagle.near, nearest(beagle)) == (False, None)


def test_a_thing_stands_for_another_only_where_nobody_else_is() -> None:
    assert understand("a xylophone in a meadow").first("subject") == "drum"
    found = understand("a cat with a xylophone in a meadow")
    assert [span.id for span in found.spans] == ["cat", "meadow"]
    assert [span.text for span in found.unknown] == ["xylophone"]


def test_a_word_is_what_somebody_does_only_right_behind_them() -> None:
    assert understand("a fox trudging home").first("action") == "walk"
    assert understand("a waddling kestrel, an undulating sea").first("action") == "walk"
    assert understand("a fox and a shamble").first("action") is None


def test_what_a_model_was_not_trained_on_is_unknown_though_the_lexicon_knows_it() -> None:
    found = understand("a kestrel in the Sahara", {"subject": ("fox",)})
    assert [span.text for span in found.unknown] == ["kestrel"] and found.first("place") == "desert"
    assert understand("the long-necked animal of the savanna", {"subject": ("fox",)}).first("subject") is None


@pytest.mark.parametrize(("prompt", "who"), (
    ("the long-necked animal of the savanna", "giraffe"),
    ("a waddling bird in a tuxedo", "penguin"),
    ("a bamboo-munching bear, black and white all over", "panda"),
    ("a wax stick with a flickering wick", "candle"),
    ("a cosmic explorer in a spacesuit", "astronaut"),
))  # fmt: skip
def test_somebody_is_known_by_what_is_said_of_them(prompt: str, who: str) -> None:
    span = next(span for span in understand(prompt).spans if span.kind == "subject")
    assert span.id == who and span.near
    assert nearest(span) is not None


@pytest.mark.parametrize("prompt", (
    "a quiet forest at dawn", "waves crash under a stormy sky", "sunset over the ocean, golden light",
    "the milky way over the desert, long exposure", "a rainy window, city lights blurred behind it",
    "lightning over a wheat field", "underwater light through blue water",
))  # fmt: skip
def test_an_empty_scene_stays_empty(prompt: str) -> None:
    assert understand(prompt).first("subject") is None


@pytest.mark.parametrize("prompt", ("a brown bear with a long neck in the savanna", "a bird on a branch", "a red fish"))
def test_who_is_named_stays_who_they_are(prompt: str) -> None:
    named = next(span for span in understand(prompt).spans if span.kind == "subject")
    assert not named.near and named.id in ("bear", "bird", "fish")


def test_a_description_that_fits_two_names_neither() -> None:
    assert described("black white animal".split()) is None
    assert described("striped black white african grazer".split()).id == "zebra"  # type: ignore[union-attr]
    assert described([]) is None


def test_who_is_described_is_of_the_world() -> None:
    from model.world.described import _table

    assert set(_table()[0]) <= set(SUBJECT)
