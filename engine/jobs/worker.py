"""The worker: workflows, their activities, and the relay that tells workflows what intake decided."""

from __future__ import annotations

import asyncio
import time

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from engine.clock import Clock
from engine.effects.activities import EngineEffects
from engine.effects.delivering import Deliveries
from engine.effects.moments import Waking
from engine.effects.spread import Spread
from engine.intake.memory import collect_rarely
from engine.jobs.audit import Audit
from engine.jobs.dispatch import Dispatch
from engine.jobs.duty import on_duty
from engine.jobs.relay import Relay
from engine.jobs.telling import Teller
from engine.storage.connect import Pool
from notifications.channels.registry import Channels
from workflows.activities import Effects
from workflows.case import CaseWorkflow
from workflows.contracts import TASK_QUEUE
from workflows.delivery import DeliveryWorkflow
from workflows.proceeding import ProceedingWorkflow
from workflows.review import ReviewWorkflow

WORKFLOWS = (CaseWorkflow, ProceedingWorkflow, DeliveryWorkflow, ReviewWorkflow)
RELAY_SECONDS = 0.2
AUDIT_SECONDS = 600.0


async def work(
    client: Client, pool: Pool, clock: Clock, channels: Channels, stop: asyncio.Event, task_queue: str = TASK_QUEUE
) -> None:
    """Works until told to stop. Any number of processes may; one of them relays at a time."""
    collect_rarely()
    waking = Waking(clock, Spread())
    effects = EngineEffects(pool, waking, Deliveries(pool, clock, channels))
    telling = Telling(Teller(client, task_queue), Audit(pool, client, clock), pool, waking)
    async with worker(client, effects, task_queue):
        await on_duty(pool, "relay", telling.act, stop)


def worker(client: Client, effects: Effects, task_queue: str = TASK_QUEUE) -> Worker:
    """Without the sandbox, which costs a third more time a case. Tests of imports, fingerprints and replays take its place."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=[
            effects.advance_case,
            effects.advance_proceeding,
            effects.advance_filing,
            effects.deliver,
            effects.give_up,
        ],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=5000,
        max_concurrent_workflow_tasks=200,
        max_concurrent_local_activities=200,
        max_concurrent_activities=1000,  # deliveries alone; most of them wait for somebody else
        max_concurrent_workflow_task_polls=10,
    )


class Telling:
    """What the leading worker does beside its workflows: wake rows, messages, and now and then an audit of both."""

    def __init__(self, teller: Teller, audit: Audit, pool: Pool, waking: Waking) -> None:
        self._relay = Relay(pool, teller, waking)
        self._dispatch = Dispatch(pool, teller, waking.clock)
        self._audit = audit
        self._audit_at = 0.0

    async def act(self) -> float:
        """One round; the seconds until the next."""
        sent = await self._relay.send() + await self._dispatch.send()
        if time.monotonic() >= self._audit_at:
            await self._audit.run()
            self._audit_at = time.monotonic() + AUDIT_SECONDS
        return 0.0 if sent else RELAY_SECONDS
