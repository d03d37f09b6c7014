"""The carriers of one item: a stream that hears what is put on display and taken down, and finds where a display differs from what is published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from rules.carriers import Difference, Display, differences
from rules.conclusion import Conclusion, lacking
from rules.facts import Fact, order
from rules.records import fold
from rules.stream import FactResult, Health, Record, Step, Stream
from rules.world import World

CARRIERS = "carriers:"


def displays(facts: Sequence[Fact]) -> dict[tuple[str, str], tuple[Display, Fact]]:
    """What is on display now, by kind and place, with the fact that says so."""
    found: dict[tuple[str, str], tuple[Display, Fact]] = {}
    for fact in sorted(facts, key=order):
        said = fact.data
        place = (said.carrier, said.place or "")
        if fact.type == "carrier.removed":
            found.pop(place, None)
        else:
            display = Display(*place, fact.occurred_at, said.version, said.committed_limit, said.sha256)
            found[place] = (display, fact)
    return found


def advance_carriers(stream: Stream, new: Sequence[Fact], at: datetime, world: World, health: Health) -> Step:
    """A difference is found once for each carrier, moves with what differs, and is closed when the carrier is put right."""
    del health
    code, facts = stream.id.removeprefix(CARRIERS), (*stream.facts, *new)
    records = dict(stream.records)
    refusals = _refusals(code, facts, at, world)
    entries = lacking([*refusals, *_findings(code, facts, at, world)], records, at)
    for entry in entries:
        records[entry.key] = fold(records, entry, at)
    return Step(
        stream=msgspec.structs.replace(
            stream, facts=facts, records=records, version=stream.version + len(new) + len(entries)
        ),
        entries=tuple(entries),
        changed=tuple(records[key] for key in dict.fromkeys(entry.key for entry in entries)),
        results=tuple(_result(fact, refusals) for fact in new),
        outreach=(),
        next_at=_next_version(code, at, world),
        ended=False,
    )


def _result(fact: Fact, refusals: Sequence[Conclusion]) -> FactResult:
    refused = next((one.data for one in refusals if one.data["fact"] == fact.id), None)
    return FactResult(fact.id) if refused is None else FactResult(fact.id, refused["code"], refused["message"])


def _next_version(code: str, at: datetime, world: World) -> datetime | None:
    """When another version comes into force, what hangs there is out of date."""
    calendar = world.calendar(at)
    begins = (
        calendar.start_of(max(i.effective_from, i.published_on or i.effective_from))
        for i in world.items()
        if i.code == code
    )
    return min((begin for begin in begins if begin > at), default=None)


def _refusals(code: str, facts: Sequence[Fact], at: datetime, world: World) -> list[Conclusion]:
    """Nothing can be on display for an item that nobody published; once it is published, its displays stand."""
    if any(item.code == code for item in world.items()):
        return []
    message = f"the item {code} was never published; see jiannuo item list"
    return [
        Conclusion(
            "fact_refused", f"refusal:{fact.id}", fact.occurred_at, at, {"fact": fact.id, "code": "unknown_item", "message": message},
            live=("code",), moved="fact_refused",
        )
        for fact in facts
    ]  # fmt: skip


def _findings(code: str, facts: Sequence[Fact], at: datetime, world: World) -> Iterator[Conclusion]:
    calendar = world.calendar(at)
    on = calendar.local_date(at)
    item = world.item(code, on)
    if item is None:
        return
    versions = [one for one in world.items() if one.code == code]
    for (kind, place), (display, fact) in displays(facts).items():
        found = differences(display, item, versions, calendar, on)
        if found:
            since = max(display.since, calendar.start_of(item.effective_from))
            yield _finding(code, item.unit, (kind, place), since, found, fact, at, world)


def _finding(
    code: str, unit: str, where: tuple[str, str], since: datetime, found: Sequence[Difference], fact: Fact, at: datetime, world: World
) -> Conclusion:  # fmt: skip
    zone = world.calendar(at).zone
    data: dict[str, Any] = {
        "kind": "carrier_differs", "case": None, "item": code, "unit": unit, "person": None, "clock": None,
        "at": since.astimezone(zone).isoformat(), "carrier": where[0], "place": where[1], "evidence": [fact.id],
        "what": [one.what for one in found], "binds": any(one.binds for one in found),
        "differences": msgspec.to_builtins(found),
    }  # fmt: skip
    return Conclusion(
        "finding_opened", f"finding:carrier_differs:{where[0]}:{where[1]}", since, at, data,
        live=("differences", "at"), moved="finding_opened",
    )  # fmt: skip


def standing(records: dict[str, Record]) -> list[Record]:
    """The differences that stand."""
    return [record for record in records.values() if record.kind == "finding" and record.status == "open"]
