"""Wake rows against workflows: a stream told too late, or whose workflow is missing, is told again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import structlog
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from engine.jobs.relay import each
from engine.jobs.wake import renudge
from engine.storage.connect import Connection, Pool
from workflows.contracts import CASE_WORKFLOW, PROCEEDING_WORKFLOW

_RUNNING = f"WorkflowType IN ('{CASE_WORKFLOW}', '{PROCEEDING_WORKFLOW}') AND ExecutionStatus = 'Running'"
_PAGE = 1000
_AT_MOST = 10_000  # missing ones told in one audit; the next one finds the rest

_log = structlog.get_logger(__name__)


class Audit:
    def __init__(self, pool: Pool, client: Client) -> None:
        self._pool = pool
        self._client = client

    async def run(self) -> int:
        """Returns how many streams had to be told again: none, unless something was lost."""
        late = await asyncio.to_thread(self._tell_late)
        suspects = await self._suspects()
        missing = await self._missing(suspects)
        if missing:
            _log.error("workflows_missing", count=len(missing), first=missing[0])
            await asyncio.to_thread(self._renudge, [suspects[id_] for id_ in missing])
        return late + len(missing)

    def _tell_late(self) -> int:
        with self._pool.connection() as connection:
            late = _told_too_late(connection)
            if late:
                _log.error("told_too_late", count=len(late), first=late[0])
            return renudge(connection, late)

    async def _suspects(self) -> dict[str, str]:
        """Workflow id to stream, of those that should run and are not in Temporal's list, which lags a little behind."""
        with self._pool.connection() as connection, connection.transaction():
            await asyncio.to_thread(_make_list, connection)
            async for page in self._running():
                await asyncio.to_thread(_add, connection, page)
            return await asyncio.to_thread(_not_listed, connection)

    async def _running(self) -> AsyncIterator[list[str]]:
        page: list[str] = []
        async for execution in self._client.list_workflows(_RUNNING, page_size=_PAGE):
            page.append(execution.id)
            if len(page) == _PAGE:
                yield page
                page = []
        yield page

    async def _missing(self, suspects: dict[str, str]) -> list[str]:
        ids = list(suspects)
        runs = await each(ids, self._is_running)
        return [id_ for id_, running in zip(ids, runs, strict=True) if not running]

    async def _is_running(self, workflow_id: str) -> bool:
        try:
            described = await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return described.status == WorkflowExecutionStatus.RUNNING

    def _renudge(self, stream_ids: list[str]) -> None:
        with self._pool.connection() as connection:
            renudge(connection, stream_ids)


def _told_too_late(connection: Connection) -> list[str]:
    rows = connection.execute(
        "SELECT stream_id FROM wake WHERE NOT ended AND seq = sent_seq AND seq > 0 AND armed_until > next_at"
    )
    return [row[0] for row in rows]


def _make_list(connection: Connection) -> None:
    connection.execute("CREATE TEMPORARY TABLE running (id text PRIMARY KEY) ON COMMIT DROP")


def _add(connection: Connection, page: list[str]) -> None:
    connection.execute("INSERT INTO running SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", (page,))


def _not_listed(connection: Connection) -> dict[str, str]:
    rows = connection.execute(
        "SELECT expected, stream_id FROM ("
        " SELECT stream_id AS expected, stream_id FROM wake"
        " WHERE NOT ended AND seq = sent_seq AND starts_with(stream_id, 'case:')"
        " UNION ALL SELECT 'proceeding:' || p.proceeding_id, p.stream_id FROM proceeding p JOIN wake w USING (stream_id)"
        " WHERE p.phase <> 'closed' AND w.seq = w.sent_seq"
        ") AS e WHERE NOT EXISTS (SELECT FROM running r WHERE r.id = e.expected) LIMIT %s",
        (_AT_MOST,),
    )
    return dict(rows.fetchall())
