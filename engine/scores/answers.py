"""What the API and the command line give of an evaluation: points as numbers, and the address of the cases behind every figure."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec

from engine.scores.board import Board, Row
from engine.scores.settlement import Settled, changes
from engine.scores.tables import Table
from rules.evaluation import Candidate, Score
from rules.figures import FIGURES, Mark, Tally

CASES = "/api/v1/reports/scores/cases"


def scores(found: Board, before: Settled | None, unit: str | None = None) -> dict[str, Any]:
    """An evaluation (`unit`: of that one and all below it alone); beside it what was settled of the period, and what is other now."""
    formula = found.formula
    return {
        "period": found.period.name, "from": found.period.first, "to": found.period.last, "subject": formula.subject,
        "formula": {"version": formula.version, "effective_from": formula.effective_from, "basis": formula.basis},
        "rows": [_row(found, row, unit) for row in found.rows],
        "total": figures(found.total),
        "settled": None if before is None else {"at": before.at, "by": before.by, "formula": before.said.formula},
        "changes": [] if before is None else [_change(one) for one in changes(before.said, found)],
    }  # fmt: skip


def _row(found: Board, row: Row, unit: str | None) -> dict[str, Any]:
    within = {"unit": unit} if unit is not None else {}
    query = urlencode({"period": found.period.name, **within, found.formula.subject: row.id})
    return {
        "id": row.id, "unit": row.unit, **score(row.score), "figures": figures(row.tally),
        "cases": f"{CASES}?{query}&figure={{figure}}",
    }  # fmt: skip


def score(given: Score) -> dict[str, Any]:
    """Points of a hundred, or null where there was no case to judge by."""
    terms = [
        {"id": term.id, "points": term.points / 100, "of": term.of / 100, "value": _of_hundred(term.value)}
        for term in given.terms
    ]
    return {"score": _of_hundred(given.hundredths), "grade": given.grade, "terms": terms}


def _of_hundred(value: int | None) -> float | None:
    return None if value is None else value / 100


def figures(tally: Tally) -> dict[str, dict[str, int]]:
    """Every figure, also those that are nought: how many, and the sum of their amounts."""
    return {name: {"count": tally.of(name).count, "total": tally.of(name).total} for name in FIGURES}


def mark(one: Mark) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("figure", "case", "about", "unit", "persons", "at", "amount")}


def table(found: Table) -> dict[str, Any]:
    rows = [{found.name: key, **_counts(found, tally)} for key, tally in found.rows.items()]
    return {"by": found.name, "columns": found.columns, "rows": rows, "total": _counts(found, found.total)}


def _counts(found: Table, tally: Tally) -> dict[str, int]:
    return {name: tally.count(name) for name in found.columns}


def candidate(one: Candidate) -> dict[str, Any]:
    return {
        "id": one.id,
        "score": _of_hundred(one.score.hundredths),
        "grade": one.score.grade,
        "quarters": one.quarters,
    }


def _change(one: Any) -> dict[str, Any]:
    """A score is told in points, like everywhere."""
    said = msgspec.structs.asdict(one)
    if one.what == "score":
        said |= {"settled": _of_hundred(one.settled), "now": _of_hundred(one.now)}
    return said
