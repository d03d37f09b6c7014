"""Facts that wait, settled by a person: taken up once their item is published, or discarded with a reason. Nothing is deleted.

A fact that is discarded stands on the ledger with its retraction beside it: in the stream that keeps it, else in its source's own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from engine.clock import Clock
from engine.intake import inbox, placing
from engine.intake.answering import dates_of
from engine.intake.check import CONSOLE, Draft, check
from engine.intake.decide import advance, decide
from engine.intake.envelope import Answer, Due, Envelope
from engine.intake.inbox import PARTNER, Name, Received
from engine.intake.transaction import Transaction
from engine.intake.writing import write
from engine.ledger.fact_body import fact_of, pack
from engine.ledger.heads import lock
from engine.ledger.read import read_stream
from engine.storage.connect import Connection
from engine.storage.world import load_world
from engine.vault.store import Deposit, lock_away
from rules.facts import Fact
from rules.snapshot import decode as decode_stream

DISCARDED = "discarded"


class SettlingError(ValueError):
    """Why a fact cannot be settled so. `code`: not_waiting | still_unknown_item | still_unknown_case | no_proceeding | malformed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Discarding(msgspec.Struct, frozen=True):
    """Who discards a fact, why, and who approved it. `token` names the act: done twice it is done once."""

    actor: str
    reason: str
    token: str
    approver: str | None = None


def release(connection: Connection, name: Name, clock: Clock) -> Answer:
    """Tries to place a waiting fact now and answers as its sender would be. Raises SettlingError if it must go on waiting."""
    with connection.transaction():
        stream = _from_quarantine(connection, name, clock) or _parked_at(connection, name)
        advance(connection, [stream], clock)
        answer = inbox.find(connection, [name])[name].answer
        return msgspec.structs.replace(answer, dates=_dates(connection, stream))


def releasable(connection: Connection, item: str, names: Collection[Name]) -> list[Name]:
    """Of the quarantined facts of one item those whose item is published for their day by now."""
    world = load_world(connection)
    facts = _quarantined(connection, item, set(names))
    return [(fact.source, fact.id) for fact in facts if placing.catalogue(fact, world) is None]


def discard(connection: Connection, name: Name, how: Discarding, clock: Clock) -> None:
    """Puts the retraction on the ledger; the fact counts for nothing from now on. Raises SettlingError."""
    with connection.transaction():
        if _done_before(connection, how):
            return
        item = _item_in_quarantine(connection, name)
        if item is not None:
            _discard_quarantined(connection, name, item, how, clock)
            return
        why, stream = _parked_row(connection, name)
        if why == PARTNER:
            _retract(connection, name, how, clock)
        else:
            _discard_parked(connection, name, stream, how, clock)


def _dates(connection: Connection, stream: str) -> dict[str, Due]:
    """The case's limits as they stand after the fact was taken up."""
    snapshot = lock(connection, [stream])[stream].snapshot
    return dates_of(decode_stream(snapshot).records) if snapshot else {}


# -- what was quarantined -----------------------------------------------------------------------------------------------


def _from_quarantine(connection: Connection, name: Name, clock: Clock) -> str | None:
    """The case's stream, for which the fact now waits in the inbox like any other; None if it was never quarantined."""
    item = _item_in_quarantine(connection, name)
    if item is None:
        return None
    found = _quarantined(connection, item, {name})
    if not found:
        raise SettlingError("not_waiting", f"the ledger holds no fact {name[1]!r} of {name[0]!r} for the item {item!r}")
    (fact,) = found
    if placing.catalogue(fact, load_world(connection)) is not None:
        raise SettlingError(
            "still_unknown_item",
            f"no version of the item {item!r} was in effect when the fact occurred; publish one, or discard the fact",
        )
    _wait_for_case(connection, fact, clock.now())
    connection.execute(
        "UPDATE quarantine SET released_at = %s WHERE source = %s AND message_id = %s", (clock.now(), *name)
    )
    return f"case:{fact.case}"


def _wait_for_case(connection: Connection, fact: Fact, now: datetime) -> None:
    stream = f"case:{fact.case}"
    lock(connection, [stream])
    connection.execute(
        "UPDATE inbox SET stream_id = %s, pending = %s WHERE source = %s AND message_id = %s",
        (stream, pack(fact), fact.source, fact.id),
    )
    connection.execute(
        "INSERT INTO parked (source, message_id, stream_id, case_id, type, why, since)"
        " VALUES (%s, %s, %s, %s, %s, 'unknown_case', %s)",
        (fact.source, fact.id, stream, fact.case, fact.type, now),
    )
    inbox.count_waiting(connection, [stream])


def _item_in_quarantine(connection: Connection, name: Name) -> str | None:
    row = connection.execute(
        "SELECT item FROM quarantine WHERE source = %s AND message_id = %s AND released_at IS NULL FOR UPDATE", name
    ).fetchone()
    return row[0] if row else None


def _quarantined(connection: Connection, item: str, names: Collection[Name]) -> list[Fact]:
    lines = [line for line, _, _ in read_stream(connection, f"catalogue:{item}") if line.kind == "fact"]
    return [fact_of(line) for line in lines if (line.source, line.message_id) in names]


def _discard_quarantined(connection: Connection, name: Name, item: str, how: Discarding, clock: Clock) -> None:
    (fact,) = _quarantined(connection, item, {name})
    tx = Transaction(connection, clock, load_world(connection), [f"catalogue:{item}"])
    draft = _retraction(tx, fact, how)
    _write(tx, f"catalogue:{item}", [draft.fact], draft, fact)
    connection.execute(
        "UPDATE quarantine SET released_at = %s, why = %s WHERE source = %s AND message_id = %s",
        (tx.at, DISCARDED, *name),
    )


# -- what was parked ----------------------------------------------------------------------------------------------------


def _parked_at(connection: Connection, name: Name) -> str:
    """The stream a parked fact waits for, if that stream can take it up now."""
    why, stream = _parked_row(connection, name)
    if why == "unknown_case" and lock(connection, [stream])[stream].version == 0:
        raise SettlingError(
            "still_unknown_case", "its case is not known; it is taken up when the case's first fact arrives"
        )
    if why == "no_proceeding":
        raise SettlingError(
            "no_proceeding", "its proceeding is not known; it is taken up when the proceeding is opened"
        )
    return stream


def _parked_row(connection: Connection, name: Name) -> tuple[str, str]:
    row = connection.execute("SELECT why, stream_id FROM parked WHERE source = %s AND message_id = %s", name).fetchone()
    if row is None:
        raise SettlingError(
            "not_waiting", f"no fact {name[1]!r} of {name[0]!r} waits; it may have been taken up already"
        )
    return row[0], row[1]


def _discard_parked(connection: Connection, name: Name, stream: str, how: Discarding, clock: Clock) -> None:
    kept = f"source:{name[0]}"
    tx = Transaction(connection, clock, load_world(connection), [kept, stream])
    waiting = [fact for fact in inbox.waiting(connection, [stream]).get(stream, ()) if (fact.source, fact.id) == name]
    if not waiting:
        raise SettlingError("not_waiting", f"the fact {name[1]!r} was taken up meanwhile")
    (fact,) = waiting
    draft = _retraction(tx, fact, how)
    _write(tx, kept, [fact, draft.fact], draft, fact)
    inbox.count_waiting(connection, [stream])


def _retract(connection: Connection, name: Name, how: Discarding, clock: Clock) -> None:
    """It stands on its case's ledger: there a retraction is a fact like any other, decided by the rules."""
    case = connection.execute("SELECT case_id FROM inbox WHERE source = %s AND message_id = %s", name).fetchone()
    assert case is not None
    (answer,) = decide(connection, [_envelope(case[0], name[1], how, clock.now())], clock)
    if answer.outcome != "recorded":
        raise SettlingError(answer.code or "malformed", answer.message or "the retraction was refused")
    connection.execute("DELETE FROM parked WHERE source = %s AND message_id = %s", name)
    inbox.count_waiting(connection, [f"case:{case[0]}"])


# -- the retraction -----------------------------------------------------------------------------------------------------


def _done_before(connection: Connection, how: Discarding) -> bool:
    return bool(inbox.find(connection, [(CONSOLE, how.token)]))


def _retraction(tx: Transaction, fact: Fact, how: Discarding) -> Draft:
    made = check(_envelope(fact.case, fact.id, how, tx.at), tx.world, tx.connection.vault, tx.at)
    if isinstance(made, Answer):
        raise SettlingError("malformed", made.message or "the reason cannot be stored")
    return made


def _envelope(case: str, fact: str, how: Discarding, now: datetime) -> Envelope:
    data = {"fact": fact, "reason": how.reason, "approver": how.approver}
    data = {field: value for field, value in data.items() if value is not None}
    raw = msgspec.json.encode({"type": "fact.retracted", "case": case, "actor": how.actor, "data": data})
    return Envelope(
        source=CONSOLE,
        message_id=how.token,
        type="fact.retracted",
        case=case,
        occurred_at=now,
        actor=how.actor,
        data=data,
        raw=raw,
    )


def _write(tx: Transaction, stream: str, facts: Sequence[Fact], draft: Draft, discarded: Fact) -> None:
    tx.move({stream: list(facts)})
    lock_away(tx.connection, [Deposit(draft.vault_item, draft.fact.case, draft.words, draft.applicant)], tx.at)
    words = f"{discarded.source} {discarded.id}"
    recorded = Answer(outcome="recorded", case=discarded.case, message=words)
    refused = Answer(
        outcome="refused",
        case=discarded.case,
        code=DISCARDED,
        message=f"discarded by {draft.fact.actor}; the ledger holds the reason",
    )
    retraction = Received(
        fact=draft.fact,
        stream_id=stream,
        received_at=tx.at,
        answer=recorded,
        body_hash=draft.body_hash,
        vault_item=draft.vault_item,
    )
    write(tx, [retraction], [Received(fact=discarded, stream_id=stream, received_at=tx.at, answer=refused)])
