"""What a sender is told."""

from __future__ import annotations

from engine.intake.envelope import Answer, Due, Outcome
from engine.intake.inbox import Known
from rules.facts import Fact
from rules.stream import FactResult, Record


def answer_of(fact: Fact, result: FactResult | None, dates: dict[str, Due]) -> Answer:
    """The outcome of a fact that went through the rules."""
    if result is None or result.code is None:
        return Answer(outcome="recorded", case=fact.case, dates=dates)
    outcome: Outcome = "parked" if result.code == "parked" else "refused"
    return Answer(outcome=outcome, case=fact.case, code=result.code, message=result.message, dates=dates)


def dates_of(records: dict[str, Record]) -> dict[str, Due]:
    """Every clock of a case as it stands now."""
    return {
        record.data["clock"]: Due(record.data["due_on"], record.data["expires_at"], record.data["provisional"])
        for record in records.values()
        if record.kind == "limit" and record.status == "set"
    }


def repeated(known: Known, body_hash: bytes) -> Answer:
    """A known message again: its first answer if it says the same, otherwise a refusal."""
    first = known.answer
    if known.body_hash is not None and known.body_hash != body_hash:
        return Answer(
            outcome="reused",
            case=first.case,
            code="message_id_reused",
            message="another message came under this id before; give this one an id of its own, or send fact.corrected",
        )
    return Answer(
        outcome="duplicate",
        case=first.case,
        code=first.code,
        message=first.message,
        dates=first.dates,
        first=first.outcome,
    )


def parked(fact: Fact, why: str) -> Answer:
    """A fact that cannot be placed yet."""
    return Answer(outcome="parked", case=fact.case, code=why, message=_WAITS[why])


_WAITS = {
    "unknown_case": "the case is not known yet; the fact is taken up when the case's first fact arrives",
    "no_proceeding": "no proceeding of this case is known yet; name the person, or wait for the proceeding",
}


def undecided(fact: Fact) -> Answer:
    return Answer(
        outcome="undecided",
        case=fact.case,
        code="engine_error",
        message="the fact is kept; a defect in this case is being looked at",
    )


def unknown_item(fact: Fact) -> Answer:
    return Answer(
        outcome="unknown_item",
        case=fact.case,
        code="unknown_item",
        message=f"no published catalogue holds the item {fact.item!r}; the fact is kept in quarantine",
    )
