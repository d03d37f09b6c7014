"""What a workflow's look does: advance streams at the present moment and say when to wake next."""

from __future__ import annotations

from collections.abc import Sequence

from engine.effects.faces import case_faces, docket_faces, filing_faces
from engine.effects.moments import Waking
from engine.intake.decide import Advanced, advance
from engine.storage.connect import Pool
from engine.storage.wakes import Resting, resting
from engine.storage.world import load_world
from workflows.contracts import Face, Moment, Proceeding

CLOSED = "closed"


def advance_cases(pool: Pool, waking: Waking, stream_ids: Sequence[str]) -> dict[str, Moment]:
    """Any number of case streams; their workflows are told by this answer. In a wave most are done already, and cost a glance."""
    with pool.connection() as connection:
        with connection.transaction():
            found: dict[str, Resting | Advanced] = {**resting(connection, stream_ids, waking.clock.now())}
        found |= advance(connection, [id_ for id_ in stream_ids if id_ not in found], waking.clock, told=True)
        shown = case_faces(connection, stream_ids)
    return {
        id_: Moment(one.seq, waking.at(one.next_at), shown.get(id_, Face()), one.ended) for id_, one in found.items()
    }


def advance_docket(pool: Pool, waking: Waking, proceeding: Proceeding) -> Moment:
    """The docket of a proceeding. The proceeding ends when it is closed, whatever else the docket holds."""
    with pool.connection() as connection:
        advanced = advance(connection, [proceeding.docket], waking.clock)[proceeding.docket]
        calendar = load_world(connection).calendar(waking.clock.now())
        shown = docket_faces(connection, [proceeding.docket], calendar).get(proceeding.docket, {})
    face = shown.get(proceeding, Face(stage=CLOSED))
    return Moment(advanced.seq, waking.at(advanced.next_at), face, face.stage == CLOSED)


def advance_filing(pool: Pool, waking: Waking, stream_id: str) -> Moment:
    """The stream of a filing; its workflow is told by this answer, and ends when nobody has it in hand any more."""
    with pool.connection() as connection:
        advanced = advance(connection, [stream_id], waking.clock, told=True)[stream_id]
        face = filing_faces(connection, [stream_id]).get(stream_id, Face())
    return Moment(advanced.seq, waking.at(advanced.next_at), face, advanced.ended)
