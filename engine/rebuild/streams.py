"""A stream as its ledger tells it: facts, and what stands on the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from engine.ledger.fact_body import fact_of
from engine.ledger.line import Line
from engine.ledger.read import Chained
from rules.case_stream import told_before
from rules.derive import derive
from rules.records import fold
from rules.stream import Entry, Record, Stream
from rules.world import World

# Streams whose facts their rules never look at again (`engine.intake.advances.keep`, and the catalogue's).
WITHOUT_FACTS = ("catalogue", "source", "calendar")
_data = msgspec.json.Decoder(dict[str, Any]).decode


class Retold(msgspec.Struct, frozen=True):
    """`at`: the instant of the last line, which the view is derived for."""

    stream: Stream
    at: datetime
    head_hash: bytes


def retell(stream_id: str, chained: Sequence[Chained]) -> Retold:
    """Folds a stream's lines. Nothing is concluded anew: what the ledger says stands."""
    kind = stream_id.partition(":")[0]
    facts = []
    records: dict[str, Record] = {}
    for line, _, _ in chained:
        if line.kind == "entry":
            entry = _entry(line)
            records[entry.key] = fold(records, entry, line.reported_at or line.recorded_at)
        elif kind not in WITHOUT_FACTS:
            facts.append(fact_of(line))
    last, _, head_hash = chained[-1]
    return Retold(Stream(stream_id, tuple(facts), records, last.version), last.recorded_at, head_hash)


def with_view(retold: Retold, world: World) -> Stream:
    """The stream with its derived case, which a row of the table of cases is made from."""
    stream, calendar = retold.stream, world.calendar(retold.at)
    told = told_before(stream, calendar.version, world)
    case = derive(stream.id.removeprefix("case:"), stream.facts, world, calendar, told)
    return msgspec.structs.replace(stream, view=case)


def _entry(line: Line) -> Entry:
    assert line.key is not None
    return Entry(line.type, line.key, line.legal_at, _data(line.body))
