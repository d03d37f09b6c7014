"""When the clock starts: acceptance, hand-in, or silence on completeness (Licensing Law art. 32)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from rules.calendar import Calendar
from rules.case import Refused, Start
from rules.facts import Fact
from rules.profile import Profile
from rules.time_limits import due

WAYS_IN = ("application.handed_in", "application.received")
OPENINGS = ("application.accepted", "case.opened")


class Beginning(msgspec.Struct, frozen=True):
    """The start, or why there is none yet.

    `pending_at`: when silence on completeness will mean acceptance; `lapses_at`: when the applicant's silence ends the matter; `declined_at`: refused with
    a reason, there is no clock.
    """

    start: Start | None = None
    pending_at: datetime | None = None
    lapses_at: datetime | None = None
    declined_at: datetime | None = None
    declined_by: str | None = None
    refusals: tuple[Refused, ...] = ()
    window_ends_at: datetime | None = None
    notices_before: int = 0
    findings: tuple[tuple[str, datetime, str], ...] = ()


def value_of(fact: Fact) -> date | datetime:
    """What limits are counted from: the instant, or the date where only that is known."""
    return fact.occurred_on or fact.occurred_at


def begin(facts: Sequence[Fact], profile: Profile, calendar: Calendar) -> Beginning:
    """Derives the start from all facts of a case, in order."""
    opening = next((f for f in facts if f.type in OPENINGS), None)
    way_in = next(
        (f for f in facts if f.type in WAYS_IN and (opening is None or f.occurred_at <= opening.occurred_at)), None
    )
    if way_in is None:
        return _from_opening(opening, profile, calendar)
    return _from_receipt(facts, way_in, opening, profile, calendar)


def _from_opening(opening: Fact | None, profile: Profile, calendar: Calendar) -> Beginning:
    if opening is None:
        return Beginning()
    window = due(profile.notice_window, value_of(opening), calendar, profile).expires_at
    return Beginning(start=_start("accepted", opening, opening.occurred_at), window_ends_at=window)


def _start(kind: str, fact: Fact, known_at: datetime, deemed_at: datetime | None = None) -> Start:
    return Start(kind=kind, at=fact.occurred_at, value=value_of(fact), known_at=known_at, deemed_at=deemed_at)


def _from_receipt(
    facts: Sequence[Fact], receipt: Fact, opening: Fact | None, profile: Profile, calendar: Calendar
) -> Beginning:
    window = due(profile.notice_window, value_of(receipt), calendar, profile).expires_at
    limit = opening.occurred_at if opening else None
    before = [f for f in facts if f.occurred_at >= receipt.occurred_at and (limit is None or f.occurred_at < limit)]
    notices = [f for f in before if f.type == "completion.requested"]
    timely = [f for f in notices if f.occurred_at < window]
    late = [f for f in notices if f.occurred_at >= window]
    refusals = tuple(_second(f) for f in timely[1:]) + tuple(
        _late(f, bool(timely) or i > 0) for i, f in enumerate(late)
    )
    findings = tuple(
        ("second_completion_notice", r.at, r.fact) for r in refusals if r.code == "second_completion_notice"
    )
    base = Beginning(refusals=refusals, window_ends_at=window, notices_before=len(notices), findings=findings)
    if timely:
        return _after_notice(before, timely[0], opening, calendar, base)
    return _without_notice(before, receipt, opening, window, base)


def _second(fact: Fact) -> Refused:
    return Refused(
        fact.id,
        "second_completion_notice",
        "everything missing is to be named at once; this further notice has no effect",
        fact.occurred_at,
    )


def _late(fact: Fact, second: bool) -> Refused:
    if second:
        return _second(fact)
    return Refused(
        fact.id,
        "completion_notice_too_late",
        "the time to ask for completion has passed; the application is deemed accepted",
        fact.occurred_at,
    )


def _after_notice(
    before: Sequence[Fact], notice: Fact, opening: Fact | None, calendar: Calendar, base: Beginning
) -> Beginning:
    # Art. 32(5): supplied in full, the application is accepted.
    supplied = next(
        (
            f
            for f in before
            if f.type == "completion.supplied" and not f.data.partial and f.occurred_at >= notice.occurred_at
        ),
        None,
    )
    lapses = calendar.end_of(notice.data.answer_by) if notice.data.answer_by else None
    if supplied and (lapses is None or supplied.occurred_at < lapses):
        return msgspec.structs.replace(base, start=_start("supplied", supplied, supplied.occurred_at))
    if opening:
        return msgspec.structs.replace(base, start=_start("accepted", opening, opening.occurred_at))
    declined = _declined(before)
    if declined and declined.data.reason and (lapses is None or declined.occurred_at < lapses):
        return msgspec.structs.replace(base, declined_at=declined.occurred_at, declined_by=declined.id)
    return msgspec.structs.replace(base, lapses_at=lapses)


def _declined(facts: Sequence[Fact]) -> Fact | None:
    return next((f for f in facts if f.type == "acceptance.declined"), None)


def _without_notice(
    before: Sequence[Fact], receipt: Fact, opening: Fact | None, window: datetime, base: Beginning
) -> Beginning:
    replace = msgspec.structs.replace
    declined = _declined(before)
    if declined and declined.occurred_at < window:
        if declined.data.reason:
            if opening:
                return replace(base, start=_start("accepted", opening, opening.occurred_at))
            return replace(base, declined_at=declined.occurred_at, declined_by=declined.id)
        # time-limits.md 6.6: a refusal to accept without a written reason does not stop the clock.
        found = (*base.findings, ("acceptance_declined_without_reason", declined.occurred_at, declined.id))
        return replace(base, start=_start("declined_without_reason", receipt, declined.occurred_at), findings=found)
    if opening and receipt.type == "application.handed_in":
        return replace(base, start=_start("handed_in", receipt, opening.occurred_at))
    if opening and opening.occurred_at < window:
        return replace(base, start=_start("accepted", opening, opening.occurred_at))
    deemed = _start("received", receipt, window, deemed_at=window)
    if declined:
        base = replace(base, refusals=(*base.refusals, _too_late_to_decline(declined)))
    return replace(base, start=deemed, pending_at=window)


def _too_late_to_decline(fact: Fact) -> Refused:
    return Refused(
        fact.id,
        "not_allowed_for_item",
        "acceptance can no longer be declined: silence on completeness was acceptance",
        fact.occurred_at,
    )
