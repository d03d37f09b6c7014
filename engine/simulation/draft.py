"""Draft rules: what is to be other than in force, and the world in which it had been so all along."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

import msgspec

from engine.conditions import conditions_of
from engine.ledger.canonical import canonical
from engine.procedures.charts import charts_of
from rules.accountability import Accountability
from rules.calendar import Calendar
from rules.calendar_form import read
from rules.errors import RuleError, refusal
from rules.items import Item
from rules.world import World

ALWAYS = date(1900, 1, 1)
Made = TypeVar("Made")
WHOLE = frozenset({"unit", "version", "effective_from"})


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shapes of a rehearsal (interfaces.md 2). An item that leaves out its unit, version or date says only what changes of the published one."""

    items: tuple[dict[str, Any], ...] = ()
    calendar: dict[str, Any] | None = None
    accountability: tuple[dict[str, Any], ...] = ()


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which past cases: accepted on these days (both included), of these units and all below them. Nothing said: all."""

    since: date | None = None
    until: date | None = None
    units: tuple[str, ...] = ()


class Drafted(msgspec.Struct, frozen=True):
    """`items`: the only codes whose cases are looked at, None where all are; `other`: codes whose rules truly differ.

    `touches`: codes whose cases are derived under anything that was drafted, None where all are.
    """

    world: World
    items: tuple[str, ...] | None
    other: frozenset[str]
    touches: frozenset[str] | None
    another_calendar: bool
    for_dockets: bool
    rules: tuple[Accountability, ...]


def digest(draft: Draft) -> str:
    """Names the draft: what was simulated is what the reviewer has before him, or the names differ."""
    return hashlib.sha256(canonical(draft)).hexdigest()


def drafted(world: World, draft: Draft) -> Drafted:
    """Raises RuleError, naming the place, for a draft that cannot be read or that no case can notice."""
    if not (draft.items or draft.calendar or draft.accountability):
        raise RuleError("missing_field", "a draft names items, a calendar or accountability rules", "items")
    items = [_item(world, form, f"items[{place}]") for place, form in enumerate(draft.items)]
    codes = {item.code for item in items}
    kept = [item for item in world.items() if item.code not in codes]
    calendars = _calendars(world, draft.calendar) if draft.calendar is not None else world.calendars
    sets = [_rules(form, f"accountability[{place}]") for place, form in enumerate(draft.accountability)]
    units = {one.unit for one in sets}
    made = world.but(
        items=(*kept, *items),
        conditions=conditions_of((*kept, *items)),
        charts=charts_of((*kept, *items)),
        calendars=calendars,
        accountability=(*(one for one in world.accountability if one.unit not in units), *sets),
        version=f"{world.version}+{digest(draft)[:12]}",
    )
    others = frozenset(item.code for item in items if any(_differs(item, old) for old in _versions(world, item.code)))
    everywhere = draft.calendar is not None or bool(sets)
    return Drafted(
        world=made,
        items=None if everywhere else tuple(sorted(codes)),
        other=others,
        touches=_touches(world, draft, sets, frozenset(codes)),
        another_calendar=draft.calendar is not None,
        for_dockets=everywhere,
        rules=tuple(sets),
    )


def units_of(world: World, draft: Draft) -> list[str | None]:
    """The units whose rules are drafted; None: rules of the whole installation."""
    drafted_items = [_item(world, form, f"items[{place}]").unit for place, form in enumerate(draft.items)]
    sets = [form.get("unit") for form in draft.accountability]
    return [*drafted_items, *sets, *([None] if draft.calendar is not None else [])]


def _versions(world: World, code: str) -> list[Item]:
    return [item for item in world.items() if item.code == code]


def _item(world: World, form: dict[str, Any], place: str) -> Item:
    """In force as far back as the item was ever published."""
    code = form.get("code")
    versions = _versions(world, code) if isinstance(code, str) else []
    if not versions:
        raise RuleError(
            "unknown_item", f"no item {code!r} was ever published, so it has no past cases", f"{place}.code"
        )
    last = versions[-1]
    changes = form if form.keys() >= WHOLE else {**msgspec.to_builtins(last), "version": last.version + 1, **form}
    since = min(item.effective_from for item in versions)
    given = {name: value for name, value in changes.items() if value is not None and name != "published_on"}
    return _read(given | {"effective_from": since.isoformat()}, Item, place)


# What is asked only once a breach was confirmed: proceedings alone read it (tests/rules/test_what_if_ladder.py).
DATED = ("unit", "version", "effective_from")
OF_PROCEEDINGS = (
    *DATED, "accountable_from", "window", "matrix", "statement_window", "review_request", "review_decision",
    "review_stays", "once_verified", "severity_grid", "bands", "adjustments", "terms", "leader_shares", "unit_threshold", "unit_matrix",
    "unit_kinds", "head_decides_up_to", "competence", "appointing_authority", "legal_ground_from", "phases", "clauses",
)  # fmt: skip


def _touches(
    world: World, draft: Draft, sets: Sequence[Accountability], codes: frozenset[str]
) -> frozenset[str] | None:
    """Rules that only proceedings read touch no case. Rules restated as they are ask whether they reproduce what is on record: of every case."""
    known = [_bare(one, DATED) for one in (*world.accountability, Accountability())]
    restated = all(_bare(one, DATED) in known for one in sets)
    heard = any(_bare(one, OF_PROCEEDINGS) != Accountability() for one in (*world.accountability, *sets))
    return None if draft.calendar is not None or restated or heard else codes


def _bare(rules: Accountability, names: Sequence[str]) -> Accountability:
    shipped = Accountability()
    return msgspec.structs.replace(rules, **{name: getattr(shipped, name) for name in names})


def _differs(item: Item, old: Item) -> bool:
    dated = {"version": 0, "effective_from": ALWAYS, "published_on": None}
    return msgspec.structs.replace(item, **dated) != msgspec.structs.replace(old, **dated)


def _calendars(world: World, form: dict[str, Any]) -> tuple[tuple[Any, Calendar], ...]:
    """The draft in place of every version there was, under their names: no date was ever told by another one."""
    given = {name: value for name, value in form.items() if name != "known_from"}
    extends = read(given).extends
    base = world.calendar_versions.get(extends) if extends is not None else None
    return tuple(
        (known, Calendar.from_dict(given | {"version": each.version}, base)) for known, each in world.calendars
    )


def _rules(form: dict[str, Any], place: str) -> Accountability:
    return msgspec.structs.replace(_read(form, Accountability, place), effective_from=ALWAYS)


def _read(form: dict[str, Any], shape: type[Made], place: str) -> Made:
    try:
        return msgspec.convert(form, shape)
    except msgspec.ValidationError as error:
        raise refusal(error, place) from error
