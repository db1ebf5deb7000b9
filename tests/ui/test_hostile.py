"""A hostile visitor finds nothing, and the studio tells nobody anything."""

from __future__ import annotations

import pytest

from tests.ui.hostile import attack
from tests.ui.servers import Server

pytestmark = pytest.mark.slow


def test_a_hostile_visitor_gets_nowhere_and_the_studio_calls_nobody(shared: Server) -> None:
    rows = attack(shared, crowd=40)
    assert [f"{row.tried}: {row.happened}" for row in rows if not row.good] == []
    seen = (shared.log.parent / "network.txt").read_text().splitlines()
    assert seen, "a shot was made, files were read,"
    assert set(seen) == {"watching"}, "and no other machine was looked up or reached"
