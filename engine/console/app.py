"""The console's router: every page, given its parts."""

from __future__ import annotations

from fastapi import APIRouter

from engine.console.pages import (
    alerts,
    calendars,
    carriers,
    case,
    cases,
    catalogue,
    certificates,
    channels,
    clock,
    complaining,
    documents,
    filing_entry,
    filing_import,
    filings,
    findings,
    following,
    help,  # noqa: A004 - the page's name
    holds,
    mail,
    messages,
    parked,
    preferences,
    proceeding_decision,
    proceedings,
    public,
    reconciliation,
    register_import,
    requests,
    score_report,
    scores,
    sign_in,
    simulations,
    static,
    today,
    voices,
)
from engine.console.parts import Console
from engine.console.route import ConsoleRoute


def console_router(console: Console) -> APIRouter:
    """All pages of the console at the root of the address space. They are no part of the OpenAPI description."""
    router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
    for page in (
        sign_in,
        today,
        cases,
        case,
        documents,
        alerts,
        findings,
        requests,
        voices,
        proceeding_decision,
        proceedings,
        scores,
        score_report,
        holds,
        certificates,
        following,
        complaining,
        public,
        register_import,
        catalogue,
        filing_import,
        filing_entry,
        filings,
        calendars,
        carriers,
        simulations,
        parked,
        messages,
        preferences,
        mail,
        channels,
        reconciliation,
        clock,
        help,
    ):
        page.add(router, console)
    static.add(router)
    return router
