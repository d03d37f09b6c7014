"""One past case, or one docket, under the rules in force and under the draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from engine.simulation.bearing import Configured
from engine.simulation.draft import Drafted
from engine.simulation.figures import Cases, Change, Count, change, differences
from engine.simulation.reading import Past
from rules.case import Case
from rules.docket_stream import advance_docket
from rules.snapshot import decode, decode_fact, encode_fact
from rules.stream import Health, Outreach, Record, Step, Stream
from rules.what_if import Standing, as_if_confirmed, disagrees, forewarned, standing, would_be
from rules.world import World

BEFORE, AFTER, THREATENS = "before", "after", "threatens"


class Question(msgspec.Struct, frozen=True):
    world: World
    drafted: Drafted
    at: datetime
    health: Health
    configured: Configured


class Row(msgspec.Struct, frozen=True):
    """A case that would stand otherwise, with the figures it then counts in (`gained`) or no longer (`lost`)."""

    case_id: str
    item: str
    unit: str
    units: tuple[str, ...]
    persons: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    before: Standing
    after: Standing


class Message(msgspec.Struct, frozen=True, array_like=True):
    """What a docket would hear, and in which of the worlds."""

    docket: str
    world: str
    fact: bytes


class Looked(msgspec.Struct):
    """`unlike`: cases whose record says otherwise than the rules in force today; `failed`: those the rules could not derive."""

    cases: int = 0
    rows: list[Row] = []
    counts: list[tuple[str, str, str, Count]] = []
    messages: list[Message] = []
    unlike: list[str] = []
    failed: list[str] = []


def look(found: Sequence[Past], asked: Question, placed: Mapping[str, tuple[str, str]] = {}) -> Looked:
    """`placed`: item and unit of cases of which nothing need be derived where nothing was drafted that they ask about."""
    looked, counted = Looked(cases=len(found)), Cases()
    for one in found:
        try:
            if one.stream_id not in placed or not _as_recorded(one, asked, counted, *placed[one.stream_id]):
                _case(one, asked, looked, counted)
        except Exception:  # noqa: BLE001 - a defect in one case never stops the others; its number is told
            looked.failed.append(one.stream_id.removeprefix("case:"))
    looked.counts = counted.sums().listed()
    return looked


def _as_recorded(one: Past, asked: Question, counted: Cases, item: str, unit: str) -> bool:
    """Counts a case as it stands, if it rests on nothing that was drafted, nothing of it is due and its record is that of the rules in force."""
    touches = asked.drafted.touches
    if touches is None or item in touches or one.due or asked.configured.bears(one.moved_at, item, unit, one.snapshot):
        return False
    stands = standing(decode(one.snapshot).records)
    counted.add(item, unit, change(stands, stands), stands, stands)
    return True


def _case(one: Past, asked: Question, looked: Looked, counted: Cases) -> None:
    stream = decode(one.snapshot)
    at, health = max(asked.at, one.moved_at), msgspec.structs.replace(asked.health, backfilled=one.backfilled)
    after = would_be(stream, asked.drafted.world, at, health)
    present = _present(one, stream, after, asked, at, health)
    records = present.stream.records if present is not None else stream.records
    if present is not None and not one.due and disagrees(present):
        looked.unlike.append(one.stream_id.removeprefix("case:"))
    was = standing(records)
    now = was if records is stream.records and not after.entries else standing(after.stream.records)
    case = after.stream.view
    if case.item is None:
        return
    if case.item.code in asked.drafted.other or asked.drafted.another_calendar:
        now = msgspec.structs.replace(now, warned=forewarned(case, asked.drafted.world, at))
    found = change(was, now)
    counted.add(case.item.code, case.unit, found, was, now)
    looked.messages += _messages(records, present, after, at, asked)
    if was is not now and was != now:
        looked.rows.append(_row(case, found, was, now))


def _present(one: Past, stream: Stream, after: Step, asked: Question, at: datetime, health: Health) -> Step | None:
    """The same step under the rules in force, where the record alone would not be a fair comparison: it is due, or older than a change of rules."""
    case: Case = after.stream.view
    stale = bool(after.entries) and (
        case.item is None or asked.configured.bears(one.moved_at, case.item.code, case.unit, one.snapshot)
    )
    return would_be(stream, asked.world, at, health) if one.due or stale else None


def _row(case: Case, found: Change, was: Standing, now: Standing) -> Row:
    assert case.item is not None
    breaches = (*was.breaches, *now.breaches)
    gained, lost = differences(found, was, now)
    return Row(
        case_id=case.id,
        item=case.item.code,
        unit=case.unit,
        units=tuple(sorted({case.unit, *(breach.unit for breach in breaches)})),
        persons=tuple(sorted({person for breach in breaches for person in breach.against})),
        gained=gained,
        lost=lost,
        before=was,
        after=now,
    )


def _messages(
    records: dict[str, Record], present: Step | None, after: Step, at: datetime, asked: Question
) -> Iterator[Message]:
    said = ((BEFORE, present.outreach if present else ()), (AFTER, after.outreach))
    for world, messages in said:
        yield from (_message(one, world) for one in messages if one.stream.startswith("docket:"))
    for one in as_if_confirmed(records, after, at, asked.drafted.world) if after.entries else ():
        yield _message(one, THREATENS)


def _message(one: Outreach, world: str) -> Message:
    return Message(one.stream, world, encode_fact(one.fact))


# -- dockets --------------------------------------------------------------------------------------------------------------


class Measure(msgspec.Struct, frozen=True):
    """A proceeding's proposed measure: as it stands, under the draft, and if the breaches that the draft brings were confirmed too."""

    docket: str
    proceeding: str
    case: str
    unit: str
    before: int | None
    after: int | None
    threatens: int | None


def measures(stream_id: str, one: Past | None, messages: Sequence[Message], asked: Question) -> list[Measure]:
    """Every proceeding of one docket, those that do not change too."""
    stream = decode(one.snapshot) if one is not None else Stream(id=stream_id)
    at = max(asked.at, one.moved_at) if one is not None else asked.at
    unlike = one is not None and (one.due or asked.configured.since(one.moved_at))
    said = {world: [decode_fact(m.fact) for m in messages if m.world == world] for world in (BEFORE, AFTER, THREATENS)}
    before = _advanced(stream, said[BEFORE], at, asked.world, asked.health) if said[BEFORE] or unlike else stream
    touched = said[AFTER] or asked.drafted.for_dockets or unlike
    after = _advanced(stream, said[AFTER], at, asked.drafted.world, asked.health) if touched else stream
    threat = _advanced(after, said[THREATENS], at, asked.drafted.world, asked.health) if said[THREATENS] else after
    return list(_compared(stream_id, before, after, threat))


def _advanced(stream: Stream, said: Sequence[Any], at: datetime, world: World, health: Health) -> Stream:
    return advance_docket(stream, said, at, world, health).stream


def _compared(docket: str, before: Stream, after: Stream, threat: Stream) -> Iterator[Measure]:
    proposed = [_proposed(stream) for stream in (before, after, threat)]
    for key, record in threat.records.items():
        if record.kind == "proceeding":
            data, levels = record.data, [found.get(key) for found in proposed]
            yield Measure(docket.removeprefix("docket:"), data["id"], data["case"], data["unit"], *levels)


def _proposed(stream: Stream) -> dict[str, int]:
    """The measures proposed where the breach still counts. A proceeding on record that the rules would not have opened proposes none."""
    opened = stream.derived.folding.proceedings if stream.derived is not None else None
    return {
        key: record.data["proposed_level"]
        for key, record in stream.records.items()
        if record.kind == "proceeding"
        and record.data["standing"]
        and (opened is None or record.data["breach"] in opened)
    }
