"""One application, one durable workflow: it holds no truth, it is the clock that wakes the case."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.activities import Effects
    from workflows.contracts import CASE_WORKFLOW, Moment
    from workflows.vigil import LOCALLY, LOOK_WITHIN, UNTIL_IT_WORKS, Vigil


@workflow.defn(name=CASE_WORKFLOW)
class CaseWorkflow:
    """Workflow id = stream id, `case:<id>`."""

    @workflow.init
    def __init__(self, moment: Moment) -> None:
        self._vigil = Vigil(moment, self._look)

    @workflow.signal
    def nudge(self, moment: Moment) -> None:
        self._vigil.nudge(moment)

    @workflow.run
    async def run(self, _moment: Moment) -> str:
        while not (now := await self._vigil.next()).ended:
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(now)
        return now.face.stage

    async def _look(self) -> Moment:
        return await workflow.execute_local_activity_method(
            Effects.advance_case,
            workflow.info().workflow_id,
            start_to_close_timeout=LOOK_WITHIN,
            retry_policy=UNTIL_IT_WORKS,
            local_retry_threshold=LOCALLY,
        )
