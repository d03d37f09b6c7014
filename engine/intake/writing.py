"""Writes what moved: ledger, heads, read tables, inbox, wake rows, in a fixed number of statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from engine.intake import inbox
from engine.intake.inbox import Received
from engine.intake.moving import Moving
from engine.intake.transaction import Transaction
from engine.ledger.heads import Head, save
from engine.ledger.line import chain
from engine.ledger.write import append
from engine.storage.read_tables import CaseRow, Moment, Standing, write_cases, write_moments, write_records
from rules.summary import CaseSummary

ARMED = ("case", "docket")  # kinds of streams whose moments matter


def write(
    tx: Transaction, received: Sequence[Received], settled: Sequence[Received], *, told: bool = False
) -> dict[str, int]:
    """Everything of one transaction. Returns the `seq` of the wake rows by stream. `told`: the workflows asked, and know."""
    moving = [tx.moving[id_] for id_ in sorted(tx.moving)]
    heads = _write_ledger(tx, moving, _waiting_more(received, settled))
    write_records(tx.connection, [Standing(m.id, record) for m in moving for record in m.changed.values()])
    write_cases(tx.connection, [_case(m, m.summary, heads[m.id]) for m in moving if m.summary])
    inbox.write(tx.connection, received)
    inbox.settle(tx.connection, settled)
    moments = [Moment(m.id, m.next_at, m.ended, told) for m in moving if m.head.kind in ARMED]
    return write_moments(tx.connection, moments)


def _waiting_more(received: Sequence[Received], settled: Sequence[Received]) -> Counter[str]:
    more = Counter(one.stream_id for one in received if one.why)
    more.subtract(one.stream_id for one in settled)
    return more


def _write_ledger(tx: Transaction, moving: Sequence[Moving], waiting: Counter[str]) -> dict[str, Head]:
    chains = {m.id: chain(m.lines, m.head.head_hash) for m in moving if m.lines}
    append(tx.connection, (line for lines in chains.values() for line in lines))
    heads = {}
    for m in moving:
        hash_ = chains[m.id][-1][2] if m.id in chains else m.head.head_hash
        heads[m.id] = m.moved(hash_, max(m.head.waiting + waiting[m.id], 0))
    save(
        tx.connection,
        [head for head in heads.values() if head != tx.heads[head.stream_id]] + _only_waiting(tx, heads, waiting),
    )
    return heads


def _only_waiting(tx: Transaction, moved: Iterable[str], waiting: Counter[str]) -> list[Head]:
    """Streams that did not move, but somebody waits for them now."""
    still = [tx.heads[id_] for id_, more in waiting.items() if more and id_ not in set(moved)]
    return [msgspec.structs.replace(head, waiting=max(head.waiting + waiting[head.stream_id], 0)) for head in still]


def _case(moving: Moving, summary: CaseSummary, head: Head) -> CaseRow:
    assert head.head_hash is not None
    return CaseRow(
        summary=summary,
        version=head.version,
        head_hash=head.head_hash,
        next_at=moving.next_at,
        updated_at=moving.at,
    )
