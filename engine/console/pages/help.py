"""Help: the strip, the keys, the ladders, the words."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.parts import Console
from engine.console.visit import visit

WORDS = (
    "case",
    "limit",
    "silence",
    "hold",
    "finding",
    "suspicion",
    "breach",
    "excuse",
    "proceeding",
    "custody",
    "ledger",
    "provisional",
)


def add(router: APIRouter, console: Console) -> None:
    @router.get("/help")
    def show(request: Request) -> Response:
        with visit(console, request) as v:
            return v.page("help.html", words=WORDS)
