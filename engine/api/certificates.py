"""Certificates for anybody who has a number: what it says (the applicant masked), its status, its document and page, the keys, the status list.

No key is needed: a certificate is there to be checked by others. Nothing here shows an applicant's full name.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from engine.api import registers
from engine.api.paging import page
from engine.api.problems import ProblemError
from engine.api.replies import reply
from engine.api.state import Database, State, state_of
from engine.certificates.issue import document_of
from engine.certificates.keys import all_keys, signer
from engine.certificates.pdf import pdf_of
from engine.certificates.signing import as_jwk
from engine.certificates.status_list import status_list
from engine.certificates.verify import verify_online
from engine.storage.connect import Connection

PUBLIC = "public"
router = APIRouter(prefix="/api/v1/certificates", tags=["certificates", PUBLIC])
Number = Annotated[str, Path(max_length=100, pattern=r"^[^\x00]+$")]
_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/keys", summary="The keys that sign certificates, as a JWK Set", response_model=None)
def keys(request: Request, database: Database) -> Response:
    signer(database, state_of(request).clock.now())
    return reply(request, {"keys": [as_jwk(key) for key in all_keys(database)]})


@router.get("/status-list", summary="Certificates no longer valid, signed", response_model=None)
def not_valid(request: Request, database: Database) -> Response:
    return Response(status_list(database, state_of(request).clock.now()), media_type="application/json")


@router.get("/{number:path}/document", summary="The signed document, byte for byte", response_model=None)
def document(request: Request, database: Database, number: Number) -> Response:
    content = _document(database, state_of(request), number)
    return Response(content, media_type="application/json", headers=_named(number, "json"))


@router.get(
    "/{number:path}/pdf", summary="The document as a page", response_model=None, response_class=Response, responses=_PDF
)
def pdf(request: Request, database: Database, number: Number, lang: Literal["zh", "en"] = "zh") -> Response:
    parts = state_of(request)
    content = pdf_of(database, _document(database, parts, number), lang, parts.clock.now())
    return Response(content, media_type="application/pdf", headers=_named(number, "pdf"))


@router.get("/{number:path}", summary="A certificate by its number", response_model=None)
def certificate(request: Request, database: Database, number: Number) -> Response:
    found = page(database, registers.CERTIFICATES, {"number": number}, None, 1).rows
    content = _document(database, state_of(request), number)
    verdict = verify_online(database, content)
    shown: dict[str, Any] = msgspec.json.decode(content)
    since = verdict.since
    return reply(
        request,
        {
            **found[0],
            "issued_at": shown["certificate"]["issued_at"],
            "status_since": since,
            "since": since,
            "signature": verdict.signature,
            "applicant": (shown["certificate"]["applicant"] or {}).get("masked"),
            "document": shown,
        },
    )


def _document(database: Connection, parts: State, number: str) -> bytes:
    content = document_of(database, number, parts.clock.now(), parts.site)
    if content is None:
        raise ProblemError(404, "not_found", f"no certificate {number!r}", field="number")
    return content


def _named(number: str, kind: str) -> dict[str, str]:
    """Numbers hold case numbers, which may hold anything: the file's name keeps what every file system takes."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in number)
    return {"Content-Disposition": f'inline; filename="{safe}.{kind}"'}
