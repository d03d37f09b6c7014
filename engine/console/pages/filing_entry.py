"""The form of a catalogue entry: where to begin, fields and rows, dates and checks as one types; nothing typed is lost."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from engine.console.drawing import drawn
from engine.console.entry import places, rows
from engine.console.entry.choices import choices
from engine.console.entry.columns import TABLES
from engine.console.entry.conditions import settled
from engine.console.entry.reading import Read, read
from engine.console.entry.showing import fields_of
from engine.console.errors import NotFound
from engine.console.explanation import told as accounts_told
from engine.console.filing_preview import preview
from engine.console.filing_work import why_back
from engine.console.i18n import catalogue
from engine.console.pages.catalogue import current_items
from engine.console.parts import Console
from engine.console.rendering import render
from engine.console.visit import Visit, any_visit, visit
from engine.filings import reading, starting
from engine.filings.desk import act
from engine.filings.rights import asked_for
from engine.lint.telling import told
from rules.filing import Filing, Refused, Save

Form = dict[str, str]
Item = dict[str, Any]


def add(router: APIRouter, console: Console) -> None:
    @router.get("/filings/start")
    def start(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.edit")
            return _start(v)

    @router.get("/filings/new")
    def new(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.edit")
            return _form(v, None, _begun(v))

    @router.post("/filings/preview")
    def foresee(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.edit")
            form = dict(v.form)
            found = _read(v, _known(v), form)
            return HTMLResponse(render("filing_preview_alone.html", v, form=form, **_shown(v, form, found)))

    @router.post("/filings/form")
    def change(request: Request) -> Response:
        """Writes nothing, so it asks for no token: what was typed before a session ended comes back here."""
        with any_visit(console, request) as v:
            v.need_role("catalogue.edit")
            form, focus = rows.moved(_received(v.form), v.form.get("do", ""))
            known = _known(v)
            form = settled(form, _read(v, known, form).item.get("attributes") or {})
            return _form(v, known, form, focus=focus)

    @router.post("/filings/save")
    def save(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.edit")
            return _save(v)

    @router.get("/filings/{id_}/edit")
    def edit(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            found = reading.find(v.db, id_)
            if found is None:
                raise NotFound
            v.need("catalogue.edit", found.unit)
            return _form(v, found, {**fields_of(found.item), "note": found.note})


def _start(v: Visit) -> Response:
    """Templates, and the unit's own items to copy or to change."""
    own = [item for item in current_items(v) if v.may("catalogue.edit", item.unit)]
    units = [unit for unit in v.world.units.values() if v.may("catalogue.edit", unit.id)]
    return v.page("filing_start.html", templates=starting.TEMPLATES, own=own, units=units)


def _begun(v: Visit) -> Form:
    """A new form: empty, from a template, a copy of an item, or a published item that is to be changed."""
    asked = v.request.query_params
    code, copied, template = asked.get("from", ""), asked.get("copy", ""), asked.get("template", "")
    item: Item = {}
    if template:
        item = starting.template(template) or {}
    elif code or copied:
        item = _published(v, code or copied)
    if not code:
        item = starting.fresh(item, v.world, asked.get("unit") or item.get("unit") or _only_unit(v))
    return {**fields_of(item), "from": code}


def _only_unit(v: Visit) -> str:
    units = [unit.id for unit in v.world.units.values() if v.may("catalogue.edit", unit.id)]
    return units[0] if len(units) == 1 else ""


def _received(form: Form) -> Form:
    """A chart that came as a file goes on as text, and lines as rows: the page that comes back cannot hold the file."""
    chart = form.get("flow_chart_file", "").strip()
    gone = form.get("flow_chart_none") == "yes"
    return rows.listed({**form, "flow_chart": "" if gone else chart or form.get("flow_chart", "")})


def _read(v: Visit, filing: Filing | None, form: Form) -> Read:
    return read(_received(form), filing.item if filing else _published(v, form.get("from", "")))


def _save(v: Visit) -> Response:
    """What was typed is kept, whatever lint says; only what cannot be read comes back with the field that is wrong."""
    known, form = _known(v), _received(v.form)
    found = _read(v, known, form)
    unit = known.unit if known else form.get("unit", "")
    if not v.may("catalogue.edit", unit):
        found.wrong["unit"] = "unit_not_yours" if unit else "missing_field"
    if found.wrong:
        return _form(v, known, form, found=found, status=422)
    body = {"version": 1, "effective_from": (v.today + timedelta(days=1)).isoformat(), **found.item}
    wish = Save(item=body, note=form.get("note", ""))
    v.need(*asked_for(wish, known))
    done = act(v.db, known.id if known else secrets.token_hex(8), wish, v.person, v.console.clock)
    if isinstance(done, Refused):
        found.wrong[places.place(done.field.removeprefix("item."), found.places, set(places.fields(form)))] = done.code
        return _form(v, known, form, found=found, refused=done, status=422)
    again = v.form.get("go") == "on"
    return v.go(f"/filings/{done.id}/edit?done=saved" if again else f"/filings/{done.id}?done=saved")


def _form(
    v: Visit,
    filing: Filing | None,
    form: Form,
    *,
    found: Read | None = None,
    refused: Refused | None = None,
    focus: str = "",
    status: int = 200,
) -> Response:
    found = found or _read(v, filing, form)
    form = {"at-on": v.today.isoformat(), "at-time": "09:00", **form}
    return v.page(
        "filing_form.html", status, f=filing, form=form, refused=refused, focus=focus, back=why_back(v, filing) if filing else [], tables=TABLES, rows_shown=rows.shown,
        says_more=rows.says_more, own_words=_own_words(), choices=choices(v, form, found.item.get("attributes") or {}), **_shown(v, form, found),
    )  # fmt: skip


def _shown(v: Visit, form: Form, found: Read) -> Item:
    """What the dates, the checks and the words beside the fields are made of."""
    known = set(places.fields(form))
    seen = foreseen(v, found.item, _example_at(v, form))
    return {
        **seen, "said": places.beside(form, found, seen["seen_lint"], v.t), "said_at": sorted(known),
        "place_of": {one.field: places.place(one.field, found.places, known) for one in seen["seen_lint"]},
        "texts": {field: text for field, text in found.texts.items() if not form.get(f"{field}-raw")},
    }  # fmt: skip


def foreseen(v: Visit, item: Item, at: datetime | None = None) -> Item:
    """The example's dates and days (of the promise, or else of the law's limit), and what lint says."""
    seen = preview(item, v.world, v.now, at)
    main = accounts_told(v, seen.case, seen.accounts).main if seen.case else None
    strip = drawn(main, v.t("filing.beside")) if main and main.days else None
    lint, label = [told(one, v.t.locale) for one in seen.lint], partial(places.label, v.t)
    return {"seen": seen, "seen_lint": lint, "strip": strip, "names": _names(v, item), "place_of": {}, "label": label}


def _names(v: Visit, item: Item) -> Form:
    """Steps and offices by their id, in the reader's language."""
    parts = [part for name in ("steps", "offices") for part in item.get(name) or ()]
    english = v.t.locale == "en"
    return {part["id"]: (english and part.get("name_en")) or part.get("name", "") for part in parts}


@cache
def _own_words() -> frozenset[str]:
    """Columns that have a word of their own in a table."""
    return frozenset(key.removeprefix("filing.c.") for key in catalogue("zh") if key.startswith("filing.c."))


def _example_at(v: Visit, form: Form) -> datetime:
    """The moment of acceptance that somebody looks at; now, where the fields do not make one."""
    try:
        local = datetime.fromisoformat(f"{form.get('at-on', '')}T{form.get('at-time') or '09:00'}")
        return local.replace(tzinfo=v.calendar.zone)
    except ValueError:
        return v.now


def _known(v: Visit) -> Filing | None:
    id_ = v.form.get("filing", "")
    return reading.find(v.db, id_) if id_ else None


def _published(v: Visit, code: str) -> Item:
    versions = v.world.versions(code) if code else ()
    return msgspec.to_builtins(versions[-1]) if versions else {}
