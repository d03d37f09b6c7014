"""One proceeding: the engine keeps its clocks and proposes, people state, decide and review (accountability.md 3)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.activities import Effects
    from workflows.contracts import PROCEEDING_WORKFLOW, Moment, Proceeding
    from workflows.vigil import LOCALLY, LOOK_WITHIN, UNTIL_IT_WORKS, Vigil


@workflow.defn(name=PROCEEDING_WORKFLOW)
class ProceedingWorkflow:
    """Workflow id `proceeding:<id>`. It is kept in its person's docket, whose moments wake it."""

    @workflow.init
    def __init__(self, proceeding: Proceeding, moment: Moment) -> None:
        self._proceeding = proceeding
        self._vigil = Vigil(moment, self._look)
        self._closed = False

    @workflow.signal
    def nudge(self, moment: Moment) -> None:
        self._vigil.nudge(moment)

    @workflow.run
    async def run(self, _proceeding: Proceeding, _moment: Moment) -> str:
        # No decision before notice and an elapsed or used statement window.
        await self._while_in("opened", "notified", "statement")
        # The measure is proposed; only a competent person decides it.
        await self._while_in("proposed")
        # The person concerned may ask for a review, and somebody else decides it.
        await self._while_in("decided", "served", "review")
        # In force until executed and closed. A referral freezes it, a reversal closes it, from any phase.
        await self._while_in("effective", "executed", "referred")
        await self._until_closed()
        return self._vigil.stage

    async def _while_in(self, *phases: str) -> None:
        while self._vigil.stage in phases and not self._closed:
            await self._wait()

    async def _until_closed(self) -> None:
        """A breach that stands again, or a decision set aside, takes a proceeding back to an earlier phase."""
        while not self._closed:
            await self._wait()

    async def _wait(self) -> None:
        now = await self._vigil.next()
        self._closed = now.ended
        if not now.ended and workflow.info().is_continue_as_new_suggested():
            workflow.continue_as_new(args=[self._proceeding, now])

    async def _look(self) -> Moment:
        return await workflow.execute_local_activity_method(
            Effects.advance_proceeding,
            self._proceeding,
            start_to_close_timeout=LOOK_WITHIN,
            retry_policy=UNTIL_IT_WORKS,
            local_retry_threshold=LOCALLY,
        )
