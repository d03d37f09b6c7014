"""Mistakes are corrected by new facts: corrected, retracted, voided. Both versions stay; the case is derived from what is left.

A change that takes away a breach or an effect needs an approver outside the unit, and is itself looked at (time-limits.md 7).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from rules.calendar import Calendar
from rules.case import Case, Refused
from rules.facts import Fact, order
from rules.payloads import Attributes, payload_of
from rules.world import World

CHANGES = frozenset({"fact.corrected", "fact.retracted", "case.voided"})
TOP = frozenset({"occurred_at", "actor", "basis", "item", "sequence"})
Name = tuple[str, str]
Deriving = Callable[[Sequence[Fact]], Case]


class Standing(msgspec.Struct):
    """The facts that count, in order; the changes that cannot be placed yet, that were refused, or that took something away."""

    facts: list[Fact]
    parked: list[tuple[str, str]] = []
    refusals: list[Refused] = []
    removing: list[Fact] = []


def standing(facts: Sequence[Fact], derive: Deriving, world: World, calendar: Calendar) -> Standing:
    """Takes the changes in the order of their registration; `derive` tells what each would take away."""
    found = Standing(list(facts))
    taken: list[Fact] = []
    for change in sorted((f for f in facts if f.type in CHANGES), key=lambda f: (f.reported_at, *order(f))):
        if change.type != "case.voided" and _target(facts, change) is None:
            found.parked.append((change.id, f"the fact {change.data.fact} is not known"))
            continue
        following = _with(taken, change)
        try:
            changed = _changed(facts, following, calendar)
        except (ValueError, TypeError, msgspec.ValidationError) as error:
            found.refusals.append(
                Refused(change.id, "wrong_value", f"the correction cannot be read: {error}", change.occurred_at)
            )
            continue
        before, after = derive(_changed(facts, taken, calendar)), derive(changed)
        if _removes(before, after, change.reported_at):
            if not _competent(change, before.unit, world, calendar):
                why = "it takes away a breach or an effect; that needs an approver outside the unit"
                found.refusals.append(Refused(change.id, "not_competent", why, change.occurred_at))
                continue
            found.removing.append(change)
        taken = following
    found.facts = _changed(facts, taken, calendar)
    return found


def _competent(change: Fact, unit: str, world: World, calendar: Calendar) -> bool:
    return world.outside(change.data.approver or change.actor, unit, calendar.local_date(change.occurred_at))


def _removes(before: Case, after: Case, at: datetime) -> bool:
    """Whether a breach or an effect of silence that had come about by then is there no more."""
    effect = before.outcome
    if effect is not None and effect.by is None and effect.legal_at <= at:
        kept = after.outcome
        if kept is None or (kept.kind, kept.legal_at) != (effect.kind, effect.legal_at):
            return True
    return any(broken <= at and name not in after.broken() for name, broken in before.broken().items())


def _with(taken: Sequence[Fact], change: Fact) -> list[Fact]:
    """A change that is retracted is not made at all."""
    if change.type == "fact.retracted" and (target := _target(taken, change)) is not None:
        return [each for each in taken if each is not target]
    return [*taken, change]


def _target(facts: Sequence[Fact], change: Fact) -> Fact | None:
    named = [f for f in facts if f.id == change.data.fact and f is not change]
    return next((f for f in named if f.source == change.source), named[0] if named else None)


def _changed(facts: Sequence[Fact], taken: Sequence[Fact], calendar: Calendar) -> list[Fact]:
    left: dict[Name, Fact] = {(f.source, f.id): f for f in facts if f.type != "case.voided" or f in taken}
    for change in taken:
        target = None if change.type == "case.voided" else _target(tuple(left.values()), change)
        if target is None:
            continue
        name = (target.source, target.id)
        if change.type == "fact.retracted":
            del left[name]
        else:
            left[name] = apply(target, change.data.changes, calendar)
    return sorted(left.values(), key=order)


def apply(fact: Fact, changes: dict[str, Any], calendar: Calendar) -> Fact:
    """The fact with changes to its own fields (`occurred_at`, `actor`, …) or to those of its data. ValueError if they do not fit."""
    top = {key: value for key, value in changes.items() if key in TOP}
    inner = changes.get("data") or {key: value for key, value in changes.items() if key not in TOP}
    if "occurred_at" in top:
        top |= when(top["occurred_at"], calendar)
    if inner:
        before = fact.data.values if isinstance(fact.data, Attributes) else msgspec.to_builtins(fact.data)
        top["data"] = payload_of(fact.type, {**before, **inner})
    return msgspec.structs.replace(fact, **top)


def when(value: str, calendar: Calendar) -> dict[str, Any]:
    """An instant (at the office where it has no offset), or a date, which counts as in time on that day."""
    if len(value) == len("2026-01-01"):
        on = date.fromisoformat(value)
        return {"occurred_at": calendar.end_of(on) - timedelta(microseconds=1), "occurred_on": on}
    at = datetime.fromisoformat(value)
    return {"occurred_at": (at if at.tzinfo else at.replace(tzinfo=calendar.zone)).astimezone(UTC), "occurred_on": None}
