"""My messages: the in-app inbox."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.paging import address, cursor, following
from engine.console.parts import Console
from engine.console.views.messages import PAGE, list_messages, mark_read
from engine.console.visit import visit


def add(router: APIRouter, console: Console) -> None:
    @router.get("/messages")
    def show(request: Request) -> Response:
        with visit(console, request) as v:
            found = list_messages(v.db, v.person, cursor(request.query_params.get("after", "")))
            more = address("/messages", {}, following(found, PAGE, "created_at"))
            rows = found[:PAGE]
            return v.page("messages.html", rows=rows, next=more, unread=any(not row.read_at for row in rows))

    @router.post("/messages/read")
    def read(request: Request) -> Response:
        with visit(console, request) as v:
            mark_read(v.db, v.person, v.now)
            return v.go("/messages")
