"""Probes and metrics. `/healthz`: the process lives. `/readyz`: it can take facts. `/metrics`: for Prometheus."""

from __future__ import annotations

from functools import cache

import psycopg
from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from psycopg_pool import PoolTimeout
from starlette.responses import JSONResponse, PlainTextResponse, Response

from engine.api import problems
from engine.reconcile.findings import last_result
from engine.storage.connect import Pool

_WAITING = {
    "parked": "SELECT count(*) FROM parked",
    "quarantined": "SELECT count(*) FROM quarantine WHERE released_at IS NULL",
    "unsent_wakes": "SELECT count(*) FROM wake WHERE seq > sent_seq",
}


class Meters:
    """The figures of one process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.events = Counter(
            "jiannuo_events", "Messages at the way in, by outcome and code", ("outcome", "code"), registry=self.registry
        )
        self.seconds = Histogram(
            "jiannuo_http_seconds", "Time to answer, by route and status", ("route", "status"), registry=self.registry
        )
        self.reconciled = Gauge(
            "jiannuo_reconciled", "The last reconciliation that came to its end", ("what",), registry=self.registry
        )
        self.waiting = Gauge("jiannuo_waiting", "What waits in intake", ("what",), registry=self.registry)
        # Finding the one of these labels costs as much as counting it, at every request.
        self.event = cache(self.events.labels)
        self.second = cache(self.seconds.labels)


def routes(pool: Pool, meters: Meters) -> APIRouter:
    router = APIRouter(tags=["operation"])

    @router.get("/healthz", summary="The process lives")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="Facts can be taken", response_model=None)
    def readyz() -> Response:
        try:
            with pool.connection(timeout=2) as connection:
                connection.execute("SELECT 1")
        except (psycopg.OperationalError, PoolTimeout):
            return problems.respond(problems.problem(503, "database_unavailable", "the database does not answer"))
        return JSONResponse({"status": "ready"})

    @router.get("/metrics", summary="Figures for Prometheus", response_class=PlainTextResponse)
    def metrics() -> Response:
        _measure(pool, meters)
        return Response(generate_latest(meters.registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _measure(pool: Pool, meters: Meters) -> None:
    with pool.connection() as connection:
        for what, query in _WAITING.items():
            row = connection.execute(query).fetchone()
            meters.waiting.labels(what=what).set(row[0] if row else 0)
        for what, number in last_result(connection).items():
            meters.reconciled.labels(what=what).set(number)
