"""Sealing as an act of a person: the right to refer, the package, and its hash on the ledger of the case."""

from __future__ import annotations

import msgspec

from engine.api import orders
from engine.api.acts import EvidenceSealed
from engine.api.permissions import demand
from engine.clock import Clock
from engine.errors import OperatorError
from engine.evidence.gather import seal
from engine.evidence.package import sha256
from engine.intake.decide import decide
from engine.storage.connect import Connection

CONSOLE = "console"


class Sealed(msgspec.Struct, frozen=True):
    content: bytes
    sha256: str


def sealed(connection: Connection, case: str, to: str | None, actor: str, clock: Clock) -> Sealed:
    """The package as it is handed out; that it was made, by whom and with which hash, is a fact of the case."""
    row = connection.execute("SELECT unit FROM case_file WHERE case_id = %s", (case,)).fetchone()
    if row is None:
        raise OperatorError(f"没有办件 {case!r} · no case {case!r}")
    demand(connection, actor, "case.refer", unit=row[0], concerned=())
    content = seal(connection, case, to, actor, clock.now())
    said = EvidenceSealed(actor=actor, sha256=sha256(content), to=to)
    order = orders.about_case(connection, case, "evidence.sealed", "case.refer", said)
    (answer,) = decide(connection, [orders.envelope(connection, order, CONSOLE, clock.now())], clock)
    if answer.outcome != "recorded":
        raise OperatorError(f"{answer.code or answer.outcome}: {answer.message}")
    return Sealed(content, said.sha256)
