"""Streams a page at a time: chain, snapshot, read rows and wake row, each against what the ledger tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec
import structlog

from engine.clock import Clock
from engine.intake.health import load_health
from engine.intake.traces import trace
from engine.intake.writing import ARMED
from engine.ledger.heads import Head, lock
from engine.ledger.read import Chained, read_stream
from engine.ledger.verify import faults_of
from engine.rebuild.streams import Retold, retell
from engine.rebuild.tables import KINDS, TABLES
from engine.reconcile import rows, waking
from engine.reconcile.findings import Finding
from engine.storage.connect import Connection, Pool
from engine.storage.world import load_world
from rules.snapshot import decode, encode

PAGE = 200
Told = Callable[[int, int], None]

_log = structlog.get_logger(__name__)


class Looked(msgspec.Struct):
    """What one look at some streams found. Only what the ledger itself supports can be put right."""

    entries: int = 0
    broken: list[Finding] = []
    snapshots: list[Retold] = []
    unequal: list[rows.Unequal] = []
    wakes: list[Finding] = []

    @property
    def suspects(self) -> list[str]:
        found = {one.stream_id for one in (*self.broken, *self.wakes)}
        return sorted(found | {row.stream_id for row in self.unequal} | {one.stream.id for one in self.snapshots})


class Streams:
    """Goes through all streams. What looks wrong is looked at again under the stream's lock: facts come in meanwhile."""

    def __init__(self, pool: Pool, clock: Clock, *, repair: bool) -> None:
        self._pool, self._clock, self._repair = pool, clock, repair
        self.streams = self.entries = 0

    def check(self, connection: Connection, told: Told) -> Iterator[list[Finding]]:
        """The findings of each page. `connection` comes from `rows.own_connection`; `told` hears of streams done and of how many."""
        rows.lay_beside(connection)
        total = _list(connection)
        for ids in self._pages(connection):
            looked = self._look(connection, ids)
            connection.commit()
            self.streams, self.entries = self.streams + len(ids), self.entries + looked.entries
            told(self.streams, total)
            yield [found for id_ in looked.suspects for found in self._settled(connection, id_)]
        yield self._strays(connection)

    def _pages(self, connection: Connection) -> Iterator[list[str]]:
        after = ""
        while True:
            found = connection.execute(
                "SELECT stream_id FROM to_look_at WHERE stream_id > %s ORDER BY stream_id LIMIT %s", (after, PAGE)
            ).fetchall()
            if not found:
                return
            after = found[-1][0]
            yield [row[0] for row in found]

    def _settled(self, connection: Connection, stream_id: str) -> list[Finding]:
        """One stream, held fast: what is still wrong is so, and is put right."""
        with connection.transaction():
            lock(connection, [stream_id])
            looked = self._look(connection, [stream_id])
            found = [*looked.broken, *self._mend(connection, looked)]
        if self._repair:
            return found + [waking.conclude(self._pool, one, self._clock) for one in looked.wakes]
        return found + looked.wakes

    def _mend(self, connection: Connection, looked: Looked) -> list[Finding]:
        found = [one.finding for one in looked.unequal]
        found += [
            Finding(
                "snapshot", "stream", one.stream.id, f"as version {one.stream.version} of the ledger tells", "another"
            )
            for one in looked.snapshots
        ]
        if not self._repair:
            return found
        rows.put_right(connection, looked.unequal)
        for one in looked.snapshots:
            packed = encode(one.stream)
            connection.execute("UPDATE stream SET snapshot = %s WHERE stream_id = %s", (packed, one.stream.id))
        return [one.mended("rewritten") for one in found]

    def _look(self, connection: Connection, ids: Sequence[str]) -> Looked:
        looked, whole = Looked(), []
        heads = _heads(connection, ids)
        for id_ in ids:
            chained = read_stream(connection, id_)
            looked.entries += len(chained)
            broken = list(_chain(heads[id_], chained))
            looked.broken += broken
            if not broken and heads[id_].kind in KINDS:
                whole += self._retold(looked, heads[id_], chained)
        self._derive(connection, looked, whole)
        return looked

    def _retold(self, looked: Looked, head: Head, chained: Sequence[Chained]) -> list[Retold]:
        try:
            retold = retell(head.stream_id, chained)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one stream, the others are looked at
            looked.broken.append(_not_derived(head.stream_id, error))
            return []
        if not _holds(head.snapshot, retold):
            looked.snapshots.append(retold)
        return [retold]

    def _derive(self, connection: Connection, looked: Looked, retold: list[Retold]) -> None:
        """Rows and moments; if a whole page cannot be derived, its streams one by one."""
        world, now = load_world(connection), self._clock.now()
        health, wakes = load_health(connection, now), waking.wakes(connection, [one.stream.id for one in retold])
        try:
            with connection.transaction():
                unequal = rows.unequal(connection, retold, world)
                armed = [one for one in retold if one.stream.id.partition(":")[0] in ARMED]
                found = [
                    waking.compared(one.stream, wakes.get(one.stream.id), max(now, one.at), world, health)
                    for one in armed
                ]
        except Exception as error:  # noqa: BLE001 - as above
            if len(retold) == 1:
                looked.broken.append(_not_derived(retold[0].stream.id, error))
            for one in retold if len(retold) > 1 else ():
                self._derive(connection, looked, [one])
            return
        looked.unequal += unequal
        looked.wakes += [one for one in found if one is not None]

    def _strays(self, connection: Connection) -> list[Finding]:
        """What stands in the tables though no ledger knows of it, and ledgers that no head leads to."""
        found = [
            Finding("chain", f"entry {stream_id}", stream_id, "a head of the stream", "—")
            for (stream_id,) in connection.execute(
                "SELECT stream_id FROM entry e WHERE version = 1 AND NOT EXISTS (SELECT FROM stream s WHERE s.stream_id = e.stream_id)"
            )
        ]
        for table in TABLES:
            unequal = list(rows.strays(connection, table))
            if self._repair:
                rows.put_right(connection, unequal)
            found += [one.finding.mended("removed") if self._repair else one.finding for one in unequal]
        found += waking.strays(connection, repair=self._repair)
        connection.commit()
        return found


def _list(connection: Connection) -> int:
    """The streams that there are now; those that come in meanwhile are for the next run, or this one would never end."""
    connection.execute("CREATE TEMPORARY TABLE to_look_at AS SELECT stream_id FROM stream WHERE version > 0")
    connection.execute("CREATE UNIQUE INDEX ON to_look_at (stream_id)")
    row = connection.execute("SELECT count(*) FROM to_look_at").fetchone()
    connection.commit()
    return int(row[0]) if row else 0


def _heads(connection: Connection, ids: Sequence[str]) -> dict[str, Head]:
    found = connection.execute(
        "SELECT stream_id, kind, version, head_hash, recorded_at, waiting, backfilled, snapshot FROM stream"
        " WHERE stream_id = ANY(%s::text[])",
        (list(ids),),
    )
    return {row[0]: Head(*row) for row in found}


def _chain(head: Head, chained: Sequence[Chained]) -> Iterator[Finding]:
    if not chained:
        yield Finding("chain", "entry", head.stream_id, f"{head.version} entries", "—")
        return
    for fault in faults_of(chained):
        yield Finding(
            "chain", f"entry {fault.version}", head.stream_id, "a chain that holds", f"{fault.what}: {fault.detail}"
        )
    last, _, own = chained[-1]
    if (last.version, own) != (head.version, head.head_hash):
        expected = f"version {head.version} {(head.head_hash or b'').hex()}"
        yield Finding("chain", "stream", head.stream_id, expected, f"version {last.version} {own.hex()}")


def _holds(snapshot: bytes | None, retold: Retold) -> bool:
    try:
        return snapshot is not None and decode(snapshot) == retold.stream
    except Exception:  # noqa: BLE001 - bytes that are no snapshot can fail in any way
        return False


def _not_derived(stream_id: str, error: Exception) -> Finding:
    _log.error("reconcile_not_derived", stream=stream_id, **trace(error))
    return Finding("not_derived", "rules", stream_id, "a case that the rules derive", type(error).__name__)
