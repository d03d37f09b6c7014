"""Old cases run through the same steps in virtual time (time-limits.md 7)."""

from datetime import UTC, datetime

import msgspec

from engine.rehearsal.loading import load
from rules.case_stream import advance_case
from rules.stream import Health, Stream
from tests.rules.worlds import a_case

PAST = Health(backfilled=True)
LATER = datetime(2026, 3, 20, tzinfo=UTC)


def imported(world):
    loaded = load(msgspec.json.encode(world.with_(until="2026-06-01T00:00:00+08:00").spec))
    stream = Stream("case:A")
    for fact in loaded.facts:
        stream = advance_case(stream, [fact], fact.recorded_at, loaded.world, PAST).stream
    return advance_case(stream, [], LATER, loaded.world, PAST).stream


def test_an_effect_found_by_back_fill_waits_until_a_person_confirms():
    stream = imported(a_case(5, silence="approve").accepted("03-02 09:00"))
    assert "outcome" not in stream.records
    assert stream.records["hold:backfilled"].status == "open"
    world = a_case(5, silence="approve").accepted("03-02 09:00")
    world.fact("hold.closed", "03-16 09:00", hold="backfilled", result="effect", approver="sun")
    confirmed = imported(world)
    assert confirmed.records["outcome"].data["kind"] == "implied_consent"
    assert confirmed.records["outcome"].data["at"] == "2026-03-10T00:00:00+08:00"


def test_or_says_that_it_has_none():
    world = a_case(5, silence="approve").accepted("03-02 09:00")
    world.fact("hold.closed", "03-16 09:00", hold="backfilled", result="no_effect", approver="sun")
    stream = imported(world)
    assert "outcome" not in stream.records
    assert "hold:backfilled" not in stream.records or stream.records["hold:backfilled"].status == "closed"
