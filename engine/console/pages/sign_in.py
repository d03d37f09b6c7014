"""Sign in, sign out, choose a language."""

from __future__ import annotations

import secrets

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from engine.console.auth import COOKIE, SESSION_HOURS, check_password, end_session, start_session
from engine.console.errors import Forbidden
from engine.console.i18n import LOCALES
from engine.console.parts import Console
from engine.console.visit import LANGUAGE_COOKIE, Visit, any_visit, visit

GUARD_COOKIE = "jiannuo_guard"
YEAR = 365 * 24 * 3600


def add(router: APIRouter, console: Console) -> None:
    @router.get("/")
    def start() -> Response:
        return RedirectResponse("/today", 303)

    @router.get("/signin")
    def show(request: Request) -> Response:
        with any_visit(console, request) as guest:
            if guest.signed_in:
                return guest.go("/today")
            return _form(guest, "", safe_address(request.query_params.get("next")))

    @router.post("/signin")
    def sign_in(request: Request) -> Response:
        with any_visit(console, request) as guest:
            return _sign_in(console, guest)

    @router.post("/signout")
    def sign_out(request: Request) -> Response:
        with visit(console, request) as v:
            end_session(v.db, request.cookies[COOKIE])
            response = v.go("/signin")
            response.delete_cookie(COOKIE)
            return response

    @router.get("/language/{locale}")
    def language(request: Request, locale: str) -> Response:
        response = RedirectResponse(safe_address(request.query_params.get("next")), 303)
        if locale in LOCALES:
            response.set_cookie(LANGUAGE_COOKIE, locale, max_age=YEAR, samesite="lax")
        return response


def safe_address(address: str | None) -> str:
    """An address of ours to go to; anything else is the first page."""
    local = address and address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if address and local else "/today"


def _sign_in(console: Console, guest: Visit) -> Response:
    check_guard(guest)
    login, address = guest.form.get("login", "").strip(), address_of(guest.request)
    wait = max(console.login_limit.wait(login), console.address_limit.wait(address))
    if wait:
        return _form(guest, guest.t("signin.wait", minutes=-(-wait // 60)), guest.form.get("next", ""), 429)
    if not check_password(guest.db, login, guest.form.get("password", "")):
        console.login_limit.failed(login)
        console.address_limit.failed(address)
        return _form(guest, guest.t("signin.wrong"), guest.form.get("next", ""), 401)
    console.login_limit.forget(login)
    return _welcome(guest, start_session(guest.db, login))


def _welcome(guest: Visit, token: str) -> Response:
    response = guest.go(safe_address(guest.form.get("next")))
    secure = guest.request.url.scheme == "https"
    response.set_cookie(COOKIE, token, max_age=SESSION_HOURS * 3600, httponly=True, samesite="lax", secure=secure)
    response.delete_cookie(GUARD_COOKIE)
    return response


def check_guard(guest: Visit) -> None:
    """Before there is a session, the form must carry what its own cookie says: nobody is signed in from elsewhere."""
    cookie = guest.request.cookies.get(GUARD_COOKIE, "")
    if not cookie or not secrets.compare_digest(cookie, guest.form.get("guard", "")):
        raise Forbidden("csrf")


def _form(guest: Visit, wrong: str, next_: str, status: int = 200) -> Response:
    guard = guest.request.cookies.get(GUARD_COOKIE) or secrets.token_urlsafe(18)
    login = guest.form.get("login", "")
    (nobody,) = guest.db.execute("SELECT NOT EXISTS (SELECT FROM app_user)").fetchone() or (False,)
    values = {"wrong": wrong, "next": safe_address(next_), "login": login, "guard": guard, "nobody": nobody}
    response = guest.page("signin.html", status, **values)
    secure = guest.request.url.scheme == "https"
    response.set_cookie(GUARD_COOKIE, guard, httponly=True, samesite="strict", secure=secure)
    return response


def address_of(request: Request) -> str:
    return request.client.host if request.client else "unknown"
