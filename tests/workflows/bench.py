"""A Temporal client with a task queue of its own, and the words a relay would send."""

import uuid
from typing import Any

from temporalio.client import Client, WorkflowHandle

from engine.jobs.telling import Teller, Word
from engine.jobs.worker import worker
from tests.workflows.scripted import Scripted
from workflows.contracts import Moment, Proceeding


class Bench:
    def __init__(self, client: Client) -> None:
        self.client = client
        self.queue = f"test-{uuid.uuid4().hex[:8]}"
        self.teller = Teller(client, self.queue)

    def id(self, kind: str = "case") -> str:
        return f"{kind}:{uuid.uuid4().hex[:12]}"

    def worker(self, effects: Scripted) -> Any:
        return worker(self.client, effects, self.queue)

    async def tell(
        self, workflow_id: str, moment: Moment, *, first: bool = False, proceeding: Proceeding | None = None
    ) -> None:
        await self.teller.tell(Word(workflow_id, moment, first, proceeding))

    def handle(self, workflow_id: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(workflow_id)

    async def shows(self, workflow_id: str, stage: str) -> bool:
        """Whether Temporal's list has it at this stage."""
        described = await self.handle(workflow_id).describe()
        return any(
            pair.key.name == "JiannuoStage" and pair.value == stage for pair in described.typed_search_attributes
        )

    async def events(self, workflow_id: str) -> list[str]:
        """The types of the history's events."""
        history = await self.handle(workflow_id).fetch_history()
        return [event.WhichOneof("attributes").removesuffix("_event_attributes") for event in history.events]
