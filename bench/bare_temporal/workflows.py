"""A case as a plain workflow: a timer and a signal a step, an activity that commits one row for each."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

_ATTEMPT = timedelta(seconds=30)


@workflow.defn(name="BareCase")
class BareCase:
    """Four steps, each with its time limit."""

    def __init__(self) -> None:
        self._done = 0

    @workflow.signal
    def step_completed(self, number: int) -> None:
        self._done = max(self._done, number)

    @workflow.run
    async def run(self, case: str, limits: list[float]) -> None:
        for number, seconds in enumerate(limits, 1):
            outcome = await self._step(number, seconds)
            await workflow.execute_activity("record", args=[case, number, outcome], start_to_close_timeout=_ATTEMPT)

    async def _step(self, number: int, seconds: float) -> str:
        try:
            await workflow.wait_condition(lambda: self._done >= number, timeout=seconds)
        except TimeoutError:
            return "expired"
        return "completed"


@workflow.defn(name="BareTimer")
class BareTimer:
    """One limit that runs out: a timer, then the effect."""

    @workflow.run
    async def run(self, case: str, until: float) -> None:
        if (left := until - workflow.time()) > 0:
            await workflow.sleep(left)
        await workflow.execute_activity("record", args=[case, 0, "consent_implied"], start_to_close_timeout=_ATTEMPT)
