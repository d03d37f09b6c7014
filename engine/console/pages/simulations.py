"""What-if: the list, a form for one item's limit, silence and warnings, and a result with the cases behind each figure."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.actions import Refusal
from engine.console.errors import NotFound
from engine.console.filing_work import asked_about
from engine.console.pages.catalogue import current_items
from engine.console.parts import Console
from engine.console.visit import Visit, visit
from engine.errors import OperatorError
from engine.filings import reading
from engine.lint.reading import form as read_form
from engine.simulation import answers, keep
from engine.simulation.background import begin
from engine.simulation.check import checked
from engine.simulation.draft import Draft, Scope, units_of
from engine.simulation.figures import FIGURES
from engine.simulation.keep import Kept, Wanted
from engine.storage.connect import Connection
from rules.errors import RuleError, refusal
from rules.items import Effect
from rules.limit import Unit

PAGE = 100
LIMITS = ("working_days", "calendar_days", "working_hours")
DIMENSIONS = ("item", "unit", "person")
assert set(LIMITS) <= set(get_args(Unit))


def add(router: APIRouter, console: Console) -> None:
    @router.get("/simulations")
    def show_all(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("rules.simulate")
            return _list(v)

    @router.post("/simulations")
    def simulate(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("rules.simulate")
            found = _asked(v)
            if isinstance(found, Refusal):
                return _list(v, found)
            begin(console.pool, console.clock, found)
            return v.go(f"/simulations/{found}")

    @router.get("/simulations/{id_}")
    def show(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            v.need_role("rules.simulate")
            return _result(v, _found(v, id_))

    @router.post("/simulations/{id_}/cancel")
    def cancel(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            v.need_role("rules.simulate")
            keep.cancel(_db(v), _found(v, id_).id, v.person)
            v.db.commit()
            return v.go(f"/simulations/{id_}")


def _list(v: Visit, wrong: Refusal | None = None) -> Response:
    rows = [kept for kept in keep.latest(_db(v)) if _may_see(v, kept)]
    items = [item for item in current_items(v) if v.may("rules.simulate", item.unit)]
    chosen = v.request.query_params.get("item", "")
    return v.page(
        "simulations.html", 422 if wrong else 200, rows=rows, items=items, refusal=wrong, form=v.form or {"item": chosen},
        effects=get_args(Effect), limits=LIMITS,
    )  # fmt: skip


def _db(v: Visit) -> Connection:
    assert isinstance(v.db, Connection)
    return v.db


def _may_see(v: Visit, kept: Kept) -> bool:
    """Whoever may simulate for one of the drafted units, and who reviews the draft; for the whole installation those who may everywhere."""
    return any(v.may("rules.simulate", unit) for unit in (kept.units or (None,))) or asked_about(v, kept.items)


def _found(v: Visit, id_: str) -> Kept:
    kept = keep.find(_db(v), id_)
    if kept is None or not _may_see(v, kept):
        raise NotFound
    return kept


def _asked(v: Visit) -> str | Refusal:
    """The id of the simulation that was asked for."""
    try:
        draft, scope = msgspec.convert(_draft(v), Draft), _scope(v)
        units = units_of(v.world, draft)
        checked(v.world, draft)
    except RuleError as error:
        return Refusal(error.code, f"{error.field}: {error.message}" if error.field else error.message)
    except msgspec.ValidationError as error:
        told = refusal(error)
        return Refusal(told.code, str(told))
    except OperatorError as error:
        return Refusal("wrong_value", str(error))
    for unit in units:
        v.need("rules.simulate", unit)
    asked = keep.Asked(v.form.get("title", "").strip()[:200], v.person, draft, scope, tuple(u for u in units if u))
    id_ = keep.ask(_db(v), asked, v.now)
    v.db.commit()
    return id_


def _draft(v: Visit) -> Any:
    """A file says everything; else the entry that was filed, or what was filled in."""
    if file := v.form.get("file", "").strip():
        return read_form(v.t("simulations.file"), file.encode())
    return {"items": [_filed(v) if v.form.get("filing") else _item(v)]}


def _filed(v: Visit) -> dict[str, Any]:
    """An entry that was filed, as it stands there, whole: what it leaves out it means to leave out."""
    filing = reading.find(_db(v), v.form["filing"])
    if filing is None:
        raise NotFound
    return {"version": 1, "effective_from": v.today.isoformat(), **filing.item}


def _item(v: Visit) -> dict[str, Any]:
    """Only what was filled in; all else stays as published."""
    form = {name: value.strip() for name, value in v.form.items()}
    if not form.get("item"):
        raise RuleError("missing_field", v.t("simulations.neither"), "item")
    item: dict[str, Any] = {"code": form["item"]}
    if form.get("amount"):
        item["committed_limit"] = {
            "amount": _number(form["amount"], "amount"),
            "unit": form.get("limit_unit", LIMITS[0]),
        }
        item["steps"] = [] if form.get("without_steps") else None
    if form.get("effect"):
        published = v.world.item(item["code"], v.today)
        now = msgspec.to_builtins(published.silence) if published is not None else {}
        item["silence"] = {**now, "effect": form["effect"], "clock": form.get("silence_clock") or "committed"}
    if form.get("warning"):
        before = {"amount": _number(form["warning"], "warning"), "unit": "working_days"}
        item["warnings"] = [{"before": before, "level": "warning"}]
    return {name: value for name, value in item.items() if value is not None}


def _number(text: str, field: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise RuleError("wrong_type", f"{text!r} is no whole number", field)
    return int(text)


def _scope(v: Visit) -> Scope:
    given = {name: v.form.get(name, "").strip() for name in ("since", "until")}
    return msgspec.convert({name: value for name, value in given.items() if value}, Scope)


def _result(v: Visit, kept: Kept) -> Response:
    wanted = _wanted(v)
    shown = answers.simulation(kept)
    asked = v.request.query_params.get("after", "")
    rows = keep.cases(_db(v), kept.id, wanted, asked, PAGE + 1) if shown.figures else []
    persons = v.knows("proceeding.read")
    return v.page(
        "simulation.html",
        kept=kept,
        shown=shown,
        figures=FIGURES,
        dimensions=[name for name in DIMENSIONS if name != "person" or persons],
        rows=rows[:PAGE],
        more=rows[PAGE - 1].case_id if len(rows) > PAGE else None,
        wanted=wanted,
        measures=keep.measures(_db(v), kept.id, most=PAGE) if persons else [],
        changes=_changed(shown),
    )


def _changed(shown: answers.Simulation) -> list[Any]:
    """By dimension: the lines in which something changes."""
    if shown.figures is None:
        return []
    tables = {"item": shown.figures.by_item, "unit": shown.figures.by_unit, "person": shown.figures.by_person}
    return [
        (name, [line for line in lines if any(f.gained or f.lost for f in line.figures.values())])
        for name, lines in tables.items()
    ]


def _wanted(v: Visit) -> Wanted:
    asked = v.request.query_params
    return Wanted(*(asked.get(name) or None for name in ("gained", "lost", "item", "unit", "person")))
