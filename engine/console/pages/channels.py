"""Channels and the log of deliveries: whether each works, a test, and one more try of what did not arrive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.channels.sending import SendError, ask_test, send_again
from engine.channels.states import states
from engine.console.errors import NotFound
from engine.console.export import Cell, exports
from engine.console.paging import address, cursor, every, following
from engine.console.parts import Console
from engine.console.views.deliveries import ASKED, DeliveryRow, list_deliveries
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

    exports(router, console, "/deliveries", "channels.log", _lines)

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
    channel, status, after = (asked.get(name, "") for name in ("channel", "status", "after"))
    found = list_deliveries(v.db, channel, status if status in ASKED else "", cursor(after), PAGE)
    rows = found[:PAGE]
    more = address("/deliveries", {"channel": channel, "status": status}, following(found, PAGE, "created_at"))
    known = [one.id for one in states(v.db, mail=v.console.mail)]
    return v.page(
        "deliveries.html", rows=rows, next=more, channel=channel, wanted=status, statuses=ASKED, channels=known,
        may_send=v.knows("channel.manage"),
    )  # fmt: skip


def _lines(v: Visit) -> Iterator[Sequence[Cell]]:
    v.need_role("channel.read")
    yield [
        v.t(name)
        for name in (
            "channels.notice",
            "col.level",
            "col.when",
            "col.case",
            "channels.to",
            "channels.channel",
            "channels.state",
            "channels.attempts",
        )
    ]
    asked = v.request.query_params
    channel, status = asked.get("channel", ""), asked.get("status", "")
    status = status if status in ASKED else ""
    for row in every(lambda after: list_deliveries(v.db, channel, status, after, PAGE), PAGE, "created_at"):
        state = v.t.code("delivery_status", row.status)
        yield (
            v.t.code("notice", row.kind),
            v.t.code("level", row.level),
            v.iso(row.created_at),
            row.case_id,
            _to(v, row),
            row.channel,
            state,
            len(row.attempts),
        )


def _to(v: Visit, row: DeliveryRow) -> str:
    """Whom a message was for, as the page says it."""
    if row.person is None:
        return v.t("channels.group")
    return v.t("channels.applicant") if row.person == "applicant" else v.person_name(row.person)
