"""What people do in a proceeding: state, hear, decide, serve, review, execute, restore, close; and why an act is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rules.calendar import Calendar
from rules.competence import HEAD, deciders, outsider, reviewers
from rules.facts import Fact
from rules.proceedings import Docket, Folding, Proceeding, in_order
from rules.time_limits import due
from rules.world import World

Refusal = tuple[str, str]


def derive_docket(name: str, facts: Sequence[Fact], world: World, calendar: Calendar) -> Docket:
    """All proceedings of a person (or of a unit: `unit:ID`) as these facts make them."""
    folding = Folding(name, world, calendar)
    take(folding, in_order(facts))
    return Docket(
        tuple(folding.proceedings.values()), tuple(folding.refusals), tuple(folding.parked), tuple(folding.reversed)
    )


def take(folding: Folding, facts: Iterable[Fact]) -> None:
    """Facts later than all before, in order; every count is up to date afterwards, and before anybody acts on it.

    Of a unit it is up to date before each breach too: from what it counts for, the next proceeding is opened or not.
    """
    for fact in facts:
        if folding.of_unit or fact.type in ACTS:
            folding.count()
        _hear(folding, fact)
    folding.count()


def _hear(folding: Folding, fact: Fact) -> None:
    match fact.type:
        case "breach.confirmed":
            folding.confirmed(fact)
        case "breach.withdrawn":
            folding.withdrawn(fact.data.breach, fact.occurred_at)
        case "case.referred":
            folding.referral(fact)
        case "referral.answered":
            folding.given_back(fact)
        case type_ if type_ in ACTS:
            _said(folding, fact)


def _said(folding: Folding, fact: Fact) -> None:
    found = folding.of_case.get(fact.case)
    if not found:
        folding.parked.append((fact.id, "no proceeding is known that this concerns"))
        return
    meant = _meant(found, fact)
    folding.touch(meant)
    refusal = ACTS[fact.type](folding, meant, fact)
    if refusal is not None:
        folding.refuse(fact, *refusal)


BEFORE = frozenset({"recusal.declared", "statement.filed", "hearing.held", "measure.decided"})


def _meant(found: Sequence[Proceeding], fact: Fact) -> Proceeding:
    """The one that is named; of several in one case the one that waits for such a word, else the last."""
    if fact.data.proceeding is not None:
        return next((p for p in found if p.id == fact.data.proceeding), found[-1])
    waiting = [p for p in found if (p.decided_at is None) == (fact.type in BEFORE) and p.closed_at is None]
    return next((p for p in waiting if p.standing), found[-1])


# -- before the decision ----------------------------------------------------------------------------------------------------


def _recusal(_: Folding, proceeding: Proceeding, fact: Fact) -> Refusal | None:
    proceeding.recused |= {fact.data.recused}
    return None


def _statement(folding: Folding, proceeding: Proceeding, fact: Fact) -> Refusal | None:
    """The window is used by the one concerned, not by somebody who would like to decide earlier."""
    if fact.actor is not None and not _speaks_for(folding, proceeding, fact):
        return (
            "not_competent",
            "a statement is made by the one concerned; who records it for him names him as the actor",
        )
    if fact.occurred_at < proceeding.window_ends_at:
        proceeding.statement_at = proceeding.statement_at or fact.occurred_at
    return None


def _speaks_for(folding: Folding, proceeding: Proceeding, fact: Fact) -> bool:
    if proceeding.person is not None:
        return fact.actor == proceeding.person
    return fact.actor == proceeding.unit or not folding.world.outside(
        fact.actor, proceeding.unit, folding.calendar.local_date(fact.occurred_at)
    )


def _hearing(_: Folding, proceeding: Proceeding, fact: Fact) -> Refusal | None:
    proceeding.heard_at = proceeding.heard_at or fact.occurred_at
    return None


# -- the decision -----------------------------------------------------------------------------------------------------------


def _decision(folding: Folding, proceeding: Proceeding, fact: Fact) -> Refusal | None:
    refusal = _not_yet(proceeding, fact) or _not_so(folding, proceeding, fact)
    if refusal is not None:
        return refusal
    proceeding.decided_at, proceeding.decided_level = fact.occurred_at, fact.data.level
    proceeding.decided_by = fact.actor or next(iter(_deciders(folding, proceeding, fact)), None)
    proceeding.chosen_over = proceeding.proposed
    return None


def _not_yet(proceeding: Proceeding, fact: Fact) -> Refusal | None:
    if proceeding.frozen_at is not None:
        return (
            "proceeding_frozen",
            "the matter was referred; the ladder is frozen until the competent body has answered",
        )
    if not proceeding.standing:
        return "proceeding_closed", "the breach no longer counts; there is nothing to decide"
    if proceeding.decided_at is not None:
        return "already_decided", "a measure was decided; only a review can change it"
    used = proceeding.statement_at is not None or proceeding.heard_at is not None
    if not used and fact.occurred_at < proceeding.window_ends_at:
        until = proceeding.statement_until
        return "no_statement_window_yet", f"the one concerned may answer until {until}; decide afterwards"
    return None


def _not_so(folding: Folding, proceeding: Proceeding, fact: Fact) -> Refusal | None:
    level = fact.data.level
    if not 1 <= level <= proceeding.highest:
        return "not_allowed_for_item", f"a measure is a number from 1 to {proceeding.highest}"
    if not _may_decide(folding, proceeding, fact):
        return "not_competent", "the decider is concerned in the case, or may not decide a measure of this weight"
    if level != proceeding.proposed and not fact.data.reason:
        return "reason_missing", "a decision other than proposed needs a written reason"
    if proceeding.person and level >= proceeding.rules.legal_ground_from and not fact.basis:
        return "legal_ground_missing", "this measure needs its legal ground; name it as the basis"
    return None


def _deciders(folding: Folding, proceeding: Proceeding, fact: Fact) -> tuple[str, ...]:
    on = folding.calendar.local_date(fact.occurred_at)
    rules, level = proceeding.rules, fact.data.level
    return deciders(folding.world, rules, proceeding.unit, proceeding.person, level, on, proceeding.concerned)


def _may_decide(folding: Folding, proceeding: Proceeding, fact: Fact) -> bool:
    """Recusal (回避), and measures above the head's competence, which belong to the authority that appoints."""
    actor = fact.actor
    if actor is None or actor in _deciders(folding, proceeding, fact):
        return True
    if actor in proceeding.concerned or not outsider(folding.world, actor):
        return False
    on = folding.calendar.local_date(fact.occurred_at)
    headless = not folding.world.holders(proceeding.unit, HEAD, on)
    post = folding.world.post_of(proceeding.person, on) if proceeding.person else None
    above = fact.data.level > proceeding.rules.head_up_to(post.staff_category if post else None)
    return headless or (above and proceeding.rules.appointing_authority is None)


# -- after the decision -----------------------------------------------------------------------------------------------------


def _undecided(proceeding: Proceeding) -> Refusal | None:
    if proceeding.decided_at is None:
        return "not_decided_yet", "no measure has been decided in this proceeding"
    return None


def _service(_: Folding, proceeding: Proceeding, fact: Fact) -> Refusal | None:
    if refusal := _undecided(proceeding):
        return refusal
    proceeding.served_at = proceeding.served_at or fact.occurred_at
    return None


def _review(folding: Folding, proceeding: Proceeding, fact: Fact) -> Refusal | None:
    if refusal := _undecided(proceeding):
        return refusal
    if fact.actor is not None and not _speaks_for(folding, proceeding, fact):
        return "not_competent", "a review is asked for by the one concerned"
    told = proceeding.served_at or proceeding.decided_at
    assert told is not None
    on = folding.calendar.local_date(told)
    end = due(proceeding.rules.review_request, on, folding.calendar, folding.world.profile)
    if fact.occurred_at >= end.expires_at:
        return "review_too_late", f"a review could be asked for until {end.due_on}"
    proceeding.review_at = proceeding.review_at or fact.occurred_at
    return None


def _reviewed(folding: Folding, proceeding: Proceeding, fact: Fact) -> Refusal | None:
    if refusal := _undecided(proceeding):
        return refusal
    on = folding.calendar.local_date(fact.occurred_at)
    may = reviewers(folding.world, proceeding.rules, proceeding.unit, on, proceeding.concerned, proceeding.decided_by)
    if fact.actor is not None and fact.actor not in may and not _from_outside(folding, proceeding, fact):
        return "not_competent", "nobody reviews his own decision or his own case; ask the next competent person"
    proceeding.review_result, proceeding.reviewed_at = fact.data.result, fact.occurred_at
    proceeding.reviewed_by = fact.actor or next(iter(may), None)
    if fact.data.result == "reversed":
        proceeding.reversed = True
        if proceeding.person is not None:
            folding.reversed += [(proceeding.case, breach, fact.occurred_at) for breach in proceeding.breaches]
    return None


def _from_outside(folding: Folding, proceeding: Proceeding, fact: Fact) -> bool:
    if fact.actor is None or fact.actor in {*proceeding.concerned, proceeding.decided_by}:
        return False
    on = folding.calendar.local_date(fact.occurred_at)
    outside = folding.world.outside(fact.actor, proceeding.unit, on)
    return outsider(folding.world, fact.actor) or outside


def _execution(_: Folding, proceeding: Proceeding, fact: Fact) -> Refusal | None:
    if refusal := _undecided(proceeding):
        return refusal
    if proceeding.frozen_at is not None:
        return "proceeding_frozen", "the matter was referred; nothing is executed until the competent body has answered"
    if not proceeding.standing:
        return "proceeding_closed", "the decision no longer stands; there is nothing to execute"
    pending = proceeding.review_at is not None and proceeding.reviewed_at is None
    if pending and proceeding.rules.review_stays:
        return "execution_stayed", "by the unit's rules a review stays the execution; wait for its result"
    proceeding.executed_at = proceeding.executed_at or fact.occurred_at
    return None


def _restoration(_: Folding, proceeding: Proceeding, fact: Fact) -> Refusal | None:
    if refusal := _undecided(proceeding):
        return refusal
    proceeding.restored_at = fact.occurred_at
    return None


def _closing(_: Folding, proceeding: Proceeding, fact: Fact) -> Refusal | None:
    if proceeding.executed_at is None:
        return "not_executed_yet", "the file is closed once the measure was executed"
    proceeding.closed_at = proceeding.closed_at or fact.occurred_at
    return None


ACTS: dict[str, Callable[[Folding, Proceeding, Fact], Refusal | None]] = {
    "recusal.declared": _recusal,
    "statement.filed": _statement,
    "hearing.held": _hearing,
    "measure.decided": _decision,
    "measure.served": _service,
    "review.requested": _review,
    "review.decided": _reviewed,
    "measure.executed": _execution,
    "restoration.completed": _restoration,
    "proceeding.closed": _closing,
}
