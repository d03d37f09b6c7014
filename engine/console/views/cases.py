"""The list of cases: filters that live in the address bar, cursor paging along the due date, nothing without an index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, get_args
from urllib.parse import urlencode

import msgspec
import psycopg

from engine.console.views import sql
from rules.case import Status

PAGE = 50
STATUSES: tuple[str, ...] = get_args(Status)
LIVE = ("open", "suspended")
LEVELS = ("warning", "yellow", "red", "escalated")


class CaseRow(msgspec.Struct, frozen=True):
    case_id: str
    item: str | None
    unit: str | None
    status: str
    holder: str | None
    stage: str | None
    accepted_at: datetime | None
    due_on: date | None
    expires_at: datetime | None
    statutory_due_on: date | None
    provisional: bool
    outcome_kind: str | None
    legal_at: datetime | None
    level: str
    closed_at: datetime | None
    backfilled: bool


class CaseFilter(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the address bar says. `status` is one status, `live` or `all`; dates bound `due_on`; `after` is the page's cursor."""

    status: str = "live"
    unit: str = ""
    item: str = ""
    level: str = ""
    holder: str = ""
    due_from: str = ""
    due_to: str = ""
    text: str = ""
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> CaseFilter:
        """What can be understood of a query; a wrong date or an unknown status is left out."""
        known = {name: query[name].strip() for name in cls.__struct_fields__ if query.get(name)}
        for name in ("due_from", "due_to"):
            if name in known and not _is_date(known[name]):
                del known[name]
        if known.get("status", "live") not in {"live", "all", *STATUSES}:
            del known["status"]
        return cls(**known)

    @property
    def query(self) -> str:
        """The filter without the cursor, as a query string."""
        return urlencode({k: v for k, v in msgspec.to_builtins(self).items() if k != "after"})

    @property
    def statuses(self) -> tuple[str, ...]:
        return {"live": LIVE, "all": STATUSES}.get(self.status, (self.status,))

    @property
    def newest_first(self) -> bool:
        """What is closed is looked at from its end."""
        return self.status not in {"live", *LIVE}


class Page(msgspec.Struct, frozen=True):
    rows: tuple[CaseRow, ...]
    next: str | None


_COLUMNS = ", ".join(CaseRow.__struct_fields__)


def list_cases(
    db: psycopg.Connection[Any], wanted: CaseFilter, units: frozenset[str] | None, *, size: int = PAGE
) -> Page:
    """A page of cases by due date, those without one last. Each status of each unit is one index scan; the heads are merged."""
    branches, values = [], []
    for where in _parts(wanted, units):
        branch = f"(SELECT {_COLUMNS} FROM case_file WHERE {where} ORDER BY {_order(wanted)} LIMIT {size + 1})"  # noqa: S608
        branches.append(where.spread_over(branch))
        values.extend(where.all_values)
    if not branches:
        return Page((), None)
    query = f"SELECT * FROM ({' UNION ALL '.join(branches)}) page ORDER BY due_on IS NULL, {_order(wanted)} LIMIT {size + 1}"  # noqa: S608
    found = sql.rows(db, CaseRow, query, values)
    return Page(tuple(found[:size]), _cursor(found[size - 1]) if len(found) > size else None)


def every_case(db: psycopg.Connection[Any], wanted: CaseFilter, units: frozenset[str] | None) -> Iterator[CaseRow]:
    """All pages of a view, for its export."""
    following: str | None = wanted.after
    while following is not None:
        page = list_cases(db, msgspec.structs.replace(wanted, after=following), units, size=1000)
        yield from page.rows
        following = page.next


def _order(wanted: CaseFilter) -> str:
    return "due_on DESC, case_id DESC" if wanted.newest_first else "due_on, case_id"


def _parts(wanted: CaseFilter, units: frozenset[str] | None) -> Iterator[sql.Where]:
    """Of every status, or of all at once where the level leads the index; those with a date, and those without."""
    whole = wanted.status == "all" and bool(wanted.level)
    for status in (None,) if whole else wanted.statuses:
        for dated in (True, False):
            where = _where(wanted, status, dated=dated)
            if where is not None:
                yield from sql.reach(where, "unit", units)


def _where(wanted: CaseFilter, status: str | None, *, dated: bool) -> sql.Where | None:
    where = sql.Where()
    if status is not None:
        where.add("status = %s", status)
    where.add("due_on IS NOT NULL" if dated else "due_on IS NULL")
    for column in ("unit", "item", "level", "holder"):
        if value := getattr(wanted, column):
            where.add(f"{column} = %s", value)
    if wanted.text:
        where.add("starts_with(case_id, %s)", wanted.text)
    if not _bounded(where, wanted, dated=dated):
        return None
    return where if _paged(where, wanted, dated=dated) else None


def _bounded(where: sql.Where, wanted: CaseFilter, *, dated: bool) -> bool:
    if not dated:
        return not (wanted.due_from or wanted.due_to)
    if wanted.due_from:
        where.add("due_on >= %s", date.fromisoformat(wanted.due_from))
    if wanted.due_to:
        where.add("due_on <= %s", date.fromisoformat(wanted.due_to))
    return True


def _paged(where: sql.Where, wanted: CaseFilter, *, dated: bool) -> bool:
    if not wanted.after:
        return True
    due, _, case_id = wanted.after.partition("~")
    sign = "<" if wanted.newest_first else ">"
    if dated and _is_date(due):
        where.add(f"(due_on, case_id) {sign} (%s, %s)", date.fromisoformat(due), case_id)
    elif dated:
        return False
    elif not due:
        where.add(f"case_id {sign} %s", case_id)
    return True


def _cursor(last: CaseRow) -> str:
    return f"{last.due_on or ''}~{last.case_id}"


def _is_date(words: str) -> bool:
    try:
        date.fromisoformat(words)
    except ValueError:
        return False
    return True
