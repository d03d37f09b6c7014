"""What Temporal runs against what should run: a workflow told too late or missing is told again, one of an ended case is told to end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

import msgspec
import structlog
from psycopg import sql
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from engine.clock import Clock
from engine.jobs.relay import each
from engine.jobs.wake import renudge
from engine.reconcile.findings import Finding
from engine.reconcile.reconciler import PATIENCE
from engine.storage.connect import Connection, Pool
from workflows.contracts import CASE_WORKFLOW, PROCEEDING_WORKFLOW, REVIEW_WORKFLOW, TASK_QUEUE

_RUNNING = (
    f"WorkflowType IN ('{CASE_WORKFLOW}', '{PROCEEDING_WORKFLOW}', '{REVIEW_WORKFLOW}') AND ExecutionStatus = 'Running'"
)
_PAGE = 1000
_AT_MOST = 10_000  # of one kind in one look; the next one finds the rest
WAVE = 3 * 3600.0  # seconds within which everybody who was armed for a moment has had his place in its wave

# What should run: open cases, filings in review and proceedings whose workflows have been told.
_EXPECTED = sql.SQL(
    "SELECT stream_id AS id, stream_id FROM wake WHERE NOT ended AND seq = sent_seq AND NOT starts_with(stream_id, 'docket:')"
    " UNION ALL SELECT 'proceeding:' || p.proceeding_id, p.stream_id FROM proceeding p JOIN wake w USING (stream_id)"
    " WHERE p.phase <> 'closed' AND w.seq = w.sent_seq"
)
# What should not run any more: it has been told so (nothing is armed), or woke by itself after the moment it was armed for.
_OVER = sql.SQL(
    "SELECT stream_id AS id, stream_id, armed_until FROM wake"
    " WHERE ended AND seq = sent_seq AND NOT starts_with(stream_id, 'docket:')"
    " UNION ALL SELECT 'proceeding:' || p.proceeding_id, p.stream_id, NULL FROM proceeding p JOIN wake w USING (stream_id)"
    " WHERE p.phase = 'closed' AND w.seq = w.sent_seq"
)
_KNOWN = sql.SQL("SELECT stream_id AS id FROM wake UNION ALL SELECT 'proceeding:' || proceeding_id FROM proceeding")

_UNLISTED = "SELECT id, stream_id FROM ({}) AS e WHERE NOT EXISTS (SELECT FROM running r WHERE r.id = e.id) LIMIT {}"
_LISTED = "SELECT id, stream_id, armed_until FROM ({}) AS o WHERE EXISTS (SELECT FROM running r WHERE r.id = o.id) ORDER BY armed_until NULLS FIRST LIMIT {}"
_UNKNOWN = "SELECT id FROM running WHERE queue = %s AND id NOT IN ({}) LIMIT {}"

_log = structlog.get_logger(__name__)


class Workflows:
    """`patience`: real seconds after which a workflow that should have ended by now is stray."""

    def __init__(
        self, pool: Pool, client: Client, clock: Clock, task_queue: str = TASK_QUEUE, patience: float = PATIENCE
    ) -> None:
        self._pool, self._client, self._clock, self._queue, self._patience = pool, client, clock, task_queue, patience

    async def check(self, *, repair: bool, unknown: bool = True) -> list[Finding]:
        """`unknown`: also names workflows on our task queue that nobody here knows; these are never touched."""
        late = await asyncio.to_thread(self._late, repair=repair)
        listed = await self._listed()
        found = late + await self._missing(listed.missing, repair=repair)
        found += await self._stray(listed.over, repair=repair)
        return found + (await self._unknown(listed.unknown) if unknown else [])

    def _late(self, *, repair: bool) -> list[Finding]:
        with self._pool.connection() as connection:
            rows = connection.execute(
                "SELECT stream_id, next_at, armed_until FROM wake WHERE NOT ended AND (sent_seq > seq OR (seq = sent_seq AND seq > 0"
                " AND coalesce(armed_until, 'infinity') > coalesce(next_at, 'infinity')))"
            ).fetchall()
            found = [Finding("told_too_late", "wake.armed_until", *_words(*row)) for row in rows]
            return _told_again(connection, found) if repair and found else found

    async def _listed(self) -> _Listed:
        """Temporal's list, page by page into a table, against ours. It lags a little behind: each suspect is asked for by name."""
        with self._pool.connection() as connection, connection.transaction():
            connection.execute(
                "CREATE TEMPORARY TABLE running (id text PRIMARY KEY, queue text NOT NULL) ON COMMIT DROP"
            )
            async for page in self._running():
                await asyncio.to_thread(_add, connection, page)
            return await asyncio.to_thread(self._compare, connection)

    def _compare(self, connection: Connection) -> _Listed:
        over = connection.execute(sql.SQL(_LISTED).format(_OVER, _AT_MOST)).fetchall()
        return _Listed(
            dict(connection.execute(sql.SQL(_UNLISTED).format(_EXPECTED, _AT_MOST)).fetchall()),
            {id_: stream_id for id_, stream_id, armed_until in over if not self._is_waking(armed_until)},
            [row[0] for row in connection.execute(sql.SQL(_UNKNOWN).format(_KNOWN, _AT_MOST), (self._queue,))],
        )

    def _is_waking(self, armed_until: datetime | None) -> bool:
        """Whether it still has its place in a wave, wakes by itself and ends."""
        return armed_until is not None and self._clock.seconds_until(armed_until) > -WAVE

    async def _running(self) -> AsyncIterator[list[tuple[str, str]]]:
        page: list[tuple[str, str]] = []
        async for execution in self._client.list_workflows(_RUNNING, page_size=_PAGE):
            page.append((execution.id, execution.task_queue))
            if len(page) == _PAGE:
                yield page
                page = []
        yield page

    async def _missing(self, suspects: Mapping[str, str], *, repair: bool) -> list[Finding]:
        runs = await each(list(suspects), self._is_running)
        lost = [id_ for id_, running in zip(suspects, runs, strict=True) if not running]
        return await asyncio.to_thread(self._confirmed_missing, lost, repair=repair)

    def _confirmed_missing(self, lost: Sequence[str], *, repair: bool) -> list[Finding]:
        with self._pool.connection() as connection:
            found = [
                Finding("workflow_missing", id_, stream_id, "running", "not running")
                for id_, stream_id in _still(connection, _EXPECTED, lost)
            ]
            return _told_again(connection, found) if repair and found else found

    async def _stray(self, suspects: Mapping[str, str], *, repair: bool) -> list[Finding]:
        """Whoever was told just now is given the time to end."""
        if not suspects:
            return []
        await asyncio.sleep(self._patience)
        runs = await each(list(suspects), self._is_running)
        still = [id_ for id_, running in zip(suspects, runs, strict=True) if running]
        return await asyncio.to_thread(self._confirmed_stray, still, repair=repair)

    def _confirmed_stray(self, still: Sequence[str], *, repair: bool) -> list[Finding]:
        with self._pool.connection() as connection:
            found = [
                Finding("workflow_stray", id_, stream_id, "ended", "running")
                for id_, stream_id in _still(connection, _OVER, still)
            ]
            if repair and found:
                renudge(connection, [one.stream_id for one in found])
                return [one.mended("told_to_end") for one in found]
            return found

    async def _unknown(self, suspects: Sequence[str]) -> list[Finding]:
        runs = await each(suspects, self._is_running)
        still = [id_ for id_, running in zip(suspects, runs, strict=True) if running]
        with self._pool.connection() as connection:
            known = connection.execute(
                sql.SQL("SELECT id FROM ({}) AS k WHERE id = ANY(%s::text[])").format(_KNOWN), (still,)
            ).fetchall()
        return [
            Finding("workflow_unknown", id_, id_, "—", "running")
            for id_ in sorted(set(still) - {row[0] for row in known})
        ]

    async def _is_running(self, workflow_id: str) -> bool:
        try:
            described = await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return described.status == WorkflowExecutionStatus.RUNNING


class _Listed(msgspec.Struct, frozen=True):
    """Suspects, workflow id to stream: expected and not listed; listed though over. And those listed that nobody knows."""

    missing: dict[str, str]
    over: dict[str, str]
    unknown: list[str]


def expected(connection: Connection) -> int:
    """How many workflows should run."""
    row = connection.execute(sql.SQL("SELECT count(*) FROM ({}) AS e").format(_EXPECTED)).fetchone()
    return int(row[0]) if row else 0


def _add(connection: Connection, page: Sequence[tuple[str, str]]) -> None:
    connection.execute(
        "INSERT INTO running SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING",
        ([id_ for id_, _ in page], [queue for _, queue in page]),
    )


def _still(connection: Connection, what: sql.SQL, ids: Sequence[str]) -> list[tuple[str, str]]:
    query = sql.SQL("SELECT id, stream_id FROM ({}) AS w WHERE id = ANY(%s::text[])").format(what)
    return sorted((row[0], row[1]) for row in connection.execute(query, (list(ids),)))


def _told_again(connection: Connection, found: Sequence[Finding]) -> list[Finding]:
    renudge(connection, sorted({one.stream_id for one in found}))
    return [one.mended("told_again") for one in found]


def _words(stream_id: str, next_at: object, armed_until: object) -> tuple[str, str, str]:
    return stream_id, str(next_at or "—"), str(armed_until or "—")
