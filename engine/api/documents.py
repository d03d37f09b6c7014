"""Papers of supervision over HTTP: notices, decisions, red cards, proposals. They name people, so whoever asks says for whom (`actor`)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import structlog
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from engine.api.permissions import demand
from engine.api.problems import ProblemError
from engine.api.replies import reply
from engine.api.state import Database, Reader, state_of
from engine.documents.access import papers, papers_of_case, right_to
from engine.documents.kinds import About, Kind
from engine.documents.pdf import pdf_of
from engine.documents.reading import PaperError, PaperRow, by_id, content_of, latest
from engine.documents.record import matter
from engine.storage.connect import Connection

router = APIRouter(prefix="/api/v1", tags=["documents"])
Id = Annotated[str, Path(max_length=255, pattern=r"^[^\x00]+$")]
Actor = Annotated[
    str,
    Query(min_length=1, max_length=255, pattern=r"^[^\x00]+$", description="Person id; must have the right to read it"),
]
Format = Annotated[Literal["pdf", "json"], Query(alias="format")]
Lang = Literal["zh", "en"]
_PAPER: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
            "application/json": {"schema": {"type": "object"}},
        }
    }
}

_log = structlog.get_logger(__name__)


@router.get("/proceedings/{proceeding_id:path}/documents", summary="Papers of a proceeding", response_model=None)
def of_proceeding(request: Request, db: Database, _: Reader, proceeding_id: Id, actor: Actor) -> Response:
    return _listed(request, db, About("proceeding", proceeding_id), actor)


@router.get(
    "/proceedings/{proceeding_id:path}/documents/{kind}",
    summary="The latest paper of a kind",
    response_model=None,
    responses=_PAPER,
)
def one_of_proceeding(
    request: Request, db: Database, _: Reader, proceeding_id: Id, kind: Kind, actor: Actor,
    form: Format = "pdf", lang: Lang = "zh",
) -> Response:  # fmt: skip
    rows = _papers(request, db, About("proceeding", proceeding_id), actor)
    return _shown(request, db, _latest(rows, kind), form, lang)


@router.get("/alerts/{alert_id}/documents", summary="Papers of an alert", response_model=None)
def of_alert(request: Request, db: Database, _: Reader, alert_id: Id, actor: Actor) -> Response:
    return _listed(request, db, About("alert", alert_id), actor)


@router.get(
    "/alerts/{alert_id}/documents/{kind}", summary="The paper of an alert", response_model=None, responses=_PAPER
)
def one_of_alert(
    request: Request, db: Database, _: Reader, alert_id: Id, kind: Kind, actor: Actor,
    form: Format = "pdf", lang: Lang = "zh",
) -> Response:  # fmt: skip
    rows = _papers(request, db, About("alert", alert_id), actor)
    return _shown(request, db, _latest(rows, kind), form, lang)


@router.get("/cases/{case_id:path}/documents", summary="Supervision proposals of a case", response_model=None)
def of_case(request: Request, db: Database, _: Reader, case_id: Id, actor: Actor) -> Response:
    rows = papers_of_case(db, case_id, state_of(request).clock.now())
    for row in rows:
        _demand(db, About("fact", row.about_id), actor)
    return reply(request, {"rows": [_told(row) for row in rows]})


@router.get("/documents/{document_id}", summary="A paper by its id", response_model=None, responses=_PAPER)
def by_its_id(
    request: Request, db: Database, _: Reader, document_id: Id, actor: Actor, form: Format = "pdf", lang: Lang = "zh"
) -> Response:
    row = by_id(db, document_id)
    if row is None:
        raise _not_found(document_id)
    _demand(db, About(row.about, row.about_id), actor)  # type: ignore[arg-type]  # as it was written
    return _shown(request, db, row, form, lang)


def _listed(request: Request, db: Connection, about: About, actor: str) -> Response:
    return reply(request, {"rows": [_told(row) for row in _papers(request, db, about, actor)]})


def _papers(request: Request, db: Connection, about: About, actor: str) -> list[PaperRow]:
    _demand(db, about, actor)
    return papers(db, about, state_of(request).clock.now())


def _demand(db: Connection, about: About, actor: str) -> None:
    found = matter(db, about)
    if found is None:
        raise _not_found(about.id)
    right = right_to(found)
    demand(db, actor, right.action, unit=right.unit, concerned=right.concerned)


def _told(row: PaperRow) -> dict[str, Any]:
    template = {"id": row.template_id, "version": row.template_version, "sha256": row.template_hash}
    named = {
        name: getattr(row, name) for name in ("id", "kind", "about", "about_id", "year", "serial", "unit", "made_at")
    }
    return {**named, "template": template, "sha256": row.content_hash, "url": f"/api/v1/documents/{row.id}"}


def _latest(rows: list[PaperRow], kind: str) -> PaperRow:
    row = latest(rows, kind)
    if row is None:
        raise ProblemError(404, "not_found", f"no {kind} was called for yet", field="kind")
    return row


def _shown(request: Request, db: Connection, row: PaperRow, form: str, lang: Lang) -> Response:
    try:
        content = content_of(db, row)
        _log.info("document_read", document=row.id, form=form)
        if form == "json":
            return Response(content, media_type="application/json", headers=_named(row, "json"))
        made = pdf_of(db, content, row.content_hash, lang, state_of(request).clock.now())
    except PaperError as error:
        raise ProblemError(410, "erased", str(error)) from error
    return Response(made, media_type="application/pdf", headers=_named(row, "pdf"))


def _named(row: PaperRow, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'inline; filename="{row.kind}-{row.year}-{row.serial}.{ending}"'}


def _not_found(id_: str) -> ProblemError:
    return ProblemError(404, "not_found", f"nothing here has the id {id_!r}", field="id")
