"""A desk from which messages go out: the small world with accounts, configured channels, a collector and two workers' deliveries."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.exceptions import ApplicationError

from engine.effects.collecting import Collector
from engine.effects.delivering import Deliveries
from engine.intake.decide import decide
from engine.intake.envelope import Envelope
from engine.intake.health import beat
from engine.jobs.sweep import sweep
from engine.storage.config import Configuration, record_all
from engine.storage.connect import Pool
from engine.storage.rows import insert
from notifications.channels.registry import Channels
from tests.support.services import Service
from tests.support.worlds import MONDAY, TestClock


class Desk:
    def __init__(self, pool: Pool, built_in: Channels | None = None) -> None:
        self.pool, self.clock = pool, TestClock()
        self.collector = Collector(pool, self.clock, "zh", site="https://example.test")
        self.workers = [Deliveries(pool, self.clock, built_in or Channels([])) for _ in range(2)]

    def take(self, *messages: Envelope) -> None:
        with self.pool.connection() as connection:
            beat(connection, self.clock)
            decide(connection, messages, self.clock)

    def go(self, ahead: timedelta) -> None:
        """Time passes, watched all the while."""
        for _ in range(int(ahead / timedelta(hours=6))):
            self.clock.go(timedelta(hours=6))
            with self.pool.connection() as connection:
                beat(connection, self.clock)
            sweep(self.pool, self.clock)

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.pool.connection() as connection:
            return connection.execute(statement, values).fetchall()

    def channel(self, service: Service, kind: str = "wecom", **changes: Any) -> None:
        paths = {"wecom": "/cgi-bin/webhook/send", "dingtalk": "/robot/send", "feishu": "/open-apis/bot/v2/hook"}
        body = {"kind": kind, "id": kind, "url": service.url + paths.get(kind, "/"), "plain_http": True, **changes}
        if kind in paths:
            body = {"key": "env:TEST_ROBOT_KEY", **body}
        with self.pool.connection() as connection:
            record_all(connection, [Configuration(kind="channel", id=body["id"], body=body)], "tests", MONDAY)

    def account(self, person: str, *roles: str, **more: Any) -> None:
        row = {"login": person, "person": person, "name": "", "roles": roles or ("officer",), "units": [],
               "password_hash": "", "locale": "zh", "email": None, "phone": None, "preferences": {}, "active": True,
               "created_at": MONDAY}  # fmt: skip
        with self.pool.connection() as connection:
            insert(connection, "app_user", [{**row, **more}])

    def waiting(self, number: int, channel: str = "wecom", mark: str = "m") -> list[str]:
        """Messages for the group, ready to be sent."""
        message = {"kind": "red_card", "locale": "zh", "text": "请立即办理。\n", "html": ""}
        rows = [
            {"id": f"{mark}{n:03}", "channel": channel, "recipient": f"channel:{channel}", "kind": "red_card", "locale": "zh",
             "status": "sending", "notices": [], "payload": {**message, "subject": f"红牌 {n}"}, "attempts": [],
             "created_at": MONDAY + timedelta(seconds=n)}
            for n in range(number)
        ]  # fmt: skip
        with self.pool.connection() as connection:
            insert(connection, "delivery", rows)
        return [row["id"] for row in rows]

    def deliver(self, *ids: str) -> dict[str, str]:
        """One attempt each, by the two workers at the same time: the outcome, or the type of what the workflow is told."""
        return asyncio.run(self._deliver(ids))

    async def _deliver(self, ids: tuple[str, ...]) -> dict[str, str]:
        found = await asyncio.gather(*(self._one(id_, place) for place, id_ in enumerate(ids)))
        return dict(zip(ids, found, strict=True))

    async def _one(self, id_: str, place: int) -> str:
        try:
            return await self.workers[place % 2].deliver(id_)
        except ApplicationError as told:
            return f"{told.type} {told.message}"
