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

replace = msgspec.structs.replace

WAYS_IN = ("application.handed_in", "application.received")
OPENINGS = ("application.accepted", "case.opened")
# A case is known by one of these; a refusal to accept proves that something was handed in.
FIRST = frozenset({*WAYS_IN, *OPENINGS, "acceptance.declined"})


class Beginning(msgspec.Struct, frozen=True):
    """The start, or why there is none yet.

    `lapses_at`: when the applicant's silence ends the matter; `declined_at`: refused with a reason, there is no clock. `notices`: the
    completion notices before acceptance, which are dealt with here.
    """

    start: Start | None = None
    lapses_at: datetime | None = None
    declined_at: datetime | None = None
    declined_by: str | None = None
    refusals: tuple[Refused, ...] = ()
    window_ends_at: datetime | None = None
    notices: frozenset[str] = frozenset()
    findings: tuple[tuple[str, datetime, str], ...] = ()


class Received(msgspec.Struct, frozen=True):
    """What lies between the first proof of an application and its acceptance."""

    receipt: Fact
    handed: Fact | None
    opening: Fact | None
    before: tuple[Fact, ...]
    declined: Fact | None
    window: datetime


def value_of(fact: Fact) -> date | datetime:
    """What limits are counted from: the instant, or the date where only that is known."""
    return fact.occurred_on or fact.occurred_at


def begin(facts: Sequence[Fact], profile: Profile, calendar: Calendar, most: int) -> Beginning:
    """Derives the start from all facts of a case, in order. `most`: how many completion notices the item allows."""
    opening = next((f for f in facts if f.type in OPENINGS), None)
    ways = [f for f in facts if f.type in WAYS_IN and (opening is None or f.occurred_at <= opening.occurred_at)]
    if not ways and opening is None:
        ways = [f for f in facts if f.type == "acceptance.declined"][:1]
    if ways:
        return _from_receipt(_received(facts, ways, opening, profile, calendar), profile, calendar, most)
    if opening is None:
        return Beginning()
    window = due(profile.notice_window, value_of(opening), calendar, profile).expires_at
    return Beginning(start=_accepted(opening), window_ends_at=window)


def _received(
    facts: Sequence[Fact], ways: Sequence[Fact], opening: Fact | None, profile: Profile, calendar: Calendar
) -> Received:
    receipt = ways[0]
    until = opening.occurred_at if opening else None
    before = tuple(
        f for f in facts if f.occurred_at >= receipt.occurred_at and (until is None or f.occurred_at < until)
    )
    return Received(
        receipt=receipt,
        handed=next((f for f in ways if f.type == "application.handed_in"), None),
        opening=opening,
        before=before,
        declined=next((f for f in before if f.type == "acceptance.declined"), None),
        window=due(profile.notice_window, value_of(receipt), calendar, profile).expires_at,
    )


def _start(kind: str, fact: Fact, known_at: datetime, deemed_at: datetime | None = None) -> Start:
    return Start(kind=kind, at=fact.occurred_at, value=value_of(fact), known_at=known_at, deemed_at=deemed_at)


def _accepted(opening: Fact) -> Start:
    return _start("accepted", opening, opening.occurred_at)


def _from_receipt(received: Received, profile: Profile, calendar: Calendar, most: int) -> Beginning:
    notices = [f for f in received.before if f.type == "completion.requested"]
    timely = [f for f in notices if f.occurred_at < received.window]
    refusals = [_second(f) for f in timely[most:]]
    refusals += [_late(f, second=place > 0) for place, f in enumerate(notices) if f.occurred_at >= received.window]
    second = [r for r in refusals if r.code == "second_completion_notice"]
    base = Beginning(
        refusals=tuple(refusals),
        window_ends_at=received.window,
        notices=frozenset(f.id for f in notices),
        findings=tuple((r.code, r.at, r.fact) for r in second),
    )
    if received.declined is not None and not received.declined.data.reason:
        return _declined_without_reason(received, base)
    if timely:
        return _after_notice(received, timely[0], profile, calendar, base)
    return _without_notice(received, base)


def _second(fact: Fact) -> Refused:
    why = "everything missing is to be named at once; this further notice has no effect"
    return Refused(fact.id, "second_completion_notice", why, fact.occurred_at)


def _late(fact: Fact, *, second: bool) -> Refused:
    if second:
        return _second(fact)
    why = "the time to ask for completion has passed; the application is deemed accepted"
    return Refused(fact.id, "completion_notice_too_late", why, fact.occurred_at)


def _declined_without_reason(received: Received, base: Beginning) -> Beginning:
    """time-limits.md 6.6: a refusal to accept without a written reason does not stop the clock."""
    declined = received.declined
    assert declined is not None
    found = (*base.findings, ("acceptance_declined_without_reason", declined.occurred_at, declined.id))
    start = _start("declined_without_reason", received.receipt, min(declined.occurred_at, received.window))
    return replace(base, start=start, findings=found)


def _after_notice(received: Received, notice: Fact, profile: Profile, calendar: Calendar, base: Beginning) -> Beginning:
    lapses = calendar.end_of(notice.data.answer_by) if notice.data.answer_by else None
    supplied = next((f for f in received.before if f.type == "completion.supplied" and not f.data.partial), None)
    # Art. 32(5): supplied in full, the application is accepted.
    if supplied and (lapses is None or supplied.occurred_at < lapses):
        return replace(base, start=_start("supplied", supplied, supplied.occurred_at))
    if received.opening and (lapses is None or received.opening.occurred_at < lapses):
        return replace(base, start=_accepted(received.opening))
    declined = received.declined
    if declined and (lapses is None or declined.occurred_at < lapses):
        return replace(base, declined_at=declined.occurred_at, declined_by=declined.id)
    if lapses is not None and profile.suspension.after_term == "resume":
        after = Start(kind="received", at=lapses, value=notice.data.answer_by, known_at=lapses, deemed_at=lapses)
        return replace(base, start=after)
    return replace(base, lapses_at=lapses)


def _without_notice(received: Received, base: Beginning) -> Beginning:
    receipt, opening, declined, window = received.receipt, received.opening, received.declined, received.window
    if opening is None and declined and declined.occurred_at < window:
        return replace(base, declined_at=declined.occurred_at, declined_by=declined.id)
    if opening and opening.occurred_at < window and received.handed:
        return replace(base, start=_start("handed_in", received.handed, opening.occurred_at))
    if opening and opening.occurred_at < window:
        return replace(base, start=_accepted(opening))
    if declined and declined.occurred_at >= window:
        base = replace(base, refusals=(*base.refusals, _too_late_to_decline(declined)))
    return replace(base, start=_start("received", receipt, window, deemed_at=window))


def _too_late_to_decline(fact: Fact) -> Refused:
    why = "acceptance can no longer be declined: silence on completeness was acceptance"
    return Refused(fact.id, "not_allowed_for_item", why, fact.occurred_at)
