"""Tells workflows their stream's next moment: starts the one that is missing, nudges the one that runs."""

from __future__ import annotations

from typing import Any

import msgspec
from temporalio.client import Client
from temporalio.common import TypedSearchAttributes, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from workflows.contracts import (
    CASE_WORKFLOW,
    DELIVERY_WORKFLOW,
    PROCEEDING_WORKFLOW,
    REVIEW_WORKFLOW,
    TASK_QUEUE,
    Moment,
    Proceeding,
)
from workflows.search_attributes import attributes


class Word(msgspec.Struct, frozen=True):
    """What one workflow is to be told. `first`: nobody told it anything yet."""

    workflow_id: str
    moment: Moment
    first: bool = False
    proceeding: Proceeding | None = None

    @property
    def start_with(self) -> list[Any]:
        return [self.proceeding, self.moment] if self.proceeding else [self.moment]


class Teller:
    def __init__(self, client: Client, task_queue: str = TASK_QUEUE) -> None:
        self._client = client
        self._task_queue = task_queue

    async def tell(self, word: Word) -> None:
        """RPCError if Temporal did not take it."""
        if word.moment.ended:
            await self._signal(word)
        elif not word.first or not await self._start(word):
            await self._signal_with_start(word)

    async def deliver(self, delivery_id: str) -> None:
        """Starts a message on its way, once."""
        try:
            await self._client.start_workflow(
                DELIVERY_WORKFLOW,
                delivery_id,
                id=f"delivery:{delivery_id}",
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )
        except WorkflowAlreadyStartedError:
            return

    async def _signal(self, word: Word) -> None:
        """Nothing is pending any more: a workflow that still waits looks and ends, none is started."""
        at_once = Moment(word.moment.seq, 0.0, word.moment.face)
        try:
            await self._client.get_workflow_handle(word.workflow_id).signal("nudge", at_once)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise

    async def _start(self, word: Word) -> bool:
        """A start that hands the first task to the worker in this process: cheaper than a signal that starts."""
        try:
            await self._client.start_workflow(
                _type(word),
                args=word.start_with,
                id=word.workflow_id,
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                search_attributes=_attributes(word),
                request_eager_start=True,
            )
        except WorkflowAlreadyStartedError:
            return False
        return True

    async def _signal_with_start(self, word: Word) -> None:
        """The one call that cannot lose a word: a run that is just ending does not end, or a new one begins."""
        await self._client.start_workflow(
            _type(word),
            args=word.start_with,
            id=word.workflow_id,
            task_queue=self._task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=_attributes(word),
            start_signal="nudge",
            start_signal_args=[word.moment],
        )


def _type(word: Word) -> str:
    if word.proceeding:
        return PROCEEDING_WORKFLOW
    return REVIEW_WORKFLOW if word.workflow_id.startswith("filing:") else CASE_WORKFLOW


def _attributes(word: Word) -> TypedSearchAttributes:
    return attributes(word.moment.face)
