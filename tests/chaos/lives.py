"""The lives cases lead, and what the ledger must hold of each: worked out here from the facts alone, by hand.

All instants of a life are fixed beforehand; whoever is late in delivering it changes nothing of what it must come to.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tests.chaos.world import BY_MINUTE, BY_NAMED_INSTANT, IN_STEPS, MINUTE, NO_SILENCE, OFFICERS, ONE_MINUTE

Effect = tuple[str, str]  # type and key of an entry; instants that a key ends with are left out
Effects = AbstractSet[tuple[Effect, datetime]]  # with the legal instant
WARNED = ("warning_raised", "alert:limit:committed:warning:0")
BROKEN = (
    ("limit_expired", "expired:committed"),
    ("finding_opened", "finding:limit_expired:committed"),
    ("breach_found", "breach:committed"),
    ("red_card", "alert:limit:committed:red:0"),
)
CONSENTED = (
    ("consent_implied", "outcome"),
    ("case_closed", "case"),
    ("certificate_issued", "certificate:case"),
    ("notice_due", "notice:consent_implied:applicant"),
)
STEP_LATE = (
    ("step_expired", "expired:step:look"),
    ("finding_opened", "finding:step_overdue:look"),
    ("breach_found", "breach:step:look"),
    ("yellow_card", "alert:step:look:yellow:0"),
)
CONCLUDED = (("outcome_recorded", "outcome"), ("case_closed", "case"))


@dataclass(frozen=True)
class Said:
    """One message. `sent_at`: when it is first sent; it happened at `at`."""

    type: str
    at: datetime
    data: Mapping[str, Any]
    sent_at: datetime
    item: str | None = None
    actor: str | None = None


@dataclass(frozen=True)
class Life:
    """`ends_at`: the end of the limit as it stands in the end. `effects`: each exactly once, at its legal instant."""

    case: str
    kind: str
    said: tuple[Said, ...]
    effects: Effects
    status: str
    ends_at: datetime | None

    @property
    def holder(self) -> str:
        return str(self.said[0].data["holder"])

    def ids(self) -> list[str]:
        return [f"{self.case}/{n}" for n in range(len(self.said))]

    def then(self, *said: Said, **effects: Any) -> "Life":
        return replace(self, said=(*self.said, *said), **effects)


def say(type_: str, at: datetime, *, sent_at: datetime | None = None, actor: str | None = None, **data: Any) -> Said:
    return Said(type_, at, data, sent_at or at, actor=actor)


def _accepted(n: int, item: str, at: datetime, sent_at: datetime, ends_at: datetime | None = None) -> tuple[Said, ...]:
    """Where the item waits for a named instant, it is named in the moment of acceptance."""
    named = {"holder": OFFICERS[n % len(OFFICERS)], "applicant": "赵某"}
    first = Said("application.accepted", at, named, sent_at, item)
    return (first,) if ends_at is None else (first, say("attributes.recorded", at, ends=ends_at.isoformat()))


def _at(instant: datetime, *effects: Effect) -> Effects:
    return {(effect, instant) for effect in effects}


def _warned(start: datetime, *ends_at: datetime) -> Effects:
    """An end that has moved is warned of anew."""
    return {(WARNED, max(start, end - MINUTE)) for end in ends_at}


def silent(n: int, at: datetime, seconds: float, kind: str = "silent") -> Life:
    """Nobody says anything: consent at the end, a certificate, a breach, a red card."""
    end = at + timedelta(seconds=seconds)
    effects = _warned(at, end) | _at(end, *BROKEN, *CONSENTED)
    return Life(f"{kind}-{n}", kind, _accepted(n, BY_NAMED_INSTANT, at, at, end), effects, "concluded", end)


def decided(n: int, at: datetime, seconds: float, decided_at: datetime, kind: str = "decided") -> Life:
    """An answer in time: nothing is broken."""
    end = at + timedelta(seconds=seconds)
    made = say("decision.made", decided_at, result="approved")
    served = say("decision.served", decided_at + timedelta(milliseconds=500), result="approved")
    effects = _warned(at, end) | _at(decided_at, *CONCLUDED)
    said = (*_accepted(n, BY_NAMED_INSTANT, at, at, end), made, served)
    return Life(f"{kind}-{n}", kind, said, effects, "concluded", end)


def decided_late(n: int, at: datetime) -> Life:
    """Where silence grants nothing, the limit is broken and the decision comes after it."""
    end, decided_at = at + timedelta(seconds=8), at + timedelta(seconds=22)
    said = (*_accepted(n, NO_SILENCE, at, at, end), say("decision.served", decided_at, result="approved"))
    effects = _warned(at, end) | _at(end, *BROKEN) | _at(decided_at, *CONCLUDED)
    return Life(f"late-{n}", "late", said, effects, "concluded", end)


def withdrawn(n: int, at: datetime) -> Life:
    end, left_at = at + timedelta(seconds=30), at + timedelta(seconds=6)
    said = (*_accepted(n, BY_NAMED_INSTANT, at, at, end), say("application.withdrawn", left_at))
    return Life(f"withdrawn-{n}", "withdrawn", said, _warned(at, end) | _at(left_at, *CONCLUDED), "withdrawn", end)


def extended(n: int, at: datetime) -> Life:
    """A minute more, asked, approved and served in time; then silence."""
    end = at + timedelta(seconds=25)
    asked = (say("extension.requested", at + timedelta(seconds=4), by=ONE_MINUTE),
             say("extension.approved", at + timedelta(seconds=5), by=ONE_MINUTE, approver="li"),
             say("extension.served", at + timedelta(seconds=6)))  # fmt: skip
    said = (*_accepted(n, BY_NAMED_INSTANT, at, at, end), *asked)
    effects = _warned(at, end, end + MINUTE) | _at(end + MINUTE, *BROKEN, *CONSENTED)
    return Life(f"extended-{n}", "extended", said, effects, "concluded", end + MINUTE)


def _stopped(n: int, kind: str, at: datetime, left: float, *more: Said) -> Life:
    """Accepted so long ago that `left` seconds of the minute remain at `at`; the clock does not go on unless `more` says so."""
    start = at + timedelta(seconds=left) - MINUTE
    said = (*_accepted(n, BY_MINUTE, start, at), *more)
    return Life(f"{kind}-{n}", kind, said, _warned(start, start + MINUTE), "suspended", start + MINUTE)


def suspend(at: datetime, sent_at: datetime | None = None) -> Said:
    return say("clock.suspended", at, sent_at=sent_at, reason="expert_review")


def resume(at: datetime) -> Said:
    return say("clock.resumed", at, reason="expert_review")


def hung(n: int, at: datetime) -> Life:
    """Suspended and never taken up again: neither consent nor breach."""
    life = _stopped(n, "hung", at, 25, suspend(at + timedelta(seconds=4)))
    return replace(life, ends_at=None)


def stopped_then_silent(n: int, at: datetime, left: float, stop: Said, go: Said, kind: str = "stopped") -> Life:
    """The time it stood still is added to the end, to the microsecond."""
    life = _stopped(n, kind, at, left, stop, go)
    assert life.ends_at is not None
    end = life.ends_at + (go.at - stop.at)
    effects = life.effects | _warned(end - MINUTE, end) | _at(end, *BROKEN, *CONSENTED)
    return replace(life, effects=effects, status="concluded", ends_at=end)


def stopped_then_decided(n: int, at: datetime) -> Life:
    stop, go, end = (at + timedelta(seconds=s) for s in (4, 12, 15))
    life = _stopped(n, "resumed", at, 30, suspend(stop), resume(go), say("decision.served", end, result="refused"))
    assert life.ends_at is not None
    due = life.ends_at + (go - stop)
    effects = life.effects | _warned(due - MINUTE, due) | _at(end, *CONCLUDED)
    return replace(life, effects=effects, status="concluded", ends_at=due)


def stepped(n: int, at: datetime) -> Life:
    """The first of three steps is late, the case is not."""
    start, weighed, end = (at + timedelta(seconds=s) for s in (-70, 5, 20))
    said = (*_accepted(n, IN_STEPS, start, at), say("step.completed", weighed, step="weigh"),
            say("decision.served", end, result="refused"))  # fmt: skip
    effects = _at(start + MINUTE, *STEP_LATE) | _at(end, *CONCLUDED)
    return Life(f"stepped-{n}", "stepped", said, effects, "concluded", start + 3 * MINUTE)


def answered(life: Life, at: datetime) -> Life:
    """Its red card is answered, so that nothing is pending any more."""
    assert life.ends_at is not None
    word = say("alert.answered", at, actor=life.holder, level="red", text="已整改")
    return life.then(word, effects=life.effects | _at(life.ends_at, ("alert_answered", BROKEN[3][1])))


def confirmed(life: Life, at: datetime) -> Life:
    """An inspector confirms the finding: a proceeding opens in the holder's docket (see `proceedings`)."""
    assert life.ends_at is not None
    word = say("finding.confirmed", at, actor="sun", finding="limit_expired:committed", grade="ordinary")
    more = _at(life.ends_at, ("finding_confirmed", BROKEN[1][1]), ("breach_updated", BROKEN[2][1]))
    return life.then(word, effects=life.effects | more)
