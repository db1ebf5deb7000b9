"""Signs: the word that a prompt wants on one is read, means nothing else, and is there to be read."""

from __future__ import annotations

import numpy as np
import pytest

from model.world.blocking import Blocking, block
from model.world.lettering import LETTERS, LONGEST, lettering
from model.world.places.letters import _STROKES
from model.world.render import PAPER, Backdrop
from model.world.signs import picture
from model.world.understand import understand


@pytest.mark.parametrize(("prompt", "word"), [
    ('a fox beside a sign that says "Hello!"', "HELLO!"),
    ("a bakery with a sign that says BREAD", "BREAD"),
    ("next to a STOP sign a dog waits", "STOP"),
    ("the name ZOO on a big sign", "ZOO"),
    ("a billboard reads hello", "HELLO"),
    ("a sign saying “free hugs for everyone”", "FREE HUGS"),
    ("a sign that says 'Ben's Cafe'", "BEN'S CAFE"),
    ("a sign with the word CAFÉ", "CAFE"),
    ('a sign with the word "北京"', None),
    ('a sign that says "FU中CK"', None),
    ('a sign that says "F\U0001f600K"', None),
    ("a sign that says “DON’T WALK”", "DON'T WALK"),
    ("a NO PARKING sign", "NO PARKING"),
    ('a sign with "OPEN" on it', "OPEN"),
    ("a sign: OPEN", "OPEN"),
    ("THE DOG SITS UNDER THE SIGN", None),
    ("a bus passes a sign and a boy says hello", None),
    ("the sign says we are closed", None),
    ("a boy reads the sign aloud", None),
    ("a sign that says hello in a forest", "HELLO"),
    ("the sign says that it rains", None),
    ("a street sign", None),
    ("a sign that says", None),
    ('a sign that says "incomprehensibilities"', None),
    ("a fox reads a book", None),
])  # fmt: skip
def test_the_word_of_a_sign_is_read(prompt: str, word: str | None) -> None:
    found = lettering(prompt)
    assert (None if found is None else found.word) == word
    if found is not None:
        assert 0 < len(found.word) <= LONGEST and 0 <= found.start < found.end <= len(prompt)


def test_every_letter_that_fits_can_be_drawn() -> None:
    assert LETTERS - {" "} == set(_STROKES)
    assert picture("W" * LONGEST, 1).isfinite().all()


def test_what_is_written_is_nobody_and_no_place() -> None:
    heard = understand('a fox beside a sign that says "PIZZA ZOO"')
    assert [(span.kind, span.id) for span in heard.spans] == [("subject", "fox"), ("sign", "PIZZA ZOO")]
    assert heard.unknown == ()
    assert understand('a neon sign saying "OPEN 24H"').first("place") == "neon"
    shot = block("a fox beside a sign that says ZOO")
    assert shot.place == "meadow" and shot.sign is not None and shot.sign.x > 0.3


@pytest.mark.parametrize("frame", [(144, 80), (80, 144)])
def test_a_sign_is_on_the_paper_and_on_the_set_and_stays_in_a_narrow_frame(frame: tuple[int, int]) -> None:
    width, height = frame
    shot = block("a sign that says OPEN", frame=frame)
    plan = Blocking(shot, width, height)
    set_ = Backdrop(np.full((height, width, 3), 200, np.uint8))
    paper, staged = plan.staged(set_, 0, 2)
    seen = (paper[1] != PAPER).any(-1)
    assert not plan.plain and 0.05 < seen.mean() < 0.6
    assert not seen[:, 0].any() and not seen[:, -1].any()
    with_king = Blocking(block("a king beside a sign that says OPEN", frame=frame), width, height).frames(1, 1)[0]
    board = (with_king != PAPER).any(-1)
    assert not board[: height // 2, -1].any() and board[: height // 2].any()
    assert (np.abs(staged[1].astype(int) - 200).max(-1)[seen] > 10).mean() > 0.8
