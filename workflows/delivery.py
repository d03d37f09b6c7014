"""One digested message on its way to one person. A dead mail server holds up this workflow and nothing else."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from workflows.activities import Effects
    from workflows.contracts import DELIVERY_WORKFLOW
    from workflows.vigil import UNTIL_IT_WORKS

ONE_ATTEMPT = timedelta(minutes=2)
ALL_ATTEMPTS = timedelta(days=3)
BACK_OFF = RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(hours=1))


@workflow.defn(name=DELIVERY_WORKFLOW)
class DeliveryWorkflow:
    """Workflow id `delivery:<message id>`. Answers `delivered`, `undeliverable` or `given_up`."""

    @workflow.run
    async def run(self, message_id: str) -> str:
        try:
            return await workflow.execute_activity_method(
                Effects.deliver,
                message_id,
                start_to_close_timeout=ONE_ATTEMPT,
                schedule_to_close_timeout=ALL_ATTEMPTS,
                retry_policy=BACK_OFF,
            )
        except ActivityError:
            return await self._give_up(message_id)

    async def _give_up(self, message_id: str) -> str:
        await workflow.execute_activity_method(
            Effects.give_up, message_id, start_to_close_timeout=ONE_ATTEMPT, retry_policy=UNTIL_IT_WORKS
        )
        return "given_up"
