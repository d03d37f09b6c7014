"""What would be if other rules held: the step that follows a change of rules, taken on what stands on the record, and the two compared.

There is no second implementation: what concludes at any step concludes here too, in hindsight (rules.hindsight). With the rules in force the step
concludes nothing new, so that the recorded outcome is what comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec

from rules.calendar_review import IMPLIED
from rules.case import Case
from rules.charges import late_days
from rules.hindsight import look_back
from rules.holding_warnings import warned_at
from rules.outreach import outreach
from rules.records import GONE
from rules.stream import Entry, Health, Outreach, Record, Step, Stream
from rules.summary import LEVELS
from rules.world import World

NO_EFFECT = GONE | {"revoked"}
UNMARKED = frozenset[str]()


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
    def marks(self) -> frozenset[str]:
        """What a figure counts cases by."""
        if not (self.warned or self.expired or self.deemed or self.holds):
            return UNMARKED
        cards = {level for _, level in self.warned} | {_card(clock) for clock in self.expired}
        return frozenset(level for level in LEVELS[1:] if level in cards) | _ends_of(self)


def _ends_of(found: Standing) -> frozenset[str]:
    return frozenset(["deemed"] * bool(found.deemed) + ["held"] * bool(found.holds))


def would_be(stream: Stream, world: World, at: datetime, health: Health) -> Step:
    """The step of a case in a world with these rules, as if they had held all along."""
    return look_back(stream, at, world, msgspec.structs.replace(health, hindsight=True))


def disagrees(step: Step) -> bool:
    """Whether the record says otherwise than the rules of a step. A calendar moves no date of a case that had ended before it came into force."""
    ended = (case := step.stream.records.get("case")) is not None and case.status != "open"
    return any(not (ended and _recounted(entry)) for entry in step.entries)


def _recounted(entry: Entry) -> bool:
    return entry.type == "limit_moved" and str(entry.data["reason"]).startswith("calendar ")


def standing(records: Mapping[str, Record]) -> Standing:
    """The same terms for a record as it stands and for one as it would stand."""
    outcome, case, of = records.get("outcome"), records.get("case"), _by_kind(records)
    counts = outcome is not None and outcome.status not in NO_EFFECT
    return Standing(
        status=case.status if case is not None else "open",
        outcome=outcome.data["kind"] if outcome is not None and counts else None,
        legal_at=outcome.data["at"] if outcome is not None and counts else None,
        ends=tuple(
            sorted([Ends(r.data["clock"], r.data["due_on"], r.data["ends_at"]) for r in of["limit"]], key=_CLOCK)
        ),
        warned=tuple(sorted({_early(r) for r in of["alert"] if "due_on" in r.data})),
        expired=tuple(sorted([r.key.removeprefix("expired:") for r in of["expiry"]])),
        deemed=tuple(_deemed(records, outcome if counts else None, of["office"])),
        holds=tuple(sorted([r.data["reason"] for r in of["hold"]])),
        breaches=tuple(sorted([_broken(r) for r in of["breach"]], key=_CLOCK)),
    )


_CLOCK = attrgetter("clock")
# The kinds that count here, and their status while they do; a card was raised, whatever became of it.
_COUNTS = {
    "limit": "set",
    "alert": None,
    "expiry": "standing",
    "office": "standing",
    "hold": "open",
    "breach": "standing",
}


def _by_kind(records: Mapping[str, Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {kind: [] for kind in _COUNTS}
    for record in records.values():
        of = found.get(record.kind)
        if of is not None and _COUNTS[record.kind] in {None, record.status}:
            of.append(record)
    return found


def _early(record: Record) -> tuple[str, str]:
    """An early warning names the day it comes before; the other cards do not."""
    return record.data["cause"].removeprefix("limit:"), record.data["level"]


def _deemed(records: Mapping[str, Record], outcome: Record | None, offices: Sequence[Record]) -> Iterator[str]:
    """Whatever silence has brought about, or would have, if a person lets an effect found in imported history take place."""
    held = records.get("hold:backfilled")
    if (outcome is not None and outcome.data["kind"] in IMPLIED) or (held is not None and held.status == "open"):
        yield "case"
    yield from sorted(office.key for office in offices)


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
    for record in _by_kind(step.stream.records)["breach"]:
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
