"""Findings: the list, and one with what a person makes of it and what would follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.actions import Act, Consequence, Refusal, perform, rehearse
from engine.console.errors import NotFound
from engine.console.export import Cell, exports
from engine.console.i18n import catalogue
from engine.console.paging import address, cursor, every, following, is_instant
from engine.console.parts import Console
from engine.console.views.findings import PAGE, FindingFilter, FindingRow, finding, list_findings
from engine.console.visit import Visit, visit
from rules.accountability import GRADES

STATUSES = ("open", "confirmed", "dismissed", "excused", "withdrawn")


def add(router: APIRouter, console: Console) -> None:
    @router.get("/findings")
    def show_all(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("finding.read")
            return _list(v)

    exports(router, console, "/findings", "nav.findings", _lines)

    @router.get("/findings/{id_}")
    def show(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            return _page(v, _found(v, id_))

    @router.post("/findings/{id_}/confirm")
    def confirm(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            row = _to_decide(v, id_)
            wrong = tuple(name for name in ("grade", "reason") if not _given(v, name))
            refusal = None if wrong else perform(v, _confirmation(v, row))
            return _page(v, row, refusal, wrong) if wrong or refusal else v.go(f"/findings/{id_}?done=confirmed")

    @router.post("/findings/{id_}/consequence")
    def consequence(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            row = _to_decide(v, id_)
            if not _given(v, "grade"):
                return _page(v, row, wrong=("grade",))
            found = rehearse(v, msgspec.structs.replace(_confirmation(v, row), token=v.new_token()))
            if request.headers.get("hx-request"):
                return v.page("consequence_alone.html", consequence=found)
            return _page(v, row, consequence=found)

    @router.post("/findings/{id_}/dismiss")
    def dismiss(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            row = _to_decide(v, id_)
            wrong = () if _given(v, "why") else ("why",)
            refusal = None if wrong else perform(v, _dismissal(v, row))
            return _page(v, row, refusal, wrong) if wrong or refusal else v.go(f"/findings/{id_}?done=dismissed")

    @router.post("/findings/{id_}/excuse")
    def excuse(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            return _said(v, id_, "excused", {"code": "code", "reason": "excuse"})

    @router.post("/findings/{id_}/withdraw")
    def withdraw(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            return _said(v, id_, "withdrawn", {"reason": "withdrawal"})


def _said(v: Visit, id_: str, word: str, fields: dict[str, str]) -> Response:
    """`fields`: of the fact, each with the field of the form that holds it."""
    row = _to_decide(v, id_)
    wrong = tuple(name for name in fields.values() if not _given(v, name))
    data = {name: v.form.get(field, "").strip() for name, field in fields.items()}
    act = Act(f"finding.{word}", row.case_id or "", {"finding": row.name, **data}, v.form.get("token", ""))
    refusal = None if wrong else perform(v, act)
    return _page(v, row, refusal, wrong) if wrong or refusal else v.go(f"/findings/{id_}?done={word}")


def _list(v: Visit) -> Response:
    wanted = _filter(v)
    rows = list_findings(v.db, wanted, v.units("finding.read"), v.person)
    kinds = sorted(key.removeprefix("finding.") for key in catalogue(v.t.locale) if key.startswith("finding."))
    units = v.units("finding.read")
    seen = [u for u in v.world.units.values() if units is None or u.id in units]
    kinds = [kind for kind in kinds if v.t.code("finding", kind) != kind]
    more = address("/findings", msgspec.to_builtins(wanted), following(rows, PAGE, "recorded_at"))
    return v.page("findings.html", wanted=wanted, rows=rows[:PAGE], next=more, kinds=kinds, units=seen)


def _filter(v: Visit) -> FindingFilter:
    asked = {name: v.request.query_params.get(name, "") for name in FindingFilter.__struct_fields__}
    if asked["status"] not in STATUSES:
        asked["status"] = "open"
    asked["since"] = asked["since"] if is_instant(asked["since"]) else ""
    asked["after"] = cursor(asked["after"])
    return FindingFilter(**asked)


def _found(v: Visit, id_: str) -> FindingRow:
    row = finding(v.db, id_)
    if row is None or not v.may("finding.read", row.unit, (row.person,)):
        raise NotFound
    return row


def _to_decide(v: Visit, id_: str) -> FindingRow:
    row = _found(v, id_)
    v.need("finding.decide", row.unit)
    return row


def _given(v: Visit, name: str) -> bool:
    words = v.form.get(name, "").strip()
    return words in GRADES if name == "grade" else bool(words)


def _confirmation(v: Visit, row: FindingRow) -> Act:
    data = {"finding": row.name, "grade": v.form["grade"], "reason": v.form.get("reason", "").strip() or None}
    if row.person:
        data["person"] = row.person
    return Act("finding.confirmed", row.case_id or "", {k: w for k, w in data.items() if w}, v.form.get("token", ""))


def _dismissal(v: Visit, row: FindingRow) -> Act:
    data = {"finding": row.name, "reason": v.form["why"].strip()}
    return Act("finding.dismissed", row.case_id or "", data, v.form.get("token", ""))


def _page(
    v: Visit,
    row: FindingRow,
    refusal: Refusal | None = None,
    wrong: tuple[str, ...] = (),
    consequence: Consequence | None = None,
) -> Response:
    return v.page(
        "finding.html", 422 if wrong or refusal else 200, row=row, refusal=refusal, wrong=wrong, form=v.form,
        consequence=consequence, may_decide=v.may("finding.decide", row.unit) and not row.of_carrier,
        token=v.form.get("token") or v.new_token(), other_token=v.new_token(), excuse_token=v.new_token(), withdraw_token=v.new_token(),
        exemptions=v.world.accountability_of(row.unit, v.today).exemptions if row.unit else (),
    )  # fmt: skip


def _lines(v: Visit) -> Iterator[Sequence[Cell]]:
    v.need_role("finding.read")
    yield [
        v.t(name)
        for name in (
            "col.what",
            "col.status",
            "suspicion",
            "col.case",
            "col.unit",
            "col.concerned",
            "legal_at",
            "recorded_at",
        )
    ]
    wanted, units = _filter(v), v.units("finding.read")

    def read(after: str) -> list[FindingRow]:
        return list_findings(v.db, msgspec.structs.replace(wanted, after=after), units, v.person)

    for row in every(read, PAGE, "recorded_at"):
        yield _words(v, row)


def _words(v: Visit, row: FindingRow) -> Sequence[Cell]:
    sort = v.t("trial") if row.trial else v.t("suspicion") if row.indication else ""
    return (
        v.finding(row.name, row.item), v.t.code("finding_status", row.status), sort, row.case_id, v.unit_name(row.unit),
        v.person_name(row.person), v.iso(row.legal_at), v.iso(row.recorded_at),
    )  # fmt: skip
