"""Channels and the log of deliveries: whether each works, a test, and one more try of what did not arrive."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.channels.sending import SendError, ask_test, send_again
from engine.channels.states import states
from engine.console.errors import NotFound
from engine.console.parts import Console
from engine.console.views.deliveries import STATUSES, list_deliveries
from engine.console.visit import Visit, visit

PAGE = 50


def add(router: APIRouter, console: Console) -> None:
    @router.get("/channels")
    def show(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("channel.read")
            return v.page("channels.html", rows=states(v.db, mail=console.mail), may_test=v.knows("channel.manage"))

    @router.post("/channels/{id_}/test")
    def test(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            v.need_role("channel.manage")
            try:
                ask_test(v.db, id_, v.person, v.t.locale, v.now, status="due")
            except SendError as error:
                raise NotFound from error
            return v.go(f"/deliveries?channel={id_}&done=tested")

    @router.get("/deliveries")
    def log(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("channel.read")
            return _log(v)

    @router.post("/deliveries/{id_}/again")
    def again(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            v.need_role("channel.manage")
            try:
                send_again(v.db, id_, v.now)
            except SendError as error:
                raise NotFound from error
            return v.go("/deliveries?done=sent_again")


def _log(v: Visit) -> Response:
    asked = v.request.query_params
    channel, status, before = (asked.get(name, "") for name in ("channel", "status", "before"))
    found = list_deliveries(v.db, channel, status if status in STATUSES else "", _cursor(before), PAGE)
    rows = found[:PAGE]
    following = f"{rows[-1].created_at.isoformat()}|{rows[-1].id}" if len(found) > PAGE else None
    known = [one.id for one in states(v.db, mail=v.console.mail)]
    return v.page(
        "deliveries.html", rows=rows, next=following, channel=channel, wanted=status, statuses=STATUSES, channels=known,
        may_send=v.knows("channel.manage"),
    )  # fmt: skip


def _cursor(text: str) -> str:
    """What we gave out ourselves, or nothing."""
    try:
        datetime.fromisoformat(text.partition("|")[0])
    except ValueError:
        return ""
    return text if "|" in text else ""
