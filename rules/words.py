"""What people say of findings, alerts and holds: whom it concerns, who may not say it, and what waits because nothing of the kind is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from rules.accountability import Accountability
from rules.case import Case, Refused
from rules.facts import Fact
from rules.stream import Record

# What is said of a finding -> the entry that says what becomes of it.
TURNS = {
    "finding.confirmed": "finding_confirmed",
    "finding.dismissed": "finding_dismissed",
    "finding.excused": "finding_excused",
    "finding.withdrawn": "finding_closed",
}
OF_FINDINGS = frozenset(TURNS)
OF_ALERTS = frozenset({"alert.acknowledged", "alert.answered", "alert.closed", "alert.undeliverable"})


def names_of(kind: str, key: str) -> tuple[str, str]:
    """A finding goes by its kind, or by its kind and what it is about (`step_overdue:review`)."""
    return kind, key.removeprefix("finding:")


def said(facts: Sequence[Fact], kind: str, key: str, since: datetime, concerned: Iterable[str | None]) -> Fact | None:
    """The last word of a competent person on a finding; nobody confirms or dismisses his own matter (回避)."""
    names = names_of(kind, key)
    shut_out = {person for person in concerned if person}  # who is not named is the competent person
    return next(
        (
            f for f in reversed(facts)
            if f.type in OF_FINDINGS and f.data.finding in names and f.occurred_at >= since and f.actor not in shut_out
        ),
        None,
    )  # fmt: skip


def concerned(records: Mapping[str, Record], finding: Record) -> set[str]:
    """Whoever it is about, and whoever had the case in hand within the limit."""
    clock = finding.data.get("clock")
    breach = records.get(f"breach:{clock}")
    shared = those_of(breach) if breach is not None else ()
    return {person for person in (finding.data.get("person"), *shared) if person}


def those_of(breach: Record) -> tuple[str, ...]:
    """All whom a breach concerns: against whom it is proposed, and who held a share."""
    return tuple(dict.fromkeys([*breach.data["proposed_against"], *(str(s["person"]) for s in breach.data["shares"])]))


def unlawful(fact: Fact, rules: Accountability) -> tuple[str, str] | None:
    """Why a word on a finding has no effect, whoever says it."""
    if fact.type == "finding.confirmed":
        bare = [aspect for aspect in fact.data.ratings if not getattr(fact.data, aspect)]
        if bare:
            return "reason_missing", f"the rating of {', '.join(bare)} needs its reason in writing"
    code = getattr(fact.data, "code", None) if fact.type in OF_FINDINGS else None
    if rules.exemptions and code not in {None, *rules.exemptions}:
        return (
            "unknown_exemption",
            f"the unit's rules know no exemption {code!r}; they know {', '.join(rules.exemptions)}",
        )
    return None


def recused(facts: Sequence[Fact], records: Mapping[str, Record]) -> list[Refused]:
    """Words of those who are concerned themselves."""
    why = "who is concerned in a case cannot confirm or dismiss in it; ask the next competent person"
    return [
        Refused(f.id, "not_competent", why, f.occurred_at)
        for f in facts
        if f.type in OF_FINDINGS
        and f.actor is not None
        and any(f.actor in concerned(records, r) for r in _meant(f, records))
    ]


def _meant(word: Fact, records: Mapping[str, Record]) -> Iterator[Record]:
    for key, record in records.items():
        named = record.kind == "finding" and word.data.finding in names_of(record.data["kind"], key)
        if named and record.legal_at is not None and record.legal_at <= word.occurred_at:
            yield record


def waiting(facts: Sequence[Fact], records: Mapping[str, Record], case: Case) -> tuple[tuple[str, str], ...]:
    """Words about a finding, an alert or a hold that nobody knows: parked until it comes."""
    return tuple((f.id, why) for f in facts if (why := _why(f, records, case)) is not None)


def _why(fact: Fact, records: Mapping[str, Record], case: Case) -> str | None:
    if fact.type in OF_FINDINGS:
        return None if any(_meant(fact, records)) else f"no finding {fact.data.finding} is known"
    if fact.type in OF_ALERTS:
        return None if any(concerns(fact, r) for r in records.values()) else "no alert of this kind has been raised"
    if fact.type == "hold.closed":
        return None if _known(fact, records, case) else f"no hold for {fact.data.hold} was open then"
    return None


def _known(word: Fact, records: Mapping[str, Record], case: Case) -> bool:
    """Whether the hold that somebody closed had been opened by then."""
    record = records.get(f"hold:{word.data.hold}")
    opened = [record.legal_at] if record is not None and record.legal_at is not None else []
    opened += [h.opened_at for h in case.holds if h.reason == word.data.hold]
    return any(at <= word.occurred_at for at in opened)


def concerns(word: Fact, alert: Record) -> bool:
    """Whether a word is about an alert: one that names no level or cause is for every alert of the case."""
    if alert.kind != "alert" or word.recorded_at < alert.recorded_at:
        return False
    return word.data.level in {None, alert.data["level"]} and word.data.cause in {None, alert.data["cause"]}
