"""How a power is exercised, held against what was published: publishing equals promising (公开即等于承诺).

Each fact is looked at by itself, also where it has no effect on the clock.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from rules.facts import Fact
from rules.fold import Fold
from rules.items import Item

Watch = Callable[[Fold, Fact], None]


def watch(fold: Fold, fact: Fact) -> None:
    look = WATCHES.get(fact.type)
    if look is not None:
        look(fold, fact)


def _materials(fold: Fold, fact: Fact) -> None:
    """Licensing Law arts. 30, 31: what is to be handed in is published; nothing else may be asked for. A list must be known to judge by."""
    asked: tuple[str, ...] = getattr(fact.data, "items", ()) or getattr(fact.data, "deficits", ())
    strange = unlisted(fold.item, asked)
    if strange:
        fold.find("unlisted_material", fact.occurred_at, fact.id, person=fold.holder, what=strange)


def unlisted(item: Item, asked: Sequence[str]) -> tuple[str, ...]:
    """Of the materials asked for those that the item's list does not name, by name or code."""
    if not asked or not item.materials:
        return ()
    listed = {
        _same(word)
        for one in item.materials
        for word in ((one,) if isinstance(one, str) else (one.name, one.code, one.name_en))
        if word
    }
    return tuple(name for name in asked if _same(name) not in listed)


def _same(name: str) -> str:
    """A name as it is compared: width, capitals and spaces mean nothing."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _fee(fold: Fold, fact: Fact) -> None:
    """Licensing Law arts. 58, 59: by the published item and rate; what is not published is not charged."""
    if not charged_as_published(fold.item.fees, fact.data.code, fact.data.amount):
        fold.find("wrong_fee", fact.occurred_at, fact.id, person=fold.holder, what=(_said(fact.data),))


def charged_as_published(fees: Sequence[dict[str, Any]], code: str | None, amount: str | float | None) -> bool:
    """Whether a published fee has this code and this amount; one published without an amount has its own way of being worked out."""
    given = _amount(amount)
    if given == 0:
        return True
    rates = [_amount(fee.get("amount")) for fee in fees if code is None or fee.get("code", fee.get("name")) == code]
    return any(rate is None or given is None or rate == given for rate in rates)


def _amount(value: object) -> Decimal | None:
    try:
        return Decimal(str(value)) if value is not None else None
    except InvalidOperation:
        return None


def _said(fee: Any) -> str:
    return " ".join(str(part) for part in (fee.code, fee.amount) if part is not None)


def _refusal(fold: Fold, fact: Fact) -> None:
    """Licensing Law art. 38(2): a refusal says why. A reason, its legal basis or the document that holds them will do."""
    if fact.data.result == "refused" and not (fact.data.reason or fact.basis or fact.evidence):
        fold.find("refusal_without_reason", fact.occurred_at, fact.id, person=fold.holder or fact.actor)


def _window(fold: Fold, fact: Fact) -> None:
    """不向窗口授权: received where the unit has authorised nobody to."""
    window = fact.data.window
    if window is not None:
        fold.window = window
        if fold.item.windows and window not in fold.item.windows:
            fold.find("window_not_authorised", fact.occurred_at, fact.id, person=fold.holder, what=(window,))


def _passed_on(fold: Fold, fact: Fact) -> None:
    """只授不理、收发室: the window may handle the matter and passes it on; one that is to be settled at once it must not."""
    item, at_once = fold.item, fold.item.kind == "immediate"
    authorised = fold.window in item.windows if fold.window and item.windows else at_once
    looked_for = at_once or not fold.detectors(fact.occurred_at).receive_only.immediate_only
    if authorised and looked_for and not any(f.kind == "receive_only" for f in fold.findings):
        fold.find("receive_only", fact.occurred_at, fact.id, person=fold.holder, indication=not at_once)


def _accepted(fold: Fold, fact: Fact) -> None:
    _window(fold, fact)
    _materials(fold, fact)


WATCHES: dict[str, Watch] = {
    "completion.requested": _materials,
    "fee.charged": _fee,
    "decision.made": _refusal,
    "application.handed_in": _window,
    "application.received": _window,
    "application.accepted": _accepted,
    "case.dispatched": _passed_on,
}
