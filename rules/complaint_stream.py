"""A complaint that names no case: a stream of its own, with the clocks, owners and cards of every complaint (accountability.md 6).

In the place of a case it carries `complaint:NUMBER`. Whom it concerns is the unit it names; without one it goes to the inspectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from rules.alerts import unentitled
from rules.calendar_review import Consents
from rules.case import NEVER, Case, Refused
from rules.conclusion import Conclusion, lacking, next_moment
from rules.facts import Fact, order
from rules.holding_voices import spoken
from rules.items import Item
from rules.kept import Kept
from rules.moment import View
from rules.records import fold
from rules.stream import Entry, FactResult, Health, Record, Step, Stream
from rules.voices import COMPLAINED
from rules.words import recused
from rules.world import World

COMPLAINT = "complaint:"
ROUNDS = 8
OVER = frozenset({"settled", "declined"})


def names_no_case(case: str) -> bool:
    """Whether what stands in the place of a case is the number of a complaint."""
    return case.startswith(COMPLAINT)


def advance_complaint(stream: Stream, new: Sequence[Fact], at: datetime, world: World, health: Health) -> Step:
    facts = tuple(sorted((*stream.facts, *new), key=order))
    records = dict(stream.records)
    view = _view(stream.id, facts, records, at, world, health)
    entries: list[Entry] = []
    conclusions: list[Conclusion] = []
    for _ in range(ROUNDS):
        conclusions = [_of_unit(one, view.case.unit) for one in (*spoken(view), *_refusals(view))]
        fresh = lacking(conclusions, records, at)
        if not fresh:
            break
        records |= {entry.key: fold(records, entry, at) for entry in fresh}
        entries += fresh
    else:
        raise AssertionError(f"{stream.id}: conclusions do not settle: {[e.key for e in fresh]}")
    return _step(stream, facts, new, records, entries, next_moment(conclusions, records, at))


def _step(
    stream: Stream, facts: tuple[Fact, ...], new: Sequence[Fact], records: dict[str, Record], entries: list[Entry],
    next_at: datetime | None,
) -> Step:  # fmt: skip
    voices = [record for record in records.values() if record.kind == "voice"]
    after = msgspec.structs.replace(
        stream, facts=facts, records=records, version=stream.version + len(new) + len(entries)
    )
    return Step(
        stream=after,
        entries=tuple(entries),
        changed=tuple(records[key] for key in dict.fromkeys(entry.key for entry in entries)),
        results=tuple(_result(fact, records) for fact in new),
        outreach=(),
        next_at=next_at,
        ended=next_at is None and bool(voices) and all(record.data["phase"] in OVER for record in voices),
    )


def _result(fact: Fact, records: dict[str, Record]) -> FactResult:
    refused = records.get(f"refusal:{fact.id}")
    if refused is None or refused.status != "standing":
        return FactResult(fact.id)
    return FactResult(fact.id, refused.data["code"], refused.data["message"])


def _of_unit(conclusion: Conclusion, unit: str) -> Conclusion:
    """There is no case to tell of whose unit a card is."""
    if "to" not in conclusion.data or "unit" in conclusion.data:
        return conclusion
    return msgspec.structs.replace(conclusion, data={**conclusion.data, "unit": unit})


def _refusals(view: View) -> list[Conclusion]:
    found = [*view.voices.refusals, *recused(view.said, view.records), *unentitled(view)]
    found += [_too_early_or_late(view, id_) for id_, _ in view.voices.parked]
    found += [_no_complaint(fact) for fact in view.facts if not fact.type.startswith(SAID_HERE)]
    return [
        Conclusion(
            "fact_refused", f"refusal:{r.fact}", r.at, view.at, {"fact": r.fact, "code": r.code, "message": r.message},
            live=("code",), moved="fact_refused",
        )
        for r in found
    ]  # fmt: skip


# What can be said in such a stream: of the complaint, of its cards, of the findings that a silent owner leaves.
SAID_HERE = ("complaint.", "alert.", "finding.", "fact.")


def _too_early_or_late(view: View, id_: str) -> Refused:
    fact = next(fact for fact in view.facts if fact.id == id_)
    known = any(one.type == COMPLAINED for one in view.facts)
    message = (
        "the complaint does not wait for this any more"
        if known
        else "no complaint of this number is known; file it first"
    )
    return Refused(id_, "case_closed" if known else "unknown_case", message, fact.occurred_at)


def _no_complaint(fact: Fact) -> Refused:
    message = f"{fact.type} belongs to a case; a complaint without one knows admission, answer and review"
    return Refused(fact.id, "not_allowed_for_item", message, fact.occurred_at)


def _view(
    id_: str, facts: Sequence[Fact], records: dict[str, Record], at: datetime, world: World, health: Health
) -> View:
    calendar = world.calendar(at)
    filed = next((fact for fact in facts if fact.type == COMPLAINED), None)
    unit = (filed.data.unit if filed is not None else None) or ""
    case = _no_case(id_, unit, facts)
    return View(case, facts, records, at, world, calendar, health, "time", {}, Consents(), Kept(NEVER, None))


def _no_case(id_: str, unit: str, facts: Sequence[Fact]) -> Case:
    """What the cards and clocks of a complaint ask of a case: whose it is. Nobody holds it, no limit runs in it."""
    nothing: dict[str, Any] = {
        "start": None, "closed_at": None, "clocks": {}, "stops": (), "steps": (), "offices": (), "custody": (), "outcome": None,
        "silence_at": None, "silence_clock": None, "effect": "none", "holds": (), "findings": (), "refusals": (), "parked": (),
        "attributes": {},
    }  # fmt: skip
    item = Item(code="", unit=unit, version=1, effective_from=date.min)
    first = facts[0] if facts else None
    opened_at = first.occurred_at if first is not None else NEVER
    return Case(
        id=id_,
        item=item,
        unit=unit,
        source=first.source if first else "",
        opened_at=opened_at,
        status="open",
        **nothing,
    )
