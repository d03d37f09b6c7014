"""The example county with two months of life, for pages: real facts through the one door, under a clock that a test sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from fastapi import FastAPI

from engine.bootstrap import migrate, open_database
from engine.cli.main import main
from engine.console.app import console_router
from engine.console.parts import Console
from engine.demo.logins import PASSWORD, make_users
from engine.intake.decide import advance, decide, due_streams
from engine.intake.envelope import Answer, Envelope
from engine.provisioning.folder import read_folder
from engine.provisioning.record import provision
from engine.storage.connect import Pool
from engine.storage.world import load_world
from rules.calendar import Calendar
from tests.support.servers import fresh_database

ZONE = ZoneInfo("Asia/Shanghai")
FOLDER = Path(__file__).parents[2] / "examples" / "county"
__all__ = ["PASSWORD", "Door", "Life", "SetClock", "at", "county", "serve"]


def at(on: str, time: str = "10:00") -> datetime:
    """A local time of the county, in UTC."""
    return datetime.fromisoformat(f"{on}T{time}").replace(tzinfo=ZONE).astimezone(UTC)


class SetClock:
    """Shows what it was set to."""

    def __init__(self, shows: datetime) -> None:
        self.shows = shows

    def now(self) -> datetime:
        return self.shows

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self.shows).total_seconds()


class Door:
    """The door without the gathering: each envelope is decided at once, in a transaction of its own."""

    def __init__(self, pool: Pool, clock: SetClock) -> None:
        self._pool, self._clock = pool, clock

    def submit(self, envelope: Envelope) -> Future[Answer]:
        answer: Future[Answer] = Future()
        with self._pool.connection() as connection:
            answer.set_result(decide(connection, [envelope], self._clock)[0])
        return answer


class Life:
    """Makes things happen in the county, in order of time; what falls due meanwhile happens too."""

    def __init__(self, pool: Pool, clock: SetClock) -> None:
        self.pool, self.clock = pool, clock
        self._count = 0

    def happen(
        self,
        when: datetime,
        type_: str,
        case: str,
        *,
        source: str = "hall",
        item: str | None = None,
        actor: str | None = None,
        **data: object,
    ) -> Answer:
        self.wait_until(when)
        self._count += 1
        envelope = Envelope(
            source=source,
            message_id=f"m{self._count}",
            type=type_,
            case=case,
            item=item,
            occurred_at=when,
            actor=actor,
            data=data,
            raw=b"{}",
        )
        with self.pool.connection() as connection:
            return decide(connection, [envelope], self.clock)[0]

    def wait_until(self, when: datetime) -> None:
        """Day by day, so that every moment is concluded near its time."""
        while self.clock.shows < when:
            self.clock.shows = min(self.clock.shows + timedelta(hours=6), when)
            self.conclude()

    def conclude(self) -> None:
        with self.pool.connection() as connection:
            for _ in range(20):
                with connection.transaction():
                    ids = due_streams(connection, self.clock.shows, 500)
                    if not ids:
                        return
                    advance(connection, ids, self.clock)


@contextmanager
def county(url: str, folder: Path, start: datetime) -> Iterator[Life]:
    """A migrated database with the county's units, people, items and the demo's users."""
    migrate(url)
    catalogue = read_folder(FOLDER)
    with open_database(url, folder / "master.key", size=6) as pool:
        with pool.connection() as connection:
            provision(connection, catalogue, start, "test")
            make_users(connection, catalogue, start)
        yield Life(pool, SetClock(start))


@contextmanager
def a_county(server: str, start: datetime) -> Iterator[Life]:
    """One with a database and a master key of its own."""
    with fresh_database(server) as url, TemporaryDirectory() as folder, county(url, Path(folder), start) as life:
        yield life


CASE = "AL-2026-0001"


def undecided(life: Life) -> None:
    """A case that nobody decided in time and silence granted, as its officer, the inspectors and the head find it weeks later."""
    item = next(one for one in read_folder(FOLDER).items if one.unit == "urban" and one.silence.effect == "approve")
    accepted = at("2026-03-02", "09:00")
    life.happen(accepted, "application.accepted", CASE, item=item.code, holder=item.holder, applicant="赵某")
    life.wait_until(at("2026-04-20"))


def command_line(
    life: Life, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """run("finding", "list") -> a command's exit status, output and errors, on the county's database and clock."""

    @contextmanager
    def opened() -> Iterator[tuple[Pool, SetClock]]:
        yield life.pool, life.clock

    monkeypatch.setattr("engine.cli.database.opened", opened)
    monkeypatch.setenv("JIANNUO_LOCALE", "en")
    monkeypatch.setenv("COLUMNS", "240")

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return run


def app(life: Life, **parts: object) -> FastAPI:
    application = FastAPI(openapi_url=None)
    console = Console(
        pool=life.pool, clock=life.clock, door=Door(life.pool, life.clock), rehearse=decide, world=load_world, **parts
    )
    application.include_router(console_router(console))
    return application


def two_months(life: Life) -> None:
    """Cases of many items: prompt, late, silent, suspended, handed over; a breach confirmed, another that waits."""
    with life.pool.connection() as connection:
        world = load_world(connection)
    items = [
        i
        for i in (world.item(c, date(2026, 3, 1)) for c in sorted({i.code for i in world.items()}))
        if i and (i.committed_limit or i.statutory_limit)
    ]
    calendar: Calendar = world.calendar(life.clock.shows)
    plan: list[tuple[datetime, str, str, dict[str, object]]] = []
    day = date(2026, 2, 3)
    for n in range(64):
        item = items[n * 7 % len(items)]
        case = f"AL-2026-{n + 1:04d}"
        hour = f"{9 + n % 3:02d}:{n * 13 % 60:02d}"
        accepted = at(day.isoformat(), hour)
        plan.append(
            (
                accepted,
                "application.accepted",
                case,
                {
                    "item": item.code,
                    "holder": item.holder if item.holder and not item.holder.startswith("post:") else None,
                    "applicant": "赵某",
                },
            )
        )
        plan.extend(_fate(calendar, case, day, hour, n, item.unit))
        if n % 2:
            day = calendar.add_working_days(day, 1)
    for when, type_, case, data in sorted(plan, key=lambda p: p[0]):
        if when <= at("2026-03-25"):
            life.happen(when, type_, case, **{k: v for k, v in data.items() if v is not None})
    life.wait_until(at("2026-03-25"))


def _fate(
    calendar: Calendar, case: str, day: date, hour: str, n: int, unit: str
) -> list[tuple[datetime, str, str, dict[str, object]]]:
    def after(days: int) -> datetime:
        return at(calendar.add_working_days(day, days).isoformat(), hour)

    fate = n % 8
    if fate in {0, 4}:
        return [
            (after(2), "decision.made", case, {"result": "approved"}),
            (after(3), "decision.served", case, {"result": "approved"}),
        ]
    if fate == 1:
        return [
            (after(1), "clock.suspended", case, {"reason": "expert_review", "basis": "《行政许可法》第四十五条"}),
            (after(5), "clock.resumed", case, {"reason": "expert_review"}),
        ]
    if fate == 2:
        return [(after(2), "clock.suspended", case, {"reason": "hearing"})]
    if fate == 5:
        return [
            (after(14), "decision.made", case, {"result": "approved"}),
            (after(15), "decision.served", case, {"result": "approved"}),
        ]
    return []


@contextmanager
def serve(application: FastAPI) -> Iterator[str]:
    """The application on a port of the system's choice, in a thread; its address."""
    import threading
    import time

    server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    bound = time.monotonic() + 20
    while not server.started and time.monotonic() < bound:
        time.sleep(0.02)
    assert server.started, "the server did not start"
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
