"""One step of a docket: the stream of all proceedings of one person or unit (decision record: a docket per person)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from rules.acts import derive_docket
from rules.conclusion import Conclusion, lacking, next_moment
from rules.docket_alerts import overdue
from rules.docket_body import body, notices, restoration
from rules.facts import Fact
from rules.phases import Place, Standing, standing
from rules.proceedings import Docket, Proceeding
from rules.records import fold
from rules.stream import Entry, FactResult, Health, Outreach, Record, Step, Stream
from rules.supervision import BreachNamed
from rules.world import World

ROUNDS = 8  # conclusions that rest on conclusions settle in two or three; more is a defect
LIVE = (
    "phase", "count_in_window", "proposed_level", "decided_level", "restoration_due", "grade", "owner", "phase_until", "phase_due_on",
    "standing", "served_at", "executed_at", "reviewed_at", "restored_at", "leaders", "record_until",
)  # fmt: skip


def advance_docket(stream: Stream, new: Sequence[Fact], at: datetime, world: World, health: Health) -> Step:
    """Derives a person's proceedings from all facts and concludes what is not on record yet. `health` plays no part here."""
    del health
    facts = (*stream.facts, *new)
    place = Place(world, world.calendar(at), at)
    docket = derive_docket(stream.id.removeprefix("docket:"), facts, world, place.calendar)
    now = [(p, standing(p, place)) for p in docket.proceedings]
    records, entries = dict(stream.records), list[Entry]()
    conclusions: list[Conclusion] = []
    # A task or a rung rests on what was written of the one before it.
    for _ in range(ROUNDS):
        conclusions = _conclusions(docket, now, facts, records, place)
        fresh = lacking(conclusions, records, at)
        if not fresh:
            break
        for entry in fresh:
            records[entry.key] = fold(records, entry, at)
        entries.extend(fresh)
    else:
        raise AssertionError(f"{stream.id}: conclusions do not settle")
    after = msgspec.structs.replace(
        stream, facts=facts, records=records, version=stream.version + len(new) + len(entries), view=None
    )
    return Step(
        stream=after,
        entries=tuple(entries),
        changed=tuple(records[key] for key in dict.fromkeys(e.key for e in entries)),
        results=tuple(_result(docket, fact) for fact in new),
        outreach=tuple(_reversals(docket, new, at)),
        next_at=_next(now, conclusions, records, at),
        ended=all(s.phase == "closed" and not _to_restore(p) for p, s in now),
    )


def _conclusions(
    docket: Docket, now: Sequence[tuple[Proceeding, Standing]], facts: Sequence[Fact], records: Mapping[str, Record], place: Place
) -> list[Conclusion]:  # fmt: skip
    found: list[Conclusion] = []
    for proceeding, stands in now:
        found += _of_one(proceeding, stands, facts, records, place)
    return found + _refusals(docket, place.at)


def _of_one(
    proceeding: Proceeding, stands: Standing, facts: Sequence[Fact], records: Mapping[str, Record], place: Place
) -> list[Conclusion]:
    data = body(proceeding, stands, place)
    opened = Conclusion(
        "proceeding_opened", f"proceeding:{proceeding.id}", proceeding.legal_at, proceeding.opened_at, data,
        live=LIVE, moved="proceeding_moved",
    )  # fmt: skip
    tasks = restoration(proceeding, records, place)
    return [
        opened,
        *notices(proceeding, stands, data, place),
        *tasks,
        *overdue(proceeding, stands, facts, records, place),
    ]


def _to_restore(proceeding: Proceeding) -> bool:
    return proceeding.too_heavy and proceeding.restored_at is None


def _next(
    now: Sequence[tuple[Proceeding, Standing]], conclusions: Sequence[Conclusion], records: Mapping[str, Record], at: datetime
) -> datetime | None:  # fmt: skip
    """What is to be written next, or the end of a phase that ends by itself."""
    ends = [s.until for _, s in now if s.until is not None and s.until > at]
    following = next_moment(conclusions, records, at)
    return min([*ends, *([following] if following else [])], default=None)


def _refusals(docket: Docket, at: datetime) -> list[Conclusion]:
    return [
        Conclusion(
            "fact_refused", f"refusal:{r.fact}", r.at, at, {"fact": r.fact, "code": r.code, "message": r.message},
            live=("code",), moved="fact_refused",
        )
        for r in docket.refusals
    ]  # fmt: skip


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
