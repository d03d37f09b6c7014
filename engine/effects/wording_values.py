"""The values notices are made of, each from where it is on record: the case, its item and unit, posts and calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from engine.effects.outbox import Told
from notifications.fields import Locale
from notifications.words import words
from rules.items import Item
from rules.limit import Limit
from rules.no_case import names_no_case
from rules.time_limits import due
from rules.world import World

Values = dict[str, Any]
# How the cause of an alert about a duty begins → what an alert that climbs says of it.
DUTIES = {
    "proceeding": "proceeding_overdue", "inquiry": "inquiry_unanswered", "supervision": "supervision_unanswered",
    "referral": "referral_without_receipt", "complaint": "complaint_waiting", "rating": "rating_waiting", "report": "report_waiting",
}  # fmt: skip


def case_values(told: Told, world: World, locale: Locale, on: date) -> Values:
    """All that can be said of a case, an alert and its addressee; each kind of notice takes what it declares."""
    item = world.item(told.item, on) if told.item else None
    unit = told.unit or ""
    return {
        "case_number": told.case.partition(":")[2] if names_no_case(told.case) else told.case,
        "item_name": words(locale)["matter"]["complaint"]
        if names_no_case(told.case)
        else _name(item, told.item, locale),
        "unit_name": name_of(world, unit, locale),
        "contact": name_of(world, unit, locale),
        "complaint_contact": name_of(world, world.leading_group_office or unit, locale),
        "clause": clause_of(item),
        "granted": _granted(item, locale),
        "legal_at": told.legal_at or told.recorded_at,
        "recorded_at": told.recorded_at,
        "addressee": None if told.addressee == "applicant" else name_of(world, told.addressee, locale, on),
        **_limit(told),
        **_alert(told, world, locale, on),
        **_step(told, item, locale),
        **_duty(told, world),
    }


def name_of(world: World, id_: str, locale: Locale, on: date | None = None) -> str:
    """The name of a unit or a person in a post; the id where nobody has written a name down."""
    unit = world.units.get(id_)
    found = unit or (world.post_of(id_, on) if on else None)
    if found is None:
        return id_
    return (found.name_en if locale == "en" else None) or found.name or id_


def _name(item: Item | None, code: str | None, locale: Locale) -> str:
    if item is None:
        return code or ""
    return (item.name_en if locale == "en" else None) or item.name or item.code


def clause_of(item: Item | None) -> str | None:
    if item is None:
        return None
    if item.silence.basis:
        return item.silence.basis
    return item.basis if isinstance(item.basis, str) else next(iter((item.basis or {}).values()), None)


def _granted(item: Item | None, locale: Locale) -> str | None:
    return item.silence.grants or _name(item, None, locale) if item else None


def _limit(told: Told) -> Values:
    """Which clock is meant, and its last day."""
    subject, _, name = (told.cause or "").partition(":")
    clock = name if subject == "limit" else told.clock or "committed"
    last = told.statutory_due_on if clock == "statutory" else told.due_on
    own = told.data.get("due_on")
    return {
        "clock": clock,
        "due_on": date.fromisoformat(own) if own else last,
        "statutory_due_on": told.statutory_due_on,
        "silence": "none" if (told.view or {}).get("effect", "none") == "none" else "hold",
    }


def _alert(told: Told, world: World, locale: Locale, on: date) -> Values:
    if told.level is None:
        return {}
    ladder = world.accountability_of(told.unit or "", on).ladder
    answer = _until(ladder.answer_within, told.recorded_at, world)
    acknowledge = _until(ladder.acknowledge_within or ladder.answer_within, told.recorded_at, world)
    owner = _owner(told)
    return {
        "level": told.level,
        "cause": _cause_code(told.cause or ""),
        "late_by_system": told.data.get("late_by_system"),
        "answer_by": answer[0] if answer else None,
        "acknowledge_by": acknowledge[1] if acknowledge else None,
        "climb": "not_acknowledged" if ladder.acknowledge_within else "not_answered",
        "person_name": name_of(world, told.holder or told.unit or "", locale, on),
        "alerted_at": told.legal_at or told.recorded_at,
        "hold": (told.cause or "").partition(":")[2],
        "owner_name": name_of(world, owner, locale, on),
        "addressee_owns": owner == told.addressee,
    }


def _owner(told: Told) -> str:
    """A hold's card names its owner first."""
    to = told.data.get("to") or [told.addressee]
    return str(to[0])


def _cause_code(cause: str) -> str:
    subject, _, detail = cause.partition(":")
    known = {"limit": "limit_expired", "step": f"step_overdue:{detail}", "hold": "hold_open", **DUTIES}
    return known.get(subject, cause)


def _duty(told: Told, world: World) -> Values:
    """What somebody has to do who owns a phase of a proceeding, or was asked by an inspector; and whether the day has passed."""
    subject, _, rest = (told.cause or "").partition(":")
    if subject not in DUTIES:
        return {}
    duty = rest.rpartition(":")[2] if subject == "proceeding" else subject
    if subject in {"complaint", "rating", "report"}:
        duty = f"{subject}_{rest.partition(':')[0]}"
    asked = told.data.get("respond_until")
    zone = world.calendar(told.recorded_at).zone
    end = datetime.fromisoformat(asked or told.data["scheduled_at"]).astimezone(zone)
    return {"duty": duty, "due_on": (end - timedelta(microseconds=1)).date(), "overdue": asked is None}


def _until(within: Limit | None, since: datetime, world: World) -> tuple[date, datetime] | None:
    if within is None:
        return None
    calendar = world.calendar(since)
    end = due(within, calendar.local_date(since), calendar, world.profile)
    return end.due_on, end.expires_at


def _step(told: Told, item: Item | None, locale: Locale) -> Values:
    subject, _, id_ = (told.cause or "").partition(":")
    if subject != "step":
        return {}
    step = next((s for s in item.steps if s.id == id_), None) if item else None
    view: Values = next((s for s in (told.view or {}).get("steps", ()) if s["id"] == id_), {})
    named = ((step.name_en if locale == "en" else None) or step.name) if step else None
    last = view.get("due_on")
    return {"step_name": named or id_, "due_on": date.fromisoformat(last) if last else told.due_on}
