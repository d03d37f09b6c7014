"""A proceeding waits for people, keeps their clocks and shows its phase."""

from collections.abc import Callable

import pytest

from tests.workflows.bench import Bench
from tests.workflows.conftest import Test
from tests.workflows.scripted import Scripted, answers, moment
from tests.workflows.waiting import until
from workflows.contracts import Proceeding

pytestmark = pytest.mark.temporal


def test_it_goes_through_its_phases_and_ends_when_it_is_closed(on_temporal: Callable[[Test], None]) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = (
            Scripted(answers(None, 2, "proposed"), answers(None, 3, "decided"), closed(4)),
            bench.id("proceeding"),
        )
        proceeding = Proceeding(id_.removeprefix("proceeding:"), "docket:zhang")
        async with bench.worker(effects):
            await bench.tell(id_, moment(0.3, stage="statement"), first=True, proceeding=proceeding)
            await until(lambda: len(effects.looks[proceeding.id]) == 1, "the end of the statement window")
            for seq in (3, 4):
                await bench.tell(id_, moment(0.0, seq=seq), proceeding=proceeding)
                await until(lambda seq=seq: len(effects.looks[proceeding.id]) >= seq - 1, "a look after a nudge")
            assert await bench.handle(id_).result() == "closed"

    on_temporal(test)


def test_a_phase_that_people_changed_is_shown_without_a_look(on_temporal: Callable[[Test], None]) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(closed(9)), bench.id("proceeding")
        proceeding = Proceeding(id_.removeprefix("proceeding:"), "docket:zhang")
        async with bench.worker(effects):
            await bench.tell(id_, moment(3600.0, stage="statement"), first=True, proceeding=proceeding)
            await bench.tell(id_, moment(None, seq=2, stage="proposed"), proceeding=proceeding)
            await until(lambda: bench.shows(id_, "proposed"), "the new phase")
            assert not effects.looks
            await bench.handle(id_).terminate()

    on_temporal(test)


def test_a_reversal_closes_it_from_any_phase(on_temporal: Callable[[Test], None]) -> None:
    async def test(bench: Bench) -> None:
        effects, id_ = Scripted(closed(2)), bench.id("proceeding")
        proceeding = Proceeding(id_.removeprefix("proceeding:"), "docket:zhang")
        async with bench.worker(effects):
            await bench.tell(id_, moment(3600.0, stage="statement"), first=True, proceeding=proceeding)
            await bench.tell(id_, moment(0.0, seq=2), proceeding=proceeding)
            assert await bench.handle(id_).result() == "closed"

    on_temporal(test)


def test_a_breach_that_stands_again_takes_it_back(on_temporal: Callable[[Test], None]) -> None:
    async def test(bench: Bench) -> None:
        script = (answers(0.0, 2, "decided"), answers(0.0, 3, "statement"), answers(0.0, 4, "proposed"), closed(5))
        effects, id_ = Scripted(*script), bench.id("proceeding")
        proceeding = Proceeding(id_.removeprefix("proceeding:"), "docket:zhang")
        async with bench.worker(effects):
            await bench.tell(id_, moment(0.0, stage="statement"), first=True, proceeding=proceeding)
            assert await bench.handle(id_).result() == "closed"

    on_temporal(test)


def closed(seq: int) -> Callable[[], object]:
    return answers(None, seq, "closed", ended=True)
