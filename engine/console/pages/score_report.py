"""The report to the people's congress and the consultative conference, and the year-end list."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.export import Cell, excel_file
from engine.console.pages.scores import grade_name, seen
from engine.console.parts import Console
from engine.console.views.scores import ScoreFilter, periods
from engine.console.visit import Visit, visit
from engine.scores.board import board, commendation
from engine.scores.tables import Table, tables
from rules.reporting_period import reporting_period


def add(router: APIRouter, console: Console) -> None:
    @router.get("/scores/report")
    def show(request: Request) -> Response:
        with visit(console, request) as v:
            wanted, found = _asked(v)
            return v.page(
                "score_report.html",
                wanted=wanted,
                tables=found,
                periods=periods(v.today),
                name=lambda *at: _name(v, *at),
            )

    @router.get("/scores/report.xlsx")
    def as_excel(request: Request) -> Response:
        with visit(console, request) as v:
            wanted, found = _asked(v)
            sheets = {v.t(f"scores.by_{table.name}"): _lines(v, table) for table in found}
            return excel_file(sheets, f"report-{wanted.period}")

    @router.get("/scores/commended")
    def commended(request: Request) -> Response:
        with visit(console, request) as v:
            return _commended(v)


def _asked(v: Visit) -> tuple[ScoreFilter, list[Table]]:
    """Only for those who see units: a report tells of many."""
    v.need_role("score.read")
    wanted = ScoreFilter.of(v.request.query_params, v.today)
    if v.units("score.read") == frozenset():
        v.need("score.read", wanted.unit or None)
    return wanted, tables(v.db, v.world, wanted.asked, seen(v, wanted.unit), v.today)


def _commended(v: Visit) -> Response:
    v.need("score.settle", None)
    wanted = ScoreFilter.of(v.request.query_params, v.today)
    year = reporting_period(wanted.period[:4])
    found = commendation(v.db, v.world, year, wanted.subject, None, v.today)
    whole = board(v.db, v.world, year, wanted.subject, None, v.today)
    return v.page(
        "score_commended.html", wanted=wanted, year=year, rows=found, rule=whole.formula.commendation, formula=whole.formula,
        years=sorted({name[:4] for name in periods(v.today)}, reverse=True), grade=lambda code: grade_name(v, whole, code),
    )  # fmt: skip


def _name(v: Visit, table: Table, key: str) -> str:
    match table.name:
        case "unit":
            return v.unit_name(key)
        case "measure":
            return v.t.code("measure", key)
        case "category":
            return v.t.code("category", key)
        case "month":
            return key


def _lines(v: Visit, table: Table) -> Iterator[list[Cell]]:
    yield [v.t(f"scores.by_{table.name}"), *(v.t.code("figure", name) for name in table.columns)]
    for key, tally in table.rows.items():
        yield [_name(v, table, key), *(tally.count(name) for name in table.columns)]
    yield [v.t("scores.total"), *(table.total.count(name) for name in table.columns)]
