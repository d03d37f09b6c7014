"""Facts that cannot be placed yet: why, since when, and how a person settles them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.actions import Refusal
from engine.console.errors import NotFound
from engine.console.export import Cell, exports
from engine.console.paging import address, cursor, every, following
from engine.console.parts import Console
from engine.console.views import parked
from engine.console.views.parked import PAGE, WaitingRow
from engine.console.visit import Visit, visit
from engine.intake import settling
from engine.intake.consequence import Consequence, tried
from engine.intake.settling import Discarding, SettlingError

VIEWS = ("parked", "quarantined", "settled")


def add(router: APIRouter, console: Console) -> None:
    @router.get("/parked")
    def show_all(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("health.read")
            return _list(v)

    exports(router, console, "/parked", "nav.parked", _lines)

    @router.get("/parked/fact")
    def show(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("health.read")
            return _page(v, _found(v, request.query_params.get("source", ""), request.query_params.get("id", "")))

    @router.post("/parked/consequence")
    def consequence(request: Request) -> Response:
        with visit(console, request) as v:
            row = _to_settle(v)
            try:
                return _page(v, row, consequence=_tried(v, row))
            except SettlingError as error:
                return _page(v, row, Refusal(error.code, str(error)))

    @router.post("/parked/release")
    def release(request: Request) -> Response:
        with visit(console, request) as v:
            row = _to_settle(v)
            try:
                answer = settling.release(v.db, (row.source, row.message_id), console.clock)
            except SettlingError as error:
                return _page(v, row, Refusal(error.code, str(error)))
            if answer.outcome in {"undecided", "parked"}:
                return _page(v, row, Refusal(answer.code or answer.outcome, answer.message or ""))
            return v.go("/parked?done=released")

    @router.post("/parked/discard")
    def discard(request: Request) -> Response:
        with visit(console, request) as v:
            row = _to_settle(v)
            reason = v.form.get("reason", "").strip()
            if not reason:
                return _page(v, row, wrong=("reason",))
            how = Discarding(v.person, reason, v.form.get("token", "") or v.new_token(), v.person)
            try:
                settling.discard(v.db, (row.source, row.message_id), how, console.clock)
            except SettlingError as error:
                return _page(v, row, Refusal(error.code, str(error)))
            return v.go("/parked?done=discarded")


def _list(v: Visit) -> Response:
    view = _view(v)
    source = v.request.query_params.get("source", "")
    rows = _rows(v, cursor(v.request.query_params.get("after", "")))
    more = address("/parked", {"view": view, "source": source}, following(rows, PAGE, "since", "message_id"))
    settled = parked.settled(v.db) if view == "settled" else []
    return v.page(
        "parked.html", view=view, views=VIEWS, rows=rows[:PAGE], settled=settled, counts=parked.counts(v.db), address=_address,
        source=source, sources=sorted(v.world.sources), next=more,
    )  # fmt: skip


def _view(v: Visit) -> str:
    view = v.request.query_params.get("view", "parked")
    return view if view in VIEWS else "parked"


def _rows(v: Visit, after: str) -> list[WaitingRow]:
    read = {"parked": parked.parked, "quarantined": parked.quarantined}.get(_view(v))
    return read(v.db, v.request.query_params.get("source", ""), after) if read else []


def _lines(v: Visit) -> Iterator[Sequence[Cell]]:
    v.need_role("health.read")
    yield [v.t(f"col.{name}") for name in ("what", "why", "case", "item", "source", "since")]
    for row in every(lambda after: _rows(v, after), PAGE, "since", "message_id"):
        yield (
            v.t.code("fact", row.type),
            v.t.code("waits", row.why),
            row.case_id,
            row.item,
            row.source,
            v.iso(row.since),
        )


def _address(row: WaitingRow) -> str:
    return "/parked/fact?" + urlencode({"source": row.source, "id": row.message_id})


def _found(v: Visit, source: str, message_id: str) -> WaitingRow:
    row = parked.waiting(v.db, source, message_id)
    if row is None:
        raise NotFound
    return row


def _to_settle(v: Visit) -> WaitingRow:
    v.need("fact.settle", None)
    return _found(v, v.form.get("source", ""), v.form.get("id", ""))


def _tried(v: Visit, row: WaitingRow) -> Consequence:
    """What taking it up would bring about; undone at once."""
    name, clock = (row.source, row.message_id), v.console.clock
    return tried(v.db, row.case_id, lambda: settling.release(v.db, name, clock), clock)


def _page(
    v: Visit,
    row: WaitingRow,
    refusal: Refusal | None = None,
    wrong: tuple[str, ...] = (),
    consequence: Consequence | None = None,
) -> Response:
    return v.page(
        "parked_fact.html", 422 if wrong or refusal else 200, row=row, refusal=refusal, wrong=wrong, form=v.form,
        consequence=consequence, may_settle=v.may("fact.settle", None),
        published=row.item is not None and v.world.item(row.item, v.today) is not None,
        token=v.form.get("token") or v.new_token(),
    )  # fmt: skip
