"""From unsent wake rows to the words their workflows are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.effects.faces import case_faces, docket_faces, filing_faces
from engine.effects.moments import Waking
from engine.jobs.telling import Word
from engine.jobs.wake import Unsent
from engine.storage.connect import Connection
from engine.storage.world import load_world
from workflows.contracts import Face, Moment, Proceeding


def words(connection: Connection, rows: Sequence[Unsent], waking: Waking) -> dict[str, list[Word]]:
    """By stream: one for a case or a filing, one for each proceeding of a docket, none for what ended before anybody was told."""
    of = {kind: [row.stream_id for row in rows if row.kind == kind] for kind in ("case", "filing", "docket")}
    faces = case_faces(connection, of["case"]) | filing_faces(connection, of["filing"])
    calendar = load_world(connection).calendar(waking.clock.now())
    dockets = docket_faces(connection, of["docket"], calendar)
    return {row.stream_id: list(_words(row, faces, dockets.get(row.stream_id, {}), waking)) for row in rows}


def _words(
    row: Unsent, faces: Mapping[str, Face], proceedings: Mapping[Proceeding, Face], waking: Waking
) -> Iterator[Word]:
    first = row.sent_seq == 0
    if row.kind != "docket" and not (first and row.ended):
        moment = Moment(row.seq, waking.at(row.next_at), faces.get(row.stream_id, Face()), row.ended)
        yield Word(row.stream_id, moment, first)
    for proceeding, face in proceedings.items():
        moment = Moment(row.seq, waking.at(row.next_at), face, face.stage == "closed")
        yield Word(f"proceeding:{proceeding.id}", moment, first, proceeding)
