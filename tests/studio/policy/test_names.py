"""Names: in which scripts they are known, which words that resemble them are left alone, and whose friends go too."""

from __future__ import annotations

import pytest

from studio.policy import PolicyRequest, check_request
from studio.policy.indirect import unknown_styles
from studio.policy.names import _classics, mentions
from studio.policy.normalise import fold


def ask(text):
    return check_request(PolicyRequest(text), "strict")


def named(text):
    return [m.name for m in mentions(fold(text), text)] + [m.name for m in unknown_styles(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("محمد صلاح في حديقة", "محمد صلاح"),
        ("فيروز تسقي الزهور", "فيروز"),
        ("손흥민이 빵을 굽는다", "손흥민"),
        ("일론 머스크가 말을 탄다", "일론"),
        ("Илон Маск едет на лошади", "Маск"),
        ("泰勒·斯威夫特在花园里", "泰勒"),
        ("uma floresta no estilo de Tim Burton", "Burton"),
        ("봉준호 감독 스타일의 골목", "봉준호"),
    ],
)
def test_names_are_known_in_their_own_script_and_in_other_languages(text, name):
    decision = ask(text)
    assert decision.action == "rewrite" and name not in decision.rewritten


def test_a_borrowed_style_goes_with_the_words_that_borrow_it():
    assert ask("uma rua no estilo de Tim Burton").rewritten == "uma rua in a gothic, spindly, striped style"


@pytest.mark.parametrize(
    "word", ["production in a garden", "a pictures by the sea", "een groot huis", "a michael by the sea"]
)
def test_words_that_only_resemble_a_name_are_left_alone(word):
    assert named(word) == []


def test_every_artist_who_is_dead_for_a_hundred_years_may_be_named_in_full():
    # "Joseph Mallord William Turner" has more words than a name is taken to have.
    names = sorted(set(_classics()))
    assert len(names) > 1900
    assert [name for name in names if named(f"a harbour in the style of {name}, at dusk")] == []


@pytest.mark.parametrize(
    "text",
    [
        "my sister's friend Katie Brown at her desk",
        "meine Kollegin Sabine Köhler tanzt",
        "minha vizinha Ana Souza rega as flores",
        "моя соседка Ольга Иванова варит суп",
        "我的同事王小丽在公司跳舞",
    ],
)
def test_people_whom_only_the_writer_knows_are_described(text):
    decision = ask(text)
    assert (decision.action, decision.category) == ("rewrite", "private_person")


def test_a_compound_word_is_not_taken_apart_by_a_rewrite():
    assert ask("Pikachu on a skateboard").rewritten.endswith(" on a skateboard")
