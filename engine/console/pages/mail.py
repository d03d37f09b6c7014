"""The demo's post office: what would have been sent by e-mail."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.errors import NotFound
from engine.console.parts import Console
from engine.console.visit import Visit, visit
from engine.embedded.mailcatcher import list_mail, read_mail


def add(router: APIRouter, console: Console) -> None:
    @router.get("/mail")
    def show_all(request: Request) -> Response:
        with visit(console, request) as v:
            return v.page("mail.html", rows=list_mail(_folder(v)))

    @router.get("/mail/{id_}")
    def show(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            mail = read_mail(_folder(v), id_)
            if mail is None:
                raise NotFound
            return v.page("letter.html", mail=mail)


def _folder(v: Visit) -> Path:
    v.need_role("mail.read")
    if v.console.mail_folder is None:
        raise NotFound
    return v.console.mail_folder
