"""One case: its dates and why, who has it, what was raised, what stands on its ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest
from typing import Any
from urllib.parse import quote

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.actions import Act, Refusal, perform
from engine.console.case_list import standing
from engine.console.drawing import drawn
from engine.console.errors import Forbidden, NotFound
from engine.console.explanation import explained
from engine.console.pages.requests import may_supervise
from engine.console.parts import Console
from engine.console.pre_mortem import CHOICES, pre_mortem
from engine.console.views import alerts, breaches, certificates, findings, holds, proceedings
from engine.console.views.case import CaseFile, case_file, ledger
from engine.console.visit import Visit, visit
from engine.documents.access import papers_of_case
from engine.vault.following import code_of
from rules.case import Case


def add(router: APIRouter, console: Console) -> None:
    @router.get("/cases/{case_id:path}")
    def show(request: Request, case_id: str) -> Response:
        with visit(console, request) as v:
            case = case_file(v.db, case_id)
            if case is None or not v.may("case.read", case.unit, (case.holder,)):
                raise NotFound
            return _page(v, case)

    @router.post("/cases/{case_id:path}/silence")
    def consider(request: Request, case_id: str) -> Response:
        with visit(console, request) as v:
            case = case_file(v.db, case_id)
            if case is None or not v.may("case.read", case.unit, (case.holder,)):
                raise NotFound
            return _considered(v, case)


def _considered(v: Visit, case: CaseFile) -> Response:
    """time-limits.md 6.8: the choice is recorded, with its reason if one is given. It moves nothing by itself."""
    found = explained(v, [case.case_id]).get(case.case_id)
    if pre_mortem(v, case, found.case if found else None) is None:
        raise Forbidden("hold.close")
    choice, reason = v.form.get("choice", ""), v.form.get("reason", "").strip()
    if choice not in CHOICES:
        return _page(v, case, wrong=("choice",))
    data = {"choice": choice, **({"reason": reason} if reason else {})}
    refusal = perform(v, Act("silence.considered", case.case_id, data, v.form.get("token", "")))
    return _page(v, case, refusal=refusal) if refusal else v.go(f"/cases/{quote(case.case_id)}?done=considered")


def _page(v: Visit, case: CaseFile, refusal: Refusal | None = None, wrong: tuple[str, ...] = ()) -> Response:
    found = explained(v, [case.case_id]).get(case.case_id)
    clocks, main = (found.clocks, found.main) if found else ((), None)
    words = standing(v, main) if main else ""
    return v.page(
        "case.html",
        422 if refusal or wrong else 200,
        silence=pre_mortem(v, case, found.case if found else None),
        choices=CHOICES,
        refusal=refusal,
        wrong=wrong,
        token=v.form.get("token") or v.new_token(),
        case=case,
        clocks=clocks,
        main=main,
        words=words,
        strips={clock.name: drawn(clock, standing(v, clock)) for clock in clocks},
        stops=found.case.stops if found else (),
        custody=list(_custody(found.case if found else None)),
        workflow=_workflow(v, case),
        may_supervise=may_supervise(v, case.unit),
        follow_code=code_of(v.db, case.case_id) if v.may("fact.report", case.unit, (case.holder,)) else None,
        alerts=alerts.alerts_of_case(v.db, case.case_id),
        certificates=certificates.certificates_of_case(v.db, case.case_id),
        ledger=ledger(v.db, f"case:{case.case_id}") if v.may("ledger.read", case.unit) else None,
        **_supervision(v, case),
    )


class Held(msgspec.Struct, frozen=True):
    holder: str
    since: datetime
    until: datetime | None


def _custody(case: Case | None) -> Iterator[Held]:
    """Who had the case from when to when; the last one until its end."""
    held = case.custody if case else ()
    for one, following in zip_longest(held, held[1:]):
        yield Held(one.holder, one.since, following.since if following else case.closed_at if case else None)


def _supervision(v: Visit, case: CaseFile) -> dict[str, Any]:
    """What was found, for those who may see it."""
    seen = findings.findings_of_case(v.db, case.case_id)
    mine = proceedings.proceedings_of_case(v.db, case.case_id)
    return {
        "findings": [row for row in seen if v.may("finding.read", row.unit, (row.person,))],
        "breaches": breaches.breaches_of_case(v.db, case.case_id),
        "holds": holds.holds_of_case(v.db, case.case_id),
        "papers": papers_of_case(v.db, case.case_id, v.now) if v.may("finding.read", case.unit) else [],
        "proceedings": [row for row in mine if v.may("proceeding.read", row.unit, (row.person, row.owner))],
    }


def _workflow(v: Visit, case: CaseFile) -> str | None:
    ui = v.console.temporal_ui
    return f"{ui.rstrip('/')}/namespaces/default/workflows/{quote(f'case:{case.case_id}', safe='')}" if ui else None
