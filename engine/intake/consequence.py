"""What a fact would bring about: decided for real, in a transaction that is then undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from engine.clock import Clock
from engine.intake.decide import decide
from engine.intake.envelope import Answer, Envelope
from engine.storage.connect import Connection
from rules.calendar_review import IMPLIED
from rules.snapshot import decode
from rules.stream import Record, Stream


class CaseState(msgspec.Struct, frozen=True):
    """A case as a person asks about it. `outcome` may be concluded and not published yet; then `published` is false."""

    status: str
    outcome: str | None = None
    outcome_status: str | None = None
    legal_at: datetime | None = None
    published: bool = False
    holds: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()


class Consequence(msgspec.Struct, frozen=True):
    answer: Answer
    before: CaseState | None
    after: CaseState | None


def consequence(connection: Connection, envelope: Envelope, clock: Clock) -> Consequence:
    """Nothing stays of it but the answer."""
    return tried(connection, envelope.case, lambda: decide(connection, [envelope], clock)[0], clock)


def tried(connection: Connection, case: str, act: Callable[[], Answer], clock: Clock) -> Consequence:
    """The same for any act on one case."""
    with connection.transaction(force_rollback=True):
        before = state_of(connection, case, clock.now())
        answer = act()
        return Consequence(answer, before, state_of(connection, case, clock.now()))


def state_of(connection: Connection, case: str, at: datetime) -> CaseState | None:
    """None for a case nobody knows."""
    row = connection.execute(
        "SELECT s.snapshot, c.status FROM case_file c JOIN stream s ON s.stream_id = 'case:' || c.case_id WHERE c.case_id = %s",
        (case,),
    ).fetchone()
    return _state(decode(row[0]), row[1], at) if row else None


def _state(stream: Stream, status: str, at: datetime) -> CaseState:
    records = stream.records.values()
    outcome = stream.records.get("outcome")
    found = CaseState(
        status=status,
        holds=tuple(sorted(r.data["reason"] for r in records if r.kind == "hold" and r.status == "open")),
        breaches=tuple(
            sorted(r.key.removeprefix("breach:") for r in records if r.kind == "breach" and r.status == "standing")
        ),
    )
    return _with_outcome(found, outcome) if outcome is not None else _with_derived(found, stream, at)


def _with_outcome(found: CaseState, outcome: Record) -> CaseState:
    return msgspec.structs.replace(
        found, outcome=outcome.data["kind"], outcome_status=outcome.status, legal_at=outcome.legal_at, published=True
    )


def _with_derived(found: CaseState, stream: Stream, at: datetime) -> CaseState:
    """An effect of silence that has come about and waits for its publication; while a hold is open there is none."""
    outcome = stream.view.outcome if stream.view is not None else None
    if outcome is None or outcome.kind not in IMPLIED or outcome.legal_at > at or found.holds:
        return found
    return msgspec.structs.replace(found, outcome=outcome.kind, outcome_status="in_force", legal_at=outcome.legal_at)
