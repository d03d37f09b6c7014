"""Histories recorded on a real server must go on replaying: a case may have been asleep since the code of last year."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from engine.jobs.worker import WORKFLOWS
from workflows.case import CaseWorkflow
from workflows.contracts import CASE_WORKFLOW, Moment
from workflows.delivery import DeliveryWorkflow
from workflows.proceeding import ProceedingWorkflow
from workflows.review import ReviewWorkflow

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))
PREFIXES = {
    "case": CaseWorkflow,
    "proceeding": ProceedingWorkflow,
    "delivery": DeliveryWorkflow,
    "filing": ReviewWorkflow,
}


def replay(path: Path, *workflows: type) -> None:
    history = WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))
    replayer = Replayer(workflows=workflows, workflow_runner=UnsandboxedWorkflowRunner())
    asyncio.run(replayer.replay_workflow(history))


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_a_recorded_history_replays(path: Path) -> None:
    replay(path, *WORKFLOWS)


def test_every_workflow_has_a_recorded_history() -> None:
    recorded = {PREFIXES[path.stem.partition("_")[0]] for path in HISTORIES}
    assert recorded == set(WORKFLOWS)


@workflow.defn(name=CASE_WORKFLOW)
class HastyCase(CaseWorkflow):
    """The same workflow with one command more before its first look, and no `patched()` around it."""

    @workflow.init
    def __init__(self, moment: Moment) -> None:
        super().__init__(moment)

    @workflow.signal
    def nudge(self, moment: Moment) -> None:
        super().nudge(moment)

    @workflow.run
    async def run(self, moment: Moment) -> str:
        await workflow.execute_activity("greet", start_to_close_timeout=timedelta(seconds=1))
        return await super().run(moment)


@pytest.mark.parametrize(
    "path", [path for path in HISTORIES if path.stem.startswith("case")], ids=lambda path: path.stem
)
def test_replaying_notices_a_command_that_was_not_there(path: Path) -> None:
    with pytest.raises(workflow.NondeterminismError):
        replay(path, HastyCase)
