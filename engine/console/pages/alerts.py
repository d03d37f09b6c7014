"""Alerts: those of a level; one to acknowledge, to answer, or to close with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.actions import Act, Refusal, perform
from engine.console.deadlines import respond_until
from engine.console.errors import Forbidden, NotFound
from engine.console.export import Cell, exports
from engine.console.pages.sign_in import safe_address
from engine.console.paging import address, cursor, every, following
from engine.console.parts import Console
from engine.console.views.alerts import PAGE, AlertRow, alert, open_alerts
from engine.console.views.cases import LEVELS
from engine.console.visit import Visit, visit
from engine.documents.access import papers
from engine.documents.kinds import About
from engine.intake.foresight import Card, unanswered


def add(router: APIRouter, console: Console) -> None:
    @router.get("/alerts")
    def show_all(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("alert.read")
            return _list(v)

    exports(router, console, "/alerts", "alert.list", _lines)

    @router.get("/alerts/{id_}")
    def show(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            return _page(v, _found(v, id_))

    @router.post("/alerts/{id_}/acknowledge")
    def acknowledge(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            row = _mine(v, id_)
            refusal = perform(v, _act(v, row, "alert.acknowledged", {}))
            return _page(v, row, refusal=refusal) if refusal else v.go(_back(v, "acknowledged"))

    @router.post("/alerts/{id_}/answer")
    def answer(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            row = _mine(v, id_)
            text = v.form.get("text", "").strip()
            if not text:
                return _page(v, row, wrong=("text",))
            refusal = perform(v, _act(v, row, "alert.answered", {"text": text}))
            return _page(v, row, refusal=refusal) if refusal else v.go(f"/alerts/{id_}?done=answered")

    @router.post("/alerts/{id_}/close")
    def close(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            row = _found(v, id_)
            if not _may_close(v, row):
                raise Forbidden("alert.close")
            reason = v.form.get("reason", "").strip()
            if not reason:
                return _page(v, row, wrong=("reason",))
            refusal = perform(v, _act(v, row, "alert.closed", {"reason": reason}))
            return _page(v, row, refusal=refusal) if refusal else v.go(f"/alerts/{id_}?done=alert_closed")


def _list(v: Visit) -> Response:
    asked = v.request.query_params
    level = asked.get("level", "red")
    rows = open_alerts(v.db, level, v.units("alert.read"), v.person, cursor(asked.get("after", "")))
    more = address("/alerts", {"level": level}, following(rows, PAGE, "fired_at"))
    return v.page("alerts.html", rows=rows[:PAGE], wanted=level, levels=LEVELS, next=more)


def _act(v: Visit, row: AlertRow, type_: str, more: dict[str, str]) -> Act:
    return Act(type_, row.case_id or "", {"level": row.level, "cause": row.cause, **more}, v.form.get("token", ""))


def _back(v: Visit, done: str) -> str:
    there = safe_address(v.form.get("next")).partition("?")[0]
    return f"{there}?done={done}"


def _found(v: Visit, id_: str) -> AlertRow:
    row = alert(v.db, id_)
    if row is None or not v.may("alert.read", row.unit, row.data.get("to", ())):
        raise NotFound
    return msgspec.structs.replace(row, respond_until=respond_until(v, row))


def _mine(v: Visit, id_: str) -> AlertRow:
    row = _found(v, id_)
    if v.person not in row.data.get("to", ()):
        raise Forbidden("alert.answer")
    return row


def _may_close(v: Visit, row: AlertRow) -> bool:
    """Whoever stands above those who were asked; nobody what he was asked himself. The rules look once more."""
    waits = row.case_id is not None and row.status in {"open", "acknowledged"}
    return waits and v.person not in row.data.get("to", ()) and v.may("alert.close", row.unit)


def _climb(v: Visit, row: AlertRow) -> tuple[Card, ...]:
    """Who would be asked next if the alert were left as it is."""
    if row.case_id is None or row.respond_until is None or row.respond_until <= v.now:
        return ()
    return unanswered(v.db, row.case_id, row.cause, row.respond_until)


def _page(v: Visit, row: AlertRow, refusal: Refusal | None = None, wrong: tuple[str, ...] = ()) -> Response:
    may_close = _may_close(v, row)
    return v.page(
        "alert.html", 422 if refusal or wrong else 200, row=row, refusal=refusal, wrong=wrong, form=v.form,
        mine=v.person in row.data.get("to", ()), papers=papers(v.db, About("alert", row.id), v.now), token=v.form.get("token") or v.new_token(), other_token=v.new_token(),
        may_close=may_close, climb=_climb(v, row) if may_close else (),
    )  # fmt: skip


def _lines(v: Visit) -> Iterator[Sequence[Cell]]:
    v.need_role("alert.read")
    yield [v.t(f"col.{name}") for name in ("what", "level", "case", "unit")] + [
        v.t("alert.fired"),
        v.t("col.to"),
        v.t("col.status"),
    ]
    level, units = v.request.query_params.get("level", "red"), v.units("alert.read")
    for row in every(lambda after: open_alerts(v.db, level, units, v.person, after), PAGE, "fired_at"):
        to = "、".join(map(v.person_name, row.data.get("to", ())))
        status = v.t.code("alert_status", row.status)
        yield (
            v.cause(row.cause, row.item),
            v.t.code("level", row.level),
            row.case_id,
            v.unit_name(row.unit),
            v.iso(row.fired_at),
            to,
            status,
        )
