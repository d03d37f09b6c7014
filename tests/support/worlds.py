"""A small world on the database for tests of the engine, and messages for it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from engine.bootstrap import migrate, open_database
from engine.intake.envelope import Envelope
from engine.storage.config import Configuration, post_id, record_all
from engine.storage.connect import Connection, Pool, open_owner
from tests.support.servers import fresh_database, with_database

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in China, a working day
ITEM: dict[str, Any] = {
    "code": "P",
    "unit": "planning",
    "version": 1,
    "effective_from": "2015-01-01",
    "committed_limit": {"amount": 5, "unit": "working_days"},
    "statutory_limit": {"amount": 20, "unit": "working_days"},
    "holder": "zhang",
    "silence": {"effect": "approve", "clock": "committed"},
    "warnings": [{"before": {"amount": 1, "unit": "working_days"}, "level": "warning"}],
    "suspensions": [{"reason": "expert_review"}],
}
PEOPLE = {"zhang": "officer", "li": "first_responsible", "chen": "discipline_group"}


class TestClock:
    """Stands still until a test moves it."""

    __test__ = False

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self.at).total_seconds()

    def go(self, to: datetime | timedelta) -> None:
        self.at = self.at + to if isinstance(to, timedelta) else to


@contextmanager
def a_database(server_url: str, folder: Path, *, size: int = 8) -> Iterator[Pool]:
    """A database of its own with the small world in it; its owner's address is the pool's `conninfo`."""
    with fresh_database(server_url, template=_template(server_url)) as url:
        pool = open_database(url, folder / "master.key", size=size)
        try:
            yield pool
        finally:
            pool.close()


@cache
def _template(server_url: str) -> str:
    """Made once a run: a copy takes a tenth of the time of a migration."""
    name = f"world_{secrets.token_hex(4)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = with_database(server_url, name)
    migrate(url)
    with open_owner(url) as connection:
        fill(connection)
    return name


def fill(connection: Connection, *items: dict[str, Any]) -> None:
    units = [
        {"id": "county"},
        {"id": "planning", "parent": "county", "first_responsible": "li"},
        {"id": "office", "parent": "county"},
    ]
    pieces = [Configuration(kind="unit", id=unit["id"], body=unit) for unit in units]
    pieces += [_post(name, "planning", post) for name, post in PEOPLE.items()] + [_post("sun", "county", "inspector")]
    pieces += [Configuration(kind="item", id=item["code"], body=item) for item in (items or (ITEM,))]
    pieces += [Configuration(kind="source", id=source, body={"id": source}) for source in ("hall", "archive")]
    pieces.append(Configuration(kind="setting", id="leading_group_office", body={"value": "office"}))
    pieces.append(Configuration(kind="setting", id="inspectors", body={"value": ["sun"]}))
    record_all(connection, pieces, "tests", MONDAY - timedelta(days=365))


def _post(person: str, unit: str, post: str) -> Configuration:
    body = {"id": person, "unit": unit, "post": post, "from": "2010-01-01"}
    return Configuration(kind="person", id=post_id(person, unit, post, body["from"]), body=body)


def message(id_: str, type_: str, case: str, at: datetime = MONDAY, **fields: Any) -> Envelope:
    """A message from the hall. Fields of the envelope by name, everything else goes into `data`."""
    own = {name: fields.pop(name) for name in list(fields) if name in Envelope.__struct_fields__}
    base: dict[str, Any] = {
        "source": "hall",
        "occurred_at": at,
        "data": fields,
        "raw": f"{id_}|{type_}|{case}".encode(),
    }
    return Envelope(message_id=id_, type=type_, case=case, **{**base, **own})


def accepted(case: str, at: datetime = MONDAY, **fields: Any) -> Envelope:
    return message(f"{case}/accepted", "application.accepted", case, at, item="P", **{"applicant": "赵某", **fields})


def served(case: str, at: datetime, result: str = "approved") -> Envelope:
    return message(f"{case}/served", "decision.served", case, at, result=result)
