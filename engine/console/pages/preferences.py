"""How I want to be told: channels for each level, and quiet hours. The inbox always; what cannot wait never waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import msgspec
from fastapi import APIRouter
from psycopg.types.json import Jsonb
from starlette.requests import Request
from starlette.responses import Response

from engine.channels.book import book
from engine.channels.preferences import EMAIL, PreferenceLevel, Preferences, ways_of
from engine.console.parts import Console
from engine.console.visit import Visit, visit
from notifications.channels.forms import ChannelForm

LEVELS: tuple[PreferenceLevel, ...] = ("warning", "yellow", "red", "escalated", "none")
assert set(LEVELS) == {level for part in get_args(PreferenceLevel) for level in get_args(part)}


def add(router: APIRouter, console: Console) -> None:
    @router.get("/preferences")
    def show(request: Request) -> Response:
        with visit(console, request) as v:
            return _page(v, _mine(v))

    @router.post("/preferences")
    def change(request: Request) -> Response:
        with visit(console, request) as v:
            try:
                wanted = _wanted(v, _offered(v))
            except msgspec.ValidationError:
                return _page(v, _mine(v), wrong=True)
            v.db.execute(
                "UPDATE app_user SET preferences = %s WHERE login = %s",
                (Jsonb(msgspec.to_builtins(wanted)), v.account.login),
            )
            return v.go("/preferences?done=chosen")


def _mine(v: Visit) -> Preferences:
    row = v.db.execute("SELECT preferences FROM app_user WHERE login = %s", (v.account.login,)).fetchone()
    return msgspec.convert(row[0] if row else {}, Preferences)


def _personal(v: Visit) -> list[ChannelForm]:
    return [form for form in book(v.db).values() if form.personal]


def _offered(v: Visit) -> tuple[str, ...]:
    return (EMAIL, *(form.id for form in _personal(v)))


def _wanted(v: Visit, offered: Sequence[str]) -> Preferences:
    """What the form says; msgspec.ValidationError where the hours are none."""
    ways = {level: tuple(name for name in offered if f"{level}.{name}" in v.form) for level in LEVELS}
    start, end = v.form.get("start", ""), v.form.get("end", "")
    quiet = {"start": start, "end": end} if start or end else None
    return msgspec.convert({"ways": ways, "quiet": quiet}, Preferences)


def _page(v: Visit, mine: Preferences, *, wrong: bool = False) -> Response:
    chosen = {level: ways_of(mine, level, _personal(v)) for level in LEVELS}
    row = v.db.execute("SELECT email, phone FROM app_user WHERE login = %s", (v.account.login,)).fetchone()
    email, phone = row or (None, None)
    has = {name: bool(email if name == EMAIL else phone) for name in _offered(v)}
    return v.page(
        "preferences.html", 422 if wrong else 200, chosen=chosen, levels=LEVELS, has=has, quiet=mine.quiet, wrong=wrong
    )
