"""The words of a time limit: a limit, a suspension, an end, a line of the explanation."""

from datetime import date, datetime
from typing import Literal

import msgspec

from rules.errors import RuleError

Unit = Literal[
    "working_days", "calendar_days", "weeks", "months", "years", "working_hours", "working_minutes", "until_date"
]
Bounds = Literal["[]", "(]", "[)", "()"]
ABSENT = -(2**53)
LARGEST = 1_000_000
HOURLY = {"working_hours": 3600, "working_minutes": 60}


class Limit(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An amount of a unit, or `until_date` with `on` (a date or an instant as text; without offset in the calendar's zone).

    `attribute` names the case's attribute that holds the date; whoever derives the case puts the value into `on`.
    """

    unit: Unit
    amount: int = ABSENT
    on: str | None = None
    attribute: str | None = None

    def __post_init__(self) -> None:
        if self.unit == "until_date":
            _check_until(self)
        else:
            _check_amount(self)

    @property
    def seconds(self) -> int:
        """Length of a limit in working hours or minutes."""
        return self.amount * HOURLY[self.unit]


def _check_until(limit: Limit) -> None:
    if limit.amount != ABSENT:
        raise RuleError("wrong_value", "until_date has no amount; remove it", "amount")
    if (limit.on is None) == (limit.attribute is None):
        raise RuleError("missing_field", "until_date needs either `on` or `attribute`", "on")


def _check_amount(limit: Limit) -> None:
    if limit.amount == ABSENT:
        raise RuleError("missing_field", f"{limit.unit} need an amount", "amount")
    if limit.on is not None or limit.attribute is not None:
        raise RuleError("wrong_value", "`on` and `attribute` belong to until_date only", "on")
    if abs(limit.amount) > LARGEST:
        raise RuleError("out_of_range", f"the amount is at most {LARGEST}", "amount")


class Span(msgspec.Struct, frozen=True):
    """A suspension. An instant is aware; a date is a stop or restart on that day. `stop` None: the clock still stands."""

    start: datetime | date
    stop: datetime | date | None = None
    kind: Literal["pause", "restart"] = "pause"


class Due(msgspec.Struct, frozen=True):
    """The last day, the instant (UTC) from which it is late, and whether an unpublished year could still move it."""

    due_on: date
    expires_at: datetime
    provisional: bool


class DayLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One day of an explanation. `n` is the count reached (whole units), `seconds` the working time of that day."""

    on: date
    counted: bool
    n: int | None
    why: str
    basis: str
    seconds: int | None = None
