"""Proceedings: the list; one with its phases, its statement and its decision. The engine proposes, a person decides."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.actions import Act, Consequence, Refusal, perform, rehearse
from engine.console.errors import Forbidden, NotFound
from engine.console.pages.proceeding_acts import RESULTS, act, forms, missing, whose
from engine.console.parts import Console
from engine.console.views.alerts import alerts_of_case
from engine.console.views.case import ledger
from engine.console.views.proceedings import (
    ENDED_PHASES,
    OPEN_PHASES,
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


def levels(row: ProceedingRow) -> tuple[str, ...]:
    """The numbers of the measures: seven towards a person, four towards a unit."""
    return tuple(str(level) for level in range(1, 1 + len(MEASURES if row.person else UNIT_MEASURES)))


def add(router: APIRouter, console: Console) -> None:
    @router.get("/proceedings")
    def show_all(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("proceeding.read")
            ended = bool(request.query_params.get("ended"))
            phases = ENDED_PHASES if ended else OPEN_PHASES
            # Rule 7: a record shows what may still be counted; the archive is for those entitled.
            counted_on = None if v.knows("archive.read") else v.today
            rows = list_proceedings(v.db, phases, v.units("proceeding.read"), v.person, counted_on)
            return v.page("proceedings.html", rows=rows, ended=ended)

    @router.get("/proceedings/{id_:path}")
    def show(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            return _page(v, _found(v, id_))

    @router.post("/proceedings/{id_:path}/statement")
    def state(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            row = _found(v, id_)
            if not _may_state(v, row):
                raise Forbidden("statement.file")
            wrong = () if v.form.get("text", "").strip() else ("text",)
            refusal = None if wrong else perform(v, _statement(v, row))
            return _page(v, row, refusal, wrong) if wrong or refusal else v.go(f"/proceedings/{id_}?done=stated")

    @router.post("/proceedings/{id_:path}/decide")
    def decide(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            row = _to_decide(v, id_)
            wrong = _wrong(v, row)
            refusal = None if wrong else perform(v, _decision(v, row))
            return _page(v, row, refusal, wrong) if wrong or refusal else v.go(f"/proceedings/{id_}?done=decided")

    @router.post("/proceedings/{id_:path}/act/{name}")
    def do(request: Request, id_: str, name: str) -> Response:
        with visit(console, request) as v:
            row = _found(v, id_)
            form = next((form for form in forms(v, row) if form.name == name), None)
            if form is None:
                raise Forbidden("proceeding.read")
            wrong = tuple(f"{name}.{field}" for field in missing(v, form))
            refusal = None if wrong else perform(v, act(v, form, row))
            return _page(v, row, refusal, wrong) if wrong or refusal else v.go(f"/proceedings/{id_}?done={name}")

    @router.post("/proceedings/{id_:path}/consequence")
    def consequence(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            row = _to_decide(v, id_)
            if v.form.get("level") not in levels(row):
                return _page(v, row, wrong=("level",))
            found = _own(row, rehearse(v, msgspec.structs.replace(_decision(v, row), token=v.new_token())))
            if request.headers.get("hx-request"):
                return v.page("consequence_alone.html", consequence=found)
            return _page(v, row, consequence=found)


def _own(row: ProceedingRow, found: Consequence) -> Consequence:
    """Of all proceedings of the case, this one."""
    same = tuple(one for one in found.proceedings if one.proceeding_id == row.proceeding_id)
    return msgspec.structs.replace(found, proceedings=same)


def _found(v: Visit, id_: str) -> ProceedingRow:
    row = proceeding(v.db, id_)
    if row is None or not v.may("proceeding.read", row.unit, (row.person, row.owner)):
        raise NotFound
    if row.phase == "closed" and not row.counts_on(v.today) and not (v.knows("archive.read") or row.person == v.person):
        raise NotFound
    return row


def _may_state(v: Visit, row: ProceedingRow) -> bool:
    mine = row.person == v.person or (row.person is None and v.may("inquiry.answer", row.unit))
    return mine and row.phase in {"opened", "notified", "statement"}


def _may_decide(v: Visit, row: ProceedingRow) -> bool:
    return row.phase == "proposed" and row.person != v.person and v.may("measure.decide", row.unit)


def _to_decide(v: Visit, id_: str) -> ProceedingRow:
    row = _found(v, id_)
    if not _may_decide(v, row):
        raise Forbidden("measure.decide")
    return row


def _wrong(v: Visit, row: ProceedingRow) -> tuple[str, ...]:
    level = v.form.get("level", "")
    if level not in levels(row):
        return ("level",)
    otherwise = row.proposed_level is not None and int(level) != row.proposed_level
    return ("reason",) if otherwise and not v.form.get("reason", "").strip() else ()


def _statement(v: Visit, row: ProceedingRow) -> Act:
    data: dict[str, object] = {"text": v.form["text"].strip(), **whose(row)}
    return Act("statement.filed", row.case_id or "", data, v.form.get("token", ""))


def _decision(v: Visit, row: ProceedingRow) -> Act:
    data: dict[str, object] = {"level": int(v.form["level"]), **whose(row)}
    if reason := v.form.get("reason", "").strip():
        data["reason"] = reason
    return Act("measure.decided", row.case_id or "", data, v.form.get("token", ""))


def _phases(row: ProceedingRow) -> tuple[str, ...]:
    """The line of phases; review and referral stand in it only where they happened."""
    if row.phase in PHASES:
        return PHASES
    place = PHASES.index("effective")  # review; a referral freezes it wherever it stands
    return (*PHASES[:place], row.phase, *PHASES[place:])


def _page(
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
        may_state=_may_state(v, row), may_decide=_may_decide(v, row),
        waits=row.phase == "statement" and row.person != v.person and v.may("measure.decide", row.unit),
        like=like_cases(v.db, row.grade, row.count_in_window), alerts=alerts_of_case(v.db, row.case_id or ""), papers=papers(v.db, About("proceeding", row.proceeding_id), v.now),
        ledger=ledger(v.db, row.stream_id) if v.may("ledger.read", row.unit) else [],
        delivered=deliveries_of(v.db, row.case_id or ""), results=RESULTS,
        token=v.form.get("token") or v.new_token(), other_token=v.new_token(), new_token=v.new_token,
    )  # fmt: skip
