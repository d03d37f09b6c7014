"""The time for which intake has been reachable begins when senders can come in, not when a process begins to start."""

import threading

import pytest

from engine.intake.group import GroupCommit
from tests.support.worlds import TestClock, a_database, accepted

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("listening", [False, True])
def test_the_door_is_heard_only_once_senders_can_come_in(postgres_url, tmp_path, listening):
    reachable = threading.Event()
    if listening:
        reachable.set()
    with a_database(postgres_url, tmp_path) as pool:
        door = GroupCommit(pool, TestClock(), reachable)
        assert door.submit(accepted("A1")).result(30).outcome == "recorded"
        door.close()  # it beats after every group, so it has by now if it ever will
        with pool.connection() as connection:
            assert connection.execute("SELECT count(*) FROM health").fetchone() == (int(listening),)
