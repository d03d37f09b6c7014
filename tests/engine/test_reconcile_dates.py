"""The second road to a due date: it agrees with the rules on any facts, names what it does not judge, and finds a wrong date."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from engine.console.i18n import catalogue
from engine.intake.decide import advance, decide, due_streams
from engine.reconcile.dates import compare_dates
from engine.storage.config import Configuration, record_all
from engine.storage.connect import open_owner
from tests.support.county import at, county, two_months
from tests.support.servers import fresh_database
from tests.support.worlds import MONDAY, TestClock, a_database, message

pytestmark = pytest.mark.postgres
LATER = MONDAY + timedelta(days=400)
PROFILES = (
    None, None, None, "nl-awb", "de-bgb", "es-39-2015", "fr-crpa", "eu-1182-71", {"suspension": {"stop_day_counts": False}},
    {"suspension": {"restart_day_counts": True}}, {"day_zero": "included"}, {"cut_off": "16:00"},
    {"non_working_receipt": "deemed_received_next"}, {"period_end_roll": "none"}, {"period_end_roll": "previous_working_day"},
)  # fmt: skip
UNITS = ("working_days",) * 4 + ("calendar_days",) * 2 + ("weeks", "months")


def an_item(draw, number):
    unit = draw.choice(UNITS)
    limit = {"amount": draw.randint(1, 3 if unit == "months" else 12), "unit": unit}
    item = {
        "code": f"I{number}", "unit": "planning", "version": 1, "effective_from": "2015-01-01", "committed_limit": limit,
        "statutory_limit": {"amount": 20, "unit": "working_days"}, "holder": "zhang",
        "suspensions": [{"reason": "completion", "basis": "x"}],
    }  # fmt: skip
    if draw.random() < 0.5:
        item["suspensions"].append({"reason": "public_notice", "basis": "x", "clock": "committed"})
    if draw.random() < 0.5:
        item["silence"] = {"effect": "approve", "clock": "committed", "basis": "x"}
    if profile := draw.choice(PROFILES):
        item["profile"] = profile
    if draw.random() < 0.3:
        item["extension"] = {"max": {"amount": 5, "unit": draw.choice(("working_days", "calendar_days"))}, "basis": "x"}
    return item


class Telling:
    """Facts of one case, drawn; some with their day alone."""

    def __init__(self, draw, case, item):
        self.draw, self.case, self.item, self.told = draw, case, item, []

    def tell(self, type_, when, **data):
        fact = message(f"{self.case}/{len(self.told)}", type_, self.case, when, **data)
        if self.draw.random() < 0.15:
            fact = msgspec.structs.replace(fact, occurred_at=None, occurred_on=(when + timedelta(hours=8)).date())
        self.told.append(fact)

    def a_life(self):
        draw = self.draw
        start = MONDAY + timedelta(days=draw.randint(0, 300), minutes=draw.randint(0, 1439))
        first = draw.choice(
            (
                "application.accepted",
                "application.accepted",
                "application.received",
                "application.handed_in",
                "case.opened",
            )
        )
        self.tell(first, start, item=self.item["code"])
        if first in {"application.received", "application.handed_in"} and draw.random() < 0.8:
            self.tell("application.accepted", start + timedelta(days=draw.randint(0, 9), hours=2))
        when = start + timedelta(hours=draw.randint(0, 48))
        for _ in range(draw.choice((0, 0, 1, 1, 2, 3))):
            when += timedelta(hours=draw.randint(1, 90))
            draw.choice((self.suspend, self.suspend, self.complete, self.extend))(when)
        if draw.random() < 0.5:
            self.tell("decision.served", when + timedelta(hours=draw.randint(1, 300)), result="approved")
        return self.told

    def suspend(self, when):
        draw, reason = self.draw, self.draw.choice(("hearing", "expert_review", "public_notice", "other"))
        more = draw.choice(({}, {}, {}, {"clock": "committed"}))
        if (length := draw.random()) < 0.25:
            more["declared"] = {
                "amount": draw.randint(1, 8),
                "unit": draw.choice(("working_days", "calendar_days", "weeks")),
            }
        elif length < 0.4:
            more["until"] = (when + timedelta(days=draw.randint(0, 12))).date().isoformat()
        self.tell("clock.suspended", when, reason=reason, **more)
        if draw.random() < 0.7:
            self.tell(
                "clock.resumed", when + timedelta(hours=draw.randint(1, 150)), **draw.choice(({}, {"reason": reason}))
            )

    def complete(self, when):
        term = {"answer_by": (when + timedelta(days=self.draw.randint(1, 15))).date().isoformat()}
        self.tell("completion.requested", when, items=["a"], **(term if self.draw.random() < 0.8 else {}))
        if self.draw.random() < 0.7:
            self.tell("completion.supplied", when + timedelta(hours=self.draw.randint(1, 250)))

    def extend(self, when):
        by = {"amount": self.draw.randint(1, 7), "unit": self.draw.choice(("working_days", "calendar_days"))}
        self.tell("extension.requested", when, by=by, **({"clock": "committed"} if self.draw.random() < 0.3 else {}))
        self.tell("extension.approved", when + timedelta(hours=1), actor=self.draw.choice(("li", "li", None, "zhang")))
        if self.draw.random() < 0.8:
            self.tell("extension.served", when + timedelta(hours=self.draw.randint(2, 60)))


@pytest.fixture
def opened(postgres_server, tmp_path):
    """The small world with the items given, as a pool."""
    with a_database(postgres_server, tmp_path, size=3) as pool:

        def with_items(*items):
            with open_owner(pool.conninfo) as connection:
                pieces = [Configuration(kind="item", id=item["code"], body=item) for item in items]
                record_all(connection, pieces, "tests", MONDAY)
            return pool

        yield with_items


def lived(pool, clock, messages):
    with pool.connection() as connection:
        decide(connection, messages, clock)
    with pool.connection() as connection:
        while ids := due_streams(connection, clock.now(), 500):
            advance(connection, ids, clock)


def compared(pool, clock):
    with pool.connection() as connection:
        return compare_dates(connection, clock.now())


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_both_roads_lead_to_the_same_dates_whatever_the_facts(opened, seed):
    draw = random.Random(seed)
    items = [an_item(draw, number) for number in range(40)]
    pool, clock = opened(*items), TestClock(LATER)
    lived(pool, clock, [fact for n in range(500) for fact in Telling(draw, f"C{n}", draw.choice(items)).a_life()])
    dates = compared(pool, clock)
    assert dates.findings == ()
    assert dates.compared > 400, dates.not_covered
    assert dates.compared + sum(dates.not_covered.values()) >= 990, "both clocks of every case, compared or counted"


def test_the_county_agrees_and_what_is_not_judged_is_counted_by_its_reason(postgres_server, tmp_path):
    with fresh_database(postgres_server) as url, county(url, tmp_path, at("2026-02-02", "08:00")) as life:
        two_months(life)
        dates = compared(life.pool, life.clock)
    assert (dates.findings, dates.not_covered) == ((), {"limit_in_hours": 1})
    assert dates.compared > 100


ITEM = {
    "code": "P", "unit": "planning", "version": 1, "effective_from": "2015-01-01", "holder": "zhang",
    "committed_limit": {"amount": 5, "unit": "working_days"}, "statutory_limit": {"amount": 8, "unit": "working_days"},
    "suspensions": [{"reason": "public_notice", "basis": "x", "kind": "restart"}],
}  # fmt: skip


def on(day, hour=10):
    return datetime.fromisoformat(f"{day}T{hour:02}:00+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("facts", "ends"),
    [
        ([("application.accepted", "2026-09-18", {})], ("2026-09-24", "2026-09-30")),
        ([("application.accepted", "2026-02-10", {})], ("2026-02-24", "2026-02-27")),
        (
            [
                ("application.accepted", "2026-04-27", {}),
                ("clock.suspended", "2026-04-29", {"reason": "hearing"}),
                ("clock.resumed", "2026-05-07", {"reason": "hearing"}),
            ],
            ("2026-05-11", "2026-05-14"),
        ),
    ],
)
def test_a_date_that_was_told_wrong_is_found(opened, facts, ends):
    pool, clock = opened(ITEM), TestClock(on("2026-09-18"))
    first, *more = facts
    lived(pool, clock, [message("0", first[0], "A", on(first[1]), item="P", **first[2])])
    lived(pool, clock, [message(f"{n}", kind, "A", on(day), **data) for n, (kind, day, data) in enumerate(more, 1)])
    assert compared(pool, clock).findings == ()
    with open_owner(pool.conninfo) as connection:
        connection.execute(
            "UPDATE entry SET body = replace(body, '\"due_on\":\"2026', '\"due_on\":\"2027') WHERE key LIKE 'limit:%'"
        )
    found = compared(pool, clock).findings
    assert [(one.kind, one.place, one.stream_id) for one in found] == [
        ("due_date", "limit:committed", "case:A"),
        ("due_date", "limit:statutory", "case:A"),
    ]
    assert tuple(one.expected[:10] for one in found) == ends


WHY = [
    ("restart", {}, [("clock.suspended", {"reason": "public_notice"})]),
    ("defaulted", {}, [("applicant.defaulted", {})]),
    ("corrected", {}, [("fact.retracted", {"fact": "0", "reason": "x"})]),
    ("voided", {}, [("case.voided", {"reason": "x"})]),
    ("several_notices", {}, [("completion.requested", {"items": ["a"]})] * 2),
    ("limit_until_a_date", {"committed_limit": {"unit": "until_date", "attribute": "end"}}, [("attributes.recorded", {"data": {"end": "2026-12-01"}})]),
    ("minimum_working_days", {"committed_limit": {"amount": 8, "unit": "calendar_days"}, "profile": "eu-1182-71"}, []),
    ("declared_in_months", {}, [("clock.suspended", {"reason": "hearing", "declared": {"amount": 1, "unit": "months"}})]),
    ("moved_after_the_end", {}, [("decision.served", {"result": "approved"}), ("clock.suspended", {"reason": "hearing"})]),
]  # fmt: skip


@pytest.mark.parametrize(("why", "item", "facts"), WHY, ids=[why for why, _, _ in WHY])
def test_what_this_road_does_not_judge_is_counted_and_named(opened, why, item, facts):
    pool, clock = opened(ITEM | item | {"attributes": {"end": "date"}}), TestClock(MONDAY + timedelta(hours=1))
    lived(pool, clock, [message("0", "application.accepted", "A", MONDAY, item="P")])
    for number, (kind, data) in enumerate(facts, 1):
        lived(pool, clock, [message(str(number), kind, "A", MONDAY + timedelta(minutes=number), **data)])
    dates = compared(pool, clock)
    assert dates.not_covered.get(why, 0) > 0, dates
    assert dates.compared + sum(dates.not_covered.values()) == 2
    assert dates.findings == ()


def test_a_case_keeps_the_calendar_of_its_end_and_an_open_one_follows_the_one_in_force(opened):
    pool, clock = opened(ITEM), TestClock(MONDAY)
    lived(pool, clock, [message(f"{c}/0", "application.accepted", c, MONDAY, item="P") for c in ("open", "ended")])
    lived(pool, clock, [message("ended/1", "application.withdrawn", "ended", MONDAY)])
    clock.go(timedelta(hours=1))
    body = {
        "version": "CN-2",
        "extends": "CN",
        "known_from": clock.at.isoformat(),
        "days": [{"on": "2026-03-05", "kind": "off"}],
    }
    with open_owner(pool.conninfo) as connection:
        shipped = {"version": "CN-1", "extends": "CN", "known_from": "2020-01-01T00:00:00+08:00"}
        record_all(
            connection,
            [Configuration(kind="calendar", id=one["version"], body=one) for one in (shipped, body)],
            "tests",
            clock.at,
        )
    assert compared(pool, clock).not_covered == {"in_flight": 2}, "not looked at yet"
    lived(pool, clock, [])
    dates = compared(pool, clock)
    assert (dates.findings, dates.not_covered, dates.compared) == ((), {}, 4)
    with pool.connection() as connection:
        ends = dict(connection.execute("SELECT case_id, due_on::text FROM case_file").fetchall())
    assert ends == {"open": "2026-03-10", "ended": "2026-03-09"}


def test_every_reason_has_its_word_for_operators():
    from importlib.resources import files

    sql = "".join(file.read_text() for file in files("engine.reconcile").joinpath("sql").iterdir())
    words = {key.partition(".")[2] for key in catalogue("zh") if key.startswith("reconcile_why.")}
    assert [word for word in words if f"'{word}'" not in sql] == []
    assert [word for word, _, _ in WHY if word not in words] == []
    assert Counter(words)["approver"] == 1
