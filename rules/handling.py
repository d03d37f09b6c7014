"""Facts of handling and of the end: custody, steps, offices, attributes, decisions, closings, reopening and revocation."""

from __future__ import annotations

import msgspec

from rules.case import Custody, Outcome
from rules.chain import resolve
from rules.facts import Fact
from rules.fold import CLOCKS, Fold
from rules.stops import deficits

replace = msgspec.structs.replace


def way_in(fold: Fold, fact: Fact) -> None:
    data = fact.data
    fold.attributes.update(data.attributes)
    first_step = fold.item.steps[0].holder if fold.item.steps else None
    named = data.holder or fold.item.holder or first_step
    if named and (data.holder or not fold.custody):
        hand_to(fold, fact, named)


def accepted(fold: Fold, fact: Fact) -> None:
    way_in(fold, fact)
    deficits(fold, fact)


def hand_to(fold: Fold, fact: Fact, to: str) -> None:
    holder = resolve(fold.world, fold.item.unit, to, fold.day(fact.occurred_at))
    if holder is not None and holder != fold.holder:
        fold.custody.append(Custody(since=fact.occurred_at, holder=holder))


def handed_over(fold: Fold, fact: Fact) -> None:
    if fold.last_hours(fact.occurred_at, fold.detectors(fact.occurred_at).transfer_before_expiry.within, CLOCKS):
        fold.find("transfer_before_expiry", fact.occurred_at, fact.id, person=fold.holder, indication=True)
    hand_to(fold, fact, fact.data.to)


def attributes_recorded(fold: Fold, fact: Fact) -> None:
    fold.attributes.update(fact.data.values)
    fold.moved()


def step_started(fold: Fold, fact: Fact) -> None:
    fold.steps_started.setdefault(fact.data.step, fact)
    if fact.data.holder:
        hand_to(fold, fact, fact.data.holder)


def step_completed(fold: Fold, fact: Fact) -> None:
    fold.steps_done.setdefault(fact.data.step, fact.occurred_at)


def office_consulted(fold: Fold, fact: Fact) -> None:
    seen = fold.offices.setdefault(fact.data.office, {})
    seen.setdefault("consulted", fact.occurred_on or fact.occurred_at)
    seen.setdefault("known", fact.recorded_at)
    if fact.data.limit is not None:
        seen.setdefault("limit", fact.data.limit)


def office_answered(fold: Fold, fact: Fact) -> None:
    fold.offices.setdefault(fact.data.office, {}).setdefault("answered", fact.occurred_at)


def office_absent(fold: Fold, fact: Fact) -> None:
    fold.offices.setdefault(fact.data.office, {}).setdefault("absent", fact.occurred_at)


def data_failed(fold: Fold, fact: Fact) -> None:
    fold.data_failed = fold.data_failed or fact


def reason_claimed(fold: Fold, fact: Fact) -> None:
    fold.claims.append(fact)


def reason_rejected(fold: Fold, fact: Fact) -> None:
    fold.rejections.append(fact)


def decision_made(fold: Fold, fact: Fact) -> None:
    fold.made = fold.made or fact
    _complete(fold, fact, "decided")


def decision_served(fold: Fold, fact: Fact) -> None:
    fold.served = fold.served or fact
    if fold.made is None:
        _complete(fold, fact, "decided")
    _complete(fold, fact, "served")


def _complete(fold: Fold, fact: Fact, event: str) -> None:
    """Stops the clocks for which this is what had to happen in time; the last one concludes the case."""
    if fold.outcome is not None:
        _after_the_end(fold, fact, event)
        return
    for name in CLOCKS:
        if getattr(fold.profile.completion, name) == event:
            fold.completed.setdefault(name, (fact.occurred_at, fact.id))
    if all(name in fold.completed or fold.item.limit(name) is None for name in CLOCKS):
        _conclude(fold, fact)


def _conclude(fold: Fold, fact: Fact) -> None:
    decided = fold.made or fact
    result = getattr(decided.data, "result", None) or getattr(fact.data, "result", None) or "approved"
    fold.status, fold.closed_at, fold.closed_by = "concluded", fact.occurred_at, fact.id
    fold.outcome = Outcome(kind=result, legal_at=decided.occurred_at, by=decided.id)
    fold.close_holds(fact.occurred_at, fact.id)


def _after_the_end(fold: Fold, fact: Fact, event: str) -> None:
    """time-limits.md 6.5: after the effect an approval confirms; a refusal is recorded without effect."""
    outcome = fold.outcome
    assert outcome is not None
    if outcome.kind not in {"implied_consent", "implied_refusal"}:
        return
    if event != getattr(fold.profile.completion, fold.item.silence.clock):
        return
    decided = fold.made or fact
    result = getattr(decided.data, "result", None) or getattr(fact.data, "result", None)
    if result in {"approved", "approved_in_part", "not_needed"} and outcome.kind == "implied_consent":
        review = "none" if outcome.review == "under_review" else outcome.review
        fold.outcome = replace(outcome, confirmed_by=outcome.confirmed_by or fact.id, review=review)
        fold.status, fold.closed_at = "concluded", fold.closed_at or fact.occurred_at
    elif result == "refused" and outcome.kind == "implied_consent":
        fold.refuse(
            fact,
            "refusal_after_implied_consent",
            "consent was implied when the limit ended; only a formal revocation can end it",
        )


def withdrawn(fold: Fold, fact: Fact) -> None:
    fold.close("withdrawn", fact.occurred_at, "withdrawn", fact.id)


def returned(fold: Fold, fact: Fact) -> None:
    fold.close("returned", fact.occurred_at, "returned", fact.id)


def forwarded(fold: Fold, fact: Fact) -> None:
    fold.close("forwarded", fact.occurred_at, "forwarded", fact.id)


def terminated(fold: Fold, fact: Fact) -> None:
    fold.close("terminated", fact.occurred_at, "terminated", fact.id)


def reopened(fold: Fold, fact: Fact) -> None:
    """The certificate, if there is one, comes under review; it is never deleted. Silence does not fire again."""
    if fold.outcome is None:
        fold.refuse(fact, "not_allowed_for_item", "the case is open; there is nothing to reopen")
        return
    fold.status, fold.closed_at, fold.closed_by = "open", None, None
    if fold.outcome.kind == "implied_consent":
        fold.outcome = replace(fold.outcome, review="under_review", review_at=fact.occurred_at)
    else:
        fold.outcome = None
        fold.made = fold.served = None


def revocation_opened(fold: Fold, fact: Fact) -> None:
    _review(fold, fact, "under_review")


def revoked(fold: Fold, fact: Fact) -> None:
    _review(fold, fact, "revoked")


def _review(fold: Fold, fact: Fact, state: str) -> None:
    if fold.outcome is None or fold.outcome.kind != "implied_consent":
        fold.parked.append((fact.id, "no implied consent is known that this concerns"))
    else:
        fold.outcome = msgspec.structs.replace(fold.outcome, review=state, review_at=fact.occurred_at)


def pattern_found(fold: Fold, fact: Fact) -> None:
    fold.find(
        fact.data.finding, fact.occurred_at, *fact.data.evidence, indication=fact.data.indication, what=fact.data.cases
    )


def harm_reported(fold: Fold, fact: Fact) -> None:
    # R11: once a problem arises, the officer is pursued; consent by silence discharges nobody.
    if fold.outcome is not None and fold.outcome.kind == "implied_consent":
        fold.find("harm_after_consent", fact.occurred_at, fact.id, person=fold.holder)
