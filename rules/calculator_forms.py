"""Questions and answers of the calculator (interfaces.md 1)."""

from datetime import date
from typing import Literal

import msgspec

from rules.calendar import Direction
from rules.limit import Bounds, DayLine, Limit, Unit

NULL = msgspec.Raw(b"null")
DEFAULT_PROFILE = msgspec.Raw(b'"cn-mainland"')


class SuspensionForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A suspension as asked; without `to` it lasts."""

    start: str = msgspec.field(name="from")
    to: str | None = None
    kind: Literal["pause", "restart"] = "pause"


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="op", kw_only=True):
    """What every question has. `calendar` and `profile` stay as written, to be looked up by their text."""

    calendar: msgspec.Raw
    profile: msgspec.Raw = DEFAULT_PROFILE
    id: msgspec.Raw = NULL


class AskDue(Question, frozen=True, tag="due", kw_only=True):
    """When does the limit end? `from` may be absent for `until_date` only."""

    limit: Limit
    start: str | None = msgspec.field(name="from", default=None)
    suspensions: tuple[SuspensionForm, ...] = ()
    extensions: tuple[Limit, ...] = ()
    explain: bool = False


class AskShift(Question, frozen=True, tag="shift", kw_only=True):
    """What lies `by` away?"""

    start: str = msgspec.field(name="from")
    by: Limit


class AskElapsed(Question, frozen=True, tag="elapsed", kw_only=True):
    """How much has passed?"""

    start: str = msgspec.field(name="from")
    to: str
    unit: Unit
    suspensions: tuple[SuspensionForm, ...] = ()


class AskCount(Question, frozen=True, tag="count", kw_only=True):
    """How many days lie between?"""

    start: str = msgspec.field(name="from")
    to: str
    bounds: Bounds = "[]"
    unit: Literal["working_days", "calendar_days"] = "working_days"


class AskWorkingDay(Question, frozen=True, tag="is_working_day", kw_only=True):
    """Is that day worked?"""

    on: str


class AskRoll(Question, frozen=True, tag="roll", kw_only=True):
    """Which working day is that, or comes next, or came before?"""

    on: str
    direction: Direction


Asked = AskDue | AskShift | AskElapsed | AskCount | AskWorkingDay | AskRoll


class DueAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """`expires_at` with the offset of the calendar's zone."""

    id: msgspec.Raw
    due_on: date
    expires_at: str
    provisional: bool
    explain: list[DayLine] | None = None


class AmountAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    id: msgspec.Raw
    amount: int
    seconds: int | None = None


class ResultAnswer(msgspec.Struct, frozen=True):
    id: msgspec.Raw
    result: str | bool


class Wrong(msgspec.Struct, frozen=True):
    """What is wrong with a question, where, and what to do."""

    code: str
    message: str
    field: str


class ErrorAnswer(msgspec.Struct, frozen=True):
    id: msgspec.Raw
    error: Wrong


Answer = DueAnswer | AmountAnswer | ResultAnswer | ErrorAnswer
