"""A case in one row, and in one document: what the read tables and the rehearsal show of a stream."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from rules.case import Case, OfficeState, StepState
from rules.instants import local_text
from rules.limit_use import limit_use
from rules.stream import Record, Stream
from rules.world import World

LEVELS = ("none", "warning", "yellow", "red")


class CaseSummary(msgspec.Struct, frozen=True):
    """One row of the table of cases. `clock` is the one whose end is shown: the promise, else the law."""

    case_id: str
    item: str | None
    item_version: int | None
    unit: str | None
    status: str
    holder: str | None
    stage: str | None
    accepted_at: datetime | None
    clock: str | None
    due_on: date | None
    expires_at: datetime | None
    statutory_due_on: date | None
    provisional: bool
    outcome_kind: str | None
    outcome_status: str | None
    legal_at: datetime | None
    level: str
    source: str | None
    closed_at: datetime | None
    backfilled: bool
    view: dict[str, Any]


def summarise(stream: Stream, world: World, at: datetime, backfilled: bool = False) -> CaseSummary:
    """The row of a case stream that has just been advanced (its `view` is the derived case)."""
    case: Case = stream.view
    records = stream.records
    limit = _running(records, "committed") or _running(records, "statutory")
    statutory = _running(records, "statutory")
    outcome = records.get("outcome")
    recorded = outcome is not None and outcome.status != "superseded"
    return CaseSummary(
        case_id=case.id,
        item=case.item.code if case.item else None,
        item_version=case.item.version if case.item else None,
        unit=case.unit or None,
        status=status(stream, at),
        holder=holder(case, at),
        stage=stage(case),
        accepted_at=case.start.at if case.start and (case.start.deemed_at or at) <= at else None,
        clock=limit.data["clock"] if limit else None,
        due_on=date.fromisoformat(limit.data["due_on"]) if limit else None,
        expires_at=datetime.fromisoformat(limit.data["ends_at"]) if limit else None,
        statutory_due_on=date.fromisoformat(statutory.data["due_on"]) if statutory else None,
        provisional=bool(limit and limit.data["provisional"]),
        outcome_kind=outcome.data["kind"] if outcome and recorded else None,
        outcome_status=outcome.status if outcome else None,
        legal_at=outcome.legal_at if outcome and recorded else None,
        level=level(records),
        source=case.source,
        closed_at=closed_at(records),
        backfilled=backfilled,
        view=document(stream, world, at),
    )


def _running(records: dict[str, Record], clock: str) -> Record | None:
    """The end of a clock as told; None while there is none (not started, standing still, void)."""
    record = records.get(f"limit:{clock}")
    return record if record is not None and record.status == "set" else None


def status(stream: Stream, at: datetime) -> str:
    """The status as published: an end that is not on record yet has not happened for anybody."""
    case: Case = stream.view
    record = stream.records.get("case")
    if record is not None and record.status != "open":
        return record.status
    return (
        "suspended" if case.stopped(at) is not None and case.start is not None and case.start.known_at <= at else "open"
    )


def closed_at(records: dict[str, Record]) -> datetime | None:
    record = records.get("case")
    return datetime.fromisoformat(record.data["at"]) if record is not None and record.status != "open" else None


def holder(case: Case, at: datetime) -> str | None:
    held = [c.holder for c in case.custody if c.since <= at]
    return held[-1] if held else None


def stage(case: Case) -> str | None:
    """The first step not completed yet."""
    return next((s.id for s in case.steps if s.completed_at is None), None) if case.closed_at is None else None


def level(records: dict[str, Record]) -> str:
    """The highest card of the case; a breach withdrawn takes its card out of the count."""
    raised = [r.data["level"] for r in records.values() if r.kind == "alert" and r.data["level"] in LEVELS]
    broken = any(r.kind == "breach" and r.status == "standing" for r in records.values())
    counted = [name for name in raised if broken or name == "warning"]
    return max(counted, key=LEVELS.index, default="none")


def document(stream: Stream, world: World, at: datetime) -> dict[str, Any]:
    """Clocks, steps, offices, outcome and custody in the shapes of the rehearsal's output."""
    case: Case = stream.view
    zone = world.calendar(at).zone

    def iso(value: datetime | None) -> str | None:
        return local_text(value, zone) if value is not None else None

    return {
        "status": status(stream, at),
        "clocks": {name: clock(stream.records, case, name) for name in shown_clocks(case, stream.records, at)},
        "steps": [step(s, iso, stream.records) for s in case.steps] if case.start else [],
        "offices": [office(o, stream.records) for o in case.offices],
        "outcome": outcome_of(stream.records),
        "suspensions": [
            {
                "fact": s.fact,
                "reason": s.reason,
                "kind": s.kind,
                "clock": s.clock,
                "from": iso(s.start),
                "to": iso(s.end),
            }
            for s in case.stops
        ],
        "refusals": refusals(stream.records),
        "custody": [{"since": iso(c.since), "holder": c.holder} for c in case.custody],
        "attributes": case.attributes,
        "effect": case.item.silence.effect if case.item else "none",
        "used": limit_use(case, world) if status(stream, at) == "concluded" else None,
    }


def shown_clocks(case: Case, records: dict[str, Record], at: datetime) -> list[str]:
    """The clocks that run by now, and those that follow a decision."""
    pending = case.start is not None and case.start.deemed_at is not None and case.start.deemed_at > at
    after = [n for n in ("delivery", "verification") if _running(records, n) is not None]
    return [*(() if pending else case.clocks), *after]


def clock(records: dict[str, Record], case: Case, name: str) -> dict[str, Any]:
    """One clock as published; while it stands still without a known restart it has no due date."""
    record = records.get(f"limit:{name}")
    breach = records.get(f"breach:{name}")
    live = case.clocks.get(name)
    told = record.data if record is not None and (live is None or live.ends_at is not None) else {}
    return {
        "due_on": told.get("due_on"),
        "expires_at": told.get("expires_at"),
        "provisional": bool(told.get("provisional")),
        "breached_at": breach.data["at"] if breach is not None and breach.status != "withdrawn" else None,
        "history": [dict(h) for h in record.history] if record is not None else [],
    }


def step(state: StepState, iso: Any, records: dict[str, Record]) -> dict[str, Any]:
    breach = records.get(f"breach:step:{state.id}")
    return {
        "id": state.id,
        "holder": state.holder,
        "due_on": state.due.due_on.isoformat() if state.due else None,
        "expires_at": iso(state.due.expires_at) if state.due else None,
        "started_at": iso(state.started_at),
        "completed_at": iso(state.completed_at),
        "breached_at": breach.data["at"] if breach is not None and breach.status != "withdrawn" else None,
    }


def office(state: OfficeState, records: dict[str, Record]) -> dict[str, Any]:
    consented = records.get(f"office:{state.id}")
    in_time = state.answered_at is not None and (state.due is None or state.answered_at < state.due.expires_at)
    outcome = "answered" if in_time else "open"
    if consented is not None and consented.status == "standing":
        outcome = "implied_consent"
    elif state.answered_at is not None:
        outcome = "answered"
    return {"id": state.id, "due_on": state.due.due_on.isoformat() if state.due else None, "outcome": outcome}


def outcome_of(records: dict[str, Record]) -> dict[str, Any]:
    record = records.get("outcome")
    if record is None:
        return {"kind": "none", "legal_at": None, "recorded_at": None, "status": "in_force"}
    gone = record.status == "superseded"
    return {
        "kind": "none" if gone else record.data["kind"],
        "legal_at": record.data["at"],
        "recorded_at": record.recorded_at.isoformat(),
        "status": record.status,
    }


def refusals(records: dict[str, Record]) -> list[dict[str, Any]]:
    return [
        {"fact": r.data["fact"], "code": r.data["code"], "message": r.data["message"]}
        for r in records.values()
        if r.kind == "refusal" and r.status == "standing"
    ]
