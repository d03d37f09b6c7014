"""A large rehearsal in two processes: cases that concern nobody but themselves are played beside the others, byte for byte as in one.

Whatever may reach beyond its case (findings people speak of, proceedings, late reports, unknown items, repeats) stays in the first process. Should a
case of the second reach beyond itself all the same, everything is played in one.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from typing import IO

import msgspec

from engine.rehearsal.loading import Loaded
from rules.facts import Fact
from rules.payloads import WORLD_TYPES
from rules.rehearsal import Birth, Rehearsal
from rules.rehearsal_report import Part, Row, part, report, whole
from rules.watch_stream import late
from rules.world import World

Placed = list[tuple[int, Fact]]
WORTHWHILE = 4_000  # facts; below that a second process costs more than it spares
FREE = (
    "application.", "completion.", "acceptance.", "clock.", "extension.", "step.", "office.", "decision.", "attributes.", "reason.",
    "agency_data.", "commitment.", "result.", "fee.", "public_notice.", "applicant.", "case.handed_over", "case.opened",
)  # fmt: skip


class Shipped(msgspec.Struct):
    """A part on its way between processes: contents are JSON already."""

    cases: list[tuple[Birth, str, bytes]]
    lists: dict[str, list[tuple[datetime, Birth, tuple[datetime, ...], bytes]]]
    parked: list[tuple[Birth, bytes]]
    answers: dict[int, bytes]


def rehearse(loaded: Loaded, processes: int | None = None) -> bytes:
    """What the rehearsal prints, in at most so many processes (None: as many as there are cores, two at most)."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    own, other = split(loaded) if min(processes or cores, 2) == 2 else ([], [])
    if len(other) >= WORTHWHILE // 2 or (processes == 2 and other):
        found = in_two(loaded, own, other)
        if found is not None:
            return found
    played = Rehearsal(loaded.world, loaded.until, loaded.outages)
    played.play(loaded.facts)
    return msgspec.json.encode(report(played, loaded.questions))


def split(loaded: Loaded) -> tuple[Placed, Placed]:
    """Facts for this process and for the other one, about the same number; each with its place in the file."""
    facts = list(enumerate(loaded.facts))
    bound = _bound(loaded.facts, loaded.world)
    left = len(facts) // 2
    others: set[str] = set()
    for _, fact in facts:
        if fact.case not in bound and fact.case not in others and left > 0:
            others.add(fact.case)
        left -= fact.case in others
    own = [pair for pair in facts if pair[1].case not in others]
    return own, [pair for pair in facts if pair[1].case in others or pair[1].type in WORLD_TYPES]


def _bound(facts: Iterable[Fact], world: World) -> set[str]:
    """Cases that may reach beyond themselves, or wait for something, and all that belongs to no case."""
    bound, opened = {""}, set[str]()
    seen: set[tuple[str, str]] = set()
    for fact in sorted(facts, key=lambda f: f.recorded_at):
        name = (fact.source, fact.id)
        known = fact.case in opened if fact.item is None else _listed(fact, world)
        if not known or name in seen or not fact.type.startswith(FREE) or late(fact, world):
            bound.add(fact.case)
        opened.add(fact.case)
        seen.add(name)
    return bound


def _listed(fact: Fact, world: World) -> bool:
    on = fact.occurred_on or world.calendar(fact.recorded_at).local_date(fact.occurred_at)
    return fact.item is not None and world.item(fact.item, on) is not None


def in_two(loaded: Loaded, own: Placed, other: Placed) -> bytes | None:
    with tempfile.TemporaryFile() as shared:
        child = os.fork()
        if child == 0:
            status = 1  # whatever goes wrong there goes wrong here again, and is told once
            try:
                status = _beside(loaded, other, shared)
            finally:
                os._exit(status)
        played = _played(loaded, own)
        mine = part(played, [q for q in enumerate(loaded.questions) if q[1].case not in _cases(other)])
        _, status = os.waitpid(child, 0)
        strayed = _cases(other) & {name.removeprefix("case:") for name in played.streams}
        if status or strayed:
            return None
        shared.seek(0)
        theirs = _taken(shared.read())
        return msgspec.json.encode(whole(played, [mine, theirs]))


def _cases(facts: Placed) -> set[str]:
    return {fact.case for _, fact in facts if fact.type not in WORLD_TYPES}


def _played(loaded: Loaded, facts: Placed) -> Rehearsal:
    played = Rehearsal(loaded.world, loaded.until, loaded.outages)
    played.play_placed(facts)
    return played


def _beside(loaded: Loaded, facts: Placed, shared: IO[bytes]) -> int:
    """In the other process. Not 0: a case reached beyond itself."""
    played = _played(loaded, facts)
    if (
        played.parked
        or played.quarantined
        or played.duplicates
        or not all(n.startswith("case:") for n in played.streams)
    ):
        return 1
    cases = _cases(facts)
    found = part(played, [q for q in enumerate(loaded.questions) if q[1].case in cases])
    shared.write(_shipped(found))
    shared.flush()
    return 0


def _shipped(found: Part) -> bytes:
    json = msgspec.json.Encoder().encode
    shipped = Shipped(
        cases=[(birth, name, json(case)) for birth, name, case in found.cases],
        lists={name: [(*row[:3], json(row.content)) for row in rows] for name, rows in found.lists.items()},
        parked=[(birth, json(row)) for birth, row in found.parked],
        answers={place: json(answer) for place, answer in found.answers.items()},
    )
    return msgspec.msgpack.encode(shipped)


def _taken(data: bytes) -> Part:
    shipped = msgspec.msgpack.decode(data, type=Shipped)
    raw = msgspec.Raw
    return Part(
        cases=[(birth, name, raw(case)) for birth, name, case in shipped.cases],
        lists={name: [Row(*row[:3], raw(row[3])) for row in rows] for name, rows in shipped.lists.items()},
        parked=[(birth, raw(row)) for birth, row in shipped.parked],
        answers={place: raw(answer) for place, answer in shipped.answers.items()},
    )
