"""The whole ordeal, once: fire, outage, fire again, races, quiet, everything said a second time."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg

from engine.api import keys
from engine.embedded import ports
from engine.embedded.process import Identity
from tests.chaos import script
from tests.chaos.killing import await_door, database, halted, kill_everything, kill_in_turn
from tests.chaos.ledger import unsettled
from tests.chaos.lives import BROKEN, Life
from tests.chaos.sender import LAST, Sender
from tests.chaos.world import SOURCE, write_world
from tests.support.installation import Installation

KEY = "jn_a-key-for-chaos"
EVERY = 3.5  # seconds between two kills
SECOND_FIRE = 17.0
BOUND = 90.0


@dataclass
class Ordeal:
    """What was done to the installation, for those who look at it afterwards."""

    place: Installation
    port: int
    lives: list[Life] = field(default_factory=list)
    raced: list[Life] = field(default_factory=list)
    killed: list[Identity] = field(default_factory=list)
    down: datetime | None = None  # everything killed
    up_again: datetime | None = None  # started again
    heads: tuple[dict[str, bytes], dict[str, bytes]] = ({}, {})
    tries: int = 0
    repeats: int = 0


def undergo(place: Installation) -> Ordeal:
    ordeal = Ordeal(place, ports.any_free())
    _start(ordeal)
    provisioned = place.command("provision", str(write_world(place.data.root / "world")))
    assert provisioned.returncode == 0, provisioned.stderr
    with psycopg.connect(database(place)) as connection:
        keys.store(connection, KEY, SOURCE, datetime.now(UTC))
    asyncio.run(_undergo(ordeal))
    return ordeal


def _start(ordeal: Ordeal) -> None:
    ordeal.place.start(JIANNUO_HTTP_PORT=str(ordeal.port))


def _sender(ordeal: Ordeal) -> Sender:
    return Sender(f"http://{ports.LOOPBACK}:{ordeal.port}", KEY)


async def _undergo(ordeal: Ordeal) -> None:
    sender = _sender(ordeal)
    await _fire(ordeal, sender)
    await _outage(ordeal, sender)
    await _second_fire(ordeal, sender)
    await _races(ordeal, sender)
    await _until(lambda: not _loud(ordeal), lambda: f"not quiet: {_loud(ordeal)}")
    ordeal.tries = sender.tries
    await _say_all_again(ordeal)


async def _fire(ordeal: Ordeal, sender: Sender) -> None:
    begun, ordeal.lives = time.monotonic(), script.under_fire(datetime.now(UTC))
    telling = asyncio.create_task(sender.tell(ordeal.lives))
    ordeal.killed += await asyncio.to_thread(kill_in_turn, ordeal.place, begun + script.FIRE_ENDS, EVERY)
    await telling


async def _outage(ordeal: Ordeal, sender: Sender) -> None:
    """Everything is down over an instant at which many fall due; who decided meanwhile sends it until somebody listens."""
    await asyncio.to_thread(await_door, ordeal.place)
    begun, lives = time.monotonic(), script.across_the_outage(datetime.now(UTC))
    ordeal.lives += lives
    await sender.tell(lives, script.ACCEPTANCE)
    kill_everything(ordeal.place)
    ordeal.down = datetime.now(UTC)
    telling = asyncio.create_task(sender.tell(lives, script.AFTERWARDS))
    await asyncio.sleep(begun + script.OUTAGE_ENDS - time.monotonic())
    ordeal.up_again = datetime.now(UTC)
    await asyncio.to_thread(_start, ordeal)
    await telling


async def _second_fire(ordeal: Ordeal, sender: Sender) -> None:
    """People answer and confirm while everything is killed once more."""
    spoken_of = script.with_words(ordeal.lives, datetime.now(UTC), SECOND_FIRE)
    await _until(
        lambda: _lacking_a_card(ordeal, spoken_of) == [], lambda: f"no red card: {_lacking_a_card(ordeal, spoken_of)}"
    )
    spoken_of = script.with_words(ordeal.lives, datetime.now(UTC), SECOND_FIRE)
    by_case = {life.case: life for life in spoken_of}
    ordeal.lives = [by_case.get(life.case, life) for life in ordeal.lives]
    telling = asyncio.create_task(sender.tell(spoken_of, LAST))
    ordeal.killed += await asyncio.to_thread(kill_in_turn, ordeal.place, time.monotonic() + SECOND_FIRE, EVERY)
    await telling


def _lacking_a_card(ordeal: Ordeal, lives: list[Life]) -> list[str]:
    with psycopg.connect(database(ordeal.place)) as connection:
        rows = connection.execute("SELECT case_id FROM alert WHERE key = %s", (BROKEN[3][1],)).fetchall()
    return sorted({life.case for life in lives} - {row[0] for row in rows})


async def _races(ordeal: Ordeal, sender: Sender) -> None:
    """The scheduler stands still, so that a nudge that is lost is lost: nobody else wakes the case."""
    with halted(ordeal.place, "scheduler"):
        ordeal.raced = script.races(datetime.now(UTC))
        await sender.tell(ordeal.raced)
        await _until(lambda: _sleeping(ordeal) == [], lambda: f"nothing woke {_sleeping(ordeal)}")
    ordeal.lives += ordeal.raced


def _sleeping(ordeal: Ordeal) -> list[str]:
    with psycopg.connect(database(ordeal.place)) as connection:
        rows = connection.execute("SELECT case_id FROM case_file WHERE outcome_kind = 'implied_consent'").fetchall()
    return sorted({life.case for life in ordeal.raced} - {row[0] for row in rows})


def _loud(ordeal: Ordeal) -> dict[str, list[str]]:
    """What keeps us from looking: cases that have not come to their end, and what is not settled."""
    with psycopg.connect(database(ordeal.place)) as connection:
        statuses = dict(connection.execute("SELECT case_id, status FROM case_file").fetchall())
    under_way = [life.case for life in ordeal.lives if statuses.get(life.case) != life.status]
    return {**unsettled(database(ordeal.place)), **({"cases under way": under_way[:5]} if under_way else {})}


async def _until(holds: Callable[[], bool], why_not: Callable[[], str]) -> None:
    deadline = time.monotonic() + BOUND
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < deadline, f"within {BOUND:.0f} s: {why_not()}"
        await asyncio.sleep(0.25)


async def _say_all_again(ordeal: Ordeal) -> None:
    """Every message once more, all cases side by side in another order, to an engine that has decided them all."""
    again = _sender(ordeal)
    before = _heads(ordeal)
    await again.tell(random.Random(3).sample(ordeal.lives, len(ordeal.lives)))
    ordeal.heads = (before, _heads(ordeal))
    ordeal.repeats = again.outcomes["duplicate"]


def _heads(ordeal: Ordeal) -> dict[str, bytes]:
    with psycopg.connect(database(ordeal.place)) as connection:
        rows = connection.execute("SELECT stream_id, head_hash FROM stream WHERE kind IN ('case', 'docket')").fetchall()
    return {stream: bytes(hash_) for stream, hash_ in rows}
