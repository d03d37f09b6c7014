"""Facts that stop and restart the clock: completion notices after acceptance, suspensions, the applicant's default."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from rules.case import Stop
from rules.facts import Fact
from rules.fold import CLOCKS, Fold
from rules.items import Item, SuspensionRule
from rules.start import value_of
from rules.time_limits import due

replace = msgspec.structs.replace
OF_THE_APPLICANT = frozenset({"completion", "applicant_cause"})  # no procedure of the agency's own


def rule_for(fold: Fold, reason: str) -> SuspensionRule | None:
    """The item's clause for a reason; the reasons of Licensing Law art. 45 need none."""
    listed = next((r for r in fold.item.suspensions if r.reason == reason), None)
    if listed is None and reason in fold.world.practice.lawful_reasons:
        return SuspensionRule(reason=reason)
    return listed


def most_notices(item: Item) -> int:
    """How many completion notices an item allows: one, unless it says otherwise."""
    return next((r.max for r in item.suspensions if r.reason == "completion" and r.max is not None), 1)


def completion_requested(fold: Fold, fact: Fact) -> None:
    """A completion notice after acceptance: once, in time, with a term, and only where the item lists it."""
    fold.asked_completion = True
    if fold.start is None or fact.id in fold.notices or fact.occurred_at < fold.start.at:
        return
    fold.notices.add(fact.id)
    fold.tried_stops.add("completion")
    rule = rule_for(fold, "completion")
    if len(fold.notices) > most_notices(fold.item):
        fold.refuse(
            fact, "second_completion_notice", "everything missing is to be named at once; this notice has no effect"
        )
        fold.find("second_completion_notice", fact.occurred_at, fact.id, person=fold.holder)
    elif fold.window_ends_at and fact.occurred_at >= fold.window_ends_at:
        fold.refuse(fact, "completion_notice_too_late", "the time to ask for completion has passed; the clock goes on")
    elif rule := _lawful(fold, fact, rule, "completion"):
        if fold.profile.suspension.requires_term and fact.data.answer_by is None:
            fold.refuse(
                fact, "completion_notice_without_term", "name the date to answer by; without it the clock goes on"
            )
        else:
            _stop(fold, fact, rule, term=fact.data.answer_by)


def deficits(fold: Fold, fact: Fact) -> None:
    """容缺受理: the clock runs; what is supplied late is the applicant's time only where the item says so."""
    if not fact.data.deficits:
        return
    fold.asked_completion = True
    by: date | None = fact.data.supply_by
    if by is not None and fold.item.deficits_pause:
        at = fold.calendar.end_of(by)
        fold.stops.append(Stop(fact.id, "completion", "pause", None, start=at, start_value=by, waits=True))
        fold.moved()


def completion_supplied(fold: Fold, fact: Fact) -> None:
    if not fold.asked_completion:
        fold.parked.append((fact.id, "no completion notice is known that this answers"))
    elif not fact.data.partial:
        fold.stops = [s for s in fold.stops if s.reason != "completion" or s.start <= fact.occurred_at]
        resume(fold, fact, "completion")


def clock_suspended(fold: Fold, fact: Fact) -> None:
    reason = fact.data.reason
    fold.tried_stops.add(reason)
    rule = rule_for(fold, reason)
    used = sum(1 for s in fold.stops if s.reason == reason)
    if rule is not None and rule.max is not None and used >= rule.max:
        fold.refuse(
            fact, "not_allowed_for_item", f"the item allows {rule.max} suspension(s) for {reason}; the clock goes on"
        )
    elif rule := _lawful(fold, fact, rule, reason):
        _stop(fold, fact, rule, clock=fact.data.clock)
        _indicate_abuse(fold, fact)


def _lawful(fold: Fold, fact: Fact, rule: SuspensionRule | None, reason: str) -> SuspensionRule | None:
    named = getattr(fact.data, "clock", None)
    clocks = [named] if named else list(CLOCKS)
    if named and fold.item.limit(named) is None:
        fold.refuse(fact, "not_allowed_for_item", f"the item has no {named} limit; nothing is suspended")
        return None
    # A clock that starts only later cannot have expired: what is asked before the start suspends from the start.
    if fold.start and fact.occurred_at >= fold.start.at and not any(fold.running(c, fact.occurred_at) for c in clocks):
        fold.refuse(fact, "suspension_after_expiry", "the limit had ended; nothing is left to suspend")
        return None
    if rule is None:
        fold.refuse(
            fact, "not_allowed_for_item", f"the item names no clause that lets {reason} stop the clock; it goes on"
        )
    return rule


def _stop(fold: Fold, fact: Fact, rule: SuspensionRule, term: date | None = None, clock: str | None = None) -> None:
    early = fold.start is not None and fact.occurred_at < fold.start.at
    after = rule.after_term or fold.profile.suspension.after_term
    lapses = term if term is not None and after == "resume" else None
    planned = lapses or _planned(fold, fact)
    restart = fold.calendar.end_of(lapses) if lapses else fold.calendar.start_of(planned) if planned else None
    stop = Stop(
        fact=fact.id,
        reason=rule.reason,
        kind=rule.kind,
        clock=clock or rule.clock,
        start=fold.start.at if early and fold.start else fact.occurred_at,
        start_value=fold.start.value if early and fold.start else value_of(fact),
        end=restart,
        end_value=planned,
        planned_end=restart,
        planned_value=planned,
        term=None if lapses else term,
        waits=early,
    )
    if restart is None or restart > stop.start:
        fold.stops.append(stop)
        fold.moved()


def _planned(fold: Fold, fact: Fact) -> date | None:
    """The restart by declared length (counted from the stop day, which is excluded) or on a date named."""
    until: date | None = getattr(fact.data, "until", None)
    declared = getattr(fact.data, "declared", None)
    if until is not None or declared is None:
        return until
    plain = replace(fold.profile, day_zero="excluded", cut_off=None, minimum_working_days=0)
    return due(declared, fold.day(fact.occurred_at), fold.calendar, plain).due_on


def _indicate_abuse(fold: Fold, fact: Fact) -> None:
    # Art. 45: the applicant is told in writing how long it takes. Not on record: the clock stops all the same, and somebody looks.
    data, asked = fact.data, fold.detectors(fact.occurred_at).pause_abuse
    unwritten = asked.notice and data.notified_at is None
    endless = asked.length and data.declared is None and data.until is None
    if data.reason in fold.world.practice.lawful_reasons and (unwritten or endless):
        fold.find("pause_abuse", fact.occurred_at, fact.id, person=fold.holder, indication=True)


def clock_resumed(fold: Fold, fact: Fact) -> None:
    reason = fact.data.reason
    known = reason in fold.tried_stops if reason else bool(fold.tried_stops)
    if not known:
        fold.parked.append((fact.id, "no suspension is known that this ends"))
    else:
        resume(fold, fact, reason)


def resume(fold: Fold, fact: Fact, reason: str | None) -> None:
    """Ends the open suspensions of a reason (all, if none is named), and those whose planned end lies further ahead."""
    at = fact.occurred_at
    for place, stop in enumerate(fold.stops):
        if stop.start > at or (reason is not None and stop.reason != reason):
            continue
        if stop.end is None or (stop.end == stop.planned_end and at < stop.end):
            fold.stops[place] = replace(stop, end=at, end_value=value_of(fact))
            fold.moved()
        elif stop.end == stop.planned_end and stop.planned_value and at >= fold.calendar.end_of(stop.planned_value):
            _overrun(fold, stop)


def _overrun(fold: Fold, stop: Stop) -> None:
    """The clock went on at the declared end; what the procedure took beyond it is the agency's own time."""
    assert stop.planned_value is not None
    if stop.reason not in OF_THE_APPLICANT and not any(
        f.evidence == (stop.fact,) for f in fold.findings if f.kind == "special_procedure_overrun"
    ):
        fold.find("special_procedure_overrun", fold.calendar.end_of(stop.planned_value), stop.fact, person=fold.holder)


def applicant_defaulted(fold: Fold, fact: Fact) -> None:
    """The applicant does not do his part: the clock stands for his cause, or the matter is not pursued where the item says so."""
    listed = next((r for r in fold.item.suspensions if r.reason == "applicant_cause"), None)
    if listed is not None and listed.after_term == "not_pursued":
        fold.close("not_pursued", fact.occurred_at, "not_pursued", fact.id)
        return
    rule = listed or SuspensionRule(reason="applicant_cause")
    if _lawful(fold, fact, rule, "applicant_cause"):
        fold.tried_stops.add("applicant_cause")
        _stop(fold, fact, rule)


def lapse(fold: Fold) -> datetime | None:
    """The next instant at which the applicant's silence on a notice ends the matter."""
    terms = [fold.calendar.end_of(s.term) for s in fold.stops if s.term is not None and s.end is None]
    return min(terms) if terms else None
