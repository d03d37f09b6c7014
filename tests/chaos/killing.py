"""kill -9, in turn and again: always one process that the supervisor watches, known by pid and start time."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import cycle

import psycopg

from engine.embedded import ports, postgres
from engine.embedded.process import Identity, is_running, wait_until
from tests.support.installation import Installation

IN_TURN = ("worker", "temporal", "postgres", "scheduler", "api")
BOUND = 60.0
_OWN_PAUSE = 0.4


def database(place: Installation) -> str:
    return postgres.connection_url(place.data, place.runtime().ports["postgres"])


def kill(place: Installation, part: str) -> Identity:
    """Kills the process that plays this part now, as soon as there is one; returns who it was."""
    deadline = time.monotonic() + BOUND
    while time.monotonic() < deadline:
        known = place.child(part)
        if is_running(known):
            with suppress(ProcessLookupError):
                os.kill(known.pid, signal.SIGKILL)
                return known
        time.sleep(0.05)
    raise AssertionError(f"{part} did not come back within {BOUND:.0f} s:\n{place.output()}")


def kill_in_turn(place: Installation, until: float, every: float) -> list[Identity]:
    """Kills one part after the other until the monotonic instant, each only once senders can come in again, so that a slow machine
    is not kept down for good. Waits until every part is back, and returns the dead.
    """
    dead: dict[str, list[Identity]] = {part: [] for part in IN_TURN}
    for part in cycle(IN_TURN):
        await_door(place)
        if time.monotonic() >= until:
            break
        dead[part].append(kill(place, part))
        time.sleep(every)
    for part, killed in dead.items():
        if killed:
            place.wait_for_new(part, killed[-1])
    return [one for killed in dead.values() for one in killed]


def await_door(place: Installation) -> None:
    """Until the API listens."""
    port = place.runtime().ports["http"]
    assert wait_until(lambda: ports.is_open(ports.LOOPBACK, port), BOUND), f"the API is away:\n{place.output()}"


def kill_everything(place: Installation) -> None:
    """The supervisor first, so that nobody starts anybody again."""
    children = place.runtime().children.values()
    place.tell(signal.SIGKILL)
    for known in children:
        with suppress(ProcessLookupError):  # his death took it along, or it was just about to start again
            os.kill(known.pid, signal.SIGKILL)
    assert wait_until(lambda: not any(is_running(known) for known in children), BOUND)


@contextmanager
def halted(place: Installation, part: str) -> Iterator[None]:
    """Stands still (SIGSTOP) and is alive for everybody; taken at a moment at which it holds no transaction open."""
    known = place.child(part)
    assert wait_until(lambda: _stopped_outside_a_transaction(place, known), BOUND), (
        f"{part} was always in a transaction"
    )
    try:
        yield
    finally:
        os.kill(known.pid, signal.SIGCONT)


def _stopped_outside_a_transaction(place: Installation, known: Identity) -> bool:
    os.kill(known.pid, signal.SIGSTOP)
    time.sleep(2 * _OWN_PAUSE)  # nobody else's transaction is idle for so long
    if not _one_hangs(place):
        return True
    os.kill(known.pid, signal.SIGCONT)
    return False


def _one_hangs(place: Installation) -> bool:
    with psycopg.connect(database(place)) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%%'"
            " AND state_change < clock_timestamp() - make_interval(secs => %s)",
            (_OWN_PAUSE,),
        ).fetchone()
    return bool(found and found[0])
