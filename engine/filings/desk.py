"""Where a wish about a filing is taken: decided by the rules, written in one transaction, in the person's name."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import msgspec

from engine.clock import Clock
from engine.conditions import conditions_of
from engine.intake.transaction import Transaction
from engine.intake.writing import write
from engine.jobs.wake import renudge
from engine.procedures.charts import charts_of
from engine.storage.config import Configuration, record_all
from engine.storage.connect import Connection
from engine.storage.world import load_world
from rules.filing import KEY, Filing, Refused, Save, Wish, filing_of, on_record_refused
from rules.filing_decider import decide
from rules.filing_stream import stepped
from rules.items import Item
from rules.world import World


def act(connection: Connection, id_: str, wish: Wish, who: str, clock: Clock) -> Filing | Refused:
    """The filing as it stands afterwards, or why not. A refusal stays on its record; a draft that cannot be saved stays with its writer."""
    stream_id = f"filing:{id_}"
    with connection.transaction():
        tx = Transaction(connection, clock, load_world(connection), [stream_id])
        moving = tx.stream(stream_id)
        before = filing_of(moving.stream.records.get(KEY))
        body = wish.item if isinstance(wish, Save) else before.item if before else {}
        granted = decide(before, wish, who, moving.at, with_entry(tx.world, body), id_)
        if isinstance(granted, Refused):
            if before is not None and not isinstance(wish, Save):
                refused = on_record_refused(wish, granted, who, moving.at, moving.stream.version + 1)
                moving.take(stepped(moving.stream, (refused,), moving.at), who)
                write(tx, (), ())
            return granted
        moving.take(stepped(moving.stream, granted, moving.at), who)
        write(tx, (), ())
        renudge(connection, [stream_id])  # a new phase is news, also where no moment changed
        after = filing_of(moving.stream.records.get(KEY))
        assert after is not None
        if after.phase in {"published", "withheld"}:
            _publish(connection, after.entry(), who, moving.at)
    return after


def with_entry(world: World, body: dict[str, Any]) -> World:
    """The world as it would be with this entry's conditions and chart understood; as it is where the entry cannot be read."""
    try:
        item = msgspec.convert(body, Item)
    except msgspec.ValidationError:
        return world
    return world.but(
        conditions={**world.conditions, **conditions_of([item])}, charts={**world.charts, **charts_of([item])}
    )


def _publish(connection: Connection, item: Item, who: str, at: datetime) -> None:
    body = msgspec.json.decode(msgspec.json.encode(item))
    day = datetime.combine(item.effective_from, time(), UTC)
    record_all(connection, [Configuration(kind="item", id=item.code, body=body, effective_from=day)], who, at)
