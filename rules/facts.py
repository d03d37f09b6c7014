"""Facts: what the world told us. Names and shapes are those of the machine interface (fact types).

A fact has three times: `occurred_at` (when it happened), `reported_at` (registered at the source), `recorded_at`
(written by us). All instants are aware datetimes in UTC. A fact whose day alone is known has `occurred_on` and counts as in time on that date; its
`occurred_at` is then the last microsecond of the day.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from rules.payloads import PAYLOADS


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A document outside the ledger, named by its hash."""

    name: str
    sha256: str | None = None
    uri: str | None = None


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """One fact about one case. `(source, id)` identifies the message; `data` is typed by `type`."""

    id: str
    type: str
    case: str
    source: str
    occurred_at: datetime
    recorded_at: datetime
    reported_at: datetime
    data: Any  # the payload struct of its type (rules.payloads); `type` decides which
    occurred_on: date | None = None
    item: str | None = None
    sequence: int | None = None
    actor: str | None = None
    basis: str | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def has_day_only(self) -> bool:
        return self.occurred_on is not None


# Equal instants are ordered by the source's sequence, then by the order of life (time-limits.md 7).
_ORDER_OF_LIFE = {name: place for place, name in enumerate(PAYLOADS)}


def order(fact: Fact) -> tuple[datetime, int, int, str]:
    """Sort key of facts: by occurrence, the source's sequence, the order of life, the message id."""
    sequence = fact.sequence if fact.sequence is not None else 0
    return (fact.occurred_at, sequence, _ORDER_OF_LIFE[fact.type], fact.id)
