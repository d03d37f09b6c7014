"""What only looks and sweeps, on a beat: one leader of any number of processes. Nothing legal hangs on it alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import psycopg
import structlog
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]  # it ships no types
from psycopg_pool import PoolTimeout

from engine.certificates.issue import make_missing
from engine.clock import Clock
from engine.documents.calling import make_missing as make_missing_documents
from engine.effects.collecting import Collector
from engine.intake.memory import collect_rarely
from engine.jobs.calendar_watch import watch_calendar
from engine.jobs.carrier_watch import CarrierWatch
from engine.jobs.intake_watch import IntakeWatch
from engine.jobs.leader import Leadership, candidate
from engine.jobs.sealing import Sealing
from engine.jobs.sweep import is_wave, sweep
from engine.reconcile.nightly import Nightly
from engine.reconcile.reconciler import Temporal
from engine.scores.kept import keep
from engine.storage.connect import Pool
from engine.storage.world import load_world
from notifications.fields import Locale

_PAUSE = 1.0

_log = structlog.get_logger(__name__)


class Job(msgspec.Struct, frozen=True):
    """Something done every so many real seconds, never twice at a time; a beat that is missed is left out."""

    name: str
    seconds: float
    act: Callable[[], object]


def jobs(
    pool: Pool, clock: Clock, collector: Collector, site: str, nightly: Nightly, sealing: Sealing
) -> tuple[Job, ...]:
    def certificates() -> None:
        with pool.connection() as connection:
            make_missing(connection, clock.now(), site)

    def documents() -> None:
        with pool.connection() as connection:
            make_missing_documents(connection, clock.now())

    def figures() -> None:
        with pool.connection() as connection:
            world, now = load_world(connection), clock.now()
            keep(connection, world, world.calendar(now).local_date(now))

    return (
        Job("sweep", 1.0, lambda: sweep(pool, clock)),
        Job("collect", 2.0, giving_way(collector.collect, lambda: is_wave(pool, clock))),
        Job("intake", 5.0, IntakeWatch(pool).look),
        Job("certificates", 30.0, certificates),
        Job("documents", 30.0, documents),
        Job("carriers", 60.0, CarrierWatch(pool, clock).look),
        Job("calendar", 3600.0, lambda: watch_calendar(pool, clock)),
        Job("reconcile", 600.0, nightly.look),
        Job("seal", 600.0, sealing.look),
        Job("figures", 600.0, giving_way(figures, lambda: is_wave(pool, clock))),
    )


def giving_way(act: Callable[[], object], rush: Callable[[], bool], beats: int = 10) -> Callable[[], None]:
    """What can wait leaves the cores to a rush; one that goes on is no reason to wait for ever, so every so many beats it is done."""
    waited = 0

    def beat() -> None:
        nonlocal waited
        waited = waited + 1 if rush() else 0
        if waited % (beats + 1) == 0:
            act()

    return beat


async def schedule(
    pool: Pool,
    clock: Clock,
    stop: asyncio.Event,
    *,
    locale: Locale = "zh",
    site: str = "",
    mail: bool = True,
    verify_at: str = "",
    temporal: Temporal | None = None,
    seal_folder: str = "",
    seal_stamp_url: str = "",
) -> None:
    """Runs the jobs until told to stop. `locale`, `site` and `mail`: how people are told, see Collector.

    `verify_at`: the address that certificates name for their verification; `temporal`: where the reconciler finds the workflows;
    `seal_folder`, `seal_stamp_url`: see Settings.
    """
    collect_rarely()
    ended = threading.Event()
    nightly = Nightly(pool, clock, temporal, ended)
    collector = Collector(pool, clock, locale, site=site, mail=mail)
    sealing = Sealing(pool, clock, seal_folder, seal_stamp_url)
    planned = jobs(pool, clock, collector, verify_at or site, nightly, sealing)
    running = asyncio.create_task(asyncio.to_thread(run, pool, planned, ended))
    await stop.wait()
    ended.set()
    await running


def run(pool: Pool, planned: tuple[Job, ...], stop: threading.Event) -> None:
    """Stands by until this process leads, and takes over from a leader that died."""
    while not stop.is_set():
        try:
            with candidate(pool, "scheduler") as lead:
                _stand_by(lead, planned, stop)
        except (psycopg.OperationalError, PoolTimeout) as error:
            _log.warning("database_away", duty="scheduler", error=str(error))
        stop.wait(_PAUSE)


def _stand_by(lead: Leadership, planned: tuple[Job, ...], stop: threading.Event) -> None:
    while not stop.is_set():
        if lead.taken():
            _lead(lead, planned, stop)
        stop.wait(_PAUSE)


def _lead(lead: Leadership, planned: tuple[Job, ...], stop: threading.Event) -> None:
    scheduler = BackgroundScheduler(timezone=UTC)
    for job in planned:
        scheduler.add_job(
            _quietly(job),
            "interval",
            seconds=job.seconds,
            id=job.name,
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        while not stop.is_set() and lead.taken():
            stop.wait(_PAUSE)
    finally:
        scheduler.shutdown(wait=True)


def _quietly(job: Job) -> Callable[[], None]:
    """A job that fails is logged and comes again at its next beat."""

    def beat() -> None:
        try:
            job.act()
        except (psycopg.OperationalError, PoolTimeout) as error:
            _log.warning("database_away", duty=job.name, error=str(error))
        except Exception:  # noqa: BLE001 - one job's defect must not end the others
            _log.exception("job_failed", job=job.name)

    return beat
