"""Records histories for the replay test: `python -m tests.replay.record`, on a Temporal server of its own.

Histories are never recorded anew for code that has changed: old ones must go on replaying, new ones get a new name. See
workflows/README.md.
"""

import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from temporalio.client import Client

from tests.support.servers import embedded_temporal
from tests.workflows.bench import Bench
from tests.workflows.scripted import OVER, Answer, Scripted, answers, moment
from tests.workflows.waiting import until
from workflows.contracts import Proceeding

_MACHINE = re.compile(r"\b\d+@[\w.-]+")  # process and host, in identities and names of queues
HISTORIES = Path(__file__).parent / "histories"


async def case_from_acceptance_to_its_end(bench: Bench) -> str:
    effects, id_ = Scripted(answers(0.2, 1, "decision"), OVER), bench.id()
    async with bench.worker(effects):
        await bench.tell(id_, moment(0.2), first=True)
        await bench.handle(id_).result()
    return id_


async def case_started_by_a_signal_and_told_an_earlier_and_a_later_moment(bench: Bench) -> str:
    effects, id_ = Scripted(), bench.id()
    async with bench.worker(effects):
        for seq, seconds in ((1, 3600.0), (2, 0.6), (3, 1.2)):
            await bench.tell(id_, moment(seconds, seq=seq))
            await until(lambda seq=seq: heard(bench, id_, seq))
        await bench.handle(id_).result()
    return id_


async def case_nudged_while_it_looked(bench: Bench) -> str:
    effects, id_ = Scripted(OVER, answers(0.1, seq=2), OVER), bench.id()
    effects.gate.clear()
    async with bench.worker(effects):
        await bench.tell(id_, moment(0.0), first=True)
        await until(lambda: bool(effects.looks[id_]))
        await bench.tell(id_, moment(0.1, seq=2))
        effects.gate.set()
        await bench.handle(id_).result()
    return id_


async def case_whose_database_was_away(bench: Bench) -> str:
    effects, id_ = Scripted(_away, OVER), bench.id()
    async with bench.worker(effects):
        await bench.tell(id_, moment(0.0), first=True)
        await bench.handle(id_).result()
    return id_


async def case_that_sleeps_without_a_moment(bench: Bench) -> str:
    effects, id_ = Scripted(answers(None, seq=2)), bench.id()
    async with bench.worker(effects):
        await bench.tell(id_, moment(0.0), first=True)
        await until(lambda: bool(effects.looks[id_]))
        await bench.tell(id_, moment(None, seq=3))
        await until(lambda: heard(bench, id_, 1))
    return id_


async def proceeding_through_all_its_phases(bench: Bench) -> str:
    phases = ("proposed", "decided", "review", "effective")
    script: list[Answer] = [answers(0.1, seq, phase) for seq, phase in enumerate(phases, 2)]
    effects, id_ = Scripted(*script, answers(None, 9, "closed", ended=True)), bench.id("proceeding")
    proceeding = Proceeding(id_.removeprefix("proceeding:"), "docket:zhang")
    async with bench.worker(effects):
        await bench.tell(id_, moment(0.1, stage="statement"), first=True, proceeding=proceeding)
        await bench.handle(id_).result()
    return id_


async def filing_through_reviews_and_approval(bench: Bench) -> str:
    phases = ("reviewing", "approving", "approved")
    script: list[Answer] = [answers(0.1, seq, phase) for seq, phase in enumerate(phases, 2)]
    effects, id_ = Scripted(*script, answers(None, 9, "published", ended=True)), bench.id("filing")
    async with bench.worker(effects):
        await bench.tell(id_, moment(0.1, stage="reviewing"), first=True)
        await bench.handle(id_).result()
    return id_


async def delivery_at_the_first_attempt(bench: Bench) -> str:
    id_ = bench.id("delivery")
    async with bench.worker(Scripted()):
        await bench.teller.deliver(id_.removeprefix("delivery:"))
        await bench.handle(id_).result()
    return id_


SCENARIOS: tuple[Callable[[Bench], Awaitable[str]], ...] = (
    case_from_acceptance_to_its_end,
    case_started_by_a_signal_and_told_an_earlier_and_a_later_moment,
    case_nudged_while_it_looked,
    case_whose_database_was_away,
    case_that_sleeps_without_a_moment,
    proceeding_through_all_its_phases,
    filing_through_reviews_and_approval,
    delivery_at_the_first_attempt,
)


def _away() -> Any:
    raise ConnectionError("the database is away")


async def heard(bench: Bench, id_: str, nudges: int) -> bool:
    events = await bench.events(id_)
    return events.count("workflow_execution_signaled") >= nudges and events[-1] in {
        "timer_started",
        "workflow_task_completed",
    }


async def record(address: str) -> None:
    bench = Bench(await Client.connect(address))
    for scenario in SCENARIOS:
        target = HISTORIES / f"{scenario.__name__}.json"
        if target.exists():
            sys.stdout.write(f"kept      {target.name}\n")
            continue
        history = await bench.handle(await scenario(bench)).fetch_history()
        document = _without_machine(json.loads(history.to_json()))
        target.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        sys.stdout.write(f"recorded  {target.name}\n")


def _without_machine(value: Any) -> Any:
    """The name of the machine that recorded it is nobody's business."""
    match value:
        case dict():
            return {name: _without_machine(part) for name, part in value.items()}
        case list():
            return [_without_machine(part) for part in value]
        case str():
            return _MACHINE.sub("worker", value)
    return value


def main() -> None:
    HISTORIES.mkdir(exist_ok=True)
    with embedded_temporal() as address:
        asyncio.run(record(address))


if __name__ == "__main__":
    main()
