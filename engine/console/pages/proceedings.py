"""Proceedings: the list; one with its phases and what can be said and decided now. The engine proposes, a person decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.actions import Consequence, Refusal
from engine.console.errors import NotFound
from engine.console.export import Cell, exports
from engine.console.pages.proceeding_acts import RESULTS, forms
from engine.console.paging import address, cursor, every, following
from engine.console.parts import Console
from engine.console.views.alerts import alerts_of_case
from engine.console.views.case import ledger
from engine.console.views.proceedings import (
    ENDED_PHASES,
    OPEN_PHASES,
    PAGE,
    ProceedingRow,
    deliveries_of,
    like_cases,
    list_proceedings,
    proceeding,
)
from engine.console.visit import Visit, visit
from engine.documents.access import papers
from engine.documents.kinds import About
from rules.accountability import MEASURES, UNIT_MEASURES

PHASES = ("opened", "statement", "proposed", "decided", "served", "effective", "executed", "closed")


def add(router: APIRouter, console: Console) -> None:
    @router.get("/proceedings")
    def show_all(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("proceeding.read")
            return _list(v)

    exports(router, console, "/proceedings", "nav.proceedings", _lines)

    @router.get("/proceedings/{id_:path}")
    def show(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            return page(v, found(v, id_))


def _list(v: Visit) -> Response:
    ended = bool(v.request.query_params.get("ended"))
    rows = _rows(v, cursor(v.request.query_params.get("after", "")))
    more = address("/proceedings", {"ended": "1" if ended else ""}, following(rows, PAGE, "opened_at", "proceeding_id"))
    return v.page("proceedings.html", rows=rows[:PAGE], ended=ended, next=more)


def _rows(v: Visit, after: str) -> list[ProceedingRow]:
    # Rule 7: a record shows what may still be counted; the archive is for those entitled.
    counted_on = None if v.knows("archive.read") else v.today
    phases = ENDED_PHASES if v.request.query_params.get("ended") else OPEN_PHASES
    return list_proceedings(v.db, phases, v.units("proceeding.read"), v.person, counted_on, after)


def found(v: Visit, id_: str) -> ProceedingRow:
    row = proceeding(v.db, id_)
    if row is None or not v.may("proceeding.read", row.unit, (row.person, row.owner)):
        raise NotFound
    if row.phase == "closed" and not row.counts_on(v.today) and not (v.knows("archive.read") or row.person == v.person):
        raise NotFound
    return row


def may_state(v: Visit, row: ProceedingRow) -> bool:
    mine = row.person == v.person or (row.person is None and v.may("inquiry.answer", row.unit))
    return mine and row.phase in {"opened", "notified", "statement"}


def may_decide(v: Visit, row: ProceedingRow) -> bool:
    return row.phase == "proposed" and row.person != v.person and v.may("measure.decide", row.unit)


def levels(row: ProceedingRow) -> tuple[str, ...]:
    """The numbers of the measures: seven towards a person, four towards a unit."""
    return tuple(str(level) for level in range(1, 1 + len(MEASURES if row.person else UNIT_MEASURES)))


def _phases(row: ProceedingRow) -> tuple[str, ...]:
    """The line of phases; review and referral stand in it only where they happened."""
    if row.phase in PHASES:
        return PHASES
    place = PHASES.index("effective")  # review; a referral freezes it wherever it stands
    return (*PHASES[:place], row.phase, *PHASES[place:])


def page(
    v: Visit,
    row: ProceedingRow,
    refusal: Refusal | None = None,
    wrong: tuple[str, ...] = (),
    consequence: Consequence | None = None,
) -> Response:
    phases = _phases(row)
    rules = v.world.accountability_of(row.unit or "", v.today)
    head = v.world.units[row.unit].first_responsible if row.unit in v.world.units else None
    return v.page(
        "proceeding.html", 422 if wrong or refusal else 200, row=row, phases=phases, place=phases.index(row.phase),
        refusal=refusal, wrong=wrong, form=v.form, consequence=consequence,
        competence=rules.head_decides_up_to if v.person == head else len(MEASURES), levels=levels(row), forms=forms(v, row),
        may_state=may_state(v, row), may_decide=may_decide(v, row),
        waits=row.phase == "statement" and row.person != v.person and v.may("measure.decide", row.unit),
        like=like_cases(v.db, row.grade, row.count_in_window), alerts=alerts_of_case(v.db, row.case_id or ""), papers=papers(v.db, About("proceeding", row.proceeding_id), v.now),
        ledger=ledger(v.db, row.stream_id) if v.may("ledger.read", row.unit) else [],
        delivered=deliveries_of(v.db, row.case_id or ""), results=RESULTS,
        token=v.form.get("token") or v.new_token(), other_token=v.new_token(), new_token=v.new_token,
    )  # fmt: skip


def _lines(v: Visit) -> Iterator[Sequence[Cell]]:
    v.need_role("proceeding.read")
    yield [
        v.t(f"col.{name}") for name in ("concerned", "unit", "phase", "until", "owner", "proposed", "decided", "case")
    ]
    for row in every(lambda after: _rows(v, after), PAGE, "opened_at", "proceeding_id"):
        yield _words(v, row)


def _words(v: Visit, row: ProceedingRow) -> Sequence[Cell]:
    group = "measure" if row.person else "unit_measure"
    proposed, decided = (
        v.t.code(group, str(level)) if level else "" for level in (row.proposed_level, row.decided_level)
    )
    return (
        v.person_name(row.person or row.unit), v.unit_name(row.unit), v.t.code("phase", row.phase), v.iso(row.phase_until), v.person_name(row.owner),
        proposed, decided, row.case_id,
    )  # fmt: skip
