"""Filings: the list with what waits for me first, one entry with its log and differences, the form with a live preview."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, get_args

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from engine.console import filing_form
from engine.console.errors import NotFound
from engine.console.filing_preview import preview
from engine.console.parts import Console
from engine.console.rendering import render
from engine.console.visit import Visit, visit
from engine.filings import reading
from engine.filings.desk import act
from engine.filings.rights import asked_for
from engine.lint.telling import told
from engine.simulation import keep
from rules.filing import (
    Approve,
    Filing,
    GiveReview,
    Publish,
    Refused,
    Save,
    SendBack,
    Submit,
    Wish,
    Withdraw,
)
from rules.items import Effect, Withholding
from rules.practice import ARTICLE_45

REASONS = (*ARTICLE_45, "completion", "public_notice", "applicant_cause", "joint_office", "other")
OPERATORS = ("==", "!=", "<", "<=", ">", ">=")


def add(router: APIRouter, console: Console) -> None:
    @router.get("/filings")
    def show_all(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.read")
            return _list(v)

    @router.get("/filings/new")
    def new(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.edit")
            code = request.query_params.get("from", "")
            item = _published(v, code) or {"unit": request.query_params.get("unit", "")}
            return _form(v, None, {**filing_form.fields_of(item), "from": code}, {})

    @router.post("/filings/preview")
    def foresee(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.edit")
            return HTMLResponse(
                render("filing_preview_alone.html", v, **_foreseen(v, _known(v, v.form.get("filing", ""))))
            )

    @router.post("/filings/save")
    def save(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.edit")
            return _save(v)

    @router.get("/filings/{id_}")
    def show(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            v.need_role("catalogue.read")
            return _one(v, _needed(v, id_))

    @router.get("/filings/{id_}/edit")
    def edit(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            found = _needed(v, id_)
            v.need("catalogue.edit", found.unit)
            return _form(v, found, filing_form.fields_of(found.item), {})

    @router.post("/filings/{id_}/{wish}")
    def move(request: Request, id_: str, wish: str) -> Response:
        with visit(console, request) as v:
            found = _needed(v, id_)
            wanted = _wish(v, wish)
            action, unit = asked_for(wanted, found)
            v.need(action, unit)
            done = act(v.db, id_, wanted, v.person, console.clock)
            return _one(v, found, done) if isinstance(done, Refused) else v.go(f"/filings/{id_}?done=filed")


def _list(v: Visit) -> Response:
    phase = v.request.query_params.get("phase") or None
    rows = reading.listed(v.db, phase=phase)
    mine = [one for one in reading.pending(v.db) if _waits_for_me(v, one)] if phase is None else []
    return v.page("filings.html", rows=rows, mine=mine, phase=phase, phases=_PHASES, may_file=v.knows("catalogue.edit"))


_PHASES = ("draft", "reviewing", "approving", "approved", "returned", "published", "withheld", "withdrawn")


def _waits_for_me(v: Visit, filing: Filing) -> bool:
    """Whether the next step of a filing is this person's."""
    if filing.phase == "reviewing":
        return (
            any(one.verdict is None and v.may("catalogue.review", one.unit) for one in filing.reviews)
            and v.person != filing.author
        )
    if filing.phase in {"approving", "approved"}:
        return v.may("catalogue.approve", filing.unit)
    return filing.phase in {"draft", "returned"} and v.may("catalogue.edit", filing.unit)


def _simulations(v: Visit, filing: Filing) -> list[keep.Kept]:
    """What reviewers should know: how the draft would have done on past cases."""
    return keep.latest(v.db, filing.code, 5) if v.may("rules.simulate", filing.unit) else []


def _one(v: Visit, filing: Filing, refused: Refused | None = None) -> Response:
    lint = [told(one, v.t.locale) for one in reading.lint_of(filing, v.world, v.now)]
    open_reviews = [one for one in filing.reviews if one.verdict is None and v.may("catalogue.review", one.unit)]
    return v.page(
        "filing.html", 409 if refused else 200, f=filing, refused=refused, lint=lint, log=reading.log(v.db, filing.id),
        changed=reading.against_published(filing, v.world), published=bool(v.world.versions(filing.code)),
        open_reviews=open_reviews if filing.phase == "reviewing" and v.person != filing.author else [],
        may_edit=v.may("catalogue.edit", filing.unit), may_approve=v.may("catalogue.approve", filing.unit),
        simulations=_simulations(v, filing), may_simulate=v.may("rules.simulate", filing.unit),
        tomorrow=(v.today + timedelta(days=1)).isoformat(), form=v.form, token=v.new_token(), **_foreseen_of(v, filing.item),
    )  # fmt: skip


def _save(v: Visit) -> Response:
    """What was typed is kept, whatever lint says; only what cannot be read comes back with the field that is wrong."""
    known = _known(v, v.form.get("filing", ""))
    item, wrong = filing_form.item_of(v.form, _before(v, known))
    tomorrow = (v.today + timedelta(days=1)).isoformat()
    body = {"version": 1, "effective_from": tomorrow, **item}
    if wrong.fields:
        return _form(v, known, dict(v.form), wrong.fields, status=422)
    wish = Save(item=body, note=v.form.get("note", ""))
    action, unit = asked_for(wish, known)
    v.need(action, unit)
    done = act(v.db, known.id if known else secrets.token_hex(8), wish, v.person, v.console.clock)
    if isinstance(done, Refused):
        return _form(v, known, dict(v.form), {done.field.removeprefix("item."): done.code}, refused=done, status=422)
    return v.go(f"/filings/{done.id}?done=saved")


def _form(
    v: Visit,
    filing: Filing | None,
    form: dict[str, str],
    wrong: dict[str, str],
    *,
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    lint = [told(one, v.t.locale) for one in reading.lint_of(filing, v.world, v.now)] if filing else []
    holders = [
        f"post:{post}" for post in ("officer", "window", "section_head", "deputy_in_charge", "first_responsible")
    ]
    unit = form.get("unit", "")
    holders += sorted({p.id for p in v.world.people if p.unit == unit and p.in_post(v.today)})
    item, _ = filing_form.item_of(form, filing.item if filing else _published(v, form.get("from", "")))
    return v.page(
        "filing_form.html", status, f=filing, form=form, wrong=wrong, refused=refused, lint=lint, rows_shown=filing_form.rows_shown,
        units=[unit for unit in v.world.units.values() if v.may("catalogue.edit", unit.id)], limit_units=filing_form.UNITS, holders=holders,
        effects=get_args(Effect), reasons=REASONS, operators=OPERATORS, attributes=list(item.get("attributes") or {}),
        categories=list(v.world.categories.values()), token=v.new_token(), **_foreseen_of(v, item),
    )  # fmt: skip


def _foreseen(v: Visit, filing: Filing | None) -> dict[str, Any]:
    item, _ = filing_form.item_of(v.form, _before(v, filing))
    return _foreseen_of(v, item)


def _before(v: Visit, filing: Filing | None) -> dict[str, Any]:
    """What the form was filled in from: the filing, or the published item that is changed by filing again."""
    return filing.item if filing else _published(v, v.form.get("from", ""))


def _published(v: Visit, code: str) -> dict[str, Any]:
    versions = v.world.versions(code)
    return msgspec.to_builtins(versions[-1]) if versions else {}


def _foreseen_of(v: Visit, item: dict[str, Any]) -> dict[str, Any]:
    seen = preview(item, v.world, v.now)
    return {
        "seen": seen,
        "seen_lint": [told(one, v.t.locale) for one in seen.lint],
        "names": {s["id"]: s.get("name") for s in item.get("steps") or ()},
    }


def _wish(v: Visit, name: str) -> Wish:
    said = v.form.get("remarks", "").strip()
    if name == "submit":
        basis, reason = v.form.get("withhold-basis", "").strip(), v.form.get("withhold-reason", "").strip()
        return Submit(withhold=Withholding(basis=basis, reason=reason) if basis and reason else None)
    if name == "review":
        return GiveReview(
            office=v.form.get("office", ""),
            verdict="objected" if v.form.get("verdict") == "objected" else "agreed",
            remarks=said or None,
        )
    if name == "publish":
        try:
            return msgspec.convert({"type": "publish", "effective_from": v.form.get("effective_from", "")}, Publish)
        except msgspec.ValidationError as error:
            raise NotFound from error
    wishes: dict[str, Wish] = {
        "approve": Approve(remarks=said or None),
        "return": SendBack(remarks=said),
        "withdraw": Withdraw(reason=said),
    }
    if name not in wishes:
        raise NotFound
    return wishes[name]


def _known(v: Visit, id_: str) -> Filing | None:
    return reading.find(v.db, id_) if id_ else None


def _needed(v: Visit, id_: str) -> Filing:
    found = _known(v, id_)
    if found is None:
        raise NotFound
    return found
