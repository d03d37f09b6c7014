"""What a paper is written from: the rows of what it is about, the facts behind it, and people's own words out of the vault."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import msgspec
from psycopg.rows import dict_row

from engine.documents.kinds import About
from engine.ledger.fact_body import fact_of
from engine.ledger.read import read_stream
from engine.storage.connect import Connection
from engine.vault.store import item_id, reveal_items
from rules.facts import Fact

Row = dict[str, Any]
_PROCEEDING = "SELECT * FROM proceeding WHERE proceeding_id = %s"
_ALERT = "SELECT * FROM alert WHERE id = %s"
_CASE = "SELECT case_id, item, unit, holder, due_on, statutory_due_on FROM case_file WHERE case_id = %s"
_PROPOSALS = "SELECT stream_id, source, message_id FROM entry WHERE type = 'supervision.proposed' AND kind = 'fact'"


class Matter(msgspec.Struct, frozen=True):
    """`row`: of the proceeding or alert; `fact` for a paper about a fact; `case` is empty where the case is not known here."""

    about: About
    row: Row
    case: Row
    fact: Fact | None = None

    @property
    def unit(self) -> str | None:
        own = self.fact.data.unit if self.fact is not None else self.row.get("unit")
        return own or self.case.get("unit")

    @property
    def person(self) -> str | None:
        """Whose vault key seals the paper, with the unit's where it concerns nobody in particular."""
        return self.row.get("person")


def matter(connection: Connection, about: About) -> Matter | None:
    """None if there is nothing of that id."""
    if about.what == "fact":
        return _of_fact(connection, about)
    row = _one(connection, _PROCEEDING if about.what == "proceeding" else _ALERT, about.id)
    return Matter(about, row, _case(connection, row.get("case_id"))) if row else None


def proposals(connection: Connection, case: str) -> list[tuple[str, Fact]]:
    """Supervision proposals of a case with the ids their papers go by, in order."""
    if connection.execute(f"{_PROPOSALS} AND stream_id = %s LIMIT 1".encode(), (f"case:{case}",)).fetchone() is None:
        return []  # most cases have none, and their ledgers need not be read
    facts = (fact for fact in _facts(connection, f"case:{case}") if fact.type == "supervision.proposed")
    return [(item_id(fact.source, fact.id), fact) for fact in facts]


def last_word(connection: Connection, matter: Matter, type_: str) -> Fact | None:
    """The last fact of a type about this proceeding that was not refused."""
    chained = read_stream(connection, matter.row["stream_id"])
    turns = {line.key: line.type for line, _, _ in chained if line.type in {"fact_refused", "refusal_reversed"}}
    refused = {key for key, turn in turns.items() if turn == "fact_refused"}
    found = [fact_of(line) for line, _, _ in chained if line.kind == "fact" and line.type == type_]
    mine = [fact for fact in found if f"refusal:{fact.id}" not in refused and _meant(fact, matter.row)]
    return mine[-1] if mine else None


def words_of(connection: Connection, fact: Fact | None, field: str) -> str | None:
    """What somebody wrote, out of the vault; None if nothing, or erased."""
    if fact is None:
        return None
    item = item_id(fact.source, fact.id)
    revealed = reveal_items(connection, [item]).get(item)
    return str((revealed.said or {}).get(field) or "").strip() or None if revealed else None


def day_of(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def instant_of(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _of_fact(connection: Connection, about: About) -> Matter | None:
    for stream_id, source, message_id in connection.execute(_PROPOSALS).fetchall():
        if item_id(source, message_id) == about.id:
            case = stream_id.removeprefix("case:")
            fact = next(found for id_, found in proposals(connection, case) if id_ == about.id)
            return Matter(about, {}, _case(connection, case) or {"case_id": case}, fact)
    return None


def _facts(connection: Connection, stream_id: str) -> Iterator[Fact]:
    return (fact_of(line) for line, _, _ in read_stream(connection, stream_id) if line.kind == "fact")


def _meant(fact: Fact, row: Row) -> bool:
    """A word names its proceeding, its person, or the case alone."""
    said = fact.data
    named = (getattr(said, "proceeding", None), getattr(said, "person", None))
    return (
        fact.case == row["case_id"] and named[0] in {None, row["proceeding_id"]} and named[1] in {None, row["person"]}
    )


def _case(connection: Connection, case: str | None) -> Row:
    return (_one(connection, _CASE, case) if case else None) or {}


def _one(connection: Connection, query: str, id_: str) -> Row | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode(), (id_,)).fetchone()
