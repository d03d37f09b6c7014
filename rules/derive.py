"""derive(facts, …) → Case. Facts are ordered by occurrence; order of arrival cannot matter, by construction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from rules import extensions, handling, stops
from rules.calendar import Calendar
from rules.case import Case, Finding, Outcome
from rules.corrections import CHANGES, standing
from rules.exercise import watch
from rules.facts import Fact, order
from rules.fold import CLOCKS, Counted, Fold, Told
from rules.items import Item
from rules.procedure import off_procedure
from rules.silence import settle, silence_ends_at, take_effect
from rules.start import FIRST, OPENINGS, Beginning, begin
from rules.steps import missing, offices, passed_on, steps
from rules.world import World

Handler = Callable[[Fold, Fact], None]

HANDLERS: dict[str, Handler] = {
    "application.handed_in": handling.way_in,
    "application.received": handling.way_in,
    "application.accepted": handling.accepted,
    "case.opened": handling.way_in,
    "completion.requested": stops.completion_requested,
    "completion.supplied": stops.completion_supplied,
    "clock.suspended": stops.clock_suspended,
    "clock.resumed": stops.clock_resumed,
    "applicant.defaulted": stops.applicant_defaulted,
    "extension.requested": extensions.requested,
    "extension.approved": extensions.approved,
    "extension.served": extensions.served,
    "attributes.recorded": handling.attributes_recorded,
    "case.handed_over": handling.handed_over,
    "step.started": handling.step_started,
    "step.completed": handling.step_completed,
    "office.consulted": handling.office_consulted,
    "office.answered": handling.office_answered,
    "office.absent": handling.office_absent,
    "agency_data.failed": handling.data_failed,
    "reason.claimed": handling.reason_claimed,
    "reason.rejected": handling.reason_rejected,
    "decision.made": handling.decision_made,
    "decision.served": handling.decision_served,
    "application.withdrawn": handling.withdrawn,
    "application.returned": handling.returned,
    "case.forwarded": handling.forwarded,
    "case.terminated": handling.terminated,
    "case.reopened": handling.reopened,
    "consent.revocation_opened": handling.revocation_opened,
    "consent.revoked": handling.revoked,
    "harm.reported": handling.harm_reported,
    "hold.closed": settle,
    "pattern.found": handling.pattern_found,
}
# A closed case takes these all the same: they concern its end, what follows from it, or the people who handled it.
AFTER_THE_END = frozenset(
    {
        "decision.made", "decision.served", "result.available", "verification.completed", "case.reopened", "case.voided",
        "consent.revocation_opened", "consent.revoked", "harm.reported", "hold.closed", "reason.rejected", "inquiry.opened",
        "inquiry.answered", "finding.confirmed", "finding.dismissed", "finding.excused", "finding.withdrawn", "finding.reported", "supervision.proposed", "supervision.answered",
        "alert.acknowledged", "alert.answered", "alert.closed", "referral.answered", "evidence.sealed",
        "fee.charged", "office.absent", "case.referred", "complaint.filed", "complaint.accepted", "complaint.declined", "complaint.answered", "complaint.review_requested", "complaint.reviewed",
        "rating.submitted", "rating.called_back", "rating.appealed", "rating.appeal_decided",
        "rectification.completed", "fact.corrected", "fact.retracted", "fee.paid", "case.linked", "office.answered", "step.completed",
        "breach.reversed", "pattern.found",
    }
)  # fmt: skip


# Refused by their own rule where a limit had ended before them, which says more than that the case is closed.
ASKING_FOR_TIME = frozenset(
    {
        "completion.requested",
        "clock.suspended",
        "applicant.defaulted",
        "extension.requested",
        "extension.approved",
        "extension.served",
    }
)


def derive(
    case_id: str, facts: Sequence[Fact], world: World, calendar: Calendar, told: dict[str, Told] | None = None,
    counted: Counted | None = None,
) -> Case:  # fmt: skip
    """The case as these facts make it under one calendar; ends in the future are what follows if nothing more comes.

    `told`: the latest end of each clock the applicant had been told before another calendar came into force. `counted` spares counting again.
    """
    told, counted = told or {}, {} if counted is None else counted
    ordered = sorted(facts, key=order)
    if not any(f.type in CHANGES for f in ordered):
        return _derived(case_id, ordered, world, calendar, told, counted)
    found = standing(ordered, lambda kept: _derived(case_id, kept, world, calendar, told, counted), world, calendar)
    case = _derived(case_id, found.facts, world, calendar, told, counted)
    if case.item is None and (item := item_of(ordered, world, calendar)) is not None:
        # Whatever opened it was taken back: it stays on record, without a clock.
        case = _without_clocks(case_id, ordered, item, None)
    late = [
        Finding(f"late_correction:{f.id}", "late_correction", f.occurred_at, evidence=(f.id,)) for f in found.removing
    ]
    return msgspec.structs.replace(
        case,
        parked=(*case.parked, *found.parked),
        refusals=(*case.refusals, *found.refusals),
        findings=(*case.findings, *late),
    )


def _derived(
    case_id: str, facts: Sequence[Fact], world: World, calendar: Calendar, told: dict[str, Told], counted: Counted
) -> Case:
    item = item_of(facts, world, calendar)
    if item is None:
        return _without_clocks(case_id, facts, None, None)
    if voided := next((f for f in facts if f.type == "case.voided"), None):
        return _without_clocks(case_id, facts, item, voided)
    beginning = begin(facts, world.profile_of(item), calendar, stops.most_notices(item))
    fold = Fold(case_id, item, world, calendar, beginning.start, told, counted)
    fold.known_since = min(f.recorded_at for f in facts)
    fold.window_ends_at, fold.notices = beginning.window_ends_at, set(beginning.notices)
    fold.refusals.extend(beginning.refusals)
    for kind, at, fact_id in beginning.findings:
        fold.find(kind, at, fact_id)
    _fold_all(fold, facts, beginning)
    return _case(fold, facts)


def item_of(facts: Sequence[Fact], world: World, calendar: Calendar) -> Item | None:
    """The published item whose rules the case keeps: those effective on the day of acceptance, else of the first way in.

    None while no fact has opened the case, or none has named its item.
    """
    named = next((f for f in facts if f.item is not None), None)
    first = next((f for f in facts if f.type in FIRST), None)
    if named is None or named.item is None or first is None:
        return None
    accepted = next((f for f in facts if f.type in OPENINGS), first)
    return world.item(named.item, accepted.occurred_on or calendar.local_date(accepted.occurred_at))


def _fold_all(fold: Fold, facts: Sequence[Fact], beginning: Beginning) -> None:
    refused = {r.fact for r in fold.refusals}
    for place, fact in enumerate(facts):
        fold.later = tuple(facts[place:])
        _pass_time(fold, fact.occurred_at, beginning)
        if fold.closed_at is not None and fact.id != fold.closed_by and not _taken_after_the_end(fold, fact):
            if fact.id not in refused:  # one refusal for each fact: `case_closed` only where no other fits
                fold.refuse(fact, "case_closed", "the case has ended; reopen it first if there is more to do")
        else:
            if fact.id not in refused and (handler := HANDLERS.get(fact.type)):
                handler(fold, fact)
            fold.seen.setdefault(fact.type, fact.occurred_at)
        watch(fold, fact)
    fold.later = ()
    _pass_time(fold, None, beginning)


def _taken_after_the_end(fold: Fold, fact: Fact) -> bool:
    # A decision dated before acceptance (time-limits.md 7) does not shut out what opens the case.
    decided_first = fold.status == "concluded" and fold.outcome is not None and fold.outcome.by is not None
    if fact.type in AFTER_THE_END or (decided_first and fact.type in FIRST and fact.type not in fold.seen):
        return True
    ends = [end for name in CLOCKS if (end := fold.ends_at(name)) is not None]
    return fact.type in ASKING_FOR_TIME and any(end <= fact.occurred_at for end in ends)


def _pass_time(fold: Fold, until: datetime | None, beginning: Beginning) -> None:
    """What happens by itself up to (and at) an instant, in order: the applicant's silence, then the agency's."""
    while fold.closed_at is None:
        moments = [(at, act) for at, act in _moments(fold, beginning) if until is None or at <= until]
        if not moments:
            return
        at, act = min(moments, key=lambda pair: pair[0])
        act(fold, at)


def _moments(fold: Fold, beginning: Beginning) -> list[tuple[datetime, Callable[[Fold, datetime], None]]]:
    found: list[tuple[datetime, Callable[[Fold, datetime], None]]] = []
    if beginning.declined_at is not None and fold.outcome is None:
        found.append((beginning.declined_at, lambda f, at: f.close("declined", at, "declined", beginning.declined_by)))
    lapse = stops.lapse(fold) or (beginning.lapses_at if fold.start is None else None)
    if lapse is not None:
        found.append((lapse, lambda f, at: f.close("not_pursued", at, "not_pursued", None)))
    if fold.silence_passed is None and fold.outcome is None and (end := silence_ends_at(fold)) is not None:
        found.append((end, take_effect))
    return found


def _case(fold: Fold, facts: Sequence[Fact]) -> Case:
    clocks = {name: clock for name in CLOCKS if (clock := fold.clock(name))}
    _find_overruns(fold, facts)
    stages = steps(fold) if fold.item.steps else ()
    joint = offices(fold) if fold.item.offices or fold.offices else ()
    decision = fold.made or fold.served
    if decision is not None:
        for office in missing(joint, decision.occurred_at):
            key = f"joint_approval_missing:{office}"
            found = Finding(
                key, "joint_approval_missing", decision.occurred_at, fold.holder, f"office:{office}", (decision.id,)
            )
            fold.findings.append(found)
    passed = passed_on(fold, stages)
    off_procedure(fold, facts)
    return Case(
        id=fold.case,
        item=fold.item,
        unit=fold.item.unit,
        source=facts[0].source,
        opened_at=facts[0].occurred_at,
        start=fold.start,
        status=fold.status,
        closed_at=fold.closed_at,
        clocks=clocks,
        stops=tuple(fold.stops),
        steps=stages,
        offices=joint,
        custody=tuple(sorted([*fold.custody, *passed], key=lambda c: c.since) if passed else fold.custody),
        outcome=fold.outcome,
        silence_at=fold.silence_passed,
        silence_clock=fold.item.silence.clock,
        effect=fold.effect,
        holds=tuple(fold.holds),
        findings=tuple(fold.findings),
        refusals=tuple(fold.refusals),
        parked=tuple(fold.parked),
        attributes=fold.attributes,
        settled=fold.settled,
        closed_by=fold.closed_by,
        decision=decision,
        service=fold.served,
        available_at=fold.seen.get("result.available"),
    )


def _find_overruns(fold: Fold, facts: Sequence[Fact]) -> None:
    """A special procedure whose declared end has passed without word of its own end over-runs from the next day on."""
    ended = {f.data.reason for f in facts if f.type == "clock.resumed"}
    for stop in fold.stops:
        planned = stop.planned_value
        if (
            planned is not None
            and stop.reason not in stops.OF_THE_APPLICANT
            and stop.end == stop.planned_end
            and not ({stop.reason, None} & ended)
        ):
            _unended(fold, stop.fact, fold.calendar.end_of(planned))


def _unended(fold: Fold, stop: str, at: datetime) -> None:
    if fold.closed_at is None or fold.closed_at > at:
        fold.find("special_procedure_overrun", at, stop, person=fold.holder)


def _without_clocks(case_id: str, facts: Sequence[Fact], item: Item | None, voided: Fact | None) -> Case:
    """A case that counts for nothing: not known yet (its facts wait), or declared void."""
    first = facts[0]
    return Case(
        id=case_id, item=item, unit=item.unit if item else "", source=first.source, opened_at=first.occurred_at, start=None,
        status="voided" if voided else "open", closed_at=voided.occurred_at if voided else None, clocks={}, stops=(), steps=(),
        offices=(), custody=(), outcome=Outcome("voided", voided.occurred_at, voided.id) if voided else None, silence_at=None,
        silence_clock=None, effect="none", holds=(), findings=(), refusals=(),
        parked=() if item else tuple((f.id, "the case is not known yet") for f in facts), attributes={},
        closed_by=voided.id if voided else None,
    )  # fmt: skip
