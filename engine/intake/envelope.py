"""What comes in through the one door, and what goes back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import msgspec

Outcome = Literal["recorded", "duplicate", "reused", "parked", "refused", "unknown_item", "malformed", "undecided"]


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A message as its sender put it, one fact. `raw` is kept byte for byte, encrypted.

    Either `occurred_at` (aware) or `occurred_on` (where the day alone is known) is given; neither is ever filled in.
    """

    source: str
    message_id: str
    type: str
    case: str
    item: str | None = None
    occurred_at: datetime | None = None
    occurred_on: date | None = None
    reported_at: datetime | None = None
    sequence: int | None = None
    actor: str | None = None
    basis: str | None = None
    evidence: tuple[dict[str, Any], ...] = ()
    data: dict[str, Any] = {}
    raw: bytes = b""


class Due(msgspec.Struct, frozen=True):
    """Where a clock stands now: the last day (ISO date), the instant after it (RFC 3339), and whether the calendar may still move it."""

    due_on: str | None
    expires_at: str | None
    provisional: bool


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one message. `code` and `message` say why it was not simply recorded; `dates` are the case's present ones.

    duplicate: `outcome`, `code` and dates of the first delivery stand in `first` and here. undecided: kept, a defect is being looked at.
    """

    outcome: Outcome
    case: str | None = None
    code: str | None = None
    message: str | None = None
    field: str | None = None
    dates: dict[str, Due] = {}
    first: str | None = None
