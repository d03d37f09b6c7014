"""Reconciliation: whether everything on record agrees with a second derivation from the facts."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.errors import NotFound
from engine.console.parts import Console
from engine.console.views import reconciliation
from engine.console.visit import visit

MOST = 200


def add(router: APIRouter, console: Console) -> None:
    @router.get("/reconciliation")
    def show(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("health.read")
            runs = reconciliation.last_runs(v.db)
            asked = request.query_params.get("run")
            shown = reconciliation.run(v.db, asked) if asked else runs[0] if runs else None
            if asked and shown is None:
                raise NotFound
            rows = reconciliation.findings(v.db, shown.id, MOST) if shown else []
            return v.page("reconciliation.html", runs=runs, shown=shown, rows=rows)
