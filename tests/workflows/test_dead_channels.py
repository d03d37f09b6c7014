"""A dead mail server, a web hook that hangs and a robot that hangs up delay no limit: the times are printed."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from engine.storage.config import Configuration, record_all
from engine.storage.connect import Pool
from engine.storage.rows import insert
from notifications.channels.email import Email, EmailSettings
from notifications.channels.registry import Channels
from tests.notifications.smtp_server import SILENT, scripted
from tests.support.services import HANG, KEY, RESET, WHSEC, HookService, WeComService, running
from tests.support.worlds import MONDAY, a_database, accepted
from tests.workflows.running import Engine, Running, cases
from tests.workflows.waiting import until

pytestmark = pytest.mark.temporal
DAY = 86_400.0
PUBLICATION = timedelta(minutes=10)
CASES, MESSAGES = 40, 120
# Real seconds that a limit may be concluded later than at its moment, on a machine that other tests use as well.
BOUND = 5.0


def test_limits_are_concluded_in_time_while_every_channel_is_dead(
    postgres_url: str, temporal_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_ROBOT_KEY", KEY)
    monkeypatch.setenv("TEST_HOOK", WHSEC)
    alive = run(postgres_url, temporal_address, tmp_path / "alive", lateness)
    dead = run(postgres_url, temporal_address, tmp_path / "dead", lateness_with_dead_channels)
    said = f"median and latest, in real seconds after the moment: nothing to send {alive}, all channels dead {dead}"
    print(f"limits concluded, {said}")  # noqa: T201
    assert dead[1] < BOUND


def run(
    url: str, address: str, folder: Path, test: Callable[[Engine], Coroutine[Any, Any, tuple[float, float]]]
) -> tuple[float, float]:
    folder.mkdir()

    async def with_engine(pool: Pool) -> tuple[float, float]:
        return await test(Engine(pool, await Client.connect(address), Running(speed=DAY)))

    with a_database(url, folder) as pool:
        return asyncio.run(asyncio.wait_for(with_engine(pool), 120))


async def lateness(engine: Engine, channels: Channels | None = None) -> tuple[float, float]:
    named = cases("in-time", CASES)
    async with engine.working(channels):
        engine.take(*(accepted(case, engine.clock.now()) for case in named))
        await until(lambda: len(late_by(engine, named)) == CASES, "every limit")
        found = late_by(engine, named)
        return round(found[CASES // 2], 2), round(found[-1], 2)


async def lateness_with_dead_channels(engine: Engine) -> tuple[float, float]:
    async with scripted(greeting=SILENT) as port:
        with running(HookService()) as hook, running(WeComService()) as robot:
            hook.always, robot.always = HANG, RESET
            configure(engine.pool, hook.url, robot.url)
            fill(engine.pool)
            mail = EmailSettings(host="127.0.0.1", port=port, sender="a@b.test", tls="none", timeout=60)
            found = await lateness(engine, Channels([Email(mail, lambda: datetime.now(UTC))]))
            hook.over.set()
            assert hook.asked, "the hook was tried"
            assert robot.asked, "the robot was tried"
            assert engine.value("SELECT count(*) FROM delivery WHERE status = 'delivered' AND channel <> 'inapp'") == 0
            return found


def configure(pool: Pool, hook: str, robot: str) -> None:
    bodies = [
        {"kind": "webhook", "id": "oa", "url": hook, "secret": "env:TEST_HOOK", "plain_http": True, "timeout": 60},
        {"kind": "wecom", "id": "wecom", "url": f"{robot}/cgi-bin/webhook/send", "key": "env:TEST_ROBOT_KEY", "plain_http": True},
    ]  # fmt: skip
    pieces = [Configuration(kind="channel", id=str(body["id"]), body=body) for body in bodies]
    with pool.connection() as connection:
        record_all(connection, pieces, "tests", MONDAY)


def fill(pool: Pool) -> None:
    """Messages for each channel, due at once; the mails are for somebody with an address."""
    message = {"kind": "red_card", "locale": "zh", "subject": "红牌", "text": "请立即办理。\n", "html": "<p>x</p>"}
    to = {"email": "zhang", "oa": "channel:oa", "wecom": "channel:wecom"}
    rows = [
        {"id": f"{channel}-{n}", "channel": channel, "recipient": recipient, "kind": "red_card", "locale": "zh",
         "status": "due", "notices": [], "payload": message, "attempts": [], "created_at": MONDAY}
        for channel, recipient in to.items() for n in range(MESSAGES)
    ]  # fmt: skip
    with pool.connection() as connection:
        connection.execute(
            "INSERT INTO app_user (login, person, name, roles, password_hash, locale, email, active, created_at)"
            " VALUES ('zhang', 'zhang', '', '{officer}', '', 'zh', 'zhang@example.test', true, %s)",
            (MONDAY,),
        )
        insert(connection, "delivery", rows)


def late_by(engine: Engine, named: Sequence[str]) -> list[float]:
    """Of each committed limit: real seconds from the moment it could be published to its entry."""
    rows = engine.rows(
        "SELECT min(recorded_at - legal_at) FROM entry WHERE type = 'limit_expired' AND stream_id = ANY(%s) GROUP BY stream_id",
        [f"case:{case}" for case in named],
    )
    return sorted((row[0] - PUBLICATION).total_seconds() / DAY for row in rows)
