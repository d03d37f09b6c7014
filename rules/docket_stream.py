"""One step of a docket: the stream of all proceedings of one person or unit (decision record: a docket per person)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from rules.conclusion import Conclusion, lacking, next_moment
from rules.docket_alerts import overdue
from rules.docket_body import body, notices, restoration
from rules.docket_kept import KeptDocket
from rules.facts import Fact
from rules.phases import Place, Standing, standing
from rules.proceedings import Proceeding, Refused
from rules.records import fold
from rules.stream import Entry, FactResult, Health, Outreach, Record, Step, Stream
from rules.supervision import BreachNamed
from rules.world import World

BEARING = ("restoration:", "alert:")  # of what is on record a proceeding's conclusions read only these
ROUNDS = 8  # conclusions that rest on conclusions settle in two or three; more is a defect
LIVE = (
    "phase", "count_in_window", "proposed_level", "decided_level", "restoration_due", "grade", "owner", "phase_until", "phase_due_on",
    "standing", "served_at", "executed_at", "reviewed_at", "restored_at", "leaders", "record_until",
)  # fmt: skip


def advance_docket(stream: Stream, new: Sequence[Fact], at: datetime, world: World, health: Health) -> Step:
    """Derives a person's proceedings and concludes what is not on record yet. `health` plays no part here."""
    del health
    place = Place(world, world.calendar(at), at)
    kept = _kept(stream, new, place)
    due = [(p, standing(p, place)) for p in kept.due()]
    refused, parked = kept.refused(), kept.parked()
    records, entries = dict(stream.records), list[Entry]()
    drawn: list[list[Conclusion]] = []
    # A task or a rung rests on what was written of the one before it.
    for _ in range(ROUNDS):
        drawn = [_of_one(p, s, kept.words, records, place) for p, s in due]
        conclusions = [c for each in drawn for c in each] + _refusals(refused, at)
        fresh = lacking(conclusions, kept.concern([p for p, _ in due], conclusions, records), at)
        if not fresh:
            break
        for entry in fresh:
            records[entry.key] = fold(records, entry, at)
            kept.places.setdefault(entry.key, len(kept.places))
        entries.extend(fresh)
        if not any(entry.key.startswith(BEARING) for entry in fresh):
            break
    else:
        raise AssertionError(f"{stream.id}: conclusions do not settle")
    for (proceeding, stands), each in zip(due, drawn, strict=True):
        kept.leave(proceeding, each, _next(stands, each, records, at), ended=_ended(proceeding, stands))
    kept.version, kept.all_keys = stream.version + len(new) + len(entries), []
    return Step(
        stream=msgspec.structs.replace(
            stream, facts=(*stream.facts, *new), records=records, version=kept.version, view=None, derived=kept
        ),
        entries=tuple(entries),
        changed=tuple(records[key] for key in dict.fromkeys(e.key for e in entries)),
        results=tuple(_result(refused, parked, fact) for fact in new),
        outreach=tuple(_reversals(kept.folding.reversed, new, at)),
        next_at=kept.next_moment(),
        ended=not kept.unfinished,
    )


def _kept(stream: Stream, new: Sequence[Fact], place: Place) -> KeptDocket:
    """What the last step left, with what is new; or all of it anew."""
    kept: KeptDocket | None = stream.derived
    fits = kept is not None and kept.fits(stream, new, place)
    if kept is not None and fits and kept.follows(new):
        kept.version = None  # until this step is done
        kept.take(new, place)
        return kept
    anew = KeptDocket(stream.id.removeprefix("docket:"), place)
    anew.take((*stream.facts, *new), place)
    anew.places = {key: n for n, key in enumerate(stream.records)}
    anew.all_keys = list(stream.records)
    if kept is not None and fits:
        anew.adopt(kept)
    return anew


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


def _ended(proceeding: Proceeding, stands: Standing) -> bool:
    to_restore = proceeding.too_heavy and proceeding.restored_at is None
    return stands.phase == "closed" and not to_restore


def _next(
    stands: Standing, drawn: Sequence[Conclusion], records: Mapping[str, Record], at: datetime
) -> datetime | None:
    """What is to be written next, or the end of a phase that ends by itself."""
    ends = [end for end in (stands.until, next_moment(drawn, records, at)) if end is not None and end > at]
    return min(ends, default=None)


def _refusals(refused: Sequence[Refused], at: datetime) -> list[Conclusion]:
    return [
        Conclusion(
            "fact_refused", f"refusal:{r.fact}", r.at, at, {"fact": r.fact, "code": r.code, "message": r.message},
            live=("code",), moved="fact_refused",
        )
        for r in refused
    ]  # fmt: skip


def _result(refused: Sequence[Refused], parked: Sequence[tuple[str, str]], fact: Fact) -> FactResult:
    refusal = next((r for r in refused if r.fact == fact.id), None)
    if refusal is not None:
        return FactResult(fact.id, refusal.code, refusal.message)
    why = next((why for id_, why in parked if id_ == fact.id), None)
    return FactResult(fact.id, "parked" if why else None, why)


def _reversals(reversals: Sequence[tuple[str, str, datetime]], new: Sequence[Fact], at: datetime) -> list[Outreach]:
    """A decision reversed in review withdraws the breach for counting; the case is told."""
    fresh = {(f.case, f.occurred_at) for f in new if f.type == "review.decided"}
    return [
        Outreach(
            f"case:{case}",
            Fact(id=f"breach.reversed:{breach}:{when.isoformat()}", type="breach.reversed", case=case, source="engine",
                 occurred_at=when, recorded_at=at, reported_at=at, data=BreachNamed(breach="breach:" + breach.split("/breach:")[1])),
        )
        for case, breach, when in (reversals if fresh else ())
        if (case, when) in fresh
    ]  # fmt: skip
