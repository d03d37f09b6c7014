"""What became of each message, once all streams have moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.intake import answering
from engine.intake.check import Draft
from engine.intake.envelope import Answer, Due
from engine.intake.inbox import Received
from engine.intake.moving import Moving
from engine.intake.sorting import Sorted
from engine.intake.transaction import Taken, Transaction
from rules.facts import Fact


def outcomes(
    tx: Transaction, fresh: Sequence[Draft], found: Sorted, received_at: datetime
) -> tuple[list[Received], list[Received]]:
    """New rows of the inbox (messages, and what streams said to each other), and the rows that are settled at last."""
    dates = {id_: answering.dates_of(moving.stream.records) for id_, moving in tx.moving.items()}
    received = [_message(tx, draft, found, received_at, dates) for draft in fresh]
    received += [_between(tx, Taken(one.fact, one.stream)) for one in tx.outreach.values()]
    settled = [_between(tx, taken) for taken in tx.taken_up]
    return received, [one for one in settled if one.why is None]


def _message(
    tx: Transaction, draft: Draft, found: Sorted, received_at: datetime, dates: dict[str, dict[str, Due]]
) -> Received:
    fact = draft.fact
    streams = found.homes.get(draft.name, [])
    halted = next((id_ for id_ in streams if tx.moving[id_].defect), None)
    why = found.waits.get(draft.name) or ("engine_error" if halted else None)
    if why is not None:
        answer = answering.undecided(fact) if halted else answering.parked(fact, why)
    else:
        answer = _decided(fact, [tx.moving[id_] for id_ in streams], dates)
    return Received(
        fact=fact,
        stream_id=halted or (streams[0] if streams else f"case:{fact.case}"),
        received_at=received_at,
        answer=answer,
        body_hash=draft.body_hash,
        vault_item=draft.vault_item,
        why=why,
    )


def _decided(fact: Fact, streams: Sequence[Moving], dates: dict[str, dict[str, Due]]) -> Answer:
    """A fact sent to several dockets is refused if one of them refuses it."""
    if streams[0].head.kind == "catalogue" and fact.item is not None:
        return answering.unknown_item(fact)
    results = [moving.results[fact.id] for moving in streams]
    result = next((result for result in results if result.code), results[0])
    return answering.answer_of(fact, result, dates.get(f"case:{fact.case}", {}))


def _between(tx: Transaction, taken: Taken) -> Received:
    moving = tx.moving[taken.stream_id]
    if moving.defect:
        answer = answering.undecided(taken.fact)
        return Received(fact=taken.fact, stream_id=moving.id, received_at=tx.at, answer=answer, why="engine_error")
    answer = answering.answer_of(taken.fact, moving.results.get(taken.fact.id), {})
    return Received(fact=taken.fact, stream_id=moving.id, received_at=tx.at, answer=answer)
