"""Checks of decision tables: a default row, no two answers at once, no row that never answers."""

from __future__ import annotations

from collections.abc import Iterator

from rules.conditions import Condition
from rules.decision_table import Situation, compares, review
from rules.lint import Ground, Lint
from rules.lint_conditions import well_typed


def table_without_default(at: Ground) -> Iterator[Lint]:
    """The last row, and it alone, answers for everything that no other row is about."""
    places = [n for n, row in enumerate(at.item.silence.table) if row.when is None]
    if at.item.silence.table and places != [len(at.item.silence.table) - 1]:
        yield at.error("table_without_default", "silence.table", rows=len(at.item.silence.table))


def table_overlap(at: Ground) -> Iterator[Lint]:
    """In a table two rows that answer differently may not hold at once; of flips the first one counts, which is worth a word."""
    for field, rows, found in (("silence.table", _table(at), at.error), ("silence.flips", _flips(at), at.warning)):
        seen = review(rows, at.item.attributes)
        if not seen.complete:
            yield at.warning("table_overlap", field, "too_many", rows=len(rows))
        for first, second, situation in seen.overlaps:
            because = "" if field == "silence.table" else "first_counts"
            yield found(
                "table_overlap",
                f"{field}[{second}].when",
                because,
                first=first + 1,
                second=second + 1,
                where=_said(situation),
            )


def table_row_idle(at: Ground) -> Iterator[Lint]:
    """A row that holds in no situation was meant otherwise."""
    for field, rows in (("silence.table", _table(at)), ("silence.flips", _flips(at))):
        for place in review(rows, at.item.attributes).idle:
            yield at.warning("table_row_idle", f"{field}[{place}].when", row=place + 1)


def table_gap(at: Ground) -> Iterator[Lint]:
    """What falls to the default row is said, so that an editor sees it: silence there means what the default says."""
    rows = _table(at)
    gap = review(rows, at.item.attributes).gap if rows else None
    if gap is not None:
        effect = next((row.effect for row in at.item.silence.table if row.when is None), "none")
        yield at.warning("table_gap", "silence.table", where=_said(gap), effect=effect)


def _table(at: Ground) -> list[tuple[Condition, str]]:
    return _rows(at, [(row.when, row.effect) for row in at.item.silence.table if row.when is not None])


def _flips(at: Ground) -> list[tuple[Condition, str]]:
    return _rows(at, [(flip.when, flip.effect) for flip in at.item.silence.flips])


def _rows(at: Ground, given: list[tuple[str, str]]) -> list[tuple[Condition, str]]:
    """The rows, or none of them where a condition cannot be told: `wrong_condition` and its like say so."""
    found = [(at.world.conditions.get(when), effect) for when, effect in given]
    rows = [(condition, effect) for condition, effect in found if condition is not None]
    told = all(well_typed(compare, at.item.attributes) for condition, _ in rows for compare in compares(condition))
    return rows if told and len(rows) == len(found) else []


def _said(situation: Situation) -> str:
    return ", ".join(
        f"{name} = {str(value).lower() if isinstance(value, bool) else value}" for name, value in situation.items()
    )
