"""An API of its own for each module of tests: a fresh database, the small log's world, two sources, a clock that stands where a test puts it."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from starlette.testclient import TestClient

from engine.api import keys
from engine.api.app import create_app
from engine.api.pace import Pace
from engine.bootstrap import migrate, open_database
from engine.intake.group import GroupCommit
from engine.provisioning.folder import read_folder
from engine.provisioning.record import provision
from engine.storage.config import record
from engine.storage.connect import Pool
from engine.vault.master import Master, open_master
from tests.support import servers

WORLD = Path(__file__).parents[2] / "examples" / "small-log" / "world"


class StandingClock:
    """A clock that moves only when told."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self.at).total_seconds()


class Api:
    """What a test of the API works with."""

    def __init__(
        self,
        client: TestClient,
        pool: Pool,
        clock: StandingClock,
        vault: Master,
        keys: tuple[str, str],
        place: tuple[str, Path],
    ) -> None:
        self.client = client
        self.pool = pool
        self.clock = clock
        self.vault = vault
        self.key, self.other_key = keys
        self.url, self.key_file = place

    def event(self, id_: str, type_: str, case: str, **more) -> dict:
        data = more.pop("data", {})
        times = {} if {"time", "occurredon"} & more.keys() else {"time": self.clock.at.isoformat()}
        more = {name: value for name, value in more.items() if value is not None}
        head = {"specversion": "1.0", "id": id_, "source": "street-log", "type": f"cn.jiannuo.{type_}", "subject": case}
        return {**head, **times, **more, "data": data}

    def post(self, event, *, key: str | None = None, media: str = "application/cloudevents+json"):
        headers = {"X-API-Key": key or self.key, "Content-Type": media}
        content = event if isinstance(event, bytes) else None
        return self.client.post(
            "/api/v1/events", headers=headers, **({"content": content} if content is not None else {"json": event})
        )

    def get(self, path: str, **more):
        return self.client.get(path, headers={"X-API-Key": self.key, **more.pop("headers", {})}, **more)

    def stored(self) -> dict[str, int]:
        """How much is stored of everything that intake writes."""
        tables = ("entry", "inbox", "stream", "case_file", "parked", "quarantine", "wake", "vault_item")
        with self.pool.connection() as connection:
            return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}


@pytest.fixture(scope="module")
def api(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    key_file = tmp_path_factory.mktemp("vault") / "master.key"
    clock = StandingClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    with servers.fresh_database(postgres_server) as url:
        migrate(url)
        with open_database(url, key_file) as pool:
            with pool.connection() as connection:
                provision(connection, read_folder(WORLD), clock.now())
                record(connection, "source", "other", {"id": "other"}, at=clock.now())
                key = keys.issue(connection, "street-log", clock.now())
                other_key = keys.issue(connection, "other", clock.now())
            group = GroupCommit(pool, clock)
            try:
                vault = open_master(key_file)
                with TestClient(create_app(pool, clock, group, vault, pace=Pace(1000, 10_000))) as client:
                    yield Api(client, pool, clock, vault, (key, other_key), (url, key_file))
            finally:
                group.close()


@pytest.fixture(scope="module")
def address(api) -> Iterator[tuple[str, int]]:
    """The same application behind a real server, for what only a socket shows."""
    config = uvicorn.Config(api.client.app, host="127.0.0.1", port=0, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield listener.getsockname()
    server.should_exit = True
    thread.join(10)
    listener.close()
