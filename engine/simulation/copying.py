"""Cases as PostgreSQL's binary COPY takes them, packed by hand: many thousands may change, and most say the same of units and people."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from struct import Struct

import msgspec

from engine.simulation.looking import Row

STATEMENT = "COPY simulation_case (simulation_id, case_id, item, unit, units, persons, gained, lost, before, after) FROM STDIN (FORMAT BINARY)"
_BEGIN, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_COLUMNS = Struct("!h").pack(10)
_length = Struct("!i").pack
_array = Struct("!iiiii").pack
_json = msgspec.json.Encoder().encode
_TEXT = 25  # the type's number in pg_type


def copied(simulation: str, rows: Sequence[Row]) -> bytes:
    found = [_BEGIN]
    for row in rows:
        texts = (_text(one) for one in (simulation, row.case_id, row.item, row.unit))
        lists = (_texts(one) for one in (row.units, row.persons, row.gained, row.lost))
        states = (_field(b"\x01" + _json(one)) for one in (row.before, row.after))
        found += (_COLUMNS, *texts, *lists, *states)
    return b"".join((*found, _END))


def _field(value: bytes) -> bytes:
    return _length(len(value)) + value


def _text(value: str) -> bytes:
    return _field(value.encode())


@lru_cache(maxsize=16384)
def _texts(values: tuple[str, ...]) -> bytes:
    if not values:
        return _field(_length(0) + _length(0) + _length(_TEXT))
    return _field(_array(1, 0, _TEXT, len(values), 1) + b"".join(map(_text, values)))
