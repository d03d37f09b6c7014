"""The watchers are watched: whoever owns a phase of a proceeding and lets its clock run out is told, and then those above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rules.alerts import TURNS, TYPES
from rules.chain import LEFT, SILENT, Rung, next_rung, out_of_reach, vacated_at
from rules.conclusion import Conclusion
from rules.facts import Fact
from rules.instants import local_text
from rules.phases import Place, Standing, restore_by
from rules.proceedings import Proceeding
from rules.stream import Record
from rules.time_limits import due
from rules.words import concerns

ABOVE = ("first_responsible", "discipline_group")


def overdue(
    proceeding: Proceeding, stands: Standing, facts: Sequence[Fact], records: Mapping[str, Record], place: Place
) -> list[Conclusion]:
    """For the phase that waits for its owner, and for a restoration that waits."""
    found: list[Conclusion] = []
    if stands.due is not None and stands.owner is not None:
        cause = f"proceeding:{proceeding.id}:{stands.phase}"
        found += _ladder(proceeding, cause, stands.owner, stands.due.expires_at, facts, records, place)
    task = records.get(f"restoration:{proceeding.id}")
    if task is not None and task.status == "open" and proceeding.too_heavy and proceeding.restored_at is None:
        end = restore_by(proceeding, place, task.recorded_at).expires_at
        cause = f"proceeding:{proceeding.id}:restoration"
        found += _ladder(proceeding, cause, stands.owner or proceeding.unit, end, facts, records, place)
    return found


def _ladder(
    proceeding: Proceeding, cause: str, owner: str, end: datetime, facts: Sequence[Fact], records: Mapping[str, Record], place: Place
) -> list[Conclusion]:  # fmt: skip
    """Yellow to the owner when the clock ends, then one up each time nobody acts; a rung once per cause."""
    found: list[Conclusion] = []
    at, why, shut_out = end, SILENT, frozenset(proceeding.concerned | {owner})
    asked: Rung | None = Rung("owner", (owner,))
    while asked is not None:
        rung = len(found)
        level = "yellow" if rung == 0 else "escalated"
        record = records.get(f"alert:{cause}:{level}:{rung}")
        found.append(_alert(proceeding, cause, level, rung, at, asked, record, facts, place, why))
        if record is None:
            break
        at, why = _ended(record, facts, place)
        today = place.calendar.local_date(place.at)
        asked = next_rung(place.world, proceeding.unit, today, ABOVE, record.data["asked"], shut_out)
    return found


def _ended(asked: Record, facts: Sequence[Fact], place: Place) -> tuple[datetime, str]:
    """When whoever was asked has had his time, has left his post, or turns out to be out of reach."""
    on = place.calendar.local_date(asked.recorded_at)
    ends = [(due(place.world.practice.hold_within, on, place.calendar, place.world.profile).expires_at, SILENT)]
    if (left := vacated_at(place.world, place.calendar, asked.data["to"], asked.recorded_at)) is not None:
        ends.append((left, LEFT))
    failed = next((f for f in facts if f.type == "alert.undeliverable" and concerns(f, asked)), None)
    return min([*ends, *([(failed.occurred_at, out_of_reach(failed))] if failed is not None else [])])


def _alert(
    proceeding: Proceeding, cause: str, level: str, rung: int, at: datetime, asked: Rung, record: Record | None,
    facts: Sequence[Fact], place: Place, why: str,
) -> Conclusion:  # fmt: skip
    zone = place.calendar.zone
    data: dict[str, Any] = {
        "case": proceeding.case, "cause": cause, "level": level, "rung": rung, "scheduled_at": local_text(at, zone),
        "fired_at": local_text(place.at, zone), "to": list(asked.people), "asked": asked.post, "acknowledged_at": None, "answered_at": None,
        "late_by_system": place.at - at > place.world.practice.late_by_system_after,
    }  # fmt: skip
    if why != SILENT:
        data["why"] = why
    turn, turned = _turn(record, facts, place)
    return Conclusion(TYPES[level], f"alert:{cause}:{level}:{rung}", at, at, data, turn=turn, turned=turned)


def _turn(record: Record | None, facts: Sequence[Fact], place: Place) -> tuple[str | None, dict[str, Any]]:
    turn: str | None = None
    turned: dict[str, Any] = {}
    for type_, entry, name in reversed(TURNS) if record is not None else ():
        word = next((f for f in facts if f.type == type_ and record is not None and concerns(f, record)), None)
        if word is not None:
            said = local_text(word.occurred_at, place.calendar.zone)
            turn, turned = entry, {**turned, name: said, "by": word.actor}
    return turn, turned
