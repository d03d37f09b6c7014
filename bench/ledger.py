"""Questions to the database of the installation that is measured."""

from __future__ import annotations

import time
from datetime import datetime

from bench.installation import Installation
from bench.sending import BenchError

_BOUND = 900.0


def settings(installation: Installation) -> dict[str, str]:
    """How PostgreSQL stores, as it answers itself."""
    names = (
        "fsync",
        "synchronous_commit",
        "full_page_writes",
        "wal_sync_method",
        "shared_buffers",
        "max_wal_size",
        "checkpoint_timeout",
    )
    with installation.owner() as connection:
        return {name: str(connection.execute(f"SHOW {name}").fetchall()[0][0]) for name in names}


def value(installation: Installation, query: str, *values: object) -> int:
    with installation.owner() as connection:
        return int(str(connection.execute(query.encode(), values).fetchall()[0][0]))


def wait_until_told(installation: Installation) -> None:
    """Until every stream's workflow has been told its moment (the relay has nothing left to send)."""
    wait_for_none(installation, "SELECT count(*) FROM (SELECT FROM wake WHERE seq > sent_seq LIMIT 1) AS unsent")


def wait_for_none(installation: Installation, query: str, *values: object) -> None:
    """Until the number is 0, looked at 20 times a second."""
    bound = time.monotonic() + _BOUND
    with installation.owner() as connection:
        while int(str(connection.execute(query.encode(), values).fetchall()[0][0])):
            if time.monotonic() > bound:
                raise BenchError(f"still not none after {_BOUND:.0f} s: {query}")
            time.sleep(0.05)


def now(installation: Installation) -> datetime:
    with installation.owner() as connection:
        found = connection.execute("SELECT clock_timestamp()").fetchall()[0][0]
    assert isinstance(found, datetime)
    return found
