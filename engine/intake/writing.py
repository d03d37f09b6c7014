"""Writes what moved: ledger, heads, read tables, inbox, wake rows, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from engine.intake import inbox
from engine.intake.inbox import Received
from engine.intake.moving import Moving
from engine.intake.transaction import Transaction
from engine.ledger.heads import Head, save
from engine.ledger.line import chain
from engine.ledger.write import append
from engine.storage.read_tables import (
    CaseRow,
    Moment,
    Standing,
    place_records,
    write_cases,
    write_moments,
    write_next_moments,
    write_records,
)
from rules.stream import Record
from rules.summary import CaseSummary

ARMED = ("case", "complaint", "docket", "filing", "report")  # kinds of streams whose moments matter


def write(
    tx: Transaction, received: Sequence[Received], settled: Sequence[Received], *, told: Collection[str] = ()
) -> dict[str, int]:
    """Everything of one transaction. Returns the `seq` of the wake rows by stream. `told`: streams whose workflows asked, and know."""
    moving = [tx.moving[id_] for id_ in sorted(tx.moving)]
    heads = _write_ledger(tx, moving)
    write_records(tx.connection, [Standing(m.id, record, m.summary) for m in moving for record in m.changed.values()])
    write_cases(tx.connection, [_case(m, m.summary, heads[m.id]) for m in moving if m.summary])
    if marked := sorted(_marked(moving)):
        place_records(tx.connection, marked)
    write_next_moments(
        tx.connection, {m.id.removeprefix("case:"): m.next_at for m in moving if not m.lines and m.head.kind == "case"}
    )
    inbox.write(tx.connection, received)
    inbox.settle(tx.connection, settled)
    _write_waiting(tx, received)
    moments = [Moment(m.id, m.next_at, m.ended, m.id in told) for m in moving if m.head.kind in ARMED]
    return write_moments(tx.connection, moments, tx.at)


def _write_ledger(tx: Transaction, moving: Sequence[Moving]) -> dict[str, Head]:
    chains = {m.id: chain(m.lines, m.head.head_hash) for m in moving if m.lines}
    append(tx.connection, (line for lines in chains.values() for line in lines))
    heads = {m.id: m.moved(chains[m.id][-1][2]) for m in moving if m.id in chains}
    save(tx.connection, list(heads.values()))
    return heads


def _write_waiting(tx: Transaction, received: Sequence[Received]) -> None:
    """Only where somebody waited before, or does now."""
    before = {m.id: m for m in tx.moving.values() if m.head.waiting}
    still = {id_: m.parked for id_, m in before.items() if m.head.kind == "case" and not m.defect}
    if still:
        inbox.take_out(tx.connection, still)
    now = {one.stream_id for one in received if one.answer.outcome in ("parked", "undecided")}
    inbox.count_waiting(tx.connection, sorted(before.keys() | now))


def _marked(moving: Sequence[Moving]) -> set[str]:
    """Cases that moved and have alerts or findings, or of which another stream says some; a case that runs well is none."""
    found = {one.id.removeprefix("case:") for one in moving if one.summary and _stands(one.stream.records.values())}
    others = [record for one in moving if not one.summary for record in one.changed.values() if _stands([record])]
    return found | {str(case) for record in others if (case := record.data.get("case"))}


def _stands(records: Iterable[Record]) -> bool:
    return any(record.kind in {"alert", "finding"} for record in records)


def _case(moving: Moving, summary: CaseSummary, head: Head) -> CaseRow:
    assert head.head_hash is not None
    return CaseRow(
        summary=summary,
        version=head.version,
        head_hash=head.head_hash,
        next_at=moving.next_at,
        updated_at=moving.at,
    )
