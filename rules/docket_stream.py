"""One step of a docket: the stream of all proceedings of one person or unit (decision record: a docket per person)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from rules.accountability import MEASURES
from rules.calendar import Calendar
from rules.chain import owner_of_hold
from rules.conclusion import Conclusion, lacking, next_moment
from rules.facts import Fact
from rules.payloads import BreachNamed
from rules.proceedings import Docket, Proceeding, derive_docket
from rules.records import fold
from rules.stream import Entry, FactResult, Health, Outreach, Step, Stream
from rules.time_limits import due
from rules.world import World

LIVE = (
    "phase", "count_in_window", "proposed_level", "decided_level", "restoration_due", "grade", "owner", "phase_until", "standing"
)  # fmt: skip


def advance_docket(stream: Stream, new: Sequence[Fact], at: datetime, world: World, health: Health) -> Step:
    """Derives a person's proceedings from all facts and concludes what is not on record yet. `health` plays no part here."""
    del health
    facts = (*stream.facts, *new)
    calendar = world.calendar(at)
    docket = derive_docket(stream.id.removeprefix("docket:"), facts, world, calendar)
    records = dict(stream.records)
    entries: list[Entry] = []
    conclusions = [c for p in docket.proceedings for c in _conclusions(p, at, world, calendar)] + _refusals(docket, at)
    for entry in lacking(conclusions, records, at):
        records[entry.key] = fold(records, entry, at)
        entries.append(entry)
    after = msgspec.structs.replace(
        stream, facts=facts, records=records, version=stream.version + len(new) + len(entries), view=None
    )
    following = next_moment(conclusions, records, at) or _next_phase(docket, at, world, calendar)
    return Step(
        stream=after,
        entries=tuple(entries),
        changed=tuple(records[key] for key in dict.fromkeys(e.key for e in entries)),
        results=tuple(_result(docket, fact) for fact in new),
        outreach=tuple(_reversals(docket, new, at)),
        next_at=following,
        ended=following is None and all(phase(p, at, world, calendar)[0] == "closed" for p in docket.proceedings),
    )


def phase(proceeding: Proceeding, at: datetime, world: World, calendar: Calendar) -> tuple[str, datetime | None]:
    """Where a proceeding stands at an instant, and until when that phase lasts by itself."""
    if proceeding.frozen_at is not None:
        return "referred", None
    if not proceeding.standing:
        return "closed", None
    if proceeding.decided_at is None:
        if proceeding.statement_at is None and at < proceeding.window_ends_at:
            return "statement", proceeding.window_ends_at
        return "proposed", None
    if proceeding.review_at is not None:
        return ("effective", None) if proceeding.review_result == "upheld" else ("review", None)
    end = due(
        proceeding.rules.review_request, calendar.local_date(proceeding.decided_at), calendar, world.profile
    ).expires_at
    return ("decided", end) if at < end else ("effective", None)


def _next_phase(docket: Docket, at: datetime, world: World, calendar: Calendar) -> datetime | None:
    ends = [phase(p, at, world, calendar)[1] for p in docket.proceedings]
    return min((end for end in ends if end is not None and end > at), default=None)


def _conclusions(proceeding: Proceeding, at: datetime, world: World, calendar: Calendar) -> list[Conclusion]:
    key = f"proceeding:{proceeding.id}"
    data = _body(proceeding, at, world, calendar)
    found = [
        Conclusion(
            "proceeding_opened",
            key,
            proceeding.legal_at,
            proceeding.opened_at,
            data,
            live=LIVE,
            moved="proceeding_moved",
        )
    ]
    told = {"to": proceeding.person, "legal_at": proceeding.opened_at.astimezone(calendar.zone).isoformat()}
    found.append(_notice(f"notice:proceeding_opened:{key}", "proceeding_opened", told, proceeding.opened_at, data))
    if proceeding.decided_at is not None:
        found.append(_notice(f"notice:measure_decided:{key}", "measure_decided", told, proceeding.decided_at, data))
    if data["restoration_due"]:
        found.append(_notice(f"notice:restoration_due:{key}", "restoration_due", told, at, data))
    return found


def _notice(key: str, kind: str, told: dict[str, Any], at: datetime, data: dict[str, Any]) -> Conclusion:
    fields = {name: data[name] for name in ("id", "case", "statement_until", "proposed_level", "decided_level")}
    return Conclusion("notice_due", key, at, at, {**told, "kind": kind, "fields": fields})


def _body(proceeding: Proceeding, at: datetime, world: World, calendar: Calendar) -> dict[str, Any]:
    name, until = phase(proceeding, at, world, calendar)
    proposed, decided = proceeding.proposed, proceeding.decided_level
    too_heavy = decided is not None and (
        not proceeding.standing or (proposed is not None and decided > proposed and not _deliberate(proceeding))
    )
    return {
        "id": proceeding.id,
        "person": proceeding.person,
        "unit": proceeding.unit,
        "case": proceeding.case,
        "breach": proceeding.breach,
        "finding": proceeding.finding,
        "grade": proceeding.grade,
        "count_in_window": proceeding.count,
        "proposed_level": proposed,
        "proposed_measure": MEASURES[proposed - 1] if proposed else None,
        "phase": name,
        "status": name,
        "phase_until": until.astimezone(calendar.zone).isoformat() if until else None,
        "statement_until": proceeding.statement_until.isoformat(),
        "decided_level": decided,
        "decided_by": proceeding.decided_by,
        "decided_at": proceeding.decided_at.astimezone(calendar.zone).isoformat() if proceeding.decided_at else None,
        "restoration_due": too_heavy,
        "standing": proceeding.standing,
        "opened_at": proceeding.opened_at.astimezone(calendar.zone).isoformat(),
        "owner": owner_of_hold(world, proceeding.unit, calendar.local_date(at)),
    }


def _deliberate(proceeding: Proceeding) -> bool:
    """A heavier measure chosen on purpose, with a reason, when it was decided: heavier than proposed even then."""
    return (
        proceeding.chosen_over is not None
        and proceeding.decided_level is not None
        and proceeding.decided_level > proceeding.chosen_over
    )


def _refusals(docket: Docket, at: datetime) -> list[Conclusion]:
    return [
        Conclusion(
            "fact_refused",
            f"refusal:{r.fact}",
            r.at,
            at,
            {"fact": r.fact, "code": r.code, "message": r.message},
            live=("code",),
            moved="fact_refused",
        )
        for r in docket.refusals
    ]


def _result(docket: Docket, fact: Fact) -> FactResult:
    refused = next((r for r in docket.refusals if r.fact == fact.id), None)
    if refused is not None:
        return FactResult(fact.id, refused.code, refused.message)
    why = next((why for id_, why in docket.parked if id_ == fact.id), None)
    return FactResult(fact.id, "parked" if why else None, why)


def _reversals(docket: Docket, new: Sequence[Fact], at: datetime) -> list[Outreach]:
    """A decision reversed in review withdraws the breach for counting; the case is told."""
    fresh = {(f.case, f.occurred_at) for f in new if f.type == "review.decided"}
    return [
        Outreach(
            f"case:{case}",
            Fact(id=f"breach.reversed:{breach}:{when.isoformat()}", type="breach.reversed", case=case, source="engine",
                 occurred_at=when, recorded_at=at, reported_at=at, data=BreachNamed(breach="breach:" + breach.split("/breach:")[1])),
        )
        for case, breach, when in docket.reversed
        if (case, when) in fresh
    ]  # fmt: skip
