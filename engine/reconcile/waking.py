"""Wake rows against a fresh look at their streams: when the next moment is, and whether anything is pending at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from engine.clock import Clock
from engine.intake.advances import ADVANCES
from engine.intake.decide import advance
from engine.intake.moving import DEFECT_KEY
from engine.reconcile.findings import Finding
from engine.storage.connect import Connection, Pool
from rules.stream import Health, Stream
from rules.world import World

# A row that is earlier than it must be is no news within this time, or that in which facts in flight are waited for:
# an outage of intake makes the wait longer, and nobody is told of a later moment.
_EARLY = timedelta(hours=1)
_NO_ROW = "no row"


class Wake(msgspec.Struct, frozen=True):
    """A wake row, with the next moment as the table of cases shows it."""

    stream_id: str
    next_at: datetime | None
    ended: bool
    shown_at: datetime | None
    is_shown: bool

    @property
    def words(self) -> str:
        return "ended" if self.ended else _moment(self.next_at)


def wakes(connection: Connection, ids: Sequence[str]) -> dict[str, Wake]:
    rows = connection.execute(
        "SELECT w.stream_id, w.next_at, w.ended, c.next_at, c.case_id IS NOT NULL FROM wake w"
        " LEFT JOIN public.case_file c ON w.stream_id = 'case:' || c.case_id WHERE w.stream_id = ANY(%s::text[])",
        (list(ids),),
    )
    return {row[0]: Wake(*row) for row in rows}


def compared(stream: Stream, wake: Wake | None, at: datetime, world: World, health: Health) -> Finding | None:
    """A stream whose moment has come is on its way to be looked at; one that a defect stopped is tried again soon."""
    defect = stream.records.get(DEFECT_KEY)
    if wake is not None and ((wake.next_at is not None and wake.next_at <= at) or (defect and defect.status == "open")):
        return None
    done = ADVANCES[stream.id.partition(":")[0]](stream, (), at, world, health)
    due = at if done.entries else done.next_at
    should = "ended" if done.ended else _moment(due)
    if wake is None:
        return Finding("wake", "wake", stream.id, should, _NO_ROW)
    excused = at + max(_EARLY, world.delay(stream.facts[0].source) if stream.facts else _EARLY)
    if wake.ended != done.ended or _late(wake.next_at, due) or _early(wake, due, excused, world):
        return Finding("wake", "wake", stream.id, should, wake.words)
    shown = wake.shown_at
    if wake.is_shown and (_late(wake.next_at, shown) or _early(wake, shown, excused, world)):
        return Finding("wake", "case_file.next_at", stream.id, _moment(wake.next_at), _moment(shown))
    return None


def conclude(pool: Pool, found: Finding, clock: Clock) -> Finding:
    """Looks at the stream by the one function, which writes its wake row anew."""
    with pool.connection() as connection:
        advance(connection, [found.stream_id], clock)
        if found.found == _NO_ROW:
            _above_what_was_heard(connection, found.stream_id)
    return found.mended("concluded")


def strays(connection: Connection, *, repair: bool) -> list[Finding]:
    """Wake rows of streams that do not exist; nothing would ever come of them."""
    query = "FROM wake w WHERE NOT EXISTS (SELECT FROM stream s WHERE s.stream_id = w.stream_id)"
    rows = connection.execute(
        f"{'DELETE' if repair else 'SELECT stream_id'} {query}{' RETURNING stream_id' if repair else ''}".encode()
    )
    found = [Finding("wake", "wake", row[0], _NO_ROW, "a row") for row in rows]
    return [one.mended("removed") for one in found] if repair else found


def _above_what_was_heard(connection: Connection, stream_id: str) -> None:
    """A row made anew counts from one, and a workflow that heard higher numbers would not listen: minutes since 1970 are above them."""
    connection.execute(
        "UPDATE wake SET seq = m.n, sent_seq = m.n - 1 FROM (SELECT (extract(epoch FROM clock_timestamp()) / 60)::int AS n) AS m"
        " WHERE stream_id = %s AND seq < m.n",
        (stream_id,),
    )


def _late(recorded: datetime | None, due: datetime | None) -> bool:
    return due is not None and (recorded is None or recorded > due)


def _early(wake: Wake, due: datetime | None, excused: datetime, world: World) -> bool:
    """Earlier than it must be: harmless, but nobody's doing, unless a calendar comes into force then."""
    if wake.next_at is None or wake.next_at <= excused or (due is not None and wake.next_at >= due):
        return False
    return all(known != wake.next_at for known, _ in world.calendars)


def _moment(at: datetime | None) -> str:
    return "—" if at is None else at.isoformat()
