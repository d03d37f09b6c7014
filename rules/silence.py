"""Silence (超时默许): no opinion within the limit and no proper reason is consent, by operation of the rule, at the instant the limit ends."""

from __future__ import annotations

from datetime import datetime

from rules.case import Hold, Outcome
from rules.conditions import holds
from rules.fold import Fold
from rules.items import Effect

OUTCOMES = {"approve": "implied_consent", "refuse": "implied_refusal"}


def silence_ends_at(fold: Fold) -> datetime | None:
    """When silence would have its effect, if the clock runs out."""
    if fold.item.silence.effect == "none" and not fold.item.silence.flips:
        return None
    clock = fold.item.silence.clock
    return None if clock in fold.completed else fold.ends_at(clock)


def take_effect(fold: Fold, at: datetime) -> None:
    """The limit of the silence clock ends at `at` without an answer."""
    fold.silence_passed = at
    effect, blocked = _effect(fold, at)
    fold.effect = effect if blocked is None else fold.item.silence.effect
    if effect not in OUTCOMES and blocked is None:
        return
    reason = blocked or _reason_to_hold(fold, at)
    if reason is None:
        _conclude(fold, effect, at)
    else:
        fold.blocked = reason
        fold.holds.append(Hold(reason=reason, opened_at=_opened(fold, reason, at)))


def _opened(fold: Fold, reason: str, at: datetime) -> datetime:
    if reason == "reason_claimed" and fold.claimed:
        return fold.claimed.occurred_at
    return at


def _conclude(fold: Fold, effect: str, at: datetime) -> None:
    fold.outcome = Outcome(kind=OUTCOMES[effect], legal_at=at)
    fold.status, fold.closed_at = "concluded", at
    for name in ("committed", "statutory"):
        if name != fold.item.silence.clock:
            fold.completed.setdefault(name, (at, "implied"))
    fold.close_holds(at, None)


def _effect(fold: Fold, at: datetime) -> tuple[Effect, str | None]:
    """The effect after exclusions and flips, or the reason why it cannot be told (an attribute missing or wrong)."""
    silence = fold.item.silence
    effect: Effect = silence.effect
    if _answered_otherwise(fold, at):
        return "none", None
    for exclusion in silence.exclusions:
        answer = _holds(fold, exclusion if isinstance(exclusion, str) else str(exclusion.get("when", "")))
        if answer is None:
            return effect, "precondition_unmet"
        if answer:
            return "none", None
    for flip in silence.flips:
        answer = _holds(fold, flip.when)
        if answer is None:
            return effect, "precondition_unmet"
        if answer:
            return flip.effect, None
    return effect, None


def _answered_otherwise(fold: Fold, at: datetime) -> bool:
    """Facts that the item counts as an opinion besides the decision itself."""
    others = [kind for kind in fold.item.silence.answered_by if kind != "decision"]
    return any(fold.seen.get(kind, at) < at for kind in others)


def _holds(fold: Fold, text: str) -> bool | None:
    condition = fold.world.conditions.get(text)
    return None if condition is None else holds(condition, fold.attributes, fold.item.attributes)


def _reason_to_hold(fold: Fold, at: datetime) -> str | None:
    """Why there is no effect now (time-limits.md 6.2), or None. A hold closed by a competent person blocks no more."""
    found = fold.due(fold.item.silence.clock)
    if found is not None and found.provisional:
        return "provisional_date"
    if fold.claimed is not None and fold.claimed.occurred_at < at and not _rejected(fold):
        return "reason_claimed"
    if fold.data_failed is not None and fold.data_failed.occurred_at < at:
        return "agency_data_failed"
    if not _preconditions_met(fold, at):
        return "precondition_unmet"
    return None


def _rejected(fold: Fold) -> bool:
    return any(f.type == "reason.rejected" for f in fold.later) or "reason.rejected" in fold.seen


def _preconditions_met(fold: Fold, at: datetime) -> bool:
    for condition in fold.item.silence.preconditions:
        if "fact" in condition and fold.seen.get(condition["fact"], at) >= at:
            return False
        if "when" in condition and _holds(fold, condition["when"]) is not True:
            return False
    return True


def close_hold(fold: Fold, reason: str, result: str, at: datetime, by: str) -> bool:
    """A competent person settles a hold; the effect, if any, stands at its original instant. False: no such hold is open."""
    if not any(h.reason == reason and h.closed_at is None for h in fold.holds):
        return False
    legal_at = fold.silence_passed
    fold.close_holds(at, by)
    if result == "effect" and legal_at is not None and fold.outcome is None:
        effect = fold.effect if fold.effect in OUTCOMES else "approve"
        _conclude(fold, effect, legal_at)
    return True
