"""Silence (超时默许): no opinion within the limit and no proper reason is consent, by operation of the rule, at the instant the limit ends."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import msgspec

from rules.case import Hold, Outcome, Settled
from rules.conditions import holds
from rules.facts import Fact
from rules.fold import CLOCKS, Fold
from rules.items import Effect, Silence

replace = msgspec.structs.replace
OUTCOMES = {"approve": "implied_consent", "refuse": "implied_refusal"}


def silence_ends_at(fold: Fold) -> datetime | None:
    """When silence would have its effect, if the clock runs out."""
    silence = fold.item.silence
    if silence.effect == "none" and not silence.flips and not silence.table:
        return None
    return None if silence.clock in fold.completed else fold.ends_at(silence.clock)


def take_effect(fold: Fold, at: datetime) -> None:
    """The limit of the silence clock ends at `at` without an answer."""
    fold.silence_passed = at
    effect, unknown = _effect(fold, at)
    fold.effect = effect
    if (effect not in OUTCOMES and not unknown) or _forgone(fold, at):
        return
    for hold in _holds_open(fold, at, unknown=unknown):
        said = fold.settled.get(hold.reason)
        if said is None or said.at < hold.opened_at:
            fold.holds.append(hold)
        elif said.result == "no_effect":
            return
    if not any(h.closed_at is None for h in fold.holds):
        _conclude(fold, granted(effect), at)


def granted(effect: str) -> str:
    """What a person grants who lets silence take effect although the conditions left it open."""
    return effect if effect in OUTCOMES else "approve"


def _conclude(fold: Fold, effect: str, at: datetime) -> None:
    fold.outcome = Outcome(kind=OUTCOMES[effect], legal_at=at)
    fold.status, fold.closed_at, fold.closed_by = "concluded", at, None
    for name in ("committed", "statutory"):
        if name != fold.item.silence.clock:
            fold.completed.setdefault(name, (at, "implied"))
    fold.close_holds(at, None)


def _effect(fold: Fold, at: datetime) -> tuple[Effect, bool]:
    """The effect after exclusions and flips, and whether it cannot be told (an attribute missing or wrong)."""
    silence = fold.item.silence
    if _answered_otherwise(fold, at):
        return "none", False
    excluded = [(x if isinstance(x, str) else x.when, "none") for x in silence.exclusions]
    flips = [(flip.when, flip.effect) for flip in silence.flips]
    rows = [(row.when, row.effect) for row in silence.table if row.when is not None]
    for text, effect in [*excluded, *flips, *rows]:
        answer = _holds(fold, text)
        if answer is None:
            return silence.effect, True
        if answer:
            return cast("Effect", effect), False
    return _otherwise(silence)


def _otherwise(silence: Silence) -> tuple[Effect, bool]:
    """What holds where no row does: of a table its default row, without which it cannot be told."""
    if not silence.table:
        return silence.effect, False
    default = silence.table[-1]
    return default.effect, default.when is not None


def _answered_otherwise(fold: Fold, at: datetime) -> bool:
    """Facts that the item counts as an opinion besides the decision itself."""
    others = [kind for kind in fold.item.silence.answered_by if kind != "decision"]
    return any(fold.seen.get(kind, at) < at for kind in others)


def _holds(fold: Fold, text: str) -> bool | None:
    condition = fold.world.conditions.get(text)
    return None if condition is None else holds(condition, fold.attributes, fold.item.attributes, fold.calendar.zone)


def _holds_open(fold: Fold, at: datetime, *, unknown: bool) -> list[Hold]:
    """Everything for which there is no effect now (time-limits.md 6.2)."""
    found = []
    end = fold.due(fold.item.silence.clock)
    if end is not None and end.provisional:
        found.append(Hold("provisional_date", at))
    if (claim := _claim(fold, at)) is not None:
        found.append(Hold("reason_claimed", claim.occurred_at))
    if fold.data_failed is not None and fold.data_failed.occurred_at < at:
        found.append(Hold("agency_data_failed", at))
    if unknown or not _preconditions_met(fold, at):
        found.append(Hold("precondition_unmet", at))
    return found


def _claim(fold: Fold, at: datetime) -> Fact | None:
    """The last reason claimed before the end that nobody has rejected since."""
    claims = [c for c in fold.claims if c.occurred_at < at]
    rejected = [f.occurred_at for f in (*fold.rejections, *fold.later) if f.type == "reason.rejected"]
    return claims[-1] if claims and not any(r >= claims[-1].occurred_at for r in rejected) else None


def _preconditions_met(fold: Fold, at: datetime) -> bool:
    for condition in fold.item.silence.preconditions:
        if condition.fact is not None and fold.seen.get(condition.fact, at) >= at:
            return False
        if condition.when is not None and _holds(fold, condition.when) is not True:
            return False
    return True


def settle(fold: Fold, fact: Fact) -> None:
    """A competent person settles a hold; the effect, if any, stands at its original instant."""
    said = fact.data
    if said.hold == "provisional_date" and said.result == "effect":
        fold.refuse(
            fact,
            "not_allowed_for_item",
            "the date becomes firm when the calendar is announced; until then nothing takes effect",
        )
        return
    if said.hold == "under_review" and fold.outcome is not None and fold.outcome.review == "under_review":
        fold.outcome = replace(
            fold.outcome, review="none" if said.result == "effect" else "revoked", review_at=fact.occurred_at
        )
    if said.hold == "provisional_date" and not _was_provisional(fold, fact.occurred_at):
        return
    fold.settled[said.hold] = Settled(said.result, fact.occurred_at, fact.id)
    if not any(h.reason == said.hold and h.closed_at is None for h in fold.holds):
        return
    closed = [
        replace(h, closed_at=fact.occurred_at, closed_by=fact.id) if h.reason == said.hold else h for h in fold.holds
    ]
    fold.holds = closed
    waiting = said.result == "effect" and any(h.closed_at is None for h in closed)
    if said.result == "no_effect":
        fold.close_holds(fact.occurred_at, fact.id)
    elif not waiting and fold.silence_passed is not None and fold.outcome is None:
        _conclude(fold, granted(fold.effect), fold.silence_passed)


def _forgone(fold: Fold, at: datetime) -> bool:
    """Whether a person settled that silence has no effect: while the date was uncertain, or while its source had not reported so far.

    A date that becomes firm later, or a source that catches up, does not bring it back.
    """
    closings = [f for f in fold.later if f.type == "hold.closed" and f.data.result == "no_effect"]
    behind = any(f.data.hold == "source_behind" and f.occurred_at >= at for f in closings)
    unsure = any(f.data.hold == "provisional_date" and _was_provisional(fold, f.occurred_at) for f in closings)
    return behind or unsure or "provisional_date" in fold.settled


def _was_provisional(fold: Fold, at: datetime) -> bool:
    """Whether an end that was uncertain under the calendar then in force had passed at an instant: only then was there something to settle."""
    ends = [fold.end_under(name, fold.world.calendar(at)) for name in CLOCKS]
    return any(end is not None and end.provisional and end.expires_at <= at for end in ends)
