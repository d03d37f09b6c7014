"""Complaining and reporting without an account; following what was filed, and asking for an answer to be reviewed."""

from __future__ import annotations

import secrets
from typing import Literal

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from engine.api.complaining import Complaint, Report, filed, receipt, review_asked
from engine.console.actions import SOURCE, TAKEN, WAIT_SECONDS
from engine.console.errors import Forbidden
from engine.console.pages.sign_in import GUARD_COOKIE, address_of, check_guard
from engine.console.parts import Console
from engine.console.views.voices import VoiceRow, of_number, spoken
from engine.console.visit import Visit, any_visit
from engine.intake.envelope import Answer, Envelope
from engine.vault.following import fits
from rules.practice import ROUTES

FIELDS = ("unit", "subject", "text", "contact")
Kind = Literal["complain", "report"]
KINDS: dict[Kind, type[Complaint]] = {"complain": Complaint, "report": Report}


def add(router: APIRouter, console: Console) -> None:
    @router.get("/public/complain")
    def complaint(request: Request) -> Response:
        with any_visit(console, request) as v:
            return _form(v, "complain")

    @router.post("/public/complain")
    def complain(request: Request) -> Response:
        with any_visit(console, request) as v:
            return _filed(v, "complain")

    @router.get("/public/report")
    def tip(request: Request) -> Response:
        with any_visit(console, request) as v:
            return _form(v, "report")

    @router.post("/public/report")
    def report(request: Request) -> Response:
        with any_visit(console, request) as v:
            return _filed(v, "report")

    @router.post("/public/complain/review")
    def review(request: Request) -> Response:
        with any_visit(console, request) as v:
            return _reviewed(v)


def _filed(v: Visit, kind: Kind) -> Response:
    check_guard(v)
    given = {name: value for name in FIELDS if (value := v.form.get(name, "").strip())}
    wrong = ("unit",) if given.get("unit") not in v.world.units else ()
    if wrong or "text" not in given:
        return _form(v, kind, wrong or ("text",), 422)
    address = address_of(v.request)
    if wait := v.console.complain_limit.wait(address):
        return _form(v, kind, ("wait",), 429, minutes=-(-wait // 60))
    v.console.complain_limit.failed(address)
    try:
        said = KINDS[kind](**given)
    except ValidationError:
        return _form(v, kind, ("text",), 422)
    message = filed(v.db, said, SOURCE, v.now, v.form.get("token") or None)
    if _submit(v, message).outcome not in TAKEN:
        return _form(v, kind, ("failed",), 503)
    return v.page("public_complained.html", receipt=receipt(v.db, message), kind=kind)


def _submit(v: Visit, message: Envelope) -> Answer:
    answer: Answer = v.console.door.submit(message).result(timeout=WAIT_SECONDS)
    return answer


def _form(v: Visit, kind: Kind, wrong: tuple[str, ...] = (), status: int = 200, minutes: int = 0) -> Response:
    guard = v.request.cookies.get(GUARD_COOKIE) or secrets.token_urlsafe(18)
    units = sorted(v.world.units.values(), key=v.t.name)
    response = v.page(
        "public_complain.html", status, units=units, subjects=tuple(ROUTES), wrong=wrong, minutes=minutes, form=v.form,
        guard=guard, kind=kind, token=v.form.get("token") or v.new_token(),
    )  # fmt: skip
    secure = v.request.url.scheme == "https"
    response.set_cookie(GUARD_COOKIE, guard, httponly=True, samesite="strict", secure=secure)
    return response


def page_of(v: Visit, row: VoiceRow, wrong: tuple[str, ...] = (), status: int = 200) -> Response:
    """How a complaint stands, for whoever complained: his own words and the answers, no name of an official."""
    said = spoken(v.db, row)
    answered = {one.stage for one in said} & {"answered", "declined"}
    may_ask = row.what == "complaint" and bool(answered) and not any(one.stage == "review_asked" for one in said)
    return v.page(
        "public_complaint.html", status, row=row, said=said, may_ask=may_ask, wrong=wrong, form=v.form,
        number=row.number, code=v.form.get("code", ""),
    )  # fmt: skip


def _reviewed(v: Visit) -> Response:
    number, address = v.form.get("case", "").strip(), address_of(v.request)
    row = None if v.console.follow_limit.wait(address) else of_number(v.db, number)
    if row is None or not fits(v.db, row.case_id, v.form.get("code", "")):
        v.console.follow_limit.failed(address)
        raise Forbidden("follow")
    text = v.form.get("text", "").strip()
    if not text:
        return page_of(v, row, ("text",), 422)
    _submit(v, review_asked(row.number, text, SOURCE, v.now))
    return page_of(v, of_number(v.db, row.number) or row)
