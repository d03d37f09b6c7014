"""derive(facts, …) → Case. Facts are ordered by occurrence; order of arrival cannot matter, by construction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from rules import extensions, handling, stops
from rules.calendar import Calendar
from rules.case import Case, Outcome
from rules.corrections import corrected
from rules.facts import Fact, order
from rules.fold import CLOCKS, Fold
from rules.items import Item
from rules.silence import silence_ends_at, take_effect
from rules.start import Beginning, begin
from rules.steps import offices, steps
from rules.world import World

Handler = Callable[[Fold, Fact], None]

HANDLERS: dict[str, Handler] = {
    "application.handed_in": handling.way_in,
    "application.received": handling.way_in,
    "application.accepted": handling.way_in,
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
    "hold.closed": handling.hold_closed,
}
# A closed case takes these all the same: they concern its end, what follows from it, or the people who handled it.
AFTER_THE_END = frozenset(
    {
        "decision.made", "decision.served", "result.available", "verification.completed", "case.reopened", "case.voided",
        "consent.revocation_opened", "consent.revoked", "harm.reported", "hold.closed", "reason.rejected", "inquiry.opened",
        "inquiry.answered", "finding.confirmed", "finding.dismissed", "supervision.proposed", "alert.acknowledged", "alert.answered",
        "complaint.filed", "complaint.accepted", "complaint.answered", "rating.submitted", "rating.appealed",
        "rectification.completed", "fact.corrected", "fact.retracted", "fee.paid", "case.linked", "office.answered", "step.completed",
        "breach.reversed",
    }
)  # fmt: skip


def derive(
    case_id: str, facts: Sequence[Fact], world: World, calendar: Calendar, told: dict[str, datetime] | None = None
) -> Case:
    """The case as these facts make it under one calendar; ends in the future are what follows if nothing more comes.

    `told`: the latest end of each clock the applicant had been told before a calendar moved it earlier.
    """
    known, parked = corrected(sorted(facts, key=order))
    item = item_of(known, world, calendar)
    if item is None:
        return _without_item(case_id, known, parked)
    if voided := next((f for f in known if f.type == "case.voided"), None):
        return _without_clocks(case_id, known, parked, item, voided)
    beginning = begin(known, world.profile_of(item), calendar)
    fold = Fold(case_id, item, world, calendar, beginning.start, told or {})
    fold.window_ends_at, fold.notices = beginning.window_ends_at, beginning.notices_before
    fold.refusals.extend(beginning.refusals)
    fold.parked.extend(parked)
    for kind, at, fact_id in beginning.findings:
        fold.find(kind, at, fact_id)
    _fold_all(fold, known, beginning)
    return _case(fold, known, beginning)


def item_of(facts: Sequence[Fact], world: World, calendar: Calendar) -> Item | None:
    """The published item whose rules the case keeps: those effective on the day of acceptance (else of the first fact)."""
    named = next((f for f in facts if f.item is not None), None)
    if named is None or named.item is None:
        return None
    accepted = next((f for f in facts if f.type in {"application.accepted", "case.opened"}), named)
    return world.item(named.item, accepted.occurred_on or calendar.local_date(accepted.occurred_at))


def _fold_all(fold: Fold, facts: Sequence[Fact], beginning: Beginning) -> None:
    refused = {r.fact for r in fold.refusals}
    for place, fact in enumerate(facts):
        fold.later = tuple(facts[place:])
        _pass_time(fold, fact.occurred_at, beginning)
        if fold.closed_at is not None and fact.type not in AFTER_THE_END:
            fold.refuse(fact, "case_closed", "the case has ended; reopen it first if there is more to do")
            continue
        if fact.id not in refused and (handler := HANDLERS.get(fact.type)):
            handler(fold, fact)
        fold.seen.setdefault(fact.type, fact.occurred_at)
    fold.later = ()
    _pass_time(fold, None, beginning)


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


def _case(fold: Fold, facts: Sequence[Fact], beginning: Beginning) -> Case:
    clocks = {name: clock for name in CLOCKS if (clock := fold.clock(name))}
    _find_overruns(fold, facts)
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
        steps=steps(fold) if fold.item.steps else (),
        offices=offices(fold) if fold.item.offices or fold.offices else (),
        custody=tuple(fold.custody),
        outcome=fold.outcome,
        silence_at=fold.silence_passed,
        silence_clock=fold.item.silence.clock,
        effect=fold.effect,
        holds=tuple(fold.holds),
        findings=tuple(fold.findings),
        refusals=tuple(fold.refusals),
        parked=tuple(fold.parked),
        attributes=fold.attributes,
        deemed_at=beginning.start.deemed_at if beginning.start else None,
        pending_at=beginning.pending_at,
        decision=fold.made or fold.served,
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
            and stop.reason != "completion"
            and stop.end == stop.planned_end
            and not ({stop.reason, None} & ended)
        ):
            _unended(fold, stop.fact, fold.calendar.end_of(planned))


def _unended(fold: Fold, stop: str, at: datetime) -> None:
    if fold.closed_at is None or fold.closed_at > at:
        fold.find("special_procedure_overrun", at, stop, person=fold.holder)


def _without_item(case_id: str, facts: Sequence[Fact], parked: list[tuple[str, str]]) -> Case:
    """Facts of a case whose first fact (which names the item) has not come yet."""
    waiting = [(f.id, "the case is not known yet") for f in facts]
    return _without_clocks(case_id, facts, [*parked, *waiting], None, None)


def _without_clocks(
    case_id: str, facts: Sequence[Fact], parked: list[tuple[str, str]], item: Item | None, voided: Fact | None
) -> Case:
    """A case that counts for nothing: not known yet, or declared void."""
    first = facts[0]
    return Case(
        id=case_id, item=item, unit=item.unit if item else "", source=first.source, opened_at=first.occurred_at, start=None,
        status="voided" if voided else "open", closed_at=voided.occurred_at if voided else None, clocks={}, stops=(), steps=(),
        offices=(), custody=(), outcome=Outcome("voided", voided.occurred_at, voided.id) if voided else None, silence_at=None,
        silence_clock=None, effect="none", holds=(), findings=(), refusals=(), parked=tuple(parked), attributes={},
    )  # fmt: skip
