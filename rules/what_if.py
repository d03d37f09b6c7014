"""What would be if other rules held: the step that follows a change of rules, taken on what stands on the record, and the two compared.

There is no second implementation: `advance_case` and `advance_docket` conclude, here in hindsight. With the rules in force the step concludes
nothing new, so that the recorded outcome is what comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from rules.calendar_review import IMPLIED
from rules.case import Case
from rules.case_stream import advance_case
from rules.charges import late_days
from rules.holding_warnings import warned_at
from rules.outreach import outreach
from rules.records import GONE
from rules.stream import Health, Outreach, Record, Step, Stream
from rules.summary import LEVELS
from rules.world import World

NO_EFFECT = GONE | {"revoked"}


class Ends(msgspec.Struct, frozen=True):
    clock: str
    due_on: str
    ends_at: str


class Broken(msgspec.Struct, frozen=True):
    """A breach that stands. `at`: its legal instant."""

    clock: str
    kind: str
    unit: str
    at: str
    against: tuple[str, ...]
    shares: tuple[tuple[str, int], ...]


class Standing(msgspec.Struct, frozen=True):
    """What stands on a case's record, as far as rules decide it. `warned`: clock and level of early warnings; `deemed`: `case`, or `office:ID`."""

    status: str
    outcome: str | None
    legal_at: str | None
    ends: tuple[Ends, ...]
    warned: tuple[tuple[str, str], ...]
    expired: tuple[str, ...]
    deemed: tuple[str, ...]
    holds: tuple[str, ...]
    breaches: tuple[Broken, ...]

    @property
    def marks(self) -> dict[str, bool]:
        """What a figure counts cases by."""
        cards = {level for _, level in self.warned} | {_card(clock) for clock in self.expired}
        found = {level: level in cards for level in LEVELS[1:]}
        return {**found, "deemed": bool(self.deemed), "held": bool(self.holds), "broken": bool(self.breaches)}


def would_be(stream: Stream, world: World, at: datetime, health: Health) -> Step:
    """The step of a case in a world with these rules, as if they had held all along."""
    return advance_case(stream, (), at, world, msgspec.structs.replace(health, hindsight=True))


def standing(records: Mapping[str, Record]) -> Standing:
    """The same terms for a record as it stands and for one as it would stand."""
    outcome, case = records.get("outcome"), records.get("case")
    counts = outcome is not None and outcome.status not in NO_EFFECT
    return Standing(
        status=case.status if case is not None else "open",
        outcome=outcome.data["kind"] if outcome is not None and counts else None,
        legal_at=outcome.data["at"] if outcome is not None and counts else None,
        ends=tuple(sorted(_ends(records), key=lambda end: end.clock)),
        warned=tuple(sorted(_warned(records))),
        expired=tuple(sorted(r.key.removeprefix("expired:") for r in _of(records, "expiry"))),
        deemed=tuple(_deemed(records, outcome if counts else None)),
        holds=tuple(sorted(r.data["reason"] for r in records.values() if r.kind == "hold" and r.status == "open")),
        breaches=tuple(sorted((_broken(r) for r in _of(records, "breach")), key=lambda b: b.clock)),
    )


def _of(records: Mapping[str, Record], kind: str) -> Iterator[Record]:
    return (r for r in records.values() if r.kind == kind and r.status == "standing")


def _ends(records: Mapping[str, Record]) -> Iterator[Ends]:
    for record in records.values():
        if record.kind == "limit" and record.status == "set":
            yield Ends(record.data["clock"], record.data["due_on"], record.data["ends_at"])


def _warned(records: Mapping[str, Record]) -> set[tuple[str, str]]:
    """An early warning names the day it comes before; the other cards do not."""
    return {
        (r.data["cause"].removeprefix("limit:"), r.data["level"])
        for r in records.values()
        if r.kind == "alert" and "due_on" in r.data
    }


def _deemed(records: Mapping[str, Record], outcome: Record | None) -> Iterator[str]:
    """Whatever silence has brought about, or would have, if a person lets an effect found in imported history take place."""
    held = records.get("hold:backfilled")
    if (outcome is not None and outcome.data["kind"] in IMPLIED) or (held is not None and held.status == "open"):
        yield "case"
    yield from sorted(r.key for r in _of(records, "office"))


def _broken(record: Record) -> Broken:
    data = record.data
    shares = tuple((str(s["person"]), int(s["working_days"])) for s in data["shares"])
    return Broken(data["clock"], data["kind"], data["unit"], data["at"], tuple(data["proposed_against"]), shares)


def _card(clock: str) -> str:
    """A step or an office late is yellow, a whole limit red (accountability.md 4)."""
    return "yellow" if ":" in clock else "red"


def forewarned(case: Case, world: World, at: datetime) -> tuple[tuple[str, str], ...]:
    """The early warnings a case would have had by an instant: of a case that has ended the record can show none that its rules did not ask for."""
    assert case.item is not None
    calendar, month_end = world.calendar(at), world.profile_of(case.item).month_end
    found = set()
    for clock in case.clocks.values():
        until = min(at, clock.completed_at) if clock.completed_at is not None else at
        for warning in case.item.warnings if clock.due is not None else ():
            moment = warned_at(clock, warning.before, calendar, month_end, world.practice.warning_time)
            if moment is not None and moment < until:
                found.add((clock.name, warning.level))
    return tuple(sorted(found))


def as_if_confirmed(before: Mapping[str, Record], step: Step, at: datetime, world: World) -> list[Outreach]:
    """What the dockets would hear if every breach that only the other rules bring were confirmed: the measures that threaten."""
    case: Case = step.stream.view
    records, changed = dict(step.stream.records), []
    for record in _of(step.stream.records, "breach"):
        known = before.get(record.key)
        fresh = known is None or known.status != "standing"
        if fresh and not record.data.get("confirmed_at"):
            records[record.key] = msgspec.structs.replace(record, data=record.data | _word(case, record, at, world))
            changed.append(record.key)
    code = case.item.code if case.item else None
    return outreach(case.id, code, step.stream.facts, step.stream.records, records, changed, at, world=world)


def _word(case: Case, record: Record, at: datetime, world: World) -> dict[str, Any]:
    assert record.legal_at is not None
    late = late_days(case, world.calendar(at), record.data["clock"], record.legal_at, at)
    return {"confirmed_at": at.isoformat(), "late": late}
