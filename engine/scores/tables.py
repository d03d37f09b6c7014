"""The tables of a report to the people's congress and the consultative conference: what happened, unit by unit, month by month, by category, by measure."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from engine.scores.kept import tallies
from engine.storage.connect import Connection
from rules.figures import Tally
from rules.reporting_period import ReportingPeriod
from rules.world import World

Name = Literal["unit", "month", "category", "measure"]
NAMES: tuple[Name, ...] = ("unit", "month", "category", "measure")
# What a report tells; each figure leads to its cases.
COLUMNS = (
    "concluded", "on_time", "late", "by_silence", "warnings", "yellow", "red", "breaches_standing", "breaches_confirmed",
    "breaches_excused", "breaches_withdrawn", "alerts_unanswered", "measures", "suspensions", "window", "direct", "complaints", "complaints_upheld",
    "ratings", "satisfied",
)  # fmt: skip


class Table(msgspec.Struct, frozen=True):
    """`rows`: what the table is by → its figures. `total` is the sum of the rows."""

    name: Name
    columns: tuple[str, ...]
    rows: dict[str, Tally]
    total: Tally


def tables(
    db: Connection,
    world: World,
    period: ReportingPeriod,
    units: frozenset[str] | None = None,
    today: date = date.max,
) -> list[Table]:
    """All of them for a period. Unlike in an evaluation a unit stands here with its own figures only, so that rows add up."""
    return [_table(name, tallies(db, world, period, today, name, units)) for name in NAMES]


def _table(name: Name, rows: dict[str, Tally]) -> Table:
    total = Tally()
    for found in rows.values():
        total = total.plus(found)
    return Table(name, ("measures",) if name == "measure" else COLUMNS, rows, total)
