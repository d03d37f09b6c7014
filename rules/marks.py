"""The marks of a world in memory: what counts in which figure, worked out stream by stream. PostgreSQL does the same in one statement over the read tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from rules.case import Case
from rules.figures import SATISFIED_FROM, Mark
from rules.limit_use import limit_use
from rules.no_case import COMPLAINT
from rules.stream import Record, Stream
from rules.summary import closed_at, holder, status
from rules.world import World

CARDS = {"warning": "warnings", "yellow": "yellow", "red": "red", "escalated": "escalated"}
LIMITS = ("committed", "statutory")


def marks(streams: Iterable[Stream], world: World, at: datetime) -> Iterator[Mark]:
    """All marks of these streams, as they stand at an instant."""
    windows = window_people(world)
    for stream in streams:
        if stream.id.startswith("docket:"):
            yield from _measures(stream)
        elif stream.id.startswith(COMPLAINT):
            yield from (
                mark
                for record in stream.records.values()
                if record.kind == "voice"
                for mark in _voice(stream.id, record)
            )
        elif stream.id.startswith("case:") and stream.view is not None and stream.view.unit:
            yield from _case(stream, world, at, windows)


def window_people(world: World) -> frozenset[str]:
    """Who works at a window: what they alone handled was concluded there (直接办结)."""
    return frozenset(person.id for person in world.people if person.post == "window")


def _case(stream: Stream, world: World, at: datetime, windows: frozenset[str]) -> Iterator[Mark]:
    records = stream.records
    yield from _conclusion(stream, world, at, windows)
    yield from _late(stream.view, records)
    for record in records.values():
        if record.kind == "breach":
            yield from _breach(stream.view, record)
        elif record.kind == "alert":
            yield from _card(stream.view, record, records)
        elif record.kind == "finding":
            yield from _unanswered(stream.view, record)
        elif record.kind == "voice":
            yield from _voice(stream.view.id, record)


def _conclusion(stream: Stream, world: World, at: datetime, windows: frozenset[str]) -> Iterator[Mark]:
    case: Case = stream.view
    ended = closed_at(stream.records)
    if status(stream, at) != "concluded" or ended is None:
        return
    held = holder(case, at)

    def mark(figure: str, about: str = "", amount: int = 1) -> Mark:
        return Mark(figure, case.unit, (held,) if held else (), case.id, about, ended, amount)

    yield mark("concluded")
    if not any(_of_limit(r) and r.status != "withdrawn" for r in stream.records.values()):
        yield mark("on_time")
    outcome = stream.records.get("outcome")
    if outcome and outcome.status != "superseded" and outcome.data["kind"] in {"implied_consent", "implied_refusal"}:
        yield mark("by_silence")
    if used := limit_use(case, world):
        yield mark("limit_used", amount=1000 * used["amount"] // used["of"])
    if case.custody and case.custody[0].holder in windows:
        yield mark("window")
        others = (*(c.holder for c in case.custody), *(s.holder for s in case.steps))
        if all(other is None or other in windows for other in others):
            yield mark("direct")
    for stop in case.stops:
        yield mark("suspensions", stop.fact)


def _of_limit(record: Record) -> bool:
    return record.kind == "breach" and record.data["clock"] in LIMITS


def _late(case: Case, records: dict[str, Record]) -> Iterator[Mark]:
    """A case is late once, when the first of its limits was broken; an excused breach is not held against anybody."""
    broken = [r for r in records.values() if _of_limit(r) and r.status == "standing"]
    if broken:
        first = min(broken, key=lambda r: (_instant(r), r.data["clock"]))
        yield Mark("late", case.unit, _against(first), case.id, first.data["clock"], _instant(first))


def _instant(record: Record) -> datetime:
    assert record.legal_at is not None
    return record.legal_at


def _against(breach: Record) -> tuple[str, ...]:
    return tuple(sorted(set(breach.data["proposed_against"])))


def _breach(case: Case, record: Record) -> Iterator[Mark]:
    names = [f"breaches_{record.status}"]
    if record.status == "standing" and record.data["confirmed_at"] is not None:
        names.append("breaches_confirmed")
    for name in names:
        yield Mark(name, record.data["unit"], _against(record), case.id, record.data["clock"], _instant(record))


def _card(case: Case, record: Record, records: dict[str, Record]) -> Iterator[Mark]:
    """Cards about limits and steps; a breach that was withdrawn takes its card out of the count."""
    data = record.data
    kind, _, clock = data["cause"].partition(":")
    if kind not in {"limit", "step"}:
        return
    breach = records.get(f"breach:{clock if kind == 'limit' else data['cause']}")
    if breach is not None and breach.status == "withdrawn" and breach.legal_at == record.legal_at:
        return
    persons = () if data["level"] == "escalated" else tuple(sorted(set(data["to"])))
    yield Mark(CARDS[data["level"]], case.unit, persons, case.id, record.key, datetime.fromisoformat(data["fired_at"]))


def _unanswered(case: Case, record: Record) -> Iterator[Mark]:
    if record.data["kind"] == "alert_unanswered" and record.status in {"open", "confirmed"}:
        persons = (record.data["person"],) if record.data["person"] else ()
        yield Mark("alerts_unanswered", case.unit, persons, case.id, record.key, _instant(record))


def _voice(case: str, record: Record) -> Iterator[Mark]:
    """What citizens said: complaints and those found to be right, ratings that are not unfounded."""
    data = record.data
    if record.status == "withdrawn":
        return

    def mark(figure: str, persons: tuple[str, ...] = (), amount: int = 1) -> Mark:
        return Mark(figure, data["unit"], persons, case, data["number"], _instant(record), amount)

    if data["what"] == "complaint":
        yield mark("complaints")
        if data["result"] in {"upheld", "partly_upheld"}:
            yield mark("complaints_upheld", (data["about"],) if data["about"] else ())
    elif data["result"] != "unfounded":
        yield mark("ratings", amount=data["score"])
        if data["score"] >= SATISFIED_FROM:
            yield mark("satisfied")


def _measures(docket: Stream) -> Iterator[Mark]:
    """Measures that were decided and still stand; the amount is the measure's number."""
    for record in docket.records.values():
        data = record.data
        if record.kind == "proceeding" and data["decided_at"] is not None and data["standing"] and data["unit"]:
            persons = (data["person"],) if data["person"] else ()
            at = datetime.fromisoformat(data["decided_at"])
            yield Mark("measures", data["unit"], persons, data["case"], data["id"], at, data["decided_level"])
