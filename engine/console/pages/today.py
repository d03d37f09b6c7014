"""The first screen: what I must decide by my own deadline, what is new, what waits, how the sources do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.case_list import listed
from engine.console.deadlines import respond_until
from engine.console.filing_work import Work, drafts, waiting, why_back
from engine.console.parts import Console
from engine.console.views import alerts, holds, proceedings, today
from engine.console.views.alerts import AlertRow
from engine.console.views.cases import CaseFilter, list_cases
from engine.console.visit import Visit, visit
from engine.detection.rates import detectors

DAYS_AHEAD = 5
BOARD = 12
QUARTER = timedelta(days=91)
SHOWN = 20


class Task(msgspec.Struct, frozen=True):
    """Something that waits for the one signed in. `until` is their own deadline."""

    until: datetime | None
    level: str
    what: str
    detail: str
    address: str
    case_id: str | None = None
    unit: str | None = None
    alert: AlertRow | None = None


def add(router: APIRouter, console: Console) -> None:
    @router.get("/today")
    def show(request: Request) -> Response:
        with visit(console, request) as v:
            return _page(v)


def _page(v: Visit) -> Response:
    since = v.calendar.start_of(v.today - timedelta(days=1))
    watches = v.knows("finding.read") and v.units("finding.read") != frozenset()
    health = v.knows("health.read")
    units = v.units("case.read")
    work = list(waiting(v))
    mine = sorted([*_tasks(v), *_filing_tasks(v, work)], key=lambda task: (task.until is None, task.until or v.now))
    return v.page(
        "today.html",
        mine=mine,
        levels=alerts.alert_levels(v.db, v.units("alert.read"), v.person) if v.knows("alert.read") else None,
        due=today.due_days(v.db, _working_days(v), units, v.person),
        own_query="" if units is None or units else f"&holder={v.person}",
        drafts=drafts(v, work) if v.knows("catalogue.edit") else None,
        board=None if watches and health else _board(v, units),
        since=since,
        new=today.new_findings(v.db, since, v.units("finding.read"), v.person) if watches else None,
        holds=holds.open_holds(v.db, units, v.person) if watches else [],
        sources=today.sources(v.db) if health else None,
        detectors=detectors(v.db, v.now - QUARTER, v.units("finding.read"), SHOWN) if watches and health else None,
    )


def _working_days(v: Visit) -> list[date]:
    first = v.calendar.roll(v.today, "next")
    return [first, *(v.calendar.add_working_days(first, n) for n in range(1, DAYS_AHEAD))]


def _board(v: Visit, units: frozenset[str] | None) -> list[object] | None:
    """A unit's own cases by due date; an officer's where the role is no wider."""
    if not v.knows("case.read"):
        return None
    officer = set(v.account.roles) <= {"officer", "window"}
    wanted = CaseFilter(holder=v.person) if officer else CaseFilter()
    return list(listed(v, list_cases(v.db, wanted, units, size=BOARD).rows))


def _tasks(v: Visit) -> Iterator[Task]:
    for row in alerts.my_alerts(v.db, v.person):
        yield _alert_task(v, row)
    for one in proceedings.my_proceedings(v.db, v.person):
        what = v.t("today.proceeding", phase=v.t.code("phase", one.phase), who=v.person_name(one.person or one.unit))
        measure = v.t.code("measure", str(one.proposed_level)) if one.proposed_level else ""
        yield Task(one.phase_until, "none", what, measure, f"/proceedings/{one.proceeding_id}", one.case_id, one.unit)
    if v.knows("finding.decide"):
        yield from _finding_tasks(v)


def _filing_tasks(v: Visit, work: Sequence[Work]) -> Iterator[Task]:
    """What offices review and approve, by their own clock, and what came back; drafts stand in a list of their own."""
    for one in work:
        filing = one.filing
        if filing.phase != "draft":
            name = str(filing.item.get("name") or filing.code)
            said = [v.t.code("filing_office", review.office) for review in one.asked]
            detail = " · ".join([*said, *why_back(v, filing)])
            what = v.t(f"filing.task.{filing.phase}", name=name)
            yield Task(one.until, "none", what, detail, f"/filings/{filing.id}", None, filing.unit)


def _alert_task(v: Visit, row: AlertRow) -> Task:
    item = v.item_name(row.item) if row.item else ""
    return Task(
        respond_until(v, row),
        row.level,
        v.cause(row.cause, row.item),
        item,
        f"/alerts/{row.id}",
        row.case_id,
        row.unit,
        row,
    )


def _finding_tasks(v: Visit) -> Iterator[Task]:
    """Findings to verify, by kind; the oldest one sets the date they have waited since."""
    for one in today.findings_to_decide(v.db, v.units("finding.decide")):
        what = v.t("today.verify", kind=v.t.code("finding", one.kind), n=one.count)
        detail = v.t("today.oldest", at=v.d.short(one.oldest))
        yield Task(None, "none", what, detail, f"/findings?kind={one.kind}")
