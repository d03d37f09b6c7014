"""One step of a case: new facts and the present moment in; entries, results and the next moment out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from rules.calendar import Calendar
from rules.calendar_review import Consents, consents_reviewed, reviewed
from rules.case import Case
from rules.conclusion import bears_on
from rules.derive import derive
from rules.drawn import Drawn, lacking_of, next_moment_of
from rules.facts import Fact
from rules.fold import Counted, Told
from rules.holding import holding
from rules.kept import Kept
from rules.matter_stream import acceptances
from rules.moment import View
from rules.outreach import outreach
from rules.records import fold
from rules.stream import Entry, FactResult, Health, Record, Step, Stream
from rules.watch_stream import late_endings
from rules.words import waiting
from rules.world import World

ROUNDS = 8  # conclusions that rest on conclusions settle in two or three; more is a defect


class Derived(msgspec.Struct, frozen=True):
    """A case with what it was derived under besides its facts, and the conclusions that stand while only time passes."""

    case: Case
    world: World
    calendar: Calendar
    told: dict[str, Told]
    counted: Counted
    heard: tuple[datetime | None, datetime | None, bool] = (None, None, False)
    kept: Kept | None = None


def advance_case(stream: Stream, new: Sequence[Fact], at: datetime, world: World, health: Health) -> Step:
    """Derives the case from all its facts and concludes what holds at `at` but is not on record, or the reverse.

    `at` is when the new facts are recorded; it never lies before the stream's last step.
    """
    facts = (*stream.facts, *new)
    calendar = world.calendar(at)
    told = told_before(stream, calendar.version, world)
    derived = _derived(stream, new, world, calendar, told)
    current = derived.case
    records = dict(stream.records)
    entries: list[Entry] = []
    conclusions: dict[str, Drawn] = {}
    if current.item is not None:
        case, doubt, consents = under_review(current, facts, records, world, calendar, told)
        cause = new[-1].type if new else cause_of_time(records, calendar.version)
        heard = (health.reachable_since, health.watermarks.get(case.source), health.backfilled)
        sure = case is current and not consents.doubted and not consents.kept
        before = derived.kept if sure and derived.heard == heard else None
        kept = Kept(case.turns_after(at), len(facts), before)
        view = View(
            case, facts, records, at, world, calendar, health, cause, told, consents, kept, current if doubt else None
        )
        for _ in range(ROUNDS):
            conclusions = holding(view)
            fresh = lacking_of(conclusions, kept.unsure, records, at)
            if not fresh:
                break
            for entry in fresh:
                records[entry.key] = fold(records, entry, at)
            entries.extend(fresh)
            if not _fallen(kept, fresh, view):
                break
        else:
            raise AssertionError(f"{stream.id}: conclusions do not settle: {[e.key for e in fresh]}")
        if parked := (*waiting(facts, records, current), *view.voices.parked):
            current = msgspec.structs.replace(current, parked=(*current.parked, *parked))
        derived = msgspec.structs.replace(derived, heard=heard, kept=kept if sure else None)
    return _step(stream, facts, new, current, derived, records, entries, conclusions, at, world, health)


def _fallen(kept: Kept, written: Sequence[Entry], view: View) -> bool:
    """Whether what was written bears on other conclusions, which have to be drawn again then."""
    heard, any_fell = bool(view.said), False
    for entry in written:
        record = view.records[entry.key]
        bearing = bears_on(entry, record, view.at, heard=heard)
        if bearing != "nothing":
            kept.fall(entry, record, bearing)
            any_fell = True
    return any_fell


def _derived(stream: Stream, new: Sequence[Fact], world: World, calendar: Calendar, told: dict[str, Told]) -> Derived:
    """The case from all facts; while nothing new is known the last derivation still stands."""
    last: Derived | None = stream.derived
    same = last is not None and last.world is world and last.calendar is calendar and last.told == told
    if last is not None and same and not new:
        return last
    counted = last.counted if last is not None and last.world is world else {}
    case = derive(stream.id.removeprefix("case:"), (*stream.facts, *new), world, calendar, told, counted)
    if last is not None and same:
        return msgspec.structs.replace(last, case=case)
    return Derived(case, world, calendar, told, counted)


def under_review(
    case: Case, facts: Sequence[Fact], records: Mapping[str, Record], world: World, calendar: Calendar, told: dict[str, Told]
) -> tuple[Case, bool, Consents]:  # fmt: skip
    """The case that the effects on record rest on, whether the calendar now in force puts one in doubt, and the same of offices."""

    def under(version: str) -> Case | None:
        other = world.calendar_versions.get(version)
        if other is None:
            return None
        return derive(case.id, facts, world, other, {n: t for n, t in told.items() if t.calendar != other})

    kept, doubt = reviewed(case, records, calendar.version, under)
    return kept, doubt, consents_reviewed(case, records, calendar.version, under)


def told_before(stream: Stream, calendar: str, world: World) -> dict[str, Told]:
    """The latest end of each clock that was told under a calendar no longer in force."""
    told: dict[str, Told] = {}
    if len(world.calendars) == 1:
        return told
    for name in ("committed", "statutory"):
        record = stream.records.get(f"limit:{name}")
        if record is None:
            continue
        said = [(record.data["told"], record.data.get("told_under"))]
        if record.data["calendar"] != calendar:
            said.append((record.data["ends_at"], record.data["calendar"]))
        ends = [
            Told(datetime.fromisoformat(end), world.calendar_versions[by])
            for end, by in said
            if by in world.calendar_versions
        ]
        if ends:
            told[name] = max(ends, key=lambda t: t.end)
    return told


def cause_of_time(records: Mapping[str, Record], calendar: str) -> str:
    """Why an end moves where no fact is new: the calendar that came into force."""
    known = [r.data["calendar"] for r in records.values() if r.kind == "limit"]
    return f"calendar {calendar}" if any(version != calendar for version in known) else "time"


def _step(
    stream: Stream, facts: tuple[Fact, ...], new: Sequence[Fact], case: Case, derived: Derived, records: dict[str, Record],
    entries: list[Entry], conclusions: dict[str, Drawn], at: datetime, world: World, health: Health,
) -> Step:  # fmt: skip
    changed = tuple(dict.fromkeys(e.key for e in entries))
    after = msgspec.structs.replace(
        stream,
        facts=facts,
        records=records,
        version=stream.version + len(new) + len(entries),
        view=case,
        derived=derived,
    )
    following = next_moment_of(conclusions.values(), records, at)
    switch = world.next_calendar_after(at)
    if switch is not None and case.clocks and (following is None or switch < following):
        following = switch
    return Step(
        stream=after,
        entries=tuple(entries),
        changed=tuple(records[key] for key in changed),
        results=tuple(_result(case, records, fact) for fact in new),
        outreach=(
            *outreach(
                case.id,
                case.item.code if case.item else None,
                facts,
                stream.records,
                records,
                changed,
                at,
                world=world,
                imported=health.backfilled,
            ),
            *late_endings(case, new, at, world),
            *acceptances(case, new, at),
        ),
        next_at=following,
        ended=following is None and records.get("case") is not None and records["case"].status != "open",
    )


def _result(case: Case, records: dict[str, Record], fact: Fact) -> FactResult:
    refused = records.get(f"refusal:{fact.id}")
    if refused is not None and refused.status == "standing":
        return FactResult(fact.id, refused.data["code"], refused.data["message"])
    why = next((why for id_, why in case.parked if id_ == fact.id), None)
    return FactResult(fact.id, "parked" if why else None, why)
