"""Complaints and ratings for the console: newest first, or by who has to act by when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
import psycopg

from engine.console.views import sql

PAGE = 50
PHASES = ("filed", "accepted", "review", "rectification", "appealed", "declined", "settled")
WAITING = ("filed", "accepted", "review", "rectification", "appealed")


class VoiceRow(msgspec.Struct, frozen=True):
    id: str
    what: str
    number: str
    case_id: str
    unit: str | None
    about: str | None
    subject: str | None
    score: int | None
    phase: str
    result: str | None
    owner: str | None
    phase_until: datetime | None
    opened_at: datetime
    recorded_at: datetime
    item: str | None


class VoiceFilter(msgspec.Struct, frozen=True):
    """What the address bar says; `phase` empty: what waits for somebody."""

    what: str = ""
    phase: str = ""
    unit: str = ""
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> VoiceFilter:
        known = {name: query[name].strip() for name in cls.__struct_fields__ if query.get(name)}
        if known.get("phase", "all") not in {"all", *PHASES}:
            known.pop("phase")
        return cls(**known)

    @property
    def query(self) -> str:
        return urlencode(
            {name: value for name, value in msgspec.to_builtins(self).items() if value and name != "after"}
        )


_VOICE = """
SELECT v.id, v.what, v.number, v.case_id, v.unit, v.about, v.subject, v.score, v.phase, v.result, v.owner, v.phase_until, v.opened_at, v.recorded_at, c.item
FROM voice v JOIN case_file c USING (case_id)
"""


def list_voices(
    db: psycopg.Connection[Any], wanted: VoiceFilter, units: frozenset[str] | None, person: str
) -> list[VoiceRow]:
    """One row more than a page when there is a next one. Of others' units only what one has to act on, or is about oneself."""
    where = sql.Where()
    where.add("v.status <> 'withdrawn'")
    if wanted.phase != "all":
        where.add("v.phase = ANY(%s)", [wanted.phase] if wanted.phase else list(WAITING))
    if units is not None:
        where.add("(v.unit = ANY(%s) OR v.owner = %s OR v.about = %s)", sorted(units), person, person)
    for column in ("what", "unit"):
        if value := getattr(wanted, column):
            where.add(f"v.{column} = %s", value)
    if wanted.after:
        at, _, id_ = wanted.after.partition("~")
        where.add("(v.recorded_at, v.id) < (%s::timestamptz, %s)", at, id_)
    query = f"{_VOICE} WHERE {where} ORDER BY v.recorded_at DESC, v.id DESC LIMIT {PAGE + 1}"
    return sql.rows(db, VoiceRow, query, where.values)


def voice(db: psycopg.Connection[Any], id_: str) -> VoiceRow | None:
    return sql.row(db, VoiceRow, f"{_VOICE} WHERE v.id = %s AND v.status <> 'withdrawn'", (id_,))
