"""What citizens bring forward about no case in particular: each on a stream of its own, named in the place of the case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from rules.calendar_review import Consents
from rules.case import NEVER, Case, Refused
from rules.conclusion import Conclusion, lacking, next_moment
from rules.facts import Fact
from rules.items import Item
from rules.kept import Kept
from rules.moment import View
from rules.records import fold
from rules.stream import Entry, FactResult, Health, Record, Step, Stream
from rules.world import World

COMPLAINT, REPORT = "complaint:", "report:"
ROUNDS = 8
OVER = frozenset({"settled", "declined"})


def names_no_case(case: str) -> bool:
    """Whether what stands in the place of a case is the number of a complaint or a report."""
    return case.startswith((COMPLAINT, REPORT))


def view_of(
    id_: str, unit: str, facts: Sequence[Fact], records: dict[str, Record], at: datetime, world: World, health: Health
) -> View:  # fmt: skip
    """`unit`: whose posts are asked and whose rules hold; empty: nobody's but the inspectors' and the leading-group office's."""
    case = _no_case(id_, unit, facts)
    return View(
        case,
        facts,
        records,
        at,
        world,
        world.calendar(at),
        health,
        "time",
        {},
        Consents(),
        Kept(NEVER, len(facts), None),
    )


def concluded(stream: Stream, new: Sequence[Fact], view: View, holding: Callable[[View], list[Conclusion]]) -> Step:
    """Brings the record to what holds; over once it is settled and nothing is pending."""
    records = dict(view.records)
    view.records = records
    entries: list[Entry] = []
    conclusions: list[Conclusion] = []
    for _ in range(ROUNDS):
        conclusions = holding(view)
        fresh = lacking(conclusions, records, view.at)
        if not fresh:
            break
        records |= {entry.key: fold(records, entry, view.at) for entry in fresh}
        entries += fresh
    else:
        raise AssertionError(f"{stream.id}: conclusions do not settle: {[e.key for e in fresh]}")
    return _step(stream, tuple(view.facts), new, records, entries, next_moment(conclusions, records, view.at))


def refusals(view: View, found: Sequence[Refused]) -> list[Conclusion]:
    return [
        Conclusion(
            "fact_refused", f"refusal:{r.fact}", r.at, view.at, {"fact": r.fact, "code": r.code, "message": r.message},
            live=("code",), moved="fact_refused",
        )
        for r in found
    ]  # fmt: skip


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


def _no_case(id_: str, unit: str, facts: Sequence[Fact]) -> Case:
    """What the cards and clocks ask of a case: whose it is. Nobody holds it, no limit runs in it."""
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
