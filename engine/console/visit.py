"""One request of one signed-in person: who, in which language, at which moment, on which connection, with which rights."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from engine.console.auth import COOKIE, Account, find_account
from engine.console.dates import Dates
from engine.console.errors import Forbidden, SignInNeeded
from engine.console.i18n import Texts, locale_from
from engine.console.parts import Console
from engine.console.rendering import render
from engine.console.views import nav
from engine.demo.clock_row import read_state
from engine.demo.course import Course
from engine.rights import Action, UnitTree, allowed, may_at_all, visible_units
from engine.storage.connect import Connection
from rules.world import World

# Flash messages, by what the address says was done.
DONE = (
    "recorded",
    "acknowledged",
    "answered",
    "confirmed",
    "dismissed",
    "excused",
    "withdrawn",
    "stated",
    "decided",
    "hearing",
    "recusal",
    "service",
    "review_request",
    "review",
    "execution",
    "restoration",
    "closing",
    "closed",
    "released",
    "discarded",
    "imported",
    "tested",
    "sent_again",
    "chosen",
    "settled",
    "said",
    "saved",
    "filed",
    "considered",
    "asked",
    "alert_closed",
)
LANGUAGE_COOKIE = "jiannuo_language"


class Visit:
    """What a page works with. `db` is one connection, its transaction the request's."""

    def __init__(self, console: Console, request: Request, db: Connection, account: Account | None) -> None:
        self.console, self.request, self.db = console, request, db
        self._account = account
        chosen = request.cookies.get(LANGUAGE_COOKIE) or (account.locale if account else None)
        self.t = Texts(locale_from(chosen, request.headers.get("accept-language")))
        self.now: datetime = console.clock.now()
        self.world: World = console.world(db)
        self.calendar = self.world.calendar(self.now)
        self.d = Dates(self.t.locale, self.calendar.zone.key)
        self.tree = UnitTree({unit.id: unit.parent for unit in self.world.units.values()})

    @property
    def account(self) -> Account:
        if self._account is None:
            raise SignInNeeded
        return self._account

    @property
    def signed_in(self) -> bool:
        return self._account is not None

    @property
    def today(self) -> date:
        return self.d.local(self.now).date()

    @property
    def person(self) -> str:
        return self.account.person

    @cached_property
    def form(self) -> dict[str, str]:
        return getattr(self.request.state, "form", {})

    def knows(self, action: Action) -> bool:
        """Whether any role of the person knows the action, anywhere."""
        return may_at_all(self.account.actor, action)

    def may(self, action: Action, unit: str | None, concerned: Iterable[str | None] = ()) -> bool:
        return allowed(self.account.actor, action, self.tree, unit=unit, concerned=concerned)

    def need(self, action: Action, unit: str | None, concerned: Iterable[str | None] = ()) -> None:
        if not self.may(action, unit, concerned):
            raise Forbidden(action)

    def need_role(self, action: Action) -> None:
        if not self.knows(action):
            raise Forbidden(action)

    def units(self, action: Action) -> frozenset[str] | None:
        """The units whose things the person may see; None means all."""
        return visible_units(self.account.actor, action, self.tree)

    def unit_name(self, unit: str | None) -> str:
        found = self.world.units.get(unit) if unit else None
        return self.t.name(found) if found else (unit or "—")

    def person_name(self, person: str | None) -> str:
        """The name of an official, of a unit that acts as one, or the id."""
        post = self.world.post_of(person, self.today) if person else None
        return self.t.name(post) if post else self.unit_name(person)

    def item_name(self, code: str | None, on: date | None = None) -> str:
        found = self.world.item(code, on or self.today) if code else None
        return self.t.name(found) if found else (code or "—")

    def holder_name(self, holder: str | None) -> str:
        """A step's holder: a person, or a post as `post:NAME`."""
        kind, _, post = (holder or "").partition(":")
        return self.t.code("post", post) if kind == "post" else self.person_name(holder)

    @property
    def account_name(self) -> str:
        """Officials by the name of their post, others by that of the account."""
        known = self.world.post_of(self.person, self.today)
        return self.t.name(known) if known else self.account.name or self.account.login

    def iso(self, at: datetime | None) -> str:
        """An instant for a file: in the office's zone, to be read by programs."""
        return self.d.local(at).isoformat() if at else ""

    def step_name(self, item: str | None, step: str | None) -> str:
        found = self.world.item(item, self.today) if item else None
        return next((self.t.name(s) for s in (found.steps if found else ()) if s.id == step), step or "—")

    def cause(self, cause: str, item: str | None = None) -> str:
        """What an alert is about: a limit, a step of an item, a hold, or a finding."""
        kind, _, rest = cause.partition(":")
        if kind == "limit":
            return self.t.code("clock", rest)
        if kind == "hold":
            return f"{self.t('hold_word')} · {self.t.code('hold', rest)}"
        if kind == "step":
            return f"{self.t.code('clock', kind)} · {self.step_name(item, rest)}"
        if kind == "office":
            return f"{self.t.code('clock', kind)} · {self.unit_name(rest)}"
        if kind in {"inquiry", "supervision", "referral"}:
            return self.t.code("request", kind)
        if kind in {"complaint", "rating", "report"}:
            return self.t.code("voice_task", f"{kind}_{rest.partition(':')[0]}")
        return self.finding(cause, item)

    def finding(self, name: str, item: str | None = None) -> str:
        """A finding by its name: the kind, and the clock, step, office or fact that it is about."""
        kind, _, rest = name.partition(":")
        word = self.t.code("finding", kind)
        return f"{word} · {self._about(kind, rest, item)}" if rest else word

    def _about(self, kind: str, rest: str, item: str | None) -> str:
        if kind == "step_overdue":
            return self.step_name(item, rest)
        if kind == "carrier_differs":
            carrier, _, place = rest.partition(":")
            return f"{self.t.code('carrier', carrier)} {place}".strip()
        if kind == "office_silent":
            return self.unit_name(rest)
        return self.cause(rest, item) if ":" in rest else self.t.code("hold" if kind == "hold_open" else "clock", rest)

    @cached_property
    def course(self) -> Course | None:
        """The simulated clock's state, where there is one."""
        return read_state(self.db) if self.console.simulated else None

    @property
    def may_turn_clock(self) -> bool:
        return self.course is not None and self.knows("clock.control")

    @property
    def here(self) -> str:
        """This page's address, to come back to."""
        if self.request.method != "GET":
            return self.form.get("next", "/today")
        query = f"?{self.request.url.query}" if self.request.url.query else ""
        return self.request.url.path + query

    @property
    def filters(self) -> str:
        """What the address bar asks for, without the place in the list and what was just done."""
        asked = self.request.query_params.multi_items()
        return urlencode([(name, value) for name, value in asked if name not in {"after", "done"}])

    @property
    def flash(self) -> str | None:
        """What was just done, said once on the page after it."""
        done = self.request.query_params.get("done")
        return done if done in DONE else None

    def new_token(self) -> str:
        """The message id of a form's fact: pressing twice is one fact."""
        return secrets.token_urlsafe(18)

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        menu = nav.menu(self) if self.signed_in else ()
        return HTMLResponse(render(template, self, menu=menu, **values), status)

    def go(self, address: str) -> Response:
        return RedirectResponse(address, 303)


@contextmanager
def visit(console: Console, request: Request) -> Iterator[Visit]:
    """A request of somebody signed in; otherwise they are sent to sign in. A changed form without its token is refused."""
    with any_visit(console, request) as guest:
        account = guest.account
        if request.method == "POST" and not secrets.compare_digest(guest.form.get("csrf", ""), account.csrf):
            raise Forbidden("csrf")
        yield guest


@contextmanager
def any_visit(console: Console, request: Request) -> Iterator[Visit]:
    """A request of anybody: public pages and the sign-in itself."""
    with console.pool.connection() as db:
        yield Visit(console, request, db, find_account(db, request.cookies.get(COOKIE)))
