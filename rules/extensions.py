"""Extension: asked, approved by the head and served before expiry, once, at most the given amount. Otherwise void, and on record."""

from __future__ import annotations

import msgspec

from rules.facts import Fact
from rules.fold import CLOCKS, Fold, Pending
from rules.items import ExtensionRule
from rules.limit import HOURLY, Limit
from rules.time_limits import due

replace = msgspec.structs.replace
VOID = "the extension has no effect; the limit stands"


def rule_of(fold: Fold) -> ExtensionRule | None:
    """The item's own rule, else the one the profile carries (Licensing Law art. 42: ten working days, once)."""
    given = fold.profile.extension
    if fold.item.extension is not None:
        return replace(fold.item.extension, max=fold.item.extension.max or given.max)
    return ExtensionRule(max=given.max, max_times=given.max_times) if given.max is not None else None


def _fits(fold: Fold, by: Limit, clocks: list[str]) -> bool:
    """Hours are added to hours and days to days; a date is no amount."""
    if by.unit == "until_date" or by.amount < 0:
        return False
    limits = [limit for c in clocks if (limit := fold.limit(c)) is not None and limit.unit != "until_date"]
    return all((limit.unit in HOURLY) == (by.unit in HOURLY) for limit in limits)


def _clocks(fold: Fold, fact: Fact) -> list[str]:
    rule = rule_of(fold)
    named = getattr(fact.data, "clock", None) or (rule.clock if rule else None)
    return [named] if named else [c for c in CLOCKS if fold.limit(c) is not None]


def _all_over(fold: Fold, fact: Fact) -> bool:
    return not any(fold.running(c, fact.occurred_at) for c in _clocks(fold, fact))


def requested(fold: Fold, fact: Fact) -> None:
    rule = rule_of(fold)
    fold.pending = Pending(request=fact, by=fact.data.by, void=True)
    if all(fold.item.limit(clock) is None for clock in _clocks(fold, fact)):
        fold.refuse(fact, "not_allowed_for_item", f"the item has no such limit; {VOID}")
    elif _all_over(fold, fact):
        fold.refuse(fact, "extension_after_expiry", f"asked after the limit had ended; {VOID}")
    elif rule is None:
        fold.refuse(fact, "not_allowed_for_item", f"the item allows no extension; {VOID}")
    elif fold.extended >= rule.max_times:
        fold.refuse(fact, "extension_already_used", f"an extension is granted {rule.max_times} time(s) only; {VOID}")
    elif not _fits(fold, fact.data.by, _clocks(fold, fact)):
        fold.refuse(fact, "not_allowed_for_item", f"{fact.data.by.unit} cannot be added to this limit; {VOID}")
    elif _over_maximum(fold, fact.data.by, rule, _clocks(fold, fact)):
        fold.refuse(fact, "extension_over_maximum", f"more than the item allows; {VOID}")
    else:
        fold.pending.void = False
        _indicate_last_hour(fold, fact)


def _indicate_last_hour(fold: Fold, fact: Fact) -> None:
    if fold.last_hours(
        fact.occurred_at, fold.detectors(fact.occurred_at).last_hour_extension.within, _clocks(fold, fact)
    ):
        fold.find("last_hour_extension", fact.occurred_at, fact.id, person=fold.holder, indication=True)


def _over_maximum(fold: Fold, by: Limit, rule: ExtensionRule, clocks: list[str]) -> bool:
    if rule.max is None:
        return False
    if by.unit == rule.max.unit:
        return by.amount > rule.max.amount
    # Different units are compared on the calendar, from the end they are added to.
    base = next((d for c in clocks if (d := fold.due(c)) is not None), None)
    if base is None:
        return False
    ends = [due(limit, base.due_on, fold.calendar, fold.profile).expires_at for limit in (by, rule.max)]
    return ends[0] > ends[1]


def approved(fold: Fold, fact: Fact) -> None:
    rule = rule_of(fold)
    if fold.pending is None:
        fold.pending = Pending(request=fact, by=fact.data.by, void=True)
        if rule is None:
            fold.refuse(fact, "not_allowed_for_item", f"the item allows no extension; {VOID}")
            return
        if fold.extended >= rule.max_times:
            fold.refuse(
                fact, "extension_already_used", f"an extension is granted {rule.max_times} time(s) only; {VOID}"
            )
            return
        fold.pending.void = fact.data.by is None
    if fold.pending.void:
        return
    by = fact.data.by or fold.pending.by
    if _all_over(fold, fact):
        code, why = "extension_after_expiry", "approved after the limit had ended"
    elif by and not _fits(fold, by, _clocks(fold, fold.pending.request or fact)):
        code, why = "not_allowed_for_item", f"{by.unit} cannot be added to this limit"
    elif rule and by and _over_maximum(fold, by, rule, _clocks(fold, fold.pending.request or fact)):
        code, why = "extension_over_maximum", "more than the item allows"
    elif not _competent(fold, fact, rule):
        code, why = "not_competent", "only the head of the unit may approve it"
    else:
        fold.pending.approval, fold.pending.by = fact, by
        return
    fold.pending.void = True
    fold.refuse(fact, code, f"{why}; {VOID}")


def _competent(fold: Fold, fact: Fact, rule: ExtensionRule | None) -> bool:
    """Licensing Law art. 42: the responsible person of the agency. Nobody named, or no head known: not for the engine to doubt."""
    approver = fact.data.approver or fact.actor
    on = fold.day(fact.occurred_at)
    if rule and rule.approver and rule.approver not in ("head", "anyone"):
        post = rule.approver.removeprefix("post:")
        heads: tuple[str, ...] = fold.world.holders(fold.item.unit, post, on) or (rule.approver,)
    elif fold.profile.extension.approver == "anyone" or (rule and rule.approver == "anyone"):
        return True
    else:
        heads = fold.world.holders(fold.item.unit, "first_responsible", on)
    return approver is None or not heads or approver in heads


def served(fold: Fold, fact: Fact) -> None:
    pending = fold.pending
    if pending is None or pending.approval is None:
        if pending is None:
            fold.parked.append((fact.id, "no extension is known that this serves"))
        elif not pending.void and not _approved_later(fold, fact):
            fold.parked.append((fact.id, "the extension is not approved yet"))
        return
    clocks = [c for c in _clocks(fold, pending.request or fact) if fold.running(c, fact.occurred_at)]
    if not clocks and fold.profile.extension.served_before_expiry:
        fold.refuse(fact, "extension_not_served_before_expiry", f"served after the limit had ended; {VOID}")
    else:
        assert pending.by is not None
        for clock in clocks or _clocks(fold, pending.request or fact):
            fold.extensions[clock].append(pending.by)
        fold.extended += 1
        fold.moved()
    fold.pending = None


def _approved_later(fold: Fold, fact: Fact) -> bool:
    """An approval that came after the service cannot heal it."""
    return any(f.type == "extension.approved" and f.occurred_at > fact.occurred_at for f in fold.later)
