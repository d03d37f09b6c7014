"""An evaluation as it was settled: on the ledger, with what was known then. What came to be known later shows beside it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.ledger.canonical import canonical
from engine.ledger.heads import lock, save
from engine.ledger.line import Line, chain
from engine.ledger.read import read_stream
from engine.ledger.write import append
from engine.scores.board import Board
from engine.storage.connect import Connection

KIND = "evaluation"


class SettledRow(msgspec.Struct, frozen=True):
    """`figures`: name → how many, and the sum of their amounts."""

    id: str
    unit: str | None
    hundredths: int | None
    grade: str
    figures: dict[str, tuple[int, int]]


class Settlement(msgspec.Struct, frozen=True):
    period: str
    subject: str
    formula: int
    basis: str | None
    rows: tuple[SettledRow, ...]


class Settled(msgspec.Struct, frozen=True):
    """The last settlement of a period, when it was recorded, and by whom."""

    at: datetime
    by: str | None
    said: Settlement


class Change(msgspec.Struct, frozen=True):
    """A figure, a score or a grade that is not what was settled."""

    id: str
    what: str
    settled: int | str | None
    now: int | str | None


def settle(db: Connection, found: Board, at: datetime, actor: str | None) -> Settled:
    """Records an evaluation as it stands. Settled once more, the later one counts; both stay."""
    said = _said(found)
    stream = _stream(found.period.name, found.formula.subject)
    with db.transaction():
        head = lock(db, [stream])[stream]
        line = Line(
            stream_kind=KIND, stream_id=stream, version=head.version + 1, kind="fact", type="evaluation.settled",
            body=msgspec.Raw(canonical(said)), recorded_at=max(at, head.recorded_at or at), actor=actor,
        )  # fmt: skip
        chained = chain([line], head.head_hash)
        append(db, chained)
        moved = msgspec.structs.replace(
            head, version=line.version, head_hash=chained[0][2], recorded_at=line.recorded_at
        )
        save(db, [moved])
    return Settled(line.recorded_at, actor, said)


def settled(db: Connection, period: str, subject: str) -> Settled | None:
    """What was last settled of a period; None if nothing was."""
    lines = read_stream(db, _stream(period, subject))
    if not lines:
        return None
    line = lines[-1][0]
    return Settled(line.recorded_at, line.actor, msgspec.json.decode(line.body, type=Settlement))


def changes(before: Settlement, now: Board) -> list[Change]:
    """What is other than it was settled, because something came to be known later."""
    old, new = {row.id: row for row in before.rows}, {row.id: row for row in _said(now).rows}
    return [change for id_ in sorted({*old, *new}) for change in _differences(id_, old.get(id_), new.get(id_))]


def _differences(id_: str, old: SettledRow | None, new: SettledRow | None) -> list[Change]:
    before, after = _flat(old), _flat(new)
    return [
        Change(id_, name, before.get(name), after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _flat(row: SettledRow | None) -> dict[str, int | str | None]:
    if row is None:
        return {}
    return {"score": row.hundredths, "grade": row.grade, **{name: count for name, (count, _) in row.figures.items()}}


def _said(found: Board) -> Settlement:
    rows = (
        SettledRow(
            row.id, row.unit, row.score.hundredths, row.score.grade,
            {name: (one.count, one.total) for name, one in row.tally.sums.items()},
        )
        for row in found.rows
    )  # fmt: skip
    return Settlement(
        found.period.name, found.formula.subject, found.formula.version, found.formula.basis,
        tuple(sorted(rows, key=lambda row: row.id)),
    )  # fmt: skip


def _stream(period: str, subject: str) -> str:
    return f"{KIND}:{subject}:{period}"
