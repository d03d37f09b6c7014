"""Supervision of one case: an explanation demanded, a supervision proposal, a referral, each with who is told and by when; and their answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.actions import Act, Refusal, envelope_of, perform
from engine.console.errors import Forbidden, NotFound
from engine.console.parts import Console
from engine.console.views.case import CaseFile, case_file
from engine.console.views.findings import findings_of_case
from engine.console.views.requests import CaseAsked, RequestRow, asked_about, end_of, terms_of
from engine.console.visit import Visit, visit
from engine.documents.access import papers_of_case
from engine.errors import OperatorError
from engine.evidence.sealing import sealed
from engine.intake.foresight import Foreseen, foreseen
from engine.rights import Action


class Asking(msgspec.Struct, frozen=True):
    """`must`: the fields that have to be filled in; `may`: those that need not."""

    kind: str
    fact: str
    action: Action
    must: tuple[str, ...]
    may: tuple[str, ...]


ASKING = (
    Asking("inquiry", "inquiry.opened", "inquiry.open", ("text",), ("finding", "unit", "answer_by")),
    Asking("supervision", "supervision.proposed", "inquiry.open", ("text",), ("unit", "answer_by")),
    Asking("referral", "case.referred", "case.refer", ("to", "why"), ("person",)),
)


class Answering(msgspec.Struct, frozen=True):
    """`results`: among which one is chosen."""

    kind: str
    fact: str
    action: Action
    field: str
    results: tuple[str, ...] = ()


ANSWERING = (
    Answering("inquiry", "inquiry.answered", "inquiry.answer", "text"),
    Answering("supervision", "supervision.answered", "inquiry.answer", "text"),
    Answering("referral", "referral.answered", "case.refer", "receipt", ("received", "returned")),
)


def add(router: APIRouter, console: Console) -> None:
    @router.get("/supervision/{case_id:path}")
    def show(request: Request, case_id: str) -> Response:
        with visit(console, request) as v:
            return _page(v, _found(v, case_id))

    @router.post("/supervision/{case_id:path}/consequence")
    def consequence(request: Request, case_id: str) -> Response:
        with visit(console, request) as v:
            case = _found(v, case_id)
            return _foreseen(v, case, _asking(v, case))

    @router.post("/supervision/{case_id:path}/ask")
    def ask(request: Request, case_id: str) -> Response:
        with visit(console, request) as v:
            case = _found(v, case_id)
            asking = _asking(v, case)
            wrong = tuple(_wrong(v, case, asking))
            return _done(v, case, _act(v, case, asking), wrong, "asked")

    @router.post("/supervision/{case_id:path}/answer")
    def answer(request: Request, case_id: str) -> Response:
        with visit(console, request) as v:
            case = _found(v, case_id)
            answering, row = _answering(v, case)
            wrong = tuple(_unsaid(v, answering))
            return _done(v, case, _reply(v, case, answering, row), wrong, "answered")

    @router.post("/supervision/{case_id:path}/evidence")
    def evidence(request: Request, case_id: str) -> Response:
        with visit(console, request) as v:
            case = _found(v, case_id)
            v.need("case.refer", case.unit)
            return _package(v, case)


def may_supervise(v: Visit, unit: str | None) -> bool:
    """Whether the page is of use to somebody: who asks, who answers, who watches."""
    return v.may("finding.read", unit) and (v.knows("inquiry.open") or v.knows("inquiry.answer"))


def _found(v: Visit, case_id: str) -> CaseFile:
    """For who watches the case, and for the unit that something is asked of, which may be another."""
    case = case_file(v.db, case_id)
    if case is None or not (v.may("finding.read", case.unit) or _asked(v, case).rows):
        raise NotFound
    return case


def _asking(v: Visit, case: CaseFile) -> Asking:
    found = next((one for one in ASKING if one.kind == v.form.get("kind")), None)
    if found is None:
        raise NotFound
    v.need(found.action, case.unit)
    return found


def _answering(v: Visit, case: CaseFile) -> tuple[Answering, RequestRow]:
    found = next((pair for pair in _answerable(v, case, _asked(v, case)) if pair[0].kind == v.form.get("kind")), None)
    if found is None:
        raise Forbidden("inquiry.answer")
    return found


def _answerable(v: Visit, case: CaseFile, asked: CaseAsked) -> Iterator[tuple[Answering, RequestRow]]:
    """What waits and is for the person signed in to answer: the oldest of each kind."""
    for one in ANSWERING:
        for row in asked.waiting(one.kind):
            if v.may(one.action, case.unit if one.kind == "referral" else row.request.unit):
                yield one, row
                break


def _asked(v: Visit, case: CaseFile) -> CaseAsked:
    """What was asked; of a case that is not one's own only what one has to answer."""
    found = asked_about(v, case.case_id, case.item, case.unit)
    if v.may("finding.read", case.unit):
        return found
    mine = tuple(row for row in found.rows if row.kind != "referral" and v.may("inquiry.answer", row.request.unit))
    return CaseAsked(mine, ())


def _wrong(v: Visit, case: CaseFile, asking: Asking) -> Iterator[str]:
    """The fields of a form that are empty or hold what nobody offered."""
    yield from (f"{asking.kind}.{name}" for name in asking.must if not v.form.get(name, "").strip())
    offered = {"unit": _units(v, case), "finding": _findings(v, case), "person": _people(v, case)}
    for name in asking.may:
        given = v.form.get(name, "")
        if given and (given not in offered[name] if name in offered else not _is_day_ahead(v, given)):
            yield f"{asking.kind}.{name}"


def _is_day_ahead(v: Visit, words: str) -> bool:
    try:
        return date.fromisoformat(words) >= v.today
    except ValueError:
        return False


def _unsaid(v: Visit, answering: Answering) -> Iterator[str]:
    if not v.form.get(answering.field, "").strip():
        yield f"{answering.fact}.{answering.field}"
    if answering.results and v.form.get("result") not in answering.results:
        yield f"{answering.fact}.result"


def _act(v: Visit, case: CaseFile, asking: Asking) -> Act:
    given = {name: v.form.get(name, "").strip() for name in (*asking.must, *asking.may)}
    return Act(asking.fact, case.case_id, {n: w for n, w in given.items() if w}, v.form.get("token", ""))


def _reply(v: Visit, case: CaseFile, answering: Answering, row: RequestRow) -> Act:
    data = {answering.field: v.form.get(answering.field, "").strip()}
    if answering.results:
        data["result"] = v.form.get("result", "")
    else:
        data["unit"] = row.request.unit
    return Act(answering.fact, case.case_id, data, v.form.get("token", ""))


def _done(v: Visit, case: CaseFile, act: Act, wrong: tuple[str, ...], flash: str) -> Response:
    refusal = None if wrong else perform(v, act)
    if wrong or refusal:
        return _page(v, case, refusal, wrong)
    return v.go(f"/supervision/{quote(case.case_id)}?done={flash}")


def _foreseen(v: Visit, case: CaseFile, asking: Asking) -> Response:
    """Who would be told and by when, live from the rules; words that are still missing do not matter for that."""
    gaps = {f"{asking.kind}.{name}" for name in asking.must}
    wrong = tuple(name for name in _wrong(v, case, asking) if name not in gaps)
    found = None if wrong else _foresee(v, case, asking)
    if v.request.headers.get("hx-request"):
        return v.page("request_consequence_alone.html", foreseen=found, kind=asking.kind)
    return _page(v, case, wrong=wrong, foreseen=found)


def _foresee(v: Visit, case: CaseFile, asking: Asking) -> Foreseen:
    act = msgspec.structs.replace(_act(v, case, asking), token=v.new_token())
    act = msgspec.structs.replace(act, data={**dict.fromkeys(asking.must, "—"), **act.data})
    ends = end_of(terms_of(v, case.item, case.unit), act.type, act.data, v.now)
    return foreseen(v.db, envelope_of(v, act), f"{asking.kind}:{act.token}", ends, v.console.clock)


def _package(v: Visit, case: CaseFile) -> Response:
    """The sealed package as a file; that it was made stands on the ledger with its hash."""
    try:
        made = sealed(v.db, case.case_id, None, v.person, v.console.clock)
    except OperatorError:  # nothing was referred
        raise NotFound from None
    name = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in case.case_id)
    headers = {"Content-Disposition": f'attachment; filename="{name}-evidence.zip"', "X-Content-SHA256": made.sha256}
    return Response(made.content, media_type="application/zip", headers=headers)


def _units(v: Visit, case: CaseFile) -> tuple[str, ...]:
    """The case's unit first, then the offices whose opinion it needed."""
    offices = tuple(one["id"] for one in case.view.get("offices") or () if one["id"] in v.world.units)
    return tuple(dict.fromkeys(unit for unit in (case.unit, *offices) if unit))


def _findings(v: Visit, case: CaseFile) -> tuple[str, ...]:
    return tuple(row.name for row in findings_of_case(v.db, case.case_id) if row.status in {"open", "confirmed"})


def _people(v: Visit, case: CaseFile) -> tuple[str, ...]:
    """Whose matter it can be: who held the case, and whom something was found of."""
    found = (row.person for row in findings_of_case(v.db, case.case_id))
    return tuple(dict.fromkeys(person for person in (case.holder, *found) if person))


def _page(
    v: Visit,
    case: CaseFile,
    refusal: Refusal | None = None,
    wrong: tuple[str, ...] = (),
    foreseen: Foreseen | None = None,
) -> Response:
    asked = _asked(v, case)
    return v.page(
        "supervision.html", 422 if wrong or refusal else 200, case=case, asked=asked, refusal=refusal, wrong=wrong,
        form=v.form, foreseen=foreseen, kind=v.form.get("kind") or v.request.query_params.get("ask", ""),
        asking=[(one, v.new_token()) for one in ASKING if v.may(one.action, case.unit)],
        answering=[(one, row, v.new_token()) for one, row in _answerable(v, case, asked)],
        units=_units(v, case), findings=_findings(v, case), people=_people(v, case),
        about=v.form.get("finding") or v.request.query_params.get("finding", ""),
        papers=papers_of_case(v.db, case.case_id, v.now) if v.may("finding.read", case.unit) else [], may_seal=asked.referral is not None and v.may("case.refer", case.unit),
        seal_token=v.new_token(),
    )  # fmt: skip
