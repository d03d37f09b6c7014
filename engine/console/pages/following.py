"""Following a case without an account: by its number and the code its applicant was given; nothing of anybody else."""

from __future__ import annotations

import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.case_list import standing
from engine.console.drawing import drawn
from engine.console.explanation import explained
from engine.console.pages import complaining
from engine.console.pages.sign_in import address_of
from engine.console.parts import Console
from engine.console.views import certificates
from engine.console.views.case import CaseFile, case_file
from engine.console.views.voices import of_number
from engine.console.visit import Visit, any_visit
from engine.vault.following import fits

_log = structlog.get_logger(__name__)


def add(router: APIRouter, console: Console) -> None:
    @router.get("/public/follow")
    def ask(request: Request) -> Response:
        with any_visit(console, request) as v:
            return v.page("public_follow.html", number=request.query_params.get("case", ""), wrong="")

    # The code comes in a form, so that it stands in no address and no log.
    @router.post("/public/follow")
    def follow(request: Request) -> Response:
        with any_visit(console, request) as v:
            return _followed(v)


def _followed(v: Visit) -> Response:
    """A number that does not exist, a case that is not open to following and a wrong code are told apart by nobody."""
    number, address = v.form.get("case", "").strip(), address_of(v.request)
    wait = v.console.follow_limit.wait(address)
    if wait:
        _log.warning("following_must_wait", seconds=wait)
        return _again(v, number, v.t("follow.wait", minutes=-(-wait // 60)), 429)
    found = of_number(v.db, number) or case_file(v.db, number)
    fitting = fits(v.db, found.case_id if found else number, v.form.get("code", ""))
    if found is None or not fitting:
        v.console.follow_limit.failed(address)
        _log.warning("following_refused")
        return _again(v, number, v.t("follow.wrong"), 404)
    _log.info("followed", case=found.case_id)
    return _page(v, found) if isinstance(found, CaseFile) else complaining.page_of(v, found)


def _again(v: Visit, number: str, wrong: str, status: int) -> Response:
    return v.page("public_follow.html", status, number=number, wrong=wrong)


def _page(v: Visit, case: CaseFile) -> Response:
    found = explained(v, [case.case_id]).get(case.case_id)
    clocks = found.clocks if found else ()
    return v.page(
        "public_case.html",
        case=case,
        clocks=clocks,
        main=found.main if found else None,
        words={clock.name: standing(v, clock) for clock in clocks},
        strips={clock.name: drawn(clock, standing(v, clock)) for clock in clocks},
        stops=found.case.stops if found else (),
        certificates=certificates.certificates_of_case(v.db, case.case_id),
    )
