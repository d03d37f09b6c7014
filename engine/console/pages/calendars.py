"""Calendars: the versions with their instruments, a year as months, and the import with its impact before the confirmation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from engine.calendars.check import check
from engine.calendars.confirmation import confirm
from engine.calendars.impact import Affected, Impact, collect, progress
from engine.calendars.proposal import Proposal, propose
from engine.calendars.versions import Version, versions, year_status
from engine.calendars.written import parse
from engine.console.actions import Refusal
from engine.console.errors import NotFound
from engine.console.parts import Console
from engine.console.rendering import environment
from engine.console.views import nav
from engine.console.views.calendars import KINDS, exceptions, months
from engine.console.visit import Visit, visit
from engine.jobs.calendar_watch import ALARM_MONTH
from rules.errors import RuleError

SHOWN = 300  # rows of an impact list on the page; the whole list is one command away
FIRST_YEAR, LAST_YEAR = 1900, 2399


def add(router: APIRouter, console: Console) -> None:
    @router.get("/calendars")
    def show_all(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.read")
            found = versions(v.db, v.world, v.now)
            problems = check(v.db, v.world, v.now)
            return v.page(
                "calendars.html", rows=found, problems=problems, years=_years, address=address,
                may_import=v.knows("calendar.import"), alarm_month=ALARM_MONTH,
            )  # fmt: skip

    @router.get("/calendars/v/{version:path}")
    def show(request: Request, version: str) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.read")
            return _version(v, version)

    @router.get("/calendars/import")
    def ask(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("calendar.import")
            return _form(v)

    @router.post("/calendars/impact")
    def foresee(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("calendar.import")
            try:
                propose(v.db, parse(_text(v)), v.now)
            except RuleError as error:
                return _form(v, error)
        return StreamingResponse(_flow(console, request), media_type="text/html; charset=utf-8")

    @router.post("/calendars/confirm")
    def confirmed(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("calendar.import")
            try:
                done = confirm(v.db, parse(_text(v)), v.form.get("digest", ""), v.person, console.clock)
            except RuleError as error:
                return _form(v, error)
            return v.go(f"{address(done.version)}?done=imported")


def address(version: str) -> str:
    return f"/calendars/v/{quote(version, safe='')}"


def _version(v: Visit, name: str) -> Response:
    known = {one.version: one for one in versions(v.db, v.world, v.now)}
    found = known.get(name)
    if found is None:
        raise NotFound
    years = _years(found)
    year = _year(v, years)
    calendar = found.calendar
    return v.page(
        "calendar.html", row=found, year=year, years=years, address=address, kinds=KINDS, known=known,
        worth=year_status(calendar, year) if calendar else "missing",
        months=months(calendar, year) if calendar else [], exceptions=exceptions(calendar, year) if calendar else [],
    )  # fmt: skip


def _years(version: Version) -> dict[int, str]:
    """The years it names, and the one after the last, newest first."""
    if version.calendar is None:
        return {}
    named = version.calendar.pattern.years
    last = max(named, default=0)
    following = {last + 1: year_status(version.calendar, last + 1)} if named and last + 1 not in named else {}
    return dict(sorted({**named, **following}.items(), reverse=True))


def _year(v: Visit, years: dict[int, str]) -> int:
    asked = v.request.query_params.get("year", "")
    if asked.isdigit() and FIRST_YEAR <= int(asked) <= LAST_YEAR:
        return int(asked)
    official = [year for year, status in years.items() if status == "official"]
    return v.today.year if v.today.year in years or not official else official[0]


def _text(v: Visit) -> str:
    """The chosen file, else what was typed."""
    return v.form.get("file") or v.form.get("text", "")


def _form(v: Visit, error: RuleError | None = None) -> Response:
    refusal = Refusal(error.code, str(error)) if error else None
    return v.page("calendar_import.html", 422 if error else 200, refusal=refusal, text=_text(v))


class Work:
    """The impact as it is computed: each step is a percentage, and the whole list is there after the last."""

    def __init__(self, v: Visit, proposal: Proposal) -> None:
        self._v, self.proposal = v, proposal
        self.ticked = False
        self.found = Impact()

    def __iter__(self) -> Iterator[int]:
        looked_at, affected = 0, list[Affected]()
        for done, total, batch in progress(self._v.db, self.proposal, self._v.now):
            looked_at = done
            affected += batch
            self.ticked = True
            yield 100 * done // max(total, 1)
        affected.sort(key=lambda one: (one.unit or "", one.case_id))
        self.found = collect(looked_at, affected)

    @property
    def by_unit(self) -> list[tuple[str | None, Counter[str]]]:
        """How many clocks of each unit move, and how; most first."""
        units: dict[str | None, Counter[str]] = {}
        for one in self.found.moving:
            units.setdefault(one.unit, Counter()).update(move.change for move in one.moves)
        return sorted(units.items(), key=lambda pair: -pair[1].total())


def _flow(console: Console, request: Request) -> Iterator[str]:
    """The page in pieces: its head at once, its progress bar as it grows, its list when it is there. Nothing is written."""
    with visit(console, request) as v:
        work = Work(v, propose(v.db, parse(_text(v)), v.now))
        held: list[str] = []
        for piece in environment().get_template("calendar_impact.html").generate(_values(v, work)):
            held.append(piece)
            if work.ticked:
                work.ticked = False
                yield "".join(held)
                held.clear()
        yield "".join(held)


def _values(v: Visit, work: Work) -> dict[str, Any]:
    shown = {"v": v, "t": v.t, "d": v.d, "menu": nav.menu(v)}
    return {**shown, "work": work, "proposal": work.proposal, "text": _text(v), "most": SHOWN, "token": v.new_token()}
