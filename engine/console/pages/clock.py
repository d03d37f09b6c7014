"""The simulated clock: what it shows, and the operator's hand on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from engine.console.errors import NotFound
from engine.console.pages.sign_in import safe_address
from engine.console.parts import Console
from engine.console.visit import Visit, visit
from engine.demo import clock_row

_DEEDS: dict[str, Callable[[psycopg.Connection[Any]], object]] = {
    "pause": clock_row.pause,
    "resume": clock_row.resume,
    "step": clock_row.step_day,
    "speed-25": lambda db: clock_row.set_speed(db, 25),
    "speed-100": lambda db: clock_row.set_speed(db, 100),
    "speed-400": lambda db: clock_row.set_speed(db, 400),
}


def add(router: APIRouter, console: Console) -> None:
    @router.get("/demo/clock")
    def show(request: Request) -> Response:
        with visit(console, request) as v:
            _simulated(v)
            return JSONResponse({"now": v.now.isoformat(), "text": v.d.instant(v.now)})

    @router.post("/demo/clock")
    def turn(request: Request) -> Response:
        with visit(console, request) as v:
            _simulated(v)
            v.need_role("clock.control")
            deed = _DEEDS.get(v.form.get("do", ""))
            if deed is None:
                raise NotFound
            deed(v.db)
            return v.go(safe_address(v.form.get("next")))


def _simulated(v: Visit) -> None:
    if v.course is None:
        raise NotFound
