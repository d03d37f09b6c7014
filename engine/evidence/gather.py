"""What belongs into a package: ledger, words, standing records, deliveries, rules, each as it is on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec
from psycopg.rows import dict_row

from engine.certificates.keys import all_keys, signer
from engine.errors import OperatorError
from engine.evidence.package import About, Head, package
from engine.ledger.canonical import canonical
from engine.ledger.read import Chained, read_stream
from engine.storage.connect import Connection
from engine.storage.world import load_world
from engine.vault.store import item_id, reveal_items

_DOCKETS = "SELECT DISTINCT stream_id FROM proceeding WHERE case_id = %s ORDER BY stream_id"
_REFERRAL = (
    "SELECT message_id, body FROM entry WHERE stream_id = %s AND type = 'case.referred' ORDER BY version DESC LIMIT 1"
)
_RECORDS: dict[str, LiteralString] = {
    "findings": "SELECT * FROM finding WHERE case_id = %s ORDER BY id",
    "breaches": "SELECT * FROM breach WHERE case_id = %s ORDER BY id",
    "alerts": "SELECT * FROM alert WHERE case_id = %s ORDER BY fired_at, id",
    "proceedings": "SELECT * FROM proceeding WHERE case_id = %s ORDER BY proceeding_id",
    "deliveries": "SELECT id, channel, recipient, kind, status, attempts, created_at, delivered_at FROM delivery"
    " WHERE case_id = %s ORDER BY created_at, id",
}


def seal(connection: Connection, case: str, to: str | None, actor: str, at: datetime) -> bytes:
    """A signed package of a case that was referred. OperatorError where it was not, and `to` names no body either."""
    streams = [f"case:{case}", *(row[0] for row in connection.execute(_DOCKETS, (case,)))]
    # A docket whole, whatever other cases it speaks of: a chain with gaps proves nothing. Their words stay sealed.
    ledger = {stream: read_stream(connection, stream) for stream in streams}
    referral, body = _referral(connection, streams[0])
    heads = tuple(Head(name, lines[-1][0].version, lines[-1][2].hex()) for name, lines in ledger.items() if lines)
    addressee = to or body
    if addressee is None:
        raise OperatorError(
            f"办件 {case!r} 未移送，须写明 --to · case {case!r} was not referred; name the body with --to"
        )
    about = About(case=case, to=addressee, made_at=at, made_by=actor, referral=referral, heads=heads)
    key = signer(connection, at)
    public = next(one for one in all_keys(connection) if one.kid == key.kid)
    return package(_files(connection, case, ledger), about, public, key.sign)


def _referral(connection: Connection, stream: str) -> tuple[str | None, str | None]:
    row = connection.execute(_REFERRAL, (stream,)).fetchone()
    if row is None:
        return None, None
    return row[0], msgspec.json.decode(row[1])["data"]["to"]


def _files(connection: Connection, case: str, ledger: dict[str, list[Chained]]) -> dict[str, bytes]:
    files = {f"ledger/{_name(stream)}.jsonl": _lines(lines) for stream, lines in ledger.items()}
    files["words.jsonl"] = _words(connection, ledger, case)
    files["record.json"] = _json({name: _rows(connection, query, case) for name, query in _RECORDS.items()})
    files["rules.json"] = _json(_rules(connection, case))
    return files


def _name(stream: str) -> str:
    """A path that every system can write."""
    return "".join(c if c.isalnum() or c in "-_." else f"~{ord(c):x}" for c in stream)


def _lines(lines: Sequence[Chained]) -> bytes:
    written = [canonical({"line": line, "prev_hash": before.hex(), "hash": own.hex()}) for line, before, own in lines]
    return b"".join(one + b"\n" for one in written)


def _words(connection: Connection, ledger: dict[str, list[Chained]], case: str) -> bytes:
    """Of this case alone: a docket may hold other cases' words, which are nobody's business here."""
    facts = [
        (stream, line)
        for stream, lines in ledger.items()
        for line, _, _ in lines
        if line.kind == "fact" and line.source and line.message_id and _case_of(line.body) in {None, case}
    ]
    revealed = reveal_items(connection, [item_id(line.source or "", line.message_id or "") for _, line in facts])
    found = []
    for stream, line in facts:
        words = revealed.get(item_id(line.source or "", line.message_id or ""))
        if words is not None and words.said:
            found.append(canonical({"stream": stream, "version": line.version, "said": words.said}) + b"\n")
    return b"".join(found)


def _case_of(body: msgspec.Raw) -> str | None:
    said = msgspec.json.decode(bytes(body))
    return said.get("case") if isinstance(said, dict) else None


def _rows(connection: Connection, query: LiteralString, case: str) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as reading:
        return reading.execute(query, (case,)).fetchall()


def _rules(connection: Connection, case: str) -> dict[str, Any]:
    world = load_world(connection)
    row = connection.execute("SELECT item, item_version, unit FROM case_file WHERE case_id = %s", (case,)).fetchone()
    item, version, unit = row or (None, None, None)
    return {
        "item": next((one for one in world.items() if (one.code, one.version) == (item, version)), None),
        "accountability": [one for one in world.accountability if one.unit in {unit, None}],
        "calendars": sorted(world.calendar_versions),
        "configuration": world.version,
    }


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=1)
