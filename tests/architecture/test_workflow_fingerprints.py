"""A case sleeps for months: whoever changes what a workflow commands must leave the old way open to those asleep."""

import inspect

from engine.effects.activities import EngineEffects
from tests.architecture.fingerprints import baseline, fingerprints, judge, of_sources
from workflows.activities import Effects

BEFORE = """
async def run(self):
    await workflow.sleep(1)
    await workflow.execute_activity(look)
"""
SWAPPED = """
async def run(self):
    await workflow.execute_activity(look)
    await workflow.sleep(1)
"""
UNDER_A_CONDITION = """
async def run(self):
    if self.late:
        await workflow.sleep(1)
    await workflow.execute_activity(look)
"""
THROUGH_A_HELPER = """
async def wait(self):
    await workflow.sleep(1)

async def run(self):
    await workflow.execute_activity(look)
    await self.wait()
"""
THROUGH_A_HELPER_SWAPPED = """
async def wait(self):
    await workflow.sleep(1)

async def run(self):
    await self.wait()
    await workflow.execute_activity(look)
"""
PATCHED = """
async def run(self):
    if workflow.patched("look-first"):
        await workflow.execute_activity(look)
        await workflow.sleep(1)
    else:
        await workflow.sleep(1)
        await workflow.execute_activity(look)
"""


def test_the_workflows_command_what_the_baseline_says() -> None:
    refusal = judge(baseline(), fingerprints())
    assert refusal is None, refusal
    assert fingerprints() == baseline(), "write the new baseline: python -m tests.architecture.fingerprints"


def test_the_baseline_sees_timers_looks_attributes_and_new_runs() -> None:
    seen = " ".join(entry for listed in baseline().values() for entry in listed)
    for command in ("wait_condition", "execute_local_activity_method", "upsert_search_attributes", "continue_as_new"):
        assert command in seen


def test_swapped_commands_are_noticed() -> None:
    assert judge(of(BEFORE), of(SWAPPED))


def test_a_command_that_moved_under_a_condition_is_noticed() -> None:
    assert judge(of(BEFORE), of(UNDER_A_CONDITION))


def test_swapped_calls_that_lead_to_commands_are_noticed() -> None:
    assert judge(of(THROUGH_A_HELPER), of(THROUGH_A_HELPER_SWAPPED))


def test_a_command_that_is_gone_is_noticed() -> None:
    assert judge(of(BEFORE), {})


def test_a_change_that_leaves_the_old_way_open_is_let_through() -> None:
    assert judge(of(BEFORE), of(PATCHED)) is None


def test_the_engine_implements_every_activity_with_the_same_name_and_shape() -> None:
    declared, implemented = activities(Effects), activities(EngineEffects)
    assert declared
    assert declared == implemented


def of(source: str) -> dict[str, list[str]]:
    return of_sources({"case": source})


def activities(effects: type) -> dict[str, tuple[str, str]]:
    """By method: the activity's name and the signature."""
    return {
        name: (definition.name, str(inspect.signature(method)))
        for name, method in inspect.getmembers(effects, inspect.isfunction)
        if (definition := getattr(method, "__temporal_activity_definition", None))
    }
