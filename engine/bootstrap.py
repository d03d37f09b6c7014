"""Wires the parts together, and alone does so; tests call the same functions."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from engine.clock import Clock
from engine.config import Settings, as_environment
from engine.storage.connect import Pool, open_pool
from engine.vault.master import open_master

if TYPE_CHECKING:
    from fastapi import FastAPI

    from notifications.channels.registry import Channels

__all__ = ["create_api", "migrate", "open_database", "run_api", "run_scheduler", "run_worker"]

API_CONNECTIONS, WORKER_CONNECTIONS, SCHEDULER_CONNECTIONS = 12, 10, 6


def migrate(url: str) -> None:
    """Brings a database to the newest schema. Its tools stay out of the processes that only use the database."""
    from engine.storage.migrate import migrate as to_the_newest

    to_the_newest(url)


def open_database(url: str, key_file: Path, *, size: int = 8) -> Pool:
    """A pool of connections to a migrated database, with the master key of the vault (made if there is none)."""
    return open_pool(url, open_master(key_file), size=size)


@contextlib.contextmanager
def opened(settings: Settings, size: int, *, wakes: bool = False) -> Iterator[tuple[Pool, Clock]]:
    """The database and the clock of one process. `wakes`: this one wakes the workflows when somebody turns the demo's clock."""
    from engine.demo.watch import open_clock
    from engine.jobs.wake import renudge_all

    with open_database(settings.database_url, settings.key_file, size=size) as pool:

        def turned() -> None:
            with pool.connection() as connection:
                renudge_all(connection)

        yield pool, open_clock(settings.database_url, turned if wakes else None)


def create_api(settings: Settings, pool: Pool, clock: Clock, door: object) -> FastAPI:
    """The HTTP interface with the console at its root."""
    from engine.api.app import create_app
    from engine.certificates.issue import site_of
    from engine.console.app import console_router
    from engine.console.parts import Console
    from engine.intake.decide import decide
    from engine.storage.world import load_world

    app = create_app(pool, clock, door, open_master(settings.key_file), site=site_of(settings))  # type: ignore[arg-type]
    console = Console(
        pool=pool,
        clock=clock,
        door=door,  # type: ignore[arg-type]
        rehearse=decide,  # type: ignore[arg-type]
        world=load_world,  # type: ignore[arg-type]
        simulated=settings.demo,
        mail=bool(settings.smtp_host),
        temporal_ui=settings.temporal_ui_url or None,
        mail_folder=settings.data / "mail" if settings.demo else None,
        public_url=settings.public_url or None,
        site=site_of(settings),
    )
    app.include_router(console_router(console))
    if settings.demo:
        from engine.demo.routes import routes

        app.include_router(routes(clock))
    return app


def run_api(settings: Settings) -> None:
    """The API and the console, until told to stop."""
    from engine.certificates.fonts import for_texts
    from engine.intake.group import GroupCommit
    from engine.intake.hands import Hands, most

    for_texts()  # a font that cannot be used is found now, not when somebody prints
    listening = threading.Event()
    with opened(settings, API_CONNECTIONS) as (pool, clock):
        _demand_last_address(pool)
        door = GroupCommit(pool, clock, listening, Hands(start_hand(settings), most()))
        try:
            _serve(create_api(settings, pool, clock, door), settings, listening)
        finally:
            door.close()


def start_hand(settings: Settings) -> Callable[[Connection], subprocess.Popen[bytes]]:
    """How a process that decides beside this one is started."""
    environment = {**os.environ, **as_environment(settings)}

    def start(pipe: Connection) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "engine.hand", str(pipe.fileno())]
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, pass_fds=[pipe.fileno()])

    return start


def run_hand(settings: Settings, pipe: int) -> None:
    """Decides messages for the process at the other end, in transactions of its own."""
    from engine.intake.decide import decide
    from engine.intake.envelope import Answer, Envelope
    from engine.intake.hands import serve
    from engine.intake.memory import collect_rarely

    with opened(settings, 1) as (pool, clock):

        def deciding(envelopes: Sequence[Envelope]) -> list[Answer]:
            with pool.connection() as connection:
                return decide(connection, envelopes, clock)

        collect_rarely()
        serve(Connection(pipe), deciding)


def _serve(app: FastAPI, settings: Settings, listening: threading.Event) -> None:
    """As uvicorn.run does, and `listening` is set when the first sender can come in: what waits for senders counts from then."""
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                listening.set()

    config = uvicorn.Config(
        app,
        host=settings.http_host,
        port=settings.http_port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
    )
    server = Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(1)


def channels(settings: Settings, clock: Clock) -> Channels:
    """The ways out that the settings name; the in-app inbox is always there."""
    from notifications.channels.email import Email, EmailSettings
    from notifications.channels.inapp import InApp
    from notifications.channels.registry import Channels

    found: list[object] = [InApp()]
    if settings.smtp_host:
        mail = EmailSettings(
            host=settings.smtp_host,
            port=settings.smtp_port,
            sender=settings.smtp_sender,
            username=settings.smtp_user or None,
            password=settings.smtp_password or None,
            tls={"none": "none", "starttls": "starttls", "tls": "implicit"}[settings.smtp_tls],  # type: ignore[arg-type]
        )
        found.append(Email(mail, now=clock.now))
    return Channels(found)  # type: ignore[arg-type]


def run_worker(settings: Settings) -> None:
    """Workflows, activities, the relay, and help in waves, until told to stop."""
    from engine.documents.check import check_shipped
    from notifications.check import check_templates

    check_templates()  # a notice or a paper that cannot be written is found now, not when it is due
    check_shipped()
    with opened(settings, WORKER_CONNECTIONS, wakes=True) as (pool, clock):
        _demand_last_address(pool)
        asyncio.run(_work(settings, pool, clock))


def _demand_last_address(pool: Pool) -> None:
    """No part starts in a world whose alerts could reach nobody (accountability.md 4)."""
    from engine.provisioning.last_address import demand_last_address

    with pool.connection() as connection:
        demand_last_address(connection)


async def _work(settings: Settings, pool: Pool, clock: Clock) -> None:
    from engine.jobs.helping import help_in_waves
    from engine.jobs.temporal import connect
    from engine.jobs.worker import work

    stop = _stopping()
    client = await connect(settings.temporal_address, settings.temporal_namespace)
    await asyncio.gather(work(client, pool, clock, channels(settings, clock), stop), help_in_waves(pool, clock, stop))


def run_scheduler(settings: Settings) -> None:
    """Sweeps and checks; one of many processes is on duty. Nothing legal hangs on it alone."""
    with opened(settings, SCHEDULER_CONNECTIONS) as (pool, clock):
        _demand_last_address(pool)
        asyncio.run(_schedule(settings, pool, clock))


async def _schedule(settings: Settings, pool: Pool, clock: Clock) -> None:
    from engine.certificates.issue import site_of
    from engine.jobs.scheduler import schedule
    from engine.reconcile.reconciler import Temporal

    await schedule(
        pool,
        clock,
        _stopping(),
        locale=settings.locale,
        site=settings.public_url,
        mail=bool(settings.smtp_host),
        verify_at=site_of(settings),
        temporal=Temporal(settings.temporal_address, settings.temporal_namespace),
        seal_folder=settings.seal_folder,
        seal_stamp_url=settings.seal_stamp_url,
    )


def _stopping() -> asyncio.Event:
    """Set when the process is told to end."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
