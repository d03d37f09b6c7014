"""What holds of a case, with the earliest instant at which it may be written; and what the record lacks of it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Literal

import msgspec

from rules.records import GONE, STICKY, WITHDRAWALS
from rules.stream import Entry, Record

NOT_YET = datetime.max.replace(tzinfo=UTC)  # it holds, but may not be published before something else is known


class Conclusion(msgspec.Struct, frozen=True):
    """`type` opens the record; `turn` is the entry that brings it to its present status, if that is not the opening one.

    `live`: the names in `data` that may change afterwards (a moved end); all others keep what was first written.
    """

    type: str
    key: str
    legal_at: datetime | None
    publish_at: datetime
    data: dict[str, Any]
    turn: str | None = None
    turned: dict[str, Any] = {}
    live: tuple[str, ...] = ()
    moved: str = ""


def ahead(type_: str, key: str, legal_at: datetime, publish_at: datetime) -> Conclusion:
    """What will hold later: its moment, without the words."""
    return Conclusion(type_, key, legal_at, publish_at, {})


def lacking(conclusions: Sequence[Conclusion], records: Mapping[str, Record], at: datetime) -> list[Entry]:
    """The entries that bring the record to what holds at `at`: what no longer holds, then what is new, moved or turned."""
    due = [c for c in conclusions if c.publish_at <= at]
    holding = {c.key for c in due}
    holding.update(c.key for c in conclusions if c.publish_at > at and waits_again(c, records.get(c.key), at))
    return [*gone(holding, records), *written(unwritten(due, records), records)]


def unwritten(due: Iterable[Conclusion], records: Mapping[str, Record]) -> list[Conclusion]:
    """What may be written and is not on record word for word."""
    return [c for c in due if not _stands(c, records.get(c.key))]


def written(found: list[Conclusion], records: Mapping[str, Record]) -> Iterable[Entry]:
    """What the record lacks of them, in the order of their publication."""
    found.sort(key=_PUBLISHED)
    for conclusion in found:
        yield from _missing(conclusion, records.get(conclusion.key))


_PUBLISHED = attrgetter("publish_at")


def _stands(conclusion: Conclusion, record: Record | None) -> bool:
    """Whether it is on record word for word, and nothing was said of it: so it is with nearly all of them, nearly always."""
    if record is None or conclusion.turn is not None or record.data.get("turn") is not None:
        return False
    if record.status in GONE and record.kind not in STICKY:
        return False
    return not conclusion.live or not _differs(conclusion, record.data)


def _differs(conclusion: Conclusion, told: Mapping[str, Any]) -> bool:
    data = conclusion.data
    for name in conclusion.live:  # noqa: SIM110 - thousands of cases a second pass here
        if told.get(name) != data[name]:
            return True
    return False


def _missing(conclusion: Conclusion, record: Record | None) -> Iterable[Entry]:
    opening = Entry(conclusion.type, conclusion.key, conclusion.legal_at, conclusion.data)
    turned = None if record is None else record.data.get("turn")
    # What is gone by its very turn (dismissed, reversed) is not gone from the case.
    by_turn = turned is not None and turned == conclusion.turn
    if record is None or (record.status in GONE and record.kind not in STICKY and not by_turn):
        turned = None
        # An end that was taken back while the clock stood still was set once; now it has moved.
        yield msgspec.structs.replace(opening, type=conclusion.moved) if _set_before(record) else opening
    elif record.kind == "outcome" and _differs(conclusion, record.data):
        # Never changed, always answered by a new entry: the old outcome is superseded, then the new one recorded.
        turned = None
        yield Entry("outcome_superseded", conclusion.key, record.legal_at, {"kind": record.data["kind"], "turn": None})
        yield opening
    elif conclusion.live and _differs(conclusion, record.data):
        # What people said of it before still stands after the move.
        turned = None
        yield Entry(conclusion.moved, conclusion.key, conclusion.legal_at, conclusion.data)
    if conclusion.turn != turned or (turned is not None and record is not None and _says_otherwise(conclusion, record)):
        yield _turn(conclusion)


def _set_before(record: Record | None) -> bool:
    return record is not None and record.kind == "limit"


def _says_otherwise(conclusion: Conclusion, record: Record) -> bool:
    return any(record.data.get(name) != value for name, value in conclusion.turned.items())


def _turn(conclusion: Conclusion) -> Entry:
    data = {**conclusion.turned, "turn": conclusion.turn}
    return Entry(conclusion.turn or conclusion.type, conclusion.key, conclusion.legal_at, data)


def gone(holding: Container[str], records: Mapping[str, Record]) -> Iterable[Entry]:
    """What no longer holds is withdrawn, in words of its kind."""
    for key, record in records.items():
        if key not in holding and record.status not in GONE and (withdrawal := WITHDRAWALS.get(record.kind)):
            yield Entry(withdrawal, key, record.legal_at, _last_words(record))


def waits_again(conclusion: Conclusion, record: Record | None, at: datetime) -> bool:
    """Whether the same is on record already, though by now it would have to wait: what was published stays. With another instant it is another."""
    return (
        record is not None
        and record.legal_at == conclusion.legal_at
        and conclusion.legal_at is not None
        and conclusion.legal_at <= at
    )


def _last_words(record: Record) -> dict[str, Any]:
    words: dict[str, Any] = {"turn": None} if record.data.get("turn") else {}
    return {**words, "status": "superseded"} if record.kind == "certificate" else words


def next_moment(conclusions: Iterable[Conclusion], records: Mapping[str, Record], at: datetime) -> datetime | None:
    """The next instant at which something is to be written, if nothing more comes."""
    soonest = NOT_YET
    for conclusion in conclusions:
        if at < conclusion.publish_at < soonest and _open(records.get(conclusion.key)):
            soonest = conclusion.publish_at
    return soonest if soonest < NOT_YET else None


# What is written of these changes no other conclusion; of those unheard as long as nobody has said a word of findings and alerts.
QUIET = frozenset({
    "limit_set", "limit_moved", "warning_raised", "notice_due", "clock_suspended", "clock_resumed", "deemed_accepted",
    "outcome_recorded", "case_closed", "fact_refused", "alert_closed",
})  # fmt: skip
UNHEARD = frozenset({"limit_expired", "step_expired", "office_consented", "finding_opened", "breach_found"})
CARDS = frozenset({"yellow_card", "red_card", "alert_escalated"})
EFFECTS = frozenset({"consent_implied", "refusal_implied", "outcome_confirmed", "certificate_issued"})
ANSWERS = frozenset({"alert_acknowledged", "alert_answered"})
Bearing = Literal["nothing", "climb", "words", "effect", "all"]
BEARINGS: dict[str, Bearing] = {
    **dict.fromkeys(UNHEARD, "nothing"), **dict.fromkeys(CARDS, "climb"), **dict.fromkeys(EFFECTS, "effect")
}  # fmt: skip

LOST_AND_FOUND = frozenset({"breach_found", "outcome_recorded", "consent_implied", "refusal_implied"})


def bears_on(entry: Entry, record: Record, at: datetime, *, heard: bool) -> Bearing:
    """Which other conclusions may not stand as they are once an entry is on record. `heard`: whether people have spoken of findings or alerts."""
    if excuses(entry) or (entry.type in LOST_AND_FOUND and record.history):  # gone before, perhaps by a fact dated back
        return "all"
    if "ends_at" in entry.data and datetime.fromisoformat(entry.data["ends_at"]) <= at:
        return "all"  # an end in the past bears on its own publication
    if entry.type in QUIET or (entry.type == "yellow_card" and entry.key.startswith("alert:step:")):
        return "nothing"
    bearing = BEARINGS.get(entry.type, "all")
    if not heard:
        return bearing
    return "words" if bearing in {"nothing", "climb"} or entry.type in ANSWERS else "all"


def excuses(entry: Entry) -> bool:
    """Whether it speaks for those whom a breach is proposed against (rules.charges.mitigating)."""
    data = entry.data
    late, moved = data.get("late_by_system"), str(data.get("reason", "")).startswith("calendar")
    return bool(late) or moved or entry.key == "hold:source_behind"


def _open(record: Record | None) -> bool:
    return record is None or (record.kind not in STICKY and record.status in GONE)
