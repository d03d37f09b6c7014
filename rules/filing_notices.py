"""Whom a filing tells: an office that is asked, and those above it once its time is over. The watchers are watched."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from rules.chain import climb, office
from rules.filing import Filing
from rules.stream import Entry
from rules.time_limits import last_day_before
from rules.world import World

DESK = ("section_head", "deputy_in_charge", "first_responsible")
APPROVAL = "leading_group_office"


def asked(filing: Filing, at: datetime, world: World) -> tuple[Entry, ...]:
    """To each office that has not answered, and to the leading-group office once all have agreed."""
    on = world.calendar(at).local_date(at)
    if filing.phase == "approving":
        return _notices(
            "review_waiting",
            filing,
            APPROVAL,
            office(world),
            last_day_before(filing.approve_by or at, world.calendar(at)),
            at,
        )
    open_ = [one for one in filing.reviews if one.verdict is None]
    return tuple(
        notice
        for one in open_
        for notice in _notices("review_waiting", filing, one.office, _desk(world, one.unit, on), one.due_on, at)
    )


def late(filing: Filing, name: str, unit: str | None, due_on: date, at: datetime, world: World) -> tuple[Entry, ...]:
    """To the head of the office that let its time pass, and to the leading-group office."""
    on = world.calendar(at).local_date(at)
    heads = world.holders(unit, "first_responsible", on) if unit else ()
    return _notices("review_overdue", filing, name, tuple(dict.fromkeys((*heads, *office(world)))), due_on, at)


def _desk(world: World, unit: str, on: date) -> tuple[str, ...]:
    """Whoever opens the post there; the leading-group office is an address by itself."""
    desk = next((found for post in DESK if (found := world.holders(unit, post, on))), ())
    if not desk and unit == world.leading_group_office:
        return office(world)
    ladder = climb(world, unit, on, DESK)
    return desk or (ladder[0] if ladder else ())


def _notices(
    kind: str, filing: Filing, name: str, to: tuple[str, ...], due_on: date, at: datetime
) -> tuple[Entry, ...]:
    fields: dict[str, Any] = {"filing": filing.id, "office": name, "due_on": due_on.isoformat()}
    shared = {"kind": kind, "item": filing.code, "unit": filing.unit, "fields": fields, "legal_at": at.isoformat()}
    return tuple(
        Entry("notice_due", f"notice:{kind}:{name}:{filing.round}:{person}", at, {**shared, "to": person})
        for person in to
    )
