"""One case through weeks of anything: facts late, repeated and in any order, outages, watermarks, calendars that change.

After every step the world is played up to that moment, and what is published must keep the promises of time-limits.md.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.rehearsal.loading import load
from engine.rehearsal.output import Output
from rules.rehearsal import Rehearsal
from rules.rehearsal_report import report
from rules.snapshot import decode, encode
from tests.rules.oracle import Pause, Rules, due_on
from tests.rules.worlds import Played, World, days, item

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, 9, tzinfo=ZONE)
DELAY = timedelta(minutes=10)
AMOUNT, EXTENSION = 5, 2
SILENCE = {
    "effect": "approve", "clock": "committed", "preconditions": [{"fact": "public_notice.published"}],
    "flips": [{"when": "attributes.risky == true", "effect": "none"}],
}  # fmt: skip
OFFICE = {"id": "fire", "limit": days(2), "silence": {"effect": "consent_of_office"}}
ITEM = item(
    AMOUNT, silence=SILENCE, attributes={"risky": "boolean"}, offices=[OFFICE], suspensions=[{"reason": "other"}]
)
SURELY_NO_CONSENT = {
    "precondition_unmet",
    "reason_claimed",
    "agency_data_failed",
    "provisional_date",
    "calendar_corrected",
}
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("clock.suspended", {"reason": "hearing"}),
    ("clock.suspended", {"reason": "other"}),
    ("clock.resumed", {"reason": "hearing"}),
    ("clock.resumed", {}),
    ("extension.requested", {"by": days(EXTENSION)}),
    ("extension.approved", {"by": days(EXTENSION), "approver": "li"}),
    ("extension.served", {}),
    ("public_notice.published", {}),
    ("attributes.recorded", {"risky": True}),
    ("attributes.recorded", {"risky": False}),
    ("reason.claimed", {"code": "survey", "basis": "规定"}),
    ("reason.rejected", {}),
    ("agency_data.failed", {}),
    ("hold.closed", {"hold": "precondition_unmet", "result": "effect"}),
    ("hold.closed", {"hold": "reason_claimed", "result": "no_effect"}),
    ("decision.made", {"result": "refused"}),
    ("decision.served", {"result": "refused"}),
    ("decision.served", {"result": "approved"}),
    ("application.withdrawn", {}),
    ("case.handed_over", {"to": "liu"}),
    ("office.answered", {"office": "fire"}),
    ("office.absent", {"office": "fire"}),
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


class FromSnapshots(Rehearsal):
    """The same, every step taken from a snapshot of the one before."""

    def _step(self, name: str, new: Any, moment: datetime) -> None:
        if name in self.streams:
            self.streams[name] = decode(encode(self.streams[name]))
        super()._step(name, new, moment)


class Weeks(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World(ITEM)
        self.now = START
        self.repeats = 0
        self.outages: list[tuple[datetime, datetime]] = []
        self.days: dict[date, str] = {}
        self.estimated = False
        self.ledger: list[Any] = []

    @initialize(notice=st.booleans(), risky=st.sampled_from([None, False, True]))
    def opened(self, notice: bool, risky: bool | None) -> None:
        self.say("application.accepted", START, {"holder": "zhang"}, item="P")
        if notice:
            self.say("public_notice.published", START + timedelta(hours=1), {})
        if risky is not None:
            self.say("attributes.recorded", START + timedelta(hours=1), {"risky": risky})

    def say(self, type_: str, occurred: datetime, data: dict[str, Any], **more: Any) -> None:
        """Instants differ by a second at least: their order is then no matter of sequence."""
        facts = self.world.spec["facts"]
        occurred += timedelta(seconds=len(facts))
        self.now = max(occurred, self.now + timedelta(minutes=1))
        facts.append({
            "id": f"f{len(facts)}", "type": type_, "case": "A", "source": "hall", "occurred_at": occurred.isoformat(),
            "recorded_at": self.now.isoformat(), "data": data, **more,
        })  # fmt: skip

    # -- what may happen ----------------------------------------------------------------------------------------------------

    @rule(kind=st.sampled_from(KINDS), late=st.sampled_from([0, 0, 0, 1, 20, 60, 200]))
    def told(self, kind: tuple[str, dict[str, Any]], late: int) -> None:
        self.say(kind[0], max(self.now - timedelta(hours=late), START), kind[1])

    @rule(reason=st.sampled_from(["hearing", "other"]), hours=st.sampled_from([2, 30, 60]))
    def a_stop_ended(self, reason: str, hours: int) -> None:
        self.say("clock.suspended", max(self.now - timedelta(hours=hours), START), {"reason": reason})
        self.say("clock.resumed", self.now, {"reason": reason})

    @rule(hours=st.sampled_from([1, 24, 48, 120, 200]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(chance=st.integers(0, 99))
    def told_again(self, chance: int) -> None:
        facts = self.world.spec["facts"]
        again = facts[chance % len(facts)]
        self.now += timedelta(minutes=1)
        facts.append({**again, "recorded_at": self.now.isoformat()})
        self.repeats += 1

    @rule(chance=st.integers(0, 99))
    def taken_back(self, chance: int) -> None:
        said = [f for f in self.known() if not f["type"].startswith(("application.accepted", "source.", "fact."))]
        if said:
            what = said[chance % len(said)]
            self.say("fact.retracted", self.now, {"fact": what["id"], "reason": "误录", "approver": "sun"})

    @rule(hours=st.integers(1, 60))
    def the_engine_is_down(self, hours: int) -> None:
        self.now += timedelta(minutes=1)
        ends = self.now + timedelta(hours=hours)
        self.world.spec["outages"].append({"what": "engine", "from": self.now.isoformat(), "to": ends.isoformat()})
        self.outages.append((self.now, ends))
        self.now = ends

    @rule(back=st.sampled_from([0, 3, 50]))
    def the_source_says_how_far_it_has_come(self, back: int) -> None:
        through = (self.now - timedelta(hours=back)).isoformat()
        self.say("source.watermark", self.now, {"through": through})

    @precondition(lambda self: len(self.world.spec["calendars"]) < 4)
    @rule(on=st.dates(date(2026, 3, 2), date(2026, 3, 20)), kind=st.sampled_from(["off", "working"]))
    def the_calendar_changes(self, on: date, kind: str) -> None:
        self.days[on] = kind
        self._version(days=[{"on": on.isoformat(), "kind": kind}])

    @precondition(lambda self: len(self.world.spec["calendars"]) < 4)
    @rule()
    def the_year_turns_out_uncertain_or_firm(self) -> None:
        self.estimated = not self.estimated
        self._version(years={"2026": "estimated" if self.estimated else "official"})

    def _version(self, **changes: Any) -> None:
        self.now += timedelta(minutes=1)
        versions = self.world.spec["calendars"]
        versions.append({
            "version": f"w{len(versions)}", "known_from": self.now.isoformat(), "extends": versions[-1]["version"], **changes
        })  # fmt: skip

    # -- what must hold at every moment ---------------------------------------------------------------------------------------

    @invariant()
    def promises_are_kept(self) -> None:
        if not self.world.spec["facts"]:
            return
        out = self.played(self.now)
        self.nothing_on_the_ledger_changes(out)
        self.nothing_is_published_while_the_engine_is_down(out)
        self.consent_is_implied_only_where_it_may_be(out)
        self.ends_are_those_of_the_slow_counter(out)
        assert len(out.out["duplicates"]) == self.repeats

    def played(self, until: datetime, kind: type[Rehearsal] = Rehearsal) -> Played:
        self.world.spec["until"] = until.isoformat()
        loaded = load(msgspec.json.encode(self.world.spec))
        rehearsal = kind(loaded.world, loaded.until, loaded.outages)
        rehearsal.play(loaded.facts)
        return Played(msgspec.json.decode(msgspec.json.encode(report(rehearsal, ()))), "A")

    def nothing_on_the_ledger_changes(self, out: Played) -> None:
        lines = out.case["ledger"]
        assert lines[: len(self.ledger)] == self.ledger
        self.ledger = lines

    def nothing_is_published_while_the_engine_is_down(self, out: Played) -> None:
        written = [at(line["recorded_at"]) for line in out.case["ledger"]]
        assert not any(begin <= moment < end for moment in written for begin, end in self.outages)

    def consent_is_implied_only_where_it_may_be(self, out: Played) -> None:
        valid = [c for c in out.certificates if c["for"] == "case" and c["status"] == "valid"]
        granted = out.outcome["kind"] == "implied_consent" and out.outcome["status"] in {"in_force", "confirmed"}
        assert [c["legal_at"] for c in valid] == ([out.outcome["legal_at"]] if granted else [])
        assert len({c["number"] for c in out.certificates}) == len(out.certificates)
        if not granted:
            return
        legal = at(out.outcome["legal_at"])
        assert at(out.outcome["recorded_at"]) >= legal + DELAY
        assert not out.open_holds & SURELY_NO_CONSENT
        assert [b["legal_at"] for b in out.breaches(clock="committed", status="standing")] == [out.outcome["legal_at"]]
        assert not self.before(legal, "decision.served")
        assert not self.before(legal, "application.withdrawn")
        assert self.last_before(legal, "attributes.recorded", {}).get("risky") is not True
        assert not out.clock()["provisional"]
        if len(self.world.spec["calendars"]) == 1:
            pauses = self.model()[1]
            assert not any(begin < legal and (end is None or legal < end) for begin, end in pauses)

    def known(self) -> list[dict[str, Any]]:
        """Facts that the engine has by now and nobody has taken back, without repeats, in order of occurrence."""
        facts = {f["id"]: f for f in reversed(self.world.spec["facts"])}
        gone = {f["data"]["fact"] for f in facts.values() if f["type"] == "fact.retracted"}
        return sorted((f for f in facts.values() if f["id"] not in gone), key=lambda f: at(f["occurred_at"]))

    def before(self, moment: datetime, type_: str) -> list[dict[str, Any]]:
        return [f["data"] for f in self.known() if f["type"] == type_ and at(f["occurred_at"]) < moment]

    def last_before(self, moment: datetime, type_: str, default: dict[str, Any]) -> dict[str, Any]:
        return (self.before(moment, type_) or [default])[-1]

    # -- the same end, told slowly ----------------------------------------------------------------------------------------------

    def ends_are_those_of_the_slow_counter(self, out: Played) -> None:
        """Where the calendar has not changed a stop's lawfulness and the case is open, the end is the slow counter's."""
        if len(self.world.spec["calendars"]) > 1 and any(
            f["type"].startswith(("clock.", "extension.")) for f in self.known()
        ):
            return
        expected, pauses = self.model()
        if out.status not in {"open", "suspended"}:
            return
        standing = any(end is None for _, end in pauses)
        assert out.due_on == (None if standing else expected.isoformat())

    def model(self) -> tuple[date, list[tuple[datetime, datetime | None]]]:
        """The end by day, and the stops that were lawful when they began."""
        pauses: list[list[Any]] = []
        amount, asked, approved, extended = AMOUNT, True, False, False  # an approval speaks for a request not on record
        for fact in self.known():
            moment, type_, data = at(fact["occurred_at"]), fact["type"], fact["data"]
            if type_ == "clock.resumed":
                for pause in pauses:
                    pause[1] = pause[1] or (moment if data.get("reason") in {None, pause[2]} else None)
            standing = any(end is None for _, end, _ in pauses)
            runs = standing or moment < self.midnight_after(self.slow(amount, pauses))
            if type_ == "application.withdrawn" or (type_ == "decision.served" and runs):
                break
            if type_ == "clock.suspended" and runs:
                pauses.append([moment, None, data["reason"]])
            elif type_ == "extension.requested":
                asked, approved = runs and not extended, False
            elif type_ == "extension.approved" and asked:
                asked = approved = runs
            elif type_ == "extension.served" and approved:
                extended, amount = extended or runs, amount + EXTENSION * runs
                asked, approved = not extended, False
        return self.slow(amount, pauses), [(begin, end) for begin, end, _ in pauses]

    def slow(self, amount: int, pauses: list[list[Any]]) -> date:
        closed = [Pause(begin.date(), end.date()) for begin, end, _ in pauses if end is not None]
        return due_on(amount, START.date(), closed, Rules(), self.is_worked)

    def is_worked(self, day: date) -> bool:
        return self.days[day] == "working" if day in self.days else day.weekday() < 5

    @staticmethod
    def midnight_after(day: date) -> datetime:
        return datetime.combine(day + timedelta(1), datetime.min.time(), tzinfo=ZONE)

    # -- at the end -----------------------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        if not self.world.spec["facts"]:
            return
        later = self.now + timedelta(days=30)
        out = self.played(later)
        msgspec.convert(out.out, Output)
        self.consent_is_implied_only_where_it_may_be(out)
        assert self.played(later, FromSnapshots).out == out.out, "a case from a snapshot is the case from all facts"
        behind = any(fact["type"] == "source.watermark" for fact in self.world.spec["facts"])
        # What was published before a source said that it is behind stays; what comes after has to wait for it.
        if len(self.world.spec["calendars"]) == 1 and not behind:
            self.the_order_of_arrival_does_not_matter(final(out), later)

    def the_order_of_arrival_does_not_matter(self, expected: object, later: datetime) -> None:
        facts = self.world.spec["facts"]
        self.world.spec["facts"] = [{**f, "recorded_at": f["occurred_at"]} for f in facts]
        assert final(self.played(later)) == expected
        self.world.spec["facts"] = facts


def final(out: Played) -> tuple[object, ...]:
    """Dates, outcome and breaches: what the order of arrival must not touch."""
    clock = out.clock()
    outcome = {name: out.outcome[name] for name in ("kind", "legal_at")} if out.outcome["kind"] != "none" else None
    return out.status, clock["due_on"], clock["expires_at"], clock["breached_at"], outcome, out.broken()


TestWeeks = Weeks.TestCase
TestWeeks.settings = settings(
    max_examples=40,
    stateful_step_count=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)
