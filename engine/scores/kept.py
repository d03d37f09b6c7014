"""Figures once worked out are kept, by day for the last months and by month before; what was touched since is worked out again.

Triggers note the instants of marks that may be others now (`evaluation_touched`). A figure that is kept is therefore never older than what is recorded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec

from engine.scores import marks
from engine.scores.marks import Key, Scope, parameters, scope_of, statement
from engine.storage.connect import Connection
from rules.calendar import ONE_DAY
from rules.figures import SUMS, Mark, Sum, Tally
from rules.reporting_period import ReportingPeriod, reporting_period
from rules.world import World

BY_DAY = timedelta(days=100)  # so recent months change often, and a day is soon worked out again
_KEYS: dict[Key, str] = {
    "unit": "unit",
    "person": "key",
    "category": "category",
    "month": "to_char(since AT TIME ZONE %(zone)s, 'YYYY-MM')",
    "measure": "key",
}
_KINDS: dict[Key, str] = {"unit": "unit", "month": "unit", "person": "person", "category": "item", "measure": "amount"}


class Bucket(msgspec.Struct, frozen=True, order=True):
    """A half-open time whose figures are kept together."""

    since: datetime
    till: datetime


def tallies(
    db: Connection, world: World, period: ReportingPeriod, today: date, key: Key, units: frozenset[str] | None = None
) -> dict[str, Tally]:
    """Figures by unit, person, category of power, month, or by the number of the measure: those of `marks.tallies`, kept."""
    scope = scope_of(period, world)
    _ensure(db, scope, list(_buckets(period, world, today)))
    narrowed = "" if units is None else " AND unit = ANY(%(units)s)"
    of_item = (
        " JOIN unnest(%(items)s::text[], %(kinds)s::text[]) AS k(item, category) ON item = key"
        if key == "category"
        else ""
    )
    rows = db.execute(
        f"SELECT {_KEYS[key]}, figure, sum(count), sum(total) FROM evaluation_figure{of_item}"  # noqa: S608 - text of our own, values are parameters
        f" WHERE kind = %(kind)s AND since >= %(since)s AND since < %(till)s{narrowed} GROUP BY 1, 2".encode(),
        {
            "kind": _KINDS[key], "since": scope.since, "till": scope.till, "zone": scope.zone, "units": sorted(units or ()),
            "items": list(scope.categories), "kinds": list(scope.categories.values()),
        },
    ).fetchall()  # fmt: skip
    found: dict[str, dict[str, Sum]] = {}
    for name, figure, count, total in rows:
        found.setdefault(name, {})[figure] = Sum(int(count), int(total))
    return {name: Tally(dict(sorted(sums.items()))) for name, sums in sorted(found.items())}


class Asked(msgspec.Struct, frozen=True):
    """A page of the cases behind a figure. `after`: the last one's `place` on the page before."""

    period: ReportingPeriod
    scope: Scope
    figure: str
    after: Sequence[str]
    size: int


def listed(db: Connection, world: World, today: date, asked: Asked) -> list[Mark]:
    """The same as `marks.listed`, read from no longer a time than is needed: how many there are of each day or month is kept."""
    _ensure(db, asked.scope, list(_buckets(asked.period, world, today)))
    since = datetime.fromisoformat(asked.after[0]) if asked.after else asked.scope.since
    till = _long_enough(db, asked, since)
    scope = msgspec.structs.replace(asked.scope, since=max(since, asked.scope.since), till=till)
    found = marks.listed(db, scope, asked.figure, asked.after, asked.size)
    if len(found) == asked.size or till == asked.scope.till:
        return found
    return marks.listed(db, asked.scope, asked.figure, asked.after, asked.size)  # something was taken back meanwhile


# Of a bucket in the midst of which is read on, nothing counts.
_LONG_ENOUGH = """
SELECT min(till) FROM (
    SELECT till, sum(sum(count) FILTER (WHERE since >= %(since)s)) OVER (ORDER BY since) AS found
    FROM evaluation_figure JOIN evaluation_bucket USING (since)
    WHERE kind = %(kind)s AND figure = ANY(%(figures)s) AND till > %(since)s AND since < %(till)s AND {narrowed}
    GROUP BY since, till) AS counted
WHERE found >= %(size)s"""


def _long_enough(db: Connection, asked: Asked, since: datetime) -> datetime:
    """An end after which no more is needed for a page; that of the period where this cannot be told."""
    scope = asked.scope
    codes = [code for code, category in scope.categories.items() if category == scope.category]
    by = [
        (kind, keys)
        for kind, asks, keys in (
            ("person", scope.person is not None, [scope.person]),
            ("item", scope.category is not None, codes),
            ("amount", scope.amount is not None, [str(scope.amount)]),
        )
        if asks
    ] or [("unit", [""])]
    if len(by) > 1:
        return scope.till
    (kind, keys), units = by[0], scope.units
    values = {
        "kind": kind, "keys": keys, "figures": list(SUMS.get(asked.figure, (asked.figure,))), "units": sorted(units or ()),
        "since": since, "till": scope.till, "size": asked.size,
    }  # fmt: skip
    narrowed = "key = ANY(%(keys)s)" + ("" if units is None else " AND unit = ANY(%(units)s)")
    row = db.execute(_LONG_ENOUGH.format(narrowed=narrowed).encode(), values).fetchone()
    return row[0] if row and row[0] is not None else scope.till


def keep(db: Connection, world: World, today: date) -> None:
    """Works out ahead what was touched of this year and the last, month by month, so that whoever looks has not to wait for it."""
    for year in (today.year - 1, today.year):
        for number in range(1, 13):
            month = reporting_period(f"{year}-{number:02d}")
            _ensure(db, scope_of(month, world), list(_buckets(month, world, today)))
            db.commit()  # others wait no longer than a month takes


def forget(db: Connection) -> None:
    """Nothing is kept any more; needed where rows change without their triggers."""
    db.execute("DELETE FROM evaluation_touched")
    _forget(db, "", {})


def _forget(db: Connection, where: str, values: dict[str, Any]) -> None:
    for table in ("evaluation_figure", "evaluation_bucket"):
        db.execute(f"DELETE FROM {table}{where}".encode(), values)  # noqa: S608 - text of our own, values are parameters


def _buckets(period: ReportingPeriod, world: World, today: date) -> Iterator[Bucket]:
    """The months of a period, the recent ones day by day; nothing of what is yet to come."""
    calendar = world.calendars[-1][1]
    first = period.first
    while first < period.end and first <= today:
        month = reporting_period(f"{first:%Y-%m}")
        if month.last + BY_DAY < today:
            yield Bucket(calendar.start_of(month.first), calendar.end_of(month.last))
        else:
            days = (month.first + ONE_DAY * n for n in range((min(month.last, today) - month.first).days + 1))
            yield from (Bucket(calendar.start_of(day), calendar.end_of(day)) for day in days)
        first = month.end


def _ensure(db: Connection, scope: Scope, buckets: Sequence[Bucket]) -> None:
    """Works out what is not kept, or was touched. One reader does it, others wait for that."""
    terms = hashlib.sha256(repr((scope.windows, scope.zone)).encode()).hexdigest()
    if not _missing(db, buckets, terms):
        return
    db.execute("SELECT pg_advisory_xact_lock(hashtext('jiannuo.evaluation'))")
    _forget(db, " WHERE since IN (SELECT since FROM evaluation_bucket WHERE terms <> %(terms)s)", {"terms": terms})
    for run in _runs(_missing(db, buckets, terms)):
        _work_out(db, scope, run, terms)


def _missing(db: Connection, buckets: Sequence[Bucket], terms: str) -> list[Bucket]:
    fresh = {
        Bucket(*row)
        for row in db.execute(
            "SELECT since, till FROM evaluation_bucket b WHERE since = ANY(%s) AND terms = %s"
            " AND NOT EXISTS (SELECT FROM evaluation_touched t WHERE t.at >= b.since AND t.at < b.till)",
            ([one.since for one in buckets], terms),
        ).fetchall()
    }
    return [one for one in buckets if one not in fresh]


def _runs(buckets: Sequence[Bucket]) -> Iterator[list[Bucket]]:
    """Those that follow each other without a gap, together."""
    run = list(buckets[:1])
    for before, one in pairwise(buckets):
        if before.till != one.since:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


_FIGURES = f"""
INSERT INTO evaluation_figure (since, kind, unit, key, figure, count, total)
SELECT (%(sinces)s::timestamptz[])[width_bucket(m.at, %(sinces)s::timestamptz[])], k.kind, m.unit, k.key, m.figure, count(*), sum(m.amount)
FROM ({statement()}) AS m,
LATERAL (SELECT 'unit' AS kind, '' AS key UNION ALL SELECT 'item', m.item UNION ALL SELECT 'person', unnest(m.persons)
         UNION ALL SELECT 'amount', m.amount::text WHERE m.figure = 'measures') AS k
WHERE k.key IS NOT NULL GROUP BY 1, 2, 3, 4, 5"""  # noqa: S608 - text of our own, values are parameters


def _work_out(db: Connection, scope: Scope, run: Sequence[Bucket], terms: str) -> None:
    """What is touched from here on is noted anew, so it must be forgotten first."""
    whole = msgspec.structs.replace(scope, since=run[0].since, till=run[-1].till)
    bounds = {"since": whole.since, "till": whole.till}
    db.execute("DELETE FROM evaluation_touched WHERE at >= %(since)s AND at < %(till)s", bounds)
    _forget(db, " WHERE since >= %(since)s AND since < %(till)s", bounds)
    places = {"sinces": [one.since for one in run], "tills": [one.till for one in run], "terms": terms}
    db.execute(_FIGURES.encode(), {**parameters(whole), **places})
    db.execute(
        "INSERT INTO evaluation_bucket (since, till, terms)"
        " SELECT since, till, %(terms)s FROM unnest(%(sinces)s::timestamptz[], %(tills)s::timestamptz[]) AS b(since, till)",
        places,
    )
