"""The console's route: reads the form once, and turns what ends a page early into a page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import psycopg
from fastapi.routing import APIRoute
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from engine.certificates.glyphs import MissingGlyphError
from engine.console.errors import Forbidden, NotFound, SignInNeeded
from engine.console.i18n import Texts, locale_from
from engine.console.rendering import render_alone

LARGEST_FILE = 2_000_000
Handler = Callable[[Request], Awaitable[Response]]
_NO_DATABASE = (psycopg.OperationalError, PoolTimeout, PoolClosed, TooManyRequests)
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class ConsoleRoute(APIRoute):
    def get_route_handler(self) -> Any:
        original = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if request.method == "POST":
                form = await request.form(max_fields=2000)
                request.state.form = {name: await _text(value) for name, value in form.items()}
            response = await _answer(original, request)
            await request.close()  # files that came with the form
            for name, value in SECURITY_HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return handle


async def _text(value: str | UploadFile) -> str:
    """A file that was chosen, as text: a page that shows the form again can show it too."""
    if isinstance(value, str):
        return value
    content = await value.read(LARGEST_FILE)
    await value.seek(0)  # a page may want the bytes themselves
    return content.decode("utf-8", "replace")


async def _answer(original: Handler, request: Request) -> Response:
    try:
        return await original(request)
    except (SignInNeeded, *_NO_DATABASE) as error:
        return _kept(request) if _is_long(request) else _ended(request, error)
    except Forbidden as error:
        if error.what == "csrf" and _is_long(request):
            return _kept(request)
        return _page(request, 403, "csrf" if error.what == "csrf" else "forbidden")
    except NotFound:
        return _page(request, 404, "not_found")
    except MissingGlyphError as error:
        return _page(request, 409, "not_printable", str(error))


def _ended(request: Request, error: Exception) -> Response:
    """Nobody is signed in any more, or no database answers; a part of a page is left as it is."""
    if not isinstance(error, SignInNeeded):
        return _page(request, 503, "no_database")
    if request.headers.get("HX-Request"):
        return Response(status_code=401)
    there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/signin?next={quote(there, safe='')}" if request.method == "GET" else "/signin", 303)


def _is_long(request: Request) -> bool:
    """A form that took somebody minutes to fill in."""
    return request.method == "POST" and request.url.path in {"/filings/save", "/filings/form"}


def _kept(request: Request) -> Response:
    """Everything that was typed, to go on with once one has signed in again: a page of its own, or in place of the form."""
    t = _texts(request)
    fields = {name: value for name, value in request.state.form.items() if name not in {"csrf", "token", "do", "go"}}
    headers = {"HX-Retarget": "#entry", "HX-Reselect": "#kept", "HX-Reswap": "outerHTML"}
    part = bool(request.headers.get("HX-Request"))
    return HTMLResponse(render_alone("kept.html", t, fields=fields), 200 if part else 401, headers if part else None)


def _page(request: Request, status: int, kind: str, detail: str = "") -> Response:
    t = _texts(request)
    return HTMLResponse(render_alone("error.html", t, kind=kind, detail=detail), status)


def _texts(request: Request) -> Texts:
    return Texts(locale_from(request.cookies.get("jiannuo_language"), request.headers.get("accept-language")))
