"""One filing of a catalogue entry: every office that reviews has a clock, and so has the approval (requirements of the catalogue)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.activities import Effects
    from workflows.contracts import REVIEW_WORKFLOW, Moment
    from workflows.vigil import LOCALLY, LOOK_WITHIN, UNTIL_IT_WORKS, Vigil


@workflow.defn(name=REVIEW_WORKFLOW)
class ReviewWorkflow:
    """Workflow id = stream id, `filing:<id>`. A filing that is sent back ends it; the next submission starts a new run."""

    @workflow.init
    def __init__(self, moment: Moment) -> None:
        self._vigil = Vigil(moment, self._look)
        self._ended = False

    @workflow.signal
    def nudge(self, moment: Moment) -> None:
        self._vigil.nudge(moment)

    @workflow.run
    async def run(self, _moment: Moment) -> str:
        # Legal office, approval centre and price bureau are asked at once; each delay is found when it happens.
        await self._while_in("reviewing")
        # All have agreed: the leading-group office approves, in its own time.
        await self._while_in("approving")
        # Approved, and waiting for the day to be named on which it takes effect.
        await self._while_in("approved")
        while not self._ended:
            await self._wait()
        return self._vigil.stage

    async def _while_in(self, phase: str) -> None:
        while self._vigil.stage == phase and not self._ended:
            await self._wait()

    async def _wait(self) -> None:
        now = await self._vigil.next()
        self._ended = now.ended
        if not now.ended and workflow.info().is_continue_as_new_suggested():
            workflow.continue_as_new(now)

    async def _look(self) -> Moment:
        return await workflow.execute_local_activity_method(
            Effects.advance_filing,
            workflow.info().workflow_id,
            start_to_close_timeout=LOOK_WITHIN,
            retry_policy=UNTIL_IT_WORKS,
            local_retry_threshold=LOCALLY,
        )
