"""Certificates by number, by case, and the latest."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
import psycopg

from engine.console.views import sql

PAGE = 50


class CertificateRow(msgspec.Struct, frozen=True):
    number: str
    case_id: str | None
    for_what: str
    status: str
    legal_at: datetime | None
    due_by: date | None
    issued_at: datetime | None
    status_since: datetime | None
    unit: str | None
    item: str | None
    id: str
    recorded_at: datetime
    data: dict[str, Any]


_CERTIFICATE = """
SELECT k.number, k.case_id, k."for" AS for_what, k.status, k.legal_at, k.due_by, coalesce(k.issued_at, k.recorded_at) AS issued_at, k.status_since, c.unit, c.item, k.id, k.recorded_at, k.data
FROM certificate k LEFT JOIN case_file c USING (case_id)
"""


def certificate(db: psycopg.Connection[Any], number: str) -> CertificateRow | None:
    return sql.row(db, CertificateRow, f"{_CERTIFICATE} WHERE k.number = %s", (number,))


def certificates_of_case(db: psycopg.Connection[Any], case_id: str) -> list[CertificateRow]:
    return sql.rows(db, CertificateRow, f"{_CERTIFICATE} WHERE k.case_id = %s ORDER BY k.recorded_at", (case_id,))


def list_certificates(
    db: psycopg.Connection[Any], units: frozenset[str] | None, after: str = ""
) -> list[CertificateRow]:
    """Newest first; one row more than a page when there is a next one."""
    where = sql.Where()
    where.within(units)
    if after:
        at, _, id_ = after.partition("~")
        where.add("(k.recorded_at, k.id) < (%s::timestamptz, %s)", at, id_)
    query = f"{_CERTIFICATE} WHERE {where} ORDER BY k.recorded_at DESC, k.id DESC LIMIT {PAGE + 1}"
    return sql.rows(db, CertificateRow, query, where.values)
