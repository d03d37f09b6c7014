"""A case that was met with silence, on the small world, with its certificate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from engine.certificates import issue
from engine.intake.decide import advance, decide, due_streams
from engine.storage.connect import Connection, Pool
from tests.support.worlds import MONDAY, TestClock, a_database, accepted, message

DAY = timedelta(days=1)
SITE = "https://county.example"
NUMBER = "MX-A1-20260311"


class Silence:
    """Application A1, stopped for a day by an expert review, never answered."""

    def __init__(self, pool: Pool, clock: TestClock) -> None:
        self.pool, self.clock = pool, clock

    def take(self, *messages) -> None:
        with self.pool.connection() as connection:
            decide(connection, messages, self.clock)
        self.look()

    def look(self) -> None:
        with self.pool.connection() as connection:
            advance(connection, due_streams(connection, self.clock.now(), 100), self.clock)

    def wait(self, days: int) -> None:
        for _ in range(days):
            self.clock.go(DAY)
            self.look()

    def document(self, connection: Connection, number: str = NUMBER) -> bytes:
        found = issue.document_of(connection, number, self.clock.now(), SITE)
        assert found is not None
        return found

    def applicants_copy(self, connection: Connection) -> bytes:
        found = issue.applicants_copy(connection, NUMBER, self.clock.now(), SITE)
        assert found is not None
        return found


@contextmanager
def silence(server_url: str, folder: Path) -> Iterator[Silence]:
    with a_database(server_url, folder) as pool:
        life = Silence(pool, TestClock(MONDAY))
        life.take(accepted("A1", applicant="赵某某 zhao@example.cn"))
        life.clock.go(DAY)
        life.take(
            message(
                "stop",
                "clock.suspended",
                "A1",
                life.clock.at,
                reason="expert_review",
                notified_at=life.clock.at.isoformat(),
            )
        )
        life.clock.go(DAY)
        life.take(message("on", "clock.resumed", "A1", life.clock.at, reason="expert_review"))
        life.wait(12)
        yield life
