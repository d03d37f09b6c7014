"""Effects on hold: the register of them, and one with its settling and what would follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.console.actions import Act, Refusal, envelope_of, perform
from engine.console.errors import NotFound
from engine.console.export import Cell, exports
from engine.console.paging import address, cursor, every, following
from engine.console.parts import Console
from engine.console.views.holds import PAGE, HoldFilter, HoldRow, hold, list_holds
from engine.console.visit import Visit, visit
from engine.intake.consequence import Consequence, consequence
from rules.chain import ABOVE_RED, climb

STATUSES = ("open", "closed")
REASONS = (
    "agency_data_failed", "precondition_unmet", "provisional_date", "calendar_corrected", "under_review",
    "source_behind", "reason_claimed", "backfilled", "engine_error",
)  # fmt: skip
# These end when their cause does: a calendar is announced, a source reports, a defect is mended.
BY_THEMSELVES = frozenset({"provisional_date", "source_behind", "engine_error"})
# Of these the effect has taken place already; the question is whether it stands.
OF_AN_EFFECT = frozenset({"calendar_corrected", "under_review"})
RESULTS = ("effect", "no_effect")


def add(router: APIRouter, console: Console) -> None:
    @router.get("/holds")
    def show_all(request: Request) -> Response:
        with visit(console, request) as v:
            v.need_role("case.read")
            return _list(v)

    exports(router, console, "/holds", "nav.holds", _lines)

    @router.get("/holds/{id_}")
    def show(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            return _page(v, _found(v, id_))

    @router.post("/holds/{id_}/consequence")
    def foresee(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            row = _to_close(v, id_)
            if v.form.get("result") not in RESULTS:
                return _page(v, row, wrong=("result",))
            act = msgspec.structs.replace(_closing(v, row), token=v.new_token())
            found = consequence(v.db, envelope_of(v, act), console.clock)
            if request.headers.get("hx-request"):
                return v.page("hold_consequence_alone.html", consequence=found)
            return _page(v, row, consequence=found)

    @router.post("/holds/{id_}/close")
    def close(request: Request, id_: str) -> Response:
        with visit(console, request) as v:
            row = _to_close(v, id_)
            wrong = tuple(_wrong(v, row))
            refusal = None if wrong else perform(v, _closing(v, row))
            return _page(v, row, refusal, wrong) if wrong or refusal else v.go(f"/holds/{id_}?done=closed")


def _list(v: Visit) -> Response:
    wanted = _filter(v)
    units = v.units("case.read")
    rows = list_holds(v.db, wanted, units, v.person)
    seen = [u for u in v.world.units.values() if units is None or u.id in units]
    more = address("/holds", msgspec.to_builtins(wanted), following(rows, PAGE, "recorded_at"))
    return v.page(
        "holds.html", wanted=wanted, rows=rows[:PAGE], next=more, statuses=STATUSES, reasons=REASONS,
        units=seen, blocked=lambda row: blocked(v, row),
    )  # fmt: skip


def blocked(v: Visit, row: HoldRow) -> str:
    """In a sentence what does not take place while the hold is open."""
    if row.reason in OF_AN_EFFECT:
        return v.t("holds.blocks.effect_stands")
    if row.reason in {"engine_error", "source_behind"}:
        return v.t(f"holds.blocks.{row.reason}")
    item = v.world.item(row.item, v.today) if row.item else None
    effect = item.silence.effect if item else "none"
    at = v.d.end(row.expires_at)
    if effect == "none":
        return v.t("holds.blocks.breach", at=at)
    return v.t("holds.blocks.silence", effect=v.t.code("effect", effect), at=at)


def _filter(v: Visit) -> HoldFilter:
    asked = {name: v.request.query_params.get(name, "") for name in HoldFilter.__struct_fields__}
    asked["status"] = asked["status"] if asked["status"] in STATUSES else "open"
    asked["after"] = cursor(asked["after"])
    return HoldFilter(**asked)


def _found(v: Visit, id_: str) -> HoldRow:
    row = hold(v.db, id_)
    if row is None or not v.may("case.read", row.unit, (row.owner,)):
        raise NotFound
    return row


def _to_close(v: Visit, id_: str) -> HoldRow:
    row = _found(v, id_)
    v.need("hold.close", row.unit)
    return row


def _wrong(v: Visit, row: HoldRow) -> Iterator[str]:
    if v.form.get("result") not in RESULTS:
        yield "result"
    if not v.form.get("reason", "").strip():
        yield "reason"
    if v.form.get("approver") not in _approvers(v, row):
        yield "approver"


def _closing(v: Visit, row: HoldRow) -> Act:
    given = {name: v.form.get(name, "").strip() for name in ("result", "reason", "approver")}
    return Act(
        "hold.closed",
        row.case_id or "",
        {"hold": row.reason, **{k: w for k, w in given.items() if w}},
        v.form.get("token", ""),
    )


def _approvers(v: Visit, row: HoldRow) -> tuple[str, ...]:
    """The posts above the officers of the unit and of its superiors, the inspectors, the leading group's office."""
    found: list[str] = []
    unit = row.unit
    while unit is not None and unit in v.world.units:
        found += [person for rung in climb(v.world, unit, v.today, ABOVE_RED) for person in rung]
        unit = v.world.units[unit].parent
    return tuple(dict.fromkeys(found))


def _page(
    v: Visit,
    row: HoldRow,
    refusal: Refusal | None = None,
    wrong: tuple[str, ...] = (),
    consequence: Consequence | None = None,
) -> Response:
    return v.page(
        "hold.html", 422 if wrong or refusal else 200, row=row, refusal=refusal, wrong=wrong, form=v.form,
        consequence=consequence, blocked=blocked(v, row), by_itself=row.reason in BY_THEMSELVES,
        may_close=v.may("hold.close", row.unit), results=RESULTS, approvers=_approvers(v, row),
        of_an_effect=row.reason in OF_AN_EFFECT, token=v.form.get("token") or v.new_token(),
    )  # fmt: skip


def _lines(v: Visit) -> Iterator[Sequence[Cell]]:
    v.need_role("case.read")
    yield [
        v.t(name)
        for name in ("col.reason", "holds.blocked", "col.case", "col.unit", "col.owner", "col.since", "col.until")
    ]
    wanted, units = _filter(v), v.units("case.read")

    def read(after: str) -> list[HoldRow]:
        return list_holds(v.db, msgspec.structs.replace(wanted, after=after), units, v.person)

    for row in every(read, PAGE, "recorded_at"):
        owner = v.person_name(row.owner)
        yield (
            v.t.code("hold", row.reason),
            blocked(v, row),
            row.case_id,
            v.unit_name(row.unit),
            owner,
            v.iso(row.recorded_at),
            v.iso(row.closed_at),
        )
