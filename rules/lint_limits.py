"""Checks of lengths: the two-thirds rule, limits that are missing, sums of steps, warnings, units, the calendar's horizon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from rules.errors import RuleError
from rules.holding_warnings import opening_of, warning_moment
from rules.lengths import WORKING, Yardstick
from rules.limit import HOURLY, Limit
from rules.lint import Ground, Lint
from rules.periods import add_days
from rules.time_limits import due

TWO_THIRDS = Fraction(2, 3)
CLOCKS = ("committed_limit", "statutory_limit")


def two_thirds_rule(at: Ground) -> Iterator[Lint]:
    """A committed limit is at most two thirds of the one the law sets; where less than a day is left, in hours."""
    promised, lawful = at.item.committed_limit, at.item.statutory_limit
    if promised is None or lawful is None or _unusable(promised) or _unusable(lawful):
        return
    yard = Yardstick(at.calendar, at.on)
    lengths = yard.measured([promised], [lawful])
    if lengths is None or lengths[0] <= TWO_THIRDS * lengths[1]:
        return
    if filed := at.item.exception_to("two_thirds_rule"):
        yield at.warning("two_thirds_rule", "committed_limit", "filed", basis=filed.basis, approver=filed.approver)
        return
    most = yard.most(TWO_THIRDS, lawful, promised.unit)
    unit = promised.unit if most else "working_hours"
    limit = Limit(amount=most or yard.most(TWO_THIRDS, lawful, "working_hours"), unit=unit)
    yield at.error("two_thirds_rule", "committed_limit", committed=promised, statutory=lawful, most=limit)


def limit_missing(at: Ground) -> Iterator[Lint]:
    """Where the law sets no limit, one must be set; a silence and an office need the limit that they wait for."""
    item = at.item
    if item.committed_limit is None:
        yield at.error("limit_missing", "committed_limit", "not_promised" if item.statutory_limit else "")
    if item.silence.effect != "none" and item.limit(item.silence.clock) is None:
        yield at.error("limit_missing", "silence.clock", "silence", clock=item.silence.clock)
    for place, office in enumerate(item.offices):
        if office.limit is None:
            yield at.warning("limit_missing", f"offices[{place}].limit", "office", office=office.id)


def step_sum(at: Ground) -> Iterator[Lint]:
    """time-limits.md 5: the steps together may not take longer than what is promised for the whole."""
    whole = at.item.committed_limit or at.item.statutory_limit
    steps = [step.limit for step in at.item.steps]
    if whole is None or any(_unusable(limit) for limit in (whole, *steps)):
        return
    lengths = Yardstick(at.calendar, at.on).measured(steps, [whole])
    if lengths is None or lengths[0] <= lengths[1]:
        return
    same = {limit.unit for limit in steps} == {steps[0].unit}
    total = Limit(amount=sum(limit.amount for limit in steps), unit=steps[0].unit) if same else len(steps)
    yield at.error("step_sum", "steps", "" if same else "mixed", total=total, whole=whole)


def warning_before_start(at: Ground) -> Iterator[Lint]:
    """A warning must fall after the case began; on the first day it says nothing that acceptance did not say."""
    whole = at.item.committed_limit or at.item.statutory_limit
    if whole is None or _unusable(whole) or not _counts(at, whole):
        return
    for place, warning in enumerate(at.item.warnings):
        if _unusable(warning.before) or not _counts(at, warning.before):
            continue
        early, first_day = _warned_at_start(at, whole, warning.before)
        field = f"warnings[{place}].before"
        if early:
            yield at.error("warning_before_start", field, before=warning.before, whole=whole)
        elif first_day:
            yield at.warning("warning_before_start", field, "first_day", before=warning.before, whole=whole)


def unit_trap(at: Ground) -> Iterator[Lint]:
    """Units that do not do what they seem to: no office hours to count, dates for lengths, working days beside days of the calendar."""
    for field, limit in limits_of(at):
        if limit.unit == "until_date":
            if field not in CLOCKS:
                yield at.error("unit_trap", field, "date")
        elif limit.amount < 0:
            yield at.error("unit_trap", field, "negative", limit=limit)
        elif limit.unit in HOURLY and at.described and not at.calendar.has_hours:
            yield at.error("unit_trap", field, "no_office_hours", limit=limit)
        elif not _reachable(at, limit):
            yield at.error("unit_trap", field, "out_of_range", limit=limit)
    yield from _mixed(at)
    yield from _extension(at)


def calendar_horizon(at: Ground) -> Iterator[Lint]:
    """time-limits.md 2: a date in a year not announced yet is provisional, and nothing irreversible happens on it."""
    years = at.calendar.pattern.years
    start = max(at.on, date(min(years), 1, 1)) if years else at.on
    for field in CLOCKS:
        limit = getattr(at.item, field)
        if limit is None or _unusable(limit) or not _counts(at, limit) or not _reachable(at, limit):
            continue
        end = due(limit, start, at.calendar, at.profile)
        if end.provisional:
            yield at.warning("calendar_horizon", field, start=start.isoformat(), due_on=end.due_on.isoformat())


def limits_of(at: Ground) -> Iterator[tuple[str, Limit]]:
    """Every limit that is counted at run time, with its place."""
    item = at.item
    named = [(name, getattr(item, name)) for name in (*CLOCKS, "verification_limit")]
    named += [(f"steps[{n}].limit", step.limit) for n, step in enumerate(item.steps)]
    named += [(f"offices[{n}].limit", office.limit) for n, office in enumerate(item.offices)]
    named += [(f"warnings[{n}].before", warning.before) for n, warning in enumerate(item.warnings)]
    named += [(f"suspensions[{n}].term", rule.term) for n, rule in enumerate(item.suspensions)]
    named += [("extension.max", item.extension.max if item.extension else None)]
    yield from ((field, limit) for field, limit in named if limit is not None)


def _warned_at_start(at: Ground, whole: Limit, before: Limit) -> tuple[bool, bool]:
    """Over all working days of a year as the start: whether the warning mostly lies before that day, or before its opening."""
    calendar, opening = at.calendar, at.world.practice.warning_time
    last = add_days(at.on, 365)
    day, early, first, total = calendar.roll(at.on, "next"), 0, 0, 0
    while day <= last:
        start = opening_of(calendar, day, opening)
        warned = warning_moment(
            due(whole, start, calendar, at.profile), before, calendar, at.profile.month_end, opening
        )
        total, early = total + 1, early + (calendar.local_date(warned) < day)
        first, day = first + (warned <= start), calendar.add_working_days(day, 1)
    return early * 2 > total, first * 2 > total


def _mixed(at: Ground) -> Iterator[Lint]:
    """Twenty working days are not twenty days: where the units of one item differ, somebody reads the wrong one."""
    whole = at.item.committed_limit or at.item.statutory_limit
    if whole is None or whole.unit == "until_date":
        return
    beside = [("statutory_limit", at.item.statutory_limit)]
    beside += [(f"steps[{n}].limit", step.limit) for n, step in enumerate(at.item.steps)]
    for field, limit in beside:
        if limit is not None and limit.unit != "until_date" and (limit.unit in WORKING) != (whole.unit in WORKING):
            yield at.warning("unit_trap", field, "mixed", limit=limit, whole=whole)


def _extension(at: Ground) -> Iterator[Lint]:
    """Hours are added to hours and days to days (extensions.py refuses the rest)."""
    rule = at.item.extension
    if rule is None or rule.max is None or rule.max.unit == "until_date":
        return
    for field, clock in zip(CLOCKS, ("committed", "statutory"), strict=True):
        limit = at.item.limit(clock)
        if limit is None or limit.unit == "until_date" or rule.clock not in {None, clock}:
            continue
        if (limit.unit in HOURLY) != (rule.max.unit in HOURLY):
            yield at.error("unit_trap", "extension.max", "extension", limit=rule.max, whole=limit, clock=field)


def _unusable(limit: Limit) -> bool:
    """Reported by `unit_trap`, or without a length of its own."""
    return limit.unit == "until_date" or limit.amount < 0


def _counts(at: Ground, limit: Limit) -> bool:
    return limit.unit not in HOURLY or at.calendar.has_hours


def _reachable(at: Ground, limit: Limit) -> bool:
    """Whether the calendar reaches as far as this limit, with what may be added to it."""
    if not _counts(at, limit):
        return True
    try:
        due(limit, at.on, at.calendar, at.profile)
    except RuleError:
        return False
    return True
