"""Reads about cases: the list, one case, its ledger."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Request
from psycopg.rows import dict_row
from starlette.responses import Response

from engine.api import registers
from engine.api.paging import LARGEST_PAGE, page
from engine.api.parameters import Cursor, Name, Size
from engine.api.problems import ProblemError
from engine.api.replies import reply
from engine.api.state import Database, reader
from engine.storage.connect import Connection
from engine.vault.following import code_of

router = APIRouter(prefix="/api/v1", tags=["cases"], dependencies=[Depends(reader)])

CaseId = Annotated[str, Path(description="Case number", min_length=1, max_length=255, pattern=r"^[^\x00]+$")]
Status = Literal[
    "open", "suspended", "concluded", "withdrawn", "not_pursued", "declined", "returned", "forwarded", "terminated", "voided"
]  # fmt: skip
Level = Literal["none", "warning", "yellow", "red"]
_PARTS = {
    "certificates": registers.CERTIFICATES,
    "holds": registers.HOLDS,
    "findings": registers.FINDINGS,
    "breaches": registers.BREACHES,
    "alerts": registers.ALERTS,
}


@router.get("/cases", summary="Cases in the order of their numbers", response_model=None)
def cases(
    request: Request,
    database: Database,
    *,
    status: Status | None = None,
    unit: Name = None,
    item: Name = None,
    holder: Name = None,
    level: Level | None = None,
    source: Name = None,
    due_from: date | None = None,
    due_before: date | None = None,
    cursor: Cursor = None,
    size: Size = 100,
) -> Response:
    wanted = {
        "status": status, "unit": unit, "item": item, "holder": holder, "level": level, "source": source,
        "due_from": due_from, "due_before": due_before,
    }  # fmt: skip
    return reply(request, page(database, registers.CASES, wanted, cursor, size))


@router.get("/cases/{case_id:path}/ledger", summary="All that is on record about a case", response_model=None)
def ledger(request: Request, database: Database, case_id: CaseId, cursor: Cursor = None, size: Size = 100) -> Response:
    case_row(database, case_id)
    found = page(database, registers.LEDGER, {"stream": f"case:{case_id}"}, cursor, size)
    return reply(request, {"rows": [_entry(row) for row in found.rows], "next": found.next})


@router.get(
    "/cases/{case_id:path}/follow-code", summary="The code an applicant follows the case with", response_model=None
)
def follow_code(request: Request, database: Database, case_id: CaseId) -> Response:
    """For whoever accepted it, to be handed to the applicant; 404 where the words of the case were erased."""
    case_row(database, case_id)
    code = code_of(database, case_id)
    if code is None:
        raise ProblemError(404, "erased", f"the words of case {case_id!r} were erased", field="case_id")
    return reply(request, {"case": case_id, "code": code, "page": "/public/follow"})


# The last of its kind: its path takes every number, also one with a slash in it.
@router.get("/cases/{case_id:path}", summary="One case as it stands", response_model=None)
def case(request: Request, database: Database, case_id: CaseId) -> Response:
    found = whole_case(database, case_id)
    return reply(request, found, f"{found['version']}-{found['head_hash'][:16]}")


def whole_case(database: Connection, case_id: str) -> dict[str, Any]:
    """A case with all that stands on its record; 404 where there is none."""
    row = case_row(database, case_id)
    row["head_hash"] = bytes(row["head_hash"]).hex()
    parts = {
        name: page(database, register, {"case": case_id}, None, LARGEST_PAGE).rows for name, register in _PARTS.items()
    }
    return {**row.pop("view"), **row, **parts}


def case_row(database: Connection, case_id: str) -> dict[str, Any]:
    """The row of a case; 404 where there is none."""
    with database.cursor(row_factory=dict_row) as reading:
        row = reading.execute("SELECT * FROM case_file WHERE case_id = %s", (case_id,)).fetchone()
    if row is None:
        raise ProblemError(404, "unknown_case", f"no case {case_id!r}", field="case_id")
    return row


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "body": msgspec.Raw(row["body"].encode()), "hash": bytes(row["hash"]).hex()}
