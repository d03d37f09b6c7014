"""The one door: one function for one fact or ten thousand, from HTTP, import, console or simulator.

Streams are locked in id order, then the time is taken, the rules conclude, and everything is written in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec
import psycopg.errors

from engine.clock import Clock
from engine.intake import inbox, placing
from engine.intake.answering import repeated
from engine.intake.check import Draft, check
from engine.intake.envelope import Answer, Envelope
from engine.intake.inbox import Known, Name
from engine.intake.isolation import isolating
from engine.intake.outcomes import outcomes
from engine.intake.sorting import find_astray, sort
from engine.intake.transaction import Transaction
from engine.intake.world_facts import take_effect
from engine.intake.writing import write
from engine.storage.connect import Connection
from engine.storage.world import load_world
from engine.vault.store import Deposit, lock_away
from rules.world import World

T = TypeVar("T")
_TRIES = 5
_LOST_RACES = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)


class Advanced(msgspec.Struct, frozen=True):
    """A stream after it concluded. `seconds`: real ones until `next_at`; None where nothing is pending but a new fact."""

    next_at: datetime | None
    seconds: float | None
    ended: bool
    seq: int


def decide(
    connection: Connection, envelopes: Sequence[Envelope], clock: Clock, *, backfill: bool = False
) -> list[Answer]:
    """Takes messages, one transaction for all, and answers each in its place.

    `backfill`: cases that are new run through the rules in virtual time (time-limits.md 7); give all messages of a case in one call.
    """

    def act(some: Sequence[Envelope], suspect: bool) -> list[Answer]:
        return _trying(connection, lambda: _decide(connection, some, clock, backfill, suspect))

    return isolating(act, envelopes, lambda envelope: envelope.case)


def advance(
    connection: Connection, stream_ids: Collection[str], clock: Clock, *, told: bool = False
) -> dict[str, Advanced]:
    """Concludes streams at the present moment; facts that were left undecided are decided first.

    `told`: the caller is the streams' workflow and will sleep until `next_at`, so nobody has to be told of it.
    """

    def act(some: Sequence[str], suspect: bool) -> list[Advanced]:
        return _trying(connection, lambda: _advance(connection, some, clock, told, suspect))

    ids = sorted(set(stream_ids))
    return dict(zip(ids, isolating(act, ids, lambda id_: id_), strict=True))


def due_streams(connection: Connection, now: datetime, limit: int) -> list[str]:
    """Streams whose moment has come, locked for the present transaction; those somebody else holds are passed over."""
    rows = connection.execute(
        "SELECT s.stream_id FROM wake w JOIN stream s USING (stream_id) WHERE w.next_at <= %s"
        " ORDER BY w.next_at LIMIT %s FOR UPDATE OF s SKIP LOCKED",
        (now, limit),
    ).fetchall()
    return [row[0] for row in rows]


def _trying(connection: Connection, act: Callable[[], T]) -> T:
    """Whoever loses a race rolls back and looks again: then the other's work is there to be seen."""
    for _ in range(_TRIES - 1):
        try:
            with connection.transaction():
                return act()
        except _LOST_RACES:
            continue
    with connection.transaction():
        return act()


def _decide(
    connection: Connection, envelopes: Sequence[Envelope], clock: Clock, backfill: bool, suspect: bool
) -> list[Answer]:
    received_at = clock.now()
    world = load_world(connection)
    checked = [check(envelope, world, connection.vault, received_at, backfill=backfill) for envelope in envelopes]
    drafts: dict[Name, Draft] = {}
    for one in checked:
        if isinstance(one, Draft):
            drafts.setdefault(one.name, one)
    if not drafts:
        return [one for one in checked if isinstance(one, Answer)]
    tx = Transaction(connection, clock, world, _homes(drafts.values(), world))
    known = inbox.find(connection, drafts)
    given = _take(tx, [draft for name, draft in drafts.items() if name not in known], received_at, backfill, suspect)
    return [one if isinstance(one, Answer) else _answer(one, drafts, known, given) for one in checked]


def _homes(drafts: Collection[Draft], world: World) -> set[str]:
    unknown = {stream for draft in drafts if (stream := placing.catalogue(draft.fact, world))}
    return unknown | {placing.home(draft.fact) for draft in drafts}


def _take(
    tx: Transaction, fresh: Sequence[Draft], received_at: datetime, backfill: bool, suspect: bool
) -> dict[Name, Answer]:
    """New messages through the rules and onto the ledger; their answers."""
    if not fresh:
        return {}
    facts = [draft.fact for draft in fresh]
    found = sort(tx, facts)
    tx.move(found.work, backfill=backfill, suspect=suspect)
    tx.move(find_astray(tx, found))
    received, settled = outcomes(tx, fresh, found, received_at)
    lock_away(tx.connection, [Deposit(d.vault_item, d.fact.case, d.words, d.applicant) for d in fresh], tx.at)
    write(tx, received, settled)
    take_effect(tx, facts)
    return {one.name: one.answer for one in received}


def _answer(draft: Draft, drafts: dict[Name, Draft], known: dict[Name, Known], given: dict[Name, Answer]) -> Answer:
    if draft.name in known:
        return repeated(known[draft.name], draft.body_hash)
    first = drafts[draft.name]
    answer = given[draft.name]
    return answer if draft is first else repeated(Known(first.body_hash, answer), draft.body_hash)


def _advance(
    connection: Connection, stream_ids: Sequence[str], clock: Clock, told: bool, suspect: bool
) -> list[Advanced]:
    if not stream_ids:
        return []
    tx = Transaction(connection, clock, load_world(connection), stream_ids)
    touched = [id_ for id_ in stream_ids if tx.heads[id_].version or tx.heads[id_].waiting]
    found = sort(tx, (), touched)
    tx.move(found.work, suspect=suspect)
    tx.move(find_astray(tx, found))
    received, settled = outcomes(tx, (), found, tx.at)
    seqs = write(tx, received, settled, told=stream_ids if told else ())
    return [_advanced(tx, id_, seqs.get(id_, 0), clock) for id_ in stream_ids]


def _advanced(tx: Transaction, stream_id: str, seq: int, clock: Clock) -> Advanced:
    moving = tx.moving.get(stream_id)
    if moving is None:
        return Advanced(None, None, ended=True, seq=seq)
    seconds = clock.seconds_until(moving.next_at) if moving.next_at else None
    return Advanced(moving.next_at, seconds, moving.ended, seq)
