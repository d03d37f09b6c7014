"""What is said and decided in a proceeding: the statement, the measure with its consequence shown before, and every other act."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.actions import Act, Consequence, perform, rehearse
from engine.console.errors import Forbidden
from engine.console.pages.proceeding_acts import Form, act, forms, missing, whose
from engine.console.pages.proceedings import found, levels, may_decide, may_state, page
from engine.console.parts import Console
from engine.console.views.proceedings import ProceedingRow
from engine.console.visit import Visit, visit


def add(router: APIRouter, console: Console) -> None:
    @router.post("/proceedings/{id_:path}/statement")
    def state(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            return _state(v, found(v, id_))

    @router.post("/proceedings/{id_:path}/decide")
    def decide(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            row = _to_decide(v, id_)
            wrong = _wrong(v, row)
            return _done(v, row, None if wrong else _decision(v, row), wrong, "decided")

    @router.post("/proceedings/{id_:path}/act/{name}")
    def do(request: Request, id_: str, name: str) -> Response:
        with visit(console, request) as v:
            row = found(v, id_)
            form = _offered(v, row, name)
            wrong = tuple(f"{name}.{field}" for field in missing(v, form))
            return _done(v, row, None if wrong else act(v, form, row), wrong, name)

    @router.post("/proceedings/{id_:path}/consequence")
    def consequence(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            return _foreseen(v, _to_decide(v, id_))


def _state(v: Visit, row: ProceedingRow) -> Response:
    if not may_state(v, row):
        raise Forbidden("statement.file")
    wrong = () if v.form.get("text", "").strip() else ("text",)
    return _done(v, row, None if wrong else _statement(v, row), wrong, "stated")


def _done(v: Visit, row: ProceedingRow, said: Act | None, wrong: tuple[str, ...], flash: str) -> Response:
    """Through the one door; nothing where the form was not filled in."""
    refusal = perform(v, said) if said is not None else None
    if wrong or refusal:
        return page(v, row, refusal, wrong)
    return v.go(f"/proceedings/{row.proceeding_id}?done={flash}")


def _foreseen(v: Visit, row: ProceedingRow) -> Response:
    if v.form.get("level") not in levels(row):
        return page(v, row, wrong=("level",))
    shown = _own(row, rehearse(v, msgspec.structs.replace(_decision(v, row), token=v.new_token())))
    if v.request.headers.get("hx-request"):
        return v.page("consequence_alone.html", consequence=shown)
    return page(v, row, consequence=shown)


def _offered(v: Visit, row: ProceedingRow, name: str) -> Form:
    form = next((form for form in forms(v, row) if form.name == name), None)
    if form is None:
        raise Forbidden("proceeding.read")
    return form


def _own(row: ProceedingRow, shown: Consequence) -> Consequence:
    """Of all proceedings of the case, this one."""
    same = tuple(one for one in shown.proceedings if one.proceeding_id == row.proceeding_id)
    return msgspec.structs.replace(shown, proceedings=same)


def _to_decide(v: Visit, id_: str) -> ProceedingRow:
    row = found(v, id_)
    if not may_decide(v, row):
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
