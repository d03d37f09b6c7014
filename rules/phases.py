"""Where a proceeding stands, who owns the phase, and until when: everybody in it has a clock (accountability.md 3)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from rules.calendar import Calendar
from rules.competence import HEAD, deciders, reviewers
from rules.limit import Due, Limit
from rules.proceedings import Proceeding
from rules.time_limits import due
from rules.world import World


class Standing(msgspec.Struct, frozen=True):
    """A phase at an instant. `until`: when it ends by itself; `due`: by when its owner must have acted, None where nobody must."""

    phase: str
    owner: str | None
    until: datetime | None = None
    due: Due | None = None


class Place(msgspec.Struct, frozen=True):
    """The world a proceeding stands in, at one moment."""

    world: World
    calendar: Calendar
    at: datetime


def standing(proceeding: Proceeding, place: Place) -> Standing:
    """Phase, owner and clock of a proceeding at an instant."""
    if proceeding.frozen_at is not None:
        return Standing("referred", _head(proceeding, place))
    if not proceeding.standing or proceeding.closed_at is not None:
        return Standing("closed", _head(proceeding, place))
    if proceeding.decided_at is None:
        return _undecided(proceeding, place)
    return _decided(proceeding, place, proceeding.decided_at)


def _undecided(proceeding: Proceeding, place: Place) -> Standing:
    spoken = [at for at in (proceeding.statement_at, proceeding.heard_at) if at is not None]
    ready = min([*spoken, proceeding.window_ends_at])
    if place.at < ready:
        return Standing("statement", proceeding.person or _head(proceeding, place), until=ready)
    level = proceeding.proposed or 1
    on = place.calendar.local_date(place.at)
    asked = deciders(place.world, proceeding.rules, proceeding.unit, proceeding.person, level, on, proceeding.concerned)
    return Standing("proposed", next(iter(asked), None), due=_within(proceeding, place, "proposed", ready))


def _decided(proceeding: Proceeding, place: Place, decided_at: datetime) -> Standing:
    if proceeding.review_at is not None and proceeding.reviewed_at is None:
        end = _due(place, proceeding.rules.review_decision, proceeding.review_at)
        return Standing("review", _reviewer(proceeding, place), due=end)
    if proceeding.executed_at is not None:
        by = _within(proceeding, place, "executed", proceeding.executed_at)
        return Standing("executed", _head(proceeding, place), due=by)
    told = proceeding.served_at or decided_at
    end = _due(place, proceeding.rules.review_request, told)
    if proceeding.reviewed_at is None and place.at < end.expires_at:
        if proceeding.served_at is not None:
            return Standing("served", proceeding.person or _head(proceeding, place), until=end.expires_at)
        serve_by = _within(proceeding, place, "decided", decided_at)
        return Standing("decided", proceeding.decided_by, until=end.expires_at, due=serve_by)
    since = proceeding.reviewed_at or end.expires_at
    return Standing("effective", _head(proceeding, place), due=_within(proceeding, place, "effective", since))


def _within(proceeding: Proceeding, place: Place, phase: str, since: datetime) -> Due:
    return _due(place, proceeding.rules.within(phase), since)


def _due(place: Place, limit: Limit, since: datetime) -> Due:
    return due(limit, place.calendar.local_date(since), place.calendar, place.world.profile)


def restore_by(proceeding: Proceeding, place: Place, since: datetime) -> Due:
    """By when what was executed is to be undone, from when it was known that it must be."""
    return _within(proceeding, place, "restoration", since)


def _head(proceeding: Proceeding, place: Place) -> str | None:
    """Who executes, closes and restores: the unit's head, or whoever stands next above where the head is concerned."""
    on = place.calendar.local_date(place.at)
    heads = [p for p in place.world.holders(proceeding.unit, HEAD, on) if p not in proceeding.concerned]
    above = deciders(place.world, proceeding.rules, proceeding.unit, proceeding.person, 1, on, proceeding.concerned)
    return next(iter((*heads, *above)), None)


def _reviewer(proceeding: Proceeding, place: Place) -> str | None:
    on = place.calendar.local_date(place.at)
    found = reviewers(place.world, proceeding.rules, proceeding.unit, on, proceeding.concerned, proceeding.decided_by)
    return next(iter(found), None)
