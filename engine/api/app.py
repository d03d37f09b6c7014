"""Puts the HTTP interface together."""

from __future__ import annotations

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from engine.api import (
    calendars,
    carriers,
    cases,
    catalogue,
    certificates,
    commands,
    configuration,
    docs,
    documents,
    explanation,
    filings,
    health,
    limits,
    lists,
    openapi,
    problems,
    proceeding_commands,
    reports,
    simulations,
    voices,
)
from engine.api.events import Door
from engine.api.gathering import Gathering
from engine.api.health import Meters
from engine.api.interface import Interface
from engine.api.keys import Keys
from engine.api.measure import Measured
from engine.api.pace import Pace
from engine.api.problems import ProblemError
from engine.api.senders import Senders
from engine.api.signatures import Signatures
from engine.api.state import State
from engine.certificates.glyphs import MissingGlyphError
from engine.clock import Clock
from engine.storage.connect import Pool
from engine.storage.world import load_world
from engine.vault.master import Master
from rules.errors import RuleError

_log = structlog.get_logger(__name__)
_STEADY, _BURST = 2_000, 4_000  # requests a second and key; a batch is one request
_ROUTERS = (
    certificates.router,
    documents.router,
    explanation.router,
    cases.router,
    lists.router,
    catalogue.router,
    calendars.router,
    carriers.router,
    commands.router,
    proceeding_commands.router,
    filings.router,
    configuration.router,
    reports.router,
    voices.router,
    simulations.router,
    limits.router,
)


def create_app(
    pool: Pool, clock: Clock, group: Gathering, vault: Master, *, pace: Pace | None = None, site: str = ""
) -> FastAPI:
    """The interface under `/api/v1` with its probes and documentation, for one process. The caller starts and stops what it passes."""
    keys, meters = Keys(pool), Meters()
    app = Interface(title="Jiannuo 践诺", version="1", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.parts = State(pool, clock, group, keys, site)
    senders = Senders(keys, Signatures(pool, vault), pace or Pace(_STEADY, _BURST), lambda: _sources(pool))
    for router in _ROUTERS:
        app.include_router(router)
    app.include_router(health.routes(pool, meters))
    _document(app)
    _answer_errors(app)
    app.add_middleware(Measured, meters=meters)
    app.open(Door(group, senders, meters).post, lambda door: Measured(door, meters))
    return app


def _sources(pool: Pool) -> frozenset[str]:
    with pool.connection() as connection:
        return frozenset(load_world(connection).sources)


def _document(app: FastAPI) -> None:
    @app.get("/api/v1/openapi.json", include_in_schema=False)
    def document(request: Request) -> Response:
        return openapi.reply_document(request, app)

    @app.get("/api/v1/docs", include_in_schema=False)
    def page() -> HTMLResponse:
        return HTMLResponse(docs.page(openapi.document(app)))


def _answer_errors(app: FastAPI) -> None:
    @app.exception_handler(ProblemError)
    async def refused(_: Request, error: ProblemError) -> Response:
        return problems.respond(error.problem, error.headers)

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"] if part not in {"body", "query", "path", "header"})
        return problems.respond(problems.problem(422, "malformed", first["msg"], field=field or None))

    @app.exception_handler(HTTPException)
    async def no_route(_: Request, error: HTTPException) -> Response:
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "refused")
        return problems.respond(problems.problem(error.status_code, code, str(error.detail)), dict(error.headers or {}))

    @app.exception_handler(RuleError)
    async def against_the_rules(_: Request, error: RuleError) -> Response:
        return problems.respond(problems.problem(422, error.code, error.message, field=error.field or None))

    @app.exception_handler(MissingGlyphError)
    async def not_printable(_: Request, error: MissingGlyphError) -> Response:
        return problems.respond(problems.problem(409, "not_printable", str(error)))

    @app.exception_handler(psycopg.DataError)
    async def unusable(_: Request, __: psycopg.DataError) -> Response:
        return problems.respond(
            problems.problem(422, "malformed", "a value of the request cannot be compared with what is stored")
        )

    for down in (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout):
        app.add_exception_handler(down, _unavailable)


async def _unavailable(_: Request, error: Exception) -> Response:
    _log.warning("database_unavailable", error=type(error).__name__)
    return problems.respond(problems.unavailable(), {"Retry-After": "5"})
