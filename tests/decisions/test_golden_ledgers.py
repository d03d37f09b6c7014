"""Stored facts give the same dates, breaches and measures as when they were stored."""

import json

import pytest

from tests.decisions.golden import LEDGERS, WORLDS, summary
from tests.rules.worlds import play


def test_every_world_is_stored():
    assert {path.stem for path in LEDGERS.glob("*.json")} == set(WORLDS)


@pytest.mark.parametrize("path", sorted(LEDGERS.glob("*.json")), ids=lambda path: path.stem)
def test_a_stored_world_gives_what_it_gave(path):
    stored = json.loads(path.read_text("utf-8"))
    assert summary(play(stored["rehearsal"])) == stored["expect"]
