"""Complaints and ratings for the console: newest first, or by who has to act by when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
import psycopg

from engine.console.paging import cursor
from engine.console.views import sql
from engine.ledger.fact_body import fact_of
from engine.ledger.read import read_stream
from engine.storage.connect import Connection
from engine.vault.store import Revealed, item_id, reveal_items
from rules.facts import Fact
from rules.no_case import COMPLAINT, REPORT, names_no_case
from rules.report_stream import FILED, report_of
from rules.voices import voices

PAGE = 50
WHATS = ("complaint", "rating", "report")
PHASES = (
    "filed",
    "accepted",
    "review",
    "rectification",
    "appealed",
    "reported",
    "substantiated",
    "rewarded",
    "declined",
    "settled",
)
WAITING = ("filed", "accepted", "review", "rectification", "appealed", "reported", "substantiated", "rewarded")


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
    data: dict[str, Any]


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
        known["after"] = cursor(known.get("after", ""))
        return cls(**known)

    @property
    def query(self) -> str:
        return urlencode(
            {name: value for name, value in msgspec.to_builtins(self).items() if value and name != "after"}
        )


_VOICE = """
SELECT v.id, v.what, v.number, v.case_id, v.unit, v.about, v.subject, v.score, v.phase, v.result, v.owner, v.phase_until, v.opened_at, v.recorded_at, c.item, v.data
FROM voice v LEFT JOIN case_file c USING (case_id)
"""


def list_voices(
    db: psycopg.Connection[Any], wanted: VoiceFilter, units: frozenset[str] | None, person: str, *, reports: bool
) -> list[VoiceRow]:
    """One row more than a page when there is a next one. Of others' units only what one has to act on, or is about oneself.

    `reports`: whether the person sees rewarded reports; never one about himself.
    """
    where = sql.Where()
    where.add("(v.what <> 'report' OR (%s AND v.about IS DISTINCT FROM %s))", reports, person)
    where.add("v.status <> 'withdrawn'")
    if wanted.unit:
        where.add("v.unit = %s", wanted.unit)
    if wanted.after:
        at, _, id_ = wanted.after.partition("~")
        where.add("(v.recorded_at, v.id) < (%s::timestamptz, %s)", at, id_)
    parts = sql.reach(where, "v.unit", units, ("v.owner", "v.about"), person)
    of_kind = sql.each(parts, "v.what", (wanted.what,) if wanted.what else WHATS)
    of_phase = sql.each(of_kind, "v.phase", {"": WAITING, "all": PHASES}.get(wanted.phase, (wanted.phase,)))
    return sql.newest(db, VoiceRow, sql.of(_VOICE, of_phase), ("v.recorded_at", "v.id"), PAGE + 1)


def voice(db: psycopg.Connection[Any], id_: str) -> VoiceRow | None:
    return sql.row(db, VoiceRow, f"{_VOICE} WHERE v.id = %s AND v.status <> 'withdrawn'", (id_,))


def of_number(db: psycopg.Connection[Any], number: str) -> VoiceRow | None:
    """A complaint that names no case, or a report, by its number."""
    query = f"{_VOICE} WHERE v.case_id = ANY(%s) AND v.status <> 'withdrawn' LIMIT 1"
    return sql.row(db, VoiceRow, query, ([f"{COMPLAINT}{number}", f"{REPORT}{number}"],))


class Spoken(msgspec.Struct, frozen=True):
    """What somebody said, in his own words. `stage`: filed, or what it did."""

    stage: str
    at: datetime
    actor: str | None
    words: str | None


def spoken(db: Connection, row: VoiceRow) -> list[Spoken]:
    """What was said of a complaint or rating, in order; words that were erased are None."""
    stream = row.case_id if names_no_case(row.case_id) else f"case:{row.case_id}"
    facts = [fact_of(line) for line, _, _ in read_stream(db, stream) if line.kind == "fact"]
    said = sorted(_stages(facts, row), key=lambda pair: pair[1].occurred_at)
    told = reveal_items(db, [item_id(fact.source, fact.id) for _, fact in said])
    return [Spoken(stage, fact.occurred_at, fact.actor, _words(told, fact)) for stage, fact in said]


def _stages(facts: Sequence[Fact], row: VoiceRow) -> list[tuple[str, Fact]]:
    if row.what == "report":
        return [(type_.rpartition(".")[2], fact) for type_, fact in report_of(facts).said.items()]
    found = next((voice for voice in voices(facts, lambda _: None).found if voice.id == row.number), None)
    return [] if found is None else [("filed", found.filed), *found.said.items()]


def reporter(db: Connection, row: VoiceRow) -> str | None:
    """Who reported, out of the vault. Whoever calls this has put the look on record."""
    fact = next((fact_of(line) for line, _, _ in read_stream(db, row.case_id) if line.type == FILED), None)
    revealed = reveal_items(db, [item_id(fact.source, fact.id)]) if fact is not None else {}
    words = next((one.said or {} for one in revealed.values()), {})
    return str(words["reporter"]) if words.get("reporter") else None


def _words(told: Mapping[str, Revealed], fact: Fact) -> str | None:
    revealed = told.get(item_id(fact.source, fact.id))
    words = (revealed.said or {}) if revealed is not None else {}
    return next((str(words[name]) for name in ("text", "reason") if words.get(name)), None)
