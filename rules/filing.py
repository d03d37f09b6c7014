"""The life of a catalogue entry: cleared and registered by the unit, reviewed, approved, published; changed by filing again.

A human process with a stream of its own: what somebody wants, who it is and when go in, what stands on record comes out, or a refusal.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, get_args

import msgspec

from rules.items import Item, Struct, Withholding
from rules.limit import Limit
from rules.stream import Entry, Record

Phase = Literal["draft", "reviewing", "approving", "approved", "published", "returned", "withheld", "withdrawn"]
Office = Literal["legal_office", "approval_centre", "price_bureau"]
OFFICES: tuple[Office, ...] = get_args(Office)
Verdict = Literal["agreed", "objected"]
KEY = "filing"
WRITABLE = frozenset({"draft", "returned"})
OVER = frozenset({"published", "withheld", "withdrawn"})


class ReviewRule(Struct, frozen=True):
    """One office that reviews, with its clock. `only_with_fees`: asked about items that charge something."""

    office: Office
    unit: str
    limit: Limit = Limit(amount=5, unit="working_days")
    only_with_fees: bool = False


class FilingRules(Struct, frozen=True):
    """Who reviews and how long; the leading-group office approves. Without `reviews` its own desk stands in for all three offices."""

    reviews: tuple[ReviewRule, ...] = ()
    approval: Limit = Limit(amount=5, unit="working_days")


class Review(Struct, frozen=True, omit_defaults=False):
    """What one office was asked and said."""

    office: str
    unit: str
    due_on: date
    expires_at: datetime
    verdict: Verdict | None = None
    by: str | None = None
    at: datetime | None = None
    remarks: str | None = None
    overdue: bool = False


class Filing(Struct, frozen=True, omit_defaults=False):
    """Where a filing stands. `item` is the entry as it is written (interfaces.md 2); `round` counts submissions.

    `acknowledged`: the warnings of lint that whoever acted last says to have read, by code.
    """

    id: str
    code: str
    unit: str
    phase: Phase
    author: str
    item: dict[str, Any]
    note: str = ""
    round: int = 0
    reviews: tuple[Review, ...] = ()
    approve_by: datetime | None = None
    approval_overdue: bool = False
    withholding: Withholding | None = None
    version: int | None = None
    remarks: str | None = None
    acknowledged: tuple[str, ...] = ()

    def entry(self) -> Item:
        return msgspec.convert(self.item, Item)


def filing_of(record: Record | None) -> Filing | None:
    """The filing that stands on record."""
    if record is None:
        return None
    known = {name: record.data[name] for name in Filing.__struct_fields__ if name in record.data}
    return msgspec.convert(known, Filing)


def on_record(type_: str, filing: Filing, who: str | None, at: datetime) -> Entry:
    """The whole state goes with each entry, so that a version can be shown beside the one before."""
    return Entry(type_, KEY, at, {**msgspec.to_builtins(filing), "status": filing.phase, "by": who})


def on_record_refused(wish: Wish, why: Refused, who: str, at: datetime, place: int) -> Entry:
    """That somebody wanted it, and why he did not get it, stays with the filing. `place`: the stream's next version."""
    data = {"wish": wish.__struct_config__.tag, **msgspec.to_builtins(why), "by": who}
    return Entry("filing_refused", f"refusal:{place}", at, data)


# -- what people want -----------------------------------------------------------------------------------------------------


class Save(Struct, frozen=True, tag="save"):
    """The entry as the unit has it now. Saving is always possible while nobody reviews, whatever lint says."""

    item: dict[str, Any]
    note: str = ""


class Submit(Struct, frozen=True, tag="submit"):
    """For review. `withhold`: the power is filed and not published. `acknowledged`: the warnings that were read, by code."""

    withhold: Withholding | None = None
    acknowledged: tuple[str, ...] = ()


class GiveReview(Struct, frozen=True, tag="review"):
    office: str
    verdict: Verdict
    remarks: str | None = None


class Approve(Struct, frozen=True, tag="approve"):
    remarks: str | None = None


class SendBack(Struct, frozen=True, tag="return"):
    remarks: str


class Publish(Struct, frozen=True, tag="publish"):
    """Takes effect on a later day: what was accepted before keeps the rules of its acceptance."""

    effective_from: date
    acknowledged: tuple[str, ...] = ()


class Withdraw(Struct, frozen=True, tag="withdraw"):
    reason: str


Wish = Save | Submit | GiveReview | Approve | SendBack | Publish | Withdraw


class Refused(Struct, frozen=True):
    """Why a wish is not granted: the filing stays as it is."""

    code: str
    message: str
    field: str = ""


def changes(before: Any, after: Any, field: str = "") -> list[tuple[str, Any, Any]]:
    """Where two entries differ: (field, before, after), list elements by their place; None where there is nothing."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = list(dict.fromkeys([*before, *after]))
        found = [changes(before.get(n), after.get(n), f"{field}.{n}" if field else n) for n in names]
        return [one for part in found for one in part]
    if isinstance(before, list | tuple) and isinstance(after, list | tuple):
        longest = max(len(before), len(after))
        found = [changes(_at(before, n), _at(after, n), f"{field}[{n}]") for n in range(longest)]
        return [one for part in found for one in part]
    return [] if before == after else [(field, before, after)]


def _at(values: Any, place: int) -> Any:
    return values[place] if place < len(values) else None
