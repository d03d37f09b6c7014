"""One step of one stream: new facts and the present moment in, what goes on the ledger out.

Live intake, back-fill and rehearsal all call these functions; there is no second implementation. They are pure: the same
arguments give the same answer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from rules.facts import Fact


class Entry(msgspec.Struct, frozen=True):
    """What the engine concluded. `key` says about what (stable within the stream); `type` is a ledger entry type."""

    type: str
    key: str
    legal_at: datetime | None
    data: dict[str, Any]


class FactResult(msgspec.Struct, frozen=True):
    """The outcome of one fact: None as code when it took effect, otherwise the refusal's code and message."""

    fact: str
    code: str | None = None
    message: str | None = None


class Record(msgspec.Struct, frozen=True):
    """What stands on the record under one key: the fold of its entries. Read tables are copies of these.

    `kind`: limit | step | office | outcome | certificate | hold | finding | breach | alert | notice | refusal | case.
    """

    kind: str
    key: str
    status: str
    legal_at: datetime | None
    recorded_at: datetime
    changed_at: datetime
    data: dict[str, Any]
    history: tuple[dict[str, Any], ...] = ()


class Outreach(msgspec.Struct, frozen=True):
    """A fact that one stream's conclusions send to another (a confirmed breach to a person's docket)."""

    stream: str
    fact: Fact


class Health(msgspec.Struct, frozen=True):
    """What is known of intake: reachable without interruption since when, and each source's watermark.

    `hindsight`: the past is asked what would have been (rules.what_if); nothing waits to be published, and no word of ours comes late.
    """

    reachable_since: datetime | None = None
    watermarks: dict[str, datetime] = {}
    backfilled: bool = False
    hindsight: bool = False


class Stream(msgspec.Struct, frozen=True):
    """All that a stream's next step needs: its facts and what stands on its record. Encodes to MessagePack as a snapshot.

    `view` and `derived` are what the last step worked out; they are not kept in a snapshot.
    """

    id: str
    facts: tuple[Fact, ...] = ()
    records: dict[str, Record] = {}
    version: int = 0
    view: Any = None
    derived: Any = None


class Step(msgspec.Struct, frozen=True):
    """The result of one step. `next_at`: the next moment that matters, None when nothing is pending."""

    stream: Stream
    entries: tuple[Entry, ...]
    changed: tuple[Record, ...]
    results: tuple[FactResult, ...]
    outreach: tuple[Outreach, ...]
    next_at: datetime | None
    ended: bool
