"""Between two reconciliations: workflows told too late, missing or stray are told again, and what was found is kept."""

from __future__ import annotations

import asyncio

from temporalio.client import Client

from engine.clock import Clock
from engine.reconcile.findings import Finding, Run
from engine.reconcile.workflows import Workflows
from engine.storage.connect import Pool


class Audit:
    def __init__(self, pool: Pool, client: Client, clock: Clock) -> None:
        self._pool = pool
        self._workflows = Workflows(pool, client, clock)

    async def run(self) -> int:
        """Returns how many workflows had to be told again: none, unless something was lost."""
        found = await self._workflows.check(repair=True, unknown=False)
        if found:
            await asyncio.to_thread(self._keep, found)
        return len(found)

    def _keep(self, found: list[Finding]) -> None:
        run = Run(self._pool, "audit", repair=True)
        run.keep(found)
        run.end()
