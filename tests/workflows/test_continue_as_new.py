"""A case may live for years: its history is cut off, and nothing it was told is lost."""

import pytest

from tests.workflows.bench import Bench
from tests.workflows.conftest import run_on
from tests.workflows.scripted import OVER, Scripted, answers, moment
from tests.workflows.waiting import until

pytestmark = pytest.mark.temporal


def test_a_long_history_continues_as_new_and_keeps_its_moment(impatient_temporal: str) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(*[answers(0.05, seq=n) for n in range(2, 12)], answers(60.0, seq=12)), bench.id()
        async with bench.worker(effects):
            await bench.tell(id_, moment(0.0), first=True)
            first_run = (await bench.handle(id_).describe()).run_id
            await until(lambda: sleeps_in_another_run(bench, id_, first_run, effects))
            effects.script = (OVER,)
            await bench.tell(id_, moment(0.0, seq=13))
            assert await bench.handle(id_).result() == "concluded"

    run_on(impatient_temporal, test)


def test_nudges_that_rain_on_it_are_heard_across_the_cut(impatient_temporal: str) -> None:
    async def test(bench: Bench) -> None:
        seqs = iter(range(1000))
        effects, id_ = Scripted(lambda: moment(3600.0, seq=next(seqs))), bench.id()
        async with bench.worker(effects):
            for n in range(40):
                await bench.tell(id_, moment(0.0, seq=1000 + n))
            effects.script = (OVER,)
            await bench.tell(id_, moment(0.0, seq=2000))
            assert await bench.handle(id_).result() == "concluded"

    run_on(impatient_temporal, test)


async def sleeps_in_another_run(bench: Bench, id_: str, first_run: str, effects: Scripted) -> bool:
    described = await bench.handle(id_).describe()
    return described.run_id != first_run and len(effects.looks[id_]) >= len(effects.script)
