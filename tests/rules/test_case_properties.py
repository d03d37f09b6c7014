"""Worlds made by chance: the order of arrival, the invariants of implied consent, due dates counted by a slow oracle, snapshots at any cut."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rehearsal.loading import load
from rules.calendar import shipped
from rules.case_stream import advance_case
from rules.snapshot import decode, encode
from rules.stream import Health, Stream
from tests.rules.oracle import Pause, Rules, due_on
from tests.rules.worlds import Played, World, days, item, play

CN = shipped("CN")
MONDAY = datetime(2026, 3, 2, 9)
RULE = {
    "effect": "approve", "clock": "committed", "preconditions": [{"fact": "public_notice.published"}],
    "flips": [{"when": "attributes.risky == true", "effect": "none"}],
}  # fmt: skip
OFFICES = [{"id": "fire", "limit": days(2), "silence": {"effect": "consent_of_office"}}]
KINDS = [
    ("clock.suspended", {"reason": "hearing"}),
    ("clock.suspended", {"reason": "expert_review", "declared": days(2)}),
    ("clock.suspended", {"reason": "other"}),
    ("clock.resumed", {"reason": "hearing"}),
    ("clock.resumed", {}),
    ("completion.requested", {"items": ["图"], "answer_by": "2026-03-12"}),
    ("completion.supplied", {}),
    ("extension.requested", {"by": days(2)}),
    ("extension.approved", {"by": days(2), "approver": "li"}),
    ("extension.served", {}),
    ("public_notice.published", {}),
    ("attributes.recorded", {"risky": True}),
    ("attributes.recorded", {"risky": False}),
    ("reason.claimed", {"code": "x", "basis": "y"}),
    ("reason.rejected", {}),
    ("agency_data.failed", {}),
    ("hold.closed", {"hold": "precondition_unmet", "result": "effect"}),
    ("hold.closed", {"hold": "agency_data_failed", "result": "no_effect"}),
    ("decision.made", {"result": "approved"}),
    ("decision.made", {"result": "refused"}),
    ("decision.served", {}),
    ("application.withdrawn", {}),
    ("application.handed_in", {}),
    ("applicant.defaulted", {}),
    ("acceptance.declined", {}),
    ("case.reopened", {}),
    ("consent.revoked", {}),
    ("case.handed_over", {"to": "liu"}),
    ("office.answered", {"office": "fire"}),
    ("office.absent", {"office": "fire"}),
    ("finding.confirmed", {"finding": "limit_expired", "grade": "ordinary"}),
    ("finding.dismissed", {"finding": "limit_expired"}),
    ("alert.answered", {"level": "red"}),
    ("case.referred", {"to": "纪委"}),
    ("case.voided", {"reason": "x", "approver": "sun"}),
]
FACTS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(-20, 260), st.integers(0, 120)), max_size=9)
CALENDARS = st.lists(
    st.tuples(st.integers(0, 300), st.sampled_from([5, 6, 7, 9, 10, 14]), st.sampled_from(["off", "working"])),
    max_size=2,
)
OUTAGES = st.lists(st.tuples(st.integers(0, 250), st.integers(1, 60)), max_size=2)


def text(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def a_world(facts, *, late=True, calendars=(), outages=()) -> World:
    """Hours are counted from Monday 2 March, 9:00; every fact is recorded after a delay in hours."""
    world = World(
        item(
            5, 8, silence=RULE, attributes={"risky": "boolean"}, offices=OFFICES, suspensions=[{"reason": "completion"}]
        )
    )
    world.accepted(text(MONDAY))
    for place, ((type_, data), hours, delay) in enumerate(facts):
        at = MONDAY + timedelta(hours=hours)
        recorded = max(at, MONDAY) + timedelta(hours=delay if late else 0)
        world.fact(type_, text(at), recorded=text(recorded), id=f"f{place}", **data)
    for place, (hours, day, kind) in enumerate(sorted(calendars)):
        world.calendar(
            f"w{place}", text(MONDAY + timedelta(hours=hours)), days=[{"on": f"2026-03-{day:02}", "kind": kind}]
        )
    for start, length in outages:
        begin = MONDAY + timedelta(hours=start)
        world.outage(text(begin), text(begin + timedelta(hours=length)))
    return world


def final(out: Played) -> tuple[object, ...]:
    case = out.case
    dates = {name: (c["due_on"], c["expires_at"], c["breached_at"]) for name, c in case["clocks"].items()}
    outcome = {name: case["outcome"][name] for name in ("kind", "legal_at", "status")}
    return case["status"], dates, outcome if outcome["kind"] != "none" else None, out.broken()


@given(FACTS, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_arrival_does_not_matter(facts, chance: random.Random):
    world = a_world([f for f in facts if f[0][0] not in {"finding.confirmed", "finding.dismissed"}], late=False)
    orderly = world.until("2026-06-01 09:00")
    for fact in world.spec["facts"]:
        at = datetime.fromisoformat(fact["occurred_at"]) + timedelta(hours=chance.randint(0, 1500))
        fact["recorded_at"] = max(at, datetime.fromisoformat(f"{MONDAY:%Y-%m-%d}T09:00:00+08:00")).isoformat()
    assert final(world.until("2026-06-01 09:00")) == final(orderly)


@given(FACTS, CALENDARS, OUTAGES)
@settings(max_examples=50, deadline=None)
def test_the_invariants_of_implied_consent(facts, calendars, outages):
    world = a_world(facts, calendars=calendars, outages=outages)
    out = world.until("2026-06-01 09:00")
    granted = out.outcome["kind"] == "implied_consent"
    valid = [c for c in out.certificates if c["for"] == "case" and c["status"] == "valid"]
    assert len(valid) <= 1
    if valid:
        assert granted
    if granted and out.outcome["status"] == "in_force":
        at = datetime.fromisoformat(out.outcome["legal_at"])
        assert valid
        assert [b for b in out.breaches(clock="committed") if b["status"] in {"standing", "excused"}] or any(
            f["type"] == "finding.dismissed" for f in world.spec["facts"]
        )
        assert not _before(world, at, "application.withdrawn") or out.refusals() or "case.reopened" in _types(world)
        assert not out.clock()["provisional"]
        assert out.open_holds <= {"under_review"}
    if out.open_holds & {"precondition_unmet", "reason_claimed", "agency_data_failed", "provisional_date"}:
        assert not valid
    assert (
        len(out.ledger("consent_implied"))
        <= 1 + len(out.ledger("outcome_superseded")) + len(out.ledger("consent_implied")) // 2
    )


def _types(world: World) -> set[str]:
    return {f["type"] for f in world.spec["facts"]}


def _before(world: World, at: datetime, type_: str) -> bool:
    return any(f["type"] == type_ and datetime.fromisoformat(f["occurred_at"]) < at for f in world.spec["facts"])


@given(FACTS, CALENDARS, OUTAGES)
@settings(max_examples=20, deadline=None)
def test_the_same_world_twice_gives_the_same_and_repeats_change_nothing(facts, calendars, outages):
    world = a_world(facts, calendars=calendars, outages=outages)
    once = play(world.until("2026-05-01 09:00") and world.spec)
    world.spec["facts"] += [f | {"recorded_at": "2026-04-20T09:00:00+08:00"} for f in world.spec["facts"]]
    twice = play(world.spec)
    assert len(twice.pop("duplicates")) == len(facts) + 1
    once.pop("duplicates")
    assert once == twice


@given(FACTS, st.integers(0, 9))
@settings(max_examples=30, deadline=None)
def test_a_case_from_a_snapshot_is_the_case_from_all_facts(facts, cut):
    world = a_world(facts)
    world.spec["until"] = "2026-06-01T00:00:00+08:00"
    loaded = load(msgspec.json.encode(world.spec))
    arriving = sorted(loaded.facts, key=lambda f: f.recorded_at)
    kept, through = Stream("case:A"), Stream("case:A")
    for place, fact in enumerate(arriving):
        if place == cut:
            through = decode(encode(through))
        one = advance_case(kept, [fact], fact.recorded_at, loaded.world, Health())
        other = advance_case(through, [fact], fact.recorded_at, loaded.world, Health())
        kept, through = one.stream, other.stream
        assert one.entries == other.entries
        assert one.next_at == other.next_at
    assert kept.view == through.view
    assert kept.records == through.records


@given(
    st.integers(1, 30),
    st.integers(0, 27),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12), st.booleans()), max_size=3),
)
@settings(max_examples=50, deadline=None)
def test_due_dates_are_those_of_a_slow_day_by_day_counter(amount, first, pauses):
    zero = date(2026, 9, 1) + timedelta(first)
    world = World(item(amount, suspensions=[{"reason": "other"}, {"reason": "hearing", "kind": "restart"}]))
    world.accepted(f"{zero} 09:00")
    slow, last = [], zero
    for gap, length, again in pauses:
        stop = last + timedelta(gap)
        last = stop + timedelta(length)
        reason = "hearing" if again else "other"
        world.fact("clock.suspended", f"{stop} 10:00", reason=reason).fact(
            "clock.resumed", f"{last} 11:00", reason=reason
        )
        slow.append(Pause(stop, last, again))
        last += timedelta(1)
    out = world.until("2026-09-01 08:00" if zero > date(2026, 9, 1) else "2026-12-31 09:00")
    out = world.until("2026-12-31 09:00")
    expected = due_on(amount, zero, slow, Rules(), CN.is_working_day)
    if expected.year == 2026:
        assert out.due_on == expected.isoformat()


def test_conclusions_settle_at_every_instant():
    """A step without news concludes nothing twice."""
    world = a_world([(KINDS[10], 3, 0), (KINDS[12], 4, 0)])
    world.spec["until"] = "2026-06-01T00:00:00+08:00"
    loaded = load(msgspec.json.encode(world.spec))
    stream = Stream("case:A")
    for fact in loaded.facts:
        stream = advance_case(stream, [fact], fact.recorded_at, loaded.world, Health()).stream
    for day in range(1, 60):
        at = datetime(2026, 3, 5, tzinfo=UTC) + timedelta(days=day)
        stream = advance_case(stream, [], at, loaded.world, Health()).stream
        again = advance_case(stream, [], at, loaded.world, Health())
        assert again.entries == ()
