"""Evaluation: everybody's figures with points and grade, one row with its terms, the cases behind a figure, settling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.api.paging import decoded, encoded
from engine.console.errors import NotFound
from engine.console.export import Cell, exports
from engine.console.parts import Console
from engine.console.views.scores import PAGE, SHOWN, ScoreFilter, periods
from engine.console.visit import Visit, visit
from engine.scores import kept
from engine.scores.board import Board, Row, board, scope_for, tree_of
from engine.scores.kept import Asked
from engine.scores.marks import Scope, listed, place
from engine.scores.settlement import Settled, changes, settle, settled
from rules.evaluation import NO_CASES
from rules.figures import AVERAGES, FIGURES, Mark, Tally


def add(router: APIRouter, console: Console) -> None:
    @router.get("/scores")
    def show(request: Request) -> Response:
        with visit(console, request) as v:
            return _everybody(v, _wanted(v))

    @router.get("/scores/one")
    def one(request: Request) -> Response:
        with visit(console, request) as v:
            return _one(v, _wanted(v))

    @router.get("/scores/cases")
    def cases(request: Request) -> Response:
        with visit(console, request) as v:
            return _cases(v, _wanted(v))

    exports(router, console, "/scores/cases", "nav.cases", lambda v: _case_lines(v, _wanted(v)))
    exports(router, console, "/scores", "nav.scores", lambda v: _lines(v, _wanted(v)))

    @router.post("/scores/settle")
    def settling(request: Request) -> Response:
        with visit(console, request) as v:
            v.need("score.settle", None)
            wanted = ScoreFilter.of(v.form, v.today)
            found = board(v.db, v.world, wanted.asked, wanted.subject, None, v.today)
            settle(v.db, found, v.now, v.person)
            return v.go(f"/scores?{wanted.query()}&done=settled")


def _wanted(v: Visit) -> ScoreFilter:
    """Whoever may see no unit sees their own figures alone."""
    v.need_role("score.read")
    wanted = ScoreFilter.of(v.request.query_params, v.today)
    if v.units("score.read") == frozenset():
        wanted = msgspec.structs.replace(wanted, subject="person", person=v.person, id=v.person, unit="")
    return wanted


def seen(v: Visit, unit: str) -> frozenset[str] | None:
    """The units that may be seen, narrowed to one and all below it; None: all. Who sees none sees their own figures in all."""
    units = v.units("score.read") or None
    if not unit:
        return units
    below = tree_of(v.world).subtree(unit)
    return below if units is None else below & units


def _board(v: Visit, wanted: ScoreFilter) -> Board:
    found = board(v.db, v.world, wanted.asked, wanted.subject, seen(v, wanted.unit), v.today)
    if v.units("score.read") == frozenset():
        mine = tuple(row for row in found.rows if row.id == v.person)
        return msgspec.structs.replace(found, rows=mine, total=mine[0].tally if mine else Tally())
    return found


def _everybody(v: Visit, wanted: ScoreFilter) -> Response:
    found = _board(v, wanted)
    before = settled(v.db, wanted.asked.name, wanted.subject) if v.units("score.read") is None else None
    units = v.units("score.read")
    first = int(wanted.after) if wanted.after.isdecimal() and len(wanted.after) < 7 else 0
    more = f"/scores?{wanted.query(id='')}&after={first + PAGE}" if len(found.rows) > first + PAGE else None
    return v.page(
        "scores.html", wanted=wanted, board=found, rows=found.rows[first : first + PAGE], first=first, next=more, shown=SHOWN, periods=periods(v.today), settled=before,
        changes=_changed(found, before), units=[u for u in v.world.units.values() if units is None or u.id in units],
        grade=lambda code: grade_name(v, found, code), figure=figure_words, may_settle=v.may("score.settle", None),
    )  # fmt: skip


def _changed(found: Board, before: Settled | None) -> dict[str, list[object]]:
    """What is other than settled, by whom it concerns."""
    noted: dict[str, list[object]] = {}
    for change in changes(before.said, found) if before else ():
        noted.setdefault(change.id, []).append(change)
    return noted


def _one(v: Visit, wanted: ScoreFilter) -> Response:
    found = _board(v, wanted)
    row = next((row for row in found.rows if row.id == wanted.id), None)
    if row is None:
        raise NotFound
    terms = {term.id: term for term in found.formula.terms}
    return v.page(
        "score.html", wanted=wanted, board=found, row=row, terms=terms, figures=tuple(FIGURES), figure=figure_words,
        grade=grade_name(v, found, row.score.grade), periods=periods(v.today),
    )  # fmt: skip


def _cases(v: Visit, wanted: ScoreFilter) -> Response:
    if not wanted.figure:
        raise NotFound
    scope = _scope(v, wanted)
    asked = Asked(wanted.asked, scope, wanted.figure, _after(wanted), PAGE + 1)
    rows = kept.listed(v.db, v.world, v.today, asked)
    more = encoded(place(rows[PAGE - 1])) if len(rows) > PAGE else None
    return v.page("score_cases.html", wanted=wanted, rows=rows[:PAGE], next=more)


def _scope(v: Visit, wanted: ScoreFilter) -> Scope:
    """The predicate of the figure whose cases are listed."""
    units = v.units("score.read") or None
    found = scope_for(v.world, wanted.asked, units, wanted.unit or None, wanted.person or None)
    if wanted.own and wanted.unit and found.units is not None:
        found = found.only(found.units & {wanted.unit}, found.person)
    amount = int(wanted.amount) if wanted.amount else None
    return msgspec.structs.replace(found, category=wanted.category or None, amount=amount)


def _after(wanted: ScoreFilter) -> Sequence[str]:
    return decoded(wanted.after, 4) if wanted.after else ()


def _case_lines(v: Visit, wanted: ScoreFilter) -> Iterator[list[Cell]]:
    if not wanted.figure:
        raise NotFound
    yield [v.t(f"scores.{name}") for name in ("case", "about", "unit", "persons", "at", "amount")]
    for row in listed(v.db, _scope(v, wanted), wanted.figure):
        yield _case_line(v, row)


def _case_line(v: Visit, row: Mark) -> list[Cell]:
    persons = "、".join(v.person_name(person) for person in row.persons)
    return [row.case, row.about, v.unit_name(row.unit), persons, v.d.local(row.at).isoformat(), row.amount]


def _lines(v: Visit, wanted: ScoreFilter) -> Iterator[list[Cell]]:
    """The head and the rows as they are filtered, with every figure."""
    found = _board(v, wanted)
    head = [v.t(f"scores.{name}") for name in ("rank", "name", "score", "grade")]
    yield [*head, *(v.t.code("figure", name) for name in FIGURES)]
    for rank, row in enumerate(found.rows, 1):
        yield _line(v, found, rank, row)


def _line(v: Visit, found: Board, rank: int, row: Row) -> list[Cell]:
    judged = row.score.hundredths is not None
    name = v.unit_name(row.id) if found.formula.subject == "unit" else v.person_name(row.id)
    points = row.score.hundredths / 100 if row.score.hundredths is not None else None
    grade = grade_name(v, found, row.score.grade)
    return [rank if judged else None, name, points, grade, *(figure_words(row.tally, one) for one in FIGURES)]


def grade_name(v: Visit, found: Board, code: str) -> str:
    """A grade in the formula's own words."""
    if code == NO_CASES:
        return v.t("scores.no_cases")
    rule = next((rule for rule in found.formula.grades if rule.grade == code), None)
    return (v.t.name(rule) or code) if rule else code


def figure_words(tally: Tally, figure: str) -> str | int:
    """A figure as it is read: a number, or an average where that is what it tells."""
    found = tally.of(figure)
    if figure not in AVERAGES or not found.count:
        return found.count
    average = found.total / found.count
    return f"{average / 10:.0f}%" if figure == "limit_used" else f"{average:.1f}"
